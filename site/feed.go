package site

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/page"
)

const (
	atomAddress  = "/courses.atom"
	buildAddress = "/build.json"
)

// dated are the addresses of files, other than pages, that depend on the day of the build.
var dated = []string{atomAddress, buildAddress, securityAddress, "/sitemap.xml", "/robots.txt"}

// dated adds the feed, security.txt, and the file that says until when the build is right.
func (s *Site) dated(out Output, at time.Time) {
	out[strings.TrimPrefix(atomAddress, "/")] = s.atom(at)
	if s.Hub.Security != "" {
		out[strings.TrimPrefix(securityAddress, "/")] = s.security(at)
	}
	var until *string
	if next, ok := s.NextChange(at); ok {
		text := next.In(course.London).Format(time.RFC3339)
		until = &text
	}
	// "null" if nothing changes until somebody changes a file.
	data, _ := json.MarshalIndent(struct { // cannot fail: a pointer to a string
		RightUntil *string `json:"right_until"` // the first instant at which it is no longer right
	}{until}, "", "  ")
	out[strings.TrimPrefix(buildAddress, "/")] = append(data, '\n')
}

// feedMost is the greatest number of entries in a feed. Older ones have been read.
const feedMost = 50

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
	at      time.Time
	course  *coursePage
}

// atom is the feed of courses that have opened, are closing soon, or have closed. The id of an
// entry consists of course, programme year and event. So when a deadline moves, its entry keeps its
// id and has a new time.
func (s *Site) atom(at time.Time) []byte {
	host := s.Hub.BaseURL
	if u, err := url.Parse(s.Hub.BaseURL); err == nil {
		host = u.Hostname()
	}
	var entries []atomEntry
	for _, c := range s.courses {
		year, _, _ := strings.Cut(c.Year, "/")
		add := func(event, title string, when time.Time) {
			if when.IsZero() || when.After(at) {
				return
			}
			entries = append(entries, atomEntry{
				ID:    "tag:" + host + "," + year + ":" + c.ID + "/" + event,
				Title: title, at: when, course: c,
			})
		}
		add("opens", "Applications are open", c.OpensAt())
		if soon := c.Soon(); soon.After(c.OpensAt()) {
			add("closes-soon", "Applications close soon", soon)
		}
		add("closed", "Applications are closed", c.Closes())
	}
	slices.SortStableFunc(entries,
		func(a, b atomEntry) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.ID, b.ID)) })
	entries = entries[:min(len(entries), feedMost)]
	for i := range entries {
		e := &entries[i]
		c := e.course
		e.Title += ": " + c.Title
		e.Updated = e.at.UTC().Format(time.RFC3339)
		e.Link = atomLink{"alternate", s.Hub.BaseURL + c.address()}
		e.Summary = page.StatusOf(c.Course, e.at).Detail + ". " + c.Summary
	}
	feed := atomFeed{
		Lang: "en-GB", ID: s.Hub.BaseURL + atomAddress, Title: "Courses of the " + s.Hub.Name,
		Author:  s.Hub.Organisation,
		Updated: "2000-01-01T00:00:00Z", // required, even before anything has happened
		Links:   []atomLink{{"self", s.Hub.BaseURL + atomAddress}, {"alternate", s.Hub.BaseURL + "/"}},
		Entries: entries,
	}
	if len(entries) > 0 {
		feed.Updated = entries[0].Updated
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	xml.NewEncoder(&b).Encode(feed) // cannot fail: strings, into memory
	b.WriteByte('\n')
	return b.Bytes()
}
