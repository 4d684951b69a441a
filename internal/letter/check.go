package letter

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"traininghub/internal/form"
	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// A Check is what letters are checked against. It finds fields that no letter has, questions that a
// form does not ask, facts that its course does not have, personal data in a subject, and letters
// that the program sends but nobody has written.
type Check struct {
	Table   Table
	Forms   []*form.Definition
	Unread  bool                              // some form could not be read
	Facts   func(f *form.Definition) []string // names of the facts of its course or service; nil if not known
	Hub     func(name string) (string, bool)  // facts of the hub itself
	MayLack []string                          // facts that a course may leave out
	Offers  func(Need) bool                   // whether the hub offers it; nil if it offers everything

	letters Set
	all     []string    // to whom any letter can go
	lost    []*Template // letters that could not be read
}

// inSubject are the fields that a subject can show, besides facts of the course and the hub.
// Subjects are shown on locked screens and kept in the logs of mail servers. So they say nothing
// about a person and hold no secret.
var inSubject = []string{"reference", "form.title", "title", "received", "until"}

// kind returns which of the program's letters t is, or "".
func (c *Check) kind(t *Template) string {
	for name := range c.Table {
		if t.Name == name || t.Form != "" && t.Name == name+"-"+t.Form {
			return name
		}
	}
	return ""
}

// single matches a name in single braces.
var single = pattern.Of(`(^|[^{])\{ *([a-z0-9.-]+) *\}($|[^}])`)

func (c *Check) letter(t *Template) (faults source.Faults) {
	name := c.kind(t)
	served := c.served(name, t)
	faults = c.top(t, name)
	apart := c.apart(t.Text)
	known := func(field string) (string, string) {
		if apart[field] {
			return "", ""
		}
		return c.field(field, name, served)
	}
	subject := func(field string) (string, string) {
		if what, do := c.field(field, name, served); what != "" {
			return what, do
		}
		group, _, _ := strings.Cut(field, ".")
		if group != "course" && group != "service" && group != "hub" && !slices.Contains(inSubject, field) {
			return fmt.Sprintf("the subject shows %q: subjects can be read by others", field),
				"say it in the text, or use {{reference}}"
		}
		return "", ""
	}
	look(t.Subject, subject, func(_ int, word, what, do string) {
		faults.At(t.file.Path, t.doc.Word("subject", word), what, do)
	})
	look(t.Button, subject, func(_ int, word, what, do string) {
		faults.At(t.file.Path, t.doc.Word("button", word), what, do)
	})
	lines := strings.Split(t.Text, "\n")
	add := func(i int, word, what, do string) {
		p := source.PositionIn([]byte(lines[i]), strings.Index(lines[i], word))
		faults.At(t.file.Path, source.Position{Line: t.line + i, Column: p.Column}, what, do)
	}
	look(t.Text, known, add)
	if notFirst := c.Table[name].NotFirst; notFirst != nil {
		first, _, _ := strings.Cut(t.Text, "\n\n")
		_, fields := source.Expand(first, func(string) (string, bool) { return "", false })
		for _, f := range fields {
			if slices.Contains(notFirst, f.Name) || strings.HasPrefix(f.Name, "answer.") {
				i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, f.Typed) })
				add(i, f.Typed, fmt.Sprintf("the letter begins with what somebody typed, %q", f.Name),
					"say first what it is about: it can go to a stranger, whose address somebody else gave")
			}
		}
	}
	return faults
}

// apart returns the facts that a course may leave out and that stand in paragraphs without other
// fields. Such a paragraph is left out for a course without them.
func (c *Check) apart(text string) map[string]bool {
	apart := map[string]bool{}
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		_, fields := source.Expand(paragraph, func(name string) (string, bool) { return "", strings.HasPrefix(name, "hub.") })
		alone := !slices.ContainsFunc(fields, func(f source.Unknown) bool { return !c.mayLack(f.Name) })
		for _, f := range fields {
			was, seen := apart[f.Name]
			apart[f.Name] = alone && (was || !seen)
		}
	}
	return apart
}

