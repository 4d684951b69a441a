package staff_test

import (
	"slices"
	"testing"

	"traininghub/internal/course"
	"traininghub/internal/staff"
)

var directory = staff.Directory{
	Courses: []*course.Course{
		{ID: "listening", Lead: course.Contact{Name: "Lee Lead", Email: "lee@example.org"}},
		{ID: "teaching", Lead: course.Contact{Name: "Tess Teaches", Email: "tess@example.org"},
			Deputy: &course.Contact{Name: "Lee Lead", Email: "Lee@example.org"}},
		{ID: "leading", Lead: course.Contact{Email: "tess@example.org"}},
	},
	Office: []course.Contact{{Name: "Olu Office", Email: "olu@example.org"},
		{Name: "Lee Lead", Email: "lee@example.org"}},
}

// TestFind: the editors' files say who may do what, and for which course.
func TestFind(t *testing.T) {
	for _, c := range []struct {
		email, name   string
		reads, leads  []string
		whoInTeaching string
	}{
		{"lee@example.org", "Lee Lead", []string{"listening", "teaching", "leading"}, []string{"listening", "teaching"},
			"lead"},
		{"TESS@example.org", "Tess Teaches", []string{"teaching", "leading"}, []string{"teaching", "leading"}, "lead"},
		{"olu@example.org", "Olu Office", []string{"listening", "teaching", "leading"}, nil, "office"},
	} {
		p := directory.Find(c.email)
		if p == nil || p.Name != c.name {
			t.Fatalf("%s: found %+v", c.email, p)
		}
		if got := p.Where(staff.Read, staff.Courses); !slices.Equal(got, c.reads) {
			t.Errorf("%s reads %v, want %v", c.email, got, c.reads)
		}
		if got := p.Where(staff.Decide, staff.Courses); !slices.Equal(got, c.leads) {
			t.Errorf("%s decides on %v, want %v", c.email, got, c.leads)
		}
		for _, id := range []string{"listening", "teaching", "leading", "none"} {
			if got, want := p.May(staff.Decide, staff.Course(id)), slices.Contains(c.leads, id); got != want {
				t.Errorf("%s decides on %s: %v, want %v", c.email, id, got, want)
			}
		}
		if got := p.Who(staff.Course("teaching")); got != c.whoInTeaching {
			t.Errorf("%s is called %q, want %q", c.email, got, c.whoInTeaching)
		}
		if p.May(staff.Read, staff.Scope{Over: staff.Areas, ID: "teaching"}) {
			t.Errorf("%s may read in an area that has the id of a course", c.email)
		}
	}
	for _, stranger := range []string{"", "lee@example.com", "ee@example.org"} {
		if p := directory.Find(stranger); p != nil {
			t.Errorf("%q is %+v", stranger, p)
		}
	}
}
