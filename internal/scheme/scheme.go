// Package scheme knows what a scheme pays for: rates by date, caps, what a claim needs, who checks
// and approves it, when a month and a year close, and the budget.
//
// A scheme is a file content/schemes/ID.yaml. [Load] reads them all and finds mistypings and
// contradictions. Money is in whole pence. Days are London's, and the clock is always an argument.
// Nothing here knows about claims. Package claim freezes what it takes from here, so a later change
// of a rate does not change what was already claimed.
package scheme

import (
	"fmt"
	"slices"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/source"
)

// A Scheme is a scheme as its file states it.
type Scheme struct {
	ID    string // the file's name without ending
	File  source.File
	Title string `key:"title,required"`
	About string `key:"about"` // a sentence for claimants

	Courses []string     `key:"courses"` // ids: people who were accepted for one of them take part
	Begins  course.Date  `key:"begins,required"`
	Until   *course.Date `key:"until"` // the last day for which anything is paid; open-ended if missing
	Pays    []Pay        `key:"pays,required"`

	YearBegins  YearDay          `key:"year_begins,required"`  // first day of the financial year
	ClaimWithin int              `key:"claim_within_days"`     // days after a month in which its claims are on time
	YearCloses  int              `key:"year_closes_after"`     // working days after the year's last day; then nothing of it can be claimed
	Payee       Payee            `key:"payee,required"`        // who receives the money
	Reasons     []string         `key:"refuse_reasons"`        // for a checker to choose from
	MinStay     int              `key:"min_stay_months"`       // leaving sooner can mean paying back the training
	Mentees     Range            `key:"mentees"`               // how many a mentor has
	Sample      int              `key:"sample_percent"`        // of sessions that mentees are asked to confirm
	Budget      []Budget         `key:"budget"`                // by year, as the commissioner allocates it
	Checkers    []Officer        `key:"checkers,required"`     // look at a claim first
	Approvers   []Officer        `key:"approvers,required"`    // approve what was checked
	Payers      []Officer        `key:"payers,required"`       // receive the batch, and report what was paid
	Return      Return           `key:"return"`                // what it reports to the commissioner; none if it has no version
	Readers     []course.Contact `key:"readers"`               // at the commissioner: see what was published
	Declaration []string         `key:"declarations,required"` // which a claimant confirms each time, word for word

	known bool // everything in the file could be read
}

// A Pay is a kind of thing that the scheme pays for.
type Pay struct {
	Kind    string  `key:"kind,required"`  // "mentoring": part of accounts, so it must not change once it is in use
	Label   string  `key:"label,required"` // "Mentoring session"
	Unit    Unit    `key:"unit,required"`  // what one line of a claim is for
	Rates   []Rate  `key:"rates,required"` // in order of time, without gaps
	Caps    []Cap   `key:"caps"`
	Needs   []Needs `key:"needs"`         // without these a line is refused
	Minutes int     `key:"least_minutes"` // for one unit; 0 if the length does not matter
	// Activities are what a mentor can agree to do instead in a week without a session.
	Activities []string `key:"other_activities"`
}

// A Unit is what one line of a claim is for. The line's key is made from it, so that nothing is
// paid twice.
type Unit string

// All units.
const (
	Week         Unit = "week"         // a week of mentoring, by its ISO 8601 week
	Session      Unit = "session"      // a session that began at a certain time
	Conversation Unit = "conversation" // a complete career conversation, by its reference
	CourseTime   Unit = "course-time"  // the time of a course, once for each application
)

// Words returns all units.
func (Unit) Words() []string {
	return []string{string(Week), string(Session), string(Conversation), string(CourseTime)}
}

// UnmarshalText reads a unit.
func (u *Unit) UnmarshalText(text []byte) error { return oneOf(u, text, u.Words()) }

// A Payee is who receives the money.
type Payee string

// Practice is the practice that employs the claimant.
const Practice Payee = "practice"

// Words returns all payees: the claimant, or the practice that employs them.
func (Payee) Words() []string { return []string{"claimant", "practice"} }

// UnmarshalText reads a payee.
func (p *Payee) UnmarshalText(text []byte) error { return oneOf(p, text, p.Words()) }

