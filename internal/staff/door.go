package staff

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/record"
)

// The staff have no passwords. Anybody in the [Directory] asks for a link with their email address,
// and signs in with that link in the browser that asked.

// Why somebody is not signed in.
var (
	// ErrSignedOut: nobody has signed in with this browser, or it was too long ago, or they are no
	// longer on the list.
	ErrSignedOut = errors.New("staff: nobody has signed in")
	// ErrSpentLink: the link was already used, is too old, or was never a link to sign in.
	ErrSpentLink = errors.New("staff: the link does not sign in")
	// ErrOtherBrowser: another browser asked for the link. It still works there.
	ErrOtherBrowser = errors.New("staff: the link belongs to another browser")
)

// How long the staff's access lasts.
const (
	signInAsked = time.Hour        // how long the letter with the link may take to leave
	signInLife  = 15 * time.Minute // of the link, from when its letter is written
	sessionLife = 8 * time.Hour    // of a session, from signing in
	sessionIdle = 30 * time.Minute // of a session in which nothing happens; up to seenEvery less, never more
	seenEvery   = 3 * time.Minute  // between the writes that note activity

	mostSessions = 8 // of one person; the oldest ends
)

// Anybody can ask for links with a lead's address, since it stands on the pages of courses. Nobody
// must be able to flood that mailbox, or to leave its owner without a way in. So there is a limit
// to letters for single browsers. Browsers that ask beyond it share one letter, whose link works in
// each of them. A browser that signed in before still gets letters of its own.
const (
	signInsAnHour = 12               // letters for single browsers
	signInReserve = 6                // further letters for a browser that signed in before
	sharedEvery   = 10 * time.Minute // the least time between two shared letters
	mostShare     = 200              // browsers in one shared letter
	mostKnown     = 8                // browsers of one person that signed in before
)

// KnownLife is how long the hub knows a browser in which somebody signed in, and so how long the
// browser must keep its cookie from [Door.Ask].
const KnownLife = 90 * 24 * time.Hour

// LetterSignIn is the letter with the link that signs in.
const LetterSignIn = "sign-in"

// To is the recipient of the letters to the staff.
const To letter.Recipient = "staff"

// Letters is the table of the letters that signing in sends.
var Letters = letter.Table{LetterSignIn: {
	To: []letter.Recipient{To}, Fields: []string{"link"}, Alone: true,
	NoCopy: "there is no PDF before an application was sent",
}}

// A Door lets the staff in. Set the fields once, before first use; the methods may be called from
// several goroutines.
type Door struct {
	Store   record.Store
	Now     func() time.Time
	Find    func(email string) *Person // see [Directory.Find]
	BaseURL string                     // of links in letters
	Below   string                     // the staff's addresses begin so, with a slash at the end: "/review/"

	// Needed only for letters.
	MailFrom string // "Name <address>"
	Template func(name string) *letter.Template
	Hub      func(fact string) (string, bool)
	// Fields returns what a letter to the staff can say, by the letter's name. LetterSignIn needs
	// none.
	Fields map[string]func(context.Context, *Person) (map[string]string, error)
}

// Ask asks for a link to sign in, which is mailed if the address is on the list. The caller cannot
// see whether it is. The link works only in the browser that has the cookie returned; browser is
// the cookie that it already has, if any. to is the page that they wanted, and comes back from
// SignIn.
func (d *Door) Ask(ctx context.Context, email, browser, to string) (cookie string, err error) {
	id, person := accountOf(email), d.Find(email)
	// A browser keeps its cookie for an address, whether or not a letter is sent: a new cookie
	// would show which.
	own, hash, ok := splitCookie(browser)
	if cookie = browser; !ok || own != id {
		var text string
		text, hash = record.NewSecret()
		cookie = id + "." + text
	}
	_, err = d.accounts().Amend(ctx, id, func(a *account) error {
		now := d.Now().UTC()
		if person == nil {
			if len(a.Asked) >= signInsAnHour {
				return record.ErrUnchanged
			}
			a.Asked = append(a.Asked, linkRequest{Letter: newLetterID(LetterSignIn), Browser: hash,
				Expires: now.Add(signInAsked)})
			return nil
		}
		letter, due := a.letterFor(hash, now)
		if letter == "" {
			return record.ErrUnchanged // nobody can push out other people's requests
		}
		a.Email = person.Email
		a.Asked = append(a.Asked, linkRequest{Letter: letter, Browser: hash, To: to, Expires: due.Add(signInAsked)})
		if !a.Letters.Has(func(l record.Letter) bool { return l.ID == letter }) {
			a.Letters.Owe(letter, LetterSignIn, due)
		}
		return nil
	})
	return cookie, err
}

// Knows reports whether somebody with the address has signed in before in the browser with the
// cookie.
func (d *Door) Knows(ctx context.Context, email, browser string) (bool, error) {
	id, hash, ok := splitCookie(browser)
	if !ok || id != accountOf(email) {
		return false, nil
	}
	a, err := d.accounts().Get(ctx, id)
	return err == nil && a.known(hash) != nil, err
}

// findLink returns the index of the request that a link answers in an account, if this browser made
// it.
func (d *Door) findLink(a *account, link string, browser []byte) (int, error) {
	secret, ok := record.ReadSecret(link)
	if !ok {
		return -1, ErrSpentLink
	}
	hash := record.Hash(secret)
	answers := func(r linkRequest) bool {
		return slices.ContainsFunc(r.Links, func(l []byte) bool { return bytes.Equal(l, hash) })
	}
	if d.Find(a.Email) == nil || !slices.ContainsFunc(a.Asked, answers) {
		return -1, ErrSpentLink
	}
	i := slices.IndexFunc(a.Asked, func(r linkRequest) bool { return answers(r) && bytes.Equal(r.Browser, browser) })
	if i < 0 {
		return -1, ErrOtherBrowser
	}
	return i, nil
}

