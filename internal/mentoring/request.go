// Package mentoring is the story of a request for a mentor: somebody asks, and the mentor lead of
// their area calls, fills in a pro-forma, and looks for a mentor or names other help.
//
// Only a [Desk] changes a [Request]. One table, [Moves], says what may happen to it, when, and by
// whom. One function, [Desk.Sees], decides who may see it; everybody else learns no more than if
// there were no request. Every reading by the staff is an event, and the mentee sees it.
//
// The record holds special category data from the first line, so nothing of it is put in a letter,
// a log line, an address or another store (package wall). Nobody is asked about a diagnosis, sick
// leave, a complaint or their employer.
package mentoring

import (
	"cmp"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

// KindRequest is the kind of the records of requests.
const KindRequest record.Kind = "mentoring request"

// A Request is one person's request for a mentor, from when it was sent: on-line, or typed in by
// the lead during a telephone call. It keeps facts, and its state follows from them:
// [Request.State].
type Request struct {
	record.Kept

	ID      string `json:"id"`
	Service string `json:"service"`          // id
	Form    string `json:"form"`             // id
	Area    string `json:"area"`             // id; the lead can move it to another
	Role    string `json:"role"`             // id of one of the service's roles
	Cohort  string `json:"cohort,omitempty"` // id of one of the service's cohorts, if it has any

	// Document is the newest version of the questions and answers; each correction keeps the one
	// before.
	Document *document.Submission `json:"document"`
	Answers  application.Answers  `json:"answers"` // the same as typed, for corrections
	Earlier  []Earlier            `json:"earlier,omitempty"`

	Contact    Contact     `json:"contact"`
	Exclusions []Exclusion `json:"exclusions,omitempty"` // people who must not see or mentor it
	Word       *Word       `json:"word,omitempty"`       // opens the mentee's page, together with a mailed link
	Tries      int         `json:"tries,omitempty"`      // wrong words since the last right one
	Phone      *Phoned     `json:"phone,omitempty"`      // set if the lead typed it in

	Calls      []Call       `json:"calls,omitempty"`
	Draft      form.Values  `json:"draft,omitempty"` // of the pro-forma, as typed so far
	Proforma   *Proforma    `json:"proforma,omitempty"`
	Signposted []Signposted `json:"signposted,omitempty"`

	// What package pair keeps here, because these are rules about the request: one open proposal at
	// a time, the sessions used with all mentors together, and the mentors it had.
	Proposal string   `json:"proposal,omitempty"` // id of the open proposal
	Pair     string   `json:"pair,omitempty"`     // id of the pair that has not ended
	Sessions int      `json:"sessions,omitempty"`
	Had      []string `json:"had,omitempty"`   // ids of mentors who must not be suggested again
	First    bool     `json:"first,omitempty"` // goes before others, since another mentor was wished for

	Counted bool `json:"counted,omitempty"` // included in a [Tally]

	Keys    record.Keys   `json:"keys,omitempty"`
	Events  record.Events `json:"events"`
	Letters record.Outbox `json:"letters,omitempty"`
}

// Earlier is a document before a correction.
type Earlier struct {
	Until    time.Time            `json:"until"` // UTC
	Document *document.Submission `json:"document"`
}

// Contact is how to reach somebody without others noticing.
type Contact struct {
	Name    string            `json:"name"`
	Number  form.Registration `json:"number,omitzero"` // none for practice managers
	Email   string            `json:"email,omitempty"`
	Phone   string            `json:"phone,omitempty"`
	Times   string            `json:"times,omitempty"`   // when to call, in their words
	Message bool              `json:"message,omitempty"` // a message may be left
}

// An Exclusion is a person who must not handle the request or be the mentor. Until it is clear whom
// the name means, somebody whom it cannot mean has to ask.
type Exclusion struct {
	ID       string `json:"id"`
	Name     string `json:"name"` // as typed
	Practice string `json:"practice,omitempty"`
	// Whom it means, once that is clear: the address with which a lead or deputy signs in, or the
	// id of a mentor. If it is Settled and both are empty, it means nobody of the service.
	Staff   string `json:"staff,omitempty"`
	Mentor  string `json:"mentor,omitempty"`
	Settled bool   `json:"settled,omitempty"`
	By      string `json:"by,omitempty"` // mentee, or the address of whoever of the staff added it
}

// Phoned says that the lead typed the request in.
type Phoned struct {
	By       string    `json:"by"`        // the address of the person signed in
	ReadBack time.Time `json:"read_back"` // when everything was read back to the mentee and agreed, UTC
}

// A Call is the half hour, or a try to reach the mentee. What is said is recorded nowhere.
type Call struct {
	At      time.Time `json:"at"` // when it is arranged for, or was tried, UTC
	Began   time.Time `json:"began,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	Reached bool      `json:"reached,omitempty"`
	Missed  bool      `json:"missed,omitempty"` // nobody answered
	By      string    `json:"by"`
}

// A Proforma is what the lead writes down in the half hour, with the mentee. It never leaves the
// record, apart from what matching needs.
type Proforma struct {
	Focus     []string `json:"focus"`         // ids, the most important first, 1 to 3
	Aim       string   `json:"aim,omitempty"` // in the mentee's words
	Meet      []string `json:"meet,omitempty"`
	Times     []string `json:"times,omitempty"`
	MaxTravel int      `json:"max_travel,omitempty"` // minutes; no limit if 0
	Wishes    []Wish   `json:"wishes,omitempty"`
	NoNetwork bool     `json:"no_network,omitempty"` // no mentor of the mentee's own primary care network

	// The sensitive answers. Each can be "rather not say". None is matched, exported or counted.
	GP      string `json:"gp,omitempty"`
	Home    string `json:"home,omitempty"`
	Process string `json:"process,omitempty"`

	Decision string    `json:"decision"` // mentoring, not-apt, both
	Safety   *Safety   `json:"safety,omitempty"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`

	// Sections are the questions as they were asked, with the answers. The part on safety is in
	// Safety instead. Values are the same answers as typed.
	Sections []document.Section `json:"sections"`
	Values   form.Values        `json:"values"`
	// Corrected is the mentee's own comment on the pro-forma.
	Corrected string `json:"corrected,omitempty"`
}

// A Wish is for an experience of the mentor.
type Wish struct {
	Experience string `json:"experience"`
	Must       bool   `json:"must,omitempty"`
}

// Safety is a concern on which the lead acted. Only leads and deputies see it.
type Safety struct {
	What      string    `json:"what"`
	Told      string    `json:"told"`
	ToldFirst bool      `json:"told_first"` // the mentee was told before the lead acted
	At        time.Time `json:"at"`
}

// Signposted says that other help was named.
type Signposted struct {
	To string    `json:"to"` // id of one of the service's signposts
	At time.Time `json:"at"`
}

func (r *Request) says() ([]byte, error) {
	return record.Sum(struct {
		Document   *document.Submission
		Exclusions []Exclusion
		Proforma   *Proforma
		Signposted []Signposted
	}{r.Document, r.Exclusions, r.Proforma, r.Signposted})
}

// Answer is the answer to the form's question with the id, in its normal form if it has one; "" if
// it was not asked or not answered.
func (r *Request) Answer(question string) string {
	i := r.item(question)
	return cmp.Or(i.Normal, i.Answer)
}

// item is the answer to a question; empty if it was not asked.
func (r *Request) item(question string) document.Item {
	for _, s := range r.Document.Sections {
		for _, i := range s.Items {
			if i.ID == question {
				return i
			}
		}
	}
	return document.Item{}
}

// Practices are the codes of the practices where the mentee works or has worked in the last 5
// years.
func (r *Request) Practices() (codes []string) {
	for _, s := range r.Document.Sections {
		items := append([][]document.Item{s.Items}, s.Rows...)
		for _, row := range items {
			for _, i := range row {
				if (i.ID == "practice-code" || strings.HasSuffix(i.ID, "-practice-code")) && i.Answer != "" {
					if i.Normal != "" {
						codes = append(codes, i.Normal)
					} else {
						codes = append(codes, i.Answer)
					}
				}
			}
		}
	}
	return codes
}
