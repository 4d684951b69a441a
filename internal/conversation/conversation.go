// Package conversation is the story of a career conversation that is to be paid for. A GP who was
// trained to hold them says on one page when both parts took place, and the colleague confirms it
// with one button behind a mailed link.
//
// Nothing that was said is asked for or kept. The colleague is only a code. Of their number on the
// register only a keyed hash is kept, so that the same colleague has the same code each time, and
// their address is kept only until they have answered. Those who pay see the code, the colleague's
// practice and the times.
//
// A conversation that nobody confirms is removed after [Unanswered]. One that was answered is kept
// as long as the accounts from which it is paid. Days are London's, and the clock is an argument.
package conversation

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/letter"
	"traininghub/internal/record"
)

// Kind is the kind of this story's records.
const Kind record.Kind = "conversation"

// The letters of this story. No subject says what the letter is about, or names anybody.
const (
	LetterAsk      = "conversation-to-colleague"
	LetterReminder = "conversation-reminder-to-colleague"
	LetterAnswered = "conversation-answered-to-claimant"
)

// The recipients of this story's letters.
const (
	ToColleague letter.Recipient = "colleague"
	ToClaimant  letter.Recipient = "claimant"
)

// Letters is the table of the letters that this story sends.
var Letters = func() letter.Table {
	const noCopy = "a conversation is no application"
	asks := letter.Kind{
		To: []letter.Recipient{ToColleague}, Fields: []string{"gp", "link", "days"}, Alone: true, NoCopy: noCopy,
	}
	return letter.Table{
		LetterAsk: asks, LetterReminder: asks,
		LetterAnswered: {
			To: []letter.Recipient{ToClaimant}, Fields: []string{"reference", "link"}, Alone: true, NoCopy: noCopy,
		},
	}
}()

const (
	// Unanswered is how long the colleague can answer. Then the conversation is removed, and can be
	// entered again.
	Unanswered = 60 * 24 * time.Hour
	// Kept is how long an answered conversation is kept: six years and the present one.
	Kept = 7 * 366 * 24 * time.Hour

	remindAfter = 5 // working days
	mostOpen    = 12
)

// Path is the address of the colleague's page, without the key that follows it.
const Path = "/practice/conversations/"

// A Conversation is one that somebody says they held.
type Conversation struct {
	record.Kept
	Ref       string        `json:"reference"` // "CV-7K3D-2P9X"
	By        By            `json:"by"`
	Colleague Colleague     `json:"colleague"`
	Parts     []Part        `json:"parts"` // in order of time
	Answer    *Answer       `json:"answer,omitempty"`
	Keys      record.Keys   `json:"keys,omitempty"`
	Mail      record.Outbox `json:"letters,omitempty"`
	Past      record.Events `json:"events"`
}

// By is the GP who held it.
type By struct {
	Application string `json:"application"` // reference
	Name        string `json:"name"`
	Email       string `json:"email"` // in lower case
	Number      string `json:"number,omitempty"`
	Practice    string `json:"practice,omitempty"` // its code
}

// A Colleague is the other person in the conversation.
type Colleague struct {
	Code     string `json:"code"`            // "C-4M2Q"
	Hash     string `json:"hash"`            // of the number, with the store's secret
	Email    string `json:"email,omitempty"` // until they have answered
	Practice string `json:"practice"`        // its code
}

// A Part is one part of the conversation.
type Part struct {
	Start   time.Time `json:"start"` // UTC
	Minutes int       `json:"minutes"`
}

// An Answer is the colleague's answer.
type Answer struct {
	Yes bool      `json:"yes"`
	At  time.Time `json:"at"` // UTC
}

// Confirmed reports whether the colleague said that it took place.
func (c *Conversation) Confirmed() bool { return c.Answer != nil && c.Answer.Yes }

// Minutes adds up all parts.
func (c *Conversation) Minutes() (sum int) {
	for _, p := range c.Parts {
		sum += p.Minutes
	}
	return sum
}

// Last is the day of the last part.
func (c *Conversation) Last() course.Date { return course.DateOf(c.Parts[len(c.Parts)-1].Start) }

// says returns what the chain covers.
func (c *Conversation) says() ([]byte, error) {
	return record.Sum([]any{c.Ref, c.By, c.Colleague.Code, c.Colleague.Hash, c.Colleague.Practice, c.Parts, c.Answer})
}

// A Desk keeps conversations. Set its fields once; the methods may be called from several
// goroutines.
type Desk struct {
	Store    record.Store
	Now      func() time.Time
	Secret   func() ([]byte, error) // see [record.KeptSecret]
	BaseURL  string
	MailFrom string
	Template func(name string) *letter.Template
	Hub      func(fact string) (string, bool)
	Log      *slog.Logger
}

