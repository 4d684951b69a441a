package words

import (
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestSay(t *testing.T) {
	icb := Words{Decider: "ICB lead", Employer: "employer", Applicant: "nurse"}
	for _, c := range []struct {
		words      Words
		text, want string
	}{
		{Words{}, "The {decider} and {a employer}", "The STP lead and a practice"},
		{Words{}, "The {decider-in-full} decides", "The " + Default.DeciderInFull + " decides"},
		{Words{}, "For example, {manager}", "For example, practice manager"},
		{icb, "{A decider} at {a employer}. {Employer} of {a applicant}",
			"An ICB lead at an employer. Employer of a nurse"},
		{icb, "The {decider-in-full} decides", "The ICB lead decides"},
		{Words{Employer: "NHS trust"}, "{A employer}", "An NHS trust"},
		{Words{Employer: "UK trust"}, "{A employer}", "A UK trust"},
		{icb, "what somebody typed: {unknown} {", "what somebody typed: {unknown} {"},
	} {
		if got := c.words.Say(c.text); got != c.want {
			t.Errorf("%+v says of %q:\ngot  %s\nwant %s", c.words, c.text, got, c.want)
		}
	}
}

func TestOf(t *testing.T) {
	own := Words{Employer: "trust"}
	fact := func(name string) (string, bool) { f, ok := own.Facts()[name]; return f, ok }
	if got := Of(fact); got != own {
		t.Errorf("%+v, not %+v", got, own)
	}
	if got := Of(nil); got != (Words{}) {
		t.Errorf("without facts: %+v", got)
	}
}

// No text of the program or its templates has this hub's own words for people, and texts that go
// through Say use only known names.
func TestNothingIsWelded(t *testing.T) {
	said := regexp.MustCompile(`\bSay\("((?:[^"\\]|\\.)*)"\)`)
	place := regexp.MustCompile(`\{(?:[aA] )?([A-Za-z-]+)\}`)
	welded := regexp.MustCompile(`STP|ustainability and transformation|\b[Yy]our practice\b|\b[Tt]he practice\b`)
	literal := regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	names := slices.Collect(maps.Keys(Default.Facts()))
	// Mentoring is between practices: another hub uses it as it is, or not at all.
	mentoring := []string{"../web/lead/people.go"}
	found := 0
	for _, root := range []string{"..", "../../cmd", "../../functions", "../../site", "../../templates"} {
		err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
			isGo, isPage := strings.HasSuffix(path, ".go"), strings.HasSuffix(path, ".html")
			if err != nil || d.IsDir() || !isGo && !isPage || strings.HasSuffix(path, "_test.go") ||
				strings.Contains(path, "testdata") || strings.HasPrefix(path, "words/") {
				return err
			}
			text, err := fs.ReadFile(os.DirFS(root), path)
			if err != nil {
				return err
			}
			for i, line := range strings.Split(string(text), "\n") {
				for _, m := range said.FindAllStringSubmatch(line, -1) {
					for _, p := range place.FindAllStringSubmatch(m[1], -1) {
						found++
						if !slices.Contains(names, strings.ToLower(p[1])) {
							t.Errorf("%s/%s:%d: Say knows no {%s}", root, path, i+1, p[1])
						}
					}
				}
				texts := []string{line}
				if isGo {
					code, _, _ := strings.Cut(line, " // ")
					if texts = literal.FindAllString(code, -1); strings.HasPrefix(strings.TrimSpace(line), "//") {
						texts = nil
					}
				}
				for _, s := range texts {
					if w := welded.FindString(s); w != "" && !slices.Contains(mentoring, root+"/"+path) {
						t.Errorf("%s/%s:%d: %q is this hub's: write {decider} or {employer}, and Say it", root, path, i+1, w)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 50 {
		t.Errorf("only %d places are filled in: does the test find them?", found)
	}
}
