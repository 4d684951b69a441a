// Package staff knows who works for the hub, what each may do, and how they sign in.
//
// A [Role] is a name together with the course, area or scheme for which somebody has it. One table
// says what each role allows, and nothing else does: stories ask [Person.May]. The editors' files
// say who has which role. The [Directory] is asked each time, so somebody who is taken off a list
// can do nothing from that moment.
//
// To add a role for a course, add its field to course.Course and [course.Course.People], and its
// name and what it allows here.
package staff

import (
	"slices"
	"strings"

	"traininghub/internal/course"
)

// An Act is something that only some roles allow.
type Act string

const (
	Read    Act = "read"    // see the applications for a course, note, export, assign a cohort
	Restore Act = "restore" // bring back an application that is marked for removal
	Decide  Act = "decide"  // decide on the applications for a course, and take a decision back
	Correct Act = "correct" // correct what an applicant has sent; the role that decides never has this

	Hear Act = "hear" // look again at a charge for not coming to a course

	Claim Act = "claim" // claim what a scheme pays for
	Money Act = "money" // see other people's claims of a scheme; package claim says what each role does with them

	Ledger  Act = "ledger"  // see the ledger of a scheme, and enter spending that was not claimed
	Report  Act = "report"  // make a return of a scheme, and confirm one that somebody else made
	Reading Act = "reading" // see published returns of a scheme

	Find   Act = "find"   // see to people's requests in an area: find mentors for them
	Mentor Act = "mentor" // be somebody's mentor
)

// A Scope is what a role covers: one course, one area or one scheme, by its id.
type Scope struct {
	Over Over
	ID   string
}

// Over is what kind of thing a scope is.
type Over string

const (
	Courses Over = "course"
	Areas   Over = "area"
	Schemes Over = "scheme"
)

// Course is the scope of one course.
func Course(id string) Scope { return Scope{Courses, id} }

// A Role is what somebody is within a scope.
type Role struct {
	Name Name
	For  Scope
}

// A Name is the name of a role.
type Name string

const (
	Lead   Name = "lead"   // of a course
	Deputy Name = "deputy" // of a course's lead
	Office Name = "office" // for every course

	Appeals Name = "appeals" // of a course: looks again at charges, if the deputy does not

	Claimant Name = "claimant" // of a scheme: claims what they did
	Checker  Name = "checker"  // of a scheme: looks at claims first
	Approver Name = "approver" // of a scheme: decides about them
	Payer    Name = "payer"    // of a scheme: pays what was approved
	Reader   Name = "reader"   // of a scheme: at the commissioner, reads its returns

	AreaLead   Name = "mentor lead"        // of an area of a service
	AreaDeputy Name = "deputy mentor lead" // when the lead is away, or may not see something
	AreaMentor Name = "mentor"             // of an area: on the register of mentors
)

// ofCourse are the roles that a course's file gives, by the names of its keys. Somebody who is
// named for several has the first.
var ofCourse = []Name{Lead, Deputy}

// allowed says what each role may do, and what events call the person.
var allowed = map[Name]struct {
	acts []Act
	who  string
}{
	Lead:   {[]Act{Read, Decide}, "lead"},
	Deputy: {[]Act{Read, Decide, Correct}, "lead"},
	Office: {[]Act{Read, Restore, Correct, Ledger, Report, Reading}, "office"}, // the last three in schemes

	Appeals: {[]Act{Hear}, "appeals"},

	Claimant: {[]Act{Claim}, "claimant"},
	Checker:  {[]Act{Money, Ledger}, "checker"},
	Approver: {[]Act{Money, Ledger, Report, Reading}, "approver"},
	Payer:    {[]Act{Money, Ledger}, "payer"},
	Reader:   {[]Act{Reading}, "reader"},

	AreaLead:   {[]Act{Find}, "mentor lead"},
	AreaDeputy: {[]Act{Find}, "deputy"},
	AreaMentor: {[]Act{Mentor}, "mentor"},
}

// A Person is a member of staff.
type Person struct {
	Name  string
	Email string // as in the editors' file
	Roles []Role // in the order of the editors' lists; in each scope the role that allows most comes first
}

// Is reports whether they have a role with the name, in any scope.
func (p *Person) Is(name Name) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return r.Name == name })
}

// Has reports whether they have the role.
func (p *Person) Has(r Role) bool { return slices.Contains(p.Roles, r) }

// With adds a role to the person if the contact who holds it has the email address. The person may
// be nil, if they have no role yet.
func (p *Person) With(role Role, held course.Contact, email string) *Person {
	if held.Email == "" || !strings.EqualFold(held.Email, email) {
		return p
	}
	if p == nil {
		p = &Person{Name: held.Name, Email: held.Email}
	}
	p.Roles = append(p.Roles, role)
	return p
}

// May reports whether they may do something within a scope.
func (p *Person) May(act Act, s Scope) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool {
		return r.For == s && slices.Contains(allowed[r.Name].acts, act)
	})
}

// Where returns the ids of the scopes of this kind within which they may do something, each once.
func (p *Person) Where(act Act, over Over) (ids []string) {
	for _, r := range p.Roles {
		if r.For.Over == over && p.May(act, r.For) && !slices.Contains(ids, r.For.ID) {
			ids = append(ids, r.For.ID)
		}
	}
	return ids
}

// Who is what events within a scope call them.
func (p *Person) Who(s Scope) string {
	i := slices.IndexFunc(p.Roles, func(r Role) bool { return r.For == s })
	if i < 0 {
		return allowed[Office].who
	}
	return allowed[p.Roles[i].Name].who
}
