package paper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/intake"
	"traininghub/internal/pattern"
	"traininghub/internal/record"
)

// Folder keeps scans in a folder beside the database that only the hub may read: intake.Scans. A
// file is either complete or not there: it is written under another name, and renamed once it is on
// disk.
type Folder string

// scanName matches the names of scans, and leftName what a failed write has left. Nothing else in
// the folder belongs to the hub.
var (
	scanName = pattern.Of(`^[A-Z0-9-]{9,16}\.[0-9a-f]{16}$`)
	leftName = pattern.Of(`^new-[0-9]+$`)
)

func (f Folder) path(name string) (string, error) {
	if !scanName().MatchString(name) && !leftName().MatchString(name) {
		return "", fmt.Errorf("scan: %w", record.ErrNotFound)
	}
	return filepath.Join(string(f), name), nil
}

// Put keeps a file.
func (f Folder) Put(_ context.Context, name string, data []byte) (err error) {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(string(f), "new-") // only its owner can read it
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // for a failed write; otherwise it has been renamed
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(string(f))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Get returns a file, or record.ErrNotFound.
func (f Folder) Get(_ context.Context, name string) ([]byte, error) {
	path, err := f.path(name)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("scan: %w", record.ErrNotFound)
	}
	return data, err
}

// Delete removes a file. A file that is gone is not an error.
func (f Folder) Delete(_ context.Context, name string) error {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// All returns the files, including what a failed write has left, and when each was last written.
func (f Folder) All(context.Context) (map[string]time.Time, error) {
	entries, err := os.ReadDir(string(f))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	all := map[string]time.Time{}
	for _, e := range entries {
		if info, wrong := e.Info(); wrong == nil && e.Type().IsRegular() {
			all[e.Name()] = info.ModTime()
		}
	}
	return all, nil
}

// A Shelf keeps scans and can list them: a [Folder], or a bucket on AWS.
type Shelf interface {
	intake.Scans
	All(ctx context.Context) (map[string]time.Time, error)
}

// orphaned is the age at which a file without an application will never have one. A scan that is
// being entered gets its application within seconds.
const orphaned = 24 * time.Hour

// mostOrphans is how many files without an application are normal. If there are more, this is
// probably not the database that they belong to.
const mostOrphans = 20

// Sweep removes scans whose application was never entered, because the machine failed between the
// two, and what a failed write has left. now is the real time, which the files have too. It returns
// how many it removed.
func Sweep(ctx context.Context, d *intake.Desk, shelf Shelf, now time.Time) (int, error) {
	all, err := shelf.All(ctx)
	if err != nil {
		return 0, err
	}
	var gone []string
	for name, written := range all {
		if now.Sub(written) < orphaned {
			continue
		}
		if leftName().MatchString(name) {
			gone = append(gone, name)
		}
		ref, _, _ := strings.Cut(name, ".")
		if scanName().MatchString(name) && application.IsReference(ref) {
			switch has, wrong := hasScan(ctx, d, ref, name); {
			case wrong != nil:
				return 0, wrong
			case !has:
				gone = append(gone, name)
			}
		}
	}
	if len(gone) > mostOrphans {
		return 0, fmt.Errorf("%d scans belong to no application: none is removed; is this their database?", len(gone))
	}
	for _, name := range gone {
		err = errors.Join(err, shelf.Delete(ctx, name))
	}
	return len(gone), err
}

// CopyTo copies scans that another folder does not have yet into it, for a backup, and returns how
// many files that folder then has. Files there that are no longer here stay until their copies are
// older than before.
func (f Folder) CopyTo(ctx context.Context, to Folder, before time.Time) (n int, err error) {
	all, err := os.ReadDir(string(f))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	here := map[string]bool{}
	for _, e := range all {
		if !scanName().MatchString(e.Name()) {
			continue
		}
		here[e.Name()] = true
		data, err := f.Get(ctx, e.Name())
		if errors.Is(err, record.ErrNotFound) { // erased in the meantime
			continue
		}
		if err != nil {
			return n, err
		}
		if was, _ := to.Get(ctx, e.Name()); !bytes.Equal(was, data) {
			if err := to.Put(ctx, e.Name(), data); err != nil {
				return n, err
			}
		}
		n++
	}
	old, err := os.ReadDir(string(to))
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	for _, e := range old {
		if info, wrong := e.Info(); wrong == nil && !here[e.Name()] && scanName().MatchString(e.Name()) && info.ModTime().Before(before) {
			err = errors.Join(err, os.Remove(filepath.Join(string(to), e.Name())))
		}
	}
	return n, err
}

// TypeOf returns the type of a scan, judged by its content; "" if it is not accepted. The file's
// name and what a browser says about it do not matter.
func TypeOf(data []byte) string {
	for begin, kind := range map[string]string{"%PDF-": "application/pdf", "\xff\xd8\xff": "image/jpeg", "\x89PNG\r\n\x1a\n": "image/png"} {
		if bytes.HasPrefix(data, []byte(begin)) {
			return kind
		}
	}
	return ""
}
