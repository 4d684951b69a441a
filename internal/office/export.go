package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/pattern"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/table"
	"traininghub/internal/words"
)

// An export is a table with one row for each application. Its columns follow the form as it is now.
// First come the hub's own, whose names contain an underscore, as no question's name does. Then
// there is one for each question; a question in a list has as many columns as the longest list
// needs, and at least one. The last column has answers to questions that the form no longer asks. A
// missing answer is empty. If a question was not in the form when the application was sent, the
// cell says [NotAsked].

// NotAsked is the cell of a question that the form did not ask.
const NotAsked = "NOT ASKED"

// unasked is used for NotAsked until the row is written, since somebody could have typed those very
// words.
const unasked = "\x00"

// A column of an export.
type column struct {
	name  string
	about string // for the codebook
	kind  string
	rule  string
	value string // which values there are, in words

	of       func(a *application.Application) string // of a column of the hub's own
	question string                                  // id, of a question's column
	section  string                                  // id
	row      int                                     // from 1, if the section repeats
}

// hubColumns returns the columns that every form has.
func hubColumns(w words.Words) []column {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(course.London).Format(time.RFC3339)
	}
	decided := func(f func(*application.Decision) string) func(*application.Application) string {
		return func(a *application.Application) string {
			if a.Decision == nil {
				return ""
			}
			return f(a.Decision)
		}
	}
	authorised := func(f func(*application.Authorised) string) func(*application.Application) string {
		return func(a *application.Application) string {
			switch {
			case a.Authorisation == nil:
				return unasked
			case a.Authorisation.Answer == nil:
				return ""
			}
			return f(a.Authorisation.Answer)
		}
	}
	agreed := func(f func(*application.Agreement) string) func(*application.Application) string {
		return func(a *application.Application) string {
			switch {
			case a.Document.Terms == nil:
				return unasked
			case a.Agreement == nil:
				return ""
			}
			return f(a.Agreement)
		}
	}
	const moment, day, text = "date and time", "date", "text"
	const inLondon = "in London, with the offset from UTC: 2021-09-20T09:00:00+01:00"
	return []column{
		{name: "hub_reference", about: "Reference of the application", kind: text,
			of: func(a *application.Application) string { return a.Reference }},
		{name: "hub_form_version", about: "Version of the form's wording when it was sent", kind: text,
			of: func(a *application.Application) string { return a.Document.FormVersion }},
		{name: "hub_status", about: "Where it stands", kind: "choice", value: "received; accepted; declined; withdrawn",
			of: func(a *application.Application) string { return string(a.Status()) }},
		{name: "hub_received", about: "When it was sent", kind: moment, value: inLondon,
			of: func(a *application.Application) string { return at(a.Document.Received) }},
		{name: "hub_paper_received", about: "Day on which it came, if it came on paper", kind: day, value: "2021-09-30",
			of: func(a *application.Application) string {
				if a.Document.Paper == nil {
					return ""
				}
				return a.Document.Paper.Received
			}},
		{name: "hub_waiting_for", about: "Whom it waits for", kind: "choice",
			value: "practice: to authorise; lead: to decide; " +
				w.Say("applicant: to have the {employer} asked anew, or to agree to the terms; empty: nobody"),
			of: func(a *application.Application) string { p, _ := a.Waiting(); return string(p) }},
		{name: "hub_waiting_since", about: "Since when it has waited, or has stood as it does", kind: moment,
			value: inLondon, of: func(a *application.Application) string { _, t := a.Waiting(); return at(t) }},
		{name: "hub_cohort",
			about: "Cohort: the one decided, else the one assigned, else the one chosen by the applicant", kind: text,
			of: (*application.Application).CohortID},
		{name: "hub_to_look_at", about: "What a person should look at", kind: text,
			of: func(a *application.Application) string { return strings.Join(a.FlagsNow(), "\n") }},
		{name: "hub_practice_answer", about: w.Say("What the {employer} answered"), kind: "choice",
			value: "confirmed; refused; empty: no answer yet", of: authorised(func(p *application.Authorised) string {
				if p.Confirmed {
					return "confirmed"
				}
				return "refused"
			})},
		{name: "hub_practice_date", about: "When it answered", kind: moment, value: inLondon,
			of: authorised(func(p *application.Authorised) string { return at(p.At) })},
		{name: "hub_practice_name", about: "Name with which it was signed", kind: text,
			of: authorised(func(p *application.Authorised) string { return p.Name })},
		{name: "hub_practice_role", about: "Role of who signed", kind: text,
			of: authorised(func(p *application.Authorised) string { return p.Role })},
		{name: "hub_practice_reason", about: "Reason if it refused", kind: text,
			of: authorised(func(p *application.Authorised) string { return p.Reason })},
		{name: "hub_decision", about: w.Say("Decision of the {decider}"), kind: "choice",
			value: "accepted; declined; empty: none yet", of: decided(func(d *application.Decision) string {
				if d.Accepted {
					return string(application.Accepted)
				}
				return string(application.Declined)
			})},
		{name: "hub_decision_date", about: "Day of the decision", kind: day, value: "2021-10-20",
			of: decided(func(d *application.Decision) string { return course.DateOf(d.At).ISO() })},
		{name: "hub_decision_by", about: "Name with which it was signed", kind: text,
			of: decided(func(d *application.Decision) string { return d.Name })},
		{name: "hub_decision_reason", about: "Reason if it is declined", kind: text,
			of: decided(func(d *application.Decision) string { return d.Reason })},
		{name: "hub_decision_text", about: "What the lead added", kind: text,
			of: decided(func(d *application.Decision) string { return d.Text })},
		{name: "hub_funding_start", about: "Day on which funding starts", kind: day, value: "2021-11-17",
			of: decided(func(d *application.Decision) string { return d.Funding })},
		{name: "hub_terms_agreed", about: "When the applicant agreed to the provider's terms", kind: moment,
			value: inLondon, of: agreed(func(g *application.Agreement) string { return at(g.At) })},
		{name: "hub_terms_name", about: "Name with which they were signed", kind: text,
			of: agreed(func(g *application.Agreement) string { return g.Name })},
		{name: "hub_declarations", about: "Declarations that were confirmed, by id", kind: text,
			of: func(a *application.Application) string {
				var ids []string
				for _, d := range a.Document.Declarations {
					ids = append(ids, d.ID)
				}
				return strings.Join(ids, " ")
			}},
		{name: "hub_signature", about: "Name with which the application was signed", kind: text,
			of: func(a *application.Application) string { return a.Document.Signature.Name }},
	}
}

