package read

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// A parser reads values one after the other. It returns nil for a value that it cannot read, and
// always goes on.
type parser struct {
	raw  []byte
	at   int
	left *int // values
}

// object reads what follows "12 0 obj".
func (p *parser) object() any {
	v := p.value(0)
	d, ok := v.(Dict)
	if !ok || p.token() != "stream" {
		return v
	}
	rest := p.raw[p.at:]
	rest = bytes.TrimPrefix(bytes.TrimPrefix(rest, []byte("\r")), []byte("\n"))
	from := len(p.raw) - len(rest)
	if n, ok := d["Length"].(float64); ok && n >= 0 && n <= float64(len(rest)) {
		end := int(n)
		next := bytes.TrimLeft(rest[end:min(len(rest), end+16)], " \r\n")
		if bytes.HasPrefix(next, []byte("endstream")) {
			p.at = from + end
			return Stream{d, rest[:end]}
		}
	}
	end := bytes.Index(rest, []byte("endstream"))
	if end < 0 {
		end = len(rest)
	}
	p.at = from + end
	return Stream{d, rest[:end]}
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

// A closing is the word that ends an array, dictionary or object, returned as a value.
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
		d := Dict{}
		for {
			key := p.value(depth + 1)
			if _, end := key.(closing); end {
				return d
			}
			name, ok := key.(Name)
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
		return Name(unescape(t[1:]))
	case t == "true", t == "false":
		return t == "true"
	case t == "", t == ">>", t == "]", t == "endobj", t == "obj", t == "stream", t == "endstream":
		if t == "endobj" || t == "stream" || t == "obj" {
			p.at -= len(t) // the object ends here, even within open brackets
		}
		return closing(t)
	}
	n, err := strconv.ParseFloat(t, 64)
	if err != nil && t != "null" && !errors.Is(err, strconv.ErrRange) {
		return Operator(t)
	}
	if err != nil || n != n || n > 1<<40 || n < -1<<40 {
		return nil
	}
	// A number may begin a Reference: "12 0 R".
	if n >= 0 && n == float64(int(n)) {
		q := *p
		if _, err := strconv.ParseUint(q.token(), 10, 16); err == nil && q.token() == "R" {
			p.at = q.at
			return Reference(n)
		}
	}
	return n
}

// bracketed reads a string up to its closing bracket.
func (p *parser) bracketed() String {
	var b []byte
	for open := 1; p.at < len(p.raw); {
		c := p.raw[p.at]
		p.at++
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return String(b)
			}
		case '\\':
			if p.at == len(p.raw) {
				return String(b)
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
	return String(b)
}

func unhex(hex []byte) String {
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
	return String(b)
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
