package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/removal"
	"traininghub/internal/web"
	"traininghub/internal/web/review"
)

// sends fills a form in and sends it, with the given answers on the first page, and returns the
// reference.
func (h *hub) sends(formID string, answers form.Values) string {
	h.t.Helper()
	def := h.desk.Programme.Forms[formID]
	b := h.browser().through(def)
	first := good(&def.Sections[0])
	for name, text := range answers {
		first[name] = text
	}
	b.post("/apply/"+formID+"/"+def.Sections[0].ID, first).want(200, "/apply/"+formID+"/check")
	b.post("/apply/"+formID+"/declarations", signed(def)).want(200, "/apply/"+formID+"/sent")
	return reference.FindString(text(b.body))
}

func (h *hub) deliver() {
	h.t.Helper()
	if _, err := h.office.Post().Deliver(context.Background()); err != nil {
		h.t.Fatal(err)
	}
}

func TestReview(t *testing.T) {
	h := newHub(t)
	ref := h.sends(mentors, nil)
	h.deliver()
	b := h.browser()
	b.get("/review/"+ref).want(200, "/review/sign-in")
	// Signing in leads back to the page that they wanted.
	b.post(b.signInMail(h.course(mentors).Lead.Email, ref), nil).want(200, "/review/"+ref)
	a := h.application(ref)
	for _, s := range a.Document.Sections {
		b.says(s.Title)
		for _, i := range s.Items {
			b.says(i.Answer) // a question that the summary answers may have other words there
		}
	}
	b.says(a.Document.Applicant.Name, "7654321", "What has happened", "Application sent", "Application read",
		"By the STP lead, "+h.course(mentors).Lead.Email, "There are no notes")
	for _, d := range a.Document.Declarations {
		b.says(d.Text)
	}
	b.get("/review/"+ref+"/application.pdf").want(200, ".*")
	if b.header.Get("Content-Type") != "application/pdf" || !strings.Contains(b.header.Get("Content-Disposition"),
		ref) {
		t.Errorf("the PDF: %v", b.header)
	}

	notes := "/review/" + ref + "/notes"
	b.post(notes, form.Values{"note": " "}).want(422, notes).says("There is a problem", "Enter a note")
	long := strings.Repeat("Ŵ", 2001)
	b.post(notes, form.Values{"note": long}).want(422, notes).says("2,000 characters or less", long)
	b.post(notes, form.Values{"note": "Rang the <b>practice</b>.\r\nThey call back."}).want(200,
		"/review/"+ref).says("Rang the <b>practice</b>. They call back.", "Note added")
	b.post(notes, form.Values{"note": "Rang the <b>practice</b>.\r\nThey call back."}).want(200, "/review/"+ref)
	b.get(notes).want(200, "/review/"+ref)
	if a := h.application(ref); len(a.Notes) != 1 || a.Notes[0].By != h.course(mentors).Lead.Email {
		t.Errorf("notes %+v", a.Notes)
	}

	// Reading is an event once an hour for each person.
	h.office.Contacts = []course.Contact{{Name: "Sam Example", Email: "sam@example.org"}}
	sam := h.staff("sam@example.org")
	for range 2 {
		b.get("/review/" + ref)
		sam.get("/review/"+ref).want(200, "/review/"+ref).says("By the office, sam@example.org")
	}
	reads := func(want int) {
		t.Helper()
		n := 0
		for _, e := range h.application(ref).Events {
			if e.What == application.EventRead {
				n++
			}
		}
		if n != want {
			t.Errorf("%d events of reading, want %d", n, want)
		}
	}
	reads(2)
	for range 3 {
		h.pass(20 * time.Minute)
		b.get("/review/"+ref).want(200, "/review/"+ref)
	}
	reads(3)
	sam.get("/review/").want(200, "/review/sign-in")
	if words := regexp.MustCompile(`(?i)angharad|example\.org|7654321|Rang the|nhs\.net`).FindString(h.log.String()); words != "" {
		t.Errorf("the log has %q:\n%s", words, h.log)
	}
}

