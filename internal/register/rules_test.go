package register_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"traininghub/internal/letters"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/register"
	rt "traininghub/internal/register/registertest"
)

// TestContent: the register of the real content has everything that the program needs.
func TestContent(t *testing.T) {
	content := os.DirFS("../../content")
	site, _ := page.LoadSite(content)
	p, faults := programme.Load(content, letters.All(), site.Fact)
	if err := append(faults, register.Faults(p)...).Err(); err != nil {
		t.Fatal(err)
	}
	rules := register.RulesOf(p, "gp-s")
	if rules == nil || rules.Qualified == nil || len(p.MentorCourses()) == 0 {
		t.Fatalf("the register is %+v", rules)
	}
	if register.RulesOf(p, "nothing") != nil {
		t.Error("a service that does not exist has a register")
	}
}

// TestFaults: if an editor removes something that the register needs, it is reported with its file.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct{ file, was, is, want string }{
		"a question":                        {"sheets/profile.yaml", "id: people-at-most", "id: how-many", `profile.yaml: there is no question "people-at-most"`},
		"a kind":                            {"sheets/profile.yaml", `kind: number, label: People at most, rule: "required,min=0,max=12"`, `kind: text, label: People at most, rule: "required,max=12"`, "is of the kind text"},
		"a sheet":                           {"sheets/plan.yaml", "use: mentor-plan", "use: something", `and no sheet for "mentor-plan"`},
		"the one by which GPs apply can go": {"sheets/qualified.yaml", "use: mentor-qualified", "use: something", ""},
	} {
		files := rt.Files()
		text := string(files[c.file].Data)
		if !strings.Contains(text, c.was) {
			t.Fatalf("%s: %s has no %q", name, c.file, c.was)
		}
		files[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.was, c.is, 1))}
		p, faults := programme.Load(files, rt.Letters(), func(string) (string, bool) { return "the hub", true })
		if err := faults.Err(); err != nil {
			t.Fatal(name, err)
		}
		if got := register.Faults(p).Error(); (c.want == "") != (len(register.Faults(p)) == 0) || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
