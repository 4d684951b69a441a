package site

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"traininghub/internal/course"
	"traininghub/internal/page"
)

// An Event is something that happens on a day: applications open or close, a workshop, a review that is due.
type Event struct {
	Kind  EventKind
	Day   course.Date
	From  time.Time // where the event stands among those of its day
	Time  string    // "2pm to 5pm", "by 11:59pm"; "" if the whole day is meant
	What  string    // "Workshop 1: framework (Cohort 1)"
	Title string    // of the course or page
	Href  string    // its address
	Path  string    // its file
}

// EventKind says what an Event is.
type EventKind string

const (
	Opens    EventKind = "opens"
	Closes   EventKind = "closes"
	Workshop EventKind = "workshop"
	Review   EventKind = "review"
)

// Agenda is all that happens, of all courses and pages, earliest first.
func (s *Site) Agenda() []Event {
	var all []Event
	for _, c := range s.courses {
		all = append(all, c.events()...)
		if c.ReviewDue != nil {
			all = append(all, Event{Review, *c.ReviewDue, c.ReviewDue.Time(), "", "Review due", c.Title, c.address(), c.File.Path})
		}
	}
	for _, p := range s.pages {
		if p.ReviewDue != nil {
			all = append(all, Event{Review, *p.ReviewDue, p.ReviewDue.Time(), "", "Review due", p.Title, p.address(), p.file.Path})
		}
	}
	inOrder(all)
	return all
}

func inOrder(all []Event) {
	slices.SortStableFunc(all, func(a, b Event) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Title, b.Title))
	})
}

// events are those of a course that readers see.
func (c *coursePage) events() []Event {
	event := func(kind EventKind, day course.Date, from time.Time, clock, what string) Event {
		return Event{kind, day, from, clock, what, c.Title, c.address(), c.File.Path}
	}
	var all []Event
	if c.Opens != nil {
		all = append(all, event(Opens, *c.Opens, c.OpensAt(), "", "Applications open"))
	}
	last := c.Closes().Add(-time.Minute)
	clock, _, _ := strings.Cut(course.Moment(last), " on ")
	all = append(all, event(Closes, c.Deadline, last, "by "+clock, "Applications close"))
	for _, k := range c.Cohorts {
		for i, w := range k.Workshops {
			what := c.workshop(k, i)
			if len(c.Cohorts) > 1 {
				what += " (" + k.Name + ")"
			}
			all = append(all, event(Workshop, w.Date, w.Start(), w.Time.String(), what))
		}
	}
	return all
}

// workshop is the name of a cohort's workshop.
func (c *coursePage) workshop(k course.Cohort, i int) string {
	if i < len(c.Sessions) {
		return c.Sessions[i].Title
	}
	return cmp.Or(k.Workshops[i].Title, "Workshop "+strconv.Itoa(i+1))
}

// passed is the instant from which a day is over.
func passed(d course.Date) time.Time { return d.Time().AddDate(0, 0, 1) }

// calendar is what still happens, today included.
func (s *Site) calendar(at time.Time) page.Calendar {
	var all []Event
	for _, c := range s.courses {
		all = append(all, c.events()...)
	}
	inOrder(all)
	view := page.Calendar{Feed: feedAddress}
	for _, e := range all {
		if at.Before(passed(e.Day)) {
			view.Days = append(view.Days, page.CalendarDay{Date: e.Day, Time: e.Time, What: e.What, Text: e.Title, Href: e.Href})
		}
	}
	return view
}

// past are the courses that are over, the latest first.
func (s *Site) past(at time.Time) []page.PastCourse {
	all := []page.PastCourse{}
	for _, c := range s.courses {
		if over := c.Over(); !at.Before(over) {
			all = append(all, page.PastCourse{Course: c.Course, Href: c.address(), Over: course.DateOf(over.Add(-time.Minute))})
		}
	}
	slices.SortStableFunc(all, func(a, b page.PastCourse) int { return b.Over.Time().Compare(a.Over.Time()) })
	return all
}

// shows tells whether any page of text has the block.
func (s *Site) shows(block string) bool {
	return slices.ContainsFunc(s.pages, func(p *prosePage) bool { return p.body.shows(block) })
}

// feedAddress is where all workshops are one calendar, to which people subscribe.
const feedAddress = "/calendar.ics"

// calendarFiles are the names of the files that put workshops into a reader's own calendar: one for each cohort,
// one for each course, and one for the hub. None of them depends on the day of the build, so that a workshop stays
// in the calendars of those who take the course when applications have closed.
func (s *Site) calendarFiles() map[string]bool {
	names := map[string]bool{strings.TrimPrefix(feedAddress, "/"): true}
	for _, c := range s.courses {
		names[c.calendarFile("dates")] = true
		for _, k := range c.Cohorts {
			names[c.calendarFile(k.ID)] = true
		}
	}
	return names
}

func (c *coursePage) calendarFile(name string) string { return "courses/" + c.ID + "/" + name + ".ics" }

// calendars are the files of one course.
type calendars struct {
	files  Output
	events []byte // of all of them
}

