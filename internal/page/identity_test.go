package page

import (
	"cmp"
	"strings"
	"testing"
	"testing/fstest"
)

func TestIdentity(t *testing.T) {
	const site = "name: Hub\norganisation: Us\ndescribe: A hub\nbase_url: http://localhost:8080\nemail: a@example.org\n" +
		"mail_from: Hub <a@example.org>\nfooter:\n  - {text: Home, href: /}\nretain_drafts_days: 1\nretain_applications_days: 1\n"
	for _, c := range []struct{ identity, svg, want string }{
		{"line: Below\n  colour: \"#00527a\"\n  mark: mark.svg", `<svg viewBox="0 0 80 40"/>`, ""},
		{"colour: blue", "", `must be # and 6 figures`},
		{"colour: \"#ffb81c\"", "", "white letters on the colour \"#ffb81c\" have a contrast of 1.7 to 1"},
		{"letter: GP", "", ""},
		{"letter: NHS", "", `"letter" must be letters or figures that the icon can show, not "NHS"`},
		{"letter: \"!\"", "", `"letter" must be letters`},
		{"letter: 日", "", `"letter" must be letters`},
		{"mark: mark.png", "", `there is no SVG "mark.png"`},
		{"mark: ../mark.svg", "", `there is no SVG "../mark.svg"`},
		{"mark: mark.svg", `<svg/>`, "no size that fits the header"},
		{"mark: mark.svg", `<svg viewBox="0 0 10 100"/>`, "no size that fits the header"},
		{"mark: mark.svg", `<svg viewBox="0 0 NaN 1"/>`, "no size that fits the header"},
	} {
		files := fstest.MapFS{"site.yaml": {Data: []byte(site + "identity:\n  " + c.identity + "\n")}}
		if c.svg != "" {
			files["images/mark.svg"] = &fstest.MapFile{Data: []byte(c.svg)}
		}
		s, faults := LoadSite(files)
		if letters := cmp.Or(s.Identity.Letter, "H"); s.Letters() != letters {
			t.Errorf("%s: the letters %q", c.identity, s.Letters())
		}
		if c.want == "" && (len(faults) > 0 || s.Identity.Width != 80 && c.svg != "") {
			t.Errorf("%s: %v, width %d", c.identity, faults, s.Identity.Width)
		}
		if c.want != "" && !strings.Contains(faults.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.identity, faults, c.want)
		}
	}
}
