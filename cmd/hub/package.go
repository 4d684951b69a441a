package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"traininghub/internal/pack"
	"traininghub/internal/report"
	"traininghub/internal/source"
	"traininghub/templates"
)

// runPackage packs a hub for deployment, from the source in the current folder or from a release's
// programs. It makes the functions that template.yaml puts on AWS, each in the zip that it names;
// or one archive: for a server, or a release that packs without the source.
func runPackage(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
	what := ""
	if len(args) > 0 && (args[0] == "server" || args[0] == "release") {
		what, args = args[0], args[1:]
	}
	value, _, err := parse("package", args, 0, out, getenv)
	if err != nil {
		return err
	}
	switch what {
	case "server":
		err = packServer(ctx, value, out)
	case "release":
		err = packRelease(ctx, value, out)
	default:
		err = packFunctions(ctx, value, out)
	}
	var faults source.Faults
	switch {
	case errors.Is(err, pack.ErrNoSource), errors.Is(err, pack.ErrNoServer):
		return usagef("%v", err)
	case errors.As(err, &faults):
		fmt.Fprintln(errOut, faults)
		return fmt.Errorf("%s; nothing was packaged", report.Count(faults))
	}
	return err
}

// packed is the hub that is packed.
func packed(value func(string) string) pack.Hub {
	from := foldersOf(value)
	hub := pack.Hub{Content: from.content, Templates: from.own(), Modules: from.modules, Programs: value("programs"), Ours: source.Dir("templates")}
	if hub.Programs != "" {
		hub.Ours = templates.Files
	}
	return hub
}

func packFunctions(ctx context.Context, value func(string) string, out io.Writer) error {
	hub := packed(value)
	names, err := hub.Functions()
	if err != nil {
		return err
	}
	beside, err := hub.Beside(storyLetters())
	if err != nil {
		return err
	}
	for _, name := range names {
		data, size, err := hub.Function(ctx, name, beside(name))
		if err != nil {
			return err
		}
		if err := put(value("dist"), name+".zip", data); err != nil {
			return err
		}
		file := filepath.Join(value("dist"), name+".zip")
		fmt.Fprintf(out, "%s: %.1f MB, program %.1f MB, %x\n", file, float64(len(data))/1e6, float64(size)/1e6,
			sha256.Sum256(data))
	}
	return nil
}

func packServer(ctx context.Context, value func(string) string, out io.Writer) error {
	if arch := value("arch"); arch != "amd64" && arch != "arm64" {
		return usagef("--arch must be amd64 or arm64, not %q", arch)
	}
	name, data, err := packed(value).Server(ctx, value("arch"), storyLetters())
	if err != nil {
		return err
	}
	return archive(value, out, name, data, "docs/server.md")
}

func packRelease(ctx context.Context, value func(string) string, out io.Writer) error {
	name, data, err := packed(value).Release(ctx, value("arch"))
	if err != nil {
		return err
	}
	return archive(value, out, name, data, "docs/another-hub.md")
}

// archive writes an archive into the output folder.
func archive(value func(string) string, out io.Writer, name string, data []byte, guide string) error {
	if err := put(value("dist"), name+".tar.gz", data); err != nil {
		return err
	}
	file := filepath.Join(value("dist"), name+".tar.gz")
	fmt.Fprintf(out, "%s: %.1f MB, %x\n%s says what to do with it.\n", file, float64(len(data))/1e6,
		sha256.Sum256(data), guide)
	return nil
}

// put writes a file into a folder, whole or not at all.
func put(dir, name string, data []byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file+".new", data, 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
