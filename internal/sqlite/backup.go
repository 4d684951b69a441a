package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup copies the database to a new file, which [Open] can open. The copy has every write that
// was answered before the call; reading and writing go on meanwhile. Backup never overwrites a
// file: the error then wraps [fs.ErrExist]. The file appears under its name only when it is
// complete, on disk and passed by [Check], and only its owner can read it.
func (s *Store) Backup(ctx context.Context, file string) error {
	if err := s.backup(ctx, file); err != nil {
		return fmt.Errorf("copying the database to %s: %w", file, err)
	}
	return nil
}

func (s *Store) backup(ctx context.Context, file string) error {
	// Absolute, because SQLite takes a name that begins with "file:" for a URI.
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%w (give a new name, or remove it first)", fs.ErrExist)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// SQLite accepts an empty file as the target, and this one has mode 0600.
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".part-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // gone after the rename
	defer part.Close()
	if _, err := s.reader.ExecContext(ctx, "vacuum into ?", part.Name()); err != nil {
		return err
	}
	if err := part.Sync(); err != nil { // SQLite does not flush this copy
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
