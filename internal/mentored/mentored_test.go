package mentored_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/mentored"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/sqlite"
)

const ada = "MT-7K4D-2P9X"

func desk(store record.Store, now *time.Time) *mentored.Desk {
	return &mentored.Desk{
		Store: store, Now: func() time.Time { return *now }, Years: 6,
		Who: func(_ context.Context, ref string) (mentored.Who, error) {
			if ref != ada {
				return mentored.Who{}, record.ErrNotFound
			}
			return mentored.Who{
				Name: "Ada Okafor", Email: "ada@example.org", Number: "7654321", Course: "supporting-mentors",
			}, nil
		},
	}
}

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, course.London)
	if err != nil {
		panic(err)
	}
	return t
}

// history is what happens to two pairs of a mentor, each step as it was reported then.
func history() (all []crossing.Message) {
	tell := func(m crossing.Message) { all = append(all, m) }
	standing := crossing.Standing{Mentor: ada, Version: 1, Agreed: "2021-10-20"}
	tell(standing)
	standing.Version, standing.Plan = 4, "2021-10-25"
	tell(standing)
	for _, code := range []string{"P-7K3D", "P-2B9F"} {
		p := crossing.Pair{
			Code: code, Version: 1, Mentor: ada, Service: "mentoring", Cohort: "fellow", Registered: "2021-11-01",
		}
		tell(p)
		p.Version, p.Introduced = 2, "2021-11-08"
		tell(p)
		for n := range 12 {
			s := crossing.Session{ID: strings.ToLower(code[2:]) + fmt.Sprint(n), Version: 1, Pair: code, Mentor: ada,
				Start: at("2021-11-08 18:00").AddDate(0, 0, 7*n).UTC(), Minutes: 60, Outcome: crossing.Held}
			tell(s)
			if n%4 == 3 {
				s.Version, s.Outcome = 2, crossing.NotRight
				tell(s)
			}
		}
	}
	standing.Version, standing.Suspended = 9, []crossing.Period{{From: "2022-02-01", Until: "2022-02-10"}}
	tell(standing)
	p := crossing.Pair{Code: "P-2B9F", Version: 7, Mentor: ada, Service: "mentoring", Cohort: "fellow",
		Registered: "2021-11-01",
		Introduced: "2021-11-08", Ended: "2022-02-05"}
	tell(p)
	tell(crossing.Sampled{Mentor: ada, Version: 1, Asked: 5, Confirmed: 4})
	tell(crossing.Sampled{Mentor: ada, Version: 2, Asked: 6, Confirmed: 5})
	return all
}

