package office

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/page"
	"traininghub/internal/paper"
	"traininghub/internal/record"
	"traininghub/internal/web"
)

// An application on paper is typed in on one page, read back on a second, and entered there with
// its scan. Nothing is stored before that: the second page carries what was typed.

const (
	atPaper    = Below + "paper"
	paperTitle = "Enter an application on paper"
	// rowsShown is how many entries of a list are shown at first.
	rowsShown = 2
)

// A sheet is what the paper says, as it was typed.
type sheet struct {
	def       *form.Definition // with the e-mail address made optional
	reference string
	about     form.Section // questions about the paper itself
	parts     []part
	values    form.Values
	ticked    map[string]bool
	problems  []form.Problem
}

// A part is a section of the form, or one entry of a section that repeats. Its inputs have names of
// their own.
type part struct {
	of     *form.Section
	row    int // from 1; 0 if the section does not repeat
	prefix string
	asked  form.Section
}

// paperForm is the form in the address.
func (s *server) paperForm(r *http.Request) (*form.Definition, error) {
	if _, err := member(r); err != nil {
		return nil, err
	}
	def := s.Desk.Programme.Forms[r.PathValue("form")]
	if s.Desk.Scans == nil || def == nil || def.Course == "" {
		return nil, web.ErrNotFound
	}
	return def, nil
}

// choosePaper asks which course the paper is for.
func (s *server) choosePaper(w http.ResponseWriter, r *http.Request) error {
	person, err := member(r)
	if err != nil {
		return err
	}
	if s.Desk.Scans == nil {
		return web.ErrNotFound
	}
	b := page.Block{Text: []string{
		"You type in what stands on the paper, and send a scan of it, which is kept with the application. The day on which the paper reached you counts for the deadline.",
		"Which form is it?",
	}}
	for _, c := range s.Desk.Programme.Courses {
		if def := s.Desk.Programme.FormOf(c.ID); def != nil {
			text := def.Title
			if !strings.Contains(text, c.Title) { // a form's title need not name its course
				text += ", " + c.Title
			}
			b.Links = append(b.Links, page.Link{Text: text, Href: atPaper + "/" + def.ID})
		}
	}
	return s.show(w, http.StatusOK, paperTitle, person, b)
}

// newSheet is an empty sheet for the form, with as many entries of each list as were posted.
func newSheet(def *form.Definition, posted url.Values) *sheet {
	x := &sheet{def: paper.OnPaper(def), reference: posted.Get("reference"), values: form.Values{}, ticked: map[string]bool{}}
	if !application.IsReference(x.reference) || !strings.HasPrefix(x.reference, def.Prefix+"-") {
		x.reference = application.NewReference(def)
	}
	x.about = form.Section{Title: "The paper", Questions: []form.Question{
		form.Ask(form.Question{ID: "received", Kind: form.Date, Label: "When did the paper reach you?", InMessages: "the day on which the paper reached you",
			Hint: "This day counts for the deadline. For example, 30 9 2021", Rule: "required"}),
		form.Ask(form.Question{ID: "signed-on", Kind: form.Date, Label: "Which date stands beside the signature?", InMessages: "the date beside the signature", Rule: "required"}),
	}}
	if p := def.Practice(); p != nil {
		x.about.Questions = append(x.about.Questions, form.Ask(form.Question{ID: "part-signed", Kind: form.YesNo,
			Label: "Is the part “" + p.Title + "” signed on the paper?", InMessages: "yes if the part “" + p.Title + "” is signed",
			Hint: "If it is not, we ask them by email", Rule: "required"}))
	}
	for i := range x.def.Sections {
		of := &x.def.Sections[i]
		if of.Repeat == nil {
			x.parts = append(x.parts, part{of: of, asked: *of})
			continue
		}
		n := max(of.Repeat.Min, min(of.Repeat.Max, rowsShown))
		if posted, err := strconv.Atoi(posted.Get("rows-" + of.ID)); err == nil {
			n = min(max(n, posted), of.Repeat.Max)
		}
		if posted.Get("do") == "more-"+of.ID {
			n = min(n+1, of.Repeat.Max)
		}
		for row := range n {
			p := part{of: of, row: row + 1, prefix: fmt.Sprintf("%s-%d-", of.ID, row+1), asked: *of}
			p.asked.Title = of.Title + ": " + of.Repeat.Item + " " + strconv.Itoa(row+1)
			p.asked.Questions = slices.Clone(of.Questions)
			for k := range p.asked.Questions {
				p.asked.Questions[k].ID = p.prefix + of.Questions[k].ID
			}
			x.parts = append(x.parts, p)
		}
	}
	return x
}

