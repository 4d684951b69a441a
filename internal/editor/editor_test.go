package editor

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"traininghub/site"
)

// decode returns a value as JSON has it.
func decode[T any](t *testing.T, data []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// written is the configuration as it is in the file.
func written(t *testing.T, p Page) Config {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "page")
	if err := p.Write(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"index.html", "start.js", "keep.js"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	return decode[Config](t, data)
}

// TestFields: the page has a field for each key of each JSON Schema, and no other, with the same
// description, pattern and words.
func TestFields(t *testing.T) {
	schemas := site.Schemas()
	for _, c := range written(t, Page{Folder: "content"}).Collections {
		fields := c.Fields
		if len(c.Files) > 0 {
			fields = c.Files[0].Fields
		}
		fields = slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return f.Name == "body" || f.Name[0] == '_' })
		data, ok := schemas[c.Name+".json"]
		if !ok {
			t.Errorf("%s has no schema", c.Name)
			continue
		}
		delete(schemas, c.Name+".json")
		group(t, c.Name, decode[map[string]any](t, data), fields, true)
	}
	for name := range schemas {
		t.Errorf("the editor has no files for the schema %s", name)
	}
}

func group(t *testing.T, at string, schema map[string]any, fields []Field, required bool) {
	t.Helper()
	properties, _ := schema["properties"].(map[string]any)
	var needed []any
	if required {
		needed, _ = schema["required"].([]any)
	}
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
		one, ok := properties[f.Name].(map[string]any)
		if !ok {
			t.Errorf("%s.%s is no key of a file", at, f.Name)
			continue
		}
		if f.Label == "" || f.Hint == "" || f.Hint != one["description"] {
			t.Errorf("%s.%s: label %q, hint %q, but described as %q", at, f.Name, f.Label, f.Hint, one["description"])
		}
		if want := slices.Contains(needed, any(f.Name)); f.Required != want {
			t.Errorf("%s.%s: required: %v, want %v", at, f.Name, f.Required, want)
		}
		value(t, at+"."+f.Name, one, f)
	}
	if want := slices.Sorted(maps.Keys(properties)); !slices.Equal(slices.Sorted(slices.Values(names)), want) {
		t.Errorf("%s: fields %q, keys %q", at, names, want)
	}
}

// value checks one field against the schema of its value.
func value(t *testing.T, at string, schema map[string]any, f Field) {
	t.Helper()
	is := func(widgets ...string) {
		t.Helper()
		if !slices.Contains(widgets, f.Widget) {
			t.Errorf("%s: a %s, want one of %q", at, f.Widget, widgets)
		}
	}
	enum, _ := schema["enum"].([]any)
	switch {
	case schema["type"] == "object" && schema["properties"] != nil:
		is("object")
		group(t, at, schema, f.Fields, f.Required)
	case schema["type"] == "object": // names that editors choose
		is("list")
		if !f.Names || len(f.Fields) != 2 || f.Fields[0].Name != "name" {
			t.Fatalf("%s: %+v", at, f)
		}
		value(t, at+".value", schema["additionalProperties"].(map[string]any), f.Fields[1])
	case schema["type"] == "array" && f.Widget == "relation":
		if !f.Multiple {
			t.Errorf("%s: only one can be chosen", at)
		}
	case schema["type"] == "array":
		is("list")
		items := schema["items"].(map[string]any)
		if items["properties"] != nil {
			group(t, at, items, f.Fields, true)
		} else {
			value(t, at+"[]", items, *f.Field)
		}
	case slices.Contains(enum, any(true)):
		is("boolean")
	case enum != nil:
		is("select")
		if fmt.Sprint(enum) != fmt.Sprint(f.Options) {
			t.Errorf("%s: options %q, words %q", at, f.Options, enum)
		}
	case schema["pattern"] != nil:
		is("string")
		if example := schema["examples"].([]any)[0].(string); len(f.Pattern) != 2 || f.Pattern[0] != schema["pattern"] ||
			!strings.Contains(f.Pattern[1], example) {
			t.Errorf("%s: pattern %q, want %q and the example %q", at, f.Pattern, schema["pattern"], example)
		}
	case schema["type"] == "integer" || schema["type"] == "number":
		is("string") // a widget for numbers would write 0.50 as 0.5
		if len(f.Pattern) != 2 {
			t.Errorf("%s accepts something that is not a number", at)
		}
	default:
		is("string", "text", "relation", "file")
	}
}

// TestDecap checks the configuration against what Decap CMS requires; the page itself says the
// same.
func TestDecap(t *testing.T) {
	c := written(t, Page{Folder: ".", Branch: "main", GitHub: "example/hub", SignIn: "https://sign-in.example.org",
		Letters: []string{"accepted-to-applicant"}})
	if c.PublishMode != "editorial_workflow" || c.Backend["repo"] != "example/hub" || c.Backend["base_url"] != "https://sign-in.example.org" {
		t.Errorf("a hub on GitHub has no pull requests: %v, %v", c.PublishMode, c.Backend)
	}
	if local := written(t, Page{Folder: "content", Branch: "try", Server: "http://localhost:1/api/v1"}); local.PublishMode != "simple" ||
		local.Backend["name"] != "proxy" || local.Backend["branch"] != "try" || local.MediaFolder != "content/images" {
		t.Errorf("this machine's hub: %v, %v, pictures into %s", local.PublishMode, local.Backend, local.MediaFolder)
	}
	kinds := map[string]bool{}
	for _, k := range c.Collections {
		kinds[k.Name] = true
	}
	var walk func(at string, fields []Field)
	walk = func(at string, fields []Field) {
		seen := map[string]bool{}
		for _, f := range fields {
			if seen[f.Name] {
				t.Errorf("%s has %s twice", at, f.Name)
			}
			seen[f.Name] = true
			switch {
			case f.Widget == "select" && len(f.Options) == 0, f.Widget == "object" && len(f.Fields) == 0,
				f.Widget == "list" && (f.Field == nil) == (len(f.Fields) == 0):
				t.Errorf("%s.%s: a %s of nothing", at, f.Name, f.Widget)
			case f.Widget == "relation" && !kinds[f.Collection]:
				t.Errorf("%s.%s names files of %q, which there are not", at, f.Name, f.Collection)
			case strings.HasPrefix(f.MediaFolder, "/content"):
				t.Errorf("%s.%s: files go into %s, but the content is at the top", at, f.Name, f.MediaFolder)
			}
			walk(at+"."+f.Name, f.Fields)
		}
	}
	for _, k := range c.Collections {
		if len(k.Files) > 0 {
			walk(k.Name, k.Files[0].Fields)
			continue
		}
		walk(k.Name, k.Fields)
		if !slices.ContainsFunc(k.Fields, func(f Field) bool { return f.Name == k.Identifier && f.Required }) {
			t.Errorf("%s is known by %q, which it may lack", k.Name, k.Identifier)
		}
	}
}
