// Package review has the pages of the staff: signing in, lists, one application, deciding, exports
// and figures.
package review

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/attend"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/removal"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// A server has the handlers of this part.
type server struct {
	*web.Server
	applications *decide.Desk
}

// entrance is where the staff sign in.
var entrance = web.Entrance{
	Below: "/review/", Title: "Sign in to see applications",
	For: "This is for each course's {decider}, their deputies and the office, and for those who claim payments, check claims or pay them. " +
		"If you have applied for a course, use the link in our email to you.",
	Wanted: application.IsReference,
}

// Routes are the addresses of the staff.
func Routes(shared *web.Server) []web.Route {
	s := &server{shared, decide.Of(shared.Desk)}
	return append(append(web.SigningIn(shared, entrance), s.correctRoutes()...), []web.Route{
		// Lists and reading: review.go; several at once: several.go.
		web.On("GET /review/{$}", web.Staff, s.reviews),
		web.On("GET /review/several", web.Staff, s.searched),
		web.On("POST /review/several", web.Staff, s.several),
		web.On("GET /review/search", web.Staff, s.searched),
		web.On("POST /review/search", web.Staff, s.search),
		web.On("GET /review/{reference}", web.Staff, s.review),
		web.On("GET /review/{reference}/application.pdf", web.Staff, s.printReview),
		web.On("GET /review/{reference}/notes", web.Staff, s.notesOf),
		web.On("POST /review/{reference}/notes", web.Staff, s.addNote),

		// Deciding: decide.go.
		web.On("GET /review/{reference}/cohort", web.Staff, s.askAssign),
		web.On("POST /review/{reference}/cohort", web.Staff, s.assign),
		web.On("GET /review/{reference}/decision", web.Leads, s.askDecision),
		web.On("POST /review/{reference}/decision", web.Leads, s.decide),
		web.On("GET /review/{reference}/returned", web.Leads, s.askReturned),
		web.On("POST /review/{reference}/returned", web.Leads, s.returned).WithFile(),
		web.On("GET /review/{reference}/reopen", web.Leads, s.askReopen),
		web.On("POST /review/{reference}/reopen", web.Leads, s.reopen),

		// Exports and figures: report.go.
		web.On("GET /review/export", web.Staff, s.askExport),
		web.On("POST /review/export", web.Staff, s.export),
		web.On("GET /review/export/codebook/{course}", web.Staff, s.codebook),
		web.On("GET /review/figures", web.Staff, s.figures(false)),
		web.On("GET /review/figures.csv", web.Staff, s.figuresFile(false)),
		web.On("GET /review/figures/publish", web.Staff, s.figures(true)),
		web.On("GET /review/figures/publish.csv", web.Staff, s.figuresFile(true)),
	}...)
}

// staffFrame is the frame of a page for the staff. Titles name nobody, since browsers keep them.
func staffFrame(heading string, back bool) page.Frame {
	f := page.Frame{Heading: heading, Title: heading, Application: true}
	if back {
		f.Back = &page.Link{Text: "All applications", Href: "/review/"}
	}
	return f
}

