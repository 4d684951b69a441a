package sqlite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"traininghub/internal/record"
)

// TestRemovedForGood: while the store is open, nothing of a removed record stays in the file or in
// what SQLite keeps beside it, neither its last content nor any earlier one.
func TestRemovedForGood(t *testing.T) {
	file := newFile(t)
	s := openStore(t, file)
	person := func(i int) record.Record {
		name := fmt.Sprintf("Angharad%03dExample", i)
		document, err := json.Marshal(map[string]any{"name": name, "text": bytes.Repeat([]byte(name+" "), i*13%400)})
		must(t, err, "Marshal")
		return record.Record{
			ID: fmt.Sprintf("CC-%03d", i), Kind: "sample", Status: "received", Course: "c", Shelf: "s",
			Since:  time.UnixMilli(int64(i * 7 % 50)),
			Number: fmt.Sprintf("number-%s", name), Email: name + "@example.org", Brief: []byte(name), Data: document,
			Expires: time.UnixMilli(int64(i)),
		}
	}
	const people = 200
	for i := range people {
		must(t, s.Create(t.Context(), person(i)), "Create")
		for version := range 3 {
			r := person(i)
			r.Version, r.Data = int64(version+1), r.Data[:len(r.Data)/(version+2)]
			must(t, s.Update(t.Context(), r), "Update")
		}
	}
	gone := map[int]bool{}
	for i := 0; i < people; i += 3 {
		must(t, s.Delete(t.Context(), person(i).ID, 4), "Delete")
		gone[i] = true
	}
	if n, err := s.Expire(t.Context(), []record.Kind{"sample"}, time.UnixMilli(20), 100); n != 14 || err != nil {
		t.Errorf("%d expired, %v", n, err)
	}
	for i := range 21 {
		gone[i] = true
	}
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		raw, err := os.ReadFile(name)
		must(t, err, "ReadFile")
		for i := range gone {
			if at := bytes.Index(raw, fmt.Appendf(nil, "Angharad%03d", i)); at >= 0 {
				t.Errorf("%s has something of a person who was removed: %.60q", name[len(file):], raw[max(0, at-20):])
				break
			}
		}
	}
	if n, err := Check(t.Context(), file, nil); n != people-len(gone) || err != nil {
		t.Errorf("%d records left, %v", n, err)
	}
}

// TestRemovedWhileReading: a reader who may still see what is removed neither keeps the file from
// being cleaned afterwards nor holds up a writer.
func TestRemovedWhileReading(t *testing.T) {
	file := newFile(t)
	s := openStore(t, file)
	must(t, s.Create(t.Context(), record.Record{Kind: "sample", ID: "a", Data: []byte(`"Angharad Example"`)}), "Create")
	rows, err := s.reader.QueryContext(t.Context(), "select id from application union all select 'b'")
	must(t, err, "Query")
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	must(t, s.Delete(t.Context(), "a", 1), "Delete")
	must(t, s.Create(t.Context(), record.Record{Kind: "sample", ID: "c"}), "Create")
	must(t, rows.Close(), "Close")
	for {
		raw, err := os.ReadFile(file + "-wal")
		must(t, err, "ReadFile")
		whole, err := os.ReadFile(file)
		must(t, err, "ReadFile")
		if !bytes.Contains(append(raw, whole...), []byte("Angharad")) {
			return
		}
		time.Sleep(time.Millisecond) // until the test's own deadline
	}
}
