package form

import (
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/source"
)

// ruleChange is about drafts. Answers are kept by the ids of their section and question. When the
// application is sent, all are checked again by the form as it is then.
var ruleChange = source.Rule{Name: "form-change",
	Why: "people who began with the form as it was go on with it as it is; their answers are kept by the ids of " +
		"section and question, and checked again when they send"}

// Changes compares a form with its earlier version, and warns of every change that people with a
// saved draft will notice. The Do of each fault says what it means for them. Both forms are joined;
// is is nil if the form was removed.
func Changes(was, is *Definition) source.Faults {
	c := changes{is: is}
	if is == nil {
		c.faults.Warn(was.Path, source.Position{}, ruleChange, "the form was removed",
			"people part-way through cannot go on, nor read their answers: close the course first, and remove the "+
				"form when no draft is left")
		return c.faults
	}
	if was.Service != is.Service || was.Course != is.Course && (was.Course == "" || is.Course == "") {
		c.add("service", "people part-way through now ask for something else: make a new form instead",
			"the form was for another course or service")
	} else if was.Course != is.Course {
		c.add("course", "people part-way through now apply for another course: make a new form instead",
			"the form was for the course %q and is for %q", was.Course, is.Course)
	}
	for i := range was.Sections {
		s := &was.Sections[i]
		if now, _ := is.Section(s.ID); now == nil {
			c.lostSection(s)
		}
	}
	for i := range is.Sections {
		s := &is.Sections[i]
		before, _ := was.Section(s.ID)
		at := fmt.Sprintf("sections.%d", i)
		if before == nil && slices.ContainsFunc(was.Sections, func(old Section) bool {
			kept, _ := is.Section(old.ID)
			return kept == nil && same(old.Title, s.Title)
		}) {
			continue // renamed, which has already been reported
		}
		if before == nil {
			c.add(at, "people part-way through must complete it before they can send", "there is a new section %q",
				s.ID)
			continue
		}
		c.section(at, before, s)
	}
	c.declarations(was)
	c.practice(was)
	c.terms(was)
	c.faults.Sort()
	return c.faults
}

type changes struct {
	is     *Definition
	faults source.Faults
}

func (c *changes) add(at, do, what string, args ...any) {
	c.faults.Warn(c.is.Path, c.is.At(at), ruleChange, fmt.Sprintf(what, args...), do)
}

func (c *changes) lostSection(s *Section) {
	for i := range c.is.Sections {
		if now := &c.is.Sections[i]; same(now.Title, s.Title) {
			c.add(fmt.Sprintf("sections.%d.id", i),
				fmt.Sprintf("people part-way through must answer all of it again: change the id back to %q", s.ID),
				"the section %q is now called %q", s.ID, now.ID)
			return
		}
	}
	c.add("sections", "what people part-way through answered there is not sent", "the section %q was removed", s.ID)
}

func (c *changes) section(at string, was, is *Section) {
	switch {
	case was.Repeat == nil && is.Repeat != nil, was.Repeat != nil && is.Repeat == nil:
		c.add(at+".repeat", "people part-way through must answer all of it again: make a new section instead",
			"the section %q %s", is.ID,
			map[bool]string{true: "is a list now", false: "is no list any more"}[is.Repeat != nil])
		return
	case is.Repeat != nil && is.Repeat.Min > was.Repeat.Min:
		c.add(at+".repeat.min", "people part-way through who gave fewer must add more before they can send",
			"the section %q asks for at least %d, not %d", is.ID, is.Repeat.Min, was.Repeat.Min)
	}
	for i := range was.Questions {
		if q := &was.Questions[i]; is.Question(q.ID) == nil {
			c.lost(at, was, is, q)
		}
	}
	for k := range is.Questions {
		q, at := &is.Questions[k], fmt.Sprintf("%s.questions.%d", at, k)
		before := was.Question(q.ID)
		if before != nil {
			c.question(at, before, q)
			continue
		}
		if slices.ContainsFunc(was.Questions, func(old Question) bool {
			return is.Question(old.ID) == nil && same(old.Label, q.Label)
		}) {
			continue // renamed, which has already been reported
		}
		if q.Has("required") {
			c.add(at, "people part-way through who have saved this section must answer it before they can send",
				"there is a new question %q that must be answered", q.ID)
		} else {
			c.add(at, "people part-way through who have saved this section are not asked, unless they change their "+
				"answers", "there is a new question %q", q.ID)
		}
	}
}

// lost warns of a question that its section no longer asks.
func (c *changes) lost(at string, was, is *Section, q *Question) {
	for k := range is.Questions {
		if now := &is.Questions[k]; was.Question(now.ID) == nil && same(now.Label, q.Label) {
			do := "people part-way through lose the answer they gave"
			if now.Has("required") {
				do += ", and must give it again before they can send"
			}
			c.add(fmt.Sprintf("%s.questions.%d.id", at, k), do+fmt.Sprintf(": change the id back to %q", q.ID),
				"the question %q is now called %q", q.ID, now.ID)
			return
		}
	}
	if _, now := c.is.Question(q.ID); now != nil {
		c.add(at+".questions", "people part-way through lose the answer they gave in the old place",
			"the question %q was moved to the section %q", q.ID, now.ID)
		return
	}
	c.add(at+".questions", "the answer that people part-way through gave is not sent", "the question %q was removed",
		q.ID)
}

