package match

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Ask is what matching knows of somebody who asks for a mentor. ID is a reference; practices,
// areas and so on are editors' ids. An empty field asks for nothing.
type Ask struct {
	ID     string
	Tier   int // 1 is served first, then 2, ...
	Waited int // working days since they asked

	Role, Cohort string   // the mentor must take people of this role and, if set, of this cohort
	Area         string   // where they work
	Focus        []string // topics to think about, the most important first
	Ways         []string // acceptable ways of meeting: Online, or others such as "in-person"
	Times        []string // when they can meet
	MaxTravel    int      // minutes, one way; 0 for no limit
	Wishes       []Wish   // for the mentor's experience

	Practices  []string // now and in the last 5 years
	Network    string   // the primary care network of their practice
	NotNetwork bool     // they want no mentor of the same network
	Never      []string // mentors who are ruled out: named by either side, related, or an earlier pair
}

// A Wish is for an experience of the mentor, such as "partner".
type Wish struct {
	What string
	Must bool // otherwise only if possible
}

// A Mentor is what matching knows of a mentor on the register.
type Mentor struct {
	ID        string
	Away      bool // takes nobody new: paused, away for long, or supervision overdue
	Most      int  // the most people at once
	Has       int  // people they have, including open proposals; these never move
	Roles     []string
	Cohorts   []string
	Areas     []string // areas whose people they take at no extra cost
	Focus     []string
	Ways      []string
	Times     []string
	Offers    []string // experience that people can wish for
	Practices []string // now and in the last 5 years
	Network   string
}

// Online is the way of meeting without travel.
const Online = "online"

// Costs are the weights that editors set: whole numbers, 0 for what does not matter.
type Costs struct {
	Focus   []int64             // a focus that the mentor does not offer, by its rank
	Travel  map[[2]string]int64 // minutes between two areas, in either order
	NoTime  int64               // they have no time in common
	Wish    int64               // a missing experience that was wished for "if possible"
	Area    int64               // the mentor does not usually take people of the area
	Places  []int64             // a mentor's first person, second, ...; the last entry counts for all others
	Without []int64             // by tier: leaving somebody without; the last entry counts for all others
	Day     int64               // added to Without for each working day that somebody has waited
}

// A Result is what [Suggest] returns. Everybody who asks is either in Suggestions or in Without.
// Both are in the order of the asks' IDs.
type Result struct {
	Suggestions []Suggestion
	Without     []Without
	Total       int64 // cost of the suggestions and of those left without
}

// A Suggestion is one mentor for one person who asks.
type Suggestion struct {
	Ask, Mentor string
	Cost        int64    // the sum of the reasons
	Reasons     []Reason // why it is good, and what it costs
	Next        []Option // the two best other mentors with a free place, the better first
}

// A Reason is a line that explains a suggestion, in words that name nobody.
type Reason struct {
	Text string
	Cost int64 // 0 for an advantage
}

// An Option is another mentor, with the cost of the pair.
type Option struct {
	Mentor string
	Cost   int64
}

// Without is somebody for whom no mentor was found, with how many mentors were ruled out for each
// reason. It names nobody.
type Without struct {
	Ask     string
	Cost    int64
	Reasons []Count
}

// A Count is how many mentors are ruled out for a reason.
type Count struct {
	Text    string
	Mentors int
}

// The reasons that rule a mentor out, in the order in which they are checked. The first one that
// applies counts.
const (
	notTheirRole    = "do not take people of this role or group"
	conflict        = "are excluded"
	awayNow         = "take nobody at present"
	cannotMeet      = "cannot meet in a way that suits"
	tooFar          = "are too far away"
	lacksExperience = "do not have the experience that is needed"
	isFull          = "fit, but are full"
	goneToOthers    = "fit, but their places went to others"
)

var whyNot = []string{notTheirRole, conflict, awayNow, cannotMeet, tooFar, lacksExperience, isFull, goneToOthers}

// Suggest finds mentors for all who ask, at the least total cost.
func Suggest(asks []Ask, mentors []Mentor, costs Costs) Result {
	asks, mentors = sortedBy(asks, func(a Ask) string { return a.ID }), sortedBy(mentors, func(m Mentor) string { return m.ID })
	p := &Problem{Asks: make([][]Edge, len(asks)), Unmatched: make([]int64, len(asks)), Places: make([][]int64, len(mentors))}
	for m := range mentors {
		for k := mentors[m].Has; k < mentors[m].Most; k++ {
			p.Places[m] = append(p.Places[m], at(costs.Places, k))
		}
	}
	why := make([][]string, len(asks)) // by ask and mentor: why the pair is impossible; "" if it is possible
	for i := range asks {
		p.Unmatched[i] = at(costs.Without, asks[i].Tier-1) + costs.Day*int64(asks[i].Waited)
		why[i] = make([]string, len(mentors))
		for m := range mentors {
			if why[i][m] = barred(&asks[i], &mentors[m], costs); why[i][m] == "" {
				p.Asks[i] = append(p.Asks[i], Edge{m, sum(reasons(&asks[i], &mentors[m], costs))})
			}
		}
	}
	answer := Solve(p)
	result := Result{Total: answer.Total}
	used := make([]int, len(mentors))
	for _, m := range answer.To {
		if m != nobody {
			used[m]++
		}
	}
	given := make([]int, len(mentors))
	for i, m := range answer.To {
		if m == nobody {
			result.Without = append(result.Without, without(&asks[i], p.Unmatched[i], why[i]))
			continue
		}
		s := Suggestion{Ask: asks[i].ID, Mentor: mentors[m].ID, Reasons: reasons(&asks[i], &mentors[m], costs)}
		if place := p.Places[m][given[m]]; place != 0 {
			s.Reasons = append(s.Reasons, Reason{fmt.Sprintf("has %s already", people(mentors[m].Has+given[m])), place})
		}
		given[m]++
		s.Cost = sum(s.Reasons)
		for _, e := range p.Asks[i] {
			if e.Mentor != m && used[e.Mentor] < len(p.Places[e.Mentor]) {
				s.Next = append(s.Next, Option{mentors[e.Mentor].ID, e.Cost + p.Places[e.Mentor][used[e.Mentor]]})
			}
		}
		slices.SortStableFunc(s.Next, func(a, b Option) int { return cmp.Compare(a.Cost, b.Cost) })
		s.Next = s.Next[:min(2, len(s.Next))]
		result.Suggestions = append(result.Suggestions, s)
	}
	return result
}

