package pdf

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"traininghub/internal/document"
)

const (
	unshown  = '□'
	maxMarks = 4 // combining marks on one letter; no language in use needs more
)

// wordBullets are private characters: the bullets of Word's lists, which come along when somebody
// copies a list.
const wordBullets = "\uf0b7\uf0a7\uf0a8\uf0d8\uf0fc\uf076\uf06c\uf071\uf0e8"

// A cleaner makes text safe to draw with our fonts.
type cleaner struct {
	has  func(rune) bool // whether the font can show a character
	lost int             // characters shown as □ or left out
}

var lineEnds = strings.NewReplacer(
	"\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\t", "    ")

// invisible characters are dropped.
var invisible = []*unicode.RangeTable{
	unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point,
}

// clean gives valid, composed text (NFC) in which lines end in "\n" and spaces are plain. Controls,
// direction marks, joiners and other invisible characters are dropped.
func (c *cleaner) clean(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if strings.ContainsAny(s, "\r\v\f\u0085\u2028\u2029\t") { // a Replacer copies even text without a match
		s = lineEnds.Replace(s)
	}
	marks := 0
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || ' ' <= r && r <= '~':
		case strings.ContainsRune(wordBullets, r):
			r = '•'
		case unicode.Is(unicode.Zs, r):
			r = ' '
		case unicode.In(r, invisible...):
			return -1
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks {
				c.lost++
				return -1
			}
			return r
		}
		marks = 0
		return r
	}, s)
	return strings.Map(func(r rune) rune {
		// A private character has no known meaning here, even if a font has a glyph for it.
		if r != '\n' && (!c.has(r) || r == utf8.RuneError || unicode.Is(unicode.Co, r)) {
			c.lost++
			return unshown
		}
		return r
	}, join(norm.NFC.String(s)))
}

// line cleans text that stands on one line, such as a title.
func (c *cleaner) line(s string) string {
	return strings.Join(strings.Fields(c.clean(s)), " ")
}

func (c *cleaner) lines(in []string) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		out = append(out, c.line(s))
	}
	return out
}

// document returns a copy with all drawn text cleaned. All text must pass through here, since a
// string that was not cleaned can stop the whole document.
func (c *cleaner) document(d *document.Document) *document.Document {
	out := &document.Document{
		Title: c.line(d.Title), Reference: c.line(d.Reference), Issuer: c.line(d.Issuer), Made: d.Made, Edition: c.line(d.Edition),
		Head:  c.head(d.Head),
		Check: document.Notice{Title: c.line(d.Check.Title), Lines: c.lines(d.Check.Lines)},
		Next:  c.lines(d.Next), Notes: c.lines(d.Notes),
	}
	for _, s := range d.Sections {
		s.Title, s.Item, s.Text, s.Heads = c.line(s.Title), c.line(s.Item), c.lines(s.Text), c.lines(s.Heads)
		s.Items, s.Rows = c.items(s.Items), slices.Clone(s.Rows)
		for i, row := range s.Rows {
			s.Rows[i] = c.items(row)
		}
		out.Sections = append(out.Sections, s)
	}
	for _, x := range d.Declarations {
		x.Text = c.line(x.Text)
		out.Declarations = append(out.Declarations, x)
	}
	for _, s := range d.Signatures {
		s.Label, s.Name = c.line(s.Label), c.line(s.Name)
		out.Signatures = append(out.Signatures, s)
	}
	for _, p := range d.Parts {
		out.Parts = append(out.Parts, c.part(p))
	}
	return out
}

func (c *cleaner) head(in []document.Line) []document.Line {
	out := slices.Clone(in)
	for i, l := range out {
		out[i] = document.Line{Label: c.line(l.Label), Value: c.line(l.Value)}
	}
	return out
}

func (c *cleaner) part(p document.Part) document.Part {
	p.Title, p.Intro, p.Statement, p.State = c.line(p.Title), c.lines(p.Intro), c.line(p.Statement), c.line(p.State)
	p.Items, p.Blanks = c.items(p.Items), slices.Clone(p.Blanks)
	for i, b := range p.Blanks {
		p.Blanks[i].Label, p.Blanks[i].Options = c.line(b.Label), c.lines(b.Options)
	}
	return p
}

func (c *cleaner) items(in []document.Item) []document.Item {
	out := slices.Clone(in)
	for i := range out {
		out[i].Question, out[i].Answer = c.line(out[i].Question), c.answer(out[i].Answer)
	}
	return out
}

// answer cleans text that may have several lines. It drops empty lines at both ends, and keeps one
// of several empty lines inside: 3,000 of them would be 60 empty pages.
func (c *cleaner) answer(s string) string {
	var out []string
	empty := false
	for l := range strings.SplitSeq(c.clean(s), "\n") {
		if l = strings.TrimRight(l, " "); l == "" {
			empty = len(out) > 0
			continue
		}
		if empty {
			out, empty = append(out, ""), false
		}
		out = append(out, l)
	}
	return strings.Join(out, "\n")
}
