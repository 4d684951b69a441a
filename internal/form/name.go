package form

import (
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"

	"traininghub/internal/pattern"
)

// A name may be in any script, and almost any text can be somebody's name. Text that would make a
// link, an address or a paragraph is refused, since the hub's letters contain names that strangers
// typed. The normal form has a keyboard's dashes, apostrophes and spaces.
var _ = newFormat(format{
	tag: "name", about: "a person's name",
	says:   "{It} must be a name, without a web or email address, and with no more than 2 numbers",
	normal: personName,
	samples: []string{"Alex Example", "Gráinne O’Example", "J.Smith", "Dr.Ma", "عائشة", "李小龙", "Anne-Marie",
		"Smith–Jones", "Henry the 8th", "van 't Hoff (née Example)",
		"Alex Example, M.B.E."},
	wrong: []string{"https://example.org", "Alex mailto:x", "www.example.org", "WWW.example", "alex@example.org",
		"Alex\nYou have won", "07700 900982",
		"Alex Example 123", "Win at prize-example.com now"},
	least: 1, free: true,
})

var (
	scheme  = pattern.Of(`(?i)\b[a-z][a-z0-9+.-]*:(//|\S)`)
	website = pattern.Of(`(?i)\bwww[.]|\b([a-z0-9-]{3,})[.]([a-z]{2,})\b`)
)

// personName gives a name in its normal form, or "" if it has something that no name has.
func personName(text string) string {
	text = trim(text)
	if strings.ContainsAny(text, "@\n\u2028\u2029") || strings.Contains(text, "://") || scheme().MatchString(text) ||
		hasWebsite(text) {
		return ""
	}
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if digits > 2 {
		return ""
	}
	return trim(likeTyped(line(text)))
}

// hasWebsite tells whether a mail program would turn a part of the text into a link: a word, a dot
// and a top-level domain. "Prof.Li" and "J.Smith" are not links.
func hasWebsite(text string) bool {
	for _, m := range website().FindAllStringSubmatch(text, -1) {
		if m[2] == "" {
			return true
		}
		if title := strings.ToLower(m[1]); title == "prof" || title == "mrs" || title == "miss" || title == "rev" ||
			title == "sir" {
			continue
		}
		if suffix, listed := publicsuffix.PublicSuffix(strings.ToLower(m[0])); listed || strings.Contains(suffix, ".") {
			return true
		}
	}
	return false
}
