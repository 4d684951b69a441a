package web_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/application"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

// linkTo asks, as anybody can, for the link to an address's draft, and takes it from the letter.
func (h *hub) linkTo(email, prefix string) string {
	h.t.Helper()
	h.browser().post("/status/link", form.Values{"email": email}).want(200, "/status/link/sent")
	return prefix + h.secretOf("", prefix)
}

// TestHijack: a stranger fills in a draft with the victim's address, and has the link mailed. Once
// the victim has pressed the button behind it, the stranger's device can open and change nothing,
// and nothing that the stranger typed is sent before the victim has gone through it.
func TestHijack(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms[mentors]
	asked := application.AskedIn(def)
	base := "/apply/" + mentors
	practice := base + "/" + asked.ID

	stranger := h.browser().through(def)
	theirs := good(firstWith(def, asked.ID))
	theirs[asked.Questions[1].ID] = "thief@example.org"
	stranger.post(practice, theirs).want(200, base+"/check")

	link := h.linkTo(good(&def.Sections[0])["email"], base+"/resume/")
	if stranger.get(base+"/check").want(200, base+"/check"); !strings.Contains(stranger.body, "thief@example.org") {
		t.Fatal("the stranger's device does not show what was typed there")
	}
	victim := h.browser()
	victim.get(link).want(200, link)
	victim.post(link, nil).want(200, base+"/"+def.Sections[0].ID).says("begun on another device", "Check each answer")

	refused := func(when string) {
		t.Helper()
		before := h.application(strings.SplitN(named("draft", victim.cookies(base)), ".", 2)[0])
		for _, path := range []string{base, base + "/check", base + "/" + def.Sections[1].ID, practice,
			base + "/declarations", base + "/sent"} {
			if stranger.get(path); stranger.status != http.StatusNotFound || strings.Contains(stranger.body,
				"example.org\"") {
				t.Errorf("%s: GET %s by the stranger: status %d", when, path, stranger.status)
			}
		}
		for path, v := range map[string]form.Values{
			practice: theirs, base + "/" + def.Sections[0].ID: good(&def.Sections[0]),
			base + "/declarations": signed(def),
		} {
			if stranger.post(path, v); stranger.status != http.StatusNotFound {
				t.Errorf("%s: POST %s by the stranger: status %d", when, path, stranger.status)
			}
		}
		after := h.application(before.Reference)
		if after.Saved != before.Saved || len(after.Events) != len(before.Events) {
			t.Errorf("%s: the stranger changed the draft", when)
		}
	}
	refused("after the button")

	// Nothing is sent that the victim has not gone through.
	victim.post(base+"/declarations", signed(def)).want(422, base+"/declarations")
	for i := range def.Sections {
		victim.says("Check the section “" + def.Sections[i].Title + "”")
	}
	for i := range def.Sections {
		s := &def.Sections[i]
		at := base + "/" + s.ID
		victim.get(at).want(200, at).says("begun on another device")
		switch {
		case s.Repeat != nil:
			victim.post(at, form.Values{"another": "no"})
		case s.ID == asked.ID:
			mine := maps.Clone(theirs)
			mine[asked.Questions[1].ID] = "manager@example.org"
			victim.post(at, mine)
		default:
			victim.post(at, good(s))
		}
		if victim.get(at); strings.Contains(victim.body, "begun on another device") {
			t.Errorf("%s is said to be unchecked after it was gone through", s.ID)
		}
		refused("after " + s.ID)
	}

	// A second device of the victim's asks for nothing again, and does not close the first.
	second := h.browser()
	second.post(h.linkTo("email@example.org", base+"/resume/"), nil).want(200, base+"/check")
	victim.get(base+"/check").want(200, base+"/check")
	victim.post(base+"/declarations", signed(def)).want(200, base+"/sent")
	refused("after sending")
	h.deliver()
	for _, m := range h.mail {
		if strings.Contains(m.To, "thief") {
			t.Errorf("a letter to the stranger: %s", m.Subject)
		}
	}
	if a := h.application(reference.FindString(victim.body)); a.Authorisation.Email != "manager@example.org" {
		t.Errorf("the practice is asked at %s", a.Authorisation.Email)
	}
}

// TestOwnDevice: what the applicant begins after opening the link is not said to come from another
// device, neither a list's first entry nor a section that they leave in the middle.
func TestOwnDevice(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms[ccts]
	base := "/apply/" + ccts
	b := h.browser()
	b.post(base+"/start", good(&def.Sections[0]))
	b.post(base+"/your-address", form.Values{"town": "Derby", "leave": "yes"})
	link := h.linkTo("email@example.org", base+"/resume/")
	b.post(link, nil).want(200, base+"/.*")
	b.get(base + "/your-address").says("begun on another device")
	list := base + "/references"
	b.post(list, form.Values{"another": "yes"}).want(200, list+"/.*")
	b.post(b.path, good(firstWith(def, "references"))).want(200, list).says("You have added 1 reference")
	half := base + "/your-reasons"
	b.post(half, form.Values{"objectives": "To listen", "leave": "yes"}).want(200, half+".*")
	b.post(h.linkTo("email@example.org", base+"/resume/"), nil).want(200, base+"/.*")
	b.get(half).want(200, half).says("To listen")
	for _, at := range []string{list, half} {
		if b.get(at); strings.Contains(b.body, "begun on another device") {
			t.Errorf("%s, begun on this device, is said to come from another", at)
		}
	}
	b.post(base+"/declarations", signed(def)).want(422, base+"/declarations").says("Check the section")
}

// firstWith is the section with the id.
func firstWith(def *form.Definition, id string) *form.Section {
	s, _ := def.Section(id)
	return s
}

// TestHijackByAddress: a device that has proved one mailbox has not proved the address that
// replaces it.
func TestHijackByAddress(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms[ccts]
	base := "/apply/" + ccts
	first := good(&def.Sections[0])
	first["email"] = "thief@example.org"
	stranger := h.browser()
	stranger.post(base+"/start", first)
	stranger.post(h.linkTo("thief@example.org", base+"/resume/"), nil).want(200, base+"/.*")
	first["email"] = "victim@example.org"
	stranger.post(base+"/"+def.Sections[0].ID, first).want(200, base+"/.*")
	stranger.post(base+"/"+def.Sections[1].ID, good(&def.Sections[1])).want(200, base+"/.*")

	victim := h.browser()
	victim.post(h.linkTo("victim@example.org", base+"/resume/"), nil).want(200,
		base+"/"+def.Sections[0].ID).says("begun on another device")
	victim.get(base + "/" + def.Sections[1].ID).says("begun on another device")
	stranger.get(base).want(404, base)
}

// TestUnprovedSends: somebody who never opens a link can still send, and the button behind the link
// to the status ends what their device could still see.
func TestUnprovedSends(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms[mentors]
	base := "/apply/" + mentors
	b := h.browser().through(def)
	b.post(base+"/declarations", signed(def)).want(200, base+"/sent")
	ref := reference.FindString(b.body)
	h.browser().post("/status/"+h.secretOf(ref, "/status/"), nil).want(200, "/status/")
	b.get(base+"/sent").want(404, base+"/sent")
	if events := h.application(ref).Events; !slices.ContainsFunc(events,
		func(e record.Event) bool { return e.What == application.EventReceived }) {
		t.Error("not received")
	}
}
