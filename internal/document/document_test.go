package document

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"traininghub/internal/form"
)

// stored is a submission as it is in records. Sums of this JSON are kept for years.
const stored = `{"reference":"CC-7KMQ-4WXP","title":"Apply","form_version":"3f9a","course":{"id":"careers","title":"Careers","provider":"Example Coaching","contact":"courses@example.org","lead_name":"","lead":"lead@example.org","facts":{"charge":"£289"}},` +
	`"started":"2021-10-01T12:25:00Z","received":"2021-10-01T13:05:00Z","applicant":{"name":"Siân Ŵyn","email":"sian@example.org","telephone":"07700 900123","gmc":"7654321"},` +
	`"sections":[{"id":"you","title":"About you","items":[{"id":"gmc","kind":"text","question":"GMC number","answer":"C 765 4321","normal":"7654321"}]},` +
	`{"id":"refs","title":"References","item":"reference","rows":[[{"id":"name","kind":"text","question":"Name","answer":""}]],"heads":["Name"]}],` +
	`"declarations":[{"id":"true","text":"All is true.","at":"2021-10-01T13:05:00Z"}],"signature":{"label":"Name of GP","name":"Siân Ŵyn","at":"2021-10-01T13:05:00Z"},` +
	`"parts":[{"id":"stp","title":"For the STP","blanks":[{"id":"name","label":"Name","kind":"line"}],"decision":true}],"next":["We read it."],"flags":["Look."]}`

func TestStoredJSON(t *testing.T) {
	var s Submission
	if err := json.Unmarshal([]byte(stored), &s); err != nil {
		t.Fatal(err)
	}
	if got, err := json.Marshal(&s); err != nil || string(got) != stored {
		t.Errorf("got %s, %v", got, err)
	}
	if got := s.Sections[1].RowTitle(1); got != "Reference" {
		t.Errorf("a row alone is %q", got)
	}
}

// TestStoredPerson: a person has a number on any register, or none. A GMC number is stored as it
// was before other registers were possible.
func TestStoredPerson(t *testing.T) {
	for stored, want := range map[string]form.Registration{
		`{"name":"Siân","email":"sian@example.org","gmc":"7654321"}`: {Register: "gmc",
			Number: "7654321"},
		`{"name":"Siân","email":"sian@example.org","register":"nmc","number":"12A3456B"}`: {Register: "nmc",
			Number: "12A3456B"},
		`{"name":"Siân","email":"sian@example.org"}`: {},
	} {
		var p Person
		if err := json.Unmarshal([]byte(stored), &p); err != nil || p.Registration != want || p.Name != "Siân" {
			t.Errorf("%s is read as %+v, %v", stored, p, err)
		}
		if got, err := json.Marshal(p); err != nil || string(got) != stored {
			t.Errorf("%s is stored as %s, %v", stored, got, err)
		}
	}
}

func agreement() *Document {
	at := time.Date(2021, 10, 1, 13, 5, 0, 0, time.UTC)
	d := &Document{
		Title: "Mentoring agreement",
		Head:  []Line{{"Mentor", "Dr Odhrán Mac an tSaoir"}, {"Withdrawn", ""}},
		Check: Notice{"To check", []string{"The two know each other."}},
		Sections: []Section{
			{Title: "What we agree", Text: []string{"We meet six times."}},
			{Title: "Sessions", Item: "session",
				Rows: [][]Item{{{Question: "Day", Answer: "Tuesday\nafternoon"}}, {{Question: "Day"}}}},
		},
		Declarations: []Declaration{{Text: "We have read this."}},
		Signatures:   []Signature{{"Mentor", "Odhrán", at}, {"Mentee", "Siân", at}},
		Next:         []string{"You meet."},
		Notes:        []string{"Made from the record."},
		Parts: []Part{
			PartOf(form.Part{Title: "For the practice", Statement: "I confirm.",
				Blanks: []form.Blank{{Label: "Name"}}}),
			{Title: "For the office", Blanks: []form.Blank{{Label: "Paid on"}}},
		},
	}
	d.Parts[0].Complete("Not yet confirmed.", nil)
	return d
}

func TestText(t *testing.T) {
	want := `Mentoring agreement
Mentor: Dr Odhrán Mac an tSaoir

TO CHECK

The two know each other.

WHAT WE AGREE

We meet six times.

SESSIONS

Session 1
Day
    Tuesday
    afternoon
Session 2
Day
    Not provided

DECLARATIONS

Confirmed: We have read this.

SIGNATURES

Mentor: Odhrán (2:05pm on Friday 1 October 2021)
Mentee: Siân (2:05pm on Friday 1 October 2021)

WHAT HAPPENS NEXT

1. You meet.

FOR THE PRACTICE

I confirm.
Not yet confirmed.

Made from the record.
`
	if got := agreement().Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFile(t *testing.T) {
	d := agreement()
	drawn, err := d.File("agreement-1", func(*Document) ([]byte, error) { return []byte("%PDF"), nil })
	if err != nil || drawn.Name != "agreement-1.pdf" || drawn.Type != "application/pdf" ||
		string(drawn.Data) != "%PDF" {
		t.Errorf("drawn: %+v, %v", drawn, err)
	}
	failed := errors.New("no font")
	text, err := d.File("agreement-1", func(*Document) ([]byte, error) { return nil, failed })
	if err != failed || text.Name != "agreement-1.txt" || text.Type != "text/plain; charset=utf-8" ||
		string(text.Data) != d.Text() {
		t.Errorf("not drawn: %+v, %v", text, err)
	}
}

// Once a part is answered, nothing is left to fill in.
func TestComplete(t *testing.T) {
	p := PartOf(form.Part{Blanks: []form.Blank{{Label: "Name"}}})
	if !p.Untouched() || len(p.Blanks) != 1 {
		t.Errorf("before: %+v", p)
	}
	if p.Complete("Not yet.", nil); p.Untouched() || len(p.Blanks) != 1 {
		t.Errorf("waited for: %+v", p)
	}
	if p.Complete("", []Item{{Answer: "Yes"}}); p.Untouched() || p.Blanks != nil {
		t.Errorf("answered: %+v", p)
	}
}
