// Package pattern compiles regular expressions at their first use. On AWS a program may start for a
// single answer, and most runs need few of its expressions: compiling all of them took a
// millisecond.
package pattern

import (
	"regexp"
	"sync"
)

// Of returns a regular expression that is compiled at the first call. That call panics if the text
// is not valid: a test of this package compiles the expressions of all packages.
func Of(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
