// Package staff knows who works for the hub, what each may do, and how they sign in.
//
// A [Role] is a value: its name, and the course, area or scheme for which somebody has it. What a
// role allows stands in one table, and nowhere else: stories ask [Person.May]. Who has which role
// is what the editors' files say, asked each time in the [Directory], so that whoever is taken off
// a list can do nothing from then on.
//
// To add a role for a course: its field in course.Course and [course.Course.People], its name and
// what it may do here.
package staff

import (
	"slices"
	"strings"

	"traininghub/internal/course"
)

// An Act is what only some roles allow.
type Act string

const (
	Read    Act = "read"    // see the applications for a course, note, export, assign a cohort
	Restore Act = "restore" // bring back what is marked for removal
	Decide  Act = "decide"  // decide on the applications for a course, and take a decision back
	Correct Act = "correct" // correct what an applicant has sent; never who decides on it

	Hear Act = "hear" // look again at a charge for not coming to a course

	Claim Act = "claim" // claim what a scheme pays for
	Money Act = "money" // see what others claim of a scheme; what each does with it is package claim's

	Ledger  Act = "ledger"  // see the ledger of a scheme, and enter spend that is no claim
	Report  Act = "report"  // make a return of a scheme, and confirm what somebody else made
	Reading Act = "reading" // see what was published of a scheme's returns

	Find   Act = "find"   // see to what people ask for in an area: find mentors for them
	Mentor Act = "mentor" // be somebody's mentor
)

// A Scope is what somebody has a role for: one course, one area or one scheme, by its id.
type Scope struct {
	Over Over
	ID   string
}

// Over is the kind of thing that a scope is.
type Over string

const (
	Courses Over = "course"
	Areas   Over = "area"
	Schemes Over = "scheme"
)

// Course is the scope of one course.
func Course(id string) Scope { return Scope{Courses, id} }

// A Role is what somebody may do within a scope.
type Role struct {
	Name Name
	For  Scope
}

// A Name of a role.
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

// ofCourse are the roles that a course's file gives, by the names of its keys. Who is named for
// several has the first.
var ofCourse = []Name{Lead, Deputy}

// allowed is what each role may do, and what events call who has it.
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

// A Person is somebody of the staff.
type Person struct {
	Name  string
	Email string // as the editors' file has it
	Roles []Role // in the order of the editors' lists; of one scope the one that allows most is first
}

// Is tells whether they have a role of the name, within whatever scope.
func (p *Person) Is(name Name) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return r.Name == name })
}

// Has tells whether they have a role.
func (p *Person) Has(r Role) bool { return slices.Contains(p.Roles, r) }

// With is the person, nil if they are none so far, with a role that is held by a contact, if that
// is who has the e-mail address.
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

// May tells whether they may do something within a scope.
func (p *Person) May(act Act, s Scope) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool {
		return r.For == s && slices.Contains(allowed[r.Name].acts, act)
	})
}

// Where are the ids of the scopes of a kind within which they may do something, each once.
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
