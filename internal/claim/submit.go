package claim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/scheme"
)

// An Item is what can be claimed in a month, worked out from what was logged: nobody types a sum.
type Item struct {
	Line
	Label  string // of the kind
	IsLate bool
	Why    error // why it cannot be claimed; nil if it can
}

// paidOutcomes are those of sessions that count, although the mentee did not come: the mentor was
// there.
var paidOutcomes = []string{"held", "cancelled late by mentee", "mentee did not come"}

// monthOf is the first and the last day of a month, "2021-11".
func monthOf(month string) (from, to course.Date, ok bool) {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return from, to, false
	}
	from = course.Date{Year: t.Year(), Month: t.Month(), Day: 1}
	last := t.AddDate(0, 1, -1)
	return from, course.Date{Year: last.Year(), Month: last.Month(), Day: last.Day()}, true
}

// Month is what somebody can claim of a scheme for a month, in order of time, with what they
// claimed already.
func (d *Desk) Month(ctx context.Context, c Claimant, month string) ([]Item, error) {
	s := d.Scheme(c.Scheme)
	from, to, ok := monthOf(month)
	if s == nil || !ok || !d.Open(s) {
		return nil, ErrPart
	}
	items, err := d.items(ctx, s, c, from, to)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	id, err := d.personID(c)
	if err != nil {
		return nil, err
	}
	p, err := d.persons().Get(ctx, id)
	if err != nil {
		return nil, err
	}
	for i := range items {
		it := &items[i]
		if it.Why == nil {
			it.Why = p.take(s, s.Pay(it.Kind), "", &it.Line)
		}
	}
	return items, nil
}

// items are what a scheme pays for in a period, as the facts are, without what the person claimed
// before.
func (d *Desk) items(ctx context.Context, s *scheme.Scheme, c Claimant, from, to course.Date) (items []Item, err error) {
	for i := range s.Pays {
		pay := &s.Pays[i]
		var some []Line
		switch pay.Unit {
		case scheme.Week:
			some, err = d.weeks(ctx, c, from, to)
		case scheme.Session:
			some, err = d.workshops(ctx, c, from, to)
		case scheme.CourseTime:
			some, err = d.courseTime(ctx, c, from, to)
		case scheme.Conversation:
			some, err = d.conversations(ctx, pay, c, from, to)
		}
		if err != nil {
			return nil, fmt.Errorf("what can be claimed: %w", err)
		}
		for _, l := range some {
			it := Item{Line: l, Label: pay.Label}
			it.Sort, it.Kind, it.Key, it.Units = Claimed, pay.Kind, keyOf(s, pay, l.Key), 1
			if it.Why, err = d.allowed(ctx, s, pay, c, &it); err != nil {
				return nil, fmt.Errorf("what can be claimed: %w", err)
			}
			items = append(items, it)
		}
	}
	slices.SortStableFunc(items, func(a, b Item) int { return strings.Compare(string(a.Day), string(b.Day)) })
	return items, nil
}

// allowed fills in the rate of an item's day, and says why it cannot be claimed.
func (d *Desk) allowed(ctx context.Context, s *scheme.Scheme, pay *scheme.Pay, c Claimant, it *Item) (why, err error) {
	day, now := it.Day.Date(), d.Now()
	rate, ok := pay.Rate(day)
	it.Rate = Pence(rate)
	it.Pence = Pence(it.Units) * it.Rate
	it.IsLate = !now.Before(ifSet(s.OnTime(day)))
	switch {
	case !ok || !s.Covers(day) || day.Before(c.Begins) || c.Until != (course.Date{}) && c.Until.Before(day):
		return ErrRate, nil
	case !now.Before(ifSet(s.Closes(s.YearOf(day)))):
		return ErrClosed, nil
	case course.DateOf(now).Before(day):
		return ErrRate, nil
	case it.Why != nil:
		return it.Why, nil
	}
	for _, need := range pay.Needs {
		if need == scheme.NeedsConfirmation || need == scheme.NeedsAttendance {
			continue // what is asked for comes from there
		}
		has, err := d.Facts.Has(ctx, c, need, day)
		if err != nil {
			return nil, err
		}
		if !has {
			return &Missing{need}, nil
		}
	}
	return nil, nil
}