// otherAnswers is the name of the last column.
const otherAnswers = "hub_other_answers"

// columns returns the columns for a form's applications. most is the length of the longest list by
// section; if it is nil, lists get as many columns as the form allows entries.
func columns(w words.Words, def *form.Definition, most map[string]int) []column {
	all := hubColumns(w)
	for _, s := range def.Sections {
		rows := 1
		if s.Repeat != nil {
			rows = s.Repeat.Max
			if most != nil {
				rows = min(rows, max(1, most[s.ID]))
			}
		}
		for n := range rows {
			for i := range s.Questions {
				q := &s.Questions[i]
				c := column{name: q.ID, about: q.Label, kind: string(q.Kind), rule: q.RuleInWords(),
					value: q.InExport(), question: q.ID, section: s.ID}
				if s.Repeat != nil {
					c.row = n + 1
					c.name += "_" + strconv.Itoa(c.row)
					c.about = fmt.Sprintf("%s (%s %d)", q.Label, s.Repeat.Item, c.row)
				}
				all = append(all, c)
			}
		}
	}
	return append(all,
		column{name: otherAnswers, kind: "text", about: "Answers to questions that the form no longer asks",
			value: "a line for each: its id, the question, the answer"})
}

// cell returns an answer for a spreadsheet.
func cell(i document.Item) string {
	v := i.Value()
	switch {
	case v == "":
		return ""
	case i.Kind.Cell() == form.CellTyped:
		return table.Literal(v)
	case i.Kind.Cell() == form.CellPlain && plainValue().MatchString(v):
		return v
	}
	return text(v)
}

// plainValue matches a number, a day or a month.
var plainValue = pattern.Of(`^([0-9]+(\.[0-9]+)?|[0-9]{4}-[0-9]{2}(-[0-9]{2})?)$`)

