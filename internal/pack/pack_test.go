package pack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/letters"
	"traininghub/internal/page"
	"traininghub/site"
)

// TestPack: a zip depends on its files alone, and its program can be run.
func TestPack(t *testing.T) {
	files := []File{{"node_modules/b.mjs", 0o644, []byte("b")},
		{"bootstrap", 0o755, bytes.Repeat([]byte("program"), 1000)}, {"assets.json", 0o644, []byte("{}")}}
	one, err := zipped(slices.Clone(files))
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(files)
	two, err := zipped(files)
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("the order of the files makes another zip: %v", err)
	}
	z, err := zip.NewReader(bytes.NewReader(one), int64(len(one)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range z.File {
		got = append(got, f.Name+" "+f.Mode().String()+" "+f.Modified.UTC().Format(time.DateOnly))
	}
	want := []string{"assets.json -rw-r--r-- 1980-01-01", "bootstrap -rwxr-xr-x 1980-01-01",
		"node_modules/b.mjs -rw-r--r-- 1980-01-01"}
	if !slices.Equal(got, want) {
		t.Errorf("in the zip: %q, want %q", got, want)
	}
}

// TestBesides: with what lies beside it publish makes the very site that hub build makes, and
// submit knows its style and script.
func TestBesides(t *testing.T) {
	t.Chdir("../..")
	beside, err := ours.Beside(letters.All())
	if err != nil {
		t.Fatal(err)
	}
	var a page.Assets
	if err := json.Unmarshal(beside["submit"][0].Data, &a); err != nil || beside["submit"][0].Name != "assets.json" {
		t.Fatal(beside["submit"][0].Name, err)
	}
	root := t.TempDir()
	for _, f := range beside["publish"] {
		name := filepath.Join(root, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Date(2021, 9, 20, 12, 0, 0, 0, time.UTC)
	made := func(modules string) site.Output {
		s, faults := site.Load(site.Sources{Content: os.DirFS("content"), Templates: os.DirFS("templates"),
			Modules: modules, Letters: letters.All()})
		if err := faults.Err(); err != nil {
			t.Fatal(err)
		}
		output, err := s.Build(at)
		if err != nil {
			t.Fatal(err)
		}
		return output
	}
	want := made("node_modules")
	if got := made(filepath.Join(root, "node_modules")); !maps.EqualFunc(got, want, bytes.Equal) {
		t.Error("the site made of what lies beside publish is another one")
	}
	for _, address := range []string{a.CSS, a.JS, a.Icon} {
		if want[strings.TrimPrefix(address, "/")] == nil || !bytes.Contains(want["index.html"], []byte(address)) {
			t.Errorf("submit is told of %q, which no page uses", address)
		}
	}
}

// TestForAWS: every function has all its parts on AWS's processors without C. That they compile is
// seen where their binaries are tested; nothing in them depends on the processor.
func TestForAWS(t *testing.T) {
	t.Chdir("../..")
	names, err := Functions()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-e", "-deps", "-tags", "lambda.norpc", "-f",
		"{{with .Error}}{{.}}{{end}}{{with .CgoFiles}}{{$.ImportPath}} needs C{{end}}", "./functions/...")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("%v: %v\n%s", names, err, out)
	}
}

// TestServer: the archive has all that a server needs and what the units name, and the same source
// gives the same bytes.
func TestServer(t *testing.T) {
	t.Chdir("../..")
	name, one, err := ours.server([]byte("program"))
	if err != nil {
		t.Fatal(err)
	}
	if again, two, err := ours.server([]byte("program")); again != name || !bytes.Equal(one, two) ||
		err != nil {
		t.Errorf("the same source gives another archive: %s and %s, %v", name, again, err)
	}
	if other, _, _ := ours.server([]byte("another")); other == name {
		t.Error("another program has the same folder")
	}
	z, err := gzip.NewReader(bytes.NewReader(one))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil || !strings.HasPrefix(h.Name, name+"/") || h.Mode != 0o644 &&
			!(h.Mode == 0o755 && h.Name == name+"/hub") {
			t.Errorf("%s, mode %o: %v", h.Name, h.Mode, err)
		}
		files[strings.TrimPrefix(h.Name, name+"/")] = string(text)
	}
	for _, want := range []string{
		"hub", "front/nhsuk-frontend/package.json", "front/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css",
		"content/site.yaml",
		"server/hub.yaml", "server/Caddyfile", "docs/server.md",
	} {
		if files[want] == "" {
			t.Errorf("the archive has no %s", want)
		}
	}
	// The units name what the archive has, and no key of theirs is written twice with two meanings.
	for file, text := range files {
		for _, m := range regexp.MustCompile(`/opt/hub/current/([\w./-]*\w)(\*?)`).FindAllStringSubmatch(text, -1) {
			if m[2] == "" && files[m[1]] == "" &&
				!slices.ContainsFunc(slices.Collect(maps.Keys(files)),
					func(f string) bool { return strings.HasPrefix(f, m[1]+"/") }) {
				t.Errorf("%s names %s, which is not in the archive", file, m[0])
			}
		}
	}
	for _, timer := range []string{"hub-backup", "hub-drill", "hub-content"} {
		if files["server/"+timer+".timer"] == "" || files["server/"+timer+".service"] == "" {
			t.Errorf("there is no timer or no service %s", timer)
		}
	}
}

// ours is the hub of this source.
var ours = Hub{Content: "content", Modules: "node_modules"}

// TestAnotherHub: the functions of a hub are compiled with its content and its templates, and with
// nothing of ours in their place.
func TestAnotherHub(t *testing.T) {
	t.Chdir("../..")
	if file, err := ours.overlaid(t.TempDir()); file != "" || err != nil {
		t.Errorf("our own hub needs no overlay: %q %v", file, err)
	}
	theirs := t.TempDir()
	for name, text := range map[string]string{"site.yaml": "name: Theirs", "pages/home.md": "home", "courses/wounds.md": "wounds",
		"schemas/site.json": "{}", "templates/pages/home.html": "own", "templates/originals.txt": "sums"} {
		name = filepath.Join(theirs, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := Hub{Content: theirs, Templates: filepath.Join(theirs, "templates"), Modules: "node_modules"}.overlaid(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-overlay", file, "-f", "{{join .EmbedFiles \" \"}}", "./content").Output()
	if got, want := strings.TrimSpace(string(out)), "courses/wounds.md pages/home.md site.yaml"; got != want || err != nil {
		t.Errorf("package content carries %q, want %q: %v", got, want, err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var overlaid struct{ Replace map[string]string }
	if err := json.Unmarshal(text, &overlaid); err != nil {
		t.Fatal(err)
	}
	if got := overlaid.Replace[absolute("templates/pages/home.html")]; got != filepath.Join(theirs, "templates", "pages", "home.html") {
		t.Errorf("the home page's template is %q", got)
	}
}
