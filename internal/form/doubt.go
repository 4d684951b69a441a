package form

import (
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/source"
)

// An Expectation is what a form expects of an answer. An unexpected answer is no mistake: the
// applicant is told and may go on, and everybody who reads the application later sees the [Doubt].
// One of the first five fields says what is expected, and Says puts it in words.
type Expectation struct {
	// Expect are the ids of the expected options, separated by commas: "yes".
	Expect string `key:"expect" json:"expect,omitempty"`
	// Least and Most are limits of a number, a sum in pounds or a time in minutes. They may show a
	// fact: "{{min-sessions}}".
	Least string `key:"least" json:"least,omitempty"`
	Most  string `key:"most" json:"most,omitempty"`
	// Differs is the id of a question whose answer this one must not repeat, or "applicant".
	Differs string `key:"differs" json:"differs,omitempty"`
	// Unique means that no two entries of a list have the same answer.
	Unique bool `key:"unique" json:"unique,omitempty"`
	// Says is a sentence for everybody who sees the doubt, the applicant included.
	Says string `key:"says,required" json:"says"`
}

// theApplicant in [Expectation.Differs] means the applicant's own name, e-mail address or telephone
// number, whichever the question asks for.
const theApplicant = "applicant"

// A Doubt is an answer that the form does not expect. It is stored with the application, so its
// JSON names stay.
type Doubt struct {
	Section  string `json:"section,omitempty"` // its id; "" if the doubt is about the signature
	Row      int    `json:"row,omitempty"`     // from 1; 0 if the section does not repeat
	Question string `json:"question"`          // its id; "signature"
	// Label is the question as people read it, with the entry of a list that it is about:
	// "Reference 2: Email address".
	Label  string `json:"label"`
	Answer string `json:"answer"` // as people read it
	Says   string `json:"says"`   // the editor's words
}

// String is the doubt in a sentence or two, for a list.
func (d Doubt) String() string {
	if strings.HasSuffix(d.Label, "?") {
		return fmt.Sprintf("%s “%s”: %s", d.Label, d.Answer, d.Says)
	}
	return fmt.Sprintf("%s, “%s”: %s", d.Label, d.Answer, d.Says)
}

// Asked is the label as it stands before the answer: "Clinical sessions a week:".
func (d Doubt) Asked() string {
	if strings.HasSuffix(d.Label, "?") {
		return d.Label
	}
	return d.Label + ":"
}

// Doubts are the answers that the form does not expect, in the order of its questions. given
// returns the answers to a section: one for each entry of a list, otherwise just one. An empty
// signature raises no doubt. An answer that is missing or cannot be read is a [Problem], not a
// doubt.
func (d *Definition) Doubts(given func(*Section) []Values, signature string) []Doubt {
	all := []Doubt{}
	x := doubting{d, given}
	for i := range d.Sections {
		s := &d.Sections[i]
		if !slices.ContainsFunc(s.Questions, func(q Question) bool { return len(q.Doubts) > 0 }) {
			continue
		}
		rows := given(s)
		for n := range rows {
			all = append(all, x.row(s, rows, n)...)
		}
	}
	if name := x.applicant(Text); signature != "" && name != "" && !SameName(signature, name) {
		all = append(all, Doubt{Question: "signature", Label: d.Signature.Label, Answer: signature,
			Says: d.Signature.Unlike()})
	}
	return all
}

// Unlike is what the form says of a signature that is not the applicant's name.
func (s Signature) Unlike() string {
	if s.Doubt != "" {
		return s.Doubt
	}
	return "The name in the signature differs from the applicant's name."
}

type doubting struct {
	def   *Definition
	given func(*Section) []Values
}

// row are the doubts about one entry of a section. If a name and an address would raise the same
// words about one entry, they are said once.
func (x doubting) row(s *Section, rows []Values, n int) (all []Doubt) {
	for i := range s.Questions {
		q := &s.Questions[i]
		for _, e := range q.Doubts {
			if !x.unexpected(s, q, e, rows, n) ||
				slices.ContainsFunc(all, func(d Doubt) bool { return d.Says == e.Says }) {
				continue
			}
			doubt := Doubt{Section: s.ID, Question: q.ID, Label: q.Label, Answer: q.Shown(rows[n]), Says: e.Says}
			if s.Repeat != nil {
				doubt.Row = n + 1
				doubt.Label = s.entry(n+1, len(rows)) + ": " + q.Label
			}
			all = append(all, doubt)
		}
	}
	return all
}

