package course

import (
	"cmp"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// Load reads all courses in the folder dir of content, in the order of lists: by [Course.Turn],
// then by title. A course with faults is included as far as it could be read, so that links to its
// page are not reported as dead as well.
func Load(content fs.FS, dir string) ([]*Course, source.Faults) {
	return Reload(content, dir, func(string, []byte) *Course { return nil })
}

// Reload is Load, but does not parse unchanged files again. known returns the course of a file that
// still has this text, or nil. path is as in [source.File]. It is called from several goroutines.
func Reload(content fs.FS, dir string, known func(path string, text []byte) *Course) ([]*Course, source.Faults) {
	names := source.List(content, dir, "*.md")
	courses := make([]*Course, len(names))
	found := make([]source.Faults, len(names))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(names); i = int(next.Add(1)) - 1 {
				text, err := fs.ReadFile(content, names[i])
				var c *Course
				if err == nil {
					c = known("content/"+names[i], text)
				}
				if c == nil {
					c = load(source.Parse(content, "content", names[i], text, err))
				}
				courses[i], found[i] = c, c.Faults
			}
		})
	}
	workers.Wait()
	faults := slices.Concat(found...)

	slices.SortStableFunc(courses, func(a, b *Course) int {
		return cmp.Or(cmp.Compare(a.Turn(), b.Turn()), cmp.Compare(a.Title, b.Title))
	})
	titles := map[string]*Course{}
	for _, c := range courses {
		if other := titles[c.Title]; other != nil && c.Title != "" {
			faults.At(c.File.Path, c.At("title"), "the title is the same as in "+other.File.Path,
				"say what tells the two apart, such as the year")
		}
		titles[c.Title] = c
	}
	faults.Sort()
	return courses, faults
}

func load(f source.File, faults source.Faults) *Course {
	c := &Course{ID: f.Stem(), File: f, Faults: faults}
	if len(faults) > 0 {
		c.lost = true
		return c
	}
	doc, faults := f.Decode(c)
	c.lost = doc.Lost()
	for key, read := range map[string]bool{"deadline": c.Deadline != (Date{}), "charge": c.Charge != 0,
		"hours": c.Hours != 0, "mode": c.Mode != "", "price": c.Price != (Price{})} {
		c.lost = c.lost || doc.Has(key) && !read // the key is there, and its value has a fault
	}
	name(c.Cohorts)
	k := checker{c: c, doc: doc, faults: faults}
	k.texts()
	k.places()
	k.dates()
	k.doubts()
	k.lengths()
	k.attendance()
	c.Faults = k.faults
	return c
}

var numbered = pattern.Of(`^Cohort ([1-9][0-9]{0,2})$`)

// name gives cohorts their ids. Applications name a cohort by its id, and so do people's calendars.
// Therefore "Cohort 2" is cohort-2 even if the cohort above it is removed from the file. A cohort
// without a number in its name has the id of its position, or the next free one.
func name(cohorts []Cohort) {
	taken := map[string]bool{}
	take := func(k *Cohort, number string) {
		if id := "cohort-" + number; !taken[id] {
			k.ID, taken[id] = id, true
		}
	}
	for i := range cohorts {
		if m := numbered().FindStringSubmatch(cohorts[i].Name); m != nil {
			take(&cohorts[i], m[1])
		}
	}
	for i := range cohorts {
		for n := i + 1; cohorts[i].ID == ""; n++ {
			take(&cohorts[i], strconv.Itoa(n))
		}
	}
}

// A checker looks for contradictions. A value that could not be read is zero, and contradicts
// nothing, since it has its fault already.
type checker struct {
	c      *Course
	doc    *source.Doc
	faults source.Faults
}

func (k *checker) add(at, do, what string, args ...any) {
	k.faults.At(k.c.File.Path, k.doc.At(at), fmt.Sprintf(what, args...), do)
}

// titleMost is the greatest length of a page's heading by NHS guidance, in characters.
const titleMost = 65

var (
	yearForm = pattern.Of(`^(\d{4})/(\d\d)$`)
	webForm  = pattern.Of(`^(https://)?[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?$`)
)

