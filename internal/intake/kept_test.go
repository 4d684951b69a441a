package intake_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"traininghub/internal/application"
	"traininghub/internal/record"
)

var update = flag.Bool("update", false, "keep an application as it is written at present in testdata")

// TestKept: an application that an older hub stored is still written the same way. A new field of
// an application must be left out of the JSON when it is empty, and none may be renamed. Otherwise
// every stored application would look as if somebody had tampered with it. Write the file anew with
// -update only while no hub has applications.
func TestKept(t *testing.T) {
	const file = "testdata/application.json"
	ctx := context.Background()
	o := newOffice(t, "supporting-mentors")
	if *update {
		a := o.received()
		if err := o.ChangeForTest(a.Reference, application.EventNoted, everything); err != nil {
			t.Fatal(err)
		}
		r, err := o.Store.Get(ctx, a.Reference)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(r.Data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var a application.Application
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	if a.Authorisation == nil || a.Decision == nil || len(a.Reopened) == 0 || a.Agreement == nil ||
		len(a.Corrections) == 0 || len(a.Notes) == 0 || a.Cohort == "" {
		t.Fatal("the kept application does not have everything")
	}
	// The test made the decision up, so no letters about it are owed, which an audit also finds.
	// Letters are in no chain.
	raw := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	letters := append(a.Letters, record.Letter{Name: application.LetterAccepted, Due: a.Document.Received},
		record.Letter{Name: application.LetterDecision, Due: a.Document.Received})
	if raw["letters"], err = json.Marshal(letters); err != nil {
		t.Fatal(err)
	}
	if data, err = json.Marshal(raw); err != nil {
		t.Fatal(err)
	}
	brief, err := json.Marshal(a.Brief())
	if err != nil {
		t.Fatal(err)
	}
	store := newOffice(t, "supporting-mentors")
	if err := store.Store.Create(ctx, record.Record{
		ID: a.Reference, Kind: record.Application, Data: data, Due: a.Document.Received, Status: string(a.Status()),
		Course: a.Course, Shelf: a.Shelf(), Since: a.Brief().Since, Number: a.Document.Applicant.Key(),
		Email: a.Document.Applicant.Email, Brief: brief,
	}); err != nil {
		t.Fatal(err)
	}
	found, err := store.Audit(ctx, nil)
	if err != nil || found.Applications != 1 || len(found.Wrong) > 0 {
		t.Errorf("the audit of an application that is kept: %+v, %v", found, err)
	}
}

// everything fills in all that an application can have.
func everything(a *application.Application) {
	at := a.Document.Received
	a.Authorisation.Answer = &application.Authorised{Confirmed: true, Name: "Pat Practice", Role: "Practice manager",
		Reason: "None", At: at, Hash: []byte{1, 2, 3}}
	a.Cohort = "cohort-1"
	a.Decision = &application.Decision{Accepted: true, Cohort: "cohort-1", Funding: "2021-11-17",
		Text: "Welcome\n\"Łucja\"", Paper: true, Name: "Robin Lead", By: "lead@example.org", At: at}
	a.Reopened = []application.Decision{{Reason: "The course is full", Text: "Sorry", Name: "Robin Lead",
		By: "lead@example.org", At: at, Undone: "A mistake"}}
	a.Agreement = &application.Agreement{Name: "Łucja Ŵyn", Job: "GP", At: at}
	a.Agreement.Terms.Title, a.Agreement.Terms.Clauses, a.Agreement.Terms.Statement = "Terms",
		[]string{"One < two & three."}, "I agree."
	a.Corrections = []application.Correction{{Section: "references", Row: 2, Question: "referee-email",
		Was: "a@example.org", Now: "b@example.org", At: at}}
	a.Notes = []application.Note{{Text: "Rang back\ttoday \u2028 <script>", Name: "Sam Office", By: "sam@example.org",
		At: at}}
}
