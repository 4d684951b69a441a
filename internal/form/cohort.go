package form

// Cohort is a choice among the course's cohorts: [Definition.Join] makes them its options.
const Cohort Kind = "cohort"

var _ = newKind(chosen(kind{
	name: Cohort, about: "one of the course's cohorts",
	words: map[string]string{"required": "Select {it}"},
}))
