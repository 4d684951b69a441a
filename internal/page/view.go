package page

import (
	"cmp"
	"fmt"
	"html/template"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/service"
)

// The views, one for each file in templates/pages. [Renderer.Render] takes the file's name and its
// view.

// Prose is a page of text: pages/prose.html. It is also the not-found page.
type Prose struct {
	Body     template.HTML
	Contents []Link // to its sections; none on a short page
}

// Home is the home page: pages/home.html. The courses stand under the text; leave them out if the
// text shows them itself.
type Home struct {
	Body    template.HTML
	Courses Courses
}

// Courses are courses as a list: the block blocks/courses.html.
type Courses struct {
	Cards []template.HTML // the block "card" of each
	All   *Link           // to the catalogue, if these are only its first
	By    []Facet         // other ways into the catalogue; none if there is no catalogue
}

// Catalogue is one page of a list of courses: pages/catalogue.html.
type Catalogue struct {
	Says       string   // how many there are
	Courses    []Listed // of this page
	Dates      *Calendar
	By         []Facet
	Page, Of   int
	Prev, Next string // addresses; "" if there is none
	Index      string // address of what the page's search reads, on the pages that have one; else ""
	Compare    string // address that answers which courses to put side by side; "" if there is one course
}

// Before and After are what the pages at Prev and Next are called.
func (c Catalogue) Before() string { return fmt.Sprintf("Page %d of %d", c.Page-1, c.Of) }
func (c Catalogue) After() string  { return fmt.Sprintf("Page %d of %d", c.Page+1, c.Of) }

// CatalogueFrom is how many courses a hub has at least that has a catalogue, if site.yaml does not
// say: on a home page with more, nobody finds a course.
const CatalogueFrom = 13

// Catalogued tells whether the hub, with so many courses, has a catalogue. Else its home page lists
// them all.
func (s *Site) Catalogued(courses int) bool {
	return courses >= cmp.Or(s.CatalogueFrom, CatalogueFrom)
}

// CatalogueOf is the address where the hub, with so many courses, lists them all.
func (s *Site) CatalogueOf(courses int) string {
	if s.Catalogued(courses) {
		return "/catalogue/"
	}
	return "/"
}

// Chosen is the courses that a reader chose to compare: pages/chosen.html.
type Chosen struct {
	Compare   Compare
	Wrong     string // why there is nothing to compare: "You chose 5 courses"; "" if there is
	Without   []Link // the same without one of them; none of two
	Catalogue Link
}

// Errors is what keeps the courses from being compared.
func (c Chosen) Errors() []Link {
	if c.Wrong != "" {
		return []Link{{Text: "Choose 2 to 4 courses to compare", Href: c.Catalogue.Href}}
	}
	return nil
}

// Listed is a course in the catalogue: its card, and what is sent to compare it.
type Listed struct {
	ID, Title string
	Card      template.HTML
}

// A Facet is a way to look for courses: "Topic", with a list of courses for each topic.
type Facet struct {
	Name  string // "Topic"
	Links []FacetLink
}

// FacetLink leads to one of the lists of a Facet.
type FacetLink struct {
	Link
	Count   int
	Current bool // it is this page's
}

// CourseCard is a course in a list: the block blocks/card.html.
type CourseCard struct {
	Course *course.Course
	Href   string
	Status StatusTag
	Facts  []Fact // what decides whether to look closer: pay, length, start
}

// StatusTag says in words where a course's applications stand on the day of the build; it is always
// shown with the date itself, which stays true.
type StatusTag struct {
	Status course.Status
	Text   string // "Open", "Closing soon", "Opens 6 September 2021", "Closed"
	Detail string // "Apply by 11:59pm on Friday 15 October 2021"
}