// Missing is what a line needs and does not have.
type Missing struct{ Need scheme.Needs }

func (m *Missing) Error() string { return "claim: it needs " + string(m.Need) }

// ErrShort is of something that took less time than one unit takes, ErrUnconfirmed of a
// conversation that the colleague has not confirmed.
var (
	ErrShort       = errors.New("claim: it took less time than is paid for")
	ErrUnconfirmed = errors.New("claim: the colleague has not confirmed it")
)

// weeks are those in which there were sessions that count. A week that crosses two months is
// offered in both, with the day of its first session in each, and can be claimed in one.
func (d *Desk) weeks(ctx context.Context, c Claimant, from, to course.Date) (all []Line, err error) {
	sessions, err := d.Facts.Sessions(ctx, c, from, to)
	slices.SortFunc(sessions, func(a, b Session) int { return a.Start.Compare(b.Start) })
	for _, x := range sessions {
		if !slices.Contains(paidOutcomes, x.Outcome) || x.Minutes <= 0 {
			continue
		}
		day := DayOf(course.DateOf(x.Start))
		i := slices.IndexFunc(all, func(l Line) bool { return l.Key == day.Week() })
		if i < 0 {
			monday := day.Date().AddDays(-(int(day.Date().Time().Weekday()) + 6) % 7)
			i = len(all)
			all = append(all, Line{Key: day.Week(), Day: day, What: "Week of " + monday.String()})
		}
		l := &all[i]
		l.Hours = append(l.Hours, hours(x.Start, x.Minutes))
		if !slices.Contains(l.Pairs, x.Pair) {
			l.Pairs = append(l.Pairs, x.Pair)
		}
	}
	return all, err
}

func hours(start time.Time, minutes int) Hours {
	start = start.UTC().Truncate(time.Minute)
	return Hours{start, start.Add(time.Duration(minutes) * time.Minute)}
}

// workshops are those that somebody came to. The key is when it began, by the clock in London.
func (d *Desk) workshops(ctx context.Context, c Claimant, from, to course.Date) (all []Line, err error) {
	came, err := d.Facts.Came(ctx, c, from, to)
	for _, w := range came {
		start := w.Start.In(course.London)
		all = append(all, Line{
			Key: start.Format("2006-01-02T15:04"), Day: DayOf(course.DateOf(start)), What: "Session on " + course.DateOf(start).String(),
			Hours: []Hours{hours(w.Start, int(w.End.Sub(w.Start)/time.Minute))},
		})
	}
	return all, err
}

// courseTime is the time of a whole course, once for an application. Its hours are not held: the
// course's own sessions may be paid for beside it.
func (d *Desk) courseTime(ctx context.Context, c Claimant, from, to course.Date) ([]Line, error) {
	day, err := d.Facts.Finished(ctx, c)
	if err != nil || day == (course.Date{}) || day.Before(from) || to.Before(day) {
		return nil, err
	}
	return []Line{{Key: c.Application, Day: DayOf(day), What: "Course finished on " + day.String()}}, nil
}

func (d *Desk) conversations(ctx context.Context, pay *scheme.Pay, c Claimant, from, to course.Date) (all []Line, err error) {
	held, err := d.Facts.Conversations(ctx, c, from, to)
	for _, x := range held {
		minutes := 0
		for _, h := range x.Parts {
			minutes += h.Minutes()
		}
		if len(x.Parts) < 2 || minutes < pay.Minutes || slices.Contains(pay.Needs, scheme.NeedsConfirmation) && !x.Confirmed {
			continue // it is not complete yet
		}
		last := x.Parts[len(x.Parts)-1]
		all = append(all, Line{Key: x.Ref, Day: DayOf(course.DateOf(last.From)), What: "Conversation " + x.Ref + " with " + x.Colleague, Hours: x.Parts})
	}
	return all, err
}

