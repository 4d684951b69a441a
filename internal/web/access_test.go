package web_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/conversation"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/returns"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// The table of docs/access.md says who may use each address. These tests try each address as
// everybody.

var tableLine = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\|$")

// whoMay is the table: who may use each pattern.
func whoMay(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	who := map[string]string{}
	for _, line := range tableLine.FindAllStringSubmatch(string(text), -1) {
		if _, path, _ := strings.Cut(line[1], " "); web.IsBehind(path) {
			continue // another handler's, which has its own tests
		}
		if who[line[1]] != "" {
			t.Errorf("docs/access.md has two lines for %s", line[1])
		}
		who[line[1]] = line[2]
	}
	return who
}

// TestAccessTable: docs/access.md has a line for each address, and agrees with the table of
// addresses.
func TestAccessTable(t *testing.T) {
	says := map[string]string{
		"everybody": "anybody", "nobody": "anybody", "the device with the draft": "drafting", "who has the link": "linked", "the browser that asked": "linked",
		"the applicant": "following", "all staff": "staff", "the office": "staff", "the office, of an application": "staff", "the office, of a form": "staff", "the office, of such a letter": "staff", "office, lead, deputy": "staff", "office, deputy": "staff", "lead, deputy": "leads",
		"office, lead, deputy, appeals": "staff", "the claimant": "staff", "who prepares it": "staff", "checker, approver, payer": "staff", // the handlers refuse people without a part in the scheme, and here nobody has one
		"office, checker, approver, payer": "staff", "office, approver": "staff", "office, approver, reader": "staff",
	}
	who := whoMay(t)
	for _, r := range (&web.Server{Settings: web.Settings{Site: new(page.Site)}}).Table(parts...) {
		switch text, known := says[who[r.Pattern]]; {
		case who[r.Pattern] == "":
			t.Errorf("docs/access.md has no line for %s", r.Pattern)
		case !known:
			t.Errorf("docs/access.md says %q of %s: who is that?", who[r.Pattern], r.Pattern)
		case text != string(r.By):
			t.Errorf("docs/access.md says %q of %s, and web.go %q", who[r.Pattern], r.Pattern, string(r.By))
		}
		delete(who, r.Pattern)
	}
	for pattern := range who {
		t.Errorf("docs/access.md has a line for %s, which is no address", pattern)
	}
	// The addresses are exactly below the paths that programs mount.
	below := map[string]bool{}
	for _, r := range (&web.Server{Settings: web.Settings{Site: new(page.Site)}}).Table(parts...) {
		if _, path, ok := strings.Cut(r.Pattern, " "); ok {
			below["/"+strings.Split(path, "/")[1]+"/"] = true
		}
	}
	if got := slices.Sorted(maps.Keys(below)); !slices.Equal(got, slices.Sorted(slices.Values(web.Below))) {
		t.Errorf("the addresses are below %q, programs mount %q", got, web.Below)
	}
}

// attended are the posts by people with a place in a cohort. No workshop has begun here, so package
// web/attend tests them.
var attended = []string{"POST /certificate/{$}", "POST /status/missed/{workshop}", "POST /status/progress", "POST /status/questions"}

// A person is somebody with a browser.
type person struct {
	name    string
	cookies []string // as a browser sends them: "name=value"

	draft        string   // the form whose draft their cookie opens
	follows      bool     // their cookie opens an application that was sent
	office       bool     // in the office
	staff, asked bool     // they have signed in; they have asked for a link to sign in and not used it yet
	reads, leads []string // courses
	deputy       string   // the course for which they stand in
}

// A target is a possible address of a pattern.
type target struct {
	path   string
	id     string // the part of the path that identifies somebody's record; "" if there is none
	public string // what everybody may know: the form, and its section

	form   string // the form whose draft it needs
	right  bool   // its secret opens what the pattern is for
	course string // of the application that it names
	proper bool   // the id has the right form, whether it exists or not
}