// Needs is something that a line must have.
type Needs string

// Everything that can be needed.
const (
	NeedsAccepted     Needs = "accepted"       // for one of the scheme's courses
	NeedsAgreement    Needs = "agreement"      // of a mentor with the scheme
	NeedsPair         Needs = "active-pair"    // which was registered and has not ended
	NeedsAttendance   Needs = "attendance"     // of a workshop
	NeedsPlan         Needs = "mentoring-plan" // agreed with the mentor lead
	NeedsConfirmation Needs = "confirmation"   // by the other person
)

// Words returns everything that can be needed.
func (Needs) Words() []string {
	return []string{
		string(NeedsAccepted), string(NeedsAgreement), string(NeedsPair), string(NeedsAttendance), string(NeedsPlan),
		string(NeedsConfirmation),
	}
}

// UnmarshalText reads one thing that can be needed.
func (n *Needs) UnmarshalText(text []byte) error { return oneOf(n, text, n.Words()) }

func oneOf[T ~string](into *T, text []byte, words []string) error {
	if !slices.Contains(words, string(text)) {
		return source.Wrongf(source.Suggest(string(text), words), "cannot be %q", text)
	}
	*into = T(text)
	return nil
}

// A Rate is what one unit is paid from a day on, until the next rate begins.
type Rate struct {
	From   course.Date  `key:"from,required"`
	Until  *course.Date `key:"until"` // the last day; if missing, until the next rate or open-ended
	Amount course.Money `key:"amount,required"`
}

// A Cap is how much of a kind one person can be paid within a span. Exactly one of Most and Sum is
// set.
type Cap struct {
	Most   int          `key:"most"`        // units
	Sum    course.Money `key:"sum"`         // or money
	In     Span         `key:"in,required"` // a week, a financial year, or for life
	Across Across       `key:"across"`      // this scheme alone if missing, or every scheme
}

// A Span is the period that a cap covers.
type Span string

// All spans.
const (
	InWeek Span = "week"
	InYear Span = "year"
	InLife Span = "life"
)

// Words returns all spans.
func (Span) Words() []string { return []string{string(InWeek), string(InYear), string(InLife)} }

// UnmarshalText reads a span.
func (s *Span) UnmarshalText(text []byte) error { return oneOf(s, text, s.Words()) }

// Across says which schemes a cap counts.
type Across string

// AllSchemes counts every scheme of the hub: what one pays, the others do not pay again.
const AllSchemes Across = "all-schemes"

// Words returns all scopes.
func (Across) Words() []string { return []string{"this-scheme", string(AllSchemes)} }

// UnmarshalText reads a scope.
func (a *Across) UnmarshalText(text []byte) error { return oneOf(a, text, a.Words()) }

// A Range is from one number to another, both included.
type Range struct {
	Least int `key:"least"`
	Most  int `key:"most"`
}

// An Officer is somebody with a part in paying. They have no part in what they claimed themselves.
type Officer struct {
	Name  string       `key:"name"`
	Email string       `key:"email,required"`
	Limit course.Money `key:"limit"` // for an approver: the largest sum that they can approve at once; no limit if 0
}

// A Budget is what a scheme has in a year, by quarter.
type Budget struct {
	Year     string         `key:"year,required"` // "2021/22"
	From     course.Date    `key:"from,required"` // the first day of this allocation; a later one replaces it
	Quarters []course.Money `key:"quarters,required"`
}

// Sum is the year's total.
func (b Budget) Sum() (total course.Money) {
	for _, q := range b.Quarters {
		total += q
	}
	return total
}

// Pay returns what the scheme says about a kind; nil if it does not pay for it.
func (s *Scheme) Pay(kind string) *Pay {
	for i := range s.Pays {
		if s.Pays[i].Kind == kind {
			return &s.Pays[i]
		}
	}
	return nil
}

// Covers reports whether anything is paid for a day.
func (s *Scheme) Covers(day course.Date) bool {
	return !day.Before(s.Begins) && (s.Until == nil || !s.Until.Before(day))
}

