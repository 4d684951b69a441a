package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

// sentToPractice sends an application for the Supporting Mentors Scheme and returns its reference,
// and the path of the practice's link.
func sentToPractice(h *hub) (ref, link string) {
	h.t.Helper()
	def := h.desk.Programme.Forms["supporting-mentors"]
	b := h.browser().through(def).post("/apply/supporting-mentors/declarations", signed(def)).want(200,
		"/apply/supporting-mentors/sent")
	return reference.FindString(b.body), h.linkToPractice()
}

// linkToPractice delivers what is due and returns the path of the link in the last letter to the
// practice.
func (h *hub) linkToPractice() string {
	h.t.Helper()
	if _, err := h.office.Post().Deliver(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.mail) - 1; i >= 0; i-- {
		if link := regexp.MustCompile(`/practice/\S+`).FindString(h.mail[i].Text); link != "" {
			return link
		}
	}
	h.t.Fatal("no letter to the practice")
	return ""
}

// stored is what the store keeps of an application.
func (h *hub) stored(ref string) (record.Record, *application.Application) {
	h.t.Helper()
	r, err := h.desk.Store.Get(context.Background(), ref)
	if err != nil {
		h.t.Fatal(err)
	}
	a := &application.Application{}
	if err := json.Unmarshal(r.Data, a); err != nil {
		h.t.Fatal(err)
	}
	return r, a
}

var seenField = regexp.MustCompile(`name="seen" value="([0-9a-f]{64})"`)

// answer posts v to the practice's page, with what the page shows.
func (b *browser) answer(link string, v form.Values) *browser {
	b.t.Helper()
	b.get(link).want(200, link)
	all := form.Values{}
	if found := seenField.FindStringSubmatch(b.body); found != nil {
		all["seen"] = found[1]
	}
	for name, text := range v {
		all[name] = text
	}
	return b.post(link, all)
}

func TestPractice(t *testing.T) {
	h := newHub(t)
	ref, link := sentToPractice(h)
	before, _ := h.stored(ref)
	b := h.browser()
	for range 10 { // mail scanners open links, too
		b.get(link).want(200, link)
	}
	if after, _ := h.stored(ref); after.Version != before.Version {
		t.Error("opening the link changed the application")
	}
	b.says("Confirm for your practice", "Angharad O'Neill <b>&amp; first-names Angharad O'Neill <b>&amp; surname", ref,
		"Mentor Training, Supporting Mentors Scheme",
		"Practice name Angharad O'Neill <b>&amp; practice-name", "Clinical sessions a week 6",
		"I confirm that the doctor currently does at least")
	for _, never := range []string{"7654321", "01632 96", "SW1A", "objectives", "referee", "@example.org",
		"&amp;amp;amp;", "<b>"} {
		if strings.Contains(b.body, never) {
			t.Errorf("the page shows %q", never)
		}
	}
	if c := b.header.Get("Set-Cookie"); c != "" || b.header.Get("Cache-Control") != "no-store" {
		t.Errorf("cookie %q, cache %q", c, b.header.Get("Cache-Control"))
	}

	// Mistakes keep everything that was typed.
	b.answer(link, nil).want(422, link).says("There is a problem",
		"Select what you confirm, or that you cannot confirm it", "Enter your full name",
		"Enter your role at the practice")
	if !strings.Contains(b.body, "<title>Error: ") {
		t.Error("the title does not begin with Error:")
	}
	for _, input := range []string{"answer", "name", "role"} {
		if !strings.Contains(b.body, `href="#`+input+`"`) || !strings.Contains(b.body, `id="`+input+`"`) {
			t.Errorf("the summary does not lead to %s", input)
		}
	}
	b.answer(link, form.Values{"answer": "refuse", "name": `Jo "<script>`, "role": "R\u202e"}).want(422,
		link).says("Enter the reason why you cannot confirm this")
	if !strings.Contains(b.body, `value="Jo &#34;&lt;script&gt;"`) ||
		!strings.Contains(b.body, `value="refuse" checked`) {
		t.Errorf("what was typed is not kept")
	}

	// What was shown is no longer what is to be confirmed.
	good := form.Values{"answer": "confirm", "name": "Jo <b>Example</b>", "role": "Practice manager"}
	for _, seen := range []string{"", strings.Repeat("0", 64), "zz", "MARKER"} {
		v := form.Values{"seen": seen}
		for name, text := range good {
			v[name] = text
		}
		b.answer(link, v).want(422, link).says("What you are asked to confirm has changed. Read it again before you " +
			"answer")
		if !strings.Contains(b.body, `href="#shown"`) || !strings.Contains(b.body, `id="shown"`) ||
			!seenField.MatchString(b.body) || !strings.Contains(b.body, `value="confirm" checked`) {
			t.Error("the page is not shown again with the answers kept")
		}
	}
	if after, _ := h.stored(ref); after.Version != before.Version {
		t.Error("mistakes changed the application")
	}

	h.set(time.Date(2021, 9, 21, 14, 5, 0, 0, course.London))
	b.answer(link, good).want(200, link).says("Your practice has confirmed this",
		"It was confirmed at 2:05pm on Tuesday 21 September 2021",
		"This is what was confirmed: “On behalf of the employing practice, I confirm that the doctor currently does", "take it back until 3:05pm on Tuesday 21 September 2021")
	// Going back and answering again from another browser, now refusing: the page is the finished
	// one, without names.
	after, a := h.stored(ref)
	for range 3 {
		h.browser().post(link, form.Values{"answer": "refuse", "name": "X", "role": "Y", "reason": "Z",
			"seen": strings.Repeat("0", 64)}).want(200, link).says("Your practice has confirmed this")
	}
	b.get(link).want(200, link).says("2:05pm on Tuesday 21 September 2021")
	for _, never := range []string{"Angharad", "Example", "Practice manager", ref} {
		if strings.Contains(text(b.body), never) {
			t.Errorf("the finished page shows %q", never)
		}
	}
	if again, _ := h.stored(ref); again.Version != after.Version || a.Authorisation.Answer.Name != "Jo <b>Example</b>" {
		t.Error("a second answer changed the application")
	}
	h.pass(time.Hour)
	b.get(link).want(200, link).says("We have told the applicant and the STP lead")
	h.deliver()
	m := h.mail[len(h.mail)-2]
	if lead, _ := h.desk.Programme.Course("supporting-mentors").Fact("lead"); m.To != lead ||
		len(m.Attachments) != 1 || !strings.Contains(string(m.Attachments[0].Data), "Jo <b>Example</b>") {
		t.Errorf("the lead gets %+v", m)
	}
}

