package form

// Area is a choice among the service's areas: [Definition.Join] makes them its options. The chosen
// area decides who sees the request.
const Area Kind = "area"

var _ = newKind(chosen(kind{
	name: Area, about: "one of the service's areas",
	words: map[string]string{"required": "Select {it}"},
}))
