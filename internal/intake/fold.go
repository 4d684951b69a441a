package intake

import (
	"strings"
	"unicode"
)

// plain are the letters of European languages without what stands above, below or across them.
var plain = func() map[rune]string {
	m := map[rune]string{'æ': "ae", 'œ': "oe", 'ß': "ss", 'þ': "th", 'ð': "d", 'ø': "o", 'ł': "l", 'đ': "d", 'ħ': "h", 'ı': "i", 'ŋ': "n", 'ŧ': "t", '’': "'", '‘': "'", '‐': "-", '‑': "-"}
	for base, with := range map[string]string{
		"a": "àáâãäåāăąǎȁȃȧạảấầẩẫậắằẳẵặ", "c": "çćĉċč", "d": "ďḍḑ", "e": "èéêëēĕėęěȅȇẹẻẽếềểễệ", "g": "ĝğġģǧǵ", "h": "ĥḥȟ",
		"i": "ìíîïĩīĭįǐȉȋỉị", "j": "ĵ", "k": "ķǩ", "l": "ĺļľŀ", "m": "ḿṃ", "n": "ñńņňǹṇ", "o": "òóôõöōŏőơǒǫȍȏọỏốồổỗộớờởỡợ",
		"r": "ŕŗřȑȓṛ", "s": "śŝşšșṣ", "t": "ţťțṭ", "u": "ùúûüũūŭůűųưǔȕȗụủứừửữự", "w": "ŵẁẃẅ", "y": "ýÿŷỳỵỷỹ", "z": "źżžẓ",
	} {
		for _, r := range with {
			m[r] = base
		}
	}
	return m
}()

// Fold makes names alike that people take for the same: in small letters and without accents.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range s {
		r = unicode.ToLower(r)
		switch p, ok := plain[r]; {
		case ok:
			b.WriteString(p)
		case r < unicode.MaxASCII || !unicode.Is(unicode.Mn, r): // an accent can also be a character of its own
			b.WriteRune(r)
		}
	}
	return b.String()
}
