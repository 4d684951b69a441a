package staff

import (
	"strings"

	"traininghub/internal/course"
)

// A Directory says who has which role: what stands in the editors' files.
type Directory struct {
	Courses []*course.Course
	Office  []course.Contact // have a role for every course
}

// Find is who signs in with the e-mail address; nil if nobody may.
func (d Directory) Find(email string) *Person {
	p := &Person{}
	is := func(c *course.Contact) bool {
		if c == nil || c.Email == "" || !strings.EqualFold(c.Email, email) {
			return false
		}
		p.Name, p.Email = c.Name, c.Email // the last one that names them counts
		return true
	}
	office := false
	for i := range d.Office {
		office = is(&d.Office[i]) || office
	}
	for _, c := range d.Courses {
		add := func(name Name) { p.Roles = append(p.Roles, Role{name, Course(c.ID)}) }
		if is(&c.Lead) {
			add(Lead)
		} else if is(c.Deputy) {
			add(Deputy)
		}
		if office {
			add(Office)
		}
	}
	if p.Email == "" {
		return nil
	}
	return p
}