// text returns a text for a cell, changed if it could be taken for [NotAsked].
func text(s string) string {
	if s == NotAsked {
		return table.Literal(s)
	}
	return table.Text(s)
}

// cells returns the row of an application.
func cells(columns []column, a *application.Application) []string {
	answers, repeats := map[string][]document.Item{}, map[string]bool{} // by question
	var order []string
	add := func(i document.Item, again bool) {
		if answers[i.ID] == nil {
			order = append(order, i.ID)
		}
		answers[i.ID] = append(answers[i.ID], i)
		repeats[i.ID] = again
	}
	empty := map[string]bool{} // lists without an entry
	for _, s := range a.Document.Sections {
		for _, i := range s.Items {
			add(i, false)
		}
		for _, row := range s.Rows {
			for _, i := range row {
				add(i, true)
			}
		}
		empty[s.ID] = s.Items == nil && len(s.Rows) == 0
	}
	shown := map[string]int{} // how many of a question's answers have a column
	var row []string
	for _, c := range columns {
		given := answers[c.question]
		switch {
		case c.of != nil:
			v := c.of(a)
			if v == unasked {
				v = NotAsked
			} else if c.kind == "text" {
				v = text(v)
			}
			row = append(row, v)
		case c.question == "":
			var others []string
			for _, id := range order {
				for n, i := range answers[id] {
					if n < shown[id] || i.Answer == "" {
						continue
					}
					name := id
					if repeats[id] {
						name += "_" + strconv.Itoa(n+1)
					}
					others = append(others, fmt.Sprintf("%s (%s): %s", name, i.Question, i.Value()))
				}
			}
			row = append(row, text(strings.Join(others, "\n")))
		case given == nil && empty[c.section]:
			row = append(row, "")
		case given == nil:
			row = append(row, NotAsked)
		case max(c.row, 1) <= len(given):
			row = append(row, cell(given[max(c.row, 1)-1]))
			shown[c.question] = max(shown[c.question], max(c.row, 1))
		default:
			row = append(row, "")
		}
	}
	return row
}

// A Period is a number of days in London, with both ends included.
type Period struct{ From, To course.Date }

// Export writes a course's applications that were received in the period as CSV, and returns how
// many. The columns follow the form as it is now. It holds one application in memory at a time and
// finishes every row that it starts; w should be buffered. Before the first byte it writes into the
// journal who exports what and why, and at the end how many rows.
func (d *Desk) Export(ctx context.Context, w io.Writer, s *staff.Person, courseID string, p Period,
	reason string) (rows int, err error) {
	return d.export(ctx, s, courseID, p, reason, func(def *form.Definition, most map[string]int, each eachOf) error {
		out, err := table.New(w)
		if err != nil {
			return err
		}
		columns := columns(d.words(), def, most)
		var names []string
		for _, c := range columns {
			names = append(names, c.name)
		}
		if err := out.Row(names...); err != nil {
			return err
		}
		if err := each(func(a *application.Application) error { return out.Row(cells(columns, a)...) }); err != nil {
			return err
		}
		return out.Flush()
	})
}

// eachOf calls a function with each application of an export.
type eachOf func(func(*application.Application) error) error

