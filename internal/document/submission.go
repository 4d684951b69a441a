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
// answers as people read them, and the declarations in their exact words. Documents, letters and
// exports are made from nothing else.
type Submission struct {
	Reference    string        `json:"reference"`
	Title        string        `json:"title"` // the form's title
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
	Next         []string      `json:"next,omitempty"`  // what the page said would happen next
	Flags        []string      `json:"flags,omitempty"`
	Paper        *Paper        `json:"paper,omitempty"` // nil if it was sent online
	Words        words.Words   `json:"words,omitzero"`  // what the hub called people at the time
	// Doubts are the answers that the form did not expect when they were given. It is empty if
	// there were none, and nil if the answers are older than this check.
	Doubts []form.Doubt `json:"doubts,omitzero"`
}

// Paper says how a form arrived that was filled in on paper. What was declared and signed is on the
// scan, in handwriting.
type Paper struct {
	Received string `json:"received"`                  // "2021-09-30": when it reached the office, which counts for the deadline
	Signed   string `json:"signed"`                    // "2021-09-28": the date beside the signature
	Practice bool   `json:"practice_signed,omitempty"` // the employer has signed its part on the paper
	Name     string `json:"name"`                      // of the person who entered it
	By       string `json:"by"`                        // their email address
	Scan     Scan   `json:"scan"`
}

// A Scan is the picture of a form on paper, kept beside the records.
type Scan struct {
	Type string `json:"type"` // "application/pdf", "image/jpeg" or "image/png", judged by its content
	Size int    `json:"size"` // bytes
	Sum  string `json:"sum"`  // SHA-256, hexadecimal
}

// Ending is the ending of the file's name, by its type.
func (s Scan) Ending() string {
	return map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[s.Type]
}

// CourseFacts are the course's facts at the time when the form was sent.
type CourseFacts struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Provider string            `json:"provider"`
	Contact  string            `json:"contact"`   // email address for questions
	LeadName string            `json:"lead_name"` // may be empty
	Lead     string            `json:"lead"`      // the lead's email address
	Facts    map[string]string `json:"facts"`     // every named fact, for letters
}

// A Person is who sent the form, read from the questions that the form names for this.
type Person struct {
	Name      string
	Email     string
	Telephone string // may be empty
	form.Registration
}

// person is how a Person is stored. A GMC number is stored as it was before there were other
// numbers, because the chain of a record holds these bytes.
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

// Is reports whether the person has the email address.
func (p Person) Is(email string) bool { return strings.EqualFold(p.Email, email) }

// Normal returns the answer to the question with the id: normalised, or as given if it has no
// normal form. It returns "" if the question was not asked, or is asked in each row of a list.
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

// Document returns the submission on paper, as it was sent. Its kind of record adds the head, and
// what has happened since.
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

// OnPaper is a form's title on paper. A page asks people to do something, "Apply for ..."; a paper
// is a thing, an "Application for ...".
func OnPaper(title string) string {
	if what, ok := strings.CutPrefix(title, "Apply for "); ok {
		return "Application for " + what
	}
	return title
}
