package intake_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
)

// stranger begins a draft with somebody's address and names of their own choice, and sends it if
// sent is true.
func (o *office) stranger(email, practice string, sent bool) {
	o.t.Helper()
	ctx := context.Background()
	first := answers(&o.def.Sections[0])
	first["email"], first["first-names"] = email, "Urgent WIN"
	_, key, problems, err := o.Start(ctx, o.def, "", first)
	if err != nil || problems != nil {
		o.t.Fatal(problems, err)
	}
	for i := range o.def.Sections[1:] {
		s := &o.def.Sections[i+1]
		v := answers(s)
		if s.Question("practice-manager-email") != nil {
			v["practice-manager-email"], v["practice-manager-name"] = practice, "Urgent WIN"
		}
		if s.Repeat == nil {
			_, err = o.Save(ctx, o.def, key, s, v)
		} else {
			for range max(1, s.Repeat.Min) {
				_, rowErr := o.SaveRow(ctx, o.def, key, s, "", v)
				err = errors.Join(err, rowErr)
			}
			_, finish := o.FinishList(ctx, o.def, key, s)
			err = errors.Join(err, finish)
		}
		if err != nil {
			o.t.Fatal(err)
		}
		if !sent {
			return // two sections are filled in, so a reminder is owed
		}
	}
	if _, _, problems, err := o.Desk.Send(ctx, o.def, key, intake.Signed{Ticked: o.all(), Name: "Łucja Ŵyn"}); err != nil || problems != nil {
		o.t.Fatal(problems, err)
	}
}

// to returns the messages to an address.
func to(email string, mail []record.Message) []record.Message {
	return slices.DeleteFunc(slices.Clone(mail), func(m record.Message) bool { return m.To != email })
}

var anyLink = regexp.MustCompile(`https://hub\.example\.org/(status|practice|apply/[a-z-]+/resume)/(\S+)`)

