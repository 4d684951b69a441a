package markdown

import "traininghub/internal/page"

// contentsLeast is the number of sections from which a page starts with a list of them.
const contentsLeast = 5

// Contents is the list of a text's sections; nil if it is short.
func (b *Text) Contents() []page.Link {
	if len(b.contents) < contentsLeast {
		return nil
	}
	return b.contents
}
