package attend

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

// LeastShown is the fewest answers of which anything is shown.
const LeastShown = 5

// afterwards is the round of the questionnaire after the last workshop. A later round is named by
// its year.
const afterwards = "after"

// Opinions are counts of the answers to a questionnaire. No person's answers are kept.
type Opinions struct {
	record.Kept
	ID       string     `json:"id"`
	Course   string     `json:"course"` // its id
	Year     string     `json:"year"`
	Named    string     `json:"cohort"`
	Round    string     `json:"round"` // "after", or "2023"
	Since    time.Time  `json:"since"`
	Answered int        `json:"answered"` // by how many people
	Asked    []Question `json:"questions"`
}

// A Question is a question of the questionnaire, with how many people gave each answer.
type Question struct {
	Ask     string         `json:"ask"`
	Answers []string       `json:"answers"` // in the questionnaire's order
	Counts  map[string]int `json:"counts"`
}

func opinionsID(register, round string) string {
	id := "opinions." + register + "." + round
	if len(id) > 64 {
		id = fmt.Sprintf("opinions.%x", record.Hash([]byte(id))[:16])
	}
	return id
}

func (d *Desk) opinions() *record.Keeper[*Opinions] {
	return &record.Keeper[*Opinions]{
		Store: d.store(), Kind: KindOpinions, New: func(id string) *Opinions { return &Opinions{ID: id} }, Anew: true,
		Entry: func(o *Opinions) (record.Record, error) {
			return record.Record{ID: o.ID, Status: "opinions", Course: o.Course, Expires: o.Since.Add(d.KeepCertificates)}, nil
		},
	}
}

// askOpinions owes the questionnaire to everybody who came to a workshop: after the last one, and
// then each year to those who go on.
func (r *Register) askOpinions(c *course.Course, now time.Time) {
	if len(c.Attendance.Questionnaire) == 0 || r.Over().IsZero() {
		return
	}
	type round struct {
		name string
		due  time.Time
	}
	rounds := []round{{afterwards, r.Over().Add(16 * time.Hour)}} // the morning after an evening workshop
	if c.Attendance.AskYearly {
		for n := 1; n <= 10; n++ {
			due := r.Over().In(course.London).AddDate(n, 0, 0)
			rounds = append(rounds, round{strconv.Itoa(due.Year()), due})
		}
	}
	for _, p := range r.Present() {
		if there, _ := r.Attended(p); there == 0 {
			continue
		}
		for _, ask := range rounds {
			asked := slices.ContainsFunc(p.Asked, func(a Asked) bool { return a.Round == ask.name })
			if asked || now.Before(ask.due) || now.After(ask.due.AddDate(0, 1, 0)) {
				continue
			}
			p.Asked = append(p.Asked, Asked{Round: ask.name, At: now})
			r.owe(LetterQuestions, p.Ref, ask.name, now)
		}
	}
}

// Asking is the questionnaire that a participant was sent and has not answered, as a page asks it,
// with its round; nil if there is none.
func (r *Register) Asking(c *course.Course, p *Participant) (round string, asks *form.Section) {
	if c == nil {
		return "", nil
	}
	for i := len(p.Asked) - 1; i >= 0; i-- {
		if p.Asked[i].Done {
			continue
		}
		asks = &form.Section{ID: "opinions"}
		for n, o := range c.Attendance.Questionnaire {
			q := form.Question{ID: fmt.Sprint("question-", n+1), Kind: form.Choice, Label: o.Ask,
				Rule: "required", Messages: map[string]string{"required": "Select an answer: " + o.Ask}}
			for k, text := range o.Answers {
				q.Options = append(q.Options, form.Option{ID: fmt.Sprintf("answer-%d-%d", n+1, k+1), Label: text})
			}
			asks.Questions = append(asks.Questions, form.Ask(q))
		}
		return p.Asked[i].Round, asks
	}
	return "", nil
}

// Course is the course of a register as its file is now; nil if it records no attendance.
func (d *Desk) Course(r *Register) *course.Course { return d.course(r.Course) }

// Answer counts a participant's answers to their questionnaire. It notes that they have answered,
// but not what. Answering again changes nothing.
func (d *Desk) Answer(
	ctx context.Context, a *application.Application, v form.Values,
) (problems []form.Problem, err error) {
	id := d.idOf(a)
	if id == "" {
		return nil, ErrNone
	}
	err = record.Together(ctx, d.store(), func(s *record.Set) error {
		problems = nil
		r, err := d.registers().In(ctx, s, id)
		if err != nil {
			return err
		}
		c, p := d.course(r.Course), r.Person(a.Reference)
		if c == nil || p == nil {
			return ErrNone
		}
		round, asks := r.Asking(c, p)
		if asks == nil {
			return record.ErrUnchanged
		}
		if problems = asks.Check(v, d.now()); len(problems) > 0 {
			return record.ErrUnchanged
		}
		o, err := d.opinions().In(ctx, s, opinionsID(r.ID, round))
		if err != nil {
			return err
		}
		if o.Answered == 0 {
			o.Course, o.Year, o.Named, o.Round, o.Since = r.Course, r.Year, r.Named, round, d.now()
		}
		o.count(asks, v)
		for i := range p.Asked {
			p.Asked[i].Done = p.Asked[i].Done || p.Asked[i].Round == round
		}
		return nil
	})
	return problems, err
}

