package pdf

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// visual puts the characters of a line in their order on the page, from left to right. Hebrew and
// Arabic are reversed, but not the numbers in them. This is the part of Unicode's bidirectional
// algorithm (UAX 9) that English text with a few such names needs. Marks that force a direction
// have already been dropped.
func visual(s string) string {
	if !strings.ContainsFunc(s, rightToLeft) {
		return s
	}
	all := []rune(s)
	var out []rune
	for i := 0; i < len(all); {
		if !rightToLeft(all[i]) {
			out = append(out, all[i])
			i++
			continue
		}
		// The part to reverse ends with the last Hebrew or Arabic letter, or number, before a
		// letter of another script.
		end := i + 1
		for k := end; k < len(all) && class(all[k]) != bidi.L; k++ {
			if c := class(all[k]); rightToLeft(all[k]) || c == bidi.NSM || c == bidi.EN || c == bidi.AN {
				end = k + 1
			}
		}
		out = append(out, turn(all[i:end])...)
		i = end
	}
	return string(out)
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

func rightToLeft(r rune) bool {
	c := class(r)
	return r >= 0x590 && (c == bidi.R || c == bidi.AL)
}

// turn reverses characters. Marks still follow their letter, and numbers stay as they are.
func turn(s []rune) []rune {
	out := make([]rune, 0, len(s))
	for end := len(s); end > 0; {
		from := end - 1
		switch number := func(r rune) bool { c := class(r); return c == bidi.EN || c == bidi.AN }; {
		case class(s[from]) == bidi.NSM:
			for from > 0 && class(s[from]) == bidi.NSM {
				from--
			}
		case number(s[from]):
			inside := func(i int) bool { return strings.ContainsRune(".,:/", s[i]) && i > 0 && number(s[i-1]) }
			for from > 0 && (number(s[from-1]) || inside(from-1)) {
				from--
			}
		default:
			if mirrored := strings.IndexRune("()[]{}<>«»", s[from]); mirrored >= 0 {
				out = append(out, []rune(bidi.ReverseString(string(s[from])))...)
				end = from
				continue
			}
		}
		out = append(out, s[from:end]...)
		end = from
	}
	return out
}

// arabic has the forms of each Arabic letter. There are up to four: alone, and at the end, the
// beginning and the middle of letters that join. Unicode has them as characters, in the order of
// the letters.
var arabic = arabicForms()

type forms struct {
	alone rune
	n     rune // 1: does not join; 2: joins to the right only; 4: joins on both sides
}

func arabicForms() map[rune]forms {
	m := map[rune]forms{ // of Persian and Urdu
		'پ': {0xfb56, 4}, 'ٹ': {0xfb66, 4}, 'چ': {0xfb7a, 4}, 'ڈ': {0xfb88, 2}, 'ژ': {0xfb8a, 2},
		'ڑ': {0xfb8c, 2}, 'ک': {0xfb8e, 4},
		'گ': {0xfb92, 4}, 'ں': {0xfb9e, 2}, 'ہ': {0xfba6, 4}, 'ھ': {0xfbaa, 4}, 'ے': {0xfbae, 2}, 'ی': {0xfbfc, 4},
	}
	at := rune(0xfe80)
	letter := func(first rune, counts string) {
		for i, n := range counts {
			m[first+rune(i)] = forms{at, n - '0'}
			at += n - '0'
		}
	}
	letter('ء', "12222424244444222244444444")
	letter('ف', "4444444224")
	return m
}

// join gives each Arabic letter the form that its neighbours ask for.
func join(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Arabic, r) }) {
		return s
	}
	all := []rune(s)
	// neighbour is the next letter in a direction, ignoring marks.
	neighbour := func(i, step int) rune {
		for i += step; i >= 0 && i < len(all) && class(all[i]) == bidi.NSM; i += step {
		}
		if i < 0 || i >= len(all) {
			return 0
		}
		return all[i]
	}
	const stretch = 'ـ'
	out := make([]rune, 0, len(all))
	for i := 0; i < len(all); i++ {
		r := all[i]
		f, ok := arabic[r]
		if !ok {
			out = append(out, r)
			continue
		}
		before, after := neighbour(i, -1), neighbour(i, 1)
		joinsBefore := f.n > 1 && (arabic[before].n == 4 || before == stretch)
		joinsAfter := f.n == 4 && (arabic[after].n > 1 || after == stretch)
		// Lam and alef become one sign.
		if k := slices.Index([]rune("آأإا"), after); r == 'ل' && k >= 0 && i+1 < len(all) && all[i+1] == after {
			form := 0xfef5 + 2*rune(k)
			if joinsBefore {
				form++
			}
			out = append(out, form)
			i++
			continue
		}
		form := f.alone
		switch {
		case joinsBefore && joinsAfter:
			form += 3
		case joinsAfter:
			form += 2
		case joinsBefore:
			form++
		}
		out = append(out, form)
	}
	return string(out)
}

// plainForms undoes join.
func plainForms(s string) string {
	if !strings.ContainsFunc(s, presented) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if presented(r) {
			b.WriteString(norm.NFKC.String(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// presented tells whether r is a form of an Arabic letter.
func presented(r rune) bool { return 0xfb50 <= r && r <= 0xfbff || 0xfe80 <= r && r <= 0xfefc }
