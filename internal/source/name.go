package source

import (
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"traininghub/internal/pattern"
)

// One letter can be typed in two ways: "é" is one character on most keyboards, and "e" with an
// accent behind it in file names from a Mac. An address can have either, or "%C3%A9". Nobody sees
// the difference, and computers do. So files are read with each letter as one character where there
// is one (Unicode's NFC), and addresses are compared as Spelled gives them.

// Spelled is an address in the one spelling in which addresses are compared: letters in the place
// of percent signs, and each letter as one character. An address that cannot be read so stays.
func Spelled(address string) string {
	if strings.IndexByte(address, '%') >= 0 {
		if plain, err := url.PathUnescape(address); err == nil {
			address = plain
		}
	}
	return norm.NFC.String(address)
}

// Composed is an address that browsers take for the same place, with its letters beyond ASCII
// spelled as files are read. Other percent signs stay: "%23" is not "#".
func Composed(address string) string {
	if strings.IndexByte(address, '%') < 0 {
		return norm.NFC.String(address)
	}
	return norm.NFC.String(escapes().ReplaceAllStringFunc(address, func(typed string) string {
		if plain, err := url.PathUnescape(typed); err == nil {
			return strings.ToValidUTF8(plain, typed)
		}
		return typed
	}))
}

// escapes are bytes beyond ASCII behind percent signs.
var escapes = pattern.Of(`(?:%[89A-Fa-f][0-9A-Fa-f])+`)

// IsName tells whether text has small letters, figures and hyphens alone, as names of files and
// facts do: it can be a part of any address, and of any key.
func IsName(text string) bool { return nameForm().MatchString(text) }

var nameForm = pattern.Of(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// plainLetters are those that are no letter with an accent, by what people write without them.
var plainLetters = strings.NewReplacer("ł", "l", "ø", "o", "ß", "ss", "æ", "ae", "œ", "oe", "đ", "d", "ð", "d", "þ",
	"th", "ı", "i", "'", "", "’", "")

// Name makes a name of text: "Café & Łódź" is "cafe-lodz"; "" if nothing is left.
func Name(text string) string {
	plain := plainLetters.Replace(strings.ToLower(norm.NFC.String(text)))
	words := strings.FieldsFunc(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(plain)), func(r rune) bool { return !(r < 0x80 && inKey(byte(r))) || r == '_' || r == '.' })
	return strings.Trim(strings.Join(words, "-"), "-")
}

// NameDo says what to do about a file whose name is none.
func NameDo(file string) string {
	const form = "with small letters, figures and hyphens"
	ending := path.Ext(file)
	if name := Name(strings.TrimSuffix(path.Base(file), ending)); name != "" {
		return fmt.Sprintf("name it %q, %s", name+strings.ToLower(ending), form)
	}
	return "name it " + form
}
