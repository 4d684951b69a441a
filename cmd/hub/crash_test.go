package main

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/office"
)

var (
	seed  = flag.Uint64("seed", 0, "of TestKill's moments and of what its applicants do; another each time if 0")
	kills = flag.Int("kills", 50, "how often TestKill kills its hub; the long run is 200")
)

// A hub is killed again and again while people apply. Afterwards every person who saw a
// confirmation has an application in the database, and the letters about it have gone. Nobody has
// two, or somebody else's. (The machine does not fail here: package sqlite tests that confirmed
// data is on the disk.)
func TestKill(t *testing.T) {
	t.Parallel()
	const applicants = 6
	seed, kills := *seed, *kills
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("to have the same moments again: -seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1<<32))
	data := t.TempDir()
	crowd := newCrowd(t, seed)
	crowd.pause = 30 * time.Millisecond // more applications would only make more letters, which take longest
	crowd.come(applicants)
	// A slow machine gets less done between two kills, so it is killed more often.
	enough := func() bool { return crowd.cuts() >= kills/4 && len(crowd.references(0)) >= kills/4 }
	done := 0
	for ; done < kills || !enough() && !t.Failed(); done++ {
		hub := startHub(t, data, firstDay)
		crowd.set(hub.base)
		time.Sleep(time.Duration(20+random.IntN(280)) * time.Millisecond)
		hub.kill(t)
		crowd.set("")
	}
	hub := startHub(t, data, firstDay)
	crowd.set(hub.base)
	crowd.close()
	hub.stop(t)

	// A letter that was being sent when its hub was killed is tried again when its lease is over.
	outbox := filepath.Join(data, "outbox")
	age(t, outbox)
	hub = startHub(t, data, secondDay)
	waitForLetters(t, data)
	hub.stop(t)
	entries, err := os.ReadDir(data)
	must(t, err, "ReadDir")
	for _, e := range entries {
		if n := e.Name(); n != "hub.db" && n != "mentoring.db" && n != "outbox" && n != "seal.key" {
			t.Errorf("%s is left in the folder of the data", e.Name())
		}
	}

	shown := crowd.references(0)
	received := wantReceived(t, database(data), shown)
	if len(received) != len(shown) {
		t.Errorf("%d applications are received, and %d people were shown a reference: somebody has two, or does not know of one", len(received), len(shown))
	}
	if report := query[string](t, database(data), "pragma integrity_check")[0]; report != "ok" {
		t.Errorf("integrity_check: %s", report)
	}
	wantLetters(t, outbox, received)
	t.Logf("%d kills cut %d requests; %d applications are safe", done, crowd.cut, len(shown))
}

// age makes unfinished files look old: a hub removes those, and leaves files that another program
// may be writing.
func age(t testing.TB, outbox string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(outbox, ".*"))
	must(t, err, "Glob")
	for _, name := range left {
		must(t, os.Chtimes(name, time.Time{}, time.Now().Add(-2*time.Hour)), "Chtimes")
	}
}

// waitForLetters waits until a running hub owes no letters about received applications, apart from
// reminders of later days.
func waitForLetters(t testing.TB, data string) { waitForLettersOf(t, data, daysAfter) }

// waitForLettersOf is waitForLetters when reminders begin to be due at another time.
func waitForLettersOf(t testing.TB, data string, reminders time.Time) {
	t.Helper()
	due := fmt.Sprintf("select count(*) from application where status = 'received' and due < %d", reminders.UnixMilli())
	left := math.MaxInt
	for waited := 0; waited < 600; waited++ {
		owed := query[int](t, database(data), due)[0]
		if owed == 0 {
			return
		}
		if owed < left { // it goes on, however busy the machine is
			left, waited = owed, 0
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatalf("two minutes on, letters about the same %d applications are still owed", left)
}

// wantLetters checks that the outbox has each application's letters to its lead, its applicant and,
// if asked, its practice, whole and marked as sent. Apart from them it may only have links for
// going on with drafts, and the staff's weekly letter.
func wantLetters(t testing.TB, outbox string, received map[string]*application.Application) {
	t.Helper()
	to := map[string]string{} // the receivers, by Message-ID
	entries, err := os.ReadDir(outbox)
	must(t, err, "ReadDir")
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(outbox, e.Name()))
		must(t, err, "ReadFile")
		m, err := mail.ReadMessage(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s is no letter: %v", e.Name(), err)
			continue
		}
		id := m.Header.Get("Message-Id")
		if strings.Contains(id, "."+application.LetterResume+"-") || strings.Contains(id, "."+office.LetterDigest+"-") {
			continue
		}
		if other, twice := to[id]; twice {
			t.Errorf("two letters have the id %s: to %s and to %s", id, other, m.Header.Get("To"))
		}
		to[id] = m.Header.Get("To")
		if strings.Contains(id, "."+application.LetterAuthorise+"-") {
			continue // it has no PDF
		}
		if pdf := attachment(t, e.Name(), m); !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.HasSuffix(bytes.TrimSpace(pdf), []byte("%%EOF")) {
			t.Errorf("%s has no whole PDF, but %d bytes", e.Name(), len(pdf))
		}
	}
	sent := 0
	for ref, a := range received {
		want := map[string]string{application.LetterToLead: a.Document.Course.Lead,
			application.LetterToApplicant: a.Document.Applicant.Email}
		if a.Authorisation != nil {
			want[application.LetterAuthorise] = a.Authorisation.Email
		}
		sent += len(want)
		for _, l := range a.Letters {
			if l.Attempts == 0 && l.Owed.After(daysAfter) {
				continue // a reminder
			}
			if l.Sent.IsZero() {
				t.Errorf("the letter %s of %s was not sent in %d attempts: %s", l.Name, ref, l.Attempts, l.Error)
			}
			if got := to[l.MessageID]; !strings.Contains(got, "<"+want[l.Name]+">") {
				t.Errorf("the letter %s of %s went to %q, want %s", l.Name, ref, got, want[l.Name])
			}
			delete(want, l.Name)
		}
		if len(want) > 0 {
			t.Errorf("%s has no letters to %v", ref, want)
		}
	}
	if len(to) != sent {
		t.Errorf("%d letters in the outbox, want %d for %d applications", len(to), sent, len(received))
	}
}

// attachment is the PDF that comes with a letter; nil if there is none.
func attachment(t testing.TB, name string, m *mail.Message) []byte {
	t.Helper()
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	must(t, err, name)
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		must(t, err, name)
		if kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind == "application/pdf" {
			data, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
			must(t, err, name)
			return data
		}
	}
}
