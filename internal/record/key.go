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

// A Key lets the holder of a secret open the record for one purpose. Only the SHA-256 of the secret
// is kept.
type Key struct {
	Hash    []byte    `json:"hash"`
	For     string    `json:"for"`              // the purpose, a word that the story chooses
	Letter  string    `json:"letter,omitempty"` // id of the letter that carried it
	Proved  bool      `json:"proved,omitempty"` // for a device: it was given for a link mailed to the current address
	Expires time.Time `json:"expires"`          // UTC; zero if it lasts as long as the record
}

// Is reports whether the key has this secret.
func (k Key) Is(secret []byte) bool { return subtle.ConstantTimeCompare(k.Hash, Hash(secret)) == 1 }

// Keys are the keys of one record.
type Keys []Key

// For each purpose the newest few devices keep their keys. Each letter keeps the keys of its latest
// few tries, since any of those tries may have arrived.
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

// Find returns the key with the secret if it opens the record for the purpose at that time; else
// nil.
func (k Keys) Find(secret []byte, purpose string, at time.Time) (found *Key) {
	hash := Hash(secret)
	for i := range k {
		if subtle.ConstantTimeCompare(k[i].Hash, hash) == 1 && k[i].For == purpose &&
			(k[i].Expires.IsZero() || at.Before(k[i].Expires)) {
			found = &k[i] // keep looking: how long this takes must reveal nothing
		}
	}
	return found
}

// Opens reports whether the secret opens the record for the purpose at that time.
func (k Keys) Opens(secret []byte, purpose string, at time.Time) bool {
	return k.Find(secret, purpose, at) != nil
}

// Drop removes the keys for which f returns true.
func (k *Keys) Drop(f func(Key) bool) { *k = slices.DeleteFunc(*k, f) }

// NewSecret makes a secret of 256 bits, and returns it as text together with its hash.
func NewSecret() (text string, hash []byte) {
	s := make([]byte, 32)
	rand.Read(s)
	return base64.RawURLEncoding.EncodeToString(s), Hash(s)
}

// ReadSecret returns the secret in a text made by [NewSecret]; ok is false if the text holds none.
func ReadSecret(text string) (secret []byte, ok bool) {
	secret, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return secret, err == nil && len(secret) == 32
}

// Hash returns the SHA-256 of a secret, which is all that is kept of it.
func Hash(secret []byte) []byte {
	sum := sha256.Sum256(secret)
	return sum[:]
}

// SplitKey splits a key as people hold it, "ID.secret". ok is false if it is not one. There need
// not be a record with the id.
func SplitKey(key string) (id string, secret []byte, ok bool) {
	dot := strings.LastIndexByte(key, '.') // an id may have dots, a secret has none
	if dot < 0 {
		return "", nil, false
	}
	secret, ok = ReadSecret(key[dot+1:])
	return key[:dot], secret, ok
}
