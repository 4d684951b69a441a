package markdown

import (
	"html/template"
	"strings"
	"testing"

	"traininghub/internal/source"
)

func TestBoxes(t *testing.T) {
	read := func(text string) (string, string) {
		b, faults := Read(source.File{Path: "p.md", Body: []byte(text), BodyLine: 1},
			Options{Fact: func(string) (string, bool) { return "5 & 6", true }, Suggest: func(string) string { return "" }})
		out, err := b.HTML(func(string) (template.HTML, error) { return "", nil })
		if err != nil {
			t.Fatal(err)
		}
		return string(out), faults.Error()
	}
	for _, c := range []struct{ text, want string }{
		{"::: details What {{x}} is\nA **session**.\n\n- one\n:::\n\nAfter", openDetails + "What 5 &amp; 6 is" + inDetails +
			"\n<p>A <strong>session</strong>.</p>\n<ul>\n<li>one</li>\n</ul>\n</div></details>\n<p>After</p>\n"},
		{"Before\n::: warning\nTell us.\n:::", "<p>Before</p>\n<div class=\"nhsuk-card nhsuk-card--warning\"><div class=\"nhsuk-card__content\">\n" +
			"<h2 class=\"nhsuk-card__heading\">Important</h2>\n<p>Tell us.</p>\n</div></div>\n"},
		{"## A\n\n::: warning Tell <us>\nx\n:::", `<h3 class="nhsuk-card__heading"><span class="nhsuk-u-visually-hidden">Important: </span>Tell &lt;us&gt;</h3>`},
		{"::: do\n- ask\n- listen\n:::", `<ul class="nhsuk-list nhsuk-list--tick" role="list">` + "\n<li>" + tick + "ask</li>"},
		{"::: dont\n- do not ask\n:::", "<li>" + cross + "do not ask</li>"},
		{"::: card Help\nCall us.\n:::", `<div class="nhsuk-card"><div class="nhsuk-card__content">` + "\n" + `<h2 class="nhsuk-card__heading nhsuk-heading-m">Help</h2>`},
		{"::: action\n[Apply](/apply/)\n:::", `<a href="/apply/" class="nhsuk-action-link">` + arrow + `<span class="nhsuk-action-link__text">Apply</span></a>`},
		{"::: table Dates\n| A |\n| --- |\n| b |\n:::", openTable + "\n" + openCaption + "Dates</caption>"},
	} {
		if got, faults := read(c.text); !strings.Contains(got, c.want) || faults != "" {
			t.Errorf("%s\ngot  %s\n%s\nwant %s", c.text, got, faults, c.want)
		}
	}
	for text, want := range map[string]string{
		"::: details A\nx":                          `:1:1: the box "details" has no end`,
		"::: details\nx\n:::":                       `the box "details" has no title`,
		"::: card A\n:::":                           `the box "card" is empty`,
		"::: do\nx\n:::":                            `the box "do" holds a list and nothing else`,
		"::: dont\n- x\n\ny\n:::":                   `the box "dont" holds a list and nothing else`,
		"::: action Go\n[a](/b/)\n:::":              `takes no title`,
		"::: action\nGo [a](/b/)\n:::":              `holds one link and nothing else`,
		"::: table A\nx\n:::":                       `holds one table and nothing else`,
		"a\n\n::: tip\nx\n:::":                      `:3:1: this makes no box`,
		"::: card A\n::: details B\nx\n:::\ny\n:::": `the box "details" is inside another one`,
	} {
		if _, faults := read(text); !strings.Contains(faults, want) {
			t.Errorf("%q: %s\nwant %s", text, faults, want)
		}
	}
}
