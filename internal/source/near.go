package source

import (
	"fmt"
	"slices"
	"strings"
)

// Nearest returns the word that is most like got, or "" if none is near: at most a third of its
// letters differ, and a swapped pair counts as one.
func Nearest(got string, words []string) string {
	best, least := "", len([]rune(got))/3+1
	for _, w := range slices.Sorted(slices.Values(words)) {
		if d := distance(strings.ToLower(got), strings.ToLower(w)); d <= least && (best == "" || d < least) {
			best, least = w, d
		}
	}
	return best
}

// Suggest says what to write instead of got: the nearest word, or a list of all words.
func Suggest(got string, words []string) string {
	if w := Nearest(got, words); w != "" {
		return fmt.Sprintf("did you mean %q?", w)
	}
	if len(words) == 0 {
		return "remove it"
	}
	return "use one of: " + strings.Join(slices.Sorted(slices.Values(words)), ", ")
}

// distance is the optimal string alignment distance: letters added, dropped, changed or swapped.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range t {
		rows[0][j+1] = j + 1
	}
	for i, x := range s {
		for j, y := range t {
			cost := 1
			if x == y {
				cost = 0
			}
			d := min(rows[i][j+1]+1, rows[i+1][j]+1, rows[i][j]+cost)
			if i > 0 && j > 0 && x == t[j-1] && s[i-1] == y {
				d = min(d, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = d
		}
	}
	return rows[len(s)][len(t)]
}
