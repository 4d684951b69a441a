package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"traininghub/internal/record"
)

// fullFolder tells the process that TestFullDisk starts in which folder to mount the small disk.
const fullFolder = "SQLITE_TEST_FULL_FOLDER"

// A real disk fills up. Mounting one needs a mount namespace, so the test runs itself again in a
// namespace of its own, whose end also unmounts the disk.
func TestFullDisk(t *testing.T) {
	if folder := os.Getenv(fullFolder); folder != "" {
		must(t, syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=4m,mode=700"), "mounting a disk of 4 MB")
		testFullDisk(t, folder)
		return
	}
	var err error
	for _, flags := range []uintptr{
		syscall.CLONE_NEWNS,                         // root may
		syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER, // others, where users may have namespaces of their own
	} {
		child := exec.Command(os.Args[0], "-test.run=^TestFullDisk$")
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
	t.Fatalf("This test mounts a small disk, and may not (%v). Run it as root, or let users have namespaces "+
		"(sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0); "+
		"start a container with the capability SYS_ADMIN.", err)
}

func testFullDisk(t *testing.T, folder string) {
	s := openStore(t, filepath.Join(folder, "hub.db"))
	ctx := t.Context()
	of := func(i int) record.Record {
		return record.Record{Kind: "sample", ID: fmt.Sprint(i), Version: 1, Status: "kept",
			Data: bytes.Repeat([]byte{byte(i)}, 50_000)}
	}
	kept := 0
	for ; kept < 10; kept++ {
		must(t, s.Create(ctx, of(kept)), "Create")
	}

	ballast := filepath.Join(folder, "ballast")
	fill(t, ballast)
	// The log still has some room from before, but it runs out soon.
	var full error
	for ; full == nil; kept++ {
		if kept == 1000 {
			t.Fatal("writes succeed for ever on a full disk")
		}
		full = s.Create(ctx, of(kept))
	}
	kept--
	if !errors.Is(full, record.ErrBusy) {
		t.Errorf("Create on a full disk: %v, want ErrBusy", full)
	}
	larger := record.Record{Kind: "sample", ID: "0", Version: 1, Status: "larger", Data: make([]byte, record.MaxRecord)}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if err := s.Update(ctx, larger); !errors.Is(err, record.ErrBusy) {
				t.Errorf("Update on a full disk: %v, want ErrBusy", err)
			}
		})
	}
	all.Wait()
	if err := s.Backup(ctx, filepath.Join(folder, "copy.db")); err == nil {
		t.Error("Backup to a full disk succeeded")
	}

	check := func(when string) {
		t.Helper()
		for i := range kept {
			r, err := s.Get(ctx, fmt.Sprint(i))
			if err != nil || r.Version != 1 || r.Status != "kept" || !bytes.Equal(r.Data, of(i).Data) {
				t.Errorf("%s: record %d: version %d, status %q, error %v; want it as created", when, i, r.Version,
					r.Status, err)
			}
		}
		if _, err := s.Get(ctx, fmt.Sprint(kept)); !errors.Is(err, record.ErrNotFound) {
			t.Errorf("%s: Get of what could not be written: %v, want ErrNotFound", when, err)
		}
		wantSound(t, s)
	}
	check("while the disk is full")
	must(t, os.Remove(ballast), "Remove")
	check("with room again")
	must(t, s.Create(ctx, of(kept)), "Create with room again")
	kept++
	fill(t, ballast)
	must(t, s.Close(), "Close on a full disk")
	must(t, os.Remove(ballast), "Remove")
	s = openStore(t, filepath.Join(folder, "hub.db"))
	check("after a stop on a full disk")
	must(t, s.Update(ctx, larger), "Update with room again")
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
