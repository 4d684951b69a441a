// Package remind writes to people about claims before it is too late. It tells claimants when a
// month can be claimed, shortly before it is late, and before the year closes; checkers and
// approvers what waits for them; payers that an answer is overdue; and approvers that a budget is
// nearly used up.
//
// [Desk.Sweep] works out once a day what is due, and notes it in the record of each person it goes
// to. So each thing is said once, even if the program stops or runs twice in between. Nobody is
// reminded of what was done in the meantime. No subject says what the letter is about.
package remind

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/letter"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
)

// Kind is the kind of the record of a person who is reminded.
const Kind record.Kind = "claim reminder"

// The letters of this story.
const (
	LetterReady   = "claim-month-ready-to-claimant"
	LetterEnds    = "claim-month-ends-to-claimant"
	LetterClosed  = "claim-month-closed-to-claimant"
	LetterYear    = "claim-year-closes-to-claimant"
	LetterWaits   = "claim-waits-to-officer"
	LetterOverdue = "claim-answer-overdue-to-payer"
	LetterBudget  = "claim-budget-to-approver"
)

// ToOfficer and the others are the recipients of this story's letters.
const (
	ToClaimant letter.Recipient = "claimant"
	ToOfficer  letter.Recipient = "officer"
	ToPayer    letter.Recipient = "payer"
	ToApprover letter.Recipient = "approver"
)

// Letters is the table of the letters that this story sends.
var Letters = func() letter.Table {
	t := letter.Table{}
	add := func(name string, to letter.Recipient, fields ...string) {
		t[name] = letter.Kind{
			To: []letter.Recipient{to}, Fields: append([]string{"scheme", "link"}, fields...), Alone: true,
			NoCopy: "a reminder is about no application",
		}
	}
	add(LetterReady, ToClaimant, "month", "sum", "until")
	add(LetterEnds, ToClaimant, "month", "sum", "until", "days")
	add(LetterClosed, ToClaimant, "month", "sum")
	add(LetterYear, ToClaimant, "year", "sum", "until", "days")
	add(LetterWaits, ToOfficer, "check", "approve")
	add(LetterOverdue, ToPayer, "batch", "days")
	add(LetterBudget, ToApprover, "year", "share", "left")
	return t
}()

const (
	endsBefore   = 5  // days before a month's claims are late
	overdueAfter = 10 // working days without the payer's answer, and between two reminders
	missed       = 3  // days for which a reminder is still sent that could not go on its day
	firstHour    = 8  // in London; nothing is sent earlier
	forgetAfter  = 400 * 24 * time.Hour
)

// yearBefore says how many days before a year closes people are told.
var yearBefore = []int{30, 10, 3}

// shares are the percentages of the budget at which people are told.
var shares = []int{80, 95, 100}

// A Desk reminds. Set its fields once; the methods may be called from several goroutines.
type Desk struct {
	Claims *claim.Desk
	// Claimants returns everybody who takes part in a scheme, once for each scheme.
	Claimants func(ctx context.Context) ([]claim.Claimant, error)
}

// A reminded is the document of a person who is reminded.
type reminded struct {
	record.Kept
	ID   string                       `json:"id"`
	To   string                       `json:"to"` // email
	Said map[string]time.Time         `json:"said,omitempty"`
	Says map[string]map[string]string `json:"says,omitempty"` // what letters that are owed say, by their ids
	Mail record.Outbox                `json:"letters,omitempty"`
}

func (d *Desk) kept() *record.Keeper[*reminded] {
	return &record.Keeper[*reminded]{
		Store: d.Claims.Store, Kind: Kind, Anew: true, New: func(id string) *reminded { return &reminded{ID: id} },
		Entry: func(r *reminded) (record.Record, error) {
			last := time.Time{}
			for _, at := range r.Said {
				if at.After(last) {
					last = at
				}
			}
			return record.Record{
				ID: r.ID, Status: "reminder", Email: r.To, Due: r.Mail.Due(), Expires: last.Add(forgetAfter),
			}, nil
		},
	}
}

