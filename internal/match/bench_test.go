package match

import (
	"math/rand/v2"
	"runtime"
	"testing"
)

// national is a scheme with 600 mentors with 4 to 8 places in 42 areas, and 3,000 people with 60
// possible mentors each.
func national() *Problem {
	r := rand.New(rand.NewPCG(7, 7))
	p := &Problem{}
	areas := make([][]int, 42)
	for m := range 600 {
		places := make([]int64, 4+r.IntN(5))
		for k := 4; k < len(places); k++ {
			places[k] = int64(k-3) * 5
		}
		p.Places = append(p.Places, places)
		area := r.IntN(len(areas))
		areas[area] = append(areas[area], m)
	}
	for range 3_000 {
		seen := map[int]bool{}
		var edges []Edge
		add := func(m int, cost int64) {
			if !seen[m] {
				seen[m] = true
				edges = append(edges, Edge{m, cost})
			}
		}
		for _, m := range areas[r.IntN(len(areas))] {
			add(m, r.Int64N(100))
		}
		for len(edges) < 60 {
			add(r.IntN(600), 100+r.Int64N(200))
		}
		p.Asks = append(p.Asks, edges)
		p.Unmatched = append(p.Unmatched, []int64{10_000_000, 10_000_000_000}[r.IntN(2)])
	}
	return p
}

// The goals, on 2 cores: a hub 20 ms, a system of 100 mentors 150 ms, the nation 1 s and 150 MB.
func BenchmarkSuggest(b *testing.B) {
	for _, size := range []struct {
		name          string
		mentors, asks int
	}{{"hub 30 by 170", 30, 170}, {"system 100 by 650", 100, 650}} {
		b.Run(size.name, func(b *testing.B) {
			people, register := hub(rand.New(rand.NewPCG(1, 1)), size.mentors, size.asks)
			for b.Loop() {
				Suggest(people, register, testCosts)
			}
		})
	}
}

func BenchmarkSolveNational(b *testing.B) {
	p := national()
	b.ReportAllocs()
	for b.Loop() {
		Solve(p)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/1e6, "MB-of-the-process")
}
