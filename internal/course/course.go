// Package course has the facts of a course: its cohorts and workshops, deadline, money and
// contacts; and its status at an instant.
//
// A course is the front matter of content/courses/ID.md. [Load] reads all courses, and finds what
// an editor has mistyped and what contradicts itself. Dates, times and money are typed in the form
// in which pages show them. They are all in Europe/London, whose rules are built into the program.
// The clock is always an argument.
//
// Texts show a course's facts by name ([Course.Fact]), so that no figure is typed twice.
package course

import (
	"cmp"
	"math"
	"strings"
	"time"
	_ "time/tzdata" // so that Europe/London is known on a machine, or in a Lambda, without zone files

	"traininghub/internal/source"
)

// London is the zone of every date and time that an editor writes and a reader sees.
var London = mustLoad("Europe/London")

func mustLoad(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zone is linked in, so this cannot happen
	}
	return zone
}

// A Course is a course as its file describes it.
type Course struct {
	ID       string // the file's name without ending; part of its addresses
	File     source.File
	Title    string `key:"title,required"`    // the page's heading, 65 characters or less
	Summary  string `key:"summary,required"`  // one or two sentences under the heading and in lists
	Describe string `key:"describe,required"` // the page's description for search results, 50 to 160 characters
	Order    int    `key:"order"`             // place in lists, lowest first; see Turn

	Year          string            `key:"programme_year,required"` // "2021/22"
	Provider      Provider          `key:"provider,required"`
	Tutors        []Person          `key:"tutors"`
	Qualification string            `key:"qualification,required"`
	Glance        Glance            `key:"at_a_glance,required"`
	Opens         *Date             `key:"opens"`            // applications open at the start of this day; if missing, they always were
	Deadline      Date              `key:"deadline"`         // last day for applications; zero: until the last cohort starts, or always
	DeadlineTime  *Clock            `key:"deadline_time"`    // last minute of that day; 11:59pm if missing
	Charge        Money             `key:"charge"`           // what a participant pays who misses an element; 0 for nothing
	Amounts       map[string]Money  `key:"amounts"`          // other sums that the text shows by name
	Figures       map[string]string `key:"figures"`          // other facts that the text shows by name
	Contact       Contact           `key:"contact,required"` // for questions and enrolment
	Lead          Contact           `key:"lead,required"`    // the STP lead, who receives the applications and decides
	Deputy        *Contact          `key:"deputy"`           // decides too, and is told when the lead is late
	Hours         float64           `key:"hours"`            // stated length of the course; 0 if people take their own time
	Weeks         int               `key:"weeks"`            // stated length of the modules together
	Sessions      []Session         `key:"sessions"`         // what each workshop of a cohort covers, in order
	Modules       []Module          `key:"modules"`
	Cohorts       []Cohort          `key:"cohorts"`  // none if participants begin when they like
	Mode          Mode              `key:"mode"`     // how it is taught; "" if the file does not say
	Place         *Place            `key:"place"`    // where people meet, if a cohort has no place of its own
	Join          string            `key:"join"`     // https address of the online meeting, if everybody may know it
	Topics        []string          `key:"topics"`   // what it is about, in a word or two each
	Audience      []string          `key:"audience"` // for whom it is: "GPs", "Practice managers"
	Price         Price             `key:"price"`    // what a participant pays for the course
	Reviewed      *Date             `key:"reviewed"` // "Page last reviewed"
	ReviewDue     *Date             `key:"review_due"`
	Eligibility   []Criterion       `key:"eligibility"`   // asked one after the other, before an application
	DatesChanged  *Date             `key:"dates_changed"` // when workshops were last moved, for people who have them in a calendar
	Fold          []string          `key:"fold"`          // headings of sections that are closed until a reader opens them
	Draft         bool              `key:"draft"`         // hidden from readers
	Publish       *Date             `key:"publish"`       // first day on which readers see it; missing means always
	Until         *Date             `key:"until"`         // last such day; missing means for good
	Aliases       []string          `key:"aliases"`       // old addresses of the page, "/courses/old-name/"; see Former
	Attendance    *Attendance       `key:"attendance"`    // how it is recorded who comes, and what follows; nil if it is not

	Faults source.Faults // what Load found in its file
	lost   bool          // see Lost
}

// Turn is the course's place in lists, lowest first: its Order. Courses without one come last.
func (c *Course) Turn() int { return cmp.Or(c.Order, math.MaxInt) }

