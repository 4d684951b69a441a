package match

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// cheapest tries every answer.
func cheapest(p *Problem) int64 {
	used := make([]int, len(p.Places))
	var from func(ask int) int64
	from = func(ask int) int64 {
		if ask == len(p.Asks) {
			return 0
		}
		best := p.Unmatched[ask] + from(ask+1)
		for _, e := range p.Asks[ask] {
			if k := used[e.Mentor]; k < len(p.Places[e.Mentor]) {
				used[e.Mentor]++
				best = min(best, e.Cost+p.Places[e.Mentor][k]+from(ask+1))
				used[e.Mentor]--
			}
		}
		return best
	}
	return from(0)
}

// cost computes an answer's cost again; it fails if the answer breaks a rule.
func cost(t *testing.T, p *Problem, to []int) (total int64) {
	t.Helper()
	used := make([]int, len(p.Places))
	for ask, m := range to {
		if m == -1 {
			total += p.Unmatched[ask]
			continue
		}
		i := slices.IndexFunc(p.Asks[ask], func(e Edge) bool { return e.Mentor == m })
		if i < 0 {
			t.Fatalf("%d goes to mentor %d, who is not possible: %+v", ask, m, p)
		}
		if used[m] == len(p.Places[m]) {
			t.Fatalf("mentor %d has more people than places: %+v", m, p)
		}
		total += p.Asks[ask][i].Cost + p.Places[m][used[m]]
		used[m]++
	}
	return total
}

// small makes a problem small enough to try every answer. It may have costs below 0 and mentors
// without a place.
func small(r *rand.Rand) *Problem {
	p := &Problem{}
	for range 1 + r.IntN(4) {
		places := make([]int64, r.IntN(4))
		for j := range places {
			places[j] = r.Int64N(30) - 10
		}
		slices.Sort(places)
		p.Places = append(p.Places, places)
	}
	share := 20 + r.IntN(80)
	for range 1 + r.IntN(7) {
		var edges []Edge
		for m := range p.Places {
			if r.IntN(100) < share {
				edges = append(edges, Edge{m, r.Int64N(60) - 10})
			}
		}
		p.Asks = append(p.Asks, edges)
		p.Unmatched = append(p.Unmatched, r.Int64N(200))
	}
	return p
}

func TestSolveIsCheapest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		p := small(r)
		got := Solve(p)
		if want := cheapest(p); got.Total != want {
			t.Fatalf("got %d, want %d: %+v", got.Total, want, p)
		}
		if again := cost(t, p, got.To); again != got.Total {
			t.Fatalf("the answer costs %d and says %d: %+v", again, got.Total, p)
		}
	}
}

// Another mentor, place or edge never makes an answer more expensive.
func TestSolveMoreIsNeverDearer(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 3_000 {
		p := small(r)
		was := Solve(p).Total
		more := *p
		more.Places = append(slices.Clone(p.Places), []int64{0})
		more.Asks = slices.Clone(p.Asks)
		ask := r.IntN(len(p.Asks))
		more.Asks[ask] = append(slices.Clone(p.Asks[ask]), Edge{len(p.Places), 5})
		if is := Solve(&more).Total; is > was {
			t.Fatalf("with one more mentor %d, without %d: %+v", is, was, p)
		}
	}
}

// The order in which people and mentors are listed does not change the total.
func TestSolveOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3_000 {
		p := small(r)
		asks, mentors := r.Perm(len(p.Asks)), r.Perm(len(p.Places))
		q := &Problem{Asks: make([][]Edge, len(p.Asks)), Unmatched: make([]int64, len(p.Asks)), Places: make([][]int64, len(p.Places))}
		for i, to := range asks {
			q.Unmatched[to] = p.Unmatched[i]
			for _, e := range p.Asks[i] {
				q.Asks[to] = append(q.Asks[to], Edge{mentors[e.Mentor], e.Cost})
			}
		}
		for m, to := range mentors {
			q.Places[to] = p.Places[m]
		}
		if a, b := Solve(p).Total, Solve(q).Total; a != b {
			t.Fatalf("%d, and %d in another order: %+v", a, b, p)
		}
	}
}