// TestFlood: 60 applications in somebody's name, and 60 that name somebody as the practice's
// contact, lead to a few letters and one for the rest. That one has the link of each and nothing
// that the stranger typed.
func TestFlood(t *testing.T) {
	o := newOffice(t, mentors)
	const victim, practice = "victim@example.org", "surgery@example.org"
	for range 60 {
		o.stranger(victim, practice, true)
	}
	mail := o.mailed()
	if n, m := len(to(victim, mail)), len(to(practice, mail)); n != 6 || m != 6 {
		t.Errorf("%d letters to the applicant and %d to the practice at once, want 6 each", n, m)
	}
	o.pass(10 * time.Minute)
	mail = o.mailed()
	for _, email := range []string{victim, practice} {
		rest := to(email, mail)
		// Secrets may contain any word by chance, so the links are left out.
		if len(rest) != 1 || len(anyLink.FindAllString(rest[0].Text, -1)) != 54 ||
			strings.Contains(rest[0].Subject+anyLink.ReplaceAllString(rest[0].Text, ""), "WIN") || rest[0].Attachments != nil {
			t.Fatalf("%d letters for the rest: %+v", len(rest), rest)
		}
	}
	var days []record.Message
	for range 24 {
		o.pass(time.Hour)
		days = append(days, o.mailed()...)
	}
	if n, m := len(to(victim, days)), len(to(practice, days)); n != 0 || m != 0 {
		t.Errorf("%d and %d letters more within the day", n, m)
	}

	// The links work, and somebody who uses one gets separate letters from then on.
	link := anyLink.FindAllStringSubmatch(to(victim, mail)[0].Text, -1)[53][2]
	if _, err := o.Follow(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	confirm := anyLink.FindAllStringSubmatch(to(practice, mail)[0].Text, -1)[0][2]
	page, err := o.PracticePage(t.Context(), confirm)
	if err != nil {
		t.Fatal(err)
	}
	v := form.Values{"answer": "confirm", "name": "Nia", "role": "Manager"}
	if _, problems, err := o.Authorise(t.Context(), confirm, v, page.Authorisation.Shown.Sum()); err != nil ||
		problems != nil {
		t.Fatal(problems, err)
	}
	o.mailed()
	for range 10 {
		o.stranger(victim, practice, true)
	}
	mail = o.mailed()
	if n, m := len(to(victim, mail)), len(to(practice, mail)); n != 10 || m != 10 {
		t.Errorf("%d and %d letters to addresses that were proved, want 10 each", n, m)
	}
}

// TestFloodOfReminders: 40 drafts with one address do not lead to 40 reminders, and each draft can
// be continued.
func TestFloodOfReminders(t *testing.T) {
	o := newOffice(t, careers)
	for range 40 {
		o.stranger("victim@example.org", "", false)
	}
	o.pass(2 * time.Hour)
	mail := to("victim@example.org", o.mailed())
	o.pass(10 * time.Minute)
	mail = append(mail, to("victim@example.org", o.mailed())...)
	if len(mail) != 7 {
		t.Fatalf("%d reminders, want 6 and one for the rest", len(mail))
	}
	links := map[string]bool{}
	for _, m := range mail {
		for _, link := range anyLink.FindAllStringSubmatch(m.Text, -1) {
			links[link[2]] = true
		}
	}
	if len(links) != 40 {
		t.Errorf("%d links to 40 drafts", len(links))
	}
	for link := range links {
		if err := o.Peek(t.Context(), o.def, link); err != nil {
			t.Error(err)
		}
	}
}

// TestFloodAtOnce: workers in several programs count letters together, and a letter that fails is
// not counted again.
func TestFloodAtOnce(t *testing.T) {
	o := newOffice(t, careers)
	for range 20 {
		o.stranger("victim@example.org", "surgery@example.org", true)
	}
	o.mu.Lock()
	o.down = errors.New("mail: cannot reach the server")
	o.mu.Unlock()
	o.mailed()
	o.mu.Lock()
	o.down = nil
	o.mu.Unlock()
	o.pass(2 * time.Minute) // the letters that failed are tried again; the others still wait
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 3 {
				if _, err := o.Post().Deliver(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	count := func() map[string]int {
		o.mu.Lock()
		defer o.mu.Unlock()
		ids := map[string]int{}
		for _, m := range to("victim@example.org", o.mail) {
			ids[m.ID]++
		}
		return ids
	}
	if ids := count(); len(ids) != 6 {
		t.Errorf("%d letters, want 6: %v", len(ids), ids)
	}
	o.pass(8 * time.Minute)
	o.mailed()
	if ids := count(); len(ids) != 7 {
		t.Errorf("%d letters with that for the rest, want 7: %v", len(ids), ids)
	}
	for id, n := range count() {
		if n != 1 {
			t.Errorf("%s went %d times", id, n)
		}
	}
}

// TestTogetherKilled: if the program is killed between any two writes, the one letter goes, and
// each letter that it replaces is sent with it or by itself.
func TestTogetherKilled(t *testing.T) {
	for writes := range 8 {
		o := newOffice(t, careers)
		for range 8 {
			o.stranger("victim@example.org", "surgery@example.org", true)
		}
		o.mailed()
		o.pass(10 * time.Minute)
		o.Store = &breakAt{o.store, writes}
		o.Post().Deliver(context.Background())
		o.Store = o.store
		for range 6 {
			o.pass(30 * time.Minute)
			o.mailed()
		}
		links := map[string]bool{}
		for _, m := range to("victim@example.org", o.mail) {
			for _, link := range anyLink.FindAllStringSubmatch(m.Text, -1) {
				ref, _, _ := strings.Cut(link[2], ".")
				links[ref] = true
			}
		}
		if len(links) != 8 {
			t.Errorf("killed after %d writes: links to %d applications, want 8", writes, len(links))
		}
		if due, err := o.Store.Due(t.Context(), nil, o.clock(), 10); err != nil || len(due) > 0 {
			t.Errorf("killed after %d writes: still due are %v, %v", writes, due, err)
		}
	}
}

// TestMailboxSaysNothing: what is stored about an address does not contain it, and expires.
func TestMailboxSaysNothing(t *testing.T) {
	o := newOffice(t, mentors)
	for range 8 {
		o.stranger("victim@example.org", "surgery@example.org", true)
	}
	o.mailed()
	found := 0
	for _, id := range o.ids() {
		if !strings.HasPrefix(id, "mailbox-") {
			continue
		}
		found++
		r, err := o.Store.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%+v %s", r, r.Data); strings.Contains(text, "victim") ||
			strings.Contains(text, "surgery") {
			t.Errorf("it has the address: %s", text)
		}
	}
	if found < 2 {
		t.Errorf("%d addresses are kept", found)
	}
	o.pass(10 * time.Minute)
	o.mailed()
	o.pass(91 * 24 * time.Hour)
	o.mailed() // the letter that the practice has not answered
	for range 3 {
		o.pass(24 * time.Hour)
		o.mailed()
	}
	if _, err := o.Desk.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range o.ids() {
		if strings.HasPrefix(id, "mailbox-") {
			r, _ := o.Store.Get(t.Context(), id)
			t.Errorf("%s is still kept: %+v", id, r)
		}
	}
}

// TestCrowdedOut: a stranger who begins drafts or sends applications with somebody's address cannot
// keep that person from getting links to their own. Links that the stranger asks for do not flood a
// mailbox that was proved.
func TestCrowdedOut(t *testing.T) {
	o := newOffice(t, careers)
	const victim = "victim@example.org"
	var own []string
	for i := range 10 {
		o.stranger(victim, "surgery@example.org", i%2 == 0)
		mail := o.mailed()
		if i%2 == 1 {
			if err := o.Resend(t.Context(), victim); err != nil {
				t.Fatal(err)
			}
			mail = o.mailed()
		}
		link := ""
		for _, m := range to(victim, mail) {
			for _, found := range anyLink.FindAllStringSubmatch(m.Text, -1) {
				ref, _, _ := strings.Cut(found[2], ".")
				if link = found[2]; slices.Contains(own, ref) {
					link = ""
				}
				if link == "" {
					continue
				}
				own = append(own, ref)
				if found[1] == "status" {
					_, err := o.Follow(t.Context(), link)
					if err != nil {
						t.Fatal(err)
					}
				} else if _, err := o.Resume(t.Context(), o.def, link); err != nil {
					t.Fatal(err)
				}
			}
		}
		o.pass(time.Hour)
	}
	if len(own) != 10 {
		t.Fatalf("the victim has %d", len(own))
	}
	for i := range 80 {
		o.stranger(victim, "surgery@example.org", i%2 == 0)
	}
	o.mailed()
	o.pass(25 * time.Hour)
	o.mailed()
	o.pass(2 * time.Hour)
	before := len(o.mail)
	if err := o.Resend(t.Context(), victim); err != nil {
		t.Fatal(err)
	}
	for range 3 { // a few dozen records each time
		o.mailed()
	}
	o.pass(10 * time.Minute)
	o.mailed()
	mail := to(victim, o.mail[before:])
	if len(mail) > 31 {
		t.Errorf("%d letters", len(mail))
	}
	linked := map[string]bool{}
	for _, m := range mail {
		for _, link := range anyLink.FindAllStringSubmatch(m.Text, -1) {
			ref, _, _ := strings.Cut(link[2], ".")
			linked[ref] = true
		}
	}
	for _, ref := range own {
		if !linked[ref] {
			t.Errorf("no link to %s, which is the victim's own", ref)
		}
	}
}
