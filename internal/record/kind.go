package record

import (
	"regexp"

	"traininghub/internal/pattern"
)

// A Kind says in plain words which story a record belongs to. It never changes. A program reads and
// writes only the kinds that it knows. It logs records of other kinds, and leaves them as they are.
type Kind string

// These kinds existed before records stored their kind. Later kinds are named by their stories.
const (
	Application  Kind = "application"
	StaffAccount Kind = "staff account" // somebody of the staff who signs in
	PastRow      Kind = "past row"      // what the figures keep of an application that was removed
	Trace        Kind = "trace"         // tells an audit that an application was removed, and not stolen
	Export       Kind = "export"        // an entry in the journal of exports
)

// ids are the patterns that the IDs of these kinds must match.
var ids = map[Kind]func() *regexp.Regexp{
	Application:  pattern.Of(`^[A-HJ-NP-Z]{2}(-([2-9][CDFHJKMPRTWXY]){2}){2}$`),
	StaffAccount: pattern.Of(`^staff-[0-9a-f]{32}$`),
	PastRow:      pattern.Of(`^past\.`),
	Trace:        pattern.Of(`^gone\.`),
	Export:       pattern.Of(`^journal\.`),
}

// First reports whether the kind existed before records stored their kind.
func (k Kind) First() bool { return ids[k] != nil }

// KindOf works out from its ID the kind of a record that was written before records stored it; ""
// if no such record has that ID. Records of these kinds still have such IDs, and no others may: see
// [Record.Check].
func KindOf(id string) Kind {
	for kind, form := range ids {
		if form().MatchString(id) {
			return kind
		}
	}
	return ""
}

// wellNamed reports whether the kind and the ID of a record belong together.
func (r Record) wellNamed() bool {
	return r.Kind != "" && (!r.Kind.First() && KindOf(r.ID) == "" || r.Kind.First() && ids[r.Kind]().MatchString(r.ID))
}
