// Package foldertest looks at folders for tests.
package foldertest

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Read returns the texts of the files in a folder, by their paths in it.
func Read(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		found[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Stamps returns for each file what changes if it is written again, even with the same bytes.
func Stamps(t *testing.T, dir string) map[string]any {
	t.Helper()
	all := map[string]any{}
	for name := range Read(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sys := info.Sys().(*syscall.Stat_t)
		all[name] = [3]any{sys.Ino, sys.Ctim, sys.Mtim}
	}
	return all
}
