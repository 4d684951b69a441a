package service

import (
	"slices"
	"strconv"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/source"
)

// Mentoring is what a service that finds mentors states beside the rest: who can ask, what mentors
// focus on, how matching weighs, what is promised and how long records are kept. A service without
// it takes no requests.
type Mentoring struct {
	Roles      []Role   `key:"roles,required"`   // who can ask
	Cohorts    []Cohort `key:"cohorts"`          // groups that are served in turn; empty if the service has none
	Focus      []Choice `key:"focus,required"`   // topics that people choose and mentors offer
	Experience []Choice `key:"experience"`       // experience that people can wish for in a mentor
	Meet       []Choice `key:"meet,required"`    // ways of meeting; "online" needs no travel
	Times      []Choice `key:"times,required"`   // when people can meet
	Heard      []Choice `key:"heard"`            // how somebody heard of the service; counts below 5 are not shown
	Travel     []Travel `key:"travel"`           // minutes between areas; 0 within an area
	Costs      Costs    `key:"costs,required"`   // what matching weighs
	Mentees    Range    `key:"mentees,required"` // how many people a mentor has

	Sessions Sessions `key:"sessions,required"`
	Pairs    Pairs    `key:"pairs"` // rules for people who have a mentor
	Promises Promises `key:"promises,required"`
	Keep     Keep     `key:"keep,required"`

	Crisis      []Help       `key:"crisis,required"` // who helps at once; shown before the first question
	CrisisDue   *course.Date `key:"crisis_review_due,required"`
	Signposts   []Signpost   `key:"signposts,required"` // other help, where mentoring does not fit
	Limits      []string     `key:"limits,required"`    // of confidentiality, word for word
	Introduce   string       `key:"introduce,required"` // how the service's staff introduce themselves on the telephone
	Agreement   Agreement    `key:"agreement,required"` // both sides agree to it when they are registered as a pair
	Register    *Register    `key:"register"`           // of its mentors; nil if it has none
	Withdrawing []string     `key:"not_needed"`         // paragraphs for somebody who withdraws; may be empty
}

// A Choice is one thing to choose from. Records hold its id, so the id stays when its words change.
type Choice struct {
	ID    string `key:"id,required"`
	Label string `key:"label,required"`
	Hint  string `key:"hint"`
}

// A Role is a group of people who can ask for a mentor.
type Role struct {
	ID       string   `key:"id,required"`
	Label    string   `key:"label,required"`
	Hint     string   `key:"hint"`
	Areas    []string `key:"areas"`    // the only areas of a pilot; all areas if empty
	Register string   `key:"register"` // the professional register of their number: GMC, NMC; "" if they have none
}

// A Cohort is a group of people who are served together, before or after others.
type Cohort struct {
	ID    string `key:"id,required"`
	Label string `key:"label,required"`
	Tier  int    `key:"tier,required"` // 1 is served first
}

// Travel is the time it takes to travel between two areas.
type Travel struct {
	Between []string `key:"between,required"` // the ids of the two areas
	Minutes int      `key:"minutes,required"`
}

// Costs are the weights of matching, in whole numbers: 0 for what does not matter. See package
// match.
type Costs struct {
	Focus  []int `key:"focus,required"`  // a focus, by its rank, that the mentor does not offer
	Time   int   `key:"no_time"`         // no time in common
	Wish   int   `key:"no_experience"`   // an experience that was wished for and that the mentor lacks
	Area   int   `key:"other_area"`      // the mentor does not usually take people from the area
	Places []int `key:"places,required"` // of a mentor's first person, second, ...; the last counts for all others
	Day    int   `key:"day_waited"`      // of leaving somebody without a mentor, for each working day of waiting
}

// Range is from one number to another, including both.
type Range struct {
	Least int `key:"least"`
	Most  int `key:"most,required"`
}

// Sessions limit how much mentoring a pair has.
type Sessions struct {
	Most    int `key:"most"`                 // of a pair; no limit if 0
	Minutes int `key:"minutes,required"`     // usual length of one
	Months  int `key:"within_months"`        // after the first meeting; no limit if 0
	Weeks   int `key:"at_least_every_weeks"` // a longer gap between two is shown to the lead; 0 to show none
	Late    int `key:"late_working_days"`    // a session cancelled fewer working days before it is late
}

// Promises are the times by which people are told that things will happen: in working days, unless
// said otherwise.
type Promises struct {
	Call     int `key:"call,required"`     // before somebody calls; after that the deputy is told
	Attempts int `key:"attempts,required"` // unanswered calls before the request becomes "no answer"
	Within   int `key:"attempts_within,required"`
	Close    int `key:"close_days,required"`         // calendar days from "no answer" to closing the request
	Answer   int `key:"answer,required"`             // for which a proposal waits for its answer
	Remind   int `key:"remind,required"`             // before somebody who has not answered is reminded
	Waiting  int `key:"waiting,required"`            // of looking, before the request goes on the waiting list
	Meet     int `key:"first_meeting_days,required"` // calendar days between registering and the pair's first meeting
	Fresh    int `key:"fresh_days,required"`         // calendar days before a mentor checks their profile
}

