package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/record"
)

// Anybody can name any address as the applicant's or the practice's. So that nobody floods a
// mailbox through the hub, an address gets so many letters an hour, and a few more once somebody
// has used a link that was mailed there. What is more goes as one letter, which says nothing that
// somebody typed and has the link of each. It is kept in the store, and so holds for all programs
// that send.

// Mailbox is the kind of the record of an address. Its ID has a hash, and nothing in it has the
// address.
const Mailbox record.Kind = "mailbox"

// LetterTogether is the letter instead of those for which an address has no room.
const LetterTogether = "several-links"

// ToAddress is whoever has an address that nobody has proved to be theirs.
const ToAddress letter.Recipient = "address"

var mailboxLetters = letter.Table{LetterTogether: {
	To: []letter.Recipient{ToAddress}, Fields: []string{"links"}, Alone: true,
	NoCopy: "this letter is about several applications",
}}

const (
	lettersAnHour = 6                   // to one address that nobody has proved
	provedAnHour  = 30                  // to one that somebody has
	togetherAfter = 10 * time.Minute    // from the first that has no room to the one letter
	mostHeld      = 200                 // in one such letter; more wait for another hour
	provedLife    = 90 * 24 * time.Hour // for which an address stays proved
)

// A mailbox is what is kept of an address.
type mailbox struct {
	record.Kept

	ID      string        `json:"id"`
	Proved  time.Time     `json:"proved,omitzero"` // when somebody last used a link that was mailed there, UTC
	Went    []went        `json:"went,omitempty"`  // letters of the last hour
	Held    []held        `json:"held,omitempty"`  // letters that go together
	Letters record.Outbox `json:"letters,omitempty"`
}

// went is a letter that had room.
type went struct {
	Letter string    `json:"letter"` // reference and id, with a space between
	At     time.Time `json:"at"`     // UTC
}

// held is a letter that has none.
type held struct {
	Reference string `json:"reference"`
	Letter    string `json:"letter"`          // its id
	Going     bool   `json:"going,omitempty"` // in the letter that is on its way
}

func mailboxOf(email string) string {
	return "mailbox-" + fmt.Sprintf("%x", record.Hash([]byte(strings.ToLower(email)))[:16])
}

func (d *Desk) mailboxes() *record.Keeper[*mailbox] {
	return &record.Keeper[*mailbox]{
		Store: d.Store, Kind: Mailbox, New: func(id string) *mailbox { return &mailbox{ID: id} }, Anew: true,
		Opened: func(m *mailbox) { m.prune(d.Now()) },
		Entry: func(m *mailbox) (record.Record, error) {
			return record.Record{ID: m.ID, Due: m.Letters.Due(), Expires: m.expires(d.Now().UTC())}, nil
		},
	}
}

// prune takes out what is over.
func (m *mailbox) prune(now time.Time) {
	if now.Sub(m.Proved) >= provedLife {
		m.Proved = time.Time{}
	}
	m.Went = slices.DeleteFunc(m.Went, func(w went) bool { return now.Sub(w.At) >= time.Hour })
	m.Letters.Drop(func(l record.Letter) bool { return l.IsSent() && now.Sub(l.Sent) >= time.Hour })
}

// expires is when nothing in it is of use any more.
func (m *mailbox) expires(now time.Time) time.Time {
	last := now.Add(time.Hour)
	if due := m.Letters.Due(); !due.IsZero() {
		last = last.Add(max(0, due.Sub(now)) + 24*time.Hour)
	}
	if end := m.Proved.Add(provedLife); end.After(last) {
		return end
	}
	return last
}

// proved notes that somebody used a link that was mailed to the address. It is no part of what they
// do, so that it fails is logged and no more.
func (d *Desk) proved(ctx context.Context, email string) {
	if email == "" {
		return
	}
	_, err := d.mailboxes().Amend(ctx, mailboxOf(email), func(m *mailbox) error {
		now := d.Now().UTC()
		if now.Sub(m.Proved) < 24*time.Hour {
			return record.ErrUnchanged
		}
		m.Proved = now
		return nil
	})
	if err != nil {
		d.Log.Error("an address that was proved is not noted", "error", err)
	}
}

