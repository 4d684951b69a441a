package pack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
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
	"traininghub/internal/programme"
	"traininghub/site"
)

// TestPack: a zip depends only on its files, and its program can be run.
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

// TestBesides: with the files beside it, publish makes exactly the site that hub build makes, and
// submit finds its style and script.
func TestBesides(t *testing.T) {
	t.Chdir("../..")
	beside, err := ours.Beside(letters.All())
	if err != nil {
		t.Fatal(err)
	}
	packed, err := programme.Unpack(beside("submit")[0].Data)
	if err != nil || beside("submit")[0].Name != programme.PackedFile || len(packed.Programme.Forms) == 0 {
		t.Fatal(beside("submit")[0].Name, err)
	}
	a := packed.Assets
	root := t.TempDir()
	for _, f := range beside("publish") {
		name := filepath.Join(root, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Date(2021, 9, 20, 12, 0, 0, 0, time.UTC)
	made := func(content, modules string) site.Output {
		s, faults := site.Load(site.Sources{Content: os.DirFS(content), Templates: os.DirFS("templates"),
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
	want := made("content", "node_modules")
	if got := made(filepath.Join(root, "content"), filepath.Join(root, "node_modules")); !maps.EqualFunc(got, want, bytes.Equal) {
		t.Error("the site made of what lies beside publish is another one")
	}
	for _, address := range []string{a.CSS, a.JS, a.Icon} {
		used := false
		for name, page := range want {
			used = used || strings.HasSuffix(name, ".html") && bytes.Contains(page, []byte(address))
		}
		if want[strings.TrimPrefix(address, "/")] == nil || !used {
			t.Errorf("submit is told of %q, which no page uses", address)
		}
	}
}

// TestForAWS: every function has all its parts on AWS's processors without C. Other tests show that
// they compile; nothing in them depends on the processor.
func TestForAWS(t *testing.T) {
	t.Chdir("../..")
	names, err := ours.Functions()
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
	// The units name what the archive has, and no key in them appears twice with two meanings.
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
var ours = Hub{Content: "content", Modules: "node_modules", Ours: os.DirFS("templates")}

// TestAnotherHub: beside another hub's programs are its content and its templates, and nothing of
// ours. The programs are those of a release of this version, and no Go is compiled.
func TestAnotherHub(t *testing.T) {
	t.Chdir("../..")
	theirs := t.TempDir()
	if err := os.CopyFS(theirs, os.DirFS("examples/nurse-education")); err != nil {
		t.Fatal(err)
	}
	programs := filepath.Join(t.TempDir(), "programs")
	for name, text := range map[string]string{
		filepath.Join(theirs, "schemas/site.json"): "{}", filepath.Join(theirs, "templates/partials/footer.html"): "own",
		filepath.Join(theirs, "templates/originals.txt"): "sums",
		filepath.Join(programs, "shape"):                 programme.Shape, filepath.Join(programs, "submit"): "a program", filepath.Join(programs, "publish"): "another",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	hub := Hub{Content: theirs, Templates: filepath.Join(theirs, "templates"), Modules: "node_modules", Programs: programs, Ours: os.DirFS("templates")}
	t.Setenv("PATH", "") // no Go
	names, err := hub.Functions()
	if err != nil || !slices.Equal(names, []string{"publish", "submit"}) {
		t.Fatal(names, err)
	}
	beside, err := hub.Beside(letters.All())
	if err != nil {
		t.Fatal(err)
	}
	inside := map[string]map[string]string{}
	for _, name := range names {
		data, _, err := hub.Function(t.Context(), name, beside(name))
		if err != nil {
			t.Fatal(err)
		}
		if again, _, err := hub.Function(t.Context(), name, beside(name)); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: packed again it differs: %v", name, err)
		}
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		inside[name] = map[string]string{}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			inside[name][f.Name] = string(text)
		}
	}
	packed, err := programme.Unpack([]byte(inside["submit"][programme.PackedFile]))
	if err != nil || packed.Programme.Course("career-conversations") != nil || len(packed.Programme.Courses) == 0 {
		t.Errorf("submit has %+v, %v", packed, err)
	}
	for name, want := range map[string]string{"bootstrap": "a program", "templates/partials/footer.html": "own", "content/site.yaml": ""} {
		if got := inside["submit"][name]; got != want {
			t.Errorf("submit has %s %q, want %q", name, got, want)
		}
	}
	site, _ := os.ReadFile(filepath.Join(theirs, "site.yaml"))
	for name, want := range map[string]string{"bootstrap": "another", "templates/partials/footer.html": "own", "content/site.yaml": string(site),
		"content/schemas/site.json": "", "content/templates/partials/footer.html": "", "templates/originals.txt": "", "content/courses/career-conversations.md": ""} {
		if got := inside["publish"][name]; got != want {
			t.Errorf("publish has %s %q, want %q", name, got, want)
		}
	}
	if err := os.WriteFile(filepath.Join(programs, "shape"), []byte("hub 0 00000000\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := hub.Functions(); err == nil || !strings.Contains(err.Error(), "another release") {
		t.Errorf("programs of another release: %v", err)
	}
}

// TestRelease: an unpacked release packs another hub, and the same programs give the same bytes.
func TestRelease(t *testing.T) {
	t.Chdir("../..")
	programs := map[string][]byte{"submit": []byte("a program"), "publish": []byte("another")}
	name, one, err := ours.release([]byte("hub"), programs)
	if err != nil {
		t.Fatal(err)
	}
	if again, two, err := ours.release([]byte("hub"), programs); again != name || !bytes.Equal(one, two) || err != nil {
		t.Errorf("the same programs give another archive: %s and %s, %v", name, again, err)
	}
	dir := t.TempDir()
	z, err := gzip.NewReader(bytes.NewReader(one))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		file := filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(h.Name, name+"/")))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(file), 0o755)
		}
		if err == nil {
			err = os.WriteFile(file, text, h.FileInfo().Mode())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bin/hub", "deploy.sh"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode()&0o100 == 0 {
			t.Errorf("%s cannot be run: %v", name, err)
		}
	}
	hub := Hub{Content: "examples/nurse-education", Modules: filepath.Join(dir, "node_modules"), Programs: filepath.Join(dir, "programs"), Ours: os.DirFS("templates")}
	names, err := hub.Functions()
	if err != nil || len(names) != 2 {
		t.Errorf("programs %q, %v", names, err)
	}
	if beside, err := hub.Beside(letters.All()); err != nil || len(beside("publish")) < 10 || len(beside("submit")) != 1 {
		t.Errorf("beside them: %v", err)
	}
}
