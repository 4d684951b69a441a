package claim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/record"
)

// An Act is something that a person does to a line.
type Act string

// The acts there are.
const (
	Submit     Act = "submit"
	Query      Act = "query"
	Answer     Act = "answer"
	Withdraw   Act = "withdraw"
	Check      Act = "check"
	Refuse     Act = "refuse"
	Approve    Act = "approve"
	Send       Act = "send"   // the hub puts it into a batch
	Pay        Act = "pay"    // the payer says that it was paid
	Return     Act = "return" // the payer says that it was not paid
	AskReverse Act = "ask to reverse"
	Reverse    Act = "reverse"
	Repay      Act = "repay" // the payer has got the money back
	AskWrite   Act = "ask to write off"
	WriteOff   Act = "write off"
	Settle     Act = "settle" // by the hub: the deduction for it was paid
	Waive      Act = "waive"
)

// A Part is what somebody is to a line. It depends on the scheme's file and on the line.
type Part string

// All parts.
const (
	ByClaimant Part = "claimant"
	ByChecker  Part = "checker"
	ByApprover Part = "approver"
	ByPayer    Part = "payer"
	ByHub      Part = "hub"
)

// Why something cannot be done. Pages say it in words.
var (
	ErrState    = errors.New("claim: the line is not where this can be done")
	ErrPart     = errors.New("claim: somebody else does this")
	ErrOwn      = errors.New("claim: nobody acts on their own claim, or twice on one")
	ErrInterest = errors.New("claim: they have an interest in it")
	ErrReason   = errors.New("claim: a reason is needed")
	ErrLimit    = errors.New("claim: it is beyond their limit")
	ErrBudget   = errors.New("claim: it is beyond the budget")
	ErrTaken    = errors.New("claim: it was claimed already")
	ErrInvoice  = errors.New("claim: this invoice was entered already")
	ErrCap      = errors.New("claim: it is beyond what can be paid")
	ErrOverlap  = errors.New("claim: the hours overlap others that were claimed")
	ErrLate     = errors.New("claim: it is late and needs a reason")
	ErrClosed   = errors.New("claim: the year is closed")
	ErrRate     = errors.New("claim: the scheme does not pay for that day")
	ErrBatched  = errors.New("claim: it is with the payer")
	ErrUnseen   = errors.New("claim: there is a doubt that the checker has not looked at")
	ErrSum      = errors.New("claim: the sum is not what was asked for")
)

// A move is a row of the table of what can become of lines. Only moves write states and entries.
type move struct {
	act  Act
	of   []Sort
	from []State
	to   State // "" if it does not change
	by   []Part

	reason bool   // a reason must be given
	plus   string // entries: this ledger account receives the line's sum; "cost" is the account of the line's kind
	minus  string // this ledger account gives it
}

var (
	anySort   = []Sort{Claimed, Adjusted, Invoiced, Deducted, Recovery, Charge}
	payable   = []Sort{Claimed, Adjusted, Invoiced}
	officers  = []Part{ByChecker, ByApprover}
	unchecked = []State{Submitted, Queried, Checked}
)

const ownCost = "cost"

