package form

// YesNo is a question with the answers yes and no.
const YesNo Kind = "yes-no"

var _ = newKind(chosen(kind{
	name: YesNo, about: "yes or no",
	choices: []Option{{ID: "yes", Label: "Yes"}, {ID: "no", Label: "No"}},
	words:   map[string]string{"required": "Select yes if {it}"},
	values:  func(*Question) string { return "yes; no" },
}))
