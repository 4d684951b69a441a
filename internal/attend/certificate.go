package attend

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/pattern"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// A Certificate says that somebody came to a course. It outlives the register. Once the register is
// removed, only the facts needed for checking the certificate are left.
type Certificate struct {
	record.Kept
	ID      string        `json:"id"`
	Number  string        `json:"number"`
	Surname []byte        `json:"surname"` // hash of the last name in the form of func surname, with Salt
	Salt    []byte        `json:"salt"`
	Person  string        `json:"person"` // a code for the person, see [Desk.person]
	Course  string        `json:"course"` // its id
	Title   string        `json:"title"`
	Month   string        `json:"month"` // "November 2021": when the training was finished
	On      string        `json:"on"`    // "2021-11-23": the day from which they count as trained
	State   State         `json:"state"`
	Ref     string        `json:"application,omitempty"`
	Name    string        `json:"name,omitempty"` // kept until the register is removed, like the fields below
	Email   string        `json:"email,omitempty"`
	Holder  string        `json:"holder,omitempty"` // the key of their number on a professional register
	Issuer  string        `json:"issuer,omitempty"` // the provider
	Dates   []string      `json:"dates,omitempty"`
	Minutes int           `json:"minutes,omitempty"`
	Mention string        `json:"qualification,omitempty"`
	Issued  time.Time     `json:"issued"`
	Past    record.Events `json:"events"`
}

// A State says whether a certificate is valid.
type State string

// The states.
const (
	Valid    State = "valid"
	Replaced State = "replaced"  // by one with another number
	Revoked  State = "withdrawn" // what it says is not true
)

func (c *Certificate) says() ([]byte, error) {
	is := *c
	is.Past = nil
	return record.Sum(is)
}

func certificateID(number string) string { return "certificate." + number }

func (d *Desk) certificates() *record.Keeper[*Certificate] {
	return &record.Keeper[*Certificate]{
		Store: d.store(), Kind: KindCertificate, New: func(id string) *Certificate { return &Certificate{ID: id} },
		Entry: func(c *Certificate) (record.Record, error) {
			return record.Record{
				ID: c.ID, Status: string(c.State), Course: c.Course, Expires: c.Issued.Add(d.KeepCertificates),
				Shelf: certificateShelf, Since: c.Issued, Email: strings.ToLower(c.Email), Number: c.Holder,
			}, c.Past.Seal(c.ID, c.says)
		},
	}
}

// The number of a certificate is eight letters and two check digits, "TKHD-MPCX-41". It has no
// vowels, so that it spells no word. The check digits are those of ISO/IEC 7064, MOD 97-10, as in a
// bank account's IBAN (ISO 13616) or a Legal Entity Identifier (ISO 17442): a letter counts as 10
// to 35, and the whole number is 1 modulo 97. Since each letter is two digits, they find every
// single wrong letter and every swap of two neighbours.
const signs = "BCDFGHJKMNPQRSTVWXZ"

func newNumber() string {
	var b strings.Builder
	for b.Len() < 8 {
		one := make([]byte, 1)
		rand.Read(one)
		if int(one[0]) < 256-256%len(signs) { // each sign is equally likely
			b.WriteByte(signs[int(one[0])%len(signs)])
		}
	}
	n := b.String()
	return n[:4] + "-" + n[4:] + "-" + fmt.Sprintf("%02d", 98-mod97(n+"00"))
}

// mod97 is a number with letters as digits, modulo 97; -1 if it has any other sign.
func mod97(number string) int {
	sum := 0
	for _, c := range number {
		switch {
		case c >= '0' && c <= '9':
			sum = (sum*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			sum = (sum*100 + int(c-'A') + 10) % 97
		default:
			return -1
		}
	}
	return sum
}

var numbered = pattern.Of(`^[` + signs + `]{8}[0-9]{2}$`)

// Number brings a typed number, which may have small letters or spaces, into its usual form. ok is
// false if it cannot be a number.
func Number(typed string) (number string, ok bool) {
	plain := strings.Map(func(c rune) rune {
		if c == '-' || c == ' ' || c == '\u00a0' || c == '–' {
			return -1
		}
		return c
	}, strings.ToUpper(typed))
	if !numbered().MatchString(plain) || mod97(plain) != 1 {
		return "", false
	}
	return plain[:4] + "-" + plain[4:8] + "-" + plain[8:], true
}

// surname is the last name of a whole name in a form for comparing: "Bartholomew de la
// Fontaine-Jones" gives "fontainejones".
func surname(name string) string {
	words := strings.Fields(form.Fold(name))
	if len(words) == 0 {
		return ""
	}
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("-'’.‐‑", c) {
			return -1
		}
		return c
	}, words[len(words)-1])
}

