package read

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

// The values of a PDF, beside nil, bool, float64 and []any.
type (
	Name      string // a name: /Name
	String    string // a string, as bytes
	Dict      map[string]any
	Reference int    // to an object, by its number; the generation is ignored
	Operator  string // any other word, such as a drawing command of a page
	Stream    struct {
		Dict Dict
		raw  []byte // as it is in the file; see [File.Data]
	}
)

// text decodes a string for people: UTF-16, UTF-8, or PDF's own encoding, which is nearly Latin-1.
func (s String) text() string {
	switch {
	case strings.HasPrefix(string(s), "\xfe\xff"):
		units := make([]uint16, 0, len(s)/2)
		for i := 2; i+1 < len(s); i += 2 {
			units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
		}
		return string(utf16.Decode(units))
	case strings.HasPrefix(string(s), "\xef\xbb\xbf"):
		return strings.ToValidUTF8(string(s[3:]), "\ufffd")
	}
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case 0x18 <= c && c < 0x20:
			b.WriteRune([]rune("˘ˇˆ˙˝˛˚˜")[c-0x18])
		case 0x80 <= c && c <= 0xa0:
			b.WriteRune([]rune("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\ufffd€")[c-0x80])
		default:
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

var errTooMany = fmt.Errorf("pdf: %w: it has too many objects", ErrTooLarge)

// A File is the objects of a PDF by number. If an object was written again, the last one counts.
type File struct {
	objects  map[Reference]any
	Trailer  Dict
	inflated int // bytes so far
	values   int // how many more may be read
	parsed   int // bytes of unpacked data that were parsed
}

func (f *File) parser(raw []byte, at int) parser { return parser{raw, at, &f.values} }

// Open reads all objects of a file from beginning to end. It ignores the file's tables of offsets,
// which may be wrong.
func Open(raw []byte) (*File, error) {
	if i := bytes.Index(raw[:min(len(raw), 1024)], []byte("%PDF-")); i < 0 {
		return nil, fmt.Errorf("pdf: %w", ErrNoForm)
	}
	f := &File{objects: map[Reference]any{}, Trailer: Dict{}, values: mostValues}
	for at := 0; at < len(raw); {
		// Look for the next "obj" by its "o", and for a "trailer" before it.
		i := bytes.IndexByte(raw[at:], 'o')
		j := at + i
		if i < 0 {
			j = len(raw)
		}
		if k := bytes.Index(raw[at:j], []byte("trailer")); k >= 0 {
			p := f.parser(raw, at+k+len("trailer"))
			if d, ok := p.value(0).(Dict); ok {
				f.trail(d)
			}
			at = p.at
			continue
		}
		if i < 0 {
			break
		}
		at = j + 1
		if !bytes.HasPrefix(raw[j:], []byte("obj")) {
			continue
		}
		number, ok := numberBefore(raw[:j])
		if !ok {
			continue
		}
		p := f.parser(raw, j+3)
		if err := f.keep(number, p.object()); err != nil {
			return nil, err
		}
		at = max(p.at, at)
	}
	if _, ok := f.Trailer["Encrypt"]; ok {
		return nil, fmt.Errorf("pdf: %w", ErrEncrypted)
	}
	return f, nil
}

// numberBefore reads the object's number in "12 0 obj".
func numberBefore(raw []byte) (Reference, bool) {
	words := bytes.Fields(raw[max(0, len(raw)-24):])
	if len(words) < 2 {
		return 0, false
	}
	if _, err := strconv.Atoi(string(words[len(words)-1])); err != nil {
		return 0, false
	}
	digits := words[len(words)-2]
	for i := len(digits); i > 0; i-- { // other text may touch it: "endobj12 0 obj"
		if c := digits[i-1]; c < '0' || c > '9' {
			digits = digits[i:]
			break
		}
	}
	n, err := strconv.Atoi(string(digits))
	return Reference(n), err == nil
}

// trail takes the useful entries of a trailer.
func (f *File) trail(d Dict) {
	for _, key := range []string{"Root", "Info", "ID", "Encrypt"} {
		if v, ok := d[key]; ok {
			f.Trailer[key] = v
		}
	}
}

// keep stores an object, and all objects in it if it is a stream of objects.
func (f *File) keep(number Reference, v any) error {
	if f.objects[number] = v; f.values <= 0 {
		return errTooMany
	}
	s, ok := v.(Stream)
	if !ok {
		return nil
	}
	switch s.Dict["Type"] {
	case Name("XRef"):
		f.trail(s.Dict)
	case Name("ObjStm"):
		data, err := f.Data(s)
		if err != nil {
			return err
		}
		n, _ := s.Dict["N"].(float64)
		first, _ := s.Dict["First"].(float64)
		if first < 0 || first > float64(len(data)) {
			return nil
		}
		index := f.parser(data[:int(first)], 0)
		for range int(min(max(n, 0), mostValues)) {
			number, ok := index.value(0).(float64)
			offset, also := index.value(0).(float64)
			if !ok || !also || offset < 0 || first+offset > float64(len(data)) {
				break
			}
			p := f.parser(data, int(first+offset))
			v := p.value(0)
			if f.parsed += p.at - int(first+offset); f.parsed > 2*mostInflated { // objects may share bytes
				return errTooMany
			}
			if _, ok := v.(Stream); ok {
				continue
			}
			if f.objects[Reference(number)] = v; f.values <= 0 {
				return errTooMany
			}
		}
	}
	return nil
}

// Data unpacks a stream. It supports only the usual compression: pictures use others, but forms do
// not.
func (f *File) Data(s Stream) ([]byte, error) {
	filter := s.Dict["Filter"]
	if list, ok := filter.([]any); ok && len(list) == 1 {
		filter = list[0]
	}
	switch filter {
	case nil:
		return s.raw, nil
	case Name("FlateDecode"):
	default:
		return nil, errors.New("pdf: part of the file is compressed in a way that is not known")
	}
	z, err := zlib.NewReader(bytes.NewReader(s.raw))
	if err != nil {
		return nil, errors.New("pdf: part of the file is damaged")
	}
	data, err := io.ReadAll(io.LimitReader(z, int64(mostInflated-f.inflated)+1))
	if f.inflated += len(data); f.inflated > mostInflated {
		return nil, fmt.Errorf("pdf: %w: unpacked, more than %d MB", ErrTooLarge, mostInflated>>20)
	}
	if err != nil && len(data) == 0 {
		return nil, errors.New("pdf: part of the file is damaged")
	}
	return data, nil
}

// Get follows references and returns the value that they lead to.
func (f *File) Get(v any) any {
	for range mostDepth {
		r, ok := v.(Reference)
		if !ok {
			return v
		}
		v = f.objects[r]
	}
	return nil
}

// Dict is the dictionary that v is or leads to, or the dictionary of a stream; nil if there is
// none.
func (f *File) Dict(v any) Dict {
	switch v := f.Get(v).(type) {
	case Dict:
		return v
	case Stream:
		return v.Dict
	}
	return nil
}

// Values are the values in the content of a page, one after the other.
func Values(content []byte) []any {
	var all []any
	left := mostValues
	for p := (parser{content, 0, &left}); ; {
		v := p.value(0)
		if _, end := v.(closing); end {
			return all
		}
		all = append(all, v)
	}
}