// Rate returns what one unit is paid on a day; ok is false if there is no rate for that day.
func (p *Pay) Rate(day course.Date) (amount course.Money, ok bool) {
	for _, r := range slices.Backward(p.Rates) {
		if r.From.Before(day) || r.From == day {
			return r.Amount, r.Until == nil || !r.Until.Before(day)
		}
	}
	return 0, false
}

// YearOf is the financial year of a day: "2021/22". What counts is the day of the activity, never
// the day of payment.
func (s *Scheme) YearOf(day course.Date) string {
	first := day.Year
	if day.Before(course.Date{Year: day.Year, Month: s.YearBegins.Month, Day: s.YearBegins.Day}) {
		first--
	}
	return fmt.Sprintf("%d/%02d", first, (first+1)%100)
}

// YearFrom is the first day of a year such as "2021/22".
func (s *Scheme) YearFrom(year string) course.Date {
	var first int
	fmt.Sscanf(year, "%d/", &first)
	return course.Date{Year: first, Month: s.YearBegins.Month, Day: s.YearBegins.Day}
}

// YearTo is the last day of a year such as "2021/22".
func (s *Scheme) YearTo(year string) course.Date {
	next := s.YearFrom(year)
	next.Year++
	return next.AddDays(-1)
}

// Quarter is the quarter of a day's financial year, from 1.
func (s *Scheme) Quarter(day course.Date) int {
	from := s.YearFrom(s.YearOf(day))
	months := (day.Year-from.Year)*12 + int(day.Month-from.Month)
	if day.Day < from.Day {
		months--
	}
	return months/3 + 1
}

// OnTime is the time until which something done on a day can be claimed on time. After that a claim
// needs a reason. It is zero if nothing is ever late.
func (s *Scheme) OnTime(day course.Date) time.Time {
	if s.ClaimWithin == 0 {
		return time.Time{}
	}
	firstOfNext := course.DateOf(time.Date(day.Year, day.Month+1, 1, 12, 0, 0, 0, course.London))
	return firstOfNext.AddDays(s.ClaimWithin).Time()
}

// Closes is the time from which nothing of a year can be claimed any more. It is zero if years stay
// open.
func (s *Scheme) Closes(year string) time.Time {
	if s.YearCloses == 0 {
		return time.Time{}
	}
	last := s.YearTo(year)
	return course.DateOf(course.AddWorkingDays(last.Time(), s.YearCloses)).AddDays(1).Time()
}

// BudgetOn returns the year's budget as it was on a day; ok is false if there was none.
func (s *Scheme) BudgetOn(year string, day course.Date) (b Budget, ok bool) {
	for _, next := range s.Budget {
		if next.Year == year && !day.Before(next.From) && (!ok || b.From.Before(next.From)) {
			b, ok = next, true
		}
	}
	return b, ok
}

// Placeholder reports whether a role is still held at example.org, example.com or the like. Then
// the scheme takes no claims where real money is at stake.
func (s *Scheme) Placeholder() bool {
	for _, role := range [][]Officer{s.Checkers, s.Approvers, s.Payers} {
		if slices.ContainsFunc(role, func(o Officer) bool { return source.Placeholder(o.Email) }) {
			return true
		}
	}
	return false
}

// A YearDay is a day of every year, such as 1 April.
type YearDay struct {
	Month time.Month
	Day   int
}

// UnmarshalText reads "1 April".
func (d *YearDay) UnmarshalText(text []byte) error {
	var on course.Date
	// 2023 is not a leap year, so 29 February is refused: not every year has it.
	if err := on.UnmarshalText([]byte(string(text) + " 2023")); err != nil {
		return source.Wrongf(`write it like "1 April"`, "must be a day of every year, not %q", text)
	}
	*d = YearDay{on.Month, on.Day}
	return nil
}

// Example is a day as an editor writes it.
func (YearDay) Example() string { return "1 April" }

// Pattern is a regular expression for it.
func (YearDay) Pattern() string { return `(?:0?[1-9]|[12]\d|3[01]) +[A-Za-z]{3,},?` }

// String is the day as people read it.
func (d YearDay) String() string { return fmt.Sprintf("%d %v", d.Day, d.Month) }
