package service

import (
	"slices"
	"strconv"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/source"
)

// Mentoring is what a service that finds mentors states beside the rest: who can ask, what mentors
// focus on, what matching weighs, what is promised and how long things are kept. A service without
// it takes no requests.
type Mentoring struct {
	Roles      []Role   `key:"roles,required"`   // who can ask
	Cohorts    []Cohort `key:"cohorts"`          // groups that are served in turn; none if the service has no groups
	Focus      []Choice `key:"focus,required"`   // what people would like to think about, and mentors focus on
	Experience []Choice `key:"experience"`       // that can be wished for in a mentor
	Meet       []Choice `key:"meet,required"`    // ways of meeting; "online" is the one without travel
	Times      []Choice `key:"times,required"`   // when people can meet
	Heard      []Choice `key:"heard"`            // how somebody heard of it; counted from 5 on
	Travel     []Travel `key:"travel"`           // minutes between areas; within an area 0
	Costs      Costs    `key:"costs,required"`   // what matching weighs
	Mentees    Range    `key:"mentees,required"` // how many people a mentor has

	Sessions Sessions `key:"sessions,required"`
	Pairs    Pairs    `key:"pairs"` // those who have a mentor
	Promises Promises `key:"promises,required"`
	Keep     Keep     `key:"keep,required"`

	Crisis      []Help       `key:"crisis,required"` // stands before the first question: who helps at once
	CrisisDue   *course.Date `key:"crisis_review_due,required"`
	Signposts   []Signpost   `key:"signposts,required"` // other help, when mentoring is not apt
	Limits      []string     `key:"limits,required"`    // of confidentiality, word for word
	Introduce   string       `key:"introduce,required"` // how somebody of the service names themselves on the phone
	Agreement   Agreement    `key:"agreement,required"` // both sides agree to it when a pair is registered
	Register    *Register    `key:"register"`           // of its mentors; it has none if missing
	Withdrawing []string     `key:"not_needed"`         // paragraphs for who withdraws; may be empty
}

// A Choice is one thing to choose from. Its id is kept in records, so it stays when words change.
type Choice struct {
	ID    string `key:"id,required"`
	Label string `key:"label,required"`
	Hint  string `key:"hint"`
}

// A Role is who can ask for a mentor.
type Role struct {
	ID       string   `key:"id,required"`
	Label    string   `key:"label,required"`
	Hint     string   `key:"hint"`
	Areas    []string `key:"areas"`    // a pilot: in these areas alone; in all if empty
	Register string   `key:"register"` // the professional register of their number: GMC, NMC; none if empty
}

// A Cohort is a group of people in the order in which they are served.
type Cohort struct {
	ID    string `key:"id,required"`
	Label string `key:"label,required"`
	Tier  int    `key:"tier,required"` // 1 is served first
}

// Travel is how long the way between two areas takes.
type Travel struct {
	Between []string `key:"between,required"` // two ids of areas
	Minutes int      `key:"minutes,required"`
}

// Costs are what matching weighs, in whole numbers: 0 for what does not matter. See package match.
type Costs struct {
	Focus  []int `key:"focus,required"`  // a focus area that the mentor does not have, by its rank
	Time   int   `key:"no_time"`         // no time in common
	Wish   int   `key:"no_experience"`   // an experience that was wished for and is missing
	Area   int   `key:"other_area"`      // the mentor does not usually take people of the area
	Places []int `key:"places,required"` // a mentor's first person, second, ...; the last is for all further
	Day    int   `key:"day_waited"`      // to leave somebody without, for each working day that they have waited
}

// Range is from one number to another, both counted.
type Range struct {
	Least int `key:"least"`
	Most  int `key:"most,required"`
}

