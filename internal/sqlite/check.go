package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	code "modernc.org/sqlite/lib"
)

// A Damage is the error of [Check] about a file that cannot be read completely.
type Damage struct {
	What    []string // what SQLite finds wrong with the file; nil if the file itself is sound
	Records []string // the IDs of records that cannot be read, as far as they are known
	Read    int      // how many records can be read
}

// Error says in one line what is wrong. It lists at most 20 records.
func (d *Damage) Error() string {
	var parts []string
	if d.What != nil {
		parts = append(parts, "the database is damaged: "+d.What[0])
	}
	if n := len(d.Records); n > 0 {
		list := strings.Join(d.Records[:min(n, 20)], ", ")
		if n > 20 {
			list += ", …"
		}
		parts = append(parts, fmt.Sprintf("%d of %d records cannot be read: %s", n, n+d.Read, list))
	}
	return strings.Join(parts, "; ")
}

// Check examines a database, which programs may be using meanwhile, and changes nothing in it. It
// runs SQLite's own check of the file and reads every record. valid reports whether a record's
// document is sound; nil accepts any. Check also works on files of older hubs. It returns how many
// records can be read. The error is a [*Damage] if some cannot, and wraps [fs.ErrNotExist] if there
// is no file.
func Check(ctx context.Context, path string, valid func(id string, document []byte) bool) (records int, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return 0, err
	}
	records, err = check(ctx, path, valid)
	if damage := (*Damage)(nil); err != nil && !errors.As(err, &damage) {
		err = fmt.Errorf("checking %s: %w", path, named(err))
	}
	return records, err
}

func check(ctx context.Context, path string, valid func(id string, document []byte) bool) (records int, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return 0, err
	case !info.Mode().IsRegular():
		return 0, errors.New("this is not a file")
	case info.Size() == 0:
		return 0, errEmpty
	}
	settings := url.Values{"mode": {"ro"}, "immutable": {"1"}}
	if _, err := os.Stat(path + "-wal"); err == nil { // it holds what is not yet in the file
		settings = url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(5000)", "query_only(true)"}}
	}
	file := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: settings.Encode()}
	db, err := sql.Open("sqlite", file.String())
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)

	var id int
	if err := db.QueryRowContext(ctx, "pragma application_id").Scan(&id); err != nil {
		if damaged(err) {
			return 0, &Damage{What: []string{err.Error()}}
		}
		return 0, err
	}
	if id != applicationID {
		return 0, errors.New("this is not a database of the hub")
	}
	d := &Damage{}
	if d.What, err = integrity(ctx, db); err != nil {
		return 0, err
	}
	ids, err := texts(ctx, db, "select id from application order by id")
	if err != nil {
		if !damaged(err) {
			return 0, err
		}
		d.What = append(d.What, err.Error())
		// The index of all records is damaged. Use what the table itself still gives.
		if ids, err = texts(ctx, db, "select id from application not indexed"); err != nil && !damaged(err) {
			return 0, err
		}
	}
	read, err := db.PrepareContext(ctx, "select * from application where id = ?")
	if err != nil {
		if damaged(err) {
			return 0, &Damage{What: append(d.What, err.Error()), Records: ids}
		}
		return 0, err
	}
	defer read.Close()
	for _, id := range ids {
		whole, err := readable(ctx, read, id, valid)
		switch {
		case err != nil:
			return 0, err
		case whole:
			d.Read++
		default:
			d.Records = append(d.Records, id)
		}
	}
	if d.What != nil || d.Records != nil {
		return d.Read, d
	}
	return d.Read, nil
}

// integrity returns what SQLite finds wrong with the file.
func integrity(ctx context.Context, db *sql.DB) ([]string, error) {
	found, err := texts(ctx, db, "pragma integrity_check(20)")
	switch {
	case err != nil && damaged(err):
		return append(found, err.Error()), nil
	case err != nil || len(found) == 1 && found[0] == "ok":
		return nil, err
	}
	return found, nil
}

// texts returns the values of a query's only column. With an error it returns those read before.
func texts(ctx context.Context, db *sql.DB, query string) (all []string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return all, err
		}
		all = append(all, text)
	}
	return all, rows.Err()
}

// readable reports whether a record can be read and its document, the last column, is sound.
func readable(ctx context.Context, read *sql.Stmt, id string, valid func(id string, document []byte) bool) (bool,
	error) {
	rows, err := read.QueryContext(ctx, id)
	if err == nil {
		defer rows.Close()
		var names []string
		if names, err = rows.Columns(); err == nil && rows.Next() {
			columns, into := make([]sql.RawBytes, len(names)), make([]any, len(names))
			for i := range columns {
				into[i] = &columns[i]
			}
			if err = rows.Scan(into...); err == nil {
				return valid == nil || valid(id, columns[len(columns)-1]), nil
			}
		}
		err = errors.Join(err, rows.Err())
	}
	if err == nil || damaged(err) {
		return false, nil // also a record that the index has and the table lacks
	}
	return false, err
}

// damaged reports whether an error of SQLite is about the content of the file.
func damaged(err error) bool {
	switch primary(err) {
	case code.SQLITE_CORRUPT, code.SQLITE_NOTADB, code.SQLITE_FORMAT, code.SQLITE_ERROR, code.SQLITE_MISMATCH:
		return true
	}
	return false
}

// errEmpty is about an empty file, in which SQLite would make a new database. It may have been cut
// off, or left by a disk that is not mounted.
var errEmpty = errors.New("the file is empty")

// Make makes a new database. Its error wraps [fs.ErrExist] if a file has this name already, or if
// files are left that belonged to an earlier one. The database appears complete or not at all; its
// folder must exist.
func Make(path string) error {
	if err := create(path); err != nil {
		return fmt.Errorf("making %s: %w", path, err)
	}
	return nil
}

func create(path string) error {
	for _, name := range []string{path, path + "-wal", path + "-journal"} {
		if _, err := os.Lstat(name); err == nil {
			return fmt.Errorf("%s: %w", filepath.Base(name), fs.ErrExist)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	folder, err := os.MkdirTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	part := filepath.Join(folder, "hub.db")
	s, err := Open(part, Options{})
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	if err := os.Link(part, path); err != nil { // unlike a rename, this replaces nothing
		return err
	}
	return flush(filepath.Dir(path))
}

// flush makes changes in a folder durable.
func flush(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