// Asking is what the GP is asked, on one page.
var Asking = func() form.Section {
	s := form.Section{ID: "conversation", Questions: []form.Question{
		form.Ask(form.Question{
			ID: "colleague", Kind: form.Text, Label: "Your colleague’s GMC reference number",
			InMessages: "your colleague’s GMC reference number", Rule: "required,gmc", Width: 10,
			Hint: "We do not keep the number. Whoever pays sees a code",
		}),
		form.Ask(form.Question{
			ID: "email", Kind: form.Email, Label: "Your colleague’s email address",
			InMessages: "your colleague’s email address", Rule: "required,email,max=254",
			Hint: "We ask them to confirm that the conversation took place, and nothing else",
		}),
		form.Ask(form.Question{
			ID: "practice", Kind: form.Text, Label: "Your colleague’s practice code",
			InMessages: "your colleague’s practice code", Rule: "required,practicecode", Width: 10, Hint: "A letter and 5 numbers",
		}),
	}}
	for i, which := range []string{"first", "second"} {
		n := strconv.Itoa(i + 1)
		s.Questions = append(s.Questions,
			form.Ask(form.Question{
				ID: "day-" + n, Kind: form.Date, Label: "When was the " + which + " part?",
				InMessages: "the day of the " + which + " part", Rule: "required,past",
			}),
			form.Ask(form.Question{
				ID: "start-" + n, Kind: form.Text, Label: "When did the " + which + " part begin?",
				InMessages: "the time at which the " + which + " part began", Rule: "required,clock", Width: 10,
				Hint: "For example, 2:30pm",
			}),
			form.Ask(form.Question{
				ID: "minutes-" + n, Kind: form.Duration, Label: "How long did the " + which + " part take?",
				InMessages: "how long the " + which + " part took", Rule: "required,min=15,max=480",
			}))
	}
	return s
}()

// problem returns a problem with a question of [Asking].
func problem(id, text string) []form.Problem {
	input := Asking.Question(id).Inputs()[0]
	return []form.Problem{{Question: id, Input: input, Inputs: []string{input}, Text: text}}
}

// Enter keeps a conversation as it was entered and asks the colleague, or it says what is wrong.
// least is how many minutes both parts together must have.
func (d *Desk) Enter(ctx context.Context, by By, least int, v form.Values) (*Conversation, []form.Problem, error) {
	now := d.Now().UTC().Truncate(time.Millisecond)
	if problems := Asking.Check(v, now); len(problems) > 0 {
		return nil, problems, nil
	}
	normal := func(id string) string { return Asking.Question(id).Normal(v) }
	number := normal("colleague")
	secret, err := d.Secret()
	if err != nil {
		return nil, nil, fmt.Errorf("a colleague's code: %w", err)
	}
	by.Email = strings.ToLower(by.Email)
	c := &Conversation{
		Ref: newReference(), By: by,
		Colleague: Colleague{Email: strings.ToLower(normal("email")), Practice: normal("practice")},
	}
	c.Colleague.Hash = hashOf(secret, number)
	c.Colleague.Code = codeOf(c.Colleague.Hash)
	for _, n := range []string{"1", "2"} {
		start, err := time.ParseInLocation("2006-01-02 15:04", normal("day-"+n)+" "+normal("start-"+n), course.London)
		if err != nil {
			return nil, nil, fmt.Errorf("a part's start: %w", err) // both were checked before
		}
		minutes, _ := strconv.Atoi(normal("minutes-" + n))
		c.Parts = append(c.Parts, Part{start.UTC(), minutes})
	}
	first, second := c.Parts[0], c.Parts[1]
	switch {
	case number == by.Number:
		return nil, problem("colleague", "This is your own number. Enter your colleague’s"), nil
	case c.Colleague.Email == by.Email:
		return nil, problem("email", "This is your own email address. Enter your colleague’s"), nil
	case now.Before(second.Start.Add(time.Duration(second.Minutes) * time.Minute)):
		return nil, problem("day-2", "The second part must be over before you enter it"), nil
	case second.Start.Before(first.Start.Add(time.Duration(first.Minutes) * time.Minute)):
		return nil, problem("day-2", "The second part must begin after the first part ended"), nil
	case c.Minutes() < least:
		return nil, problem("minutes-2", fmt.Sprintf("Both parts must take %d minutes together, and took %d", least,
			c.Minutes())), nil
	}
	all, err := d.Of(ctx, by.Application, by.Email)
	if err != nil {
		return nil, nil, err
	}
	open := 0
	for _, o := range all {
		if o.Answer == nil {
			open++
		}
		for _, p := range o.Parts {
			for i, mine := range c.Parts {
				if (o.Answer == nil || o.Answer.Yes) && overlap(p, mine) {
					return nil, problem(fmt.Sprint("start-", i+1), "This is at the same time as conversation "+o.Ref), nil
				}
			}
		}
	}
	if open >= mostOpen {
		return nil, problem("colleague", fmt.Sprintf("You wait for the answers of %d colleagues. Wait for one first",
			open)), nil
	}
	c.Past.Add(now, "entered", "claimant", "")
	c.Mail.Owe(LetterAsk, LetterAsk, now)
	c.Mail.Owe(LetterReminder, LetterReminder, course.AddWorkingDays(now.In(course.London), remindAfter))
	return c, nil, d.kept().Create(ctx, c)
}