func (c *Check) mayLack(field string) bool {
	fact, is := strings.CutPrefix(field, "course.")
	return is && slices.Contains(c.MayLack, fact)
}

// served returns the forms for whose records the letter is sent.
func (c *Check) served(name string, t *Template) (served []*form.Definition) {
	for _, f := range c.Forms {
		if c.Table[name].sent(f) && c.letters.For(name, f.ID) == t {
			served = append(served, f)
		}
	}
	return served
}

// top checks what stands at the top of a letter.
func (c *Check) top(t *Template, name string) (faults source.Faults) {
	add := func(at source.Position, what, do string) { faults.At(t.file.Path, at, what, do) }
	kind := c.Table[name]
	if name == "" {
		do := source.Suggest(t.Name, c.Table.names())
		for _, own := range c.Table.names() {
			if form, is := strings.CutPrefix(t.Name, own+"-"); is {
				do = fmt.Sprintf("there is no form %q: name it %q and the name of a form", form, own+"-")
			}
		}
		add(source.Position{}, fmt.Sprintf("the program sends no letter %q", t.Name), do)
	}
	var ids []string
	for _, f := range c.Forms {
		ids = append(ids, f.ID)
	}
	if t.Form != "" && !slices.Contains(ids, t.Form) && !c.Unread {
		add(t.doc.At("form"), fmt.Sprintf("there is no form %q", t.Form), source.Suggest(t.Form, ids))
	}
	if t.Form != "" && kind.Alone {
		add(t.doc.At("form"), "this letter is about no form", "leave it out")
	}
	if t.Attach && kind.NoCopy != "" {
		add(t.doc.At("attach"), kind.NoCopy, "write no")
	}
	all := c.all
	switch {
	case t.To == "": // that is a fault of its own
	case !slices.Contains(all, string(t.To)):
		if name != "" {
			all = nil
			for _, to := range kind.To {
				all = append(all, string(to))
			}
		}
		add(t.doc.At("to"), fmt.Sprintf(`"to" names nobody that letters go to, %q`, t.To), source.Suggest(string(t.To), all))
	case name != "" && !slices.Contains(kind.To, t.To):
		add(t.doc.At("to"), fmt.Sprintf("this letter, or what it opens, is not for the %s", t.To),
			fmt.Sprintf("write %s", kind.To[0]))
	}
	return faults
}

// look finds wrong fields and wrong braces in a text. It calls add with the line, counted from 0,
// the word on it, what is wrong and what to do.
func look(text string, wrong func(field string) (what, do string), add func(line int, word, what, do string)) {
	for i, l := range strings.Split(text, "\n") {
		// This lookup knows nothing, so it returns every field.
		_, fields := source.Expand(l, func(string) (string, bool) { return "", false })
		for _, field := range fields {
			if what, do := wrong(field.Name); what != "" {
				add(i, field.Typed, what, do)
			}
		}
		for _, m := range single().FindAllStringSubmatch(l, -1) {
			if what, _ := wrong(m[2]); what == "" {
				add(i, m[2], fmt.Sprintf("single braces show no field, %q", m[2]),
					fmt.Sprintf("write %q", "{{"+m[2]+"}}"))
			}
		}
		if strings.Count(l, "{{") != len(fields) || strings.Count(l, "}}") != len(fields) {
			add(i, "", "double braces do not come in pairs", `write a field as "{{reference}}", on one line`)
		}
	}
}