// Sessions are how much mentoring there is.
type Sessions struct {
	Most    int `key:"most"`                 // of a pair; without limit if 0
	Minutes int `key:"minutes,required"`     // of one, as a rule
	Months  int `key:"within_months"`        // after the first meeting; without limit if 0
	Weeks   int `key:"at_least_every_weeks"` // more than that between two is shown to the lead; 0 if it does not matter
	Late    int `key:"late_working_days"`    // a session that is cancelled fewer working days before is late
}

// Promises are what people are told that happens by when: working days, if nothing else is said.
type Promises struct {
	Call     int `key:"call,required"`     // until somebody calls; then the deputy is told
	Attempts int `key:"attempts,required"` // calls that nobody answers, before "no answer"
	Within   int `key:"attempts_within,required"`
	Close    int `key:"close_days,required"`         // calendar days after "no answer" until the request is closed
	Answer   int `key:"answer,required"`             // that a proposal waits for its answer
	Remind   int `key:"remind,required"`             // after which somebody who has not answered is reminded
	Waiting  int `key:"waiting,required"`            // of looking, after which somebody is on the waiting list
	Meet     int `key:"first_meeting_days,required"` // calendar days after registering in which the pair first meets
	Fresh    int `key:"fresh_days,required"`         // calendar days after which a mentor is asked whether all is still right
}

// Keep is for how many days things are kept.
type Keep struct {
	Request  int `key:"request_days,required"`  // after it was closed, or the pair has ended
	Pair     int `key:"pair_days,required"`     // after its end
	Feedback int `key:"feedback_days,required"` // after it was given
}

// Help is somebody who helps at once.
type Help struct {
	Name  string `key:"name,required"`
	Phone string `key:"phone"`
	Link  string `key:"link"`
	Text  string `key:"text,required"` // for whom, and when it is open
}

// A Signpost is other help.
type Signpost struct {
	ID        string       `key:"id,required"`
	Name      string       `key:"name,required"`
	Text      string       `key:"text,required"`
	Phone     string       `key:"phone"`
	Link      string       `key:"link"`
	ReviewDue *course.Date `key:"review_due,required"` // by when somebody looks whether it is still so
}

// An Agreement is what both sides agree to, word for word.
type Agreement struct {
	Title     string   `key:"title,required"`
	Clauses   []string `key:"clauses,required"`
	Statement string   `key:"statement,required"` // "I agree to ..."
}

// facts are those that texts show by name.
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

// Area is the area with the id, or nil.
func (s *Service) Area(id string) *Area {
	i := slices.IndexFunc(s.Areas, func(a Area) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Areas[i]
}

// Role is the role with the id, or nil.
func (m *Mentoring) Role(id string) *Role {
	i := slices.IndexFunc(m.Roles, func(r Role) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return &m.Roles[i]
}

// Tier is when people of a cohort are served: 1 first. Where there are no cohorts everybody is of
// the first.
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

// Minutes are those of the way between two areas, in either order; ok is false if the file does not
// say.
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

// Away tells whether the area's lead is away on the day of an instant: then the deputy sees to
// what comes.
func (a *Area) Away(at time.Time) bool {
	day := course.DateOf(at)
	for _, away := range a.LeadAway {
		if !day.Before(away.From) && !away.Until.Before(day) {
			return true
		}
	}
	return false
}

// Absence is from one day to another, both counted.
type Absence struct {
	From  course.Date `key:"from,required"`
	Until course.Date `key:"until,required"`
}

// Placeholder tells whether somebody who leads the service is only an example: then it is closed
// where letters really go out.
func (s *Service) Placeholder() bool {
	for _, a := range s.Areas {
		if source.Placeholder(a.Lead.Email) || a.Deputy != nil && source.Placeholder(a.Deputy.Email) {
			return true
		}
	}
	return false
}

// LeadOf and DeputyOf name the lead and the deputy of an area, where somebody chooses one of them.
func LeadOf(area string) string   { return area + "-lead" }
func DeputyOf(area string) string { return area + "-deputy" }

// Leading is whom such a name means; nil if nobody.
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
