package form

import "traininghub/internal/pattern"

// A UK postcode is read in any notation. The letters allowed at each place are Royal Mail's;
// whether the postcode exists is not looked up.
var _ = newFormat(format{
	tag: "postcode", about: "a full UK postcode",
	says:    "Enter a full UK postcode",
	normal:  postcode,
	samples: []string{"SW1A 1AA", "sw1a 1aa", "M11AE", "ec1a-1bb", "B33 8TH", "gir 0aa", "BF1 2AS"},
	wrong:   []string{"SW1A", "12345", "SW1A 1CA", "SW1A 1AAA"},
	least:   5, code: true,
})

var fullPostcode = pattern.Of(`^([A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKMNPR-Y]?|GIR)([0-9][ABD-HJLNP-UW-Z]{2})$`)

// postcode gives a full UK postcode in capitals with its space, or "".
func postcode(text string) string {
	m := fullPostcode().FindStringSubmatch(compact(text))
	if m == nil {
		return ""
	}
	return m[1] + " " + m[2]
}
