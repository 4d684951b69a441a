package intake_test

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
)

// longest returns how many spaces can follow an answer before the record is too large to store.
func longest(t *testing.T, try func(spaces int) error) int {
	t.Helper()
	return sort.Search(record.MaxRecord, func(n int) bool {
		err := try(n)
		if err != nil && !errors.Is(err, record.ErrTooLarge) {
			t.Fatal(err)
		}
		return err != nil
	}) - 1
}

// padded returns good answers to the section with the clinical sessions. That answer is stored as
// it is typed, with its spaces.
func (o *office) padded(spaces int) (*form.Section, form.Values) {
	q, s := o.def.Question(o.def.Sessions)
	v := answers(s)
	v[q.ID] += strings.Repeat(" ", spaces)
	return s, v
}

// TestRoomToSeeToIt: the longest application that can be sent has room for everything that happens
// to it: each letter is sent once, and it is read, confirmed, decided, withdrawn and removed.
func TestRoomToSeeToIt(t *testing.T) {
	o := newOffice(t, mentors)
	ctx := context.Background()
	key := ""
	longest(t, func(spaces int) error {
		draft := o.begin()
		o.fill(draft)
		s, v := o.padded(spaces)
		if _, err := o.Save(ctx, o.def, draft, s, v); err != nil {
			return err
		}
		_, _, problems, err := o.Desk.Send(ctx, o.def, draft, intake.Signed{Ticked: o.all(), Name: "Łucja Ŵyn"})
		if problems != nil {
			t.Fatal(problems)
		}
		if err == nil {
			key = draft
		}
		return err
	})
	a, err := o.Open(ctx, o.def, key)
	if err != nil {
		t.Fatal(err)
	}
	o.seesTo(a.Reference)
}

// TestRoomBesideReading: nobody can fill an application up by reading it, writing notes, looking at
// its status, asking for links or sending others with the same GMC number.
func TestRoomBesideReading(t *testing.T) {
	o := newOffice(t, mentors)
	ctx := context.Background()
	a := o.sent()
	lead := o.Staff(o.Programme.Course(mentors).Lead.Email)
	key, link := o.follow(o.mailed())
	for i := range 100 {
		if problems, err := decide.Of(o.Desk).AddNote(ctx, lead, a.Reference, fmt.Sprint(i)+strings.Repeat("<", 1990)); err != nil {
			t.Fatal(err)
		} else if problems != nil {
			break
		}
	}
	for range 60 {
		o.pass(time.Hour)
		if _, err := decide.Of(o.Desk).Read(ctx, lead, a.Reference); err != nil {
			t.Fatal(err)
		}
		var err error
		if key, err = o.Follow(ctx, link); err != nil {
			t.Fatal(err)
		}
		if err := o.Resend(ctx, "angharad@example.org"); err != nil {
			t.Fatal(err)
		}
	}
	if now := o.stands(key); count(now, application.EventNoted) < 10 || count(now, application.EventRead) == 0 {
		t.Errorf("%d notes and %d readings have room", count(now, application.EventNoted),
			count(now, application.EventRead))
	}
	for range 25 {
		o.sent()
	}
	o.mailed()
	o.seesTo(a.Reference)
}

// TestRoomForOthers: drafts of the largest size do not delay the letters of others.
func TestRoomForOthers(t *testing.T) {
	o := newOffice(t, mentors)
	ctx := context.Background()
	save := func(spaces int) error {
		s, v := o.padded(spaces)
		_, err := o.Save(ctx, o.def, o.begin(), s, v)
		return err
	}
	most := longest(t, save)
	for range 40 { // more than a worker handles in one go
		if err := save(most); err != nil {
			t.Fatal(err)
		}
	}
	o.pass(3 * time.Hour) // the links to continue them are due
	a := o.sent()
	for range 20 {
		o.mailed()
		o.pass(time.Hour) // one address gets only a few letters an hour
	}
	if sent := count(o.application(a.Reference), application.EventSent); sent != 3 {
		t.Errorf("%d letters of another application went, want those to the lead, the applicant and the practice", sent)
	}
}

// seesTo takes an application whose practice was asked through everything that happens to it, and
// checks that each letter goes once.
func (o *office) seesTo(ref string) {
	t, ctx := o.t, context.Background()
	t.Helper()
	lead := o.Staff(o.Programme.Course(o.def.Course).Lead.Email)
	once := map[string]int{}
	mailed := func() (all []record.Message) {
		for range 5 {
			for _, m := range o.mailed() {
				if once[m.ID]++; once[m.ID] > 1 && strings.Contains(m.ID, ref) {
					t.Fatalf("letter %s goes again", m.ID)
				}
				if strings.Contains(m.ID, ref) {
					all = append(all, m)
				}
			}
			o.pass(10 * time.Minute)
		}
		return all
	}
	mailed()
	if _, err := decide.Of(o.Desk).Read(ctx, lead, ref); err != nil {
		t.Errorf("reading: %v", err)
	}
	link := ""
	for _, m := range o.mail {
		if found := linkToPractice.FindStringSubmatch(m.Text); found != nil && strings.Contains(m.ID, ref) {
			link = found[1]
		}
	}
	if _, err := o.authorise(link, confirming()); err != nil {
		t.Errorf("confirming: %v", err)
	}
	mailed()
	dec := application.Decision{Accepted: true, Cohort: "cohort-1", Funding: "2021-11-17", Name: "Lee Lead",
		Text: strings.Repeat("<", 2000)}
	var mail []record.Message
	for round := range 3 {
		if _, _, problems, err := decide.Of(o.Desk).Decide(ctx, lead, ref, dec, ""); err != nil || problems != nil {
			t.Fatalf("deciding: %v %v", problems, err)
		}
		mailed()
		if _, problems, err := decide.Of(o.Desk).Reopen(ctx, lead, ref, round, strings.Repeat("<", 2000)); err != nil ||
			problems != nil {
			t.Fatalf("reopening: %v %v", problems, err)
		}
		mail = mailed()
	}
	k, _ := o.follow(mail)
	if err := o.Withdraw(ctx, k); err != nil {
		t.Errorf("withdrawing: %v", err)
	}
	mailed()
	o.removes(90 * 24 * time.Hour)
	if _, err := o.Store.Get(ctx, ref); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("after its time: %v", err)
	}
}
