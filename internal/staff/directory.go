package staff

import (
	"cmp"
	"iter"
	"strings"

	"traininghub/internal/course"
)

// A Directory says who has which role, as the editors' files have it.
type Directory struct {
	Courses []*course.Course
	Office  []course.Contact // have a role for every course
}

// Holders returns everybody who has a role, each with that role, course by course.
func (d Directory) Holders() iter.Seq2[course.Contact, Role] {
	return func(yield func(course.Contact, Role) bool) {
		for _, c := range d.Courses {
			people, seen := c.People(), map[string]bool{}
			for _, name := range ofCourse {
				p := people[string(name)]
				if p == nil || seen[strings.ToLower(p.Email)] {
					continue
				}
				seen[strings.ToLower(p.Email)] = true
				if !yield(*p, Role{name, Course(c.ID)}) {
					return
				}
			}
			for _, o := range d.Office {
				if !yield(o, Role{Office, Course(c.ID)}) {
					return
				}
			}
		}
	}
}

// Find returns the person who signs in with the email address; nil if nobody may.
func (d Directory) Find(email string) *Person {
	var p Person
	for holder, role := range d.Holders() {
		if holder.Email != "" && strings.EqualFold(holder.Email, email) {
			p.Name, p.Email = cmp.Or(holder.Name, p.Name), holder.Email
			p.Roles = append(p.Roles, role)
		}
	}
	if p.Email == "" {
		return nil
	}
	return &p
}