// Former are the course's earlier ids, taken from the old addresses of its page. Applications from
// that time are stored under them.
func (c *Course) Former() []string {
	var ids []string
	for _, a := range c.Aliases {
		if id, ok := strings.CutPrefix(strings.TrimSuffix(a, "/"), "/courses/"); ok && id != "" &&
			!strings.Contains(id, "/") {
			ids = append(ids, id)
		}
	}
	return ids
}

// Shown is when readers see the course.
func (c *Course) Shown() Shown { return Shown{c.Draft, c.Publish, c.Until} }

// People are the people whom the file names by an e-mail address, by their keys in the file; nil
// for those that it does not name.
func (c *Course) People() map[string]*Contact {
	return map[string]*Contact{"contact": &c.Contact, "lead": &c.Lead, "deputy": c.Deputy}
}

// A Provider is an organisation that gives the training.
type Provider struct {
	Name    string `key:"name,required"`
	Short   string `key:"short"`
	Website string `key:"website"` // host name or https address
}

// A Person is somebody who teaches.
type Person struct {
	Name  string `key:"name,required"`
	About string `key:"about"`
}

// A Contact is whom people can ask, or who receives applications.
type Contact struct {
	Name  string `key:"name"`
	Email string `key:"email,required"`
}

// Named is the contact's name, or the address without one.
func (c Contact) Named() string { return cmp.Or(c.Name, c.Email) }

// Glance describes a course in a few words, for its own page and for comparing courses side by
// side. Its texts may show facts by name.
type Glance struct {
	What      string   `key:"what,required"`
	Who       []string `key:"who,required"`
	Why       []string `key:"why,required"`
	Length    string   `key:"length,required"`
	Delivery  string   `key:"delivery,required"`
	TimeOfDay string   `key:"time_of_day,required"`
	Cost      []string `key:"cost,required"`
	Pay       string   `key:"pay"` // what a GP is paid, in a few words, for lists of courses; left out if missing
}

// A Criterion is a question that a reader answers with yes or no to learn whether they can apply.
// Its texts may show facts by name.
type Criterion struct {
	Question string   `key:"question,required"` // "Are you a GP?"
	Hint     string   `key:"hint"`
	Answer   Answer   `key:"answer,required"` // the answer with which a reader goes on
	Heading  string   `key:"heading"`         // of the page after the other answer; "You cannot apply" if missing
	Because  []string `key:"because,required"`
	Instead  []string `key:"instead,required"` // what the reader can do
}

// An Answer is "yes" or "no".
type Answer string

// UnmarshalText reads "yes" and "no".
func (a *Answer) UnmarshalText(text []byte) error {
	switch s := string(text); s {
	case "yes", "no":
		*a = Answer(s)
		return nil
	default:
		return source.Wrongf("write the answer that leads on to the next question", "must be yes or no, not %q", s)
	}
}

// Words are all the answers.
func (Answer) Words() []string { return []string{"yes", "no"} }

// Other is the answer that ends the questions.
func (a Answer) Other() Answer {
	if a == "yes" {
		return "no"
	}
	return "yes"
}

// A Session is the content of one workshop.
type Session struct {
	Title  string   `key:"title,required"`
	Hours  float64  `key:"hours,required"`
	Covers []string `key:"covers,required"`
}

// A Module is one stage of a longer programme.
type Module struct {
	Title string `key:"title,required"`
	Weeks int    `key:"weeks,required"`
	About string `key:"about"`
}

// A Cohort is a group that takes the course together.
type Cohort struct {
	ID        string     // "cohort-1", from the number in its name or, without one, from its position in the file
	Name      string     `key:"name,required"` // "Cohort 1": unique within the course; places are found by it
	Workshops []Workshop `key:"workshops,required"`
	Places    int        `key:"places"`    // how many people it takes; 0 if not known
	Left      int        `key:"left"`      // seats left when the file was written; 0 if not known
	Full      bool       `key:"full"`      // no seats are left
	Place     *Place     `key:"place"`     // where it meets, if not at the course's place
	MarkedBy  []Contact  `key:"marked_by"` // who marks its workshops, if not those named for the course
}

// A Workshop is one meeting of a cohort.
type Workshop struct {
	Date  Date   `key:"date,required"`
	Time  Span   `key:"time,required"`
	Title string `key:"title"` // "Virtual workshop"; its name if the course has no sessions

	// Cancelled workshops stay in the file, so that people who have them in a calendar learn it
	// there.
	Cancelled bool `key:"cancelled"`
}
