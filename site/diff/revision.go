package diff

import (
	"archive/tar"
	"bytes"
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

// ErrNoSide says that something is nothing that could be compared.
var ErrNoSide = errors.New("neither a folder nor a git revision")

// Folder is the folder of one side: what itself, or else the folder content as of the git revision
// what, unpacked into a folder of its own that remove removes. An error wraps [ErrNoSide] if what is
// neither.
func Folder(ctx context.Context, what, content string) (dir string, remove func(), err error) {
	if info, err := os.Stat(what); err == nil && info.IsDir() {
		return what, func() {}, nil
	}
	if strings.HasPrefix(what, "-") { // git would take it for an option
		return "", nil, fmt.Errorf("%q is %w", what, ErrNoSide)
	}
	archive, err := archived(ctx, what, content)
	if err != nil {
		return "", nil, fmt.Errorf("%q is %w with a folder %s: %v", what, ErrNoSide, content, err)
	}
	if dir, err = os.MkdirTemp("", "hub-diff-"); err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	if err := unpack(bytes.NewReader(archive), dir); err != nil {
		remove()
		return "", nil, err
	}
	return dir, remove, nil
}

// archived is the folder content as of the git revision what. It is made where the repository begins: below that, git takes only
// revisions and no folders.
func archived(ctx context.Context, what, content string) ([]byte, error) {
	git := func(args ...string) ([]byte, error) {
		out, err := exec.CommandContext(ctx, "git", args...).Output()
		if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
			err = errors.New(strings.TrimSpace(string(failed.Stderr)))
		}
		return out, err
	}
	where, err := git("rev-parse", "--show-toplevel", "--show-prefix")
	if err != nil {
		return nil, err
	}
	top, below, _ := strings.Cut(string(where), "\n")
	return git("-C", top, "archive", "--format=tar", what+":"+path.Join(strings.TrimSuffix(below, "\n"), filepath.ToSlash(content)))
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
		data, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		if err := root.MkdirAll(path.Dir(h.Name), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(h.Name, data, 0o644); err != nil {
			return err
		}
	}
}
