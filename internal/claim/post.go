package claim

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/letter"
	"traininghub/internal/record"
)

// The recipients of this story's letters.
const (
	ToClaimant letter.Recipient = "claimant"
	ToPayer    letter.Recipient = "payer"
)

// Letters is the table of the letters that this story sends.
var Letters = func() letter.Table {
	t := letter.Table{}
	for _, name := range []string{LetterQueried, LetterRefused, LetterPaid, LetterUnpaid, LetterVendor, LetterApproved,
		LetterRecovery} {
		t[name] = letter.Kind{To: []letter.Recipient{ToClaimant}, Fields: []string{"scheme", "link"}, Alone: true, NoCopy: "a claim is no application"}
	}
	t[LetterBatch] = letter.Kind{To: []letter.Recipient{ToPayer}, Fields: []string{"scheme", "link", "batch"}, Alone: true, NoCopy: "a batch is no application"}
	return t
}()

// Path is where the pages of claims are.
const Path = "/review/claims/"

// Stories returns the stories of accounts and batches, for the post.
func (d *Desk) Stories() map[record.Kind]record.Story {
	return map[record.Kind]record.Story{KindAccount: d.accountStory(), KindBatch: batchStory{d.batchLetters(), d}}
}

func (d *Desk) accountStory() record.Story {
	return &record.Letters[*Account]{
		Keeper: d.accounts(), Now: d.Now, From: d.MailFrom,
		Outbox: func(a *Account) *record.Outbox { return &a.Mail },
		// A question that was answered while its letter waited need not be asked any more.
		Dropped: func(a *Account, l record.Letter) bool {
			return l.Name == LetterQueried && !slices.ContainsFunc(a.Lines, func(l *Line) bool { return l.State == Queried })
		},
		Make: func(_ context.Context, a *Account, l record.Letter, _ string) (record.Message, error) {
			if strings.HasSuffix(l.ID, toOld) {
				return d.message(l.Name, a.Before, "", a.Scheme, "")
			}
			return d.message(l.Name, a.Holder.Email, a.Holder.Name, a.Scheme, "") // they signed in to claim
		},
	}
}

// batchStory is the story of batches. It also marks their lines, and so finishes what was
// interrupted.
type batchStory struct {
	*record.Letters[*Batch]
	d *Desk
}

func (s batchStory) Take(ctx context.Context, r record.Record) (record.Taken, error) {
	b := &Batch{ID: r.ID}
	if err := s.d.batches().Decode(r, b); err != nil {
		return record.Taken{}, err
	}
	if b.Pending {
		return record.Taken{}, s.d.settle(ctx, b.ID)
	}
	return s.Letters.Take(ctx, r)
}

func (d *Desk) batchLetters() *record.Letters[*Batch] {
	return &record.Letters[*Batch]{
		Keeper: d.batches(), Now: d.Now, From: d.MailFrom,
		Outbox: func(b *Batch) *record.Outbox { return &b.Mail },
		Make: func(_ context.Context, b *Batch, l record.Letter, _ string) (record.Message, error) {
			s := d.Scheme(b.Scheme)
			n := slices.IndexFunc(b.Mail, func(o record.Letter) bool { return o.ID == l.ID })
			if s == nil || n < 0 || n >= len(s.Payers) {
				return record.Message{}, errors.New("the payer is no longer on the list")
			}
			return d.message(l.Name, s.Payers[n].Email, "", b.Scheme, b.Number)
		},
	}
}

func (d *Desk) message(name, to, greeting, schemeID, batch string) (m record.Message, err error) {
	t, s := d.Template(name), d.Scheme(schemeID)
	if t == nil || s == nil {
		return m, fmt.Errorf("there is no letter %q, or no such scheme", name)
	}
	m.To = to
	t.Write(&m, letter.With(d.Hub, map[string]string{
		"scheme": s.Title, "link": d.BaseURL + Path, "batch": batch, letter.Greeting: greeting,
	}))
	return m, nil
}

// Check says what is wrong with one record on its own, without personal data, and returns the end
// of its chain; earlier is the end that an earlier audit noted, nil if none did. [Desk.Audit] finds
// what is wrong between records.
func (d *Desk) Check(r record.Record, earlier *record.Head) (*record.Head, string) {
	changed := func(past record.Events) string {
		if earlier != nil && (len(past) < earlier.Events || !bytes.Equal(past[earlier.Events-1].Sum, earlier.Sum)) {
			return "its chain is not the one that an earlier audit noted"
		}
		return ""
	}
	head := func(past record.Events) *record.Head {
		if len(past) == 0 {
			return nil
		}
		return &record.Head{Sent: past[0].Sum, Events: len(past), Sum: past[len(past)-1].Sum}
	}
	switch r.Kind {
	case KindAccount:
		a := &Account{ID: r.ID}
		if d.accounts().Decode(r, a) != nil {
			return nil, "it cannot be read"
		}
		if what := a.events(); what != "" {
			return head(a.Past), what
		}
		return head(a.Past), cmp.Or(a.Fault(), changed(a.Past))
	case KindBatch:
		b := &Batch{ID: r.ID}
		if d.batches().Decode(r, b) != nil {
			return nil, "it cannot be read"
		}
		if what := b.Past.Fault(r.ID, b.says); what != "" {
			return head(b.Past), what
		}
		if _, err := b.File(); err != nil {
			return head(b.Past), "its file is not the one that was written down"
		}
		return head(b.Past), changed(b.Past)
	case KindPerson:
		p := &Person{ID: r.ID}
		if d.persons().Decode(r, p) != nil {
			return nil, "it cannot be read"
		}
		return nil, p.Fault()
	case KindBudget:
		b := &Budget{ID: r.ID}
		if d.budgets().Decode(r, b) != nil {
			return nil, "it cannot be read"
		}
		return nil, ""
	}
	return nil, ""
}

// ClosedSchemes returns the titles of schemes that take no claims because their roles are only
// placeholders.
func (d *Desk) ClosedSchemes() (titles []string) {
	for _, s := range d.Schemes {
		if !d.Open(s) {
			titles = append(titles, s.Title)
		}
	}
	return titles
}

// Months returns the months for which somebody can still claim: from their first to the present
// one, newest first, unless the year is closed.
func (d *Desk) Months(c Claimant) (months []string) {
	s := d.Scheme(c.Scheme)
	if s == nil || !d.Open(s) {
		return nil
	}
	now := today(d.Now())
	first := s.Begins
	if first.Before(c.Begins) {
		first = c.Begins
	}
	for day := (course.Date{Year: now.Year, Month: now.Month, Day: 1}); ; {
		_, last, _ := monthOf(day.ISO()[:7])
		if last.Before(first) || !d.Now().Before(ifSet(s.Closes(s.YearOf(last)))) {
			return months
		}
		months = append(months, day.ISO()[:7])
		before := day.AddDays(-1)
		day = course.Date{Year: before.Year, Month: before.Month, Day: 1}
	}
}

// GiveOut notes in an account that it was given to its holder, who asked for everything that the
// hub has about them.
func (d *Desk) GiveOut(ctx context.Context, id string) (*Account, error) {
	return d.accounts().Amend(ctx, id, func(a *Account) error {
		if a.Version() == 0 {
			return record.ErrNotFound
		}
		a.Past.Add(d.Now(), "exported", "hub", "")
		return nil
	})
}
