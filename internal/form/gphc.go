package form

import "traininghub/internal/pattern"

// A GPhC registration number, of a pharmacist or a pharmacy technician, has 7 digits. So far those
// of pharmacists begin with 2 and those of technicians with 5 (NHS Data Dictionary, "Pharmacy
// Technician"; HL7 UK Core, Practitioner.identifier; Primary Care Support England's FAQ). The GPhC
// does not promise that this will stay so, and a stricter rule would stop somebody with another
// number from applying, so any first digit will do.
var _ = newFormat(format{
	tag: "gphc", about: "a GPhC registration number",
	says:    "{It} must be 7 numbers",
	normal:  gphcNumber,
	samples: []string{"2012345", "5012345", "201 2345", "GPhC 2012345", "GPhC no. 2012345"},
	wrong:   []string{"201234", "20123456", "C2012345", "GMC 2012345", "20l2345"},
	least:   7, code: true, digits: true,
	number: "GPhC number", values: "7 figures, with an apostrophe before them", paper: "7 numbers",
})

var gphc = pattern.Of(`^(?:GPHC(?:NO|NUMBER)?[:#]?)?([0-9]{7})$`)

// gphcNumber gives the seven figures of a GPhC registration number, or "".
func gphcNumber(text string) string {
	if m := gphc().FindStringSubmatch(compact(text)); m != nil {
		return m[1]
	}
	return ""
}
