// Package read reads the filled-in fields of a PDF form that came back: [Fields].
//
// The file is treated as hostile, since anybody may have made it. It need not be well formed.
// Nothing in it is run and no address in it is opened. Limits on size, depth and number bound the
// time and memory that reading takes. Errors do not quote the file. The fields hold what somebody
// typed, but the file cannot tell who that was.
//
// [Open] gives the objects of a file one by one, for programs that check a whole file.
package read

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits on a file, so that reading it ends soon and takes little memory.
const (
	mostFile     = 20 << 20 // bytes
	mostInflated = 64 << 20 // bytes of all compressed objects together, unpacked
	mostValues   = 500_000  // numbers, names and so on, in all objects together
	mostDepth    = 40       // of arrays in arrays, and of fields below fields
	mostFields   = 5_000
)

// Returns is the name of a hidden field. In it, a PDF made by the hub holds its reference and
// edition, separated by a space.
const Returns = "application"

// A Field is one filled-in field of a form.
type Field struct {
	Name  string // "stp/stp-name"
	About string // what to enter, in words
	Value string // "" if empty; for a choice the name of the option, or "Off" if none is ticked
	// Ticked are the ticked boxes of a choice, by their options. A correct program allows only one.
	Ticked []string
}

// The reasons why a file cannot be read.
var (
	ErrNoForm    = errors.New("the file has no form that can be read") // not a PDF, or a PDF without fields
	ErrEncrypted = errors.New("the file is encrypted")
	ErrTooLarge  = errors.New("the file is too large") // the file, or what it holds once unpacked
)

// Fields returns the fields of a PDF in the order of the form.
func Fields(r io.Reader) ([]Field, error) {
	raw, err := io.ReadAll(io.LimitReader(r, mostFile+1))
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	if len(raw) > mostFile {
		return nil, fmt.Errorf("pdf: %w: more than %d MB", ErrTooLarge, mostFile>>20)
	}
	f, err := Open(raw)
	if err != nil {
		return nil, err
	}
	form, _ := f.Get(f.Dict(f.Trailer["Root"])["AcroForm"]).(Dict)
	w := fieldWalk{file: f, seen: map[Reference]bool{}}
	w.walk(f.Get(form["Fields"]), "", inherited{}, 0)
	if len(w.fields) == 0 {
		return nil, fmt.Errorf("pdf: %w", ErrNoForm)
	}
	return w.fields, nil
}

// inherited is what a field takes over from the field above it.
type inherited struct {
	kind  Name
	about string
	value any
}

// A fieldWalk collects the fields of a file.
type fieldWalk struct {
	file   *File
	seen   map[Reference]bool
	fields []Field
}

// walk goes through a list of fields. A field may have others below it. The boxes of a group are
// below it, too, but have no names of their own, so the group counts as the field.
func (w *fieldWalk) walk(list any, prefix string, from inherited, depth int) {
	all, _ := list.([]any)
	if depth > mostDepth {
		return
	}
	for _, item := range all {
		ref, ok := item.(Reference)
		if !ok || w.seen[ref] || len(w.fields) >= mostFields {
			continue
		}
		w.seen[ref] = true
		d := w.file.Dict(ref)
		name, own := prefix, from
		if part, ok := w.file.Get(d["T"]).(String); ok {
			if name != "" {
				name += "."
			}
			name += part.text()
		}
		if kind, ok := w.file.Get(d["FT"]).(Name); ok {
			own.kind = kind
		}
		if about, ok := w.file.Get(d["TU"]).(String); ok {
			own.about = about.text()
		}
		if value := w.file.Get(d["V"]); value != nil {
			own.value = value
		}
		below, _ := w.file.Get(d["Kids"]).([]any)
		named := false
		for _, k := range below {
			_, has := w.file.Dict(k)["T"]
			named = named || has
		}
		if named {
			w.walk(below, name, own, depth+1)
		} else if own.kind == "Tx" || own.kind == "Btn" || own.kind == "Ch" {
			w.fields = append(w.fields, Field{name, own.about, w.value(own.value), w.ticked(d, below)})
		}
	}
}

// ticked are the states other than "Off" of a field's boxes.
func (w *fieldWalk) ticked(field Dict, boxes []any) (on []string) {
	for _, box := range append([]any{field}, boxes...) {
		state, ok := w.file.Get(w.file.Dict(box)["AS"]).(Name)
		if ok && state != "Off" && len(on) < mostFields {
			on = append(on, w.value(state))
		}
	}
	return on
}

func (w *fieldWalk) value(v any) string {
	switch v := v.(type) {
	case String:
		return v.text()
	case Name:
		return strings.ToValidUTF8(string(v), "\ufffd")
	case Stream:
		if data, err := w.file.Data(v); err == nil {
			return String(data).text()
		}
	case []any:
		var all []string
		for _, item := range v {
			if s, ok := w.file.Get(item).(String); ok {
				all = append(all, s.text())
			}
		}
		return strings.Join(all, ", ")
	}
	return ""
}

// Printable returns the name and value for a terminal. Control characters, which could do harm
// there, become replacement signs. The name is one line; the value may have several.
func (f Field) Printable() (name, value string) {
	harmless := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r != '\n' && !strconv.IsPrint(r) {
				return utf8.RuneError
			}
			return r
		}, s)
	}
	value = strings.ReplaceAll(strings.ReplaceAll(f.Value, "\r\n", "\n"), "\r", "\n")
	return strings.ReplaceAll(harmless(f.Name), "\n", string(utf8.RuneError)), harmless(value)
}
