package match

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

var testCosts = Costs{
	Focus: []int64{40, 25, 10}, NoTime: 50, Wish: 30, Area: 15, Day: 1_000,
	Places: []int64{0, 0, 0, 0, 10, 20, 30}, Without: []int64{10_000_000_000, 10_000_000},
	Travel: map[[2]string]int64{{"derby", "nottingham"}: 30, {"lincoln", "nottingham"}: 60},
}

// hub makes a training hub with so many mentors and people who ask: six in ten are fellows.
func hub(r *rand.Rand, mentors, asks int) (people []Ask, register []Mentor) {
	areas, times := []string{"derby", "nottingham", "lincoln"}, []string{"Monday evenings", "Tuesday evenings", "Wednesdays"}
	focus := []string{"partnership", "work and life", "research", "leadership", "returning"}
	some := func(from []string, n int) (picked []string) {
		for _, i := range r.Perm(len(from))[:n] {
			picked = append(picked, from[i])
		}
		return picked
	}
	for i := range mentors {
		register = append(register, Mentor{
			ID: fmt.Sprintf("M-%03d", i), Most: 4 + r.IntN(5), Has: r.IntN(3), Away: r.IntN(20) == 0,
			Roles: []string{"gp"}, Cohorts: []string{"fellow", "partner"}, Areas: some(areas, 1), Focus: some(focus, 3),
			Ways: []string{Online, "in-person"}, Times: some(times, 2), Practices: []string{fmt.Sprintf("practice %d", r.IntN(40))},
		})
	}
	for i := range asks {
		a := Ask{
			ID: fmt.Sprintf("R-%04d", i), Tier: 1, Waited: r.IntN(30), Role: "gp", Cohort: "fellow", Area: some(areas, 1)[0],
			Focus: some(focus, 2), Ways: []string{Online, "in-person"}, Times: some(times, 1), Practices: []string{fmt.Sprintf("practice %d", r.IntN(40))},
		}
		if r.IntN(10) >= 6 {
			a.Tier, a.Cohort = 2, "partner"
		}
		if r.IntN(10) < 4 { // near only
			a.Ways, a.MaxTravel = []string{"in-person"}, 30
		}
		people = append(people, a)
	}
	return people, register
}

func TestSuggestExplains(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 100 {
		people, register := hub(r, 5+r.IntN(10), 20+r.IntN(40))
		got := Suggest(people, register, testCosts)
		var total int64
		has := map[string]int{}
		for _, s := range got.Suggestions {
			if s.Cost != sum(s.Reasons) {
				t.Fatalf("%s: the reasons do not sum to %d: %+v", s.Ask, s.Cost, s.Reasons)
			}
			if len(s.Next) > 2 || slices.ContainsFunc(s.Next, func(o Option) bool { return o.Mentor == s.Mentor }) {
				t.Fatalf("%s: the next best are %+v", s.Ask, s.Next)
			}
			has[s.Mentor]++
			total += s.Cost
		}
		for _, w := range got.Without {
			n := 0
			for _, c := range w.Reasons {
				n += c.Mentors
			}
			if n != len(register) {
				t.Fatalf("%s: %d of %d mentors are explained: %+v", w.Ask, n, len(register), w.Reasons)
			}
			total += w.Cost
		}
		if total != got.Total || len(got.Suggestions)+len(got.Without) != len(people) {
			t.Fatalf("total %d, reckoned %d", got.Total, total)
		}
		for _, m := range register {
			if has[m.ID] > max(0, m.Most-m.Has) || m.Away && has[m.ID] > 0 {
				t.Fatalf("%s has room for %d and gets %d", m.ID, m.Most-m.Has, has[m.ID])
			}
		}
	}
}

// The same people and mentors in another order get the same suggestions.
func TestSuggestOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 50 {
		people, register := hub(r, 8, 40)
		want := Suggest(people, register, testCosts)
		r.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
		r.Shuffle(len(register), func(i, j int) { register[i], register[j] = register[j], register[i] })
		if got := Suggest(people, register, testCosts); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
	}
}

// most is how many of the people could have a mentor at all, by augmenting paths.
func most(people []Ask, register []Mentor) (n int) {
	taken := map[int][]int{}
	var place func(i int, seen map[int]bool) bool
	place = func(i int, seen map[int]bool) bool {
		for m := range register {
			if seen[m] || barred(&people[i], &register[m], testCosts) != "" {
				continue
			}
			seen[m] = true
			if len(taken[m]) < register[m].Most-register[m].Has {
				taken[m] = append(taken[m], i)
				return true
			}
			for k, other := range taken[m] {
				if place(other, seen) {
					taken[m][k] = i
					return true
				}
			}
		}
		return false
	}
	for i := range people {
		if place(i, map[int]bool{}) {
			n++
		}
	}
	return n
}

