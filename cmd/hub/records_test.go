package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/paper/papertest"
	"traininghub/internal/pdf"
	"traininghub/internal/record"
	"traininghub/internal/sqlite"
)

// The office's commands, while a hub serves.
func TestRecordsCommands(t *testing.T) {
	t.Parallel()
	data, out := t.TempDir(), t.TempDir()
	hub := startHub(t, data, firstDay)
	crowd := newCrowd(t, 1)
	crowd.set(hub.base)
	form := crowd.forms[0]
	one, two := crowd.person("marker-one"), crowd.person("marker-two")
	for _, p := range []*person{one, two} {
		must(t, p.begin(form), "applying")
		must(t, p.fill(form), "applying")
		must(t, p.send(form), "sending")
	}
	refs := crowd.references(0)

	run := func(want int, in string, args ...string) string {
		t.Helper()
		at := 1
		if args[0] == "pdf" {
			at = 2
		}
		cmd := program(slices.Concat(args[:at], []string{"--data", data, "--content", "../../content", "--as-of", secondDay}, args[at:])...)
		cmd.Stdin = strings.NewReader(in)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		cmd.Run() // its status is looked at below
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Fatalf("hub %s ends with %d, want %d:\n%s", strings.Join(args, " "), got, want, said.String())
		}
		return said.String()
	}
	heads, table, file := filepath.Join(out, "heads"), filepath.Join(out, "table.csv"), filepath.Join(out, "person.json")
	says := func(said string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("it does not say %q but:\n%s", w, said)
			}
		}
	}
	says(run(0, "", "audit", "--heads", heads), " records are as the hub wrote them", "There is no file")

	says(run(2, "", "export", "--reason", "x", "--course", "nonsense", table), "--course")
	says(run(2, "", "export", "--course", form.Course, table), "--reason")
	says(run(0, "", "export", "--course", form.Course, "--reason", "Annual report", table), "2 applications in")
	says(run(1, "", "export", "--course", form.Course, "--reason", "Again", table), "exists")
	written, err := os.ReadFile(table)
	must(t, err, "ReadFile")
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(written, []byte("\uFEFF")))).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Errorf("the table has %d lines (%v)", len(rows), err)
	}
	if info, err := os.Stat(table); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the table can be read by others: %v, %v", info.Mode(), err)
	}
	says(run(0, "", "export", "--course", form.Course, "--codebook"), "hub_reference", "NOT ASKED")

	says(run(2, "", "export", "--course", form.Course, "--reason", "Twisted", "--from", "2021-12-31", "--to", "2021-09-01"), "--to must be the same day as --from or later")

	email := one.answers(&form.Sections[0])["email"]
	says(run(2, "", "person", "--gmc", "765432"), "--gmc: this is no number on a professional register")
	says(run(2, "", "person", file), "--number or --email")
	says(run(0, "", "person", "--email", email, file), "1 applications, 0 other records and 0 mentions")
	var personal struct {
		Applications []struct{ Reference string }
	}
	written, err = os.ReadFile(file)
	must(t, err, "ReadFile")
	if err := json.Unmarshal(written, &personal); err != nil || len(personal.Applications) != 1 || personal.Applications[0].Reference != refs["marker-one"] || bytes.Contains(written, []byte("marker-two")) {
		t.Errorf("the file: %+v, %v", personal, err)
	}
	says(run(1, refs["marker-two"]+"\n", "person", "--email", email, "--erase"), "nothing was erased")
	copied := filepath.Join(out, "monday.db")
	said, wrong, _ := calling(t, "backup", "--data", data, copied)
	says(said+wrong, "copied")
	erased := erasedIn(run(0, refs["marker-one"]+"\n", "person", "--email", email, "--erase"))
	says(run(0, "", "person", "--email", email, "--erase"), "nothing to erase")
	says(run(0, "", "audit", "--heads", heads), " records are as the hub wrote them; since the last audit 1 were removed by the hub")

	// A PDF that the lead filled in comes back.
	desk, store, err := openRecords(t.Context(), func(flag string) string {
		return map[string]string{"data": data, "content": "../../content", "as-of": secondDay}[flag]
	}, io.Discard)
	must(t, err, "openRecords")
	defer store.Close()
	desk.Applications.PDF = pdf.Render
	a, err := desk.Applications.Get(t.Context(), refs["marker-two"])
	must(t, err, "Get")
	blank := desk.Applications.Print(a, true).Data
	back := filepath.Join(out, "back.pdf")
	fill := func(change ...string) {
		must(t, os.WriteFile(back, papertest.Fill(t, blank, papertest.Decision(change...)), 0o600), "WriteFile")
	}
	record := []string{"pdf", "read", "--record", "--lead", desk.Applications.Programme.Course(form.Course).Lead.Email}
	decided := func(want int, in string, change ...string) string {
		t.Helper()
		fill(append([]string{"stp-decision", "Declined", "stp-reason", "All places have been taken", "stp-decision-date/day", "21"}, change...)...)
		return run(want, in, append(record, back)...)
	}
	says(decided(1, "", "stp-reason", ""), "It is declined without a reason.", "nothing was decided")
	says(decided(1, "", "stp-funding-start/day", "31"), "must be a real date", "nothing was decided")
	says(decided(1, "CC-2222-2222\n"), "To: "+a.Document.Applicant.Email, "that is not the reference; nothing was decided")
	record[4] = "nobody@example.org"
	says(decided(2, ""), "nobody who decides has the address")
	record[4] = desk.Applications.Programme.Course(form.Course).Lead.Email
	says(decided(0, a.Reference+"\n"), "is decided: declined")
	says(decided(1, a.Reference+"\n"), "was decided already")
	hub.stop(t)

	// Somebody deletes an application from the file.
	db, err := sql.Open("sqlite", database(data))
	must(t, err, "sql.Open")
	_, err = db.Exec("delete from application where id = ?", refs["marker-two"])
	must(t, err, "delete")
	must(t, db.Close(), "Close")
	before, err := os.ReadFile(heads)
	must(t, err, "ReadFile")
	says(run(1, "", "audit", "--heads", heads), refs["marker-two"]+": it is gone, and the hub did not remove it", "hub: 1 of ", " records are not as the hub wrote them")
	if after, err := os.ReadFile(heads); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the heads to compare with are written over after a fault (%v)", err)
	}
	must(t, os.WriteFile(heads, before[:bytes.LastIndex(before, []byte("end"))], 0o600), "WriteFile")
	says(run(1, "", "audit", "--heads", heads), "not whole")

	// A copy from before the erasure is put back, as the guide says. The log says who has to be erased
	// again; then nothing is left of them.
	broken, err := filepath.Glob(database(data) + "*")
	must(t, err, "Glob")
	for _, file := range broken {
		must(t, os.Rename(file, filepath.Join(out, filepath.Base(file))), "moving the database away")
	}
	written, err = os.ReadFile(copied)
	must(t, err, "ReadFile")
	if !bytes.Contains(written, []byte("marker-one")) {
		t.Error("the copy does not have who was erased since")
	}
	must(t, os.WriteFile(database(data), written, 0o600), "putting the copy back")
	says(run(0, "", "person", "--email", email, "--erase"), refs["marker-one"], "To erase these for good")
	if !slices.Equal(erased, []string{refs["marker-one"]}) {
		t.Errorf("as erased %q are in the log", erased)
	}
	says(run(0, strings.Join(erased, " ")+"\n", "person", "--email", email, "--erase"), "1 erased")
	says(run(0, "", "person", "--email", email, "--erase"), "nothing to erase")
	says(run(0, "", "audit"), " records are as the hub wrote them")
	for _, file := range []string{database(data), database(data) + "-wal"} {
		if text, err := os.ReadFile(file); err == nil && bytes.Contains(text, []byte("marker-one")) {
			t.Errorf("%s has who was erased", filepath.Base(file))
		}
	}
}