func (k *checker) texts() {
	c := k.c
	if !source.IsName(c.ID) || c.ID == "hub" {
		k.faults.Add(c.File.Path, 0, "the file's name cannot be an address",
			source.NameDo(c.File.Path)+`, and not "hub"`)
	}
	if n := utf8.RuneCountInString(c.Title); n > titleMost {
		k.add("title", fmt.Sprintf("make it %d or less", titleMost), "the title has %d characters", n)
	}
	if c.Year != "" {
		m := yearForm().FindStringSubmatch(c.Year)
		if m == nil {
			k.add("programme_year", `write it like "2021/22"`, "%q must be two years, not %q", "programme_year", c.Year)
		} else if first, _ := strconv.Atoi(m[1]); fmt.Sprintf("%02d", (first+1)%100) != m[2] {
			k.add("programme_year", fmt.Sprintf("write \"%d/%02d\"", first, (first+1)%100),
				"%q must be two years that follow each other, not %q", "programme_year", c.Year)
		} else if start := c.begins(); start != (Date{}) && (start.Year < first || start.Year > first+1) {
			k.add("programme_year", "correct the year or the dates",
				"the first cohort begins on %v, which is not in the programme year %s", start, c.Year)
		}
	}
	if w := c.Provider.Website; w != "" && !webForm().MatchString(w) {
		k.add("provider.website", `write it like "www.example.org" or "https://example.org/training"`,
			"%q must be a web address, not %q", "website", w)
	}
	for key, named := range c.People() {
		if named != nil {
			k.email(key+".email", &named.Email)
		}
	}

	for name := range c.Amounts {
		k.factName("amounts", name)
	}
	for name := range c.Figures {
		k.factName("figures", name)
		if _, twice := c.Amounts[name]; twice {
			k.add("figures."+name, "give one of them another name", "%q stands among the amounts, too", name)
		}
	}
	cohorts := map[string]bool{}
	for i, cohort := range c.Cohorts {
		if cohorts[cohort.Name] && cohort.Name != "" {
			k.add(fmt.Sprintf("cohorts.%d.name", i), "give each its own name",
				"there are two cohorts with the name %q", cohort.Name)
		}
		cohorts[cohort.Name] = true
	}
}

// email checks an address. A wrong one is replaced, so that texts that show it are not reported as
// well.
func (k *checker) email(at string, address *string) {
	if *address == "" {
		return // required, so Decode has reported it
	}
	if !source.Mailable(*address) {
		k.add(at, `write it like "name@example.org"`, "%q must be an email address, not %q", "email", *address)
		*address = source.AnyFact
	}
}

func (k *checker) factName(group, name string) {
	switch {
	case !source.IsName(name):
		k.c.lost = true
		k.add(group+"."+name, `use small letters, figures and hyphens: "session-fee"`,
			"%q cannot be the name of a fact", name)
	case k.c.usual(name) != "":
		k.add(group+"."+name, "give it another name", "every course has a fact %q already", name)
	}
}

func (k *checker) dates() {
	c := k.c
	known := c.Deadline != (Date{})
	switch closes := c.Closes(); {
	case c.Opens == nil || *c.Opens == (Date{}) || closes.IsZero() || c.OpensAt().Before(closes):
	case !known && !k.doc.Has("deadline"):
		k.add("opens", "correct the day or the workshops", "applications open on %v, after the last cohort has started",
			c.Opens)
	case known:
		k.add("opens", "correct one of the two", "applications open on %v, after the deadline on %v",
			c.Opens, c.Deadline)
	}
	if !k.doc.Has("deadline") && c.DeadlineTime != nil {
		k.add("deadline_time", `add "deadline", or take this line away`, "there is a time, but no day")
	}
	if known && c.DeadlineTime != nil {
		if why := change(c.Deadline, *c.DeadlineTime); why != "" {
			k.add("deadline_time", "choose a time before 1am or after 2am", "%v on %v: %s",
				*c.DeadlineTime, c.Deadline, why)
		}
	}
	ordered := true
	if c.Reviewed != nil && c.ReviewDue != nil && !c.Reviewed.Time().Before(c.ReviewDue.Time()) {
		k.add("review_due", "correct one of the two", "the next review, %v, is not after the last one, %v",
			c.ReviewDue, c.Reviewed)
	}
	if at, what, do := c.Shown().Wrong(); what != "" {
		k.add(at, do, "%s", what)
		c.Publish, c.Until = nil, nil // so that wrong days are not reported again
	}
	for i, cohort := range c.Cohorts {
		if cohort.Places < 0 {
			k.add(fmt.Sprintf("cohorts.%d.places", i),
				"write for how many people the cohort has places, or remove the line if there is no limit",
				"%s cannot have %d places", cohort.Name, cohort.Places)
		}
		for j, w := range cohort.Workshops {
			if !w.read() {
				continue
			}
			at := fmt.Sprintf("cohorts.%d.workshops.%d.", i, j)
			why := cmp.Or(change(w.Date, w.Time.From), change(w.Date, w.Time.To))
			if why == "" && w.End().Sub(w.Start()).Hours() != w.Time.Hours() {
				why = "the clocks change between the two"
			}
			if why != "" {
				k.add(at+"time", "choose a time before 1am or after 2am", "%v on %v: %s", w.Time, w.Date, why)
			}
			if j > 0 && w.Start().Before(cohort.Workshops[j-1].End()) {
				ordered = false
				k.add(at+"date", "put them in order of time",
					"this workshop of %s begins before the one above it has ended", cohort.Name)
			}
		}
	}
	if first := c.first(); known && ordered && first.read() && c.Closes().After(first.Start()) {
		k.add("deadline", "correct the deadline or the workshop",
			"the deadline, %s, is after the first workshop, %v on %v", c.ApplyBy(), first.Time.From, first.Date)
	}
}

