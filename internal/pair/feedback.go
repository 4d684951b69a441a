package pair

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/service"
)

// The uses of the sheets of feedback.
const (
	UseFeedback = "mentoring-feedback" // when the mentoring ends
	UseLater    = "mentoring-later"    // some months later
)

// Feedback is what somebody answered after their mentoring. It has a mentor and a month, but
// nothing that leads to the mentee or the pair. The pair only knows that feedback was given.
type Feedback struct {
	record.Kept
	ID      string      `json:"id"`
	Service string      `json:"service"`
	Use     string      `json:"use"`
	Version string      `json:"version"` // of the questions
	Mentor  string      `json:"mentor"`
	Month   string      `json:"month"` // "2021-09"
	Answers form.Values `json:"answers"`
}

// The reasons why feedback cannot be given.
var (
	ErrGiven  = errors.New("pair: it was given already")
	ErrNotYet = errors.New("pair: nothing is asked yet")
)

func feedbackShelf(service, use string) string { return "feedback " + service + " " + use }

func (d *Desk) feedback() *record.Keeper[*Feedback] {
	return &record.Keeper[*Feedback]{
		Store: d.Store, Kind: KindFeedback, New: func(id string) *Feedback { return &Feedback{ID: id} },
		Entry: func(f *Feedback) (record.Record, error) {
			month, err := time.ParseInLocation("2006-01", f.Month, course.London)
			r := record.Record{ID: f.ID, Status: f.Use, Course: f.Service, Shelf: feedbackShelf(f.Service, f.Use), Since: month.UTC(), Brief: []byte("{}")}
			if s := d.Service(f.Service); s != nil {
				r.Expires = month.AddDate(0, 1, s.Mentoring.Keep.Feedback)
			}
			return r, err
		},
	}
}

// asksLater tells whether the mentee has questions to come after the end.
func (p *Pair) asksLater() bool {
	return p.Mail.Has(func(l record.Letter) bool { return (l.Name == LetterFeedback || l.Name == LetterLater) && l.IsOwed() })
}

// useOf is the use of the sheet that a letter asks the mentee to answer; "" if it asks for none.
func useOf(letter string) string {
	return map[string]string{LetterFeedback: UseFeedback, LetterLater: UseLater}[letter]
}

// Opens is the pair and the sheet behind a mailed link. The link needs no word, and shows nothing
// about anybody. It returns ErrNoPair for a link that opens nothing, and the errors of [Desk.Asks].
func (d *Desk) Opens(ctx context.Context, link string) (p *Pair, sheet *form.Sheet, err error) {
	id, secret, ok := record.SplitKey(link)
	if !ok {
		return nil, nil, ErrNoPair
	}
	if p, err = d.Get(ctx, id); err != nil {
		return nil, nil, err
	}
	for _, use := range []string{UseFeedback, UseLater} {
		if p.Keys.Opens(secret, use, d.Now()) {
			sheet, err = d.Asks(p, use)
			return p, sheet, err
		}
	}
	return nil, nil, ErrNoPair
}

// Asks is the sheet of a use that a pair's mentee can answer now. It returns ErrGiven if they have
// answered, and ErrNotYet if it is too early or there is no such sheet.
func (d *Desk) Asks(p *Pair, use string) (*form.Sheet, error) {
	s := d.Service(p.Service)
	if s == nil {
		return nil, ErrService
	}
	sheet := d.Programme.Sheet(use, p.Service)
	from := p.Ended
	if use == UseLater {
		from = p.Ended.In(course.London).AddDate(0, s.Mentoring.Pairing().Later, 0)
	}
	switch {
	case slices.Contains(p.Given, use):
		return nil, ErrGiven
	case sheet == nil, p.State != Ended, p.Introduced == "", d.Now().Before(from):
		return nil, ErrNotYet
	}
	return sheet, nil
}

