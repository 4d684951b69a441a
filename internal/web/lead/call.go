package lead

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/pattern"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// A calling is one of the three notes about calls: arranged, tried, talked.
type calling struct {
	heading, intro, button string
	asks                   form.Section
	wrong                  string // the message about a time that makes no sense
	what                   string // the event
	// do notes the call, and returns the word for what was done.
	do func(s *server, r *http.Request, p *staff.Person, id string, times []time.Time) (done string, err error)
}

func dayAsked(label string) form.Question {
	return form.Ask(form.Question{ID: "day", Kind: form.Date, Label: label, InMessages: "the day", Rule: "required"})
}

func timeAsked(id, label, subject string) form.Question {
	return form.Ask(form.Question{ID: id, Kind: form.Text, Label: label, InMessages: subject,
		Hint: "For example, 2:30pm or 14:30",
		Rule: "required,max=40", Width: 10})
}

var (
	arranging = &calling{
		heading: "Arrange a call", button: "Save", what: mentoring.EventCall,
		intro: "Enter the day and time that you agreed. The person who asked sees them on their page.",
		asks: form.Section{ID: "call", Questions: []form.Question{dayAsked("On which day do you talk?"),
			timeAsked("time", "At what time?", "the time")}},
		wrong: "The time must be to come, and within 60 days",
		do: func(s *server, r *http.Request, p *staff.Person, id string, t []time.Time) (string, error) {
			_, err := s.desk.Arrange(r.Context(), p, id, t[0])
			return "call", err
		},
	}
	trying = &calling{
		heading: "Nobody answered", button: "Save", what: mentoring.EventTried,
		intro: "Several calls on one day count as one try.",
		asks: form.Section{ID: "tried", Questions: []form.Question{dayAsked("On which day did you call?"),
			timeAsked("time", "At what time?", "the time")}},
		wrong: "The time must be after the request came, and not to come",
		do: func(s *server, r *http.Request, p *staff.Person, id string, t []time.Time) (string, error) {
			q, err := s.desk.Tried(r.Context(), p, id, t[0])
			if err == nil {
				if state, _ := q.State(); state == mentoring.NoAnswer {
					return "silent", nil
				}
			}
			return "tried", err
		},
	}
	talking = &calling{
		heading: "We have talked", button: "Save", what: mentoring.EventTalked,
		intro: "We keep only when the call began and ended. Nothing that was said is kept, apart from what " +
			"you write in the pro-forma together.",
		asks: form.Section{ID: "talked", Questions: []form.Question{dayAsked("On which day did you talk?"),
			timeAsked("began", "When did the call begin?", "when the call began"),
			timeAsked("ended", "When did it end?", "when it ended")}},
		wrong: "The call must have begun before it ended, after the request came, and lasted 4 hours at most",
		do: func(s *server, r *http.Request, p *staff.Person, id string, t []time.Time) (string, error) {
			if t[1].Before(t[0]) { // past midnight
				t[1] = t[1].AddDate(0, 0, 1)
			}
			_, err := s.desk.Talk(r.Context(), p, id, t[0], t[1])
			return "talked", err
		},
	}
)

// askCall asks for a time. The day is today until somebody types another.
func (s *server) askCall(c *calling) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q, err := s.open(r, mentoring.ReadRequest)
		if err != nil {
			return err
		}
		if !q.Can(c.what, s.desk.By(web.StaffOf(r), q)) {
			return web.SeeOther(w, r, at(q.ID))
		}
		today := course.DateOf(s.desk.Now())
		v := form.Values{"day-day": strconv.Itoa(today.Day), "day-month": strconv.Itoa(int(today.Month)),
			"day-year": strconv.Itoa(today.Year)}
		return s.callPage(w, c, q.ID, v, nil)
	}
}

func (s *server) callPage(w http.ResponseWriter, c *calling, id string, v form.Values, problems []form.Problem) error {
	return s.ask(w, frame(c.heading, toRequest(id)), page.Ask{
		Intro: []string{c.intro}, Asking: page.Asking{Section: &c.asks, Values: v, Problems: problems},
		Action: at(id) + "/" + c.asks.ID, Button: c.button, Cancel: at(id),
	})
}

// call notes what was typed.
func (s *server) call(c *calling) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := lead(r)
		if err != nil {
			return err
		}
		posted, err := web.Post(r)
		if err != nil {
			return err
		}
		id, v := r.PathValue("request"), c.asks.Read(posted)
		if err := s.mayDo(r, id); err != nil { // before any message about what was typed
			return err
		}
		times, problems := c.read(v, s.desk.Now())
		if len(problems) > 0 {
			return s.callPage(w, c, id, v, problems)
		}
		what, err := c.do(s, r, p, id, times)
		switch {
		case errors.Is(err, mentoring.ErrTime):
			return s.callPage(w, c, id, v, []form.Problem{problem(&c.asks.Questions[1], c.wrong)})
		case errors.Is(err, mentoring.ErrMove): // pressed twice, or somebody was faster: the page shows the state
			return web.SeeOther(w, r, at(id))
		case err != nil:
			return known(err)
		}
		return goTo(w, r, at(id), what)
	}
}

// read reads the day and the times.
func (c *calling) read(v form.Values, now time.Time) (times []time.Time, problems []form.Problem) {
	if problems = c.asks.Check(v, now.In(course.London)); len(problems) > 0 {
		return nil, problems
	}
	on := dateOf(c.asks.Questions[0].Normal(v))
	for i := range c.asks.Questions[1:] {
		q := &c.asks.Questions[i+1]
		minutes, ok := clock(v[q.ID])
		if !ok {
			problems = append(problems, problem(q, fmt.Sprintf("%s must be a time, like 2:30pm or 14:30",
				upper(q.InMessages))))
			continue
		}
		times = append(times, time.Date(on.Year, on.Month, on.Day, 0, minutes, 0, 0, course.London))
	}
	return times, problems
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

var clocks = pattern.Of(`^(\d{1,2})(?:[:.](\d\d))? ?(am|pm)?$`)

// clock reads a time of day as people type it, in minutes from the beginning of the day.
func clock(text string) (minutes int, ok bool) {
	m := clocks().FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if m == nil || m[2] == "" && m[3] == "" {
		return 0, false
	}
	h, _ := strconv.Atoi(m[1])
	min, _ := strconv.Atoi(m[2])
	if m[3] != "" {
		if h < 1 || h > 12 {
			return 0, false
		}
		h %= 12
		if m[3] == "pm" {
			h += 12
		}
	}
	return h*60 + min, h < 24 && min < 60
}