// count adds one person's answers. A question whose words have changed is counted separately.
func (o *Opinions) count(asks *form.Section, v form.Values) {
	o.Answered++
	for i := range asks.Questions {
		q := &asks.Questions[i]
		at := slices.IndexFunc(o.Asked, func(a Question) bool { return a.Ask == q.Label })
		if at < 0 {
			at = len(o.Asked)
			o.Asked = append(o.Asked, Question{Ask: q.Label, Counts: map[string]int{}})
		}
		for _, option := range q.Options {
			if !slices.Contains(o.Asked[at].Answers, option.Label) {
				o.Asked[at].Answers = append(o.Asked[at].Answers, option.Label)
			}
		}
		o.Asked[at].Counts[q.Shown(v)]++
	}
}

// Opinions are a cohort's opinions, round by round, of rounds with at least [LeastShown] answers.
func (d *Desk) Opinions(ctx context.Context, r *Register) (all []*Opinions, err error) {
	rounds := []string{afterwards}
	for _, p := range r.People {
		for _, a := range p.Asked {
			if !slices.Contains(rounds, a.Round) {
				rounds = append(rounds, a.Round)
			}
		}
	}
	for _, round := range rounds {
		o, err := d.opinions().Get(ctx, opinionsID(r.ID, round))
		if err != nil {
			return nil, err
		}
		if o.Answered >= LeastShown {
			all = append(all, o)
		}
	}
	return all, nil
}

// Progress is what a participant has done of a longer programme.
type Progress struct {
	Modules []Module
	Counts  []Counted
}

// A Module is one part of the programme.
type Module struct {
	Title string
	Weeks string      // "Weeks 3 to 6"
	From  course.Date // when it begins, counted from the cohort's start
	Done  course.Date // when they ticked it; zero if they have not
}

// Counted is a number of something that they need to reach.
type Counted struct {
	Title  string
	Is, Of int
}

// Progress is a participant's progress in the course's modules and counts; nil if it has neither.
func (r *Register) Progress(c *course.Course, p *Participant) *Progress {
	if c == nil || len(c.Modules) == 0 && len(c.Attendance.Counts) == 0 || len(r.Workshops) == 0 {
		return nil
	}
	g := &Progress{}
	start, week := course.DateOf(r.Workshops[0].Start), 0
	for _, m := range c.Modules {
		is := Module{Title: m.Title, From: start.AddDays(7 * week), Weeks: fmt.Sprintf("Weeks %d to %d", week+1, week+m.Weeks)}
		if m.Weeks == 1 {
			is.Weeks = fmt.Sprint("Week ", week+1)
		}
		week += m.Weeks
		for _, s := range p.Steps {
			if s.Title == m.Title && is.Done.UnmarshalText([]byte(s.Done)) != nil {
				is.Done = course.Date{}
			}
		}
		g.Modules = append(g.Modules, is)
	}
	for _, n := range c.Attendance.Counts {
		g.Counts = append(g.Counts, Counted{n.Title, p.Counts[n.Title], n.Of})
	}
	return g
}

// Tick notes what a participant has done of the programme: which modules, and how many of each
// counted thing. A module keeps the day on which it was first ticked. A tick that was removed is
// taken back.
func (d *Desk) Tick(
	ctx context.Context, a *application.Application, modules map[string]bool, counts map[string]int,
) error {
	return d.own(ctx, a, func(r *Register, c *course.Course, p *Participant) error {
		if p.Left != nil || r.Progress(c, p) == nil {
			return ErrState
		}
		var steps []Step
		for _, m := range c.Modules {
			if !modules[m.Title] {
				continue
			}
			s := Step{Title: m.Title, Done: course.DateOf(d.now()).ISO()}
			for _, was := range p.Steps {
				if was.Title == m.Title {
					s = was
				}
			}
			steps = append(steps, s)
		}
		now := map[string]int{}
		for _, n := range c.Attendance.Counts {
			now[n.Title] = max(0, min(99, counts[n.Title]))
		}
		same := slices.Equal(steps, p.Steps)
		for title, n := range now {
			same = same && p.Counts[title] == n
		}
		if same {
			return record.ErrUnchanged
		}
		p.Steps, p.Counts = steps, now
		r.Past.Add(d.now(), "progress", "participant", p.Ref)
		return nil
	})
}