// Keep says for how many days records are kept.
type Keep struct {
	Request  int `key:"request_days,required"`  // after it was closed, or its pair ended
	Pair     int `key:"pair_days,required"`     // after its end
	Feedback int `key:"feedback_days,required"` // after it was given
}

// Help is a person or service that helps at once.
type Help struct {
	Name  string `key:"name,required"`
	Phone string `key:"phone"`
	Link  string `key:"link"`
	Text  string `key:"text,required"` // whom it is for, and when it is open
}

// A Signpost is other help.
type Signpost struct {
	ID        string       `key:"id,required"`
	Name      string       `key:"name,required"`
	Text      string       `key:"text,required"`
	Phone     string       `key:"phone"`
	Link      string       `key:"link"`
	ReviewDue *course.Date `key:"review_due,required"` // by when somebody checks that it is still right
}

// An Agreement is what both sides agree to, word for word.
type Agreement struct {
	Title     string   `key:"title,required"`
	Clauses   []string `key:"clauses,required"`
	Statement string   `key:"statement,required"` // "I agree to ..."
}

// facts are the facts that texts show by name.
func (m *Mentoring) facts() map[string]string {
	all := map[string]string{}
	for name, n := range map[string]int{
		"most-sessions": m.Sessions.Most, "session-minutes": m.Sessions.Minutes, "within-months": m.Sessions.Months,
		"call-days": m.Promises.Call, "answer-days": m.Promises.Answer, "close-days": m.Promises.Close,
		"request-days": m.Keep.Request, "pair-days": m.Keep.Pair,
	} {
		if n > 0 {
			all[name] = strconv.Itoa(n)
		}
	}
	return all
}

// Area returns the area with the id, or nil.
func (s *Service) Area(id string) *Area {
	i := slices.IndexFunc(s.Areas, func(a Area) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Areas[i]
}

// Role returns the role with the id, or nil.
func (m *Mentoring) Role(id string) *Role {
	i := slices.IndexFunc(m.Roles, func(r Role) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return &m.Roles[i]
}

// Tier is the turn in which people of a cohort are served: 1 first. Without cohorts, everybody is
// in tier 1.
func (m *Mentoring) Tier(cohort string) int {
	for _, c := range m.Cohorts {
		if c.ID == cohort {
			return c.Tier
		}
	}
	if len(m.Cohorts) == 0 {
		return 1
	}
	return m.Cohorts[len(m.Cohorts)-1].Tier
}

// Minutes is the travel time between two areas, in either order; ok is false if the file does not
// give it.
func (m *Mentoring) Minutes(a, b string) (minutes int, ok bool) {
	if a == b {
		return 0, true
	}
	for _, t := range m.Travel {
		if len(t.Between) == 2 && slices.Contains(t.Between, a) && slices.Contains(t.Between, b) {
			return t.Minutes, true
		}
	}
	return 0, false
}

// Takes tells whether people of the role can ask in an area.
func (r *Role) Takes(area string) bool { return len(r.Areas) == 0 || slices.Contains(r.Areas, area) }

// Away tells whether the area's lead is away on the day of an instant, so that the deputy sees to
// new requests.
func (a *Area) Away(at time.Time) bool {
	day := course.DateOf(at)
	for _, away := range a.LeadAway {
		if !day.Before(away.From) && !away.Until.Before(day) {
			return true
		}
	}
	return false
}

// Absence is from one day to another, including both.
type Absence struct {
	From  course.Date `key:"from,required"`
	Until course.Date `key:"until,required"`
}

// Placeholder tells whether a lead of the service is only an example. Such a service is closed in a
// hub that really sends letters.
func (s *Service) Placeholder() bool {
	for _, a := range s.Areas {
		if source.Placeholder(a.Lead.Email) || a.Deputy != nil && source.Placeholder(a.Deputy.Email) {
			return true
		}
	}
	return false
}

// LeadOf and DeputyOf are the ids of an area's lead and deputy in a list of people to choose from.
func LeadOf(area string) string   { return area + "-lead" }
func DeputyOf(area string) string { return area + "-deputy" }

// Leading is the person with such an id; nil if there is none.
func (s *Service) Leading(id string) *course.Contact {
	for i := range s.Areas {
		switch a := &s.Areas[i]; id {
		case LeadOf(a.ID):
			return &a.Lead
		case DeputyOf(a.ID):
			return a.Deputy
		}
	}
	return nil
}
