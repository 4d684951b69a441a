package mentoring

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
)

// A Word opens the page of a request together with a mailed link, since practices share mailboxes.
// It is stored in a form that is slow to guess: PBKDF2 with SHA-256, with as many rounds as OWASP's
// Password Storage Cheat Sheet asks for (600,000).
type Word struct {
	Salt   []byte `json:"salt"`
	Rounds int    `json:"rounds"`
	Hash   []byte `json:"hash"`
}

// Rounds is the number of rounds of PBKDF2 for new words.
const Rounds = 600_000

// MaxTries is how often somebody with the link can try a word. After that the lead calls back and
// lets them choose a new one.
const MaxTries = 5

// newWord makes a word from its text with a number of rounds.
func newWord(text string, rounds int) (*Word, error) {
	w := &Word{Salt: make([]byte, 16), Rounds: rounds}
	rand.Read(w.Salt)
	var err error
	w.Hash, err = w.sum(text)
	return w, err
}

// Is tells whether text is the word.
func (w *Word) Is(text string) bool {
	sum, err := w.sum(text)
	return err == nil && subtle.ConstantTimeCompare(sum, w.Hash) == 1
}

// sum hashes a word without the spaces that pasting adds around it.
func (w *Word) sum(text string) ([]byte, error) {
	return pbkdf2.Key(sha256.New, strings.TrimSpace(text), w.Salt, w.Rounds, 32)
}
