package status

import (
	"context"
	"errors"
	"strconv"

	"traininghub/internal/application"
	"traininghub/internal/attend"
	"traininghub/internal/course"
	"traininghub/internal/page"
)

// attending tells somebody with a place about their workshops: when they are, what was marked, and
// what they are asked. Of several requests the first is the button.
func (s *server) attending(ctx context.Context, a *application.Application, v *page.Status) error {
	d := attend.In(s.Office)
	if d == nil || a.Decision == nil || !a.Decision.Accepted {
		return nil
	}
	reg, p, err := d.Of(ctx, a)
	if errors.Is(err, attend.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	now := s.Desk.Now()
	for i, m := range reg.Workshops {
		f := page.Fact{Question: m.Title, Answer: m.When()}
		switch mark := p.Mark(i); {
		case mark != nil:
			f.Note = "Marked: " + mark.String()
		case !now.Before(m.End) && !m.Cancelled && p.Left == nil:
			f.Note = "Not marked yet"
		}
		v.Workshops = append(v.Workshops, f)
	}
	link := func(text, to string) { v.Attending = append(v.Attending, page.Link{Text: text, Href: to}) }
	if d.Calendar(reg) != nil && p.Left == nil && now.Before(reg.Over()) {
		link("Put the workshops into your calendar (ICS file)", "/status/workshops.ics")
	}
	c := d.Course(reg)
	for _, m := range p.Misses {
		if m.Void == "" && c != nil {
			s.missed(v, reg, m, c.Attendance.Answer(), link)
		}
	}
	if p.Certificate() != nil {
		link("Download your certificate (PDF)", "/status/certificate.pdf")
	}
	if reg.Progress(c, p) != nil && p.Left == nil {
		link("Tick how far you are in the programme", "/status/progress")
	}
	if _, asks := reg.Asking(c, p); asks != nil {
		link("Answer a few short questions", "/status/questions")
	}
	return nil
}

// missed says what is asked or was decided about a miss.
func (s *server) missed(v *page.Status, reg *attend.Register, m *attend.Miss, within int, link func(text, to string)) {
	what, to := "giving up your place late", "/status/missed/place"
	if m.Workshop >= 0 {
		what, to = reg.Workshops[m.Workshop].Title, "/status/missed/"+strconv.Itoa(m.Workshop+1)
	}
	now := s.Desk.Now()
	switch by := m.AppealBy(within); {
	case m.Said == nil && m.Ruling == nil && now.Before(m.Until):
		v.Stands = append(v.Stands, "We would like to know why you missed something: "+what+". Tell us by the end of "+
			course.DateOf(m.Until.Add(-1)).String()+".")
		if v.Do == nil {
			v.Do, v.Next = &page.Link{Text: "Tell us what happened", Href: to}, nil
			return
		}
		link("Tell us what happened: "+what, to)
	case !by.IsZero() && now.Before(by):
		link("See the decision, or ask for another look: "+what, to)
	default:
		link("See how it stands: "+what, to)
	}
}
