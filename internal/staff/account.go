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

// An account is what is kept of somebody of the staff while they sign in and are signed in: one
// record, under a hash of their e-mail address. Of an address that is not on the list one is kept
// too, without the address and without a letter, so that asking takes as long. Nothing in it stays:
// see [account.expires].
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
	To      string    `json:"to,omitempty"`    // where they wanted to go
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

func accountOf(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(email)))
	return "staff-" + hex.EncodeToString(sum[:16])
}

// splitCookie takes a cookie apart: the account that it names, and the hash of its secret. ok is
// false if it is no cookie.
func splitCookie(cookie string) (id string, hash []byte, ok bool) {
	id, secret, ok := record.SplitKey(cookie)
	return id, record.Hash(secret), ok && record.KindOf(id) == record.StaffAccount
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

// kept is until when a letter stays: a link is asked for again if it does not come, the digest
// comes again next week.
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
