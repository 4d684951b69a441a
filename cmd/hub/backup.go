package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	onpaper "traininghub/internal/paper"
	"traininghub/internal/sqlite"
)

// A backedUp is one of a hub's databases, and the name of its copies in a folder, with the time in
// UTC.
type backedUp struct{ name, copyName string }

// databases are the hub's own database and the one behind the wall, which is copied separately.
var databases = []backedUp{{"hub.db", "hub-20060102T150405Z.db"}, {"mentoring.db", "mentoring-20060102T150405Z.db"}}

// beside is where the copy of a database goes if the hub's copy goes to a file: into that file, or
// next to it with the database's name in front.
func (k backedUp) beside(file string) string {
	if k == databases[0] {
		return file
	}
	return filepath.Join(filepath.Dir(file), strings.TrimSuffix(k.name, ".db")+"-"+filepath.Base(file))
}

// runBackup copies the databases, even while a server writes to them, or checks copies. In a folder
// each copy has its own name, and old copies are removed once the new ones have been read again.
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
	keep, err := strconv.Atoi(cmp.Or(value("keep"), "0"))
	if err != nil || keep < 0 || keep > 0 && !folder {
		return usagef("--keep says for how many days copies in a folder are kept")
	}
	if value("verify") == "yes" {
		return verifyCopies(ctx, rest[0], folder, out, errOut)
	}
	now := time.Now().UTC()
	for i, k := range databases {
		from := filepath.Join(value("data"), k.name)
		if _, err := os.Stat(from); i > 0 && errors.Is(err, fs.ErrNotExist) {
			continue // a hub that is older than the wall
		}
		file := k.beside(rest[0])
		if folder {
			file = filepath.Join(rest[0], now.Format(k.copyName))
		}
		records, err := copyDatabase(ctx, from, file)
		if err != nil {
			return told(errOut, err)
		}
		fmt.Fprintf(out, "copied to %s, and read again: %d records; keep it as private as the database itself\n", file, records)
	}
	to := strings.TrimSuffix(rest[0], ".db") + "-scans"
	if folder {
		to = filepath.Join(rest[0], "scans")
	}
	copied, err := scans(value("data")).CopyTo(ctx, onpaper.Folder(to), now.AddDate(0, 0, -cmp.Or(keep, 36500)))
	if err != nil {
		return told(errOut, err)
	}
	if copied > 0 {
		fmt.Fprintf(out, "copied to %s: %d scans of applications on paper\n", to, copied)
	}
	if err := os.WriteFile(lastBackup(value("data")), nil, 0o600); err != nil { // for /health
		return err
	}
	if keep == 0 {
		return nil
	}
	gone := 0
	for _, k := range databases {
		n, wrong := removeOld(rest[0], k.copyName, now.AddDate(0, 0, -keep))
		gone, err = gone+n, errors.Join(err, wrong)
	}
	if gone > 0 {
		fmt.Fprintf(out, "removed %d copies of more than %d days\n", gone, keep)
	}
	return err
}

// copyDatabase copies a database and reads the copy again. It returns the number of records.
func copyDatabase(ctx context.Context, from, to string) (int, error) {
	store, err := openDatabase(from)
	if err != nil {
		return 0, err
	}
	defer store.Close()
	if err := store.Backup(ctx, to); err != nil {
		return 0, err
	}
	return sqlite.Check(ctx, to, isDocument)
}

// verifyCopies checks a copy, or the newest copies in a folder.
func verifyCopies(ctx context.Context, where string, folder bool, out, errOut io.Writer) error {
	for i, k := range databases {
		file := k.beside(where)
		if folder {
			newest, err := newest(where, k.copyName)
			if err != nil && i == 0 {
				return err
			}
			file = newest
		}
		if _, err := os.Stat(file); i > 0 && err != nil {
			continue // there is no database behind the wall
		}
		records, err := sqlite.Check(ctx, file, isDocument)
		if err != nil {
			return told(errOut, err)
		}
		fmt.Fprintf(out, "%s is whole: %d records can be read\n", file, records)
	}
	return nil
}

// copies are the copies in a folder, by the time in their name, the earliest first. Files with
// other names are not the hub's.
func copies(dir, copyName string) (names []string, made []time.Time, err error) {
	all, err := os.ReadDir(dir) // sorted by name
	for _, e := range all {
		if at, err := time.Parse(copyName, e.Name()); err == nil && e.Type().IsRegular() {
			names, made = append(names, filepath.Join(dir, e.Name())), append(made, at)
		}
	}
	return names, made, err
}

// newest is the latest copy in a folder.
func newest(dir, copyName string) (string, error) {
	names, _, err := copies(dir, copyName)
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("there is no copy in %s", dir)
	}
	if err != nil {
		return "", err
	}
	return names[len(names)-1], nil
}

// removeOld removes copies made before an instant, but never the latest.
func removeOld(dir, copyName string, before time.Time) (gone int, err error) {
	names, made, err := copies(dir, copyName)
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