// application is the application in the store.
func (h *hub) application(ref string) *application.Application {
	h.t.Helper()
	r, err := h.desk.Store.Get(context.Background(), ref)
	if err != nil {
		h.t.Fatal(err)
	}
	a := &application.Application{}
	if err := json.Unmarshal(r.Data, a); err != nil {
		h.t.Fatal(err)
	}
	return a
}

// TestReviewRefuses tries every route of the staff: without a session, and for an application to a
// course that is not theirs. The answer is the same as for what does not exist.
func TestReviewRefuses(t *testing.T) {
	h := newHub(t)
	theirs := h.sends(ccts, nil)
	h.sends(mentors, nil)
	h.deliver()
	lead := h.staff(h.course(mentors).Lead.Email)
	before := len(h.application(theirs).Events)
	for _, route := range (&web.Server{Settings: web.Settings{Site: new(page.Site)}}).Table(review.Routes) {
		if route.By != web.Staff && route.By != web.Leads {
			continue
		}
		pattern := route.Pattern
		method, path, _ := strings.Cut(pattern, " ")
		ask := func(b *browser, ref string) *browser {
			path := strings.NewReplacer("{$}", "", "{reference}", ref, "{course}", ccts).Replace(path)
			if method == "GET" {
				return b.get(path)
			}
			return b.post(path, form.Values{"note": "MARKER", "search": "MARKER", "cohort": "cohort-2",
				"decision": "accept", "name": "MARKER", "do": "send"})
		}
		nobody := h.browser()
		if ask(nobody, theirs); method == "GET" {
			nobody.want(200, "/review/sign-in")
		} else {
			nobody.want(403, ".*").says("Sign in again", "We did not save or carry out what you just sent")
		}
		if !strings.Contains(path, "{reference}") {
			continue
		}
		if pattern == "GET /review/{reference}/notes" { // only leads to the page of the application
			ask(lead, theirs).want(404, "/review/"+theirs)
			continue
		}
		none := ask(lead, strings.Replace(theirs, "CC-", "ZZ-", 1)).want(404, ".*").says("Page not found").body
		for _, ref := range []string{theirs, "nothing", "staff-0123456789abcdef0123456789abcdef", theirs + "%00",
			strings.ToLower(theirs)} {
			if ask(lead, ref).want(404, ".*"); lead.body != none {
				t.Errorf("%s answers otherwise for %s", pattern, ref)
			}
		}
	}
	if after := len(h.application(theirs).Events); after != before {
		t.Errorf("%d events, want %d", after, before)
	}
	lead.post("/review/search", form.Values{"search": theirs}).want(200, "/review/search").says("No application found")
	lead.get("/review/?course="+ccts+"&waiting=").want(200, "/review/").says("No applications match these filters")

	// A session is nobody else's key, and other cookies are no session.
	for _, value := range []string{"", "x", theirs + ".AAAA", "staff-0123456789abcdef0123456789abcdef." +
		strings.Repeat("A", 43)} {
		r, _ := http.NewRequest("GET", h.server.URL+"/review/", nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: value})
		h.browser().do(r).want(200, "/review/sign-in")
	}
}

