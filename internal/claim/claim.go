// Package claim is the story of what people are paid for: the claim of a month, its check and its
// approval by two other people, the batch for the payer, and the payer's answer. It also keeps the
// ledger, which adds up after every step.
//
// An [Account] belongs to one person in one scheme and financial year. It has lines, one for each
// thing to be paid, and entries in pairs that sum to 0. One table, moves, says what can become of a
// line, who may do it, and what is entered then. Nothing else changes a state, and nothing changes
// an amount: a correction is a reversal and a new line.
//
// A [Person] holds what somebody claimed in all schemes and years, so that nothing is paid twice
// and no cap ends with a year. A [Budget] is what a scheme has spent and committed in a year. A
// step that touches several of these changes all of them or none. A [Batch] is written before its
// lines are marked, and it decides: the payer's file is made from it alone.
//
// The package knows the codes of mentoring pairs and the times of their sessions, and who came to
// workshops when. It never knows a mentee, a bank account or anything about health. Sums are whole
// pence, days are London's, and the clock is an argument. The facts of a scheme come from package
// scheme, and are frozen in a line when it is claimed.
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

// Pence is a sum in whole pence. It can be negative.
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

// DayOf returns a date as a Day.
func DayOf(d course.Date) Day { return Day(d.ISO()) }

// Date returns the day as a date, or the zero date if it is not a day. Every claim calls it for
// every line, so it is quicker than reading the words in which people write days.
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

// Hours run from one time to another, which is not included. In JSON they are two numbers, minutes
// since 1970, because a person's record keeps them for years.
type Hours struct{ From, To time.Time }

// MarshalJSON writes the two numbers.
func (h Hours) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]int64{h.From.Unix() / 60, h.To.Unix() / 60})
}

// UnmarshalJSON reads the two numbers.
func (h *Hours) UnmarshalJSON(data []byte) error {
	var two [2]int64
	if err := json.Unmarshal(data, &two); err != nil {
		return err
	}
	h.From, h.To = time.Unix(two[0]*60, 0).UTC(), time.Unix(two[1]*60, 0).UTC()
	return nil
}

// Minutes is how long they are.
func (h Hours) Minutes() int { return int(h.To.Sub(h.From) / time.Minute) }

// Overlap reports whether they share a minute.
func (h Hours) Overlap(o Hours) bool { return h.From.Before(o.To) && o.From.Before(h.To) }

// A Sort says what a line is for.
type Sort string

// The sorts of lines.
const (
	Claimed  Sort = "claim"      // somebody claims what the scheme pays for
	Adjusted Sort = "adjustment" // the difference after a rate was changed retrospectively; computed, not typed
	Invoiced Sort = "invoice"    // spending that was not claimed: a provider's invoice, on the office's own account
	Deducted Sort = "deduction"  // takes money that is owed back off the next payment
	Recovery Sort = "recovery"   // somebody has to pay back what was paid for them, such as training
	Charge   Sort = "charge"     // for not coming to a workshop
)

// A State is where a line stands.
type State string

// The states of a line.
const (
	Submitted  State = "submitted"  // waits for the checker
	Queried    State = "queried"    // waits for the claimant, and keeps its place
	Checked    State = "checked"    // waits for the approver
	Approved   State = "approved"   // owed to the claimant
	Sent       State = "sent"       // in a batch
	Paid       State = "paid"       // according to the payer
	Refused    State = "refused"    // can be claimed again
	Withdrawn  State = "withdrawn"  // by the claimant
	Reversed   State = "reversed"   // before it was paid
	Recovering State = "recovering" // has to be paid back
	Charged    State = "charged"    // a charge that stands
	Repaid     State = "repaid"     // paid back, or the charge was paid
	Offset     State = "offset"     // taken off a later payment
	WrittenOff State = "written off"
	Waived     State = "waived" // the charge was dropped
)

// Ended reports whether a line has reached its end, unless somebody acts on it.
func (s State) Ended() bool {
	switch s {
	case Paid, Refused, Withdrawn, Reversed, Repaid, Offset, WrittenOff, Waived:
		return true
	}
	return false
}

// Live reports whether what the line is for counts as claimed, so that its key is taken.
func (s State) Live() bool {
	switch s {
	case Submitted, Queried, Checked, Approved, Sent, Paid:
		return true
	}
	return false
}

// Owed reports whether the line was approved but not paid.
func (s State) Owed() bool { return s == Approved || s == Sent }