func surnameSum(name string, salt []byte) []byte {
	return record.Hash(append(salt[:len(salt):len(salt)], surname(name)...))
}

// Checked is what somebody learns who has the number and the surname.
type Checked struct {
	State  State // Valid or Replaced
	Course string
	Month  string
}

// CheckCertificate looks up a certificate. It returns nil if there is none with that number and
// surname, or if it was withdrawn: the caller cannot see which.
func (d *Desk) CheckCertificate(ctx context.Context, number, name string) (*Checked, error) {
	number, ok := Number(number)
	c := &Certificate{Salt: make([]byte, 16), Surname: make([]byte, 32)}
	if ok {
		found, err := d.certificates().Get(ctx, certificateID(number))
		switch {
		case err == nil:
			c = found
		case !errors.Is(err, record.ErrNotFound):
			return nil, err
		}
	}
	same := subtle.ConstantTimeCompare(surnameSum(name, c.Salt), c.Surname) == 1
	if !same || c.State == Revoked || c.Number == "" {
		return nil, nil
	}
	return &Checked{State: c.State, Course: c.Title, Month: c.Month}, nil
}

// Attended are the minutes that somebody was at workshops, and the length of all workshops.
func (r *Register) Attended(p *Participant) (there, all int) {
	for i, m := range r.Workshops {
		if m.Cancelled {
			continue
		}
		all += m.Minutes()
		if mark := p.Mark(i); mark != nil {
			there += mark.Minutes
		}
	}
	return there, all
}

// CameToAll tells whether the marks show that somebody came to all that the course asks for: every
// workshop, or the share of their time that the course's file gives.
func (r *Register) CameToAll(c *course.Course, p *Participant) bool {
	any := false
	for i, m := range r.Workshops {
		if m.Cancelled {
			continue
		}
		mark := p.Mark(i)
		if mark == nil || c.Attendance.LeastPercent == 0 && mark.Is != Came {
			return false
		}
		any = true
	}
	there, all := r.Attended(p)
	return any && there*100 >= all*c.Attendance.LeastPercent
}

// Finished is the day on which somebody had done all that the certificate needs; zero if they have
// not.
func (r *Register) Finished(c *course.Course, p *Participant, now time.Time) course.Date {
	if p.Left != nil || now.Before(r.Over()) || !r.CameToAll(c, p) || c.Attendance.ProviderConfirms && p.Complete == nil {
		return course.Date{}
	}
	if p.Complete != nil && p.Complete.At.After(r.Over()) {
		return course.DateOf(p.Complete.At)
	}
	return course.DateOf(r.Over())
}

// mostIssued is the most certificates that one write issues: each may end another one, and a write
// takes ten records.
const mostIssued = 4

// issue issues certificates to those who have come to everything, and ends those that are no longer
// true. What does not fit in one write is left for the next.
func (r *Register) issue(c *course.Course, now time.Time) {
	r.Crowded, r.made, r.ends = false, nil, nil
	for _, p := range r.People {
		on := r.Finished(c, p, now)
		there, _ := r.Attended(p)
		is := p.Certificate()
		switch {
		case p.Left != nil, on == (course.Date{}) && is == nil, is != nil && !p.corrected(is),
			on != (course.Date{}) && is != nil && is.Name == p.Name && is.Minutes == there:
			continue
		case len(r.made)+len(r.ends) >= 2*mostIssued:
			r.Crowded = true
			return
		}
		if is != nil {
			is.Ended = true
			r.ends = append(r.ends, is.Number)
			r.Past.Add(now, "certificate ended", "hub", p.Ref)
		}
		if on == (course.Date{}) {
			continue
		}
		p.Issued = append(p.Issued, Issue{Number: newNumber(), Name: p.Name, Minutes: there, Marks: len(p.Marks), At: now})
		r.Past.Add(now, "certificate", "hub", p.Ref)
		r.owe(LetterCertificate, p.Ref, fmt.Sprint(len(p.Issued)), now)
		r.made = append(r.made, r.certificate(c, p, on))
	}
}

