package pdf

import (
	"fmt"
	"strings"
)

// An element says what a part of the document is, for people who do not see the page: a heading, a
// list, a row of a table. Its tag is one of PDF's standard structure types (ISO 32000-1, 14.8.4).
//
// The layout opens elements as it goes, and may draw a block again on another page. So the tree has
// only elements with marks on the finished sheets, in the order of these marks.
type element struct {
	tag    string
	attr   string // attributes as PDF, such as a table head's scope
	parent *element

	kids   []kid
	placed bool // already among its parent's kids
	object int
}

// A kid of an element is another element, a sequence of marks on a page, or a field.
type kid struct {
	element *element
	page    int // of the marks, from 0
	id      int // of the marks on their page
	entry   *entry
}

// child is a new element in the open one.
func (l *layout) child(tag string) *element { return &element{tag: tag, parent: l.at} }

// open makes what f lays out part of a new element.
func (l *layout) open(tag string, f func()) { l.inside(l.child(tag), f) }

func (l *layout) inside(e *element, f func()) {
	before := l.at
	l.at = e
	f()
	l.at = before
}

// heading is the tag of a heading in the element. Each section is one level deeper.
func (e *element) heading() string {
	level := 1
	for ; e != nil; e = e.parent {
		if e.tag == "Sect" {
			level++
		}
	}
	return fmt.Sprintf("H%d", min(level, 6))
}

// isHeading tells whether the element is a heading, and its level.
func (e *element) isHeading() (level int, ok bool) {
	if len(e.tag) == 2 && e.tag[0] == 'H' {
		return int(e.tag[1] - '0'), true
	}
	return 0, false
}

// add appends k to the element's kids. With its first kid, the element joins its own parent's kids.
func (e *element) add(k kid) {
	e.kids = append(e.kids, k)
	if e.parent != nil && !e.placed {
		e.placed = true
		e.parent.add(kid{element: e})
	}
}

// walk calls f for the element and all elements below it, in reading order.
func (e *element) walk(f func(*element)) {
	f(e)
	for _, k := range e.kids {
		if k.element != nil {
			k.element.walk(f)
		}
	}
}

// writeTree adds the document's structure to the file and returns the number of its root. pages are
// the numbers of the pages, and owners the elements that have marks on each.
func (f *file) writeTree(root *element, pages []int, owners [][]*element) int {
	tree := f.reserve()
	root.walk(func(e *element) { e.object = f.reserve() })

	var nums strings.Builder // key i is page i; then one key a field
	for i, page := range owners {
		fmt.Fprintf(&nums, "%d[", i)
		for _, e := range page {
			fmt.Fprintf(&nums, "%d 0 R ", e.object)
		}
		nums.WriteString("]")
	}
	next := len(pages)
	root.walk(func(e *element) {
		parent := tree
		if e.parent != nil {
			parent = e.parent.object
		}
		page := -1
		var kids strings.Builder
		for _, k := range e.kids {
			switch {
			case k.element != nil:
				fmt.Fprintf(&kids, "%d 0 R ", k.element.object)
			case k.entry != nil:
				fmt.Fprintf(&kids, "<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>", k.entry.object, pages[k.page])
				k.entry.key = next
				fmt.Fprintf(&nums, "%d %d 0 R ", next, e.object)
				next++
			case page < 0 || page == k.page:
				page = k.page
				fmt.Fprintf(&kids, "%d ", k.id)
			default:
				fmt.Fprintf(&kids, "<</Type/MCR/Pg %d 0 R/MCID %d>>", pages[k.page], k.id)
			}
		}
		dict := fmt.Sprintf("<</S/%s/P %d 0 R/K[%s]", e.tag, parent, strings.TrimSuffix(kids.String(), " "))
		if page >= 0 {
			dict += fmt.Sprintf("/Pg %d 0 R", pages[page])
		}
		if e.attr != "" {
			dict += "/A" + e.attr
		}
		f.set(e.object, dict+">>")
	})
	parents := f.add(fmt.Sprintf("<</Nums[%s]>>", nums.String()))
	f.set(tree, fmt.Sprintf("<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>",
		root.object, parents, next))
	return tree
}
