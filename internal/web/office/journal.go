package office

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/document"
	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/removal"
	"traininghub/internal/web"
)

// mostJournal is how many entries of the journal the page shows.
const mostJournal = 100

// journal shows who took what out of the hub, what was erased and by whom, and decisions about
// removals.
func (s *server) journal(w http.ResponseWriter, r *http.Request) error {
	person, err := member(r)
	if err != nil {
		return err
	}
	exports, err := s.Office.Exports(r.Context(), person, mostJournal)
	if err != nil {
		return err
	}
	handed, err := s.Office.Handed(r.Context(), mostJournal)
	if err != nil {
		return err
	}
	erasures, err := s.Office.LatestErasures(r.Context(), mostJournal)
	if err != nil {
		return err
	}
	b, err := removal.Of(s.Desk).Brake(r.Context())
	if err != nil {
		return err
	}
	out := &page.MoneyTable{Caption: "Exports", Heads: []string{"When", "By", "Course", "Received from, to", "Applications", "Why"}}
	for _, e := range exports {
		rows := "not finished"
		if e.Whole {
			rows = strconv.Itoa(e.Rows)
		}
		title := e.Course
		if c := s.Desk.Programme.Course(e.Course); c != nil {
			title = c.Title
		}
		out.Rows = append(out.Rows, page.MoneyRow{Cells: []string{e.When(), e.Name + ", " + e.By, title, course.InShort(e.From) + " to " + course.InShort(e.To), rows, e.Reason}})
	}
	people := &page.MoneyTable{Caption: "Everything about one person", Heads: []string{"When", "By", "Records"}}
	for _, e := range handed {
		people.Rows = append(people.Rows, page.MoneyRow{Cells: []string{e.When(), e.Name + ", " + e.By, strconv.Itoa(e.Rows)}})
	}
	gone := &page.MoneyTable{Caption: "Erasures", Heads: []string{"Asked", "Records", "What was said and done"}}
	for _, e := range erasures {
		var said []string
		for _, x := range e.Said {
			said = append(said, x.By+" "+saying[x.What]+" it at "+course.Moment(x.At))
		}
		if !e.Done.IsZero() {
			said = append(said, "it was done at "+course.Moment(e.Done))
		}
		gone.Rows = append(gone.Rows, page.MoneyRow{Cells: []string{course.Moment(e.Asked.At), strconv.Itoa(e.Count), strings.Join(said, "; ")}})
	}
	said := page.Block{Title: "What was said about removals"}
	for _, x := range slices.Backward(b.Said) {
		said.Text = append(said.Text, course.Moment(x.At)+": "+x.By+" "+saying[x.What]+" the removal of "+plural(x.Count, "application", "applications")+".")
	}
	if len(b.Said) == 0 {
		said.Text = []string{"Nothing."}
	}
	return s.show(w, http.StatusOK, "Journal", person,
		table("Exports", out, "Nobody has exported anything."),
		table("Everything about one person", people, "Nobody has taken this."), table("Erasures", gone, "Nobody has asked here for an erasure."), said)
}

// saying are the decisions about removals in words.
var saying = map[string]string{record.Asked: "asked for a second person to allow", record.Allowed: "allowed",
	record.Refused: "refused", record.Ordered: "ordered"}