func TestReviewList(t *testing.T) {
	h := newHub(t)
	lead := h.course(ccts).Lead.Email
	b := h.staff(lead)
	b.get("/review/").want(200, "/review/").says("There are no applications in this list", "For you to do 0", "Who came, and certificates")
	var refs []string
	for i := range 3 {
		refs = append(refs, h.sends(ccts, form.Values{"surname": fmt.Sprintf("Wyn%d", i),
			"gmc-number": fmt.Sprintf("765432%d", i)}))
		h.pass(24 * time.Hour)
	}
	double := h.sends(ccts, form.Values{"surname": "Ŵynn", "gmc-number": "7654320"})
	h.deliver()
	b = h.staff(lead)
	b.get("/review/").want(200, "/review/").says(refs[0], "Angharad O'Neill",
		"Waiting for the STP lead, 3 working days", "Waiting for the STP lead, less than 1 working day",
		"Possible double", "New")
	order := reference.FindAllString(text(b.body), -1)
	if got := fmt.Sprint(order); got != fmt.Sprint(append(refs, double)) {
		t.Errorf("order %s, want %v and %s", got, refs, double)
	}
	b.get("/review/?days=2&status=received&waiting=lead&course=" + ccts)
	if got := fmt.Sprint(reference.FindAllString(text(b.body), -1)); got != fmt.Sprint(refs[:2]) {
		t.Errorf("waiting 2 working days or more: %s", got)
	}
	b.get("/review/?sort=newest")
	if got := reference.FindString(text(b.body)); got != double {
		t.Errorf("the newest is %s, want %s", got, double)
	}
	b.get("/review/?waiting=practice&status=").says("No applications match these filters")
	b.get("/review/?course=nothing&cohort=x&status=MARKER&waiting=9&days=x&after=x&sort=x").want(200,
		"/review/").says("No applications match these filters")
	b.get("/review/"+double).says("has the same GMC number", refs[0])
	b.get("/review/"+refs[0]).says("Possible double: application "+double+" has the same GMC number",
		"Applications with the same GMC number")

	for text, want := range map[string]string{
		refs[1]: refs[1], strings.ToLower(strings.ReplaceAll(refs[1], "-", "")): refs[1],
		" " + strings.ReplaceAll(refs[1], "-", " "): refs[1],
		"7654322": refs[2], "C7654322": refs[2], "WYNN": double, "o'neill wyn1": refs[1], "ANGHARAD Wyn2": refs[2],
	} {
		b.post("/review/search", form.Values{"search": text}).want(200, "/review/search").says("1 application found",
			want)
	}
	b.post("/review/search", form.Values{"search": "7654320"}).says("2 applications found", refs[0], double)
	b.post("/review/search", form.Values{"search": "nobody"}).says("No application found")
	b.post("/review/search", nil).want(422, "/review/search").says("Enter what to search for")
	b.post("/review/search", form.Values{"search": strings.Repeat("x", 201)}).want(422,
		"/review/search").says("200 characters or less")
	b.get("/review/search").want(200, "/review/")

	var flagged string
	for _, m := range h.mail {
		if strings.Contains(m.Subject, double) && m.To == lead {
			flagged = m.Text
		}
	}
	if !strings.Contains(flagged, "Application "+refs[0]+" for this course has the same GMC number.") ||
		!strings.Contains(flagged, h.server.URL+"/review/"+double) {
		t.Errorf("the letter to the lead:\n%s", flagged)
	}
}

// TestReviewPages goes through a list of several pages and back.
func TestReviewPages(t *testing.T) {
	h := newHub(t)
	fill(t, h, 120)
	b := h.staff(h.course(ccts).Lead.Email)
	var forward, back []string
	next := regexp.MustCompile(`href="([^"]*)" rel="next"`)
	previous := regexp.MustCompile(`href="([^"]*)" rel="prev"`)
	at := func(re *regexp.Regexp) string {
		if m := re.FindStringSubmatch(b.body); m != nil {
			return strings.ReplaceAll(m[1], "&amp;", "&")
		}
		return ""
	}
	shown := func() []string { return reference.FindAllString(text(b.body), -1) }
	pages := 0
	for to := "/review/?waiting=&status="; to != ""; to = at(next) {
		b.get(to).want(200, "/review/")
		forward = append(forward, shown()...)
		pages++
	}
	if len(forward) != 120 || pages != 120/office.PerPage {
		t.Fatalf("%d applications on %d pages, want 120 on %d", len(forward), pages, 120/office.PerPage)
	}
	back = shown()
	for to := at(previous); to != ""; to = at(previous) {
		b.get(to).want(200, "/review/")
		back = append(shown(), back...)
	}
	if fmt.Sprint(forward) != fmt.Sprint(back) {
		t.Errorf("back it is not the same as forward:\n%v\n%v", forward, back)
	}
	seen := map[string]bool{}
	for _, ref := range forward {
		seen[ref] = true
	}
	if len(seen) != 120 {
		t.Errorf("%d different applications, want 120", len(seen))
	}
}