func idOf(email string) string {
	sum := sha256.Sum256([]byte(email))
	return "claim-reminder." + hex.EncodeToString(sum[:12])
}

// say owes somebody a letter about a thing, unless they were told of it before. The thing is a
// name.
func (d *Desk) say(ctx context.Context, email, thing, name string, says map[string]string) error {
	email = strings.ToLower(email)
	_, err := d.kept().Amend(ctx, idOf(email), func(r *reminded) error {
		if _, before := r.Said[thing]; before {
			return record.ErrUnchanged
		}
		now := d.Claims.Now().UTC().Truncate(time.Millisecond)
		r.To = email
		if r.Said == nil {
			r.Said = map[string]time.Time{}
		}
		r.Said[thing] = now
		maps.DeleteFunc(r.Said, func(_ string, at time.Time) bool { return now.Sub(at) > forgetAfter })
		r.Mail.Drop(func(l record.Letter) bool { return !l.IsOwed() && now.Sub(l.Owed) > 30*24*time.Hour })
		maps.DeleteFunc(r.Says, func(id string, _ map[string]string) bool {
			return !slices.ContainsFunc(r.Mail, func(l record.Letter) bool { return l.ID == id })
		})
		if r.Says == nil {
			r.Says = map[string]map[string]string{}
		}
		id := name + "-" + strings.NewReplacer(" ", "-", "/", "-", ".", "-").Replace(thing)
		r.Says[id] = says
		r.Mail.Owe(id, name, now)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reminding: %w", err)
	}
	return nil
}

// Run works out what is due today, and owes the letters. It can be called at any time.
func (d *Desk) Run(ctx context.Context) error {
	now := d.Claims.Now().In(course.London)
	today := course.DateOf(now)
	if now.Hour() < firstHour {
		return nil
	}
	if err := d.claimants(ctx, today); err != nil {
		return err
	}
	for _, s := range d.Claims.Schemes {
		if !d.Claims.Open(s) {
			continue
		}
		if today.Closed() == "" {
			if err := d.officers(ctx, s, today); err != nil {
				return err
			}
			if err := d.payers(ctx, s, now); err != nil {
				return err
			}
		}
		if err := d.budget(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// An occasion is something that a scheme's claimants are reminded of on a day.
type occasion struct {
	thing, name string
	months      []string
	says        map[string]string
}

// occasions returns a scheme's occasions of a day, or of up to missed days before.
func (d *Desk) occasions(s *scheme.Scheme, today course.Date) (all []occasion) {
	due := func(day course.Date) bool { return !today.Before(day) && today.Before(day.AddDays(missed)) }
	first := course.Date{Year: today.Year, Month: today.Month, Day: 1}
	for range 3 { // a month and its deadline are at most this far apart
		last := first.AddDays(-1)
		month := last.ISO()[:7]
		until := s.OnTime(last)
		says := map[string]string{"month": monthName(last)}
		if !until.IsZero() {
			end := course.DateOf(until)
			says["until"] = end.AddDays(-1).String()
			if day := end.AddDays(-endsBefore); due(day) {
				says := maps.Clone(says)
				says["days"] = fmt.Sprint(endsBefore)
				all = append(all, occasion{"ends " + month, LetterEnds, []string{month}, says})
			}
			if due(end) {
				all = append(all, occasion{"closed " + month, LetterClosed, []string{month}, says})
			}
		}
		if due(first) {
			all = append(all, occasion{"ready " + month, LetterReady, []string{month}, says})
		}
		first = course.Date{Year: last.Year, Month: last.Month, Day: 1}
	}
	for _, year := range []string{s.YearOf(today), s.YearOf(s.YearFrom(s.YearOf(today)).AddDays(-1))} {
		closes := s.Closes(year)
		if closes.IsZero() {
			continue
		}
		end := course.DateOf(closes)
		for _, days := range yearBefore {
			if !due(end.AddDays(-days)) {
				continue
			}
			o := occasion{fmt.Sprintf("year %s %d", year, days), LetterYear, nil, map[string]string{
				"year": year, "days": fmt.Sprint(days), "until": end.AddDays(-1).String(),
			}}
			for day := s.YearFrom(year); !s.YearTo(year).Before(day); day = day.AddDays(27) {
				if month := day.ISO()[:7]; !slices.Contains(o.months, month) {
					o.months = append(o.months, month)
				}
			}
			all = append(all, o)
		}
	}
	return all
}

func monthName(day course.Date) string { return day.Time().Format("January 2006") }

// claimants reminds claimants of what they can claim but have not.
func (d *Desk) claimants(ctx context.Context, today course.Date) error {
	due := map[string][]occasion{}
	for _, s := range d.Claims.Schemes {
		if all := d.occasions(s, today); len(all) > 0 && d.Claims.Open(s) {
			due[s.ID] = all
		}
	}
	if len(due) == 0 {
		return nil
	}
	all, err := d.Claimants(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		kept, err := d.kept().Get(ctx, idOf(strings.ToLower(c.Email)))
		if err != nil {
			return err
		}
		for _, o := range due[c.Scheme] {
			if _, said := kept.Said[c.Scheme+" "+o.thing]; said {
				continue
			}
			sum, err := d.unclaimed(ctx, c, o.months)
			if err != nil {
				return err
			}
			if sum == 0 {
				continue
			}
			says := maps.Clone(o.says)
			says["sum"], says["scheme"] = sum.String(), d.Claims.Scheme(c.Scheme).Title
			if err := d.say(ctx, c.Email, c.Scheme+" "+o.thing, o.name, says); err != nil {
				return err
			}
		}
	}
	return nil
}

// unclaimed returns what somebody can still claim for some months.
func (d *Desk) unclaimed(ctx context.Context, c claim.Claimant, months []string) (sum claim.Pence, err error) {
	open := d.Claims.Months(c)
	for _, month := range months {
		if !slices.Contains(open, month) {
			continue
		}
		items, err := d.Claims.Month(ctx, c, month)
		if err != nil {
			return 0, err
		}
		for _, it := range items {
			if it.Why == nil {
				sum += it.Pence
			}
		}
	}
	return sum, nil
}

// years returns a scheme's years in which something can still wait.
func (d *Desk) years(s *scheme.Scheme) []string {
	years := d.Claims.Years(s)
	return years[:min(2, len(years))]
}

// officers tells officers on each working day what waits for them.
func (d *Desk) officers(ctx context.Context, s *scheme.Scheme, today course.Date) error {
	waits := map[claim.State]int{}
	for _, year := range d.years(s) {
		briefs, err := d.Claims.List(ctx, s.ID, year, "")
		if err != nil {
			return err
		}
		for _, b := range briefs {
			waits[claim.Submitted] += b.States[claim.Submitted]
			waits[claim.Checked] += b.States[claim.Checked]
		}
	}
	told := map[string]map[string]string{} // by address: one letter for somebody who does both
	for _, role := range []struct {
		held  []scheme.Officer
		state claim.State
		field string
	}{{s.Checkers, claim.Submitted, "check"}, {s.Approvers, claim.Checked, "approve"}} {
		for _, o := range role.held {
			if n := waits[role.state]; n > 0 {
				email := strings.ToLower(o.Email)
				if told[email] == nil {
					told[email] = map[string]string{"scheme": s.Title, "check": "0", "approve": "0"}
				}
				told[email][role.field] = fmt.Sprint(n)
			}
		}
	}
	for _, email := range slices.Sorted(maps.Keys(told)) {
		if err := d.say(ctx, email, s.ID+" waits "+today.ISO(), LetterWaits, told[email]); err != nil {
			return err
		}
	}
	return nil
}

// payers reminds payers of batches without their answer, every so many working days.
func (d *Desk) payers(ctx context.Context, s *scheme.Scheme, now time.Time) error {
	batches, err := d.Claims.Batches(ctx, s.ID, 50)
	if err != nil {
		return err
	}
	for _, b := range batches {
		waited := course.WorkingDays(b.Made, now)
		if waited < overdueAfter || !slices.ContainsFunc(b.Rows, func(r claim.Row) bool { return r.Paid == "" }) {
			continue
		}
		for _, o := range s.Payers {
			err := d.say(ctx, o.Email, fmt.Sprintf("%s overdue %s %d", s.ID, b.Number, waited/overdueAfter), LetterOverdue,
				map[string]string{
					"scheme": s.Title, "batch": b.Number, "days": fmt.Sprint(waited),
				})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// budget tells approvers when a share of a year's budget is spent or committed.
func (d *Desk) budget(ctx context.Context, s *scheme.Scheme) error {
	for _, year := range d.years(s) {
		b, err := d.Claims.BudgetOf(ctx, s.ID, year)
		if err != nil {
			return err
		}
		have, used := d.Claims.YearBudget(s, year), b.Spent+b.Committed
		if have <= 0 {
			continue
		}
		for _, share := range slices.Backward(shares) {
			if used*100 < have*claim.Pence(share) {
				continue
			}
			for _, o := range s.Approvers {
				err := d.say(ctx, o.Email, fmt.Sprintf("%s budget %s %d", s.ID, year, share), LetterBudget, map[string]string{
					"scheme": s.Title, "year": year, "share": fmt.Sprint(share), "left": (have - used).String(),
				})
				if err != nil {
					return err
				}
			}
			break // only the largest share
		}
	}
	return nil
}

// Story makes the letters, for the post.
func (d *Desk) Story() record.Story {
	return &record.Letters[*reminded]{
		Keeper: d.kept(), Now: d.Claims.Now, From: d.Claims.MailFrom,
		Outbox: func(r *reminded) *record.Outbox { return &r.Mail },
		Make: func(_ context.Context, r *reminded, l record.Letter, _ string) (m record.Message, err error) {
			t := d.Claims.Template(l.Name)
			if t == nil {
				return m, fmt.Errorf("there is no letter %q", l.Name)
			}
			m.To = r.To
			fields := map[string]string{"link": d.Claims.BaseURL + claim.Path}
			maps.Copy(fields, r.Says[l.ID])
			t.Write(&m, letter.With(d.Claims.Hub, fields))
			return m, nil
		},
	}
}

// Sweep is Run, and also forgets people to whom nothing was said for a long time. It returns how
// many it forgot.
func (d *Desk) Sweep(ctx context.Context) (total int, err error) {
	if err := d.Run(ctx); err != nil {
		return 0, err
	}
	for {
		n, err := d.Claims.Store.Expire(ctx, []record.Kind{Kind}, d.Claims.Now(), 100)
		if total += n; n == 0 || err != nil {
			return total, err
		}
	}
}

// About returns what is kept about somebody with this address; nil if the record is another's.
func (d *Desk) About(kept record.Record, email string) (any, error) {
	r, err := d.kept().Read(kept)
	if err != nil || email == "" || !strings.EqualFold(r.To, email) {
		return nil, err
	}
	return r, nil
}

// Get returns what is kept under the id.
func (d *Desk) Get(ctx context.Context, id string) (any, error) { return d.kept().Get(ctx, id) }

// Erase removes it. One that is gone is not an error.
func (d *Desk) Erase(ctx context.Context, id string) error {
	r, err := d.kept().Get(ctx, id)
	if err == nil && r.Version() > 0 {
		err = d.kept().Delete(ctx, id, r)
	}
	return err
}
