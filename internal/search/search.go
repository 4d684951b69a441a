// Package search decides by which words a record is found: the words of a text that is kept
// ([Words]), and the words that somebody types to look for it ([Sought]). Both are folded by
// [form.Fold], so accents and capitals do not matter. [record.Store] finds a word by its beginning.
package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"traininghub/internal/form"
	"traininghub/internal/record"
)

// common are words that most practices' names have: they would find half of all applications.
var common = strings.Fields("and center centre dr group health house medical of practice surgery the")

// Words returns the words by which a text is found, folded by [form.Fold], each once. An email
// address and a telephone number are kept whole. A word with an apostrophe is found without the
// apostrophe, and also by its parts.
func Words(text string) []string {
	if number := dialled(text); number != "" {
		return []string{number}
	}
	var all []string
	for _, word := range strings.Fields(form.Fold(text)) {
		if strings.Contains(word, "@") {
			all = append(all, word)
			continue
		}
		parts := strings.FieldsFunc(word, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
		})
		for _, part := range parts {
			some := strings.FieldsFunc(part, func(r rune) bool { return r == '\'' })
			all = append(all, some...)
			if len(some) > 1 {
				all = append(all, strings.Join(some, ""))
			}
		}
	}
	for i, word := range all {
		for len(word) > record.MaxWord {
			_, last := utf8.DecodeLastRuneInString(word)
			word = word[:len(word)-last]
		}
		all[i] = word
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Sought returns the words by which to look for what somebody typed. Common words are left out if
// there are others. A word with an apostrophe is looked for without the apostrophe only.
func Sought(text string) []string {
	var all []string
	for _, word := range strings.Fields(text) {
		if dialled(text) == "" && !strings.Contains(word, "@") {
			word = strings.ReplaceAll(form.Fold(word), "'", "")
		}
		all = append(all, word)
	}
	words := Words(strings.Join(all, " "))
	if some := Telling(slices.Clone(words)); len(some) > 0 {
		return some
	}
	return words
}

// Telling leaves out the common words.
func Telling(words []string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return slices.Contains(common, w) })
}

// dialled is a telephone number as it is dialled in the UK, however it is written; "" if the text
// is not one.
func dialled(text string) string {
	number := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ()-.\u00a0\u2011", r) {
			return -1
		}
		return r
	}, strings.Replace(text, "(0)", "", 1))
	for _, abroad := range []string{"+44", "0044"} {
		if rest, ok := strings.CutPrefix(number, abroad); ok {
			number = "0" + rest
		}
	}
	digits := strings.TrimPrefix(number, "+")
	if len(digits) < 6 || len(digits) > 20 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return digits
}
