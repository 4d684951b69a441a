// Package returns has the pages of schemes' returns. The office and approvers make a return, a
// second person confirms it, and it is published. Readers at the commissioner see published
// returns, with small numbers hidden.
//
// All of them sign in like the staff. For a reader, an unpublished return, or one of another
// scheme, is answered like one that does not exist.
package returns

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/returns"
	"traininghub/internal/scheme"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

type server struct{ *web.Server }

// desk is the desk of returns that joined the office.
func (s *server) desk() *returns.Desk { return returns.Of(s.Office) }

// Routes are the addresses of returns.
func Routes(shared *web.Server) []web.Route {
	s := &server{shared}
	const at = " /review/returns/{scheme}/{period}"
	return []web.Route{
		web.On("GET /review/returns/{$}", web.Staff, s.home),
		web.On("GET"+at, web.Staff, s.period),
		web.On("GET"+at+"/return.csv", web.Staff, s.file(s.whole, table)),
		web.On("GET"+at+"/return.pdf", web.Staff, s.file(s.whole, paper)),
		web.On("POST"+at+"/make", web.Staff, s.make),
		web.On("POST"+at+"/confirm", web.Staff, s.confirm),
		web.On("POST"+at+"/drop", web.Staff, s.drop),
		web.On("POST"+at+"/publish", web.Staff, s.publish),
		web.On("GET"+at+"/published", web.Staff, s.published),
		web.On("GET"+at+"/published.csv", web.Staff, s.file(s.public, table)),
		web.On("GET"+at+"/published.pdf", web.Staff, s.file(s.public, paper)),
	}
}

func scope(id string) staff.Scope { return staff.Scope{Over: staff.Schemes, ID: id} }

func address(s *scheme.Scheme, p returns.Period) string {
	return "/review/returns/" + s.ID + "/" + p.ID
}

// at is the scheme and the period in the address, if the person may do the act there.
func (s *server) at(r *http.Request, act staff.Act) (*scheme.Scheme, returns.Period, error) {
	of := s.desk().Scheme(r.PathValue("scheme"))
	if of == nil || !web.StaffOf(r).May(act, scope(of.ID)) {
		return nil, returns.Period{}, web.ErrNotFound
	}
	p, ok := returns.PeriodOf(of, r.PathValue("period"))
	if !ok {
		return nil, p, web.ErrNotFound
	}
	return of, p, nil
}

// whole is the return in the address, for people who make returns. It must have a frozen version.
func (s *server) whole(r *http.Request) (returns.Page, error) {
	return s.page(r, staff.Report, false, func(x *returns.Return) bool { return x.Latest() != nil })
}

// public is the published version of it.
func (s *server) public(r *http.Request) (returns.Page, error) {
	return s.page(r, staff.Reading, true, func(x *returns.Return) bool { return x.Published != nil })
}

func (s *server) page(r *http.Request, act staff.Act, public bool, there func(*returns.Return) bool) (returns.Page, error) {
	of, p, err := s.at(r, act)
	if err != nil {
		return returns.Page{}, err
	}
	x, err := s.desk().Get(r.Context(), of, p)
	if err == nil && !there(x) {
		err = web.ErrNotFound
	}
	return returns.Page{Scheme: of, Period: p, Return: x, Public: public}, err
}

