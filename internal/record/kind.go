package record

import (
	"regexp"

	"traininghub/internal/pattern"
)

// A Kind says which story a record belongs to, in plain words. It never changes. A program reads
// and writes only the kinds that it knows; one that it does not know it logs, and leaves as it is.
type Kind string

// The kinds that there were before records had one. Later kinds are named by their stories.
const (
	Application  Kind = "application"
	StaffAccount Kind = "staff account" // somebody of the staff who signs in
	PastRow      Kind = "past row"      // what the figures keep of an application that was removed
	Trace        Kind = "trace"         // by which an audit tells that removal from a theft
	Export       Kind = "export"        // an entry in the journal of exports
)

// ids are the forms of the IDs of these kinds.
var ids = map[Kind]func() *regexp.Regexp{
	Application:  pattern.Of(`^[A-HJ-NP-Z]{2}(-([2-9][CDFHJKMPRTWXY]){2}){2}$`),
	StaffAccount: pattern.Of(`^staff-[0-9a-f]{32}$`),
	PastRow:      pattern.Of(`^past\.`),
	Trace:        pattern.Of(`^gone\.`),
	Export:       pattern.Of(`^journal\.`),
}

// First tells whether the kind is one of those that there were before records had one.
func (k Kind) First() bool { return ids[k] != nil }

// KindOf is the kind of a record that was written before records had one, by its ID; "" if it is of
// no such record. The records of these kinds have such IDs still, and no others have:
// [Record.Check].
func KindOf(id string) Kind {
	for kind, form := range ids {
		if form().MatchString(id) {
			return kind
		}
	}
	return ""
}

// wellNamed tells whether the kind and the ID of a record belong together.
func (r Record) wellNamed() bool {
	return r.Kind != "" && (!r.Kind.First() && KindOf(r.ID) == "" || r.Kind.First() && ids[r.Kind]().MatchString(r.ID))
}
