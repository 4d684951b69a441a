package attend

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"traininghub/internal/attend"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// signedIn is the person who has signed in.
func signedIn(r *http.Request) *page.SignedIn {
	return &page.SignedIn{Name: web.StaffOf(r).Name, Out: "/review/sign-out"}
}

// at is the address of a register.
func at(reg *attend.Register) string { return attend.Path + "cohorts/" + reg.ID }

// place is the address of a participant's page.
func place(reg *attend.Register, p *attend.Participant) string { return at(reg) + "/people/" + p.Ref }

// registers lists the cohorts that somebody sees.
func (s *server) registers(w http.ResponseWriter, r *http.Request) error {
	d, err := s.desk()
	if err != nil {
		return err
	}
	all, err := d.Registers(r.Context(), web.StaffOf(r))
	if err != nil {
		return err
	}
	table := &page.MoneyTable{Caption: "Cohorts", Heads: []string{"Cohort", "Begins", "With a place", "Certificates", "Waits for a decision"}}
	for _, l := range all {
		table.Rows = append(table.Rows, page.MoneyRow{Href: attend.Path + "cohorts/" + l.ID, Cells: []string{
			l.Title + ", " + l.Named + ", " + l.Year, course.DateOf(l.Starts).String(), strconv.Itoa(l.People), strconv.Itoa(l.Certified),
			strconv.Itoa(l.Open),
		}})
	}
	b := page.Block{Table: table}
	if len(all) == 0 {
		b = page.Block{Text: []string{"Nobody has a place in a cohort yet."}}
	}
	return s.Render(w, http.StatusOK, "work", frame("Who came", "All applications", "/review/"), page.Work{SignedIn: signedIn(r), Blocks: []page.Block{b}})
}

// theirs is a register that somebody of the staff may see, and whether they see all of it: people
// who only hear appeals see nothing but the appeals.
func (s *server) theirs(r *http.Request) (d *attend.Desk, reg *attend.Register, all bool, err error) {
	if d, err = s.desk(); err != nil {
		return nil, nil, false, err
	}
	reg, err = d.Register(r.Context(), r.PathValue("register"))
	if errors.Is(err, record.ErrNotFound) {
		return nil, nil, false, web.ErrNotFound
	}
	if err != nil {
		return nil, nil, false, err
	}
	who, over := web.StaffOf(r), staff.Course(s.Desk.Programme.Current(reg.Course))
	if all = who.May(staff.Read, over); !all && !who.May(staff.Hear, over) {
		return nil, nil, false, web.ErrNotFound
	}
	return d, reg, all, nil
}

// theirPerson is a participant whom somebody of the staff may see, never themselves.
func (s *server) theirPerson(r *http.Request) (d *attend.Desk, reg *attend.Register, p *attend.Participant, all bool, err error) {
	if d, reg, all, err = s.theirs(r); err != nil {
		return nil, nil, nil, false, err
	}
	p = reg.Person(r.PathValue("person"))
	switch {
	case p == nil, !all && !asked(p):
		return nil, nil, nil, false, web.ErrNotFound
	case strings.EqualFold(p.Email, web.StaffOf(r).Email):
		return nil, nil, nil, false, web.ErrOwnRecord
	}
	return d, reg, p, all, nil
}

// asked tells whether a participant has appealed.
func asked(p *attend.Participant) bool {
	for _, m := range p.Misses {
		if m.Appeal != nil {
			return true
		}
	}
	return false
}

// register shows a cohort: everybody's marks, what waits for the staff, and the questionnaire's
// results.
func (s *server) register(w http.ResponseWriter, r *http.Request) error {
	d, reg, all, err := s.theirs(r)
	if err != nil {
		return err
	}
	who := page.Block{Title: "Participants", Table: &page.MoneyTable{Caption: "Participants", Heads: []string{"Name"}}}
	for i := range reg.Workshops {
		who.Table.Heads = append(who.Table.Heads, "Workshop "+strconv.Itoa(i+1))
	}
	who.Table.Heads = append(who.Table.Heads, "Certificate", "Open")
	for _, p := range reg.People {
		if !all && !asked(p) {
			continue
		}
		row := page.MoneyRow{Cells: []string{p.Name}, Href: place(reg, p)}
		if p.Left != nil {
			row.Cells[0] += " (" + p.Left.Why + ")"
		}
		for i := range reg.Workshops {
			words := "Not marked"
			if m := p.Mark(i); m != nil {
				words = m.String()
			}
			row.Cells = append(row.Cells, words)
		}
		number, open := "No", "Nothing"
		if is := p.Certificate(); is != nil {
			number = is.Number
		}
		for _, m := range p.Misses {
			if m.Waits() {
				open = "Waits for a decision"
			}
		}
		row.Cells = append(row.Cells, number, open)
		who.Table.Rows = append(who.Table.Rows, row)
	}
	when := page.Block{Title: "Workshops"}
	for _, m := range reg.Workshops {
		f := page.Fact{Question: m.Title, Answer: m.When()}
		if n := len(m.Moved); n > 0 {
			f.Note = "Moved from " + course.Moment(m.Moved[n-1].From)
		}
		when.Facts = append(when.Facts, f)
	}
	blocks := []page.Block{when, who}
	if all {
		more, err := s.opinionBlocks(r, d, reg)
		if err != nil {
			return err
		}
		blocks = append(blocks, more...)
	}
	return s.Render(w, http.StatusOK, "work", frame(reg.Title+", "+reg.Named, "All cohorts", attend.Path),
		page.Work{SignedIn: signedIn(r), Done: done(r), Blocks: blocks})
}

