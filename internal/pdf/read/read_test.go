package read

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// handmade has fields as other programs may write them, with room for one value.
const handmade = "1 0 obj<</AcroForm<</Fields[2 0 R 4 0 R 7 0 R]>>>>endobj 2 0 obj<</T(stp)/Kids[3 0 R]>>endobj 3 0 obj<</FT/Tx/T(name)/Parent 2 0 R/V(%s)>>endobj\n" +
	"4 0 obj<</FT/Btn/T(decision)/V/Accepted#20now/Kids[5 0 R 6 0 R]>>endobj 5 0 obj<</AS/Accepted>>endobj 6 0 obj<</AS/Off>>endobj 7 0 obj<</FT/Ch/T(c)/V[(a)(b)]>>endobj\n"

// Files come back from many programs, rewritten, or with changes at the end that replace objects.
func TestFieldsOfForms(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"plain", "plain"},
		{`a\(b\)\\ (c) \101\r\nd`, "a(b)\\ (c) A\r\nd"},
		{"\xfe\xff\x01\x41\xd8\x3d\xde\x00", "Ł😀"},
		{"\xef\xbb\xbfŁ", "Ł"},
		{"caf\xe9 \x92 \xa0", "café ™ €"},
	} {
		got, err := Fields(strings.NewReader("%PDF-1.4\n" + fmt.Sprintf(handmade, c.value) + "trailer<</Root 1 0 R>>"))
		want := []Field{{Name: "stp.name", Value: c.want}, {Name: "decision", Value: "Accepted now", Ticked: []string{"Accepted"}}, {Name: "c", Value: "a, b"}}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: got %q, %v; want %q", c.value, got, err, want)
		}
	}
	// A later object replaces an earlier one.
	got, err := Fields(strings.NewReader("%PDF-1.4\n" + fmt.Sprintf(handmade,
		"old") + "trailer<</Root 1 0 R>>\n3 0 obj<</FT/Tx/T(name)/V(new)>>endobj trailer<</Root 1 0 R/Prev 9>>"))
	if err != nil || got[0].Value != "new" {
		t.Errorf("after a change: %q, %v", got, err)
	}
}

func TestPrintable(t *testing.T) {
	name, value := Field{Name: "a\nb\x1b[1m", Value: "one\r\ntwo\x1b]0;x\x07\u202e\rthree"}.Printable()
	if name != "a\ufffdb\ufffd[1m" || value != "one\ntwo\ufffd]0;x\ufffd\ufffd\nthree" {
		t.Errorf("got %q, %q", name, value)
	}
}

// packed is a stream of objects, compressed.
func packed(dict string, data []byte) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data)
	z.Close()
	return fmt.Sprintf("9 0 obj<</Type/ObjStm/Filter/FlateDecode%s/Length %d>>stream\n%s\nendstream endobj\n", dict,
		b.Len(), b.Bytes())
}

// hostileFiles are made to keep a reader busy, or to fill its memory.
func hostileFiles() map[string][]byte {
	begin := "%PDF-1.7\n"
	bomb := begin + strings.Repeat(packed("/N 1/First 9", make([]byte, 30<<20)), 4)
	index := ""
	for i := range 20_000 {
		index += fmt.Sprintf("%d 0 ", i)
	}
	shared := begin + packed(fmt.Sprintf("/N 20000/First %d", len(index)), []byte(index+"("+strings.Repeat("a", 5<<20)))
	end := "\ntrailer<</Root 1 0 R>>"
	deep := "1 0 obj<</AcroForm<</Fields[2 0 R]>>>>endobj "
	for i := 2; i < 5000; i++ {
		deep += fmt.Sprintf("%d 0 obj<</T(a)/Kids[%d 0 R %d 0 R 2 0 R]>>endobj ", i, i+1, i+1)
	}
	return map[string][]byte{
		"nothing":           {},
		"not a PDF":         []byte("PK\x03\x04"),
		"only a beginning":  []byte(begin),
		"encrypted":         []byte(begin + "1 0 obj<</AcroForm<</Fields[2 0 R]>>>>endobj trailer<</Root 1 0 R/Encrypt 3 0 R>>"),
		"larger than 20 MB": append([]byte(begin), make([]byte, mostFile)...),
		"a bomb":            []byte(bomb),
		"a shared place":    []byte(shared),
		"nested":            []byte(begin + "1 0 obj" + strings.Repeat("[", 5<<20) + end),
		"nested dicts":      []byte(begin + "1 0 obj" + strings.Repeat("<</A", 2<<20) + end),
		"open strings":      []byte(begin + strings.Repeat("1 0 obj(", 1<<20) + end),
		"open streams":      []byte(begin + strings.Repeat("1 0 obj<</Length 9>>stream\n", 1<<19) + end),
		"trailers":          []byte(begin + strings.Repeat("trailer<<", 2<<20)),
		"numbers":           []byte(begin + "1 0 obj[" + strings.Repeat("1 ", 9<<20) + "]" + end),
		"comments":          []byte(begin + strings.Repeat("1 0 obj[1 1 %", 1<<20) + end),
		"objects":           []byte(begin + strings.Repeat("1 0 obj\n", 2<<20) + end),
		"a root in a ring":  []byte(begin + "1 0 obj 2 0 R endobj 2 0 obj 1 0 R endobj" + end),
		"fields in a ring":  []byte(begin + "1 0 obj<</AcroForm<</Fields[2 0 R]>>>>endobj 2 0 obj<</T(a)/Kids[2 0 R]>>endobj" + end),
		"deep fields":       []byte(begin + deep + end),
	}
}

func TestHostileFiles(t *testing.T) {
	for name, file := range hostileFiles() {
		fields, err := Fields(bytes.NewReader(file))
		if err == nil {
			t.Errorf("%s: %d fields and no error", name, len(fields))
		}
		if err != nil && strings.Contains(err.Error(), "PK") {
			t.Errorf("%s: the error quotes the file: %v", name, err)
		}
	}
}

// FuzzFields: any file is read to its end, and what is printed of it is harmless.
func FuzzFields(f *testing.F) {
	f.Add([]byte(fmt.Sprintf("%%PDF-1.4\n"+handmade, "x") + "trailer<</Root 1 0 R>>"))
	index, objects := "1 0 2 32 ", "<</AcroForm<</Fields[2 0 R]>>>> <</FT/Tx/T(name)/TU<FEFF0141>/V(a\\(b)>>"
	f.Add([]byte("%PDF-1.7\n" + packed(fmt.Sprintf("/N 2/First %d", len(index)),
		[]byte(index+objects)) + "trailer<</Root 1 0 R>>"))
	for _, file := range hostileFiles() {
		if len(file) < 10_000 {
			f.Add(file)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		fields, err := Fields(bytes.NewReader(file))
		if (err == nil) != (len(fields) > 0) {
			t.Errorf("%d fields, %v", len(fields), err)
		}
		for _, field := range fields {
			name, value := field.Printable()
			harmful := func(r rune) bool { return r != '\n' && !strconv.IsPrint(r) }
			if strings.ContainsFunc(name+value, harmful) || strings.Contains(name, "\n") ||
				!utf8.ValidString(name+value) {
				t.Errorf("%q, %q can do harm on a terminal", name, value)
			}
		}
	})
}
