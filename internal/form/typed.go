package form

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Everything that people type passes through this file, and only this file decides what of it
// counts.
//
// A text is kept as it was typed, apart from what nobody can see or mean: the kept text is valid
// UTF-8 in normalisation form C, its line ends are "\n", and it has no control characters.
// Invisible characters with a meaning stay in texts: the joiners of emoji and of Persian, variation
// selectors, marks of writing direction. Numbers, codes and addresses keep no invisible characters,
// since none has a meaning there.

// lineEnds undoes what browsers do to line ends when they post a text.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// posted does the cleaning that every text needs.
func posted(text string) string { return lineEnds.Replace(strings.ToValidUTF8(text, "\uFFFD")) }

// usual tells whether a text has only characters of an English keyboard, in one line. Most answers
// do, and then there is nothing to clean.
func usual(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// lines cleans a text that may have several lines.
func lines(text string) string {
	if usual(text) {
		return text
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
		case strings.ContainsRune("\v\f\u0085", r):
			return '\n'
		case unicode.IsControl(r), nonCharacter(r):
			return -1
		}
		return r
	}, posted(text)))
}

// line cleans a text of one line. A browser sends no line ends from a one-line input, and a name
// with line ends would write its own paragraphs in a letter. Characters that turn the writing
// direction of later words are removed, too.
func line(text string) string {
	if usual(text) {
		return text
	}
	flag := false // tags after a black flag make it the flag of England, Scotland or Wales
	return norm.NFC.String(strings.Map(func(r rune) rune {
		tag := r >= 0xE0020 && r <= 0xE007F
		flag = r == '\U0001F3F4' || flag && tag
		switch {
		case strings.ContainsRune("\n\t\v\f\u0085\u2028\u2029", r):
			return ' '
		case tag && flag:
			return r
		case unicode.IsControl(r), nonCharacter(r), unicode.Is(meaningless, r):
			return -1
		}
		return r
	}, posted(text)))
}

// code cleans a number, a code or an address.
func code(text string) string {
	if usual(text) {
		return text
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, line(text)))
}

// bare is a number, a code or an address without spaces around it.
func bare(text string) string { return strings.TrimFunc(code(text), unicode.IsSpace) }

// meaningless are invisible characters that have no meaning in a line of text: leftovers of word
// processors and web pages, and marks that turn the direction of later words.
var meaningless = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x00AD, 0x00AD, 1}, // soft hyphen
		{0x180E, 0x180E, 1}, // Mongolian vowel separator
		{0x200B, 0x200B, 1}, // zero-width space
		{0x202A, 0x202E, 1}, // embeddings and overrides of direction
		{0x2060, 0x206F, 1}, // word joiner, invisible operators, isolates, deprecated controls
		{0xFEFF, 0xFEFF, 1}, // byte order mark
		{0xFFF9, 0xFFFC, 1}, // annotations, and the placeholder for an object
	},
	R32:         []unicode.Range32{{0xE0000, 0xE00FF, 1}}, // tags
	LatinOffset: 1,
}

func nonCharacter(r rune) bool { return r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF }

// invisible tells whether a character shows nothing by itself and is not a space.
func invisible(r rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' && r != '\n' && r != '\t' || r == 0x7F
	case r == '\u2800': // a Braille pattern without dots
		return true
	case unicode.Is(unicode.Cf, r):
		return !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
	}
	return unicode.IsControl(r) && r != '\u0085' || nonCharacter(r) || unicode.Is(meaningless, r) ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r)
}

// Visible tells whether there is anything to see in a text; otherwise nothing was answered. An
// accent counts only on a letter.
func Visible(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return !invisible(r) && !unicode.IsSpace(r) && !unicode.IsMark(r)
	})
}

// trim removes spaces and invisible characters from both ends of a text. It returns "" if there is
// nothing to see at all.
func trim(text string) string {
	if !Visible(text) {
		return ""
	}
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || invisible(r) && !unicode.Is(unicode.Variation_Selector, r)
	})
}

// compact removes the characters that people put between those of a number or code, and makes its
// letters capitals.
func compact(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || invisible(r) || dash(r) || strings.ContainsRune(".()/", r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, text)
}

func dash(r rune) bool { return unicode.Is(unicode.Pd, r) || r == '\u2212' || r == '\u2043' }

// apostrophe tells whether people type the character as an apostrophe.
func apostrophe(r rune) bool {
	return strings.ContainsRune("'`\u00B4\u02B9\u02BB\u02BC\u02BD\u2018\u2019\u201B\u2032\uFF07", r)
}

// likeTyped writes dashes, apostrophes and spaces as keyboards do, so that two notations of a name
// become the same text.
func likeTyped(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case dash(r):
			return '-'
		case apostrophe(r):
			return '\''
		}
		return r
	}, text)), " ")
}

// plain replaces letters that carry no removable accent but are often written with plain ones.
var plain = strings.NewReplacer("æ", "ae", "œ", "oe", "ß", "ss", "þ", "th", "ð", "d", "ø", "o", "ł", "l",
	"đ", "d", "ħ", "h", "ı", "i", "ŋ", "n", "ŧ", "t", "·", "")

// Fold gives texts that people take for the same in a search one form: small letters, no accents,
// nothing invisible, and a keyboard's dashes, apostrophes and spaces.
func Fold(text string) string {
	text = norm.NFKD.String(strings.ToLower(likeTyped(text)))
	return plain.Replace(likeTyped(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || invisible(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)))
}
