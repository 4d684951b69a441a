package service

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/source"
)

// Checks of what a service states about mentoring. A request goes to people, so most checks ask
// whether somebody is there to receive it.

var (
	ruleDeputy = source.Rule{Name: "no-deputy",
		Why: "nobody sees to a request while the lead is away, or when it excludes the lead, but people of another area"}
	ruleTravel = source.Rule{Name: "no-minutes", Why: "matching takes areas of which it knows no way as next to each other"}
	ruleReview = source.Rule{Name: "review-passed", Why: "people in need ring these numbers"}
)

// Overdue warns of facts whose review is overdue: who helps at once, and signposts.
func (s *Service) Overdue(now time.Time) (faults source.Faults) {
	if s.Mentoring == nil {
		return nil
	}
	look := func(at, what string, due *course.Date) {
		if due != nil && now.After(due.AddDays(1).Time()) {
			faults.Warn(s.File.Path, s.At(at), ruleReview, fmt.Sprintf("the review of %s was due on %v", what, due),
				"look whether name, number and hours are still right, and write the next date")
		}
	}
	look("mentoring.crisis_review_due", "who helps at once", s.Mentoring.CrisisDue)
	for i, p := range s.Mentoring.Signposts {
		look(fmt.Sprintf("mentoring.signposts.%d.review_due", i), fmt.Sprintf("%q", p.Name), p.ReviewDue)
	}
	return faults
}

func (c *checker) mentoring() {
	m := c.s.Mentoring
	if m == nil || c.s.lost {
		return // reading the file has reported it
	}
	const at = "mentoring."
	c.people()
	for _, list := range []struct {
		name string
		ids  []string
	}{
		{"roles", idsOf(m.Roles, func(r Role) string { return r.ID })},
		{"cohorts", idsOf(m.Cohorts, func(c Cohort) string { return c.ID })},
		{"signposts", idsOf(m.Signposts, func(s Signpost) string { return s.ID })},
		{"focus", choices(m.Focus)}, {"experience", choices(m.Experience)}, {"meet", choices(m.Meet)},
		{"times", choices(m.Times)}, {"heard", choices(m.Heard)},
	} {
		for i, id := range list.ids {
			where := fmt.Sprintf("%s%s.%d.id", at, list.name, i)
			switch {
			case !source.IsName(id):
				c.add(where, `use small letters, figures and hyphens: "work-life"`, "%q cannot be an id", id)
			case slices.Contains(list.ids[:i], id):
				c.add(where, "give each its own id", "there are two of %q with the id %q", list.name, id)
			}
		}
	}
	areas := idsOf(c.s.Areas, func(a Area) string { return a.ID })
	known := func(where, id string) {
		if !slices.Contains(areas, id) {
			c.add(where, source.Suggest(id, areas), "there is no area %q", id)
		}
	}
	for i, r := range m.Roles {
		for k, id := range r.Areas {
			known(fmt.Sprintf("%sroles.%d.areas.%d", at, i, k), id)
		}
	}
	ways := map[[2]string]bool{}
	for i, t := range m.Travel {
		where := fmt.Sprintf("%stravel.%d.", at, i)
		if len(t.Between) != 2 || t.Between[0] == t.Between[1] {
			c.add(where+"between", "name two areas: [derbyshire, lincolnshire]", "a way is between two areas")
			continue
		}
		for k, id := range t.Between {
			known(fmt.Sprintf("%sbetween.%d", where, k), id)
		}
		pair := way(t.Between[0], t.Between[1])
		if ways[pair] {
			c.add(where+"between", "remove one of them", "the way between %q and %q stands there twice", pair[0], pair[1])
		}
		ways[pair] = true
		if t.Minutes < 0 || t.Minutes > 600 {
			c.add(where+"minutes", "write the minutes of one way", "a way of %d minutes is none", t.Minutes)
		}
	}
	for i, a := range areas {
		for _, b := range areas[i+1:] {
			if !ways[way(a, b)] && len(m.Travel) > 0 {
				c.faults.Warn(c.s.File.Path, c.s.At(at+"travel"), ruleTravel,
					fmt.Sprintf("there are no minutes between %q and %q", a, b), "add a line for the two")
			}
		}
	}
	c.figures(m, at)
}