// barred is why the pair is impossible, at any cost; "" if it is possible.
func barred(a *Ask, m *Mentor, costs Costs) string {
	switch {
	case !slices.Contains(m.Roles, a.Role) || a.Cohort != "" && !slices.Contains(m.Cohorts, a.Cohort):
		return notTheirRole
	case slices.Contains(a.Never, m.ID), common(a.Practices, m.Practices) != "",
		a.NotNetwork && a.Network != "" && a.Network == m.Network:
		return conflict
	case m.Away:
		return awayNow
	case len(a.Ways) > 0 && common(a.Ways, m.Ways) == "":
		return cannotMeet
	case a.MaxTravel > 0 && travel(a, m, costs) > int64(a.MaxTravel):
		return tooFar
	case slices.ContainsFunc(a.Wishes, func(w Wish) bool { return w.Must && !slices.Contains(m.Offers, w.What) }):
		return lacksExperience
	case m.Has >= m.Most:
		return isFull
	}
	return ""
}

// reasons explain a possible pair: its advantages, and its costs.
func reasons(a *Ask, m *Mentor, costs Costs) (all []Reason) {
	add := func(cost int64, format string, args ...any) {
		all = append(all, Reason{fmt.Sprintf(format, args...), cost})
	}
	var shared []string
	for rank, focus := range a.Focus {
		if slices.Contains(m.Focus, focus) {
			shared = append(shared, focus)
		} else if cost := at(costs.Focus, rank); rank < len(costs.Focus) && cost != 0 {
			add(cost, "does not focus on %s", focus)
		}
	}
	if shared != nil {
		all = slices.Insert(all, 0, Reason{Text: "focuses on " + list(shared)})
	}
	switch minutes := travel(a, m, costs); {
	case minutes > 0:
		add(minutes, "%d minutes away", minutes)
	case onlineSuits(a, m):
		add(0, "can meet online")
	}
	if time := common(a.Times, m.Times); time != "" {
		add(0, "both can meet on %s", time)
	} else if len(a.Times) > 0 && costs.NoTime != 0 {
		add(costs.NoTime, "no time in common")
	}
	for _, w := range a.Wishes {
		if slices.Contains(m.Offers, w.What) {
			add(0, "has experience as %s", w.What)
		} else if costs.Wish != 0 { // a missing must has already barred the pair
			add(costs.Wish, "has no experience as %s", w.What)
		}
	}
	if a.Area != "" && !slices.Contains(m.Areas, a.Area) && costs.Area != 0 {
		add(costs.Area, "from another area")
	}
	return all
}

// travel is the minutes to the nearest of the mentor's areas; 0 if they can meet online.
func travel(a *Ask, m *Mentor, costs Costs) int64 {
	if a.Area == "" || onlineSuits(a, m) || slices.Contains(m.Areas, a.Area) {
		return 0
	}
	nearest := int64(-1)
	for _, area := range m.Areas {
		minutes, ok := costs.Travel[[2]string{a.Area, area}]
		if !ok {
			minutes, ok = costs.Travel[[2]string{area, a.Area}]
		}
		if ok && (nearest < 0 || minutes < nearest) {
			nearest = minutes
		}
	}
	return max(nearest, 0)
}

func onlineSuits(a *Ask, m *Mentor) bool {
	return slices.Contains(a.Ways, Online) && slices.Contains(m.Ways, Online)
}

// without counts the reasons why no mentor was found.
func without(a *Ask, cost int64, why []string) Without {
	counts := map[string]int{}
	for _, reason := range why {
		if reason == "" {
			reason = goneToOthers
		}
		counts[reason]++
	}
	w := Without{Ask: a.ID, Cost: cost}
	for _, reason := range whyNot {
		if counts[reason] > 0 {
			w.Reasons = append(w.Reasons, Count{reason, counts[reason]})
		}
	}
	return w
}

// at is the entry at an index, or the last entry beyond it; 0 if there is none.
func at(costs []int64, i int) int64 {
	if len(costs) == 0 {
		return 0
	}
	return costs[min(max(i, 0), len(costs)-1)]
}

func sum(reasons []Reason) (total int64) {
	for _, r := range reasons {
		total += r.Cost
	}
	return total
}

// common is the first wanted entry that is offered; "" if there is none.
func common(wanted, offered []string) string {
	if i := slices.IndexFunc(wanted, func(w string) bool { return slices.Contains(offered, w) }); i >= 0 {
		return wanted[i]
	}
	return ""
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// list joins words as in "work, health and leadership".
func list(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func sortedBy[T any](all []T, key func(T) string) []T {
	return slices.SortedStableFunc(slices.Values(all), func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}
