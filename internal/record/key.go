package record

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// A Key lets the holder of a secret open the record for one purpose; only the secret's SHA-256 is
// kept.
type Key struct {
	Hash    []byte    `json:"hash"`
	For     string    `json:"for"`              // the purpose, a word of the story's
	Letter  string    `json:"letter,omitempty"` // id of the letter that it went with
	Proved  bool      `json:"proved,omitempty"` // of a device: given for a link mailed to the address of today
	Expires time.Time `json:"expires"`          // UTC; zero if with the record
}

// Is tells whether it is the key with the secret.
func (k Key) Is(secret []byte) bool { return subtle.ConstantTimeCompare(k.Hash, Hash(secret)) == 1 }

// Keys are those of one record.
type Keys []Key

// Of devices the newest few stay for each purpose; of each letter those of its latest few tries,
// since the letter may have gone with any of them.
const (
	deviceKeys = 8
	letterKeys = 4
)

// New adds a key for a purpose and returns its secret, which is not kept. A letter's key has the
// letter's id; a device's has none.
func (k *Keys) New(purpose, letter string, expires time.Time) (secret string) {
	secret, hash := NewSecret()
	*k = append(*k, Key{Hash: hash, For: purpose, Letter: letter, Expires: expires})
	most := deviceKeys
	if letter != "" {
		most = letterKeys
	}
	for n, i := 0, len(*k)-1; i >= 0; i-- {
		if (*k)[i].For == purpose && (*k)[i].Letter == letter {
			if n++; n > most {
				*k = append((*k)[:i:i], (*k)[i+1:]...)
			}
		}
	}
	return secret
}

// Find is the key with the secret, if it opens the record for the purpose at an instant; else nil.
func (k Keys) Find(secret []byte, purpose string, at time.Time) (found *Key) {
	hash := Hash(secret)
	for i := range k {
		if subtle.ConstantTimeCompare(k[i].Hash, hash) == 1 && k[i].For == purpose &&
			(k[i].Expires.IsZero() || at.Before(k[i].Expires)) {
			found = &k[i] // goes on all the same: the time that it takes tells nothing
		}
	}
	return found
}

// Opens tells whether the secret opens the record for the purpose at an instant.
func (k Keys) Opens(secret []byte, purpose string, at time.Time) bool {
	return k.Find(secret, purpose, at) != nil
}

// Drop takes out the keys of which f is true.
func (k *Keys) Drop(f func(Key) bool) { *k = slices.DeleteFunc(*k, f) }

// NewSecret makes a secret of 256 bits as text, and its hash.
func NewSecret() (text string, hash []byte) {
	s := make([]byte, 32)
	rand.Read(s)
	return base64.RawURLEncoding.EncodeToString(s), Hash(s)
}

// ReadSecret is the secret that a text from [NewSecret] holds; ok tells whether it is one.
func ReadSecret(text string) (secret []byte, ok bool) {
	secret, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return secret, err == nil && len(secret) == 32
}

// Hash is what is kept of a secret: its SHA-256.
func Hash(secret []byte) []byte {
	sum := sha256.Sum256(secret)
	return sum[:]
}

// SplitKey takes a key as people hold it, "ID.secret", apart. It returns ok false if it is none;
// the id may still be of no record.
func SplitKey(key string) (id string, secret []byte, ok bool) {
	dot := strings.LastIndexByte(key, '.') // an id may have dots, a secret has none
	if dot < 0 {
		return "", nil, false
	}
	secret, ok = ReadSecret(key[dot+1:])
	return key[:dot], secret, ok
}
