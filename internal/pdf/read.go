package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A Field is one field of a form that was filled in.
type Field struct {
	Name  string // "stp/stp-name"
	About string // what was to be entered, in words
	Value string // "" if nothing was; of a choice, the name of the option; "Off" if none
}

// ErrNoForm means that a file is not a PDF, or has no fields.
var ErrNoForm = errors.New("the file has no form that can be read")

// Limits on a file from outside. Whatever it holds, reading it ends soon and in little memory.
const (
	mostFile     = 20 << 20
	mostInflated = 64 << 20 // of all compressed objects together
	mostValues   = 500_000  // numbers, names and so on, of all objects together
	mostDepth    = 40       // of arrays in arrays, and of fields below fields
	mostFields   = 5_000
)

// ReadFields gives the fields of a PDF in the order of the form. The file may come from anyone and need not be
// well-formed: nothing in it is run or followed, and it is read in bounded time and memory. Errors do not
// quote it. What the fields say is what somebody typed, and who did cannot be known from the file.
func ReadFields(r io.Reader) ([]Field, error) {
	raw, err := io.ReadAll(io.LimitReader(r, mostFile+1))
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	if len(raw) > mostFile {
		return nil, fmt.Errorf("pdf: the file is larger than %d MB", mostFile>>20)
	}
	f, err := scan(raw)
	if err != nil {
		return nil, err
	}
	form, _ := f.get(f.dict(f.trailer["Root"])["AcroForm"]).(dict)
	w := fieldWalk{file: f, seen: map[reference]bool{}}
	w.walk(f.get(form["Fields"]), "", inherited{}, 0)
	if len(w.fields) == 0 {
		return nil, fmt.Errorf("pdf: %w", ErrNoForm)
	}
	return w.fields, nil
}

type inherited struct {
	kind  word
	about string
	value any
}

type fieldWalk struct {
	file   *scanned
	seen   map[reference]bool
	fields []Field
}

// walk goes through fields, which may have others below them; and a group's boxes, which have no names of their own.
func (w *fieldWalk) walk(list any, prefix string, from inherited, depth int) {
	all, _ := list.([]any)
	if depth > mostDepth {
		return
	}
	for _, item := range all {
		ref, ok := item.(reference)
		if !ok || w.seen[ref] || len(w.fields) >= mostFields {
			continue
		}
		w.seen[ref] = true
		d := w.file.dict(ref)
		name, own := prefix, from
		if part, ok := w.file.get(d["T"]).(str); ok {
			if name != "" {
				name += "."
			}
			name += part.text()
		}
		if kind, ok := w.file.get(d["FT"]).(word); ok {
			own.kind = kind
		}
		if about, ok := w.file.get(d["TU"]).(str); ok {
			own.about = about.text()
		}
		if value := w.file.get(d["V"]); value != nil {
			own.value = value
		}
		below, _ := w.file.get(d["Kids"]).([]any)
		named := false
		for _, k := range below {
			_, has := w.file.dict(k)["T"]
			named = named || has
		}
		if named {
			w.walk(below, name, own, depth+1)
		} else if own.kind == "Tx" || own.kind == "Btn" || own.kind == "Ch" {
			w.fields = append(w.fields, Field{name, own.about, w.value(own.value)})
		}
	}
}

func (w *fieldWalk) value(v any) string {
	switch v := v.(type) {
	case str:
		return v.text()
	case word:
		return strings.ToValidUTF8(string(v), "\ufffd")
	case stream:
		if data, err := w.file.inflate(v); err == nil {
			return str(data).text()
		}
	case []any:
		var all []string
		for _, item := range v {
			if s, ok := w.file.get(item).(str); ok {
				all = append(all, s.text())
			}
		}
		return strings.Join(all, ", ")
	}
	return ""
}

// What a PDF is made of, beside nil, bool, float64 and []any.
type (
	word      string // a name: /Name
	str       string // a string, as its bytes
	dict      map[string]any
	reference int // to an object; generations are not told apart
	stream    struct {
		dict dict
		data []byte
	}
)