// forget removes what is kept of the addresses that an application names, unless a letter about
// others is owed to one. Letters to it are counted anew then, which harms nobody.
func (d *Desk) forget(ctx context.Context, a *Application) error {
	emails := []string{a.email(d)}
	if p := a.Authorisation; p != nil {
		emails = append(emails, p.Email)
		for _, e := range p.Earlier {
			emails = append(emails, e.Email)
		}
	}
	for _, email := range emails {
		id := mailboxOf(email)
		m, err := d.mailboxes().Get(ctx, id)
		if err != nil {
			return err
		}
		if m.Version() == 0 || !m.Letters.Due().IsZero() {
			continue
		}
		switch err := d.mailboxes().Delete(ctx, id, m); {
		case err == nil, errors.Is(err, record.ErrNotFound), errors.Is(err, record.ErrConflict): // it is in use
		default:
			return err
		}
	}
	return nil
}

// room asks whether a letter may go to the address now. If not, it joins those that go together,
// and held says until when it has to wait for that; it then goes by itself if it has not gone with
// them.
func (d *Desk) room(ctx context.Context, email, ref, id string) (until time.Time, err error) {
	_, err = d.mailboxes().Amend(ctx, mailboxOf(email), func(m *mailbox) error {
		until = time.Time{}
		now, key, most := d.Now().UTC(), ref+" "+id, lettersAnHour
		if !m.Proved.IsZero() {
			most = provedAnHour
		}
		switch {
		case slices.ContainsFunc(m.Went, func(w went) bool { return w.Letter == key }):
			return record.ErrUnchanged
		case len(m.Went) < most:
			m.Went = append(m.Went, went{key, now})
			return nil
		case len(m.Held) >= mostHeld:
			until = now.Add(time.Hour)
			return record.ErrUnchanged
		}
		until = m.together(now).Add(time.Hour)
		if !slices.ContainsFunc(m.Held, func(h held) bool { return h.Reference == ref && h.Letter == id }) {
			m.Held = append(m.Held, held{Reference: ref, Letter: id})
		}
		return nil
	})
	return until, err
}

// together is when the next letter for several goes; it is owed if it is not yet.
func (m *mailbox) together(now time.Time) (due time.Time) {
	due = now.Add(togetherAfter)
	for _, l := range m.Letters {
		if l.IsOwed() {
			return l.Due
		}
		if next := l.Sent.Add(time.Hour); next.After(due) {
			due = next
		}
	}
	m.Letters.Owe(LetterTogether+"-"+fmt.Sprint(m.Version()), LetterTogether, due)
	return due
}

// addressee is the address that a letter goes to which somebody typed; "" if it goes to the staff.
func (d *Desk) addressee(a *Application, l record.Letter) string {
	switch d.recipient(a, l.ID) {
	case ToApplicant:
		return a.email(d)
	case ToPractice:
		if a.Authorisation != nil {
			return a.Authorisation.Email
		}
	}
	return ""
}

// capped are applications for the post: a letter for which its address has no room waits.
type capped struct {
	record.Story
	desk *Desk
}

// Take is that of a [record.Story].
func (s capped) Take(ctx context.Context, r record.Record) (record.Taken, error) {
	r, err := s.desk.hold(ctx, r)
	if err != nil {
		return record.Taken{}, err
	}
	return s.Story.Take(ctx, r)
}

