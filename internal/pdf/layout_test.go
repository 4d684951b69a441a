package pdf

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/document"
	"traininghub/internal/form"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		width float64 // in figures, which are all of one width
		limit int
		want  []string
		cut   bool
	}{
		{"", 5, 9, []string{""}, false},
		{"11 22", 5, 9, []string{"11 22"}, false},
		{"111 222 333", 5, 9, []string{"111 ", "222 ", "333"}, false},
		{"111   222", 4, 9, []string{"111 ", "222"}, false},
		{"11111 222", 5, 9, []string{"11111 ", "222"}, false},
		{"1234567890123", 5, 9, []string{"12345", "67890", "123"}, false},
		{"1 2345678", 5, 9, []string{"1 ", "23456", "78"}, false},
		{"11-22/33", 6.2, 9, []string{"11-22/", "33"}, false},
		{"11\n\n22", 5, 9, []string{"11 ", "", "22"}, false},
		{"  11 22222", 6, 9, []string{"  11 ", "22222"}, false},
		{"11 22 33", 2.5, 2, []string{"11 ", "22 "}, true},
		{"11\n22\n33", 5, 2, []string{"11 ", "22 "}, true},
		{"11\n22", 5, 2, []string{"11 ", "22"}, false},
		{"1", 0.1, 9, []string{"1"}, false},
	} {
		got, cut := regular().wrap(c.in, 1000, c.width*float64(regular().advance('1'))+.5, c.limit)
		if !slices.Equal(got, c.want) || cut != c.cut {
			t.Errorf("wrap(%q, %v) = %q, %v; want %q, %v", c.in, c.width, got, cut, c.want, c.cut)
		}
	}
}

func TestShares(t *testing.T) {
	for _, c := range []struct {
		want  []float64
		total float64
		got   []float64
	}{
		{[]float64{100, 50}, 300, []float64{200, 100}},
		{[]float64{1000, 40, 1000}, 240, []float64{100, 40, 100}},
		{[]float64{90, 90, 500}, 300, []float64{90, 90, 120}},
		{[]float64{900}, 300, []float64{300}},
		{[]float64{0, 0}, 300, []float64{150, 150}},
	} {
		got := shares(c.want, c.total)
		for i := range got {
			if d := got[i] - c.got[i]; d > .01 || d < -.01 {
				t.Errorf("shares(%v, %v) = %v, want %v", c.want, c.total, got, c.got)
				break
			}
		}
	}
}

// Wherever a page ends, nothing is outside the margins or on top of something else, no heading is
// left at the foot, no row is cut, and each part is whole.
func TestPageBreaks(t *testing.T) {
	for lines := range 60 {
		d := longest()
		d.Sections = append([]document.Section{{Title: "First", Items: []document.Item{
			{Kind: form.LongText, Question: "Filler", Answer: strings.TrimSpace(strings.Repeat("x\n", lines+1))},
		}}}, d.Sections...)
		sheets := laidOut(d)
		for i, s := range sheets {
			if err := tidy(s); err != nil {
				t.Errorf("%d lines first, page %d: %v", lines+1, i+1, err)
			}
		}
		for _, p := range d.Parts {
			on := slices.IndexFunc(sheets, func(s *sheet) bool { return has(s, p.Title) })
			if on < 0 || !has(sheets[on], p.Blanks[len(p.Blanks)-2].Label) {
				t.Errorf("%d lines first: the part %q is not whole on page %d", lines+1, p.Title, on+1)
			}
		}
		// Each row of the long table has its three cells, of 3, 1 and 2 lines, on one page.
		for n := range 20 {
			first := slices.IndexFunc(sheets,
				func(s *sheet) bool { return has(s, fmt.Sprintf("Course number %d in", n+1)) })
			if first < 0 {
				t.Fatalf("%d lines first: row %d is missing", lines+1, n+1)
			}
			if !slices.ContainsFunc(sheets[first].marks, func(m mark) bool { return m.role == columnHead }) {
				t.Errorf("%d lines first: page %d goes on with the table without its head", lines+1, first+1)
			}
		}
		for i, s := range sheets {
			begun, ended := 0, 0
			for _, m := range s.marks {
				if m.role == tableCell && strings.HasPrefix(m.text, "Course number") {
					begun++
				}
				if m.role == tableCell && strings.HasSuffix(strings.TrimSpace(m.text), "North Staffordshire") {
					ended++
				}
			}
			if begun != ended {
				t.Errorf("%d lines first: page %d begins %d rows and ends %d", lines+1, i+1, begun, ended)
			}
		}
	}
}

func laidOut(d *document.Document) []*sheet {
	c := cleaner{has: regular().has}
	l := newLayout()
	l.document(c.document(d), c.lost)
	return l.sheets
}

func has(s *sheet, text string) bool {
	return slices.ContainsFunc(s.marks, func(m mark) bool { return strings.HasPrefix(m.text, text) })
}

func tidy(s *sheet) error {
	var words []mark
	for _, m := range s.marks {
		if m.text == cutNote { // it has its own place, below the text
			continue
		}
		x, y, w, h := m.x, m.y, m.w, m.h
		if m.shape == text {
			w, h = m.role.face().width(strings.TrimRight(m.text, " "), styles[m.role].size), 0
			words = append(words, m)
		}
		if x < left-.01 || x+w > right+.01 || min(y, y+h) < top-.01 || max(y, y+h) > bottom+.01 {
			return fmt.Errorf("%+v is outside the margins", m)
		}
	}
	for i, a := range words {
		for _, b := range words[i+1:] {
			aw := a.role.face().width(strings.TrimRight(a.text, " "), styles[a.role].size)
			bw := b.role.face().width(strings.TrimRight(b.text, " "), styles[b.role].size)
			if a.x < b.x+bw && b.x < a.x+aw && a.y-b.y < 8 && b.y-a.y < 8 {
				return fmt.Errorf("%q and %q stand on each other", a.text, b.text)
			}
		}
	}
	lowest := slices.MaxFunc(words, func(a, b mark) int { return int(a.y*100) - int(b.y*100) })
	if slices.Contains([]role{title, heading, subheading, columnHead}, lowest.role) {
		return fmt.Errorf("%q is alone at the foot of a page", lowest.text)
	}
	return nil
}

// A form on paper stays within its margins, and no heading is left alone, however many questions
// come first.
func TestBlankPageBreaks(t *testing.T) {
	for n := range 30 {
		f := smallForm()
		def := *f.Definition
		f.Definition = &def
		first := form.Section{ID: "first", Title: "First"}
		for i := range n + 1 {
			first.Questions = append(first.Questions,
				form.Question{ID: fmt.Sprint("q", i), Kind: form.Text, Label: "Question"})
		}
		def.Sections = append([]form.Section{first}, def.Sections...)
		l := newLayout()
		l.form(f, &cleaner{has: regular().has})
		for i, s := range l.sheets {
			if err := tidy(s); err != nil {
				t.Errorf("%d questions first, page %d: %v", n+1, i+1, err)
			}
		}
	}
}