// As many people as possible have a mentor, and as many of the first tier as if it were alone.
func TestSuggestPlacesTheMost(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 100 {
		people, register := hub(r, 2+r.IntN(8), 40)
		for i := range people {
			people[i].Waited = 0
		}
		first := slices.DeleteFunc(slices.Clone(people), func(a Ask) bool { return a.Tier != 1 })
		tier := map[string]int{}
		for _, a := range people {
			tier[a.ID] = a.Tier
		}
		got, placedFirst := Suggest(people, register, testCosts), 0
		for _, s := range got.Suggestions {
			if tier[s.Ask] == 1 {
				placedFirst++
			}
		}
		if want := most(people, register); len(got.Suggestions) != want {
			t.Fatalf("%d have a mentor, %d could", len(got.Suggestions), want)
		}
		if want := most(first, register); placedFirst != want {
			t.Fatalf("%d of the first tier have a mentor, %d could", placedFirst, want)
		}
	}
}

// Each unbreakable rule, alone.
func TestSuggestNever(t *testing.T) {
	ask := Ask{ID: "R-1", Tier: 1, Role: "gp", Cohort: "fellow", Area: "derby", Ways: []string{"in-person"}, Practices: []string{"P1"}, Network: "N1"}
	mentor := Mentor{
		ID: "M-1", Most: 4, Roles: []string{"gp"}, Cohorts: []string{"fellow"}, Areas: []string{"nottingham"},
		Ways: []string{"in-person"}, Practices: []string{"P2"}, Network: "N1",
	}
	for _, c := range []struct {
		name   string
		change func(*Ask, *Mentor)
		want   string
	}{
		{"nothing in the way", func(*Ask, *Mentor) {}, ""},
		{"role", func(a *Ask, _ *Mentor) { a.Role = "nurse" }, notTheirRole},
		{"cohort", func(_ *Ask, m *Mentor) { m.Cohorts = nil }, notTheirRole},
		{"excluded by either side", func(a *Ask, _ *Mentor) { a.Never = []string{"M-1"} }, conflict},
		{"same practice", func(a *Ask, _ *Mentor) { a.Practices = []string{"P9", "P2"} }, conflict},
		{"same network, and they mind", func(a *Ask, _ *Mentor) { a.NotNetwork = true }, conflict},
		{"networks that nobody knows", func(a *Ask, m *Mentor) { a.NotNetwork, a.Network, m.Network = true, "", "" }, ""},
		{"away", func(_ *Ask, m *Mentor) { m.Away = true }, awayNow},
		{"no way to meet", func(_ *Ask, m *Mentor) { m.Ways = []string{Online} }, cannotMeet},
		{"too far", func(a *Ask, _ *Mentor) { a.MaxTravel = 29 }, tooFar},
		{"just near enough", func(a *Ask, _ *Mentor) { a.MaxTravel = 30 }, ""},
		{"a must", func(a *Ask, _ *Mentor) { a.Wishes = []Wish{{"partner", true}} }, lacksExperience},
		{"a wish", func(a *Ask, _ *Mentor) { a.Wishes = []Wish{{"partner", false}} }, ""},
		{"full", func(_ *Ask, m *Mentor) { m.Has = 4 }, isFull},
		{"lowered below what they have", func(_ *Ask, m *Mentor) { m.Most, m.Has = 2, 3 }, isFull},
		{"takes nobody", func(_ *Ask, m *Mentor) { m.Most = 0 }, isFull},
	} {
		a, m := ask, mentor
		c.change(&a, &m)
		got := Suggest([]Ask{a}, []Mentor{m}, testCosts)
		if c.want == "" {
			if len(got.Suggestions) != 1 {
				t.Errorf("%s: nobody is suggested: %+v", c.name, got.Without)
			}
			continue
		}
		if len(got.Without) != 1 || !slices.Equal(got.Without[0].Reasons, []Count{{c.want, 1}}) {
			t.Errorf("%s: got %+v, want nobody since the mentors %s", c.name, got, c.want)
		}
	}
}

func TestSuggestWords(t *testing.T) {
	people := []Ask{
		{ID: "R-1", Tier: 1, Role: "gp", Area: "derby", Focus: []string{"partnership", "research", "leadership"}, Ways: []string{"in-person"}, Times: []string{"Mondays"}, Wishes: []Wish{{"partner", false}, {"locum", false}}},
		{ID: "R-2", Tier: 1, Role: "gp", Ways: []string{Online}},
	}
	register := []Mentor{{
		ID: "M-1", Most: 6, Has: 4, Roles: []string{"gp"}, Areas: []string{"nottingham"}, Focus: []string{"leadership", "partnership"},
		Ways: []string{Online, "in-person"}, Times: []string{"Tuesdays"}, Offers: []string{"partner"},
	}}
	got := Suggest(people, register, testCosts)
	want := []Reason{
		{"focuses on partnership and leadership", 0}, {"does not focus on research", 25}, {"30 minutes away", 30},
		{"no time in common", 50}, {"has experience as partner", 0}, {"has no experience as locum", 30}, {"from another area", 15},
		{"has 4 people already", 10},
	}
	if !slices.Equal(got.Suggestions[0].Reasons, want) {
		t.Errorf("got %+v\nwant %+v", got.Suggestions[0].Reasons, want)
	}
	if want := []Reason{{"can meet online", 0}, {"has 5 people already", 20}}; !slices.Equal(got.Suggestions[1].Reasons, want) {
		t.Errorf("got %+v\nwant %+v", got.Suggestions[1].Reasons, want)
	}
}
