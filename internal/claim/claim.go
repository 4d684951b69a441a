// Package claim is the story of what people are paid for: the claim of a month, its check and its
// approval by two others, the batch for the payer and the payer's answer; and the ledger, which
// adds up after every step.
//
// An [Account] is one person's in one scheme and financial year. It has lines, one for each thing
// to be paid, and entries in pairs whose sum is 0. One table, moves, says what can become of a
// line, who may do it, and what is entered then: nothing else changes a state, and nothing changes
// an amount. A correction is a reversal and a new line.
//
// A [Person] holds what was claimed in all schemes and years, so that nothing is paid twice and no
// cap ends with a year. A [Budget] is what a scheme has spent and committed in a year. Where a step
// touches more than one of these, they change together or not at all. A [Batch] is written before
// its lines are marked, and is the truth: the payer's file is made from it alone.
//
// Of mentoring it knows codes of pairs and when sessions were, of attendance who came when; never a
// mentee, a bank account or a reason of health. Sums are whole pence, days are London's, and the
// clock is an argument. Facts of a scheme come from package scheme, and are frozen in a line when
// it is claimed.
package claim

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/record"
)

// The kinds of records of this story.
const (
	KindAccount record.Kind = "claim account"
	KindPerson  record.Kind = "claim person"
	KindBudget  record.Kind = "claim budget"
	KindBatch   record.Kind = "claim batch"
	KindSecret  record.Kind = "claim secret"
)

// Pence is a sum in whole pence. It can be below 0.
type Pence int64

// String is the sum as NHS pages write it: "£289", "£352.50", "−£289".
func (p Pence) String() string {
	if p < 0 {
		return "−" + course.Money(-p).String()
	}
	return course.Money(p).String()
}

// Decimal is the sum for programs: "289.00".
func (p Pence) Decimal() string {
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	return fmt.Sprintf("%s%d.%02d", sign, p/100, p%100)
}

// A Day is a day in London, "2021-11-16".
type Day string

// DayOf is a date as a Day.
func DayOf(d course.Date) Day { return Day(d.ISO()) }

// Date is the day as a date; none if it is no day. It is asked of each line with each claim, so it
// does without the words in which people write days.
func (d Day) Date() (date course.Date) {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return course.Date{}
	}
	return course.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
}

// String is the day as people read it: "Tuesday 16 November 2021".
func (d Day) String() string {
	if date := d.Date(); date != (course.Date{}) {
		return date.String()
	}
	return string(d)
}

// Month is the day's month, "2021-11".
func (d Day) Month() string { return string(d[:min(7, len(d))]) }

// Week is the day's ISO 8601 week, "2021-W46".
func (d Day) Week() string {
	date := d.Date()
	year, week := time.Date(date.Year, date.Month, date.Day, 12, 0, 0, 0, time.UTC).ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}

// Hours are from one instant to another, which is not part of them any more. As JSON they are two
// numbers, minutes since 1970, since a person's record keeps them for years.
type Hours struct{ From, To time.Time }

// MarshalJSON writes two numbers.
func (h Hours) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]int64{h.From.Unix() / 60, h.To.Unix() / 60})
}

// UnmarshalJSON reads two numbers.
func (h *Hours) UnmarshalJSON(data []byte) error {
	var two [2]int64
	if err := json.Unmarshal(data, &two); err != nil {
		return err
	}
	h.From, h.To = time.Unix(two[0]*60, 0).UTC(), time.Unix(two[1]*60, 0).UTC()
	return nil
}

// Minutes are how long they are.
func (h Hours) Minutes() int { return int(h.To.Sub(h.From) / time.Minute) }

// Overlap tells whether they have a minute in common.
func (h Hours) Overlap(o Hours) bool { return h.From.Before(o.To) && o.From.Before(h.To) }

// A Sort is what a line is.
type Sort string