// may tells whether the table lets a person use an address.
func (p *person) may(who string, at target) bool {
	switch who {
	case "everybody":
		return at.id == "" || at.proper
	case "the device with the draft":
		return p.draft != "" && p.draft == at.form
	case "who has the link":
		return at.right
	case "the browser that asked":
		return at.right && p.asked
	case "the applicant":
		return p.follows
	case "all staff":
		return p.staff && (at.id == "" || at.proper)
	case "the office", "office, checker, approver, payer", "office, approver", "office, approver, reader":
		return p.office
	case "the office, of a form":
		return p.office && at.form != ""
	case "the office, of an application":
		return p.office && slices.Contains(p.reads, at.course)
	case "office, lead, deputy":
		return slices.Contains(p.reads, at.course)
	case "office, deputy":
		return at.course != "" && (p.office || p.deputy == at.course)
	case "lead, deputy":
		return slices.Contains(p.leads, at.course)
	}
	return false
}

// rehearsal is a store that can stop writing and count the writes instead.
type rehearsal struct {
	record.Store
	show  atomic.Bool
	tries atomic.Int64
}

func (s *rehearsal) write(do func() error) error {
	if s.show.Load() {
		s.tries.Add(1)
		return nil
	}
	return do()
}

func (s *rehearsal) Create(ctx context.Context, r record.Record) error {
	return s.write(func() error { return s.Store.Create(ctx, r) })
}

func (s *rehearsal) Update(ctx context.Context, r record.Record) error {
	return s.write(func() error { return s.Store.Update(ctx, r) })
}

func (s *rehearsal) UpdateAll(ctx context.Context, all ...record.Record) error {
	return s.write(func() error { return s.Store.UpdateAll(ctx, all...) })
}

func (s *rehearsal) Delete(ctx context.Context, id string, version int64) error {
	return s.write(func() error { return s.Store.Delete(ctx, id, version) })
}

// reported has for each step of a return a period in which it can be done.
var reported = map[string]string{"make": "2021-05", "confirm": "2020-21-q3", "drop": "2020-21-q3", "publish": "2020-21-q2"}

// A town has applications in every state, people who may see them, and people who may not.
type town struct {
	*hub
	store   *rehearsal
	people  []*person
	targets map[string][]target // by the path of a pattern
	body    form.Values         // the fields of every form, so that whoever may do something does it
	person  form.Values         // identifies the applicants, for the pages about one person
	private []string            // what only the right people may see: secrets, references, names, addresses
}

func (h *hub) secretOf(letter, prefix string) string {
	h.t.Helper()
	h.deliver()
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.mail) - 1; i >= 0; i-- {
		if _, link, ok := strings.Cut(h.mail[i].Text, prefix); ok && strings.Contains(h.mail[i].Subject, letter) {
			return strings.Fields(link)[0]
		}
	}
	h.t.Fatalf("no letter %q with a link to %s", letter, prefix)
	return ""
}

// cookies are what the browser sends to an address.
func (b *browser) cookies(path string) (all []string) {
	at, _ := url.Parse(b.hub.server.URL + path)
	for _, c := range b.client.Jar.Cookies(at) {
		all = append(all, c.Name+"="+c.Value)
	}
	return all
}

// named is the value of the cookie with the name.
func named(name string, cookies []string) string {
	for _, c := range cookies {
		if value, ok := strings.CutPrefix(c, name+"="); ok {
			return value
		}
	}
	return ""
}

