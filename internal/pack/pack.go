// Package pack makes what is deployed as a hub: the zip of each function for AWS, or one archive
// for a server. It uses the source in the current folder, or the programs of a release. The same
// source and content give the same bytes, so a deployment changes only what has changed.
package pack

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/source"
	"traininghub/site"
)

// ErrNoSource says that the current folder has no functions.
var ErrNoSource = errors.New("there is no folder functions here: call hub package where template.yaml is")

// Functions returns the names of the programs in the folder functions, or of those in the release.
func (h Hub) Functions() (names []string, err error) {
	if h.Programs != "" {
		shape, err := h.released("shape")
		if err != nil {
			return nil, fmt.Errorf("%s holds no programs of a release: %w", h.Programs, err)
		}
		if string(shape) != programme.Shape {
			return nil, fmt.Errorf("the programs in %s are another release's than this hub is", h.Programs)
		}
		found, err := os.ReadDir(h.Programs)
		for _, f := range found {
			if f.Name() != "shape" {
				names = append(names, f.Name())
			}
		}
		return names, err
	}
	mains, err := filepath.Glob("functions/*/main.go")
	if err != nil {
		return nil, err
	}
	for _, m := range mains {
		names = append(names, filepath.Base(filepath.Dir(m)))
	}
	if len(names) == 0 {
		return nil, ErrNoSource
	}
	slices.Sort(names)
	return names, nil
}

// compile builds one function for AWS: arm64, without C, without the operating system's part of the
// Lambda library, and with nothing of this machine or moment in it. A release has it built already.
func (h Hub) compile(ctx context.Context, name string) ([]byte, error) {
	if h.Programs != "" {
		return h.released(name)
	}
	dir, err := os.MkdirTemp("", "hub-package-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	return built(ctx, filepath.Join(dir, "bootstrap"), "arm64", "./functions/"+name, "-tags", "lambda.norpc", "-ldflags", "-s -w -buildid=")
}

// built builds a program for Linux without C, with nothing of this machine or moment in it.
func built(ctx context.Context, program, arch, from string, more ...string) ([]byte, error) {
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-o", program}, more...)
	cmd := exec.CommandContext(ctx, "go", append(args, from)...)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "GOARM64=v8.0", "GOAMD64=v1", "CGO_ENABLED=0",
		"GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building %s: %w\n%s", from, err, text)
	}
	return os.ReadFile(program)
}

// A File goes into a zip.
type File struct {
	Name string
	Mode fs.FileMode
	Data []byte
}

// Function returns the zip of a function, with the files beside its program. size is the program's
// alone.
func (h Hub) Function(ctx context.Context, name string, beside []File) (data []byte, size int, err error) {
	program, err := h.compile(ctx, name)
	if err != nil {
		return nil, 0, err
	}
	files := append([]File{{"bootstrap", 0o755, program}}, beside...)
	if name == "publish" {
		sum := sha256.New()
		for _, f := range files {
			fmt.Fprintf(sum, "%s %d\n%s", f.Name, len(f.Data), f.Data)
		}
		files = append(files, File{programme.EditionFile, 0o644, fmt.Appendf(nil, "%x\n", sum.Sum(nil))})
	}
	data, err = zipped(files)
	return data, len(program), err
}

// Beside returns the files that a function finds beside its program. publish gets the hub's files,
// and what the generator takes from the NHS front end. All others get the content, read and
// checked, with the addresses of style and script, whose hashes only the generator can make.
func (h Hub) Beside(letters letter.Table) (func(name string) []File, error) {
	output, err := h.checked(letters)
	if err != nil {
		return nil, err
	}
	data, err := programme.PackFiles(source.Dir(h.Content), h.templates(), letters, assets(output))
	if err != nil {
		return nil, err
	}
	front, err := frontEnd(h.Modules, "node_modules")
	if err != nil {
		return nil, err
	}
	content, err := own(h.Content, "content")
	if err != nil {
		return nil, err
	}
	templates, err := own(h.Templates, "templates")
	return func(name string) []File {
		if name == "publish" {
			return slices.Concat(front, content, templates)
		}
		return append([]File{{programme.PackedFile, 0o644, data}}, templates...)
	}, err
}

// checked returns the hub's site. It uses the content and templates in the folders, not those
// inside this program.
func (h Hub) checked(letters letter.Table) (site.Output, error) {
	s, faults := site.Load(site.Sources{
		Content: source.Dir(h.Content), Templates: h.templates(), Modules: h.Modules, Letters: letters,
	})
	if s == nil {
		return nil, faults.Err()
	}
	return s.Build(time.Now()) // finds every fault, including dead links
}

// assets finds the addresses of style, script and icon in a site.
func assets(output site.Output) (a page.Assets) {
	for name := range output {
		if dir, file := path.Split(name); dir == "assets/" {
			switch of, _, _ := strings.Cut(file, "-"); of + path.Ext(file) {
			case "site.css":
				a.CSS = "/" + name
			case "site.js":
				a.JS = "/" + name
			case "favicon.svg":
				a.Icon = "/" + name
			}
		}
	}
	return a
}

// frontEnd returns the part of the NHS front end that the generator reads, below a folder: its
// stylesheet, and the modules that the site's script may import.
func frontEnd(modules, below string) ([]File, error) {
	const dir = "nhsuk-frontend"
	from := os.DirFS(modules)
	var files []File
	err := fs.WalkDir(from, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rest := strings.TrimPrefix(name, dir+"/")
		if rest != "package.json" && rest != "dist/nhsuk/nhsuk-frontend.min.css" &&
			!(strings.HasPrefix(rest, "dist/nhsuk/") && path.Ext(rest) == ".mjs") {
			return nil
		}
		data, err := fs.ReadFile(from, name)
		files = append(files, File{below + "/" + name, 0o644, data})
		return err
	})
	return files, err
}

// zipped makes a zip whose bytes depend only on the files.
func zipped(files []File) ([]byte, error) {
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate,
		func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, f := range files {
		h := &zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		h.SetMode(f.Mode)
		w, err := z.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
