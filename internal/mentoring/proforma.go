package mentoring

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/source"
	"traininghub/internal/staff"
)

// UseProforma is the sheet that the lead fills in during the call.
const UseProforma = "proforma"

// The decisions of the pro-forma: the ids of the options of its question "decision".
const (
	DecideMentoring = "mentoring"
	DecideBoth      = "both" // a mentor and other help
	DecideNotApt    = "not-apt"
)

// The section of the pro-forma that only leads and deputies see.
const safetySection = "safety"

// ErrNoSheet: the content has no pro-forma for the service.
var ErrNoSheet = errors.New("mentoring: the service has no pro-forma")

// needed are the questions that the program knows by their ids, with their kinds.
var needed = map[string]form.Kind{
	"focus-1": form.Choice, "focus-2": form.Choice, "focus-3": form.Choice, "aim": form.LongText,
	"meet": form.Choices, "times": form.Choices, "wishes": form.Choices, "must": form.Choices,
	"decision": form.Choice, "signposts": form.Choices, "safety": form.YesNo,
}

// Faults are what the pro-formas of services lack. They are found before a lead fills one in.
func Faults(p *programme.Programme) (faults source.Faults) {
	for _, s := range p.Services {
		sheet := p.Sheet(UseProforma, s.ID)
		switch {
		case s.Mentoring == nil:
			continue
		case sheet == nil:
			faults.At(s.File.Path, s.At("mentoring"), "the service finds mentors, and has no pro-forma for the call",
				fmt.Sprintf("write one in content/sheets with \"use: %s\"", UseProforma))
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(needed)) {
			switch q, _ := sheet.Question(id); {
			case q == nil:
				faults.Add(sheet.Path, 0, fmt.Sprintf("there is no question %q", id),
					"add it: the call needs it by this id")
			case q.Kind != needed[id]:
				faults.Add(sheet.Path, 0, fmt.Sprintf("the question %q is of the kind %s", id, q.Kind),
					fmt.Sprintf("write kind: %s", needed[id]))
			}
		}
		if q, _ := sheet.Question("decision"); q != nil {
			for _, id := range []string{DecideMentoring, DecideBoth, DecideNotApt} {
				if !slices.ContainsFunc(q.Options, func(o form.Option) bool { return o.ID == id }) {
					faults.Add(sheet.Path, 0, fmt.Sprintf("the decision has no option %q", id),
						"add it: it says what happens next")
				}
			}
		}
	}
	return faults
}

// Sheet is the pro-forma of a service; nil if it has none.
func (d *Desk) Sheet(service string) *form.Sheet { return d.Programme.Sheet(UseProforma, service) }

// writable are the states in which the pro-forma can be filled in or changed.
func writable(s State) bool {
	return slices.Contains(calling, s) || s == Talked || slices.Contains(looking, s)
}

// Writable tells whether the pro-forma can be filled in or changed now.
func (r *Request) Writable() bool {
	state, _ := r.State()
	return writable(state)
}

// Typed is the pro-forma as typed so far: the draft, or else what was concluded.
func (r *Request) Typed() form.Values {
	switch {
	case r.Draft != nil:
		return r.Draft
	case r.Proforma != nil:
		return r.Proforma.Values
	}
	return form.Values{}
}

// SaveProforma keeps what was typed in a section of the pro-forma, mistakes included, so that
// nothing is lost during the call. It returns what is wrong with it.
func (d *Desk) SaveProforma(
	ctx context.Context, p *staff.Person, id, section string, v form.Values,
) (problems []form.Problem, err error) {
	_, err = d.Change(ctx, p, id, func(r *Request, by string) error {
		sheet := d.Sheet(r.Service)
		if sheet == nil {
			return ErrNoSheet
		}
		asked, _ := sheet.Section(section)
		switch {
		case asked == nil:
			return ErrNoRequest
		case !r.Writable():
			return ErrMove
		}
		typed := maps.Clone(r.Typed())
		for i := range asked.Questions {
			for _, input := range asked.Questions[i].Inputs() {
				delete(typed, input)
			}
		}
		maps.Copy(typed, v)
		r.Draft, problems = typed, d.wrong(asked, typed)
		return nil
	})
	return problems, err
}

// wrong says what is wrong with a section of the pro-forma, also where its answers contradict each
// other.
func (d *Desk) wrong(s *form.Section, v form.Values) []form.Problem {
	problems := s.Check(v, d.Now())
	add := func(question, text string) {
		if q := s.Question(question); q != nil &&
			!slices.ContainsFunc(problems, func(p form.Problem) bool { return p.Question == question }) {
			problems = append(problems, form.Problem{Question: question, Input: q.Inputs()[0], Inputs: q.Inputs(),
				Text: text})
		}
	}
	normal := func(question string) string {
		if q := s.Question(question); q != nil {
			return q.Normal(v)
		}
		return ""
	}
	if first := normal("focus-1"); first != "" && (first == normal("focus-2") || first == normal("focus-3")) ||
		normal("focus-2") != "" && normal("focus-2") == normal("focus-3") {
		add("focus-3", "Choose something else for each place, or nothing")
	}
	if decision := normal("decision"); (decision == DecideNotApt || decision == DecideBoth) &&
		normal("signposts") == "" {
		add("signposts", "Select the other help that you named")
	}
	if normal("safety") == "yes" {
		for question, text := range map[string]string{
			"safety-what": "Enter what the concern was, and what you did", "safety-told": "Enter whom you told",
			"safety-first": "Select yes if you told the person you talked with first",
		} {
			if normal(question) == "" {
				add(question, text)
			}
		}
	}
	place := func(p form.Problem) int {
		return slices.IndexFunc(s.Questions, func(q form.Question) bool { return q.ID == p.Question })
	}
	slices.SortStableFunc(problems, func(a, b form.Problem) int { return place(a) - place(b) })
	return problems
}

