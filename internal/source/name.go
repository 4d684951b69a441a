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

// A letter can be typed in two ways: "é" is one character on most keyboards, but in file names from
// a Mac it is "e" followed by an accent. An address can have either, or "%C3%A9". People see no
// difference, but computers do. So files are read with each letter as one character where there is
// one (Unicode's NFC), and addresses are compared as Spelled returns them.

// Spelled is an address in the spelling that is used to compare addresses: letters instead of
// percent escapes, and each letter as one character. An address that cannot be decoded is returned
// unchanged.
func Spelled(address string) string {
	if strings.IndexByte(address, '%') >= 0 {
		if plain, err := url.PathUnescape(address); err == nil {
			address = plain
		}
	}
	return norm.NFC.String(address)
}

// Composed is an equivalent address in which letters beyond ASCII are spelled as files are read.
// Other percent escapes stay: "%23" is not "#".
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

// escapes are percent escapes of bytes beyond ASCII.
var escapes = pattern.Of(`(?:%[89A-Fa-f][0-9A-Fa-f])+`)

// IsName tells whether text has only small letters, digits and hyphens, like the names of files and
// facts, so that it can be a part of any address and of any key.
func IsName(text string) bool { return nameForm().MatchString(text) }

var nameForm = pattern.Of(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// plainLetters maps letters without a separable accent to what people write instead.
var plainLetters = strings.NewReplacer("ł", "l", "ø", "o", "ß", "ss", "æ", "ae", "œ", "oe", "đ", "d", "ð", "d", "þ",
	"th", "ı", "i", "'", "", "’", "")

// Name makes a name from text: "Café & Łódź" is "cafe-lodz"; "" if nothing is left.
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

// NameDo says what to do about a file whose name is not a name by [IsName].
func NameDo(file string) string {
	const form = "with small letters, figures and hyphens"
	ending := path.Ext(file)
	if name := Name(strings.TrimSuffix(path.Base(file), ending)); name != "" {
		return fmt.Sprintf("name it %q, %s", name+strings.ToLower(ending), form)
	}
	return "name it " + form
}
