package recordtest

import (
	"bytes"
	"cmp"
	"context"
	"hash/crc32"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"traininghub/internal/record"
)

// A Memory is a [record.Store] in memory, for tests of stories. It keeps the whole contract except
// that nothing survives the program. Its zero value is empty. It searches by going through all
// records, so use it for a few thousand at most.
type Memory struct {
	mu   sync.RWMutex
	kept map[string]record.Record
}

var _ record.Store = (*Memory)(nil)

// Create implements [record.Store].
func (m *Memory) Create(ctx context.Context, r record.Record) error {
	if err := r.Check(); err != nil {
		return err
	}
	r.Version = 0
	return m.write(ctx, func(_, _ record.Record, ok bool) error {
		if ok {
			return record.ErrExists
		}
		return nil
	}, r)
}

// Update implements [record.Store].
func (m *Memory) Update(ctx context.Context, r record.Record) error {
	if err := r.Check(); err != nil {
		return err
	}
	return m.write(ctx, func(r, was record.Record, ok bool) error {
		if ok && was.Kind != r.Kind {
			return record.ErrConflict
		}
		return changed(was, ok, r.Version)
	}, r)
}

// UpdateAll implements [record.Store].
func (m *Memory) UpdateAll(ctx context.Context, all ...record.Record) error {
	if err := record.CheckSet(all); err != nil {
		return err
	}
	return m.write(ctx, func(r, was record.Record, ok bool) error {
		if was.Version != r.Version || ok && was.Kind != r.Kind {
			return record.ErrConflict
		}
		return nil
	}, all...)
}

// changed returns the error for a change to a version that is not the one kept; nil if it is.
func changed(was record.Record, ok bool, version int64) error {
	switch {
	case !ok:
		return record.ErrNotFound
	case was.Version != version:
		return record.ErrConflict
	}
	return nil
}

// write keeps records if check finds nothing wrong with any of them. check gets each record
// together with the one that was kept under its ID.
func (m *Memory) write(ctx context.Context, check func(r, was record.Record, ok bool) error,
	all ...record.Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range all {
		was, ok := m.kept[r.ID]
		if err := check(r, was, ok); err != nil {
			return err
		}
	}
	if m.kept == nil {
		m.kept = map[string]record.Record{}
	}
	for _, r := range all {
		r.Version++
		for _, t := range []*time.Time{&r.Due, &r.Expires, &r.Since, &r.Came} {
			if !t.IsZero() {
				*t = time.UnixMilli(t.UnixMilli()).UTC()
			}
		}
		r.Data, r.Brief, r.Words = bytes.Clone(r.Data), bytes.Clone(r.Brief), slices.Clone(r.Words)
		m.kept[r.ID] = r
	}
	return nil
}

