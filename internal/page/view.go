package page

import (
	"cmp"
	"fmt"
	"html/template"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/service"
)

// The views, one for each file in templates/pages. [Renderer.Render] takes the file's name and the
// view.

// Prose is a page of text: pages/prose.html. It is the not-found page, too.
type Prose struct {
	Body     template.HTML
	Contents []Link // to its sections; none on a short page
}

// Home is the home page: pages/home.html. The courses are below the text; leave them out if the
// text shows them itself.
type Home struct {
	Body    template.HTML
	Courses Courses
}

// Courses is a list of courses: the block blocks/courses.html.
type Courses struct {
	Cards []template.HTML // the block "card" of each course
	All   *Link           // to the catalogue, if these are only some of its courses
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
	Index      string // address of the file that the page's search reads; "" on pages without a search
	Compare    string // address for comparing courses side by side; "" if there is only one course
}

// Before and After are the names of the pages at Prev and Next.
func (c Catalogue) Before() string { return fmt.Sprintf("Page %d of %d", c.Page-1, c.Of) }
func (c Catalogue) After() string  { return fmt.Sprintf("Page %d of %d", c.Page+1, c.Of) }

// CatalogueFrom is the number of courses from which a hub has a catalogue, unless site.yaml says
// otherwise. With more on the home page, nobody would find a course.
const CatalogueFrom = 13

// Catalogued reports whether a hub with so many courses has a catalogue. Without one, the home page
// lists them all.
func (s *Site) Catalogued(courses int) bool {
	return courses >= cmp.Or(s.CatalogueFrom, CatalogueFrom)
}

// CatalogueOf is the address at which a hub with so many courses lists them all.
func (s *Site) CatalogueOf(courses int) string {
	if s.Catalogued(courses) {
		return "/catalogue/"
	}
	return "/"
}

// Chosen shows the courses that a reader chose to compare: pages/chosen.html.
type Chosen struct {
	Compare   Compare
	Wrong     string // why they cannot be compared: "You chose 5 courses"; "" if they can
	Without   []Link // the same choice without one of the courses; none if there are two
	Catalogue Link
}

// Errors says why the courses cannot be compared.
func (c Chosen) Errors() []Link {
	if c.Wrong != "" {
		return []Link{{Text: "Choose 2 to 4 courses to compare", Href: c.Catalogue.Href}}
	}
	return nil
}

// Listed is a course in the catalogue: its card, and the value to send for comparing it.
type Listed struct {
	ID, Title string
	Card      template.HTML
}

// A Facet is a way to look for courses, such as "Topic", with a list of courses for each topic.
type Facet struct {
	Name  string // "Topic"
	Links []FacetLink
}

// FacetLink leads to one of the lists of a Facet.
type FacetLink struct {
	Link
	Count   int
	Current bool // it is the list on this page
}

// CourseCard is a course in a list: the block blocks/card.html.
type CourseCard struct {
	Course *course.Course
	Href   string
	Status StatusTag
	Facts  []Fact // what decides whether to look more closely: pay, length, start
}

// StatusTag says in words whether a course takes applications on the day of the build. It is always
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
	Glance []GlanceRow   // for whom it is, and why; nil if the text is long and says so itself
	Maps   []Link        // of the places
	Topics []Link        // its topics; without an address if no list has the courses of a topic
	Body   template.HTML // with the blocks (dates, sessions, modules) in their places

	Contents    []Link // to the sections of the text; none on a short page
	Eligibility string // address of the questions on whether one can apply; "" if there are none
	Others      string // address of all courses, once nobody can apply for this one; else ""
}

// Service is a service's page: pages/service.html.
type Service struct {
	Service  *service.Service
	Summary  string // with its facts put in
	Status   StatusTag
	Apply    string        // address of the form's first page; "" when nobody can apply
	Button   string        // the text of its link
	Paper    string        // address of the form as a PDF; "" if there is none
	Body     template.HTML // with the block "areas" in place
	Contents []Link        // to the sections of the text; none on a short page
}

// Criterion is a question about a course's eligibility: pages/criterion.html. Its answers are
// links, so it needs neither script nor server.
type Criterion struct {
	Course  *course.Course
	Ask     course.Criterion
	Number  int // from 1
	Of      int
	Yes, No string // addresses
	Status  StatusTag
}

// Eligibility is the result of those questions: pages/eligible.html.
type Eligibility struct {
	Course  *course.Course
	Href    string // address of the course's page
	Status  StatusTag
	Apply   string            // address of the application's first page; "" if one cannot apply
	Ends    *course.Criterion // the question that ended it; nil if all answers lead on
	Back    string            // address of the first question
	Contact string
}

// Calendar lists the events of all courses by day: the block blocks/calendar.html.
type Calendar struct {
	Months []CalendarMonth // earliest first
	More   []FacetLink     // months on pages of their own, if this page does not show all
	Feed   string          // address of all workshops as a calendar file; "" to leave it out
}