// Peek reports whether a mailed link signs in with this browser, without using the link. It returns
// nil, ErrOtherBrowser or ErrSpentLink.
func (d *Door) Peek(ctx context.Context, link, browser string) error {
	id, hash, ok := splitCookie(browser)
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

// SignIn uses a mailed link, once. It returns the session's cookie and the page that they wanted,
// or "".
func (d *Door) SignIn(ctx context.Context, link, browser string) (cookie, to string, err error) {
	id, hash, ok := splitCookie(browser)
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
		now := d.Now().UTC()
		a.know(hash, now)
		text, hash := record.NewSecret()
		cookie = id + "." + text
		a.Sessions = append(a.Sessions, session{Hash: hash, Began: now, Seen: now})
		if n := len(a.Sessions); n > mostSessions {
			a.Sessions = a.Sessions[n-mostSessions:]
		}
		return nil
	})
	return cookie, to, err
}

// Session returns the person who has signed in with the browser that has the cookie, or
// ErrSignedOut. It asks the list each time.
func (d *Door) Session(ctx context.Context, cookie string) (*Person, error) {
	id, hash, ok := splitCookie(cookie)
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
	person := d.Find(a.Email)
	if person == nil {
		return nil, ErrSignedOut
	}
	if d.Now().Sub(a.Sessions[i].Seen) < seenEvery {
		return person, nil
	}
	_, err = d.accounts().AmendRead(ctx, id, a, func(a *account) error {
		i, now := a.session(hash), d.Now().UTC()
		if i < 0 || now.Sub(a.Sessions[i].Seen) < seenEvery { // another request at the same moment was first
			return record.ErrUnchanged
		}
		a.Sessions[i].Seen = now
		return nil
	})
	return person, err
}

// SignOut ends the session of the browser with the cookie.
func (d *Door) SignOut(ctx context.Context, cookie string) error {
	id, hash, ok := splitCookie(cookie)
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

// accounts returns the keeper of accounts.
func (d *Door) accounts() *record.Keeper[*account] {
	return &record.Keeper[*account]{
		Store: d.Store, Kind: record.StaffAccount, New: func(id string) *account { return &account{ID: id} },
		Anew:   true,
		Opened: func(a *account) { a.prune(d.Now()) },
		Entry: func(a *account) (record.Record, error) {
			r := record.Record{ID: a.ID, Status: "staff", Due: a.Letters.Due(), Expires: a.expires()}
			if r.Expires.IsZero() {
				r.Expires = d.Now() // empty: may be removed at once
			}
			return r, nil
		},
	}
}

// Story returns the accounts' story, for the post.
func (d *Door) Story() record.Story {
	return &record.Letters[*account]{
		Keeper: d.accounts(), Now: d.Now, From: d.MailFrom,
		Outbox:  func(a *account) *record.Outbox { return &a.Letters },
		Dropped: func(a *account, _ record.Letter) bool { return d.Find(a.Email) == nil },
		Leased: func(a *account, l *record.Letter) string {
			if l.Name != LetterSignIn {
				return ""
			}
			text, hash := record.NewSecret()
			for i := range a.Asked {
				if r := &a.Asked[i]; r.Letter == l.ID {
					r.Links, r.Expires = append(r.Links, hash), d.Now().UTC().Add(signInLife)
				}
			}
			return d.BaseURL + d.Below + "sign-in/link/" + text
		},
		Make: d.message,
	}
}

// message writes a letter to a member of staff.
func (d *Door) message(ctx context.Context, a *account, l record.Letter, link string) (m record.Message, err error) {
	t, person := d.Template(l.Name), d.Find(a.Email)
	switch {
	case t == nil:
		return m, fmt.Errorf("there is no letter %q", l.Name)
	case person == nil: // taken off the list since the lease
		return m, ErrSignedOut
	}
	var fields map[string]string
	if f := d.Fields[l.Name]; f != nil {
		if fields, err = f(ctx, person); err != nil {
			return m, err
		}
	}
	m.To = a.Email
	says := map[string]string{"link": link}
	if len(a.Known) > 0 { // they have signed in with a mailed link before
		says[letter.Greeting] = person.Name
	}
	maps.Copy(says, fields)
	t.Write(&m, letter.With(d.Hub, says))
	return m, nil
}

// Weekly owes somebody the letter of a week, once for each week; the week is named by its Monday.
// It asks whether there is something to say at most once as well, and only for people on the list.
func (d *Door) Weekly(
	ctx context.Context, email, letter string, week time.Time, due func(*Person) (bool, error),
) error {
	id, person := accountOf(email), d.Find(email)
	a, err := d.accounts().Get(ctx, id)
	if err != nil || !a.Digest.Before(week) {
		return err
	}
	owed := false
	if person != nil {
		if owed, err = due(person); err != nil {
			return err
		}
	}
	_, err = d.accounts().AmendRead(ctx, id, a, func(a *account) error {
		if !a.Digest.Before(week) {
			return record.ErrUnchanged
		}
		a.Email, a.Digest = email, week
		if owed {
			a.Letters.Owe(newLetterID(letter), letter, d.Now())
		}
		return nil
	})
	return err
}

// newLetterID returns an id that stays unique even if the account is removed and made again.
func newLetterID(name string) string { return name + "-" + strings.ToLower(rand.Text()[:10]) }
