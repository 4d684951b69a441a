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
)

// runPackage builds the Lambda functions from the source in the current folder, and makes of each the
// zip that template.yaml names.
func runPackage(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
	value, _, err := parse("package", args, 0, out, getenv)
	if err != nil {
		return err
	}
	names, err := pack.Functions()
	if errors.Is(err, pack.ErrNoSource) {
		return usagef("%v", err)
	}
	if err != nil {
		return err
	}
	beside, err := pack.Beside(value("modules"), storyLetters())
	if faults := (source.Faults{}); errors.As(err, &faults) {
		fmt.Fprintln(errOut, faults)
		return fmt.Errorf("%s; nothing was packaged", report.Count(faults))
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(value("dist"), 0o755); err != nil {
		return err
	}
	for _, name := range names {
		data, size, err := pack.Function(ctx, name, beside[name])
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
		fmt.Fprintf(out, "%s: %.1f MB, program %.1f MB, %x\n", file, float64(len(data))/1e6, float64(size)/1e6, sha256.Sum256(data))
	}
	return nil
}
