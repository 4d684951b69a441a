package source

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"traininghub/internal/pattern"
)

// A Doc finds the position in its file of each value of a decoded head. It searches only when it is
// asked, which is when something is wrong.
type Doc struct {
	root *node
	text []byte
	lost bool
}

// Lost tells whether something in the head is missing, could not be read, or has an unknown key.
// Other checks may then miss a value that the file does contain.
func (d *Doc) Lost() bool { return d.lost }

// Unread tells whether nothing in the head could be read.
func (d *Doc) Unread() bool { return d.root == nil }

// At is the position of the value at a dotted path such as "cohorts.0.workshops.1.date", or of the
// nearest value above it that the file has; the first line if there is none.
func (d *Doc) At(at string) Position {
	p, _ := d.find(at)
	return p
}

// Word is the position of a word's first occurrence in the value at a path, or of the value itself
// if the word is not in it.
func (d *Doc) Word(at, word string) Position {
	p := d.At(at)
	from := 0
	for range p.Line - 1 {
		from += bytes.IndexByte(d.text[from:], '\n') + 1
	}
	for range p.Column - 1 {
		_, n := utf8.DecodeRune(d.text[from:])
		from += n
	}
	i := bytes.Index(d.text[from:], []byte(word))
	if i < 0 {
		return p
	}
	return PositionIn(d.text, from+i)
}

// Has tells whether the file has a value at the path.
func (d *Doc) Has(at string) bool { _, ok := d.find(at); return ok }

// find follows a path as far as it goes; all tells whether it reached the end. A value that begins
// on the line below its key has the position of the key.
func (d *Doc) find(at string) (p Position, all bool) {
	p = Position{Line: 1}
	n := d.root
	for at != "" {
		if n == nil {
			return p, false
		}
		step, rest, _ := strings.Cut(at, ".")
		switch n.Kind {
		case yaml.SequenceNode:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(n.Content) {
				return p, false
			}
			n = n.Content[i]
			p = Position{n.Line, n.Column}
		case yaml.MappingNode:
			// A fact's name may itself contain dots.
			i := 0
			for i < len(n.Content) && n.Content[i].Value != step && n.Content[i].Value != at {
				i += 2
			}
			if i >= len(n.Content) {
				return p, false
			}
			if n.Content[i].Value == at {
				rest = ""
			}
			key := n.Content[i]
			n = n.Content[i+1]
			p = Position{key.Line, key.Column}
			if n.Kind == yaml.ScalarNode && n.Line == key.Line && n.Value != "" {
				p.Column = n.Column
			}
		default:
			return p, false
		}
		at = rest
	}
	return p, true
}

// Decode fills the struct that into points to from the file's head. It reads fields with a tag
// `key:"name"` or `key:"name,required"`. Fields may be strings, bools, ints, structs, slices,
// pointers to structs, maps with string keys, and types that read themselves from text (see
// [Wrong]). An unknown key, a repeated key, a required key that is missing or empty and a value of
// the wrong kind are each a fault.
func (f File) Decode(into any) (*Doc, Faults) {
	d := &decoder{file: f, doc: &Doc{text: f.Head}}
	root := simple(f.Head)
	if root == nil {
		var all yaml.Node
		if err := yaml.Unmarshal(f.Head, &all); err != nil {
			d.syntax(err)
			d.doc.lost = true
			return d.doc, d.faults
		}
		root = &node{Kind: yaml.MappingNode, Line: 1}
		if len(all.Content) > 0 {
			root = nodeOf(all.Content[0])
		}
	}
	v := reflect.ValueOf(into).Elem()
	d.doc.root, d.top = root, v.Type()
	d.value(root, v, "")
	d.faults.Sort()
	return d.doc, d.faults
}

// A node is the part of the library's node that is used here. It takes half of the memory, and a
// large build makes many.
type node struct {
	Kind         yaml.Kind
	Style        yaml.Style
	Tag, Value   string
	LineComment  string
	Line, Column int
	Content      []*node
}

func nodeOf(n *yaml.Node) *node {
	own := &node{n.Kind, n.Style, n.Tag, n.Value, n.LineComment, n.Line, n.Column, nil}
	for _, c := range n.Content {
		own.Content = append(own.Content, nodeOf(c))
	}
	return own
}