func TestSolveEdges(t *testing.T) {
	for _, c := range []struct{ name, problem, want string }{
		{"nobody asks", `{"asks":[],"unmatched":[],"places":[[0,1]]}`, `{"to":[],"total":0}`},
		{"no mentors", `{"asks":[[]],"unmatched":[7],"places":[]}`, `{"to":[-1],"total":7}`},
		{"a mentor without a place", `{"asks":[[{"mentor":0,"cost":1}]],"unmatched":[7],"places":[[]]}`, `{"to":[-1],"total":7}`},
		{"all full but one", `{"asks":[[{"mentor":1,"cost":1}],[{"mentor":1,"cost":2}]],"unmatched":[50,50],"places":[[],[3]]}`, `{"to":[1,-1],"total":54}`},
		{"to stay without is cheaper", `{"asks":[[{"mentor":0,"cost":9}]],"unmatched":[8],"places":[[0]]}`, `{"to":[-1],"total":8}`},
		{"one moves on", `{"asks":[[{"mentor":0,"cost":1},{"mentor":1,"cost":2}],[{"mentor":0,"cost":1}]],"unmatched":[99,99],"places":[[0],[0]]}`, `{"to":[1,0],"total":3}`},
		{"the example", `{"asks":[[{"mentor":0,"cost":30}]],"unmatched":[100000],"places":[[0,1,2]]}`, `{"to":[0],"total":30}`},
		{"the largest costs", `{"asks":[[{"mentor":0,"cost":-1000000000000}],[]],"unmatched":[1000000000000,1000000000000],"places":[[1000000000000]]}`, `{"to":[0,-1],"total":1000000000000}`},
	} {
		p, err := Read(strings.NewReader(c.problem))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, _ := json.Marshal(Solve(p)); string(got) != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{``, "this is not a JSON object"},
		{`[]`, "this is not a JSON object"},
		{`{"asks":[],"unmatched":[],"places":[]} {}`, "this is not a JSON object"},
		{`{"asks":[],"unmatched":[]}`, `"places" is missing`},
		{`{"asks":null,"unmatched":[],"places":[]}`, `"asks" is missing`},
		{`{"asks":[],"unmatched":[],"places":[],"people":[]}`, `there is no key "people"`},
		{`{"asks":[],"unmatched":[],"places":[],"Asks":[]}`, `there is no key "Asks"`},
		{`{"asks":[[{"mentor":0,"cost":1,"why":2}]],"unmatched":[1],"places":[[]]}`, `unknown field "why"`},
		{`{"asks":[[{"mentor":0}]],"unmatched":[1],"places":[[]]}`, "asks[0][0] needs a mentor and a cost"},
		{`{"asks":[[{"cost":0}]],"unmatched":[1],"places":[[]]}`, "asks[0][0] needs a mentor and a cost"},
		{`{"asks":[null],"unmatched":[1],"places":[[]]}`, "asks[0] is null"},
		{`{"asks":[[]],"unmatched":[null],"places":[[]]}`, "unmatched[0] is null"},
		{`{"asks":[[]],"unmatched":[1],"places":[null]}`, "places[0] is null"},
		{`{"asks":[[]],"unmatched":[1],"places":[[0,null]]}`, "places[0][1] is null"},
		{`{"asks":[[]],"unmatched":[1.5],"places":[]}`, "whole numbers"},
		{`{"asks":[[]],"unmatched":["1"],"places":[]}`, "whole numbers"},
		{`{"asks":[[]],"unmatched":[1e30],"places":[]}`, "whole numbers"},
		{`{"asks":[[]],"unmatched":[],"places":[]}`, "asks has 1 entries and unmatched 0"},
		{`{"asks":[[{"mentor":1,"cost":1}]],"unmatched":[1],"places":[[]]}`, "asks[0][0] names mentor 1: places has 1 entries"},
		{`{"asks":[[{"mentor":-1,"cost":1}]],"unmatched":[1],"places":[[]]}`, "asks[0][0] names mentor -1"},
		{`{"asks":[[{"mentor":0,"cost":1},{"mentor":0,"cost":2}]],"unmatched":[1],"places":[[]]}`, "a second time"},
		{`{"asks":[[{"mentor":0,"cost":1000000000001}]],"unmatched":[1],"places":[[]]}`, "costs go from"},
		{`{"asks":[[]],"unmatched":[-1000000000001],"places":[]}`, "costs go from"},
		{`{"asks":[],"unmatched":[],"places":[[1,0]]}`, "places[0][1] is 0, less than the place before it"},
	} {
		if _, err := Read(strings.NewReader(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.in, err, c.want)
		}
	}
}
