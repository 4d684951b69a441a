package site

import (
	"encoding"
	"regexp"
	"strings"
	"testing"

	"traininghub/internal/course"
	"traininghub/internal/scheme"
	"traininghub/internal/source"
)

// TestHelp: the schemas describe each key of each file for editors, and no key that does not exist.
func TestHelp(t *testing.T) {
	unused := map[string]bool{}
	for end := range help {
		unused[end] = true
	}
	var walk func(path string, s source.Shape)
	walk = func(path string, s source.Shape) {
		if s.Help == "" {
			t.Errorf("%s: nothing says what it is", path)
		}
		for end := path; ; _, end, _ = strings.Cut(end, ".") {
			if _, ok := help[end]; ok || end == "" {
				delete(unused, end)
				break
			}
		}
		for s.Of != nil {
			s = *s.Of
		}
		for _, f := range s.Fields {
			walk(path+"."+f.Key, f)
		}
	}
	for _, s := range Shapes() {
		walk(s.Key, s)
	}
	for end := range unused {
		t.Errorf("help for %q, which no file has", end)
	}
}

// TestPatterns: whatever an editing program refuses by its pattern, the hub refuses too. What only
// the hub refuses is listed here.
func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		of interface {
			encoding.TextUnmarshaler
			Pattern() string
		}
		good, bad string // separated by strokes
		hubOnly   string // refused only by the hub
	}{
		{new(course.Date),
			"2 November 2021|Tue 2 Nov 2021|tuesday, 02 NOVEMBER, 2021|2021-11-02|31 October 2021",
			"2/11/2021|2 November|32 October 2021|2 November 21|2021-13-02|2nd November 2021|November 2, 2021|TBC|2 May 1921",
			"31 November 2021|Monday 2 November 2021|2 Novermber 2021|2021-02-30|day 2 November 2021"},
		{new(course.Money), "£289|£352.50|£1,156|£1156|£0", "289|£352.5|£1,15|352.50 GBP|free", ""},
		{new(course.Price), "free|£120", "no|Free|120", "£0"},
		{new(course.Clock), "2pm|1:30 pm|11:59PM|midday|Midday|12:30am|09:15am",
			"12pm|12:00pm|0pm|13pm|2:60pm|14:00|midnight|noon", ""},
		{new(course.Span), "2pm to 5pm|midday  to 1:30pm", "2 to 5pm|2pm-5pm|14:00 to 17:00", "5pm to 2pm|2pm to 2pm"},
		{new(scheme.YearDay), "1 April|31 Dec", "32 April|April 1|1 April 2021", "29 February"},
	} {
		form := regexp.MustCompile("^(?:" + c.of.Pattern() + ")$")
		for texts, want := range map[string]struct{ fits, read bool }{
			c.good: {true, true}, c.bad: {}, c.hubOnly: {fits: true},
		} {
			for text := range strings.SplitSeq(texts, "|") {
				if fits := form.MatchString(text); text != "" && fits != want.fits {
					t.Errorf("%T: %q has the form: %v", c.of, text, fits)
				}
				if err := c.of.UnmarshalText([]byte(text)); text != "" && (err == nil) != want.read {
					t.Errorf("%T: %q is read: %v", c.of, text, err)
				}
			}
		}
	}
}