// Refused says why some of what was ticked cannot be claimed, by key. Nothing was claimed then.
type Refusals map[string]error

func (r Refusals) Error() string { return fmt.Sprintf("claim: %d lines cannot be claimed", len(r)) }

// Unwrap gives the reasons.
func (r Refusals) Unwrap() (all []error) {
	for _, err := range r {
		all = append(all, err)
	}
	return all
}

// Submit claims what was ticked of a month: all of it, or nothing. What each line says and what is
// paid for it is worked out anew and frozen. late is why it comes after its time, if it does.
func (d *Desk) Submit(ctx context.Context, c Claimant, month string, keys []string, late string) ([]Line, error) {
	s := d.Scheme(c.Scheme)
	from, to, ok := monthOf(month)
	if s == nil || !ok || !d.Open(s) {
		return nil, ErrPart
	}
	items, err := d.items(ctx, s, c, from, to)
	if err != nil {
		return nil, err
	}
	refused := Refusals{}
	byYear := map[string][]Line{}
	for _, key := range keys {
		i := slices.IndexFunc(items, func(it Item) bool { return it.Key == key })
		switch {
		case i < 0:
			refused[key] = ErrState
			continue
		case items[i].Why != nil:
			refused[key] = items[i].Why
		case items[i].IsLate && strings.TrimSpace(late) == "":
			refused[key] = ErrLate
		}
		l := items[i].Line
		if items[i].IsLate {
			l.Late = strings.TrimSpace(late)
		}
		l.Made = d.Now()
		byYear[s.YearOf(l.Day.Date())] = append(byYear[s.YearOf(l.Day.Date())], l)
	}
	if len(refused) > 0 {
		return nil, refused
	}
	var made []Line
	for year, lines := range byYear { // one, unless a year begins within a month
		some, err := d.claim(ctx, s, year, c, lines)
		if err != nil {
			return made, err
		}
		made = append(made, some...)
	}
	return made, nil
}

// claim puts lines into the account of a year.
func (d *Desk) claim(ctx context.Context, s *scheme.Scheme, year string, c Claimant, lines []Line) (made []Line, err error) {
	person, err := d.personID(c)
	if err != nil {
		return nil, err
	}
	_, err = d.change(ctx, s.ID, year, person, func(x *together) error {
		made = nil
		refused := Refusals{}
		x.account.Holder = Holder{Name: c.Name, Email: strings.ToLower(c.Email), Number: c.Number, Practice: c.Practice, Ref: refOf(person)}
		x.person.Email, x.person2 = x.account.Holder.Email, true
		for _, l := range lines {
			l.N = len(x.account.Lines) + 1
			if err := x.person.take(s, s.Pay(l.Kind), x.account.ID, &l); err != nil {
				refused[l.Key] = err
				continue
			}
			made = append(made, *x.account.add(l, Actor{x.account.Holder.Email, ByClaimant}))
		}
		if len(refused) > 0 {
			return refused
		}
		return nil
	})
	return made, err
}

// An Extra is a line that the office makes: spend that is no claim, a charge, or what is to be paid
// back.
type Extra struct {
	Sort    Sort
	Account string // id of an account; for spend that is no claim "", with Scheme and Year
	Scheme  string
	Year    string
	Kind    string // a word: "networking", "training-cost"
	Day     Day
	What    string
	Pence   Pence  // above 0
	Payee   string // of an invoice: the supplier
	Invoice string // its number, unique for the supplier
	Of      int    // of a deduction: the line that is to be paid back
}

