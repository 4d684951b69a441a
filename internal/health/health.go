// Package health tells whether a hub does its work: "ok" or "not ok" to everybody, and why to those
// who run it.
//
// A [Check] looks at one thing and says what it saw, which is never about a person. What it saw is
// repeated for five seconds before the check looks again, so that nobody can keep the hub busy by
// asking.
package health

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"traininghub/internal/record"
	"traininghub/internal/source"
)

// A Check looks at one thing. An error means that the hub, or a part of it, does not do its work.
// saw says what there is to see in either case.
type Check struct {
	Name string
	Look func(context.Context) (saw string, err error)
}

// Health is a hub's checks together.
type Health struct {
	checks []Check
	now    func() time.Time

	mu   sync.Mutex
	at   time.Time // when they last looked
	seen []Seen
}

// Seen is what a check saw.
type Seen struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Saw   string `json:"saw,omitempty"`
	Wrong string `json:"wrong,omitempty"`
}

// New returns the Health of these checks. now is the clock by which answers grow old.
func New(now func() time.Time, checks ...Check) *Health { return &Health{checks: checks, now: now} }

// fresh is how long an answer is repeated, and patience how long a check may take.
const (
	fresh    = 5 * time.Second
	patience = 3 * time.Second
)

// Look returns what all checks see. It does not wait for a check that does not answer.
func (h *Health) Look(ctx context.Context) []Seen {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := h.now(); h.seen == nil || now.Sub(h.at) >= fresh || now.Before(h.at) {
		h.at = now
		h.seen = make([]Seen, len(h.checks))
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		for i, c := range h.checks {
			h.seen[i] = look(ctx, c)
		}
	}
	return h.seen
}

func look(ctx context.Context, c Check) Seen {
	answer := make(chan Seen, 1)
	go func() {
		saw, err := c.Look(ctx)
		s := Seen{Name: c.Name, OK: err == nil, Saw: saw}
		if err != nil {
			s.Wrong = err.Error()
		}
		answer <- s
	}()
	select {
	case s := <-answer:
		return s
	case <-ctx.Done():
		return Seen{Name: c.Name, Wrong: "it does not answer"}
	}
}

func ok(all []Seen) bool {
	for _, s := range all {
		if !s.OK {
			return false
		}
	}
	return true
}

