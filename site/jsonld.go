package site

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"traininghub/internal/course"
)

// The description of a course for search engines and other programs, in the vocabulary of
// schema.org.

type ldCourse struct {
	Context    string       `json:"@context"`
	Type       string       `json:"@type"`
	Name       string       `json:"name"`
	About      string       `json:"description"`
	URL        string       `json:"url"`
	Language   string       `json:"inLanguage"`
	Credential string       `json:"educationalCredentialAwarded"`
	Keywords   []string     `json:"keywords,omitempty"`
	Audience   []ldAudience `json:"audience,omitempty"`
	Provider   ldOrg        `json:"provider"`
	Offers     *ldOffer     `json:"offers,omitempty"`
	Instances  []ldInstance `json:"hasCourseInstance"`
}

type ldOrg struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type ldAudience struct {
	Type string `json:"@type"`
	Kind string `json:"audienceType"`
}

// An ldOffer is what Google calls "Free" or "Paid".
type ldOffer struct {
	Type     string `json:"@type"`
	Category string `json:"category"`
	Price    string `json:"price"`
	Currency string `json:"priceCurrency"`
	From     string `json:"validFrom,omitempty"` // when people can apply, so that nobody is sent to a course that is over
	Through  string `json:"validThrough,omitempty"`
}

type ldInstance struct {
	Type     string    `json:"@type"`
	Name     string    `json:"name"`
	Mode     string    `json:"courseMode"`
	Workload string    `json:"courseWorkload,omitempty"`
	Start    string    `json:"startDate,omitempty"`
	End      string    `json:"endDate,omitempty"`
	Location *ldPlace  `json:"location,omitempty"`
	Events   []ldEvent `json:"subEvent,omitempty"`
}

// An ldPlace is a Place with an address, or a VirtualLocation with a URL.
type ldPlace struct {
	Type    string     `json:"@type"`
	Name    string     `json:"name,omitempty"`
	URL     string     `json:"url,omitempty"`
	Address *ldAddress `json:"address,omitempty"`
	Map     string     `json:"hasMap,omitempty"`
}

type ldAddress struct {
	Type    string `json:"@type"`
	Street  string `json:"streetAddress"`
	Town    string `json:"addressLocality"`
	Country string `json:"addressCountry"`
}

type ldEvent struct {
	Type   string `json:"@type"`
	Name   string `json:"name"`
	URL    string `json:"url"`
	Start  string `json:"startDate"`
	End    string `json:"endDate"`
	Status string `json:"eventStatus,omitempty"`

	Location   *ldPlace `json:"location,omitempty"`
	Attendance string   `json:"eventAttendanceMode,omitempty"`
}

// ldModes are the modes of a course in Google's terms, and of an event in schema.org's.
var ldModes = map[course.Mode][2]string{
	course.Online:  {"Online", "https://schema.org/OnlineEventAttendanceMode"},
	course.Onsite:  {"Onsite", "https://schema.org/OfflineEventAttendanceMode"},
	course.Blended: {"Blended", "https://schema.org/MixedEventAttendanceMode"},
}

// courseData describes a course, its cohorts and their workshops. It says nothing that the page
// does not say.
func (s *Site) courseData(c *coursePage) template.JS {
	url := s.Hub.BaseURL + c.address()
	about := ldCourse{
		Context: "https://schema.org", Type: "Course", Name: c.Title, About: c.Describe, URL: url, Language: "en-GB",
		Credential: c.Qualification, Keywords: c.Topics,
		Provider: ldOrg{Type: "Organization", Name: c.Provider.Name, URL: website(c.Provider.Website)},
	}
	for _, who := range c.Audience {
		about.Audience = append(about.Audience, ldAudience{"Audience", who})
	}
	switch {
	case c.Price.Free:
		about.Offers = &ldOffer{Type: "Offer", Category: "Free", Price: "0", Currency: "GBP"}
	case c.Price.Sum > 0:
		about.Offers = &ldOffer{Type: "Offer", Category: "Paid", Currency: "GBP",
			Price: fmt.Sprintf("%d.%02d", c.Price.Sum/100, c.Price.Sum%100)}
	}
	if o := about.Offers; o != nil {
		if c.Opens != nil {
			o.From = c.OpensAt().Format(time.RFC3339)
		}
		if closes := c.Closes(); !closes.IsZero() {
			o.Through = closes.Add(-time.Minute).Format(time.RFC3339)
		}
	}
	mode := cmp.Or(ldModes[c.Mode][0], c.Glance.Delivery)
	if len(c.Cohorts) == 0 {
		about.Instances = []ldInstance{{Type: "CourseInstance", Name: c.Title, Mode: mode, Workload: duration(c.Hours),
			Location: c.location(nil, url)}}
	}
	for _, k := range c.Cohorts {
		in := ldInstance{Type: "CourseInstance", Name: k.Name, Mode: mode, Workload: duration(c.Hours),
			Location: c.location(&k, url)}
		for i, w := range k.Workshops {
			start, end := w.Start().Format(time.RFC3339), w.End().Format(time.RFC3339)
			if i == 0 {
				in.Start = start
			}
			in.End = end
			status := ""
			if w.Cancelled {
				status = "https://schema.org/EventCancelled"
			}
			// Google reports an event without a physical place as an error, and since 5 June 2025
			// online ones too: developers.google.com/search/docs/appearance/structured-data/event
			if in.Location != nil && in.Location.Type == "Place" {
				in.Events = append(in.Events, ldEvent{"Event", c.Workshop(k, i), url, start, end, status,
					in.Location, ldModes[c.Mode][1]})
			}
		}
		about.Instances = append(about.Instances, in)
	}
	// Marshal escapes <, > and &, so that no text can end the script element. It cannot fail: there
	// are only strings.
	data, _ := json.Marshal(about)
	return template.JS(data)
}

func website(address string) string {
	if address == "" || strings.HasPrefix(address, "https://") {
		return address
	}
	return "https://" + address
}

// listData describes a list of courses by their addresses. The courses' own pages have the rest.
func (s *Site) listData(courses []*coursePage) template.JS {
	type item struct {
		Type     string `json:"@type"`
		Position int    `json:"position"`
		URL      string `json:"url"`
	}
	items := make([]item, len(courses))
	for i, c := range courses {
		items[i] = item{"ListItem", i + 1, s.Hub.BaseURL + c.address()}
	}
	data, _ := json.Marshal(struct { // cannot fail, as in courseData
		Context string `json:"@context"`
		Type    string `json:"@type"`
		Items   []item `json:"itemListElement"`
	}{"https://schema.org", "ItemList", items})
	return template.JS(data)
}

// location is where a cohort meets: its place, or the page with the address of the meeting; nil if
// the file does not say.
func (c *coursePage) location(k *course.Cohort, url string) *ldPlace {
	if p := c.PlaceOf(k); p != nil {
		return &ldPlace{Type: "Place", Name: p.Name, Map: p.Map,
			Address: &ldAddress{"PostalAddress", p.Address, p.Town, "GB"}}
	}
	if c.Mode == course.Online {
		return &ldPlace{Type: "VirtualLocation", URL: cmp.Or(c.Join, url)}
	}
	return nil
}

// duration is a number of hours in ISO 8601: "PT8H", "PT2H30M"; "" for none.
func duration(hours float64) string {
	if hours == 0 {
		return ""
	}
	minutes := int(math.Round(hours * 60))
	if minutes%60 == 0 {
		return fmt.Sprintf("PT%dH", minutes/60)
	}
	return fmt.Sprintf("PT%dH%dM", minutes/60, minutes%60)
}
