package site

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/site/check"
)

// asOf is the site with what readers see at an instant, and nothing else. No part of it mentions
// hidden courses, services or pages. A site for a preview has them all.
func (s *Site) asOf(at time.Time) *Site {
	hides := func(shown course.Shown) bool { return !shown.At(at) }
	if !slices.ContainsFunc(s.courses, func(c *coursePage) bool { return hides(c.Shown()) }) &&
		!slices.ContainsFunc(s.services, func(v *servicePage) bool { return hides(v.Shown()) }) &&
		!slices.ContainsFunc(s.pages, func(p *prosePage) bool { return hides(p.shown()) }) || s.drafts {
		return s
	}
	now := *s
	now.courses, now.services, now.pages, now.moved = nil, nil, nil, nil
	files := map[string]bool{}
	hide := func(address, file string, shown course.Shown) {
		files[file] = true
		now.hidden = append(now.hidden, &check.Page{Address: address, File: file, Shown: shown})
	}
	for _, c := range s.courses {
		if hides(c.Shown()) {
			hide(c.address(), c.File.Path, c.Shown())
			hide(c.address()+"apply/", c.File.Path, c.Shown())
			continue
		}
		now.courses = append(now.courses, c)
	}
	for _, v := range s.services {
		if hides(v.Shown()) {
			hide(v.Page(), v.File.Path, v.Shown())
			hide(v.Page()+"apply/", v.File.Path, v.Shown())
			continue
		}
		now.services = append(now.services, v)
	}
	for _, p := range s.pages {
		if hides(p.shown()) {
			hide(p.address(), p.file.Path, p.shown())
			continue
		}
		now.pages = append(now.pages, p)
	}
	for _, m := range s.moved {
		if !files[m.file] {
			now.moved = append(now.moved, m)
		}
	}
	now.fixed = maps.Clone(s.fixed)
	var all redirects
	json.Unmarshal(s.fixed[redirectsFile], &all) // written by loadAliases
	for _, p := range now.hidden {
		below := strings.TrimPrefix(p.Address, "/")
		maps.DeleteFunc(now.fixed, func(name string, _ []byte) bool { return strings.HasPrefix(name, below) })
		all.Data = slices.DeleteFunc(all.Data, func(r redirect) bool { return strings.HasPrefix(r.To, p.Address) })
	}
	now.fixed[redirectsFile] = all.encode()
	return &now
}

// notice is what a preview says above a page that readers do not see at an instant.
func (s *Site) notice(shown course.Shown, at time.Time) string {
	if !s.drafts || shown.At(at) {
		return ""
	}
	return fmt.Sprintf("Readers do not see this page now: it is %v.", shown)
}

// takes reports whether people can fill in a form at an instant. In a preview that includes forms
// of courses and services that readers do not see.
func (s *Site) takes(what interface {
	Accepts(time.Time) bool
	Takes(time.Time) bool
}, at time.Time) bool {
	return what.Accepts(at) || s.drafts && what.Takes(at)
}
