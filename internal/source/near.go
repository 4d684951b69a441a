package source

import (
	"fmt"
	"slices"
	"strings"
)

// Nearest returns the word that is most like got, or "" if none is near: at most a third of its
// letters differ, and a swapped pair counts as one. Otherwise it is the only word that begins like
// got, as "describe" for "description", or that ends in it, as "clinical-sessions" for "sessions".
func Nearest(got string, words []string) string {
	got = strings.ToLower(got)
	best, least := "", len([]rune(got))/3+1
	var kin []string
	for _, w := range slices.Sorted(slices.Values(words)) {
		low := strings.ToLower(w)
		if d := distance(got, low); d <= least && (best == "" || d < least) {
			best, least = w, d
		}
		const alike = 6 // letters; fewer are chance
		if len(got) >= alike && len(low) >= alike && got[:alike] == low[:alike] ||
			got != "" && strings.HasSuffix(low, "-"+got) {
			kin = append(kin, w)
		}
	}
	if best == "" && len(kin) == 1 {
		best = kin[0]
	}
	return best
}

// mostListed is how many words a suggestion lists: nobody reads more.
const mostListed = 30

// Suggest says what to write instead of got: the nearest word, or a list of the words, cut short if
// there are many.
func Suggest(got string, words []string) string {
	if w := Nearest(got, words); w != "" {
		return fmt.Sprintf("did you mean %q?", w)
	}
	if len(words) == 0 {
		return "remove it"
	}
	words = slices.Sorted(slices.Values(words))
	if n := len(words) - mostListed; n > 0 {
		return fmt.Sprintf("use one of: %s, or one of %d more", strings.Join(words[:mostListed], ", "), n)
	}
	return "use one of: " + strings.Join(words, ", ")
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