func newTown(t *testing.T) *town {
	t.Helper()
	h := newHub(t)
	store := &rehearsal{Store: h.desk.Store}
	h.desk.Store, h.office.Conversations.Store = store, store
	for _, id := range []string{ccts, mentors} {
		h.course(id).Deputy = &course.Contact{Name: "Dee Deputy", Email: "deputy-" + id + "@example.org"}
	}
	h.office.Contacts = []course.Contact{{Name: "Olu Office", Email: "office@example.org"}, {Name: "Gone Example", Email: "gone@example.org"}}
	town := &town{hub: h, store: store, targets: map[string][]target{}, body: form.Values{}}
	add := func(p person) { town.people = append(town.people, &p) }

	// Yesterday.
	oldDraft := h.browser().through(h.desk.Programme.Forms[mentors]).cookies("/apply/" + mentors + "/check")
	oldSession := h.staff(h.course(mentors).Lead.Email).cookies("/review/")
	_, yesterdays, _ := h.applied(ccts)
	oldFollow := h.browser().post(yesterdays, nil).want(200, "/status/").cookies("/status/")
	bin := h.marked(mentors) // nobody sees it any more, but the office can bring it back
	h.held()
	h.pass(19 * time.Hour)

	// Applications: mine waits for the practice, after somebody else was asked; theirs waits; the
	// two accepted ones are accepted.
	mine := h.sends(mentors, nil)
	oldPractice := h.secretOf(mine, "/practice/")
	myLink := h.secretOf(mine, "/status/")
	applicant := h.browser().post("/status/"+myLink, nil).want(200, "/status/")
	asked := application.AskedIn(h.desk.Programme.Forms[mentors]).Questions
	applicant.post("/status/practice", form.Values{asked[0].ID: "New Example", asked[1].ID: "new@example.org"}).want(200, "/status/")
	practice := h.secretOf(mine, "/practice/")
	theirs := h.sends(ccts, nil)
	theirLink := h.secretOf(theirs, "/status/")
	other := h.browser().post("/status/"+theirLink, nil).want(200, "/status/")
	other.post("/apply/"+ccts+"/start", good(&h.desk.Programme.Forms[ccts].Sections[0]))
	decided, accepted := h.sends(mentors, nil), h.sends(ccts, nil)
	paper := acceptance
	paper.Paper = true
	h.decide(decided, paper)
	h.decide(accepted, acceptance)
	for _, ref := range []string{mine, theirs, decided, accepted} { // each asks for a correction
		b := h.browser().post("/status/"+h.secretOf(ref, "/status/"), nil).want(200, "/status/")
		b.post("/status/correct/telephone/0", form.Values{"telephone": "07700 900123"}).want(200, "/status/")
	}
	gp := h.browser().post("/status/"+h.secretOf(accepted, "/status/"), nil).want(200, "/status/")

	// A career conversation that a colleague is to confirm.
	_, problems, err := h.office.Conversations.Enter(t.Context(), conversation.By{Application: accepted, Name: "Angharad"}, 0, form.Values{
		"colleague": "1234567", "email": "colleague@example.org", "practice": "Z99999",
		"day-1-day": "1", "day-1-month": "6", "day-1-year": "2021", "start-1": "2pm", "minutes-1-hours": "2", "minutes-1-minutes": "",
		"day-2-day": "2", "day-2-month": "6", "day-2-year": "2021", "start-2": "2pm", "minutes-2-hours": "3", "minutes-2-minutes": "",
	})
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	colleague := h.secretOf("", "/practice/conversations/")

	// A draft, on its device, and the link to go on with it elsewhere.
	def := h.desk.Programme.Forms[mentors]
	left := h.browser().through(def)
	left.post("/apply/"+mentors+"/"+def.Sections[1].ID, form.Values{"leave": "yes"}).want(200, ".*")
	resume := h.secretOf("", "/apply/"+mentors+"/resume/")
	drafting := h.browser().through(def)
	var list *form.Section
	for i := range def.Sections {
		if def.Sections[i].Repeat != nil && def.Sections[i].Repeat.Min > 0 {
			list = &def.Sections[i]
		}
	}
	row := regexp.MustCompile(`/` + list.ID + `/([a-z0-9]{12})`).FindStringSubmatch(drafting.get("/apply/" + mentors + "/" + list.ID).body)[1]

	// The staff.
	lead, deputy, stranger := h.staff(h.course(mentors).Lead.Email), h.staff("deputy-"+mentors+"@example.org"), h.staff(h.course(ccts).Lead.Email)
	office, gone := h.staff("office@example.org"), h.staff("gone@example.org")
	h.office.Contacts = h.office.Contacts[:1]
	out := h.staff("office@example.org")
	ended := out.cookies("/review/")
	out.post("/review/sign-out", nil)
	asking, elsewhere := h.browser(), h.browser()
	signIn := strings.TrimPrefix(asking.signInMail(h.course(mentors).Lead.Email, mine), "/review/sign-in/link/")
	elsewhere.signInMail(h.course(mentors).Lead.Email, mine)
	spent := h.browser()
	spentLink := spent.signInMail("office@example.org", "")
	spent.post(spentLink, nil)
	lead.get("/review/"+mine).want(200, ".*")
	session, follow, draft := named("session", lead.cookies("/review/")), named("follow", applicant.cookies("/status/")), named("draft", drafting.cookies("/apply/"+mentors+"/check"))

	both := []string{mentors, ccts}
	add(person{name: "nobody"})
	add(person{name: "the applicant with a draft", cookies: drafting.cookies("/apply/" + mentors + "/check"), draft: mentors})
	add(person{name: "the applicant", cookies: applicant.cookies("/status/"), follows: true})
	add(person{name: "the applicant who was accepted", cookies: gp.cookies("/status/"), follows: true})
	add(person{name: "another applicant", cookies: append(other.cookies("/status/"), other.cookies("/apply/"+ccts+"/check")...), follows: true, draft: ccts})
	add(person{name: "the office", cookies: []string{"session=" + named("session", office.cookies("/review/"))}, staff: true, office: true, reads: both})
	add(person{name: "the lead", cookies: []string{"session=" + session}, staff: true, reads: both[:1], leads: both[:1]})
	add(person{name: "the deputy", cookies: deputy.cookies("/review/"), staff: true, reads: both[:1], leads: both[:1], deputy: mentors})
	add(person{name: "the lead of the other course", cookies: stranger.cookies("/review/"), staff: true, reads: both[1:], leads: both[1:]})
	add(person{name: "whoever asked for a link to sign in", cookies: asking.cookies("/review/"), asked: true})
	add(person{name: "whoever asked for the same elsewhere", cookies: elsewhere.cookies("/review/")})
	add(person{name: "somebody signed out", cookies: ended})
	add(person{name: "somebody taken off the list", cookies: gone.cookies("/review/")})
	add(person{name: "the one of yesterday", cookies: slices.Concat(oldDraft, oldSession, oldFollow)})
	none := strings.Repeat("A", 43)
	add(person{name: "the forger", cookies: []string{"session=" + session[:len(session)-4] + "AAAA", "follow=" + mine + "." + none, "draft=" + theirs + "." + none, "sign-in=" + strings.Split(session, ".")[0] + "." + none}})
	add(person{name: "the muddler", cookies: []string{"session=" + follow, "follow=" + draft, "draft=" + follow, "sign-in=" + session}})
	add(person{name: "the one who has letters", cookies: []string{"session=" + signIn, "follow=" + myLink, "draft=" + resume, "sign-in=" + signIn}})

	// Ids: one's own, other people's, missing ones, and rubbish.
	rubbish := []string{
		"nothing", strings.ToLower(mine), mine + "%2Fdecision", mine + "%00", mine + "%0A", "%2Fetc%2Fpasswd", strings.Repeat("A", 6000), "%ff%fe", "%E2%80%AE" + mine,
		strings.Split(session, ".")[0], "'%20OR%201=1--", "%7B%7B.%7D%7D", "ZZ-", mine + "." + none,
	}
	references := []target{
		{id: mine, course: mentors}, {id: decided, course: mentors}, {id: theirs, course: ccts}, {id: accepted, course: ccts},
		{id: strings.Split(draft, ".")[0]}, {id: "SM-2C2C-2C2C"}, {id: "ZZ-2C2C-2C2C"},
	}
	for i := range references {
		references[i].proper = true
	}
	links := map[string][]target{}
	secrets := map[string]string{"/practice/{link}": practice, "/status/{link}": myLink, "/apply/{form}/resume/{link}": resume, "/review/sign-in/link/{link}": signIn, "/practice/conversations/{link}": colleague}
	for path, right := range secrets {
		links[path] = []target{{id: right, right: true}, {id: right[:len(right)-4] + "AAAA"}}
		if ref, secret, ok := strings.Cut(right, "."); ok {
			links[path] = append(links[path], target{id: strings.Replace(ref, "-", "-Z", 1) + "." + secret}, target{id: theirs + "." + secret}, target{id: ref}, target{id: secret})
		}
		for _, wrong := range secrets {
			if wrong != right {
				links[path] = append(links[path], target{id: wrong})
			}
		}
		for _, old := range []string{oldPractice, strings.TrimPrefix(spentLink, "/review/sign-in/link/"), follow, draft, session} {
			links[path] = append(links[path], target{id: old})
		}
	}
	for _, id := range rubbish {
		references = append(references, target{id: id})
		for path := range links {
			links[path] = append(links[path], target{id: id})
		}
	}
	forms := []target{{form: mentors, public: mentors, proper: true}, {form: ccts, public: ccts, proper: true}}
	courses := []target{{id: mentors, course: mentors}, {id: ccts, course: ccts}}
	for _, id := range append(slices.Clone(rubbish), mine) {
		forms, courses = append(forms, target{id: id}), append(courses, target{id: id})
	}
	for _, r := range (&web.Server{Settings: web.Settings{Site: new(page.Site)}}).Table(parts...) {
		_, path, ok := strings.Cut(r.Pattern, " ")
		if !ok || town.targets[path] != nil {
			continue
		}
		section, entry := def.Sections[1].ID, row
		period := "2020-21-q4"
		for step, other := range reported {
			if strings.HasSuffix(path, "/"+step) {
				period = other
			}
		}
		switch {
		case strings.Contains(path, "{question}"):
			entry = "1"
		case strings.Contains(path, "{row}"):
			section = list.ID
		}
		names, wildcard := []target{{}}, "{}"
		switch {
		case links[path] != nil:
			names, wildcard = links[path], "{link}"
		case strings.Contains(path, "{reference}"):
			names, wildcard = references, "{reference}"
		case strings.Contains(path, "{course}"):
			names, wildcard = courses, "{course}"
		case strings.Contains(path, "{form}"):
			names, wildcard = forms, "{form}"
		}
		for _, at := range names {
			at.path = strings.NewReplacer(wildcard, at.public+at.id, "{form}", mentors, "{section}", section, "{question}", "referee-email", "{row}", entry, "{$}", "",
				"{scheme}", mentors, "{year}", "2021-22", "{month}", "2021-11", "{state}", "submitted", "{account}", "account.x", "{line}", "1", "{batch}", "batch.x", "{letter}", "letter-1", "{period}", period, "{n}", "1").Replace(path)
			town.targets[path] = append(town.targets[path], at)
		}
	}

	// Returns: one is published, and for each step one is ready.
	reports := returns.Of(h.office)
	reports.Store = store
	scheme := reports.Scheme(mentors)
	var waits url.Values
	for _, id := range []string{"2020-21-q4", reported["publish"], reported["confirm"]} {
		p, ok := returns.PeriodOf(scheme, id)
		r, err := reports.Make(t.Context(), scheme, p, "oda@example.org", "")
		if err != nil || !ok {
			t.Fatal(id, err)
		}
		if waits = (url.Values{"sum": {r.Waiting().Sum()}}); id == reported["confirm"] {
			break
		}
		if _, err = reports.Confirm(t.Context(), scheme, p, "olu@example.org", waits.Get("sum")); err == nil && id == "2020-21-q4" {
			err = reports.Publish(t.Context(), scheme, p, "olu@example.org")
		}
		if err != nil {
			t.Fatal(id, err)
		}
	}

	// One body for every form, so that nothing is refused for a missing answer.
	for i := range def.Sections {
		maps.Copy(town.body, good(&def.Sections[i]))
	}
	maps.Copy(town.body, signed(def))
	preview := accepting("paper", "yes")
	lead.post("/review/"+mine+"/decision", preview).want(200, ".*")
	maps.Copy(town.body, lead.previewed("send"))
	maps.Copy(town.body, period(form.Values{
		"sum":  waits.Get("sum"),
		"note": "MARKER", "correction-reason": "MARKER", "correction-why": "MARKER", "held": "refuse", "count": "0", "reference": bin, "reason": "MARKER", "search": mine, "course": mentors, "answer": "refuse", "took-place": "yes", "role": "MARKER", "agree": "yes", "job-title": "MARKER", "another": "no",
		"referee-email": "thief@example.org", asked[0].ID: "A Thief", asked[1].ID: "thief@example.org", "email": "",
		"seen": seenField.FindStringSubmatch(h.browser().get("/practice/" + practice).body)[1],
	}, "1 9 2021", "30 9 2021"))

	// Somebody of the office has asked for the erasure of everything about the applicants.
	town.person = form.Values{"email": h.application(mine).Document.Applicant.Email, "do": "allow"}
	found, err := h.office.Person(t.Context(), "", town.person["email"])
	if err == nil {
		err = h.office.AskErasure(t.Context(), &staff.Person{Email: "gone@example.org"}, found, found.References())
	}
	if err != nil {
		t.Fatal(err)
	}
	erasure, err := h.office.ErasureOf(t.Context(), found)
	if err != nil {
		t.Fatal(err)
	}
	town.body["id"] = erasure.ID

	town.private = []string{"Angharad", "7654321", "example.org", "MARKER", "Thief", bin, mine, theirs, decided, accepted, strings.Split(draft, ".")[0]}
	for _, p := range town.people {
		for _, c := range p.cookies {
			_, value, _ := strings.Cut(c, "=")
			_, secret, _ := strings.Cut(value, ".")
			if secret != "" && secret != none {
				town.private = append(town.private, secret)
			}
		}
	}
	for _, link := range secrets {
		town.private = append(town.private, link[strings.Index(link, ".")+1:])
	}
	store.show.Store(true)
	return town
}

