package site

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/source"
	"traininghub/site/markdown"
)

// A long page is half as long if sections that few people need are closed until a reader opens
// them. A section ends before the next heading of the same level.

// The HTML around a closed section. The heading remains a heading, so screen readers can still move
// between headings. Links to it still work, because browsers then open the section.
const (
	openFold = `<details class="nhsuk-details hub-fold"><summary class="nhsuk-details__summary">`
	inFold   = `</summary><div class="nhsuk-details__text">`
	endFold  = "</div></details>\n"
)

// foldFaults are the headings to be closed that the text does not have.
func foldFaults(c *course.Course, text *markdown.Text) (faults source.Faults) {
	for i, heading := range c.Fold {
		if text.Heading(markdown.Slug(heading)) == (source.Position{}) && !c.Lost() {
			faults.At(c.File.Path, c.At(fmt.Sprintf("fold.%d", i)),
				fmt.Sprintf("the text has no section %q", heading),
				"write it as it stands behind ## in the text, or take it out of the list")
		}
	}
	return faults
}

// fold closes the sections of a text that have one of the headings.
func fold(text template.HTML, headings []string) template.HTML {
	if len(headings) == 0 {
		return text
	}
	const heading = "<h2 id=\""
	parts := strings.Split(string(text), heading)
	for i, part := range parts {
		if i == 0 {
			continue
		}
		id, _, _ := strings.Cut(part, `"`)
		title, rest, whole := strings.Cut(part, "</h2>\n")
		part = heading + part
		if whole && slices.ContainsFunc(headings, func(h string) bool { return markdown.Slug(h) == id }) {
			part = openFold + strings.Replace(heading+title, "<h2 ", `<h2 class="nhsuk-details__summary-text" `, 1) +
				"</h2>" + inFold + rest + endFold
		}
		parts[i] = part
	}
	return template.HTML(strings.Join(parts, ""))
}
