package record_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The patch testdata/message.patch is a whole story, from form to removal; CONTRIBUTING.md explains
// it. It must stay small, and keep working.
const (
	storyFiles = 12
	storyLines = 500
)

func TestStoryPatch(t *testing.T) {
	patch, err := filepath.Abs("testdata/message.patch")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(patch)
	if err != nil {
		t.Fatal(err)
	}
	var changed []string
	lines := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		switch {
		case strings.HasPrefix(line, "+++ "):
			changed = append(changed, strings.TrimPrefix(line, "+++ b/"))
		case strings.HasPrefix(line, "+"):
			lines++
		}
	}
	if len(changed) > storyFiles || lines > storyLines {
		t.Errorf("a new story takes %d files and %d lines: the engine lacks something", len(changed), lines)
	}

	project, dir := "../..", t.TempDir()
	err = filepath.WalkDir(project, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(project, name)
		if e.IsDir() {
			if slices.Contains([]string{".git", "node_modules", "bin", "data", "dist", "public"}, rel) {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(dir, rel), 0o755)
		}
		if !e.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, rel), data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	in := func(dir string, command ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
		cmd.Dir = dir
		// Git must not take the copy for part of a repository above it.
		cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
		}
	}
	in(dir, "git", "apply", patch)

	// The patched files are laid over the project, so that everything else is compiled already. The
	// tests run in the copy.
	root, err := filepath.Abs(project)
	if err != nil {
		t.Fatal(err)
	}
	over := map[string]string{}
	for _, name := range changed {
		over[filepath.Join(root, name)] = filepath.Join(dir, name)
	}
	overlay, bin := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "bin")+string(filepath.Separator)
	text, err = json.Marshal(map[string]any{"Replace": over})
	if err == nil {
		err = os.WriteFile(overlay, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	in(root, "go", "build", "-overlay", overlay, "-o", bin, "./cmd/hub")
	for _, name := range []string{"internal", "internal/web/message"} {
		test := bin + filepath.Base(name) + ".test"
		in(root, "go", "test", "-vet=off", "-overlay", overlay, "-c", "-o", test, "./"+name)
		in(filepath.Join(dir, name), test)
	}
}
