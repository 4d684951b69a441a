// Package sqlite keeps records in one SQLite file: the [record.Store] of a hub on one machine.
//
// A write is answered when it is on disk (write-ahead log, synchronous FULL). Most of the cost of a
// write is flushing the disk, so writes that wait at the same moment share a commit. A single write
// never waits for others, and one that fails does not make others fail. Reads have connections of
// their own and wait for nobody.
//
// Errors of the file and the disk (locked, full, failing) wrap [record.ErrBusy] if it is certain
// that nothing was written. No error contains what a person typed.
//
// Several programs, even two hubs, may have the file open: SQLite's locks let one write at a time,
// and every write carries its condition. The file must be on a local disk, where these locks work.
// SQLite keeps FILE-wal and FILE-shm beside it, which belong to it: to copy a file that may be in
// use, call [Store.Backup].
package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"traininghub/internal/record"
)

// These values in the file's header keep a hub from writing to a file that it does not know.
const (
	applicationID = 0x54487562 // "THub"
	schemaVersion = 5
)

const schema = `
create table application (
	id      text primary key,
	kind    text not null,
	version integer not null,
	status  text not null,
	course  text not null,
	due     integer, -- Unix time in milliseconds, as expires and since; null if not set
	expires integer,
	shelf   text, -- null if empty, as those below
	part    text,
	since   integer,
	gmc     text,
	email   text,
	brief   blob,
	words   text, -- a list in JSON, from which the table of words is made
	came    integer,
	data    blob not null -- at the end, as what is behind it takes longer to reach
) strict;
-- Each kind is looked for by itself.
create index application_due on application (kind, due) where due is not null;
create index application_expires on application (kind, expires) where expires is not null;
-- with all that a list needs, so that it need not go to the records, each of which begins on a page of its own
create index application_shelf on application (kind, shelf, since, id, status, course, gmc, email, brief)
	where shelf is not null;
-- A page of a part goes to its few records.
create index application_part on application (kind, shelf, part, since, id) where part is not null;
create index application_gmc on application (kind, gmc, id) where gmc is not null;
create index application_email on application (kind, email, id) where email is not null;
create table word (
	kind   text not null,
	course text not null,
	word   text not null,
	came   integer not null,
	id     text not null,
	primary key (kind, course, word, came, id)
) strict, without rowid;
create trigger application_created after insert on application when new.words is not null begin
	insert into word select new.kind, new.course, value, new.came, new.id from json_each(new.words);
end;
create trigger application_changed after update of course, words, came on application
	when new.words is not old.words or new.came is not old.came or new.course is not old.course begin
	delete from word where kind = old.kind and course = old.course and came = old.came and id = old.id
		and word in (select value from json_each(coalesce(old.words, '[]')));
	insert into word select new.kind, new.course, value, new.came, new.id from json_each(coalesce(new.words, '[]'));
end;
create trigger application_removed after delete on application when old.words is not null begin
	delete from word where kind = old.kind and course = old.course and came = old.came and id = old.id
		and word in (select value from json_each(old.words));
end;
`

// An upgrade turns a file of an older format into one of the present format: first what that format
// needs, then [rebuild]. Only the stories can say what lists show, so until then the records wait
// on one shelf where the stories find them.
var upgrades = map[int]string{
	// Format 1 had no lists.
	1: `
alter table application add column shelf text;
alter table application add column since integer;
alter table application add column gmc text;
alter table application add column email text;
alter table application add column brief blob;
update application set shelf = '` + record.Unsorted + `', since = 0;
`,
	2: unsorted,
	3: unsorted,
	4: unsorted,
}

// unsorted puts the applications of formats 2 to 4 on the shelf where they are sorted again. Format
// 2 moved an application once it was accepted. None of them has parts, or words to be found by.
const unsorted = `
update application set shelf = '` + record.Unsorted + `', since = 0
	where shelf is not null and id in (select id from kinds where kind = '` + string(record.Application) + `');
drop index application_shelf;
drop index application_gmc;
drop index application_email;
`

// rebuild writes all records again with their kinds, which are in the table "kinds".
const rebuild = `
drop index application_due;
drop index application_expires;
alter table application rename to old;` + schema + `
insert into application (id, kind, version, status, course, due, expires, shelf, since, gmc, email, brief, data)
	select id, kinds.kind, version, status, course, due, expires, shelf, since, gmc, email, brief, data
	from old join kinds using (id);
drop table old;
drop table kinds;
`

// listed are the columns that lists need.
const listed = "id, kind, status, course, shelf, since, gmc, email, brief"

