package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// A Set is documents that change together: all of them or none. See [Together].
type Set struct {
	docs []member
}

// A member is a document of a set, which may be of any kind.
type member struct {
	encode  func() (Record, error)
	noted   func(Record) // the document as it stands after the write
	id      string       // of one that was read
	version int64        // as it was read
}

// In reads the document with the id into the set: it is written with the others, on the version
// that was read. What is read in a set and not changed is written as well, so that nobody changes
// it at the same moment.
func (k *Keeper[T]) In(ctx context.Context, s *Set, id string) (T, error) {
	doc, err := k.Get(ctx, id)
	if err == nil {
		k.Put(s, doc)
		m := &s.docs[len(s.docs)-1]
		m.id, m.version = id, doc.kept().version
	}
	return doc, err
}

// Put adds a document to the set that was made, or read before.
func (k *Keeper[T]) Put(s *Set, doc T) {
	s.docs = append(s.docs, member{
		encode: func() (Record, error) { return k.Encode(doc) },
		noted:  func(r Record) { *doc.kept() = Kept{id: r.ID, version: r.Version + 1, due: r.Due} },
	})
}

// togetherTries is how often a set is tried while others come first: a record that many write to,
// such as a mentor whose last place several leads want, needs more tries than one that few do.
const togetherTries = 200

// Together changes 1 to 10 documents by one write of all or none. f reads them by [Keeper.In], adds
// new ones by [Keeper.Put], and changes them; if somebody else changed one in the meantime, it is
// called again with an empty set, so it must set all that it returns each time that it runs. If f
// returns an error, nothing is written, but [ErrUnchanged] is no error. An error counts only if
// what f has read is still so: documents are read one after the other, and of two that changed
// together in between one may be old. Together returns ErrBusy if others came first each time.
func Together(ctx context.Context, store Store, f func(*Set) error) error {
	for try := range togetherTries {
		s := &Set{}
		if err := f(s); err != nil {
			if errors.Is(err, ErrUnchanged) {
				return nil
			}
			if same, fault := s.same(ctx, store); same || fault != nil {
				return cmp.Or(fault, err)
			}
		} else if err := s.write(ctx, store); !errors.Is(err, ErrConflict) && !errors.Is(err, ErrBusy) {
			return err
		}
		// A random moment, so that those who met once do not meet again.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(time.Millisecond << min(try, 6))):
		}
	}
	return ErrBusy
}

// same tells whether all that was read is still as it was.
func (s *Set) same(ctx context.Context, store Store) (bool, error) {
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
