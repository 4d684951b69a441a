package form

import "traininghub/internal/pattern"

// A GMC reference number has 7 figures. The NHS Data Dictionary writes a consultant's with a
// leading C (CONSULTANT CODE), and people write "GMC" before it; neither is part of it. The GMC
// publishes no check digit, so there is none to test.
var _ = newFormat(format{
	tag: "gmc", about: "a GMC reference number",
	says:   "{It} must be 7 numbers",
	normal: gmcNumber,
	samples: []string{"7654321", "0654321", "765 43 21", "765\u20114321", "c7654321", "C 7654321", "GMC 7654321",
		"GMC no. 7654321"},
	wrong: []string{"765432", "76543210", "L123456", "765432l", "GMC", "NMC 7654321"},
	least: 7, code: true, digits: true,
	number: "GMC number", values: "7 figures, with an apostrophe before them", paper: "7 numbers",
})

var gmc = pattern.Of(`^(?:GMC(?:NO|NUMBER)?[:#]?)?C?([0-9]{7})$`)

// gmcNumber gives the seven figures of a GMC reference number, or "".
func gmcNumber(text string) string {
	if m := gmc().FindStringSubmatch(compact(text)); m != nil {
		return m[1]
	}
	return ""
}
