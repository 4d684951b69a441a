package form

// LongText is a question for a text of several lines.
const LongText Kind = "long-text"

var _ = newKind(kind{
	name: LongText, about: "a text of several lines",
	clean: lines, read: readText,
	words: map[string]string{"required": "Enter {it}"},
	limit: characters, endless: true, formats: true,
	sample: map[string]string{"": "Invented answer.\n\nIt has two paragraphs."},
	values: asTyped, paper: "lines",
})