func (k *checker) lengths() {
	c := k.c
	if c.Hours < 0 {
		k.add("hours", "write how long the course is", "a course cannot have %s", count(c.Hours, "hour"))
	}
	hours, read := 0.0, c.Hours > 0
	for _, s := range c.Sessions {
		hours += s.Hours
		read = read && s.Hours > 0
	}
	if read && len(c.Sessions) > 0 && hours != c.Hours {
		k.add("hours", "correct the hours here or those of a session",
			"the sessions add up to %s, but the course has %s", count(hours, "hour"), count(c.Hours, "hour"))
	}

	weeks, read := 0, true
	for _, m := range c.Modules {
		weeks += m.Weeks
		read = read && m.Weeks > 0
	}
	switch {
	case !read || len(c.Modules) == 0:
	case !k.doc.Has("weeks"):
		k.add("modules", fmt.Sprintf(`add a line "weeks: %d"`, weeks),
			"the course has modules, but does not say how many weeks it takes")
	case weeks != c.Weeks:
		k.add("weeks", "correct the weeks here or those of a module", "the modules add up to %s, but the course has %s",
			count(float64(weeks), "week"), count(float64(c.Weeks), "week"))
	}

	for i, cohort := range c.Cohorts {
		at := fmt.Sprintf("cohorts.%d.workshops", i)
		if n := len(cohort.Workshops); n > 0 && len(c.Sessions) > 0 && n != len(c.Sessions) {
			if k.doc.Lost() {
				continue // one of them may be unreadable
			}
			k.add(at, "give each session its workshop", "%s has %s, but the course has %s", cohort.Name,
				count(float64(n), "workshop"), count(float64(len(c.Sessions)), "session"))
			continue
		}
		var all float64
		for j, w := range cohort.Workshops {
			all += w.Time.Hours()
			if len(c.Sessions) == 0 || !w.read() {
				continue
			}
			if s := c.Sessions[j]; s.Hours > 0 && w.Time.Hours() != s.Hours {
				k.add(fmt.Sprintf("%s.%d.time", at, j), "correct the time here or the hours of the session",
					"this workshop takes %s, but its session %q has %s", count(w.Time.Hours(), "hour"), s.Title,
					count(s.Hours, "hour"))
			}
		}
		if len(c.Sessions) == 0 && c.Hours > 0 && all > c.Hours {
			k.add(at, "correct the hours of the course or the times here",
				"the workshops of %s take %s, but the course has %s", cohort.Name, count(all, "hour"),
				count(c.Hours, "hour"))
		}
	}
}

// begins is the first day of the first cohort to begin; zero if no day is known. Unlike Start it
// looks at each cohort's first workshop only, so that a later one in a wrong year is one fault.
func (c *Course) begins() (first Date) {
	for _, k := range c.Cohorts {
		if len(k.Workshops) > 0 && (first == (Date{}) || k.Workshops[0].Date.Before(first)) {
			first = k.Workshops[0].Date
		}
	}
	return first
}

// read reports whether the workshop's date and time could be read.
func (w Workshop) read() bool { return w.Date != (Date{}) && w.Time != (Span{}) }

// count is a number with its unit: "1 hour", "2.5 hours".
func count(n float64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return number(n) + " " + thing + "s"
}
