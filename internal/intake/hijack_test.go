package intake_test

import (
	"context"
	"errors"
	"regexp"
	"testing"

	"traininghub/internal/application"
	"traininghub/internal/intake"
	"traininghub/internal/record"
)

// meanwhile is a store in which something happens just before its next update.
type meanwhile struct {
	record.Store
	do func()
}

func (s *meanwhile) Update(ctx context.Context, r record.Record) error {
	if do := s.do; do != nil {
		s.do = nil
		do()
	}
	return s.Store.Update(ctx, r)
}

// TestEndedMeanwhile: a device whose key ends between reading and writing changes nothing. A
// stranger can neither make a last change before the victim sends, nor send.
func TestEndedMeanwhile(t *testing.T) {
	for what, do := range map[string]func(o *office, key string) error{
		"saving": func(o *office, key string) error {
			_, err := o.Save(t.Context(), o.def, key, &o.def.Sections[1], answers(&o.def.Sections[1]))
			return err
		},
		"sending": func(o *office, key string) error {
			_, _, _, err := o.Desk.Send(t.Context(), o.def, key, intake.Signed{Ticked: o.all(), Name: "Łucja Ŵyn"})
			return err
		},
		"leaving": func(o *office, key string) error {
			_, _, err := o.Leave(t.Context(), o.def, key)
			return err
		},
	} {
		o := newOffice(t, "supporting-mentors")
		stranger := o.begin()
		o.fill(stranger)
		if err := o.Resend(t.Context(), "angharad@example.org"); err != nil {
			t.Fatal(err)
		}
		link := regexp.MustCompile(`/resume/(\S+)`).FindStringSubmatch(o.mailed()[0].Text)[1]
		var victim string
		o.Store = &meanwhile{Store: o.Store, do: func() {
			var err error
			if victim, err = o.Resume(t.Context(), o.def, link); err != nil {
				t.Fatal(err)
			}
		}}
		if err := do(o, stranger); !errors.Is(err, intake.ErrNoDraft) {
			t.Errorf("%s while the link was opened: %v", what, err)
		}
		a, err := o.Open(t.Context(), o.def, victim)
		if err != nil || a.Status() != application.Draft || len(a.Answers.Done) != 0 {
			t.Errorf("%s: the victim has %v, %v", what, a, err)
		}
	}
}
