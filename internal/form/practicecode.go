package form

import "traininghub/internal/pattern"

// A GP practice's code is one of the Organisation Data Service: a letter and five digits. The
// letter has no meaning ("no structure should be derived"), so any will do.
var _ = newFormat(format{
	tag: "practicecode", about: "a GP practice code: a letter and 5 numbers",
	says:    "{It} must be a letter and 5 numbers, like A12345",
	normal:  practiceCode,
	samples: []string{"V81997", "v81997", "V 81997", "V-81997"},
	wrong:   []string{"V8199", "V81997001", "81997V"},
	least:   6, code: true,
})

var practice = pattern.Of(`^[A-Z][0-9]{5}$`)

// practiceCode gives a practice's code in capitals and without spaces, or "".
func practiceCode(text string) string {
	if code := compact(text); practice().MatchString(code) {
		return code
	}
	return ""
}
