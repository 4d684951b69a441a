package staff

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"traininghub/internal/record"
)

// An account is the record of a member of staff who is signing in or signed in, under a hash of
// their email address. An address that is not on the list gets one too, without the address and
// without a letter, so that asking for a link takes equally long. Nothing in it is kept for long:
// see [account.expires].
type account struct {
	record.Kept

	ID       string        `json:"id"`
	Email    string        `json:"email,omitempty"` // as on the list
	Asked    []linkRequest `json:"asked,omitempty"`
	Sessions []session     `json:"sessions,omitempty"`
	Letters  record.Outbox `json:"letters,omitempty"`
	Known    []known       `json:"known,omitempty"`  // browsers in which they signed in, latest last
	Shared   string        `json:"shared,omitempty"` // id of the latest letter for several browsers
	Digest   time.Time     `json:"digest,omitzero"`  // the Monday of the last weekly letter, UTC
}

// linkRequest is one browser's request for a link.
type linkRequest struct {
	Letter  string    `json:"letter"`          // its id
	Browser []byte    `json:"browser"`         // SHA-256 of the secret in the browser's cookie
	Links   [][]byte  `json:"links,omitempty"` // SHA-256 of each link mailed: one, unless a try failed
	To      string    `json:"to,omitempty"`    // the page that they wanted
	Expires time.Time `json:"expires"`         // UTC
}

// session is a browser that has signed in.
type session struct {
	Hash  []byte    `json:"hash"`  // SHA-256 of the secret in the browser's cookie
	Began time.Time `json:"began"` // UTC
	Seen  time.Time `json:"seen"`  // UTC
}

// known is a browser in which somebody has signed in.
type known struct {
	Browser []byte    `json:"browser"`           // SHA-256 of the secret in the browser's cookie
	Letters []string  `json:"letters,omitempty"` // ids of the letters that it asked for in the last hour
	Until   time.Time `json:"until"`             // UTC
}

func (s session) ends() time.Time {
	if idle := s.Seen.Add(sessionIdle); idle.Before(s.Began.Add(sessionLife)) {
		return idle
	}
	return s.Began.Add(sessionLife)
}

func accountOf(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(email)))
	return "staff-" + hex.EncodeToString(sum[:16])
}

// splitCookie splits a cookie into the account that it names and the hash of its secret. ok is
// false if it is not a cookie.
func splitCookie(cookie string) (id string, hash []byte, ok bool) {
	id, secret, ok := record.SplitKey(cookie)
	return id, record.Hash(secret), ok && record.KindOf(id) == record.StaffAccount
}

// known returns the browser with the hash of its cookie if they have signed in with it; else nil.
func (a *account) known(browser []byte) *known {
	i := slices.IndexFunc(a.Known, func(k known) bool { return bytes.Equal(k.Browser, browser) })
	if i < 0 {
		return nil
	}
	return &a.Known[i]
}

// know notes that they have signed in with a browser.
func (a *account) know(browser []byte, now time.Time) {
	k := known{Browser: browser}
	if was := a.known(browser); was != nil {
		k = *was
	}
	k.Until = now.Add(KnownLife)
	a.Known = slices.DeleteFunc(a.Known, func(k known) bool { return bytes.Equal(k.Browser, browser) })
	a.Known = append(a.Known, k)
	a.Known = a.Known[max(0, len(a.Known)-mostKnown):]
}

// sharedLetter is how the ids of letters for several browsers begin.
const sharedLetter = LetterSignIn + "-shared"

// letterFor returns the letter in which a browser that asks for a link gets one, and when that
// letter is due. letter is "" if there is no room, or if the browser has already asked.
func (a *account) letterFor(browser []byte, now time.Time) (letter string, due time.Time) {
	if k := a.known(browser); k != nil && len(k.Letters) < signInReserve {
		letter = newLetterID(LetterSignIn)
		k.Letters = append(k.Letters, letter)
		return letter, now
	}
	single := 0
	for _, l := range a.Letters {
		reserved := slices.ContainsFunc(a.Known, func(k known) bool { return slices.Contains(k.Letters, l.ID) })
		if l.Name == LetterSignIn && !reserved && !strings.HasPrefix(l.ID, sharedLetter) {
			single++
		}
	}
	if single < signInsAnHour {
		return newLetterID(LetterSignIn), now
	}
	due = now
	if i := slices.IndexFunc(a.Letters, func(l record.Letter) bool { return l.ID == a.Shared }); i >= 0 {
		l := a.Letters[i]
		in := func(r linkRequest) bool { return r.Letter == l.ID }
		switch others := slices.DeleteFunc(slices.Clone(a.Asked), func(r linkRequest) bool { return !in(r) }); {
		case l.Attempts > 0: // it was already sent
			due = later(now, l.Owed.Add(sharedEvery))
		case len(others) >= mostShare || slices.ContainsFunc(others,
			func(r linkRequest) bool { return bytes.Equal(r.Browser, browser) }):
			return "", now
		default:
			return l.ID, l.Due
		}
	}
	a.Shared = newLetterID(sharedLetter)
	return a.Shared, due
}

func later(t, u time.Time) time.Time {
	if u.After(t) {
		return u
	}
	return t
}

func (a *account) session(hash []byte) int {
	return slices.IndexFunc(a.Sessions, func(s session) bool { return bytes.Equal(s.Hash, hash) })
}

// prune removes what has expired.
func (a *account) prune(now time.Time) {
	over := func(end time.Time) bool { return !now.Before(end) }
	a.Asked = slices.DeleteFunc(a.Asked, func(r linkRequest) bool { return over(r.Expires) })
	a.Sessions = slices.DeleteFunc(a.Sessions, func(s session) bool { return over(s.ends()) })
	a.Letters.Drop(func(l record.Letter) bool { return over(a.kept(l)) })
	a.Known = slices.DeleteFunc(a.Known, func(k known) bool { return over(k.Until) })
	for i := range a.Known {
		a.Known[i].Letters = slices.DeleteFunc(a.Known[i].Letters, func(id string) bool {
			return !a.Letters.Has(func(l record.Letter) bool { return l.ID == id })
		})
	}
}

// kept is until when a letter is kept. People ask again for a link that does not come, and the
// digest comes again next week.
func (a *account) kept(l record.Letter) time.Time {
	if l.Name == LetterSignIn {
		return l.Owed.Add(signInAsked)
	}
	return l.Owed.AddDate(0, 0, 6)
}

// expires is when nothing in the account is needed any more.
func (a *account) expires() time.Time {
	var last time.Time
	for _, r := range a.Asked {
		last = later(last, r.Expires)
	}
	for _, s := range a.Sessions {
		last = later(last, s.ends())
	}
	for _, l := range a.Letters {
		last = later(last, a.kept(l))
	}
	for _, k := range a.Known {
		last = later(last, k.Until)
	}
	if !a.Digest.IsZero() {
		last = later(last, a.Digest.AddDate(0, 0, 8))
	}
	return last
}
