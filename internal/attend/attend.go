// Package attend is the story of attendance at a course's workshops: the register of a cohort, what
// follows when somebody does not come, the certificates, and the questionnaire afterwards.
//
// A [Register] belongs to one cohort and lists everybody who was accepted for it. A tutor or the
// provider marks attendance through a mailed link, and the office corrects a mark with a reason. No
// mark is ever overwritten. If two people mark the same participant at once, the first mark counts
// and the second person is told.
//
// Somebody who is marked absent is asked why, and has some working days to answer. Then the lead
// decides on the [Miss]: justified, charged, or the charge waived. The sum is the one in force on
// the day on which the place was given. A charge can be appealed once, to somebody else. Giving up
// a place late is a miss, too. If a workshop was moved, missing it or giving up the place is free
// of charge.
//
// A [Certificate] is issued to somebody who came to everything that the course's file asks for. Its
// number has check digits. Whoever has the number and the surname learns that the certificate is
// valid, and for which course and month. A correction makes a new certificate, and the old number
// says that it was replaced.
//
// Tutors see names and marks, but no address, no reason and no other cohort. Answers to the
// questionnaire are only counted: nothing says who gave which. Claims ([Desk.Came],
// [Desk.Finished]) and the return ([Desk.Trained]) rely on this attendance. Times are UTC, days are
// London's, sums are whole pence, and the clock is an argument.
package attend

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/record"
)

// The kinds of records of this story.
const (
	KindRegister    record.Kind = "attendance"
	KindCertificate record.Kind = "certificate"
	KindOpinions    record.Kind = "opinions" // counted answers to a questionnaire
)

// A Register records who came to the workshops of a cohort.
type Register struct {
	record.Kept
	ID        string         `json:"id"`
	Course    string         `json:"course"` // its id
	Year      string         `json:"year"`   // the programme year: "2021/22"
	Named     string         `json:"cohort"` // the cohort's name
	Title     string         `json:"title"`  // the course's
	Workshops []*Meeting     `json:"workshops"`
	People    []*Participant `json:"people,omitempty"` // in the order of their names
	Links     []Link         `json:"links,omitempty"`
	Keys      record.Keys    `json:"keys,omitempty"`
	Mail      record.Outbox  `json:"letters,omitempty"`
	Past      record.Events  `json:"events"`

	Crowded bool `json:"crowded,omitempty"` // one write had no room for all certificates

	made []*Certificate // to be written in the same write
	ends []string       // numbers that are no longer valid, to be written likewise
}

// A Meeting is a workshop, with its present and its earlier dates in the course's file.
type Meeting struct {
	Title     string    `json:"title"`
	Start     time.Time `json:"start"`
	End       time.Time `json:"end"`
	Cancelled bool      `json:"cancelled,omitempty"`
	Moved     []Moved   `json:"moved,omitempty"`
}

// Moved is an earlier date of a workshop, and when the change was noticed.
type Moved struct {
	From time.Time `json:"from"`
	At   time.Time `json:"at"`
}

// When is the workshop's day and times in words.
func (m *Meeting) When() string {
	return course.Workshop{
		Date: course.DateOf(m.Start), Time: course.Span{From: clockOf(m.Start), To: clockOf(m.End)}, Cancelled: m.Cancelled,
	}.String()
}

func clockOf(at time.Time) course.Clock {
	at = at.In(course.London)
	return course.Clock(at.Hour()*60 + at.Minute())
}

// Minutes is the workshop's length.
func (m *Meeting) Minutes() int { return int(m.End.Sub(m.Start) / time.Minute) }

// movedSince tells whether it was moved after an instant.
func (m *Meeting) movedSince(at time.Time) bool {
	return slices.ContainsFunc(m.Moved, func(o Moved) bool { return o.At.After(at) })
}

// A Link opens the register for the marker who got it in a letter.
type Link struct {
	Letter string    `json:"letter"` // its id
	Email  string    `json:"email"`
	Until  time.Time `json:"until"`
}

// A Participant is somebody who has or had a place in the cohort.
type Participant struct {
	Ref    string    `json:"application"`
	Name   string    `json:"name"`
	Email  string    `json:"email"`
	Number string    `json:"number,omitempty"` // the key of their number on a professional register
	Joined time.Time `json:"joined"`           // when the place was given
	Pence  int64     `json:"charge_pence"`     // the charge for missing something, as it was then
	Left   *Left     `json:"left,omitempty"`

	Marks     []Mark         `json:"marks,omitempty"` // in order of time; the last one for a workshop counts
	Misses    []*Miss        `json:"misses,omitempty"`
	Steps     []Step         `json:"steps,omitempty"`  // modules that they ticked
	Counts    map[string]int `json:"counts,omitempty"` // of what the course counts, by its title
	Complete  *Word          `json:"complete,omitempty"`
	Qualified *Word          `json:"qualified,omitempty"` // a qualification accepted instead of the training
	Issued    []Issue        `json:"issued,omitempty"`    // certificates, the latest last
	Asked     []Asked        `json:"asked,omitempty"`     // questionnaires
}

// Left says when and why somebody lost their place.
type Left struct {
	At  time.Time `json:"at"`
	Why string    `json:"why"` // one of the reasons below
}

