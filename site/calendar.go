package site

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/site/digest"
	"traininghub/site/folder"
)

// An Event is something that happens on a day: applications open or close, a workshop takes place,
// a review is due.
type Event struct {
	Kind  EventKind
	Day   course.Date
	From  time.Time // the event's position among those of its day
	Time  string    // "2pm to 5pm", "by 11:59pm"; "" for the whole day
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
	Appears  EventKind = "appears" // first day of a page
	Goes     EventKind = "goes"    // last day of a page
)

// Agenda lists the events of all courses, services and pages, earliest first.
func (s *Site) Agenda() []Event {
	var all []Event
	for _, c := range s.courses {
		if c.Draft {
			continue
		}
		all = append(all, c.events()...)
		all = append(all, appearing(c.Shown(), c.Title, c.address(), c.File.Path)...)
		if c.ReviewDue != nil {
			all = append(all, Event{Review, *c.ReviewDue, c.ReviewDue.Time(), "", "Review due", c.Title, c.address(),
				c.File.Path})
		}
	}
	for _, v := range s.services {
		if v.Draft {
			continue
		}
		all = append(all, appearing(v.Shown(), v.Title, v.Page(), v.File.Path)...)
		event := func(kind EventKind, day *course.Date, from time.Time, what string) {
			if day != nil {
				all = append(all, Event{kind, *day, from, "", what, v.Title, v.Page(), v.File.Path})
			}
		}
		event(Opens, v.Opens, v.OpensAt(), "The service opens")
		event(Closes, v.Closes, v.ClosesAt().Add(-time.Minute), "The last day of the service")
		if v.ReviewDue != nil {
			event(Review, v.ReviewDue, v.ReviewDue.Time(), "Review due")
		}
	}
	for _, p := range s.pages {
		all = append(all, appearing(p.shown(), p.Title, p.address(), p.file.Path)...)
		if p.ReviewDue != nil {
			all = append(all, Event{Review, *p.ReviewDue, p.ReviewDue.Time(), "", "Review due", p.Title, p.address(),
				p.file.Path})
		}
	}
	return inOrder(all)
}

// appearing are the events for the first and the last day on which readers see a page.
func appearing(shown course.Shown, title, address, file string) []Event {
	var all []Event
	if shown.Draft {
		return nil
	}
	if d := shown.First; d != nil {
		all = append(all, Event{Appears, *d, d.Time(), "", "The page appears", title, address, file})
	}
	if d := shown.Last; d != nil {
		all = append(all, Event{Goes, *d, d.Time(), "", "The last day of the page", title, address, file})
	}
	return all
}

// Drafts are the files of courses, services and pages that are hidden from readers as drafts.
func (s *Site) Drafts() []string {
	var all []string
	for _, c := range s.courses {
		if c.Draft {
			all = append(all, c.File.Path)
		}
	}
	for _, v := range s.services {
		if v.Draft {
			all = append(all, v.File.Path)
		}
	}
	for _, p := range s.pages {
		if p.Draft {
			all = append(all, p.file.Path)
		}
	}
	return all
}

func inOrder(all []Event) []Event {
	order := make([]*Event, len(all)) // pointers move more quickly than events
	for i := range all {
		order[i] = &all[i]
	}
	slices.SortStableFunc(order, func(a, b *Event) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Title, b.Title))
	})
	sorted := make([]Event, len(all))
	for i, e := range order {
		sorted[i] = *e
	}
	return sorted
}

// happens are the events of a course that readers see, and for a hub with a catalogue a key for
// each of them, which no other event has. Both are worked out once.
func (s *Site) happens(c *coursePage) (events []Event, keys []string) {
	m := c.made
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.events == nil {
		m.events = c.events()
	}
	if s.catalogued() && m.keys == nil {
		m.keys = make([]string, len(m.events))
		for i, e := range m.events {
			m.keys[i] = string(digest.OfTexts(e.Day.ISO(), e.Time, e.What, e.Title, e.Href))
		}
	}
	return m.events, m.keys
}

