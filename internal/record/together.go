package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// A Set is a number of documents that change together, all or none. See [Together].
type Set struct {
	docs []member
}

// A member is one document of a set, of any kind.
type member struct {
	encode  func() (Record, error)
	noted   func(Record) // receives the document's record after the write
	id      string       // of a document that was read
	version int64        // as it was read
}

// In reads the document with the id into the set. It is written with the others, if its version is
// still the one that was read. A document that is read but not changed is written as well, so that
// nobody else changes it at the same moment.
func (k *Keeper[T]) In(ctx context.Context, s *Set, id string) (T, error) {
	doc, err := k.Get(ctx, id)
	if err == nil {
		k.Put(s, doc)
		m := &s.docs[len(s.docs)-1]
		m.id, m.version = id, doc.kept().version
	}
	return doc, err
}

// Put adds a document to the set that the caller made, or had read before.
func (k *Keeper[T]) Put(s *Set, doc T) {
	s.docs = append(s.docs, member{
		encode: func() (Record, error) { return k.Encode(doc) },
		noted:  func(r Record) { *doc.kept() = Kept{id: r.ID, version: r.Version + 1, due: r.Due} },
	})
}

// togetherTries is how often a set is tried when others come first. It is high because many may
// write to the same record, such as a mentor whose last place several leads want.
const togetherTries = 200

// Together changes 1 to 10 documents by one write, all or none. f reads documents with [Keeper.In],
// adds new ones with [Keeper.Put], and changes them. If somebody else changed one in the meantime,
// f is called again with an empty set, so it must set everything that it returns on each call. If f
// returns an error, nothing is written, but [ErrUnchanged] is not an error. Documents are read one
// after the other, so f may see one of them before and another after somebody else's change. Its
// error therefore counts only if everything that it has read is still the same. Together returns
// ErrBusy if others came first each time.
func Together(ctx context.Context, store Store, f func(*Set) error) error {
	for try := range togetherTries {
		s := &Set{}
		if err := f(s); err != nil {
			if errors.Is(err, ErrUnchanged) {
				return nil
			}
			if ok, fault := s.unchanged(ctx, store); ok || fault != nil {
				return cmp.Or(fault, err)
			}
		} else if err := s.write(ctx, store); !errors.Is(err, ErrConflict) && !errors.Is(err, ErrBusy) {
			return err
		}
		// Wait a random moment, so that two callers that collided do not collide again.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(time.Millisecond << min(try, 6))):
		}
	}
	return ErrBusy
}

// unchanged reports whether everything that was read is still the same.
func (s *Set) unchanged(ctx context.Context, store Store) (bool, error) {
	if len(s.docs) < 2 { // one document cannot contradict itself
		return true, nil
	}
	for _, m := range s.docs {
		if m.id == "" {
			continue
		}
		r, err := store.Get(ctx, m.id)
		if errors.Is(err, ErrNotFound) {
			r.Version, err = 0, nil
		}
		if err != nil || r.Version != m.version {
			return false, err
		}
	}
	return true, nil
}

func (s *Set) write(ctx context.Context, store Store) (err error) {
	if len(s.docs) == 0 {
		return nil
	}
	all := make([]Record, len(s.docs))
	for i, d := range s.docs {
		if all[i], err = d.encode(); err != nil {
			return err
		}
	}
	switch {
	case len(all) > 1:
		err = store.UpdateAll(ctx, all...)
	case all[0].Version > 0:
		err = store.Update(ctx, all[0])
	default:
		if err = store.Create(ctx, all[0]); errors.Is(err, ErrExists) {
			err = ErrConflict
		}
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", all[0].ID, err)
	}
	for i, d := range s.docs {
		d.noted(all[i])
	}
	return nil
}
