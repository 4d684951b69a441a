package claim

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/letter"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
)

// A Desk takes claims and keeps the ledger. Set its fields once, before first use. The methods may
// be called from several goroutines, and several desks may work on one store.
type Desk struct {
	Store   record.Store
	Schemes []*scheme.Scheme
	Now     func() time.Time
	Facts   Facts
	// Secret is used to make the ids of persons, so that a number does not reveal whether somebody
	// has a record. It is called when the first id is made. See [KeptSecret].
	Secret func() ([]byte, error)
	// Real means that real money is at stake. Then a scheme with a role at example.org takes no
	// claims.
	Real bool

	// Office reports whether somebody belongs to the office, which enters spending that was not
	// claimed. If it is nil, nobody does.
	Office func(email string) bool

	// Doubts returns what a checker has to tick before checking a line of an account; package doubt
	// finds the doubts. It may be nil: then there are none.
	Doubts func(ctx context.Context, a *Account) ([]string, error)

	// Trace notes for audits that a record was removed; sum is the first of its chain. It may be
	// nil.
	Trace func(ctx context.Context, sum []byte, why string) error

	// Only for letters and statements.
	BaseURL  string
	MailFrom string
	Template func(name string) *letter.Template
	Hub      func(fact string) (string, bool)
	PDF      func(*document.Document) ([]byte, error)
	Log      *slog.Logger
}

// Facts are what other stories and the editors know about those who claim.
type Facts interface {
	// Claimants returns the parts in schemes of the person with the email address.
	Claimants(ctx context.Context, email string) ([]Claimant, error)
	// Sessions returns the mentoring sessions that somebody logged in a period, with codes of
	// pairs.
	Sessions(ctx context.Context, c Claimant, from, to course.Date) ([]Session, error)
	// Came returns the workshops that somebody came to in a period.
	Came(ctx context.Context, c Claimant, from, to course.Date) ([]Workshop, error)
	// Finished is the day on which somebody had come to the whole of their course; the zero date if
	// they have not.
	Finished(ctx context.Context, c Claimant) (course.Date, error)
	// Conversations returns those that somebody held, by the day of the last part.
	Conversations(ctx context.Context, c Claimant, from, to course.Date) ([]Conversation, error)
	// Mentor returns what else mentoring says about somebody, by the reference of their
	// application. It is empty for somebody who is not a mentor.
	Mentor(ctx context.Context, application string) (Mentor, error)
}

// A Mentor is what mentoring says about a mentor, as far as it concerns money. Its functions may be
// nil.
type Mentor struct {
	Agreed    func(course.Date) bool // to the scheme's terms
	Paired    func(course.Date) bool // with anybody, and registered
	Planned   bool                   // there is a mentoring plan
	Suspended func(course.Date) bool // nothing is paid for these days
	Away      func(course.Date) bool // as they had announced
	Left      course.Date            // the last day on the register; zero if they are still on it
	Ended     map[string]course.Date // the last day of each pair, by its code; zero if it goes on
	Asked     int                    // people who were asked whether sessions took place; 0 if fewer than 5
	Confirmed int                    // how many of them said yes
}

func on(f func(course.Date) bool, day course.Date) bool { return f != nil && f(day) }

// A Claimant is somebody's part in a scheme.
type Claimant struct {
	Scheme      string // id
	Application string // reference
	Name        string
	Email       string
	Number      string // on a professional register, normalised: "gmc 7654321"
	Practice    string // its code
	Begins      course.Date
	Until       course.Date // the last day for which anything is paid; zero if there is none
}

// A Session of mentoring, as far as it concerns money.
type Session struct {
	Pair    string // its code: "P-7K3D"
	Start   time.Time
	Minutes int
	Outcome string // "held", or another outcome of mentoring

	Unregistered bool // the pair was not registered on that day, or had ended
}

// A Workshop that somebody came to.
type Workshop struct {
	Course string // id
	Start  time.Time
	End    time.Time
}

// A Conversation is about a career. It may take several parts.
type Conversation struct {
	Ref       string
	Colleague string  // a code
	Practice  string  // the colleague's, as a code
	Parts     []Hours // in order of time
	Confirmed bool    // by the colleague
}

// KeptSecret returns the hub's own secret, which is kept in its store and made on first use.
func KeptSecret(s record.Store) func() ([]byte, error) {
	return record.KeptSecret(s, KindSecret, "claim-secret")
}