// people checks that each area has somebody to see to requests.
func (c *checker) people() {
	everybody := map[string]bool{}
	for _, a := range c.s.Areas {
		everybody[strings.ToLower(a.Lead.Email)] = true
		if a.Deputy != nil {
			everybody[strings.ToLower(a.Deputy.Email)] = true
		}
	}
	if len(everybody) == 1 {
		c.add("areas", "name a deputy", "one person alone leads the whole service: nobody could see a request that excludes them")
		return
	}
	for i, a := range c.s.Areas {
		where := fmt.Sprintf("areas.%d.", i)
		if a.Deputy == nil {
			c.faults.Warn(c.s.File.Path, c.s.At(where+"lead"), ruleDeputy, fmt.Sprintf("%s has no deputy", a.Name), "name one")
		}
		for k, away := range a.LeadAway {
			if away.Until.Before(away.From) {
				c.add(fmt.Sprintf("%slead_away.%d.until", where, k), "correct one of the two",
					"the lead of %s comes back on %v, before they leave on %v", a.Name, away.Until, away.From)
			}
		}
	}
}

// figures checks for numbers that contradict each other or make no sense.
func (c *checker) figures(m *Mentoring, at string) {
	for _, n := range []struct {
		at  string
		n   int
		per string
	}{
		{"promises.call", m.Promises.Call, "working days"}, {"promises.attempts", m.Promises.Attempts, "calls"},
		{"promises.attempts_within", m.Promises.Within, "working days"}, {"promises.close_days", m.Promises.Close, "days"},
		{"promises.answer", m.Promises.Answer, "working days"}, {"promises.remind", m.Promises.Remind, "working days"},
		{"promises.waiting", m.Promises.Waiting, "working days"}, {"promises.first_meeting_days", m.Promises.Meet, "days"},
		{"promises.fresh_days", m.Promises.Fresh, "days"}, {"keep.request_days", m.Keep.Request, "days"},
		{"keep.pair_days", m.Keep.Pair, "days"}, {"keep.feedback_days", m.Keep.Feedback, "days"},
		{"sessions.minutes", m.Sessions.Minutes, "minutes"}, {"mentees.most", m.Mentees.Most, "people"},
	} {
		if n.n < 1 {
			c.add(at+n.at, "write 1 or more", "%d %s cannot be meant", n.n, n.per)
		}
	}
	if m.Promises.Remind >= m.Promises.Answer && m.Promises.Answer > 0 {
		c.add(at+"promises.remind", "remind sooner", "who has not answered is reminded after %d working days, when the time of %d is over",
			m.Promises.Remind, m.Promises.Answer)
	}
	if m.Mentees.Least > m.Mentees.Most {
		c.add(at+"mentees.least", "correct one of the two", "a mentor has at least %d people, and at most %d", m.Mentees.Least, m.Mentees.Most)
	}
	for i, n := range m.Costs.Places {
		if n < 0 || i > 0 && n < m.Costs.Places[i-1] {
			c.add(fmt.Sprintf("%scosts.places.%d", at, i), "let the costs rise, or stay",
				"a mentor's next person cannot cost less than the one before, %d", n)
		}
	}
	for i, n := range m.Costs.Focus {
		if n < 0 {
			c.add(fmt.Sprintf("%scosts.focus.%d", at, i), "write 0 or more", "a cost of %d cannot be meant", n)
		}
	}
	for i, cohort := range m.Cohorts {
		if cohort.Tier < 1 || cohort.Tier > 9 {
			c.add(fmt.Sprintf("%scohorts.%d.tier", at, i), "write 1 for those who are served first, then 2", "there is no tier %d", cohort.Tier)
		}
	}
	if !slices.Contains(choices(m.Meet), "online") && len(m.Travel) == 0 && len(c.s.Areas) > 1 {
		c.add(at+"meet", `give the way without travel the id "online", or write minutes behind "travel"`,
			"nobody can meet anybody of another area")
	}
}

func way(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

func choices(all []Choice) []string { return idsOf(all, func(c Choice) string { return c.ID }) }

func idsOf[T any](all []T, id func(T) string) (ids []string) {
	for _, v := range all {
		ids = append(ids, id(v))
	}
	return ids
}