// opinionBlocks are the counted answers to the questionnaires.
func (s *server) opinionBlocks(r *http.Request, d *attend.Desk, reg *attend.Register) (all []page.Block, err error) {
	rounds, err := d.Opinions(r.Context(), reg)
	for _, o := range rounds {
		title := "What they thought, after the course"
		if o.Round != "after" {
			title = "What they thought in " + o.Round
		}
		b := page.Block{Title: title, Text: []string{fmt.Sprintf("%d people have answered.", o.Answered)}}
		for _, q := range o.Asked {
			var parts []string
			for _, answer := range q.Answers {
				parts = append(parts, fmt.Sprintf("%s: %d", answer, q.Counts[answer]))
			}
			b.Facts = append(b.Facts, page.Fact{Question: q.Ask, Answer: strings.Join(parts, ", ")})
		}
		all = append(all, b)
	}
	return all, err
}

// person shows a participant, with all their marks and what can be done.
func (s *server) person(w http.ResponseWriter, r *http.Request) error {
	d, reg, p, all, err := s.theirPerson(r)
	if err != nil {
		return err
	}
	who, here := web.StaffOf(r), place(reg, p)
	view := page.Work{SignedIn: signedIn(r), Done: done(r)}
	first := page.Block{Text: []string{reg.Title + ", " + reg.Named}}
	if p.Left != nil {
		first.Text = append(first.Text, "No place any more since "+course.DateOf(p.Left.At).String()+": "+p.Left.Why+".")
	}
	if all {
		for i, m := range reg.Workshops {
			first.Facts = append(first.Facts, s.workshopFact(reg, p, i, m, here))
		}
	}
	view.Blocks = append(view.Blocks, first)
	for _, m := range p.Misses {
		if !all && m.Appeal == nil {
			continue
		}
		view.Blocks = append(view.Blocks, s.missBlock(d, who, reg, p, m, here))
	}
	if all {
		view.Blocks = append(view.Blocks, certificateBlock(d, who, reg, p, here)...)
	}
	return s.Render(w, http.StatusOK, "work", page.Frame{Heading: p.Name, Title: "A participant", Application: true,
		Back: &page.Link{Text: "The cohort", Href: at(reg)}}, view)
}

func (s *server) workshopFact(reg *attend.Register, p *attend.Participant, i int, m *attend.Meeting, here string) page.Fact {
	f := page.Fact{Question: m.Title, Answer: "Not marked yet"}
	if _, err := reg.Workshop(i, s.Desk.Now()); err == nil {
		f.Change = here + "/marks/" + number(i)
	}
	var notes []string
	for _, mark := range p.Marks {
		if mark.Workshop == i {
			note := mark.String() + ", " + course.Moment(mark.At) + ", by " + mark.By
			if mark.Why != "" {
				note += ": " + mark.Why
			}
			notes = append(notes, note)
		}
	}
	if mark := p.Mark(i); mark != nil {
		f.Answer = mark.String()
	}
	f.Note = strings.Join(notes, "; ")
	return f
}

// outcomes are the decisions in words.
var outcomes = map[attend.Outcome]string{
	attend.Justified: "Justified", attend.Charged: "Charged", attend.Waived: "Not justified, but the charge is waived",
}

