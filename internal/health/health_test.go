package health

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traininghub/internal/record"
	"traininghub/internal/source"
)

var now = time.Date(2021, 9, 20, 9, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

// A store that accepts everything, or one that fails.
type store struct {
	record.Store
	err error
}

func (s store) Delete(context.Context, string, int64) error {
	if s.err != nil {
		return s.err
	}
	return record.ErrNotFound
}

func owed(o record.Owed, err error) func(context.Context) (record.Owed, error) {
	return func(context.Context) (record.Owed, error) { return o, err }
}

// TestChecks: each check says what it saw, and only what is wrong is an error.
func TestChecks(t *testing.T) {
	made := filepath.Join(t.TempDir(), "last-backup")
	if err := os.WriteFile(made, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(made, now, now.Add(-20*time.Hour)); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the disk is full")
	var wrong source.Faults
	wrong.Add("content/pages/x.md", 3, "there is no fact named \"x\"", "")
	for name, c := range map[string]struct {
		check      Check
		saw, error string
	}{
		"a store":         {Database(store{}), "it can be written", ""},
		"a full disk":     {Database(store{err: broken}), "", "it cannot be written: the disk is full"},
		"no letter":       {Letters(owed(record.Owed{}, nil)), "none waits", ""},
		"one that is new": {Letters(owed(record.Owed{Waiting: 1, Oldest: time.Minute}, nil)), "1 wait, the oldest for 1m0s", ""},
		"one that is late": {Letters(owed(record.Owed{Waiting: 1, Oldest: 2 * time.Hour}, nil)), "1 wait, the oldest for 2h0m0s",
			"letters do not go"},
		"one refused": {Letters(owed(record.Owed{Refused: 1}, nil)), "none waits; 1 were refused", ""},
		"all refused": {Letters(owed(record.Owed{Refused: 3}, nil)), "none waits; 3 were refused",
			"letters do not go"},
		"no store":   {Letters(owed(record.Owed{}, broken)), "", "the disk is full"},
		"a backup":   {Backup(made, 26*time.Hour, now, clock), "the last was made 2021-09-19T13:00:00Z", ""},
		"an old one": {Backup(made, 10*time.Hour, now, clock), "the last was made", "older than 10h"},
		"none yet":   {Backup(made+"-", time.Hour, now, clock), "none yet", ""},
		"none for long": {Backup(made+"-", time.Hour, now.Add(-2*time.Hour), clock), "none yet",
			"no backup was ever made"},
		"content": {Content(func() source.Faults { return nil }), "the newest is served", ""},
		"a fault": {Content(func() source.Faults { return wrong }), "an older version is served",
			"1 faults, the first at content/pages/x.md:3"},
		"room":      {Disk(t.TempDir(), 1), "MB are free", ""},
		"no room":   {Disk(t.TempDir(), 1e18), "MB are free", "make room"},
		"no folder": {Disk(made+"-", 1), "", "no such file"},
	} {
		saw, err := c.check.Look(t.Context())
		if !strings.HasPrefix(saw, c.saw) && !strings.HasSuffix(saw, c.saw) || (err != nil) != (c.error != "") ||
			err != nil && !strings.Contains(err.Error(), c.error) {
			t.Errorf("%s: saw %q, error %v, want %q and %q", name, saw, err, c.saw, c.error)
		}
	}
}

// TestHealth: everybody is told "ok" or "not ok" and no more, and frequent requests do not make the
// checks look more often.
func TestHealth(t *testing.T) {
	looks, wrong, at := 0, error(nil), now
	h := New(func() time.Time { return at },
		Check{"one", func(context.Context) (string, error) { looks++; return "something private", wrong }})
	get := func(f http.HandlerFunc) (int, string) {
		w := httptest.NewRecorder()
		f(w, httptest.NewRequest("GET", "/health", nil))
		return w.Code, w.Body.String()
	}
	if code, body := get(h.Public); code != 200 || body != "ok\n" {
		t.Errorf("%d, %q", code, body)
	}
	wrong = errors.New("it broke")
	if code, body := get(h.Public); code != 200 || body != "ok\n" || looks != 1 {
		t.Errorf("within five seconds: %d, %q after %d looks", code, body, looks)
	}
	at = at.Add(fresh)
	if code, body := get(h.Public); code != 503 || body != "not ok\n" || looks != 2 {
		t.Errorf("later: %d, %q after %d looks", code, body, looks)
	}
	if code, body := get(h.Details); code != 503 || !strings.Contains(body, `"saw": "something private"`) ||
		!strings.Contains(body, `"wrong": "it broke"`) {
		t.Errorf("the details are %d, %s", code, body)
	}
}

// TestHangs: a check that never answers is a fault, and delays nobody for long.
func TestHangs(t *testing.T) {
	never := make(chan struct{})
	defer close(never)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := look(ctx, Check{"one", func(context.Context) (string, error) { <-never; return "", nil }})
	if got.OK || got.Wrong != "it does not answer" {
		t.Errorf("got %+v", got)
	}
}
