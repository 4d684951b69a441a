package site

import (
	"fmt"
	"html/template"
	"slices"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/internal/service"
	"traininghub/internal/source"
	"traininghub/site/check"
	"traininghub/site/markdown"
)

// A servicePage is a service with its texts ready.
type servicePage struct {
	*service.Service
	summary, describe string // with the facts in them
	form              *form.Definition
	body              markdown.Text
	paper             string // address of the form as a PDF; "" if there is none
}

func (s *Site) loadServices() source.Faults {
	forms := map[string]*form.Definition{}
	for _, f := range s.Programme.Forms {
		forms[f.Service] = f
	}
	s.services = make([]*servicePage, len(s.Programme.Services))
	found := make([]source.Faults, len(s.services))
	parallel.Do(len(s.services), func(i int) {
		v := s.Programme.Services[i]
		s.services[i], found[i] = s.loadService(v, forms[v.ID])
	})
	return slices.Concat(found...)
}

func (s *Site) loadService(v *service.Service, f *form.Definition) (p *servicePage, faults source.Faults) {
	p = &servicePage{Service: v, form: f}
	text := func(at, text string) string {
		expanded, unknown := source.Expand(text, s.fact(v))
		for _, u := range unknown {
			faults.At(v.File.Path, v.Word(at, u.Typed), fmt.Sprintf("there is no fact named %q", u.Name),
				s.suggest(v)(u.Name))
		}
		return expanded
	}
	p.summary, p.describe = text("summary", v.Summary), text("describe", v.Describe)
	if what, do := describe(p.describe); what != "" {
		faults.At(v.File.Path, v.At("describe"), what, do)
	}
	var wrong source.Faults
	p.body, wrong = s.read(v.File, v, s.fact(v), []string{"areas"})
	return p, append(append(faults, wrong...), check.Words(v.File, nil)...)
}

// serviceStatus says in words whether people can ask for a service.
func serviceStatus(v *service.Service, at time.Time) page.StatusTag {
	tag := page.StatusTag{Status: v.Status(at), Text: "Open"}
	if v.Closes != nil {
		tag.Detail = "Until " + v.Closes.String()
	}
	switch tag.Status {
	case course.NotYetOpen:
		tag.Text, tag.Detail = "Opens "+v.Opens.Short(), "From "+v.Opens.String()
		if v.Closes != nil {
			tag.Detail += " to " + v.Closes.String()
		}
	case course.Closed:
		tag.Text, tag.Detail = "Closed", "It takes no requests yet"
		if !v.Shut {
			tag.Detail = "The last day was " + v.Closes.String()
		}
	}
	return tag
}

func (s *Site) serviceSheet(p *servicePage, at time.Time) sheet {
	v := page.Service{Service: p.Service, Summary: p.summary, Status: serviceStatus(p.Service, at)}
	if p.form != nil && s.takes(p.Service, at) {
		v.Apply, v.Button, v.Paper = p.Page()+"apply/", p.form.Title, p.paper
	}
	return sheet{
		Page: check.Page{Address: p.Page(), File: p.File.Path, Body: func() *markdown.Text { return &p.body },
			Listed: true, Shown: p.Shown()},
		name: "service",
		frame: page.Frame{
			Draft:   s.notice(p.Shown(), at),
			Heading: p.Title, Describe: p.describe, Path: p.Page(), Crumbs: []page.Link{home},
			Reviewed: short(p.Reviewed), ReviewDue: short(p.ReviewDue),
		},
		view: func(*page.Frame) (any, error) {
			v := v
			html, err := p.body.HTML(func(name string) (template.HTML, error) { return s.Pages.Block(name, p.Service) })
			v.Body, v.Contents = html, p.body.Contents()
			return v, err
		},
	}
}
