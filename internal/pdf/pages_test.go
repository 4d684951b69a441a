package pdf

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/letters"
	"traininghub/internal/programme"
)

// keep is a folder for what TestPages draws, for people to look at: go test ./internal/pdf -run
// TestPages -keep /tmp/pages
var keep = flag.String("keep", "", "folder in which TestPages keeps its files")

// answersTo are typical answers to the questions of a real form.
func answersTo(def *form.Definition) (sections []document.Section) {
	answer := func(q form.Question) document.Item {
		it := document.Item{ID: q.ID, Kind: q.Kind, Question: q.Label}
		switch sample := q.Sample(); {
		case q.Kind == form.Cohort:
			it.Answer = "Cohort 1: Tuesday 2 November 2021, 2pm to 5pm; Tuesday 9 November 2021, 2pm to 5pm; Tuesday 23 November 2021, 6pm to 8pm"
		case q.Kind == form.Month:
			it.Answer = "June 2018"
		case q.Kind == form.YesNo:
			it.Answer = "Yes"
		case q.Kind.Lines(): // some 80 words
			it.Answer = "I talk with registrars about their next step nearly every week, and mostly I tell them what I did. I would like to learn how to ask better questions instead, and when to say nothing.\n\nI also want a structure that fits into half an hour, because that is what we have between surgeries, and that I can use with partners who are thinking about leaving as well as with colleagues who have just begun."
		case strings.Contains(q.ID, "line-2"):
		case strings.Contains(q.ID, "email"):
			it.Answer = "grainne.oexample@example.org"
		case sample[q.ID] != "":
			it.Answer = sample[q.ID]
		default:
			it.Answer = "Invented Road Surgery, Newtown"
		}
		return it
	}
	for _, s := range def.Sections {
		section := document.Section{ID: s.ID, Title: s.Title}
		rows := 0
		if s.Repeat != nil {
			section.Item, rows = s.Repeat.Item, max(s.Repeat.Min, min(2, s.Repeat.Max))
			for _, q := range s.Questions {
				section.Heads = append(section.Heads, q.Label)
			}
		}
		for n := range max(1, rows) {
			var items []document.Item
			for _, q := range s.Questions {
				items = append(items, answer(q))
			}
			if rows == 0 {
				section.Items = items
			} else if n < rows {
				section.Rows = append(section.Rows, items)
			}
		}
		sections = append(sections, section)
	}
	return sections
}

// TestPages: how many pages the real forms take, filled in and blank; related parts are on one
// page.
func TestPages(t *testing.T) {
	programme, faults := programme.Load(os.DirFS("../../content"), letters.All(),
		func(string) (string, bool) { return "…", true })
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, c := range []struct {
		form          string
		filled, blank int // pages at most
	}{{"career-conversations", 3, 4}, {"supporting-mentors", 4, 4}} {
		def := programme.Forms[c.form]
		offer := programme.Offer(def)
		sent := &document.Submission{Reference: "CC-7KMQ-4WXP", Title: def.Title, FormVersion: "3f9a0c51d7e2", Received: received,
			Sections: answersTo(def), Signature: document.Signature{Label: def.Signature.Label, Name: "Siân Ŵyn-Kowalczyk", At: received},
			Parts: def.Parts, Next: def.Next}
		sent.Course.Provider = "Career Counselling Services"
		for _, d := range def.Declarations {
			sent.Declarations = append(sent.Declarations, document.Declaration{Text: d.Text, At: received})
		}
		doc := sent.Document()
		doc.Head = careers().Head
		doc.Head[2].Value = offer.Title()
		doc.Check = document.Notice{Title: "For the STP lead to check", Lines: []string{"The practice code is not in the list of practices."}}
		doc.Notes = []string{"This document was made from the application as it was sent. Form version 3f9a0c51d7e2."}
		blank, err := Blank(onPaper(def, offer.Title(), "11:59pm on Friday 15 October 2021"))
		if err != nil {
			t.Fatal(err)
		}
		for name, file := range map[string][]byte{c.form: mustDraw(t, doc), c.form + "-blank": blank} {
			most := c.filled
			if strings.HasSuffix(name, "blank") {
				most = c.blank
			}
			if n := inspect(t, file).pages; n > most {
				t.Errorf("%s has %d pages, want %d at most", name, n, most)
			}
			if *keep != "" {
				if err := os.WriteFile(filepath.Join(*keep, name+".pdf"), file, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
