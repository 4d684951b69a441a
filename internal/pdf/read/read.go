// Package read gives what was filled in in the form of a PDF that came back: [Fields].
//
// Anybody may have made the file, so it is taken for hostile. It need not be well formed. Nothing
// in it is run, no address in it is opened, and limits on size, depth and number bound the time and
// memory that it can take. Errors do not quote it. What the fields say is what somebody typed. The
// file cannot tell who that was.
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

// Limits on a file. Whatever it holds, reading it ends soon and in little memory.
const (
	mostFile     = 20 << 20 // bytes
	mostInflated = 64 << 20 // bytes of all compressed objects together, unpacked
	mostValues   = 500_000  // numbers, names and so on, of all objects together
	mostDepth    = 40       // of arrays in arrays, and of fields below fields
	mostFields   = 5_000
)

// Returns is the name of the field that nobody sees, in which a PDF of the hub's says its reference
// and its edition, with a space between.
const Returns = "application"

// A Field is one field of a form that was filled in.
type Field struct {
	Name  string // "stp/stp-name"
	About string // what was to be entered, in words
	Value string // "" if nothing was; of a choice, the name of the option; "Off" if none
	// Ticked are the boxes of a choice that are ticked, by their options. A program that keeps to
	// the rules lets nobody tick two.
	Ticked []string
}

// Why a file cannot be read.
var (
	ErrNoForm    = errors.New("the file has no form that can be read") // it is not a PDF, or has no fields
	ErrEncrypted = errors.New("the file is encrypted")
	ErrTooLarge  = errors.New("the file is too large") // or what it holds is, once unpacked
)

// Fields gives the fields of a PDF in the order of the form.
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

// What a field takes over from the field above it.
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
// below it, too, but have no names of their own, so the group is what counts.
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

// ticked are the states of the boxes of a field that are not off.
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

// Printable gives name and value for a terminal. Control characters could do harm there, so they
// show as a replacement sign. The name is one line, the value may have several.
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
