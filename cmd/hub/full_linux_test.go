package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"traininghub/internal/application"
	"traininghub/internal/record"
)

// fullFolder names, for the process that TestServeFullDisk starts, a folder for mounting the small
// disks.
const fullFolder = "HUB_TEST_FULL_FOLDER"

// Disks fill up while people apply: first the disk with the letters, then the one with the
// database. Mounting small ones needs a mount namespace, so the test runs itself again in one.
func TestServeFullDisk(t *testing.T) {
	if folder := os.Getenv(fullFolder); folder != "" {
		testServeFullDisk(t, folder)
		return
	}
	t.Parallel()
	var err error
	for _, flags := range []uintptr{
		syscall.CLONE_NEWNS,                         // root may
		syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER, // others, where users may have namespaces of their own
	} {
		child := osexec.Command(os.Args[0], "-test.run=^TestServeFullDisk$")
		child.Env = append(os.Environ(), fullFolder+"="+t.TempDir())
		child.SysProcAttr = &syscall.SysProcAttr{Unshareflags: flags}
		if flags&syscall.CLONE_NEWUSER != 0 {
			child.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
			child.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
		}
		var out []byte
		if out, err = child.CombinedOutput(); err == nil {
			return
		}
		if !errors.Is(err, os.ErrPermission) {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	t.Fatalf("This test mounts small disks, and may not (%v). Run it as root, or let users have namespaces "+
		"(sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0); "+
		"start a container with the capability SYS_ADMIN.", err)
}

func testServeFullDisk(t *testing.T, data string) {
	outbox := filepath.Join(data, "outbox")
	must(t, syscall.Mount("tmpfs", data, "tmpfs", 0, "size=8m,mode=700"), "mounting a disk for the database")
	must(t, os.Mkdir(outbox, 0o700), "Mkdir")
	must(t, syscall.Mount("tmpfs", outbox, "tmpfs", 0, "size=2m,mode=700"), "mounting a disk for the letters")
	hub := startHub(t, data, firstDay)
	crowd := newCrowd(t, 1)
	crowd.set(hub.base)
	form := crowd.forms[0]
	base, section := "/apply/"+form.ID, &form.Sections[1]
	early, late, ready, writing := crowd.person("marker-early"), crowd.person("marker-late"), crowd.person("marker-ready"), crowd.person("marker-writing")
	for _, p := range []*person{early, late, ready, writing} {
		must(t, p.begin(form), "beginning")
		if p != writing {
			must(t, p.fill(form), "applying")
		}
	}
	must(t, early.send(form), "sending")
	waitForLetters(t, data)

	// No room for letters: the application is received, and its letters stay owed.
	lettersBallast := filepath.Join(outbox, ".ballast")
	fill(t, lettersBallast)
	must(t, late.send(form), "sending while there is no room for letters")
	waitForFailure(t, data, crowd.references(0)["marker-late"])

	// No room in the database either: an honest page, and nothing confirmed is lost.
	databaseBallast := filepath.Join(data, "ballast")
	fill(t, databaseBallast)
	// The log has some room left from before; it ends soon.
	var a answer
	var err error
	for n := 0; a.status != http.StatusServiceUnavailable; n++ {
		a, err = writing.request(base+"/"+section.ID, writing.answers(section))
		must(t, err, "posting a section")
		if n == 2000 || a.status != http.StatusOK && a.status != http.StatusServiceUnavailable {
			t.Fatalf("on a full disk, post %d of a section led to %s with status %d", n+1, a.path, a.status)
		}
	}
	honest := func(a answer) {
		t.Helper()
		for _, words := range []string{"Sorry, there is a problem with the service", "your application has not been confirmed"} {
			if !strings.Contains(a.body, words) {
				t.Errorf("the page on a full disk does not say %q", words)
			}
		}
	}
	honest(a)
	a, err = ready.expect(base+"/declarations", ready.declarations(form), http.StatusServiceUnavailable, base+"/declarations")
	must(t, err, "sending on a full disk")
	honest(a)
	for _, p := range []*person{early, late} {
		must(t, p.confirm(p.expect(base, nil, http.StatusOK, base+"/sent")), "seeing the confirmation on a full disk")
	}
	_, err = ready.expect(base+"/check", nil, http.StatusOK, base+"/check")
	must(t, err, "reading a draft on a full disk")

	// With room again, the same posts succeed, and the letters go when their waiting time is over.
	must(t, os.Remove(databaseBallast), "Remove")
	_, err = writing.expect(base+"/"+section.ID, writing.answers(section), http.StatusOK, base+"/"+form.Sections[2].ID)
	must(t, err, "posting a section with room again")
	must(t, ready.send(form), "sending with room again")
	must(t, os.Remove(lettersBallast), "Remove")
	must(t, hub.cmd.Process.Signal(syscall.SIGTERM), "stopping a hub")
	hub.wait(t)
	if log := hub.log.String(); !strings.Contains(log, "no space left on device") || strings.Contains(log, "marker") {
		t.Errorf("the log does not tell the cause, or tells what people typed:\n%s", log)
	}
	hub = startHub(t, data, secondDay)
	waitForLetters(t, data)
	hub.stop(t)
	received := wantReceived(t, database(data), crowd.references(0))
	if len(received) != 3 {
		t.Errorf("%d applications received, want 3", len(received))
	}
	wantLetters(t, outbox, received)
}

// waitForFailure waits until a letter about the application could not be sent.
func waitForFailure(t *testing.T, data, ref string) {
	t.Helper()
	eventually(t, "a letter that fails on a full disk", func() bool {
		for _, document := range query[[]byte](t, database(data), "select data from application where status = 'received'") {
			var a application.Application
			must(t, json.Unmarshal(document, &a), "reading an application")
			if a.Reference == ref && a.Letters.Has(func(l record.Letter) bool { return l.Error != "" }) {
				return true
			}
		}
		return false
	})
}

// fill writes to the file until the disk is full.
func fill(t *testing.T, file string) {
	t.Helper()
	f, err := os.Create(file)
	must(t, err, "Create")
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err == nil {
			continue
		} else if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		size /= 2
	}
}