var moves = []move{
	{act: Query, of: []Sort{Claimed}, from: []State{Submitted, Checked}, to: Queried, by: officers, reason: true},
	{act: Answer, of: []Sort{Claimed}, from: []State{Queried}, to: Submitted, by: []Part{ByClaimant}, reason: true},
	{act: Withdraw, of: []Sort{Claimed}, from: unchecked, to: Withdrawn, by: []Part{ByClaimant}},
	{act: Check, of: anySort, from: []State{Submitted}, to: Checked, by: []Part{ByChecker}},
	{act: Refuse, of: anySort, from: unchecked, to: Refused, by: officers, reason: true},

	{act: Approve, of: payable, from: []State{Checked}, to: Approved, by: []Part{ByApprover}, plus: ownCost, minus: owed},
	{act: Approve, of: []Sort{Deducted}, from: []State{Checked}, to: Approved, by: []Part{ByApprover}, plus: backpay, minus: owed},
	{act: Approve, of: []Sort{Recovery}, from: []State{Checked}, to: Recovering, by: []Part{ByApprover}, plus: backpay, minus: ownCost},
	{act: Approve, of: []Sort{Charge}, from: []State{Checked}, to: Charged, by: []Part{ByApprover}, plus: charges, minus: income},

	{act: Send, of: append([]Sort{Deducted}, payable...), from: []State{Approved}, to: Sent, by: []Part{ByHub}},
	{act: Pay, of: append([]Sort{Deducted}, payable...), from: []State{Sent}, to: Paid, by: []Part{ByHub}, plus: owed, minus: bank},
	{act: Return, of: []Sort{Claimed}, from: []State{Sent}, to: Queried, by: []Part{ByHub}, reason: true, plus: owed, minus: ownCost},
	{act: Return, of: []Sort{Adjusted, Invoiced}, from: []State{Sent}, to: Submitted, by: []Part{ByHub}, reason: true, plus: owed, minus: ownCost},
	{act: Return, of: []Sort{Deducted}, from: []State{Sent}, to: Refused, by: []Part{ByHub}, reason: true, plus: owed, minus: backpay},

	{act: AskReverse, of: payable, from: []State{Approved, Paid}, by: officers, reason: true},
	{act: Reverse, of: payable, from: []State{Approved}, to: Reversed, by: []Part{ByApprover}, plus: owed, minus: ownCost},
	{act: Reverse, of: payable, from: []State{Paid}, to: Recovering, by: []Part{ByApprover}, plus: backpay, minus: ownCost},
	{act: Repay, of: append([]Sort{Recovery}, payable...), from: []State{Recovering}, to: Repaid, by: []Part{ByPayer}, plus: bank, minus: backpay},
	{act: AskWrite, of: append([]Sort{Recovery}, payable...), from: []State{Recovering}, by: officers, reason: true},
	{act: WriteOff, of: append([]Sort{Recovery}, payable...), from: []State{Recovering}, to: WrittenOff, by: []Part{ByApprover}, plus: "cost:written-off", minus: backpay},
	{act: Settle, of: append([]Sort{Recovery}, payable...), from: []State{Recovering}, to: Offset, by: []Part{ByHub}},

	{act: Waive, of: []Sort{Charge}, from: []State{Submitted, Checked}, to: Waived, by: append([]Part{ByHub}, officers...), reason: true},
	{act: Waive, of: []Sort{Charge}, from: []State{Charged}, to: Waived, by: []Part{ByApprover, ByHub}, reason: true, plus: income, minus: charges},
	{act: Repay, of: []Sort{Charge}, from: []State{Charged}, to: Repaid, by: []Part{ByPayer}, plus: bank, minus: charges},
}

// An Actor is somebody who does something.
type Actor struct {
	Email string // in small letters
	Part  Part
}

// A Step is an act together with what it needs.
type Step struct {
	Act    Act
	By     Actor
	Reason string // for people to read; for an approval beyond the budget, the reason
	At     time.Time
	Seen   []string // for Check: the doubts that the checker has ticked
	Batch  string   // for Send
	PaidOn Day      // for Pay
	PayRef string
}

// find returns the move for a line, or the error that says why there is none.
func (l *Line) find(s Step) (*move, error) {
	why := ErrState
	for i := range moves {
		m := &moves[i]
		switch {
		case m.act != s.Act || !slices.Contains(m.of, l.Sort) || !slices.Contains(m.from, l.State):
		case !slices.Contains(m.by, s.By.Part):
			why = ErrPart
		default:
			return m, nil
		}
	}
	return nil, why
}

// Acts returns what somebody with this part can do to the line, according to the table.
func (l *Line) Acts(part Part) (acts []Act) {
	for _, m := range moves {
		if l.may(&m, part) && !slices.Contains(acts, m.act) {
			acts = append(acts, m.act)
		}
	}
	return acts
}

