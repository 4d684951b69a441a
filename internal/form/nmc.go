package form

import "traininghub/internal/pattern"

// An NMC PIN, of a nurse, midwife or nursing associate, has 8 characters: two digits, a letter,
// four digits, a letter. So say the FHIR guides of NHS North West Genomics and Virtually
// Healthcare, which write it NNANNNNA, for example 71A2998E. The digits are a year and the letters
// a month and a country, but no public source lists the letters, so any will do.
var _ = newFormat(format{
	tag: "nmc", about: "an NMC PIN",
	says:    "{It} must be 2 numbers, a letter, 4 numbers and a letter, like 12A3456B",
	normal:  nmcPIN,
	samples: []string{"12A3456B", "12a3456b", "12A 3456 B", "12A\u00AD3456B", "NMC 12A3456B", "NMC PIN: 12A3456B"},
	wrong:   []string{"12A3456", "1A23456B", "12A3456BC", "12-3456B", "7654321", "12A345OB"},
	least:   8, code: true,
	number: "NMC PIN", paper: "2 numbers, a letter, 4 numbers, a letter",
})

var nmc = pattern.Of(`^(?:NMC(?:PIN)?[:#]?)?([0-9]{2}[A-Z][0-9]{4}[A-Z])$`)

// nmcPIN gives an NMC PIN in capitals and without spaces, or "".
func nmcPIN(text string) string {
	if m := nmc().FindStringSubmatch(compact(text)); m != nil {
		return m[1]
	}
	return ""
}
