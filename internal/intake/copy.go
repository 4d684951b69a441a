package intake

import (
	"maps"

	"traininghub/internal/application"
	"traininghub/internal/course"
)

// more returns the letters' fields about what happened since an application was sent.
func (d *Desk) more(a *application.Application) map[string]string {
	all := map[string]string{}
	if a.Document == nil {
		return all
	}
	if p := a.Document.Paper; p != nil {
		all["paper.received"] = course.InFull(p.Received)
	}
	for _, fields := range []map[string]string{practiceFields(a), d.statusFields(a), d.decisionFields(a)} {
		maps.Copy(all, fields)
	}
	return all
}
