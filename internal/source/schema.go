package source

import (
	"reflect"
	"strings"
)

// Schema describes as JSON Schema what [File.Decode] reads into the struct v, for editors that complete keys and mark
// mistakes while somebody types. It is no stricter than Decode: what the schema refuses, Decode refuses, too. A type that
// reads itself from text may have a method Words, which lists all that it reads, or Example.
func Schema(title string, v any) map[string]any {
	s := schema(reflect.TypeOf(v))
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["title"] = title
	return s
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
