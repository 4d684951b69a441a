package site

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"
)

// What search engines and other programs are told of a course, in the words of schema.org.

type ldCourse struct {
	Context    string       `json:"@context"`
	Type       string       `json:"@type"`
	Name       string       `json:"name"`
	About      string       `json:"description"`
	URL        string       `json:"url"`
	Language   string       `json:"inLanguage"`
	Credential string       `json:"educationalCredentialAwarded"`
	Provider   ldOrg        `json:"provider"`
	Instances  []ldInstance `json:"hasCourseInstance"`
}

type ldOrg struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type ldInstance struct {
	Type     string    `json:"@type"`
	Name     string    `json:"name"`
	Mode     string    `json:"courseMode"`
	Workload string    `json:"courseWorkload"`
	Start    string    `json:"startDate"`
	End      string    `json:"endDate"`
	Events   []ldEvent `json:"subEvent"`
}

type ldEvent struct {
	Type   string `json:"@type"`
	Name   string `json:"name"`
	URL    string `json:"url"`
	Start  string `json:"startDate"`
	End    string `json:"endDate"`
	Status string `json:"eventStatus,omitempty"`
}

// courseData describes a course, its cohorts and their workshops. It says nothing that the page
// does not say.
func (s *Site) courseData(c *coursePage) template.JS {
	url := s.Hub.BaseURL + c.address()
	about := ldCourse{
		Context: "https://schema.org", Type: "Course", Name: c.Title, About: c.Describe, URL: url, Language: "en-GB",
		Credential: c.Qualification,
		Provider:   ldOrg{Type: "Organization", Name: c.Provider.Name, URL: website(c.Provider.Website)},
	}
	for _, k := range c.Cohorts {
		in := ldInstance{Type: "CourseInstance", Name: k.Name, Mode: c.Glance.Delivery, Workload: duration(c.Hours)}
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
			in.Events = append(in.Events, ldEvent{"Event", c.Workshop(k, i), url, start, end, status})
		}
		about.Instances = append(about.Instances, in)
	}
	// Marshal writes <, > and & as escapes, so that nothing in a text can end the script element.
	// It cannot fail: strings only.
	data, _ := json.Marshal(about)
	return template.JS(data)
}

func website(address string) string {
	if address == "" || strings.HasPrefix(address, "https://") {
		return address
	}
	return "https://" + address
}

// duration is a number of hours as ISO 8601 has it: "PT8H", "PT2H30M".
func duration(hours float64) string {
	minutes := int(math.Round(hours * 60))
	if minutes%60 == 0 {
		return fmt.Sprintf("PT%dH", minutes/60)
	}
	return fmt.Sprintf("PT%dH%dM", minutes/60, minutes%60)
}
