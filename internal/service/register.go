package service

// Register is what a service says of its register of mentors, apart from the questions in its
// sheets. A service without it has no register.
type Register struct {
	// Courses are the ids of the courses whose accepted applicants join the register.
	Courses []string `key:"courses"`

	// Version is the day of the terms: mentors who agreed to another version are shown the words
	// again. Terms are what a mentor agrees to, word for word.
	Version     string    `key:"terms_version,required"`
	Terms       Agreement `key:"terms,required"`
	Supervision []Choice  `key:"supervision,required"` // kinds of supervision and development that leads note
	Shown       []Choice  `key:"shown"`                // what mentees may be told of a mentor, if the mentor ticks it

	AnswerDays        int `key:"answer_days,required"`        // to confirm the profile, twice; then they are paused
	YearlyDays        int `key:"yearly_days,required"`        // from 1 April, to answer the yearly questions
	SupervisionMonths int `key:"supervision_months,required"` // without supervision, before proposals stop
	AwayDays          int `key:"away_days,required"`          // a mentor away for longer is not proposed
	StayMonths        int `key:"stay_months"`                 // the least time on the register; 0 if it does not matter
	DraftDays         int `key:"draft_days,required"`         // for which an unfinished profile is kept
	KeepDays          int `key:"keep_days,required"`          // for which a mentor is kept after they left
}