// entry is what documents call an entry of a list: "Reference 2".
func (s *Section) entry(n, of int) string {
	name := capital(s.Repeat.Item)
	if of > 1 {
		name += fmt.Sprintf(" %d", n)
	}
	return name
}

func (x doubting) unexpected(s *Section, q *Question, e Expectation, rows []Values, n int) bool {
	v := rows[n]
	a, wrong := q.Kind.kind().read(q, v)
	if wrong != nil || a.value == nil || q.breaks(a.value) != "" {
		return false
	}
	size, sized := a.value.(float64)
	least, most := limitOf(e.Least), limitOf(e.Most)
	switch {
	case e.Expect != "":
		return slices.ContainsFunc(q.Chosen(v), func(id string) bool { return !slices.Contains(e.options(), id) })
	case e.Least != "":
		return sized && least.ok && size < least.number
	case e.Most != "":
		return sized && most.ok && size > most.number
	case e.Unique:
		return slices.ContainsFunc(rows[:n], func(other Values) bool { return q.like(v, q, other) })
	case e.Differs == theApplicant:
		who := x.applicant(q.Kind)
		return who != "" && q.like(v, q, Values{q.ID: who})
	}
	other, in := x.def.Question(e.Differs)
	switch {
	case other == nil:
		return false
	case in == s:
		return q.like(v, other, v)
	}
	beside := x.given(in)
	return in.Repeat == nil && len(beside) == 1 && q.like(v, other, beside[0])
}

// applicant is the applicant's address or telephone number, by the kind, or else their name.
func (x doubting) applicant(k Kind) string {
	ids := x.def.Applicant.Names
	switch k {
	case Email:
		ids = []string{x.def.Applicant.Email}
	case Telephone:
		ids = []string{x.def.Applicant.Telephone}
	}
	var all []string
	for _, id := range ids {
		q, s := x.def.Question(id)
		if q == nil {
			continue
		}
		if rows := x.given(s); len(rows) == 1 && q.Normal(rows[0]) != "" {
			all = append(all, q.Shown(rows[0]))
		}
	}
	return strings.Join(all, " ")
}

// like tells whether people would take two answers for the same: addresses of one mailbox, names of
// one person, or answers with the same normal form.
func (q *Question) like(v Values, other *Question, w Values) bool {
	a, b := q.Normal(v), other.Normal(w)
	switch {
	case a == "" || b == "":
		return false
	case q.Kind == Email:
		return Mailbox(a) == Mailbox(b)
	case q.Has("name"):
		return Namesakes(a, b)
	}
	return Fold(a) == Fold(b)
}

func (e Expectation) options() []string {
	var all []string
	for id := range strings.SplitSeq(e.Expect, ",") {
		all = append(all, strings.TrimSpace(id))
	}
	return all
}

// limitOf reads a limit. It may be a number or a sum, since a fact can be either.
func limitOf(text string) (l struct {
	number float64
	ok     bool
}) {
	l.number, l.ok = number(strings.TrimPrefix(strings.TrimSpace(text), "£"))
	l.ok = l.ok && text != ""
	return l
}

