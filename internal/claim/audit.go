package claim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"traininghub/internal/record"
)

// A Wrong says what is wrong with a record, without personal data.
type Wrong struct{ ID, What string }

// Heads are the ends of the chains, by id, for the next audit. They reveal somebody who writes a
// whole new chain.
type Heads map[string]record.Head

// Audited is what an audit found.
type Audited struct {
	Accounts, Persons, Batches int
	Wrong                      []Wrong
	Heads                      Heads
}

// Audit checks all that this story keeps: chains, balances, the rule of three people, caps and
// hours, budgets against accounts, and batches against their files and lines. It also compares with
// the heads of an earlier audit, if there was one.
func (d *Desk) Audit(ctx context.Context, earlier Heads) (*Audited, error) {
	var all []record.Entry
	err := record.Each(ctx, d.Store, func(r record.Record) error {
		if Audits(r.Kind) {
			all = append(all, record.Entry{ID: r.ID, Kind: r.Kind})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("auditing claims: %w", err)
	}
	return d.AuditOf(ctx, all, earlier)
}

// Audits reports whether records of the kind are compared with each other.
func Audits(k record.Kind) bool {
	return k == KindAccount || k == KindPerson || k == KindBatch || k == KindBudget
}

// AuditOf is Audit of the records that somebody came to on a walk. They must be all for which
// [Audits] is true.
func (d *Desk) AuditOf(ctx context.Context, all []record.Entry, earlier Heads) (*Audited, error) {
	x := &auditing{Audited: &Audited{Heads: Heads{}}, accounts: map[string]*Account{}, persons: map[string]*Person{},
		batches: map[string]*Batch{}, budgets: map[string]*Budget{}}
	for _, e := range all {
		var err error
		switch e.Kind {
		case KindAccount:
			x.accounts[e.ID], err = d.accounts().Get(ctx, e.ID)
		case KindPerson:
			x.persons[e.ID], err = d.persons().Get(ctx, e.ID)
		case KindBatch:
			x.batches[e.ID], err = d.batches().Get(ctx, e.ID)
		case KindBudget:
			x.budgets[e.ID], err = d.budgets().Get(ctx, e.ID)
		}
		if err != nil && !errors.Is(err, record.ErrNotFound) && strings.Contains(err.Error(), "broken") {
			x.wrong(e.ID, "it cannot be read")
		} else if err != nil {
			return nil, fmt.Errorf("auditing claims: %w", err)
		}
	}
	x.chains(earlier)
	x.lines(d)
	x.files()
	x.sums(d)
	x.Accounts, x.Persons, x.Batches = len(x.accounts), len(x.persons), len(x.batches)
	slices.SortFunc(x.Wrong, func(a, b Wrong) int {
		return strings.Compare(a.ID+a.What, b.ID+b.What)
	})
	return x.Audited, nil
}

type auditing struct {
	*Audited
	accounts map[string]*Account
	persons  map[string]*Person
	batches  map[string]*Batch
	budgets  map[string]*Budget
}

func (x *auditing) wrong(id, format string, args ...any) {
	x.Wrong = append(x.Wrong, Wrong{id, fmt.Sprintf(format, args...)})
}

// chains checks each record on its own.
func (x *auditing) chains(earlier Heads) {
	chain := func(id, fault string, past record.Events) {
		if fault != "" {
			x.wrong(id, "%s", fault)
		}
		if len(past) > 0 {
			x.Heads[id] = record.Head{Events: len(past), Sum: past[len(past)-1].Sum}
		}
		if was, ok := earlier[id]; ok && (len(past) < was.Events || !bytes.Equal(past[was.Events-1].Sum, was.Sum)) {
			x.wrong(id, "its chain is not the one that an earlier audit noted")
		}
	}
	for id, a := range x.accounts {
		chain(id, a.events(), a.Past)
		if fault := a.Fault(); fault != "" {
			x.wrong(id, "%s", fault)
		}
	}
	for id, b := range x.batches {
		chain(id, b.Past.Fault(id, b.says), b.Past)
	}
	for id, p := range x.persons {
		if fault := p.Fault(); fault != "" {
			x.wrong(id, "%s", fault)
		}
		x.Heads[id] = record.Head{Events: int(p.Version())}
	}
	for id, b := range x.budgets {
		x.Heads[id] = record.Head{Events: int(b.Version())}
	}
	for id, was := range earlier {
		now, ok := x.Heads[id]
		switch {
		case !ok && x.retired(id): // its year is over
		case !ok:
			x.wrong(id, "it is gone")
		case now.Events < was.Events:
			x.wrong(id, "it is older than an earlier audit noted")
		}
	}
}

// retired reports whether a record belonged to a year whose time is over.
func (x *auditing) retired(id string) bool {
	for _, b := range x.budgets {
		of := "." + b.Scheme + "." + strings.ReplaceAll(b.Year, "/", "-") + "."
		if b.Over && (strings.HasPrefix(id, "account"+of) || strings.HasPrefix(id, "batch"+of)) {
			return true
		}
	}
	return false
}

// lines compares what persons hold with the lines of accounts, both ways, and caps with what is
// held.
func (x *auditing) lines(d *Desk) {
	for _, id := range slices.Sorted(maps.Keys(x.accounts)) {
		a := x.accounts[id]
		for _, l := range a.Lines {
			if l.Key == "" || a.Person == Office {
				continue
			}
			if b := x.budgets[budgetID(a.Scheme, a.Year)]; b != nil && b.Over {
				break // it is being removed
			}
			p := x.persons[a.Person]
			if p == nil {
				x.wrong(id, "there is no record of the person")
				break
			}
			i := p.held(id, l.N)
			switch {
			case l.State.Live() != (i >= 0):
				x.wrong(id, "line %d is %s, and the person's record says otherwise", l.N, l.State)
			case i >= 0 && (p.Held[i].Key != l.Key || p.Held[i].Pence != l.Pence || p.Held[i].Day != l.Day || p.Held[i].Approved != (l.State.Owed() || l.State == Paid)):
				x.wrong(id, "line %d is not what the person's record holds of it", l.N)
			}
		}
	}
	for id, p := range x.persons {
		again := &Person{}
		for _, h := range p.Held {
			if h.Account == "" {
				again.Held = append(again.Held, h) // it counts for life
				continue
			}
			if a := x.accounts[h.Account]; a == nil {
				continue // its account was removed after its time
			} else if l := a.Line(h.Line); l == nil || l.Key != h.Key {
				x.wrong(id, "%s is of no line", h.Key)
			}
			s := d.Scheme(h.Scheme)
			if s == nil || s.Pay(h.Kind) == nil {
				continue
			}
			l := &Line{N: h.Line, Kind: h.Kind, Key: h.Key, Day: h.Day, Units: h.Units, Pence: h.Pence, Hours: h.Hours}
			if err := again.take(s, s.Pay(h.Kind), h.Account, l); errors.Is(err, ErrCap) {
				x.wrong(id, "%s is beyond a cap", h.Key)
			}
		}
	}
}

// files compares batches with their files, their lines and each other.
func (x *auditing) files() {
	in := map[LineRef]string{}
	for _, id := range slices.Sorted(maps.Keys(x.batches)) {
		b := x.batches[id]
		if _, err := b.File(); err != nil {
			x.wrong(id, "its file is not the one that was written down")
		}
		if len(b.Past) > 0 && b.Past[0].Note != b.Hash {
			x.wrong(id, "its file is not the one that it was made with")
		}
		var sum Pence
		for i, r := range b.Rows {
			sum += r.Pence
			a := x.accounts[r.Account]
			if a == nil {
				continue
			}
			l := a.Line(r.Line)
			switch {
			case l == nil || l.Pence != r.Pence || l.Day != r.Day || l.Kind != r.Kind:
				x.wrong(id, "row %d is not its line", i+1)
			case !slices.Contains(l.Batches, id) && !b.Pending:
				x.wrong(id, "the line of row %d was never marked", i+1)
			case r.Paid == "paid" && !b.Pending && l.PaidOn != r.PaidOn:
				x.wrong(id, "row %d was paid, and its line does not say so", i+1)
			}
			if r.Paid != "unpaid" {
				at := LineRef{r.Account, r.Line}
				if first := in[at]; first != "" {
					x.wrong(id, "row %d is in %s, too", i+1, first)
				}
				in[at] = id
			}
		}
		if sum != b.Sum {
			x.wrong(id, "its sum is not that of its rows")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(x.accounts)) {
		for _, l := range x.accounts[id].Lines {
			if b := x.budgets[budgetID(x.accounts[id].Scheme, x.accounts[id].Year)]; b != nil && b.Over {
				break
			}
			if (l.State == Sent || l.State == Paid) && x.batches[l.Batch] == nil {
				x.wrong(id, "line %d is %s, and there is no batch with it", l.N, l.State)
			} else if l.State == Sent || l.State == Paid {
				if at := (LineRef{id, l.N}); in[at] != l.Batch {
					x.wrong(id, "line %d is %s, and is not in its batch", l.N, l.State)
				}
			}
		}
	}
}

// sums compares budgets with accounts, and the numbers of batches with each other.
func (x *auditing) sums(d *Desk) {
	spent, committed := map[string]Pence{}, map[string]Pence{}
	for _, a := range x.accounts {
		id := budgetID(a.Scheme, a.Year)
		spent[id] += a.Spent()
		committed[id] += a.Committed()
		if x.budgets[id] == nil {
			x.budgets[id] = &Budget{ID: id, Scheme: a.Scheme, Year: a.Year} // nothing was approved yet
		}
	}
	count := map[string]int{}
	for _, b := range x.batches {
		count[budgetID(b.Scheme, b.Year)]++
	}
	for id, b := range x.budgets {
		if b.Over {
			continue // its accounts and batches were removed after their time, or are just being removed
		}
		switch {
		case b.Spent != spent[id] || b.Committed != committed[id]:
			x.wrong(id, "it is not the sum of its accounts")
		case b.Batches != count[id]:
			x.wrong(id, "it has counted %d batches, and there are %d", b.Batches, count[id])
		}
		for n := 1; n <= b.Batches; n++ {
			if x.batches[batchID(b.Scheme, b.Year, n)] == nil {
				x.wrong(id, "batch %d is missing", n)
			}
		}
	}
	for id, b := range x.budgets {
		s := d.Scheme(b.Scheme)
		if s == nil {
			continue
		}
		most := Pence(0) // the budget may have been lowered since
		for _, have := range s.Budget {
			if have.Year == b.Year {
				most = max(most, Pence(have.Sum()))
			}
		}
		if b.Spent+b.Committed > most && !x.reason(b) {
			x.wrong(id, "more was approved than there is, and nobody says why")
		}
	}
}

// reason reports whether somebody gave a reason to exceed a budget.
func (x *auditing) reason(b *Budget) bool {
	for _, a := range x.accounts {
		if a.Scheme == b.Scheme && a.Year == b.Year && slices.ContainsFunc(a.Lines, func(l *Line) bool { return l.Over != "" }) {
			return true
		}
	}
	return false
}
