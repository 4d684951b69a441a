package lead

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/mentoring"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/web"
)

// at is the address of a request.
func at(id string) string { return Below + "requests/" + id }

func toRequest(id string) *page.Link { return &page.Link{Text: "The request", Href: at(id)} }

// open is the request in the address, for somebody who may see it. It notes that they read it.
func (s *server) open(r *http.Request, what string) (*mentoring.Request, error) {
	p, err := lead(r)
	if err != nil {
		return nil, err
	}
	q, err := s.desk.Read(r.Context(), p, r.PathValue("request"), what)
	return q, known(err)
}

// mayDo returns an error unless somebody may act on a request.
func (s *server) mayDo(r *http.Request, id string) error {
	_, err := s.desk.Change(r.Context(), web.StaffOf(r), id, func(*mentoring.Request,
		string) error {
		return record.ErrUnchanged
	})
	return known(err)
}

// request is the page of one request.
func (s *server) request(w http.ResponseWriter, r *http.Request) error {
	q, err := s.open(r, mentoring.ReadRequest)
	if err != nil {
		return err
	}
	view := page.Work{Blocks: []page.Block{s.summary(r, q)}}
	add := func(b page.Block) { view.Blocks = append(view.Blocks, b) }
	add(s.people(q))
	for i, section := range s.asked(q) {
		if i == 0 {
			section.ID = "answers"
		}
		add(section)
	}
	for _, b := range s.written(r, q) {
		add(b)
	}
	if s.others.Blocks != nil {
		more, err := s.others.Blocks(r, q)
		if err != nil {
			return err
		}
		view.Blocks = append(view.Blocks, more...)
	}
	add(s.happened(q))
	view.Onward = []page.Link{{Text: "All requests", Href: Below}}
	return s.show(w, r, frame("Request for a mentor", toList), view)
}

// summary shows the mentee, how to reach them, the state of the request and what can be done.
func (s *server) summary(r *http.Request, q *mentoring.Request) page.Block {
	b, now := page.Block{}, s.desk.Now()
	fact := func(question, answer string) {
		if answer != "" {
			b.Facts = append(b.Facts, page.Fact{Question: question, Answer: answer})
		}
	}
	of := s.desk.Service(q.Service)
	state, since := q.State()
	fact("Name", q.Contact.Name)
	if !q.Contact.Number.None() {
		fact(q.Contact.Number.What(), q.Contact.Number.Number)
	}
	fact("Phone", q.Contact.Phone)
	fact("When to call", q.Contact.Times)
	message := "No. Do not leave a message"
	if q.Contact.Message {
		message = "Yes"
	}
	fact("May we leave a message?", message)
	fact("Email", q.Contact.Email)
	fact("Area", s.areaName(q.Service, q.Area))
	if of != nil {
		if role := of.Mentoring.Role(q.Role); role != nil {
			fact("Role", role.Label)
		}
		for _, c := range of.Mentoring.Cohorts {
			if c.ID == q.Cohort {
				fact("Group", c.Label)
			}
		}
	}
	stands := stateWords[state] + ", since " + course.DateOf(since).String()
	if next := q.NextCall(now); !next.IsZero() {
		stands = "Call arranged for " + course.Moment(next)
	}
	fact("Where it stands", stands)
	if q.Phone != nil {
		fact("Taken by telephone", "Read back and agreed at "+course.Moment(q.Phone.ReadBack))
	}
	if of != nil {
		p := q.CallPromise(of, now)
		fact("We promised a call", promised(p))
		if p.Late && !p.Done && state.Open() {
			b.Note = append(b.Note, "The call is late: it was promised by "+p.By.String()+". The deputy has been "+
				"told, too.")
		}
		if by := q.MentorPromise(of); by != (course.Date{}) {
			fact("Waiting list from", by.String())
		}
		if n := q.Tried(of, now); n > 0 && (state == mentoring.Called || state == mentoring.Received) {
			fact("Nobody answered on", count(n, "day")+" of "+count(of.Mentoring.Promises.Attempts, "day"))
		}
	}
	if n := len(q.Unclear()); n > 0 {
		b.Note = append(b.Note, "They named "+count(n, "person")+" who must not know or mentor them. "+
			"Ask them whom they mean, before anybody else reads the request. See below.")
	}
	if q.Tries >= mentoring.MaxTries && state.Open() {
		b.Note = append(b.Note, "Their page is locked, since the word was wrong too often. Call them back.")
	}
	b.Links = s.acts(r, q)
	return b
}

