package intake

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// Why somebody is not signed in.
var (
	// ErrSignedOut: nobody has signed in with this browser, or too long ago, or they are not on the list any more.
	ErrSignedOut = errors.New("intake: nobody has signed in")
	// ErrSpentLink: the link to sign in was used, is too old, or never was one.
	ErrSpentLink = errors.New("intake: the link does not sign in")
	// ErrOtherBrowser: the link was asked for with another browser. It still works there.
	ErrOtherBrowser = errors.New("intake: the link belongs to another browser")
)

// How long the staff's access lasts.
const (
	signInAsked = time.Hour        // that the letter with the link may take to leave
	signInLife  = 15 * time.Minute // of the link, from when its letter is made
	sessionLife = 8 * time.Hour    // of a session, from signing in
	sessionIdle = 30 * time.Minute // of a session in which nothing happens; never longer, at most seenEvery shorter
	seenEvery   = 3 * time.Minute  // between the writes that say that something happened

	signInsAnHour = 12 // letters to one address: few enough for a mailbox, and enough that a stranger does not easily use them up
	mostSessions  = 8  // of one person at once; the oldest ends
)

// An account is what is kept of somebody of the staff while they sign in and are signed in: one record, under a hash of
// their e-mail address. Of an address that is not on the list one is kept too, without the address and without a letter, so
// that asking takes as long. Nothing in it stays: see [account.expires].
type account struct {
	record.Kept

	ID       string        `json:"id"`
	Email    string        `json:"email,omitempty"` // as on the list
	Asked    []asked       `json:"asked,omitempty"`
	Sessions []session     `json:"sessions,omitempty"`
	Letters  record.Outbox `json:"letters,omitempty"`
	Digest   time.Time     `json:"digest,omitzero"` // the Monday of the last weekly letter, UTC
}

// asked is that a browser asked for a link.
type asked struct {
	Letter  string    `json:"letter"`          // its id
	Browser []byte    `json:"browser"`         // SHA-256 of the secret in the browser's cookie
	Links   [][]byte  `json:"links,omitempty"` // SHA-256 of the links that were mailed: one, but for tries that failed
	To      string    `json:"to,omitempty"`    // reference of the application that they wanted to see
	Expires time.Time `json:"expires"`         // UTC
}

// session is a browser that has signed in.
type session struct {
	Hash  []byte    `json:"hash"`  // SHA-256 of the secret in the browser's cookie
	Began time.Time `json:"began"` // UTC
	Seen  time.Time `json:"seen"`  // UTC
}

func (s session) ends() time.Time {
	if idle := s.Seen.Add(sessionIdle); idle.Before(s.Began.Add(sessionLife)) {
		return idle
	}
	return s.Began.Add(sessionLife)
}

// accountID is the form of the ids of accounts. No reference of an application has it.
var accountID = regexp.MustCompile(`^staff-[0-9a-f]{32}$`)

func accountOf(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(email)))
	return "staff-" + hex.EncodeToString(sum[:16])
}

// splitStaff takes a cookie apart: the account that it names, and the hash of its secret. ok tells whether it has the form of one.
func splitStaff(cookie string) (id string, hash []byte, ok bool) {
	id, secret, ok := record.SplitKey(cookie)
	return id, record.Hash(secret), ok && accountID.MatchString(id)
}

// AskSignIn asks for a link to sign in. It is mailed if the address is on the list; for whoever asks, nothing tells. The link
// works only in the browser that has the cookie returned; browser is the one that it has already, if any. to is the reference
// of an application to go to afterwards, or "".
func (d *Desk) AskSignIn(ctx context.Context, email, browser, to string) (cookie string, err error) {
	id, person := accountOf(email), d.Staff(email)
	// A browser keeps its cookie for an address, whatever became of what it asked for: when it got another one would tell whether
	// a letter went.
	own, hash, ok := splitStaff(browser)
	if cookie = browser; !ok || own != id {
		var text string
		text, hash = record.NewSecret()
		cookie = id + "." + text
	}
	_, err = d.accounts().Amend(ctx, id, func(a *account) error {
		// Beyond the limit nothing is noted, so that nobody can push out what others have asked for.
		if letters := len(a.signIns()); letters >= signInsAnHour || person == nil && len(a.Asked) >= signInsAnHour {
			return record.ErrUnchanged
		}
		now := d.Now().UTC()
		letter := LetterSignIn + "-" + strings.ToLower(rand.Text()[:10]) // unique also when the account is made anew
		a.Asked = append(a.Asked, asked{Letter: letter, Browser: hash, Expires: now.Add(signInAsked)})
		if reference.MatchString(to) {
			a.Asked[len(a.Asked)-1].To = to
		}
		if person != nil {
			a.Email = person.Email
			a.Letters.Owe(letter, LetterSignIn, now)
		}
		return nil
	})
	return cookie, err
}

