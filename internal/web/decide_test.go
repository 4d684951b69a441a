package web_test

import (
	"context"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
)

// board is a hub with an application, the course's lead and deputy, and somebody of the office.
type board struct {
	*hub
	ref                  string
	lead, deputy, office *browser
}

func newBoard(t testing.TB, id string) *board {
	t.Helper()
	h := newHub(t)
	h.course(id).Deputy = &course.Contact{Name: "Dee Deputy", Email: "deputy@example.org"}
	h.office.Contacts = []course.Contact{{Name: "Olu Office", Email: "office@example.org"}}
	b := &board{hub: h, ref: h.apply(id)}
	b.lead, b.deputy, b.office = h.staff(h.course(id).Lead.Email), h.staff("deputy@example.org"),
		h.staff("office@example.org")
	return b
}

// apply sends an application and returns its reference.
func (h *hub) apply(id string) string {
	h.t.Helper()
	def := h.desk.Programme.Forms[id]
	b := h.browser().through(def)
	return reference.FindString(b.post("/apply/"+id+"/declarations", signed(def)).want(200, "/apply/"+id+"/sent").body)
}

// status is the application's, read behind the pages.
func (b *board) status() application.Status {
	b.t.Helper()
	a, err := decide.Of(b.desk).ForReview(context.Background(), b.hub.office.Staff("deputy@example.org"), b.ref, false)
	if err != nil {
		b.t.Fatal(err)
	}
	return a.Status()
}