type decoder struct {
	file   File
	doc    *Doc
	top    reflect.Type // of the whole head
	faults Faults
}

func (d *decoder) add(n *node, what, do string) {
	d.faults = append(d.faults, Fault{Path: d.file.Path, Position: Position{n.Line, n.Column}, What: what, Do: do})
}

var yamlLine = pattern.Of(`line (\d+): `)

// syntax explains in an editor's words why the YAML cannot be read.
func (d *decoder) syntax(err error) {
	const begins = "this cannot be read: "
	if s := suspectOf(d.file.Head); s != nil {
		d.faults.At(d.file.Path, s.place, begins+s.what, s.do)
		return
	}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := yamlLine().FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = strings.Replace(text, m[0], "", 1)
	}
	do := `write "key: value", with a space behind the colon, and put text that has ": " or " #" in it ` +
		`between quotation marks`
	if strings.HasPrefix(text, "could not find expected ':'") {
		text = `a line lacks its ": "`
		do = `write "key: value", with a space behind the colon; begin the line with spaces if it goes on ` +
			`with the one above`
	}
	d.faults.At(d.file.Path, d.begin(line), begins+text, do)
}

// begin is the position at which a line begins.
func (d *decoder) begin(line int) Position {
	lines := strings.Split(string(d.file.Head), "\n")
	if line > len(lines) {
		return Position{Line: line}
	}
	return Position{line, 1 + len(lines[line-1]) - len(strings.TrimLeft(lines[line-1], " "))}
}

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