// Course is a course's page: pages/course.html.
type Course struct {
	Course *course.Course
	Status StatusTag
	Apply  string        // address of the application's first page; "" when nobody can apply
	Paper  string        // address of the form as a PDF; "" if there is none
	Facts  []GlanceRow   // what decides whether to apply: money, dates, length
	Glance []GlanceRow   // for whom it is, and why; nil if the text is long, and says so itself
	Maps   []Link        // of the places
	Topics []Link        // what it is about; without an address if there is no list of such courses
	Body   template.HTML // with the blocks (dates, sessions, modules) in their places

	Contents    []Link // to the sections of the text; none on a short page
	Eligibility string // address of the questions that tell whether one can apply; none if empty
	Others      string // address of all courses, once nobody can apply for this one; else ""
}

// Service is a service's page: pages/service.html.
type Service struct {
	Service  *service.Service
	Summary  string // facts put in
	Status   StatusTag
	Apply    string        // address of the form's first page; "" when nobody can apply
	Button   string        // what its link says
	Paper    string        // address of the form as a PDF; "" if there is none
	Body     template.HTML // with the block "areas" in its place
	Contents []Link        // to the sections of the text; none on a short page
}

// Criterion is a question of a course's eligibility: pages/criterion.html. Its answers are links,
// so that it needs neither script nor server.
type Criterion struct {
	Course  *course.Course
	Ask     course.Criterion
	Number  int // from 1
	Of      int
	Yes, No string // addresses
	Status  StatusTag
}

// Eligibility is the answer: pages/eligible.html.
type Eligibility struct {
	Course  *course.Course
	Href    string // of the course's page
	Status  StatusTag
	Apply   string            // address of the application's first page; "" if one cannot apply
	Ends    *course.Criterion // the question that ended it; nil if all answers lead on
	Back    string            // address of the first question
	Contact string
}

// Calendar is what happens when, of all courses: the block blocks/calendar.html.
type Calendar struct {
	Months []CalendarMonth // earliest first
	More   []FacetLink     // the months that have pages of their own, if not all is here
	Feed   string          // address of all workshops as a calendar; "" for no word of it
}

// CalendarMonth is what happens in a month.
type CalendarMonth struct {
	Name string // "November 2021"
	Days []CalendarDay
}

// CalendarDay is one line of a Calendar.
type CalendarDay struct {
	Date course.Date
	Time string // "2pm to 5pm", "by 11:59pm"; "" if the whole day is meant
	What string // "Workshop 1 of Cohort 1"
	Text string // the course's title
	Href string
}

// Past is the courses that are over, the latest first: the block blocks/past.html.
type Past struct {
	Courses []PastCourse
	All     string // address where the earlier ones stand, too; "" if there are none
}

// PastCourse is one of them.
type PastCourse struct {
	Course *course.Course
	Href   string
	Over   course.Date // the day of its last workshop
}

// GlanceRow is one row of key facts, and of the comparison.
type GlanceRow struct {
	Label string
	Cells [][]string // one cell a course; each is one or several short texts
}

// Compare is the table of courses side by side: the block blocks/compare.html.
type Compare struct {
	Courses []CourseCard
	Rows    []GlanceRow
}

// Section is one page of questions: pages/section.html. The first is a static page of the site,
// headed by the form's title; the others are headed by the section's.
type Section struct {
	Asking
	Form     *form.Definition
	Number   int // of this section, from 1
	Of       int
	First    bool // the static first page: with what to know before starting, and a trap for robots
	Action   string
	Leave    bool   // also offers "Save and come back later"
	Item     string // what is being added or changed, in a section that repeats: "qualification 2"; else ""
	Continue string // on the first page: where a draft on this device goes on
	Deadline string // "11:59pm on Friday 15 October 2021"
	Paper    string // on the first page: address of the form as a PDF; "" if there is none

	Unchecked bool   // its answers were typed on a device that had not proved whose mailbox it is
	From      string // the course whose application its answers come from; "" if they are its own

	// Help stands before anything is asked, on the first page of a service that finds mentors: who
	// helps at once, and the limits of confidentiality. Nil for others.
	Help *service.Mentoring
}