// letters delivers and returns the subjects of what went, without references.
func (b *board) letters() string {
	b.t.Helper()
	before := len(b.mail)
	if _, err := b.hub.office.Post().Deliver(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	var all []string
	for _, m := range b.mail[before:] {
		all = append(all, reference.ReplaceAllString(m.Subject, "…"))
	}
	return strings.Join(all, "; ")
}

func accepting(change ...string) form.Values {
	v := form.Values{"decision": "accept", "cohort": "cohort-1", "funding-day": "17", "funding-month": "Nov",
		"funding-year": "2021", "name": "Lee Lead"}
	for i := 0; i < len(change); i += 2 {
		v[change[i]] = change[i+1]
	}
	return v
}

func declining(change ...string) form.Values {
	return accepting(append([]string{"decision", "decline", "reason", "places-full", "name", "Dee Deputy"},
		change...)...)
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// previewed are the fields of the page that shows the letter, with the button to press.
func (b *browser) previewed(do string) form.Values {
	b.t.Helper()
	v := form.Values{"do": do}
	for _, m := range hidden.FindAllStringSubmatch(b.body, -1) {
		v[m[1]] = html.UnescapeString(m[2])
	}
	if v["shown"] == "" {
		b.t.Fatalf("no letter is shown: %s", text(b.body))
	}
	return v
}

func TestDecide(t *testing.T) {
	b := newBoard(t, ccts)
	at := "/review/" + b.ref
	b.letters()
	b.office.get(at).want(200, at).says("There is no decision", "Cohort 1")
	if strings.Contains(b.office.body, at+"/decision") {
		t.Error("the office is offered to decide")
	}
	b.office.get(at+"/cohort").want(200, at+"/cohort").says("Assign a cohort", "Tuesday 2 November 2021, 2pm to 5pm",
		"0 accepted, no limit set")
	b.office.post(at+"/cohort", form.Values{"cohort": "cohort-7"}).want(422, at+"/cohort").says("There is a problem",
		"Select a cohort")
	b.office.post(at+"/cohort", form.Values{"cohort": "cohort-2"}).want(200,
		at).says("Cohort 2 (0 accepted, no limit set)")
	b.office.post(at+"/cohort", form.Values{"cohort": "cohort-2"}).want(200, at)

	b.lead.get(at).want(200, at)
	b.lead.get(at+"/decision").want(200, at+"/decision").says("What is your decision?")
	b.lead.post(at+"/decision", form.Values{"do": "chosen", "decision": "decline"}).want(200, at+"/decision").says(
		"Decline the application", "What is the reason?", "All places in the cohorts")
	b.lead.post(at+"/decision", form.Values{"do": "chosen", "decision": "accept", "cohort": "cohort-2"}).want(200,
		at+"/decision").says("Accept the application", "The applicant asked for Cohort 1", "Places: 0 accepted, no limit set")
	if !strings.Contains(b.lead.body, `value="cohort-2" checked`) {
		t.Error("the cohort assigned is not chosen beforehand")
	}
	b.lead.post(at+"/decision", nil).want(422, at+"/decision").says("Select whether you accept or decline")
	wrong := accepting("funding-day", "31", "text", `<b>"kept"</b>`, "name", "")
	b.lead.post(at+"/decision", wrong).want(422, at+"/decision").says("must be a real date",
		"Enter your full name to sign")
	for _, kept := range []string{`value="31"`, `name="decision" value="accept"`, `value="cohort-1" checked`,
		"&lt;b&gt;&#34;kept&#34;&lt;/b&gt;</textarea>", "<title>Error: "} {
		if !strings.Contains(b.lead.body, kept) {
			t.Errorf("the page has no %s", kept)
		}
	}
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(b.lead.body, -1) {
		if !strings.Contains(b.lead.body, `id="`+link[1]+`"`) {
			t.Errorf("the summary leads to %s, which is not there", link[1])
		}
	}
	b.lead.post(at+"/decision", accepting("funding-year", "2027")).want(422,
		at+"/decision").says("on or before 20 September 2023")

	b.lead.post(at+"/decision", accepting("text",
		"Line one\r\n\r\n<script>x</script> {{reference}} & \"more\"")).want(200, at+"/decision").
		says("Nothing has been sent yet", "Decision on your application "+b.ref, "career-conversations-cohort-1.ics",
			"<script>x</script> {{reference}} & \"more\"", "Wednesday 17 November 2021", decide.LinkShown)
	page := b.lead.previewed("change")
	b.lead.post(at+"/decision", page).want(200, at+"/decision").says("Accept the application")
	if !strings.Contains(b.lead.body, "Line one\n\n&lt;script&gt;") || !strings.Contains(b.lead.body,
		`value="Lee Lead"`) {
		t.Error("changing loses what was typed")
	}
	if got := b.letters(); got != "" || b.status() != application.Received {
		t.Errorf("before anything was sent: %q, %s", got, b.status())
	}
	page["do"] = "send"
	b.lead.post(at+"/decision", page).want(200, at).says("Accepted", "Cohort 1", "Lee Lead")
	b.lead.post(at+"/decision", page).want(200, at) // a double click, or back and again
	b.lead.get(at+"/decision").want(200, at)        // back
	if got := b.letters(); got != "Decision on your application …: Career Conversation Training; Application … was decided: Career Conversation Training" {
		t.Errorf("letters: %s", got)
	}
	letter := b.mail[len(b.mail)-2]
	if !strings.Contains(letter.Text, "Line one\n\n<script>x</script> {{reference}} & \"more\"") ||
		letter.Attachments[0].Name != "career-conversations-cohort-1.ics" {
		t.Errorf("the letter: %s", letter.Text)
	}
	if strings.Contains(b.log.String(), "Line one") || strings.Contains(b.log.String(), "Lee Lead") ||
		strings.Contains(b.log.String(), "example.org") {
		t.Error("the log holds what was typed")
	}

	// Somebody who comes too late, at any page.
	for _, late := range []form.Values{declining(), page} {
		b.deputy.post(at+"/decision", late).want(409, at+"/decision").says("This application was decided already",
			"Somebody else decided first", "Lee Lead", "Accepted")
	}
	b.deputy.get(at+"/decision").want(200, at).says("Lee Lead")
	b.office.post(at+"/cohort", form.Values{"cohort": "cohort-3"}).want(409,
		at+"/cohort").says("This application was decided already")
	b.office.get(at+"/cohort").want(200, at)
}

// TestDecideBeforeThePractice: accepting before the practice has answered needs a tick, and the
// letter and the page say so.
func TestDecideBeforeThePractice(t *testing.T) {
	b := newBoard(t, mentors)
	at := "/review/" + b.ref
	b.course(mentors).Cohorts[0].Places = 1
	b.lead.get(at+"/decision").want(200, at+"/decision").says("The practice has not confirmed yet")
	b.lead.post(at+"/decision", form.Values{"do": "chosen", "decision": "accept"}).says("1 of 1 places left")
	b.lead.post(at+"/decision", accepting()).want(422,
		at+"/decision").says("Confirm that the practice confirmed in another way")
	b.lead.post(at+"/decision", accepting("paper", "yes")).want(200,
		at+"/decision").says("The practice has not confirmed on the hub", "The practice confirmed in another way")
	if strings.Contains(b.lead.body, "is full") {
		t.Error("there is a place left")
	}
	b.lead.post(at+"/decision", b.lead.previewed("send")).want(200, at).says("Application accepted",
		"The practice confirmed in another way Sent: ")

	b.ref = b.apply(mentors)
	at = "/review/" + b.ref
	b.lead.post(at+"/decision", accepting("paper", "yes", "text", "\n a\x00b\xff\u202e\t\r\n ")).want(200,
		at+"/decision").says("Programme start is full: no place left of 1. You can still accept.")
	b.lead.post(at+"/decision", b.lead.previewed("send")).want(200, at).says("Accepted")
}

// TestDecideStale: a letter that changed since it was shown is shown again, and a page from before
// a reopening decides nothing.
func TestDecideStale(t *testing.T) {
	b := newBoard(t, ccts)
	at := "/review/" + b.ref
	b.lead.post(at+"/reopen", form.Values{"reason": "x"}).want(409, at+"/reopen").says("changed nothing")
	b.lead.post(at+"/decision", declining()).want(200,
		at+"/decision").says("The reason is: All places in the cohorts that you could join have been taken.")
	old := b.lead.previewed("send")
	b.pass(15 * time.Hour)
	b.lead, b.deputy = b.staff(b.course(ccts).Lead.Email), b.staff("deputy@example.org")
	b.lead.post(at+"/decision", old).want(409, at+"/decision").says("Check again before you send",
		"Tuesday 21 September 2021")
	seen := b.lead.previewed("send")
	forged := form.Values{"do": "send", "shown": ""}
	for name, value := range seen {
		if name != "shown" {
			forged[name] = value
		}
	}
	b.lead.post(at+"/decision", forged).want(200, at+"/decision").says("Nothing has been sent yet")
	if b.status() != application.Received {
		t.Fatal("decided without having seen the letter")
	}
	b.lead.post(at+"/decision", seen).want(200, at).says("Declined")

	b.deputy.get(at+"/reopen").want(200, at+"/reopen").says("Reopen the decision", "of Dee Deputy", "declined")
	again := at + "/reopen?round=0"
	if !strings.Contains(b.deputy.body, `action="`+again+`"`) {
		t.Errorf("the page does not post to %s", again)
	}
	b.deputy.post(again, nil).want(422, at+"/reopen").says("Enter the reason for reopening the decision")
	b.deputy.post(again, form.Values{"reason": "Mixed up <two> people"}).want(200, at).says("There is no decision",
		"Declined on Tuesday 21 September 2021 by Dee Deputy", "Mixed up <two> people")
	b.deputy.post(again, form.Values{"reason": "Mixed up <two> people"}).want(200, at) // a double click
	b.lead.post(at+"/decision", seen).want(409, at+"/decision").says("Check again before you send")
	b.lead.post(at+"/decision", b.lead.previewed("send")).want(200, at).says("Declined")
	b.deputy.post(again, form.Values{"reason": "I still think so"}).want(409,
		at+"/reopen").says("This application was decided already")
	if b.status() != application.Declined {
		t.Error("a decision that nobody had seen was taken back")
	}
	if strings.Contains(b.log.String(), "Mixed up") {
		t.Error("the log holds what was typed")
	}
}

// TestDecidePracticeAnswers: if the practice answers while the lead looks at the letter, the answer
// is shown before the letter goes.
func TestDecidePracticeAnswers(t *testing.T) {
	b := newBoard(t, mentors)
	at := "/review/" + b.ref
	b.letters()
	b.lead.post(at+"/decision", accepting("paper", "yes")).want(200, at+"/decision")
	i := slices.IndexFunc(b.mail, func(m record.Message) bool { return strings.Contains(m.Text, "/practice/"+b.ref) })
	link := regexp.MustCompile(`/practice/\S+`).FindString(b.mail[i].Text)
	practice := b.browser().get(link)
	seen := hidden.FindStringSubmatch(practice.body)[2]
	practice.post(link, form.Values{"seen": seen, "answer": intake.Refuse, "reason": "She has left us.",
		"name": "Pat Practice", "role": "Manager"}).want(200, link)
	b.lead.post(at+"/decision", b.lead.previewed("send")).want(409, at+"/decision").
		says("Something has changed", "The practice did not confirm, on Monday 20 September 2021. Its reason: She "+
			"has left us.")
	b.lead.post(at+"/decision", b.lead.previewed("send")).want(200, at).says("Application accepted")
}

// TestDecideFull: nobody gives away more places than there are without being told.
func TestDecideFull(t *testing.T) {
	b := newBoard(t, ccts)
	b.course(ccts).Cohorts[0].Places = 1
	first, second := "/review/"+b.ref+"/decision", "/review/"+b.apply(ccts)+"/decision"
	b.lead.post(first, accepting()).want(200, first)
	b.deputy.post(second, accepting()).want(200, second)
	b.lead.post(first, b.lead.previewed("send")).want(200, "/review/"+b.ref)
	b.deputy.post(second, b.deputy.previewed("send")).want(409, second).says("Check again before you send",
		"Cohort 1 is full: no place left of 1. You can still accept.")
	b.deputy.post(second, b.deputy.previewed("send")).want(200,
		strings.TrimSuffix(second, "/decision")).says("Accepted")
}

// TestDecideWithdrawn: whoever decides on a withdrawn application is told so.
func TestDecideWithdrawn(t *testing.T) {
	b := newBoard(t, ccts)
	at := "/review/" + b.ref
	b.letters()
	b.lead.post(at+"/decision", declining()).want(200, at+"/decision")
	i := slices.IndexFunc(b.mail, func(m record.Message) bool { return strings.Contains(m.Text, "/status/"+b.ref) })
	applicant := b.browser()
	applicant.post(regexp.MustCompile(`/status/\S+`).FindString(b.mail[i].Text), nil).want(200, "/status/")
	applicant.post("/status/withdraw", nil)
	b.lead.post(at+"/decision", b.lead.previewed("send")).want(409, at+"/decision").says("The applicant has withdrawn",
		"was not saved")
	b.lead.get(at+"/decision").want(200, at)
	b.lead.get(at+"/reopen").want(200, at)
	b.lead.post(at+"/reopen?round=0", form.Values{"reason": "x"}).want(409,
		at+"/reopen").says("The applicant has withdrawn")
}

// TestDecideForbidden: an application that is not theirs to decide is answered in the same words as
// one that does not exist.
func TestDecideForbidden(t *testing.T) {
	b := newBoard(t, ccts)
	stranger := b.staff(b.course(mentors).Lead.Email)
	at := "/review/" + b.ref
	none := "/review/CC-2C2C-C2C2"
	missing := text(stranger.get(none+"/decision").want(404, none+"/decision").body)
	for _, path := range []string{"/decision", "/reopen", "/cohort"} {
		for who, someone := range map[string]*browser{"the lead of another course": stranger, "the office": b.office} {
			if who == "the office" && path == "/cohort" {
				continue
			}
			if got := text(someone.get(at+path).want(404, at+path).body); got != missing {
				t.Errorf("%s at %s: %s", who, path, got)
			}
			v := accepting("reason", "x", "do", "send", "shown", "x")
			if got := text(someone.post(at+path, v).want(404, at+path).body); got != missing {
				t.Errorf("%s posts to %s: %s", who, path, got)
			}
		}
		b.browser().get(at+path).want(200, "/review/sign-in")
		b.browser().post(at+path, accepting()).want(403, at+path)
		for _, ref := range []string{"x", strings.ToLower(b.ref), url.PathEscape(b.ref + "\n"), "CC-"} {
			if b.lead.get("/review/" + ref + path); b.lead.status != 404 {
				t.Errorf("%s: status %d", ref, b.lead.status)
			}
		}
	}
	if b.status() != application.Received {
		t.Error("somebody decided")
	}
}

// TestDecideOwn: nobody reads or decides on their own application as staff; a lead's is decided by
// the deputy, who gets the letters.
func TestDecideOwn(t *testing.T) {
	b := newBoard(t, ccts)
	b.course(ccts).Lead.Email = strings.ToUpper(b.application(b.ref).Document.Applicant.Email)
	own := b.staff(b.course(ccts).Lead.Email)
	at := "/review/" + b.ref
	own.get("/review/").want(200, "/review/").says(b.ref)
	refused := func() {
		t.Helper()
		for _, path := range []string{"", "/application.pdf", "/decision", "/reopen", "/cohort"} {
			own.get(at+path).want(403, at+path).says("This is your own application", "Get a link to your application")
		}
		for _, path := range []string{"/notes", "/decision", "/reopen", "/cohort"} {
			own.post(at+path, accepting("reason", "x", "note", "x", "do", "send", "shown", "x")).want(403, at+path)
		}
		own.post("/review/search", form.Values{"search": b.ref}).want(403,
			"/review/search").says("This is your own application")
	}
	refused()
	b.deputy.post(at+"/notes", form.Values{"note": "A colleague of mine"}).want(200, at)
	b.deputy.post(at+"/decision", declining()).want(200, at+"/decision")
	b.deputy.post(at+"/decision", b.deputy.previewed("send")).want(200, at)
	refused()

	before := len(b.mail)
	b.letters()
	to := ""
	for _, m := range b.mail[before:] {
		if strings.Contains(m.Subject, "was decided") {
			to += m.To
		}
	}
	if to != "deputy@example.org" {
		t.Errorf("the letter about the decision goes to %q", to)
	}
}
