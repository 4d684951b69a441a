package pdf

import (
	"os"
	"testing"

	"traininghub/internal/intake"
)

// documents are all kinds of document there are: the fixtures, and the blank forms of the real content.
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
	programme, faults := intake.LoadProgramme(os.DirFS("../../content"), func(string) (string, bool) { return "…", true })
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, def := range programme.Forms {
		for _, c := range programme.Courses {
			if c.ID != def.Course {
				continue
			}
			pdf, err := Blank(def, c)
			if err != nil {
				t.Fatal(err)
			}
			all["blank-"+def.ID] = pdf
		}
	}
	return all
}
