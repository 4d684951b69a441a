package page

import (
	"slices"
	"strings"
)

// Below are the addresses below which handlers answer. No editor's page can stand there: nobody
// would ever see it.
var Below = []string{"/apply/", "/practice/", "/status/", "/review/", "/attendance/", "/certificate/"}

// Behind are those of what stands behind the wall, where another handler answers. The page
// /mentoring/ itself is the site's.
var Behind = []string{
	"/mentoring/ask/", "/mentoring/request/", "/mentoring/feedback/", "/mentoring/lead/", "/mentoring/mentor/", "/mentoring/sign-in",
	"/mentoring/sign-out",
}

// served are other addresses that are no pages: files of the site, the health of the hub, the
// letters of a hub that is tried out, and what a preview adds.
var served = []string{"/assets/", "/health/", "/images/", "/outbox/", "/preview/"}

// Own tells whether an address, "/name/", is one of the hub's own, or below one.
func Own(address string) bool {
	own := func(below string) bool { return strings.HasPrefix(address, below) }
	return slices.ContainsFunc(Below, own) || slices.ContainsFunc(Behind, own) || slices.ContainsFunc(served, own)
}
