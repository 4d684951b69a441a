package record

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
)

// KeptSecret returns a function for a secret of 256 bits, which is kept in a record of its own and
// made on first use. A story uses it to make ids and codes that nobody can guess from what they
// stand for.
func KeptSecret(s Store, kind Kind, id string) func() ([]byte, error) {
	var mu sync.Mutex
	var known []byte
	return func() (_ []byte, err error) {
		mu.Lock()
		defer mu.Unlock()
		if known == nil {
			known, err = keptSecret(context.Background(), s, kind, id)
		}
		return known, err
	}
}

func keptSecret(ctx context.Context, s Store, kind Kind, id string) ([]byte, error) {
	for range 2 {
		r, err := s.Get(ctx, id)
		if err == nil {
			return hex.DecodeString(strings.Trim(string(r.Data), `"`))
		}
		if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		secret := make([]byte, 32)
		rand.Read(secret)
		err = s.Create(ctx, Record{ID: id, Kind: kind, Status: "secret", Data: []byte(`"` + hex.EncodeToString(secret) + `"`)})
		if err != nil && !errors.Is(err, ErrExists) {
			return nil, err
		}
	}
	return nil, ErrBusy
}
