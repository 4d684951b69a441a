package crossing_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"traininghub/internal/crossing"
)

// sound has one of each message.
var sound = []crossing.Message{
	crossing.Accepted{Reference: "MT-7K4D-2P9X", Version: 3, Course: "supporting-mentors", Name: "Ada Okafor", Number: "gmc 7654321",
		Email: "ada@example.org", Practice: "C99999", Sessions: "4.5", Day: "2021-10-18"},
	crossing.Standing{Mentor: "MT-7K4D-2P9X", Version: 9, Agreed: "2021-10-20", Plan: "2021-10-25", Trained: "2022-06-30",
		Suspended: []crossing.Period{{From: "2022-01-10", Until: "2022-01-20"}}, Away: []crossing.Period{{From: "2022-03-01"}},
		Left: "2023-03-31", Sessions: "5", Confirmed: "2021-10-20",
		Who: &crossing.Mentor{Name: "Ada Okafor", Email: "ada@example.org", Number: "7654321", Practice: "C99999", Begins: "2021-10-25"}},
	crossing.Pair{Code: "P-7K3D", Version: 2, Mentor: "MT-7K4D-2P9X", Service: "mentoring", Cohort: "fellow", Registered: "2021-11-01",
		Introduced: "2021-11-08", Ended: "2022-05-02"},
	crossing.Session{ID: "s-3f9c", Version: 1, Pair: "P-7K3D", Mentor: "MT-7K4D-2P9X", Start: time.Date(2021, 11, 8, 18, 0, 0, 0, time.UTC),
		Minutes: 60, Outcome: crossing.Held},
	crossing.Sampled{Mentor: "MT-7K4D-2P9X", Version: 6, Asked: 6, Confirmed: 5},
	crossing.Counts{Service: "mentoring", From: "2021-10-01", Until: "2021-12-31", Version: 1, Asked: 20, Placed: 12, MedianWait: 17,
		Fellows: 15, FellowsSeen: 10},
}

// TestMessages: each message passes as JSON unchanged.
func TestMessages(t *testing.T) {
	keys := map[string]bool{}
	for _, m := range sound {
		data, err := crossing.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := crossing.Decode(data)
		if err != nil || !reflect.DeepEqual(back, m) {
			t.Errorf("%s comes out as %+v (%v)", data, back, err)
		}
		if m.At() == 0 || keys[m.Key()] {
			t.Errorf("%T has version %d and key %q", m, m.At(), m.Key())
		}
		keys[m.Key()] = true
	}
	later := `{"pair":{"code":"P-7K3D","version":2,"mentor":"MT-7K4D-2P9X","service":"mentoring","registered":"2021-11-01","new":1}}`
	if _, err := crossing.Decode([]byte(later)); err != nil {
		t.Errorf("a field that is not known: %v", err)
	}
}

// TestUnsound: an unsound message does not pass either way, and the error quotes nothing of it.
func TestUnsound(t *testing.T) {
	changed := func(i int, field string, to any) crossing.Message {
		t.Helper()
		m := reflect.New(reflect.TypeOf(sound[i])).Elem()
		m.Set(reflect.ValueOf(sound[i]))
		f := m.FieldByName(field)
		f.Set(reflect.ValueOf(to).Convert(f.Type()))
		return m.Interface().(crossing.Message)
	}
	for _, m := range []crossing.Message{
		changed(0, "Version", 0), changed(0, "Reference", "canary one"), changed(0, "Email", ""), changed(0, "Sessions", "canary"),
		changed(0, "Day", "18/10/2021"), changed(0, "Withdrawn", "2021-10-17"),
		changed(1, "Left", "2021-02-30"), changed(1, "Away", []crossing.Period{{From: "2022-03-01", Until: "2022-02-01"}}),
		changed(2, "Code", "canary"), changed(2, "Registered", ""), changed(2, "Ended", "2021-10-31"), changed(2, "Introduced", "2021-10-31"),
		changed(2, "Cohort", "Canary Jones"), changed(3, "Outcome", "canary"), changed(3, "Minutes", 1441), changed(3, "Start", time.Time{}),
		changed(3, "Pair", "Canary Jones"), changed(4, "Asked", 4), changed(4, "Confirmed", 7), changed(5, "Asked", 3), changed(5, "FellowsSeen", 11), changed(5, "FellowsWaiting", 4),
		changed(5, "Placed", 0), changed(5, "Until", ""),
	} {
		_, err := crossing.Encode(m)
		if !errors.Is(err, crossing.ErrMessage) || strings.Contains(strings.ToLower(err.Error()), "canary") {
			t.Errorf("%+v passes, or says too much: %v", m, err)
		}
		data, _ := json.Marshal(m)
		name := strings.ToLower(reflect.TypeOf(m).Name())
		if _, err := crossing.Decode([]byte(`{"` + name + `":` + string(data) + `}`)); !errors.Is(err, crossing.ErrMessage) {
			t.Errorf("%+v comes in: %v", m, err)
		}
	}
	for _, text := range []string{"", "{}", "[]", "null", `{"mentee":{}}`, `{"sampled":null}`} {
		if _, err := crossing.Decode([]byte(text)); !errors.Is(err, crossing.ErrMessage) {
			t.Errorf("%q is a message: %v", text, err)
		}
	}
}

// TestNoMentee: no message has a field for a mentee. Whoever adds a field decides here whether it
// may pass.
func TestNoMentee(t *testing.T) {
	fields := map[string]bool{}
	if n := reflect.TypeFor[crossing.Mentor]().NumField(); n != 6 { // the only person named, a mentor
		t.Errorf("a mentor has %d fields", n)
	}
	for _, m := range sound[1:] {
		for i := range reflect.TypeOf(m).NumField() {
			fields[reflect.TypeOf(m).Field(i).Name] = true
		}
	}
	for _, may := range strings.Fields(`Mentor Version Agreed Plan Trained Suspended Away Left Sessions Confirmed Code Service Cohort Registered
		Introduced Ended ID Pair Start Minutes Outcome Asked From Until NoMentor Placed MedianWait Fellows FellowsSeen FellowsWaiting Who`) {
		delete(fields, may)
	}
	if len(fields) > 0 {
		t.Errorf("these come from mentoring, too: %v", fields)
	}
}

// TestDays: both ends of a period are in it.
func TestDays(t *testing.T) {
	p := crossing.Period{From: "2022-01-10", Until: "2022-01-20"}
	for day, want := range map[crossing.Day]bool{"2022-01-09": false, "2022-01-10": true, "2022-01-20": true, "2022-01-21": false} {
		if p.Has(day) != want {
			t.Errorf("%s is in %v: %v", day, p, !want)
		}
	}
	pair := crossing.Pair{Registered: "2022-01-10"}
	if !pair.Active("2030-01-01") || pair.Active("2022-01-09") {
		t.Error("a pair that has not ended is together from its first day on")
	}
}
