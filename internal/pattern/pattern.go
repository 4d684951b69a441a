// Package pattern is for regular expressions that most runs of a program do not need. On AWS a
// program starts for one answer, and compiling all that it knows took a millisecond of that.
package pattern

import (
	"regexp"
	"sync"
)

// Of gives a regular expression, which is compiled when it is first asked for. It panics then if
// the text is none: a test of this package compiles those of all packages.
func Of(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