// A reply is an answer, with the number of writes that there would have been.
type reply struct {
	status int
	header http.Header
	body   string
	writes int64
}

func (h *town) ask(method string, p *person, path string, header ...string) reply {
	h.t.Helper()
	data := url.Values{}
	for name, text := range h.body {
		data.Set(name, text)
	}
	switch {
	case strings.HasSuffix(path, "/reopen"):
		path += "?round=0"
	case strings.HasPrefix(path, "/review/office/person"):
		for name, text := range h.person {
			data.Set(name, text)
		}
	case strings.Contains(path, "/answers/"):
		path += "?shown=0"
	case strings.HasSuffix(path, "/cohort"):
		data.Set("cohort", "cohort-2") // another one than they have
	}
	r, err := http.NewRequest(method, h.server.URL+path, strings.NewReader(data.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	r.RequestURI, r.RemoteAddr = path, "127.0.0.1:1"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cookie", strings.Join(p.cookies, "; "))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	before, w := h.store.tries.Load(), httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String(), h.store.tries.Load() - before}
}

// same is an answer without the requested id, for comparing.
func (r reply) same(at target) string {
	var b strings.Builder
	fmt.Fprintln(&b, r.status)
	r.header.Write(&b)
	b.WriteString(r.body)
	text := b.String()
	if at.id != "" && at.proper { // where to go after signing in
		text = strings.ReplaceAll(text, "?to="+at.id, "")
	}
	return text
}

// TestAccess tries every address as every person, with every id.
func TestAccess(t *testing.T) {
	h, who := newTown(t), whoMay(t)
	began, asked, refused := time.Now(), 0, 0
	answers := map[string]map[string]string{} // answers that must be alike, by kind, with an example of each
	alike := func(key, example, answer string) {
		if answers[key] == nil {
			answers[key] = map[string]string{}
		}
		answers[key][answer] = example
	}
	clean := map[string]bool{} // answers already searched
	refuse := func(what string, r reply, at target) {
		t.Helper()
		refused++
		to := r.header.Get("Location")
		led := r.status == http.StatusSeeOther && (strings.HasPrefix(to, "/review/sign-in") || to == "/review/" && strings.Contains(what, "/review/sign-in/link/"))
		if !led && r.status != http.StatusForbidden && r.status != http.StatusNotFound {
			t.Errorf("%s: status %d, to %q", what, r.status, to)
		}
		if r.writes != 0 {
			t.Errorf("%s: refused with status %d, but would have written", what, r.status)
		}
		if r.header["Set-Cookie"] != nil {
			t.Errorf("%s: gives a cookie", what)
		}
		answer := r.same(at)
		if !clean[answer] {
			clean[answer] = true
			others := strings.Replace(answer, `<p class="hub-answer">MARKER</p>`, "", 1) // their own text, for copying
			for _, private := range h.private {
				if strings.Contains(others, private) {
					t.Errorf("%s: the answer has %q", what, private)
				}
			}
			for name, want := range map[string]string{"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"} {
				if got := r.header.Get(name); got != want {
					t.Errorf("%s: %s is %q", what, name, got)
				}
			}
		}
	}
	wrote := map[string]bool{} // patterns by which a permitted person would have written
	methods := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
	for path, targets := range h.targets {
		for _, method := range methods {
			pattern := method + " " + path
			if method == "HEAD" {
				pattern = "GET " + path
			}
			if pattern == "GET /apply/{form}/start" { // leads to the first page, which is the site's
				continue
			}
			for i, at := range targets {
				if who[pattern] == "" && i > 2 {
					break // a method that is not allowed: a few ids are enough
				}
				for _, p := range h.people {
					asked++
					r := h.ask(method, p, at.path)
					example := fmt.Sprintf("%s, as %s", pattern, p.name)
					if len(at.path) < 100 {
						example = fmt.Sprintf("%s %s, as %s", method, at.path, p.name)
					}
					if who[pattern] == "" {
						refuse(example, r, at)
						alike(fmt.Sprintf("%s %s, %s, signed in: %v", method, path, at.public, p.staff), example, r.same(at))
						continue
					}
					if !p.may(who[pattern], at) {
						refuse(example, r, at)
						key := fmt.Sprintf("%s %s, %s, signed in: %v", method, path, at.public, p.staff)
						if path == "/review/sign-in/link/{link}" && !p.staff { // see docs/access.md
							key += fmt.Sprint(named("sign-in", p.cookies), at.right)
						}
						alike(key, example, r.same(at))
						continue
					}
					switch r.status {
					case http.StatusOK, http.StatusConflict, http.StatusUnprocessableEntity:
					case http.StatusSeeOther:
						if to := r.header.Get("Location"); strings.HasPrefix(to, "/review/sign-in") || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
							t.Errorf("%s: to %s", example, to)
						}
					default:
						t.Errorf("%s: status %d, but they may; %s", example, r.status, text(r.body))
					}
					if r.writes > 0 {
						wrote[pattern] = true
					}
					if r.header.Get("Cache-Control") != "no-store" || r.header.Get("X-Robots-Tag") != "noindex" {
						t.Errorf("%s: headers %v", example, r.header)
					}
					if method != "POST" {
						continue
					}
					for _, from := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
						asked++
						r := h.ask(method, p, at.path, from...)
						refuse(example+" from another site", r, at)
						if r.status != http.StatusForbidden {
							t.Errorf("%s: a post from another site: status %d", example, r.status)
						}
						alike("from another site"+at.public, example, r.same(at))
					}
				}
			}
		}
	}
	for key, different := range answers {
		if len(different) == 1 {
			continue
		}
		t.Errorf("%s: %d different refusals", key, len(different))
		for answer, example := range different {
			head, _, _ := strings.Cut(answer, "<!")
			t.Logf("%s:\n%s%s", example, head, text(answer))
		}
	}
	for pattern, by := range who {
		open := slices.Contains([]string{"POST /apply/{form}/start", "POST /status/link", "POST /review/sign-in", "POST /review/search", "POST /apply/{form}/{section}/{row}/remove", "POST /review/{reference}/returned", "POST /review/office/person", "POST /review/office/paper/{form}", "POST /review/office/letters/{reference}"}, pattern) ||
			pattern == "POST /review/several" || strings.Contains(pattern, "/attendance/") || slices.Contains(attended, pattern) || strings.HasPrefix(pattern, "POST /review/claims/") // there are none here; see package web/claim
		if strings.HasPrefix(pattern, "POST ") && !wrote[pattern] && !open {
			t.Errorf("%s, by %s: nobody did anything by it, so that the refusals of others show nothing", pattern, by)
		}
	}
	log := h.log.String()
	for _, private := range h.private {
		if !reference.MatchString(private) && strings.Contains(log, private) {
			t.Errorf("the log has %q", private)
		}
	}
	t.Logf("%d addresses, %d people, %d requests, %d of them refused, in %.1f s", len(who), len(h.people), asked, refused, time.Since(began).Seconds())
}

