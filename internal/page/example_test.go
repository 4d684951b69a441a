package page_test

import (
	"html/template"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/chart"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/service"
	"traininghub/templates"
)

var site = &page.Site{
	Name:         "Anytown Training Hub",
	Organisation: "Anytown Primary Care",
	BaseURL:      "https://hub.example.org",
	Email:        "help@example.org",
	Identity:     page.Identity{Line: "For everybody in Anytown", Mark: "mark.svg", Width: 60},
	Menu:         []page.Link{{Text: "Courses", Href: "/courses/"}, {Text: "Contact", Href: "/contact/"}},
	Footer:       []page.Link{{Text: "Accessibility", Href: "/accessibility/"}, {Text: "Privacy", Href: "/privacy/"}},
}

var assets = page.Assets{CSS: "/assets/site-1A2B3C4D.css", JS: "/assets/site-1A2B3C4D.js", Icon: "/assets/favicon.svg", Find: "/assets/find-1A2B3C4D.js"}

// formFile has a question of each kind, once to be answered and once not, and two lists.
const formFile = `
title: Apply for Listening Well
course: listening
reference: LW
before: ["Find your GMC reference number."]
applicant: {names: [name], email: email, telephone: phone, number: gmc}
sections:
  - id: about-you
    title: About you
    intro: ["We use these details to contact you."]
    questions:
      - {id: name, kind: text, label: Full name, in_messages: your full name, rule: "required,name,max=100", autocomplete: name}
      - {id: email, kind: email, label: Email address, in_messages: your email address, hint: We send a copy here, rule: "required,email,max=254", autocomplete: email}
      - {id: phone, kind: telephone, label: Phone number, in_messages: your phone number, rule: "required,telephone", width: 20, autocomplete: tel}
      - {id: gmc, kind: text, label: GMC reference number, rule: "required,gmc", width: 10}
      - {id: spent, kind: duration, label: "How long did it take?", in_messages: how long it took, rule: "required,min=1,max=600"}
      - {id: fee, kind: money, label: Fee, in_messages: the fee, hint: "For example, £1,250.50", rule: "required,max=5000", width: 10}
  - id: your-work
    title: Your work
    questions:
      - {id: sessions, kind: number, label: Clinical sessions a week, hint: "You can use halves, for example 4.5", rule: "required,min=1,max=14", width: 4}
      - {id: joined, kind: date, label: "When did you join?", in_messages: the date you joined, hint: "For example, 27 3 2015", rule: "required,past"}
      - {id: trained, kind: month, label: "When did you qualify?", in_messages: the date you qualified, rule: "required,past"}
      - {id: trainer, kind: yes-no, label: "Are you a trainer?", in_messages: you are a trainer, rule: required}
      - id: role
        kind: choice
        label: What is your role?
        in_messages: your role
        rule: required
        options: [{id: partner, label: Partner}, {id: salaried, label: Salaried GP, hint: Or a GP on the retention scheme}]
      - id: days
        kind: choices
        label: Which days do you work?
        in_messages: the days on which you work
        rule: "required,max=2"
        options: [{id: monday, label: Monday}, {id: friday, label: Friday, hint: Or the weekend}, {id: other, label: Other days}]
      - {id: cohort, kind: cohort, label: "Which cohort do you want to join?", in_messages: which cohort you want to join, rule: required}
      - {id: reasons, kind: long-text, label: "Why do you apply?", in_messages: why you apply, hint: Do not include patient details, rule: "required,max=200"}
      - {id: anything, kind: long-text, label: Anything else, rule: "omitempty,max=200"}
      - {id: postcode, kind: text, label: Postcode, rule: "omitempty,postcode", width: 10, autocomplete: postal-code}
  - id: awards
    title: Your awards
    intro: ["You can apply without one."]
    repeat: {item: award, items: awards, min: 0, max: 3, name: award}
    questions:
      - {id: award, kind: text, label: Award, rule: "required,max=100"}
  - id: referees
    title: Your references
    repeat: {item: reference, items: references, min: 2, max: 2, name: referee}
    questions:
      - {id: referee, kind: text, label: Name, rule: "required,max=100"}
declarations:
  - {id: charge, text: "I will be charged £352.50 if I miss a workshop."}
  - {id: accurate, text: The information I have given is accurate.}
signature: {label: Full name}
next: ["We send your application to the lead.", "The lead decides by 1 December 2021."]
`

