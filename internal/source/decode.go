package source

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Doc tells where in its file each value of a decoded head stands.
type Doc struct {
	path  string
	lines map[string]int
}

// Line is the file's line of the value at a dotted path such as "cohorts.0.workshops.1.date", or
// of the nearest value above it that the file has; 1 if there is none.
func (d *Doc) Line(at string) int {
	for at != "" {
		if n, ok := d.lines[at]; ok {
			return n
		}
		at, _, _ = cutLast(at)
	}
	return 1
}

// Has tells whether the file has a value at the path.
func (d *Doc) Has(at string) bool { _, ok := d.lines[at]; return ok }

func cutLast(s string) (before, after string, found bool) {
	if i := strings.LastIndexByte(s, '.'); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return "", s, false
}

// Decode fills the struct that into points to from the file's head. Fields carry a tag
// `key:"name"` or `key:"name,required"`; a field without one is not read. Fields may be strings,
// bools, ints, structs, slices, pointers to structs, maps with string keys, and types that read
// themselves from text (see [Wrong]). Each key that the struct does not have, each key twice,
// each required key that is missing or empty and each value of the wrong kind is a fault.
func (f File) Decode(into any) (*Doc, Faults) {
	d := &decoder{file: f, doc: &Doc{path: f.Path, lines: map[string]int{}}}
	var root yaml.Node
	if err := yaml.Unmarshal(f.Head, &root); err != nil {
		d.syntax(err)
		return d.doc, d.faults
	}
	v := reflect.ValueOf(into).Elem()
	if len(root.Content) == 0 {
		root = yaml.Node{Kind: yaml.MappingNode, Line: 1}
	} else {
		root = *root.Content[0]
	}
	d.value(&root, v, "")
	d.faults.Sort()
	return d.doc, d.faults
}

type decoder struct {
	file   File
	doc    *Doc
	faults Faults
}

func (d *decoder) add(n *yaml.Node, what, do string) {
	d.faults = append(d.faults, Fault{Path: d.file.Path, Line: n.Line, Column: n.Column, What: what, Do: do})
}

var (
	yamlLine  = regexp.MustCompile(`line (\d+): `)
	yamlWords = strings.NewReplacer(
		"mapping values are not allowed in this context", `there is a second ": " in the line`,
		"did not find expected key", "the indentation does not fit the lines above",
		"did not find expected '-' indicator", `the indentation of a list line does not fit`,
		"found character that cannot start any token", "a line begins with a tab or a character that has a meaning of its own",
		"could not find expected ':'", `a line lacks its ": "`,
		"found unexpected end of stream", "a quotation mark is not closed",
	)
)

// syntax puts the library's own words for broken YAML into an editor's.
func (d *decoder) syntax(err error) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = strings.Replace(text, m[0], "", 1)
	}
	d.faults.Add(d.file.Path, line, "this cannot be read: "+yamlWords.Replace(text),
		`check the indentation (spaces, no tabs) here and in the line above, and put text that has ": " or " #" in it between quotation marks`)
}

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

