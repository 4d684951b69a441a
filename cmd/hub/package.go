package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	osexec "os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"traininghub/internal/page"
	"traininghub/internal/source"
	"traininghub/site"
)

// runPackage builds the Lambda functions from the source in the current folder, and makes of each the zip that
// template.yaml names. The same source gives the same bytes, so a deployment changes only functions that did change.
func runPackage(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
	value, _, err := parse("package", args, 0, out, getenv)
	if err != nil {
		return err
	}
	names, err := functions()
	if err != nil {
		return err
	}
	beside, err := besides(value("modules"))
	if faults := (source.Faults{}); errors.As(err, &faults) {
		fmt.Fprintln(errOut, faults)
		return fmt.Errorf("%s; nothing was packaged", found(faults))
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(value("dist"), 0o755); err != nil {
		return err
	}
	for _, name := range names {
		program, err := compile(ctx, name)
		if err != nil {
			return err
		}
		data, err := pack(append([]packed{{"bootstrap", 0o755, program}}, beside[name]...))
		if err != nil {
			return err
		}
		file := filepath.Join(value("dist"), name+".zip")
		if err := os.WriteFile(file+".new", data, 0o644); err != nil {
			return err
		}
		if err := os.Rename(file+".new", file); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %.1f MB, program %.1f MB, %x\n", file, float64(len(data))/1e6, float64(len(program))/1e6, sha256.Sum256(data))
	}
	return nil
}

// functions are the programs in the folder functions, by name.
func functions() ([]string, error) {
	mains, err := filepath.Glob("functions/*/main.go")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range mains {
		names = append(names, filepath.Base(filepath.Dir(m)))
	}
	if len(names) == 0 {
		return nil, usagef("there is no folder functions here: call hub package where template.yaml is")
	}
	slices.Sort(names)
	return names, nil
}

// compile builds one function for AWS: arm64, without C, the operating system's part of the Lambda library left out, and nothing of
// this machine or this moment in it.
func compile(ctx context.Context, name string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "hub-package-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "bootstrap")
	cmd := osexec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", program, "./functions/"+name)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "GOARM64=v8.0", "CGO_ENABLED=0", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building %s: %w\n%s", name, err, text)
	}
	return os.ReadFile(program)
}

// A packed file lies in a zip.
type packed struct {
	name string
	mode fs.FileMode
	data []byte
}

// besides are the files that functions find beside their program, by the function's name:
// submit and review the addresses of style and script, which have hashes of what only the generator can make; publish what
// the generator takes from the NHS front end.
func besides(modules string) (map[string][]packed, error) {
	// The functions carry the content and templates of this folder, so the ones that this program carries do not count.
	s, faults := site.Load(os.DirFS("content"), os.DirFS("templates"), modules)
	if s == nil {
		return nil, faults.Err()
	}
	output, err := s.Build(time.Now()) // every fault, dead links as well
	if err != nil {
		return nil, err
	}
	addresses, err := json.Marshal(assets(output))
	if err != nil {
		return nil, err
	}
	front, err := frontEnd(modules)
	handlers := []packed{{"assets.json", 0o644, addresses}}
	return map[string][]packed{"submit": handlers, "review": handlers, "publish": front}, err
}

// assets finds the addresses of style, script and icon in a site.
func assets(output site.Output) (a page.Assets) {
	for name := range output {
		if dir, file := path.Split(name); dir == "assets/" {
			switch path.Ext(file) {
			case ".css":
				a.CSS = "/" + name
			case ".js":
				a.JS = "/" + name
			case ".svg":
				a.Icon = "/" + name
			}
		}
	}
	return a
}

// frontEnd is the NHS front end as far as the generator reads it: its stylesheet, and the modules that the site's
// script may import.
func frontEnd(modules string) ([]packed, error) {
	const dir = "nhsuk-frontend"
	from := os.DirFS(modules)
	var files []packed
	err := fs.WalkDir(from, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rest := strings.TrimPrefix(name, dir+"/")
		if rest != "package.json" && rest != "dist/nhsuk/nhsuk-frontend.min.css" && !(strings.HasPrefix(rest, "dist/nhsuk/") && path.Ext(rest) == ".mjs") {
			return nil
		}
		data, err := fs.ReadFile(from, name)
		files = append(files, packed{"node_modules/" + name, 0o644, data})
		return err
	})
	return files, err
}

// pack makes a zip whose bytes depend on the files alone.
func pack(files []packed) ([]byte, error) {
	slices.SortFunc(files, func(a, b packed) int { return cmp.Compare(a.name, b.name) })
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		h.SetMode(f.mode)
		w, err := z.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
