package form

import (
	"strings"

	"traininghub/internal/pattern"
)

// A UK mobile number begins with 071 to 075, 077 to 079 or 07624 (Isle of Man) and has 10 digits
// after the 0. 070 is for personal numbers, and the rest of 076 for pagers, so neither is a mobile.
// The ranges are those of Ofcom's National Telephone Numbering Plan, Part A, as listed at
// callcosts.uk/number-overview. Numbers of foreign networks are refused.
var _ = newFormat(format{
	tag: "mobile", about: "a UK mobile number",
	says:    "Enter a UK mobile number, like 07700 900 982 or +44 7700 900 982",
	normal:  mobileNumber,
	samples: []string{"07700 900982", "+44 7700 900982", "(+44) 7700 900 982", "07624 900982"},
	wrong:   []string{"01632 960001", "070 1234 5678", "07600 900982", "07700 900982 ext 4", "+353 85 555 0123"},
	least:   10, most: 100,
	values: "as typed, with an apostrophe before it", paper: "Like 07700 900 982",
})

var ukMobile = pattern.Of(`^[+]447(?:[1-57-9]|624)`)

// mobileNumber gives a UK mobile number in E.164 notation, or "".
func mobileNumber(text string) string {
	number := e164(text)
	if !ukMobile().MatchString(number) || len(number) != len("+447700900982") || strings.Contains(number, ";") {
		return ""
	}
	return number
}
