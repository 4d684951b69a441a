package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"traininghub/internal/sqlite"
)

// runBackup copies the database, which a server may be writing to at the same time, or looks
// through a copy. In a folder each copy has a name of its own, and old ones are removed once the
// new one has been read again.
func runBackup(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
	value, rest, err := parse("backup", args, 1, out, getenv)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("say where to: hub backup FILE, or a folder")
	}
	info, err := os.Stat(rest[0])
	folder := err == nil && info.IsDir()
	verify := value("verify") == "yes"
	keep, err := strconv.Atoi(cmp.Or(value("keep"), "0"))
	if err != nil || keep < 0 || keep > 0 && !folder {
		return usagef("--keep says for how many days copies in a folder are kept")
	}
	file := rest[0]
	switch {
	case folder && verify:
		if file, err = newest(rest[0]); err != nil {
			return err
		}
	case folder:
		file = filepath.Join(rest[0], time.Now().UTC().Format(copyName))
	}
	if !verify {
		store, err := openDatabase(database(value("data")))
		if err != nil {
			return err
		}
		defer store.Close()
		if err := store.Backup(ctx, file); err != nil {
			return told(errOut, err)
		}
	}
	records, err := sqlite.Check(ctx, file, isDocument)
	if err != nil {
		return told(errOut, err)
	}
	if verify {
		fmt.Fprintf(out, "%s is whole: %d records can be read\n", file, records)
		return nil
	}
	if err := os.WriteFile(lastBackup(value("data")), nil, 0o600); err != nil { // for /health
		return err
	}
	fmt.Fprintf(out, "copied to %s, and read again: %d records; keep it as private as the database itself\n", file,
		records)
	if keep == 0 {
		return nil
	}
	gone, err := removeOld(rest[0], time.Now().AddDate(0, 0, -keep))
	if gone > 0 {
		fmt.Fprintf(out, "removed %d copies of more than %d days\n", gone, keep)
	}
	return err
}

// copyName is the form of the name of a copy in a folder, with the time in UTC.
const copyName = "hub-20060102T150405Z.db"

// copies are those in a folder, by the time in their name, the earliest first. What has another
// name is not the hub's.
func copies(dir string) (names []string, made []time.Time, err error) {
	all, err := os.ReadDir(dir) // sorted by name
	for _, e := range all {
		if at, err := time.Parse(copyName, e.Name()); err == nil && e.Type().IsRegular() {
			names, made = append(names, filepath.Join(dir, e.Name())), append(made, at)
		}
	}
	return names, made, err
}

// newest is the latest copy in a folder.
func newest(dir string) (string, error) {
	names, _, err := copies(dir)
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("there is no copy in %s", dir)
	}
	if err != nil {
		return "", err
	}
	return names[len(names)-1], nil
}

// removeOld removes the copies that were made before an instant, but never the latest.
func removeOld(dir string, before time.Time) (gone int, err error) {
	names, made, err := copies(dir)
	for i := range max(0, len(names)-1) {
		if made[i].Before(before) {
			wrong := os.Remove(names[i])
			if wrong == nil {
				gone++
			}
			err = errors.Join(err, wrong)
		}
	}
	return gone, err
}
