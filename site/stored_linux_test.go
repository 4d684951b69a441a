package site

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk: if the disk is full, Save says so once, and the file stays as it was.
func TestFullDisk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hub")
	put(t, file, []byte("as it was"))
	if err := os.Symlink("/dev/full", file+"-new"); err != nil {
		t.Fatal(err)
	}
	err := write(file, [][]byte{[]byte("one"), []byte("two"), []byte("three")})
	if !errors.Is(err, syscall.ENOSPC) || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is %v", err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "as it was" {
		t.Errorf("the file is %q, %v", text, err)
	}
}
