package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"traininghub/site"
)

// runSchema writes the JSON Schemas of the editors' files into a folder. The schemas for editing
// programs are kept in content/schemas; a test compares them with this command's.
func runSchema(_ context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	_, rest, err := parse("schema", args, 1, out, getenv)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("say where to: hub schema DIR")
	}
	if err := os.MkdirAll(rest[0], 0o755); err != nil {
		return err
	}
	schemas := site.Schemas()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		name, data := filepath.Join(rest[0], name), schemas[name]
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
		fmt.Fprintln(out, name)
	}
	return nil
}