// reviews is the list of applications. Its address holds what it shows: ids, numbers and the
// position in the list, but nothing typed about a person.
func (s *server) reviews(w http.ResponseWriter, r *http.Request) error {
	person, asked := web.StaffOf(r), r.URL.Query()
	if len(person.Where(staff.Read, staff.Courses)) == 0 { // they only deal with money
		to := "/review/claims/"
		switch {
		case len(person.Where(staff.Hear, staff.Courses)) > 0: // or hear appeals against charges
			to = "/review/attendance/"
		case len(person.Where(staff.Claim, staff.Schemes))+len(person.Where(staff.Ledger, staff.Schemes)) == 0:
			to = "/review/returns/"
		}
		return web.SeeOther(w, r, to)
	}
	f := filterOf(asked)
	listing, err := s.Office.List(r.Context(), person, f)
	if err != nil {
		return err
	}
	counts, err := s.Office.Counts(r.Context(), person)
	if err != nil {
		return err
	}
	view := page.Reviews{Staff: person.Name, Asking: page.Asking{Section: &office.Searching}, Ways: s.ways(person),
		Filters: s.filters(person, f), Lines: s.reviewLines(listing.Lines), Tabs: s.tabs(person, asked, f, counts)}
	if d := s.corrections(); d != nil {
		waiting, err := d.Waiting(r.Context(), person)
		if err != nil {
			return err
		}
		if n := len(waiting); n > 0 {
			view.Ways = append([]page.Link{{Text: "Corrections asked for: " + strconv.Itoa(n), Href: atCorrections}}, view.Ways...)
		}
	}
	b, err := removal.Of(s.Desk).Brake(r.Context())
	if err != nil {
		return err
	}
	if b.Held != nil {
		view.Held = b.Held.Why
	}
	view.Restores = len(person.Where(staff.Restore, staff.Courses)) > 0
	if f.Days > 0 {
		view.Days = strconv.Itoa(f.Days)
	}
	for name := range asked {
		view.Filtered = view.Filtered || name != "after" && name != "before" && name != "waiting"
	}
	at := func(name string, p *record.Cursor) string {
		if p == nil {
			return ""
		}
		q := url.Values{}
		for _, keep := range []string{"course", "cohort", "status", "waiting", "days", "sort"} {
			if asked.Has(keep) {
				q.Set(keep, asked.Get(keep))
			}
		}
		q.Set(name, strconv.FormatInt(p.Since.UnixMilli(), 10)+"."+p.ID)
		return "/review/?" + q.Encode()
	}
	view.Previous, view.Next = at("before", listing.Previous), at("after", listing.Next)
	return s.Render(w, http.StatusOK, "reviews", staffFrame("Applications", false), view)
}

// ways are links to the person's other pages.
func (s *server) ways(person *staff.Person) []page.Link {
	ways := []page.Link{{Text: "Figures", Href: "/review/figures"}, {Text: "Export applications", Href: "/review/export"}}
	if len(person.Where(staff.Restore, staff.Courses)) > 0 {
		ways = append(ways, page.Link{Text: "For the office: data of a person, letters, removals, journal",
			Href: "/review/office/"})
	}
	if attend.In(s.Office) != nil {
		ways = append(ways, page.Link{Text: "Who came, and certificates", Href: "/review/attendance/"})
	}
	if len(person.Where(staff.Reading, staff.Schemes)) > 0 {
		ways = append(ways, page.Link{Text: "Returns", Href: "/review/returns/"})
	}
	if len(person.Where(staff.Ledger, staff.Schemes))+len(person.Where(staff.Claim, staff.Schemes)) > 0 {
		ways = append(ways, page.Link{Text: "Claims and ledgers", Href: "/review/claims/"})
	}
	return ways
}

// tabs are the lists by whom an application waits for, the person's own list first. They keep the
// list's other filters.
func (s *server) tabs(
	person *staff.Person, asked url.Values, f office.Filter, counts map[application.Party]int,
) (all []page.Tab) {
	yours := s.Say("For the {decider}")
	if len(person.Where(staff.Decide, staff.Courses)) > 0 {
		yours = "For you to do"
	}
	for _, tab := range []struct {
		party application.Party
		text  string
	}{
		{application.Lead, yours}, {application.Practice, s.Say("For {a employer}")},
		{application.Applying, "For an applicant"},
		{office.Decided, "Decided"}, {"", "All"},
	} {
		q := url.Values{"waiting": {string(tab.party)}}
		for _, keep := range []string{"course", "cohort", "days", "sort"} {
			if asked.Get(keep) != "" {
				q.Set(keep, asked.Get(keep))
			}
		}
		t := page.Tab{Text: tab.text, Href: "/review/?" + q.Encode(), Here: f.Waiting == tab.party}
		if n, counted := counts[tab.party]; counted {
			t.Count = strconv.Itoa(min(n, office.MostCounted))
			if n > office.MostCounted {
				t.Count += "+"
			}
		}
		all = append(all, t)
	}
	return all
}