// calendars makes them. A workshop stands in two of them, and in the hub's, and is written once.
func (s *Site) calendars(c *coursePage) *calendars {
	own := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(own)
	own.Reset()
	d := &calendars{files: make(Output, len(c.Cohorts)+1)}
	for _, k := range c.Cohorts {
		start := own.Len()
		for j := range k.Workshops {
			s.vevent(c, k, j).write(own)
		}
		d.files[c.calendarFile(k.ID)] = ics(c.Title+", "+k.Name, own.Bytes()[start:])
	}
	d.events = bytes.Clone(own.Bytes())
	d.files[c.calendarFile("dates")] = ics(c.Title, d.events)
	return d
}

// putCalendars makes the files of calendarFiles.
func (s *Site) putCalendars(to sink) {
	all := make([][]byte, len(s.courses))
	parallel(len(s.courses), func(i int) {
		c := s.courses[i]
		d := c.made.calendar(s.keeps && to.keeps(), func() *calendars { return s.calendars(c) })
		for name, data := range d.files {
			to.add(name, data)
		}
		all[i] = d.events
	})
	to.add(strings.TrimPrefix(feedAddress, "/"), ics(s.Hub.Name, all...))
}

// A vevent is a workshop as RFC 5545 has it.
type vevent struct {
	uid, summary, description, url string
	start, end                     time.Time
	changed                        time.Time // zero if the dates stand as they were first published
	published                      time.Time
}

// vevent makes a workshop's entry. Its UID is made of places, not of dates: a workshop that is moved is the same
// workshop, and moves in the calendars that have it.
func (s *Site) vevent(c *coursePage, k course.Cohort, i int) vevent {
	w := k.Workshops[i]
	host := "hub"
	if u, err := url.Parse(s.Hub.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	first, _, _ := strings.Cut(c.Year, "/")
	year, _ := strconv.Atoi(first)
	e := vevent{
		uid:         fmt.Sprintf("%s.%s.%s.workshop-%d@%s", c.ID, first, k.ID, i+1, host),
		summary:     c.Title + ": " + c.workshop(k, i),
		description: fmt.Sprintf("%s, %s. %s%s", k.Name, w, s.Hub.BaseURL, c.address()),
		url:         s.Hub.BaseURL + c.address(),
		start:       w.Start(), end: w.End(),
		published: time.Date(max(year, 1970), time.January, 1, 0, 0, 0, 0, time.UTC),
	}
	if c.DatesChanged != nil {
		d := c.DatesChanged
		e.changed = time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	}
	return e
}

// sequence is the number that tells a calendar program which of two versions of a workshop is newer. It has to grow
// with each change and to come out the same in each build, and the generator does not know what it built before. So it is
// made of the day on which an editor says that dates were changed: the days from the year 2000.
func (e vevent) sequence() int {
	if e.changed.IsZero() {
		return 0
	}
	return int(e.changed.Sub(time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)).Hours() / 24)
}

// utc is how calendars write an instant. Calendar programs disagree about zones, but not about UTC.
const utc = "20060102T150405Z"

// ics is a calendar of events that are written already.
func ics(name string, events ...[]byte) []byte {
	size := 250 + 2*len(name)
	for _, e := range events {
		size += len(e)
	}
	var b bytes.Buffer
	b.Grow(size)
	property(&b, "BEGIN:", "VCALENDAR")
	property(&b, "VERSION:", "2.0")
	property(&b, "PRODID:", "-//traininghub//hub//EN")
	property(&b, "CALSCALE:", "GREGORIAN")
	property(&b, "NAME:", icsText(name))
	property(&b, "X-WR-CALNAME:", icsText(name)) // what programs read that do not know NAME of RFC 7986
	property(&b, "REFRESH-INTERVAL;VALUE=DURATION:", "P1D")
	for _, e := range events {
		b.Write(e)
	}
	property(&b, "END:", "VCALENDAR")
	return b.Bytes()
}

func (e vevent) write(b *bytes.Buffer) {
	property(b, "BEGIN:", "VEVENT")
	property(b, "UID:", icsText(e.uid))
	property(b, "DTSTAMP:", cmp.Or(e.changed, e.published).Format(utc))
	if !e.changed.IsZero() {
		property(b, "LAST-MODIFIED:", e.changed.Format(utc))
	}
	property(b, "SEQUENCE:", strconv.Itoa(e.sequence()))
	property(b, "DTSTART:", e.start.UTC().Format(utc))
	property(b, "DTEND:", e.end.UTC().Format(utc))
	property(b, "SUMMARY:", icsText(e.summary))
	property(b, "DESCRIPTION:", icsText(e.description))
	property(b, "URL:", e.url)
	property(b, "END:", "VEVENT")
}

var icsText = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`, "\r", "").Replace

// foldAt is the most octets that a line may have (RFC 5545, 3.1).
const foldAt = 75

// property writes one line.
func property(b *bytes.Buffer, name, value string) {
	if len(name)+len(value) > foldAt {
		fold(b, name+value)
		return
	}
	b.WriteString(name)
	b.WriteString(value)
	b.WriteString("\r\n")
}

// fold writes a line, cut into lines that are short enough; never within a character.
func fold(b *bytes.Buffer, line string) {
	for most := foldAt; len(line) > most; most = foldAt - 1 { // the space before what follows counts, too
		cut := most
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut])
		b.WriteString("\r\n ")
		line = line[cut:]
	}
	b.WriteString(line)
	b.WriteString("\r\n")
}
