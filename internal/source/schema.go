package source

import (
	"reflect"
	"strings"
)

// A Shape describes what [File.Decode] reads at one place of a file: its key, its possible values,
// and what an editor should know. JSON Schemas and the page for editing in a browser are made from
// it.
type Shape struct {
	Key      string
	Required bool
	Kind     ShapeKind
	Help     string  // says what it is, for editors; may be empty
	Fields   []Shape // of a group, in the order of the struct
	Of       *Shape  // one entry of a list, or one value under names

	Words   []string // all accepted values of a choice
	Example string   // of a text with a fixed form, such as a date
	Pattern string   // that form as a regular expression of both Go and JavaScript; "" for any text
}

// A ShapeKind is the kind of value at a place.
type ShapeKind int

const (
	Text    ShapeKind = iota // any text, or text that matches Pattern
	Choice                   // one of Words
	YesNo                    // yes or no
	Whole                    // a whole number
	Decimal                  // a number
	Group                    // of keys and values, which are Fields
	ListOf                   // a list of Of
	Names                    // names that editors choose, with an Of each
)

// ShapeOf is the shape of what [File.Decode] reads into the struct v. name is the name of that kind
// of file: "course". A type that reads itself from text may have a method Words, which lists all
// accepted values, or methods Example and Pattern. Pattern matches the whole text and is no
// stricter than the type itself. help has texts for editors, by paths such as "course.cohorts.name"
// without list indexes. The longest matching end of a path is used, so that "email" can be
// explained once for all.
func ShapeOf(name string, v any, help map[string]string) Shape {
	s := shapeOfType(reflect.TypeOf(v))
	s.Key = name
	s.tell(name, help)
	return s
}

func (s *Shape) tell(path string, help map[string]string) {
	for end := path; s.Help == "" && end != ""; _, end, _ = strings.Cut(end, ".") {
		s.Help = help[end]
	}
	within := s
	for within.Of != nil {
		within = within.Of
	}
	for i := range within.Fields {
		within.Fields[i].tell(path+"."+within.Fields[i].Key, help)
	}
}

func shapeOfType(t reflect.Type) Shape {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if p := reflect.New(t); p.Type().Implements(textType) {
		var s Shape
		if v, ok := p.Interface().(interface{ Words() []string }); ok {
			s.Kind, s.Words = Choice, v.Words()
		}
		if v, ok := p.Interface().(interface{ Example() string }); ok {
			s.Example = v.Example()
		}
		if v, ok := p.Interface().(interface{ Pattern() string }); ok {
			s.Pattern = `^\s*(?:` + v.Pattern() + `)\s*$` // like Decode, which accepts spaces at both ends
		}
		return s
	}
	switch t.Kind() {
	case reflect.Struct:
		s := Shape{Kind: Group}
		for i := range t.NumField() {
			key, opts, _ := strings.Cut(t.Field(i).Tag.Get("key"), ",")
			if key == "" {
				continue
			}
			f := shapeOfType(t.Field(i).Type)
			f.Key, f.Required = key, opts == "required"
			s.Fields = append(s.Fields, f)
		}
		return s
	case reflect.Slice:
		of := shapeOfType(t.Elem())
		return Shape{Kind: ListOf, Of: &of}
	case reflect.Map:
		of := shapeOfType(t.Elem())
		return Shape{Kind: Names, Of: &of}
	case reflect.Int:
		return Shape{Kind: Whole}
	case reflect.Float64:
		return Shape{Kind: Decimal}
	case reflect.Bool:
		return Shape{Kind: YesNo}
	case reflect.String:
		return Shape{Kind: Text}
	}
	panic("source: no shape for a " + t.String())
}

// Schema is the shape as a JSON Schema, for editing programs that complete keys and mark mistakes
// as somebody types. It is no stricter than Decode: whatever the schema refuses, Decode refuses,
// too.
func (s Shape) Schema() map[string]any {
	all := s.schema()
	delete(all, "description")
	all["$schema"], all["title"] = "http://json-schema.org/draft-07/schema#", s.Help
	return all
}

func (s Shape) schema() map[string]any {
	is := map[string]any{}
	if s.Help != "" {
		is["description"] = s.Help
	}
	switch s.Kind {
	case Group:
		properties, required := map[string]any{}, []string{}
		for _, f := range s.Fields {
			properties[f.Key] = f.schema()
			if f.Required {
				required = append(required, f.Key)
			}
		}
		is["type"], is["properties"], is["additionalProperties"] = "object", properties, false
		if len(required) > 0 {
			is["required"] = required
		}
	case ListOf:
		is["type"], is["items"] = "array", s.Of.schema()
	case Names:
		is["type"], is["additionalProperties"] = "object", s.Of.schema()
	case Whole:
		is["type"] = "integer"
	case Decimal:
		is["type"] = "number"
	case YesNo:
		is["enum"] = []any{"yes", "no", true, false}
	case Choice:
		is["enum"] = s.Words
	case Text:
		if s.Example == "" { // any value will do: a number is a text, too
			is["type"] = []string{"string", "number", "boolean"}
			break
		}
		is["type"], is["examples"] = "string", []string{s.Example}
		if s.Pattern != "" {
			is["pattern"] = s.Pattern
		}
	}
	return is
}
