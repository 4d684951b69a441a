package site

import (
	"fmt"
	"strconv"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/site/check"
)

// Eligibility is asked as NHS services ask: one question per page. Each answer is a link to the
// next question, or to a page on what the answer means. So nothing is sent or stored, and no
// program runs.

// eligibility is the address of question i, counted from 0.
func (c *coursePage) eligibility(i int) string {
	base := c.address() + "eligibility/"
	if i == 0 {
		return base
	}
	return base + strconv.Itoa(i+1) + "/"
}

// ends is the address of the page for people who cannot apply because of question i. If i is the
// number of questions, it is the page for people who can apply.
func (c *coursePage) ends(i int) string {
	base := c.address() + "eligibility/"
	if i == len(c.Eligibility) {
		return base + "yes/"
	}
	return base + "no-" + strconv.Itoa(i+1) + "/"
}

// eligibilitySheets are the pages of a course's questions and results.
func (s *Site) eligibilitySheets(c *coursePage, at time.Time) []sheet {
	of := len(c.Eligibility)
	if of == 0 {
		return nil
	}
	var all []sheet
	crumbs := []page.Link{home, {Text: c.Title, Href: c.address()}}
	end := func(i int) sheet {
		sh := sheet{Page: check.Page{Address: c.ends(i), File: c.File.Path}, name: "eligible"}
		v := page.Eligibility{Course: c.Course, Href: c.address(), Status: c.standing(at).status, Back: c.eligibility(0),
			Contact: c.Contact.Email}
		if c.form != nil && s.takes(c.Course, at) {
			v.Apply = c.address() + "apply/"
		}
		heading := "You can apply"
		title := heading
		switch {
		case i < of:
			ask := c.Eligibility[i]
			v.Ends = &ask
			if heading = ask.Heading; heading == "" {
				heading = "You cannot apply"
			}
			title = fmt.Sprintf("%s (question %d)", heading, i+1)
		case v.Apply == "":
			heading = "You meet the criteria, but you cannot apply now"
			title = heading
		}
		sh.frame = page.Frame{Heading: heading, Title: title + " – " + c.Title, Path: sh.Address, Crumbs: crumbs,
			Unlisted: true}
		sh.frame.Describe = "What your answers mean for applying for " + c.Title + ", and what you can do now."
		sh.view = func(*page.Frame) (any, error) { return v, nil }
		sh.of, sh.key = c.made, s.key(v.Status, v.Apply, "")
		return sh
	}
	for i, ask := range c.Eligibility {
		v := page.Criterion{Course: c.Course, Ask: ask, Number: i + 1, Of: of, Status: c.standing(at).status}
		on := c.ends(of)
		if i+1 < of {
			on = c.eligibility(i + 1)
		}
		v.Yes, v.No = on, c.ends(i)
		if ask.Answer == "no" {
			v.Yes, v.No = v.No, v.Yes
		}
		sh := sheet{Page: check.Page{Address: c.eligibility(i), File: c.File.Path}, name: "criterion"}
		sh.frame = page.Frame{Heading: ask.Question, Title: ask.Question + " – " + c.Title, Path: sh.Address,
			Crumbs: crumbs}
		if i == 0 {
			sh.Listed = v.Status.Status != course.Closed
			sh.frame.Describe = fmt.Sprintf("Answer %d short questions to find out whether you can apply for %s.", of,
				c.Title)
			if of == 1 {
				sh.frame.Describe = "Answer a short question to find out whether you can apply for " + c.Title + "."
			}
		} else {
			sh.frame.Unlisted = true
			sh.frame.Describe = fmt.Sprintf("Question %d of %d to find out whether you can apply for %s.", i+1, of,
				c.Title)
			sh.frame.Crumbs, sh.frame.Back = nil, &page.Link{Text: "Back", Href: c.eligibility(i - 1)}
		}
		sh.view = func(*page.Frame) (any, error) { return v, nil }
		sh.of, sh.key = c.made, s.key(v.Status, "", "")
		all = append(all, sh, end(i))
	}
	return append(all, end(of))
}