// A Line is one thing to be paid, paid back or charged. What it says when it is made never changes.
type Line struct {
	N         int       `json:"n"` // its number in the account, from 1
	Sort      Sort      `json:"sort"`
	Kind      string    `json:"kind"`                         // one of the scheme's pays, or a word of the office's
	Key       string    `json:"key,omitempty"`                // keeps it from being paid twice; see Person
	Day       Day       `json:"day"`                          // of the activity, which decides the financial year
	What      string    `json:"what"`                         // in words, without a name
	Hours     []Hours   `json:"hours,omitempty"`              // that the activity took
	Pairs     []string  `json:"pairs,omitempty"`              // codes of pairs
	Activity  string    `json:"activity,omitempty"`           // what was agreed instead of a session
	Colleague string    `json:"colleague,omitempty"`          // for a conversation: the colleague's code
	Practice  string    `json:"colleague_practice,omitempty"` // and the code of the colleague's practice
	Units     int       `json:"units"`                        // how many are paid
	Rate      Pence     `json:"rate"`                         // for one unit
	Pence     Pence     `json:"pence"`                        // the whole sum
	Late      string    `json:"late,omitempty"`               // why it was claimed late
	Of        int       `json:"of,omitempty"`                 // the line that it adjusts or is deducted for
	For       string    `json:"for,omitempty"`                // for a charge: what it is for; it is entered once
	Payee     string    `json:"payee,omitempty"`              // a supplier, if not the account's holder
	Invoice   string    `json:"invoice,omitempty"`            // its number
	Cohort    string    `json:"cohort,omitempty"`             // the course's cohort that an invoice is for
	Made      time.Time `json:"made"`                         // UTC
	Claimant  string    `json:"claimant"`                     // email of the person who made it

	Drafted string `json:"drafted,omitempty"` // email of the person in the office who prepared the claim

	State    State    `json:"state"`
	Checker  string   `json:"checker,omitempty"` // email
	Seen     []string `json:"seen,omitempty"`    // the doubts that the checker ticked
	Approver string   `json:"approver,omitempty"`
	Over     string   `json:"over,omitempty"`    // why it was approved beyond the budget
	Reason   string   `json:"reason,omitempty"`  // of the last query, refusal or return
	Answer   string   `json:"answer,omitempty"`  // the claimant's, to a query
	Asked    *Asked   `json:"asked,omitempty"`   // a request to reverse or write it off
	Batch    string   `json:"batch,omitempty"`   // id of the batch that it is in
	Batches  []string `json:"batches,omitempty"` // ids of all batches that it ever was in
	PaidOn   Day      `json:"paid_on,omitempty"`
	PayRef   string   `json:"pay_ref,omitempty"`
}

// Asked is something that one person asks for and a second person decides.
type Asked struct {
	What Act    `json:"what"`
	By   string `json:"by"` // email
	Why  string `json:"why"`
}

// An Entry is half of a pair: what one account of the ledger receives or gives.
type Entry struct {
	To    string `json:"to"` // such as "cost:mentoring", "owed", "bank"
	Pence Pence  `json:"pence"`
	Line  int    `json:"line"`
	Why   Act    `json:"why"`
}

// The accounts of the ledger besides "cost:KIND".
const (
	owed    = "owed"    // by the hub
	bank    = "bank"    // paid out; negative
	backpay = "recover" // to be paid back to the hub
	charges = "charges" // to be paid by those who did not come
	income  = "income"  // from charges
	costs   = "cost:"
)

// Office is the holder of the account for spending that was not claimed.
const Office = "office"

// An Account holds what somebody claims in a scheme and financial year.
type Account struct {
	record.Kept
	ID     string        `json:"id"`
	Scheme string        `json:"scheme"`
	Year   string        `json:"year"`   // "2021/22"
	Person string        `json:"person"` // id of the person's record, or Office
	Holder Holder        `json:"holder"`
	Lines  []*Line       `json:"lines,omitempty"`
	Book   []Entry       `json:"entries,omitempty"`
	Closed []string      `json:"closed_to,omitempty"` // emails of officers with an interest in it
	Before string        `json:"before,omitempty"`    // the holder's previous address; see oweVendor
	Mail   record.Outbox `json:"letters,omitempty"`
	Past   record.Events `json:"events"`
}

// A Holder is the owner of an account, as they were when they last claimed.
type Holder struct {
	Name     string `json:"name"`
	Email    string `json:"email"`              // in lower case
	Number   string `json:"number,omitempty"`   // on a professional register
	Practice string `json:"practice,omitempty"` // its code
	Ref      string `json:"ref"`                // in files for the payer: "4F7A09C2"
	// Application is the reference of the application by which they take part.
	Application string `json:"application,omitempty"`
}

// Line returns the line with the number; nil if there is none.
func (a *Account) Line(n int) *Line {
	if n < 1 || n > len(a.Lines) {
		return nil
	}
	return a.Lines[n-1]
}

// Balance is the sum of a ledger account's entries in this record. A name that ends with a colon
// stands for all accounts whose names begin with it.
func (a *Account) Balance(of string) (sum Pence) {
	for _, e := range a.Book {
		if e.To == of || strings.HasSuffix(of, ":") && strings.HasPrefix(e.To, of) {
			sum += e.Pence
		}
	}
	return sum
}

// Spent and Committed are what the account's lines mean for the budget: what was paid for good, and
// what is owed.
func (a *Account) Spent() Pence     { return a.Balance(costs) + a.Balance(owed) }
func (a *Account) Committed() Pence { return -a.Balance(owed) }

// says returns what the chain of the account's events covers.
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