// findLink is the account and the place in it of what a link answers, if the browser is the one that asked.
func (d *Desk) findLink(a *account, link string, browser []byte) (int, error) {
	secret, ok := record.ReadSecret(link)
	if !ok {
		return -1, ErrSpentLink
	}
	hash := record.Hash(secret)
	i := slices.IndexFunc(a.Asked, func(r asked) bool {
		return slices.ContainsFunc(r.Links, func(l []byte) bool { return bytes.Equal(l, hash) })
	})
	switch {
	case i < 0 || d.Staff(a.Email) == nil:
		return -1, ErrSpentLink
	case !bytes.Equal(a.Asked[i].Browser, browser):
		return -1, ErrOtherBrowser
	}
	return i, nil
}

// PeekSignIn tells whether a mailed link signs in with the browser, without using it: nil, ErrOtherBrowser or ErrSpentLink.
func (d *Desk) PeekSignIn(ctx context.Context, link, browser string) error {
	id, hash, ok := splitStaff(browser)
	if !ok {
		return ErrOtherBrowser
	}
	a, err := d.accounts().Get(ctx, id)
	if err != nil {
		return err
	}
	_, err = d.findLink(a, link, hash)
	return err
}

// SignIn uses a mailed link, once, and returns the session's cookie and the reference of the application to go to, or "".
func (d *Desk) SignIn(ctx context.Context, link, browser string) (cookie, to string, err error) {
	id, hash, ok := splitStaff(browser)
	if !ok {
		return "", "", ErrOtherBrowser
	}
	_, err = d.accounts().Amend(ctx, id, func(a *account) error {
		i, err := d.findLink(a, link, hash)
		if err != nil {
			return err
		}
		to = a.Asked[i].To
		a.Asked = slices.Delete(a.Asked, i, i+1)
		text, hash := record.NewSecret()
		cookie = id + "." + text
		now := d.Now().UTC()
		a.Sessions = append(a.Sessions, session{Hash: hash, Began: now, Seen: now})
		if n := len(a.Sessions); n > mostSessions {
			a.Sessions = a.Sessions[n-mostSessions:]
		}
		return nil
	})
	return cookie, to, err
}

// Session is who has signed in with the browser that has the cookie; ErrSignedOut if nobody has. The list is asked each time.
func (d *Desk) Session(ctx context.Context, cookie string) (*staff.Person, error) {
	id, hash, ok := splitStaff(cookie)
	if !ok {
		return nil, ErrSignedOut
	}
	a, err := d.accounts().Get(ctx, id)
	if err != nil {
		return nil, err
	}
	i := a.session(hash)
	if i < 0 {
		return nil, ErrSignedOut
	}
	person := d.Staff(a.Email)
	if person == nil {
		return nil, ErrSignedOut
	}
	if d.Now().Sub(a.Sessions[i].Seen) < seenEvery {
		return person, nil
	}
	_, err = d.accounts().AmendRead(ctx, id, a, func(a *account) error {
		i, now := a.session(hash), d.Now().UTC()
		if i < 0 || now.Sub(a.Sessions[i].Seen) < seenEvery { // of two requests at once the other was first
			return record.ErrUnchanged
		}
		a.Sessions[i].Seen = now
		return nil
	})
	return person, err
}

// SignOut ends the session of the browser that has the cookie.
func (d *Desk) SignOut(ctx context.Context, cookie string) error {
	id, hash, ok := splitStaff(cookie)
	if !ok {
		return nil
	}
	_, err := d.accounts().Amend(ctx, id, func(a *account) error {
		i := a.session(hash)
		if i < 0 {
			return record.ErrUnchanged
		}
		a.Sessions = slices.Delete(a.Sessions, i, i+1)
		return nil
	})
	return err
}

