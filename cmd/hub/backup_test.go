package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A copy that is made while people apply has every application that was confirmed before, and a hub serves it.
func TestBackupCommand(t *testing.T) {
	t.Parallel()
	data, copies := t.TempDir(), t.TempDir()
	hub := startHub(t, data, firstDay)
	crowd := newCrowd(t, 1)
	crowd.pause = 2 * time.Millisecond
	crowd.set(hub.base)
	form := crowd.forms[0]
	sent, open := crowd.person("marker-sent"), crowd.person("marker-open")
	for _, p := range []*person{sent, open} {
		must(t, p.begin(form), "applying")
		must(t, p.fill(form), "applying")
	}
	must(t, sent.send(form), "sending")
	crowd.come(4)
	for i := range 3 {
		shown := crowd.references(4 * (i + 1))
		file := filepath.Join(copies, "hub.db")
		os.Remove(file) // an error the first time
		out, err := program("backup", "--data", data, file).CombinedOutput()
		if err != nil {
			t.Fatalf("hub backup: %v\n%s", err, out)
		}
		wantReceived(t, file, shown)
	}
	before, err := os.ReadFile(filepath.Join(copies, "hub.db"))
	must(t, err, "ReadFile")
	if out, err := program("backup", "--data", data, filepath.Join(copies, "hub.db")).CombinedOutput(); err == nil {
		t.Errorf("hub backup wrote over a file: %s", out)
	}
	if after, err := os.ReadFile(filepath.Join(copies, "hub.db")); err != nil || string(after) != string(before) {
		t.Errorf("hub backup to a file that is there changed it (%v)", err)
	}
	crowd.close()
	hub.stop(t)

	// The folder that has the copy is a hub's: whoever sent sees the confirmation, whoever did not goes on.
	hub = startHub(t, copies, firstDay)
	crowd.set(hub.base)
	base := "/apply/" + form.ID
	must(t, sent.confirm(sent.expect(base, nil, 200, base+"/sent")), "seeing the confirmation again")
	must(t, open.send(form), "sending what was a draft when the copy was made")
	hub.stop(t)
	wantReceived(t, database(copies), map[string]string{"marker-sent": crowd.references(0)["marker-sent"], "marker-open": crowd.references(0)["marker-open"]})
}