// value fills v from n. name is the key before it, "" for an entry of a list.
func (d *decoder) value(n *node, v reflect.Value, name string) {
	if n.Kind == yaml.AliasNode {
		d.add(n, "this refers to another value with *", "write the value out")
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if v.CanAddr() && v.Addr().Type().Implements(textType) {
		d.text(n, v.Addr().Interface().(encoding.TextUnmarshaler), name)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.fields(n, v, name)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			d.doc.lost = true
			d.add(n, label(name)+"must be a list", listed(n, v.Type().Elem()))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, c := range n.Content {
			if c.Kind == yaml.ScalarNode && (c.Tag == "!!null" || c.Value == "") {
				d.add(c, "an entry of the list is empty", "write it, or take it away")
				continue
			}
			if i > 0 && c.Kind == yaml.ScalarNode && n.Content[i-1].Kind == yaml.ScalarNode && group(v.Type().Elem()) {
				continue // all are words where groups are asked for, and that is said of the first
			}
			d.value(c, v.Index(i), "")
		}
	case reflect.Map:
		d.entries(n, v, name)
	case reflect.String:
		if d.scalar(n, name) {
			v.SetString(strings.TrimSpace(n.Value))
		}
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil {
			d.add(n, label(name)+fmt.Sprintf("must be a whole number, not %q", n.Value),
				"write it in figures, without a unit")
			return
		}
		v.SetInt(int64(i))
	case reflect.Float64:
		x, err := strconv.ParseFloat(n.Value, 64)
		if n.Kind != yaml.ScalarNode || err != nil {
			d.add(n, label(name)+fmt.Sprintf("must be a number, not %q", n.Value),
				"write it in figures, without a unit")
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
			d.add(n, label(name)+fmt.Sprintf("must be yes or no, not %q", n.Value), "write yes or no")
		}
	default:
		panic("source: no way to decode a " + v.Type().String())
	}
}

// listed says how to write a text as a list. Commas or semicolons separate what was meant as
// several entries.
func listed(n *node, entry reflect.Type) string {
	if n.Kind != yaml.ScalarNode || n.Style&^yaml.SingleQuotedStyle&^yaml.DoubleQuotedStyle != 0 || n.Value == "" ||
		group(entry) || strings.ContainsAny(n.Value, "\n[]{}\"#:") {
		return `write each entry on its own line, behind "- "`
	}
	if words := strings.FieldsFunc(n.Value, func(r rune) bool { return r == ',' || r == ';' }); len(words) > 1 {
		for i := range words {
			words[i] = strings.TrimSpace(words[i])
		}
		return fmt.Sprintf(`write "[%s]", or each entry on its own line, behind "- "`, strings.Join(words, ", "))
	}
	return fmt.Sprintf(`write "- %s" on a line of its own below it, and so each other entry`, n.Value)
}

// group tells whether a value of a type is a group of keys and values.
func group(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(textType)
}

// typographic matches a text in a word processor's quotation marks. The editor meant them for YAML,
// which does not know them.
var typographic = pattern.Of("^[“”„‘’][^“”„‘’]*[“”‘’]$")

func label(name string) string {
	if _, err := strconv.Atoi(name); err == nil || name == "" {
		return "this "
	}
	return fmt.Sprintf("%q ", name)
}

func (d *decoder) scalar(n *node, name string) bool {
	switch {
	case n.Kind != yaml.ScalarNode || n.Tag == "!!null":
	case n.Style == 0 && typographic().MatchString(n.Value):
		d.add(n, label(name)+"stands between quotation marks that are shown to readers",
			`write " and ", or no quotation marks`)
		return true
	case len(n.LineComment) > 1 && n.LineComment[1] != ' ':
		d.add(n,
			label(name)+fmt.Sprintf(`ends before " #": what stands behind that is a note to editors, %q`, n.LineComment),
			"put all of it between quotation marks, or a space behind the # of a note")
		return true
	default:
		return true
	}
	if n.Kind == yaml.ScalarNode {
		return false // empty counts as missing; required keys are reported later
	}
	do := "write it on one line"
	if n.Kind == yaml.MappingNode && n.Style != yaml.FlowStyle && len(n.Content) > 0 &&
		n.Content[0].Line == n.Content[1].Line {
		do = `put all of it between quotation marks, since there is ": " in it`
	}
	if n.Kind == yaml.MappingNode && n.Style == yaml.FlowStyle {
		d.add(n, label(name)+"begins with a brace, which has a meaning of its own there", quote)
		return false
	}
	d.add(n, label(name)+"must be a text, not a list or a group", do)
	return false
}

func (d *decoder) text(n *node, u encoding.TextUnmarshaler, name string) {
	if !d.scalar(n, name) {
		return
	}
	err := u.UnmarshalText([]byte(strings.TrimSpace(n.Value)))
	var w *Wrong
	switch {
	case errors.As(err, &w):
		d.add(n, label(name)+w.What, w.Do)
	case err != nil:
		d.add(n, label(name)+err.Error(), "")
	}
}

func (d *decoder) entries(n *node, v reflect.Value, name string) {
	if n.Kind != yaml.MappingNode {
		d.doc.lost = true
		d.add(n, label(name)+"must be a group of names and values",
			`write each as "name: value" on its own line, indented`)
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
		d.value(n.Content[i+1], elem, k.Value)
		v.SetMapIndex(reflect.ValueOf(k.Value), elem)
	}
}

func (d *decoder) fields(n *node, v reflect.Value, name string) {
	shape := shapeOf(v.Type())
	if n.Kind != yaml.MappingNode {
		d.doc.lost = true
		d.add(n, label(name)+"must be a group of keys and values",
			"write "+example(shape)+" on a line of its own, indented")
		return
	}
	keys, values := make([]*node, len(shape)), make([]*node, len(shape))
	var meant []string // what misspelt keys were meant to be
	twice := 0         // the index plus 1 of the fault about the first repeated key; 0 if none
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		at := slices.IndexFunc(shape, func(f field) bool { return f.key == k.Value })
		switch {
		case at < 0:
			names := missing(shape, n)
			d.doc.lost = true
			if k.Kind != yaml.ScalarNode {
				d.add(k, "the line begins with a brace, which has a meaning of its own there",
					`write "# " before it if it is a note, or else its key and ": "`)
				continue
			}
			do := Suggest(k.Value, names)
			if other := d.elsewhere(k.Value, shape); other != "" && !strings.EqualFold(Nearest(k.Value, names), k.Value) {
				do = other
			} else {
				meant = append(meant, Nearest(k.Value, names))
			}
			d.add(k, fmt.Sprintf("unknown key %q", k.Value), do)
		case keys[at] != nil && twice > 0:
			d.faults[twice-1].Do = `write "- " before it: here another entry seems to begin`
		case keys[at] != nil:
			d.doc.lost = true
			d.add(k, fmt.Sprintf("the key %q stands here twice", k.Value),
				fmt.Sprintf("the other stands in line %d; keep one, with all that belongs below it", keys[at].Line))
			twice = len(d.faults)
		default:
			keys[at], values[at] = k, c
			d.value(c, v.Field(shape[at].index), k.Value)
		}
	}
	for i, f := range shape {
		switch {
		case slices.Contains(meant, f.key):
		case keys[i] == nil && !f.required:
		case keys[i] == nil:
			d.doc.lost = true
			d.add(n, fmt.Sprintf("the key %q is missing", f.key), fmt.Sprintf(`add a line "%s: …"`, f.key))
		case f.required && empty(v.Field(f.index), values[i].Value) && !d.faulty(keys[i].Line):
			d.add(keys[i], fmt.Sprintf("%q is empty", f.key), d.filled(keys[i], ""))
		case values[i].Kind == yaml.ScalarNode && values[i].Style == 0 && values[i].Value == "" && !d.faulty(keys[i].Line):
			d.add(keys[i], fmt.Sprintf("%q is empty", f.key), d.filled(keys[i], ", or take the line away"))
		}
	}
}

