package programme

import (
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/service"
)

// An Offer is what a form is for: a course or a service. The other is nil.
type Offer struct {
	Course  *course.Course
	Service *service.Service
}

// Offer is what a form is for, or nil if there is no such course or service.
func (p *Programme) Offer(d *form.Definition) *Offer {
	if c := p.Course(d.Course); c != nil && d.Course != "" {
		return &Offer{Course: c}
	}
	if s := p.Service(d.Service); s != nil && d.Service != "" {
		return &Offer{Service: s}
	}
	return nil
}

func (o *Offer) kind() string {
	if o.Service != nil {
		return "service"
	}
	return "course"
}

// ID is the name of its file without ending.
func (o *Offer) ID() string {
	if o.Service != nil {
		return o.Service.ID
	}
	return o.Course.ID
}

// Title is as readers see it.
func (o *Offer) Title() string {
	if o.Service != nil {
		return o.Service.Title
	}
	return o.Course.Title
}

// Page is the address of its page.
func (o *Offer) Page() string {
	if o.Service != nil {
		return o.Service.Page()
	}
	return "/courses/" + o.Course.ID + "/"
}

// behind tells whether it is a service that finds mentors.
func (o *Offer) behind() bool { return o.Service != nil && o.Service.Mentoring != nil }

// Mentoring is what a service that finds mentors states; nil for anything else.
func (o *Offer) Mentoring() *service.Mentoring {
	if o.Service == nil {
		return nil
	}
	return o.Service.Mentoring
}

// FormsBelow are the addresses below which forms of courses, and of services that find mentors, are
// filled in: each has cookies and a store of its own.
const (
	ApplyBelow = "/apply/"
	AskBelow   = "/mentoring/ask/"
)

// Fill is the address at which its form is filled in.
func (o *Offer) Fill(form string) string {
	if o.behind() {
		return AskBelow + form
	}
	return ApplyBelow + form
}

// Contact is whom to ask about it.
func (o *Offer) Contact() course.Contact {
	if o.Service != nil {
		return o.Service.Contact
	}
	return o.Course.Contact
}

// Status is where it stands at an instant.
func (o *Offer) Status(at time.Time) course.Status {
	if o.Service != nil {
		return o.Service.Status(at)
	}
	return o.Course.Status(at)
}

// Accepts tells whether its form can be sent at an instant.
func (o *Offer) Accepts(at time.Time) bool {
	if o.Service != nil {
		return o.Service.Accepts(at)
	}
	return o.Course.Accepts(at)
}

// Closes is the first instant at which it is too late; zero if it does not close.
func (o *Offer) Closes() time.Time {
	if o.Service != nil {
		return o.Service.ClosesAt()
	}
	return o.Course.Closes()
}

// ApplyBy is the last moment in words: "11:59pm on Friday 15 October 2021"; "" if it does not
// close.
func (o *Offer) ApplyBy() string {
	switch {
	case o.Service == nil:
		return o.Course.ApplyBy()
	case o.Service.Closes != nil:
		return course.EndOfDay.String() + " on " + o.Service.Closes.String()
	}
	return ""
}

// Fact is a fact of it by name.
func (o *Offer) Fact(name string) (string, bool) {
	if o.Service != nil {
		return o.Service.Fact(name)
	}
	return o.Course.Fact(name)
}

// FactNames are the names of all its facts, sorted.
func (o *Offer) FactNames() []string {
	if o.Service != nil {
		return o.Service.FactNames()
	}
	return o.Course.FactNames()
}

func (o *Offer) lost() bool {
	if o.Service != nil {
		return o.Service.Lost()
	}
	return o.Course.Lost()
}

// areas offers each area by its name.
func (o *Offer) areas() (options []form.Option) {
	if o.Service != nil {
		for _, a := range o.Service.Areas {
			options = append(options, form.Option{ID: a.ID, Label: a.Name})
		}
	}
	return options
}

func (o *Offer) cohorts() []form.Option {
	if o.Course == nil {
		return nil
	}
	return cohortOptions(o.Course)
}

// cohortOptions offers each cohort by its name and first day, which both then stand in the record.
// Its workshops are the hint. One whose workshops are all cancelled cannot be chosen.
func cohortOptions(c *course.Course) []form.Option {
	var options []form.Option
	for _, cohort := range c.Cohorts {
		if cohort.Cancelled() && !c.Cancelled() {
			continue
		}
		start, _ := c.Fact(cohort.ID + ".start")
		dates, _ := c.Fact(cohort.ID + ".dates")
		label := cohort.Name + ", starting " + start
		if len(c.Cohorts) == 1 {
			label = start
		}
		if len(cohort.Workshops) == 1 { // its day is in the label already
			dates = strings.TrimPrefix(dates, start+", ")
		}
		if left := cohort.LeftText(); left != "" {
			dates = left + ". " + dates
		}
		options = append(options, form.Option{ID: cohort.ID, Label: label, Hint: dates})
	}
	return options
}

// joined is what its form and sheets take from it, and from the hub.
func (o *Offer) joined(hub func(string) (string, bool)) form.Joined {
	return form.Joined{
		Fact: func(name string) (string, bool) {
			if fact, ok := strings.CutPrefix(name, "hub."); ok {
				return hub(fact)
			}
			return o.Fact(name)
		},
		FactNames: o.FactNames(), Cohorts: o.cohorts(), Areas: o.areas(), Lists: o.lists(),
	}
}

// lists are what choices of a service's form and sheets can be made from, by name.
func (o *Offer) lists() map[string][]form.Option {
	if o.Service == nil {
		return nil
	}
	all := map[string][]form.Option{"areas": o.areas()}
	m := o.Service.Mentoring
	if m == nil {
		return all
	}
	lists := map[string][]service.Choice{
		"focus": m.Focus, "experience": m.Experience, "meet": m.Meet, "times": m.Times, "heard": m.Heard,
	}
	if m.Register != nil {
		lists["shown"], lists["supervision"] = m.Register.Shown, m.Register.Supervision
	}
	for name, list := range lists {
		for _, c := range list {
			all[name] = append(all[name], form.Option{ID: c.ID, Label: c.Label, Hint: c.Hint})
		}
	}
	for _, r := range m.Roles {
		all["roles"] = append(all["roles"], form.Option{ID: r.ID, Label: r.Label, Hint: r.Hint, Areas: r.Areas})
	}
	for _, a := range o.Service.Areas {
		all["leads"] = append(all["leads"], form.Option{ID: service.LeadOf(a.ID), Label: a.Lead.Named()})
		if a.Deputy != nil {
			all["leads"] = append(all["leads"], form.Option{ID: service.DeputyOf(a.ID), Label: a.Deputy.Named()})
		}
	}
	for _, c := range m.Cohorts {
		all["cohorts"] = append(all["cohorts"], form.Option{ID: c.ID, Label: c.Label})
	}
	for _, s := range m.Signposts {
		all["signposts"] = append(all["signposts"], form.Option{ID: s.ID, Label: s.Name})
	}
	return all
}

// MentorCourses are the ids of the courses whose accepted applicants become mentors of some
// service.
func (p *Programme) MentorCourses() (ids []string) {
	for _, s := range p.Services {
		if s.Mentoring != nil && s.Mentoring.Register != nil {
			ids = append(ids, s.Mentoring.Register.Courses...)
		}
	}
	return ids
}