// text reads a string for people: UTF-16, UTF-8, or PDF's own code, which is nearly Latin-1.
func (s str) text() string {
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

// A scanned file is its objects by number. Where an object was written again, the last one counts.
type scanned struct {
	objects  map[reference]any
	trailer  dict
	inflated int // bytes so far
	values   int // how many more may be read
	parsed   int // bytes of what was unpacked
}

func (f *scanned) parser(raw []byte, at int) parser { return parser{raw, at, &f.values} }

// scan goes through a file from its beginning to its end. Its tables of offsets are not used, so it does not matter whether they
// are right.
func scan(raw []byte) (*scanned, error) {
	if i := bytes.Index(raw[:min(len(raw), 1024)], []byte("%PDF-")); i < 0 {
		return nil, fmt.Errorf("pdf: %w", ErrNoForm)
	}
	f := &scanned{objects: map[reference]any{}, trailer: dict{}, values: mostValues}
	for at := 0; at < len(raw); {
		i := bytes.IndexByte(raw[at:], 'o') // of obj; and the r of trailer is looked for in between
		j := at + i
		if i < 0 {
			j = len(raw)
		}
		if k := bytes.Index(raw[at:j], []byte("trailer")); k >= 0 {
			p := f.parser(raw, at+k+len("trailer"))
			if d, ok := p.value(0).(dict); ok {
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
	if _, ok := f.trailer["Encrypt"]; ok {
		return nil, errors.New("pdf: the file is encrypted")
	}
	return f, nil
}

// numberBefore reads the object's number in "12 0 obj".
func numberBefore(raw []byte) (reference, bool) {
	words := bytes.Fields(raw[max(0, len(raw)-24):])
	if len(words) < 2 {
		return 0, false
	}
	if _, err := strconv.Atoi(string(words[len(words)-1])); err != nil {
		return 0, false
	}
	digits := words[len(words)-2]
	for i := len(digits); i > 0; i-- { // what stands before it may touch it: "endobj12 0 obj"
		if c := digits[i-1]; c < '0' || c > '9' {
			digits = digits[i:]
			break
		}
	}
	n, err := strconv.Atoi(string(digits))
	return reference(n), err == nil
}

func (f *scanned) trail(d dict) {
	for _, key := range []string{"Root", "Info", "ID", "Encrypt"} {
		if v, ok := d[key]; ok {
			f.trailer[key] = v
		}
	}
}

func (f *scanned) keep(number reference, v any) error {
	if f.objects[number] = v; f.values <= 0 {
		return errors.New("pdf: the file has too many objects")
	}
	s, ok := v.(stream)
	if !ok {
		return nil
	}
	switch s.dict["Type"] {
	case word("XRef"):
		f.trail(s.dict)
	case word("ObjStm"):
		data, err := f.inflate(s)
		if err != nil {
			return err
		}
		n, _ := s.dict["N"].(float64)
		first, _ := s.dict["First"].(float64)
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
			if f.parsed += p.at - int(first+offset); f.parsed > 2*mostInflated { // many may share one place
				return errors.New("pdf: the file has too many objects")
			}
			if _, ok := v.(stream); ok {
				continue
			}
			if f.objects[reference(number)] = v; f.values <= 0 {
				return errors.New("pdf: the file has too many objects")
			}
		}
	}
	return nil
}

// inflate gives a stream's data. Other compressions than the usual one are not known here; pictures have them, not forms.
func (f *scanned) inflate(s stream) ([]byte, error) {
	filter := s.dict["Filter"]
	if list, ok := filter.([]any); ok && len(list) == 1 {
		filter = list[0]
	}
	switch filter {
	case nil:
		return s.data, nil
	case word("FlateDecode"):
	default:
		return nil, errors.New("pdf: part of the file is compressed in a way that is not known")
	}
	z, err := zlib.NewReader(bytes.NewReader(s.data))
	if err != nil {
		return nil, errors.New("pdf: part of the file is damaged")
	}
	data, err := io.ReadAll(io.LimitReader(z, int64(mostInflated-f.inflated)+1))
	if f.inflated += len(data); f.inflated > mostInflated {
		return nil, fmt.Errorf("pdf: unpacked, the file is larger than %d MB", mostInflated>>20)
	}
	if err != nil && len(data) == 0 {
		return nil, errors.New("pdf: part of the file is damaged")
	}
	return data, nil
}

// get follows references to what they lead to.
func (f *scanned) get(v any) any {
	for range mostDepth {
		r, ok := v.(reference)
		if !ok {
			return v
		}
		v = f.objects[r]
	}
	return nil
}

// dict is what v is or leads to; nil if it is no dictionary.
func (f *scanned) dict(v any) dict {
	switch v := f.get(v).(type) {
	case dict:
		return v
	case stream:
		return v.dict
	}
	return nil
}

// A parser reads objects one after the other. What it cannot read is nil, and it always goes on.
type parser struct {
	raw  []byte
	at   int
	left *int // values
}

// object reads what follows "12 0 obj".
func (p *parser) object() any {
	v := p.value(0)
	d, ok := v.(dict)
	if !ok || p.token() != "stream" {
		return v
	}
	rest := p.raw[p.at:]
	rest = bytes.TrimPrefix(bytes.TrimPrefix(rest, []byte("\r")), []byte("\n"))
	from := len(p.raw) - len(rest)
	if n, ok := d["Length"].(float64); ok && n >= 0 && n <= float64(len(rest)) {
		end := int(n)
		if next := bytes.TrimLeft(rest[end:min(len(rest), end+16)], " \r\n"); bytes.HasPrefix(next, []byte("endstream")) {
			p.at = from + end
			return stream{d, rest[:end]}
		}
	}
	end := bytes.Index(rest, []byte("endstream"))
	if end < 0 {
		end = len(rest)
	}
	p.at = from + end
	return stream{d, rest[:end]}
}

func space(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

func delimiter(c byte) bool { return strings.IndexByte("()<>[]{}/%", c) >= 0 }

// token reads a word, number or sign; "" at the end.
func (p *parser) token() string {
	for p.at < len(p.raw) {
		switch c := p.raw[p.at]; {
		case space(c):
			p.at++
		case c == '%':
			for p.at < len(p.raw) && p.raw[p.at] != '\n' && p.raw[p.at] != '\r' {
				p.at++
			}
		default:
			from := p.at
			p.at++
			if c == '<' || c == '>' {
				if p.at < len(p.raw) && p.raw[p.at] == c {
					p.at++
				}
				return string(p.raw[from:p.at])
			}
			if delimiter(c) && c != '/' {
				return string(c)
			}
			for p.at < len(p.raw) && !space(p.raw[p.at]) && !delimiter(p.raw[p.at]) {
				p.at++
			}
			return string(p.raw[from:p.at])
		}
	}
	return ""
}

// closing is what ends an array, dictionary or object, read as a value.
type closing string

func (p *parser) value(depth int) any {
	t := p.token()
	if *p.left--; *p.left <= 0 {
		p.at = len(p.raw)
		return closing("")
	}
	switch {
	case depth > mostDepth:
		return nil
	case t == "<<":
		d := dict{}
		for {
			key := p.value(depth + 1)
			if _, end := key.(closing); end {
				return d
			}
			name, ok := key.(word)
			v := p.value(depth + 1)
			if _, end := v.(closing); end {
				return d
			}
			if ok {
				d[string(name)] = v
			}
		}
	case t == "[":
		var all []any
		for {
			v := p.value(depth + 1)
			if _, end := v.(closing); end {
				return all
			}
			all = append(all, v)
		}
	case t == "(":
		return p.bracketed()
	case t == "<":
		end := bytes.IndexByte(p.raw[p.at:], '>')
		if end < 0 {
			end = len(p.raw) - p.at
		}
		hex := p.raw[p.at : p.at+end]
		p.at = min(p.at+end+1, len(p.raw))
		return unhex(hex)
	case strings.HasPrefix(t, "/"):
		return word(unescape(t[1:]))
	case t == "true", t == "false":
		return t == "true"
	case t == "", t == ">>", t == "]", t == "endobj", t == "obj", t == "stream", t == "endstream":
		if t == "endobj" || t == "stream" || t == "obj" {
			p.at -= len(t) // the object ends here, whatever was open
		}
		return closing(t)
	}
	n, err := strconv.ParseFloat(t, 64)
	if err != nil || n != n || n > 1<<40 || n < -1<<40 {
		return nil
	}
	// A number may begin a reference: "12 0 R".
	if n >= 0 && n == float64(int(n)) {
		q := *p
		if _, err := strconv.ParseUint(q.token(), 10, 16); err == nil && q.token() == "R" {
			p.at = q.at
			return reference(n)
		}
	}
	return n
}

// bracketed reads a string up to its closing bracket.
func (p *parser) bracketed() str {
	var b []byte
	for open := 1; p.at < len(p.raw); {
		c := p.raw[p.at]
		p.at++
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return str(b)
			}
		case '\\':
			if p.at == len(p.raw) {
				return str(b)
			}
			c = p.raw[p.at]
			p.at++
			if i := strings.IndexByte("nrtbf", c); i >= 0 {
				c = "\n\r\t\b\f"[i]
			} else if c == '\r' || c == '\n' {
				if c == '\r' && p.at < len(p.raw) && p.raw[p.at] == '\n' {
					p.at++
				}
				continue
			} else if '0' <= c && c <= '7' {
				v := int(c - '0')
				for n := 0; n < 2 && p.at < len(p.raw) && '0' <= p.raw[p.at] && p.raw[p.at] <= '7'; n++ {
					v = v*8 + int(p.raw[p.at]-'0')
					p.at++
				}
				c = byte(v)
			}
		}
		b = append(b, c)
	}
	return str(b)
}

func unhex(hex []byte) str {
	var b []byte
	half := -1
	for _, c := range hex {
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		switch {
		case d < 0 || c < '0':
		case half < 0:
			half = d
		default:
			b, half = append(b, byte(half<<4|d)), -1
		}
	}
	if half >= 0 {
		b = append(b, byte(half<<4))
	}
	return str(b)
}

func unescape(name string) string {
	if !strings.Contains(name, "#") {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '#' && i+2 < len(name) {
			if c, err := strconv.ParseUint(name[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(name[i])
	}
	return b.String()
}

// Printable gives name and value for a terminal: control characters, which could do harm there, as signs. The name
// is of one line, the value may have several.
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
