package intake_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/form"
	"traininghub/internal/intake"
)

// TestAgain: another application can begin with the answers of one that was sent, but only for
// somebody who has opened a link mailed to the applicant. No section counts as done until the
// applicant has been through it.
func TestAgain(t *testing.T) {
	o := newOffice(t, "career-conversations")
	ctx, key := t.Context(), o.begin()
	o.fill(key)
	o.send(key)
	mail := o.mailed()
	other := o.Programme.Forms[mentors]
	var link string
	for _, m := range mail {
		if found := toStatus.FindStringSubmatch(m.Text); found != nil {
			link = found[1]
		}
	}
	follow, err := o.Follow(ctx, link)
	if err != nil {
		t.Fatal(err)
	}
	for what, wrong := range map[string]string{"the key of the device that sent it": key, "the link itself": link,
		"nothing": "", "another secret": follow[:len(follow)-3] + "AAA"} {
		if got, err := o.Again(ctx, wrong, other); !errors.Is(err, intake.ErrNoLink) || got != "" {
			t.Errorf("%s begins %q, %v", what, got, err)
		}
	}
	for what, def := range map[string]*form.Definition{"the same course": o.def,
		"a service": o.Programme.Forms["mentoring-request"]} {
		if got, err := o.Again(ctx, follow, def); !errors.Is(err, intake.ErrNotOpen) || got != "" {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}

	a, err := o.Following(ctx, follow)
	if err != nil {
		t.Fatal(err)
	}
	if got := o.Others(a); len(got) != 1 || got[0] != other {
		t.Errorf("others: %v", got)
	}
	if got := o.Reused(a, other); !slices.Equal(got, []string{"Your details", "Your home address",
		"Your mentoring qualifications", "References", "Your practice", "Your practice manager"}) {
		t.Errorf("sections %q", got)
	}
	begun, err := o.Again(ctx, follow, other)
	if err != nil {
		t.Fatal(err)
	}
	b, err := o.Draft(ctx, other, begun)
	if err != nil || b.Reused != "Career Conversation Training" || len(b.Answers.Done) > 0 || b.Document != nil {
		t.Fatalf("draft %+v, %v", b, err)
	}
	practice := b.Answers.Values["your-practice"]
	if practice["practice-code"] == "" || practice["cohort"] != "" || b.Answers.Values["your-reasons"] != nil ||
		len(b.Answers.Rows["references"]) != 1 {
		t.Errorf("answers %+v", b.Answers)
	}
	gaps := b.Answers.Gaps(other, o.clock())
	if len(gaps) < len(other.Sections) || gaps[0].Section.ID != "your-details" {
		t.Errorf("gaps %v", gaps)
	}
	if b.FromAnother("your-details") == "" || b.FromAnother("your-reasons") != "" {
		t.Error("what comes from the other application is not told from what does not")
	}
	ticked := map[string]bool{}
	for _, d := range other.Declarations {
		ticked[d.ID] = true
	}
	if _, _, _, err := o.Desk.Send(ctx, other, begun, intake.Signed{Ticked: ticked,
		Name: "Łucja Ŵyn"}); !errors.Is(err, intake.ErrIncomplete) {
		t.Errorf("sent unread: %v", err)
	}
	s := &other.Sections[0]
	if b, err = o.Save(ctx, other, begun, s, b.Answers.Values[s.ID]); err != nil || b.FromAnother(s.ID) != "" {
		t.Errorf("a section that was checked still counts as another's: %v", err)
	}
	// The first application has not changed.
	if again, err := o.Following(ctx, follow); err != nil || again.Version() != a.Version() ||
		!strings.HasPrefix(again.Reference, "CC-") {
		t.Errorf("the first application changed: %v", err)
	}
	if mails := o.mailed(); len(mails) != 0 {
		t.Errorf("%d letters", len(mails))
	}
	o.now = o.now.AddDate(0, 1, 0)
	if got := o.Others(a); len(got) != 0 {
		t.Errorf("after the deadline: %v", got)
	}
}
