package pack

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/programme"
)

// ErrNoServer says that the current folder has nothing for a server.
var ErrNoServer = errors.New("there is no folder server here: call hub package server where the source is")

// Server makes one archive (tar, gzip) with everything that a server of one's own needs, in one
// folder: the program, the part of the NHS front end that the generator reads, content to start
// with, units, settings and documents. The folder's name depends on its contents. So a new version
// lies beside the old one, and there is a way back.
func (h Hub) Server(ctx context.Context, arch string, letters letter.Table) (name string, archive []byte, err error) {
	if _, err := os.Stat("server/hub.service"); err != nil {
		return "", nil, ErrNoServer
	}
	if _, err := h.checked(letters); err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "hub-package-")
	if err != nil {
		return "", nil, err
	}
	defer os.RemoveAll(dir)
	// The program keeps its build ID, by which it recognises its own cache. Compiling with a
	// profile of a large build makes it a tenth faster, but takes minutes: other builds go without.
	program, err := built(ctx, filepath.Join(dir, "hub"), arch, "./cmd/hub", "-ldflags", "-s -w", "-pgo", "cmd/hub/hub.pgo")
	if err != nil {
		return "", nil, err
	}
	return h.server(program)
}

// server makes the archive with a program that was already built.
func (h Hub) server(program []byte) (name string, archive []byte, err error) {
	files := []File{{"hub", 0o755, program}}
	front, err := frontEnd(h.Modules, "front")
	if err != nil {
		return "", nil, err
	}
	files = append(files, front...)
	for _, dir := range [][2]string{{h.Content, "content"}, {"server", "server"}, {"docs", "docs"}, {h.Templates, "content/templates"}} {
		if dir[0] == "" {
			continue
		}
		found, err := filesBelow(dir[0])
		if err != nil {
			return "", nil, err
		}
		for _, f := range found {
			f.Name = path.Join(dir[1], strings.TrimPrefix(f.Name, path.Clean(filepath.ToSlash(dir[0]))))
			files = append(files, f)
		}
	}
	return archived("hub", files)
}

// Release makes one archive with everything that puts a hub on AWS without its source and without
// Go: the program hub for Linux on arch, the functions' programs with the shape of the content that
// they read, templates, deploy.sh, and the part of the NHS front end that the generator reads.
func (h Hub) Release(ctx context.Context, arch string) (name string, archive []byte, err error) {
	names, err := h.Functions()
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "hub-package-")
	if err != nil {
		return "", nil, err
	}
	defer os.RemoveAll(dir)
	hub, err := built(ctx, filepath.Join(dir, "hub"), arch, "./cmd/hub", "-ldflags", "-s -w")
	if err != nil {
		return "", nil, err
	}
	programs := map[string][]byte{}
	for _, name := range names {
		if programs[name], err = h.compile(ctx, name); err != nil {
			return "", nil, err
		}
	}
	return h.release(hub, programs)
}

// release makes the archive with programs that were already built.
func (h Hub) release(hub []byte, programs map[string][]byte) (name string, archive []byte, err error) {
	files, err := frontEnd(h.Modules, "node_modules")
	if err != nil {
		return "", nil, err
	}
	files = append(files, File{"bin/hub", 0o755, hub}, File{"programs/shape", 0o644, []byte(programme.Shape)})
	for name, program := range programs {
		files = append(files, File{"programs/" + name, 0o755, program})
	}
	for name, mode := range map[string]fs.FileMode{"deploy.sh": 0o755, "template.yaml": 0o644, "firewall.yaml": 0o644, "docs/deploy.md": 0o644, "docs/another-hub.md": 0o644} {
		data, err := os.ReadFile(name)
		if err != nil {
			return "", nil, err
		}
		files = append(files, File{name, mode, data})
	}
	return archived("hub-release", files)
}

// archived makes an archive of files in a folder whose name depends on their contents.
func archived(called string, files []File) (name string, archive []byte, err error) {
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	files = slices.CompactFunc(files, func(a, b File) bool { return a.Name == b.Name }) // the content may have templates
	sum := sha256.New()
	for _, f := range files {
		fmt.Fprintf(sum, "%s %v %d\n", f.Name, f.Mode, len(f.Data))
		sum.Write(f.Data)
	}
	name = fmt.Sprintf("%s-%x", called, sum.Sum(nil)[:6])
	for i := range files {
		files[i].Name = path.Join(name, files[i].Name)
	}
	archive, err = tarred(files)
	return name, archive, err
}

// filesBelow returns the ordinary files in a folder.
func filesBelow(dir string) ([]File, error) {
	var files []File
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		files = append(files, File{path.Join(dir, name), 0o644, data})
		return err
	})
	return files, err
}

// tarred makes an archive whose bytes depend only on the files.
func tarred(files []File) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	t := tar.NewWriter(z)
	for _, f := range files {
		err := t.WriteHeader(&tar.Header{
			Typeflag: tar.TypeReg, Name: f.Name, Mode: int64(f.Mode), Size: int64(len(f.Data)), Format: tar.FormatPAX,
			ModTime: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
		})
		if err != nil {
			return nil, err
		}
		if _, err := t.Write(f.Data); err != nil {
			return nil, err
		}
	}
	err = errors.Join(t.Close(), z.Close())
	return b.Bytes(), err
}