const courseFile = `---
title: Listening Well
summary: Three short workshops for GPs & their colleagues.
describe: A course of three workshops for GPs on how to listen well to the colleagues with whom they work.
programme_year: 2021/22
provider: {name: Anytown Tutors}
qualification: Certificate
at_a_glance:
  what: A short course
  who: [GPs]
  why: [Listen better]
  length: 5 hours
  delivery: Virtual
  time_of_day: Daytime
  cost: [Free]
deadline: Friday 15 October 2021
charge: £352.50
contact: {email: ask@example.org}
lead: {email: lead@example.org}
hours: 5.5
weeks: 3
sessions:
  - {title: Hearing, hours: 3, covers: [Silence, "Questions & answers"]}
  - {title: Answering, hours: 2.5, covers: [Practice in pairs]}
modules:
  - {title: Welcome, weeks: 1}
  - {title: Practice, weeks: 2, about: Two weeks with a colleague.}
cohorts:
  - name: Cohort 1
    workshops:
      - {date: Tuesday 2 November 2021, time: 2pm to 5pm}
      - {date: Tuesday 9 November 2021, time: 6pm to 8:30pm}
  - name: Cohort 2
    workshops:
      - {date: Thursday 26 May 2022, time: 2pm to 5pm}
      - {date: Thursday 9 June 2022, time: 6pm to 8:30pm}
---
`

func exampleForm(t testing.TB) *form.Definition {
	t.Helper()
	forms, faults := form.Load(fstest.MapFS{"forms/listening.yaml": {Data: []byte(formFile)}}, "forms")
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	joined, faults := forms[0].Join(form.Joined{
		Fact: func(string) (string, bool) { return "", false },
		Cohorts: []form.Option{{ID: "cohort-1", Label: "Cohort 1", Hint: "Tuesday 2 November 2021"},
			{ID: "cohort-2", Label: "Cohort 2", Hint: "Thursday 26 May 2022"}},
	})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return joined
}

func exampleCourse(t testing.TB) *course.Course {
	t.Helper()
	courses, faults := course.Load(fstest.MapFS{"courses/listening.md": {Data: []byte(courseFile)}}, "courses")
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return courses[0]
}

