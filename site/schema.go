package site

import (
	"encoding/json"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/source"
)

// Schemas are JSON Schemas of the editors' files, by file name: of forms and site.yaml, and of what stands at the top of a
// course and a page.
func Schemas() map[string][]byte {
	all := map[string][]byte{}
	for name, s := range map[string]map[string]any{
		"form.json":   source.Schema("A form: content/forms/*.yaml", form.Definition{}),
		"site.json":   source.Schema("The whole site: content/site.yaml", page.Site{}),
		"course.json": source.Schema("The top of a course: content/courses/*.md", course.Course{}),
		"page.json":   source.Schema("The top of a page: content/pages/*.md", prosePage{}),
	} {
		data, _ := json.MarshalIndent(s, "", "  ") // cannot fail: texts, lists and maps
		all[name] = append(data, '\n')
	}
	return all
}
