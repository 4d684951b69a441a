package programme_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"traininghub/internal/form"
	all "traininghub/internal/letters"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/source"
	"traininghub/templates"
)

// loaded is a hub as its files say it.
func loaded(t *testing.T, content fs.FS) programme.Packed {
	t.Helper()
	site, faults := page.LoadSite(content)
	p, wrong := programme.Load(content, all.All(), site.Fact)
	if err := append(faults, wrong...).Err(); err != nil {
		t.Fatal(err)
	}
	assets := page.Assets{CSS: "/a.css", JS: "/a.js", Icon: "/a.svg"}
	fixed, err := page.DrawFixed(templates.Files, site, assets)
	if err != nil || len(fixed.Menus) != len(site.Menu) {
		t.Fatalf("%d menus, %v", len(fixed.Menus), err)
	}
	return programme.Packed{Site: site, Programme: p, Assets: assets, Fixed: fixed}
}

// TestPacked: what is unpacked is what the files say, to the last field, and the same content gives
// the same bytes.
func TestPacked(t *testing.T) {
	many := fstest.MapFS{}
	if err := fs.WalkDir(os.DirFS("../../content"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile("../../content/" + name)
		many[name] = &fstest.MapFile{Data: data}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	text := string(many["courses/supporting-mentors.md"].Data)
	for i := range 200 {
		copied := strings.Replace(text, "\ntitle: ", fmt.Sprintf("\ntitle: %d ", i), 1)
		many[fmt.Sprintf("courses/other-%d.md", i)] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(copied, "\naliases:", "\n# none:"))}
	}
	for name, content := range map[string]fs.FS{
		"ours": os.DirFS("../../content"), "example": os.DirFS("../../examples/nurse-education"), "200 courses": many,
	} {
		want := loaded(t, content)
		data := want.Pack()
		got, err := programme.Unpack(data)
		if err != nil {
			t.Fatal(err)
		}
		differ(t, name, reflect.ValueOf(*got), reflect.ValueOf(want))
		for i, c := range want.Programme.Courses {
			for _, fact := range c.FactNames() {
				is, ok := got.Programme.Courses[i].Fact(fact)
				if was, _ := c.Fact(fact); is != was || !ok {
					t.Errorf("%s: %s: fact %q is %q, want %q", name, c.ID, fact, is, was)
				}
			}
		}
		if again := loaded(t, content).Pack(); !bytes.Equal(again, data) {
			t.Errorf("%s: packed again it has other bytes", name)
		}
	}
	data := loaded(t, os.DirFS("../../content")).Pack()
	if _, err := programme.Unpack(data[1:]); !errors.Is(err, programme.ErrShape) {
		t.Errorf("of another version: %v", err)
	}
	if _, err := programme.Unpack(data[:len(data)/2]); err == nil || errors.Is(err, programme.ErrShape) {
		t.Errorf("cut in two: %v", err)
	}
}

// left are the fields that are not packed, or not compared here: nobody asks for the former once
// everything has been checked, and a function has no value to compare.
var left = []string{"Head", "Body", "BodyLine", "Faults", "doc", "file", "line", "Scheme.known", "File.text"}

// differ says where two values differ.
func differ(t *testing.T, at string, got, want reflect.Value) {
	t.Helper()
	switch want.Kind() {
	case reflect.Pointer, reflect.Interface:
		if got.IsNil() != want.IsNil() {
			t.Errorf("%s: nil is %v, want %v", at, got.IsNil(), want.IsNil())
		} else if !want.IsNil() {
			differ(t, at, got.Elem(), want.Elem())
		}
	case reflect.Struct:
		for i := range want.NumField() {
			name := want.Type().Field(i).Name
			if !slices.Contains(left, name) && !slices.Contains(left, want.Type().Name()+"."+name) {
				differ(t, at+"."+name, got.Field(i), want.Field(i))
			}
		}
	case reflect.Slice:
		if got.Len() != want.Len() || got.IsNil() != want.IsNil() {
			t.Errorf("%s: %d, want %d; or only one of them is nil", at, got.Len(), want.Len())
			return
		}
		for i := range want.Len() {
			differ(t, fmt.Sprintf("%s.%d", at, i), got.Index(i), want.Index(i))
		}
	case reflect.Map:
		if got.Len() != want.Len() {
			t.Errorf("%s: %d entries, want %d", at, got.Len(), want.Len())
		}
		for _, key := range want.MapKeys() {
			if v := got.MapIndex(key); v.IsValid() {
				differ(t, fmt.Sprintf("%s[%v]", at, key), v, want.MapIndex(key))
			} else {
				t.Errorf("%s has no %v", at, key)
			}
		}
	default:
		if !got.Equal(want) {
			t.Errorf("%s is %v, want %v", at, got, want)
		}
	}
}

// TestShape: the first line changes with the structs.
func TestShape(t *testing.T) {
	var text strings.Builder
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(of.Elem())
		case reflect.Map:
			walk(of.Elem())
		case reflect.Struct:
			if seen[of] || of == reflect.TypeFor[source.Doc]() {
				return
			}
			seen[of] = true
			fmt.Fprintln(&text, of)
			for i := range of.NumField() {
				if f := of.Field(i); f.IsExported() {
					fmt.Fprintln(&text, f.Name, f.Type)
					walk(f.Type)
				}
			}
		}
	}
	for _, of := range []reflect.Type{reflect.TypeFor[programme.Packed](), reflect.TypeFor[programme.Programme](), reflect.TypeFor[form.Sheet]()} {
		walk(of)
	}
	sum := fmt.Sprintf("%x\n", sha256.Sum256([]byte(text.String())))
	if !strings.HasSuffix(programme.Shape, " "+sum[:8]+"\n") {
		t.Errorf("the structs have changed: write %s at the end of programme.Shape, which is %q", sum[:8], programme.Shape)
	}
}
