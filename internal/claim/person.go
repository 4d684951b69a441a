package claim

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
)

// A Person holds what somebody claimed, in all schemes and years. It outlives their accounts, so
// that no cap ends on 31 March and nothing is paid twice. It has no room for a chain. A change
// behind the program's back shows in the comparison with accounts, and by the seal of the store.
type Person struct {
	record.Kept
	ID     string `json:"id"`
	Email  string `json:"email,omitempty"`  // in lower case; removed with the vendor when no account is kept
	Before string `json:"before,omitempty"` // the previous address
	Held   []Held `json:"held,omitempty"`
	Vendor Vendor `json:"vendor,omitzero"`

	hash func(key string) (string, error) // of a key whose account is gone; nil if not known
}

// A Held is something that was claimed and not refused, withdrawn or reversed.
type Held struct {
	Key      string  `json:"k"` // see keyOf
	Account  string  `json:"a"`
	Line     int     `json:"l"`
	Scheme   string  `json:"s"`
	Kind     string  `json:"i"`
	Day      Day     `json:"d"`
	Units    int     `json:"u"`
	Pence    Pence   `json:"p"`
	Hours    []Hours `json:"h,omitempty"`
	Approved bool    `json:"y,omitempty"`
}

// A Vendor is the payer's reference for somebody. The hub never has a bank account.
type Vendor struct {
	Ref   string `json:"ref,omitempty"`
	Since Day    `json:"since,omitempty"` // when it was last changed
	Asked string `json:"asked,omitempty"` // what one officer wants it to be, until a second agrees
	By    string `json:"by,omitempty"`    // the first officer
}

// vendorKey is the key to find everybody with a payer's reference.
func vendorKey(ref string) string { return "vendor " + strings.ToLower(ref) }

// VendorOf returns the payer's reference for the holder of an account, and how many others share
// it.
func (d *Desk) VendorOf(ctx context.Context, a *Account) (v Vendor, others int, err error) {
	if a.Person == Office {
		return v, 0, nil
	}
	p, err := d.persons().Get(ctx, a.Person)
	if err != nil || p.Vendor.Ref == "" {
		return p.Vendor, 0, err
	}
	same, err := d.Store.Find(ctx, KindPerson, record.ByNumber, vendorKey(p.Vendor.Ref))
	for _, r := range same {
		if r.ID != a.Person {
			others++
		}
	}
	return p.Vendor, others, err
}

// keyOf returns the key under which something is paid only once. It is made of the scope of the
// kind's caps, the kind, the unit and the value. So two schemes can each pay for a week, unless a
// cap counts both together.
func keyOf(s *scheme.Scheme, p *scheme.Pay, value string) string {
	scope := s.ID
	if slices.ContainsFunc(p.Caps, func(c scheme.Cap) bool { return c.Across == scheme.AllSchemes }) {
		scope = string(scheme.AllSchemes)
	}
	return scope + "/" + p.Kind + "/" + string(p.Unit) + "/" + value
}

// take holds what a new line claims, or says why it cannot: it was claimed before, it exceeds a
// cap, or its hours are already claimed.
func (p *Person) take(s *scheme.Scheme, pay *scheme.Pay, account string, l *Line) error {
	gone := ""
	if p.hash != nil && slices.ContainsFunc(p.Held, func(h Held) bool { return strings.HasPrefix(h.Key, goneMark) }) {
		var err error
		if gone, err = p.hash(l.Key); err != nil {
			return err
		}
	}
	for _, h := range p.Held {
		if h.is(l.Key, gone) {
			return ErrTaken
		}
		for _, mine := range l.Hours {
			if slices.ContainsFunc(h.Hours, mine.Overlap) {
				return ErrOverlap
			}
		}
	}
	for i, mine := range l.Hours {
		if slices.ContainsFunc(l.Hours[:i], mine.Overlap) {
			return ErrOverlap
		}
	}
	if i := slices.IndexFunc(pay.Caps, func(c scheme.Cap) bool { return p.beyond(s, c, l) }); i >= 0 {
		return fmt.Errorf("%w: cap %d of %s", ErrCap, i+1, pay.Kind)
	}
	p.Held = append(p.Held, Held{
		Key: l.Key, Account: account, Line: l.N, Scheme: s.ID, Kind: l.Kind, Day: l.Day, Units: l.Units, Pence: l.Pence, Hours: l.Hours,
	})
	return nil
}

// beyond reports whether a line would exceed a cap. It counts everything held in the cap's own
// scope, whatever became of it since.
func (p *Person) beyond(s *scheme.Scheme, c scheme.Cap, l *Line) bool {
	units, sum := l.Units, l.Pence
	for _, h := range p.Held {
		if h.Kind != l.Kind || c.Across != scheme.AllSchemes && h.Scheme != s.ID {
			continue
		}
		if c.In == scheme.InWeek && h.Day.Week() != l.Day.Week() ||
			c.In == scheme.InYear && s.YearOf(h.Day.Date()) != s.YearOf(l.Day.Date()) {
			continue
		}
		units += h.Units
		sum += h.Pence
	}
	return c.Most > 0 && units > c.Most || c.Sum > 0 && sum > Pence(c.Sum)
}

// held returns the index of what a line of an account holds; negative if it holds nothing.
func (p *Person) held(account string, line int) int {
	return slices.IndexFunc(p.Held, func(h Held) bool { return h.Account == account && h.Line == line })
}

// follow brings what is held up to date with a changed line, and reports whether anything changed.
func (p *Person) follow(account string, l *Line) (changed bool) {
	i := p.held(account, l.N)
	switch approved := l.State.Owed() || l.State == Paid; {
	case i < 0:
		return false
	case !l.State.Live():
		p.Held = slices.Delete(p.Held, i, i+1)
		return true
	default:
		changed, p.Held[i].Approved = p.Held[i].Approved != approved, approved
		return changed
	}
}

// Fault says how the record contradicts itself, without personal data; "" if it does not.
func (p *Person) Fault() string {
	keys := map[string]bool{}
	for i, h := range p.Held {
		if keys[h.Key] {
			return fmt.Sprintf("%s is held twice", h.Key)
		}
		keys[h.Key] = true
		for _, o := range p.Held[:i] {
			for _, mine := range h.Hours {
				if slices.ContainsFunc(o.Hours, mine.Overlap) {
					return fmt.Sprintf("the hours of %s and %s overlap", h.Key, o.Key)
				}
			}
		}
	}
	return ""
}

// A Budget is what a scheme has spent and committed in a financial year. It also counts the
// batches, so that their numbers have no gaps, and so that making a batch comes before or after
// each change of a sum, never during one.
type Budget struct {
	record.Kept
	ID        string `json:"id"`
	Scheme    string `json:"scheme"`
	Year      string `json:"year"`
	Spent     Pence  `json:"spent"`
	Committed Pence  `json:"committed"`
	Batches   int    `json:"batches"`
	Marked    int    `json:"marked"` // batches whose lines are all marked as sent
	// Over means that the year's time is over: its accounts and batches are removed, this stays.
	Over bool `json:"over,omitempty"`
}

// allow checks whether a sum can be approved: within the budget that the scheme has on that day, or
// with a reason, by somebody without a limit.
func (b *Budget) allow(s *scheme.Scheme, day course.Date, more Pence, o *scheme.Officer, reason string) error {
	have, _ := s.BudgetOn(b.Year, day)
	if more <= 0 || b.Spent+b.Committed+more <= Pence(have.Sum()) {
		return nil
	}
	if strings.TrimSpace(reason) == "" || o.Limit != 0 {
		return ErrBudget
	}
	return nil
}