// events are the events of a course that readers see.
func (c *coursePage) events() []Event {
	event := func(kind EventKind, day course.Date, from time.Time, clock, what string) Event {
		return Event{kind, day, from, clock, what, c.Title, c.address(), c.File.Path}
	}
	var all []Event
	if c.Opens != nil {
		all = append(all, event(Opens, *c.Opens, c.OpensAt(), "", "Applications open"))
	}
	if c.Deadline != (course.Date{}) {
		last := c.Closes().Add(-time.Minute)
		clock, _, _ := strings.Cut(course.Moment(last), " on ")
		all = append(all, event(Closes, c.Deadline, last, "by "+clock, "Applications close"))
	}
	for _, k := range c.Cohorts {
		where := ""
		if p := c.PlaceOf(&k); p != nil {
			where = p.Town
		}
		for i, w := range k.Workshops {
			what := c.Workshop(k, i)
			if len(c.Cohorts) > 1 {
				what += " (" + k.Name + ")"
			}
			if where != "" {
				what += ", " + where
			}
			if w.Cancelled {
				what = "Cancelled: " + what
			}
			all = append(all, event(Workshop, w.Date, w.Start(), w.Time.String(), what))
		}
	}
	return all
}

// passed is the instant at which a day is over.
func passed(d course.Date) time.Time { return d.Time().AddDate(0, 0, 1) }

// coming lists what has not happened yet, including all of today. For a hub with a catalogue it
// also returns a key for each of these days, which changes with everything that is said there.
func (s *Site) coming(at time.Time) (days []page.CalendarDay, keys []string) {
	type keyed struct {
		*Event
		key  string
		from int64 // as Event.From, more quickly compared
	}
	today := course.DateOf(at)
	of := make([][]keyed, len(s.courses))
	parallel.Do(len(s.courses), func(i int) {
		events, keys := s.happens(s.courses[i])
		for j := range events {
			if e := (keyed{&events[j], "", events[j].From.UnixNano()}); !e.Day.Before(today) {
				if keys != nil {
					e.key = keys[j]
				}
				of[i] = append(of[i], e)
			}
		}
	})
	all := slices.Concat(of...)
	slices.SortStableFunc(all, func(a, b keyed) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.Title, b.Title)) })
	days, keys = make([]page.CalendarDay, len(all)), make([]string, len(all))
	for i, e := range all {
		days[i] = page.CalendarDay{Date: e.Day, Time: e.Time, What: e.What, Text: e.Title, Href: e.Href}
		keys[i] = e.key
	}
	return days, keys
}

// calendar lists the coming events month by month. If there are many it has only the first ones,
// and months have pages of their own.
func (s *Site) calendar(k *catalogue, at time.Time) page.Calendar {
	view := page.Calendar{Feed: feedAddress}
	left, months := datesMost, k.months
	if s.catalogued() {
		view.More = k.monthLinks("")
	} else {
		months = monthsOf(s.coming(at))
		left = math.MaxInt
	}
	for _, m := range months {
		if n := min(left, len(m.days)); n > 0 {
			view.Months = append(view.Months, page.CalendarMonth{Name: m.name, Days: m.days[:n]})
			left -= n
		}
	}
	return view
}

// past lists the courses that are over, the latest first. If there are many it has only the latest.
func (s *Site) past(at time.Time) page.Past {
	const most = 20
	var all []page.PastCourse
	for _, c := range s.courses {
		if over := c.Over(); !over.IsZero() && !at.Before(over) {
			all = append(all, page.PastCourse{Course: c.Course, Href: c.address(),
				Over: course.DateOf(over.Add(-time.Minute))})
		}
	}
	slices.SortStableFunc(all, func(a, b page.PastCourse) int { return b.Over.Time().Compare(a.Over.Time()) })
	if len(all) > most && s.catalogued() {
		return page.Past{Courses: all[:most], All: catalogueAddress}
	}
	return page.Past{Courses: all}
}

// shows reports whether any page of text has the block.
func (s *Site) shows(block string) bool {
	return slices.ContainsFunc(s.pages, func(p *prosePage) bool { return p.body.Shows(block) })
}