// filterOf reads a filter from an address, leaving out what makes no sense. Without a filter, the
// list shows what waits for a decision.
func filterOf(asked url.Values) office.Filter {
	f := office.Filter{Course: asked.Get("course"), Newest: asked.Get("sort") == "newest", Waiting: application.Lead}
	if id, cohort, ok := strings.Cut(asked.Get("cohort"), "."); ok {
		f.Cohort = cohort
		if f.Course == "" {
			f.Course = id
		} else if f.Course != id { // the cohort is of another course, so nothing can match both
			f.Cohort = id + "." + cohort
		}
	}
	if asked.Has("status") || asked.Has("waiting") {
		f.Status, f.Waiting = application.Status(asked.Get("status")), application.Party(asked.Get("waiting"))
	}
	if days, err := strconv.Atoi(strings.TrimSpace(asked.Get("days"))); err == nil && days > 0 {
		f.Days = min(days, 999)
	}
	place := asked.Get("after")
	if asked.Has("before") {
		place, f.Back = asked.Get("before"), true
	}
	text, ref, _ := strings.Cut(place, ".")
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && application.IsReference(ref) {
		f.At = record.Cursor{Since: time.UnixMilli(ms).UTC(), ID: ref}
	} else {
		f.Back = false
	}
	return f
}

// party is whom an application waits for, in words; "" if it waits for nobody.
func (s *server) party(p application.Party) string {
	return s.Say(map[application.Party]string{
		application.Lead: "{decider}", application.Practice: "{employer}", application.Applying: "applicant",
	}[p])
}

func (s *server) filters(person *staff.Person, f office.Filter) []page.Select {
	courses := page.Select{Name: "course", Label: "Course", Options: []page.Option{{Label: "All courses"}}}
	cohorts := page.Select{Name: "cohort", Label: "Cohort", Options: []page.Option{{Label: "All cohorts"}}}
	for _, c := range s.Desk.Programme.Courses {
		if !person.May(staff.Read, staff.Course(c.ID)) {
			continue
		}
		courses.Options = append(courses.Options, page.Option{Value: c.ID, Label: c.Title, Selected: c.ID == f.Course})
		for _, k := range c.Cohorts {
			if len(c.Cohorts) > 1 {
				cohorts.Options = append(cohorts.Options, page.Option{Value: c.ID + "." + k.ID, Label: c.Title + ": " +
					k.Name, Selected: c.ID == f.Course && k.ID == f.Cohort})
			}
		}
	}
	choose := func(name, label, chosen string, options ...page.Option) page.Select {
		for i := range options {
			options[i].Selected = options[i].Value == chosen
		}
		return page.Select{Name: name, Label: label, Options: options}
	}
	sort := ""
	if f.Newest {
		sort = "newest"
	}
	all := []page.Select{courses}
	if len(cohorts.Options) > 1 {
		all = append(all, cohorts)
	}
	return append(all,
		choose("status", "Status", string(f.Status), page.Option{Label: "Any status"},
			page.Option{Value: string(application.Received), Label: "Received, not decided"},
			page.Option{Value: string(application.Accepted), Label: "Accepted"},
			page.Option{Value: string(application.Declined), Label: "Declined"},
			page.Option{Value: string(application.Withdrawn), Label: "Withdrawn"}),
		choose("waiting", "Waiting for", string(f.Waiting), page.Option{Value: string(office.Anyone), Label: "Anyone"},
			page.Option{Value: string(application.Lead), Label: s.Say("{decider}")},
			page.Option{Value: string(application.Practice), Label: s.Say("{Employer}")},
			page.Option{Value: string(application.Applying), Label: "Applicant"},
			page.Option{Value: string(office.Decided), Label: "No one: decided or withdrawn"},
			page.Option{Label: "Anyone or no one"}),
		choose("sort", "Order", sort, page.Option{Label: "Longest waiting first"},
			page.Option{Value: "newest", Label: "Newest first"}))
}

