package course

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// An Entry is a workshop, or the end of applications, in the form for calendars (RFC 5545).
type Entry struct {
	UID, Summary, Description, URL string
	Location, Conference           string // where people meet, and the address of the online meeting; "" for none
	Start, End                     time.Time
	Changed                        time.Time // zero if the dates are as first published
	Cancelled                      bool
	Published                      time.Time
}

// Workshop is the name of a cohort's workshop.
func (c *Course) Workshop(k Cohort, i int) string {
	if i < len(c.Sessions) {
		return c.Sessions[i].Title
	}
	return cmp.Or(k.Workshops[i].Title, "Workshop "+strconv.Itoa(i+1))
}

// Entry makes a workshop's entry for a hub at the address base, "https://host". Its UID does not
// depend on the workshop's time. So a workshop that is moved keeps its UID, and moves in the
// calendars that have it.
func (c *Course) Entry(k Cohort, i int, base string) Entry {
	w := k.Workshops[i]
	e := c.entry(fmt.Sprintf("%s.workshop-%d", k.ID, i+1), k.Name+", "+w.String(), base)
	e.Summary, e.Start, e.End, e.Cancelled = c.Title+": "+c.Workshop(k, i), w.Start(), w.End(), w.Cancelled
	e.Conference = c.Join
	switch p := c.PlaceOf(&k); {
	case p != nil:
		e.Location = p.String()
	case c.Mode == Online:
		e.Location = cmp.Or(c.Join, c.Mode.Text())
	}
	return e
}

// Closing is the entry for the last minute in which people can apply.
func (c *Course) Closing(base string) Entry {
	e := c.entry("deadline", "Apply by "+c.ApplyBy(), base)
	e.Summary, e.Start, e.End = c.Title+": applications close", c.Closes().Add(-time.Minute), c.Closes()
	return e
}

// entry has the fields that all entries of a course have in common.
func (c *Course) entry(name, description, base string) Entry {
	host := "hub"
	if u, err := url.Parse(base); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	first, _, _ := strings.Cut(c.Year, "/")
	year, _ := strconv.Atoi(first)
	page := base + "/courses/" + c.ID + "/"
	e := Entry{
		UID:         fmt.Sprintf("%s.%s.%s@%s", c.ID, first, name, host),
		Description: description + ". " + page,
		URL:         page,
		Published:   time.Date(max(year, 1970), time.January, 1, 0, 0, 0, 0, time.UTC),
	}
	if c.DatesChanged != nil {
		d := c.DatesChanged
		e.Changed = time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	}
	return e
}

// CohortCalendar is a calendar of a cohort's workshops, for somebody who has a place in it.
func (c *Course) CohortCalendar(k Cohort, base string) []byte {
	var entries bytes.Buffer
	for i := range k.Workshops {
		c.Entry(k, i, base).Write(&entries)
	}
	return Calendar(c.Title+", "+k.Name, entries.Bytes())
}

// sequence tells a calendar program which of two versions of a workshop is newer. It must grow with
// each change and be the same in each build, but the generator does not know what it built before.
// So it is based on the day on which an editor says that dates were changed: the number of days
// since the year 2000. A cancelled workshop counts one more.
func (e Entry) sequence() int {
	n := 0
	if !e.Changed.IsZero() {
		n = int(e.Changed.Sub(time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)).Hours() / 24)
	}
	if e.Cancelled {
		n++
	}
	return n
}

// utc is the format of an instant in calendars. Calendar programs disagree about zones, but not
// about UTC.
const utc = "20060102T150405Z"

// Calendar is a calendar of entries, each already written by [Entry.Write].
func Calendar(name string, entries ...[]byte) []byte {
	size := 250 + 2*len(name)
	for _, e := range entries {
		size += len(e)
	}
	var b bytes.Buffer
	b.Grow(size)
	property(&b, "BEGIN:", "VCALENDAR")
	property(&b, "VERSION:", "2.0")
	property(&b, "PRODID:", "-//traininghub//hub//EN")
	property(&b, "CALSCALE:", "GREGORIAN")
	property(&b, "NAME:", icsText(name))
	property(&b, "X-WR-CALNAME:", icsText(name)) // for programs that do not know NAME of RFC 7986
	property(&b, "REFRESH-INTERVAL;VALUE=DURATION:", "P1D")
	for _, e := range entries {
		b.Write(e)
	}
	property(&b, "END:", "VCALENDAR")
	return b.Bytes()
}

// Write writes the entry.
func (e Entry) Write(b *bytes.Buffer) {
	property(b, "BEGIN:", "VEVENT")
	property(b, "UID:", icsText(e.UID))
	property(b, "DTSTAMP:", cmp.Or(e.Changed, e.Published).Format(utc))
	if !e.Changed.IsZero() {
		property(b, "LAST-MODIFIED:", e.Changed.Format(utc))
	}
	property(b, "SEQUENCE:", strconv.Itoa(e.sequence()))
	if e.Cancelled {
		property(b, "STATUS:", "CANCELLED")
	}
	property(b, "DTSTART:", e.Start.UTC().Format(utc))
	property(b, "DTEND:", e.End.UTC().Format(utc))
	property(b, "SUMMARY:", icsText(e.Summary))
	property(b, "DESCRIPTION:", icsText(e.Description))
	if e.Location != "" {
		property(b, "LOCATION:", icsText(e.Location))
	}
	if e.Conference != "" {
		property(b, "CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=Join online:", e.Conference)
	}
	property(b, "URL:", e.URL)
	property(b, "END:", "VEVENT")
}

var icsText = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`, "\r", "").Replace

// foldAt is the greatest number of octets in a line (RFC 5545, 3.1).
const foldAt = 75

// property writes one property.
func property(b *bytes.Buffer, name, value string) {
	if len(name)+len(value) > foldAt {
		fold(b, name+value)
		return
	}
	b.WriteString(name)
	b.WriteString(value)
	b.WriteString("\r\n")
}

// fold writes a line, broken into lines that are short enough, but never within a character.
func fold(b *bytes.Buffer, line string) {
	for most := foldAt; len(line) > most; most = foldAt - 1 { // the space at the start of the next line counts, too
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