// Public answers only "ok" with 200, or "not ok" with 503.
func (h *Health) Public(w http.ResponseWriter, r *http.Request) {
	status, text := http.StatusOK, "ok\n"
	if !ok(h.Look(r.Context())) {
		status, text = http.StatusServiceUnavailable, "not ok\n"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	fmt.Fprint(w, text)
}

// Details answers with what each check saw, as JSON. Serve it only at an address that nobody but
// this machine can reach.
func (h *Health) Details(w http.ResponseWriter, r *http.Request) {
	all := h.Look(r.Context())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !ok(all) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	e.Encode(map[string]any{"ok": ok(all), "checks": all}) // if this fails, nobody is listening
}

// Database checks whether the store can be written. It deletes a record that does not exist: the
// store has to take the lock for that, but writes nothing.
func Database(store record.Store) Check {
	return Check{"database", func(ctx context.Context) (string, error) {
		err := store.Delete(ctx, "health", 0)
		if err == nil || errors.Is(err, record.ErrNotFound) {
			return "it can be written", nil
		}
		return "", fmt.Errorf("it cannot be written: %w", err)
	}}
}

// Overdue is the age at which a waiting letter means that something is wrong, such as a mail server
// that is down.
const Overdue = 30 * time.Minute

// manyRefused is how many letters refused by the mail server mean that the hub is at fault. A
// single one may be due to a practice's spam filter, and the office sees it at the application.
const manyRefused = 3

// Letters checks how long the oldest letter has been owed.
func Letters(owed func(context.Context) (record.Owed, error)) Check {
	return Check{"letters", func(ctx context.Context) (string, error) {
		o, err := owed(ctx)
		if err != nil {
			return "", err
		}
		saw := "none waits"
		if o.Waiting > 0 {
			saw = fmt.Sprintf("%d wait, the oldest for %v", o.Waiting, o.Oldest.Round(time.Second))
		}
		if o.Refused > 0 {
			saw += fmt.Sprintf("; %d were refused", o.Refused)
		}
		if o.Oldest > Overdue || o.Refused >= manyRefused {
			return saw, errors.New(`letters do not go: see the log, and try "hub mail test"`)
		}
		return saw, nil
	}}
}

// Backup checks when the last backup was made, from a file that "hub backup" writes. Having no
// backup at all is a fault only after since, since a hub that has just started has none.
func Backup(file string, most time.Duration, since time.Time, now func() time.Time) Check {
	return Check{"backup", func(context.Context) (string, error) {
		info, err := os.Stat(file)
		switch {
		case errors.Is(err, fs.ErrNotExist) && now().Sub(since) <= most:
			return "none yet", nil
		case errors.Is(err, fs.ErrNotExist):
			return "none yet", errors.New("no backup was ever made: see docs/server.md")
		case err != nil:
			return "", err
		}
		age := now().Sub(info.ModTime())
		saw := "the last was made " + info.ModTime().UTC().Format(time.RFC3339)
		if age > most {
			return saw, fmt.Errorf("it is older than %v", most)
		}
		return saw, nil
	}}
}

// Content checks whether the newest content is being served.
func Content(faults func() source.Faults) Check {
	return Check{"content", func(context.Context) (string, error) {
		if wrong := faults().Errors(); len(wrong) > 0 {
			return "an older version is served",
				fmt.Errorf("the newest has %d faults, the first at %s: %s", len(wrong), wrong[0].Where(), wrong[0].What)
		}
		return "the newest is served", nil
	}}
}

// Removals checks whether records whose time is over are kept from being removed. If a person
// refused the removal, that is not a fault.
func Removals(brake func(context.Context) (*record.Brake, error)) Check {
	return Check{"removals", func(ctx context.Context) (string, error) {
		b, err := brake(ctx)
		switch {
		case err != nil:
			return "", err
		case b.Held == nil:
			return "as usual", nil
		case !b.Held.Refused.IsZero():
			return "refused by a person", nil
		}
		why := strings.Join(b.Held.Why, " ")
		return "nothing is removed since " + b.Held.Since.UTC().Format(time.RFC3339),
			fmt.Errorf("it waits for a person: %s See \"hub removals\"", why)
	}}
}

// Schemes says which schemes take no claims because somebody who checks, approves or pays is only a
// placeholder. Every hub starts like this, so it is not a fault.
func Schemes(closed *atomic.Pointer[[]string]) Check {
	return Check{"schemes", func(context.Context) (string, error) {
		if titles := closed.Load(); titles != nil && len(*titles) > 0 {
			return "take no claims, since a role stands at example.org: " + strings.Join(*titles, ", "), nil
		}
		return "open", nil
	}}
}

// Services says which services take no requests although their dates would let them, because
// somebody who leads an area is only a placeholder, or because their database is missing. Every hub
// starts like this, so it is not a fault.
func Services(shut *atomic.Pointer[[]string]) Check {
	return Check{"services", func(context.Context) (string, error) {
		if titles := shut.Load(); titles != nil && len(*titles) > 0 {
			return "take no requests, since a lead stands at example.org, or they have no database yet: " + strings.Join(*titles, ", "), nil
		}
		return "open", nil
	}}
}

// Disk checks how much room is left on a folder's disk, in bytes.
func Disk(folder string, least uint64) Check {
	return Check{"disk", func(context.Context) (string, error) {
		free, err := free(folder)
		if errors.Is(err, errors.ErrUnsupported) {
			return "this system does not say", nil
		}
		if err != nil {
			return "", err
		}
		saw := fmt.Sprintf("%d MB are free", free/1e6)
		if free < least {
			return saw, fmt.Errorf("less than %d MB: make room before nothing can be kept", least/1e6)
		}
		return saw, nil
	}}
}