// Each list has an index in its order.
const (
	shelved    = `select ` + listed + ` from application where kind = ?6 and shelf = ?1`
	part       = ` and part = ?7`
	has        = ` and (?4 is null or instr(brief, ?4) > 0)`
	ascending  = ` and (since, id) > (?2, ?3) and since <= ?8` + has + ` order by since, id limit ?5`
	descending = ` and (since, id) < (?2, ?3)` + has + ` order by since desc, id desc limit ?5`

	oldest       = shelved + ascending
	newest       = shelved + descending
	oldestOfPart = shelved + part + ascending
	newestOfPart = shelved + part + descending

	// A word, or all words that begin with it: they run from ?3 to before ?4.
	search = `select came, id from word where kind = ?1 and course = ?2 and word >= ?3 and word < ?4`

	byGMC   = `select ` + listed + ` from application where kind = ? and gmc = ? order by id`
	byEmail = `select ` + listed + ` from application where kind = ? and email = ? order by id`
	due     = `select id, kind, due from application where kind = ? and due <= ? order by due limit ?`
)

// Options for a [Store]. The zero value can be used as it is.
type Options struct {
	// BusyTimeout is how long a write waits for another program to finish writing, before it fails
	// with [record.ErrBusy]; 5 seconds if zero.
	BusyTimeout time.Duration

	// Existing does not let Open make the file. The error wraps [fs.ErrNotExist] if there is none.
	// An empty file is refused too.
	Existing bool

	// Valid reports whether a record's document is sound, when a copy is checked; nil accepts any.
	Valid func(id string, document []byte) bool
}

// A Store is a [record.Store] in an SQLite file. Its methods may be called from several goroutines.
type Store struct {
	writer *sql.DB // one connection, for the caller whose turn it is
	reader *sql.DB // several connections, which cannot write

	create, update, version, remove, expire *sql.Stmt               // on writer
	get, due, oldest, newest, gmc, email    *sql.Stmt               // on reader
	oldestOfPart, newestOfPart, search      *sql.Stmt               // on reader
	all, waiting                            *sql.Stmt               // on reader
	counts                                  map[*sql.Stmt]*sql.Stmt // on reader, by the list that they count

	path string      // name of the file
	file os.FileInfo // the file that was opened under that name

	valid func(id string, document []byte) bool // see Options
	waits string                                // sets how long the writer waits for other programs

	turn    chan struct{} // holds one: whoever puts it in may use writer
	writes  chan *write   // unbuffered, so that a write is either still its caller's or in a group
	closing chan struct{} // closed by Close
	close   func() error
}

var _ record.Store = (*Store)(nil)

// Open opens the file. If there is none it makes it, readable only by its owner; the folder must
// exist. A file of another program or of a newer hub is refused and left as it is. A file of an
// older hub is upgraded completely or not at all, and the older hub can then no longer open it.
// Records whose list entries have changed are put on the shelf [record.Unsorted].
func Open(path string, o Options) (*Store, error) {
	s := &Store{
		valid:   o.Valid,
		turn:    make(chan struct{}, 1),
		writes:  make(chan *write),
		closing: make(chan struct{}),
	}
	if err := s.open(path, o); err != nil {
		s.closeFile()
		return nil, fmt.Errorf("opening %s: %w", path, named(err))
	}
	s.close = sync.OnceValue(func() error {
		close(s.closing)
		s.turn <- struct{}{} // and keep it
		return s.closeFile()
	})
	return s, nil
}

// Close lets writes that have begun finish, and closes the file. Later writes return an error that
// wraps [record.ErrBusy].
func (s *Store) Close() error { return s.close() }

