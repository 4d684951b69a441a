package content

import (
	"io/fs"
	"os"
	"testing"
)

// TestFiles: a program carries every file that a build of this folder reads; with pictures left
// out, a page that shows one could not be published.
func TestFiles(t *testing.T) {
	for _, dir := range []string{"courses", "forms", "images", "letters", "pages"} {
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