// signIns are the letters with a link of the last hour.
func (a *account) signIns() []record.Letter {
	return slices.DeleteFunc(slices.Clone(a.Letters), func(l record.Letter) bool { return l.Name != LetterSignIn })
}

func (a *account) session(hash []byte) int {
	return slices.IndexFunc(a.Sessions, func(s session) bool { return bytes.Equal(s.Hash, hash) })
}

// prune takes out what is over.
func (a *account) prune(now time.Time) {
	over := func(end time.Time) bool { return !now.Before(end) }
	a.Asked = slices.DeleteFunc(a.Asked, func(r asked) bool { return over(r.Expires) })
	a.Sessions = slices.DeleteFunc(a.Sessions, func(s session) bool { return over(s.ends()) })
	a.Letters.Drop(func(l record.Letter) bool { return over(a.kept(l)) })
}

// kept is until when a letter stays: a link is asked for again if it does not come, the digest comes again next week.
func (a *account) kept(l record.Letter) time.Time {
	if l.Name == LetterSignIn {
		return l.Owed.Add(signInAsked)
	}
	return l.Owed.AddDate(0, 0, 6)
}

// expires is when nothing in the account is of use any more.
func (a *account) expires() time.Time {
	var last time.Time
	later := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	for _, r := range a.Asked {
		later(r.Expires)
	}
	for _, s := range a.Sessions {
		later(s.ends())
	}
	for _, l := range a.Letters {
		later(a.kept(l))
	}
	if !a.Digest.IsZero() {
		later(a.Digest.AddDate(0, 0, 8))
	}
	return last
}

// accounts keeps them.
func (d *Desk) accounts() *record.Keeper[*account] {
	return &record.Keeper[*account]{
		Store: d.Store, New: func(id string) *account { return &account{ID: id} }, Anew: true,
		Opened: func(a *account) { a.prune(d.Now()) },
		Entry: func(a *account) (record.Record, error) {
			r := record.Record{ID: a.ID, Status: "staff", Due: a.Letters.Due(), Expires: a.expires()}
			if r.Expires.IsZero() {
				r.Expires = d.Now() // nothing in it
			}
			return r, nil
		},
	}
}

// staffStory is that of accounts for the post.
func (d *Desk) staffStory() record.Story {
	return &record.Letters[*account]{
		Keeper: d.accounts(), Now: d.Now, From: d.MailFrom,
		Outbox:  func(a *account) *record.Outbox { return &a.Letters },
		Dropped: func(a *account, _ record.Letter) bool { return d.Staff(a.Email) == nil },
		Leased: func(a *account, l *record.Letter) string {
			i := slices.IndexFunc(a.Asked, func(r asked) bool { return r.Letter == l.ID })
			if i < 0 {
				return ""
			}
			text, hash := record.NewSecret()
			r := &a.Asked[i]
			r.Links, r.Expires = append(r.Links, hash), d.Now().UTC().Add(signInLife)
			return d.BaseURL + "/review/sign-in/link/" + text
		},
		Make: d.staffMessage,
	}
}

// staffMessage makes a letter to somebody of the staff.
func (d *Desk) staffMessage(ctx context.Context, a *account, l record.Letter, link string) (record.Message, error) {
	t := d.Programme.Letters.For(l.Name, "")
	if t == nil {
		return record.Message{}, fmt.Errorf("there is no letter %q", l.Name)
	}
	f := Fields{Link: link, Hub: d.Hub, More: map[string]string{"review": d.BaseURL + "/review/"}}
	if l.Name == LetterDigest {
		person := d.Staff(a.Email)
		if person == nil {
			return record.Message{}, ErrSignedOut
		}
		counts, theirs, _, err := d.waiting(ctx, person)
		if err != nil {
			return record.Message{}, err
		}
		f.More["waiting"], f.More["waiting.for-you"] = counts, theirs
	}
	m := record.Message{To: a.Email}
	m.Subject, m.Text = t.Write(f.Value)
	return m, nil
}
