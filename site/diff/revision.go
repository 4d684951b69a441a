package diff

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// ErrNoSide says that nothing to compare has this name.
var ErrNoSide = errors.New("neither a folder nor a git revision")

// Folder is the folder of one side: what itself if it is a folder, else the folder content at the
// git revision what. It unpacks a revision into a new folder, which remove removes. An error wraps
// [ErrNoSide] if what is neither.
func Folder(ctx context.Context, what, content string) (dir string, remove func(), err error) {
	if info, err := os.Stat(what); err == nil && info.IsDir() {
		return what, func() {}, nil
	}
	if strings.HasPrefix(what, "-") { // git would take it for an option
		return "", nil, fmt.Errorf("%q is %w", what, ErrNoSide)
	}
	if dir, err = os.MkdirTemp("", "hub-diff-"); err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	if err := unpackGit(ctx, what, content, dir); err != nil {
		remove()
		return "", nil, fmt.Errorf("%q is %w with a folder %s: %v", what, ErrNoSide, content, err)
	}
	return dir, remove, nil
}

// unpackGit writes the folder content at the git revision what below the folder dir. It runs git at
// the top of the repository, since in a folder below git accepts only revisions, not folders. It
// unpacks the archive as it arrives, whatever its size.
func unpackGit(ctx context.Context, what, content, dir string) error {
	git := func(out io.Writer, args ...string) error {
		var said bytes.Buffer
		command := exec.CommandContext(ctx, "git", args...)
		command.Stdout, command.Stderr = out, &said
		err := command.Run()
		if failed := (*exec.ExitError)(nil); errors.As(err, &failed) && said.Len() > 0 {
			err = errors.New(strings.TrimSpace(said.String()))
		}
		return err
	}
	var where bytes.Buffer
	if err := git(&where, "rev-parse", "--show-toplevel", "--show-prefix"); err != nil {
		return err
	}
	top, below, _ := strings.Cut(where.String(), "\n")
	from := what + ":" + path.Join(strings.TrimSuffix(below, "\n"), filepath.ToSlash(content))
	archive, out := io.Pipe()
	go func() { out.CloseWithError(git(out, "-C", top, "archive", "--format=tar", from)) }()
	err := unpack(archive, dir)
	_, rest := io.Copy(io.Discard, archive) // what follows the last file, and git's own error
	archive.Close()
	return cmp.Or(rest, err)
}

// unpack writes the ordinary files of an archive below a folder.
func unpack(archive io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for files := tar.NewReader(archive); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := root.MkdirAll(path.Dir(h.Name), 0o755); err != nil {
			return err
		}
		f, err := root.OpenFile(h.Name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, files)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
}