// missBlock shows a miss, with a link to the decision if it is theirs to make.
func (s *server) missBlock(d *attend.Desk, who *staff.Person, reg *attend.Register, p *attend.Participant, m *attend.Miss, here string) page.Block {
	b := page.Block{Title: "Gave up the place"}
	if m.Workshop >= 0 {
		b.Title = "Missed " + reg.Workshops[m.Workshop].Title
	}
	add := func(question, answer string) {
		if answer != "" {
			b.Facts = append(b.Facts, page.Fact{Question: question, Answer: answer})
		}
	}
	if l := m.Late; l != nil {
		add("Given up", course.Moment(l.Withdrew))
		add("Free of charge until", course.Moment(l.FreeUntil))
		add("First workshop then", course.Moment(l.First))
	}
	add("Sum when the place was given", course.Money(m.Pence).String())
	add("Cannot be charged", m.NoCharge())
	if m.Said != nil {
		add("Reason", m.Said.Reason)
		add("What they wrote", m.Said.Text)
	} else {
		add("Reason", "None given. They can until the end of "+course.DateOf(m.Until.Add(-1)).String())
	}
	ruling := func(title string, r *attend.Ruling) {
		if r != nil {
			add(title, outcomes[r.What]+", by "+r.Name+" on "+course.DateOf(r.At).String()+". "+r.Why)
		}
	}
	ruling("Decision", m.Ruling)
	if m.Appeal != nil {
		add("Appeal", m.Appeal.Text)
	}
	ruling("Second decision", m.Heard)
	add("Does not count", m.Void)
	if m.Booked == attend.Charged || m.Booked == attend.Waived {
		add("In the ledger", string(m.Booked))
	}
	if d.MayRule(who, reg, p, m) == nil {
		word := number(m.Workshop)
		b.Links = []page.Link{{Text: "Decide about this: " + b.Title, Href: here + "/missed/" + word}}
	}
	return b
}

// certificateBlock shows certificates, the progress towards one, and what can be corrected.
func certificateBlock(d *attend.Desk, who *staff.Person, reg *attend.Register, p *attend.Participant, here string) []page.Block {
	b := page.Block{Title: "Certificate"}
	for _, is := range p.Issued {
		state := "valid"
		if is.Ended {
			state = "replaced or withdrawn"
		}
		b.Facts = append(b.Facts, page.Fact{Question: is.Number, Answer: "Issued on " + course.DateOf(is.At).String() + ", " + state})
	}
	if len(p.Issued) == 0 {
		b.Text = []string{"None was issued. It is issued by itself once they have come to everything that they need for it."}
	}
	if p.Certificate() != nil {
		b.Links = append(b.Links, page.Link{Text: "Download the certificate (PDF)", Href: here + "/certificate.pdf"})
	}
	b.Links = append(b.Links, page.Link{Text: "Correct the name", Href: here + "/name"})
	if p.Qualified != nil {
		b.Facts = append(b.Facts, page.Fact{Question: "Counts as trained", Answer: p.Qualified.What})
	} else if who.May(staff.Decide, staff.Course(reg.Course)) {
		b.Links = append(b.Links, page.Link{Text: "Accept a qualification instead of the training", Href: here + "/qualification"})
	}
	all := []page.Block{b}
	if g := reg.Progress(d.Course(reg), p); g != nil {
		far := page.Block{Title: "How far they are"}
		for _, m := range g.Modules {
			answer := "Not done"
			if m.Done != (course.Date{}) {
				answer = "Done on " + m.Done.String()
			}
			far.Facts = append(far.Facts, page.Fact{Question: m.Title, Answer: answer, Note: m.Weeks + ", from " + m.From.String()})
		}
		for _, n := range g.Counts {
			far.Facts = append(far.Facts, page.Fact{Question: n.Title, Answer: fmt.Sprintf("%d of %d", n.Is, n.Of)})
		}
		word := "The provider has not confirmed that they have completed it."
		if p.Complete != nil {
			word = "The provider confirmed on " + course.DateOf(p.Complete.At).String() + " that they have completed it."
		}
		far.Text = []string{word}
		all = append(all, far)
	}
	return all
}

func (s *server) certificate(w http.ResponseWriter, r *http.Request) error {
	d, _, p, all, err := s.theirPerson(r)
	if err != nil {
		return err
	}
	if !all {
		return web.ErrNotFound
	}
	c, err := d.Certificate(r.Context(), p)
	if err != nil {
		return words(err)
	}
	return s.File(w, record.Attachment(d.Print(c)))
}

func (s *server) askMark(w http.ResponseWriter, r *http.Request) error {
	_, reg, p, all, err := s.theirPerson(r)
	if err != nil {
		return err
	}
	if !all {
		return web.ErrNotFound
	}
	return s.correctPage(w, r, reg, place(reg, p), r.URL.EscapedPath(), nil, nil)
}

// asks is a page on which the staff answer a few questions about a participant.
type asks struct {
	heading string
	intro   []string
	section form.Section
	button  string
	done    string
	do      func(form.Values) ([]form.Problem, error)
}