// Scheme returns the scheme with the id; nil if there is none.
func (d *Desk) Scheme(id string) *scheme.Scheme {
	i := slices.IndexFunc(d.Schemes, func(s *scheme.Scheme) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return d.Schemes[i]
}

// Open reports whether a scheme takes claims and pays at all. It does not while its roles are only
// placeholders.
func (d *Desk) Open(s *scheme.Scheme) bool { return !d.Real || !s.Placeholder() }

// personID returns the id of somebody's record.
func (d *Desk) personID(c Claimant) (string, error) {
	secret, err := d.Secret()
	if err != nil {
		return "", fmt.Errorf("finding a person: %w", err)
	}
	who := c.Number
	if who == "" {
		who = strings.ToLower(c.Email)
	}
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(who))
	return "payee." + hex.EncodeToString(m.Sum(nil))[:20], nil
}

// refLetters has no vowels, so that no word appears. References have no digits, so that no
// spreadsheet takes one for a number.
const refLetters = "CDFHJKMPRTWXY"

// refOf returns what files for the payer call a person: "KTCD-WPHX".
func refOf(person string) string {
	sum := sha256.Sum256([]byte(person))
	var b strings.Builder
	for i, c := range sum[:8] {
		if i == 4 {
			b.WriteByte('-')
		}
		b.WriteByte(refLetters[int(c)%len(refLetters)])
	}
	return b.String()
}

func (d *Desk) accounts() *record.Keeper[*Account] {
	return &record.Keeper[*Account]{
		Store: d.Store, Kind: KindAccount, New: func(id string) *Account { return &Account{ID: id} }, Anew: true,
		Entry: func(a *Account) (record.Record, error) {
			if err := a.Past.Seal(a.ID, a.says); err != nil {
				return record.Record{}, err
			}
			brief, err := a.brief()
			return record.Record{
				ID: a.ID, Status: "account", Due: a.Mail.Due(), Data: nil,
				Shelf: shelf(a.Scheme, a.Year), Since: a.Past[0].At, Number: a.Holder.Number, Email: a.Holder.Email, Brief: brief,
			}, err
		},
	}
}

func shelf(scheme, year string) string { return "claims " + scheme + " " + year }

func (d *Desk) persons() *record.Keeper[*Person] {
	return &record.Keeper[*Person]{
		Store: d.Store, Kind: KindPerson, New: func(id string) *Person { return &Person{ID: id, hash: d.hashed} }, Anew: true,
		Entry: func(p *Person) (record.Record, error) {
			r := record.Record{ID: p.ID, Status: "person", Email: p.Email}
			if p.Vendor.Ref != "" {
				r.Number = vendorKey(p.Vendor.Ref)
			}
			return r, nil
		},
	}
}

func (d *Desk) budgets() *record.Keeper[*Budget] {
	return &record.Keeper[*Budget]{
		Store: d.Store, Kind: KindBudget, New: func(id string) *Budget { return &Budget{ID: id} }, Anew: true,
		Entry: func(b *Budget) (record.Record, error) {
			return record.Record{ID: b.ID, Status: "budget"}, nil
		},
	}
}

// changeSet is what one step changes: an account, its owner, and the budget that it draws on.
type changeSet struct {
	account *Account
	person  *Person // nil for the office's account
	budget  *Budget

	personChanged bool // the person's record has changed
}

// Invoices returns a scheme's account in a year for spending that was not claimed. It is empty
// until there is any.
func (d *Desk) Invoices(ctx context.Context, scheme, year string) (*Account, error) {
	return d.accounts().Get(ctx, accountID(scheme, year, Office))
}

// Account reads an account by its id. It returns [record.ErrNotFound] if there is none.
func (d *Desk) Account(ctx context.Context, id string) (*Account, error) {
	a, err := d.accounts().Get(ctx, id)
	if err == nil && a.Version() == 0 {
		err = record.ErrNotFound
	}
	return a, err
}

// ReadAccount returns the account in a record that was already read.
func (d *Desk) ReadAccount(r record.Record) (*Account, error) { return d.accounts().Read(r) }

// BudgetOf returns the budget's record of a scheme and year.
func (d *Desk) BudgetOf(ctx context.Context, scheme, year string) (*Budget, error) {
	b, err := d.budgets().Get(ctx, budgetID(scheme, year))
	b.Scheme, b.Year = scheme, year
	return b, err
}