// corrected tells whether the facts behind a certificate were changed after it was issued. A
// stricter rule in the course's file does not end a certificate.
func (p *Participant) corrected(is *Issue) bool {
	return p.Name != is.Name || len(p.Marks) != is.Marks
}

// certificate makes the record of a participant's latest certificate.
func (r *Register) certificate(c *course.Course, p *Participant, on course.Date) *Certificate {
	is := p.Issued[len(p.Issued)-1]
	cert := &Certificate{
		ID: certificateID(is.Number), Number: is.Number, Salt: make([]byte, 16), Course: r.Course, Title: r.Title,
		Month: on.Time().Format("January 2006"), On: on.ISO(), State: Valid, Ref: p.Ref, Name: p.Name,
		Email: p.Email, Holder: p.Number, Issuer: c.Provider.Name, Minutes: is.Minutes, Mention: c.Qualification, Issued: is.At,
	}
	rand.Read(cert.Salt)
	cert.Surname = surnameSum(p.Name, cert.Salt)
	for i, m := range r.Workshops {
		if mark := p.Mark(i); !m.Cancelled && mark != nil && mark.Minutes > 0 {
			cert.Dates = append(cert.Dates, m.Title+": "+m.When())
		}
	}
	cert.Past.Add(is.At, "issued", "hub", "")
	return cert
}

// certify adds to a write the certificates that a register issues and ends.
func (d *Desk) certify(ctx context.Context, s *record.Set, r *Register) (err error) {
	replaced := map[string]bool{} // the applications that got a new one
	for _, c := range r.made {
		if c.Person, err = d.person(r.Person(c.Ref)); err != nil {
			return err
		}
		d.certificates().Put(s, c)
		replaced[c.Ref] = true
	}
	for _, number := range r.ends {
		c, err := d.certificates().In(ctx, s, certificateID(number))
		if errors.Is(err, record.ErrNotFound) {
			continue // erased or removed
		}
		if err != nil {
			return err
		}
		c.State = Revoked
		if replaced[c.Ref] {
			c.State = Replaced
		}
		c.Past.Add(d.now(), string(c.State), "hub", "")
	}
	return nil
}

// Paper is the certificate as a document, for a PDF. base is the hub's address.
func (c *Certificate) Paper(hub, base string) *document.Document {
	attended := document.Section{ID: "attended", Title: "What " + c.Name + " attended"}
	for _, day := range c.Dates {
		title, when, _ := strings.Cut(day, ": ")
		if last := strings.LastIndex(day, ": "); last >= 0 {
			title, when = day[:last], day[last+2:]
		}
		attended.Items = append(attended.Items, document.Item{Kind: form.Text, Question: title, Answer: when})
	}
	attended.Items = append(attended.Items, document.Item{Kind: form.Text, Question: "Time attended", Answer: Minutes(c.Minutes)})
	return &document.Document{
		Title: "Certificate of attendance", Reference: c.Number, Issuer: c.Issuer, Made: c.Issued,
		Head: []document.Line{
			{Label: "This is to certify that", Value: c.Name}, {Label: "took part in", Value: c.Title},
			{Label: "Provider", Value: c.Issuer}, {Label: "Issued by", Value: hub},
			{Label: "Issued on", Value: course.DateOf(c.Issued).String()}, {Label: "Certificate number", Value: c.Number},
		},
		Sections: []document.Section{attended},
		Notes: []string{
			"Anybody who has the number and the surname can check this certificate at " + base + "/certificate/.",
			"The check shows whether it is valid, the course and the month, and nothing else.",
		},
	}
}

// Certificate is a participant's valid certificate; ErrNone if there is none.
func (d *Desk) Certificate(ctx context.Context, p *Participant) (*Certificate, error) {
	is := p.Certificate()
	if is == nil {
		return nil, ErrNone
	}
	c, err := d.certificates().Get(ctx, certificateID(is.Number))
	if errors.Is(err, record.ErrNotFound) {
		return nil, ErrNone
	}
	return c, err
}

