package page

import (
	"slices"
	"strings"
)

// Below are the addresses below which handlers answer. No editor's page can stand there: nobody
// would ever see it.
var Below = []string{"/apply/", "/practice/", "/status/", "/review/", "/attendance/", "/certificate/",
	"/side-by-side/"}

// Behind are those of what stands behind the wall, where another handler answers. The page
// /mentoring/ itself is the site's.
var Behind = []string{
	"/mentoring/ask/", "/mentoring/request/", "/mentoring/feedback/", "/mentoring/lead/", "/mentoring/mentor/", "/mentoring/sign-in",
	"/mentoring/sign-out",
}

// served are other addresses that are no editor's pages: the catalogue, files of the site, the
// health of the hub, the letters of a hub that is tried out, and what a preview adds.
var served = []string{"/assets/", "/catalogue/", "/documents/", "/health/", "/images/", "/outbox/", "/preview/"}

// Handled tells whether handlers answer at an address, and not the site.
func Handled(address string) bool { return below(address, Below) || below(address, Behind) }

func below(address string, all []string) bool {
	return slices.ContainsFunc(all, func(below string) bool { return strings.HasPrefix(address, below) })
}

// Own tells whether an address, "/name/", is one of the hub's own, or below one.
func Own(address string) bool { return Handled(address) || below(address, served) }