// doubts checks a question's expectations, before facts are put in.
func (d *Definition) doubts(s *Section, q *Question, at string, add func(at, what, do string, args ...any)) {
	if d.Service != "" && len(q.Doubts) > 0 {
		add(at+".doubts", "question %q has doubts, but the form is for a service, whose leads would not see them",
			"remove them: applications for courses show doubts", q.ID)
		return
	}
	for i, e := range q.Doubts {
		at := fmt.Sprintf("%s.doubts.%d", at, i)
		var given []string
		for key, there := range map[string]bool{"expect": e.Expect != "", "least": e.Least != "",
			"most": e.Most != "", "differs": e.Differs != "", "unique": e.Unique} {
			if there {
				given = append(given, key)
			}
		}
		slices.Sort(given)
		if len(given) == 0 && (d.doc.Has(at+".least") || d.doc.Has(at+".most")) {
			continue // it stands there, and has its fault
		}
		if len(given) != 1 {
			what := "says nothing that is expected"
			if len(given) > 1 {
				what = "expects several things at once: " + strings.Join(given, " and ")
			}
			add(at, "a doubt of question %q %s", "write one of expect, least, most, differs and unique, "+
				"and a doubt of its own for each", q.ID, what)
			continue
		}
		at += "." + given[0]
		switch given[0] {
		case "expect":
			d.expects(q, e, at, add)
		case "unique":
			if s.Repeat == nil || s.Repeat.Max == 1 {
				add(at, "the question %q is asked once, so its answer is always unique",
					"remove this doubt, or name another question with differs", q.ID)
			}
		case "differs":
			d.differs(s, q, e, at, add)
		default:
			if q.Kind != "" && !q.Kind.kind().sized {
				add(at, "question %q expects a size, but its kind is %s",
					"remove this doubt: only numbers, sums and times have a size", q.ID, q.Kind)
			} else if text := e.Least + e.Most; !strings.Contains(text, "{{") && !limitOf(text).ok {
				add(at, "question %q expects %q, which is no number", `write it in figures, or a fact like "{{charge}}"`,
					q.ID, text)
			}
		}
	}
}

// expects checks the expected options against those of the question, as far as they are known.
func (d *Definition) expects(q *Question, e Expectation, at string, add func(at, what, do string, args ...any)) {
	switch {
	case q.Kind == "": // reported elsewhere
	case !q.Kind.kind().offers():
		add(at, "question %q expects an option, but offers none to choose from",
			"remove this doubt: only what is chosen can be expected", q.ID)
	default:
		var ids []string
		for _, o := range q.Choices() {
			ids = append(ids, o.ID)
		}
		for _, id := range e.options() {
			if len(ids) > 0 && !slices.Contains(ids, id) {
				add(at, "question %q expects %q, which it does not offer", source.Suggest(id, ids), q.ID, id)
			}
		}
	}
}

// differs checks the question whose answer must not be repeated.
func (d *Definition) differs(
	s *Section, q *Question, e Expectation, at string, add func(at, what, do string, args ...any),
) {
	other, in := d.Question(e.Differs)
	switch {
	case q.Kind == "": // reported elsewhere
	case e.Differs == theApplicant && slices.Contains(append([]string{d.Applicant.Email, d.Applicant.Telephone},
		d.Applicant.Names...), q.ID):
		add(at, "question %q asks for the applicant's own, which cannot differ from it", "remove this doubt", q.ID)
	case e.Differs == theApplicant:
		if q.Kind != Email && q.Kind != Telephone && !(q.Kind == Text && q.asksName()) {
			add(at, "question %q asks for nothing that tells an applicant",
				`name a question, or add "name" to its rule if it asks for a name`, q.ID)
		}
	case other == nil:
		add(at, "there is no question %q", source.Suggest(e.Differs, append(d.ids(), theApplicant)), e.Differs)
	case other == q:
		add(at, "question %q differs from itself", "name another question", q.ID)
	case in.Repeat != nil && in != s:
		add(at, "the question %q is asked of each %s: which one is meant?",
			"name a question of the same section, or of one that does not repeat", e.Differs, in.Repeat.Item)
	case other.Kind != "" && other.Kind != q.Kind:
		add(at, "question %q has the kind %s and %q the kind %s, so they always differ",
			"name one of the same kind", q.ID, q.Kind, e.Differs, other.Kind)
	}
}

// asksName tells whether the question's rule asks for a name. The rule need not have been read yet.
func (q *Question) asksName() bool { return q.parse() == nil && q.Has("name") }

// expand puts facts into the question's expectations, and reports a limit that is then no number.
func (q *Question) expand(at string, put func(at string, text *string), add func(at, what, do string)) {
	q.Doubts = slices.Clone(q.Doubts)
	for i := range q.Doubts {
		e, at := &q.Doubts[i], fmt.Sprintf("%s.doubts.%d", at, i)
		put(at+".says", &e.Says)
		for key, text := range map[string]*string{"least": &e.Least, "most": &e.Most} {
			was := *text
			if put(at+"."+key, text); *text != was && *text != source.AnyFact && !limitOf(*text).ok {
				add(at+"."+key, fmt.Sprintf("question %q expects %q, which is no number", q.ID, *text),
					"name a fact that is a number or a sum")
			}
		}
	}
}
