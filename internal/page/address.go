package page

import (
	"slices"
	"strings"
)

// Below are the addresses below which handlers answer. No editor's page can have such an address,
// since nobody would ever see it.
var Below = []string{"/apply/", "/practice/", "/status/", "/review/", "/attendance/", "/certificate/",
	"/side-by-side/"}

// Behind are the addresses behind the wall, where another handler answers. The page /mentoring/
// itself belongs to the site.
var Behind = []string{
	"/mentoring/ask/", "/mentoring/request/", "/mentoring/feedback/", "/mentoring/lead/", "/mentoring/mentor/", "/mentoring/sign-in",
	"/mentoring/sign-out",
}

// served are other addresses that an editor's page cannot have: the catalogue, files of the site,
// the hub's health, the letters of a hub on trial, and what a preview adds.
var served = []string{"/assets/", "/catalogue/", "/documents/", "/health/", "/images/", "/outbox/", "/preview/"}

// Handled reports whether handlers answer at an address, instead of the site.
func Handled(address string) bool { return below(address, Below) || below(address, Behind) }

func below(address string, all []string) bool {
	return slices.ContainsFunc(all, func(below string) bool { return strings.HasPrefix(address, below) })
}

// Own reports whether an address, "/name/", is one of the hub's own or below one.
func Own(address string) bool { return Handled(address) || below(address, served) }