// acts are what can be done now.
func (s *server) acts(r *http.Request, q *mentoring.Request) (links []page.Link) {
	by, to := s.desk.By(web.StaffOf(r), q), at(q.ID)
	add := func(can bool, text, href string) {
		if can {
			links = append(links, page.Link{Text: text, Href: href})
		}
	}
	state, _ := q.State()
	calling := q.Can(mentoring.EventCall, by)
	add(calling, "Arrange a call", to+"/call")
	add(calling, "Nobody answered", to+"/tried")
	add(calling, "We have talked", to+"/talked")
	if sheet := s.desk.Sheet(q.Service); sheet != nil && q.Writable() {
		text := "Fill in the pro-forma"
		if q.Proforma != nil {
			text = "Change the pro-forma"
		}
		add(true, text, to+"/proforma/"+sheet.Sections[0].ID)
		add(state == mentoring.Talked || q.Draft != nil && q.Proforma != nil, "Complete the pro-forma", to+"/conclude")
	}
	add(q.Tries >= mentoring.MaxTries, "Let them choose a new word", to+"/word")
	add(state.Open(), "Name other help", to+"/help")
	add(state.Open(), "Add a person who must not know or mentor them", to+"/people")
	add(q.Writable() && s.movable(q) != nil, "Give the request to another area", to+"/area")
	return links
}

// people are the people whom the request excludes.
func (s *server) people(q *mentoring.Request) page.Block {
	b := page.Block{Title: "People who must not know or mentor them", ID: "people"}
	if len(q.Exclusions) == 0 {
		b.Text = []string{"They named nobody."}
		return b
	}
	for _, e := range q.Exclusions {
		name := e.Name
		if e.Practice != "" {
			name += ", " + e.Practice
		}
		f := page.Fact{Question: name, Answer: "Nobody has asked yet who this is", Change: at(q.ID) + "/people/" + e.ID}
		switch {
		case e.Staff != "":
			f.Answer = "Works for the service, and cannot see the request"
		case e.Mentor != "":
			f.Answer = "A mentor, who is never proposed"
		case e.Settled:
			f.Answer = "Nobody of the service"
		}
		b.Facts = append(b.Facts, f)
	}
	return b
}

// asked is what the mentee answered when they asked for a mentor.
func (s *server) asked(q *mentoring.Request) (blocks []page.Block) {
	if q.Document == nil {
		return nil
	}
	for i := range q.Document.Sections {
		blocks = append(blocks, section(&q.Document.Sections[i])...)
	}
	return blocks
}

// section is a section of a document as blocks: one, or one for each row.
func section(of *document.Section) (blocks []page.Block) {
	if of.Item == "" {
		return []page.Block{{Title: of.Title, Text: of.Text, Facts: web.Facts(of.Items)}}
	}
	for i, row := range of.Rows {
		blocks = append(blocks, page.Block{Title: of.Title + ": " + of.RowTitle(i+1), Facts: web.Facts(row)})
	}
	return blocks
}