// The sorts of lines.
const (
	Claimed  Sort = "claim"      // somebody claims what the scheme pays for
	Adjusted Sort = "adjustment" // the difference after a rate was changed with effect back; computed, not typed
	Invoiced Sort = "invoice"    // spend that is no claim: a provider's invoice, on the office's own account
	Deducted Sort = "deduction"  // takes what is to be paid back off the next payment
	Recovery Sort = "recovery"   // somebody is to pay back what was paid for them, such as training
	Charge   Sort = "charge"     // for not coming to a workshop
)

// A State is where a line stands.
type State string

// The states of a line.
const (
	Submitted  State = "submitted"  // waits for the checker
	Queried    State = "queried"    // waits for the claimant; it keeps its place
	Checked    State = "checked"    // waits for the approver
	Approved   State = "approved"   // is owed
	Sent       State = "sent"       // is in a batch
	Paid       State = "paid"       // as the payer says
	Refused    State = "refused"    // and can be claimed anew
	Withdrawn  State = "withdrawn"  // by the claimant
	Reversed   State = "reversed"   // before it was paid
	Recovering State = "recovering" // is to be paid back
	Charged    State = "charged"    // a charge that stands
	Repaid     State = "repaid"     // was paid back, or the charge was paid
	Offset     State = "offset"     // was taken off a later payment
	WrittenOff State = "written off"
	Waived     State = "waived" // the charge was taken back
)

// Ended tells whether nothing more is going to happen to a line by itself.
func (s State) Ended() bool {
	switch s {
	case Paid, Refused, Withdrawn, Reversed, Repaid, Offset, WrittenOff, Waived:
		return true
	}
	return false
}

// Live tells whether what the line is for counts as claimed: its key is taken.
func (s State) Live() bool {
	switch s {
	case Submitted, Queried, Checked, Approved, Sent, Paid:
		return true
	}
	return false
}

// Owed tells whether the line was approved and is not paid.
func (s State) Owed() bool { return s == Approved || s == Sent }

// A Line is one thing to be paid, paid back or charged. What stands in it when it is made stays as
// it is: see [Line.frozen].
type Line struct {
	N         int       `json:"n"` // in its account, from 1
	Sort      Sort      `json:"sort"`
	Kind      string    `json:"kind"`                         // of the scheme's pays; else a word of the office's
	Key       string    `json:"key,omitempty"`                // by which nothing is paid twice; see Person
	Day       Day       `json:"day"`                          // of the activity: it gives the financial year
	What      string    `json:"what"`                         // in words, without a name
	Hours     []Hours   `json:"hours,omitempty"`              // that it took
	Pairs     []string  `json:"pairs,omitempty"`              // codes of pairs
	Activity  string    `json:"activity,omitempty"`           // that was agreed instead of a session
	Colleague string    `json:"colleague,omitempty"`          // of a conversation: their code
	Practice  string    `json:"colleague_practice,omitempty"` // and the code of their practice
	Units     int       `json:"units"`                        // how many are paid
	Rate      Pence     `json:"rate"`                         // of one unit
	Pence     Pence     `json:"pence"`                        // the whole
	Late      string    `json:"late,omitempty"`               // why it was claimed late
	Of        int       `json:"of,omitempty"`                 // the line that it adjusts or is deducted for
	For       string    `json:"for,omitempty"`                // of a charge: what it is for, by which it is entered once
	Payee     string    `json:"payee,omitempty"`              // if not the account's holder: a supplier
	Invoice   string    `json:"invoice,omitempty"`            // its number
	Cohort    string    `json:"cohort,omitempty"`             // of the course, that an invoice is for
	Made      time.Time `json:"made"`                         // UTC
	Claimant  string    `json:"claimant"`                     // e-mail of who made it

	Drafted string `json:"drafted,omitempty"` // e-mail of who of the office prepared the claim

	State    State    `json:"state"`
	Checker  string   `json:"checker,omitempty"` // e-mail
	Seen     []string `json:"seen,omitempty"`    // the doubts that they ticked
	Approver string   `json:"approver,omitempty"`
	Over     string   `json:"over,omitempty"`    // why it was approved beyond the budget
	Reason   string   `json:"reason,omitempty"`  // of the last query, refusal or return
	Answer   string   `json:"answer,omitempty"`  // of the claimant, to a query
	Asked    *Asked   `json:"asked,omitempty"`   // that it be reversed or written off
	Batch    string   `json:"batch,omitempty"`   // the id of the batch that it is in
	Batches  []string `json:"batches,omitempty"` // ids of all that it ever was in
	PaidOn   Day      `json:"paid_on,omitempty"`
	PayRef   string   `json:"pay_ref,omitempty"`
}

