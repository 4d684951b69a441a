package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
)

// A file holds the objects of a PDF that is being written, by number. Number 0 is not used.
type file struct{ objects [][]byte }

func newFile() *file { return &file{objects: make([][]byte, 1, 512)} }

// reserve returns the number of an object that is set later, so that objects can point at each
// other.
func (f *file) reserve() int {
	f.objects = append(f.objects, nil)
	return len(f.objects) - 1
}

func (f *file) set(n int, body string) { f.objects[n] = []byte(body) }

func (f *file) add(body string) int {
	n := f.reserve()
	f.set(n, body)
	return n
}

// stream adds data as it is, with a dictionary.
func (f *file) stream(dict string, data []byte) int {
	n := f.reserve()
	f.objects[n] = fmt.Appendf(nil, "<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
	return n
}

// compressed adds data from compress.
func (f *file) compressed(dict string, small []byte) int {
	return f.stream(dict+"/Filter/FlateDecode", small)
}

// Level 3 takes two thirds of the time of the usual level, and makes a document 5% larger.
var compressors = sync.Pool{New: func() any {
	z, err := zlib.NewWriterLevel(nil, 3)
	if err != nil {
		panic(err) // cannot happen: the level is valid
	}
	return z
}}

func compress(data []byte) []byte {
	var b bytes.Buffer
	z := compressors.Get().(*zlib.Writer)
	defer compressors.Put(z)
	z.Reset(&b)
	z.Write(data) // writes to memory, which cannot fail
	z.Close()
	return b.Bytes()
}

// perStream is how many objects are compressed together. A program must unpack all of them to read
// one.
const perStream = 200

// bytes is the whole file. A document's structure is hundreds of small objects, so all objects but
// streams are compressed together, which PDF allows since 1.5. The file's identity is computed from
// its content, so the same content gives the same file.
func (f *file) bytes(catalog, info int) []byte {
	size, last := 4096, len(f.objects)
	for _, o := range f.objects {
		size += len(o)
	}
	out := make([]byte, 0, size)
	out = append(out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"...) // the four bytes mark the file as binary
	be := binary.BigEndian
	// The table has seven bytes for each object: 1, its offset and 0; or 2, the number of the
	// stream that holds it, and its index there.
	table := make([][7]byte, last)
	whole := func(n int, body []byte) {
		table[n][0] = 1
		be.PutUint32(table[n][1:], uint32(len(out)))
		out = strconv.AppendInt(out, int64(n), 10)
		out = append(append(append(out, " 0 obj\n"...), body...), "\nendobj\n"...)
	}
	var small []int
	for n, o := range f.objects[1:last] {
		if bytes.HasSuffix(o, []byte("endstream")) {
			whole(n+1, o)
		} else {
			small = append(small, n+1)
		}
	}
	for part := range slices.Chunk(small, perStream) {
		var index, bodies []byte
		for i, n := range part {
			index = fmt.Appendf(index, "%d %d ", n, len(bodies))
			bodies = append(append(bodies, f.objects[n]...), '\n')
			table[n][0] = 2
			be.PutUint32(table[n][1:], uint32(len(f.objects)))
			be.PutUint16(table[n][5:], uint16(i))
		}
		dict := fmt.Sprintf("/Type/ObjStm/N %d/First %d", len(part), len(index))
		n := f.compressed(dict, compress(append(index, bodies...)))
		table = append(table, [7]byte{})
		whole(n, f.objects[n])
	}
	id := sha256.Sum256(out)
	n := len(f.objects)
	table = append(table, [7]byte{1})
	be.PutUint32(table[n][1:], uint32(len(out)))
	var rows []byte
	be.PutUint16(table[0][5:], 0xffff) // object 0 is free
	for _, row := range table {
		rows = append(rows, row[:]...)
	}
	f.compressed(fmt.Sprintf("/Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%X><%[4]X>]",
		n+1, catalog, info, id[:16]), compress(rows))
	at := len(out)
	out = fmt.Appendf(out, "%d 0 obj\n%s\nendobj\n", n, f.objects[n])
	return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", at)
}

// textString is s as PDF writes text for people: in brackets if it is ASCII, otherwise as UTF-16.
func textString(s string) string {
	var b strings.Builder
	plain := true
	for i := 0; i < len(s); i++ {
		plain = plain && ' ' <= s[i] && s[i] <= '~'
	}
	if plain {
		b.WriteByte('(')
		for i := 0; i < len(s); i++ {
			if strings.IndexByte(`()\`, s[i]) >= 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(s[i])
		}
		b.WriteByte(')')
		return b.String()
	}
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteByte('>')
	return b.String()
}

// drawn reads the content of the pages back from gofpdf's uncompressed output. The output's table
// of offsets leads to the objects; the content of page i, from 0, is object 2i+4.
func drawn(raw []byte, pages int) ([][]byte, error) {
	i := bytes.LastIndex(raw, []byte("startxref\n"))
	if i < 0 {
		return nil, fmt.Errorf("pdf: gofpdf's file has no end")
	}
	end, _, _ := bytes.Cut(raw[i+len("startxref\n"):], []byte("\n"))
	table, err := strconv.Atoi(string(end))
	if err != nil || table < 0 || table > len(raw) {
		return nil, fmt.Errorf("pdf: gofpdf's file says %q where its table begins", end)
	}
	lines := bytes.Split(raw[table:i], []byte("\n"))
	all := make([][]byte, pages)
	for p := range all {
		n := 2*p + 4
		var at, length int
		if n+2 >= len(lines) || len(lines[n+2]) < 10 {
			return nil, fmt.Errorf("pdf: gofpdf's file has no object %d", n)
		}
		if at, err = strconv.Atoi(string(lines[n+2][:10])); err != nil || at < 0 || at >= table {
			return nil, fmt.Errorf("pdf: gofpdf's file has no object %d", n)
		}
		head := fmt.Appendf(nil, "%d 0 obj\n<</Length ", n)
		body, ok := bytes.CutPrefix(raw[at:table], head)
		digits, body, found := bytes.Cut(body, []byte(">>\nstream\n"))
		if length, err = strconv.Atoi(string(digits)); !ok || !found || err != nil || length < 0 || length > len(body) {
			return nil, fmt.Errorf("pdf: object %d of gofpdf's file is not a page's content", n)
		}
		all[p] = body[:length]
	}
	return all, nil
}
