package form

import (
	"strings"

	"traininghub/internal/pattern"
)

// Telephone is a question for a telephone number. It is kept as it was typed; the normal form is
// E.164, with ";ext=" if there is an extension.
const Telephone Kind = "telephone"

var _ = newKind(kind{
	name: Telephone, about: "a telephone number",
	clean: code, read: readTelephone,
	words: map[string]string{"required": "Enter {it}"},
	limit: characters, formats: true,
	sample: map[string]string{"": "01632 960001"},
	values: func(*Question) string { return "as typed, with an apostrophe before it" }, cell: CellTyped, paper: "line",
})

var _ = newFormat(format{
	tag: "telephone", about: "a telephone number",
	says:   "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192",
	normal: e164,
	samples: []string{"01632 960001", "(01632) 960-001", "07700 900982", "+44 7700 900982", "(+44) 7700 900982",
		"0044 (0)7700 900982",
		"020 7946 0123 ext 45", "01632 960001 (ext 12)", "+353 1 555 0123"},
	wrong: []string{"960001", "ring me", "01632 96000100000000", "+999 1 555 0123"},
	least: 3, most: 100,
})

// readTelephone gives a normal form to any number that could be dialled, whatever the rule asks
// for.
func readTelephone(q *Question, v Values) (answer, *Problem) {
	text := trim(v[q.ID])
	if text == "" {
		return answer{}, nil
	}
	if f := q.asks(); f != nil {
		return answer{f.accepts(text), text}, nil
	}
	return answer{e164(text), text}, nil
}

// Telephone numbers are read here, not by a library that knows all countries' ranges. A hub's
// applicants are GPs in Britain, and such a library takes longer to start in an AWS function than
// everything else together.

var (
	extension = pattern.Of(`(?i)[\s,;]*(?:;ext=|extension|extn?\.?|x|#)[\s:.]*(\d{1,7})$`)
	bracketed = pattern.Of(`(?i)\(\s*((?:extension|extn?\.?|x|#)[\s:.]*\d{1,7})\s*\)$`) // (ext 12)
	// All codes that the ITU has given to countries and services.
	countryCode = pattern.Of(`^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|21[1-368]|` +
		`22\d|23\d|24\d|25[0-8]|26\d|29[017-9]|35\d|37\d|38[0-35-9]|42[013]|50\d|59\d|67[02-9]|68[0-35-9]|` +
		`69[0-2]|80[08]|85[02356]|87[08]|88[0-368]|96[0-8]|97[0-79]|99[2-68])`)
	// Ofcom's numbering plan: 10 digits after the 0, or 9 in a few old areas and services; 0800
	// 1111 and 0845 46 47 have 7.
	britishNumber = pattern.Of(`^(?:[1235789]\d{9}|[158]\d{8}|8\d{6})$`)
)

// e164 gives a telephone number in E.164 notation, with ";ext=" if it has an extension, or "".
// Numbers without a country code are British. The number must be possible; whether it is in use is
// not checked, since lists of ranges age, and the Channel Islands and the Isle of Man share +44.
func e164(text string) string {
	if len(text) > 100 {
		return ""
	}
	if text = bare(text); strings.HasSuffix(text, ")") {
		text = bracketed().ReplaceAllString(text, " $1")
	}
	ext := ""
	if m := extension().FindStringSubmatchIndex(text); m != nil {
		ext, text = ";ext="+text[m[2]:m[3]], text[:m[0]]
	}
	text = strings.Replace(text, "(0)", "", 1) // +44 (0)20 7946 0123
	number := compact(text)
	abroad := strings.HasPrefix(number, "+")
	digits := strings.TrimPrefix(number, "+")
	if strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	if rest, ok := strings.CutPrefix(digits, "00"); ok && !abroad {
		abroad, digits = true, rest
	}
	if rest, ok := strings.CutPrefix(digits, "44"); ok && (abroad || len(rest) == 10) {
		abroad, digits = false, rest
	}
	switch {
	case abroad && countryCode().MatchString(digits) && len(digits) >= 7 && len(digits) <= 15:
		return "+" + digits + ext
	case !abroad && britishNumber().MatchString(strings.TrimPrefix(digits, "0")):
		return "+44" + strings.TrimPrefix(digits, "0") + ext
	}
	return ""
}
