package site

import (
	"cmp"

	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/site/digest"
	"traininghub/site/look"
)

// A front is what pages look like: the part that does not depend on courses.
type front struct {
	*look.Look
	pages *page.Renderer
	saved bool // it is in the Cache's file as it is
}

// dress makes the front from the templates and site.yaml. of is their digest: if it is the same as
// for the last build, and npm's folder has not changed, the last front is used again.
func (k *Cache) dress(of digest.Sum, hub *page.Site, from Sources) (*front, error) {
	f := k.front
	fresh := f == nil || f.Of != of || !f.Current()
	if !fresh && f.pages != nil {
		return f, nil
	}
	var parsed *page.Templates
	var err, wrong error
	parallel.Do(2, func(i int) {
		switch {
		case i == 1:
			parse := page.Parse
			if from.Sound {
				parse = page.ParseSound
			}
			parsed, wrong = parse(from.Templates)
		case fresh:
			f = new(front)
			f.Look, err = look.Make(of, hub, from.Templates, from.Modules)
		}
	})
	if err = cmp.Or(err, wrong); err != nil {
		return nil, err
	}
	if f.pages, err = parsed.Renderer(hub, f.Assets); err != nil {
		return nil, err
	}
	k.front = f
	return f, nil
}
