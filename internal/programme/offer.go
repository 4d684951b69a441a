package programme

import (
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/service"
)

// An Offer is a course or a service, as its form sees it. One of the two is nil.
type Offer struct {
	Course  *course.Course
	Service *service.Service
}

// Offer is the course or service that a form is for, or nil if it does not exist.
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

// ID is the name of the offer's file without its ending.
func (o *Offer) ID() string {
	if o.Service != nil {
		return o.Service.ID
	}
	return o.Course.ID
}

// Title is the title that readers see.
func (o *Offer) Title() string {
	if o.Service != nil {
		return o.Service.Title
	}
	return o.Course.Title
}

// Page is the address of the offer's page.
func (o *Offer) Page() string {
	if o.Service != nil {
		return o.Service.Page()
	}
	return "/courses/" + o.Course.ID + "/"
}

// behind reports whether it is a service that finds mentors.
func (o *Offer) behind() bool { return o.Service != nil && o.Service.Mentoring != nil }

// Mentoring is what a service says about finding mentors; nil for any other offer.
func (o *Offer) Mentoring() *service.Mentoring {
	if o.Service == nil {
		return nil
	}
	return o.Service.Mentoring
}

// Forms are filled in below these addresses: those of courses below the first, those of services
// that find mentors below the second. Each address has its own cookies and its own store.
const (
	ApplyBelow = "/apply/"
	AskBelow   = "/mentoring/ask/"
)

// Fill is the address at which the offer's form is filled in.
func (o *Offer) Fill(form string) string {
	if o.behind() {
		return AskBelow + form
	}
	return ApplyBelow + form
}

// Contact is whom to ask about the offer.
func (o *Offer) Contact() course.Contact {
	if o.Service != nil {
		return o.Service.Contact
	}
	return o.Course.Contact
}

// Status is the offer's status at an instant.
func (o *Offer) Status(at time.Time) course.Status {
	if o.Service != nil {
		return o.Service.Status(at)
	}
	return o.Course.Status(at)
}

// Accepts reports whether the offer's form can be sent at an instant.
func (o *Offer) Accepts(at time.Time) bool {
	if o.Service != nil {
		return o.Service.Accepts(at)
	}
	return o.Course.Accepts(at)
}

// Closes is the first instant at which it is too late to apply; zero if the offer does not close.
func (o *Offer) Closes() time.Time {
	if o.Service != nil {
		return o.Service.ClosesAt()
	}
	return o.Course.Closes()
}

// ApplyBy is the last moment for applying, in words: "11:59pm on Friday 15 October 2021"; "" if the
// offer does not close.
func (o *Offer) ApplyBy() string {
	switch {
	case o.Service == nil:
		return o.Course.ApplyBy()
	case o.Service.Closes != nil:
		return course.EndOfDay.String() + " on " + o.Service.Closes.String()
	}
	return ""
}

// Fact is the offer's fact of that name.
func (o *Offer) Fact(name string) (string, bool) {
	if o.Service != nil {
		return o.Service.Fact(name)
	}
	return o.Course.Fact(name)
}

// FactNames are the names of all the offer's facts, sorted.
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

// areas lists the areas as options, by name.
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

// cohortOptions lists the cohorts as options. Each is labelled with its name and first day, which
// the record then keeps, and has its workshops as the hint. A cohort with all of its workshops
// cancelled is left out.
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
		o := form.Option{ID: cohort.ID, Label: label, Hint: dates}
		if c.Deadline == (course.Date{}) && len(cohort.Workshops) > 0 { // each cohort closes when it starts
			o.Until = cohort.Workshops[0].Start().Unix()
		}
		options = append(options, o)
	}
	return options
}

// joined is what the offer's form and sheets take from the offer and from the hub.
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

// lists are the lists from which questions of a service's form and sheets can offer a choice, by
// name.
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
