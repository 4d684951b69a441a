package main

import (
	"io"
	"os"
	"testing"
)

// TestPackageFaults: a hub that cannot be packed is refused with the reason, and nothing is
// written.
func TestPackageFaults(t *testing.T) {
	t.Chdir(t.TempDir())
	none := func(string) string { return "" }
	err := exec(t.Context(), []string{"package"}, nil, io.Discard, io.Discard, none)
	if exitCode(err, io.Discard) != 2 {
		t.Errorf("in an empty folder: %v", err)
	}
	if left, _ := os.ReadDir("."); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}
