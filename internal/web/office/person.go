package office

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// finding asks whose records are meant.
var finding = form.Section{ID: "person", Questions: []form.Question{
	form.Ask(form.Question{ID: "number", Kind: form.Text, Label: "Number on a professional register", InMessages: "a number",
		Hint: "For example, GMC 7654321", Rule: "omitempty,max=100"}),
	form.Ask(form.Question{ID: "email", Kind: form.Text, Label: "Email address", Rule: "omitempty,max=254"}),
}}

// repeating asks for the references again, so that a mistyped number does not erase somebody else's
// records.
var repeating = form.Section{ID: "erase", Questions: []form.Question{form.Ask(form.Question{
	ID: "references", Kind: form.LongText, Label: "Type the references again", InMessages: "the references again",
	Hint: "All that stand above, with a space or a new line between", Rule: "required,max=4000",
})}}

// patience is how long a page searches the records, less than the limit of a function on AWS.
const patience = 15 * time.Second

const personTitle = "What we keep about somebody"

func (s *server) askPerson(w http.ResponseWriter, r *http.Request) error {
	if _, err := member(r); err != nil {
		return err
	}
	return s.findPage(w, nil, nil)
}

// toPerson answers an address that is only posted to, when it is opened by hand or by going back.
func (s *server) toPerson(w http.ResponseWriter, r *http.Request) error {
	if _, err := member(r); err != nil {
		return err
	}
	return web.SeeOther(w, r, Below+"person")
}

func (s *server) findPage(w http.ResponseWriter, v form.Values, problems []form.Problem) error {
	return s.Render(w, web.StatusOf(problems), "ask", frame(personTitle), page.Ask{
		Intro: []string{
			"Somebody can ask for a copy of everything that we keep about them, and can ask us to erase it. Check first that it is them who ask.",
			"We look through all records, also through drafts, and for where others name them. Requests for mentoring are not here: whoever leads that sees to them.",
		},
		Asking: page.Asking{Section: &finding, Values: v, Problems: problems},
		Action: Below + "person", Button: "Find the records", Cancel: Below,
	})
}

// A found is a person who was found, with what the page posts to identify them.
type found struct {
	*office.Personal
	values form.Values
	staff  *staff.Person
}

// hidden are the inputs by which the next page finds the person again.
func (f *found) hidden() []page.Hidden {
	return []page.Hidden{{Name: "number", Value: f.values["number"]}, {Name: "email", Value: f.values["email"]}}
}

// find finds the posted person. If that is not possible, it shows what is wrong and returns nil.
func (s *server) find(w http.ResponseWriter, r *http.Request) (*found, error) {
	who, err := member(r)
	if err != nil {
		return nil, err
	}
	posted, err := web.Post(r)
	if err != nil {
		return nil, err
	}
	v := finding.Read(posted)
	problems := finding.Check(v, s.Desk.Now())
	wrong := func(input, text string) {
		problems = append(problems, form.Problem{Question: input, Input: input, Inputs: []string{input}, Text: text})
	}
	if len(problems) == 0 && v["number"] == "" && v["email"] == "" {
		wrong("number", "Enter a number or an email address")
	}
	if len(problems) > 0 {
		return nil, s.findPage(w, v, problems)
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	p, err := s.Office.Person(ctx, v["number"], v["email"])
	switch {
	case errors.Is(err, office.ErrNumber):
		wrong("number", "Enter a number on a professional register, with the register before it, like GMC 7654321")
		return nil, s.findPage(w, v, problems)
	case errors.Is(err, context.DeadlineExceeded) && r.Context().Err() == nil:
		wrong("number", "There are too many records to look through here. Ask whoever runs the hub: the command for a person has no limit")
		return nil, s.findPage(w, v, problems)
	case err != nil:
		return nil, err
	}
	return &found{p, v, who}, nil
}

// person shows which records exist, and what can be done.
func (s *server) person(w http.ResponseWriter, r *http.Request) error {
	p, err := s.find(w, r)
	if p == nil || err != nil {
		return err
	}
	return s.personPage(w, r, p)
}

func (s *server) personPage(w http.ResponseWriter, r *http.Request, p *found) error {
	if p.Is(p.staff.Email) {
		return web.ErrOwnRecord
	}
	table := &page.MoneyTable{Caption: "Records of the person", Heads: []string{"Reference", "What it is", "State", "Events"}}
	for i := range p.Applications {
		a := &p.Applications[i]
		title := a.Course
		if c := s.Desk.Programme.Course(a.Course); c != nil {
			title = c.Title
		}
		table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{a.Reference, "Application for " + title, string(a.Status()), strconv.Itoa(len(a.Events))}})
	}
	for _, own := range p.Others {
		table.Rows = append(table.Rows, page.MoneyRow{Cells: []string{own.ID, string(own.Kind), "", ""}})
	}
	if len(table.Rows) == 0 && len(p.NamedIn) == 0 {
		return s.show(w, http.StatusOK, personTitle, p.staff, page.Block{
			Text:  []string{"There is nothing under this number or address. Try the other one, and addresses that they had before."},
			Links: []page.Link{{Text: "Look for somebody else", Href: Below + "person"}},
		})
	}
	first := page.Block{Text: []string{"Check that these are the records of the person who asked, and of nobody else."}}
	if len(table.Rows) > 0 {
		first.Table = table
	}
	for _, n := range p.NamedIn {
		first.Text = append(first.Text, n.Reference+" is the application of somebody else, who names the person. It stays.")
	}
	give := page.Block{Title: "A copy for them", Text: []string{
		"The PDF is for reading. The ZIP file also has everything for programs (JSON), and the PDF of each application. Look through it before you give it out: it must tell of nobody else what they should not know.",
		"That you took it is noted in each application.",
	}, Buttons: []page.Button{
		{Text: "Download the PDF", Action: Below + "person/file", Hidden: append(p.hidden(), page.Hidden{Name: "file", Value: "pdf"})},
		{Text: "Download the ZIP file", Action: Below + "person/file", Second: true, Hidden: append(p.hidden(), page.Hidden{Name: "file", Value: "zip"})},
	}}
	blocks := []page.Block{first, give}
	if len(table.Rows) > 0 {
		block, err := s.erasing(r.Context(), p)
		if err != nil {
			return err
		}
		blocks = append(blocks, block)
	}
	return s.show(w, http.StatusOK, personTitle, p.staff, blocks...)
}