// hold puts off the letters that are due and have no room, and gives the record as it then is.
func (d *Desk) hold(ctx context.Context, r record.Record) (record.Record, error) {
	a := &Application{}
	if err := d.applications().Decode(r, a); err != nil {
		return r, err
	}
	waits := map[string]time.Time{} // by the letter's id
	due := func(l record.Letter) bool { return l.IsOwed() && !d.Now().Before(l.Due) && !d.drops(a, l) }
	for _, l := range a.Letters {
		to := d.addressee(a, l)
		if to == "" || !due(l) || d.expired(a) {
			continue
		}
		until, err := d.room(ctx, to, a.Reference, l.ID)
		if err != nil {
			return r, err
		}
		if !until.IsZero() {
			waits[l.ID] = until
		}
	}
	if len(waits) == 0 {
		return r, nil
	}
	_, err := d.amend(ctx, a.Reference, func(a *Application) error {
		for i := range a.Letters {
			if l := &a.Letters[i]; l.IsOwed() && !waits[l.ID].IsZero() && l.Due.Before(waits[l.ID]) {
				l.Due = waits[l.ID]
			}
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	return d.Store.Get(ctx, r.ID)
}

// together are mailboxes for the post.
type together struct{ desk *Desk }

// Take is that of a [record.Story]: it makes the link of each letter that still waits.
func (s together) Take(ctx context.Context, r record.Record) (record.Taken, error) {
	m := &mailbox{ID: r.ID}
	if err := s.desk.mailboxes().Decode(r, m); err != nil {
		return record.Taken{}, err
	}
	var to string
	var links []string
	var going []held
	for _, h := range m.Held {
		link, email, err := s.desk.linkFor(ctx, m.ID, h)
		if err != nil {
			return record.Taken{}, err
		}
		if link != "" {
			to, links, going = email, append(links, link), append(going, h)
		}
	}
	if len(links) == 0 { // all have gone by themselves, or are not needed any more
		_, err := s.desk.mailboxes().Amend(ctx, m.ID, func(m *mailbox) error {
			m.Held = nil
			m.Letters.Drop(record.Letter.IsOwed)
			return nil
		})
		return record.Taken{}, err
	}
	letters := s.letters()
	letters.Leased = func(m *mailbox, _ *record.Letter) string {
		for i := range m.Held {
			m.Held[i].Going = slices.ContainsFunc(going,
				func(h held) bool { return h.Reference == m.Held[i].Reference && h.Letter == m.Held[i].Letter })
		}
		return ""
	}
	letters.Make = func(_ context.Context, _ *mailbox, l record.Letter, _ string) (msg record.Message, err error) {
		t := s.desk.Programme.Letters.For(l.Name, "")
		if t == nil {
			return msg, fmt.Errorf("there is no letter %q", l.Name)
		}
		msg.To = to
		msg.Subject, msg.Text = t.Write(Fields{Hub: s.desk.Hub,
			More: map[string]string{"links": strings.Join(links, "\n\n")}}.Value)
		return msg, nil
	}
	return letters.Take(ctx, r)
}

// Mark is that of a [record.Story]. The letters that went together are marked in their own records
// first: after a crash in between, the one letter goes once more at worst.
func (s together) Mark(ctx context.Context, id, letter string, failed error) error {
	m, err := s.desk.mailboxes().Get(ctx, id)
	if err != nil {
		return err
	}
	for _, h := range m.Held {
		if failed != nil || !h.Going {
			continue
		}
		_, err := s.desk.amend(ctx, h.Reference, func(a *Application) error {
			now := s.desk.Now().UTC()
			if !a.Letters.Mark(h.Letter, now, nil) {
				return record.ErrUnchanged
			}
			a.sent(h.Letter, now)
			return nil
		})
		if err != nil && !errors.Is(err, record.ErrNotFound) {
			return err
		}
	}
	return s.letters().Mark(ctx, id, letter, failed)
}

func (s together) letters() *record.Letters[*mailbox] {
	return &record.Letters[*mailbox]{
		Keeper: s.desk.mailboxes(), Now: s.desk.Now, From: s.desk.MailFrom,
		Outbox:  func(m *mailbox) *record.Outbox { return &m.Letters },
		Dropped: func(*mailbox, record.Letter) bool { return false },
		Sent: func(m *mailbox, _ string) {
			m.Held = slices.DeleteFunc(m.Held, func(h held) bool { return h.Going })
			if len(m.Held) > 0 { // they came while it was on its way
				m.together(s.desk.Now().UTC())
			}
		},
	}
}

// linkFor makes the link of a letter that is held for a mailbox, with what it is about: the course
// and the reference, and nothing that anybody typed. link is "" if the letter does not go to it any
// more, or has none.
func (d *Desk) linkFor(ctx context.Context, mailbox string, h held) (link, email string, err error) {
	_, err = d.amend(ctx, h.Reference, func(a *Application) error {
		link = ""
		i := slices.IndexFunc(a.Letters, func(l record.Letter) bool { return l.ID == h.Letter })
		if i < 0 || !a.Letters[i].IsOwed() || d.expired(a) || d.drops(a, a.Letters[i]) {
			return record.ErrUnchanged
		}
		l := a.Letters[i]
		made := sends[l.Name].link
		if email = d.addressee(a, l); email == "" || made == nil || mailboxOf(email) != mailbox {
			return record.ErrUnchanged
		}
		link = d.linkTo(a, made, l.ID)
		about := a.Course
		if c := d.Programme.Course(a.Course); c != nil {
			about = c.Title
		}
		switch made.opens {
		case forResume:
			about += ", an application that was not sent"
		case forPractice:
			about += ", application " + a.Reference + ", for the practice to confirm"
		default:
			about += ", application " + a.Reference
		}
		link = about + ":\n" + link
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		err = nil
	}
	return link, email, err
}
