package intake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/decide"
	"traininghub/internal/intake"
	reading "traininghub/internal/office"
	"traininghub/internal/record"
)

// audit runs an audit with the heads of an earlier one, which it writes to a file and reads back.
func (o *office) audit(earlier reading.Heads) *reading.Audited {
	o.t.Helper()
	var file bytes.Buffer
	if err := earlier.Write(&file); err != nil {
		o.t.Fatal(err)
	}
	earlier, err := reading.ReadHeads(&file)
	if err != nil {
		o.t.Fatal(err)
	}
	found, err := o.Audit(context.Background(), earlier)
	if err != nil {
		o.t.Fatal(err)
	}
	return found
}

// TestAudit: an audit finds whatever somebody does to the store behind the hub's back, and does not
// complain about what the hub does itself.
func TestAudit(t *testing.T) {
	type write = func(o *office, r record.Record, a map[string]any)
	put := func(o *office, r record.Record, a map[string]any) {
		r.Data, _ = json.Marshal(a)
		if err := o.store.Update(context.Background(), r); err != nil {
			o.t.Fatal(err)
		}
	}
	// declined has an application declined, so that it owes letters, and reads it again.
	declined := func(o *office, ref string, a map[string]any) (record.Record, []any) {
		o.decline(ref)
		r, err := o.Store.Get(context.Background(), ref)
		if err == nil {
			err = json.Unmarshal(r.Data, &a)
		}
		if err != nil {
			o.t.Fatal(err)
		}
		return r, a["letters"].([]any)
	}
	for name, c := range map[string]struct {
		do   write
		want string
	}{
		"nothing": {func(o *office, r record.Record, a map[string]any) {}, ""},
		"a letter, a reading, a decision of the hub's": {func(o *office, r record.Record,
			a map[string]any) {
			o.accept(r.ID)
			o.mailed()
		}, ""},
		"removed by the hub": {func(o *office, r record.Record,
			a map[string]any) {
			o.pass(366 * 24 * time.Hour)
			o.mailed()
		}, ""},
		"erased by the hub": {func(o *office, r record.Record, a map[string]any) {
			if err := o.Erase(context.Background(), r.ID); err != nil {
				o.t.Fatal(err)
			}
		}, ""},
		"an answer": {func(o *office, r record.Record, a map[string]any) {
			a["document"].(map[string]any)["applicant"].(map[string]any)["name"] = "Somebody Else"
			put(o, r, a)
		}, "what it says is not what was written"},
		"an event": {func(o *office, r record.Record, a map[string]any) {
			a["events"].([]any)[0].(map[string]any)["who"] = "hub"
			put(o, r, a)
		}, "event 1 of"},
		"the last events": {func(o *office, r record.Record, a map[string]any) {
			a["events"] = a["events"].([]any)[:2]
			put(o, r, a)
		}, "its chain was written anew"},
		"another's document": {func(o *office, r record.Record, a map[string]any) {
			a["reference"] = "CC-2C2C-2C2C"
			put(o, r, a)
		}, "its document is that of another application"},
		"no document": {func(o *office, r record.Record, a map[string]any) {
			r.Data = []byte("{")
			if err := o.store.Update(context.Background(), r); err != nil {
				o.t.Fatal(err)
			}
		}, "its document cannot be read"},
		"taken off the lists": {func(o *office, r record.Record, a map[string]any) {
			r.Shelf, r.Since = "", time.Time{}
			put(o, r, a)
		}, "stands where it does not belong"},
		"another status on the list": {func(o *office, r record.Record, a map[string]any) {
			r.Shelf = application.ShelfOf(r.Course, "declined")
			put(o, r, a)
		}, "stands where it does not belong"},
		"found by another's address": {func(o *office, r record.Record, a map[string]any) {
			r.Email = "thief@example.org"
			put(o, r, a)
		}, "stands where it does not belong"},
		"another course's": {func(o *office, r record.Record, a map[string]any) {
			a["course"], r.Course, r.Shelf = mentors, mentors, application.ShelfOf(mentors, "lead")
			put(o, r, a)
		}, "stands where it does not belong"},
		"a letter taken out": {func(o *office, r record.Record, a map[string]any) {
			a["letters"] = a["letters"].([]any)[1:]
			put(o, r, a)
		}, "a letter about it"},
		"a letter marked as sent": {func(o *office, r record.Record, a map[string]any) {
			r, letters := declined(o, r.ID, a)
			letters[len(letters)-1].(map[string]any)["sent"] = "2021-09-20T08:00:00Z"
			put(o, r, a)
		}, "a letter about it"},
		"a letter put off in the store": {func(o *office, r record.Record, a map[string]any) {
			r.Due = r.Due.AddDate(1, 0, 0)
			put(o, r, a)
		}, "a letter about it"},
		"letters never due in the store": {func(o *office, r record.Record, a map[string]any) {
			r.Due = time.Time{}
			put(o, r, a)
		}, "a letter about it"},
		"the letter of a decision taken out": {func(o *office, r record.Record, a map[string]any) {
			r, letters := declined(o, r.ID, a)
			a["letters"] = slices.DeleteFunc(letters,
				func(l any) bool { return l.(map[string]any)["name"] == application.LetterDeclined })
			put(o, r, a)
		}, "a letter about it"},
		"a decision taken back by the hub": {func(o *office, r record.Record, a map[string]any) {
			o.accept(r.ID)
			if _, problems, err := decide.Of(o.Desk).Reopen(context.Background(), o.lead(), r.ID, 0, "Wrong person"); err != nil ||
				problems != nil {
				o.t.Fatal(err)
			}
			o.mailed()
		}, ""},
		"a theft": {func(o *office, r record.Record, a map[string]any) {
			if err := o.Store.Delete(context.Background(), r.ID, r.Version); err != nil {
				o.t.Fatal(err)
			}
		}, "it is gone, and the hub did not remove it"},
		"a whole new chain": {func(o *office, r record.Record, a map[string]any) {
			ctx := context.Background()
			if err := o.Store.Delete(ctx, r.ID, r.Version); err != nil {
				o.t.Fatal(err)
			}
			forged := newOffice(o.t, "career-conversations") // somebody who runs a hub of their own
			forged.pass(time.Minute)
			b := forged.received()
			s, err := forged.Store.Get(ctx, b.Reference)
			if err != nil {
				o.t.Fatal(err)
			}
			if err := o.store.Create(ctx, s); err != nil {
				o.t.Fatal(err)
			}
		}, "it is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "career-conversations")
			o.begin() // a draft
			a, other := o.received(), o.received()
			first := o.audit(nil)
			if len(first.Wrong) > 0 || first.Applications != 3 || len(first.Heads) != 2 {
				t.Fatalf("untouched: %+v", first)
			}
			r, err := o.Store.Get(context.Background(), a.Reference)
			if err != nil {
				t.Fatal(err)
			}
			doc := map[string]any{}
			if err := json.Unmarshal(r.Data, &doc); err != nil {
				t.Fatal(err)
			}
			c.do(o, r, doc)
			found := o.audit(first.Heads)
			if c.want == "" && len(found.Wrong) > 0 || c.want != "" &&
				(len(found.Wrong) != 1 || found.Wrong[0].Reference != a.Reference ||
					!strings.Contains(found.Wrong[0].What, c.want)) {
				t.Errorf("found %+v, want %q", found.Wrong, c.want)
			}
			if _, there := found.Heads[other.Reference]; c.want == "" && !there && !strings.Contains(name, "removed") {
				t.Errorf("the other application is not among the heads")
			}
			if c.want != "" && found.Heads != nil {
				t.Errorf("the file of heads is replaced although there was a fault")
			}
			if strings.Contains(fmt.Sprint(found.Wrong), "Łucja") {
				t.Errorf("it tells a name: %v", found.Wrong)
			}
		})
	}
}

