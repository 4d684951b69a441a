package intake_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/record"
)

// refusing makes the mail system refuse letters to an address.
func (o *office) refusing(address string, why *record.Refusal) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refuses = func(m record.Message) error {
		if why != nil && m.To == address {
			return fmt.Errorf("mail: refused: %w", why)
		}
		return nil
	}
}

// notes returns what was noted of the mail system's answers.
func (o *office) notes(ref string) (all []string) {
	for _, e := range o.application(ref).Events {
		if e.Who == "mail" {
			all = append(all, e.What+": "+e.Note)
		}
	}
	return all
}

// TestDeadPractice: an address that does not exist is noticed at the first try, also without AWS,
// and the applicant is asked for another.
func TestDeadPractice(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	o.refusing("manager@example.org", &record.Refusal{Dead: true, Said: "550 5.1.1 <[address]>: no such user"})
	ref := o.sent().Reference
	mail := append(o.mailed(), o.mailed()...)
	told := messagesOf(mail, application.LetterPracticeBounced)
	if len(told) != 1 || told[0].To != "angharad@example.org" || o.state(ref) != application.PracticeBounced {
		t.Fatalf("%d letters, state %s", len(told), o.state(ref))
	}
	letter := lettersOf(o.application(ref), application.LetterAuthorise)[0]
	if got := o.notes(ref); len(got) != 1 ||
		got[0] != "letter bounced: "+letter.ID+" 550 5.1.1 <[address]>: no such user" {
		t.Errorf("noted %q", got)
	}
	// It is not tried again until another address is given.
	for range 20 {
		o.pass(24 * time.Hour)
		if letters := messagesOf(o.mailed(), application.LetterPracticeSilent); len(letters) != 0 {
			t.Error("the practice is said to be silent")
		}
	}
	if l := lettersOf(o.application(ref), application.LetterAuthorise)[0]; l.Attempts != 1 || l.GivenUp.IsZero() {
		t.Errorf("the letter %+v", l)
	}
	if a := o.application(ref); len(a.Remarks()) != 1 {
		t.Errorf("flags %v", a.Remarks())
	}
	if _, problems, err := o.ReplaceForTest(context.Background(), ref,
		asking("Gráinne Example", "grainne@example.org")); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	if mail := toPractice(o.mailed()); len(mail) != 1 || mail[0].To != "grainne@example.org" ||
		o.state(ref) != application.PracticeAsked {
		t.Errorf("%d letters, state %s", len(mail), o.state(ref))
	}
	if found := o.audit(nil); found.Wrong != nil {
		t.Errorf("the audit finds %v", found.Wrong)
	}
}