// field says what is wrong with a field in a letter that serves these forms.
func (c *Check) field(name, letter string, served []*form.Definition) (what, do string) {
	kind := c.Table[letter]
	has := "remove it; it has " + strings.Join(kind.Fields, ", ")
	group, rest, _ := strings.Cut(name, ".")
	if kind.Alone && (group == "answer" || group == "course" || group == "service") {
		return fmt.Sprintf("this letter is about no application, so it has no field %q", name), has + " and hub.FACT"
	}
	switch group {
	case "answer":
		if kind.NoAnswers != "" {
			return fmt.Sprintf("shows an answer to the %s", kind.To[0]), "remove it: " + kind.NoAnswers
		}
		for _, f := range served {
			if ids := questions(f); !slices.Contains(ids, rest) && !f.Lost() {
				what = fmt.Sprintf("names the question %q, which the form %s does not have", rest, f.ID)
				return what, source.Suggest(rest, ids)
			}
		}
		return "", ""
	case "course", "service":
		for _, f := range served {
			id, is := f.Course, "course"
			if f.Service != "" {
				id, is = f.Service, "service"
			}
			if group != is {
				return fmt.Sprintf("names a fact of a %s, and the form %s is for a %s", group, f.ID, is),
					fmt.Sprintf("write %s-%s.md for that form alone", letter, f.ID)
			}
			if names := c.Facts(f); names != nil && !slices.Contains(names, rest) {
				what = fmt.Sprintf("names the fact %q, which the %s %s does not have", rest, is, id)
				if c.mayLack(name) {
					return what, "put it into a paragraph without other fields, which is left out for that course"
				}
				return what, source.Suggest(rest, names)
			}
		}
		return "", ""
	case "hub":
		if _, ok := c.Hub(rest); !ok {
			return fmt.Sprintf("names the fact %q, which the hub does not have", rest),
				"see content/site.yaml for its facts"
		}
		return "", ""
	}
	switch {
	case !c.Table.has(name):
		return fmt.Sprintf("unknown field %q", name), c.meant(name, kind.Fields, served)
	case letter != "" && !slices.Contains(kind.Fields, name):
		return fmt.Sprintf("this letter has no field %q", name), has
	}
	return "", ""
}

// meant guesses which field an editor had in mind.
func (c *Check) meant(name string, fields []string, served []*form.Definition) string {
	for _, f := range served {
		if slices.Contains(c.Facts(f), name) {
			group := "course."
			if f.Service != "" {
				group = "service."
			}
			return fmt.Sprintf("did you mean %q?", group+name)
		}
		if slices.Contains(questions(f), name) {
			return fmt.Sprintf("did you mean %q?", "answer."+name)
		}
	}
	groups := []string{"hub.FACT"}
	for _, f := range served {
		groups = append(groups, "answer.QUESTION")
		if f.Service != "" {
			groups = append(groups, "service.FACT")
		} else {
			groups = append(groups, "course.FACT")
		}
	}
	if near := source.Nearest(name, c.Table.fields()); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	slices.Sort(groups)
	return source.Suggest(name, append(slices.Compact(groups), fields...))
}

func questions(f *form.Definition) (ids []string) {
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			ids = append(ids, q.ID)
		}
	}
	return ids
}

// Missing is the fault of a letter that the program sends and nobody has written.
const Missing = "the letter is missing"

// missing finds the letters that the program would lack when it needs them.
func (c *Check) missing(dir string) (faults source.Faults) {
	for _, name := range c.Table.names() {
		if n := c.Table[name].Needs; n != "" && c.Offers != nil && !c.Offers(n) {
			continue
		}
		if slices.ContainsFunc(c.lost, func(t *Template) bool { return strings.HasPrefix(t.Name, name) }) {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Values(c.letters)),
			func(t *Template) bool { return c.kind(t) == name }) {
			faults.Add(path.Join(dir, name+".md"), 0, Missing, "create it: the program sends it; \"hub new letters\" writes those that are missing")
			continue
		}
		for _, f := range c.Forms {
			if c.Table[name].sent(f) && c.letters.For(name, f.ID) == nil {
				faults.Add(path.Join(dir, name+".md"), 0, fmt.Sprintf("there is no such letter for the form %s", f.ID),
					fmt.Sprintf(`take "form" out of it, or write %s-%s.md`, name, f.ID))
			}
		}
	}
	return faults
}
