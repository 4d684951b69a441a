package service

// Register is what a service says of its register of mentors, beside the questions that stand in
// its sheets. A service without it has no register.
type Register struct {
	// Courses are the ids of those whose accepted applicants come onto it.
	Courses []string `key:"courses"`

	// Version is the day of the terms: mentors are shown the words of another one. Terms are what a
	// mentor agrees to, word for word.
	Version     string    `key:"terms_version,required"`
	Terms       Agreement `key:"terms,required"`
	Supervision []Choice  `key:"supervision,required"` // kinds of supervision and development that leads note
	Shown       []Choice  `key:"shown"`                // what mentees may be told of a mentor, who ticks each

	AnswerDays        int `key:"answer_days,required"`        // to say that the profile is still right, twice; then they are paused
	YearlyDays        int `key:"yearly_days,required"`        // from 1 April, to answer what is asked each year
	SupervisionMonths int `key:"supervision_months,required"` // without any, then they are not proposed
	AwayDays          int `key:"away_days,required"`          // who is away for longer is not proposed
	StayMonths        int `key:"stay_months"`                 // on the register at least; 0 if it does not matter
	DraftDays         int `key:"draft_days,required"`         // for which a profile is kept that nobody finishes
	KeepDays          int `key:"keep_days,required"`          // for which a mentor is kept after they left
}
