package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"traininghub/internal/pdf/read"
)

// runPDF prints the fields of a file that came back, one on a line: its name and what was entered.
// Further lines of an entry are set in.
func runPDF(_ context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	_, rest, err := parse("pdf", args, 2, out, getenv)
	if err != nil {
		return err
	}
	if len(rest) != 2 || rest[0] != "read" {
		return usagef("say which file: hub pdf read FILE")
	}
	file, err := os.Open(rest[1])
	if err != nil {
		return err
	}
	defer file.Close()
	fields, err := read.Fields(file)
	if errors.Is(err, read.ErrNoForm) {
		return fmt.Errorf("%s: %w; if it was printed and scanned, it can only be read by a person", rest[1], err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", rest[1], err)
	}
	for _, f := range fields {
		name, value := f.Printable()
		fmt.Fprintf(out, "%s: %s\n", name, strings.ReplaceAll(value, "\n", "\n    "))
	}
	return nil
}
