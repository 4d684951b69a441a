package record

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"traininghub/internal/pattern"
)

// A Sealed store adds a seal to each document that it writes: a sum over the whole record, made
// with a key that is not in the store. So a change made without the key is always found, whatever
// it changes: a link that opens something, a session, a letter, a line of a list, a time, a row of
// the figures. A seal cannot show that a record was taken away, or put back as it was before.
//
// The seal is the last field of the document, "seal". Stories do not see it.
type Sealed struct {
	Store
	key []byte
}

// Seal returns the store, sealed with a key of at least 16 bytes.
func Seal(store Store, key []byte) *Sealed { return &Sealed{store, key} }

// KeyID names the key without revealing anything about it.
func (s *Sealed) KeyID() string {
	sum := sha256.Sum256(append([]byte("key "), s.key...))
	return hex.EncodeToString(sum[:8])
}

// Create implements [Store].
func (s *Sealed) Create(ctx context.Context, r Record) error {
	r.Version = 0
	return s.Store.Create(ctx, s.seal(r))
}

// Update implements [Store].
func (s *Sealed) Update(ctx context.Context, r Record) error { return s.Store.Update(ctx, s.seal(r)) }

// UpdateAll implements [Store].
func (s *Sealed) UpdateAll(ctx context.Context, all ...Record) error {
	sealed := make([]Record, len(all))
	for i, r := range all {
		sealed[i] = s.seal(r)
	}
	return s.Store.UpdateAll(ctx, sealed...)
}

// Fault says what is wrong with a record from [Store.Get]; "" if it is as the hub wrote it.
func (s *Sealed) Fault(r Record) string {
	document, seal := unsealed(r.Data)
	switch {
	case seal == "":
		return "it has no seal, so it was not written by this hub"
	case !hmac.Equal([]byte(seal), []byte(s.sum(r, document))):
		return "it was changed behind the hub's back, or sealed with another key"
	}
	return ""
}

// Reseal writes all records of the kinds again with the key, after the key has changed. It returns
// how many it wrote.
func (s *Sealed) Reseal(ctx context.Context, kinds []Kind) (n int, err error) {
	err = Each(ctx, s, func(r Record) error {
		if !slices.Contains(kinds, r.Kind) {
			return nil
		}
		for range tries {
			switch err := s.Update(ctx, r); {
			case err == nil:
				n++
				return nil
			case errors.Is(err, ErrNotFound):
				return nil
			case !errors.Is(err, ErrConflict):
				return fmt.Errorf("sealing %s: %w", r.ID, err)
			}
			var err error
			if r, err = s.Get(ctx, r.ID); errors.Is(err, ErrNotFound) {
				return nil
			} else if err != nil {
				return err
			}
		}
		return fmt.Errorf("sealing %s: %w", r.ID, ErrBusy)
	})
	return n, err
}

// seal returns the record as it is written. A document that is not a JSON object gets no seal.
func (s *Sealed) seal(r Record) Record {
	document, _ := unsealed(r.Data)
	if !bytes.HasPrefix(document, []byte("{")) || !bytes.HasSuffix(document, []byte("}")) {
		return r
	}
	written := r
	written.Version++ // the store will count it up
	comma := ","
	if len(bytes.TrimSpace(document[1:len(document)-1])) == 0 {
		comma = ""
	}
	r.Data = fmt.Appendf(nil, `%s%s"seal":"%s"}`, document[:len(document)-1], comma, s.sum(written, document))
	return r
}

var sealAtEnd = pattern.Of(`,?"seal":"([A-Za-z0-9+/]{43}=)"\}$`)

// unsealed splits a document into the part without its seal, and the seal.
func unsealed(data []byte) (document []byte, seal string) {
	m := sealAtEnd().FindSubmatchIndex(data[max(0, len(data)-80):])
	if m == nil {
		return data, ""
	}
	from := max(0, len(data)-80)
	return append(bytes.Clone(data[:from+m[0]]), '}'), string(data[from+m[2] : from+m[3]])
}

// sum covers the whole record. The length of each part goes before it.
func (s *Sealed) sum(r Record, document []byte) string {
	mac := hmac.New(sha256.New, s.key)
	part := func(text []byte) {
		fmt.Fprintf(mac, "%d ", len(text))
		mac.Write(text)
	}
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return strconv.FormatInt(t.UnixMilli(), 10)
	}
	since := "" // stores keep Since only for what stands on a shelf
	if r.Shelf != "" {
		since = at(r.Since)
	}
	for _, text := range []string{
		r.ID, string(r.Kind), strconv.FormatInt(r.Version, 10), r.Status, r.Course, at(r.Due), at(r.Expires), r.Shelf,
		since, r.Number, r.Email,
	} {
		part([]byte(text))
	}
	part(r.Brief)
	part(document)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