// Enter makes a line of the office's. Whoever enters it is the first of those who look at it.
func (d *Desk) Enter(ctx context.Context, e Extra, email string) (*Account, error) {
	email = strings.ToLower(email)
	person := Office
	if e.Sort != Invoiced {
		a, err := d.Account(ctx, e.Account)
		if err != nil {
			return nil, err
		}
		e.Scheme, e.Year, person = a.Scheme, a.Year, a.Person
	}
	s := d.Scheme(e.Scheme)
	switch {
	case s == nil || !d.Open(s) || officer(s.Checkers, email) == nil && officer(s.Approvers, email) == nil:
		return nil, ErrPart
	case e.Sort == Invoiced && (s.YearOf(e.Day.Date()) != e.Year || e.Payee == "" || e.Invoice == "" || e.Day.Date() == (course.Date{})):
		return nil, ErrSum
	case e.Kind == "" || e.Pence <= 0:
		return nil, ErrSum
	}
	x, err := d.change(ctx, e.Scheme, e.Year, person, func(x *together) error {
		a := x.account
		if a.Holder.Email == email || slices.Contains(a.Closed, email) {
			return ErrOwn
		}
		l := Line{Sort: e.Sort, Kind: e.Kind, Day: e.Day, What: e.What, Units: 1, Payee: e.Payee, Invoice: e.Invoice, Of: e.Of, Made: d.Now()}
		l.Rate = e.Pence
		switch e.Sort {
		case Invoiced:
			l.Key = "invoice/" + strings.ToLower(e.Payee) + "/" + strings.ToLower(e.Invoice)
			if slices.ContainsFunc(a.Lines, func(o *Line) bool { return o.Key == l.Key && o.State.Live() }) {
				return ErrTaken
			}
		case Deducted:
			of := a.Line(e.Of)
			if of == nil || of.State != Recovering || a.deduction(e.Of) != nil {
				return ErrState
			}
			l.Kind, l.Day, l.Rate = of.Kind, of.Day, -of.Pence
		case Recovery, Charge:
		default:
			return ErrState
		}
		l.Pence = l.Rate
		a.add(l, Actor{email, ByChecker})
		return nil
	})
	if x == nil {
		return nil, err
	}
	return x.account, err
}

// Adjust makes a line for the difference, after the rate of a line's day was changed with effect
// back. The difference is worked out with all adjustments that there were; if it is 0 there is
// nothing to do.
func (d *Desk) Adjust(ctx context.Context, at LineRef, email string) (Pence, error) {
	email = strings.ToLower(email)
	a, err := d.Account(ctx, at.Account)
	if err != nil {
		return 0, err
	}
	s := d.Scheme(a.Scheme)
	if s == nil || officer(s.Checkers, email) == nil {
		return 0, ErrPart
	}
	var by Pence
	_, err = d.change(ctx, a.Scheme, a.Year, a.Person, func(x *together) error {
		a, by = x.account, 0
		l := a.Line(at.N)
		if l == nil || l.Sort != Claimed || l.State != Paid && !l.State.Owed() {
			return ErrState
		}
		if a.Holder.Email == email || slices.Contains(a.Closed, email) {
			return ErrOwn
		}
		pay := s.Pay(l.Kind)
		if pay == nil {
			return ErrRate
		}
		rate, ok := pay.Rate(l.Day.Date())
		if !ok {
			return ErrRate
		}
		by = Pence(l.Units)*Pence(rate) - l.Pence
		for _, o := range a.Lines {
			if o.Sort == Adjusted && o.Of == l.N && o.State.Live() {
				by -= o.Pence
			}
		}
		if by == 0 {
			return ErrState
		}
		a.add(Line{
			Sort: Adjusted, Kind: l.Kind, Day: l.Day, What: fmt.Sprintf("Rate changed: %s", l.What), Units: 1, Rate: by, Pence: by, Of: l.N, Made: d.Now(),
		}, Actor{email, ByChecker})
		return nil
	})
	return by, err
}
