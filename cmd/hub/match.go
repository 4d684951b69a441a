package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"traininghub/internal/match"
)

// runMatch solves a bare matching problem, so that anybody can compare the matching with another
// solver.
func runMatch(_ context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	_, rest, err := parse("match", args, 1, out, getenv)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("say which problem: hub match FILE")
	}
	f, err := os.Open(rest[0])
	if err != nil {
		return err
	}
	defer f.Close()
	p, err := match.Read(f)
	if err != nil {
		return fmt.Errorf("%s: %w", rest[0], err)
	}
	return json.NewEncoder(out).Encode(match.Solve(p))
}
