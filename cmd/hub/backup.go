package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"traininghub/internal/sqlite"
)

// runBackup copies the database, which a server may be writing to at the same time.
func runBackup(ctx context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	value, rest, err := parse("backup", args, 1, out, getenv)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("say where to: hub backup FILE")
	}
	database := filepath.Join(value("data"), "hub.db")
	if _, err := os.Stat(database); err != nil {
		return usagef("there is no database %s; say with --data where the hub keeps its data", database)
	}
	store, err := sqlite.Open(database, sqlite.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.Backup(ctx, rest[0]); err != nil {
		return err
	}
	fmt.Fprintf(out, "copied to %s; keep it as private as the database itself\n", rest[0])
	return nil
}