func newRenderer(t testing.TB) *page.Renderer {
	t.Helper()
	r, err := page.New(templates.Files, site, assets)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// today is the day on which the examples are checked.
var today = time.Date(2021, time.September, 20, 12, 0, 0, 0, course.London)

// nasty is an answer that would break out of any HTML that does not escape it.
const nasty = `"><script>alert('x')</script></textarea>&amp;`

// An example is a page as somebody sees it.
type example struct {
	name  string // of the example
	page  string
	frame page.Frame
	view  any
}

var exampleService = &service.Service{
	ID: "support", Title: "Peer support",
	Areas: []service.Area{{ID: "north", Name: nasty, Lead: course.Contact{Name: "Nora North"}},
		{ID: "south", Name: "The south", Lead: course.Contact{Email: "south@example.org"}}},
}

var exampleTerms = &form.Terms{Title: "Terms of business", Clauses: []string{"Cancelling late is charged.", nasty},
	Statement: "I agree to these terms."}

// examples are all pages, each in the states that look different.
func examples(t testing.TB) []example {
	f, c := exampleForm(t), exampleCourse(t)
	r := newRenderer(t)
	open := page.StatusTag{Status: course.Open, Text: "Open", Detail: "Apply by 11:59pm on Friday 15 October 2021"}
	card := page.CourseCard{Course: c, Href: "/courses/listening/", Status: open}
	closed := page.CourseCard{Course: c, Href: "/courses/mentoring/", Status: page.StatusTag{Status: course.Closed,
		Text: "Closed"}}
	var cards []template.HTML
	for _, c := range []page.CourseCard{card, closed} {
		html, err := r.Block("card", c)
		if err != nil {
			t.Fatal(err)
		}
		cards = append(cards, html)
	}
	by := []page.Facet{{Name: "Topic", Links: []page.FacetLink{{Link: page.Link{Text: nasty, Href: "/catalogue/topic/x/"}, Count: 2},
		{Link: page.Link{Text: "Listening", Href: "/catalogue/topic/listening/"}, Count: 1, Current: true}}}}
	many := page.Courses{Cards: cards, All: &page.Link{Text: "All 20 courses", Href: "/catalogue/"}, By: by}
	listed := page.Catalogue{Says: "2 courses.", Courses: []page.Listed{{ID: "listening", Title: c.Title, Card: cards[0]},
		{ID: "mentoring", Title: nasty, Card: cards[1]}}, By: by, Page: 2, Of: 3, Prev: "/catalogue/", Next: "/catalogue/page-3/",
		Index: "/catalogue/index.json", Compare: "/side-by-side/"}
	month := page.Calendar{Months: []page.CalendarMonth{{Name: "October 2021", Days: []page.CalendarDay{{Date: c.Deadline, What: nasty,
		Text: nasty, Href: "/courses/mentoring/"}}}}}
	side := page.Compare{Courses: []page.CourseCard{card, closed},
		Rows: []page.GlanceRow{{Label: "Why", Cells: [][]string{{"One reason"}, {"One", "Another"}}}}}
	elsewhere := page.Link{Text: "Choose other courses", Href: "/catalogue/"}
	glance := []page.GlanceRow{{Label: "Length", Cells: [][]string{{"5 hours"}}},
		{Label: "Cost", Cells: [][]string{{"Course: free", "You get £289"}}}}

	areas, err := r.Block("areas", exampleService)
	if err != nil {
		t.Fatal(err)
	}
	var body strings.Builder
	body.WriteString("<h2>Dates</h2>")
	for name, view := range map[string]any{
		"dates": page.Dates{Course: c, At: c.Start().Time()}, "sessions": c, "modules": c, "courses": page.Courses{Cards: cards},
		"compare": side,
		"calendar": page.Calendar{Feed: "/calendar.ics", Months: []page.CalendarMonth{{Name: "October 2021", Days: []page.CalendarDay{
			{Date: c.Deadline, Time: "by 11:59pm", What: "Applications close", Text: c.Title,
				Href: "/courses/listening/"},
			{Date: c.Deadline, What: nasty, Text: nasty, Href: "/courses/mentoring/"},
		}}}, More: by[0].Links},
		"past": page.Past{Courses: []page.PastCourse{{Course: c, Href: "/courses/listening/", Over: c.Deadline}},
			All: "/catalogue/"},
		"terms": exampleTerms,
	} {
		block, err := r.Block(name, view)
		if err != nil {
			t.Fatal(err)
		}
		body.WriteString(string(block))
	}

	crumbs := []page.Link{{Text: "Home", Href: "/"}, {Text: "Courses", Href: "/courses/"}}
	back := &page.Link{Text: "Back", Href: "/apply/listening/about-you"}
	inside := func(heading string) page.Frame {
		return page.Frame{Heading: heading, Back: back, Application: true}
	}
	section := func(number int, values form.Values) page.Section {
		s := &f.Sections[number-1]
		return page.Section{Form: f, Asking: page.Asking{Section: s, Values: values}, Number: number,
			Of: len(f.Sections), Action: "/apply/listening/" + s.ID, Leave: true}
	}
	wrong := func(s page.Section) page.Section {
		s.Problems = s.Section.Check(s.Values, today)
		return s
	}
	first := section(1, nil)
	first.First, first.Leave, first.Deadline, first.Continue = true, false, "11:59pm on Friday 15 October 2021",
		"/apply/listening/"
	firstWrong := first
	firstWrong.Values = form.Values{"name": nasty, "email": "not an address", "gmc": nasty}
	item := section(4, form.Values{"referee": "Dr Ada Example"})
	item.Item = "reference 2"

	row := page.ListRow{Name: nasty, Facts: []page.Fact{{Question: "Name", Answer: nasty}, {Question: "Job title"}},
		Change: "/apply/listening/referees/1", Remove: "/apply/listening/referees/1/remove"}
	list := func(number int, rows ...page.ListRow) page.List {
		return page.List{Form: f, Section: &f.Sections[number-1], Number: number, Of: len(f.Sections),
			Action: "/apply/listening/x", Rows: rows}
	}
	canAdd := list(3, row)
	canAdd.CanAdd = true
	empty := list(3)
	empty.CanAdd = true
	emptyWrong := empty
	emptyWrong.Problems = []form.Problem{{Question: "another", Input: "another", Inputs: []string{"another"},
		Text: "Select yes if you want to add an award"}}
	need := list(4, row)
	need.CanAdd, need.Need = true, 1
	needAll := list(4)
	needAll.CanAdd, needAll.Need = true, 2

	summaries := []page.Summary{
		{Title: "About you", Facts: []page.Fact{{Question: "Full name", Answer: "Ada\nExample",
			Change: "/apply/listening/about-you"}, {Question: "Postcode", Change: "/apply/listening/about-you"},
			{Question: "Email", Answer: "x", Wrong: "Enter an email address",
				Change: "/apply/listening/about-you"}}},
		{Title: "Your awards", Item: "award", Items: "awards", Add: "/apply/listening/awards"},
		{Title: "Your references", Item: "reference", Items: "references", Rows: []page.ListRow{row},
			Add: "/apply/listening/referees"},
	}
	doubts := []form.Doubt{{Section: "you", Question: "sessions", Label: nasty, Answer: nasty, Says: nasty}}
	check := page.Check{Form: f, Sections: summaries, Next: "/apply/listening/declarations",
		Doubts: []page.Doubt{{Doubt: doubts[0], Change: "/apply/listening/about-you#sessions"}}}
	checkWrong := page.Check{Form: f, Sections: summaries,
		Problems: []form.Problem{{Question: "email", Input: "/apply/listening/about-you",
			Text: "Enter an email address"}}}
	declare := page.Declare{Form: f, Action: "/apply/listening/declarations"}
	declareWrong := page.Declare{Form: f, Action: "/apply/listening/declarations",
		Ticked: map[string]bool{"accurate": true}, Signature: nasty, Problems: []form.Problem{
			{Input: "declaration-charge", Inputs: []string{"declaration-charge"}, Text: "Confirm that you will be charged"},
			{Input: "signature", Inputs: []string{"signature"}, Text: "Enter your full name to sign"},
		}}
	sent := page.Sent{Form: f, Reference: "LW-7K4D-29PX", Email: "ada@example.org",
		Received: "2:05pm on Friday 1 October 2021", Contact: "ask@example.org", Next: f.Next}

	ask := course.Criterion{Question: "Are you a GP?", Hint: nasty, Answer: "yes",
		Because: []string{"The course is for GPs.", nasty}, Instead: []string{"Read about others.", nasty}}
	criterion := page.Criterion{Course: c, Ask: ask, Number: 1, Of: 2, Yes: "/courses/listening/eligibility/2/",
		No: "/courses/listening/eligibility/no-1/", Status: open}
	eligible := page.Eligibility{Course: c, Href: "/courses/listening/", Status: open,
		Apply: "/courses/listening/apply/", Back: "/courses/listening/eligibility/", Contact: "ask@example.org"}
	notNow, never := eligible, eligible
	notNow.Status, notNow.Apply = closed.Status, ""
	never.Ends = &ask
	reviewLines := []page.ReviewLine{
		{Reference: "LW-2C2C-2C2C", Href: "/review/LW-2C2C-2C2C", Name: nasty, Course: "Listening Well",
			Cohort: "Cohort 1", Stands: "Waiting for the STP lead, 3 working days", Double: true, Flagged: true,
			New: true},
		{Reference: "LW-3C2C-2C2C", Href: "/review/LW-3C2C-2C2C", Name: "Ada Example", Course: "Listening Well",
			Stands: "Declined on 3 October 2021"},
	}
	contents := []page.Link{{Text: "Dates", Href: "#dates"}, {Text: nasty, Href: "#cost"}}

	happened := []page.Happened{{At: "2:05pm on Friday 1 October 2021", What: "We asked your practice",
		More: []string{nasty, "second"}}, {At: "2pm on Friday 1 October 2021", What: "We received your application"}}
	stands := page.Status{Reference: "LW-7K4D-29PX", Course: c.Title, Tag: "Waiting for a decision",
		Stands: []string{"The STP lead has it.", nasty}, Next: []string{"The STP lead decides."}, Happened: happened,
		Removed: "Saturday 1 October 2022", Contact: "ask@example.org"}
	standsTerms := stands
	standsTerms.Do, standsTerms.Mend = &page.Link{Text: "Read and agree to the terms", Href: "/status/terms"},
		[]page.Link{{Text: "Withdraw your application", Href: "/status/withdraw"}}
	referee := &form.Section{Questions: []form.Question{form.Ask(form.Question{ID: "referee-email", Kind: form.Email,
		Label: "Email address", Hint: nasty, Rule: "required,email,max=254"})}}
	asking := page.Ask{Intro: []string{"We tell the STP lead.", nasty}, Asking: page.Asking{Section: referee,
		Values: form.Values{"referee-email": nasty}}, Action: "/status/correct/referee-email/1", Button: "Save",
		Cancel: "/status/answers"}
	askingWrong := asking
	askingWrong.Problems = referee.Check(asking.Values, today)
	terms := page.Terms{Terms: exampleTerms, Asking: page.Asking{Section: referee}, Action: "/status/terms"}
	termsWrong, termsAgreed := terms, terms
	termsWrong.Problems = append(referee.Check(nil, today), form.Problem{Question: "agree", Input: "agree",
		Inputs: []string{"agree"}, Text: "Select the box if you agree to the terms"})
	termsAgreed.Agreed = []page.Fact{{Question: "Name", Answer: nasty}}
	sentRow := page.ListRow{Name: "Reference 1", Facts: []page.Fact{{Question: "Email", Answer: "x@example.org",
		Note: "Corrected on " + nasty, Change: "/status/correct/referee-email/1"}}}
	following := page.Frame{Heading: "Your application LW-7K4D-29PX", Application: true, Back: &page.Link{Text: "Back",
		Href: "/status/"}}

	exportAsks := &form.Section{ID: "export", Questions: []form.Question{
		form.Ask(form.Question{ID: "course", Kind: form.Choice, Label: "Course", Rule: "required",
			Options: []form.Option{{ID: "a", Label: nasty}, {ID: "b", Label: "Mentoring"}}}),
		form.Ask(form.Question{ID: "from", Kind: form.Date, Label: "First day", Rule: "required"}),
		form.Ask(form.Question{ID: "reason", Kind: form.Text, Label: "What you need them for", Hint: "We record this",
			Rule: "required,max=300"}),
	}}
	export := page.Export{Staff: nasty, Asking: page.Asking{Section: exportAsks}, Action: "/review/export",
		Codebooks: []page.Link{{Text: nasty, Href: "/review/export/codebook/a"}}}
	exportWrong := export
	exportWrong.Values = form.Values{"reason": nasty, "from-day": "32"}
	exportWrong.Problems = exportAsks.Check(exportWrong.Values, today)
	exportWrong.Exports = []page.Exported{{When: "10am on Monday 20 September 2021", Who: nasty, Course: nasty,
		Period: "1 September 2021 to 30 September 2021", Rows: "12", Reason: nasty}}
	figures := page.Figures{Staff: nasty, At: "10am on Monday 20 September 2021", CSV: "/review/figures.csv",
		Other: page.Link{Href: "/review/figures/publish"}, Courses: []page.CourseFigures{{
			Title: nasty, Lines: []page.FigureLine{{Name: "Received", Value: "12", Means: nasty}},
			Heads: []string{"Received", "Accepted"},
			Months: []page.FigureMonth{{Name: "September 2021", Cells: []page.FigureCell{{Head: "Received", Value: "12"},
				{Head: "Accepted", Value: "hidden"}}}},
			Pictures: []page.Pictured{{Title: "Funnel", Picture: pictures()[0], Table: &page.MoneyTable{Caption: "Funnel", Heads: []string{"Stage", "Number"}, Rows: []page.MoneyRow{{Cells: []string{nasty, "1"}}}}}},
		}, {Title: "Mentoring"}}, Money: []page.Link{{Text: "Money", Href: "/review/claims/"}}}
	publish := figures
	publish.Publish, publish.Other = true, page.Link{Text: "All figures", Href: "/review/figures"}

	return []example{
		{"follow", "follow", following, page.Follow{Action: "/status/x"}},
		{"status", "status", following, stands},
		{"status with a button", "status", following, standsTerms},
		{"answers", "answers", following,
			page.Answers{Sections: []page.Summary{{Title: "References", Item: "reference", Items: "reference",
				Rows: []page.ListRow{sentRow}}, {Title: "Your awards", Item: "award", Items: "award"}},
				Declared: []string{nasty}, Label: "Signed", Signed: nasty,
				Received: "2pm on Friday 1 October 2021", Contact: "ask@example.org"}},
		{"ask", "ask", following, asking},
		{"ask with problems", "ask", following, askingWrong},
		{"withdraw", "withdraw", following, page.Withdraw{Course: c.Title, Removed: "Saturday 1 October 2022",
			Action: "/status/withdraw", Cancel: "/status/"}},
		{"withdraw from a place", "withdraw", following, page.Withdraw{Course: c.Title, Place: "Cohort 1",
			Charges: []string{nasty}, Agreed: true, Removed: "Saturday 1 October 2022", Action: "/status/withdraw",
			Cancel: "/status/"}},
		{"terms", "terms", following, terms},
		{"terms with problems", "terms", following, termsWrong},
		{"terms agreed", "terms", following, termsAgreed},
		{"export", "export", inside("Export applications"), export},
		{"export with mistakes", "export", inside("Export applications"), exportWrong},
		{"figures", "figures", inside("Figures"), figures},
		{"figures to publish", "figures", inside("Figures to publish"), publish},
		{"prose", "prose", page.Frame{Heading: "Funding", Describe: "How funding works", Path: "/funding/",
			Crumbs: crumbs, Reviewed: "2 November 2021", ReviewDue: "2 November 2022"},
			page.Prose{Body: template.HTML(body.String())}},
		{"home", "home", page.Frame{Heading: "Training for GPs", Path: "/"}, page.Home{Body: "<p>Welcome.</p>",
			Courses: page.Courses{Cards: cards}}},
		{"home of many", "home", page.Frame{Heading: "Training for GPs", Path: "/"}, page.Home{Body: "<p>Welcome.</p>", Courses: many}},
		{"catalogue", "catalogue", page.Frame{Heading: "All courses", Path: "/catalogue/page-2/", Crumbs: crumbs}, listed},
		{"catalogue of a month", "catalogue", page.Frame{Heading: "Dates in October 2021", Path: "/catalogue/month/2021-10/",
			Canonical: "/catalogue/", Crumbs: crumbs}, page.Catalogue{Says: "1 date.", Dates: &month, By: by, Page: 1, Of: 1}},
		{"chosen", "chosen", page.Frame{Heading: "Compare the courses that you chose", Crumbs: crumbs, Unlisted: true},
			page.Chosen{Compare: side, Without: []page.Link{{Text: nasty, Href: "/side-by-side/?course=listening"}}, Catalogue: elsewhere}},
		{"chosen, too few", "chosen", page.Frame{Heading: "Compare the courses that you chose", Crumbs: crumbs, Unlisted: true},
			page.Chosen{Wrong: "You chose 5 courses.", Catalogue: elsewhere}},
		{"course", "course", page.Frame{Heading: c.Title, Path: "/courses/listening/", Crumbs: crumbs},
			page.Course{Course: c, Status: open, Apply: "/courses/listening/apply/", Facts: page.Facts(c, c.Start().Time()), Glance: glance,
				Body: template.HTML(body.String())}},
		{"service", "service", page.Frame{Heading: exampleService.Title, Path: "/services/support/", Crumbs: crumbs},
			page.Service{Service: exampleService, Summary: nasty, Status: open, Apply: "/services/support/apply/", Button: nasty,
				Paper: "/services/support/application-form.pdf", Body: areas}},
		{"service closed", "service", page.Frame{Heading: exampleService.Title, Path: "/services/support/",
			Crumbs: crumbs}, page.Service{Service: exampleService, Summary: "A service.", Status: closed.Status}},
		{"course closed", "course", page.Frame{Heading: c.Title, Path: "/courses/listening/", Crumbs: crumbs},
			page.Course{Course: c, Status: closed.Status, Others: "/catalogue/"}},
		{"course with contents", "course", page.Frame{Heading: c.Title, Path: "/courses/listening/", Crumbs: crumbs,
			Data: `{"name": "\u003c/script\u003e"}`},
			page.Course{Course: c, Status: open, Eligibility: "/courses/listening/eligibility/", Contents: contents,
				Body: `<h2 id="dates">Dates</h2><details class="hub-fold"><summary><h2 id="cost">Cost</h2></summary></details>`}},
		{"criterion", "criterion", page.Frame{Heading: ask.Question, Path: "/courses/listening/eligibility/",
			Crumbs: crumbs}, criterion},
		{"eligible", "eligible", page.Frame{Heading: "You can apply", Crumbs: crumbs, Unlisted: true}, eligible},
		{"eligible, but closed", "eligible", page.Frame{Heading: "You cannot apply now", Crumbs: crumbs,
			Unlisted: true}, notNow},
		{"not eligible", "eligible", page.Frame{Heading: "You cannot apply", Crumbs: crumbs, Unlisted: true}, never},
		{"moved", "message", page.Frame{Heading: "This page has moved", Path: "/new/", Moved: "/new/", Unlisted: true},
			page.Message{Links: []page.Link{{Text: nasty, Href: "/new/"}}}},
		{"first section", "section", page.Frame{Heading: f.Title, Crumbs: crumbs, Application: true}, first},
		{"first section with problems", "section", page.Frame{Heading: f.Title, Crumbs: crumbs, Application: true},
			wrong(firstWrong)},
		{"section", "section", inside("Your work"), section(2, form.Values{"sessions": "4.5", "joined-day": "2",
			"joined-month": "June", "joined-year": "2010", "trainer": "no", "role": "salaried", "cohort": "cohort-2",
			"reasons": "\nfirst\n\nthird", "postcode": nasty})},
		{"section with problems", "section", inside("Your work"),
			wrong(section(2, form.Values{"sessions": nasty, "joined-day": "31", "joined-month": nasty,
				"joined-year": "2010", "trained-year": nasty, "trainer": nasty, "reasons": strings.Repeat(nasty, 10),
				"postcode": nasty}))},
		{"section of an entry", "section", inside("Reference 2"), item},
		{"list", "list", inside("Your awards"), canAdd},
		{"list, empty", "list", inside("Your awards"), empty},
		{"list, not answered", "list", inside("Your awards"), emptyWrong},
		{"list, full", "list", inside("Your awards"), list(3, row, row, row)},
		{"list, one more needed", "list", inside("Your references"), need},
		{"list, all needed", "list", inside("Your references"), needAll},
		{"remove", "remove", inside("Are you sure you want to remove this reference?"), page.Remove{Item: "reference",
			Name: nasty, Action: "/apply/listening/referees/1/remove", Back: "/apply/listening/referees"}},
		{"check", "check", inside("Check your answers before sending your application"), check},
		{"check with problems", "check", inside("Check your answers before sending your application"), checkWrong},
		{"declare", "declare", inside("Declarations"), declare},
		{"declare with problems", "declare", inside("Declarations"), declareWrong},
		{"sent", "sent", page.Frame{Heading: "Application sent", Application: true}, sent},
		{"left", "left", inside("Your application is saved"), page.Left{Form: f, Email: "ada@example.org",
			Until: "Tuesday 19 October 2021", Offer: "/courses/listening/", Again: "/apply/listening"}},
		{"left before", "left", inside("Your application is saved"), page.Left{Form: f,
			Until: "Tuesday 19 October 2021", Offer: "/courses/listening/"}},
		{"resume", "resume", inside("Continue your application"),
			page.Resume{Form: f, Action: "/apply/listening/resume"}},
		{"sign in with problems", "sign-in", inside("Sign in"),
			page.SignIn{Asking: page.Asking{Section: referee, Values: form.Values{"referee-email": "ada"},
				Problems: referee.Check(form.Values{"referee-email": "ada"}, today)}, To: "LW-2C2C-2C2C",
				Action: "/review/sign-in", For: "This is for STP leads."}},
		{"sign in by a link", "sign-in-link", inside("Sign in"), page.SignInLink{Action: "/review/sign-in/link/x"}},
		{"reviews", "reviews", inside("Applications"), page.Reviews{
			Staff: "Sam Example", Asking: page.Asking{Section: referee}, Lines: reviewLines,
			Ways: []page.Link{{Text: "Figures", Href: "/review/figures"}},
			Tabs: []page.Tab{{Text: "For you to do", Count: "3", Href: "/review/?waiting=lead", Here: true},
				{Text: "All", Href: "/review/?waiting="}},
			Previous: "/review/?before=1.LW-2C2C-2C2C", Next: "/review/?after=1.LW-2C2C-2C2C", Filtered: true,
			Days: "3",
			Filters: []page.Select{{Name: "course", Label: "Course", Options: []page.Option{{Label: "All courses"},
				{Value: "listening", Label: "Listening Well", Selected: true}}}},
		}},
		{"no reviews", "reviews", inside("Applications"), page.Reviews{Staff: "Sam Example",
			Asking: page.Asking{Section: referee}}},
		{"several", "several", inside("Assign a cohort to 1 application"), page.Several{
			Asking: page.Asking{Section: referee, Problems: referee.Check(nil, today)}, Intro: "They are told later.",
			Can: reviewLines, Cannot: []page.NotDone{{Line: reviewLines[0], Why: "It is decided"}},
			Hidden: []page.Hidden{{Name: "ref", Value: "LW-2C2C-2C2C"}}, Button: "Assign", Back: "/review/",
		}},
		{"several done", "several", inside("Cohort assigned to 1 application"), page.Several{
			Asking: page.Asking{Section: referee}, Did: reviewLines, Back: "/review/"}},
		{"none of several", "several", inside("Nothing is done"), page.Several{Asking: page.Asking{Section: referee},
			Back: "/review/"}},
		{"export in parts", "export-parts", inside("Export applications in parts"), page.ExportParts{Staff: "Sam Example",
			Action: "/review/export", Parts: []page.ExportPart{{Text: "Part 1", Hidden: []page.Hidden{{Name: "reason", Value: nasty}}}}}},
		{"removals", "removals", inside("Removals"), page.Removals{Staff: "Sam Example",
			Held: &page.Held{Since: "Monday 20 September 2021, 9am", Why: []string{"The clock says 1 January 2031."},
				Count: 20, Asked: "Monday 20 September 2021, 10am"},
			Marked: []page.MarkedLine{{Reference: "LW-2C2C-2C2C", Course: "Listening Well",
				Ends: "Monday 27 September 2021"}},
			Said: []page.Said{{At: "Monday 20 September 2021, 10am", By: "sam@example.org", What: "refused", Count: 1}},
		}},
		{"no removals", "removals", inside("Removals"), page.Removals{Staff: "Sam Example",
			Held: &page.Held{Since: "Monday 20 September 2021, 9am", Refused: "Monday 20 September 2021, 10am"}}},
		{"removals that two allowed", "removals", inside("Removals"), page.Removals{Staff: "Sam Example",
			Held: &page.Held{Since: "Monday 20 September 2021, 9am", Count: 1, Allowed: true}}},
		{"search with problems", "reviews", inside("Search results"), page.Reviews{Staff: "Sam Example",
			Searched: true, Asking: page.Asking{Section: referee, Problems: referee.Check(nil, today)}}},
		{"search", "reviews", inside("Search results"), page.Reviews{Staff: "Sam Example", Searched: true,
			Asking: page.Asking{Section: referee, Values: form.Values{"referee-email": "<Ada>"}}, Lines: reviewLines,
			Total: 70}},
		{"review", "review", inside("Application LW-2C2C-2C2C"), page.Review{
			Staff: "Sam Example", Reference: "LW-2C2C-2C2C", Course: "Listening Well",
			Facts:  []page.Fact{{Question: "Applicant", Answer: nasty}},
			Doubts: doubts, Flags: []string{"The practice did not confirm its part."}, Doubles: reviewLines,
			SameAs: "the same GMC number", PDF: "/review/LW-2C2C-2C2C/application.pdf",
			Decision: page.DecisionBlock{Decide: "/review/LW-2C2C-2C2C/decision"},
			Parts: []page.Completed{{Title: "For completion by the employing practice",
				State: "Not yet authorised."}},
			Sections: []page.Summary{{Title: "Your details", Facts: []page.Fact{{Question: "Name", Answer: nasty}}}},
			Declared: []string{"I confirm that it is accurate."},
			Label:    "Name", Signed: nasty, SignedAt: "2:05pm on Friday 1 October 2021",
			Notes: []page.Noted{{Text: nasty, By: "Sam Example, sam@example.org",
				At: "2:05pm on Friday 1 October 2021"}}, NoteAction: "/review/LW-2C2C-2C2C/notes",
			Asking: page.Asking{Section: referee, Values: form.Values{"referee-email": nasty},
				Problems: referee.Check(form.Values{"referee-email": nasty}, today)},
			Happened: []page.Happened{{At: "2:05pm on Friday 1 October 2021. By the applicant",
				What: "Application sent", More: []string{nasty}}},
		}},
		{"money", "money", inside("Claims"), page.Money{
			Staff: "Sam Example", Done: "It was approved.", Onward: []page.Link{{Text: "All claims", Href: "/review/claims/"}},
			Parts: []page.MoneyPart{
				{Text: []string{nasty}, Warn: []string{nasty}, Facts: []page.Fact{{Question: "Name", Answer: nasty}}, Pictures: pictures()},
				{Title: "Lines", Table: &page.MoneyTable{Caption: "Lines", Heads: []string{"What", "Sum"}, Rows: []page.MoneyRow{{Cells: []string{nasty, "£289"}, Href: "/review/claims/x"}, {Cells: []string{nasty, "£289"}}}}, Links: []page.Link{{Text: "File", Href: "/review/claims/x.csv"}}},
				{Title: "Do", Form: &page.MoneyForm{Action: "/review/claims/x", Button: "Do it", Second: true, Legend: "Which?", HasFile: true, Hidden: []page.Hidden{{Name: "a", Value: nasty}},
					Ticks: []page.Tick{{ID: "t1", Name: "t", Value: nasty, Label: nasty, Hint: nasty, On: true}}, Inputs: []page.MoneyInput{{ID: "i1", Name: "i", Label: "Reason", Hint: "Why", Value: nasty, Long: true}, {ID: "i2", Name: "j", Label: "Sum", Value: nasty}, {ID: "i3", Name: "f", Label: "File", File: true}}}},
			},
		}},
		{"money with problems", "money", inside("Claims"), page.Money{
			Staff: "Sam Example", Wrong: []page.Link{{Text: "Enter a reason", Href: "#i1"}},
			Parts: []page.MoneyPart{{Form: &page.MoneyForm{Action: "/review/claims/x", Button: "Do it", Inputs: []page.MoneyInput{{ID: "i1", Name: "i", Label: "Reason", Hint: "Why", Wrong: "Enter a reason"}}}}},
		}},
		{"work", "work", inside("Mentors"), page.Work{
			SignedIn: &page.SignedIn{Name: "Sam Example", Out: "/mentoring/sign-out"}, Done: "It was approved.",
			Onward: []page.Link{{Text: "All mentors", Href: "/mentoring/lead/mentors/"}},
			Blocks: []page.Block{
				{Text: []string{nasty}, Note: []string{nasty}, Facts: []page.Fact{{Question: "Name", Answer: nasty, Change: "/mentoring/mentor/profile/you"}}},
				{ID: "list", Title: "List", Table: &page.MoneyTable{Caption: "List", Heads: []string{"Who", "People"}, Rows: []page.MoneyRow{{Cells: []string{nasty, "4"}, Href: "/x"}, {Cells: []string{nasty, "0"}}}},
					Links: []page.Link{{Text: "Invite", Href: "/mentoring/lead/mentors/invite"}}},
				{Title: "Do", Buttons: []page.Button{{Text: "Approve", Action: "/x", Hidden: []page.Hidden{{Name: "act", Value: nasty}}}, {Text: "Pause", Action: "/x", Second: true}}},
			},
		}},
		{"phone", "phone", inside("A request by telephone"), page.Phone{
			SignedIn: &page.SignedIn{Name: nasty, Out: "/mentoring/sign-out"}, Say: []string{nasty}, Limits: []string{nasty},
			Groups:  []page.Group{{Asking: page.Asking{Section: referee}, Title: nasty, Intro: []string{nasty}}},
			Confirm: []page.Statement{{Input: "read-back", Text: nasty, Wrong: nasty}}, Action: "/mentoring/lead/phone/x", Cancel: "/mentoring/lead/",
			Problems: []form.Problem{{Input: "read-back", Text: nasty}},
		}},
		{"work that nobody has signed in to", "work", inside("Mentors"), page.Work{Blocks: []page.Block{{Text: []string{nasty}}}}},
		{"message", "message", page.Frame{Heading: "Sorry, there is a problem with the service", Application: true},
			page.Message{Paragraphs: []string{"Try again later."},
				Links: []page.Link{{Text: "Go to the home page", Href: "/"}}}},
	}
}

// pictures have everything that one can have.
func pictures() []template.HTML {
	return []template.HTML{
		chart.Bars{ID: "bars", Title: "Budget", Says: nasty, Parts: []string{"Paid", "Owed", "Claimed"}, Mark: "Budget", Rows: []chart.Bar{{Label: nasty, Values: []int64{1, 2, 3}, Mark: 7, Text: "£6"}}}.SVG(),
		chart.Columns{
			ID: "columns", Title: "Applications by week", Says: nasty, What: "A week", Line: 0, LineText: "Deadline", Columns: []chart.Column{{Label: "6 September", Value: 3}},
			Most: func(int64) string { return nasty },
		}.SVG(),
		chart.Dots{ID: "dots", Title: "What waits", Says: nasty, Unit: "working days", Lines: []int{5, 10}, Rows: []chart.Waiting{{Label: "To check", For: []int{3, 12}}}}.SVG(),
	}
}