// fill puts n received applications for Career Conversation Training into the store: the same one
// over and over, with other references, names, GMC numbers and times.
func fill(t testing.TB, h *hub, n int) {
	t.Helper()
	ref := h.sends(ccts, nil)
	r, err := h.desk.Store.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.desk.Store.Delete(t.Context(), ref, r.Version); err != nil {
		t.Fatal(err)
	}
	const figures, letters = "23456789", "CDFHJKMPRTWXY"
	c := h.course(ccts)
	states := []string{"lead", "lead", "lead", "accepted", "declined", "withdrawn", "applicant"}
	data, brief := string(r.Data), string(r.Brief)
	var all errgroup.Group // writes at the same moment share a commit
	all.SetLimit(64)
	for i := range n {
		own, k := []byte("CC-2C2C-2C2C"), i
		for p := len(own) - 1; p > 2; p-- {
			switch own[p] {
			case '2':
				own[p], k = figures[k%len(figures)], k/len(figures)
			case 'C':
				own[p], k = letters[k%len(letters)], k/len(letters)
			}
		}
		gmc, since := fmt.Sprintf("%07d", 6000000+i),
			h.clock().Add(-time.Duration(i)*7*time.Minute).UTC().Truncate(time.Millisecond)
		state := states[i%len(states)]
		change := strings.NewReplacer(ref, string(own), "7654321", gmc, "surname", fmt.Sprintf("surname%d", i))
		rec := record.Record{
			ID: string(own), Kind: record.Application, Status: r.Status, Course: r.Course, Expires: r.Expires,
			Data:  []byte(change.Replace(data)),
			Shelf: application.ShelfOf(ccts, state), Since: since, Number: gmc,
			Email: fmt.Sprintf("gp%d@example.org", i),
			Brief: []byte(change.Replace(brief)),
			Part:  []string{"cohort-1", "cohort-2"}[i/len(states)%2],
			Words: append(slices.Clone(r.Words), fmt.Sprintf("surname%d", i)), Came: since,
		}
		if state == "accepted" { // the newest for this year
			rec.Part = fmt.Sprintf("%d/%d %s", 2021-i/2000, 22-i/2000, c.Cohorts[i/len(states)%2].Name)
		}
		all.Go(func() error { return h.desk.Store.Create(t.Context(), rec) })
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
}

// TestReviewsHeld: the first page tells the staff if nothing is removed.
func TestReviewsHeld(t *testing.T) {
	h := newHub(t)
	if _, err := removal.Of(h.desk).Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	b.get("/review/").want(200, "/review/sign-in")
	b.post(b.signInMail(h.course(mentors).Lead.Email, ""), nil).want(200, "/review/")
	if strings.Contains(b.body, "removed at present") {
		t.Error("all is as usual, and the page says otherwise")
	}
	h.desk.Retain.Declined /= 2
	h.pass(2 * time.Hour)
	if did, err := removal.Of(h.desk).Sweep(context.Background()); err != nil || did.Held == nil {
		t.Fatalf("%+v, %v", did, err)
	}
	b.get("/review/").want(200, "/review/sign-in") // it was long ago
	b.post(b.signInMail(h.course(mentors).Lead.Email, ""), nil).want(200, "/review/").says("No application or draft is removed at present", "retain_declined_days is now", "Whoever runs the hub has to look at this")
}

// TestRefusedPracticePage: while the mail system refuses the letter, the applicant is neither told
// that the practice was asked, nor blamed.
func TestRefusedPracticePage(t *testing.T) {
	h := newHub(t)
	ref, link, _ := h.applied(mentors)
	var letter string
	for _, l := range h.application(ref).Letters {
		if l.Name == application.LetterAuthorise {
			letter = l.ID
		}
	}
	if err := h.desk.Bounced(context.Background(), ref, letter, application.EventRejected, "550 5.7.1 blocked by policy", h.clock()); err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	b.post(link, nil).want(200, "/status/").says("has not got through yet", "You do not need to do anything", "Waiting for your practice")
	if strings.Contains(b.body, "came back") || strings.Contains(b.body, "have not answered") || strings.Contains(b.body, "policy") {
		t.Errorf("the page: %s", text(b.body))
	}
}