// List is the list of a section that repeats: pages/list.html. Its one input is "another", "yes" or
// "no"; while more are needed, or no more fit, there is nothing to ask and the button posts the
// only answer.
type List struct {
	Form     *form.Definition
	Section  *form.Section
	Number   int
	Of       int
	Action   string
	Rows     []ListRow
	CanAdd   bool           // not full
	Need     int            // how many more are needed
	Another  string         // the answer to "Do you want to add another?": "", "yes" or "no"
	Problems []form.Problem // input "another"

	Unchecked bool   // as a Section's
	From      string // as a Section's
}

// ListRow is one entry as a card.
type ListRow struct {
	Name   string // "Certificate in Coaching"; "Reference 1" if not named yet
	Facts  []Fact
	Change string // addresses
	Remove string
}

// Fact is a question and its answer.
type Fact struct {
	Question string
	Answer   string // "" shows as "Not provided"
	Change   string // address; no link if ""
	Wrong    string // what is wrong with it now; "" if nothing
	Note     string // stands below the answer
}

// Remove asks before an entry is removed: pages/remove.html.
type Remove struct {
	Item   string // "reference"
	Name   string
	Action string
	Back   string // where "Cancel" leads
}

// Check is check your answers: pages/check.html.
type Check struct {
	Form     *form.Definition
	Doubts   []Doubt // which keep it from nothing
	Sections []Summary
	Problems []form.Problem // what keeps it from being sent; Input is the address to mend it at
	Next     string         // address of the declarations; "" while there are problems
}

// Doubt is one with the address at which the answer can be changed.
type Doubt struct {
	form.Doubt
	Change string
}

// Summary is one section with its answers.
type Summary struct {
	Title       string
	Facts       []Fact
	Rows        []ListRow
	Add         string // where an entry can be added or the list changed; for sections that repeat
	Item, Items string
}

// Declare is declarations, signature and sending: pages/declare.html. A tick posts "yes".
type Declare struct {
	Form      *form.Definition
	Action    string
	Ticked    map[string]bool // by declaration's id
	Signature string
	Problems  []form.Problem // inputs "declaration-ID" and "signature"
}

// Sent confirms receipt: pages/sent.html. It has no answers: the next person at a shared desk may
// see it.
type Sent struct {
	Form      *form.Definition
	Reference string
	Email     string // where the copy goes
	Received  string // "2:05pm on Friday 1 October 2021"
	Contact   string
	Next      []string
	Others    []string // courses for which the answers can be used, too
}

// Left confirms that the draft is saved and a link mailed: pages/left.html.
type Left struct {
	Form  *form.Definition
	Email string // "" on a device that left before
	Until string // "Tuesday 19 October 2021"
	Again string // where the link is mailed again; "" if it is not from this device
	Offer string // address of the course's or service's page
}

// Resume asks, behind a mailed link, for a press of the button: pages/resume.html.
type Resume struct {
	Form   *form.Definition
	Action string
}

// Message is a page that says one thing and where to go from here: pages/message.html. Closed, no
// draft here, too large, too many, a problem with the service.
type Message struct {
	Paragraphs []string
	Typed      string // what somebody typed that was not saved, to copy
	Links      []Link
	Contact    string // e-mail address; the hub's if ""

	Action, Do, Button string // of something that can still be done, and what it posts as "do"; "" for nothing
}

// Errors are the links of the summary of what is wrong.
func (l List) Errors() []Link { return links("#", l.Problems) }

// Errors are the links of the summary of what is wrong, each to the page that mends it.
func (c Check) Errors() []Link { return links("", c.Problems) }

// Errors are the links of the summary of what is wrong, each to the first wrong input.
func (d Declare) Errors() []Link { return links("#", d.Problems) }

func links(before string, problems []form.Problem) []Link {
	var all []Link
	for _, p := range problems {
		all = append(all, Link{Text: p.Text, Href: before + p.Input})
	}
	return all
}
