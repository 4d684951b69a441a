package mentoring_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"traininghub/internal/mentoring"
)

// TestAnotherService: files alone make another service, for practice nurses in one more area, with
// its page, form, lead and pilot. Nothing of it is in Go, and the two services do not mix.
func TestAnotherService(t *testing.T) {
	content := fstest.MapFS{}
	real := os.DirFS("../../../content")
	if err := fs.WalkDir(real, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(real, name)
		content[name] = &fstest.MapFile{Data: data}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	from := func(name string, pairs ...string) *fstest.MapFile {
		text := string(content[name].Data)
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(text, pairs[i]) {
				t.Fatalf("%s does not have %q any more", name, pairs[i])
			}
		}
		return &fstest.MapFile{Data: []byte(strings.NewReplacer(pairs...).Replace(text))}
	}
	content["services/nurses.md"] = from("services/gp-s.md", "title: GP-S peer mentoring", "title: Mentoring for nurses",
		"id: derbyshire", "id: rutland", "name: Derbyshire", "name: Rutland", "mentor-lead-derbyshire@", "mentor-lead-rutland@",
		"deputy-derbyshire@", "deputy-rutland@", "areas: [nottingham-city], register: NMC", "areas: [rutland], register: NMC",
		"areas: [derbyshire]", "areas: [rutland]", "[derbyshire, ", "[rutland, ", "courses: [supporting-mentors]", "courses: []",
		"GP-S offers free", "This offers free")
	content["forms/nurses.yaml"] = from("forms/mentoring-request.yaml", "service: gp-s", "service: nurses", "reference: GS", "reference: NU")
	content["letters/resume-draft-nurses.md"] = from("letters/resume-draft-mentoring-request.md", "form: mentoring-request", "form: nurses")
	home := content["pages/mentoring.md"]
	content["pages/mentoring.md"] = &fstest.MapFile{Data: append(home.Data, "\nAsk [for nurses](/services/nurses/).\n"...)}
	for name, f := range content { // each sheet serves both
		if strings.HasPrefix(name, "sheets/") {
			content[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(f.Data), "services: [gp-s]", "services: [gp-s, nurses]", 1))}
		}
	}
	h := newHouseOf(t, content)
	b := h.browser()
	b.get("/services/nurses/").wants(200, "/services/nurses/", "Mentoring for nurses", "Rutland", "get a link to your request")
	const ask = "/mentoring/ask/nurses"
	b.post(ask+"/start", "name", "Bittern Quillfeather", "email", "canary.kite@example.org", "telephone", "07700 900123", "message", "no").
		wants(200, ask+"/work")
	b.post(ask+"/work", "area", "lincolnshire", "role", "nurse", "nmc-pin", "98I1234E").wants(422, ask+"/work", "this is only possible in Rutland")
	b.post(ask+"/work", "area", "rutland", "role", "nurse", "nmc-pin", "98I1234E").wants(200, ask+"/practices")
	b.post(ask+"/practices", "another", "no")
	b.post(ask+"/people", "another", "no")
	b.post(ask+"/wish").wants(200, ask+"/check")
	b.post(ask+"/declarations", "declaration-limits", "yes", "declaration-right", "yes", "signature", "Bittern Quillfeather", "word", "nightjar-word-9").
		wants(200, ask+"/sent")
	h.deliver()
	id := h.requests()[0]
	lead, other := h.desk.Office.Staff("mentor-lead-rutland@example.org"), h.desk.Office.Staff("mentor-lead-derbyshire@example.org")
	if r, err := h.desk.Read(t.Context(), lead, id, mentoring.ReadRequest); err != nil || r.Service != "nurses" || r.Area != "rutland" {
		t.Errorf("the lead of the new area reads %+v (%v)", r, err)
	}
	if _, err := h.desk.Read(t.Context(), other, id, mentoring.ReadRequest); err == nil {
		t.Error("a lead of the first service reads it")
	}
	if lines, err := h.desk.List(t.Context(), other, true); err != nil || len(lines) != 0 {
		t.Errorf("a lead of the first service has %d on the list (%v)", len(lines), err)
	}
	b.post(h.link(), "word", "nightjar-word-9").wants(200, "/mentoring/request/", "The mentor lead for Rutland calls you")
	h.says(t)
}