// asking shows such a page, or does what was posted.
func (s *server) asking(w http.ResponseWriter, r *http.Request, back string, a asks) error {
	var v form.Values
	var problems []form.Problem
	if r.Method == http.MethodPost {
		posted, err := web.Post(r)
		if err != nil {
			return err
		}
		v = a.section.Read(posted)
		if problems, err = a.do(v); err != nil {
			return words(err)
		}
		if len(problems) == 0 {
			return web.SeeOther(w, r, back+"?done="+a.done)
		}
	}
	return s.Render(w, web.StatusOf(problems), "ask", frame(a.heading, "Back", back), page.Ask{
		Intro: a.intro, Asking: page.Asking{Section: &a.section, Values: v, Problems: problems}, Action: r.URL.EscapedPath(),
		Button: a.button, Cancel: back,
	})
}

func (s *server) markAs(w http.ResponseWriter, r *http.Request) error {
	d, reg, p, all, err := s.theirPerson(r)
	if err != nil {
		return err
	}
	i, err := workshop(r)
	if err != nil || !all {
		return web.ErrNotFound
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := attend.Correcting.Read(posted)
	given, why := corrected(v)
	problems, err := d.CorrectAs(r.Context(), web.StaffOf(r), reg.ID, i, p.Ref, given, why)
	if err != nil {
		return words(err)
	}
	if len(problems) > 0 {
		return s.correctPage(w, r, reg, place(reg, p), r.URL.EscapedPath(), v, problems)
	}
	return web.SeeOther(w, r, place(reg, p)+"?done=saved")
}

func (s *server) askRule(w http.ResponseWriter, r *http.Request) error { return s.rule(w, r) }

// rule asks for a decision on a miss, and receives it.
func (s *server) rule(w http.ResponseWriter, r *http.Request) error {
	d, reg, p, _, err := s.theirPerson(r)
	if err != nil {
		return err
	}
	i, err := workshop(r)
	if err != nil {
		return err
	}
	m := p.Miss(i)
	if m == nil {
		return web.ErrNotFound
	}
	who, back := web.StaffOf(r), place(reg, p)
	if may := d.MayRule(who, reg, p, m); r.Method != http.MethodPost && may != nil {
		if errors.Is(may, attend.ErrState) {
			return web.SeeOther(w, r, back)
		}
		return words(may)
	}
	says := []string{p.Name}
	for _, f := range s.missBlock(d, who, reg, p, m, back).Facts {
		says = append(says, f.Question+": "+f.Answer)
	}
	intro := []string{strings.Join(says, "\n")}
	return s.asking(w, r, back, asks{heading: "Decide about what was missed", intro: intro, section: attend.Ruled(m), button: "Decide", done: "decided",
		do: func(v form.Values) ([]form.Problem, error) {
			problems, err := d.Rule(r.Context(), who, reg.ID, p.Ref, i, v)
			if errors.Is(err, attend.ErrState) { // somebody else was first: shows their decision
				return nil, nil
			}
			return problems, err
		}})
}

func (s *server) askRename(w http.ResponseWriter, r *http.Request) error { return s.rename(w, r) }

func (s *server) rename(w http.ResponseWriter, r *http.Request) error {
	d, reg, p, all, err := s.theirPerson(r)
	if err != nil {
		return err
	}
	if !all {
		return web.ErrNotFound
	}
	return s.asking(w, r, place(reg, p), asks{heading: "Correct the name", section: attend.Renaming, button: "Save", done: "renamed",
		intro: []string{"The name is " + p.Name + ".", "If a certificate was issued, a new one is, and the old number says that it was replaced."},
		do: func(v form.Values) ([]form.Problem, error) {
			return d.Rename(r.Context(), web.StaffOf(r), reg.ID, p.Ref, v)
		}})
}

func (s *server) askQualify(w http.ResponseWriter, r *http.Request) error { return s.qualify(w, r) }

func (s *server) qualify(w http.ResponseWriter, r *http.Request) error {
	d, reg, p, _, err := s.theirPerson(r)
	if err != nil {
		return err
	}
	if !web.StaffOf(r).May(staff.Decide, staff.Course(s.Desk.Programme.Current(reg.Course))) {
		return web.ErrNotFound
	}
	return s.asking(w, r, place(reg, p), asks{heading: "Accept a qualification", section: attend.Qualifying, button: "Save", done: "qualified",
		intro: []string{p.Name, "They then count as trained in the return, without the course."},
		do: func(v form.Values) ([]form.Problem, error) {
			return d.Qualify(r.Context(), web.StaffOf(r), reg.ID, p.Ref, v)
		}})
}
