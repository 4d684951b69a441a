package attend_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"traininghub/internal/attend/attendtest"
	"traininghub/internal/browsertest"
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/web"
	webattend "traininghub/internal/web/attend"
	"traininghub/internal/web/review"
	"traininghub/internal/web/status"
)

// A hub serves the pages of attendance.
type hub struct {
	*attendtest.Hub
	url string // of the server
}

func newHub(t *testing.T) *hub {
	t.Helper()
	return newHubWith(t, page.Assets{CSS: "/a.css", JS: "/a.js", Icon: "/a.svg"}, nil)
}

// newHubWith is newHub with styles and scripts, and their files.
func newHubWith(t *testing.T, assets page.Assets, files map[string][]byte) *hub {
	t.Helper()
	h := &hub{Hub: attendtest.New(t, "../../..", nil)}
	h.Office.Applications.PDF = pdf.Render
	pages, err := page.New(os.DirFS("../../../templates"), h.Site, assets)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := web.New(web.Settings{Office: h.Office, Pages: pages, Site: h.Site, Log: h.Log}, status.Routes, review.Routes, webattend.Routes)
	if err != nil {
		t.Fatal(err)
	}
	h.url = browsertest.Serve(t, files, handler, web.Below...)
	return h
}

// A browser is one person's.
type browser struct {
	*hub
	client *http.Client
	status int
	body   string
}

func (h *hub) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{hub: h, client: &http.Client{Jar: jar}}
}

