package form

// Month is a question for a month and year, where people do not know the day. The normal form is
// 2006-01.
const Month Kind = "month"

const monthLayout = "2006-01"

var _ = newKind(kind{
	name: Month, about: "a month and year",
	parts: []part{{"month", 3}, {"year", 4}},
	clean: code, judge: judgeDate, past: true,
	read:   func(q *Question, v Values) (answer, *Problem) { return q.civil(v, monthLayout) },
	shown:  func(q *Question, v Values) string { return q.inFull(v, "January 2006") },
	words:  datesSay("this month"),
	sample: map[string]string{"month": "June", "year": "2018"},
	values: func(*Question) string { return "2021-11" }, cell: CellPlain, paper: "month",
})