// table is a block with a table, or with the text none if the table is empty.
func table(title string, t *page.MoneyTable, none string) page.Block {
	if len(t.Rows) == 0 {
		return page.Block{Title: title, Text: []string{none}}
	}
	return page.Block{Title: title, Table: t}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// gone answers for a missing record like for a missing page.
func gone(err error) error {
	if errors.Is(err, record.ErrNotFound) {
		return web.ErrNotFound
	}
	return err
}

// own answers somebody who acts on their own record.
func (s *server) own(err error) error {
	if errors.Is(err, decide.ErrOwn) {
		return web.ErrOwnRecord
	}
	return err
}

// letters shows letters that could not be sent.
func (s *server) letters(w http.ResponseWriter, r *http.Request) error {
	person, err := member(r)
	if err != nil {
		return err
	}
	stuck, err := s.Office.Stuck(r.Context())
	if err != nil {
		return err
	}
	post := &page.MoneyTable{Caption: "Letters to print and post", Heads: []string{"Application", "Letters", "Owed since"}}
	t := &page.MoneyTable{Caption: "Letters that did not go", Heads: []string{"Record", "Letters", "Owed since", "Tried", "Next try"}}
	for _, x := range stuck {
		l := x.Letters[0]
		name, href := string(x.Kind), ""
		if application.IsReference(x.ID) {
			name, href = x.ID, Below+"letters/"+x.ID
		}
		if x.Post {
			post.Rows = append(post.Rows, page.MoneyRow{Href: href, Cells: []string{name, plural(len(x.Letters), "letter", "letters"), course.Moment(l.Owed)}})
			continue
		}
		t.Rows = append(t.Rows, page.MoneyRow{Href: href, Cells: []string{name, plural(len(x.Letters), "letter", "letters"), course.Moment(l.Owed),
			plural(l.Attempts, "time", "times"), course.Moment(l.Due)}})
	}
	return s.show(w, http.StatusOK, "Letters that did not go", person, page.Block{Text: []string{
		"A letter that could not be sent is tried again by itself: soon at first, then once a day. Letters to an address that does not exist are given up; the page of the application says so.",
		"To see all letters of an application, open it and follow “Letters”.",
	}}, table("To print and post", post, "No letter waits for the post."), table("Waiting", t, "No letter waits for another try."))
}

// lettersOf shows all letters of an application.
func (s *server) lettersOf(w http.ResponseWriter, r *http.Request) error {
	person, err := member(r)
	if err != nil {
		return err
	}
	ref := r.PathValue("reference")
	a, owing, err := s.owing(r)
	if err != nil {
		return err
	}
	blocks := []page.Block{{Text: []string{"Letters are tried again by themselves. Send one again if what held it up was mended: an address was corrected, or the mail server is back."},
		Links: []page.Link{{Text: "The application", Href: "/review/" + ref}}}}
	for _, l := range slices.Backward(owing.Letters) {
		t := s.Desk.LetterOf(a, record.Event{Note: l.ID})
		if t == nil { // a message to another store
			continue
		}
		since := "Owed since"
		state := "Waits until " + course.Moment(l.Due)
		if l.Attempts == 0 && l.Owed.After(s.Desk.Now()) { // a reminder, which is not late
			since, state = "Planned for", state+". It does not go if there is no need for it by then"
		}
		b := page.Block{Title: t.Headline(intake.FieldsOf(a.Document).Value), Facts: []page.Fact{
			{Question: "To", Answer: s.Say(to[string(t.To)])}, {Question: since, Answer: course.Moment(l.Owed)}, {Question: "Tried", Answer: plural(l.Attempts, "time", "times")},
		}}
		byPost := l.IsOwed() && s.Desk.ByPost(a, l)
		switch {
		case byPost:
			state = "To print and post: the applicant has given no email address"
		case l.IsSent():
			state = "Sent at " + course.Moment(l.Sent)
		case !l.GivenUp.IsZero():
			state = "Given up at " + course.Moment(l.GivenUp) + ": " + l.Error
		case l.Failed():
			state = "It did not go: " + l.Error + ". The next try is at " + course.Moment(l.Due)
		case l.Attempts > 0:
			state = "May be going at this moment"
		}
		b.Facts = append(b.Facts, page.Fact{Question: "State", Answer: state})
		if byPost {
			at := Below + "letters/" + ref + "/" + l.ID
			b.Links = []page.Link{{Text: "The letter (PDF)", Href: at}}
			if t.Attach {
				b.Links = append(b.Links, page.Link{Text: "The copy of the application to put with it (PDF)", Href: at + "?copy=yes"})
			}
			b.Buttons = []page.Button{{Text: "I have posted it", Action: Below + "letters/" + ref,
				Hidden: []page.Hidden{{Name: "letter", Value: l.ID}, {Name: "do", Value: "posted"}}}}
		} else if l.Failed() {
			b.Buttons = []page.Button{{Text: "Send again", Action: Below + "letters/" + ref, Hidden: []page.Hidden{{Name: "letter", Value: l.ID}}}}
		}
		blocks = append(blocks, b)
	}
	return s.show(w, http.StatusOK, "Letters of "+ref, person, blocks...)
}

var to = map[string]string{
	string(intake.ToLead): "The {decider}", string(intake.ToDeputy): "The deputy, or the {decider}",
	string(intake.ToApplicant): "The applicant", string(intake.ToPractice): "The {employer}",
}

// owing is the application in the address with its letters.
func (s *server) owing(r *http.Request) (*application.Application, *office.Stuck, error) {
	person := web.StaffOf(r)
	a, err := s.paper.ForReview(r.Context(), person, r.PathValue("reference"), false)
	if err != nil {
		return nil, nil, err
	}
	owing, err := s.Office.Owing(r.Context(), a.Reference)
	return a, owing, gone(err)
}

// sendAgain makes a letter due once more.
func (s *server) sendAgain(w http.ResponseWriter, r *http.Request) error {
	if _, err := member(r); err != nil {
		return err
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	a, _, err := s.owing(r)
	if err != nil {
		return err
	}
	if posted.Get("do") == "posted" {
		if err := s.paper.Posted(r.Context(), web.StaffOf(r), a.Reference, posted.Get("letter")); err != nil {
			return err
		}
		return web.SeeOther(w, r, Below+"letters/"+a.Reference)
	}
	if err := s.Office.SendAgain(r.Context(), a.Reference, posted.Get("letter")); err != nil {
		return err
	}
	return web.SeeOther(w, r, Below+"letters/"+a.Reference)
}

// toPost gives a letter to print, or the copy of the application that goes with it.
func (s *server) toPost(w http.ResponseWriter, r *http.Request) error {
	person, err := member(r)
	if err != nil {
		return err
	}
	ref := r.PathValue("reference")
	m, err := s.paper.ToPost(r.Context(), person, ref, r.PathValue("letter"))
	if err != nil {
		return err
	}
	if r.URL.Query().Has("copy") && len(m.Attachments) > 0 {
		return s.File(w, m.Attachments[0])
	}
	doc := &document.Document{Title: m.Subject, Reference: ref, Made: s.Desk.Now().UTC(),
		Sections: []document.Section{{Text: strings.FieldsFunc(m.Text, func(r rune) bool { return r == '\n' })}}}
	file, err := doc.File("letter-"+ref, s.Desk.PDF)
	if err != nil {
		s.Log.Error("PDF not drawn; the text goes instead", "reference", ref, "error", err)
	}
	return s.File(w, record.Attachment(file))
}