// export reads the applications twice: first to see how long their lists are, then for write to
// make the file.
func (d *Desk) export(ctx context.Context, s *staff.Person, courseID string, p Period, reason string,
	write func(def *form.Definition, most map[string]int, each eachOf) error) (rows int, err error) {
	def := d.Applications.Programme.FormOf(courseID)
	if def == nil || !s.May(staff.Read, staff.Course(courseID)) {
		return 0, decide.ErrNoApplication
	}
	entry, err := d.openJournal(ctx,
		Exported{Course: courseID, From: p.From.ISO(), To: p.To.ISO(), Name: s.Name, By: s.Email, Reason: reason})
	if err != nil {
		return 0, err
	}
	// An application that moves to another shelf meanwhile would come twice or not at all: a letter
	// that came back yesterday can move one today. So each shelf is read twice from the beginning,
	// and the references of those that were read are remembered.
	var refs []string
	seen, most := map[string]bool{}, map[string]int{}
	for range 2 {
		for _, is := range application.States {
			for r, err := range d.Applications.Shelved(ctx, []string{application.ShelfOf(courseID, is.Name)},
				record.Range{Kind: record.Application}) {
				if err == nil && !seen[r.ID] {
					var a *application.Application
					if a, err = d.exported(ctx, r, *entry); a != nil {
						seen[r.ID], refs = true, append(refs, r.ID)
						for _, section := range a.Document.Sections {
							most[section.ID] = max(most[section.ID], len(section.Rows))
						}
					}
				}
				if err != nil {
					return 0, fmt.Errorf("exporting %s: %w", courseID, err)
				}
			}
		}
	}
	err = write(def, most, func(f func(*application.Application) error) error {
		rows = 0
		for _, ref := range refs {
			a, err := d.Applications.Get(ctx, ref)
			switch {
			case errors.Is(err, record.ErrNotFound): // removed since
				continue
			case err != nil:
				return err
			}
			if err := f(a); err != nil {
				return err
			}
			rows++
		}
		return nil
	})
	if err != nil {
		return rows, fmt.Errorf("exporting %s: %w", courseID, err)
	}
	return rows, d.closeJournal(context.WithoutCancel(ctx), entry, rows)
}

// Parts splits a period into periods of whole days, one after another, with at most so many
// applications each. A single day can have more.
func (d *Desk) Parts(ctx context.Context, s *staff.Person, courseID string, p Period, most int) ([]Period, error) {
	if !s.May(staff.Read, staff.Course(courseID)) {
		return nil, decide.ErrNoApplication
	}
	received := map[string]int{} // by day
	within := Exported{From: p.From.ISO(), To: p.To.ISO()}
	for _, is := range application.States {
		for r, err := range d.Applications.Shelved(ctx, []string{application.ShelfOf(courseID, is.Name)},
			record.Range{Kind: record.Application}) {
			if err != nil {
				return nil, fmt.Errorf("exporting %s in parts: %w", courseID, err)
			}
			if b, err := d.Applications.BriefOf(r); err == nil && within.period(b.Received) {
				received[course.DateOf(b.Received).ISO()]++
			}
		}
	}
	parts, n := []Period{p}, 0
	for _, day := range slices.Sorted(maps.Keys(received)) {
		if n > 0 && n+received[day] > most {
			var begins course.Date
			if err := begins.UnmarshalText([]byte(day)); err != nil {
				return nil, err
			}
			parts[len(parts)-1].To = begins.AddDays(-1)
			parts, n = append(parts, Period{begins, p.To}), 0
		}
		n += received[day]
	}
	return parts, nil
}

// exported returns the application of a line in a list; nil if it does not belong in the export.
func (d *Desk) exported(ctx context.Context, r record.Record, e Exported) (*application.Application, error) {
	b, err := d.Applications.BriefOf(r)
	if err != nil || !e.period(b.Received) {
		return nil, err
	}
	a, err := d.Applications.Get(ctx, r.ID)
	if errors.Is(err, record.ErrNotFound) {
		return nil, nil
	}
	return a, err
}

// Codebook writes a table that explains the columns of an export, with the hub's words for people.
func (d *Desk) Codebook(w io.Writer, def *form.Definition) error {
	out, err := table.New(w)
	if err != nil {
		return err
	}
	for _, note := range [][]string{
		{"column", "question", "kind", "rule", "values"},
		{"(all)", "How to read the table", "", "",
			"A text that a spreadsheet could take for a formula, a number or a date has an apostrophe before it, " +
				"and so has a text that begins with one. It is not part of the answer: a program takes one apostrophe away " +
				"from the beginning of each cell. Telephone numbers and registration numbers of figures alone always have it. " +
				"It is there because a spreadsheet works out what begins with = + - or @, also behind spaces, " +
				"and drops the first 0 of a number."},
		{"(all)", "Empty, and " + NotAsked, "", "",
			"Empty: the question was asked and not answered. " + NotAsked +
				": the form did not ask it when the application was sent."},
	} {
		out.Row(note...) // Flush returns the errors
	}
	for _, c := range columns(d.words(), def, nil) {
		out.Row(c.name, text(c.about), c.kind, c.rule, text(c.value))
	}
	return out.Flush()
}