func overlap(a, b Part) bool {
	return a.Start.Before(b.Start.Add(time.Duration(b.Minutes)*time.Minute)) &&
		b.Start.Before(a.Start.Add(time.Duration(a.Minutes)*time.Minute))
}

// hashOf returns the hash that is kept of a number.
func hashOf(secret []byte, number string) string {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("colleague " + number))
	return hex.EncodeToString(m.Sum(nil))[:32]
}

// Code returns the code of a colleague with this number.
func (d *Desk) Code(number string) (string, error) {
	secret, err := d.Secret()
	if err != nil {
		return "", fmt.Errorf("a colleague's code: %w", err)
	}
	return codeOf(hashOf(secret, number)), nil
}

// signs are used in codes and references: digits and letters that cannot be confused, without
// vowels.
const signs = "23456789CDFHJKMPRTWXY"

// codeOf returns the colleague's code, which is always the same.
func codeOf(hash string) string {
	code := []byte("C-")
	sum, _ := hex.DecodeString(hash)
	for _, b := range sum[:4] {
		code = append(code, signs[int(b)%len(signs)])
	}
	return string(code)
}

func newReference() string {
	random := make([]byte, 8)
	rand.Read(random)
	ref := []byte("CV")
	for i, b := range random {
		if i%4 == 0 {
			ref = append(ref, '-')
		}
		ref = append(ref, signs[int(b)%len(signs)])
	}
	return string(ref)
}

func idOf(ref string) string { return "conversation-" + strings.ToLower(ref) }

// shelf is the shelf of all conversations that somebody held.
func shelf(application string) string { return "conversations " + application }

// forColleague is the purpose of the key in a mailed link.
const forColleague = "colleague"

func (d *Desk) kept() *record.Keeper[*Conversation] {
	return &record.Keeper[*Conversation]{
		Store: d.Store, Kind: Kind, New: func(string) *Conversation { return &Conversation{} },
		Entry: func(c *Conversation) (record.Record, error) {
			expires := c.Past[0].At.Add(Unanswered)
			if c.Answer != nil {
				expires = c.Parts[len(c.Parts)-1].Start.Add(Kept)
			}
			return record.Record{
				ID: idOf(c.Ref), Status: "conversation", Due: c.Mail.Due(), Expires: expires,
				Shelf: shelf(c.By.Application), Since: c.Past[0].At, Number: c.By.Number, Email: c.By.Email,
			}, c.Past.Seal(idOf(c.Ref), c.says)
		},
	}
}

// Of returns the conversations that somebody entered for an application, in that order. It leaves
// out those that other people entered.
func (d *Desk) Of(ctx context.Context, application, email string) (all []*Conversation, err error) {
	for r, err := range record.Merge(ctx, d.Store, []string{shelf(application)}, record.Range{Kind: Kind}) {
		if err != nil {
			return nil, err
		}
		c, err := d.kept().Get(ctx, r.ID)
		switch {
		case errors.Is(err, record.ErrNotFound): // removed since
		case err != nil:
			return nil, err
		case strings.EqualFold(c.By.Email, email):
			all = append(all, c)
		}
	}
	return all, nil
}

// ErrNoLink: this is not a link, or its time is over.
var ErrNoLink = errors.New("conversation: no such link")

// Page returns the conversation that a colleague's link opens. It changes nothing. It returns
// [ErrNoLink] if the link opens none.
func (d *Desk) Page(ctx context.Context, link string) (*Conversation, error) {
	id, secret, ok := record.SplitKey(link)
	if !ok {
		return nil, ErrNoLink
	}
	c, err := d.kept().Get(ctx, id)
	if errors.Is(err, record.ErrNotFound) || err == nil && !c.Keys.Opens(secret, forColleague, d.Now()) {
		return nil, ErrNoLink
	}
	return c, err
}

// Take takes the colleague's answer. The first counts: a second changes nothing.
func (d *Desk) Take(ctx context.Context, link string, yes bool) (*Conversation, error) {
	c, err := d.Page(ctx, link)
	if err != nil {
		return nil, err
	}
	return d.kept().AmendRead(ctx, idOf(c.Ref), c, func(c *Conversation) error {
		if c.Answer != nil {
			return record.ErrUnchanged
		}
		now := d.Now().UTC().Truncate(time.Millisecond)
		c.Answer, c.Colleague.Email = &Answer{yes, now}, ""
		c.Mail.Drop(func(l record.Letter) bool { return !l.IsSent() })
		c.Mail.Owe(LetterAnswered, LetterAnswered, now)
		what := "confirmed"
		if !yes {
			what = "denied"
		}
		c.Past.Add(now, what, "colleague", "")
		return nil
	})
}

