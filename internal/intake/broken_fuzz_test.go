package intake_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/decide"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/removal"
)

// FuzzRecord: whatever an application's record or its line on a list contains, nothing that reads
// records panics, and the letter about another application is sent.
func FuzzRecord(f *testing.F) {
	o := newOffice(f, mentors)
	o.Desk.Store = o.store
	first := o.begin()
	o.fill(first)
	good := o.send(first)
	mail := o.mailed()
	link := practiceLink(f, mail)
	key, _ := o.follow(mail)
	sent, err := o.store.Get(context.Background(), good.Reference)
	if err != nil {
		f.Fatal(err)
	}
	draftKey := o.begin()
	draft, _, _ := record.SplitKey(draftKey)
	begun, err := o.store.Get(context.Background(), draft)
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range []record.Record{sent, begun} {
		f.Add(r.Data, r.Brief)
		for _, word := range []string{`"events":`, `"document":`, `"letters":`, `"answers":`, `"authorisation":`, `"course":`, `"parts":`} {
			f.Add([]byte(strings.Replace(string(r.Data), word, word+`null,"x":`, 1)), r.Brief)
		}
	}
	f.Add([]byte(`{}`), []byte(`{}`))
	f.Add([]byte(`{"document":{},"events":[{"what":"received"}]}`), []byte(`{"status":"","name":null}`))
	f.Add([]byte(`{"events":[{"what":"marked for removal","note":"x"}],"letters":[{"id":"a","name":"authorise-to-practice"}]}`), []byte(`null`))
	at := o.clock()
	f.Fuzz(func(t *testing.T, data, brief []byte) {
		if len(data) > 50_000 || len(brief) > 5_000 {
			return
		}
		ctx, store := t.Context(), &recordtest.Memory{}
		o.t, o.Desk.Store = t, store
		o.now = at
		defer func() { o.t = f }()
		broken, other := sent, sent
		broken.Data, broken.Brief, broken.Due, broken.Version = data, brief, at.Add(-time.Hour), 0
		other.ID, other.Version = "SM-9Y9Y-9Y9Y", 0
		other.Data = []byte(strings.ReplaceAll(string(sent.Data), good.Reference, other.ID))
		other.Data = []byte(strings.Replace(string(other.Data), `"letters":[`, `"letters":[{"id":"again-1","name":"`+
			application.LetterToLead+`","owed":"2021-09-20T07:00:00Z","due":"2021-09-20T07:00:00Z"},`, 1))
		other.Due = at.Add(-time.Minute)
		for _, r := range []record.Record{broken, other} {
			if err := store.Create(ctx, r); err != nil {
				t.Fatal(err)
			}
		}
		o.mail = nil
		if _, err := o.Post().Deliver(ctx); err != nil {
			t.Errorf("delivering: %v", err)
		}
		if !slices.ContainsFunc(o.mail, func(m record.Message) bool { return strings.Contains(m.ID, other.ID) }) {
			t.Error("the letter about another application did not go")
		}
		// All of this may report the record as broken, but must not panic.
		lead, ref := o.lead(), good.Reference
		o.Audit(ctx, nil)
		o.Sort(ctx)
		decide.Of(o.Desk).Read(ctx, lead, ref)
		o.Following(ctx, key)
		o.PracticePage(ctx, link)
		o.Draft(ctx, o.def, draftKey)
		o.ReplacePractice(ctx, key, asking("G", "g@example.org"))
		o.Withdraw(ctx, key)
		decide.Of(o.Desk).ForReview(ctx, lead, ref, true)
		o.Get(ctx, ref)
		o.Bounced(ctx, ref, "again-1", application.EventBounced, "550", at)
		o.Search(ctx, lead, "Angharad")
		o.Export(ctx, io.Discard, lead, o.def.Course, ever, "Test")
		o.Figures(ctx, lead, true)
		o.now = at.AddDate(2, 0, 0)
		removal.Of(o.Desk).Sweep(ctx)
		removal.Of(o.Desk).Allow(ctx)
		o.Erase(ctx, ref)
	})
}