// Asked is what one person asks for and a second one decides.
type Asked struct {
	What Act    `json:"what"`
	By   string `json:"by"` // e-mail
	Why  string `json:"why"`
}

// An Entry is half of a pair: what one account of the ledger gets or gives.
type Entry struct {
	To    string `json:"to"` // such as "cost:mentoring", "owed", "bank"
	Pence Pence  `json:"pence"`
	Line  int    `json:"line"`
	Why   Act    `json:"why"`
}

// The accounts of the ledger beside "cost:KIND".
const (
	owed    = "owed"    // by the hub
	bank    = "bank"    // paid out, below 0
	backpay = "recover" // to be paid back to the hub
	charges = "charges" // to be paid by who did not come
	income  = "income"  // from charges
	costs   = "cost:"
)

// Office is the holder of the account for spend that is no claim.
const Office = "office"

// An Account has what somebody claims in a scheme and a financial year.
type Account struct {
	record.Kept
	ID     string        `json:"id"`
	Scheme string        `json:"scheme"`
	Year   string        `json:"year"`   // "2021/22"
	Person string        `json:"person"` // the id of the person's record, or Office
	Holder Holder        `json:"holder"`
	Lines  []*Line       `json:"lines,omitempty"`
	Book   []Entry       `json:"entries,omitempty"`
	Closed []string      `json:"closed_to,omitempty"` // e-mails of officers with an interest in it
	Before string        `json:"before,omitempty"`    // the holder's address before; see oweVendor
	Mail   record.Outbox `json:"letters,omitempty"`
	Past   record.Events `json:"events"`
}

// A Holder is whose account it is, as they were when they last claimed.
type Holder struct {
	Name     string `json:"name"`
	Email    string `json:"email"`              // in small letters
	Number   string `json:"number,omitempty"`   // on a professional register
	Practice string `json:"practice,omitempty"` // its code
	Ref      string `json:"ref"`                // in files for the payer: "4F7A09C2"
	// Application is the reference of the application by which they take part.
	Application string `json:"application,omitempty"`
}

// Line is the line with the number; nil if there is none.
func (a *Account) Line(n int) *Line {
	if n < 1 || n > len(a.Lines) {
		return nil
	}
	return a.Lines[n-1]
}

// Balance is the sum of what an account of the ledger has in this record. One that ends with a
// colon stands for all that begin with it.
func (a *Account) Balance(of string) (sum Pence) {
	for _, e := range a.Book {
		if e.To == of || strings.HasSuffix(of, ":") && strings.HasPrefix(e.To, of) {
			sum += e.Pence
		}
	}
	return sum
}

// Spent and Committed are what the account's lines do to the budget: what was paid out for good,
// and what is owed.
func (a *Account) Spent() Pence     { return a.Balance(costs) + a.Balance(owed) }
func (a *Account) Committed() Pence { return -a.Balance(owed) }

// says is what the chain of the account's events holds.
func (a *Account) says() ([]byte, error) {
	return record.Sum([]any{a.ID, a.Scheme, a.Year, a.Person, a.Holder, a.Lines, a.Book, a.Closed})
}

func accountID(scheme, year, person string) string {
	person = strings.TrimPrefix(person, "payee.")
	return "account." + scheme + "." + strings.ReplaceAll(year, "/", "-") + "." + person
}

func budgetID(scheme, year string) string {
	return "budget." + scheme + "." + strings.ReplaceAll(year, "/", "-")
}

func batchID(scheme, year string, n int) string {
	return fmt.Sprintf("batch.%s.%s.%02d", scheme, strings.ReplaceAll(year, "/", "-"), n)
}