// read reads what was posted.
func (x *sheet) read(posted url.Values) {
	sign := x.def.Signature.Asks()
	for _, s := range append(x.sections(), &sign) {
		for name, text := range s.Read(posted) {
			x.values[name] = strings.ReplaceAll(text, "\x00", "\uFFFD")
		}
	}
	for _, d := range x.def.Declarations {
		x.ticked[d.ID] = posted.Get("declaration-"+d.ID) != ""
	}
}

// sections are all sections of the first page.
func (x *sheet) sections() []*form.Section {
	all := []*form.Section{&x.about}
	for i := range x.parts {
		all = append(all, &x.parts[i].asked)
	}
	return all
}

// own are the answers of a part, under the form's own names.
func (x *sheet) own(p part) (v form.Values, any bool) {
	v = form.Values{}
	for _, q := range p.asked.Questions {
		for _, name := range q.Inputs() {
			v[strings.TrimPrefix(name, p.prefix)] = x.values[name]
			any = any || strings.TrimSpace(x.values[name]) != ""
		}
	}
	return v, any
}

// entered is the sheet as the desk enters it.
func (x *sheet) entered() paper.Entered {
	e := paper.Entered{Reference: x.reference, Answers: application.Answers{Values: map[string]form.Values{}, Rows: map[string][]application.Row{}}}
	for _, p := range x.parts {
		v, any := x.own(p)
		if p.row == 0 {
			e.Answers.Values[p.of.ID] = v
		} else if any {
			e.Answers.Rows[p.of.ID] = append(e.Answers.Rows[p.of.ID],
				application.Row{ID: application.NewRowID(), Values: v})
		}
	}
	e.Signed = intake.Signed{Ticked: x.ticked, Name: x.values["signature"]}
	day := func(i int) string { return x.about.Questions[i].Normal(x.values) }
	e.Paper = document.Paper{Received: day(0), Signed: day(1), Practice: x.values["part-signed"] == "yes"}
	return e
}

// check says what is wrong with the answers, by the inputs of the page.
func (s *server) check(x *sheet) []form.Problem {
	e, now := x.entered(), s.Desk.Now()
	found := x.about.Check(x.values, now.In(course.London))
	for _, p := range s.paper.WrongPaper(x.def, e.Paper, now) {
		if !slices.ContainsFunc(found, func(q form.Problem) bool { return q.Question == p.Question }) {
			found = append(found, p)
		}
	}
	judged := s.paper.Judged(e.Paper, now)
	for _, p := range x.parts {
		_, any := x.own(p)
		switch {
		case p.row == 0:
			found = append(found, e.Answers.Check(x.def, p.of, judged)...)
		case any:
			found = append(found, p.asked.Check(x.values, judged)...)
		case p.row <= p.of.Repeat.Min:
			short := application.TooFew(p.of, p.of.Repeat.Min-len(e.Answers.Rows[p.of.ID]))
			input := p.asked.Questions[0].Inputs()[0]
			short.Question, short.Input, short.Inputs = p.asked.Questions[0].ID, input, []string{input}
			found = append(found, short)
		}
	}
	return found
}

// askPaper shows the empty sheet.
func (s *server) askPaper(w http.ResponseWriter, r *http.Request) error {
	def, err := s.paperForm(r)
	if err != nil {
		return err
	}
	return s.sheetPage(w, newSheet(def, nil), nil)
}

func (s *server) sheetPage(w http.ResponseWriter, x *sheet, problems []form.Problem) error {
	view := page.Sheet{Title: x.def.Title, Action: atPaper + "/" + x.def.ID, Cancel: atPaper,
		Hidden: x.hidden(false), Problems: problems}
	for i, section := range x.sections() {
		part := page.SheetPart{Asking: page.Asking{Section: section, Values: x.values, Problems: problems}}
		if i > 0 && x.parts[i-1].row > 0 {
			of := x.parts[i-1].of
			if last := i == len(x.parts) || x.parts[i].of != of; last && x.parts[i-1].row < of.Repeat.Max {
				part.More = &page.Button{Text: "Add another " + of.Repeat.Item, Action: "more-" + of.ID}
			}
		}
		view.Parts = append(view.Parts, part)
	}
	return s.Render(w, web.StatusOf(problems), "sheet", frame(paperTitle), view)
}

// hidden are what the next page needs in hidden inputs; if all is set, also what was typed.
func (x *sheet) hidden(all bool) []page.Hidden {
	hidden := []page.Hidden{{Name: "reference", Value: x.reference}}
	rows := map[string]int{}
	for _, p := range x.parts {
		if p.row > 0 {
			rows[p.of.ID] = p.row
		}
	}
	for _, s := range x.def.Sections {
		if rows[s.ID] > 0 {
			hidden = append(hidden, page.Hidden{Name: "rows-" + s.ID, Value: strconv.Itoa(rows[s.ID])})
		}
	}
	if !all {
		return hidden
	}
	for _, section := range x.sections() {
		for _, q := range section.Questions {
			for _, name := range q.Inputs() {
				hidden = append(hidden, page.Hidden{Name: name, Value: x.values[name]})
			}
		}
	}
	return hidden
}