// Renaming are the questions by which the staff correct the name on a certificate.
var Renaming = form.Section{ID: "rename", Questions: []form.Question{
	form.Ask(form.Question{ID: "name", Kind: form.Text, Label: "Name as it should be", InMessages: "the name as it should be",
		Rule: "required,name,max=200"}),
	Because.Questions[0],
}}

// Rename lets the staff correct a participant's name on the register. A new certificate is issued,
// and the old number says that it was replaced.
func (d *Desk) Rename(ctx context.Context, s *staff.Person, id, ref string, v form.Values) (problems []form.Problem, err error) {
	err = d.byStaff(ctx, s, id, ref, func(r *Register, p *Participant) error {
		name := strings.TrimSpace(v["name"])
		if problems = Renaming.Check(v, d.now()); len(problems) > 0 || name == p.Name {
			return record.ErrUnchanged
		}
		p.Name = name
		r.Past.Add(d.now(), "renamed", s.Who(staff.Course(r.Course)), ref).By = s.Email
		return nil
	})
	return problems, err
}

// Qualifying is the question by which the lead accepts a qualification instead of the training.
var Qualifying = form.Section{ID: "qualify", Questions: []form.Question{form.Ask(form.Question{
	ID: "what", Kind: form.Text, Label: "Which qualification stands for the training?",
	InMessages: "which qualification stands for the training", Rule: "required,max=200",
})}}

// Qualify notes that somebody has a qualification, so that they count as trained without the
// course. Only the course's lead or deputy may do so.
func (d *Desk) Qualify(ctx context.Context, s *staff.Person, id, ref string, v form.Values) (problems []form.Problem, err error) {
	err = d.byStaff(ctx, s, id, ref, func(r *Register, p *Participant) error {
		switch problems = Qualifying.Check(v, d.now()); {
		case !s.May(staff.Decide, staff.Course(d.Applications.Programme.Current(r.Course))):
			return ErrNone
		case len(problems) > 0 || p.Qualified != nil:
			return record.ErrUnchanged
		}
		p.Qualified = &Word{At: d.now(), By: s.Email, What: strings.TrimSpace(v["what"])}
		r.Past.Add(d.now(), "qualified", s.Who(staff.Course(r.Course)), ref).By = s.Email
		return nil
	})
	return problems, err
}

// A Trained is somebody trained for a course, by a certificate or by an accepted qualification.
type Trained struct {
	Person string // a code for the person, the same in every course
	Ref    string // their application's reference
	Course string // id
	On     course.Date
}

// Trained are all people who were trained by a day, each once for a course, with the first day. It
// counts what is kept: a replaced certificate is not counted twice, and a withdrawn one not at all.
func (d *Desk) Trained(ctx context.Context, by course.Date) (all []Trained, err error) {
	add := func(t Trained) {
		if by.Before(t.On) {
			return
		}
		i := slices.IndexFunc(all, func(o Trained) bool { return o.Person == t.Person && o.Course == t.Course })
		switch {
		case i < 0:
			all = append(all, t)
		case t.On.Before(all[i].On):
			all[i].On = t.On
		}
	}
	for e, err := range d.listed(ctx, KindCertificate, certificateShelf, time.Time{}) {
		if err != nil {
			return nil, err
		}
		c := &Certificate{ID: e.ID}
		var on course.Date
		switch err := d.certificates().Decode(e, c); {
		case err != nil:
			return nil, err
		case c.State == Valid && on.UnmarshalText([]byte(c.On)) == nil:
			add(Trained{c.Person, c.Ref, c.Course, on})
		}
	}
	for e, err := range d.listed(ctx, KindRegister, registerShelf, time.Time{}) {
		if err != nil {
			return nil, err
		}
		r := &Register{ID: e.ID}
		if err := d.registers().Decode(e, r); err != nil {
			return nil, err
		}
		for _, p := range r.People {
			if p.Qualified == nil {
				continue
			}
			who, err := d.person(p)
			if err != nil {
				return nil, err
			}
			add(Trained{who, p.Ref, r.Course, course.DateOf(p.Qualified.At)})
		}
	}
	return all, nil
}