// TestPracticeLinks: links that open nothing are all answered in the same words.
func TestPracticeLinks(t *testing.T) {
	h := newHub(t)
	ref, link := sentToPractice(h)
	status := regexp.MustCompile(`/status/(\S+)`).FindStringSubmatch(h.mail[1].Text)[1]
	b := h.browser()
	said := ""
	paths := []string{"/practice/x", link + "x", link[:len(link)-4] + "AAAA", "/practice/" + status, "/practice/" +
		strings.Replace(strings.TrimPrefix(link, "/practice/"), ref, "SM-2C2C-2C2C", 1)}
	key, err := h.desk.Follow(context.Background(), status)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.desk.ReplacePractice(context.Background(), key, form.Values{"practice-manager-name": "Other",
		"practice-manager-email": "other@example.org"}); err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths, link) {
		for _, do := range []func(){func() { b.get(path) }, func() { b.post(path, form.Values{"answer": "wrong"}) }} {
			do()
			b.want(404, ".*").says("This link does not work")
			if said == "" {
				said = b.body
			}
			if b.body != said {
				t.Errorf("%s is answered in other words", path[:12])
			}
		}
	}
	second := h.linkToPractice()
	if second == link {
		t.Fatal("no new link")
	}
	b.answer(second, form.Values{"answer": "wrong"}).want(200, second).says("Thank you for telling us",
		"take it back until")
	h.pass(time.Hour)
	b.get(second).want(200, second).says("We have asked the applicant to name somebody else")
	h.staff(h.course(mentors).Lead.Email).get("/review/?waiting=applicant").want(200,
		".*").says("Waiting for the applicant, less than 1 working day")
	b.get(second).want(200, second).says("Thank you for telling us")
	b.post(second, form.Values{"answer": "confirm", "name": "X", "role": "Y"}).want(200,
		second).says("Thank you for telling us")
	if strings.Contains(text(b.body), "Angharad") || strings.Contains(b.body, ref) {
		t.Error("the page tells the wrong person about the applicant")
	}
	for _, method := range []string{"PUT", "DELETE", "PATCH"} {
		r, _ := http.NewRequest(method, h.server.URL+second, nil)
		if b.do(r); b.status != http.StatusMethodNotAllowed && b.status != http.StatusNotFound &&
			b.status != http.StatusForbidden {
			t.Errorf("%s is answered with %d", method, b.status)
		}
	}
	r, _ := http.NewRequest("POST", h.server.URL+second, strings.NewReader("answer=confirm"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	b.do(r).want(403, ".*")
}

func TestPracticeRefuses(t *testing.T) {
	h := newHub(t)
	_, link := sentToPractice(h)
	b := h.browser()
	hostile := "<script>alert(1)</script>\r\n\r\nSubject: x\r\n{{link}} \x00\xff https://evil.example.org"
	b.answer(link, form.Values{"answer": "refuse", "name": "Jo {{reference}}", "role": "PM\r\nBcc: x@example.org",
		"reason": hostile}).want(200, link).
		says("Your practice has answered this", "the practice cannot confirm it")
	if strings.Contains(b.body, "alert") {
		t.Error("the finished page shows the reason")
	}
	h.pass(time.Hour)
	h.deliver()
	m := h.mail[len(h.mail)-1]
	b.post(statusPath.FindString(m.Text), nil).want(200, "/status/")
	b.get("/status/practice").want(200, "/status/practice").says("They did not confirm it.")
	if !strings.Contains(m.Text, "<script>alert(1)</script>\n\nSubject: x\n{{link}} \uFFFD https://evil.example.org") || strings.Contains(m.Subject+m.To, "\n") {
		t.Errorf("letter %q to %q: %s", m.Subject, m.To, m.Text)
	}
}

// TestPracticeOwnAddress: both the page that asks for the address and "check your answers" refuse
// the applicant's own.
func TestPracticeOwnAddress(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["supporting-mentors"]
	b := h.browser().through(def)
	sec, _ := def.Section("practice-manager")
	const path, want = "/apply/supporting-mentors/practice-manager",
		"Enter your practice manager's email address, not your own"
	v := good(sec)
	v["practice-manager-email"] = " EMAIL@example.org "
	b.post(path, v).want(422, path).says("There is a problem", want)
	if !strings.Contains(b.body, `href="#practice-manager-email"`) ||
		!strings.Contains(b.body, `value=" EMAIL@example.org "`) {
		t.Error("the summary does not lead to the question, or the answer is not kept")
	}
	b.get("/apply/supporting-mentors/check").want(200, ".*").says(want)
	if !strings.Contains(b.body, `href="`+path+`#practice-manager-email"`) || strings.Count(text(b.body), want) != 2 {
		t.Error("check your answers does not lead to the question, or does not mark the answer")
	}
	b.get("/apply/supporting-mentors/declarations").want(200, "/apply/supporting-mentors/check")
	b.post("/apply/supporting-mentors/declarations", signed(def)).want(422, ".*").says(want)
	b.post(path, good(sec)).want(200, "/apply/supporting-mentors/check")
	b.post("/apply/supporting-mentors/declarations", signed(def)).want(200, "/apply/supporting-mentors/sent")
}

// TestPracticeInLogs: the log has nothing that the practice types or that names anybody.
func TestPracticeInLogs(t *testing.T) {
	h := newHub(t)
	_, link := sentToPractice(h)
	b := h.browser()
	v := form.Values{"answer": "refuse", "name": "MARKER", "role": "MARKER", "MARKER": "MARKER"}
	b.answer(link, v).want(422, link)
	b.get("/practice/MARKER")
	b.get(link + "?MARKER=MARKER")
	v["reason"] = "MARKER"
	store := h.desk.Store
	h.desk.Store = broken{store}
	b.answer(link, v).want(503, ".*")
	h.desk.Store = store
	b.answer(link, v).want(200, link)
	log := strings.ReplaceAll(h.log.String(), "disk of MARKER", "")
	for _, never := range []string{"MARKER", "Angharad", "@example.org", strings.TrimPrefix(link, "/practice/")[13:]} {
		if strings.Contains(log, never) {
			t.Errorf("the log has %q:\n%s", never, log)
		}
	}
	if !strings.Contains(log, `"msg":"practice answered"`) ||
		!strings.Contains(log, `"route":"POST /practice/{link}"`) {
		t.Errorf("the log lacks the answer:\n%s", log)
	}
}

// TestDoubtedAddress: an address that is probably mistyped is asked about once. Posting the page
// again, unchanged and without a script, keeps it; so does sending.
func TestDoubtedAddress(t *testing.T) {
	h := newHub(t)
	def := h.desk.Programme.Forms["supporting-mentors"]
	b := h.browser()
	const want = "Did you mean applicant@nhs.net? Correct the email address, or continue to keep it as it is"
	first := good(&def.Sections[0])
	first["email"] = "applicant@nhs.ent"
	b.post("/apply/supporting-mentors/start", first).want(422,
		"/apply/supporting-mentors/start").says("There is a problem", want)
	const hidden = `<input type="hidden" name="email-keep" value="applicant@nhs.ent">`
	if !strings.Contains(b.body, hidden) {
		t.Fatalf("the page does not post the address back:\n%s", b.body)
	}
	first["email-keep"] = "applicant@nhs.ent"
	b.post("/apply/supporting-mentors/start", first).want(200, "/apply/supporting-mentors/your-address")
	b.get("/apply/supporting-mentors/your-details")
	if !strings.Contains(b.body, hidden) {
		t.Error("posted once more without a change, the address is doubted again")
	}
	b.rest(def)
	b.post("/apply/supporting-mentors/declarations", signed(def)).want(200, "/apply/supporting-mentors/sent")
}
