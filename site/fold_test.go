package site

import (
	"html/template"
	"strings"
	"testing"
)

// TestFold: exactly the sections with these headings are folded, each up to the next heading of its
// level. The heading keeps its id and stays outside the folded part.
func TestFold(t *testing.T) {
	const text = "<p>First.</p>\n<h2 id=\"what-you-get\">What you get</h2>\n<p>Much.</p>\n<h3 id=\"more\">More</h3>\n<p>x</p>\n" +
		"<h2 id=\"cost\">Cost</h2>\n<p>None.</p>\n<h2 id=\"end\">End</h2>\n<p>Last.</p>\n"
	if got := fold(text, nil); got != text {
		t.Errorf("without headings it is %s", got)
	}
	got := string(fold(text, []string{"What you get", "End"}))
	want := "<p>First.</p>\n" + openFold + `<h2 class="nhsuk-details__summary-text" id="what-you-get">What you get</h2>` + inFold +
		"<p>Much.</p>\n<h3 id=\"more\">More</h3>\n<p>x</p>\n" + endFold +
		"<h2 id=\"cost\">Cost</h2>\n<p>None.</p>\n" + openFold +
		`<h2 class="nhsuk-details__summary-text" id="end">End</h2>` + inFold + "<p>Last.</p>\n" + endFold
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if kept := strings.NewReplacer(openFold, "", inFold, "\n", endFold, "", ` class="nhsuk-details__summary-text"`, "",
		"</summary>", "").Replace(got); template.HTML(kept) != text {
		t.Errorf("something was lost: %s", kept)
	}
}
