package form

import (
	"slices"
	"strings"
	"unicode"
)

// People write one name in many ways: with and without a title, initials, a middle name, accents,
// hyphens, the surname first. Two functions compare names. [SameName] asks whether somebody of one
// name could sign with the other: it says no only if something speaks against it. [Namesakes] asks
// whether both names are one person's: it says yes only if enough speaks for it, since two doctors
// of one practice can share a surname and an initial.

// SameName tells whether two names can be the same person's: each word of the shorter name is in
// the other, or is an initial of a word there, and at least one whole word is in both.
func SameName(a, b string) bool {
	whole, all := shared(a, b)
	return all && whole > 0
}

// Namesakes tells whether two names are the same person's, as far as names can show: they have the
// same words, or share two whole words and nothing speaks against it.
func Namesakes(a, b string) bool {
	whole, all := shared(a, b)
	one := func(name string) string { return sound.Replace(strings.Join(nameWords(name), "")) }
	return all && (whole > 1 || one(a) == one(b))
}

// shared counts the whole words that two names share, and tells whether the longer one has all
// words of the shorter.
func shared(a, b string) (whole int, all bool) {
	x, y := nameWords(a), nameWords(b)
	if slices.Equal(x, y) {
		return len(x), len(x) > 0
	}
	x, y = joined(x, y), joined(y, x)
	if len(x) > len(y) {
		x, y = y, x
	}
	left := slices.Clone(y)
	take := func(fits func(word string) bool) bool {
		i := slices.IndexFunc(left, fits)
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
		return i >= 0
	}
	var rest []string
	for _, w := range x { // whole words first: an initial must not use one up
		if len([]rune(w)) > 1 && take(func(other string) bool { return other == w }) {
			whole++
		} else {
			rest = append(rest, w)
		}
	}
	for _, w := range rest {
		if !take(func(other string) bool { return initials(w, other) }) && !lettersOf(w, take) {
			return whole, false
		}
	}
	return whole, len(x) > 0
}

// initials tells whether one of two words is the first letter of the other.
func initials(a, b string) bool {
	if len([]rune(a)) > 1 {
		a, b = b, a
	}
	return len([]rune(a)) == 1 && strings.HasPrefix(b, a)
}

// lettersOf tells whether a short word is initials written together: "SM" for Siân Mair. It uses up
// the words that they stand for.
func lettersOf(word string, take func(func(string) bool) bool) bool {
	if n := len([]rune(word)); n < 2 || n > 3 {
		return false
	}
	for _, r := range word {
		if !take(func(other string) bool { return strings.HasPrefix(other, string(r)) }) {
			return false
		}
	}
	return true
}

// joined writes two words of a name as one if the other name does so: Mac Donald, Smith-Jones, Anne
// Marie.
func joined(words, other []string) []string {
	var all []string
	for i := 0; i < len(words); i++ {
		word := words[i]
		if i+1 < len(words) {
			if both := sound.Replace(word + words[i+1]); slices.Contains(other, both) {
				word = both
				i++
			}
		}
		all = append(all, word)
	}
	return all
}

// nameWords are the words that identify a person: the name without titles, and without the letters
// of degrees after a name of two words or more.
func nameWords(name string) []string {
	var all []string
	for w := range strings.FieldsFuncSeq(Fold(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\''
	}) {
		if w = sound.Replace(strings.ReplaceAll(w, "'", "")); w != "" {
			all = append(all, w)
		}
	}
	for i := len(all) - 1; i >= 0 && len(all) > 1; i-- {
		if w := all[i]; slices.Contains(titles, w) || i == 0 && slices.Contains(styles, w) {
			all = slices.Delete(all, i, i+1)
		}
	}
	for len(all) > 2 && slices.Contains(degrees, all[len(all)-1]) {
		all = all[:len(all)-1]
	}
	return all
}

// sound shortens the two letters by which a keyboard without umlauts writes one.
var sound = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

// Words that stand beside names: titles that are nobody's name, styles that can also be names, and
// the letters of degrees and honours.
var (
	titles  = strings.Fields("dr prof professor mr mrs")
	styles  = strings.Fields("doctor ms miss mx sir dame lord lady rev reverend")
	degrees = strings.Fields(`mbbs mbchb mbbch mbchir bmbs bmbch mb bs bch bao chb md dm mrcp mrcgp frcgp frcp mrcpch
		phd msc ba bsc ma mba obe mbe cbe jp dl dch drcog dfsrh gp`)
)