// filled says how the empty value of a key is written. What stands behind "#" was often meant as
// the value.
func (d *decoder) filled(key *node, or string) string {
	line := strings.Split(string(d.file.Head), "\n")[key.Line-1]
	if _, note, _ := strings.Cut(line, " #"); note != "" && note[0] != ' ' {
		return fmt.Sprintf("what stands behind # is a note; write %q, with the quotation marks", "#"+note)
	}
	return "write its value behind it" + or
}

// elsewhere says where in the file a key belongs that stands in the wrong group, of that shape; ""
// if it is no key of this kind of file.
func (d *decoder) elsewhere(key string, shape []field) string {
	var find func(t reflect.Type, above string) string
	find = func(t reflect.Type, above string) string {
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if !group(t) {
			return ""
		}
		fields := shapeOf(t)
		for _, f := range fields {
			switch {
			case f.key != key || slices.Equal(fields, shape):
			case above == "":
				return "it belongs at the top of the file, at the beginning of a line"
			default:
				return fmt.Sprintf("it belongs to an entry below %q, on a line of its own, indented like the others", above)
			}
		}
		for _, f := range fields {
			if at := find(t.Field(f.index).Type, f.key); at != "" {
				return at
			}
		}
		return ""
	}
	return find(d.top, "")
}

// example shows how to write a group: with its required keys, or else its first key.
func example(shape []field) string {
	var lines []string
	for i, f := range shape {
		if f.required || i == 0 && !slices.ContainsFunc(shape, func(f field) bool { return f.required }) {
			lines = append(lines, fmt.Sprintf(`"%s: …"`, f.key))
		}
	}
	if len(lines) > 1 {
		return "each of " + strings.Join(lines, ", ")
	}
	return lines[0]
}

// A field of a struct that is read from a file.
type field struct {
	key      string
	index    int
	required bool
}

// shapes holds the fields of each struct type. They never change, and reading them from the tags
// for each of thousands of workshops took as long as filling them.
var shapes sync.Map

func shapeOf(t reflect.Type) []field {
	if known, ok := shapes.Load(t); ok {
		return known.([]field)
	}
	var shape []field
	for i := range t.NumField() {
		if key, opts, _ := strings.Cut(t.Field(i).Tag.Get("key"), ","); key != "" {
			shape = append(shape, field{key, i, opts == "required"})
		}
	}
	shapes.Store(t, shape)
	return shape
}

// missing are the keys that the group n does not have yet. A misspelt key can only mean one of
// them.
func missing(shape []field, n *node) []string {
	has := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		has[n.Content[i].Value] = true
	}
	var names []string
	for _, f := range shape {
		if !has[f.key] {
			names = append(names, f.key)
		}
	}
	return names
}

// empty tells whether a key has no value. A number or an amount of 0 counts as a value if the file
// gives it.
func empty(v reflect.Value, given string) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() == 0
	}
	return v.IsZero() && given == ""
}

// faulty tells whether the value of the key on a line already has a fault. "is empty" would only
// repeat it.
func (d *decoder) faulty(line int) bool {
	return slices.ContainsFunc(d.faults, func(f Fault) bool { return f.Line >= line && f.Line <= line+1 })
}
