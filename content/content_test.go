package content

import (
	"io/fs"
	"os"
	"testing"
)

// TestFiles: a program carries every file that a build of this folder reads. With pictures left
// out, a page that shows one could not be published; with schemes, nobody could claim on AWS.
func TestFiles(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		dir := e.Name()
		if !e.IsDir() || dir == "schemas" { // those are for editors' programs
			continue
		}
		err := fs.WalkDir(os.DirFS("."), dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil {
				_, err = fs.Stat(Files, name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
