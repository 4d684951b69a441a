package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Strange finds characters that readers see but nobody typed: text read in the wrong encoding, such
// as "â€™" for "’", and signs of a word processor's own fonts, shown as boxes. It calls found with
// the offset of each, what is wrong, and what to do.
func Strange(text []byte, found func(offset int, what, do string)) {
	for at := 0; at < len(text); {
		// Nearly all characters beyond ASCII are pound signs, dashes or quotation marks.
		if c := text[at]; c < 0xc2 || c != 0xc2 && c != 0xc3 && c != 0xe2 && c < 0xee {
			at++
			continue
		}
		r, size := utf8.DecodeRune(text[at:])
		switch {
		case r == 0xc2 || r == 0xc3 || r == 0xe2:
			if typed, meant := misread(text[at:]); typed != "" {
				found(at, fmt.Sprintf("the characters %q come from a program that read the text wrongly", typed),
					fmt.Sprintf("write %q", meant))
				size = len(typed)
			}
		case 0xe000 <= r && r <= 0xf8ff:
			found(at, "there is a sign of a word processor's own, which readers see as a box",
				`type the sign again; begin each line of a list with "- "`)
		case 0x80 <= r && r < 0xa0 || r == utf8.RuneError:
			found(at, "there is a character that nobody can read", "type it again")
		}
		at += size
	}
}

// misread returns the garbled text at the beginning, which is UTF-8 read as Windows-1252, and what
// it was meant to be; "" if there is none.
func misread(text []byte) (typed, meant string) {
	var was []byte
	for at := 0; at < len(text) && len(was) < utf8.UTFMax; {
		r, size := utf8.DecodeRune(text[at:])
		b, ok := charmap.Windows1252.EncodeRune(r)
		if 0x80 <= r && r < 0xa0 { // the five bytes that have no letter there
			b, ok = byte(r), true
		}
		if at += size; !ok || b < 0x80 {
			return "", ""
		}
		was = append(was, b)
		if utf8.FullRune(was) {
			if meant, n := utf8.DecodeRune(was); meant != utf8.RuneError && n == len(was) {
				return string(text[:at]), string(meant)
			}
			return "", ""
		}
	}
	return "", ""
}

// joined removes joiners, U+200D, unless they follow a picture: between letters they are invisible.
func joined(text []byte) []byte {
	const joiner = "\u200d"
	if !bytes.Contains(text, []byte(joiner)) {
		return text
	}
	var b strings.Builder
	last := rune(0)
	for _, r := range string(text) {
		if r != 0x200d || last >= 0x2000 {
			b.WriteRune(r)
		}
		last = r
	}
	return []byte(b.String())
}