// change changes an account with everything that depends on it, or nothing. f is called again on
// the latest state if others came first; if it returns an error, nothing is written. The budget is
// read first, so a change of a sum either comes before a batch is made, or sees that it was made.
func (d *Desk) change(
	ctx context.Context, scheme, year, person string, f func(*changeSet) error,
) (s *changeSet, err error) {
	err = record.Together(ctx, d.Store, func(set *record.Set) (err error) {
		s = &changeSet{}
		if s.budget, err = d.BudgetOf(ctx, scheme, year); err != nil {
			return err
		}
		if s.account, err = d.accounts().Get(ctx, accountID(scheme, year, person)); err != nil {
			return err
		}
		s.account.Scheme, s.account.Year, s.account.Person = scheme, year, person
		if person != Office {
			if s.person, err = d.persons().Get(ctx, person); err != nil {
				return err
			}
		}
		spent, committed := s.account.Spent(), s.account.Committed()
		if err := f(s); err != nil {
			return err
		}
		if spent != s.account.Spent() || committed != s.account.Committed() {
			s.budget.Spent += s.account.Spent() - spent
			s.budget.Committed += s.account.Committed() - committed
			d.budgets().Put(set, s.budget)
		}
		if s.personChanged {
			d.persons().Put(set, s.person)
		}
		d.accounts().Put(set, s.account)
		return nil
	})
	return s, err
}