// Story makes the letters, for the post.
func (d *Desk) Story() record.Story {
	return &record.Letters[*Conversation]{
		Keeper: d.kept(), Now: d.Now, From: d.MailFrom, Outbox: func(c *Conversation) *record.Outbox { return &c.Mail },
		Dropped: func(c *Conversation, l record.Letter) bool { return l.Name != LetterAnswered && c.Answer != nil },
		Leased: func(c *Conversation, l *record.Letter) string {
			if l.Name == LetterAnswered {
				return ""
			}
			c.Keys.Drop(func(k record.Key) bool { return k.Letter == l.ID })
			return d.BaseURL + Path + idOf(c.Ref) + "." + c.Keys.New(forColleague, l.ID, c.Past[0].At.Add(Unanswered))
		},
		Make: d.message,
		Refused: func(c *Conversation, letter string, _ *record.Refusal) bool {
			return letter != LetterAnswered // the GP sees that nobody has answered, and can enter it again
		},
	}
}

func (d *Desk) message(_ context.Context, c *Conversation, l record.Letter, link string) (m record.Message, err error) {
	t := d.Template(l.Name)
	if t == nil {
		return m, fmt.Errorf("there is no letter %q", l.Name)
	}
	m.To = c.Colleague.Email
	fields := map[string]string{
		"gp": c.By.Name, "link": link, "reference": c.Ref,
		"days": strconv.Itoa(int(Unanswered / (24 * time.Hour))),
	}
	if l.Name == LetterAnswered { // to the GP, who had signed in to enter it
		m.To, fields["link"], fields[letter.Greeting] = c.By.Email, d.BaseURL+"/review/claims/", c.By.Name
	}
	t.Write(&m, letter.With(d.Hub, fields))
	return m, nil
}

// Sweep removes what is past its time, and returns how many.
func (d *Desk) Sweep(ctx context.Context) (total int, err error) {
	for {
		n, err := d.Store.Expire(ctx, []record.Kind{Kind}, d.Now(), 100)
		if total += n; n == 0 || err != nil {
			return total, err
		}
	}
}

// About returns the conversation if the person with one of the numbers or the address took part:
// all of it for the GP, and for the colleague what is about them; else nil.
func (d *Desk) About(r record.Record, numbers []form.Registration, email string) (any, error) {
	c, err := d.kept().Read(r)
	if err != nil {
		return nil, err
	}
	secret, err := d.Secret()
	if err != nil {
		return nil, err
	}
	is := func(f func(form.Registration) bool) bool {
		return slices.ContainsFunc(numbers, func(n form.Registration) bool { return !n.None() && f(n) })
	}
	switch {
	case is(func(n form.Registration) bool { return n.Key() == c.By.Number }), email != "" && strings.EqualFold(email,
		c.By.Email):
		return c, nil
	case is(func(n form.Registration) bool { return hashOf(secret, n.Key()) == c.Colleague.Hash }),
		email != "" && strings.EqualFold(email, c.Colleague.Email):
		return &Conversation{Ref: c.Ref, Colleague: c.Colleague, Parts: c.Parts, Answer: c.Answer}, nil
	}
	return nil, nil
}

// GiveOut notes that it was given to the person who asked.
func (d *Desk) GiveOut(ctx context.Context, id string) (*Conversation, error) {
	return d.kept().Amend(ctx, id, func(c *Conversation) error {
		c.Past.Add(d.Now(), "exported", "hub", "")
		return nil
	})
}

// Erase removes it because one of the two asked. What was claimed for it stays in the account.
func (d *Desk) Erase(ctx context.Context, id string) error {
	c, err := d.kept().Get(ctx, id)
	if err == nil {
		err = d.kept().Delete(ctx, id, c)
	}
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}

// Check says what is wrong with a record, without personal data, and returns the end of its chain.
func (d *Desk) Check(r record.Record, earlier *record.Head) (*record.Head, string) {
	c := &Conversation{}
	if d.kept().Decode(r, c) != nil || idOf(c.Ref) != r.ID || len(c.Past) == 0 || len(c.Parts) != 2 {
		return nil, "it cannot be read"
	}
	if what := c.Past.Fault(r.ID, c.says); what != "" {
		return nil, what
	}
	if earlier != nil && (len(c.Past) < earlier.Events || !bytes.Equal(c.Past[earlier.Events-1].Sum, earlier.Sum)) {
		return nil, "its chain is not the one that an earlier audit noted"
	}
	return nil, "" // it may be removed without leaving a trace
}