// TestAnyOrder: messages may come twice, late, in any order and several at once. The result is as
// if they came in the order of events.
func TestAnyOrder(t *testing.T) {
	now := at("2022-03-01 09:00")
	var want any
	for round := range 40 {
		var store record.Store = &recordtest.Memory{}
		if round == 1 {
			file, err := sqlite.Open(filepath.Join(t.TempDir(), "hub.db"), sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			store = file
		}
		d, all := desk(store, &now), history()
		order := rand.New(rand.NewPCG(13, uint64(round)))
		if round > 0 {
			all = append(all, history()...)
			order.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}
		var work sync.WaitGroup
		for part := range 2 {
			take := func() {
				for i := part; i < len(all); i += 2 {
					if err := d.Put(t.Context(), all[i]); err != nil {
						t.Error(err)
					}
				}
			}
			if round > 1 {
				work.Go(take)
			} else {
				take()
			}
		}
		work.Wait()
		m, err := d.Mentor(t.Context(), ada)
		if err != nil {
			t.Fatal(err)
		}
		// pairs and sessions of the same instant are in the order of their first messages
		have := map[string]crossing.Message{"s": *m.Standing, "n": *m.Sampled}
		for _, p := range m.Pairs {
			have[p.Key()] = p
		}
		for _, s := range m.Sessions {
			have[s.Key()] = s
		}
		if round == 0 {
			want = have
			if len(have) != 28 || m.Standing.Plan == "" || m.Sampled.Asked != 6 || m.Pair("P-2B9F").Ended == "" ||
				m.Who.Name != "Ada Okafor" {
				t.Fatalf("it was heard as %+v", m)
			}
		}
		if !reflect.DeepEqual(have, want) {
			t.Fatalf("round %d ends as %+v, and not as %+v", round, have, want)
		}
		version := m.Version()
		for _, one := range all {
			if err := d.Put(t.Context(), one); err != nil {
				t.Fatal(err)
			}
		}
		if m, _ = d.Mentor(t.Context(), ada); m.Version() != version {
			t.Errorf("messages that were known already made %d new versions", m.Version()-version)
		}
	}
}

// TestFacts: facts for claims are true on exactly the right days.
func TestFacts(t *testing.T) {
	now := at("2022-03-01 09:00")
	d := desk(&recordtest.Memory{}, &now)
	for _, m := range history() {
		if err := d.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	m, err := d.Mentor(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	on := func(text string) course.Date { return course.DateOf(at(text + " 12:00")) }
	for what, is := range map[string]bool{
		"not agreed before": !m.Agreed(on("2021-10-19")), "agreed on the day": m.Agreed(on("2021-10-20")),
		"planned":        m.Planned(),
		"no pair before": !m.Active("", on("2021-10-31")), "a pair from the day on": m.Active("P-7K3D", on("2021-11-01")),
		"on the last day": m.Active("P-2B9F", on("2022-02-05")), "not after": !m.Active("P-2B9F", on("2022-02-06")),
		"the other goes on": m.Active("", on("2022-02-06")), "suspended": m.Suspended(on("2022-02-10")),
		"no longer": !m.Suspended(on("2022-02-11")), "not away": !m.Away(on("2022-02-10")),
		"has not left": m.Left() == course.Date{},
	} {
		if !is {
			t.Errorf("not so: %s", what)
		}
	}
	away := crossing.Accepted{
		Reference: ada, Version: 1, Course: "supporting-mentors", Name: "A", Email: "a@example.org", Day: "2021-10-18",
	}
	if err := d.Put(t.Context(), away); !errors.Is(err, crossing.ErrMessage) {
		t.Errorf("what goes the other way is taken: %v", err)
	}
	few := crossing.Sampled{Mentor: ada, Version: 3, Asked: 4}
	if err := d.Put(t.Context(), few); !errors.Is(err, crossing.ErrMessage) {
		t.Errorf("of too few: %v", err)
	}
	for v, asked := range []int{5, 20, 15} {
		c := crossing.Counts{
			Service: "mentoring", From: "2021-10-01", Until: "2021-12-31", Version: []int64{1, 3, 2}[v], Asked: asked,
		}
		if err := d.Put(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := d.Counts(t.Context(), "mentoring"); err != nil || len(all) != 1 || all[0].Asked != 20 {
		t.Errorf("the figures are %+v (%v)", all, err)
	}
}

// TestWithoutApplication: a mentor without an application has the details in their standing.
func TestWithoutApplication(t *testing.T) {
	now := at("2021-11-01 09:00")
	d := desk(&recordtest.Memory{}, &now)
	ctx := t.Context()
	standing := crossing.Standing{Mentor: "RM-7K4D-2P9X", Version: 3, Agreed: "2021-10-20",
		Who: &crossing.Mentor{Name: "Bo Reed", Email: "Bo@example.org", Number: "7654322", Course: "supporting-mentors", Begins: "2021-10-25"}}
	pair := crossing.Pair{Code: "P-7K3D", Version: 1, Mentor: "RM-7K4D-2P9X", Service: "mentoring", Registered: "2021-11-01"}
	for _, m := range []crossing.Message{pair, standing, pair} { // even if the pair comes first
		if err := d.Put(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	all, err := d.Of(ctx, "bo@example.org")
	want := mentored.Who{Name: "Bo Reed", Email: "bo@example.org", Number: "7654322", Course: "supporting-mentors", Begins: "2021-10-25"}
	if err != nil || len(all) != 1 || all[0].Who != want || len(all[0].Pairs) != 1 {
		t.Errorf("heard %+v (%v)", all, err)
	}
}

// TestOffice: the mentor can get and erase what is known of them, and an audit checks it. After the
// years of the accounts it is removed, and newer facts stay.
func TestOffice(t *testing.T) {
	now := at("2022-03-01 09:00")
	store := &recordtest.Memory{}
	d := desk(store, &now)
	for _, m := range append(history(), crossing.Pair{
		Code: "P-9999", Version: 1, Mentor: "MT-2222-3333", Service: "mentoring", Registered: "2021-11-01",
	}) {
		if err := d.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	story := d.Stories()[0]
	id := "mentored.mt-7k4d-2p9x"
	about := func(numbers []form.Registration, email string) *office.Own {
		t.Helper()
		r, err := d.Store.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		own, err := story.About(t.Context(), r, numbers, email)
		if err != nil {
			t.Fatal(err)
		}
		return own
	}
	number := func(register string) []form.Registration {
		return []form.Registration{{Register: register, Number: "7654321"}}
	}
	if about(nil, "Ada@Example.org") == nil || about(number("gmc"), "") == nil {
		t.Error("it is not hers")
	}
	if about(nil, "") != nil || about(nil, "bea@example.org") != nil || about(number("nmc"), "") != nil {
		t.Error("it is somebody else's")
	}
	nameless, err := d.Store.Get(t.Context(), "mentored.mt-2222-3333")
	if err != nil {
		t.Fatal(err)
	}
	if own, err := story.About(t.Context(), nameless, nil, ""); own != nil || err != nil {
		t.Errorf("a record without an address is found for an empty one: %+v (%v)", own, err)
	}
	if own, err := story.GiveOut(t.Context(), id); err != nil || len(own.Data.(*mentored.Mentor).Given) != 1 {
		t.Errorf("given out as %+v (%v)", own, err)
	}
	if all, err := d.Of(t.Context(), "ADA@example.org"); err != nil || len(all) != 1 {
		t.Errorf("by her address there are %d (%v)", len(all), err)
	}
	r, err := store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, what := story.Check(r, nil); what != "" {
		t.Error(what)
	}
	r.Data = []byte(strings.Replace(string(r.Data), `"asked":6`, `"asked":4`, 1))
	if _, what := story.Check(r, nil); what == "" {
		t.Error("a message that mentoring never sends is accepted")
	}

	now = at("2029-01-20 09:00")
	if n, err := story.Sweep(t.Context()); n != 0 || err != nil {
		t.Fatalf("%d removed (%v)", n, err)
	}
	m, err := d.Mentor(t.Context(), ada)
	if err != nil || len(m.Sessions) != 2 || len(m.Pairs) != 2 { // from 24 January 2022 on
		t.Fatalf("there are %d sessions, %d pairs (%v)", len(m.Sessions), len(m.Pairs), err)
	}
	standing := *m.Standing
	standing.Version, standing.Left = 20, "2022-03-31"
	ended := m.Pairs[0]
	ended.Version, ended.Ended = 20, "2022-03-31"
	for _, m := range []crossing.Message{standing, ended} {
		if err := d.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	now = at("2029-04-02 09:00")
	if n, err := story.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("%d removed at the end (%v)", n, err)
	}
	if all, err := d.Mentors(t.Context()); err != nil || len(all) != 1 || all[0].Reference != "MT-2222-3333" {
		t.Errorf("left are %d (%v)", len(all), err)
	}
	if err := story.Erase(t.Context(), "mentored.mt-2222-3333"); err != nil {
		t.Error(err)
	}
	if err := story.Erase(t.Context(), "mentored.mt-2222-3333"); err != nil {
		t.Errorf("erased twice: %v", err)
	}
	if all, _ := d.Mentors(t.Context()); len(all) != 0 {
		t.Error("it was not erased")
	}
}
