package claim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"traininghub/internal/course"
	"traininghub/internal/scheme"
)

// An Item is something that can be claimed in a month, worked out from what was logged. Nobody
// types a sum.
type Item struct {
	Line
	Label  string // the label of the kind
	IsLate bool
	Why    error // why it cannot be claimed; nil if it can

	unregistered bool // the week's pairs were not registered on those days
}

// paidOutcomes are the outcomes of sessions that count even if the mentee did not come: the mentor
// was there.
var paidOutcomes = []string{"held", "cancelled late by mentee", "mentee did not come"}

// monthOf returns the first and the last day of a month, "2021-11".
func monthOf(month string) (from, to course.Date, ok bool) {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return from, to, false
	}
	from = course.Date{Year: t.Year(), Month: t.Month(), Day: 1}
	last := t.AddDate(0, 1, -1)
	return from, course.Date{Year: last.Year(), Month: last.Month(), Day: last.Day()}, true
}

// Month returns what somebody can claim under a scheme for a month, in order of time, together with
// what they have already claimed.
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

// items returns what a scheme pays for in a period according to the facts, without regard to
// earlier claims.
func (d *Desk) items(ctx context.Context, s *scheme.Scheme, c Claimant, from, to course.Date) (items []Item, err error) {
	m, err := d.Facts.Mentor(ctx, c.Application)
	if err != nil {
		return nil, fmt.Errorf("what can be claimed: %w", err)
	}
	for i := range s.Pays {
		pay := &s.Pays[i]
		var some []Item
		switch pay.Unit {
		case scheme.Week:
			some, err = d.weeks(ctx, pay, c, from, to)
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
		for _, it := range some {
			d.complete(s, pay, c, m, &it)
			items = append(items, it)
		}
	}
	slices.SortStableFunc(items, func(a, b Item) int { return strings.Compare(string(a.Day), string(b.Day)) })
	return items, nil
}

// complete fills in what follows from the scheme's file: key, rate and sum, and why the item cannot
// be claimed.
func (d *Desk) complete(s *scheme.Scheme, pay *scheme.Pay, c Claimant, m Mentor, it *Item) {
	day, now := it.Day.Date(), d.Now()
	it.Label = pay.Label
	it.Sort, it.Kind, it.Key, it.Units = Claimed, pay.Kind, keyOf(s, pay, it.Key), 1
	rate, ok := pay.Rate(day)
	it.Rate = Pence(rate)
	it.Pence = Pence(it.Units) * it.Rate
	it.IsLate = !now.Before(ifSet(s.OnTime(day)))
	switch {
	case !ok || !s.Covers(day) || day.Before(c.Begins) || c.Until != (course.Date{}) && c.Until.Before(day):
		it.Why = ErrRate
	case !now.Before(ifSet(s.Closes(s.YearOf(day)))):
		it.Why = ErrClosed
	case course.DateOf(now).Before(day):
		it.Why = ErrRate
	case on(m.Suspended, day):
		it.Why = ErrSuspended
	}
	for _, need := range pay.Needs {
		if it.Why == nil && !m.has(need, day, it) && (need != scheme.NeedsAccepted || c.Application == "") {
			it.Why = &Missing{need}
		}
	}
}

// has reports whether an item has what it needs on its day. Attendance and confirmation were
// checked when the item was made.
func (m Mentor) has(need scheme.Needs, day course.Date, it *Item) bool {
	switch need {
	case scheme.NeedsAgreement:
		return on(m.Agreed, day)
	case scheme.NeedsPlan:
		return m.Planned
	case scheme.NeedsPair:
		return it.Activity != "" || !it.unregistered && on(m.Paired, day)
	}
	return need != scheme.NeedsAccepted
}

// Missing is the error of a line that lacks what it needs.
type Missing struct{ Need scheme.Needs }

func (m *Missing) Error() string { return "claim: it needs " + string(m.Need) }

// ErrShort is for something that took less time than one unit takes. ErrUnconfirmed is for a
// conversation that the colleague has not confirmed.
var (
	ErrShort       = errors.New("claim: it took less time than is paid for")
	ErrUnconfirmed = errors.New("claim: the colleague has not confirmed it")
	ErrSuspended   = errors.New("claim: they were suspended on that day")
	ErrActivity    = errors.New("claim: it is nothing that was agreed instead of a session")
)

// weeks returns the weeks with sessions that count. A week that spans two months is offered in
// both, with the day of its first session in each, but can be claimed only once. In a week with
// sessions of a registered pair, sessions of other pairs are left out.
func (d *Desk) weeks(ctx context.Context, pay *scheme.Pay, c Claimant, from, to course.Date) (all []Item, err error) {
	sessions, err := d.Facts.Sessions(ctx, c, from, to)
	sessions = slices.DeleteFunc(sessions, func(x Session) bool {
		return !slices.Contains(paidOutcomes, x.Outcome) || x.Minutes <= 0
	})
	slices.SortFunc(sessions, func(a, b Session) int { return a.Start.Compare(b.Start) })
	registered := map[string]bool{}
	for _, x := range sessions {
		if !x.Unregistered {
			registered[DayOf(course.DateOf(x.Start)).Week()] = true
		}
	}
	for _, x := range sessions {
		day := DayOf(course.DateOf(x.Start))
		if x.Unregistered && (registered[day.Week()] || !slices.Contains(pay.Needs, scheme.NeedsPair)) {
			continue
		}
		i := slices.IndexFunc(all, func(it Item) bool { return it.Key == day.Week() })
		if i < 0 {
			i = len(all)
			all = append(all, Item{
				Line: Line{
					Key: day.Week(), Day: day, What: "Week of " + monday(day).String(),
				}, unregistered: x.Unregistered,
			})
		}
		it := &all[i]
		it.Hours = append(it.Hours, hours(x.Start, x.Minutes))
		if !slices.Contains(it.Pairs, x.Pair) {
			it.Pairs = append(it.Pairs, x.Pair)
		}
	}
	return all, err
}

// monday is the first day of a day's week.
func monday(day Day) course.Date {
	return day.Date().AddDays(-(int(day.Date().Time().Weekday()) + 6) % 7)
}

// Other is something agreed that a mentor did in a week without a session.
type Other struct {
	Day      Day
	Activity string // one from the scheme's list
	What     string // a few words, without a name
}

// MaxWhat is how many characters the words of an [Other] can have.
const MaxWhat = 120

// other returns an item for what was done instead of a session. It returns ErrActivity if it is not
// on the list, or belongs to another month.
func (d *Desk) other(
	ctx context.Context, s *scheme.Scheme, c Claimant, o Other, from, to course.Date,
) (it Item, err error) {
	day, what := o.Day.Date(), strings.Join(strings.Fields(o.What), " ")
	i := slices.IndexFunc(s.Pays, func(p scheme.Pay) bool { return slices.Contains(p.Activities, o.Activity) })
	if i < 0 || day == (course.Date{}) || day.Before(from) || to.Before(day) || utf8.RuneCountInString(what) > MaxWhat {
		return it, ErrActivity
	}
	m, err := d.Facts.Mentor(ctx, c.Application)
	if err != nil {
		return it, err
	}
	sessions, err := d.weeks(ctx, &s.Pays[i], c, monday(o.Day), monday(o.Day).AddDays(6))
	if err != nil {
		return it, err
	}
	it.Line = Line{
		Key: o.Day.Week(), Day: o.Day, What: "Week of " + monday(o.Day).String() + ": " + o.Activity, Activity: o.Activity,
	}
	if what != "" {
		it.What += ". " + what
	}
	d.complete(s, &s.Pays[i], c, m, &it)
	if it.Why == nil && slices.ContainsFunc(sessions, func(it Item) bool { return !it.unregistered }) {
		it.Why = ErrActivity // there was a session, which should be claimed instead
	}
	return it, nil
}

func hours(start time.Time, minutes int) Hours {
	start = start.UTC().Truncate(time.Minute)
	return Hours{start, start.Add(time.Duration(minutes) * time.Minute)}
}

// workshops returns those that somebody came to. The key is the time when it began, by the clock in
// London.
func (d *Desk) workshops(ctx context.Context, c Claimant, from, to course.Date) (all []Item, err error) {
	came, err := d.Facts.Came(ctx, c, from, to)
	for _, w := range came {
		start := w.Start.In(course.London)
		all = append(all, Item{Line: Line{
			Key: start.Format("2006-01-02T15:04"), Day: DayOf(course.DateOf(start)), What: "Session on " + course.DateOf(start).String(),
			Hours: []Hours{hours(w.Start, int(w.End.Sub(w.Start)/time.Minute))},
		}})
	}
	return all, err
}

// courseTime returns the time of a whole course, once for an application. Its hours are not held,
// so the course's own sessions may be paid for as well.
func (d *Desk) courseTime(ctx context.Context, c Claimant, from, to course.Date) ([]Item, error) {
	day, err := d.Facts.Finished(ctx, c)
	if err != nil || day == (course.Date{}) || day.Before(from) || to.Before(day) {
		return nil, err
	}
	return []Item{{Line: Line{Key: c.Application, Day: DayOf(day), What: "Course finished on " + day.String()}}}, nil
}

// conversations returns those that took long enough and were confirmed, if the scheme asks for
// that. An incomplete one comes with what it lacks.
func (d *Desk) conversations(
	ctx context.Context, pay *scheme.Pay, c Claimant, from, to course.Date,
) (all []Item, err error) {
	held, err := d.Facts.Conversations(ctx, c, from, to)
	for _, x := range held {
		if len(x.Parts) == 0 {
			continue
		}
		minutes := 0
		for _, h := range x.Parts {
			minutes += h.Minutes()
		}
		last := x.Parts[len(x.Parts)-1]
		it := Item{Line: Line{
			Key: x.Ref, Day: DayOf(course.DateOf(last.From)), What: "Conversation " + x.Ref + " with " + x.Colleague,
			Hours:     x.Parts,
			Colleague: x.Colleague, Practice: x.Practice,
		}}
		switch {
		case len(x.Parts) < 2 || minutes < pay.Minutes:
			it.Why = ErrShort
		case slices.Contains(pay.Needs, scheme.NeedsConfirmation) && !x.Confirmed:
			it.Why = ErrUnconfirmed
		}
		all = append(all, it)
	}
	return all, err
}

// Refusals say why some of what was ticked cannot be claimed, by key. In that case nothing was
// claimed.
type Refusals map[string]error

func (r Refusals) Error() string { return fmt.Sprintf("claim: %d lines cannot be claimed", len(r)) }

// Unwrap returns the reasons.
func (r Refusals) Unwrap() (all []error) {
	for _, err := range r {
		all = append(all, err)
	}
	return all
}

// An Asking is what somebody claims for a month.
type Asking struct {
	Month  string   `json:"month"` // "2021-11"
	Keys   []string `json:"keys,omitempty"`
	Others []Other  `json:"others,omitempty"`
	Late   string   `json:"late,omitempty"` // the reason, if it is late
}

// Submit claims what was ticked for a month, all of it or nothing. What each line says and pays is
// worked out again and frozen.
func (d *Desk) Submit(ctx context.Context, c Claimant, ask Asking) ([]Line, error) {
	s := d.Scheme(c.Scheme)
	from, to, ok := monthOf(ask.Month)
	if s == nil || !ok || !d.Open(s) {
		return nil, ErrPart
	}
	items, err := d.items(ctx, s, c, from, to)
	if err != nil {
		return nil, err
	}
	draft, err := d.Draft(ctx, c, ask.Month)
	if err != nil {
		return nil, err
	}
	keys, late := ask.Keys, strings.TrimSpace(ask.Late)
	for _, o := range ask.Others {
		it, err := d.other(ctx, s, c, o, from, to)
		if errors.Is(err, ErrActivity) {
			return nil, Refusals{string(o.Day): err}
		}
		if err != nil {
			return nil, err
		}
		// It replaces a session that does not count, and has the same key.
		items = append([]Item{it}, items...)
		keys = append(slices.Clone(keys), it.Key)
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
		case items[i].IsLate && late == "":
			refused[key] = ErrLate
		}
		l := items[i].Line
		if items[i].IsLate {
			l.Late = late
		}
		l.Made, l.Drafted = d.Now(), draft.By
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
	return made, d.used(ctx, draft)
}

// holder returns somebody as the holder of an account; person is the id of their record.
func (c Claimant) holder(person string) Holder {
	return Holder{
		Name: c.Name, Email: strings.ToLower(c.Email), Number: c.Number, Practice: c.Practice, Ref: refOf(person),
		Application: c.Application,
	}
}

// claim adds lines to the account of a year.
func (d *Desk) claim(ctx context.Context, s *scheme.Scheme, year string, c Claimant, lines []Line) (made []Line, err error) {
	person, err := d.personID(c)
	if err != nil {
		return nil, err
	}
	_, err = d.change(ctx, s.ID, year, person, func(x *changeSet) error {
		made = nil
		refused := Refusals{}
		x.account.Holder = c.holder(person)
		if was := x.person.Email; was != "" && was != x.account.Holder.Email {
			x.person.Before = was
		}
		x.person.Email, x.personChanged = x.account.Holder.Email, true
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

// An Extra is a line that the office makes: spending that was not claimed, a charge, or something
// to be paid back.
type Extra struct {
	Sort    Sort
	Account string // id of an account; "" for spending that was not claimed, with Scheme and Year
	Scheme  string
	Year    string
	Kind    string // a word: "networking", "training-cost"
	Day     Day
	What    string
	Pence   Pence  // greater than 0
	Payee   string // for an invoice: the supplier
	Invoice string // its number, unique for the supplier
	Cohort  string // the course's cohort that it is for; "" if none
	Of      int    // for a deduction: the line that has to be paid back
}

// Enter makes a line for the office. Whoever enters it is the first of the people who must agree.
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
	case s == nil || !d.Open(s) || officer(s.Checkers, email) == nil && officer(s.Approvers, email) == nil &&
		!(e.Sort == Invoiced && d.Office != nil && d.Office(email)):
		return nil, ErrPart
	case e.Sort == Invoiced && (s.YearOf(e.Day.Date()) != e.Year || e.Payee == "" || e.Invoice == "" || e.Day.Date() == (course.Date{})):
		return nil, ErrSum
	case e.Kind == "" || e.Pence <= 0:
		return nil, ErrSum
	}
	if e.Sort == Invoiced {
		if err := d.otherYears(ctx, s, e); err != nil {
			return nil, err
		}
	}
	x, err := d.change(ctx, e.Scheme, e.Year, person, func(x *changeSet) error {
		a := x.account
		if a.Holder.Email == email || slices.Contains(a.Closed, email) {
			return ErrOwn
		}
		l := Line{Sort: e.Sort, Kind: e.Kind, Day: e.Day, What: e.What, Units: 1, Payee: e.Payee, Invoice: e.Invoice, Cohort: e.Cohort, Of: e.Of, Made: d.Now()}
		l.Rate = e.Pence
		switch e.Sort {
		case Invoiced:
			l.Key = e.key()
			if a.live(l.Key) {
				return ErrInvoice
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

// key is the key of an invoice: each number of a supplier is paid once.
func (e Extra) key() string {
	return "invoice/" + strings.ToLower(e.Payee) + "/" + strings.ToLower(e.Invoice)
}

// live reports whether the account has a live line with the key.
func (a *Account) live(key string) bool {
	return slices.ContainsFunc(a.Lines, func(l *Line) bool { return l.Key == key && l.State.Live() })
}

// otherYears returns ErrInvoice if the invoice was entered in another year of the scheme.
func (d *Desk) otherYears(ctx context.Context, s *scheme.Scheme, e Extra) error {
	for _, year := range d.Years(s) {
		a, err := d.accounts().Get(ctx, accountID(s.ID, year, Office))
		if err != nil {
			return err
		}
		if a.live(e.key()) {
			return ErrInvoice
		}
	}
	return nil
}

// Adjust makes a line for the difference after a rate was changed retrospectively. The difference
// takes all earlier adjustments into account. If it is 0, Adjust does nothing.
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
	_, err = d.change(ctx, a.Scheme, a.Year, a.Person, func(x *changeSet) error {
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
