package source

import (
	"reflect"
	"strings"
)

// Schema describes as JSON Schema what [File.Decode] reads into the struct v, for editors that
// complete keys and mark mistakes while somebody types. It is no stricter than Decode: what the
// schema refuses, Decode refuses, too. A type that reads itself from text may have a method Words,
// which lists all that it reads, or Example. help is what is shown beside a key, by its path
// without places in lists, such as "sections.questions.rule"; help for a key that v does not have
// panics.
func Schema(title string, v any, help map[string]string) map[string]any {
	s := schema(reflect.TypeOf(v))
	for at, text := range help {
		describe(s, at, text)
	}
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["title"] = title
	return s
}

func describe(s map[string]any, at, text string) {
	for key := range strings.SplitSeq(at, ".") {
		if items, ok := s["items"].(map[string]any); ok {
			s = items
		}
		properties, _ := s["properties"].(map[string]any)
		next, ok := properties[key].(map[string]any)
		if !ok {
			panic("source: help for a key that is not there: " + at)
		}
		s = next
	}
	s["description"] = text
}

func schema(t reflect.Type) map[string]any {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if p := reflect.New(t); p.Type().Implements(textType) {
		switch v := p.Interface().(type) {
		case interface{ Words() []string }:
			return map[string]any{"enum": v.Words()}
		case interface{ Example() string }:
			return map[string]any{"type": "string", "examples": []string{v.Example()}}
		}
		return map[string]any{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Struct:
		properties, required := map[string]any{}, []string{}
		for i := range t.NumField() {
			key, opts, _ := strings.Cut(t.Field(i).Tag.Get("key"), ",")
			if key == "" {
				continue
			}
			properties[key] = schema(t.Field(i).Type)
			if opts == "required" {
				required = append(required, key)
			}
		}
		s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
		if len(required) > 0 {
			s["required"] = required
		}
		return s
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schema(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schema(t.Elem())}
	case reflect.Int:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Bool:
		return map[string]any{"enum": []any{"yes", "no", true, false}}
	case reflect.String: // which is whatever stands there: a number is a text, too
		return map[string]any{"type": []string{"string", "number", "boolean"}}
	}
	panic("source: no schema for a " + t.String())
}
