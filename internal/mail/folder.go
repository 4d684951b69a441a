package mail

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"traininghub/internal/pattern"
	"traininghub/internal/record"
)

// Folder writes messages into a folder as .eml files. It may be used from several goroutines.
type Folder struct {
	Now func() time.Time // for the messages' Date; time.Now if nil
	dir string
}

var _ record.Mailer = (*Folder)(nil)

// leftover is how the name of a file begins while it is being written. A crash can leave such a
// file.
const leftover = ".writing-"

// OpenFolder makes the folder dir if it does not exist, for the program's own user only. It removes
// what a crash has left in it.
func OpenFolder(dir string) (*Folder, error) {
	fail := func(err error) (*Folder, error) {
		return nil, fmt.Errorf("mail: opening the folder for letters: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fail(err)
	}
	if err := syncDir(filepath.Dir(dir)); err != nil {
		return fail(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fail(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), leftover) {
			continue
		}
		// A younger one may be in use: another program could be writing it right now.
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return fail(err)
			}
		}
	}
	return &Folder{dir: dir}, nil
}

// Send writes m into the folder. When it returns nil, the file survives a crash of the machine. The
// file's name comes from the Message-ID, so a message that is sent again replaces itself.
func (f *Folder) Send(ctx context.Context, m record.Message) error {
	if err := ctx.Err(); err != nil {
		return &Error{class: "stopped", cause: err}
	}
	now := time.Now
	if f.Now != nil {
		now = f.Now
	}
	msg, err := compose(m, now())
	if err != nil {
		return err
	}
	writing := filepath.Join(f.dir, leftover+rand.Text())
	err = write(writing, func(file *os.File) error {
		_, err := msg.WriteTo(file)
		return err
	})
	if err == nil {
		err = os.Rename(writing, filepath.Join(f.dir, fileName(m.ID)))
	}
	if err != nil {
		os.Remove(writing)
		return unwritten(err)
	}
	if err := syncDir(f.dir); err != nil {
		return unwritten(err)
	}
	return nil
}

// write makes a new file that only this user can read, and waits until it is on the disk.
func write(name string, content func(*os.File) error) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := content(file); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}

// syncDir waits until the names in a folder are on the disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// unwritten keeps only the system's reason ("no space left on device"), not the path.
func unwritten(err error) *Error {
	var inPath *fs.PathError
	var inLink *os.LinkError
	switch {
	case errors.As(err, &inPath):
		err = inPath.Err
	case errors.As(err, &inLink):
		err = inLink.Err
	}
	return &Error{class: "cannot write into the folder for letters", cause: err}
}

var (
	inName = pattern.Of(`[^A-Za-z0-9.-]+`)
	named  = pattern.Of(`^[A-Za-z0-9-][A-Za-z0-9.-]*\.eml$`)
)

// fileName returns a readable name, with a sum that keeps different Message-IDs apart.
func fileName(id string) string {
	readable := strings.Trim(inName().ReplaceAllString(id, "-"), ".-")
	if len(readable) > 100 {
		readable = readable[:100]
	}
	sum := sha256.Sum256([]byte(id))
	return fmt.Sprintf("%s-%x.eml", readable, sum[:4])
}

// names lists the messages, the last one written first.
func (f *Folder) names() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, err
	}
	written := map[string]time.Time{}
	var names []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !named().MatchString(e.Name()) {
			continue
		}
		written[e.Name()] = info.ModTime()
		names = append(names, e.Name())
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(written[b].Compare(written[a]), cmp.Compare(a, b))
	})
	return names, nil
}