// feedAddress is a calendar with the workshops of all courses, to which people can subscribe.
const feedAddress = "/calendar.ics"

// calendarFiles are the names of the files with which readers put workshops into their own
// calendars: one for each cohort, one for each course, and one for the hub. None of them depends on
// the day of the build, so that workshops stay in participants' calendars after applications have
// closed.
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

// calendars are the files of one course. They depend on the course and the hub's address.
type calendars struct {
	Base   string         // the hub's address
	Stamps []folder.Stamp // of the files, in order
	Digest digest.Sum     // of the events

	files  []calendarFile // these and the events are only in memory
	events []byte         // all of them, including the end of applications
}

type calendarFile struct {
	name string
	data []byte
}

// calendars makes the calendars of a course. Each workshop is written once, and used in the files
// of the cohort, the course and the hub. Only the hub's file has the end of applications: a
// participant has already applied.
func (s *Site) calendars(c *coursePage) *calendars {
	own := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(own)
	own.Reset()
	d := &calendars{Base: s.Hub.BaseURL}
	for _, k := range c.Cohorts {
		start := own.Len()
		for j := range k.Workshops {
			c.Entry(k, j, d.Base).Write(own)
		}
		d.files = append(d.files, calendarFile{c.calendarFile(k.ID), course.Calendar(c.Title+", "+k.Name, own.Bytes()[start:])})
	}
	d.files = append(d.files, calendarFile{c.calendarFile("dates"), course.Calendar(c.Title, own.Bytes())})
	if c.Deadline != (course.Date{}) {
		c.Closing(d.Base).Write(own)
	}
	d.events = bytes.Clone(own.Bytes())
	d.Digest = digest.Of(d.events)
	return d
}

// putCalendars makes the files named by calendarFiles, except those that are still right.
func (s *Site) putCalendars(to sink) {
	all := make([]*calendars, len(s.courses))
	parallel.Do(len(s.courses), func(i int) { all[i] = s.putDates(s.courses[i], to) })
	texts := []string{s.Hub.Name}
	for _, d := range all {
		texts = append(texts, string(d.Digest))
	}
	key, lists := string(digest.OfTexts(texts...)), s.cache.lists
	if p := lists.page(feedAddress, key); s.keeps && p != nil && to.Has(fileOf(feedAddress), p.Stamp) {
		return
	}
	events := make([][]byte, len(all))
	parallel.Do(len(all), func(i int) {
		if all[i].events == nil {
			all[i] = s.calendars(s.courses[i])
		}
		events[i] = all[i].events
	})
	stamp := to.Add(fileOf(feedAddress), course.Calendar(s.Hub.Name, events...))
	if s.keeps {
		lists.keep(feedAddress, &printed{Key: key, Stamp: stamp})
	}
}

// putDates makes the files of a course, except those that are still right.
func (s *Site) putDates(c *coursePage, to sink) *calendars {
	m := c.made
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.dates
	switch {
	case d == nil || d.Base != s.Hub.BaseURL:
		d = s.calendars(c)
	case d.files != nil:
	case c.hasDates(d, to):
		return d
	default:
		d = s.calendars(c)
	}
	stamps := make([]folder.Stamp, len(d.files))
	for i, f := range d.files {
		stamps[i] = to.Add(f.name, f.data)
	}
	if s.keeps {
		kept := *d
		if kept.Stamps = stamps; !to.keeps() {
			kept.files, kept.events = nil, nil
		}
		m.saved = m.saved && m.dates != nil && m.dates.Base == kept.Base && slices.Equal(m.dates.Stamps, stamps)
		m.dates = &kept
	}
	return d
}

// hasDates reports whether the folder has all files as they were left.
func (c *coursePage) hasDates(d *calendars, to sink) bool {
	for i, k := range c.Cohorts {
		if !to.Has(c.calendarFile(k.ID), d.Stamps[i]) {
			return false
		}
	}
	return to.Has(c.calendarFile("dates"), d.Stamps[len(c.Cohorts)])
}
