package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestPrivate: a data folder that others can read is corrected if it is the hub's own, and refused
// if it is not.
func TestPrivate(t *testing.T) {
	for name, c := range map[string]struct {
		mode    os.FileMode
		holds   string
		mended  bool
		refused bool
	}{
		"its own":                  {mode: 0o700, holds: "hub.db"},
		"readable by all":          {mode: 0o755, holds: "hub.db", mended: true},
		"readable by a group":      {mode: 0o750, holds: "hub.db", mended: true},
		"passable":                 {mode: 0o711, holds: "hub.db", mended: true},
		"new":                      {mode: 0o755, mended: true},
		"somebody's own":           {mode: 0o755, holds: "thesis.txt", refused: true},
		"a place for all to write": {mode: os.ModeSticky | 0o777, holds: "hub.db", refused: true},
	} {
		folder := filepath.Join(t.TempDir(), "data")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if c.holds != "" {
			if err := os.WriteFile(filepath.Join(folder, c.holds), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(folder, c.mode); err != nil {
			t.Fatal(err)
		}
		mended, err := private(folder)
		if mended != c.mended || errors.Is(err, errOthers) != c.refused || err != nil && !c.refused {
			t.Errorf("%s: mended %v, %v", name, mended, err)
		}
		info, err := os.Stat(folder)
		if err != nil || !c.refused && info.Mode().Perm() != 0o700 || c.refused && info.Mode().Perm() != c.mode.Perm() {
			t.Errorf("%s: it is %v now, %v", name, info.Mode(), err)
		}
	}
	fresh := filepath.Join(t.TempDir(), "a", "data")
	if mended, err := private(fresh); mended || err != nil {
		t.Errorf("one that does not exist: %v, %v", mended, err)
	}
}