// The reasons for leaving.
const (
	Withdrew = "withdrawn" // by the participant
	TakenOff = "taken off" // the decision was taken back, or they moved to another cohort
)

// A Presence says whether a participant was there.
type Presence string

// The presences.
const (
	Came    Presence = "came"
	Part    Presence = "late or left early"
	Absent  Presence = "absent"
	Excused Presence = "excused"
)

// Presences are all presences, in the order in which pages offer them.
var Presences = []Presence{Came, Part, Absent, Excused}

// Words are what pages call a presence: "Came", "Late or left early".
func (p Presence) Words() string {
	if p == "" {
		return "Not marked yet"
	}
	return strings.ToUpper(string(p[:1])) + string(p[1:])
}

// A Mark is what somebody said of a participant at a workshop.
type Mark struct {
	Workshop int       `json:"workshop"` // from 0
	Is       Presence  `json:"is"`
	Minutes  int       `json:"minutes"` // for which they were there
	At       time.Time `json:"at"`
	By       string    `json:"by"`            // the address of the marker or of the staff
	Why      string    `json:"why,omitempty"` // the reason of a correction
}

// String is the mark in words: "Late or left early, 2 hours there".
func (m Mark) String() string {
	if m.Is == Part {
		return m.Is.Words() + ", " + Minutes(m.Minutes) + " there"
	}
	return m.Is.Words()
}

// Minutes writes a length of time in words: "2 hours 30 minutes".
func Minutes(n int) string {
	var words []string
	for _, part := range []struct {
		n    int
		unit string
	}{{n / 60, "hour"}, {n % 60, "minute"}} {
		switch {
		case part.n == 1:
			words = append(words, "1 "+part.unit)
		case part.n > 1:
			words = append(words, fmt.Sprintf("%d %ss", part.n, part.unit))
		}
	}
	if words == nil {
		return "0 minutes"
	}
	return strings.Join(words, " ")
}

// A Step is a module that a participant has done.
type Step struct {
	Title string `json:"title"`
	Done  string `json:"done"` // "2021-11-30"
}

// A Word is what somebody stated about a participant.
type Word struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	What string    `json:"what,omitempty"`
}

// An Issue is what the register keeps of a certificate.
type Issue struct {
	Number  string    `json:"number"`
	Name    string    `json:"name"`
	Minutes int       `json:"minutes"`
	Marks   int       `json:"marks"` // how many marks there were then, corrections included
	At      time.Time `json:"at"`
	Ended   bool      `json:"ended,omitempty"` // replaced or withdrawn
}

// Asked says that a participant was sent a questionnaire.
type Asked struct {
	Round string    `json:"round"` // "after", or the year: "2023"
	At    time.Time `json:"at"`
	Done  bool      `json:"done,omitempty"` // they have answered; their answers are not kept
}

// Person is the participant with that application; nil if there is none.
func (r *Register) Person(ref string) *Participant {
	i := slices.IndexFunc(r.People, func(p *Participant) bool { return p.Ref == ref })
	if i < 0 {
		return nil
	}
	return r.People[i]
}

// Present are the participants who have a place.
func (r *Register) Present() (all []*Participant) {
	for _, p := range r.People {
		if p.Left == nil {
			all = append(all, p)
		}
	}
	return all
}

// Over is when the last workshop ends.
func (r *Register) Over() (end time.Time) {
	for _, m := range r.Workshops {
		if m.End.After(end) {
			end = m.End
		}
	}
	return end
}

// Mark is the mark that counts for a workshop; nil if there is none.
func (p *Participant) Mark(workshop int) *Mark {
	for i := len(p.Marks) - 1; i >= 0; i-- {
		if p.Marks[i].Workshop == workshop {
			return &p.Marks[i]
		}
	}
	return nil
}

// Certificate is the participant's valid certificate; nil if there is none.
func (p *Participant) Certificate() *Issue {
	if n := len(p.Issued); n > 0 && !p.Issued[n-1].Ended {
		return &p.Issued[n-1]
	}
	return nil
}

// Miss is the participant's miss of a workshop, or of the whole place ([WholePlace]); nil if there
// is none.
func (p *Participant) Miss(workshop int) *Miss {
	for i := len(p.Misses) - 1; i >= 0; i-- {
		if m := p.Misses[i]; m.Workshop == workshop && m.Void == "" {
			return m
		}
	}
	return nil
}

// says is what the chain of the register's events protects. Keys and letters are left out, since
// they change without an event. So are the questionnaires, so that nothing shows when one came
// back.
func (r *Register) says() ([]byte, error) {
	people := make([]Participant, len(r.People))
	for i, p := range r.People {
		people[i] = *p
		people[i].Asked = nil
	}
	return record.Sum([]any{r.ID, r.Course, r.Year, r.Named, r.Title, r.Workshops, people})
}

// registerID is the id of the register of a cohort:
// "attendance.supporting-mentors.2021-22.cohort-1".
func registerID(courseID, year, named string) string {
	slug := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		}
		return '-'
	}, strings.ToLower(named))
	id := fmt.Sprintf("attendance.%s.%s.%s", courseID, strings.ReplaceAll(year, "/", "-"), slug)
	if len(id) > 60 {
		id = fmt.Sprintf("attendance.%x", record.Hash([]byte(id))[:16])
	}
	return id
}
