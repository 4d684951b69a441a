package bounce

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func read(t *testing.T, name string) ([]Notice, error) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return Read(bytes.NewReader(text))
}

func TestRead(t *testing.T) {
	const letter = "CC-2C2C-2C2C.authorise-to-practice-12"
	for _, test := range []struct {
		name    string
		verdict Verdict
		class   string
		said    string
		at      string
	}{
		{"postfix.txt", Dead, "550 5.1.1", "550 5.1.1 <[address]>: Recipient address rejected: User unknown in local recipient table", "2021-09-21T09:02:03Z"},
		{"exchange.txt", Dead, "550 5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient [address] not found by SMTP address lookup", "2021-09-21T09:30:00Z"},
		{"exim-full.txt", Refused, "552 5.2.2", "552 5.2.2 [address] over quota, telephone [number]", "2021-09-21T10:00:00Z"},
		{"international.txt", Dead, "550 5.2.1", "550 5.2.1 [address] ist gesperrt", "2021-09-21T10:00:00Z"},
		{"delayed.txt", Late, "4.4.1", "connect to mx.example.org[192.0.2.1]:25: Connection timed out", "2021-09-21T12:59:00Z"},
	} {
		got, err := read(t, test.name)
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %v, %v", test.name, got, err)
			continue
		}
		n := got[0]
		if !slices.Contains(n.Letters, letter) || n.Verdict != test.verdict || n.Class != test.class || n.Said != test.said || n.At.UTC().Format(time.RFC3339) != test.at {
			t.Errorf("%s: %+v", test.name, n)
		}
		text, err := os.ReadFile(filepath.Join("testdata", test.name))
		if err != nil {
			t.Fatal(err)
		}
		// As it comes over the wire.
		wire, err := Read(bytes.NewReader(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))))
		if err != nil || len(wire) != 1 || wire[0].Class != n.Class || wire[0].Said != n.Said || !slices.Equal(wire[0].Letters, n.Letters) {
			t.Errorf("%s with CRLF: %+v, %v", test.name, wire, err)
		}
	}
	for _, name := range []string{"holiday.txt", "forwarded.txt"} {
		if got, err := read(t, name); !errors.Is(err, ErrNoNotice) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, text := range []string{"", "From \n", "no header", "Subject: hello\n\nhello", "Content-Type: multipart/report; boundary=a\n\n--a\n\nhello\n--a--\n"} {
		if got, err := Read(strings.NewReader(text)); !errors.Is(err, ErrNoNotice) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	broken := errors.New("broken")
	if _, err := Read(io.MultiReader(strings.NewReader("Subject: a\n"), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }

// TestSplit reads an mbox of everything, with a message that is far too large among them.
func TestSplit(t *testing.T) {
	var box bytes.Buffer
	names := []string{"postfix.txt", "holiday.txt", "exchange.txt"}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		box.WriteString("From MAILER-DAEMON Tue Sep 21 11:00:00 2021\n")
		box.Write(text)
		box.WriteString("\n")
		box.WriteString("From somebody Tue Sep 21 11:00:00 2021\nSubject: " + strings.Repeat("long", 1<<20) + "\n\n")
	}
	var notices, others int
	err := Split(&box, func(r io.Reader) error {
		found, err := Read(r)
		if notices += len(found); errors.Is(err, ErrNoNotice) {
			others++
			err = nil
		}
		return err
	})
	if err != nil || notices != 2 || others != 4 {
		t.Errorf("%d notices and %d others, %v", notices, others, err)
	}
	if err := Split(strings.NewReader("From a\n"), func(io.Reader) error { return io.ErrClosedPipe }); err != io.ErrClosedPipe {
		t.Errorf("error %v", err)
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		notices, err := Read(bytes.NewReader(text))
		if err != nil && !errors.Is(err, ErrNoNotice) {
			t.Fatalf("error %v", err)
		}
		if len(notices) > mostRecipients {
			t.Fatalf("%d notices", len(notices))
		}
		for _, n := range notices {
			if len([]rune(n.Said)) > mostWords || strings.Contains(n.Said, "@") || len(n.Class) > 20 {
				t.Errorf("%+v", n)
			}
		}
		n := 0
		if err := Split(bytes.NewReader(text), func(r io.Reader) error { n++; _, err := io.Copy(io.Discard, r); return err }); err != nil || n > len(text) {
			t.Errorf("split into %d, %v", n, err)
		}
	})
}