// A Gap is a section of the pro-forma that is not complete.
type Gap struct {
	Section  *form.Section
	Problems []form.Problem
}

// Gaps are the sections of the pro-forma that are not complete yet.
func (d *Desk) Gaps(r *Request) (gaps []Gap) {
	sheet, v := d.Sheet(r.Service), r.Typed()
	if sheet == nil {
		return nil
	}
	notApt := normalOf(sheet, v, "decision") == DecideNotApt
	for i := range sheet.Sections {
		s := &sheet.Sections[i]
		if notApt && s.Question("decision") == nil && s.ID != safetySection {
			continue // not needed: no mentor is sought
		}
		if problems := d.wrong(s, v); len(problems) > 0 {
			gaps = append(gaps, Gap{s, problems})
		}
	}
	return gaps
}

func normalOf(sheet *form.Sheet, v form.Values, question string) string {
	if q, _ := sheet.Question(question); q != nil {
		return q.Normal(v)
	}
	return ""
}

// Conclude closes the pro-forma. From then on a mentor is sought, or other help was named and the
// request is over. A concluded pro-forma can be changed and concluded again while nobody is
// proposed. It returns what is still missing.
func (d *Desk) Conclude(ctx context.Context, p *staff.Person, id string) (gaps []Gap, err error) {
	_, err = d.Change(ctx, p, id, func(r *Request, by string) error {
		sheet, v, now := d.Sheet(r.Service), r.Typed(), d.Now()
		state, _ := r.State()
		switch {
		case sheet == nil:
			return ErrNoSheet
		case !r.Writable() || slices.Contains(calling, state): // nobody has talked with the mentee yet
			return ErrMove
		}
		if gaps = d.Gaps(r); len(gaps) > 0 {
			return record.ErrUnchanged
		}
		was := r.Proforma
		r.Proforma, r.Draft = proforma(sheet, v), nil
		r.Proforma.At, r.Proforma.By = now.UTC(), p.Email
		if was != nil {
			r.Proforma.Corrected = was.Corrected
		}
		if s := r.Proforma.Safety; s != nil {
			s.At = now.UTC()
			if was != nil && was.Safety != nil {
				s.At = was.Safety.At
			}
			if was == nil || was.Safety == nil {
				r.Note(now, EventSafety, by, p.Email, "")
			}
		}
		r.Note(now, EventProforma, by, p.Email, "")
		if r.Proforma.Decision != DecideMentoring {
			r.name(chosen(sheet, v, "signposts"), now)
		}
		switch {
		case r.Proforma.Decision == DecideNotApt:
			r.Letters.Owe(newID(LetterSignposted), LetterSignposted, now)
			return r.Move(now, EventSignposted, by, p.Email, "")
		case state == Talked:
			return r.Move(now, EventSeeking, by, p.Email, "")
		}
		return nil // a mentor is already being sought
	})
	return gaps, err
}

func chosen(sheet *form.Sheet, v form.Values, question string) []string {
	if q, _ := sheet.Question(question); q != nil {
		return q.Chosen(v)
	}
	return nil
}

// proforma makes the pro-forma to keep from what was typed.
func proforma(sheet *form.Sheet, v form.Values) *Proforma {
	normal := func(question string) string { return normalOf(sheet, v, question) }
	pf := &Proforma{
		Aim: v["aim"], Meet: chosen(sheet, v, "meet"), Times: chosen(sheet, v, "times"),
		NoNetwork: normal("network") == "yes", GP: normal("gp"), Home: normal("home"), Process: normal("process"),
		Decision: normal("decision"), Values: maps.Clone(v),
	}
	for _, question := range []string{"focus-1", "focus-2", "focus-3"} {
		if id := normal(question); id != "" {
			pf.Focus = append(pf.Focus, id)
		}
	}
	pf.MaxTravel, _ = strconv.Atoi(normal("travel")) // "any distance" is no number and gives 0
	must := chosen(sheet, v, "must")
	for _, id := range must {
		pf.Wishes = append(pf.Wishes, Wish{id, true})
	}
	for _, id := range chosen(sheet, v, "wishes") {
		if !slices.Contains(must, id) {
			pf.Wishes = append(pf.Wishes, Wish{id, false})
		}
	}
	if normal("safety") == "yes" {
		pf.Safety = &Safety{What: v["safety-what"], Told: v["safety-told"], ToldFirst: normal("safety-first") == "yes"}
	}
	for _, s := range sheet.Sections {
		if s.ID == safetySection {
			continue
		}
		kept := document.Section{ID: s.ID, Title: s.Title}
		for i := range s.Questions {
			q := &s.Questions[i]
			item := document.Item{ID: q.ID, Kind: q.Kind, Question: q.Label, Answer: q.Shown(v)}
			if n := q.Normal(v); n != item.Answer {
				item.Normal = n
			}
			kept.Items = append(kept.Items, item)
		}
		pf.Sections = append(pf.Sections, kept)
	}
	return pf
}

// newID is a unique id for a letter with the name.
func newID(letter string) string { return letter + "-" + strings.ToLower(rand.Text()[:10]) }