// enterPaper adds an entry to a list, reads back what was typed, returns to the first page, or
// enters the application.
func (s *server) enterPaper(w http.ResponseWriter, r *http.Request) error {
	def, err := s.paperForm(r)
	if err != nil {
		return err
	}
	scan, wrong := web.Sent(r, "scan")
	if wrong != nil && !errors.Is(wrong, web.ErrNoFile) && !errors.Is(wrong, web.ErrLargeFile) {
		return wrong
	}
	x := newSheet(def, r.PostForm)
	x.read(r.PostForm)
	do := r.PostForm.Get("do")
	if do == "change" || strings.HasPrefix(do, "more-") {
		return s.sheetPage(w, x, nil)
	}
	if problems := s.check(x); len(problems) > 0 {
		return s.sheetPage(w, x, problems)
	}
	if do != "enter" {
		return s.readBack(w, x, nil)
	}
	problems := []form.Problem(nil)
	say := func(text string) {
		problems = append(problems, form.Problem{Question: "scan", Input: "scan", Inputs: []string{"scan"}, Text: text})
	}
	kind := paper.TypeOf(scan)
	switch {
	case errors.Is(wrong, web.ErrLargeFile):
		say("The scan is larger than 4 MB. Scan it in grey, or at 150 dots an inch, and choose it again")
	case wrong != nil:
		say("Choose the scan of the paper")
	case kind == "":
		say("The scan must be a PDF, JPEG or PNG file")
	}
	e := x.entered()
	e.Scan, e.Paper.Scan.Type = scan, kind
	if len(problems) == 0 {
		a, found, err := s.paper.Enter(r.Context(), web.StaffOf(r), x.def, e)
		switch {
		case errors.Is(err, paper.ErrTaken): // one of 117 million references: a second try takes another
			x.reference = application.NewReference(def)
			say("Choose the scan again, and send it once more")
		case err != nil:
			return err
		case len(found) == 0:
			s.Log.Info("received on paper", "form", def.ID, "reference", a.Reference)
			return web.SeeOther(w, r, "/review/"+a.Reference)
		}
		problems = append(problems, found...)
	} else { // shows other mistakes together with the file's
		problems = append(problems, intake.Declared(x.def, e.Signed, s.Desk.Now())...)
	}
	return s.readBack(w, x, problems)
}

// readBack shows what was typed, for a last look, and asks for the scan.
func (s *server) readBack(w http.ResponseWriter, x *sheet, problems []form.Problem) error {
	sign := x.def.Signature.Asks()
	sign.Questions[0].Label, sign.Questions[0].Hint = "Name of who signed the paper", ""
	for i := range problems {
		if problems[i].Question == "signature" && x.values["signature"] == "" {
			problems[i].Text = "Enter the name of who signed the paper"
		}
	}
	view := page.ReadBack{
		Declare: page.Declare{Form: x.def, Action: atPaper + "/" + x.def.ID, Ticked: x.ticked, Signature: x.values["signature"], Problems: problems},
		Asking:  page.Asking{Section: &sign, Values: x.values, Problems: problems},
		Hidden:  x.hidden(true),
		Upload: page.Upload{Name: "scan", Label: "The scan of the paper", Hint: "All pages in one file: PDF, JPEG or PNG, at most 4 MB",
			Accept: ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}.With(problems),
	}
	for i, section := range x.sections() {
		if i > 0 && x.parts[i-1].row > 0 {
			if _, any := x.own(x.parts[i-1]); !any {
				continue
			}
		}
		sum := page.Summary{Title: section.Title}
		for k := range section.Questions {
			q := &section.Questions[k]
			sum.Facts = append(sum.Facts, page.Fact{Question: q.Label, Answer: q.Shown(x.values)})
		}
		view.Sections = append(view.Sections, sum)
	}
	return s.Render(w, web.StatusOf(problems), "read-back", frame("Read it back"), view)
}

// scan gives the scan of an application on paper as a file to save. The hub's own pages never show
// it, and it runs nothing.
func (s *server) scan(w http.ResponseWriter, r *http.Request) error {
	ref := r.PathValue("reference")
	scan, data, err := s.paper.Scan(r.Context(), web.StaffOf(r), ref)
	switch {
	case err != nil:
		return gone(err)
	case scan == nil:
		return web.SeeOther(w, r, "/review/"+ref)
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return s.File(w, record.Attachment{Name: "scan-" + ref + scan.Ending(), Type: scan.Type, Data: data})
}
