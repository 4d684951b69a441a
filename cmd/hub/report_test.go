package main

import (
	"bytes"
	"encoding/json"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFormats puts an error and a warning into the content and reads each of the formats.
func TestFormats(t *testing.T) {
	content := faulty(t)
	name := filepath.Join(content, "pages", "cookies.md")
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	page = bytes.Replace(page, []byte("Cookies are small files"), []byte("„Kekse“ are, at 2.30pm, small files"), 1)
	if err := os.WriteFile(name, page, 0o644); err != nil {
		t.Fatal(err)
	}
	const as = "2021-09-20"

	said, wrong, code := "", "", 0
	check := func(args ...string) {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			said, wrong, code = hub(t, nil, append([]string{"check", "--content", content, "--as-of", as}, args...)...)
		})
	}
	check()
	want := `content/pages/cookies.md:9:17: warning: this has a full stop in a time, "2.30pm"
    „Kekse“ are, at 2.30pm, small files that a website keeps on your device.
                    ^
  Write "2:30pm"
  Why: with a colon nobody takes a time for a number (NHS digital service manual, service-manual.nhs.uk/content/numbers-measurements-dates-time, time) [time-stop]
`
	if code != 1 || !strings.HasSuffix(said, want) || wrong != "hub: 1 fault and 1 warning\n" {
		t.Errorf("status %d, said\n%s\nwant at its end\n%s\nand %q", code, said, want, wrong)
	}

	check("--format", "json")
	var list []struct {
		Level, Path, Text, What, Do, Rule, Why string
		Line, Column                           int
	}
	if err := json.Unmarshal([]byte(said), &list); err != nil || code != 1 {
		t.Fatalf("status %d, error %v, said %q and %q", code, err, said, wrong)
	}
	if len(list) != 2 || list[0].Level != "error" || list[0].Rule != "fault" || list[0].Text != "[nowhere](/nowhere/)" || list[0].Line == 0 || list[0].Column != 1 || list[0].Path != "content/pages/contact.md" ||
		list[1].Level != "warning" || list[1].Line != 9 || list[1].Column != 17 || list[1].Do != `write "2:30pm"` || list[1].Why == "" {
		t.Errorf("as JSON: %+v", list)
	}

	check("--format", "sarif")
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID                    string
						FullDescription, Help struct{ Text string }
					}
				}
			}
			Results []struct {
				RuleID, Level string
				Message       struct{ Text string }
				Locations     []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct {
							StartLine, StartColumn int
							Snippet                struct{ Text string }
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(said), &log); err != nil || code != 1 || log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("status %d, error %v, said %q", code, err, said)
	}
	run := log.Runs[0]
	if run.Tool.Driver.Name != "hub" || len(run.Tool.Driver.Rules) != 2 || len(run.Results) != 2 {
		t.Fatalf("as SARIF: %+v", run)
	}
	for _, r := range run.Tool.Driver.Rules {
		if r.FullDescription.Text == "" || r.Help.Text == "" { // GitHub asks for both
			t.Errorf("as SARIF: the rule %s does not say why", r.ID)
		}
	}
	at := run.Results[1].Locations[0].PhysicalLocation
	if r := run.Results[1]; r.RuleID != "time-stop" || r.Level != "warning" || at.ArtifactLocation.URI != "content/pages/cookies.md" ||
		at.Region.StartLine != 9 || at.Region.StartColumn != 17 || !strings.HasPrefix(at.Region.Snippet.Text, "„Kekse“") {
		t.Errorf("as SARIF: %+v", r)
	}

	if check("--format", "jsn"); code != 2 || !strings.Contains(wrong, `did you mean "json"?`) {
		t.Errorf("an unknown format: status %d, %q", code, wrong)
	}
}

// TestAgainst changes a form after a commit, and checks against that.
func TestAgainst(t *testing.T) {
	work := t.TempDir()
	if err := os.CopyFS(filepath.Join(work, "content"), os.DirFS("../../content")); err != nil {
		t.Fatal(err)
	}
	modules, err := filepath.Abs("../../node_modules")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(work)
	for _, args := range []string{"init -q", "add content", "-c user.name=Editor -c user.email=editor@example.org commit -q -m first"} {
		if out, err := osexec.Command("git", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v: %s", args, err, out)
		}
	}
	check := func() string {
		t.Helper()
		var out, wrong bytes.Buffer
		if err := exec(t.Context(), []string{"check", "--as-of", "2021-09-20", "--modules", modules, "--against", "HEAD"}, nil, &out, &wrong, func(string) string { return "" }); err != nil {
			t.Fatal(err, wrong.String(), out.String())
		}
		return out.String()
	}
	if said := check(); !strings.HasPrefix(said, "no faults") {
		t.Errorf("nothing changed, but: %s", said)
	}
	name := filepath.Join("content", "forms", "career-conversations.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, bytes.Replace(text, []byte("id: telephone\n"), []byte("id: phone\n"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	text, err = os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, bytes.Replace(text, []byte("  telephone: telephone\n"), []byte("  telephone: phone\n"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if said := check(); !strings.Contains(said, `warning: the question "telephone" is now called "phone"`) || !strings.Contains(said, "must give it again before they can send") || !strings.HasPrefix(said, "content/forms/career-conversations.yaml:") {
		t.Errorf("said %s", said)
	}
	var out, wrong bytes.Buffer
	if err := os.WriteFile(filepath.Join("content", "forms", "supporting-mentors.yaml"), []byte("title: a: b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	err = exec(t.Context(), []string{"check", "--modules", modules, "--against", "HEAD"}, nil, &out, &wrong, func(string) string { return "" })
	if exitCode(err, &wrong) != 1 || !strings.Contains(out.String(), "supporting-mentors.yaml:1:9: error: this cannot be read") || strings.Contains(out.String(), "removed") {
		t.Errorf("a form that cannot be read exists all the same: %v, said %s", err, &out)
	}
	err = exec(t.Context(), []string{"check", "--modules", modules, "--against", "no-such-revision"}, nil, &out, &wrong, func(string) string { return "" })
	if exitCode(err, &wrong) != 2 || !strings.Contains(wrong.String(), "no-such-revision") {
		t.Errorf("a revision that does not exist: %v", err)
	}
}
