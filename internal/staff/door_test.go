package staff_test

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/staff"
)

// A porch is a door with its post. A test can set its clock and list.
type porch struct {
	*staff.Door
	t     *testing.T
	store *recordtest.Memory
	list  staff.Directory

	mu   sync.Mutex
	now  time.Time
	mail []record.Message
}

func (p *porch) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *porch) pass(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

func (p *porch) Send(_ context.Context, m record.Message) error {
	p.mail = append(p.mail, m)
	return nil
}

func newPorch(t *testing.T) *porch {
	t.Helper()
	set, faults := letter.Read(fstest.MapFS{
		"letters/sign-in.md": {Data: []byte("---\nsubject: Sign in\nto: staff\n---\nOpen {{link}} to sign in.\n")},
		"letters/weekly.md":  {Data: []byte("---\nsubject: This week\nto: staff\n---\nWaiting: {{waiting}}\n")},
	}, "letters", letter.Check{Table: letter.Join(staff.Letters, letter.Table{
		"weekly": {To: []letter.Recipient{staff.To}, Fields: []string{"waiting"}, Alone: true},
	})})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	p := &porch{t: t, store: &recordtest.Memory{}, list: directory, now: time.Date(2022, 11, 7, 9, 30, 0, 0, time.UTC)}
	p.Door = &staff.Door{
		Store: p.store, Now: p.clock, Find: func(email string) *staff.Person { return p.list.Find(email) },
		BaseURL: "https://hub.example.org", Below: "/review/", MailFrom: "Hub <hub@example.org>",
		Template: func(name string) *letter.Template { return set.For(name, "") },
		Hub:      func(string) (string, bool) { return "", false },
		Fields: map[string]func(context.Context, *staff.Person) (map[string]string, error){
			"weekly": func(_ context.Context, s *staff.Person) (map[string]string, error) {
				return map[string]string{"waiting": "2 for " + s.Name}, nil
			},
		},
	}
	return p
}

// mailed delivers what is due and returns the text of each letter.
func (p *porch) mailed() (texts []string) {
	p.t.Helper()
	post := &record.Post{
		Store: p.store, Mailer: p, Now: p.clock, Log: slog.New(slog.DiscardHandler),
		Stories: map[record.Kind]record.Story{record.StaffAccount: p.Story()},
	}
	before := len(p.mail)
	if _, err := post.Deliver(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	for _, m := range p.mail[before:] {
		texts = append(texts, m.Text)
	}
	return texts
}

// asks asks for a link and returns the browser's cookie and the link.
func (p *porch) asks(email, to string) (browser, link string) {
	p.t.Helper()
	browser, err := p.Ask(p.t.Context(), email, "", to)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, text := range p.mailed() {
		_, link, _ = strings.Cut(text, "/review/sign-in/link/")
		link, _, _ = strings.Cut(link, " ")
	}
	return browser, link
}

// TestDoor: somebody on the list signs in with a mailed link, once, in the browser that asked. They
// stay signed in while they are on the list and active.
func TestDoor(t *testing.T) {
	p, ctx := newPorch(t), t.Context()
	browser, link := p.asks("olu@example.org", "a-place")
	stranger, none := p.asks("stranger@example.org", "")
	if link == "" || none != "" || stranger == "" {
		t.Fatalf("links %q and %q, for a stranger's browser %q", link, none, stranger)
	}
	if err := p.Peek(ctx, link, stranger); !errors.Is(err, staff.ErrSpentLink) {
		t.Errorf("in a browser that asked for another address: %v", err)
	}
	elsewhere, err := p.Ask(ctx, "olu@example.org", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.SignIn(ctx, link, elsewhere); !errors.Is(err, staff.ErrOtherBrowser) {
		t.Errorf("in another browser: %v", err)
	}
	if err := p.Peek(ctx, link, browser); err != nil {
		t.Errorf("in the browser that asked: %v", err)
	}
	session, to, err := p.SignIn(ctx, link, browser)
	if err != nil || to != "a-place" {
		t.Fatalf("signed in to %q, %v", to, err)
	}
	if _, _, err := p.SignIn(ctx, link, browser); !errors.Is(err, staff.ErrSpentLink) {
		t.Errorf("a second time: %v", err)
	}
	for range 20 { // minutes in which something happens
		p.pass(20 * time.Minute)
		if s, err := p.Session(ctx, session); err != nil || s.Email != "olu@example.org" {
			t.Fatalf("after a while: %+v, %v", s, err)
		}
	}
	for name, end := range map[string]func(p *porch, session string) error{
		"idle":         func(p *porch, _ string) error { p.pass(31 * time.Minute); return nil },
		"off the list": func(p *porch, _ string) error { p.list.Office = nil; return nil },
		"signed out":   func(p *porch, session string) error { return p.SignOut(ctx, session) },
	} {
		p := newPorch(t)
		browser, link := p.asks("olu@example.org", "")
		session, _, err := p.SignIn(ctx, link, browser)
		if err != nil {
			t.Fatal(err)
		}
		if err := end(p, session); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := p.Session(ctx, session); !errors.Is(err, staff.ErrSignedOut) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSignInIsOnce: a link used a hundred times at the same moment signs in once.
func TestSignInIsOnce(t *testing.T) {
	p := newPorch(t)
	browser, link := p.asks("tess@example.org", "")
	var all sync.WaitGroup
	var mu sync.Mutex
	in := 0
	for range 100 {
		all.Go(func() {
			_, _, err := p.SignIn(context.Background(), link, browser)
			if err != nil && !errors.Is(err, staff.ErrSpentLink) {
				t.Error(err)
			}
			if err == nil {
				mu.Lock()
				in++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if in != 1 {
		t.Errorf("signed in %d times", in)
	}
}

// TestAccountsStayNot: what is kept about somebody who asked for a link is gone the next day, and
// nothing is kept of a stranger's address.
func TestAccountsStayNot(t *testing.T) {
	p := newPorch(t)
	var ids []string
	for _, email := range []string{"lee@example.org", "nobody@example.org"} {
		browser, _ := p.asks(email, "")
		id, _, _ := strings.Cut(browser, ".")
		r, err := p.store.Get(t.Context(), id)
		if err != nil || strings.Contains(string(r.Data), "nobody") {
			t.Errorf("kept: %s, %v", r.Data, err)
		}
		ids = append(ids, id)
	}
	p.pass(24 * time.Hour)
	if n, err := p.store.Expire(t.Context(), []record.Kind{record.StaffAccount}, p.clock(), 10); n != 2 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	for _, id := range ids {
		if _, err := p.store.Get(t.Context(), id); !errors.Is(err, record.ErrNotFound) {
			t.Errorf("%s is still there: %v", id, err)
		}
	}
}

// TestWeekly: the letter of a week goes once to somebody who is on the list and has something
// waiting.
func TestWeekly(t *testing.T) {
	p := newPorch(t)
	monday := time.Date(2022, 11, 7, 8, 0, 0, 0, time.UTC)
	asked := 0
	owes := func(email string, week time.Time, due bool) []string {
		t.Helper()
		err := p.Weekly(t.Context(), email, "weekly", week, func(*staff.Person) (bool, error) {
			asked++
			return due,
				nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return p.mailed()
	}
	if got := owes("olu@example.org", monday, true); len(got) != 1 || got[0] != "Waiting: 2 for Olu Office\n" {
		t.Errorf("mailed %q", got)
	}
	for _, again := range []bool{true, false} {
		if got := owes("olu@example.org", monday, again); len(got) > 0 {
			t.Errorf("again in the same week: %q", got)
		}
	}
	if got := owes("nobody@example.org", monday, true); len(got) > 0 || asked != 1 {
		t.Errorf("to somebody who is not on the list: %q, asked %d times", got, asked)
	}
	if got := owes("tess@example.org", monday, false); len(got) > 0 {
		t.Errorf("with nothing to say: %q", got)
	}
	p.pass(7 * 24 * time.Hour)
	if got := owes("olu@example.org", monday.AddDate(0, 0, 7), true); len(got) != 1 {
		t.Errorf("in the next week: %q", got)
	}
}

// TestOldAccount: what an older hub kept about somebody who signed in can be read and continued.
func TestOldAccount(t *testing.T) {
	p, ctx := newPorch(t), t.Context()
	browser, link := p.asks("olu@example.org", "")
	session, _, err := p.SignIn(ctx, link, browser)
	if err != nil {
		t.Fatal(err)
	}
	id, secret, _ := record.SplitKey(session)
	r, err := p.store.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	hash := base64.StdEncoding.EncodeToString(record.Hash(secret))
	r.Data = []byte(`{"id":"` + id + `","email":"olu@example.org","sessions":[{"hash":"` + hash +
		`","began":"2022-11-07T09:30:00Z","seen":"2022-11-07T09:30:00Z"}],"digest":"2022-11-07T08:00:00Z"}`)
	if err := p.store.Update(ctx, r); err != nil {
		t.Fatal(err)
	}
	p.pass(10 * time.Minute) // so that it is written again
	if s, err := p.Session(ctx, session); err != nil || s.Email != "olu@example.org" {
		t.Errorf("signed in: %+v, %v", s, err)
	}
	err = p.Weekly(ctx, "olu@example.org", "weekly", time.Date(2022, 11, 7, 8, 0, 0, 0, time.UTC),
		func(*staff.Person) (bool, error) { return true, nil })
	if got := p.mailed(); len(got) > 0 || err != nil {
		t.Errorf("the week's letter goes again: %q, %v", got, err)
	}
}
