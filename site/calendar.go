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

// calendars makes the files that put workshops into a reader's own calendar: one for each cohort, one for
// each course, and one for the hub. None of them depends on the day of the build, so that a workshop stays in
// the calendars of those who take the course when applications have closed.
func (s *Site) calendars() {
	var hub []vevent
	for _, c := range s.courses {
		var own []vevent
		for _, k := range c.Cohorts {
			var events []vevent
			for i := range k.Workshops {
				events = append(events, s.vevent(c, k, i))
			}
			s.fixed["courses/"+c.ID+"/"+k.ID+".ics"] = ics(c.Title+", "+k.Name, events)
			own = append(own, events...)
		}
		s.fixed["courses/"+c.ID+"/dates.ics"] = ics(c.Title, own)
		hub = append(hub, own...)
	}
	s.fixed[strings.TrimPrefix(feedAddress, "/")] = ics(s.Hub.Name, hub)
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

// ics writes a calendar.
func ics(name string, events []vevent) []byte {
	var b bytes.Buffer
	line := func(property, value string) { fold(&b, property+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//traininghub//hub//EN")
	line("CALSCALE", "GREGORIAN")
	line("NAME", icsText(name))
	line("X-WR-CALNAME", icsText(name)) // what programs read that do not know NAME of RFC 7986
	line("REFRESH-INTERVAL;VALUE=DURATION", "P1D")
	for _, e := range events {
		line("BEGIN", "VEVENT")
		line("UID", icsText(e.uid))
		line("DTSTAMP", cmp.Or(e.changed, e.published).Format(utc))
		if !e.changed.IsZero() {
			line("LAST-MODIFIED", e.changed.Format(utc))
		}
		line("SEQUENCE", strconv.Itoa(e.sequence()))
		line("DTSTART", e.start.UTC().Format(utc))
		line("DTEND", e.end.UTC().Format(utc))
		line("SUMMARY", icsText(e.summary))
		line("DESCRIPTION", icsText(e.description))
		line("URL", e.url)
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.Bytes()
}

var icsText = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`, "\r", "").Replace

// foldAt is the most octets that a line may have (RFC 5545, 3.1).
const foldAt = 75

// fold writes a line, cut into lines that are short enough; never within a character.
func fold(b *bytes.Buffer, line string) {
	for most := foldAt; len(line) > most; most = foldAt - 1 { // the space before what follows counts, too
		cut := most
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut] + "\r\n ")
		line = line[cut:]
	}
	b.WriteString(line + "\r\n")
}