func (s *server) reviewLines(briefs []application.Brief) []page.ReviewLine {
	var lines []page.ReviewLine
	for _, b := range briefs {
		l := page.ReviewLine{
			Reference: b.Reference, Href: "/review/" + b.Reference, Name: cmp.Or(b.Name, "Name not shown"),
			Course: b.Course, Cohort: cmp.Or(b.Counts.Named, s.cohortName(b.Course, b.Cohort)), Stands: s.standing(b),
			Double: b.Double, Flagged: b.Flagged, New: !b.Read, Paper: b.Paper,
		}
		if !b.Received.IsZero() {
			l.Received = course.DateOf(b.Received).Short()
		}
		if b.Asked != "" {
			l.Asked = s.cohortName(b.Course, b.Asked)
		}
		if c := s.Desk.Programme.Course(b.Course); c != nil {
			l.Course = c.Title
			if len(c.Cohorts) < 2 {
				l.Cohort, l.Asked = "", ""
			}
		}
		lines = append(lines, l)
	}
	return lines
}

// standing is the state of an application in words.
func (s *server) standing(b application.Brief) string {
	if who := s.party(b.Waiting); who != "" {
		waits := "Waiting for the " + who
		if b.Status == application.Accepted {
			waits = "Accepted, waiting for the " + who
		}
		return waits + ", " + intake.WorkingDays(b.Waited(s.Desk.Now()))
	}
	return strings.ToUpper(string(b.Status[:1])) + string(b.Status[1:]) + " on " + course.DateOf(b.Since).String()
}

func (s *server) cohortName(courseID, cohort string) string {
	if c := s.Desk.Programme.Course(courseID); c != nil {
		for _, k := range c.Cohorts {
			if k.ID == cohort {
				return k.Name
			}
		}
	}
	return cohort
}

// search shows what is found. The search is posted, so that no address contains it.
func (s *server) search(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	person, v := web.StaffOf(r), office.Searching.Read(posted)
	view := page.Reviews{Staff: person.Name, Searched: true, Asking: page.Asking{Section: &office.Searching, Values: v,
		Problems: office.Searching.Check(v, s.Desk.Now())}}
	if len(view.Problems) == 0 {
		found, total, err := s.Office.Search(r.Context(), person, v["search"])
		if err != nil {
			return err
		}
		view.Lines, view.Total = s.reviewLines(found), total
	}
	heading := "Search results"
	if len(view.Problems) > 0 {
		heading = "Search"
	}
	return s.Render(w, web.StatusOf(view.Problems), "reviews", staffFrame(heading, true), view)
}

// searched answers an address that is only posted to, of a search or of an act on several
// applications, when it is opened by hand or by going back.
func (s *server) searched(w http.ResponseWriter, r *http.Request) error {
	return web.SeeOther(w, r, "/review/")
}

// review shows one application.
func (s *server) review(w http.ResponseWriter, r *http.Request) error {
	a, err := s.applications.Read(r.Context(), web.StaffOf(r), r.PathValue("reference"))
	if err != nil {
		return err
	}
	return s.reviewPage(w, r, a, nil, nil)
}