func (s *Store) open(path string, o Options) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if o.Existing {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.Size() == 0 {
			return errEmpty
		}
	}
	// Only a new file may be opened here. Closing a descriptor drops all locks that this process
	// has on the file, even those of another Store. SQLite gives FILE-wal and FILE-shm the same
	// mode.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}

	if o.BusyTimeout == 0 {
		o.BusyTimeout = 5 * time.Second
	}
	s.waits = fmt.Sprintf("pragma busy_timeout(%d)", o.BusyTimeout.Milliseconds())
	settings := url.Values{
		"_txlock": {"immediate"}, // waits for the lock; a reader that turns into a writer may not
		"_pragma": {
			strings.TrimPrefix(s.waits, "pragma "),
			"synchronous(full)",
			"secure_delete(on)", // personal data that was removed is overwritten
		},
	}
	connect := func(mode string, connections int) (*sql.DB, error) {
		settings.Set("mode", mode)
		file := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: settings.Encode()}
		db, err := sql.Open("sqlite", file.String())
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
		return db, nil
	}
	if s.writer, err = connect("rw", 1); err != nil {
		return err
	}
	if err := s.claim(); err != nil {
		return err
	}
	s.path = path
	if s.file, err = os.Stat(path); err != nil {
		return err
	}
	if s.reader, err = connect("ro", max(4, runtime.GOMAXPROCS(0))); err != nil {
		return err
	}
	for _, p := range []struct {
		stmt **sql.Stmt
		db   *sql.DB
		text string
	}{
		{&s.create, s.writer, `insert into application
			(id, kind, status, course, due, expires, data, shelf, since, gmc, email, brief, part, words, came, version)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) on conflict (id) do nothing`},
		{&s.update, s.writer, `update application set status = ?3, course = ?4, due = ?5, expires = ?6, data = ?7,
			shelf = ?8, since = ?9, gmc = ?10, email = ?11, brief = ?12, part = ?13, words = ?14, came = ?15,
			version = version + 1 where id = ?1 and kind = ?2 and version = ?16`},
		{&s.remove, s.writer, `delete from application where id = ? and version = ?`},
		{&s.version, s.writer, `select version, kind from application where id = ?`},
		{&s.expire, s.writer, `delete from application where id in
			(select id from application where kind = ? and expires <= ? order by expires limit ?)`},
		{&s.get, s.reader, `select ` + listed + `, version, due, expires, part, words, came, data from application where id = ?`},
		{&s.oldest, s.reader, oldest},
		{&s.newest, s.reader, newest},
		{&s.oldestOfPart, s.reader, oldestOfPart},
		{&s.newestOfPart, s.reader, newestOfPart},
		{&s.search, s.reader, search},
		{&s.gmc, s.reader, byGMC},
		{&s.email, s.reader, byEmail},
		{&s.all, s.reader, `select ` + listed + `, version, due, expires, part, words, came, data from application where id > ? order by id limit ?`},
		{&s.due, s.reader, due},
		{&s.waiting, s.reader, `select kind, count(*) from application where due <= ? group by kind`},
	} {
		if *p.stmt, err = p.db.Prepare(p.text); err != nil {
			return err
		}
	}
	s.counts = map[*sql.Stmt]*sql.Stmt{}
	for list, text := range map[*sql.Stmt]string{s.oldest: oldest, s.newest: newest, s.oldestOfPart: oldestOfPart,
		s.newestOfPart: newestOfPart} {
		if s.counts[list], err = s.reader.Prepare("select count(*) from (" + text + ")"); err != nil {
			return err
		}
	}
	return nil
}

// claim makes sure that the file is ours before anything in it changes, and sets up a new one.
func (s *Store) claim() error {
	tx, err := s.writer.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	mark := fmt.Sprintf("pragma application_id = %d; pragma user_version = %d;", applicationID, schemaVersion)
	var id, version, tables int
	err = tx.QueryRow(`select application_id, user_version, (select count(*) from sqlite_schema)
		from pragma_application_id, pragma_user_version`).Scan(&id, &version, &tables)
	switch {
	case err != nil:
	case id == 0 && version == 0 && tables == 0:
		_, err = tx.Exec(schema + mark)
	case id == applicationID && upgrades[version] != "":
		if err = kinds(tx, version); err == nil {
			_, err = tx.Exec(upgrades[version] + rebuild + mark)
		}
	case id != applicationID:
		return errors.New("this is a database of another program (give the path of the hub's own file, or of none to make it)")
	case version != schemaVersion:
		return fmt.Errorf("the file has format %d and this hub knows format %d (use the hub that wrote it, or a newer one)", version, schemaVersion)
	}
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	var mode string
	if err := s.writer.QueryRow("pragma journal_mode = wal").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("no write-ahead log can be kept beside the file (journal mode %q; is it on a network disk?)", mode)
	}
	return nil
}

// kinds fills the table "kinds" from the records' ids. Format 4 stores the kinds itself.
func kinds(tx *sql.Tx, version int) error {
	if _, err := tx.Exec("create table kinds (id text primary key, kind text not null) strict, without rowid"); err != nil {
		return err
	}
	if version == 4 {
		_, err := tx.Exec("insert into kinds select id, kind from application")
		return err
	}
	rows, err := tx.Query("select id from application")
	if err != nil {
		return err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		all = append(all, id)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range all {
		if _, err := tx.Exec("insert into kinds values (?, ?)", id, record.KindOf(id)); err != nil {
			return err
		}
	}
	return nil
}

// closeFile closes the connections, some of which may not exist yet. The writer goes last, because
// only it can move the log into the file.
func (s *Store) closeFile() error {
	var errs []error
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