// Give keeps the answers to a sheet, or says what is wrong with them. The pair only notes that they
// were given.
func (d *Desk) Give(ctx context.Context, id, use string, post url.Values) (v form.Values, problems []form.Problem, err error) {
	err = record.Together(ctx, d.Store, func(all *record.Set) error {
		problems = nil
		p, err := d.pairs().In(ctx, all, id)
		if err != nil {
			return err
		}
		sheet, err := d.Asks(p, use)
		if err != nil {
			return err
		}
		v = form.Values{}
		for i := range sheet.Sections {
			s := &sheet.Sections[i]
			read := s.Read(post)
			problems = append(problems, s.Check(read, d.Now())...)
			for k, one := range read {
				v[k] = one
			}
		}
		if len(problems) > 0 {
			return record.ErrUnchanged
		}
		p.Given = append(p.Given, use)
		now := d.Now()
		p.Past.Add(now, "feedback given", string(Mentee), "")
		d.feedback().Put(all, &Feedback{
			ID: "feedback-" + strings.ToLower(rand.Text()), Service: p.Service, Use: use, Version: sheet.Version, Mentor: p.Mentor,
			Month: now.In(course.London).Format("2006-01"), Answers: v,
		})
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		err = ErrNoPair
	}
	return v, problems, err
}

// Sums count how many people gave each answer to the sheet's questions with options.
type Sums struct {
	People    int
	Questions []QuestionSum
	Words     []string // answers to the open questions, in no order; for leads alone
}

// A QuestionSum is the sum of one question.
type QuestionSum struct {
	Question string
	Options  []Reason // each option, and how many people chose it
}

// Summed sums the answers to a sheet about one mentor, or about all if mentor is "". ok is false
// below 5 answers, and then nothing is shown.
func (d *Desk) Summed(ctx context.Context, serviceID, use, mentor string) (sums Sums, ok bool, err error) {
	sheet := d.Programme.Sheet(use, serviceID)
	if sheet == nil {
		return sums, false, nil
	}
	var all []*Feedback
	for rec, err := range record.Merge(ctx, d.Store, []string{feedbackShelf(serviceID, use)}, record.Range{Kind: KindFeedback}) {
		if err != nil {
			return sums, false, err
		}
		f, err := d.feedback().Get(ctx, rec.ID)
		if errors.Is(err, record.ErrNotFound) {
			continue
		}
		if err != nil {
			return sums, false, err
		}
		if mentor == "" || f.Mentor == mentor {
			all = append(all, f)
		}
	}
	if len(all) < crossing.Least {
		return sums, false, nil
	}
	sums.People = len(all)
	for _, s := range sheet.Sections {
		for i := range s.Questions {
			q := &s.Questions[i]
			if len(q.Options) == 0 {
				for _, f := range all {
					if said := strings.TrimSpace(f.Answers[q.ID]); said != "" && mentor == "" {
						sums.Words = append(sums.Words, said)
					}
				}
				continue
			}
			sum := QuestionSum{Question: q.Label}
			for _, o := range q.Options {
				n := 0
				for _, f := range all {
					if f.Answers[q.ID] == o.ID {
						n++
					}
				}
				sum.Options = append(sum.Options, Reason{o.Label, int64(n)})
			}
			sums.Questions = append(sums.Questions, sum)
		}
	}
	slices.Sort(sums.Words) // alphabetical, since the order of arrival would reveal something
	return sums, true, nil
}

// Fit notes what one side says about whether the two fit. If the mentee says "not for me", the lead
// is told at once; what the mentor says is only kept.
func (d *Desk) Fit(ctx context.Context, id string, by Part, fit string) (*Pair, error) {
	return d.amend(ctx, id, func(p *Pair, _ *service.Mentoring, now time.Time) error {
		switch {
		case !slices.Contains([]string{Fits, NotSure, NotFor}, fit), by != Mentee && by != Mentor:
			return ErrSession
		case !p.State.Runs() || p.held() == 0:
			return ErrState
		case p.fit(by) == fit:
			return record.ErrUnchanged
		}
		p.Fits = append(p.Fits, Fit{By: by, Fit: fit, At: now})
		p.Past.Add(now, "said whether it fits", string(by), "")
		if by == Mentee && fit == NotFor {
			p.owe(LetterLead, now)
		}
		return nil
	})
}

// Confirmed notes the mentee's answer whether a session took place.
func (d *Desk) Confirmed(ctx context.Context, id string, n int, answer string) (*Pair, error) {
	return d.amend(ctx, id, func(p *Pair, _ *service.Mentoring, now time.Time) error { return p.confirm(n, answer, now) })
}