// TestAuditFindsRewrittenChain: somebody with the hub's source can write a chain anew with all its
// sums. The heads of an earlier audit show it.
func TestAuditFindsRewrittenChain(t *testing.T) {
	o := newOffice(t, "career-conversations")
	a := o.received()
	first := o.audit(nil)
	if err := o.RewriteForTest(a.Reference); err != nil {
		t.Fatal(err)
	}
	if alone := o.audit(nil); len(alone.Wrong) > 0 {
		t.Fatalf("the new chain is not even one: %v", alone.Wrong)
	}
	if found := o.audit(first.Heads); len(found.Wrong) != 1 || !strings.Contains(found.Wrong[0].What, "anew") {
		t.Errorf("found %v", found.Wrong)
	}
}

func TestReadHeadsRefuses(t *testing.T) {
	for _, text := range []string{
		"", "hello\n", "heads of the training hub, 1\n", "heads of the training hub, 1\nCC-2C2C-2C2C ab 1 cd\n",
		"heads of the training hub, 1\nCC-2C2C-2C2C ab one cd\nend 1\n",
		"heads of the training hub, 1\nCC-2C2C-2C2C ab 0 cd\nend 1\n",
		"heads of the training hub, 1\nCC-2C2C-2C2C xy 1 cd\nend 1\n", "heads of the training hub, 1\nend 1\n",
	} {
		if h, err := reading.ReadHeads(strings.NewReader(text)); err == nil {
			t.Errorf("%q is read as %v", text, h)
		}
	}
}

