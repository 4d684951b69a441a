package mentoring

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/service"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
)

// The questions of a form that the program knows, by their ids. A form may leave out those that its
// service does not need, but not name, email, area and role.
const (
	asksName      = "name"
	asksEmail     = "email"
	asksPhone     = "telephone"
	asksTimes     = "call-times"
	asksMessage   = "message"
	asksRole      = "role"
	asksCohort    = "cohort"
	asksPerson    = "person-name" // in a section that repeats
	asksPractice  = "person-practice"
	asksLead      = "person-leads"
	yes           = "yes"
	bytesForFirst = 60_000 // room that a request leaves, when it is sent, for what happens later
)

// idOf is the id of the request that a draft becomes. It differs from an application's id, so that
// no program takes the request for an application.
func idOf(reference string) string { return "request-" + strings.ToLower(reference) }

// Take serves an [intake.Desk]: the draft becomes a request, and the same write owes its letters.
func (d *Desk) Take(_ context.Context, set *record.Set, def *form.Definition, sent intake.Sent) ([]form.Problem, error) {
	word, err := newWord(sent.Word, cmp.Or(d.Rounds, Rounds))
	if err != nil {
		return nil, err
	}
	r := &Request{ID: idOf(sent.Document.Reference), Word: word}
	problems, err := d.begin(r, def, sent)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	r.Note(d.Now(), EventReceived, ByMentee, "", "")
	d.Requests().Put(set, r)
	return nil, nil
}

// TakeByPhone keeps a request that somebody of the staff types in during a call. The mentee has
// agreed to all that was read back to them. They get the same letters, and choose their word when
// they first open their page.
func (d *Desk) TakeByPhone(
	ctx context.Context, p *staff.Person, def *form.Definition, answers application.Answers, readBack time.Time,
) (*Request, []form.Problem, error) {
	if gaps := answers.Gaps(def, d.Now()); len(gaps) > 0 {
		return nil, gaps[0].Problems, intake.ErrIncomplete
	}
	now := d.Now().UTC()
	ref := strings.ToUpper(newID(def.Prefix))
	doc := d.Office.Applications.Frozen(def, ref, now, &answers)
	doc.Received = now
	r := &Request{ID: idOf(ref), Phone: &Phoned{By: p.Email, ReadBack: readBack.UTC()}}
	problems, err := d.begin(r, def, intake.Sent{Document: doc, Answers: answers})
	if err != nil || len(problems) > 0 {
		return nil, problems, err
	}
	if !p.May(staff.Find, wall.Area(r.Service, r.Area)) {
		return nil, nil, ErrNoRequest
	}
	r.Note(now, EventReceived, d.By(p, r), p.Email, "")
	return r, nil, d.Requests().Create(ctx, r)
}

// begin fills in a new request, or says what is wrong with it.
func (d *Desk) begin(r *Request, def *form.Definition, sent intake.Sent) ([]form.Problem, error) {
	s := d.Service(def.Service)
	if s == nil {
		return nil, errors.New("mentoring: the form is for no service that finds mentors")
	}
	r.Service, r.Form = s.ID, def.ID
	r.fill(s, def, sent.Document, sent.Answers)
	if problems := misses(def, s.Mentoring.Role(r.Role), r); len(problems) > 0 {
		return problems, nil
	}
	now := d.Now()
	r.LeaveRoom(bytesForFirst)
	r.Letters.Owe(newID(LetterReceived), LetterReceived, now)
	r.Letters.Owe(newID(LetterToLead), LetterToLead, now)
	return nil, nil
}

// misses is the problem of a request that lacks the professional number which its role asks for.
func misses(def *form.Definition, role *service.Role, r *Request) []form.Problem {
	if role == nil || role.Register == "" || !r.Contact.Number.None() {
		return nil
	}
	for i := range def.Sections {
		s := &def.Sections[i]
		for _, q := range s.Questions {
			if q.Has(strings.ToLower(role.Register)) {
				return []form.Problem{{Question: q.ID, Input: q.ID, Inputs: []string{q.ID},
					Text: "Enter your " + q.Label + " in the section “" + s.Title + "”"}}
			}
		}
	}
	return nil
}

// fill takes from the answers what the program works with. It keeps what the staff have found out
// about the people whom the request excludes.
func (r *Request) fill(
	s *service.Service, def *form.Definition, doc *document.Submission, answers application.Answers,
) {
	r.Document, r.Answers = doc, answers
	r.Role, r.Cohort = r.Answer(asksRole), r.Answer(asksCohort)
	for _, section := range doc.Sections {
		for _, i := range section.Items {
			if i.Kind == form.Area {
				r.Area = cmp.Or(i.Normal, i.Answer)
			}
		}
	}
	r.Contact = Contact{
		Name: r.Answer(asksName), Email: r.Answer(asksEmail), Phone: r.item(asksPhone).Answer, Times: r.Answer(asksTimes),
		Message: r.Answer(asksMessage) == yes,
	}
	for i := range def.Sections {
		section := &def.Sections[i]
		for k := range section.Questions {
			if n := section.Questions[k].Registration(answers.Values[section.ID]); !n.None() {
				r.Contact.Number = n
			}
		}
	}
	r.excludeNamed(s, answers)
}

// excludeNamed excludes the people named in the rows of the answers.
func (r *Request) excludeNamed(s *service.Service, answers application.Answers) {
	was := r.Exclusions
	r.Exclusions = slices.DeleteFunc(slices.Clone(was), func(e Exclusion) bool { return e.By == ByMentee })
	for _, rows := range answers.Rows {
		for _, row := range rows {
			name, named := row.Values[asksPerson]
			if !named {
				continue
			}
			e := Exclusion{ID: row.ID, Name: name, Practice: row.Values[asksPractice], By: ByMentee}
			if c := s.Leading(row.Values[asksLead]); c != nil {
				e.Staff, e.Settled = strings.ToLower(c.Email), true
			} else if i := slices.IndexFunc(was, func(o Exclusion) bool { return o.ID == e.ID && o.Name == e.Name }); i >= 0 {
				e.Staff, e.Mentor, e.Settled = was[i].Staff, was[i].Mentor, was[i].Settled
			}
			r.Exclusions = append(r.Exclusions, e)
		}
	}
}