func (l *Line) may(m *move, part Part) bool {
	return slices.Contains(m.of, l.Sort) && slices.Contains(m.from, l.State) && slices.Contains(m.by, part)
}

// apply takes a step on a line: it changes the line's state and people, and adds its entries and
// event. It checks the people and what was frozen; the person checks caps, and the budget checks
// money. If it returns an error, nothing has changed.
func (a *Account) apply(n int, s Step) error {
	l := a.Line(n)
	if l == nil {
		return ErrState
	}
	m, err := l.find(s)
	if err != nil {
		return err
	}
	if m.reason && strings.TrimSpace(s.Reason) == "" {
		return ErrReason
	}
	if err := a.people(l, s); err != nil {
		return err
	}
	if l.Pence != Pence(l.Units)*l.Rate {
		return ErrSum // it was changed behind the program's back
	}
	switch s.Act {
	case Query, Refuse, Return, Waive:
		l.Reason = s.Reason
	case Answer:
		l.Answer = s.Reason
	case AskReverse, AskWrite:
		l.Asked = &Asked{What: map[Act]Act{AskReverse: Reverse, AskWrite: WriteOff}[s.Act], By: s.By.Email, Why: s.Reason}
	case Check:
		l.Checker, l.Seen = s.By.Email, s.Seen
	case Approve:
		l.Approver, l.Over = s.By.Email, s.Reason
	case Send:
		l.Batch, l.Batches = s.Batch, append(l.Batches, s.Batch)
	case Pay:
		l.PaidOn, l.PayRef = s.PaidOn, s.PayRef
	case Reverse, WriteOff:
		l.Asked = nil
	}
	switch {
	case m.to == Queried, m.to == Submitted: // both people have to look at it again
		l.Checker, l.Seen, l.Approver, l.Over, l.Batch, l.Asked = "", nil, "", "", "", nil
	}
	if m.to != "" {
		l.State = m.to
	}
	if m.plus != "" {
		a.enter(l, s.Act, m.plus, l.Pence)
		a.enter(l, s.Act, m.minus, -l.Pence)
	}
	a.note(s, l)
	return nil
}

// people enforces the rule of three people: the claimant, the checker and the approver are
// different people, and none has an interest. Likewise whoever asks for something cannot decide on
// it.
func (a *Account) people(l *Line, s Step) error {
	by := s.By.Email
	switch s.By.Part {
	case ByHub:
		return nil
	case ByClaimant:
		if l.Claimant != by {
			return ErrPart
		}
		return nil
	}
	switch {
	case by == "" || by == l.Claimant && s.Act != Repay, by == a.Holder.Email, by == l.Drafted:
		return ErrOwn
	case slices.Contains(a.Closed, by):
		return ErrInterest
	case s.Act == Approve && (by == l.Checker || l.Checker == ""):
		return ErrOwn
	case s.Act == Reverse || s.Act == WriteOff:
		switch {
		case l.Asked == nil || l.Asked.What != s.Act:
			return ErrState
		case l.Asked.By == by:
			return ErrOwn
		}
	}
	return nil
}

func (a *Account) enter(l *Line, why Act, to string, pence Pence) {
	if to == ownCost {
		to = costs + l.Kind
	}
	a.Book = append(a.Book, Entry{To: to, Pence: pence, Line: l.N, Why: why})
}

// note adds the event of a step. It names the line and its new state. What people typed is only in
// the line.
func (a *Account) note(s Step, l *Line) {
	e := a.Past.Add(s.At, string(s.Act), string(s.By.Part), fmt.Sprintf("%d %s", l.N, l.State))
	e.By = s.By.Email
}