func (s *server) show(w http.ResponseWriter, r *http.Request, heading string, back bool, m page.Money) error {
	m.Staff = web.StaffOf(r).Name
	if r.Method == http.MethodGet {
		m.Done = done[r.URL.Query().Get("done")]
	}
	f := page.Frame{Heading: heading, Title: heading, Application: true}
	if back {
		f.Back = &page.Link{Text: "All returns", Href: "/review/returns/"}
	}
	status := http.StatusOK
	if len(m.Wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.Render(w, status, "money", f, m)
}

// done says what was just done, by the word in the address.
var done = map[string]string{
	"made":      "The return is made. A second person has to confirm it.",
	"frozen":    "The return is frozen. What is found out later is added as a correction.",
	"dropped":   "It is dropped. That it was made stays on record.",
	"published": "It is published, with small numbers hidden.",
}

// rules are the reasons why a step is refused, in words.
var rules = []struct {
	is   error
	says string
}{
	{returns.ErrEarly, "The period is not over yet"},
	{returns.ErrWaiting, "One waits to be confirmed: confirm or drop it first"},
	{returns.ErrNone, "There is none that waits to be confirmed. Somebody may have been faster: see where it stands below"},
	{returns.ErrOwn, "You made it, so somebody else confirms it"},
	{returns.ErrChanged, "It is not what you looked at: somebody made it anew. Look at it again"},
	{returns.ErrReason, "Enter why it is corrected"},
	{returns.ErrSame, "No figure has changed since it was frozen"},
	{returns.ErrWords, "The words of the definitions have changed, and their version has not. An editor gives them a new version first"},
	{returns.ErrFrozen, "It is not frozen yet"},
	{returns.ErrTwice, "It was published, or a return that shares days with it was. Two tables could tell together what each of them hides"},
}

// after answers a step: it goes back to the return, or says why the step was refused.
func (s *server) after(w http.ResponseWriter, r *http.Request, of *scheme.Scheme, p returns.Period, err error, what string) error {
	for _, rule := range rules {
		if errors.Is(err, rule.is) {
			href := "#maincontent"
			if rule.is == returns.ErrReason {
				href = "#why"
			}
			return s.periodPage(w, r, of, p, []page.Link{{Text: rule.says, Href: href}})
		}
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, address(of, p)+"?done="+what)
}

// home lists returns: every past period for people who make them, published ones for readers.
func (s *server) home(w http.ResponseWriter, r *http.Request) error {
	person, view := web.StaffOf(r), page.Money{}
	for _, of := range s.desk().Schemes {
		makes := person.May(staff.Report, scope(of.ID))
		if !of.Reports() || !makes && !person.May(staff.Reading, scope(of.ID)) {
			continue
		}
		all, err := s.desk().List(r.Context(), of)
		if err != nil {
			return err
		}
		year := ""
		for _, p := range returns.Periods(of, s.desk().Now()) {
			b := all[p.ID]
			if !makes && !b.Published {
				continue
			}
			if p.Year != year {
				year = p.Year
				view.Parts = append(view.Parts, page.MoneyPart{
					Title: of.Title + ", " + year, Table: &page.MoneyTable{Caption: "Returns of " + of.Title + ", " + year, Heads: []string{"Period", "Where it stands"}},
				})
			}
			part := &view.Parts[len(view.Parts)-1]
			href := address(of, p)
			if !makes {
				href += "/published"
			}
			part.Table.Rows = append(part.Table.Rows, page.MoneyRow{Cells: []string{p.Name(), stands(b, makes)}, Href: href})
		}
	}
	if len(view.Parts) == 0 {
		view.Parts = []page.MoneyPart{{Text: []string{"There is nothing here for you yet."}}}
	}
	if len(person.Where(staff.Read, staff.Courses)) > 0 {
		view.Onward = append(view.Onward, page.Link{Text: "Applications", Href: "/review/"})
	}
	if len(person.Where(staff.Ledger, staff.Schemes)) > 0 {
		view.Onward = append(view.Onward, page.Link{Text: "Claims and ledgers", Href: "/review/claims/"})
	}
	return s.show(w, r, "Returns", false, view)
}

// stands is the state of a return in words.
func stands(b returns.Brief, makes bool) string {
	if !makes {
		return "Published"
	}
	var says []string
	switch {
	case b.Frozen > 1:
		says = append(says, "frozen and corrected")
	case b.Frozen == 1:
		says = append(says, "frozen")
	case !b.Waiting:
		says = append(says, "not made yet")
	}
	if b.Waiting {
		says = append(says, "one waits to be confirmed")
	}
	if b.Published {
		says = append(says, "published")
	}
	text := strings.Join(says, ", ")
	return strings.ToUpper(text[:1]) + text[1:]
}

func (s *server) period(w http.ResponseWriter, r *http.Request) error {
	of, p, err := s.at(r, staff.Report)
	if err != nil {
		return err
	}
	return s.periodPage(w, r, of, p, nil)
}

// periodPage shows a return, with what can be done next.
func (s *server) periodPage(w http.ResponseWriter, r *http.Request, of *scheme.Scheme, p returns.Period, wrong []page.Link) error {
	x, err := s.desk().Get(r.Context(), of, p)
	if err != nil {
		return err
	}
	view, at := page.Money{Wrong: wrong}, address(of, p)
	add := func(part page.MoneyPart) { view.Parts = append(view.Parts, part) }
	whole := returns.Page{Scheme: of, Period: p, Return: x}
	if last := x.Latest(); last != nil {
		links := []page.Link{{Text: "Download the return (CSV)", Href: at + "/return.csv"}, {Text: "Download the return (PDF)", Href: at + "/return.pdf"}}
		if x.Published != nil {
			links = append(links, page.Link{Text: "What was published at " + course.Moment(x.Published.At), Href: at + "/published"})
		}
		add(page.MoneyPart{Facts: facts(whole), Links: links})
		add(page.MoneyPart{Title: "Figures", Table: figures("Figures of "+p.Name(), returns.Words(last.Figures))})
		for _, c := range whole.Corrections() {
			add(correction(c, "Made "+course.Moment(c.At.Made)+" by "+c.At.By+", confirmed "+course.Moment(c.At.Frozen)+" by "+c.At.Confirmed+". Reason: "+c.At.Why))
		}
	}
	if waits := x.Waiting(); waits != nil {
		s.waiting(r, add, of, p, x, waits)
	} else if err := s.next(r, add, of, p, x); err != nil {
		return err
	}
	if x.Latest() != nil && x.Waiting() == nil && x.Published == nil {
		add(page.MoneyPart{
			Title: "Publish", Text: []string{"Numbers that stand for fewer than 5 people are hidden. It can be published once, and no other return that shares days with it can."},
			Form: &page.MoneyForm{Action: at + "/publish", Button: "Publish it", Second: true},
		})
	}
	return s.show(w, r, "Return, "+p.Name(), true, view)
}

// waiting shows a version that waits to be confirmed, with the buttons for it.
func (s *server) waiting(r *http.Request, add func(page.MoneyPart), of *scheme.Scheme, p returns.Period, x *returns.Return, waits *returns.Snapshot) {
	at, hidden := address(of, p), []page.Hidden{{Name: "sum", Value: waits.Sum()}}
	title, text := "To be confirmed", []string{"Made " + course.Moment(waits.Made) + " by " + waits.By + "."}
	if last := x.Latest(); last != nil {
		title = "Correction to be confirmed"
		add(page.MoneyPart{Title: title, Text: append(text, "Reason: "+waits.Why), Table: changes(title, returns.Compare(last.Figures, waits.Figures))})
	} else {
		add(page.MoneyPart{Title: title, Text: text, Table: figures("Figures to be confirmed", returns.Words(waits.Figures))})
	}
	if strings.EqualFold(waits.By, web.StaffOf(r).Email) {
		add(page.MoneyPart{Text: []string{"You made it, so somebody else of the office, or an approver of the scheme, confirms it."}})
	} else {
		add(page.MoneyPart{
			Text: []string{"Once it is confirmed, it does not change any more."},
			Form: &page.MoneyForm{Action: at + "/confirm", Button: "Confirm and freeze it", Hidden: hidden},
		})
	}
	add(page.MoneyPart{Form: &page.MoneyForm{Action: at + "/drop", Button: "Drop it", Second: true, Hidden: hidden}})
}

// next shows the present figures, and offers to make a return of them: the first one, or a
// correction if they differ.
func (s *server) next(r *http.Request, add func(page.MoneyPart), of *scheme.Scheme, p returns.Period, x *returns.Return) error {
	now, err := s.desk().Preview(r.Context(), of, p)
	if err != nil {
		return err
	}
	at, last := address(of, p), x.Latest()
	form := &page.MoneyForm{Action: at + "/make", Button: "Make the return"}
	if last == nil {
		part := page.MoneyPart{Title: "As it would be made now", Table: figures("Figures as they are now", returns.Words(now.Figures))}
		if s.desk().Now().Before(p.Until.AddDays(1).Time()) {
			part.Text = []string{"The period is not over yet."}
		} else {
			part.Text = []string{"Nothing is kept until you make it. Then a second person confirms it."}
			part.Form = form
		}
		add(part)
		return nil
	}
	differ := returns.Compare(last.Figures, now.Figures)
	switch {
	case len(differ) > 0:
		form.Button, form.Inputs = "Make a correction", []page.MoneyInput{{ID: "why", Name: "why", Label: "Why it is corrected", Long: true, Hint: "Do not name anybody"}}
		add(page.MoneyPart{
			Title: "What has changed since", Text: []string{"Worked out now, these figures differ. The return stays as it is until somebody makes a correction, and somebody else confirms it."},
			Table: changes("What has changed since it was frozen", differ), Form: form,
		})
	case now.Sources != last.Sources:
		add(page.MoneyPart{Title: "What has changed since", Text: []string{"No figure. Something that they were worked out from has."}})
	default:
		add(page.MoneyPart{Title: "What has changed since", Text: []string{"Nothing: neither a figure, nor anything that they were worked out from."}})
	}
	return nil
}

func facts(p returns.Page) (all []page.Fact) {
	for _, l := range p.Head() {
		all = append(all, page.Fact{Question: l.Label, Answer: l.Value})
	}
	return all
}

// figures shows figures as a table, with the parts of a figure below it.
func figures(caption string, all []returns.Shown) *page.MoneyTable {
	t := &page.MoneyTable{Caption: caption, Heads: []string{"Figure", "Number", "What it means"}}
	for _, f := range all {
		t.Rows = append(t.Rows, page.MoneyRow{Cells: []string{f.Label, f.Text, f.Means}})
		for _, x := range f.Parts {
			t.Rows = append(t.Rows, page.MoneyRow{Cells: []string{f.Label + ": " + x.Name, x.Text, "Part of the figure above"}})
		}
	}
	return t
}

func changes(caption string, all []returns.Change) *page.MoneyTable {
	t := &page.MoneyTable{Caption: caption, Heads: []string{"Figure", "Was", "Is", "Difference"}}
	for _, c := range all {
		t.Rows = append(t.Rows, page.MoneyRow{Cells: []string{c.Label, c.Was, c.Is, c.By}})
	}
	return t
}

func correction(c returns.Correction, text string) page.MoneyPart {
	part := page.MoneyPart{Title: c.Name(), Table: changes(c.Name(), c.Changes)}
	if text != "" {
		part.Text = []string{text}
	}
	return part
}

// step does something with the return in the address.
func (s *server) step(w http.ResponseWriter, r *http.Request, what string, do func(of *scheme.Scheme, p returns.Period, by string, field func(string) string) error) error {
	of, p, err := s.at(r, staff.Report)
	if err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	err = do(of, p, web.StaffOf(r).Email, func(name string) string {
		text := []rune(posted.Get(name))
		return string(text[:min(len(text), 1000)])
	})
	return s.after(w, r, of, p, err, what)
}

func (s *server) make(w http.ResponseWriter, r *http.Request) error {
	return s.step(w, r, "made", func(of *scheme.Scheme, p returns.Period, by string, field func(string) string) error {
		_, err := s.desk().Make(r.Context(), of, p, by, field("why"))
		return err
	})
}

func (s *server) confirm(w http.ResponseWriter, r *http.Request) error {
	return s.step(w, r, "frozen", func(of *scheme.Scheme, p returns.Period, by string, field func(string) string) error {
		_, err := s.desk().Confirm(r.Context(), of, p, by, field("sum"))
		return err
	})
}

func (s *server) drop(w http.ResponseWriter, r *http.Request) error {
	return s.step(w, r, "dropped", func(of *scheme.Scheme, p returns.Period, by string, field func(string) string) error {
		_, err := s.desk().Drop(r.Context(), of, p, by, field("sum"))
		return err
	})
}

func (s *server) publish(w http.ResponseWriter, r *http.Request) error {
	return s.step(w, r, "published", func(of *scheme.Scheme, p returns.Period, by string, _ func(string) string) error {
		return s.desk().Publish(r.Context(), of, p, by)
	})
}

// published shows a published return.
func (s *server) published(w http.ResponseWriter, r *http.Request) error {
	p, err := s.public(r)
	if err != nil {
		return err
	}
	at := address(p.Scheme, p.Period)
	view := page.Money{Parts: []page.MoneyPart{
		{Facts: facts(p), Text: p.Notes(), Links: []page.Link{{Text: "Download this (CSV)", Href: at + "/published.csv"}, {Text: "Download this (PDF)", Href: at + "/published.pdf"}}},
		{Title: "Figures", Table: figures("Figures of "+p.Period.Name(), p.Figures())},
	}}
	for _, c := range p.Corrections() {
		view.Parts = append(view.Parts, correction(c, ""))
	}
	if web.StaffOf(r).May(staff.Report, scope(p.Scheme.ID)) {
		view.Onward = []page.Link{{Text: "The whole return", Href: at}}
	}
	return s.show(w, r, "Published return, "+p.Period.Name(), true, view)
}

// A form of a return is a kind of file in which it is given out.
type form func(*server, returns.Page) (record.Attachment, error)

func table(_ *server, p returns.Page) (record.Attachment, error) {
	var b bytes.Buffer
	err := p.Write(&b)
	return record.Attachment{Name: p.File() + ".csv", Type: "text/csv; charset=utf-8", Data: b.Bytes()}, err
}

func paper(s *server, p returns.Page) (record.Attachment, error) {
	file, err := p.Document().File(p.File(), s.Desk.PDF)
	if err != nil {
		s.Log.Error("PDF not drawn; the text goes instead", "error", err)
	}
	return record.Attachment{Name: file.Name, Type: file.Type, Data: file.Data}, nil
}

// file gives out a return.
func (s *server) file(of func(*http.Request) (returns.Page, error), as form) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := of(r)
		if err != nil {
			return err
		}
		f, err := as(s, p)
		if err != nil {
			return err
		}
		return s.File(w, f)
	}
}
