package scheme

import (
	"fmt"

	"traininghub/internal/source"
)

// A Return is what a scheme reports for a month or a quarter. The editors say what each figure
// means, in words that are frozen with the figures.
type Return struct {
	Version string       `key:"version,required"` // of the words below: a new one with each change
	Service string       `key:"service"`          // id: whose pairs and requests count; all if missing
	Figures []Definition `key:"figures,required"` // in the order of the return
	// DueAfter is how many working days after a quarter its return is due. The office is then
	// reminded, unless this is 0.
	DueAfter int `key:"due_after"`
}

// A Definition says what one figure of a return is called and means.
type Definition struct {
	ID    Figure `key:"id,required"`
	Label string `key:"label,required"`
	Means string `key:"means,required"`
}

// A Figure is one that package returns can work out.
type Figure string

// All figures. The national scheme asked for the first nine.
const (
	Trained          Figure = "trained"           // people with a certificate or another qualification
	MatchesInPeriod  Figure = "matches-in-period" // pairs that are registered and have met
	MatchesToDate    Figure = "matches-to-date"
	ClinicalSessions Figure = "clinical-sessions" // mean over the mentors
	SpendToDate      Figure = "spend-to-date"
	ProfiledSpend    Figure = "profiled-spend"
	MedianWait       Figure = "median-wait"
	Refused          Figure = "refused" // for lack of a mentor
	FellowsSeen      Figure = "fellows-seen"

	FellowsPlaced   Figure = "fellows-placed" // have a mentor
	HoursPerSession Figure = "hours-per-session"
	CostPerHour     Figure = "cost-per-hour"
	MentorsWithout  Figure = "mentors-without" // a mentee
	MentorsWithFew  Figure = "mentors-with-few"
)

// Words returns all figures.
func (Figure) Words() (words []string) {
	for _, f := range []Figure{
		Trained, MatchesInPeriod, MatchesToDate, ClinicalSessions, SpendToDate, ProfiledSpend, MedianWait, Refused, FellowsSeen,
		FellowsPlaced, HoursPerSession, CostPerHour, MentorsWithout, MentorsWithFew,
	} {
		words = append(words, string(f))
	}
	return words
}

// UnmarshalText reads a figure.
func (f *Figure) UnmarshalText(text []byte) error { return oneOf(f, text, f.Words()) }

// Reports reports whether the scheme has a return.
func (s *Scheme) Reports() bool { return s.Return.Version != "" }

// reporting looks for contradictions in the return and its readers.
func (c *checker) reporting() {
	seen := map[Figure]bool{}
	for i, d := range c.Return.Figures {
		if seen[d.ID] && d.ID != "" {
			c.add(fmt.Sprintf("return.figures.%d.id", i), "remove one of the two", "the figure %q stands there twice", d.ID)
		}
		seen[d.ID] = true
	}
	if c.Return.DueAfter < 0 || c.Return.DueAfter > 60 {
		c.add("return.due_after", "write a number from 1 to 60, or remove the line", "%q cannot be %d working days", "due_after", c.Return.DueAfter)
	}
	for i, r := range c.Readers {
		if r.Email != "" && !source.Mailable(r.Email) {
			c.add(fmt.Sprintf("readers.%d.email", i), `write it like "name@example.org"`, "%q must be an email address, not %q", "email", r.Email)
		}
	}
}
