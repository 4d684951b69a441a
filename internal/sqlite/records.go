package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"traininghub/internal/intake"
)

// Create implements [intake.Store].
func (s *Store) Create(ctx context.Context, r intake.Record) error {
	if len(r.Data) > intake.MaxRecord {
		return intake.ErrTooLarge
	}
	return s.write(ctx, func(tx *sql.Tx) (miss, err error) {
		n, err := affected(tx.Stmt(s.create).Exec(values(r)...))
		if n == 0 {
			miss = intake.ErrExists
		}
		return miss, err
	})
}

// Update implements [intake.Store].
func (s *Store) Update(ctx context.Context, r intake.Record) error {
	if len(r.Data) > intake.MaxRecord {
		return intake.ErrTooLarge
	}
	return s.write(ctx, func(tx *sql.Tx) (miss, err error) {
		n, err := affected(tx.Stmt(s.update).Exec(append(values(r), r.Version)...))
		if err != nil || n == 1 {
			return nil, err
		}
		var exists bool
		if err := tx.Stmt(s.exists).QueryRow(r.ID).Scan(&exists); err != nil {
			return nil, err
		}
		if !exists {
			return intake.ErrNotFound, nil
		}
		return intake.ErrConflict, nil
	})
}

// Expire implements [intake.Store].
func (s *Store) Expire(ctx context.Context, at time.Time, n int) (int, error) {
	removed := 0
	err := s.write(ctx, func(tx *sql.Tx) (miss, err error) {
		removed, err = affected(tx.Stmt(s.expire).Exec(at.UnixMilli(), n))
		return nil, err
	})
	if err != nil {
		return 0, err
	}
	return removed, nil
}

// Get implements [intake.Store].
func (s *Store) Get(ctx context.Context, id string) (intake.Record, error) {
	r := intake.Record{ID: id}
	var due, expires sql.NullInt64
	err := s.get.QueryRowContext(ctx, id).Scan(&r.Version, &r.Status, &r.Course, &due, &expires, &r.Data)
	if errors.Is(err, sql.ErrNoRows) {
		return intake.Record{}, intake.ErrNotFound
	}
	if err != nil {
		return intake.Record{}, named(err)
	}
	r.Due, r.Expires = instant(due), instant(expires)
	return r, nil
}

// Due implements [intake.Store].
func (s *Store) Due(ctx context.Context, at time.Time, n int) ([]string, error) {
	rows, err := s.due.QueryContext(ctx, at.UnixMilli(), n)
	if err != nil {
		return nil, named(err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, named(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, named(err)
	}
	return ids, nil
}

// values are those of the columns id, status, course, due, expires and data.
func values(r intake.Record) []any {
	data := r.Data
	if data == nil {
		data = []byte{} // nil would be null
	}
	return []any{r.ID, r.Status, r.Course, milliseconds(r.Due), milliseconds(r.Expires), data}
}

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