// TestAccessPaths: dots, slashes and other spellings of an address lead nowhere else.
func TestAccessPaths(t *testing.T) {
	h := newTown(t)
	mine := h.targets["/review/{reference}"][0].id
	for _, p := range h.people {
		for _, path := range []string{
			"/apply/../review/" + mine, "/status/..%2Freview%2F" + mine, "/review//" + mine, "/review/./" + mine, "/%2e%2e/review/" + mine, "//evil.example/..", "/review/%5Cevil.example",
			"/review/" + mine + "/", "/review/" + mine + "/../" + mine, "/REVIEW/" + mine, "/review/" + mine + ";x", "/review/" + mine + "%3Fx", "/review/sign-in/..%2f..%2f" + mine,
		} {
			r := h.ask("GET", p, path)
			to, err := url.Parse(r.header.Get("Location"))
			if err != nil || to.Host != "" || to.Scheme != "" || strings.HasPrefix(to.Path, "//") || strings.Contains(to.Path, `\`) {
				t.Errorf("%s: to %q", path, r.header.Get("Location"))
			}
			if r.status < 300 || r.writes != 0 || r.header["Set-Cookie"] != nil {
				t.Errorf("GET %s, as %s: status %d, %d writes", path, p.name, r.status, r.writes)
			}
		}
	}
	// After signing in, somebody can only go to an address of the hub.
	for _, to := range []string{"https://evil.example", "//evil.example", "/evil", mine + "/../..", "\\evil", "javascript:alert(1)"} {
		r := h.ask("GET", h.people[0], "/review/sign-in?to="+url.QueryEscape(to))
		if r.status != http.StatusOK || strings.Contains(r.body, "evil") || strings.Contains(r.body, "alert") {
			t.Errorf("to %q: status %d\n%s", to, r.status, text(r.body))
		}
	}
}

// TestAtOnce: if two people take the last possible step with an application at the same moment,
// over HTTP, one succeeds.
func TestAtOnce(t *testing.T) {
	b := newBoard(t, ccts)
	link := b.secretOf(b.ref, "/status/")
	at := "/review/" + b.ref + "/decision"
	b.lead.post(at, accepting()).want(200, at)
	b.deputy.post(at, declining()).want(200, at)
	applicant := b.browser().post("/status/"+link, nil).want(200, "/status/")
	accept, decline := b.lead.previewed("send"), b.deputy.previewed("send")
	var work sync.WaitGroup
	for range 4 {
		for who, v := range map[*browser]form.Values{b.lead: accept, b.deputy: decline} {
			work.Go(func() {
				again := &browser{t: t, hub: b.hub, client: who.client}
				if again.post(at, v); again.status != http.StatusOK && again.status != http.StatusConflict {
					t.Errorf("a decision: status %d", again.status)
				}
			})
		}
		work.Go(func() {
			again := &browser{t: t, hub: b.hub, client: applicant.client}
			again.post("/status/withdraw", nil).want(200, "/status/")
		})
	}
	work.Wait()
	count := map[string]int{}
	for _, e := range b.application(b.ref).Events {
		count[e.What]++
	}
	if n := count[application.EventAccepted] + count[application.EventDeclined]; n > 1 || count[application.EventWithdrawn] > 1 || n+count[application.EventWithdrawn] == 0 {
		t.Errorf("decided and withdrawn at once: %v", count)
	}
	if found, err := office.New(b.desk).Audit(t.Context(), nil); err != nil || len(found.Wrong) > 0 {
		t.Errorf("the audit: %+v, %v", found, err)
	}
}