// erasedIn returns the references of the records that were erased, as the hub's log has them.
func erasedIn(log string) (refs []string) {
	for _, m := range regexp.MustCompile(`msg=erased reference=(\S+)`).FindAllStringSubmatch(log, -1) {
		refs = append(refs, m[1])
	}
	return refs
}

// A newer hub's first command on an older one's database finds everything: records that are on no
// list yet are put there first.
func TestRecordsOfOlderHub(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	written, err := os.ReadFile("../../internal/intake/testdata/accepted.json")
	must(t, err, "ReadFile")
	var kept struct {
		ID, Status, Course, Shelf, GMC, Email string
		Due, Since                            int64
		Brief, Data                           json.RawMessage
	}
	must(t, json.Unmarshal(written, &kept), "the record")
	file := filepath.Join(data, "hub.db")
	store, err := sqlite.Open(file, sqlite.Options{})
	must(t, err, "Open")
	must(t, store.Create(t.Context(), record.Record{
		ID: kept.ID, Kind: record.Application, Status: kept.Status, Course: kept.Course, Due: time.UnixMilli(kept.Due), Data: kept.Data,
		Shelf: kept.Shelf, Since: time.UnixMilli(kept.Since), Number: kept.GMC, Email: kept.Email, Brief: kept.Brief,
	}), "Create")
	must(t, store.Close(), "Close")
	db, err := sql.Open("sqlite", file)
	must(t, err, "Open")
	_, err = db.Exec(`drop trigger application_created; drop trigger application_changed; drop trigger application_removed;
		drop table word; drop index application_part; pragma user_version = 2`)
	must(t, err, "back to an older format")
	must(t, db.Close(), "Close")
	said, err := program("audit", "--data", data, "--content", "../../content", "--as-of", secondDay).CombinedOutput()
	if err != nil || !strings.Contains(string(said), " records are as the hub wrote them") {
		t.Errorf("%v\n%s", err, said)
	}
}

// Unreadable content does not say how long records are kept, or who belongs to the office, so
// nothing is done by it.
func TestRecordsOfBrokenContent(t *testing.T) {
	t.Parallel()
	data, content := t.TempDir(), t.TempDir()
	store, err := sqlite.Open(filepath.Join(data, "hub.db"), sqlite.Options{})
	must(t, err, "Open")
	must(t, store.Close(), "Close")
	must(t, os.CopyFS(content, os.DirFS("../../content")), "CopyFS")
	must(t, os.WriteFile(filepath.Join(content, "site.yaml"), []byte("name: [\n"), 0o600), "WriteFile")
	for folder, want := range map[string]string{content: "site.yaml", filepath.Join(content, "none"): "there is no folder"} {
		said, err := program("audit", "--data", data, "--content", folder, "--as-of", secondDay).CombinedOutput()
		if err == nil || !strings.Contains(string(said), want) || strings.Contains(string(said), "letters/") {
			t.Errorf("it does not say %q but:\n%s", want, said)
		}
	}
}
