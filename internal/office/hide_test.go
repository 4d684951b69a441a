package office

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// What is hidden cannot be worked out from what is shown. The reader of this test knows the sums,
// knows that hidden counts are at least 1, and goes through all tables that fit.
func TestHide(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	tables, hidden := 0, 0
	for range 250 {
		// 0 is the sum of 1 and 2, and also of 3 to 5; 2 is the sum of 6 to 8.
		sums := [][]int{{0, 1, 2}, {0, 3, 4, 5}, {2, 6, 7, 8}}
		n := make([]int, 9)
		small := func() int { return []int{0, 0, 1, 1, 2, 3, 4, 5, 6, 9}[random.IntN(10)] }
		n[6], n[7], n[8], n[1] = small(), small(), small(), small()
		n[2] = n[6] + n[7] + n[8]
		n[0] = n[1] + n[2]
		n[3] = random.IntN(n[0] + 1)
		n[4] = random.IntN(n[0] - n[3] + 1)
		n[5] = n[0] - n[3] - n[4]
		figures := make([]Figure, 9)
		for i := range n {
			figures[i].N = n[i]
		}
		hideAll(figures, sums)
		tables++
		// The reader goes through every table: a range for each figure.
		const most = 40
		possible := make([]map[int]bool, 9)
		for i := range possible {
			possible[i] = map[int]bool{}
		}
		from := func(i int) (low, high int) {
			if figures[i].Hidden {
				return 1, most
			}
			return n[i], n[i]
		}
		fits := func(i, v int) bool { low, high := from(i); return low <= v && v <= high }
		// For each total, what its parts can be.
		parts := func(total int, of []int, note bool) bool {
			found := false
			var try func(k, left int, chosen []int)
			try = func(k, left int, chosen []int) {
				if k == len(of)-1 {
					if fits(of[k], left) {
						found = true
						if note {
							for j, v := range append(chosen, left) {
								possible[of[j]][v] = true
							}
						}
					}
					return
				}
				low, high := from(of[k])
				for v := low; v <= min(high, left); v++ {
					try(k+1, left-v, append(slices.Clone(chosen), v))
				}
			}
			try(0, total, nil)
			return found
		}
		low, high := from(0)
		for total := low; total <= high; total++ {
			if !parts(total, []int{3, 4, 5}, false) {
				continue
			}
			for two := 0; two <= total; two++ {
				if fits(2, two) && fits(1, total-two) && parts(two, []int{6, 7, 8}, false) {
					possible[0][total], possible[1][total-two], possible[2][two] = true, true, true
					parts(two, []int{6, 7, 8}, true)
					parts(total, []int{3, 4, 5}, true)
				}
			}
		}
		for i, f := range figures {
			if !f.Hidden {
				if f.N > 0 && f.N < 5 {
					t.Fatalf("%v: %d is shown", n, f.N)
				}
				continue
			}
			hidden++
			largest := 0
			for v := range possible[i] {
				largest = max(largest, v)
			}
			if f.N < 5 && (len(possible[i]) < 2 || largest < 5) {
				t.Fatalf("of %v, shown %v: figure %d can only be %v", n, figures, i, possible[i])
			}
		}
	}
	if tables < 250 || hidden < 250 {
		t.Errorf("%d tables with %d hidden figures try too little", tables, hidden)
	}
	only := []Figure{{N: 50}, {N: 20}, {N: 30}}
	hideAll(only, [][]int{{0, 1, 2}})
	if fmt.Sprint(only) != "[50 20 30]" {
		t.Errorf("nothing to hide, and hidden is %v", only)
	}
	one := []Figure{{N: 60}, {N: 3}, {N: 20}, {N: 37}, {N: 0}}
	hideAll(one, [][]int{{0, 1, 2, 3, 4}})
	if fmt.Sprint(one) != "[60 hidden hidden 37 0]" {
		t.Errorf("next to 3, the next smallest is hidden: %v", one)
	}
}

// hideAll hides parts of totals, each the sum of its parts: sums[i][0] is the total's index, the
// others those of its parts.
func hideAll(figures []Figure, sums [][]int) {
	var all []Sum
	for _, s := range sums {
		one := Sum{Total: &figures[s[0]]}
		for _, i := range s[1:] {
			one.Parts = append(one.Parts, &figures[i])
		}
		all = append(all, one)
	}
	Hide(all)
}

// What somebody typed is never taken for the hub's own word.
func TestTextLikeNotAsked(t *testing.T) {
	if got := text(NotAsked); got != "'"+NotAsked {
		t.Errorf("%q becomes %q", NotAsked, got)
	}
}
