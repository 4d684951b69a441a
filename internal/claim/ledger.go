package claim

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/scheme"
	"traininghub/internal/table"
)

// A Ledger is what a scheme has cost in a financial year, from the same entries by which people
// were paid.
type Ledger struct {
	Scheme  *scheme.Scheme
	Year    string
	Through course.Date // what was known on this day

	Cells map[Cell]Sums // by kind of payment and month of the activity

	Spent     Pence // paid for good
	Committed Pence // approved but not paid
	Waiting   Pence // claimed but not yet approved
	Recover   Pence // to be paid back
	Charges   Pence // for not coming, still to be paid
	Forecast  Pence // what today's claimants will claim until the year ends, each at their own pace
	Budget    [4]Pence
	Step      map[State]int // lines by state

	// Waits has, for each state in which lines wait for somebody, how many working days each has
	// waited.
	Waits map[State][]int

	waited map[course.Date]int // working days from a day until Through, kept because many lines share a day
}

// A Cell is one kind of payment in one month.
type Cell struct {
	Kind  string
	Month string // "2021-11"
}

// Sums are those of a cell.
type Sums struct {
	Lines  int   // approved or paid
	Cost   Pence // approved or paid, less what was reversed
	Unpaid Pence // the part of Cost that is not paid yet
}

// Total is the year's budget.
func (l *Ledger) Total() (sum Pence) {
	for _, q := range l.Budget {
		sum += q
	}
	return sum
}

// ToDate is the spending in the year so far: what was paid, and what is owed. Profiled is the
// spending to the end of the year, as the commissioner asks for it.
func (l *Ledger) ToDate() Pence   { return l.Spent + l.Committed }
func (l *Ledger) Profiled() Pence { return l.ToDate() + l.Waiting + l.Forecast }

// Kinds returns the kinds with something in them, in order.
func (l *Ledger) Kinds() []string {
	kinds := map[string]bool{}
	for c := range l.Cells {
		kinds[c.Kind] = true
	}
	return slices.Sorted(maps.Keys(kinds))
}

// Months returns the twelve months of the year.
func (l *Ledger) Months() (months []string) {
	day := l.Scheme.YearFrom(l.Year)
	for i := range 12 {
		first := course.Date{Year: day.Year, Month: day.Month, Day: 1}.Time().AddDate(0, i, 0)
		months = append(months, first.Format("2006-01"))
	}
	return months
}

// Month is the cost of all kinds in a month.
func (l *Ledger) Month(month string) (sum Pence) {
	for c, s := range l.Cells {
		if c.Month == month {
			sum += s.Cost
		}
	}
	return sum
}

// Ledger adds up the accounts of a scheme and year.
func (d *Desk) Ledger(ctx context.Context, schemeID, year string) (*Ledger, error) {
	s := d.Scheme(schemeID)
	if s == nil {
		return nil, ErrPart
	}
	l := &Ledger{Scheme: s, Year: year, Through: today(d.Now()), Cells: map[Cell]Sums{}, Step: map[State]int{}, Waits: map[State][]int{}, waited: map[course.Date]int{}}
	have, _ := s.BudgetOn(year, l.Through)
	for i, q := range have.Quarters[:min(4, len(have.Quarters))] {
		l.Budget[i] = Pence(q)
	}
	ids, err := d.ids(ctx, schemeID, year, "")
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		a, err := d.accounts().Get(ctx, id)
		if err != nil {
			return nil, err
		}
		l.add(a)
	}
	return l, nil
}

