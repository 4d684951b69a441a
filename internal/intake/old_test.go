package intake_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/decide"
	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/mailbox"
	"traininghub/internal/record"
	"traininghub/internal/sqlite"
	"traininghub/internal/standin"
)

// unzipped returns the content of a zipped file in testdata.
func unzipped(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// oldDatabase opens a copy of a database that an older hub made.
func oldDatabase(t *testing.T, name string) record.Store {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hub.db")
	if err := os.WriteFile(file, unzipped(t, name), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// oldTable opens a table with the items of a table that an older hub filled.
func oldTable(t *testing.T, name string) record.Store {
	t.Helper()
	var items []json.RawMessage
	if err := json.Unmarshal(unzipped(t, name), &items); err != nil {
		t.Fatal(err)
	}
	url := dynamotest.Transactions(t, standin.Dynalite(t))
	table := dynamotest.Table(t, url)
	for _, item := range items {
		dynamotest.Put(t, url, table, item)
	}
	return dynamo.New(dynamotest.Config(url), table, dynamotest.DueIndex)
}

// TestOld: what older hubs have stored, with applications in every state, opens and goes on. Each
// was made eight days before the clock of this test, by the last version with its format: cc78a13
// (format 1, which had only drafts and applications that were sent), 12478c8 (format 2) and a9bc10c
// (format 3, and the table).
func TestOld(t *testing.T) {
	states := map[string]int{"draft": 4, "received": 6, "accepted": 3, "declined": 1, "withdrawn": 2}
	for name, c := range map[string]struct {
		open  func(*testing.T, string) record.Store
		has   map[string]int // applications by status
		other map[record.Kind]int
	}{
		"hub-format1.db.gz": {oldDatabase, map[string]int{"draft": 2, "received": 3}, nil},
		"hub-format2.db.gz": {oldDatabase, states,
			map[record.Kind]int{record.PastRow: 1, record.Trace: 1, record.StaffAccount: 2, record.Export: 1}},
		"hub-format3.db.gz": {oldDatabase, states,
			map[record.Kind]int{record.PastRow: 1, record.Trace: 1, record.StaffAccount: 2, record.Export: 1}},
		"table.json.gz": {oldTable, states,
			map[record.Kind]int{record.PastRow: 1, record.Trace: 1, record.StaffAccount: 2, record.Export: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			o := newOfficeOn(t, c.open(t, name), mentors)
			o.pass(8 * 24 * time.Hour)
			var log bytes.Buffer
			o.Log = slog.New(slog.NewTextHandler(&log, nil))
			has, other, refs := map[string]int{}, map[record.Kind]int{}, map[string]*application.Application{}
			if err := record.Each(ctx, o.Store, func(e record.Record) error {
				if e.Kind == mailbox.Kind { // made by the office of this test
					return nil
				}
				r, err := o.Store.Get(ctx, e.ID)
				if err != nil || r.Kind != e.Kind || r.Kind != record.KindOf(e.ID) {
					t.Errorf("%s is of the kind %q on the walk and %q read (%v)", e.ID, e.Kind, r.Kind, err)
				}
				if e.Kind != record.Application {
					other[e.Kind]++
					return nil
				}
				a, err := o.Get(ctx, e.ID)
				if err != nil {
					return fmt.Errorf("opening %s: %w", e.ID, err)
				}
				has[string(a.Status())]++
				refs[e.ID] = a
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(has, c.has) || len(other) != len(c.other) || c.other != nil && !maps.Equal(other, c.other) {
				t.Errorf("there are %v and %v, want %v and %v", has, other, c.has, c.other)
			}
			if _, err := o.Sort(ctx); err != nil {
				t.Fatal(err)
			}
			before := o.audit(nil)
			if len(before.Wrong) > 0 || before.Applications != len(refs) {
				t.Fatalf("the audit finds %+v", before)
			}

			o.mailed() // reminders
			for id, a := range refs {
				if a.Status() != application.Received {
					continue
				}
				lead := o.Staff(o.Programme.Course(a.Course).Lead.Email)
				if _, err := decide.Of(o.Desk).Read(ctx, lead, id); err != nil {
					t.Errorf("reading %s: %v", id, err)
				}
				dec := application.Decision{Accepted: true, Cohort: "cohort-1", Funding: "2021-11-17", Name: "Lee Lead",
					Paper: a.Authorisation != nil}
				if _, _, problems, err := decide.Of(o.Desk).Decide(ctx, lead, id, dec, ""); err != nil ||
					len(problems) > 0 {
					t.Errorf("deciding %s: %v %v", id, problems, err)
				}
			}
			for len(o.mailed()) > 0 {
			}
			after := o.audit(before.Heads)
			if len(after.Wrong) > 0 {
				t.Errorf("after decisions the audit finds %+v", after.Wrong)
			}
			if waiting, err := o.Store.Waiting(ctx, o.clock()); err != nil || len(waiting) > 0 {
				t.Errorf("still due are %v (%v)", waiting, err)
			}
			for _, id := range slices.Sorted(maps.Keys(refs)) {
				if err := o.Erase(ctx, id); err != nil {
					t.Errorf("erasing %s: %v", id, err)
				}
			}
			last := o.audit(after.Heads)
			if len(last.Wrong) > 0 || last.Applications != 0 || last.Removed != len(after.Heads) {
				t.Errorf("after erasing all the audit finds %+v", last)
			}
			if strings.Contains(log.String(), "not known") || strings.Contains(log.String(), "level=ERROR") {
				t.Errorf("logged:\n%s", log.String())
			}
		})
	}
}