func (s *server) reviewPage(
	w http.ResponseWriter, r *http.Request, a *application.Application, v form.Values, problems []form.Problem,
) error {
	person, doc, at := web.StaffOf(r), a.Document, "/review/"+a.Reference
	b := a.Brief()
	correct := s.correctLinks(person, a)
	if len(problems) > 0 { // sent uncompressed and only about a note, so kept small
		correct = func(string, int) string { return "" }
	}
	view := page.Review{
		Staff: person.Name, Reference: a.Reference, Course: doc.Course.Title, PDF: at + "/application.pdf",
		Doubts: a.Doubts(), Flags: a.Remarks(),
		Sections: web.Summaries(a, correct), Label: doc.Signature.Label,
		Signed: doc.Signature.Name, SignedAt: course.Moment(doc.Signature.At),
		Asking: page.Asking{Section: &decide.Noting, Values: v, Problems: problems}, NoteAction: at + "/notes",
	}
	if len(problems) == 0 { // as for the links above
		view.Happened = s.staffTimeline(a)
	}
	if len(person.Where(staff.Restore, staff.Courses)) > 0 {
		view.More = append(view.More, page.Link{Text: "Letters", Href: "/review/office/letters/" + a.Reference})
	}
	fact := func(question, answer string) {
		view.Facts = append(view.Facts, page.Fact{Question: question, Answer: answer})
	}
	fact("Applicant", doc.Applicant.Name)
	if number := doc.Applicant.Registration; !number.None() {
		fact(number.What(), number.Number)
	}
	fact("Email", doc.Applicant.Email)
	if doc.Applicant.Telephone != "" {
		fact("Telephone", doc.Applicant.Telephone)
	}
	fact("Status", s.standing(b))
	if p := doc.Paper; p != nil {
		for _, line := range a.Copy(true).Head {
			if line.Label == "Came on paper" || line.Label == "Entered" {
				fact(line.Label, line.Value)
			}
		}
		view.More = append(view.More, page.Link{Text: "Download the scan of the paper", Href: at + "/scan"})
	} else {
		fact("Received", course.Moment(doc.Received))
	}
	fact("We remove it on", course.DateOf(s.Desk.Removed(a)).String())
	view.Sections = s.withoutContact(a, view.Sections)

	var err error
	if view.Decision, err = s.decisionBlock(r, a); err != nil {
		return err
	}
	doubles, err := s.Desk.Doubles(r.Context(), a)
	if err != nil {
		return err
	}
	view.Doubles, view.SameAs = s.reviewLines(doubles), a.SameAs()
	for _, c := range a.Copy(true).Parts {
		// that has a block of its own
		if c.Untouched() || slices.ContainsFunc(doc.Parts, func(p form.Part) bool {
			return p.ID == c.ID &&
				p.Decision
		}) {
			continue
		}
		view.Parts = append(view.Parts, page.Completed{Title: c.Title, State: c.State, Facts: web.Facts(c.Items)})
	}
	if asked := s.wished(person, a); asked != nil {
		view.Parts = append([]page.Completed{*asked}, view.Parts...)
	}
	for _, d := range doc.Declarations {
		view.Declared = append(view.Declared, d.Text)
	}
	for _, n := range a.Notes {
		view.Notes = append(view.Notes, page.Noted{Text: n.Text, By: n.Name + ", " + n.By, At: course.Moment(n.At)})
	}
	f := staffFrame("Application "+a.Reference, true)
	return s.Render(w, web.StatusOf(problems), "review", f, view)
}

// withoutContact leaves out the answers that the summary already shows: how to reach the applicant,
// and their number. An answer that was corrected since stays, as the applicant gave it.
func (s *server) withoutContact(a *application.Application, all []page.Summary) []page.Summary {
	def, who := s.Desk.Programme.Forms[a.Form], a.Document.Applicant
	if def == nil {
		return all
	}
	said := map[string]string{}
	for _, section := range a.Document.Sections {
		for _, i := range section.Items {
			for id, is := range map[string]string{def.Applicant.Email: who.Email, def.Applicant.Telephone: who.Telephone,
				def.Applicant.Number: who.Number} {
				if i.ID == id && i.Value() == is {
					said[i.Question] = i.Answer
				}
			}
		}
	}
	for n := range all {
		all[n].Facts = slices.DeleteFunc(all[n].Facts, func(f page.Fact) bool {
			is, there := said[f.Question]
			return there && is == f.Answer
		})
	}
	return all
}

// printReview gives the staff's PDF. Reading it is noted like reading the page.
func (s *server) printReview(w http.ResponseWriter, r *http.Request) error {
	a, err := s.applications.Read(r.Context(), web.StaffOf(r), r.PathValue("reference"))
	if err != nil {
		return err
	}
	return s.File(w, s.Desk.Print(a, true))
}

func (s *server) addNote(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	person, ref := web.StaffOf(r), r.PathValue("reference")
	v := decide.Noting.Read(posted)
	problems, err := s.applications.AddNote(r.Context(), person, ref, v["note"])
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		a, err := s.applications.Read(r.Context(), person, ref)
		if err != nil {
			return err
		}
		return s.reviewPage(w, r, a, v, problems)
	}
	return web.SeeOther(w, r, "/review/"+ref+"#notes")
}

// notesOf answers the address to which notes are posted, when it is opened by hand or by going
// back.
func (s *server) notesOf(w http.ResponseWriter, r *http.Request) error {
	if !application.IsReference(r.PathValue("reference")) {
		return web.ErrNotFound
	}
	return web.SeeOther(w, r, "/review/"+r.PathValue("reference"))
}