func (b *browser) answer(r *http.Response, err error) *browser {
	b.T.Helper()
	if err != nil {
		b.T.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	b.status, b.body = r.StatusCode, string(body)
	return b
}

func (b *browser) get(path string) *browser {
	b.T.Helper()
	return b.answer(b.client.Get(b.url + path))
}

func (b *browser) post(path string, pairs ...string) *browser {
	b.T.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return b.answer(b.client.PostForm(b.url+path, v))
}

// says checks the page's status and words.
func (b *browser) says(status int, words ...string) *browser {
	b.T.Helper()
	for _, w := range words {
		if !strings.Contains(b.body, w) {
			b.T.Fatalf("status %d, lacks %q:\n%s", b.status, w, b.main())
		}
	}
	if b.status != status {
		b.T.Fatalf("status %d, want %d:\n%s", b.status, status, b.main())
	}
	return b
}

// main is the page's own content.
func (b *browser) main() string {
	_, main, _ := strings.Cut(b.body, "<main")
	main, _, _ = strings.Cut(main, "</main>")
	return main
}

// lacks checks that words are not on the page.
func (b *browser) lacks(words ...string) *browser {
	b.T.Helper()
	for _, w := range words {
		if strings.Contains(b.body, w) {
			b.T.Fatalf("it has %q:\n%s", w, b.main())
		}
	}
	return b
}

// link is what a letter to somebody links to.
func (h *hub) link(to, words, below string) string {
	h.T.Helper()
	mail := h.Mailed(to, words)
	if len(mail) != 1 {
		h.T.Fatalf("%d letters to %s with %q", len(mail), to, words)
	}
	return regexp.MustCompile(below + `\S*`).FindString(mail[0].Text)
}

func (h *hub) signIn(email string) *browser {
	h.T.Helper()
	b := h.browser()
	b.post("/review/sign-in", "email", email).says(200)
	h.Box = nil
	h.Work()
	b.post(h.link(email, "/review/sign-in/link/", "/review/sign-in/link/")).says(200)
	return b
}

const careers = attendtest.Careers

// TestJourney: a tutor marks without an account. Somebody absent gives a reason, is charged,
// appeals, and the charge is waived. The others get a certificate, which anybody can check.
func TestJourney(t *testing.T) {
	h := newHub(t)
	ada, ben, cyd := attendtest.Reference(1), attendtest.Reference(2), attendtest.Reference(3)
	h.Accept(1, careers, "cohort-1", "Ada Sample")
	h.Accept(2, careers, "cohort-1", "Ben <b>Bold</b>")
	h.Accept(3, careers, "cohort-1", "Cyd Sample")
	h.At("2021-11-02 17:00")
	at := h.link("tutor@example.org", "Workshop 1", "/attendance/")
	tutor := h.browser()
	tutor.get(at).says(200, "Mark who came (Workshop 1", "3 of 3 are not marked yet", "You can mark who came when it has begun").lacks("gp-1@example.org", "£", ada+"@")
	before := dump(h)
	tutor.get(at+"/workshops/1").says(200, "Ben &lt;b&gt;Bold", `name="is-`+ada+`"`, "Late or left early").lacks("@example.org\"", "700000")
	if dump(h) != before {
		t.Error("a look behind the link changes something")
	}
	tutor.post(at+"/workshops/1").says(422, "Mark at least one person")
	tutor.post(at+"/workshops/1", "is-"+ada, "late-or-left-early").says(422, "Enter how many minutes Ada Sample was there, from 1 to 179")
	tutor.post(at+"/workshops/1", "minutes-"+ada, "x").says(422, "from 1 to 179")
	tutor.post(at+"/workshops/1", "is-"+ada, "absent").says(200, "Saved. Thank you.", "Marked already", `class="hub-whole"`[:0]+"Absent")
	tutor.post(at+"/workshops/1", "rest", "yes", "is-"+ada, "absent").says(200, "Everybody is marked")
	tutor.post(at+"/workshops/1", "is-"+ben, "absent").says(200, "Somebody else had marked others")
	tutor.get(at+"/workshops/1/"+ben).says(200, "Marked at present: Came")
	tutor.post(at+"/workshops/1/"+ben, "is", "late-or-left-early", "minutes", "170").says(422, "Enter why you change this")
	tutor.post(at+"/workshops/1/"+ben, "is", "late-or-left-early", "minutes", "170", "why", "He left for a patient.").says(200, "2 hours 50 minutes there", "Changed: He left for a patient.")
	tutor.get(at + "/workshops/2").says(404)
	tutor.get(at[:len(at)-1]+"A/workshops/1").says(404, "This link does not work")

	// The next day Ada is asked.
	h.At("2021-11-03 08:00")
	own := h.browser()
	own.post(h.link("gp-1@example.org", "what happened", "/status/")).says(200, "Your workshops", "Marked: Absent", "Tell us what happened", "Put the workshops into your calendar")
	own.get("/status/workshops.ics").says(200, "BEGIN:VCALENDAR", "DTSTART:20211102T140000Z")
	own.get("/status/missed/1").says(200, "You were marked as absent from Workshop 1", "You can be charged £352.50", "I forgot, or had something else to do")
	own.post("/status/missed/1").says(422, "Select why you did not come")
	own.post("/status/missed/1", "reason", "reason-8", "text", "I am sorry.").says(200, "See how it stands")
	own.get("/status/missed/1").says(200, "The lead decides. We email you the decision.")
	own.get("/status/missed/2").says(200, "Your application") // nothing was missed
	own.get("/status/certificate.pdf").says(200, "Your application")

	// The lead decides; the lead of another course sees nothing.
	h.Work()
	lead := h.Lead(careers).Email
	here := h.link(lead, "decide", "/review/attendance/")
	h.browser().get(here).says(200, "Sign in")
	h.signIn(h.Lead(attendtest.Mentors).Email).get(here).says(404, "Page not found")
	leads := h.signIn(lead)
	leads.get("/review/attendance/").says(200, "Career Conversation Training, Cohort 1, 2021/22")
	leads.get(here).says(200, "I forgot, or had something else to do", "I am sorry.", "Decide about this", "issued by itself once they have come")
	leads.post(here+"/missed/1", "what", "charged").says(422, "Enter what you want to tell the participant", "Enter your full name to sign")
	leads.post(here+"/missed/1", "what", "charged", "why", "The dates were known.", "name", "Dr Lead").says(200, "Your decision is recorded", "Charged, by Dr Lead")
	leads.post(here+"/missed/1", "what", "charged", "why", "The dates were known.", "name", "Dr Lead").says(200)
	h.Work()
	own.get("/status/missed/1").says(200, "You are charged £352.50.", "The dates were known.", "Ask for another look")
	own.post("/status/missed/1", "text", "The link did not work.").says(200)
	h.Work()
	again := h.link("appeals@example.org", "look again", "/review/attendance/")
	leads.get(again + "/missed/1").says(404)
	appeals := h.signIn("appeals@example.org")
	appeals.get("/review/").says(200, "Who came")
	appeals.get(again).says(200, "The link did not work.", "Decide about this").lacks("Correct the name")
	appeals.get(strings.Replace(again, ada, ben, 1)).says(404)
	appeals.get(again[:strings.Index(again, "/people/")]).says(200, "Ada Sample").lacks("Ben")
	appeals.post(again+"/missed/1", "what", "waived", "why", "The link was wrong.", "name", "Ann Appeals").says(200, "Second decision", "waived, by Ann Appeals")
	own.get("/status/missed/1").says(200, "They decided: Nothing is charged.")

	// The others come to all; the certificate and its check.
	for i, end := range []string{"2021-11-09 17:00", "2021-11-23 20:00"} {
		h.At(end)
		at := h.link("tutor@example.org", fmt.Sprintf("Workshop %d", i+2), "/attendance/")
		tutor.post(fmt.Sprintf("%s/workshops/%d", at, i+2), "rest", "yes").says(200)
	}
	h.Work()
	mail := h.Mailed("gp-3@example.org", "Your certificate")
	if len(mail) != 1 || len(mail[0].Attachments) != 1 || !bytes.HasPrefix(mail[0].Attachments[0].Data, []byte("%PDF-")) {
		t.Fatalf("the certificate goes as %d letters", len(mail))
	}
	number := regexp.MustCompile(`[A-Z]{4}-[A-Z]{4}-\d\d`).FindString(mail[0].Text)
	anybody := h.browser()
	anybody.get("/certificate/").says(200, "Certificate number")
	anybody.post("/certificate/", "number", number, "surname", "Sample").says(200, "This certificate is valid", "Career Conversation Training", "November 2021").lacks("Cyd", cyd)
	unknown := anybody.post("/certificate/", "number", number, "surname", "Other").says(200, "We do not know this certificate").body
	if other := anybody.post("/certificate/", "number", "x", "surname", "Sample").body; other != unknown {
		t.Error("a wrong name and a wrong number are told apart")
	}
	third := h.browser()
	third.post(regexp.MustCompile(`/status/\S+`).FindString(mail[0].Text)).says(200, "Download your certificate (PDF)")
	third.get("/status/certificate.pdf").says(200, "%PDF-")
	h.At("2021-11-24 12:00")
	third.post(h.link("gp-3@example.org", "few short questions", "/status/")).says(200, "Answer a few short questions")
	third.get("/status/questions").says(200, "How useful was the course for your work?")
	third.post("/status/questions", "question-1", "answer-1-1").says(422, "Select an answer")
	third.post("/status/questions", "question-1", "answer-1-1", "question-2", "answer-2-1", "question-3", "answer-3-1").says(200).lacks("few short questions")
	office := h.signIn("office@example.org")
	people := here[:strings.Index(here, "/people/")] + "/people/"
	office.get(people+cyd).says(200, number, "Correct the name").lacks("Accept a qualification", "Decide about this")
	office.get(people+cyd+"/certificate.pdf").says(200, "%PDF-")
	office.get(people + cyd + "/qualification").says(404)
	office.post(people+cyd+"/missed/1", "what", "waived", "why", "x", "name", "Olive Office").says(404)
	office.post(people+cyd+"/name", "name", "Cyd Simple", "why", "Married.").says(200, "The name is corrected")
	anybody.post("/certificate/", "number", number, "surname", "Sample").says(200, "This certificate was replaced")
	office.post(people+ada+"/marks/1", "is", "came", "why", "The tutor rang.").says(200, "The tutor rang.", "The mark was corrected.")
	for range 60 {
		anybody.post("/certificate/", "number", "x", "surname", "y")
	}
	anybody.says(429, "Wait before you try again")
}

// dump is all that the register says.
func dump(h *hub) string {
	h.T.Helper()
	r, err := h.Office.Applications.Store.Get(h.T.Context(), "attendance.career-conversations.2021-22.cohort-1")
	if err != nil {
		h.T.Fatal(err)
	}
	return fmt.Sprint(r.Version, string(r.Data))
}

// TestProgramme: a mentor ticks their progress; the provider confirms, only through its link.
func TestProgramme(t *testing.T) {
	h := newHub(t)
	ada := attendtest.Reference(1)
	h.Accept(1, attendtest.Mentors, "cohort-1", "Ada Sample")
	h.At("2021-11-17 16:30")
	at := h.link("provider@example.org", "who came", "/attendance/")
	provider := h.browser()
	provider.get(at).says(200, "Confirm that Ada Sample has completed it")
	provider.post(at+"/workshops/1", "rest", "yes").says(200)
	a, _, err := h.Office.Applications.StatusLink(t.Context(), ada, "test")
	if err != nil {
		t.Fatal(err)
	}
	own := h.browser()
	own.post(a[strings.Index(a, "/status/"):]).says(200, "Tick how far you are in the programme")
	own.get("/status/progress").says(200, "Weeks 1 to 2", "Week 33", "5 are needed")
	own.post("/status/progress", "module-1", "yes", "count-1", "3", "count-2", "x").says(200)
	own.get("/status/progress").says(200, "Done on Wednesday 17 November 2021", `value="3"`)
	lead := h.signIn(h.Lead(attendtest.Mentors).Email)
	here := "/review/attendance/cohorts/attendance.supporting-mentors.2021-22.cohort-1/people/" + ada
	provider.post(at+"/completed/"+ada).says(200, "Thank you", "Ada Sample has completed it.")
	provider.post(at + "/completed/" + attendtest.Reference(2)).says(404)
	r, err := h.Desk.Register(t.Context(), "attendance.supporting-mentors.2021-22.programme-start")
	if err != nil {
		t.Fatal(err)
	}
	here = "/review/attendance/cohorts/" + r.ID + "/people/" + ada
	lead.get(here).says(200, "3 of 5", "The provider confirmed on")
	lead.post(here+"/qualification", "what", "").says(422)
	lead.post(here+"/qualification", "what", "ILM 5").says(200, "Counts as trained")
	h.Work()
	own.get("/status/certificate.pdf").says(200, "%PDF-")
}