// TestRefusedPractice: if the mail system refuses a letter for another reason than the address, the
// staff see it and the letter is tried again each day. Nobody is told that the practice is silent,
// and the practice's days begin when it has got the letter.
func TestRefusedPractice(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	o.refusing("manager@example.org", &record.Refusal{Said: "550 5.7.1 blocked by policy"})
	ref := o.sent().Reference
	o.mailed()
	tries := 1
	for range 20 { // days
		o.pass(24 * time.Hour)
		for _, name := range []string{application.LetterPracticeSilent, application.LetterPracticeBounced,
			application.LetterReminder} {
			if letters := messagesOf(o.mailed(), name); len(letters) != 0 {
				t.Fatalf("%s went to %s", name, letters[0].To)
			}
		}
		tries++
	}
	a := o.application(ref)
	letter := lettersOf(a, application.LetterAuthorise)[0]
	if letter.Attempts != tries || !letter.GivenUp.IsZero() || letter.Error == "" ||
		strings.Contains(letter.Error, "policy") {
		t.Errorf("after %d tries: %+v", tries, letter)
	}
	if got := o.notes(ref); len(got) != 1 || got[0] != "letter rejected: "+letter.ID+" 550 5.7.1 blocked by policy" {
		t.Errorf("noted %q", got)
	}
	party, since := a.Waiting()
	if state := o.state(ref); state != application.PracticeUnreached || !state.Open() ||
		party != application.Practice ||
		!since.Equal(a.Authorisation.Asked) {
		t.Errorf("state %s, waiting for the %s", state, party)
	}
	if flags := a.Remarks(); len(flags) != 1 || !strings.Contains(flags[0], "refuses our email to the practice") ||
		!a.Brief().Flagged {
		t.Errorf("flags %v", flags)
	}

	o.refusing("", nil)
	o.pass(24 * time.Hour)
	began := o.clock()
	link := practiceLink(t, o.mailed())
	if o.state(ref) != application.PracticeAsked {
		t.Errorf("state %s", o.state(ref))
	}
	var reminded, silent time.Duration
	for range 20 {
		o.pass(24 * time.Hour)
		mail := o.mailed()
		if len(messagesOf(mail, application.LetterReminder)) > 0 && reminded == 0 {
			reminded = o.clock().Sub(began)
		}
		if len(messagesOf(mail, application.LetterPracticeSilent)) > 0 {
			silent = o.clock().Sub(began)
		}
	}
	if reminded < 3*24*time.Hour || silent < 14*24*time.Hour {
		t.Errorf("reminded after %v, called silent after %v", reminded, silent)
	}
	if _, err := o.authorise(link, confirming()); err != nil {
		t.Errorf("answering: %v", err)
	}
	if found := o.audit(nil); found.Wrong != nil {
		t.Errorf("the audit finds %v", found.Wrong)
	}
}

// TestRefusedLead: a lead's address is a setting, so whatever the mail system says about it, the
// letter is tried until it goes.
func TestRefusedLead(t *testing.T) {
	o := newOffice(t, "career-conversations")
	lead := o.Programme.Course("career-conversations").Lead.Email
	o.refusing(lead, &record.Refusal{Dead: true, Said: "550 5.1.1 no"})
	ref := o.sent().Reference
	o.mailed()
	o.pass(24 * time.Hour)
	o.mailed()
	if got := o.notes(ref); len(got) != 1 || !strings.HasPrefix(got[0], "letter rejected: application-to-lead-") {
		t.Errorf("noted %q", got)
	}
	o.refusing("", nil)
	o.pass(24 * time.Hour)
	if mail := messagesOf(o.mailed(), application.LetterToLead); len(mail) != 1 || mail[0].To != lead {
		t.Errorf("%d letters", len(mail))
	}
}

// TestNotedMail: somebody who pretends to be the mail system cannot fill a record with notes.
func TestNotedMail(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ref, _ := o.asked()
	letter := lettersOf(o.application(ref), application.LetterAuthorise)[0].ID
	for _, what := range []string{application.EventUnclear, application.EventDelayed, application.EventRejected} {
		if err := o.Bounced(context.Background(), ref, letter, what, "Transient General", o.clock()); err != nil {
			t.Fatal(err)
		}
		if letters := messagesOf(o.mailed(), application.LetterPracticeBounced); len(letters) != 0 {
			t.Errorf("after %s the applicant is told that the address is dead", what)
		}
	}
	if o.state(ref) != application.PracticeUnreached {
		t.Errorf("state %s", o.state(ref))
	}
	for i := range 100 {
		if err := o.Bounced(context.Background(), ref, letter, application.EventRejected, fmt.Sprint("5.7.", i),
			o.clock().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.notes(ref); len(got) != 5 {
		t.Errorf("noted %q", got)
	}
	for _, e := range o.application(ref).Events {
		if e.At.After(o.clock()) {
			t.Errorf("%s is in the future", e.What)
		}
	}
	// Reminders go on, and one that arrives settles it.
	o.pass(7 * 24 * time.Hour)
	if mail := messagesOf(o.mailed(), application.LetterReminder); len(mail) == 0 ||
		o.state(ref) != application.PracticeAsked {
		t.Errorf("%d reminders, state %s", len(mail), o.state(ref))
	}
}