// officer returns somebody's entry in a list of the scheme; nil if they are not on it.
func officer(list []scheme.Officer, email string) *scheme.Officer {
	i := slices.IndexFunc(list, func(o scheme.Officer) bool { return strings.EqualFold(o.Email, email) })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// Parts returns the parts that the scheme's file gives somebody.
func Parts(s *scheme.Scheme, email string) (parts []Part) {
	for _, role := range []struct {
		part Part
		held []scheme.Officer
	}{{ByChecker, s.Checkers}, {ByApprover, s.Approvers}, {ByPayer, s.Payers}} {
		if officer(role.held, email) != nil {
			parts = append(parts, role.part)
		}
	}
	return parts
}

// A LineRef names a line.
type LineRef struct {
	Account string
	N       int
}

// Do performs an act on a line. The scheme's file and the line decide what part the person has. If
// two people do the same at once, the second gets [ErrState]. A line with doubts can be checked
// only by [Desk.CheckLines]; here it returns [ErrUnseen].
func (d *Desk) Do(ctx context.Context, at LineRef, act Act, email, reason string) (*Account, error) {
	a, err := d.Account(ctx, at.Account)
	if err != nil {
		return nil, err
	}
	if act == Check {
		done, err := d.CheckLines(ctx, at.Account, []int{at.N}, nil, email)
		if err != nil {
			return nil, err
		}
		if done[0].Err != nil {
			return nil, done[0].Err
		}
		return d.Account(ctx, at.Account)
	}
	return d.do(ctx, a.Scheme, a.Year, a.Person, at.N, act, strings.ToLower(email), reason)
}

// CheckLines checks lines of an account, one after the other. seen are the doubts that the checker
// has ticked. If one is not ticked, no line is checked and it returns [ErrUnseen].
func (d *Desk) CheckLines(ctx context.Context, account string, lines []int, seen []string, email string) ([]Result,
	error) {
	a, err := d.Account(ctx, account)
	if err != nil {
		return nil, err
	}
	if d.Doubts != nil {
		doubts, err := d.Doubts(ctx, a)
		if err != nil {
			return nil, err
		}
		for _, doubt := range doubts {
			if !slices.Contains(seen, doubt) {
				return nil, ErrUnseen
			}
		}
		seen = doubts
	}
	var done []Result
	for _, n := range lines {
		_, err := d.do(ctx, a.Scheme, a.Year, a.Person, n, Check, strings.ToLower(email), "", seen...)
		done = append(done, Result{LineRef{account, n}, err})
		if err != nil && !isRule(err) {
			return done, err // the store does not answer
		}
	}
	return done, nil
}

func (d *Desk) do(ctx context.Context, schemeID, year, person string, n int, act Act, email, reason string,
	seen ...string) (*Account, error) {
	s := d.Scheme(schemeID)
	if s == nil || !d.Open(s) {
		return nil, ErrPart
	}
	errUnmarked := errors.New("unmarked")
	for {
		changed, err := d.change(ctx, schemeID, year, person, func(c *changeSet) error {
			if act == Reverse && c.budget.Marked < c.budget.Batches {
				return errUnmarked // the line may be in that batch
			}
			return d.step(c, s, n, Step{Act: act, Reason: strings.TrimSpace(reason), Seen: seen, At: d.Now()}, email)
		})
		if !errors.Is(err, errUnmarked) {
			if changed == nil {
				return nil, err
			}
			return changed.account, err
		}
		if err := d.Mark(ctx, schemeID, year); err != nil {
			return nil, err
		}
	}
}

// step performs a person's act on a line.
func (d *Desk) step(c *changeSet, s *scheme.Scheme, n int, step Step, email string) error {
	l := c.account.Line(n)
	if l == nil {
		return ErrState
	}
	act := step.Act
	parts := Parts(s, email)
	if l.Claimant == email {
		parts = append([]Part{ByClaimant}, parts...)
	}
	err := ErrPart
	for _, p := range parts {
		step.By = Actor{email, p}
		if _, err = l.find(step); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	if deduction := c.account.deduction(l.N); deduction != nil && (act == Repay || act == WriteOff || act == AskWrite) {
		return ErrState // it is being taken off a payment
	}
	before := c.account.Spent() + c.account.Committed()
	if err := c.account.apply(n, step); err != nil {
		return err
	}
	if act == Approve {
		by := officer(s.Approvers, email)
		if by.Limit > 0 && max(l.Pence, -l.Pence) > Pence(by.Limit) {
			return ErrLimit
		}
		more := c.account.Spent() + c.account.Committed() - before
		if err := c.budget.allow(s, course.DateOf(d.Now()), more, by, step.Reason); err != nil {
			return err
		}
	}
	c.follow(l)
	c.account.tell(act, l, d.Now())
	return nil
}

// follow brings the person's record up to date with a line.
func (c *changeSet) follow(l *Line) {
	if c.person != nil {
		c.personChanged = c.person.follow(c.account.ID, l) || c.personChanged
	}
}

// ifSet returns a far day for a time that is not set.
func ifSet(t time.Time) time.Time {
	if t.IsZero() {
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

// deduction returns the line that takes off a payment what the line numbered of is to bring back;
// nil if there is none.
func (a *Account) deduction(of int) *Line {
	for _, l := range a.Lines {
		if l.Sort == Deducted && l.Of == of && l.State.Live() {
			return l
		}
	}
	return nil
}

// A Result says what became of one of several lines.
type Result struct {
	At  LineRef
	Err error
}

// ApproveAll approves several lines, one after the other. Each is a step of its own, and the
// results name those that could not be approved. If their sum exceeds the approver's limit, none is
// approved.
func (d *Desk) ApproveAll(ctx context.Context, lines []LineRef, email, reason string) ([]Result, error) {
	sums := map[string]Pence{}
	accounts := map[string]*Account{}
	for _, at := range lines {
		a := accounts[at.Account]
		if a == nil {
			var err error
			if a, err = d.Account(ctx, at.Account); err != nil {
				return nil, err
			}
			accounts[at.Account] = a
		}
		if l := a.Line(at.N); l != nil {
			sums[a.Scheme] += l.Pence
		}
	}
	for id, sum := range sums {
		s := d.Scheme(id)
		if s == nil {
			return nil, ErrPart
		}
		by := officer(s.Approvers, email)
		if by == nil {
			return nil, ErrPart
		}
		if by.Limit > 0 && sum > Pence(by.Limit) {
			return nil, ErrLimit
		}
	}
	var done []Result
	for _, at := range lines {
		_, err := d.Do(ctx, at, Approve, email, reason)
		done = append(done, Result{at, err})
		if err != nil && !isRule(err) {
			return done, err // the store does not answer
		}
	}
	return done, nil
}

// isRule reports whether an error is a rule of this package, and not an error of the store.
func isRule(err error) bool {
	return slices.ContainsFunc([]error{
		ErrState, ErrPart, ErrOwn, ErrInterest, ErrReason, ErrLimit, ErrBudget, ErrTaken, ErrInvoice, ErrCap, ErrOverlap, ErrLate, ErrClosed, ErrRate,
		ErrBatched, ErrSum, ErrSuspended, ErrActivity, ErrUnseen, ErrShort, ErrUnconfirmed,
	}, func(rule error) bool { return errors.Is(err, rule) })
}

// Declare notes that an officer has an interest in an account. From then on they can do nothing in
// it.
func (d *Desk) Declare(ctx context.Context, account, email string) error {
	a, err := d.Account(ctx, account)
	if err != nil {
		return err
	}
	s := d.Scheme(a.Scheme)
	if s == nil || len(Parts(s, email)) == 0 {
		return ErrPart
	}
	_, err = d.accounts().AmendRead(ctx, account, a, func(a *Account) error {
		email = strings.ToLower(email)
		if slices.Contains(a.Closed, email) {
			return record.ErrUnchanged
		}
		a.Closed = append(a.Closed, email)
		a.Past.Add(d.Now(), "interest", "officer", "").By = email
		return nil
	})
	return err
}
