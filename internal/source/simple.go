package source

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Nearly all that editors write is one simple kind of YAML: keys with texts on one line, and groups
// and lists below their keys. This file reads it in one pass, into the nodes that the library would
// give. Anything else, above all a mistake, is left to the library. A fuzz test compares the two.
//
// This is here for speed alone. Without it, a whole build takes 16 % more processor time for 100
// courses, 26 % for 1,000 and 21 % for 10,000 (medians of three, November 2026). If that falls
// below a tenth, delete it: compare BenchmarkBuild in package site with this function returning
// nil.

// simple gives the nodes of simple YAML; nil if the YAML is not simple.
func simple(head []byte) *node {
	s := simpleReader{rest: string(head), nodes: make([]node, 0, 32)}
	s.next()
	if !s.more || s.indent != 0 {
		return nil
	}
	root := s.group(0)
	if s.other || s.more {
		return nil
	}
	return root
}

type simpleReader struct {
	rest  string
	nodes []node // room for nodes to come
	other bool   // the YAML is not simple

	// The current line: the rest of its text, the column at which the rest begins, from 0, and the
	// line's number, from 1.
	more   bool
	text   string
	indent int
	line   int
}

// next moves on to the next line with text.
func (s *simpleReader) next() {
	for s.rest != "" {
		var line string
		line, s.rest, _ = strings.Cut(s.rest, "\n")
		s.line++
		s.text = strings.TrimLeft(line, " ")
		s.indent = len(line) - len(s.text)
		s.text = strings.TrimRight(s.text, " ")
		for _, r := range s.text {
			if r < ' ' || r == utf8.RuneError || r >= 0x7f && !unicode.IsPrint(r) {
				s.other = true
			}
		}
		if s.text == "" || s.text[0] == '#' && s.indent == 0 {
			continue
		}
		s.more = true
		return
	}
	s.more = false
}

func (s *simpleReader) node(kind yaml.Kind, tag string) *node {
	if len(s.nodes) == cap(s.nodes) {
		s.nodes = make([]node, 0, 64)
	}
	s.nodes = append(s.nodes, node{Kind: kind, Tag: tag, Line: s.line, Column: s.indent + 1})
	return &s.nodes[len(s.nodes)-1]
}

// cut moves on within the line.
func (s *simpleReader) cut(n int) {
	rest := strings.TrimLeft(s.text[n:], " ")
	s.indent += len(s.text) - len(rest)
	s.text = rest
}

// group reads the keys and values at an indent.
func (s *simpleReader) group(indent int) *node {
	n := s.node(yaml.MappingNode, "!!map")
	for s.more && !s.other && s.indent == indent {
		length := s.key()
		if length == 0 {
			s.other = true
			return nil
		}
		key := s.node(yaml.ScalarNode, "!!str")
		key.Value = s.text[:length]
		n.Content = append(n.Content, key)
		if s.cut(length + 1); s.text != "" {
			n.Content = append(n.Content, s.scalar())
			continue
		}
		s.next()
		switch {
		case s.more && s.text[0] == '-' && s.indent >= indent:
			n.Content = append(n.Content, s.list(s.indent))
		case s.more && s.indent > indent:
			n.Content = append(n.Content, s.group(s.indent))
		default:
			s.other = true
		}
	}
	if s.more && s.indent > indent {
		s.other = true
	}
	return n
}

// key is the length of the key at the beginning of the text; 0 if there is none.
func (s *simpleReader) key() int {
	if c := s.text[0] | 0x20; c < 'a' || c > 'z' {
		return 0
	}
	n := 1
	for n < len(s.text) && inKey(s.text[n]) {
		n++
	}
	if n > longestKey || n == len(s.text) || s.text[n] != ':' || n+1 < len(s.text) && s.text[n+1] != ' ' {
		return 0
	}
	return n
}

// longestKey is shorter than YAML allows.
const longestKey = 100

// list reads the entries at an indent, each after "- ".
func (s *simpleReader) list(indent int) *node {
	n := s.node(yaml.SequenceNode, "!!seq")
	for s.more && !s.other && s.indent == indent && s.text[0] == '-' {
		if len(s.text) < 3 || s.text[1] != ' ' {
			s.other = true
			return nil
		}
		if s.cut(1); s.key() > 0 {
			n.Content = append(n.Content, s.group(s.indent))
		} else {
			n.Content = append(n.Content, s.scalar())
		}
	}
	if s.more && s.indent > indent {
		s.other = true
	}
	return n
}

// scalar reads the rest of the line as one text.
func (s *simpleReader) scalar() *node {
	n := s.node(yaml.ScalarNode, "!!str")
	switch text := s.text; text[0] {
	case '"', '\'':
		n.Style = yaml.DoubleQuotedStyle
		if text[0] == '\'' {
			n.Style = yaml.SingleQuotedStyle
		}
		if n.Value = text[1:max(len(text)-1, 1)]; len(text) < 2 || text[len(text)-1] != text[0] ||
			strings.IndexByte(n.Value, text[0]) >= 0 || strings.IndexByte(n.Value, '\\') >= 0 {
			s.other = true
		}
	case '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '%', '@', '`', '~', '=', '<':
		s.other = true
	default:
		n.Value = text
		if strings.HasSuffix(text, ":") || strings.Contains(text, ": ") || strings.Contains(text, " #") || strings.EqualFold(text, "null") {
			s.other = true
		}
	}
	s.next()
	return n
}

func inKey(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.'
}
