package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traininghub/internal/application"
)

// TestBounceCommand: notices about a letter to a practice are noted on its application, once, from
// standard input, an mbox or a Maildir. An out-of-office reply and notices about other mail are
// ignored.
func TestBounceCommand(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	hub := startHub(t, data, firstDay)
	crowd := newCrowd(t, 1)
	crowd.set(hub.base)
	crowd.come(3)
	crowd.references(6)
	crowd.close()
	waitForLetters(t, data)
	hub.stop(t)

	var a application.Application
	var letter string
	for _, document := range query[[]byte](t, database(data), "select data from application where status = 'received'") {
		a = application.Application{}
		must(t, json.Unmarshal(document, &a), "Unmarshal")
		for _, l := range a.Letters {
			if l.Name == application.LetterAuthorise && l.IsSent() {
				letter = l.ID
			}
		}
		if letter != "" {
			break
		}
	}
	if letter == "" {
		t.Fatal("no practice was asked")
	}
	noted := func() (all []string) {
		text := query[[]byte](t, database(data), "select data from application where id = '"+a.Reference+"'")[0]
		now := application.Application{}
		must(t, json.Unmarshal(text, &now), "Unmarshal")
		for _, e := range now.Events {
			if e.Who == "mail" {
				all = append(all, e.What+": "+e.Note)
			}
		}
		return all
	}
	message := func(name string) []byte {
		text, err := os.ReadFile("../../internal/bounce/testdata/" + name)
		must(t, err, "ReadFile")
		for _, was := range []string{"CC-2C2C-2C2C.authorise-to-practice-12", strings.ToLower("CC-2C2C-2C2C.authorise-to-practice-12")} {
			text = bytes.ReplaceAll(text, []byte(was), []byte(a.Reference+"."+letter))
		}
		return text
	}
	run := func(in []byte, want string, args ...string) {
		t.Helper()
		cmd := program(append([]string{"bounce", "--data", data, "--content", "../../content", "--as-of", secondDay}, args...)...)
		cmd.Stdin = bytes.NewReader(in)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%v\n%s", err, out)
		}
		if bytes.Contains(out, []byte("surgery.example.org")) {
			t.Errorf("an address is told: %s", out)
		}
	}
	run(message("holiday.txt"), "messages: 1; of them say what became of a letter: 0")
	run([]byte("no message at all"), "messages: 1; of them say what became of a letter: 0")
	foreign, err := os.ReadFile("../../internal/bounce/testdata/postfix.txt")
	must(t, err, "ReadFile")
	run(foreign, "messages: 1; of them say what became of a letter: 0")
	if got := noted(); len(got) != 0 {
		t.Fatalf("noted %q", got)
	}
	run(message("exim-full.txt"), "say what became of a letter: 1")

	box := filepath.Join(t.TempDir(), "mail")
	for _, dir := range []string{"new", "cur", "tmp"} {
		must(t, os.MkdirAll(filepath.Join(box, dir), 0o700), "MkdirAll")
	}
	must(t, os.WriteFile(filepath.Join(box, "cur", "1:2,S"), message("delayed.txt"), 0o600), "WriteFile")
	must(t, os.WriteFile(filepath.Join(box, "new", "2"), message("postfix.txt"), 0o600), "WriteFile")
	run(nil, "messages: 2; of them say what became of a letter: 2", box)
	run(nil, "messages: 2; of them say what became of a letter: 2", box) // again
	mbox := filepath.Join(t.TempDir(), "mbox")
	must(t, os.WriteFile(mbox, append(append([]byte("From a Tue Sep 21 11:00:00 2021\n"), message("postfix.txt")...), append([]byte("\nFrom b Tue Sep 21 11:00:00 2021\n"), message("holiday.txt")...)...), 0o600), "WriteFile")
	run(nil, "messages: 2; of them say what became of a letter: 1", mbox)
	want := []string{ // new messages in the Maildir are read first
		"letter rejected: " + letter + " 552 5.2.2 [address] over quota, telephone [number]",
		"letter bounced: " + letter + " 550 5.1.1 <[address]>: Recipient address rejected: User unknown in local recipient table",
		"letter delayed: " + letter + " 4.4.1 connect to mx.example.org[192.0.2.1]:25: Connection timed out",
	}
	if got := noted(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("noted:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	// A mail system keeps what cannot be noted now.
	cmd := program("bounce", "--data", data, "--content", "../../content")
	must(t, os.Rename(database(data), database(data)+"-away"), "Rename")
	must(t, os.WriteFile(database(data), []byte("no database"), 0o600), "WriteFile")
	cmd.Stdin = bytes.NewReader(message("postfix.txt"))
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != 75 {
		t.Errorf("%v\n%s", err, out)
	}
}
