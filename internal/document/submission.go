package document

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"traininghub/internal/form"
	"traininghub/internal/words"
)

// A Submission is a form as it was filled in and sent: the questions as they were asked, the
// answers as people read them, the declarations in their exact words. Documents, letters and
// exports are made from it alone.
type Submission struct {
	Reference    string        `json:"reference"`
	Title        string        `json:"title"` // the form's
	FormVersion  string        `json:"form_version"`
	Course       CourseFacts   `json:"course"`
	Started      time.Time     `json:"started"`  // UTC
	Received     time.Time     `json:"received"` // UTC
	Applicant    Person        `json:"applicant"`
	Sections     []Section     `json:"sections"`
	Declarations []Declaration `json:"declarations"`
	Signature    Signature     `json:"signature"`
	Parts        []form.Part   `json:"parts,omitempty"` // for others to complete
	Terms        *form.Terms   `json:"terms,omitempty"` // to be agreed to once accepted
	Next         []string      `json:"next,omitempty"`  // what was said to happen next
	Flags        []string      `json:"flags,omitempty"`
	Paper        *Paper        `json:"paper,omitempty"` // nil if it was sent online
	Words        words.Words   `json:"words,omitzero"`  // what the hub called people then
	// Doubts are the answers that the form did not expect when they were given. There are none if
	// it is empty; nil is from before anybody looked.
	Doubts []form.Doubt `json:"doubts,omitzero"`
}

// Paper says how a form came that was filled in on paper. What was declared and signed is on the
// scan, in handwriting.
type Paper struct {
	Received string `json:"received"`                  // "2021-09-30": the day on which it reached the office; it judges the deadline
	Signed   string `json:"signed"`                    // "2021-09-28": the date beside the signature
	Practice bool   `json:"practice_signed,omitempty"` // the employer has signed its part on the paper
	Name     string `json:"name"`                      // who entered it
	By       string `json:"by"`                        // their e-mail address
	Scan     Scan   `json:"scan"`
}

// Scan is the picture of a form on paper, which is kept beside the records.
type Scan struct {
	Type string `json:"type"` // "application/pdf", "image/jpeg" or "image/png", by what is in it
	Size int    `json:"size"` // bytes
	Sum  string `json:"sum"`  // SHA-256, hexadecimal
}

// Ending is that of a file's name, by its type.
func (s Scan) Ending() string {
	return map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[s.Type]
}

// CourseFacts are the course's facts when the form was sent.
type CourseFacts struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Provider string            `json:"provider"`
	Contact  string            `json:"contact"`   // e-mail address for questions
	LeadName string            `json:"lead_name"` // may be empty
	Lead     string            `json:"lead"`      // the lead's e-mail address
	Facts    map[string]string `json:"facts"`     // every named fact, for letters
}

// A Person is who sent the form, from the questions that the form names.
type Person struct {
	Name      string
	Email     string
	Telephone string // may be empty
	form.Registration
}

// person is how a Person is stored. A GMC number stands as it did when there was no other: the
// chain of a record holds these bytes.
type person struct {
	Name      string `json:"name"`
	Email     string `json:"email"`
	Telephone string `json:"telephone,omitempty"`
	GMC       string `json:"gmc,omitempty"`
	Register  string `json:"register,omitempty"`
	Number    string `json:"number,omitempty"`
}

func (p Person) MarshalJSON() ([]byte, error) {
	stored := person{Name: p.Name, Email: p.Email, Telephone: p.Telephone}
	if p.Register == "gmc" {
		stored.GMC = p.Number
	} else {
		stored.Register, stored.Number = p.Register, p.Number
	}
	return json.Marshal(stored)
}

func (p *Person) UnmarshalJSON(data []byte) error {
	var stored person
	if err := json.Unmarshal(data, &stored); err != nil {
		return err
	}
	*p = Person{stored.Name, stored.Email, stored.Telephone,
		form.Registration{Register: stored.Register, Number: stored.Number}}
	if stored.GMC != "" {
		p.Registration = form.Registration{Register: "gmc", Number: stored.GMC}
	}
	return nil
}

// Is tells whether the person has the e-mail address.
func (p Person) Is(email string) bool { return strings.EqualFold(p.Email, email) }

// Normal is the answer in its normal form to the question with the id, or as it was given if it has
// none; "" if it was not asked, or is asked in each row of a list.
func (s *Submission) Normal(id string) string {
	for _, section := range s.Sections {
		for _, item := range section.Items {
			if item.ID == id {
				return cmp.Or(item.Normal, item.Answer)
			}
		}
	}
	return ""
}

// Document is the submission on paper, as it was sent. Its kind of record adds the head, and what
// has happened since.
func (s *Submission) Document() *Document {
	d := &Document{
		Title: OnPaper(s.Title), Reference: s.Reference, Issuer: s.Course.Provider, Made: s.Received,
		Sections: s.Sections, Declarations: s.Declarations, Signatures: []Signature{s.Signature}, Next: s.Next,
	}
	for _, p := range s.Parts {
		d.Parts = append(d.Parts, PartOf(p))
	}
	return d
}

// OnPaper is a form's title on paper. A page invites to do something, "Apply for ..."; a paper is
// a thing, an "Application for ...".
func OnPaper(title string) string {
	if what, ok := strings.CutPrefix(title, "Apply for "); ok {
		return "Application for " + what
	}
	return title
}
