package site

import (
	"bytes"
	"html"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"traininghub/site/check"
)

// TestPreview opens a preview as a browser does from a disk: every address leads to a file and an
// anchor that exist, and each page says that it is a preview.
func TestPreview(t *testing.T) {
	s, _ := buildContent(t, instants["before"])
	dir := t.TempDir()
	if _, _, err := s.PublishPreview(t.Context(), dir, day); err != nil {
		t.Fatal(err)
	}
	addresses := regexp.MustCompile(` (?:href|src|action|content)="(?:0; url=)?([^"]*)"`)
	pages, followed := 0, 0
	ids := map[string][]string{}
	open := func(name string) []string {
		if ids[name] == nil {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Error(err)
			}
			ids[name] = append(check.OutlineOf(data).IDs, "")
		}
		return ids[name]
	}
	err := filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".html" {
			return err
		}
		data, err := os.ReadFile(file)
		name, _ := filepath.Rel(dir, file)
		pages++
		for _, say := range []string{"This is a preview of a change, as the site is on Monday 20 September 2021.", "noindex"} {
			if n := bytes.Count(data, []byte(say)); n != 1 {
				t.Errorf("%s says %q %d times", name, say, n)
			}
		}
		if bytes.Contains(data, []byte(`method="post"`)) {
			t.Errorf("%s has a form that can be sent", name)
		}
		for _, m := range addresses.FindAllSubmatch(data, -1) {
			if bytes.HasPrefix(m[0], []byte(" content")) && !bytes.Contains(m[0], []byte("url=")) {
				continue
			}
			u, err := url.Parse(html.UnescapeString(string(m[1])))
			if err != nil || u.IsAbs() {
				continue
			}
			followed++
			to := path.Join(path.Dir(name), u.Path)
			if u.Path == "" {
				to = name
			}
			if strings.HasPrefix(u.Path, "/") || strings.HasPrefix(to, "..") {
				t.Errorf("%s leads out of the folder, to %s", name, u.Path)
			} else if found := open(to); u.Fragment != "" && !strings.Contains("\x00"+strings.Join(found, "\x00")+"\x00", "\x00"+u.Fragment+"\x00") {
				t.Errorf("%s leads to the place %q, which is not in %s", name, u.Fragment, to)
			}
		}
		return err
	})
	if err != nil || pages < 30 || followed < 500 {
		t.Errorf("%d pages with %d addresses, %v", pages, followed, err)
	}
}