func (c *changes) question(at string, was, is *Question) {
	if was.Kind != is.Kind {
		c.add(at+".kind", "an answer of the old kind may not be understood, and is then asked for again: give the "+
			"question a new id", "the question %q was of the kind %s and is of the kind %s", is.ID, was.Kind, is.Kind)
		return
	}
	switch old, now := was.Has("required"), is.Has("required"); {
	case now && !old:
		c.add(at+".rule", "people part-way through who left it empty must answer it before they can send",
			"the question %q must be answered now", is.ID)
	case old && !now:
		c.add(at+".rule", "nothing: what they answered stays", "the question %q can be left empty now", is.ID)
	}
	if old, now := was.format(), is.format(); old != now {
		c.add(at+".rule", "answers that were accepted before may have to be corrected before people can send",
			"the rule of question %q was %q and is %q", is.ID, old, now)
	}
	for _, o := range was.Options {
		i := slices.IndexFunc(is.Options, func(now Option) bool { return now.ID == o.ID })
		switch {
		case i < 0:
			c.add(at+".options", "people part-way through who chose it must choose again",
				"the question %q does not offer %q any more", is.ID, o.Label)
		case !same(o.Label, is.Options[i].Label):
			c.add(fmt.Sprintf("%s.options.%d", at, i),
				"people part-way through who chose the old words send the new ones: if they mean something else, "+
					"give the option a new id", "the option %q of question %q is now %q", o.Label, is.ID,
				is.Options[i].Label)
		}
	}
	if !same(was.Label, is.Label) {
		c.add(at+".label", "answers that were given to the old words are sent with the new ones: if they ask for "+
			"something else, give the question a new id", "the question %q asked %q and asks %q", is.ID, was.Label,
			is.Label)
	}
}

// format is the part of the rule that says what an answer must look like.
func (q *Question) format() string {
	var tags []string
	for tag := range strings.SplitSeq(q.Rule, ",") {
		if tag = strings.TrimSpace(tag); tag != "required" && tag != "omitempty" && tag != "" {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return strings.Join(tags, ",")
}

// practice warns of a change in who is asked to complete a part online.
func (c *changes) practice(was *Definition) {
	before, now := was.Practice(), c.is.Practice()
	switch {
	case before == nil && now != nil:
		i := slices.IndexFunc(c.is.Parts, func(p Part) bool { return p.Asks != nil })
		c.add(fmt.Sprintf("parts.%d.asks", i),
			"people part-way through give an address that is not their own, and it is written to when they send; "+
				"nobody is asked for applications that were sent before", "the part %q is now completed online", now.ID)
	case before != nil && now == nil:
		c.add("parts", "nobody is asked for applications that are sent from now on; those who were asked can still "+
			"answer", "the part %q is not completed online any more", before.ID)
	case before != nil && before.Statement != now.Statement:
		i := slices.IndexFunc(c.is.Parts, func(p Part) bool { return p.Asks != nil })
		c.add(fmt.Sprintf("parts.%d.statement", i), "nothing: applications that were sent keep the old words",
			"what the part %q confirms has other words", now.ID)
	}
}

func (c *changes) declarations(was *Definition) {
	texts := map[string]string{}
	for _, d := range was.Declarations {
		texts[d.ID] = d.Text
	}
	const do = "nothing: everybody confirms the declarations as they are when they send"
	for i, d := range c.is.Declarations {
		switch old, known := texts[d.ID]; {
		case !known:
			c.add(fmt.Sprintf("declarations.%d", i), do, "there is a new declaration %q", d.ID)
		case old != d.Text:
			c.add(fmt.Sprintf("declarations.%d", i), do, "the declaration %q has other words", d.ID)
		}
		delete(texts, d.ID)
	}
	for id := range texts {
		c.add("declarations", do, "the declaration %q was removed", id)
	}
}

func (c *changes) terms(was *Definition) {
	const kept = "an application that was sent before keeps what it was sent with; people part-way through are asked " +
		"to agree to the terms as they are when they send"
	switch old, now := was.Terms, c.is.Terms; {
	case old == nil && now != nil:
		c.add("terms", kept, "applicants who are accepted are now asked to agree to terms")
	case old != nil && now == nil:
		c.add("", kept, "applicants who are accepted are not asked to agree to terms any more")
	case old != nil && (old.Title != now.Title || old.Statement != now.Statement ||
		!slices.Equal(old.Clauses, now.Clauses)):
		c.add("terms", kept, "the terms have other words")
	case old != nil && (old.File == nil) != (now.File == nil), old != nil && old.File != nil && old.File.SHA256 != now.File.SHA256:
		c.add("terms_file", "who has not agreed yet reads the new one and agrees to it; an agreement names the version",
			"the provider's document beside the terms is another one")
	}
}
