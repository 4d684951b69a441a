package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"traininghub/internal/record"
)

func validJSON(_ string, document []byte) bool { return utf8.Valid(document) && json.Valid(document) }

// filled is a database of 65 records whose documents take several pages each.
func filled(t *testing.T) string {
	t.Helper()
	file := newFile(t)
	s := openStore(t, file)
	for i := range 65 {
		document, err := json.Marshal(map[string]string{"is": strings.Repeat(fmt.Sprintf("record %d. ", i), 900)})
		must(t, err, "Marshal")
		must(t, s.Create(t.Context(), record.Record{ID: fmt.Sprintf("toy.%04d", i), Kind: "toy", Shelf: "a", Part: "b",
			Number: "7", Email: "a@example.org", Words: []string{"toy"}, Came: time.UnixMilli(1), Data: document}), "Create")
	}
	must(t, s.Close(), "Close")
	return file
}

func TestCheck(t *testing.T) {
	file := filled(t)
	if n, err := Check(t.Context(), file, validJSON); n != 65 || err != nil {
		t.Errorf("%d records, %v", n, err)
	}
	s := openStore(t, file)
	must(t, s.Create(t.Context(), record.Record{ID: "toy.new", Kind: "toy", Data: []byte("{}")}), "Create")
	if n, err := Check(t.Context(), file, validJSON); n != 66 || err != nil {
		t.Errorf("while it is in use: %d records, %v", n, err)
	}
	must(t, s.Create(t.Context(), record.Record{ID: "toy.torn", Kind: "toy", Data: []byte("{")}), "Create")
	var damage *Damage
	if n, err := Check(t.Context(), file, validJSON); n != 66 || !errors.As(err, &damage) ||
		!slices.Equal(damage.Records, []string{"toy.torn"}) || damage.What != nil {
		t.Errorf("with a broken document: %d records, %v", n, err)
	}
	must(t, s.Close(), "Close")
	if _, err := Check(t.Context(), newFile(t), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Check(t.Context(), t.TempDir(), nil); err == nil {
		t.Error("a folder is a database")
	}
}

// TestCheckDamaged overwrites a page in each of many places, more and more of them, and cuts the
// file off. The damage is always noticed, no readable record is lost, and no copy is made of what
// cannot be read.
func TestCheckDamaged(t *testing.T) {
	file := filled(t)
	whole, err := os.ReadFile(file)
	must(t, err, "ReadFile")
	garbage := []byte(strings.Repeat("\xa5 garbage ", 500))
	try := func(name string, data []byte) {
		t.Run(name, func(t *testing.T) {
			file := newFile(t)
			must(t, os.WriteFile(file, data, 0o600), "WriteFile")
			n, err := Check(t.Context(), file, validJSON)
			var damage *Damage
			if !errors.As(err, &damage) || len(damage.What)+len(damage.Records) == 0 || err.Error() == "" {
				t.Fatalf("%d records, %v", n, err)
			}
			if len(damage.Records)+n > 65 {
				t.Errorf("%d of %d records cannot be read", len(damage.Records), n)
			}
			s, err := Open(file, Options{Existing: true, Valid: validJSON})
			if err != nil {
				return
			}
			defer s.Close()
			copied := filepath.Join(t.TempDir(), "copy.db")
			if err := s.Backup(t.Context(), copied); err == nil {
				t.Errorf("a copy was made of what cannot be read")
			}
			if entries, err := os.ReadDir(filepath.Dir(copied)); err != nil || len(entries) != 0 {
				t.Errorf("after a copy that failed there is %v, %v", entries, err)
			}
		})
	}
	for page := 1; page < len(whole)/4096; page += 7 {
		data := slices.Clone(whole)
		copy(data[page*4096+50:page*4096+4000], garbage)
		try(fmt.Sprintf("page %d", page+1), data)
	}
	half := slices.Clone(whole)
	for page := 3; page < len(whole)/4096; page += 4 {
		copy(half[page*4096:(page+1)*4096], garbage)
	}
	try("every fourth page", half)
	try("cut off", whole[:len(whole)/2])
	try("no header", append([]byte(strings.Repeat("x", 100)), whole[100:]...))
}

func TestExisting(t *testing.T) {
	file := newFile(t)
	if _, err := Open(file, Options{Existing: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was made: %v", err)
	}
	must(t, os.WriteFile(file, nil, 0o600), "WriteFile")
	if _, err := Open(file, Options{Existing: true}); !errors.Is(err, errEmpty) {
		t.Errorf("an empty file: %v", err)
	}
	if err := Make(file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("an empty file was replaced: %v", err)
	}
	must(t, os.Remove(file), "Remove")
	must(t, os.WriteFile(file+"-wal", []byte("left"), 0o600), "WriteFile")
	if err := Make(file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made although files of another are left: %v", err)
	}
	must(t, os.Remove(file+"-wal"), "Remove")
	must(t, Make(file), "Make")
	s, err := Open(file, Options{Existing: true})
	must(t, err, "Open")
	must(t, s.Create(t.Context(), record.Record{ID: "toy.r", Kind: "toy"}), "Create")
	must(t, s.Close(), "Close")
	if err := Make(file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made over another: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if len(entries) != 1 || err != nil {
		t.Errorf("beside it there is %v, %v", entries, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