// Get implements [record.Store].
func (m *Memory) Get(ctx context.Context, id string) (record.Record, error) {
	if err := ctx.Err(); err != nil {
		return record.Record{}, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.kept[id]
	if !ok {
		return record.Record{}, record.ErrNotFound
	}
	r.Data, r.Brief, r.Words = bytes.Clone(r.Data), bytes.Clone(r.Brief), slices.Clone(r.Words)
	return r, nil
}

// Delete implements [record.Store].
func (m *Memory) Delete(ctx context.Context, id string, version int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	was, ok := m.kept[id]
	if err := changed(was, ok, version); err != nil {
		return err
	}
	delete(m.kept, id)
	return nil
}

// some returns the records for which f is true, sorted by order.
func (m *Memory) some(
	ctx context.Context, f func(record.Record) bool, order func(a, b record.Record) int,
) ([]record.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	var all []record.Record
	for _, r := range m.kept {
		if f(r) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, order)
	return all, nil
}

func byID(a, b record.Record) int { return cmp.Compare(a.ID, b.ID) }

// place orders records as a shelf does.
func place(a, b record.Record) int { return cmp.Or(a.Since.Compare(b.Since), byID(a, b)) }

// List implements [record.Store].
func (m *Memory) List(ctx context.Context, r record.Range) ([]record.Record, error) {
	order := place
	if r.Newest {
		order = func(a, b record.Record) int { return place(b, a) }
	}
	after := record.Record{ID: r.After.ID, Since: time.UnixMilli(r.After.Since.UnixMilli())}
	all, err := m.some(ctx, func(rec record.Record) bool {
		switch {
		case rec.Kind != r.Kind, rec.Shelf == "" || rec.Shelf != r.Shelf, !bytes.Contains(rec.Brief, r.Has):
			return false
		case r.Part != "" && rec.Part != r.Part:
			return false
		case !r.Until.IsZero() && rec.Since.UnixMilli() > r.Until.UnixMilli():
			return false
		}
		return r.After.ID == "" || order(after, rec) < 0
	}, order)
	return lines(all[:min(len(all), r.Max)]), err
}

// Count implements [record.Store].
func (m *Memory) Count(ctx context.Context, r record.Range) (int, error) {
	r.Max = cmp.Or(r.Max, math.MaxInt)
	all, err := m.List(ctx, r)
	return len(all), err
}

// Find implements [record.Store].
func (m *Memory) Find(ctx context.Context, kind record.Kind, by record.Field, value string) ([]record.Record, error) {
	all, err := m.some(ctx, func(r record.Record) bool {
		has := r.Number
		if by == record.ByEmail {
			has = r.Email
		}
		return r.Kind == kind && has == value && value != ""
	}, byID)
	return lines(all), err
}

// Search implements [record.Store].
func (m *Memory) Search(ctx context.Context, kind record.Kind, course string, words []string) ([]record.Cursor, error) {
	all, err := m.some(ctx, func(r record.Record) bool {
		for _, word := range words {
			if !slices.ContainsFunc(r.Words, func(w string) bool {
				return w == word || len([]rune(word)) >= record.MinWord && strings.HasPrefix(w, word)
			}) {
				return false
			}
		}
		return len(words) > 0 && r.Kind == kind && r.Course == course
	}, func(a, b record.Record) int { return cmp.Or(b.Came.Compare(a.Came), byID(b, a)) })
	var found []record.Cursor
	for _, r := range all {
		found = append(found, record.Cursor{Since: r.Came, ID: r.ID})
	}
	return found, err
}

// lines cuts records down to what lists show of them.
func lines(all []record.Record) []record.Record {
	for i, r := range all {
		all[i] = record.Record{
			ID: r.ID, Kind: r.Kind, Status: r.Status, Course: r.Course, Shelf: r.Shelf, Since: r.Since,
			Number: r.Number, Email: r.Email, Brief: bytes.Clone(r.Brief),
		}
	}
	return all
}

// Records implements [record.Store], a few at a time.
func (m *Memory) Records(ctx context.Context, part, parts int, after string) ([]record.Record, string, error) {
	all, err := m.some(ctx, func(r record.Record) bool {
		return r.ID > after && int(crc32.ChecksumIEEE([]byte(r.ID))%uint32(parts)) == part
	}, byID)
	const few = 10
	if len(all) <= few {
		return all, "", err
	}
	return all[:few], all[few-1].ID, err
}

// Due implements [record.Store].
func (m *Memory) Due(ctx context.Context, kinds []record.Kind, at time.Time, n int) ([]record.Entry, error) {
	all, err := m.some(ctx, func(r record.Record) bool { return slices.Contains(kinds, r.Kind) && past(r.Due, at) },
		func(a, b record.Record) int { return a.Due.Compare(b.Due) })
	return entries(all, n), err
}

// Waiting implements [record.Store].
func (m *Memory) Waiting(ctx context.Context, at time.Time) (map[record.Kind]int, error) {
	waiting := map[record.Kind]int{}
	all, err := m.some(ctx, func(r record.Record) bool { return past(r.Due, at) }, byID)
	for _, r := range all {
		waiting[r.Kind]++
	}
	return waiting, err
}

// Expire implements [record.Store].
func (m *Memory) Expire(ctx context.Context, kinds []record.Kind, at time.Time, n int) (removed int, err error) {
	all, err := m.some(ctx, func(r record.Record) bool { return slices.Contains(kinds, r.Kind) && past(r.Expires, at) },
		func(a, b record.Record) int { return a.Expires.Compare(b.Expires) })
	for _, r := range all[:min(len(all), n)] {
		if m.Delete(ctx, r.ID, r.Version) == nil { // fails if somebody has just changed it
			removed++
		}
	}
	return removed, err
}

func past(t, at time.Time) bool { return !t.IsZero() && t.UnixMilli() <= at.UnixMilli() }

func entries(all []record.Record, n int) (entries []record.Entry) {
	for _, r := range all[:min(len(all), n)] {
		entries = append(entries, record.Entry{ID: r.ID, Kind: r.Kind})
	}
	return entries
}