// erasing shows what can be done to erase the records.
func (s *server) erasing(ctx context.Context, p *found) (page.Block, error) {
	b := page.Block{Title: "Erase", ID: "erase"}
	e, err := s.Office.ErasureOf(ctx, p.Personal)
	if err != nil {
		return b, err
	}
	at := Below + "person/erase"
	refuse := page.Button{Text: "Refuse", Action: Below + "erasures", Second: true}
	if e != nil {
		refuse.Hidden = []page.Hidden{{Name: "id", Value: e.ID}}
	}
	switch {
	case e != nil && e.Allowed != nil && e.Done.IsZero():
		b.Text = []string{"Two people have allowed it. It is done within a few minutes."}
	case e.Waits(s.Desk.Now()) && strings.EqualFold(e.Asked.By, p.staff.Email):
		refuse.Text = "Take this back"
		b.Text = []string{"You asked at " + course.Moment(e.Asked.At) + " for a second person to allow the erasure. Somebody else of the office finds the person here as you did, within 7 days."}
		b.Buttons = []page.Button{refuse}
	case e.Waits(s.Desk.Now()):
		b.Text = []string{e.Asked.By + " asked at " + course.Moment(e.Asked.At) + " for a second person to allow the erasure of " +
			plural(e.Count, "record", "records") + ". It cannot be taken back. Copies in backups go when the backups do."}
		b.Buttons = []page.Button{
			{Text: "Erase " + plural(e.Count, "record", "records") + " for good", Warns: true, Action: at, Hidden: append(p.hidden(), page.Hidden{Name: "do", Value: "allow"})},
			refuse,
		}
	default:
		b.Text = []string{"Records that are erased cannot be brought back. A row without a name stays of each that was sent. It takes two people of the office: you ask, and somebody else allows it."}
		b.Buttons = []page.Button{{Text: "Ask for these to be erased", Second: true, Action: at, Hidden: append(p.hidden(), page.Hidden{Name: "do", Value: "begin"})}}
	}
	return b, nil
}

// file gives out everything about the person. Where answers have a limit, a ZIP file that would be
// larger comes in parts, each of files that are named: records can change between two parts. It is
// noted once that they are given out.
func (s *server) file(w http.ResponseWriter, r *http.Request) error {
	p, err := s.find(w, r)
	if p == nil || err != nil {
		return err
	}
	if p.Is(p.staff.Email) {
		return web.ErrOwnRecord
	}
	part := strings.Fields(r.PostForm.Get("with"))
	if len(part) == 0 || !s.Office.Given(p.Personal, p.staff) {
		if err := s.Office.GiveOut(r.Context(), p.Personal, p.staff); err != nil {
			return err
		}
	}
	if r.PostForm.Get("file") != "zip" {
		return s.give(w, p, s.Office.PDF(p.Personal))
	}
	all, err := s.Office.Files(p.Personal)
	if err != nil {
		return err
	}
	name, files := "person.zip", all
	if len(part) > 0 {
		files = slices.DeleteFunc(slices.Clone(all), func(f office.File) bool { return !slices.Contains(part, f.Name) })
		n, _ := strconv.Atoi(r.PostForm.Get("part")) // only for the name
		name = "person-part-" + strconv.Itoa(n) + ".zip"
	}
	if len(files) < len(part) || len(office.Parts(files, s.MaxExport)) > 1 {
		return s.partsPage(w, p, all, len(part) > 0)
	}
	var b bytes.Buffer
	if err := office.Zip(r.Context(), &b, files); err != nil {
		return err
	}
	return s.give(w, p, record.Attachment{Name: name, Type: "application/zip", Data: b.Bytes()})
}

