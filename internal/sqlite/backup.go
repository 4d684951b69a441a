package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup copies the database to a new file, which has all that was answered before the call, and
// which [Open] opens. Reading and writing go on meanwhile. A file of that name is never
// overwritten: the error then wraps [fs.ErrExist]. The file appears under its name when it is
// complete and on disk and [Check] finds nothing wrong with it, or not at all, and only its owner
// can read it.
func (s *Store) Backup(ctx context.Context, file string) error {
	if err := s.backup(ctx, file); err != nil {
		return fmt.Errorf("copying the database to %s: %w", file, err)
	}
	return nil
}

func (s *Store) backup(ctx context.Context, file string) error {
	// Absolute, as SQLite takes a name that begins with "file:" for an address.
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%w (give a new name, or remove it first)", fs.ErrExist)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// SQLite takes an empty file as the target, and this one has mode 0600.
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".part-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // after the rename there is none
	defer part.Close()
	if _, err := s.reader.ExecContext(ctx, "vacuum into ?", part.Name()); err != nil {
		return err
	}
	if err := part.Sync(); err != nil { // SQLite does not flush what it makes so
		return err
	}
	if _, err := check(ctx, part.Name(), s.valid); err != nil {
		return err
	}
	if err := os.Rename(part.Name(), file); err != nil {
		return err
	}
	return flush(filepath.Dir(file))
}