// add adds an account.
func (l *Ledger) add(a *Account) {
	l.Spent += a.Spent()
	l.Committed += a.Committed()
	l.Recover += a.Balance(backpay)
	l.Charges += a.Balance(charges)
	for _, line := range a.Lines {
		l.Step[line.State]++
		if !line.State.Ended() {
			l.Waits[line.State] = append(l.Waits[line.State], l.workingDays(course.DateOf(a.since(line))))
		}
		switch line.State {
		case Submitted, Queried, Checked:
			if line.Sort == Claimed || line.Sort == Adjusted || line.Sort == Invoiced {
				l.Waiting += line.Pence
			}
		}
		if line.Sort == Deducted || line.Sort == Charge {
			continue
		}
		cell := Cell{line.Kind, line.Day.Month()}
		sums := l.Cells[cell]
		if line.Sort != Recovery && (line.State.Owed() || line.State == Paid) {
			sums.Lines++
		}
		if line.State.Owed() && line.Sort != Recovery {
			sums.Unpaid += line.Pence
		}
		for _, e := range a.Book {
			if e.Line == line.N && strings.HasPrefix(e.To, costs) {
				sums.Cost += e.Pence
			}
		}
		if sums != (Sums{}) {
			l.Cells[cell] = sums
		}
	}
	l.Forecast += a.forecast(l.Scheme, l.Year, l.Through)
}

func (l *Ledger) workingDays(since course.Date) int {
	n, known := l.waited[since]
	if !known {
		n = course.WorkingDays(since.Time(), l.Through.Time())
		l.waited[since] = n
	}
	return n
}

// since is when a line reached its state: the time of the last thing that happened to it.
func (a *Account) since(l *Line) time.Time {
	n := strconv.Itoa(l.N)
	for _, e := range slices.Backward(a.Past) {
		if id, _ := e.About(); id == n {
			return e.At
		}
	}
	return l.Made
}

// forecast is what somebody will claim from a day until the end of the year at their own pace. That
// is their weekly mean from the first to the last day that they claimed for. It is 0 if the last
// day was 13 weeks ago.
func (a *Account) forecast(s *scheme.Scheme, year string, on course.Date) Pence {
	if a.Person == Office {
		return 0
	}
	var sum Pence
	var first, last Day
	for _, l := range a.Lines {
		if l.Sort != Claimed || !l.State.Live() {
			continue
		}
		sum += l.Pence
		if first == "" || l.Day < first {
			first = l.Day
		}
		last = max(last, l.Day)
	}
	end := s.YearTo(year)
	if s.Until != nil && s.Until.Before(end) {
		end = *s.Until
	}
	days := func(from, to course.Date) int64 { return int64(to.Time().Sub(from.Time()).Hours()+12) / 24 }
	if first == "" || last.Date().AddDays(13*7).Before(on) || end.Before(on) {
		return 0
	}
	weeks := days(first.Date(), last.Date())/7 + 1
	return sum * Pence(days(on, end)/7) / Pence(weeks)
}

// Write writes the ledger as a table: a line for each kind and month, and the sums.
func (l *Ledger) Write(w io.Writer) error {
	t, err := table.New(w)
	if err != nil {
		return err
	}
	t.Row("scheme", "financial_year", "kind", "month", "lines", "cost", "unpaid")
	for _, kind := range l.Kinds() {
		for _, month := range l.Months() {
			if s, ok := l.Cells[Cell{kind, month}]; ok {
				t.Row(l.Scheme.ID, l.Year, kind, month, fmt.Sprint(s.Lines), s.Cost.Decimal(), s.Unpaid.Decimal())
			}
		}
	}
	for _, sum := range []struct {
		name string
		is   Pence
	}{
		{"spent", l.Spent}, {"committed", l.Committed}, {"waiting", l.Waiting}, {"to be paid back", l.Recover}, {"forecast", l.Forecast},
		{"budget", l.Total()}, {"in-year spend to date", l.ToDate()}, {"profiled spend to year end", l.Profiled()},
	} {
		t.Row(l.Scheme.ID, l.Year, sum.name, "", "", sum.is.Decimal(), "")
	}
	return t.Flush()
}

// YearBudget is what a scheme has in a year, as of today.
func (d *Desk) YearBudget(s *scheme.Scheme, year string) Pence {
	have, _ := s.BudgetOn(year, today(d.Now()))
	return Pence(have.Sum())
}