// CalendarMonth lists the events of a month.
type CalendarMonth struct {
	Name string // "November 2021"
	Days []CalendarDay
}

// CalendarDay is one line of a Calendar.
type CalendarDay struct {
	Date course.Date
	Time string // "2pm to 5pm", "by 11:59pm"; "" for the whole day
	What string // "Workshop 1 of Cohort 1"
	Text string // the course's title
	Href string
}

// Past lists the courses that are over, the latest first: the block blocks/past.html.
type Past struct {
	Courses []PastCourse
	All     string // address of a list that has the earlier ones, too; "" if there are none
}

// PastCourse is a course that is over.
type PastCourse struct {
	Course *course.Course
	Href   string
	Over   course.Date // the day of its last workshop
}

// GlanceRow is one row of key facts, and of the comparison.
type GlanceRow struct {
	Label string
	Cells [][]string // one cell per course; each has one or more short texts
}

// Compare is the table of courses side by side: the block blocks/compare.html.
type Compare struct {
	Courses []CourseCard
	Rows    []GlanceRow
}

// Section is one page of questions: pages/section.html. The first is a static page of the site,
// headed by the form's title. The others are headed by the section's title.
type Section struct {
	Asking
	Form     *form.Definition
	Number   int // of this section, from 1
	Of       int
	First    bool // the static first page, with what to know before starting, and a trap for robots
	Action   string
	Leave    bool   // the page also offers "Save and come back later"
	Item     string // the entry being added or changed in a section that repeats: "qualification 2"; else ""
	Continue string // on the first page: the address at which to continue a draft on this device
	Deadline string // "11:59pm on Friday 15 October 2021"
	Paper    string // on the first page: address of the form as a PDF; "" if there is none

	Unchecked bool   // its answers were typed on a device that had not proved whose mailbox it is
	From      string // the course whose application the answers were copied from; "" if none were

	// Help comes before the questions, on the first page of a service that finds mentors. It names
	// who helps at once, and the limits of confidentiality. Nil for other forms.
	Help *service.Mentoring
}

// List is the list of entries of a section that repeats: pages/list.html. Its one input is
// "another", "yes" or "no". If more entries are needed, or the list is full, it asks nothing, and
// the button posts the only possible answer.
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

	Unchecked bool   // as in Section
	From      string // as in Section
}

// ListRow is one entry, shown as a card.
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
	Note     string // shown below the answer
}

// Remove asks for confirmation before an entry is removed: pages/remove.html.
type Remove struct {
	Item   string // "reference"
	Name   string
	Action string
	Back   string // where "Cancel" leads
}

// Check is the page "check your answers": pages/check.html.
type Check struct {
	Form     *form.Definition
	Doubts   []Doubt // they do not stop the application from being sent
	Sections []Summary
	Problems []form.Problem // what stops it from being sent; Input is the address for mending it
	Next     string         // address of the declarations; "" while there are problems
}

// Doubt is a doubt with the address for changing the answer.
type Doubt struct {
	form.Doubt
	Change string
}

// Summary is a section with its answers.
type Summary struct {
	Title       string
	Facts       []Fact
	Rows        []ListRow
	Add         string // address for adding an entry or changing the list, in sections that repeat
	Item, Items string
}

// Declare is the page with declarations, signature and the button to send: pages/declare.html. A
// tick posts "yes".
type Declare struct {
	Form      *form.Definition
	Action    string
	Ticked    map[string]bool // by declaration's id
	Signature string
	Problems  []form.Problem // inputs "declaration-ID" and "signature"
}

// Sent confirms receipt: pages/sent.html. It shows no answers, since the next person at a shared
// desk may see it.
type Sent struct {
	Form      *form.Definition
	Reference string
	Email     string // where the copy goes
	Received  string // "2:05pm on Friday 1 October 2021"
	Contact   string
	Next      []string
	Others    []string // courses for which the answers can be reused
}

// Left confirms that the draft is saved and a link was mailed: pages/left.html.
type Left struct {
	Form  *form.Definition
	Email string // "" on a device that had already left
	Until string // "Tuesday 19 October 2021"
	Again string // address for mailing the link again; "" on another device
	Offer string // address of the course's or service's page
}

// Resume is the page behind a mailed link, with a button to press: pages/resume.html.
type Resume struct {
	Form   *form.Definition
	Action string
}

// Message is a page that says one thing and where to go next: pages/message.html. Examples are:
// closed, no draft here, too large, too many, a problem with the service.
type Message struct {
	Paragraphs []string
	Typed      string // what somebody typed that could not be saved, for copying
	Links      []Link
	Contact    string // e-mail address; "" means the hub's

	Action, Do, Button string // of an action that is still possible, and what it posts as "do"; "" for none
}

// Errors are the links of the summary of what is wrong.
func (l List) Errors() []Link { return links("#", l.Problems) }

// Errors are the links of the error summary, each to the page for mending the answer.
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
