package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMatchCommand(t *testing.T) {
	for _, c := range []struct{ problem, out, err string }{
		{`{"asks":[[{"mentor":0,"cost":30}]],"unmatched":[100000],"places":[[0,1,2]]}`, `{"to":[0],"total":30}` + "\n", ""},
		{`{"asks":[[{"mentor":7,"cost":30}]],"unmatched":[100000],"places":[[0,1,2]]}`, "", "names mentor 7"},
	} {
		file := filepath.Join(t.TempDir(), "problem.json")
		if err := os.WriteFile(file, []byte(c.problem), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errOut strings.Builder
		got := exitCode(exec(t.Context(), []string{"match", file}, nil, &out, &errOut, func(string) string { return "" }), &errOut)
		if want := min(1, len(c.err)); got != want || out.String() != c.out || !strings.Contains(errOut.String(), c.err) {
			t.Errorf("%s: status %d, out %q, said %q", c.problem, got, out.String(), errOut.String())
		}
	}
}
