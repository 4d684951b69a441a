package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"traininghub/internal/record"
)

// Create implements [record.Store].
func (s *Store) Create(ctx context.Context, r record.Record) error {
	if err := r.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) (miss, err error) {
		n, err := affected(tx.Stmt(s.create).Exec(values(r)...))
		if n == 0 {
			miss = record.ErrExists
		}
		return miss, err
	})
}

// Update implements [record.Store].
func (s *Store) Update(ctx context.Context, r record.Record) error {
	if err := r.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) (miss, err error) {
		n, err := affected(tx.Stmt(s.update).Exec(append(values(r), r.Version)...))
		if err != nil || n == 1 {
			return nil, err
		}
		return s.missed(tx, r.ID)
	})
}

// UpdateAll implements [record.Store].
func (s *Store) UpdateAll(ctx context.Context, all ...record.Record) error {
	if err := record.CheckSet(all); err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) (miss, err error) {
		// Other writes share the transaction, so it cannot be undone for a miss. So all records are
		// checked before the first is written.
		for _, r := range all {
			is := record.Record{}
			if err := tx.Stmt(s.version).QueryRow(r.ID).Scan(&is.Version, &is.Kind); err != nil &&
				!errors.Is(err, sql.ErrNoRows) {
				return nil, err
			}
			if is.Version != r.Version || r.Version != 0 && is.Kind != r.Kind {
				return record.ErrConflict, nil
			}
		}
		for _, r := range all {
			stmt, args := s.update, append(values(r), r.Version)
			if r.Version == 0 {
				stmt, args = s.create, values(r)
			}
			if n, err := affected(tx.Stmt(stmt).Exec(args...)); err != nil || n != 1 {
				return nil, cmp.Or(err, errNotWritten)
			}
		}
		return nil, nil
	})
}

// errNotWritten: a record that was just seen is gone. SQLite's transactions do not let this happen.
var errNotWritten = errors.New("a record changed within a transaction")

// Expire implements [record.Store].
func (s *Store) Expire(ctx context.Context, kinds []record.Kind, at time.Time, n int) (int, error) {
	removed := 0
	err := s.write(ctx, func(tx *sql.Tx) (miss, err error) {
		removed = 0
		for _, kind := range kinds {
			k, err := affected(tx.Stmt(s.expire).Exec(kind, at.UnixMilli(), n-removed))
			if err != nil {
				return nil, err
			}
			removed += k
		}
		return nil, nil
	})
	if err != nil {
		return 0, err
	}
	if removed > 0 {
		s.clean()
	}
	return removed, nil
}

// Delete implements [record.Store].
func (s *Store) Delete(ctx context.Context, id string, version int64) error {
	err := s.write(ctx, func(tx *sql.Tx) (miss, err error) {
		n, err := affected(tx.Stmt(s.remove).Exec(id, version))
		if err != nil || n == 1 {
			return nil, err
		}
		return s.missed(tx, id)
	})
	if err == nil {
		s.clean()
	}
	return err
}

// missed says why a write found no record with its version.
func (s *Store) missed(tx *sql.Tx, id string) (miss, err error) {
	var is record.Record
	switch err := tx.Stmt(s.version).QueryRow(id).Scan(&is.Version, &is.Kind); {
	case errors.Is(err, sql.ErrNoRows):
		return record.ErrNotFound, nil
	case err != nil:
		return nil, err
	}
	return record.ErrConflict, nil
}

// Get implements [record.Store].
func (s *Store) Get(ctx context.Context, id string) (record.Record, error) {
	r, err := whole(s.get.QueryRowContext(ctx, id))
	if errors.Is(err, sql.ErrNoRows) {
		return record.Record{}, record.ErrNotFound
	}
	if err != nil {
		return record.Record{}, named(err)
	}
	return r, nil
}

// whole reads a row with all columns.
func whole(row interface{ Scan(...any) error }) (record.Record, error) {
	var version int64
	var due, expires, came sql.NullInt64
	var part, words sql.NullString
	var data []byte
	r, err := scan(row, &version, &due, &expires, &part, &words, &came, &data)
	if err != nil {
		return record.Record{}, err
	}
	r.Version, r.Due, r.Expires, r.Data, r.Part, r.Came = version, instant(due), instant(expires), data, part.String, instant(came)
	if words.Valid {
		err = json.Unmarshal([]byte(words.String), &r.Words)
	}
	return r, err
}

// List implements [record.Store].
func (s *Store) List(ctx context.Context, r record.Range) ([]record.Record, error) {
	stmt, args := s.list(r)
	return query(ctx, stmt, line, args...)
}

// Count implements [record.Store].
func (s *Store) Count(ctx context.Context, r record.Range) (n int, err error) {
	r.Max = cmp.Or(r.Max, math.MaxInt)
	stmt, args := s.list(r)
	if err := s.counts[stmt].QueryRowContext(ctx, args...).Scan(&n); err != nil {
		return 0, named(err)
	}
	return n, nil
}

// list returns the statement for a range, and its arguments.
func (s *Store) list(r record.Range) (*sql.Stmt, []any) {
	args := bounds(r)
	switch {
	case !r.Newest && r.Part == "":
		return s.oldest, args
	case !r.Newest:
		return s.oldestOfPart, args
	case r.Part == "":
		return s.newest, args[:6]
	}
	return s.newestOfPart, args[:7]
}

