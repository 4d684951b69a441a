package review

import (
	"net/url"
	"strconv"
	"testing"

	"traininghub/internal/application"
	"traininghub/internal/record"
)

// FuzzFilter: an address of the list, with a cursor in it, never makes the page fail, and an
// accepted cursor leads to the same place when it is written again.
func FuzzFilter(f *testing.F) {
	f.Add("course=supporting-mentors&cohort=supporting-mentors.cohort-1&status=received&days=3&sort=newest")
	f.Add("after=1632124800000.SM-2C2C-2C2C")
	f.Add("before=-9223372036854775808.SM-2C2C-2C2C&after=1.x")
	f.Add("days=99999999999999999999&waiting=nobody&cohort=.&course=%00")
	f.Fuzz(func(t *testing.T, query string) {
		asked, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		filter := filterOf(asked)
		if filter.Days < 0 || filter.Days > 999 {
			t.Errorf("%q: %d days", query, filter.Days)
		}
		at := filter.At
		switch {
		case at == (record.Cursor{}):
			if filter.Back {
				t.Errorf("%q: back from nowhere", query)
			}
			return
		case !application.IsReference(at.ID):
			t.Errorf("%q: the cursor is at %q", query, at.ID)
		}
		name := "after"
		if filter.Back {
			name = "before"
		}
		again := filterOf(url.Values{name: {strconv.FormatInt(at.Since.UnixMilli(), 10) + "." + at.ID}})
		if !again.At.Since.Equal(at.Since) || again.At.ID != at.ID || again.Back != filter.Back {
			t.Errorf("%q: %+v, and written again %+v", query, at, again.At)
		}
	})
}