// TestPerson: Person lists the applications and drafts of one person, and those in which others
// name them, but nobody else's.
func TestPerson(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ctx := context.Background()
	v := map[string]string{"email": "Alex@Example.org", "gmc-number": "C 1234567", "first-names": "Alex"}
	theirs := o.write(v)
	first := answers(&o.def.Sections[0])
	first["email"], first["gmc-number"] = "alex@example.org", "1234567"
	if _, _, _, err := o.Start(ctx, o.def, "", first); err != nil { // a draft
		t.Fatal(err)
	}
	others := o.write(map[string]string{"referee-email": "alex@example.org", "first-names": "Kimberley"})
	o.pass(time.Hour)
	o.export(ever)
	o.pass(time.Hour)
	for _, who := range [][2]string{{"1234567", ""}, {"", "ALEX@example.org "}, {"C123 4567", "alex@example.org"}} {
		p, err := o.Person(ctx, who[0], who[1])
		if err != nil {
			t.Fatal(err)
		}
		var refs []string
		for _, a := range p.Applications {
			if a.Reference != theirs.Reference {
				refs = append(refs, a.Reference)
			} else if a.Document.Applicant.Name != "Alex Łucja Ŵyn" || len(a.Events) == 0 || len(a.Letters) < 3 {
				t.Errorf("%v: the application is not whole: %d events, %d letters", who, len(a.Events), len(a.Letters))
			}
			if a.Keys != nil {
				t.Errorf("%v: the file has the keys' hashes", who)
			}
		}
		if len(p.Applications) != 2 || len(refs) != 1 || len(p.Exports) != 1 {
			t.Errorf("%v: %d applications, others than the one sent %v, exports %v", who, len(p.Applications), refs,
				p.Exports)
		}
		data, err := json.Marshal(p)
		if err != nil || bytes.Contains(data, []byte("Kimberley")) || bytes.Contains(data, []byte("7654321")) {
			t.Errorf("%v: the file has another applicant's details (%v)", who, err)
		}
		if named := who[1] != ""; named != (len(p.NamedIn) == 1) || named &&
			(p.NamedIn[0].Reference != others.Reference || len(p.NamedIn[0].Answers) != 10) {
			t.Errorf("%v: named in %+v", who, p.NamedIn)
		}
	}
	// It also finds the person who was asked at the practice, even after somebody else was asked.
	if err := o.ChangeForTest(others.Reference, application.EventAsked, func(a *application.Application) {
		a.Authorisation.Name, a.Authorisation.Email = "Pat Practice", "pat@example.org"
	}); err != nil {
		t.Fatal(err)
	}
	if p, err := o.Person(ctx, "", "Pat@example.org"); err != nil || len(p.Applications) > 0 || len(p.NamedIn) != 1 ||
		p.NamedIn[0].Answers[0].Answer != "Pat Practice, pat@example.org" {
		t.Errorf("the person at the practice: %+v, %v", p, err)
	}
	// It also finds whoever was asked earlier, by the answer that they gave and by an address that
	// was corrected since.
	if err := o.ChangeForTest(others.Reference, application.EventCorrected, func(a *application.Application) {
		earlier := application.Authorisation{Name: "Quin Early", Email: "quin@example.org",
			Answer: &application.Authorised{Name: "Q. Early", Role: "Nurse", Reason: "She has left us."}}
		a.Authorisation.Earlier = []application.Authorisation{earlier}
		a.Corrections = []application.Correction{{Section: "references", Row: 1, Question: "referee-email",
			Was: "mistyped@example.org", Now: "alex@example.org"}}
	}); err != nil {
		t.Fatal(err)
	}
	for email, want := range map[string]string{
		"quin@example.org":     "Quin Early, quin@example.org; Q. Early, Nurse; She has left us.",
		"Mistyped@example.org": "mistyped@example.org",
	} {
		var got []string
		p, err := o.Person(ctx, "", email)
		for _, n := range p.NamedIn {
			for _, i := range n.Answers {
				got = append(got, i.Answer)
			}
		}
		if err != nil || len(p.NamedIn) != 1 || strings.Join(got, "; ") != want {
			t.Errorf("%s is named in %+v, %v", email, p.NamedIn, err)
		}
	}
	p, err := o.Person(ctx, "1234567", "")
	if err != nil || len(p.Applications) != 2 {
		t.Fatal(p, err)
	}
	if err := o.GiveOut(ctx, p); err != nil {
		t.Fatal(err)
	}
	for _, repeated := range [][]string{nil, {theirs.Reference}, {theirs.Reference, theirs.Reference},
		append(p.References(), others.Reference)} {
		if err := o.EraseAll(ctx, p, repeated); !errors.Is(err, reading.ErrRepeat) {
			t.Errorf("erasing with %v repeated: %v", repeated, err)
		}
	}
	for _, a := range p.Applications {
		if last := a.Events[len(a.Events)-1]; last.What != application.EventExported {
			t.Errorf("%s: the last event is %q", a.Reference, last.What)
		}
		if a.Keys != nil || a.Salt != nil {
			t.Errorf("%s: secrets are given out", a.Reference)
		}
	}
	repeated := p.References()
	slices.Reverse(repeated)
	if err := o.EraseAll(ctx, p, repeated); err != nil {
		t.Error(err)
	}
	if p, err := o.Person(ctx, "1234567", "alex@example.org"); err != nil || len(p.Applications) > 0 {
		t.Errorf("after erasure: %+v, %v", p, err)
	}
	if rows := o.rows(); len(rows) != 1 || rows[0].Why != intake.Erased {
		t.Errorf("%+v is left, want one row for the application that was sent", rows)
	}
	if _, err := o.Store.Get(ctx, others.Reference); err != nil {
		t.Errorf("another person's application: %v", err)
	}
	if err := o.Erase(ctx, theirs.Reference); err != nil || errors.Is(err, record.ErrNotFound) {
		t.Errorf("erasing again: %v", err)
	}
	if !slices.ContainsFunc(o.ids(), func(id string) bool { return id == intake.TraceForTest(theirs) }) {
		t.Error("no trace")
	}
}