// bounds returns the arguments of the statements of lists. Some of these do not need the last two.
func bounds(r record.Range) []any {
	from, id := r.After.Since.UnixMilli(), r.After.ID
	until := int64(math.MaxInt64)
	if !r.Until.IsZero() {
		until = r.Until.UnixMilli()
	}
	switch {
	case !r.Newest && id == "":
		from = math.MinInt64
	case r.Newest && (id == "" || from > until):
		// A single bound lets the index be entered where the page begins. All IDs of a millisecond
		// come before the next millisecond without an ID.
		from, id = until, ""
		if until < math.MaxInt64 {
			from++
		}
	}
	var has any
	if len(r.Has) > 0 {
		has = r.Has
	}
	return []any{r.Shelf, from, id, has, r.Max, r.Kind, r.Part, until}
}

// Search implements [record.Store].
func (s *Store) Search(ctx context.Context, kind record.Kind, course string, words []string) ([]record.Cursor, error) {
	return record.Intersect(words, func(word string) ([]record.Cursor, error) {
		behind := word + "\x00"
		if utf8.RuneCountInString(word) >= record.MinWord {
			behind = word + string(utf8.MaxRune)
		}
		read := func(row *sql.Rows) (c record.Cursor, err error) {
			var came sql.NullInt64
			err = row.Scan(&came, &c.ID)
			c.Since = instant(came)
			return c, err
		}
		return query(ctx, s.search, read, kind, course, word, behind)
	})
}

// Find implements [record.Store].
func (s *Store) Find(ctx context.Context, kind record.Kind, by record.Field, value string) ([]record.Record, error) {
	stmt := s.gmc
	if by == record.ByEmail {
		stmt = s.email
	}
	return query(ctx, stmt, line, kind, value)
}

// query reads all rows that a statement finds.
func query[T any](ctx context.Context, stmt *sql.Stmt, read func(*sql.Rows) (T, error), args ...any) ([]T, error) {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, named(err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, named(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, named(err)
	}
	return all, nil
}

// line reads a row with the columns listed.
func line(rows *sql.Rows) (record.Record, error) { return scan(rows) }

// scan reads a row with the columns listed, and more columns after them.
func scan(row interface{ Scan(...any) error }, more ...any) (record.Record, error) {
	var r record.Record
	var since sql.NullInt64
	var shelf, gmc, email sql.NullString
	err := row.Scan(append([]any{&r.ID, &r.Kind, &r.Status, &r.Course, &shelf, &since, &gmc, &email, &r.Brief},
		more...)...)
	r.Shelf, r.Since, r.Number, r.Email = shelf.String, instant(since), gmc.String, email.String
	return r, err
}

// Records implements [record.Store]. The first part has all records, since reading in parallel
// gains nothing here.
func (s *Store) Records(ctx context.Context, part, _ int, after string) ([]record.Record, string, error) {
	if part > 0 {
		return nil, "", ctx.Err()
	}
	const some = 100
	all, err := query(ctx, s.all, func(row *sql.Rows) (record.Record, error) { return whole(row) }, after, some)
	if err != nil || len(all) < some {
		return all, "", err
	}
	return all, all[some-1].ID, nil
}

// Due implements [record.Store].
func (s *Store) Due(ctx context.Context, kinds []record.Kind, at time.Time, n int) ([]record.Entry, error) {
	type entry struct {
		record.Entry
		due int64
	}
	read := func(row *sql.Rows) (e entry, err error) { return e, row.Scan(&e.ID, &e.Kind, &e.due) }
	var all []entry
	for _, kind := range kinds {
		of, err := query(ctx, s.due, read, kind, at.UnixMilli(), n)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.due, b.due) })
	var entries []record.Entry
	for _, e := range all[:min(n, len(all))] {
		entries = append(entries, e.Entry)
	}
	return entries, nil
}

// Waiting implements [record.Store].
func (s *Store) Waiting(ctx context.Context, at time.Time) (map[record.Kind]int, error) {
	type count struct {
		kind record.Kind
		n    int
	}
	read := func(row *sql.Rows) (c count, err error) { return c, row.Scan(&c.kind, &c.n) }
	counts, err := query(ctx, s.waiting, read, at.UnixMilli())
	waiting := map[record.Kind]int{}
	for _, c := range counts {
		waiting[c.kind] = c.n
	}
	return waiting, err
}

// values returns the values of the columns id, kind, status, course, due, expires, data, shelf,
// since, gmc, email, brief, part, words and came.
func values(r record.Record) []any {
	data := r.Data
	if data == nil {
		data = []byte{} // nil would be null
	}
	var brief any // nil is null
	if len(r.Brief) > 0 {
		brief = r.Brief
	}
	var words any
	if len(r.Words) > 0 {
		list, _ := json.Marshal(r.Words) // cannot fail: strings
		words = string(list)
	}
	return []any{
		r.ID, r.Kind, r.Status, r.Course, milliseconds(r.Due), milliseconds(r.Expires), data,
		orNull(r.Shelf), milliseconds(r.Since), orNull(r.Number), orNull(r.Email), brief, orNull(r.Part), words,
		milliseconds(r.Came),
	}
}

func orNull(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

func milliseconds(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

func instant(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}

func affected(r sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}
