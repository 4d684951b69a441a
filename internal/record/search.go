package record

import (
	"cmp"
	"slices"
)

// Intersect helps stores to implement [Store.Search]. It asks where the records with each word
// stand, and returns those that have all the words. It stops as soon as none are left.
func Intersect(words []string, ask func(word string) ([]Cursor, error)) ([]Cursor, error) {
	var all []Cursor
	for i, word := range words {
		found, err := ask(word)
		if err != nil {
			return nil, err
		}
		has := map[string]bool{}
		for _, c := range found {
			has[c.ID] = true
		}
		if i == 0 {
			all = found
		}
		all = slices.DeleteFunc(all, func(c Cursor) bool {
			is := has[c.ID]
			if i == 0 {
				has[c.ID] = false // so that a record with two such words is listed once
			}
			return !is
		})
		if len(all) == 0 {
			return nil, nil
		}
	}
	slices.SortFunc(all, func(a, b Cursor) int { return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(b.ID, a.ID)) })
	return all, nil
}
