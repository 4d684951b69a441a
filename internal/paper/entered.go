package paper

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// The office enters an application that came on paper, and stores a scan of it beside the records.
// The scan is written first, under a name that belongs to this application and this file alone.
// Then one write makes the application, which names the scan, so no application is ever without its
// scan. A scan without an application, after a crash between the two, is removed by package paper.

// Entered is an application as the office has read it on paper.
type Entered struct {
	Reference string // from [application.NewReference]; a double click enters it only once
	Answers   application.Answers
	Signed    intake.Signed
	Paper     document.Paper // Enter sets Name and By
	Scan      []byte
}

// ErrTaken: another application has the reference.
var ErrTaken = errors.New("paper: another application has this reference")

// Enter makes an application from what was on paper, for somebody of the office. It counts as
// received now, but the deadline is judged by the day on which the paper came. Problems are about
// the answers, by the inputs of the form, and about what the page asks besides: received,
// signed-on, signature and the declarations.
func (d *Desk) Enter(
	ctx context.Context, s *staff.Person, def *form.Definition, e Entered,
) (a *application.Application, problems []form.Problem, err error) {
	if !s.May(staff.Restore, staff.Course(def.Course)) || d.Scans == nil {
		return nil, nil, decide.ErrNoApplication
	}
	now := d.Now().UTC()
	for i := range def.Sections {
		e.Answers.Finish(def.Sections[i].ID, false)
	}
	problems = append(d.WrongPaper(def, e.Paper, now), intake.Declared(def, e.Signed, now)...)
	for _, gap := range e.Answers.Gaps(def, d.Judged(e.Paper, now)) {
		problems = append(problems, gap.Problems...)
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	sum := sha256.Sum256(e.Scan)
	e.Paper.Name, e.Paper.By = s.Name, s.Email
	e.Paper.Scan.Size, e.Paper.Scan.Sum = len(e.Scan), hex.EncodeToString(sum[:])
	a = &application.Application{Reference: e.Reference, Form: def.ID, Course: def.Course,
		Answers: e.Answers, Saved: now}
	a.LeaveRoom(intake.Spare)
	d.StaffEvent(a, s, application.EventStarted, application.NotePaper)
	d.Receive(a, def, e.Signed.Name, &e.Paper, now)
	scan := intake.ScanOf(a.Reference, e.Paper.Scan)
	if err := d.Scans.Put(ctx, scan, e.Scan); err != nil {
		return nil, nil, fmt.Errorf("keeping the scan of %s: %w", a.Reference, err)
	}
	err = d.Applications().Create(ctx, a)
	if !errors.Is(err, record.ErrExists) {
		return a, nil, err
	}
	// Somebody else was first. The file stays if they sent the same one.
	if named, err := hasScan(ctx, d.Desk.Desk, e.Reference, scan); err != nil {
		return nil, nil, err
	} else if !named {
		if err := d.Scans.Delete(ctx, scan); err != nil {
			return nil, nil, err
		}
	}
	was, err := d.Get(ctx, e.Reference)
	if errors.Is(err, record.ErrNotFound) || err == nil && (was.Document == nil || was.Document.Paper == nil || was.Document.Paper.By != s.Email) {
		return nil, nil, ErrTaken
	}
	return was, nil, err
}

// Judged returns the time by which answers and deadline are judged: noon on the day when the paper
// came.
func (d *Desk) Judged(p document.Paper, now time.Time) time.Time {
	var day course.Date
	if day.UnmarshalText([]byte(p.Received)) != nil {
		return now.In(course.London)
	}
	return day.Time().In(course.London).Add(12 * time.Hour)
}

// WrongPaper returns what is wrong with the days of a paper.
func (d *Desk) WrongPaper(def *form.Definition, p document.Paper, now time.Time) (problems []form.Problem) {
	today := course.DateOf(now).ISO()
	add := func(input, text string) {
		problems = append(problems, form.Problem{Question: input, Input: input + "-day",
			Inputs: []string{input + "-day", input + "-month", input + "-year"}, Text: text})
	}
	switch o := d.Programme.Offer(def); {
	case p.Received == "":
		add("received", "Enter the day on which the paper reached you")
	case p.Received > today:
		add("received", "The day on which the paper reached you must be today or in the past")
	case o == nil || !o.Accepts(d.Judged(p, now)):
		text := "On that day the course took no applications"
		if o != nil && o.ApplyBy() != "" {
			text += ". The deadline was " + o.ApplyBy()
		}
		add("received", text)
	}
	switch {
	case p.Signed == "":
		add("signed-on", "Enter the date beside the signature")
	case p.Received != "" && p.Signed > p.Received:
		add("signed-on", "The date beside the signature must be the day on which the paper reached you, or before it")
	}
	return problems
}

// OnPaper returns the form as it is entered from paper: people without an e-mail address can apply.
func OnPaper(def *form.Definition) *form.Definition {
	paper := *def
	paper.Sections = slices.Clone(def.Sections)
	for i := range paper.Sections {
		s := &paper.Sections[i]
		k := slices.IndexFunc(s.Questions, func(q form.Question) bool { return q.ID == def.Applicant.Email })
		if k < 0 {
			continue
		}
		s.Questions = slices.Clone(s.Questions)
		q := s.Questions[k]
		q.Rule = strings.Replace(q.Rule, "required", "omitempty", 1)
		s.Questions[k] = form.Ask(q)
	}
	return &paper
}

// hasScan reports whether an application names the file as its scan.
func hasScan(ctx context.Context, d *intake.Desk, ref, name string) (bool, error) {
	a, err := d.Applications().Get(ctx, ref)
	if errors.Is(err, record.ErrNotFound) {
		return false, nil
	}
	return err == nil && a.Document != nil && a.Document.Paper != nil && intake.ScanOf(ref, a.Document.Paper.Scan) == name, err
}

// Scan returns the scan of an application that came on paper, for somebody who may read it; nil if
// it did not come on paper. It returns ErrNoApplication as Read does.
func (d *Desk) Scan(ctx context.Context, s *staff.Person, ref string) (*document.Scan, []byte, error) {
	a, err := d.Read(ctx, s, ref)
	if err != nil {
		return nil, nil, err
	}
	if a.Document.Paper == nil || d.Scans == nil {
		return nil, nil, nil
	}
	scan := &a.Document.Paper.Scan
	data, err := d.Scans.Get(ctx, intake.ScanOf(ref, *scan))
	return scan, data, err
}

// LinkPosted replaces a link in a letter by post. The office mails the link to those who ask for
// it.
const LinkPosted = "(the link comes by email only: tell us an email address, and we send it)"

// Posted notes that somebody of the office has posted a letter. Noted twice, it counts once.
func (d *Desk) Posted(ctx context.Context, s *staff.Person, ref, letter string) error {
	_, err := d.StaffChange(ctx, s, ref, false, func(a *application.Application) error {
		i := slices.IndexFunc(a.Letters, func(l record.Letter) bool { return l.ID == letter && l.IsOwed() && d.ByPost(a, l) })
		if i < 0 {
			return record.ErrUnchanged
		}
		a.Letters.Mark(letter, d.Now().UTC(), nil)
		d.StaffEvent(a, s, application.EventSent, letter)
		return nil
	})
	return err
}

// ToPost returns a letter that goes by post, or ErrNoApplication.
func (d *Desk) ToPost(ctx context.Context, s *staff.Person, ref, letter string) (record.Message, error) {
	a, err := d.ForReview(ctx, s, ref, false)
	if err != nil {
		return record.Message{}, err
	}
	i := slices.IndexFunc(a.Letters, func(l record.Letter) bool { return l.ID == letter && d.ByPost(a, l) })
	if i < 0 {
		return record.Message{}, decide.ErrNoApplication
	}
	return d.Message(a, a.Letters[i], LinkPosted)
}