// add adds a new line to the account.
func (a *Account) add(l Line, by Actor) *Line {
	l.N, l.State, l.Claimant = len(a.Lines)+1, Submitted, by.Email
	if l.Sort != Claimed && l.Sort != Invoiced { // nobody claims it: whoever proposes it is the first of the two
		l.State, l.Claimant, l.Checker = Checked, "", by.Email
	}
	l.Made = l.Made.UTC().Truncate(time.Millisecond)
	a.Lines = append(a.Lines, &l)
	a.note(Step{Act: Submit, By: by, At: l.Made}, &l)
	return &l
}

// Fault says how the account contradicts itself, without personal data; "" if it does not.
func (a *Account) Fault() string {
	var sum Pence
	type pair struct {
		line int
		why  Act
	}
	for i, e := range a.Book {
		sum += e.Pence
		if a.Line(e.Line) == nil {
			return fmt.Sprintf("entry %d is of no line", i+1)
		}
		if i%2 == 1 {
			if before := a.Book[i-1]; before.Pence != -e.Pence || (pair{before.Line, before.Why}) != (pair{e.Line, e.Why}) {
				return fmt.Sprintf("entries %d and %d are no pair", i, i+1)
			}
		}
	}
	if sum != 0 || len(a.Book)%2 != 0 {
		return "the entries do not add up to nothing"
	}
	keys := map[string]bool{}
	want := map[string]Pence{}
	for i, l := range a.Lines {
		cost := costs + l.Kind
		switch {
		case l.N != i+1:
			return fmt.Sprintf("line %d has another number", i+1)
		case l.Pence != Pence(l.Units)*l.Rate:
			return fmt.Sprintf("the sum of line %d is not its rate for its units", l.N)
		case l.State.Live() && l.Key != "" && keys[l.Key]:
			return fmt.Sprintf("line %d is for the same as another", l.N)
		case (l.State.Owed() || l.State == Paid) && (l.Checker == "" || l.Approver == ""):
			return fmt.Sprintf("line %d was not looked at by two people", l.N)
		case l.Approver != "" && (l.Approver == l.Checker || l.Approver == l.Claimant || l.Checker == l.Claimant ||
			l.Approver == a.Holder.Email || l.Checker == a.Holder.Email || l.Drafted != "" && (l.Drafted == l.Checker ||
			l.Drafted == l.Approver)):
			return fmt.Sprintf("the people of line %d are not three", l.N)
		}
		if l.State.Live() {
			keys[l.Key] = true
		}
		p := l.Pence
		switch {
		case l.Sort == Deducted && l.State.Owed():
			want[owed] -= p
			want[backpay] += p
		case l.Sort == Deducted && l.State == Paid:
			want[backpay] += p
			want[bank] -= p
		case l.Sort == Recovery && (l.State == Recovering || l.State == Offset):
			want[backpay] += p
			want[cost] -= p
		case l.Sort == Recovery && l.State == Repaid:
			want[bank] += p
			want[cost] -= p
		case l.Sort == Recovery && l.State == WrittenOff:
			want[costs+"written-off"] += p
			want[cost] -= p
		case l.Sort == Charge && l.State == Charged:
			want[charges] += p
			want[income] -= p
		case l.Sort == Charge && l.State == Repaid:
			want[bank] += p
			want[income] -= p
		case l.State.Owed():
			want[cost] += p
			want[owed] -= p
		case l.State == Paid:
			want[cost] += p
			want[bank] -= p
		case l.State == Recovering || l.State == Offset:
			want[backpay] += p
			want[bank] -= p
		case l.State == WrittenOff:
			want[costs+"written-off"] += p
			want[bank] -= p
		}
	}
	have := map[string]Pence{}
	for _, e := range a.Book {
		have[e.To] += e.Pence
	}
	for _, e := range a.Book {
		if have[e.To] != want[e.To] {
			return "the balance of " + e.To + " is not that of its lines"
		}
	}
	for to, p := range want {
		if have[to] != p {
			return "the balance of " + to + " is not that of its lines"
		}
	}
	return ""
}

// events says what is wrong with the account's chain.
func (a *Account) events() string { return a.Past.Fault(a.ID, a.says) }

var _ record.Document = (*Account)(nil)