// give sends a file, if it is not too large to be sent.
func (s *server) give(w http.ResponseWriter, p *found, f record.Attachment) error {
	if s.MaxExport > 0 && len(f.Data) > s.MaxExport {
		return s.show(w, http.StatusRequestEntityTooLarge, personTitle, p.staff, page.Block{
			Text:  []string{"The file is too large to be sent here. Ask whoever runs the hub: the command for a person has no limit."},
			Links: []page.Link{{Text: "Look for somebody else", Href: Below + "person"}},
		})
	}
	return s.File(w, f)
}

// partsPage offers all files about the person in parts. again says that a part was asked for that is
// not there any more.
func (s *server) partsPage(w http.ResponseWriter, p *found, files []office.File, again bool) error {
	parts := office.Parts(files, s.MaxExport)
	first := page.Block{Text: []string{
		"Each part is a ZIP file of its own; together they are everything. Download all of them.",
		"It is noted once in each application, and in the journal, that you took it, if you download the parts within an hour.",
	}}
	if len(parts) > 1 {
		first.Text[0] = "This is too much for one file. " + first.Text[0]
	}
	if again {
		first.Text = slices.Insert(first.Text, 0, "The records have changed since the parts were made. These are the parts as they are now: download all of them again.")
	}
	blocks := []page.Block{first}
	for n, part := range parts {
		number := strconv.Itoa(n + 1)
		var names []string
		for _, f := range part {
			names = append(names, f.Name)
		}
		hidden := append(p.hidden(), page.Hidden{Name: "file", Value: "zip"}, page.Hidden{Name: "part", Value: number},
			page.Hidden{Name: "with", Value: strings.Join(names, " ")})
		blocks = append(blocks, page.Block{Title: "Part " + number + " of " + strconv.Itoa(len(parts)), Text: []string{strings.Join(names, ", ")},
			Buttons: []page.Button{{Text: "Download part " + number, Action: Below + "person/file", Second: true, Hidden: hidden}}})
	}
	return s.show(w, http.StatusOK, "A copy for them, in parts", p.staff, blocks...)
}

// erase asks for the references again, asks for a second person, or takes the second person's
// decision.
func (s *server) erase(w http.ResponseWriter, r *http.Request) error {
	p, err := s.find(w, r)
	if p == nil || err != nil {
		return err
	}
	v := repeating.Read(r.PostForm)
	switch r.PostForm.Get("do") {
	case "begin":
		return s.erasePage(w, p, nil, nil)
	case "allow":
		err = s.Office.AllowErasure(r.Context(), p.staff, p.Personal)
	default:
		problems := repeating.Check(v, s.Desk.Now())
		if len(problems) == 0 {
			err = s.Office.AskErasure(r.Context(), p.staff, p.Personal, strings.Fields(v["references"]))
		}
		say := func(text string) {
			problems = append(problems, form.Problem{Question: "references", Input: "references", Inputs: []string{"references"}, Text: text})
		}
		switch {
		case errors.Is(err, office.ErrRepeat):
			say("These are not the references that stand above. Nothing is erased")
		case errors.Is(err, office.ErrNoOther):
			say("There is nobody else in the office who could allow it. Whoever runs the hub can erase by command")
		}
		if len(problems) > 0 {
			return s.erasePage(w, p, v, problems)
		}
	}
	// Somebody who was too late or pressed twice sees the state on the page.
	if err != nil && !errors.Is(err, office.ErrChanged) && !errors.Is(err, office.ErrSecond) {
		return s.own(err)
	}
	return s.personPage(w, r, p)
}

func (s *server) erasePage(w http.ResponseWriter, p *found, v form.Values, problems []form.Problem) error {
	return s.Render(w, web.StatusOf(problems), "ask", frame("Ask for the records to be erased"), page.Ask{
		Intro: []string{
			"These would be erased: " + strings.Join(p.References(), ", ") + ".",
			"Nothing is erased until somebody else of the office has found the person as you did, and allows it.",
		},
		Asking: page.Asking{Section: &repeating, Values: v, Problems: problems},
		Hidden: append(p.hidden(), page.Hidden{Name: "do", Value: "ask"}),
		Action: Below + "person/erase", Button: "Ask for a second person", Warns: true, Cancel: Below + "person",
	})
}

// refuse ends a request for an erasure.
func (s *server) refuse(w http.ResponseWriter, r *http.Request) error {
	person, err := member(r)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	id := posted.Get("id")
	if _, err := s.Office.Erasure(r.Context(), id); err != nil {
		return gone(err)
	}
	if err := s.Office.RefuseErasure(r.Context(), person, id); err != nil {
		return err
	}
	return web.SeeOther(w, r, Below)
}
