package claim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
	"traininghub/internal/table"
)

// MaxRows is how many lines a batch can have: as many as fit into a record with their answers.
const MaxRows = 600

// A Batch is what the payer is asked to pay. Its rows never change; the payer's answers are added.
// It is written before its lines are marked. Marking them can be interrupted and started again.
type Batch struct {
	record.Kept
	ID      string        `json:"id"`
	Scheme  string        `json:"scheme"`
	Year    string        `json:"year"`
	Number  string        `json:"number"` // "2021/22-07": without gaps within a scheme and year
	Rows    []Row         `json:"rows"`
	Sum     Pence         `json:"sum"`
	By      string        `json:"by"`
	Made    time.Time     `json:"made"` // UTC
	Hash    string        `json:"hash"` // SHA-256 of its file
	Replies []Reply       `json:"replies,omitempty"`
	Pending bool          `json:"pending,omitempty"` // some lines still have to be marked
	Mail    record.Outbox `json:"letters,omitempty"`
	Past    record.Events `json:"events"`
}

// A Row is a line as the payer sees it. The names in its JSON are short, since there are many rows.
type Row struct {
	Account  string `json:"a"`
	Line     int    `json:"l"`
	Key      string `json:"k"` // what the payer calls it: "KTCD-WPHX-3"
	Kind     string `json:"i"`
	Day      Day    `json:"d"`
	Payee    string `json:"n"`
	Vendor   string `json:"v,omitempty"`
	Practice string `json:"o,omitempty"`
	Supplier bool   `json:"s,omitempty"`
	Units    int    `json:"u"`
	Rate     Pence  `json:"r"`
	Pence    Pence  `json:"p"`
	What     string `json:"w"` // neutral: never what kind of help somebody gave
	Checker  string `json:"c"`
	Approver string `json:"y"`
	On       Day    `json:"t"`              // when it was approved
	Paid     string `json:"paid,omitempty"` // the answer: "paid", "unpaid", or "" for none yet
	PaidOn   Day    `json:"paid_on,omitempty"`
	PayRef   string `json:"pay_ref,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// A Reply is a file that the payer sent back and that the hub took.
type Reply struct {
	Hash string    `json:"hash"` // SHA-256 of the file
	By   string    `json:"by"`
	At   time.Time `json:"at"` // UTC
	Rows int       `json:"rows"`
}

// says returns what the chain covers of a batch.
func (b *Batch) says() ([]byte, error) {
	return record.Sum([]any{b.ID, b.Scheme, b.Year, b.Number, b.Rows, b.Sum, b.By, b.Made, b.Hash, b.Replies})
}

// batchMade is the first event of a batch, which notes the hash of its file.
const batchMade = "made"

func (d *Desk) batches() *record.Keeper[*Batch] {
	return &record.Keeper[*Batch]{
		Store: d.Store, Kind: KindBatch, New: func(id string) *Batch { return &Batch{ID: id} },
		Entry: func(b *Batch) (record.Record, error) {
			r := record.Record{ID: b.ID, Status: "batch", Due: b.Mail.Due(), Shelf: "batches " + b.Scheme, Since: b.Made}
			if b.Pending {
				r.Due = b.Made
			}
			return r, b.Past.Seal(b.ID, b.says)
		},
	}
}

// batchColumns are the columns of the payer's file.
var batchColumns = []string{
	"batch", "row", "claim_ref", "line_key", "scheme", "activity", "financial_year", "period", "activity_date", "payee_kind", "payee_name",
	"vendor_ref", "ods_code", "units", "unit_rate", "amount", "cost_code", "description", "checked_by", "approved_by", "approved_on",
	"rows_in_batch", "sum_of_batch",
}

// render makes the payer's file from the batch alone.
func (b *Batch) render() ([]byte, error) {
	var out bytes.Buffer
	t, err := table.New(&out)
	if err != nil {
		return nil, err
	}
	t.Row(batchColumns...)
	for i, r := range b.Rows {
		payee := "gp"
		switch {
		case r.Supplier:
			payee = "supplier"
		case r.Pence < 0:
			payee = "gp (deduction)"
		}
		ref := r.Key[:max(0, strings.LastIndex(r.Key, "-"))]
		t.Row(
			b.Number, strconv.Itoa(i+1), ref+"-"+strings.ReplaceAll(r.Day.Month(), "-", ""), r.Key, b.Scheme, r.Kind, b.Year, r.Day.Month(), string(r.Day), payee, table.Text(r.Payee),
			table.Text(r.Vendor), table.Text(r.Practice), strconv.Itoa(r.Units), r.Rate.Decimal(), r.Pence.Decimal(), b.Scheme+"/"+r.Kind+"/"+b.Year, table.Text(r.What),
			table.Text(r.Checker), table.Text(r.Approver), string(r.On), strconv.Itoa(len(b.Rows)), b.Sum.Decimal(),
		)
	}
	if err := t.Flush(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func fileHash(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// ErrFile means that a batch no longer gives the file that was noted. Somebody changed it behind
// the program's back, and it must not be paid.
var ErrFile = errors.New("claim: the batch is not what was written down")

// File returns the payer's file. It is made from the batch each time, and is always the same.
func (b *Batch) File() ([]byte, error) {
	file, err := b.render()
	if err == nil && fileHash(file) != b.Hash {
		err = ErrFile
	}
	return file, err
}

// A Proposal is what a batch would contain, and what is held back.
type Proposal struct {
	Rows []Row
	Sum  Pence
	Back []HeldBack
}

// HeldBack is an approved line that does not go into a batch yet.
type HeldBack struct {
	At  LineRef
	Why string
}

// waitVendor is for how many working days nothing is paid after a vendor reference was changed.
// This gives payees who know nothing of the change time to say so.
const waitVendor = 5

// propose gathers what is approved and was done up to a day, ordered by reference. A payee whose
// sum would be below zero waits for the next batch.
func (d *Desk) propose(ctx context.Context, s *scheme.Scheme, year string, until course.Date) (*Proposal, error) {
	ids, err := d.ids(ctx, s.ID, year, Approved)
	if err != nil {
		return nil, err
	}
	p := &Proposal{}
	today := course.DateOf(d.Now())
	for _, id := range ids {
		a, err := d.accounts().Get(ctx, id)
		if err != nil {
			return nil, err
		}
		var rows []Row
		var sum Pence
		var vendor Vendor
		mentor, err := d.mentor(ctx, a)
		if err != nil {
			return nil, err
		}
		if a.Person != Office {
			person, err := d.persons().Get(ctx, a.Person)
			if err != nil {
				return nil, err
			}
			vendor = person.Vendor
		}
		for _, l := range a.Lines {
			if l.State != Approved || until.Before(l.Day.Date()) {
				continue
			}
			why := vendor.holds(a, today)
			if l.Sort == Claimed && (on(mentor.Suspended, today) || on(mentor.Suspended, l.Day.Date())) {
				why = "the mentor is suspended, or was on that day"
			}
			if why != "" {
				p.Back = append(p.Back, HeldBack{LineRef{id, l.N}, why})
				continue
			}
			r := Row{
				Account: id, Line: l.N, Key: fmt.Sprintf("%s-%d", a.Holder.Ref, l.N), Kind: l.Kind, Day: l.Day, Payee: a.Holder.Name, Vendor: vendor.Ref,
				Practice: a.Holder.Practice, Units: l.Units, Rate: l.Rate, Pence: l.Pence, What: neutral(l),
				Checker: l.Checker, Approver: l.Approver, On: a.approvedOn(l.N),
			}
			if l.Payee != "" {
				r.Key, r.Payee, r.Supplier = fmt.Sprintf("%s-%d", refOf(a.ID), l.N), l.Payee, true
			}
			rows, sum = append(rows, r), sum+r.Pence
		}
		switch {
		case sum < 0:
			for _, r := range rows {
				p.Back = append(p.Back, HeldBack{LineRef{id, r.Line}, "more is to be paid back than is owed"})
			}
		case len(p.Rows)+len(rows) > MaxRows:
			for _, r := range rows {
				p.Back = append(p.Back, HeldBack{LineRef{id, r.Line}, "the batch is full: it goes into the next one"})
			}
		default:
			p.Rows, p.Sum = append(p.Rows, rows...), p.Sum+sum
		}
	}
	slices.SortFunc(p.Rows, func(a, b Row) int {
		if c := strings.Compare(a.Account, b.Account); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return p, nil
}

// mentor returns what mentoring says about the holder of an account. It is empty for the office,
// and if there is nobody to ask.
func (d *Desk) mentor(ctx context.Context, a *Account) (Mentor, error) {
	if a.Person == Office || d.Facts == nil {
		return Mentor{}, nil
	}
	return d.Facts.Mentor(ctx, a.Holder.Application)
}

// holds says why the holder of an account cannot be paid today; "" if they can.
func (v Vendor) holds(a *Account, today course.Date) string {
	if a.Person == Office {
		return ""
	}
	if v.Ref == "" {
		return "the payer's reference for the payee is missing"
	}
	if course.DateOf(course.AddWorkingDays(v.Since.Date().Time(), waitVendor)).Before(today) {
		return ""
	}
	return "the payer's reference for the payee was changed less than 5 working days ago"
}

// neutral is how the payer sees a line described.
func neutral(l *Line) string {
	switch l.Sort {
	case Invoiced:
		return "Invoice " + l.Invoice
	case Deducted:
		return "Deduction"
	}
	return "Clinical leadership session"
}

// approvedOn is the day on which a line was approved.
func (a *Account) approvedOn(n int) Day {
	for _, e := range slices.Backward(a.Past) {
		if id, _ := e.About(); e.What == string(Approve) && id == strconv.Itoa(n) {
			return DayOf(course.DateOf(e.At))
		}
	}
	return ""
}

// Propose returns what a batch made now would contain.
func (d *Desk) Propose(ctx context.Context, schemeID, year string, until course.Date) (*Proposal, error) {
	s := d.Scheme(schemeID)
	if s == nil {
		return nil, ErrPart
	}
	return d.propose(ctx, s, year, until)
}

// MakeBatch makes a batch of everything that is approved and was done up to a day. An approver
// makes it, and types how many lines they expect and their sum. If either differs, nothing is made.
func (d *Desk) MakeBatch(ctx context.Context, schemeID, year string, until course.Date, count int, sum Pence, email string) (*Batch, error) {
	s := d.Scheme(schemeID)
	if s == nil || officer(s.Approvers, email) == nil || !d.Open(s) {
		return nil, ErrPart
	}
	var b *Batch
	errUnmarked := errors.New("unmarked")
	for {
		err := record.Together(ctx, d.Store, func(set *record.Set) error {
			budget, err := d.BudgetOf(ctx, schemeID, year)
			if err != nil {
				return err
			}
			if budget.Marked < budget.Batches { // so that no line goes into two batches
				return errUnmarked
			}
			p, err := d.propose(ctx, s, year, until)
			if err != nil {
				return err
			}
			if len(p.Rows) == 0 || len(p.Rows) != count || p.Sum != sum {
				return ErrSum
			}
			budget.Batches++
			if b, err = d.newBatch(s, year, budget.Batches, p, email); err != nil {
				return err
			}
			d.budgets().Put(set, budget)
			d.batches().Put(set, b)
			return nil
		})
		switch {
		case err == nil:
			return b, d.Mark(ctx, schemeID, year)
		case !errors.Is(err, errUnmarked):
			return nil, err
		}
		if err := d.Mark(ctx, schemeID, year); err != nil {
			return nil, err
		}
	}
}

// newBatch makes a batch with this number of a scheme and year.
func (d *Desk) newBatch(s *scheme.Scheme, year string, n int, p *Proposal, email string) (*Batch, error) {
	b := &Batch{
		ID: batchID(s.ID, year, n), Scheme: s.ID, Year: year, Number: fmt.Sprintf("%s-%02d", year, n), Rows: p.Rows, Sum: p.Sum,
		By: strings.ToLower(email), Made: d.Now().UTC().Truncate(time.Millisecond), Pending: true,
	}
	file, err := b.render()
	if err != nil {
		return nil, err
	}
	b.Hash = fileHash(file)
	b.Past.Add(b.Made, batchMade, string(ByApprover), b.Hash).By = b.By
	for i := range s.Payers {
		b.Mail.Owe(fmt.Sprintf("batch-%d", i+1), LetterBatch, b.Made)
	}
	return b, nil
}

// Batch reads a batch. It returns [record.ErrNotFound] if there is none.
func (d *Desk) Batch(ctx context.Context, id string) (*Batch, error) { return d.batches().Get(ctx, id) }

// Batches returns a scheme's batches, newest first.
func (d *Desk) Batches(ctx context.Context, scheme string, most int) (all []*Batch, err error) {
	some, err := d.Store.List(ctx, record.Range{Kind: KindBatch, Shelf: "batches " + scheme, Newest: true, Max: most})
	for _, r := range some {
		b, err := d.Batch(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, err
}

// Mark marks the lines of a scheme's batches of a year that were made but not marked yet. It can be
// called at any time, and again and again.
func (d *Desk) Mark(ctx context.Context, schemeID, year string) error {
	budget, err := d.BudgetOf(ctx, schemeID, year)
	for n := budget.Marked + 1; err == nil && n <= budget.Batches; n++ {
		err = d.settle(ctx, batchID(schemeID, year, n))
	}
	return err
}

// settle does to the lines of a batch what its rows say: they are sent, paid or returned. It skips
// what was done before, so it can be interrupted and called again.
func (d *Desk) settle(ctx context.Context, id string) error {
	b, err := d.Batch(ctx, id)
	if err != nil {
		return err
	}
	byAccount := map[string][]int{}
	var ids []string
	for i, r := range b.Rows {
		if byAccount[r.Account] == nil {
			ids = append(ids, r.Account)
		}
		byAccount[r.Account] = append(byAccount[r.Account], i)
	}
	for part := range slices.Chunk(ids, mostTogether) {
		if err := d.settleSome(ctx, b, part, byAccount); err != nil {
			return err
		}
	}
	var n int
	fmt.Sscanf(id[strings.LastIndex(id, ".")+1:], "%d", &n)
	err = record.Together(ctx, d.Store, func(set *record.Set) error {
		budget, err := d.BudgetOf(ctx, b.Scheme, b.Year)
		if err != nil || budget.Marked >= n {
			return err
		}
		budget.Marked = n
		d.budgets().Put(set, budget)
		return nil
	})
	if err != nil {
		return err
	}
	version := b.Version()
	_, err = d.batches().Amend(ctx, id, func(b *Batch) error {
		if !b.Pending || b.Version() != version { // or an answer came in the meantime
			return record.ErrUnchanged
		}
		b.Pending = false
		return nil
	})
	return err
}

// mostTogether is how many accounts are written at once, together with their persons and the
// budget: a store takes ten records.
const mostTogether = 4

// settleSome is settle for some accounts, which are written together with the budget.
func (d *Desk) settleSome(ctx context.Context, b *Batch, ids []string, rows map[string][]int) error {
	return record.Together(ctx, d.Store, func(set *record.Set) error {
		budget, err := d.BudgetOf(ctx, b.Scheme, b.Year)
		if err != nil {
			return err
		}
		spent, committed := budget.Spent, budget.Committed
		for _, id := range ids {
			if err := d.settleAccount(ctx, set, b, id, rows[id], budget); err != nil {
				return err
			}
		}
		if spent != budget.Spent || committed != budget.Committed {
			d.budgets().Put(set, budget)
		}
		return nil
	})
}

// settleAccount is settle for one account. Its changes join the set.
func (d *Desk) settleAccount(ctx context.Context, set *record.Set, b *Batch, id string, rows []int, budget *Budget) error {
	a, err := d.accounts().Get(ctx, id)
	if err != nil {
		return err
	}
	c := &changeSet{account: a}
	spent, committed := a.Spent(), a.Committed()
	var changed []*Line
	for _, i := range rows {
		n := len(a.Past)
		if err := d.settleRow(a, b, b.Rows[i]); err != nil {
			return fmt.Errorf("row %d of %s: %w", i+1, b.ID, err)
		}
		if len(a.Past) > n {
			changed = append(changed, a.Line(b.Rows[i].Line))
		}
	}
	if len(changed) == 0 {
		return nil
	}
	budget.Spent += a.Spent() - spent
	budget.Committed += a.Committed() - committed
	d.accounts().Put(set, a)
	returned := slices.ContainsFunc(changed, func(l *Line) bool { return !l.State.Owed() && l.State != Paid })
	if a.Person == Office || !returned {
		return nil
	}
	if c.person, err = d.persons().Get(ctx, a.Person); err != nil {
		return err
	}
	for _, l := range changed {
		c.follow(l)
	}
	if c.personChanged {
		d.persons().Put(set, c.person)
	}
	return nil
}

// settleRow does to one line what a row says, if that was not done before.
func (d *Desk) settleRow(a *Account, b *Batch, r Row) error {
	l := a.Line(r.Line)
	if l == nil {
		return ErrState
	}
	step := Step{By: Actor{Part: ByHub}, At: d.Now(), Batch: b.ID}
	do := func(act Act) error {
		step.Act = act
		err := a.apply(r.Line, step)
		if err == nil {
			a.tell(act, l, step.At)
		}
		return err
	}
	if !slices.Contains(l.Batches, b.ID) {
		if err := do(Send); err != nil {
			return err
		}
	}
	if l.Batch != b.ID || l.State != Sent {
		return nil
	}
	switch r.Paid {
	case "paid":
		step.PaidOn, step.PayRef = r.PaidOn, r.PayRef
		if err := do(Pay); err != nil {
			return err
		}
		if of := a.Line(l.Of); l.Sort == Deducted && of != nil && of.State == Recovering {
			return a.apply(l.Of, Step{Act: Settle, By: Actor{Part: ByHub}, At: step.At})
		}
	case "unpaid":
		step.Reason = r.Reason
		return do(Return)
	}
	return nil
}

// SetVendor notes the payer's reference for the holder of an account. One officer enters it, and a
// second has to enter the same. Then nothing is paid for 5 working days, and the holder is told.
func (d *Desk) SetVendor(ctx context.Context, account, ref, email string) (set bool, err error) {
	email = strings.ToLower(email)
	ref = strings.TrimSpace(ref)
	a, err := d.Account(ctx, account)
	if err != nil {
		return false, err
	}
	s := d.Scheme(a.Scheme)
	if s == nil || len(Parts(s, email)) == 0 || a.Person == Office {
		return false, ErrPart
	}
	if a.Holder.Email == email {
		return false, ErrOwn
	}
	if ref == "" || len(ref) > 40 {
		return false, ErrReason
	}
	_, err = d.change(ctx, a.Scheme, a.Year, a.Person, func(x *changeSet) error {
		v := &x.person.Vendor
		x.personChanged, set = true, false
		switch {
		case v.Ref == ref && v.Asked == "":
			return record.ErrUnchanged
		case v.Asked != ref:
			v.Asked, v.By = ref, email
			x.account.Past.Add(d.Now(), "vendor asked", "officer", "").By = email
		case v.By == email:
			return ErrOwn
		default:
			v.Ref, v.Since, v.Asked, v.By, set = ref, DayOf(course.DateOf(d.Now())), "", "", true
			x.account.Past.Add(d.Now(), "vendor set", "officer", "").By = email
			x.account.oweVendor(x.person.Before, d.Now())
		}
		return nil
	})
	if errors.Is(err, record.ErrUnchanged) {
		return false, nil
	}
	return set, err
}
