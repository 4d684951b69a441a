package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	onpaper "traininghub/internal/paper"
	"traininghub/internal/record"
	"traininghub/internal/sqlite"
)

// database is the file of the hub's database in a data folder.
func database(data string) string { return filepath.Join(data, "hub.db") }

// walled is the file of the database behind the wall (package wall), which has the requests for
// mentors.
func walled(data string) string { return filepath.Join(data, "mentoring.db") }

// lastBackup is a file that is rewritten after each backup: its time is that of the last one.
func lastBackup(data string) string { return filepath.Join(data, "last-backup") }

// openDatabase opens a hub's existing database. A missing one may be on a disk that is not mounted,
// and an empty one in its place would look like a hub without applications.
func openDatabase(file string) (*sqlite.Store, error) {
	store, err := sqlite.Open(file, sqlite.Options{Existing: true, Valid: isDocument})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("there is no database %s; say with --data where the hub keeps its data, and look whether its disk is mounted", file)
	}
	return store, err
}

// isDocument tells whether a record's document can be read. What a failing disk writes is hardly
// ever text. A changed letter shows in an audit, by the seal.
func isDocument(_ string, data []byte) bool { return utf8.Valid(data) && json.Valid(data) }

// prepareDatabase checks a database. If it does not exist it is made, but only if anew is set.
// Unreadable records are an error unless despite is set.
func prepareDatabase(ctx context.Context, file string, anew, despite bool, errOut io.Writer) error {
	_, err := os.Stat(file)
	switch missing := errors.Is(err, fs.ErrNotExist); {
	case missing && anew:
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return fmt.Errorf("the data folder: %w", err)
		}
		return sqlite.Make(file)
	case missing:
		return usagef("there is no database %s: if this is a new hub, say so with --new; if not, look whether --data is right and its disk is mounted", file)
	}
	_, err = sqlite.Check(ctx, file, isDocument)
	damage := (*sqlite.Damage)(nil)
	switch {
	case !errors.As(err, &damage):
		return err
	case damage.What == nil && despite:
		listDamage(errOut, damage)
		return nil
	}
	listDamage(errOut, damage)
	return fmt.Errorf("%s: %w; nothing was changed: docs/records.md says how to put a copy back", file, damage)
}

// listDamage prints everything that cannot be read, one line each.
func listDamage(errOut io.Writer, d *sqlite.Damage) {
	for _, what := range d.What {
		fmt.Fprintln(errOut, "damaged:", what)
	}
	for _, id := range d.Records {
		fmt.Fprintln(errOut, "cannot be read:", id)
	}
}

// told prints what an error says of records that cannot be read.
func told(errOut io.Writer, err error) error {
	if damage := (*sqlite.Damage)(nil); errors.As(err, &damage) {
		listDamage(errOut, damage)
	}
	return err
}

// keyFile is the file with the key of the seals.
func keyFile(data, set string) string { return cmp.Or(set, filepath.Join(data, "seal.key")) }

// sealing returns the store with the key of its seals, or unchanged if no hub has made a key yet.
func sealing(store record.Store, data, set string) (record.Store, error) {
	text, err := os.ReadFile(keyFile(data, set))
	if errors.Is(err, fs.ErrNotExist) && set == "" {
		return store, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the key of the seals: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) < 16 {
		return nil, fmt.Errorf("the key of the seals: %s is not one that the hub made", keyFile(data, set))
	}
	return record.Seal(store, key), nil
}

// newSeal makes the key of the seals if there is none, and seals all records of the stores with it.
// So it replaces a key that is lost, or was not copied along with a database. The next audit
// reports that the key has changed.
func newSeal(ctx context.Context, stores []record.Store, data, set string, out io.Writer) error {
	file := keyFile(data, set)
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	key := make([]byte, 32)
	rand.Read(key)
	// The records first: if that is interrupted, it is done again with another key.
	n := 0
	for _, store := range stores {
		sealed, err := record.Seal(store, key).Reseal(ctx, allKinds())
		if n += sealed; err != nil {
			return err
		}
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("the key of the seals: %w", err)
	}
	_, err = fmt.Fprintln(f, hex.EncodeToString(key))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("the key of the seals: %w", err)
	}
	if n > 0 {
		fmt.Fprintf(out, "%d records are sealed with a new key, %s.\n", n, file)
	}
	return nil
}

// scans is the folder with the scans of applications on paper, beside the database.
func scans(data string) onpaper.Folder { return onpaper.Folder(filepath.Join(data, "scans")) }
