package pdf

import (
	"maps"
	"strings"
	"testing"

	"traininghub/internal/document"
	"traininghub/internal/form"
)

// others are documents of kinds of record that are not applications.
func others() map[string]*document.Document {
	return map[string]*document.Document{
		"agreement": {
			Title: "Mentoring agreement", Reference: "MA-2R7D-K4WX", Issuer: "Invented Training Hub", Made: received,
			Head: []document.Line{{Label: "Mentor", Value: "Dr Odhrán Mac an tSaoir"},
				{Label: "Mentee", Value: "Siân Ŵyn-Kowalczyk"},
				{Label: "First session by", Value: "Friday 29 October 2021"}},
			Sections: []document.Section{
				{Title: "What we agree", Text: []string{"We meet six times within a year.",
					"What is said in a session stays between us, unless somebody may come to harm."}},
				{Title: "How we meet", Items: []document.Item{item(form.Choice, "Where", "By video call"),
					item(form.LongText, "What the mentee hopes for", "To decide about a partnership.")}},
			},
			Signatures: []document.Signature{{Label: "Mentor", Name: "Odhrán Mac an tSaoir", At: received},
				{Label: "Mentee", Name: "Siân Ŵyn-Kowalczyk", At: received}},
		},
		"certificate": {
			Title: "Certificate of attendance", Issuer: "Example Coaching Associates", Made: received,
			Head: []document.Line{{Label: "Name", Value: "Siân Ŵyn-Kowalczyk"},
				{Label: "Workshop", Value: "Tuesday 2 November 2021, 2pm to 5pm"}},
			Sections: []document.Section{{Text: []string{"attended the workshop above, which counts as 3 hours of continuing professional development."}}},
		},
		"statement": {
			Title: "Statement of sessions", Reference: "ST-9XQ4-7PLM", Made: received,
			Head: []document.Line{{Label: "Mentor", Value: "Dr Odhrán Mac an tSaoir"}, {Label: "Total", Value: "£578"}},
			Sections: []document.Section{{Title: "Sessions", Item: "session",
				Heads: []string{"Day", "Pair", "Amount"}, Rows: [][]document.Item{
					{item(form.Date, "Day", "Tuesday 2 November 2021"), item(form.Text, "Pair", "P-17"),
						item(form.Number, "Amount", "£289")},
					{item(form.Date, "Day", "Tuesday 16 November 2021"), item(form.Text, "Pair", "P-17"),
						item(form.Number, "Amount", "£289")},
				}}},
			Parts: []document.Part{{ID: "payer", Title: "For completion by the payer",
				Blanks: []form.Blank{{ID: "name", Label: "Name", Kind: "line"},
					{ID: "paid", Label: "Paid on", Kind: "date"}}}},
			Notes: []string{"The pair's code stands for the mentee, whom this statement does not name."},
		},
	}
}

// A document of any kind is drawn whole, and never mentions an application.
func TestOtherKinds(t *testing.T) {
	for name, d := range others() {
		t.Run(name, func(t *testing.T) {
			text := textOf(t, d)
			for _, word := range []string{"pplication", "STP", "GMC", "Course", "None given"} {
				if strings.Contains(text, squeeze(word)) {
					t.Errorf("it says %q", word)
				}
			}
			for _, want := range saidBy(d) {
				i := strings.Index(text, squeeze(want))
				if i < 0 {
					t.Fatalf("not found, or not in its place: %q in %q", want, text)
				}
				text = text[i+len(squeeze(want)):]
			}
			for i, s := range laidOut(d) {
				if err := tidy(s); err != nil {
					t.Errorf("page %d: %v", i+1, err)
				}
			}
			got := inspect(t, mustDraw(t, d))
			if got.tags["H1"] != 1 || (got.fields > 0) != (len(d.Parts) > 0) {
				t.Errorf("it has %v and %d fields", maps.Clone(got.tags), got.fields)
			}
		})
	}
}

// saidBy is all text of d, in order.
func saidBy(d *document.Document) []string {
	all := []string{d.Title}
	for _, x := range d.Head {
		all = append(all, x.Label, x.Value)
	}
	for _, s := range d.Sections {
		all = append(append(append(all, s.Title), s.Text...), s.Heads...)
		for _, i := range s.Items {
			all = append(all, i.Question, i.Answer)
		}
		for _, row := range s.Rows {
			for _, i := range row {
				all = append(all, i.Answer)
			}
		}
	}
	for _, s := range d.Signatures {
		all = append(all, s.Label, s.Name)
	}
	all = append(all, d.Notes...)
	for _, p := range d.Parts {
		all = append(all, p.Title)
		for _, b := range p.Blanks {
			all = append(all, b.Label)
		}
	}
	return all
}