func (d *decoder) value(n *yaml.Node, v reflect.Value, at string) {
	if n.Kind == yaml.AliasNode {
		d.add(n, "this refers to another value with *", "write the value out")
		return
	}
	if at != "" {
		d.doc.lines[at] = n.Line
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if v.CanAddr() && v.Addr().Type().Implements(textType) {
		d.text(n, v.Addr().Interface().(encoding.TextUnmarshaler), at)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.fields(n, v, at)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			d.add(n, label(at)+"must be a list", `write each entry on its own line, behind "- "`)
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, c := range n.Content {
			d.value(c, v.Index(i), join(at, strconv.Itoa(i)))
		}
	case reflect.Map:
		d.entries(n, v, at)
	case reflect.String:
		if d.scalar(n, at) {
			v.SetString(strings.TrimSpace(n.Value))
		}
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil {
			d.add(n, label(at)+fmt.Sprintf("must be a whole number, not %q", n.Value), "write it in figures, without a unit")
			return
		}
		v.SetInt(int64(i))
	case reflect.Float64:
		x, err := strconv.ParseFloat(n.Value, 64)
		if n.Kind != yaml.ScalarNode || err != nil {
			d.add(n, label(at)+fmt.Sprintf("must be a number, not %q", n.Value), "write it in figures, without a unit")
			return
		}
		v.SetFloat(x)
	case reflect.Bool:
		switch n.Value {
		case "yes", "true":
			v.SetBool(true)
		case "no", "false":
			v.SetBool(false)
		default:
			d.add(n, label(at)+fmt.Sprintf("must be yes or no, not %q", n.Value), "write yes or no")
		}
	default:
		panic("source: no way to decode a " + v.Type().String())
	}
}

func label(at string) string {
	_, last, _ := cutLast(at)
	if _, err := strconv.Atoi(last); err == nil || last == "" {
		return "this "
	}
	return fmt.Sprintf("%q ", last)
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

func (d *decoder) scalar(n *yaml.Node, at string) bool {
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		return true
	}
	if n.Kind == yaml.ScalarNode {
		return false // empty: as if it were not there; required keys say so
	}
	d.add(n, label(at)+"must be a text, not a list or a group", "write it on one line")
	return false
}

func (d *decoder) text(n *yaml.Node, u encoding.TextUnmarshaler, at string) {
	if !d.scalar(n, at) {
		return
	}
	err := u.UnmarshalText([]byte(strings.TrimSpace(n.Value)))
	var w *Wrong
	switch {
	case errors.As(err, &w):
		d.add(n, label(at)+w.What, w.Do)
	case err != nil:
		d.add(n, label(at)+err.Error(), "")
	}
}

func (d *decoder) entries(n *yaml.Node, v reflect.Value, at string) {
	if n.Kind != yaml.MappingNode {
		d.add(n, label(at)+"must be a group of names and values", `write each as "name: value" on its own line, indented`)
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if v.MapIndex(reflect.ValueOf(k.Value)).IsValid() {
			d.add(k, fmt.Sprintf("%q stands here twice", k.Value), "remove one")
			continue
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		d.value(n.Content[i+1], elem, join(at, k.Value))
		d.doc.lines[join(at, k.Value)] = k.Line
		v.SetMapIndex(reflect.ValueOf(k.Value), elem)
	}
}

func (d *decoder) fields(n *yaml.Node, v reflect.Value, at string) {
	if n.Kind != yaml.MappingNode {
		d.add(n, label(at)+"must be a group of keys and values", `write each as "key: value" on its own line, indented`)
		return
	}
	known := map[string]int{}
	var names, required []string
	for i := range v.NumField() {
		key, opts, _ := strings.Cut(v.Type().Field(i).Tag.Get("key"), ",")
		if key == "" {
			continue
		}
		known[key] = i
		names = append(names, key)
		if opts == "required" {
			required = append(required, key)
		}
	}
	seen, given := map[string]bool{}, map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		field, ok := known[k.Value]
		switch {
		case !ok:
			d.add(k, fmt.Sprintf("unknown key %q", k.Value), Suggest(k.Value, unseen(names, n)))
		case seen[k.Value]:
			d.add(k, fmt.Sprintf("the key %q stands here twice", k.Value), "remove one")
		default:
			seen[k.Value], given[k.Value] = true, c.Value
			d.value(c, v.Field(field), join(at, k.Value))
			d.doc.lines[join(at, k.Value)] = k.Line
		}
	}
	for _, key := range required {
		if !seen[key] {
			d.add(n, fmt.Sprintf("the key %q is missing", key), fmt.Sprintf(`add a line "%s: …"`, key))
		} else if empty(v.Field(known[key]), given[key]) && !d.faulty(join(at, key)) {
			d.faults.Add(d.file.Path, d.doc.Line(join(at, key)), fmt.Sprintf("%q is empty", key), "write its value behind it")
		}
	}
}

// unseen are the names that the group n does not have yet: a misspelt key can only mean one of them.
func unseen(names []string, n *yaml.Node) []string {
	has := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		has[n.Content[i].Value] = true
	}
	return slices.DeleteFunc(slices.Clone(names), func(k string) bool { return has[k] })
}

// empty tells whether a key has no value. A number or an amount that is nothing was given, if something stands there.
func empty(v reflect.Value, given string) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() == 0
	}
	return v.IsZero() && given == ""
}

// faulty tells whether the value at path already has a fault, so that "is empty" would say it twice.
func (d *decoder) faulty(at string) bool {
	line := d.doc.Line(at)
	return slices.ContainsFunc(d.faults, func(f Fault) bool { return f.Line >= line && f.Line <= line+1 })
}
