package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"sync"
	"syscall"
)

// The reasons why a file of a [Dir] is refused.
var (
	ErrNotAFile = errors.New("it is a pipe, a device or a socket")
	ErrTooLarge = fmt.Errorf("it is larger than %d MB", maxAny>>20)
	ErrOutside  = errors.New("it is a link that leads out of the folder")
)

// maxAny is the most bytes of any file in an editors' folder, pictures included.
const maxAny = 8 << 20

// Dir is a folder of editors that is safe to read whatever they put there: a pipe without a writer
// never blocks, a huge file never fills the memory, and a link never leads out of the folder. Each
// of these is refused at once, with [ErrNotAFile], [ErrTooLarge] or [ErrOutside]. Links within the
// folder are followed, and name itself may be a link.
//
// The folder is opened when Dir is called, and the folders in it when they are first read. If
// somebody puts another folder in the place of one, a new Dir is needed to read it. If the folder
// cannot be opened, each file fails with the same error.
func Dir(name string) fs.FS {
	root, err := os.OpenRoot(name)
	return &dir{root: root, err: err}
}

type dir struct {
	root *os.Root
	err  error // why the folder cannot be read

	folders sync.Map // of *os.Root, by name: each saves two system calls for each file in it
}

// in returns the folder of a file and the file's name there. A link in it that leads to another
// folder of the root cannot be followed from there, but only from the root.
func (d *dir) in(name string) (*os.Root, string) {
	folder, file := path.Split(name)
	if folder == "" || file == "" {
		return d.root, name
	}
	if open, known := d.folders.Load(folder); known {
		return open.(*os.Root), file
	}
	if info, err := d.root.Stat(path.Clean(folder)); err != nil || !info.IsDir() {
		return d.root, name // opening a pipe would wait for a writer
	}
	open, err := d.root.OpenRoot(path.Clean(folder))
	if err != nil {
		return d.root, name
	}
	d.folders.Store(folder, open)
	return open, file
}

func (d *dir) fail(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// Open opens an ordinary file or a folder.
func (d *dir) Open(name string) (fs.File, error) {
	f, _, err := d.open(name)
	return f, err
}

func (d *dir) open(name string) (*os.File, fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, nil, d.fail("open", name, fs.ErrInvalid)
	}
	if d.err != nil {
		return nil, nil, d.err
	}
	// Opening a pipe would otherwise wait for a writer.
	folder, file := d.in(name)
	f, err := folder.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil && folder != d.root {
		f, err = d.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	}
	if err != nil {
		return nil, nil, d.fail("open", name, d.reason(name, err))
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		return f, info, nil
	case !info.Mode().IsRegular():
		err = ErrNotAFile
	case info.Size() > maxAny:
		err = ErrTooLarge
	default:
		return f, info, nil
	}
	f.Close()
	return nil, nil, d.fail("open", name, err)
}

// reason is the error for a file that cannot be opened: one of this package's where one fits.
func (d *dir) reason(name string, err error) error {
	info, wrong := d.root.Stat(name)
	switch {
	case wrong == nil && !info.IsDir() && !info.Mode().IsRegular():
		return ErrNotAFile // a socket cannot be opened at all
	case d.leadsOut(name):
		return ErrOutside
	}
	if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

// leadsOut tells whether a name, or a folder on the way to it, is a link out of the folder. The
// only sign is a link that cannot be followed although its target exists.
func (d *dir) leadsOut(name string) bool {
	for ; name != "."; name = path.Dir(name) {
		info, err := d.root.Lstat(name)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		_, err = d.root.Stat(name)
		return err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) &&
			!errors.Is(err, syscall.ELOOP)
	}
	return false
}

// ReadFile reads an ordinary file.
func (d *dir) ReadFile(name string) ([]byte, error) {
	f, info, err := d.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info.IsDir() {
		return nil, d.fail("read", name, syscall.EISDIR)
	}
	text := make([]byte, 0, info.Size()+1)
	for {
		n, err := f.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case errors.Is(err, io.EOF):
			return text, nil
		case err != nil:
			return nil, d.fail("read", name, err)
		case len(text) > maxAny: // it has grown since it was opened
			return nil, d.fail("read", name, ErrTooLarge)
		case len(text) == cap(text):
			text = slices.Grow(text, len(text))
		}
	}
}

// ReadDir lists a folder, sorted by name.
func (d *dir) ReadDir(name string) ([]fs.DirEntry, error) {
	f, _, err := d.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	slices.Sort(names)
	entries := make([]fs.DirEntry, len(names))
	for i, file := range names {
		entries[i] = &entry{dir: d, name: path.Join(name, file)}
	}
	return entries, err
}

// An entry is a file in a folder. It is looked at only if somebody asks for more than its name:
// [os.File.ReadDir] would look at each.
type entry struct {
	dir  *dir
	name string // in the root
}

func (e *entry) Name() string { return path.Base(e.name) }
func (e *entry) IsDir() bool  { return e.Type().IsDir() }

func (e *entry) Info() (fs.FileInfo, error) {
	folder, file := e.dir.in(e.name)
	return folder.Lstat(file)
}

func (e *entry) Type() fs.FileMode {
	info, err := e.Info()
	if err != nil {
		return fs.ModeIrregular // it is gone
	}
	return info.Mode().Type()
}

// Stat describes a file of any kind.
func (d *dir) Stat(name string) (fs.FileInfo, error) {
	if d.err != nil {
		return nil, d.err
	}
	folder, file := d.in(name)
	info, err := folder.Stat(file)
	if err != nil && folder != d.root {
		info, err = d.root.Stat(name)
	}
	if err != nil {
		return nil, d.fail("stat", name, d.reason(name, err))
	}
	return info, nil
}

// Until is a file system that can be read until ctx ends, so that a build can be cancelled while it
// reads.
func Until(ctx context.Context, fsys fs.FS) fs.FS { return until{ctx, fsys} }

type until struct {
	ctx context.Context
	fs.FS
}

func (u until) Open(name string) (fs.File, error) {
	if err := u.ctx.Err(); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return u.FS.Open(name)
}

func (u until) ReadFile(name string) ([]byte, error) {
	if err := u.ctx.Err(); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return fs.ReadFile(u.FS, name)
}

func (u until) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(u.FS, name) }
func (u until) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(u.FS, name) }

// Unreadable explains to an editor why a file or folder cannot be read, and what to do. err is the
// error of reading it.
func Unreadable(fsys fs.FS, name string, err error) (what, do string) {
	switch {
	case errors.Is(err, ErrTooLarge):
		return "the file is too large to be read: " + ErrTooLarge.Error(), "take it away, or make it smaller"
	case errors.Is(err, ErrOutside):
		return "this cannot be read: " + ErrOutside.Error(), "put the file itself here"
	case errors.Is(err, ErrNotAFile):
		return "this is no file that can be read: " + ErrNotAFile.Error(), "take it away, and put an ordinary file here"
	}
	if info, err := fs.Stat(fsys, name); err == nil && info.IsDir() {
		return "this is a folder", "give it another name, and take what is in it out of it"
	}
	return "the file cannot be read: " + err.Error(), "check that it is an ordinary file"
}
