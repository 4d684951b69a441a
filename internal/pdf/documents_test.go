package pdf

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/form"
	"traininghub/internal/letters"
	"traininghub/internal/pdf/read"
	"traininghub/internal/programme"
)

// documents are documents of all kinds: the fixtures, and the blank forms of the real content.
func documents(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for name, d := range fixtures() {
		pdf, err := Render(d)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = pdf
	}
	programme, faults := programme.Load(os.DirFS("../../content"), letters.All(),
		func(string) (string, bool) { return "…", true })
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, def := range programme.Forms {
		for _, c := range programme.Courses {
			if c.ID != def.Course {
				continue
			}
			pdf, err := Blank(onPaper(def, c.Title, c.ApplyBy()))
			if err != nil {
				t.Fatal(err)
			}
			all["blank-"+def.ID] = pdf
		}
	}
	return all
}

// fillIn lets another program fill in a file, and returns the file that it wrote.
func fillIn(t *testing.T, pdf []byte, values map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(in, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	run(t, "nodejs", "node", "testdata/fill.mjs", in, out, string(list))
	return out
}

// Fields filled in by pdf-lib are read back, and poppler draws them in the file's own font.
func TestFilled(t *testing.T) {
	all := documents(t)
	for _, c := range []struct {
		document string
		values   map[string]string
	}{
		{"mentors", map[string]string{
			"stp/name": "Ŵyn Łucja Παπαδοπούλου", "stp/decided/day": "4", "stp/decided/month": "10",
			"stp/decided/year": "2021",
			"stp/decision":     "Declined", "stp/reason": "No place is left.\nNguyễn Văn Ű could take one in Здоров’я.",
			"stp/signature": "Ŵyn Łucja",
			"practice/name": "Gráinne O’Example",
		}},
		{"blank-supporting-mentors", map[string]string{
			"your-details/first-names": "Siân", "your-details/performers-list": "Yes",
			"qualifications/1/qualification": "Certificate in Coaching",
			"declarations/charge":            "Confirmed", "signature": "Siân Ŵyn", "signature-date/year": "2021",
		}},
	} {
		t.Run(c.document, func(t *testing.T) {
			before := values(t, all[c.document])
			for name := range c.values {
				if v, ok := before[name]; !ok || v != "" && v != "Off" {
					t.Errorf("%s is %q before anything was filled in", name, v)
				}
			}
			file := fillIn(t, all[c.document], c.values)
			pdf, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			after := values(t, pdf)
			for name, v := range after {
				want := c.values[name]
				if want == "" {
					want = before[name]
				}
				if v != want {
					t.Errorf("%s is %q, want %q", name, v, want)
				}
			}
			// A box shows a tick, not its value.
			drawn := squeeze(run(t, "poppler-utils", "pdftotext", file, "-"))
			for name, v := range c.values {
				for word := range strings.FieldsSeq(v) {
					if name != "stp/decision" && v != "Yes" && v != "Confirmed" && !strings.Contains(drawn, word) {
						t.Errorf("%s: poppler does not draw %q", name, word)
					}
				}
			}
			if out := run(t, "qpdf", "qpdf", "--check", file); !strings.Contains(out, "No syntax or stream encoding") {
				t.Errorf("qpdf: %s", out)
			}
		})
	}
}

func values(t *testing.T, pdf []byte) map[string]string {
	t.Helper()
	fields, err := read.Fields(bytes.NewReader(pdf))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range fields {
		if _, ok := all[f.Name]; ok || f.About == "" {
			t.Errorf("the field %q is there twice, or not described (%q)", f.Name, f.About)
		}
		all[f.Name] = f.Value
	}
	return all
}

// The form on paper has a field for each kind of question.
func TestBlankKinds(t *testing.T) {
	s := form.Section{ID: "all", Title: "All kinds"}
	for _, kind := range form.Kinds() {
		s.Questions = append(s.Questions, form.Question{
			ID: string(kind), Kind: kind, Label: "Question", Options: []form.Option{{ID: "a", Label: "A"}, {ID: "b", Label: "B"}},
		})
	}
	pdf, err := Blank(onPaper(&form.Definition{Title: "Apply", Sections: []form.Section{s}}, "Course", "Friday"))
	if err != nil {
		t.Fatal(err)
	}
	fields := values(t, pdf)
	for _, kind := range form.Kinds() {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(fields)), func(name string) bool {
			return name == "all/"+string(kind) || strings.HasPrefix(name, "all/"+string(kind)+"/")
		}) {
			t.Errorf("there is no field for the kind %s", kind)
		}
	}
}
