// Package mentoring is the story of a request for a mentor: somebody asks, the mentor lead of their
// area calls, fills in a pro-forma, and looks for a mentor; or other help suits better.
//
// A [Desk] is the one place that changes a [Request]. What may happen to it when, and by whom, is
// one table: [Moves]. Who may see it is one function: [Desk.Sees]; whoever may not learns no more
// than if there were no request. Every reading of it by the staff is an event, and who asked sees
// it.
//
// The record holds what is special category data from the first line: nothing of it stands in a
// letter, a log line, an address or another store (package wall). Nobody's diagnosis, sick leave,
// complaint or employer is asked for.
package mentoring

import (
	"cmp"
	"strings"
	"time"

	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
)

// KindRequest is that of the records of requests.
const KindRequest record.Kind = "mentoring request"

// A Request is one person's for a mentor, from when it was sent: on-line, or typed in by the lead
// while they talked on the phone. Facts are kept and the state follows from them: [Request.State].
type Request struct {
	record.Kept

	ID      string `json:"id"`
	Service string `json:"service"`          // id
	Form    string `json:"form"`             // id
	Area    string `json:"area"`             // id; the lead can move it to another
	Role    string `json:"role"`             // id of one of the service's
	Cohort  string `json:"cohort,omitempty"` // id of one of the service's, if it has any

	// Document is what they were asked and what they answered, in its newest version; each
	// correction keeps the one before.
	Document *document.Submission `json:"document"`
	Answers  intake.Answers       `json:"answers"` // the same as typed, to be corrected
	Earlier  []Earlier            `json:"earlier,omitempty"`

	Contact    Contact     `json:"contact"`
	Exclusions []Exclusion `json:"exclusions,omitempty"` // people who must not see or mentor it
	Word       *Word       `json:"word,omitempty"`       // opens their page, beside a mailed link
	Tries      int         `json:"tries,omitempty"`      // that were wrong, since the last right one
	Phone      *Phoned     `json:"phone,omitempty"`      // if the lead typed it in

	Calls      []Call       `json:"calls,omitempty"`
	Draft      form.Values  `json:"draft,omitempty"` // of the pro-forma, as typed so far
	Proforma   *Proforma    `json:"proforma,omitempty"`
	Signposted []Signposted `json:"signposted,omitempty"`

	// What package pair keeps here, since the rule is the request's: one open proposal at a time,
	// the sessions used with all mentors together, the mentors it had.
	Proposal string   `json:"proposal,omitempty"` // id of the open one
	Pair     string   `json:"pair,omitempty"`     // id of the one that has not ended
	Sessions int      `json:"sessions,omitempty"`
	Had      []string `json:"had,omitempty"`   // ids of mentors who are not suggested again
	First    bool     `json:"first,omitempty"` // it goes before others: another mentor was wished for

	Counted bool `json:"counted,omitempty"` // in a tally: see [Tally]

	Keys    record.Keys   `json:"keys,omitempty"`
	Events  record.Events `json:"events"`
	Letters record.Outbox `json:"letters,omitempty"`
}

// Earlier is a document before it was corrected.
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

// An Exclusion is a person who must not handle the request, or mentor who asks. A name that is not
// clear excludes nobody by itself, so somebody who is not on the list asks whom it means.
type Exclusion struct {
	ID       string `json:"id"`
	Name     string `json:"name"` // as typed
	Practice string `json:"practice,omitempty"`
	// Whom it means, once that is clear: the address by which a lead or deputy signs in, or the id of
	// a mentor. Nobody if both are empty and it is Settled: then it is no one of the service's.
	Staff   string `json:"staff,omitempty"`
	Mentor  string `json:"mentor,omitempty"`
	Settled bool   `json:"settled,omitempty"`
	By      string `json:"by,omitempty"` // mentee, or the address of whom of the staff added it
}

// Phoned says that the lead typed the request in.
type Phoned struct {
	By       string    `json:"by"`        // the address that signed in
	ReadBack time.Time `json:"read_back"` // when all was read back to them and agreed, UTC
}

// A Call is the half hour, or a try to reach them. Its words are nobody's record.
type Call struct {
	At      time.Time `json:"at"` // arranged for, or tried, UTC
	Began   time.Time `json:"began,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	Reached bool      `json:"reached,omitempty"`
	Missed  bool      `json:"missed,omitempty"` // nobody answered
	By      string    `json:"by"`
}

// A Proforma is what the lead writes down in the half hour, with the mentee. It never leaves the
// record, but for what matching needs.
type Proforma struct {
	Focus     []string `json:"focus"`         // ids, the most important first, 1 to 3
	Aim       string   `json:"aim,omitempty"` // in the mentee's words
	Meet      []string `json:"meet,omitempty"`
	Times     []string `json:"times,omitempty"`
	MaxTravel int      `json:"max_travel,omitempty"` // minutes; no limit if 0
	Wishes    []Wish   `json:"wishes,omitempty"`
	NoNetwork bool     `json:"no_network,omitempty"` // no mentor of their own primary care network

	// The sensitive ones: each also "rather not say", none matched, exported or counted below 5.
	GP      string `json:"gp,omitempty"`
	Home    string `json:"home,omitempty"`
	Process string `json:"process,omitempty"`

	Decision string    `json:"decision"` // mentoring, not-apt, both
	Safety   *Safety   `json:"safety,omitempty"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`

	// Sections are the questions as they were asked, with the answers; without the part on safety,
	// which is Safety. Values are the same as typed.
	Sections []document.Section `json:"sections"`
	Values   form.Values        `json:"values"`
	// Corrected are the mentee's own words to what stands here.
	Corrected string `json:"corrected,omitempty"`
}

// A Wish is for the mentor's experience.
type Wish struct {
	Experience string `json:"experience"`
	Must       bool   `json:"must,omitempty"`
}

// Safety is a concern on which the lead acted. Only leads and deputies see it.
type Safety struct {
	What      string    `json:"what"`
	Told      string    `json:"told"`
	ToldFirst bool      `json:"told_first"` // the mentee was told before
	At        time.Time `json:"at"`
}

// Signposted is that other help was named.
type Signposted struct {
	To string    `json:"to"` // id of a signpost of the service
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

// Answer is what was answered to a question of the form, by its id, in its normal form if it has
// one; "" if it was not asked or not answered.
func (r *Request) Answer(question string) string {
	i := r.item(question)
	return cmp.Or(i.Normal, i.Answer)
}

// item is the answer to a question; an empty one if it was not asked.
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

// Practices are the codes of those where somebody works or has worked in the last 5 years.
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
