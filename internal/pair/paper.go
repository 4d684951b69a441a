package pair

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/table"
)

// Agreement is what both have agreed to, as a document that the two can save from their pages. It
// returns ErrState until both have agreed.
func (d *Desk) Agreement(ctx context.Context, p *Pair) (*document.Document, error) {
	if p.Registered.IsZero() || p.Request == "" {
		return nil, ErrState
	}
	r, err := d.Requests().Get(ctx, p.Request)
	if err != nil {
		return nil, err
	}
	m, err := d.mentor(ctx, p.Mentor)
	if err != nil || m == nil {
		return nil, cmp.Or(err, ErrNoPair)
	}
	issuer, _ := d.Hub("name")
	doc := &document.Document{
		Title: p.Terms.Title, Reference: p.ID, Issuer: issuer, Made: p.Registered,
		Head:     []document.Line{{Label: "Between", Value: r.Contact.Name}, {Label: "And", Value: m.Person.Name}, {Label: "Since", Value: course.DateOf(p.Registered).String()}},
		Sections: []document.Section{{ID: "agreement", Title: "What we agree to", Text: p.Terms.Clauses}},
	}
	for _, side := range []struct {
		part        Part
		label, name string
	}{{Mentee, "Agreed by", r.Contact.Name}, {Mentor, "Agreed by", m.Person.Name}} {
		doc.Declarations = append(doc.Declarations, document.Declaration{ID: string(side.part), Text: p.Terms.Statement, At: p.Agreed[string(side.part)]})
		doc.Signatures = append(doc.Signatures, document.Signature{Label: side.label, Name: side.name, At: p.Agreed[string(side.part)]})
	}
	return doc, nil
}

// An Activity is a session in a mentor's log of activity, without a name.
type Activity struct {
	Start   time.Time
	Minutes int
	How     string
	Outcome Outcome
	Client  string // a letter for each person: A, B, ..., AA
}

// Activities are the sessions that took a mentor's time, the earliest first. People get letters in
// the order in which their pairs were registered.
func (d *Desk) Activities(ctx context.Context, mentor string) (all []Activity, err error) {
	pairs, err := d.OfMentor(ctx, mentor)
	if err != nil {
		return nil, err
	}
	pairs = slices.DeleteFunc(pairs, func(p *Pair) bool { return p.Registered.IsZero() })
	slices.SortFunc(pairs, func(a, b *Pair) int { return cmp.Or(a.Registered.Compare(b.Registered), cmp.Compare(a.ID, b.ID)) })
	for i, p := range pairs {
		for _, s := range p.Sessions {
			if s.Outcome.took() {
				all = append(all, Activity{s.Start, s.Minutes, s.How, s.Outcome, letterOf(i)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Activity) int { return a.Start.Compare(b.Start) })
	return all, nil
}

// letterOf is A for 0, Z for 25, AA for 26.
func letterOf(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return letterOf(i/26-1) + string(rune('A'+i%26))
}

// LogPaper is a mentor's log of activity as a document, for their accreditation.
func LogPaper(all []Activity, name string, made time.Time) *document.Document {
	text := func(question, answer string) document.Item {
		return document.Item{Kind: form.Text, Question: question, Answer: answer}
	}
	s := document.Section{ID: "log", Title: "Sessions"}
	minutes := 0
	for _, a := range all {
		minutes += a.Minutes
		s.Items = append(s.Items, text(course.Moment(a.Start), fmt.Sprintf("%d minutes, %s, client %s", a.Minutes, strings.ToLower(WayWords(a.How)), a.Client)))
	}
	return &document.Document{
		Title: "Log of mentoring activity", Reference: "Log", Made: made,
		Head: []document.Line{
			{Label: "Mentor", Value: name}, {Label: "Sessions", Value: fmt.Sprint(len(all))},
			{Label: "Hours", Value: fmt.Sprintf("%d hours %d minutes", minutes/60, minutes%60)},
		},
		Sections: []document.Section{s}, Notes: []string{"Each letter stands for one person. Nobody is named."},
	}
}

// LogTable is the log of activity as CSV.
func LogTable(all []Activity) ([]byte, error) {
	var b bytes.Buffer
	t, err := table.New(&b)
	if err != nil {
		return nil, err
	}
	rows := [][]string{{"Date", "Time", "Minutes", "How", "Outcome", "Client"}}
	for _, a := range all {
		local := a.Start.In(course.London)
		rows = append(rows, []string{
			local.Format(time.DateOnly), local.Format("15:04"), fmt.Sprint(a.Minutes), WayWords(a.How), a.Outcome.Words(), a.Client,
		})
	}
	for _, r := range rows {
		if err := t.Row(r...); err != nil {
			return nil, err
		}
	}
	if err := t.Flush(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