// written is the pro-forma, and the mentee's comment on it.
func (s *server) written(r *http.Request, q *mentoring.Request) (blocks []page.Block) {
	p := q.Proforma
	if p == nil {
		if q.Draft != nil {
			blocks = append(blocks, page.Block{Title: "Pro-forma", Text: []string{"It is begun, and not complete."}})
		}
		return blocks
	}
	for i := range p.Sections {
		for _, b := range section(&p.Sections[i]) {
			b.Title = "Pro-forma: " + b.Title
			blocks = append(blocks, b)
		}
	}
	if p.Corrected != "" {
		blocks = append(blocks, page.Block{Title: "What they say to the pro-forma", Text: []string{p.Corrected}})
	}
	if p.Safety != nil {
		first := "No"
		if p.Safety.ToldFirst {
			first = "Yes"
		}
		blocks = append(blocks, page.Block{Title: "A concern about safety",
			Text: []string{"Only you and your deputy see this."},
			Facts: []page.Fact{{Question: "What, and what was done", Answer: p.Safety.What},
				{Question: "Who was told", Answer: p.Safety.Told},
				{Question: "Were they told first?", Answer: first}, {Question: "Written",
					Answer: course.Moment(p.Safety.At)}}})
	}
	blocks = append(blocks, page.Block{Title: "The pro-forma on paper",
		Links: []page.Link{{Text: "Pro-forma (PDF, confidential)", Href: at(q.ID) + "/pro-forma.pdf"}}})
	return blocks
}

// happened is everything that has happened, the latest first. The mentee sees the same, without the
// names of the staff.
func (s *server) happened(q *mentoring.Request) page.Block {
	b := page.Block{Title: "What has happened", ID: "happened"}
	for _, e := range slices.Backward(q.Events) {
		words := eventWords[e.What]
		if e.What == mentoring.EventRead {
			words = map[string]string{mentoring.ReadRequest: "Request read",
				mentoring.ReadProforma: "Pro-forma read"}[e.Note]
		}
		if words == "" {
			continue
		}
		b.Facts = append(b.Facts, page.Fact{Question: course.Moment(e.At), Answer: words + " by " +
			cmp.Or(whoWords[e.Who], "the "+e.Who)})
	}
	if len(q.Signposted) > 0 {
		var named []string
		for _, n := range q.Signposted {
			named = append(named, s.helpName(q, n.To)+", on "+course.DateOf(n.At).String())
		}
		b.Text = []string{"Other help that was named: " + strings.Join(named, "; ") + "."}
	}
	return b
}

func (s *server) helpName(q *mentoring.Request, id string) string {
	if of := s.desk.Service(q.Service); of != nil {
		for _, h := range of.Mentoring.Signposts {
			if h.ID == id {
				return h.Name
			}
		}
	}
	return id
}

var whoWords = map[string]string{mentoring.ByMentee: "the person who asked", mentoring.ByHub: "the hub",
	mentoring.ByMentor: "the mentor"}

var eventWords = map[string]string{
	mentoring.EventReceived:   "Request sent",
	mentoring.EventCall:       "Call arranged",
	mentoring.EventTried:      "Called, and nobody answered",
	mentoring.EventTalked:     "Call noted",
	mentoring.EventSeeking:    "Looking for a mentor begun",
	mentoring.EventWaiting:    "Put on the waiting list",
	mentoring.EventProposed:   "A mentor proposed",
	mentoring.EventRefused:    "Proposal not taken",
	mentoring.EventPaired:     "Pair registered",
	mentoring.EventAnother:    "Another mentor asked for",
	mentoring.EventParted:     "Pair ended before its time",
	mentoring.EventEnded:      "Mentoring ended",
	mentoring.EventSignposted: "Other help named, and the request ended",
	mentoring.EventNamed:      "Other help named",
	mentoring.EventNoAnswer:   "Written to, since nobody answered",
	mentoring.EventUnanswered: "Closed without an answer",
	mentoring.EventWithdrawn:  "Withdrawn",
	mentoring.EventOpened:     "Page opened",
	mentoring.EventUnlocked:   "A new word allowed",
	mentoring.EventCorrected:  "Corrected",
	mentoring.EventProforma:   "Pro-forma written",
	mentoring.EventExcluded:   "A person added",
	mentoring.EventSettled:    "Noted whom a name means",
	mentoring.EventMoved:      "Given to another area",
	mentoring.EventSafety:     "A concern about safety written down",
	mentoring.EventExported:   "Everything given out",
}
