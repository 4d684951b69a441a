package returns

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/scheme"
	"traininghub/internal/table"
)

// A Page is a return as it is shown: on the screen, in a file and on paper.
type Page struct {
	Scheme *scheme.Scheme
	Period Period

	Return *Return
	Public bool // only what was published
}

// Figures are the figures of the page, in words: those published, or the latest that are frozen.
func (p Page) Figures() []Shown {
	if p.Public {
		return p.Return.Published.Figures
	}
	return Words(p.Return.Latest().Figures)
}

// Words returns figures in words, with nothing hidden.
func Words(all []Figure) (shown []Shown) {
	for _, f := range all {
		s := Shown{ID: f.ID, Label: f.Label, Means: f.Means, Text: f.Text()}
		for _, x := range f.Parts {
			s.Parts = append(s.Parts, ShownPart{x.Name, strconv.FormatInt(x.N, 10)})
		}
		shown = append(shown, s)
	}
	return shown
}

// Corrections are what was corrected since the return was frozen, or published. The public sees
// them as one, the staff one by one.
func (p Page) Corrections() (all []Correction) {
	if p.Public {
		if changes := p.Return.Corrected(); len(changes) > 0 {
			all = append(all, Correction{Changes: changes, At: p.Return.Latest()})
		}
		return all
	}
	frozen := p.Return.Frozen()
	for i := 1; i < len(frozen); i++ {
		all = append(all, Correction{N: i, Changes: Compare(frozen[i-1].Figures, frozen[i].Figures), At: frozen[i]})
	}
	return all
}

// A Correction says what one correction changed. N is its number, from 1; 0 if it is all in one.
type Correction struct {
	N       int
	Changes []Change
	At      *Snapshot
}

// Name is what the correction is called.
func (c Correction) Name() string {
	if c.N == 0 {
		return "Corrected since it was published"
	}
	return fmt.Sprintf("Correction %d", c.N)
}

// Head says who made the figures, when and from what.
func (p Page) Head() (lines []document.Line) {
	add := func(label, value string) { lines = append(lines, document.Line{Label: label, Value: value}) }
	add("Scheme", p.Scheme.Title)
	add("Period", p.Period.Name())
	add("From", p.Period.From.String())
	add("To", p.Period.Until.String())
	if p.Public {
		add("Published", course.Moment(p.Return.Published.At))
		return lines
	}
	one := p.Return.Latest()
	add("Made", course.Moment(one.Made)+" by "+one.By)
	add("Frozen", course.Moment(one.Frozen)+" by "+one.Confirmed)
	add("Version of the definitions", one.Version)
	add("SHA-256 of the sources", one.Sources)
	return lines
}

// made is when the figures became what they are.
func (p Page) made() time.Time {
	if p.Public {
		return p.Return.Published.At
	}
	return p.Return.Latest().Frozen
}

const (
	noteFew     = "A number that stands for fewer than 5 people is hidden, and so are others from which it could be worked out. Running totals are to the nearest 5."
	noteCounted = "Figures about waiting and about fellows are counted where mentoring is kept, which tells numbers from 5 on and nothing of a person."
)

// Document is the return on paper.
func (p Page) Document() *document.Document {
	doc := &document.Document{
		Title: "Monitoring return", Reference: p.Period.ID, Issuer: p.Scheme.Title, Made: p.made(), Head: p.Head(),
	}
	figures := document.Section{ID: "figures", Title: "Figures"}
	means := document.Section{ID: "definitions", Title: "What the figures mean"}
	for _, f := range p.Figures() {
		figures.Items = append(figures.Items, document.Item{ID: string(f.ID), Question: f.Label, Answer: f.Text})
		for _, x := range f.Parts {
			figures.Items = append(figures.Items, document.Item{ID: string(f.ID), Question: f.Label + ": " + x.Name, Answer: x.Text})
		}
		means.Items = append(means.Items, document.Item{ID: string(f.ID), Question: f.Label, Answer: f.Means})
	}
	doc.Sections = append(doc.Sections, figures)
	for _, c := range p.Corrections() {
		section := document.Section{ID: fmt.Sprintf("correction-%d", c.N), Title: c.Name()}
		if !p.Public {
			section.Text = []string{
				fmt.Sprintf("Made %s by %s, confirmed %s by %s.", course.Moment(c.At.Made), c.At.By, course.Moment(c.At.Frozen), c.At.Confirmed), "Reason: " + c.At.Why,
			}
		}
		for _, x := range c.Changes {
			section.Items = append(section.Items, document.Item{ID: string(x.ID), Question: x.Label, Answer: x.Text()})
		}
		doc.Sections = append(doc.Sections, section)
	}
	doc.Sections = append(doc.Sections, means)
	doc.Notes = p.Notes()
	return doc
}

// Notes apply to all figures.
func (p Page) Notes() []string {
	if p.Public {
		return []string{noteFew, noteCounted}
	}
	return []string{noteCounted}
}

// File is the name of a file with the page, without its ending.
func (p Page) File() string {
	name := "return-"
	if p.Public {
		name = "published-return-"
	}
	return name + p.Scheme.ID + "-" + p.Period.ID
}

// Write writes the return as a table, with a line for each figure and each part of one. Below them
// are the figures before each correction, so that nothing is lost.
func (p Page) Write(w io.Writer) error {
	t, err := table.New(w)
	if err != nil {
		return err
	}
	// Flush returns the errors.
	t.Row("scheme", "period", "from", "until", "status", "figure", "part", "label", "text", "number", "of", "missing", "unit", "means", "made", "frozen", "definitions", "sources")
	row := func(status string, s Shown, part, text string, f *Figure, one *Snapshot) {
		cells := []string{
			p.Scheme.ID, p.Period.ID, p.Period.From.ISO(), p.Period.Until.ISO(), status, string(s.ID), table.Text(part), table.Text(s.Label), table.Text(text),
			"", "", "", "", table.Text(s.Means), "", "", "", "",
		}
		if f != nil && !f.Unknown && !f.Few {
			copy(cells[9:], []string{fmt.Sprint(f.N), fmt.Sprint(f.Of), fmt.Sprint(f.Missing), units[f.Sort]})
		}
		if one != nil {
			copy(cells[14:], []string{one.Made.Format("2006-01-02T15:04:05Z"), one.Frozen.Format("2006-01-02T15:04:05Z"), table.Text(one.Version), one.Sources})
		}
		t.Row(cells...)
	}
	if p.Public {
		for _, s := range p.Figures() {
			row("published", s, "", s.Text, nil, nil)
			for _, x := range s.Parts {
				row("published", s, x.Name, x.Text, nil, nil)
			}
		}
		for _, c := range p.Return.Corrected() {
			row("corrected", Shown{ID: c.ID, Label: c.Label}, "", c.Is, nil, nil)
		}
		return t.Flush()
	}
	frozen := p.Return.Frozen()
	for i := len(frozen) - 1; i >= 0; i-- {
		one, status := frozen[i], "latest"
		if i < len(frozen)-1 {
			status = fmt.Sprintf("before correction %d", i+1)
		}
		for k, s := range Words(one.Figures) {
			row(status, s, "", s.Text, &one.Figures[k], one)
			for _, x := range one.Figures[k].Parts {
				row(status, s, x.Name, strconv.FormatInt(x.N, 10), &Figure{Sort: Count, N: x.N}, one)
			}
		}
	}
	return t.Flush()
}

// units explain the columns number and of.
var units = map[Sort]string{Count: "count", Money: "pence", Mean: "hundredths, of people", Days: "days, of people", Hours: "minutes, of sessions", Rate: "pence, of minutes"}
