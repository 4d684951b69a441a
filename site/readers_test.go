package site

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/letters"
	"traininghub/internal/page"
)

func TestFeed(t *testing.T) {
	type feed struct {
		ID      string `xml:"id"`
		Updated string `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	s, faults := load(t, readArchive(t, "testdata/hub.txt").fs())
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   time.Time
		want []string // id, title, updated
	}{
		{day.AddDate(0, 0, -30), nil},
		{day, []string{"opens Applications are open: Talking well 2021-09-05T23:00:00Z"}},
		{day.AddDate(0, 0, 40), []string{
			"closed Applications are closed: Talking well 2021-10-15T23:00:00Z",
			"closes-soon Applications close soon: Talking well 2021-10-01T23:00:00Z",
			"opens Applications are open: Talking well 2021-09-05T23:00:00Z",
		}},
	} {
		out, err := s.Build(c.at)
		if err != nil {
			t.Fatal(err)
		}
		var f feed
		if err := xml.Unmarshal(out["courses.atom"], &f); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range f.Entries {
			id, ok := strings.CutPrefix(e.ID, "tag:hub.example.org,2021:talking/")
			if !ok || e.Link.Href != "https://hub.example.org/courses/talking/" {
				t.Errorf("%v: the entry %q leads to %q", c.at, e.ID, e.Link.Href)
			}
			got = append(got, id+" "+e.Title+" "+e.Updated)
		}
		if !slices.Equal(got, c.want) || len(got) > 0 && f.Updated != f.Entries[0].Updated || f.Updated == "" {
			t.Errorf("%v, updated %s:\ngot  %q\nwant %q", c.at, f.Updated, got, c.want)
		}
	}
}

var dataBlock = regexp.MustCompile(`<script type="application/ld\+json">([^<]*)</script>`)

// TestData reads schema.org's description of a course from its page. A title cannot end the script
// element early.
func TestData(t *testing.T) {
	hub := readArchive(t, "testdata/hub.txt").fs()
	file := hub["courses/talking.md"]
	file.Data = []byte(change(t, string(file.Data),
		"- title: Talking well\n+ title: Talking </script><script>well\n-   name: Speech Ltd\n+   name: Speech Ltd\n+   website: www.example.org\n-         time: 6pm to 8pm\n+         time: 6pm to 8pm\n+         cancelled: yes\n- qualification: Certificate\n+ qualification: Certificate\n+ mode: onsite\n+ place: {name: Town Hall, town: Derby, address: Market Place}\n"))
	s, faults := load(t, hub)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	out, err := s.Build(day)
	if err != nil {
		t.Fatal(err)
	}
	m := dataBlock.FindSubmatch(out["courses/talking/index.html"])
	if m == nil {
		t.Fatal("the page does not describe itself")
	}
	var got ldCourse
	if err := json.Unmarshal(m[1], &got); err != nil {
		t.Fatal(err)
	}
	if got.Context != "https://schema.org" || got.Type != "Course" || got.Name != "Talking </script><script>well" ||
		got.URL != "https://hub.example.org/courses/talking/" ||
		got.Provider != (ldOrg{"Organization", "Speech Ltd", "https://www.example.org"}) || len(got.Instances) != 1 {
		t.Fatalf("got %+v", got)
	}
	in := got.Instances[0]
	if in.Name != "Cohort 1" || in.Start != "2021-11-02T14:00:00Z" || in.End != "2021-11-09T20:00:00Z" ||
		in.Workload != "PT5H" || len(in.Events) != 2 {
		t.Errorf("the cohort is %+v", in)
	}
	if place := in.Events[1].Location; place == nil || place.Type != "Place" || place.Name != "Town Hall" ||
		*place.Address != (ldAddress{"PostalAddress", "Market Place", "Derby", "GB"}) {
		t.Errorf("the second workshop takes place at %+v", place)
	}
	if want := (ldEvent{"Event", "Second", got.URL, "2021-11-09T18:00:00Z", "2021-11-09T20:00:00Z",
		"https://schema.org/EventCancelled", in.Events[1].Location, "https://schema.org/OfflineEventAttendanceMode",
	}); in.Events[1] != want || in.Events[0].Status != "" {
		t.Errorf("the second workshop is %+v, want %+v", in.Events[1], want)
	}
	// To Google an online workshop is not an event.
	file.Data = []byte(strings.Replace(string(file.Data), "mode: onsite\nplace: {name: Town Hall, town: Derby, address: Market Place}\n", "mode: online\n", 1))
	if s, faults = load(t, hub); faults.Err() != nil {
		t.Fatal(faults.Err())
	}
	if online, err := s.Build(day); err != nil || bytes.Contains(online["courses/talking/index.html"], []byte("subEvent")) ||
		!bytes.Contains(online["courses/talking/index.html"], []byte("VirtualLocation")) {
		t.Error("an online workshop is described as an event, or its place is missing", err)
	}
	if page := out["courses/talking/index.html"]; !bytes.Contains(page,
		[]byte(`<span>6pm to 8pm <strong>(cancelled)</strong></span>`)) ||
		!bytes.Contains(page, []byte("Cohort 1: Tuesday 9 November 2021, 6pm to 8pm (cancelled)<br>")) ||
		bytes.Contains(page, []byte("5pm (cancelled)")) {
		t.Error("the page does not say which workshop was cancelled")
	}
}

// TestOpenGraph: a shared page has a title and a description, and a picture that exists.
func TestOpenGraph(t *testing.T) {
	s, out := buildContent(t, instants["open"])
	property := regexp.MustCompile(`<meta property="og:([a-z:]+)" content="([^"]*)">`)
	for file, data := range out {
		if !strings.HasSuffix(file, ".html") {
			continue
		}
		got := map[string]string{}
		for _, m := range property.FindAllSubmatch(data, -1) {
			got[string(m[1])] = string(m[2])
		}
		if unlisted(file) || file == "404.html" {
			if len(got) > 0 {
				t.Errorf("%s: is not to be shared, but has %v", file, got)
			}
			continue
		}
		picture, _ := strings.CutPrefix(got["image"], s.Hub.BaseURL+"/")
		if got["title"] == "" || got["description"] == "" ||
			got["url"] != s.Hub.BaseURL+"/"+strings.TrimSuffix(file, "index.html") || out[picture] == nil {
			t.Errorf("%s: %v", file, got)
		}
	}
}

// TestBaseURL: the whole site uses the public address that is set instead of site.yaml's, even in
// texts and in files for programs. The accessibility statement must not say that the site is
// somewhere else.
func TestBaseURL(t *testing.T) {
	const written, public = "http://localhost:8080", "https://training.example.org"
	s, faults := Load(Sources{
		Content: os.DirFS("../content"), Templates: os.DirFS("../templates"), Modules: "../node_modules",
		Letters: letters.All(), BaseURL: public,
	})
	if faults != nil {
		t.Fatal(faults)
	}
	out, err := s.Build(instants["open"])
	if err != nil {
		t.Fatal(err)
	}
	if page := out["accessibility/index.html"]; !bytes.Contains(page, []byte(public)) {
		t.Error("the accessibility statement does not say where the site is")
	}
	for name, data := range out {
		if bytes.Contains(data, []byte(written)) {
			t.Errorf("%s has the address of site.yaml in it", name)
		}
	}
}

// TestContents: a long page begins with a list of its sections, and a short one does not.
func TestContents(t *testing.T) {
	_, out := buildContent(t, instants["open"])
	item := regexp.MustCompile(`nhsuk-contents-list__link" href="#([^"]+)">([^<]+)<`)
	course := string(out["courses/career-conversations/index.html"])
	var got []string
	for _, m := range item.FindAllStringSubmatch(course, -1) {
		if !strings.Contains(course, ` id="`+m[1]+`">`+m[2]+`</h2>`) {
			t.Errorf("the list has %q, which is not a heading", m[0])
		}
		got = append(got, m[2])
	}
	if len(got) != 15 || got[0] != "What the course covers" || got[14] != "Who to ask" {
		t.Errorf("the list has %d sections: %q", len(got), got)
	}
	if strings.Contains(string(out["contact/index.html"]), "nhsuk-contents-list") {
		t.Error("a short page has a list of its sections")
	}
}

const eligibility = `
- hours: 5
+ eligibility:
+   - question: Do you talk?
+     answer: yes
+     because: ["You cannot, {{charge}}."]
+     instead: [Learn it.]
+   - question: Do you shout?
+     hint: Loudly.
+     answer: no
+     heading: You need no course
+     because: [You are heard.]
+     instead: [Go on.]
+ hours: 5
`

// TestEligibility follows the links of the questions with each possible answer, while applications
// are open and afterwards.
func TestEligibility(t *testing.T) {
	hub := readArchive(t, "testdata/hub.txt").fs()
	file := hub["courses/talking.md"]
	file.Data = []byte(change(t, string(file.Data), strings.TrimPrefix(eligibility, "\n")))
	s, faults := load(t, hub)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	heading := regexp.MustCompile(`<h1[^>]*>([^<]*)</h1>`)
	for _, c := range []struct {
		at      time.Time
		answers []string
		want    []string // headings on the way
		says    []string
		apply   bool
	}{
		{day, []string{"Yes", "No"}, []string{"Do you talk?", "Do you shout?", "You can apply"}, []string{">Open<"},
			true},
		{day, []string{"No"}, []string{"Do you talk?", "You cannot apply"},
			[]string{"“no”", "You cannot, £352.50.", "Learn it."}, false},
		{day, []string{"Yes", "Yes"}, []string{"Do you talk?", "Do you shout?", "You need no course"},
			[]string{"“yes”", "You are heard.", "Go on."}, false},
		{day.AddDate(0, 0, 40), []string{"Yes", "No"},
			[]string{"Do you talk?", "Do you shout?", "You meet the criteria, but you cannot apply now"},
			[]string{">Closed<", "takes no applications now"}, false},
	} {
		out, err := s.Build(c.at)
		if err != nil {
			t.Fatal(err)
		}
		asks := strings.Contains(string(out["courses/talking/index.html"]),
			`<a href="/courses/talking/eligibility/">Check if you can apply</a>`)
		leads := strings.Contains(string(out["courses/talking/index.html"]), `<a href="/">Look for another course</a>`)
		listed := strings.Contains(string(out["sitemap.xml"]), "/courses/talking/eligibility/")
		if open := c.at.Equal(day); asks != open || listed != open || leads == open {
			t.Errorf("%v: leads to its questions %t, which are listed %t, and elsewhere %t", c.at, asks, listed, leads)
		}
		at, page := "/courses/talking/eligibility/", ""
		var got []string
		for i := range len(c.answers) + 1 {
			page = string(out[fileOf(at)])
			m := heading.FindStringSubmatch(page)
			if m == nil {
				t.Fatalf("%v: there is no page %s", c.answers, at)
			}
			got = append(got, m[1])
			if i < len(c.answers) {
				link := regexp.MustCompile(`href="([^"]*)">` + c.answers[i] + `<`).FindStringSubmatch(page)
				if link == nil {
					t.Fatalf("%s has no answer %s", at, c.answers[i])
				}
				at = link[1]
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: %q, want %q", c.answers, got, c.want)
		}
		for _, say := range c.says {
			if !strings.Contains(page, say) {
				t.Errorf("%v: %s does not say %q", c.answers, at, say)
			}
		}
		if got := strings.Contains(page, `href="/courses/talking/apply/"`); got != c.apply {
			t.Errorf("%v: %s leads to the form: %v, want %v", c.answers, at, got, c.apply)
		}
	}
}

// TestAliases: each old address leads to the new one, both by a page and by the file for web
// servers.
func TestAliases(t *testing.T) {
	hub := readArchive(t, "testdata/hub.txt").fs()
	for file, line := range map[string]string{"courses/talking.md": "title: Talking well",
		"pages/about.md": "title: About us"} {
		old := map[string]string{"courses/talking.md": "[/courses/speaking/]",
			"pages/about.md": "[/who/we/are/, /About.html]"}[file]
		hub[file].Data = []byte(change(t, string(hub[file].Data), "- "+line+"\n+ "+line+"\n+ aliases: "+old+"\n"))
	}
	s, faults := load(t, hub)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	out, err := s.Build(day)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"/courses/speaking/": "/courses/talking/", "/courses/speaking/apply/": "/courses/talking/apply/",
		"/courses/speaking/dates.ics":    "/courses/talking/dates.ics",
		"/courses/speaking/cohort-1.ics": "/courses/talking/cohort-1.ics",
		"/who/we/are/":                   "/about/", "/About.html": "/about/",
	}
	got := out.Redirects()
	if len(got) != len(want) {
		t.Errorf("the redirects are %v", got)
	}
	for from, to := range want {
		if got[from] != to || out[fileOf(to)] == nil {
			t.Errorf("%s leads to %q, want %q", from, got[from], to)
		}
		if strings.HasSuffix(from, ".ics") {
			continue
		}
		page := string(out[fileOf(from)])
		for _, say := range []string{`<meta http-equiv="refresh" content="0; url=` + to + `">`,
			`<link rel="canonical" href="https://hub.example.org` + to + `">`, `<meta name="robots" content="noindex">`,
			`<a href="` + to + `">`} {
			if !strings.Contains(page, say) {
				t.Errorf("%s does not say %s", from, say)
			}
		}
		if strings.Contains(string(out["sitemap.xml"]), from) {
			t.Errorf("%s is in the sitemap", from)
		}
	}
}

// TestRightUntil: build.json says the same as NextChange.
func TestRightUntil(t *testing.T) {
	s, out := buildContent(t, instants["open"])
	if got, want := string(out["build.json"]), "{\n  \"right_until\": \"2021-10-02T00:00:00+01:00\"\n}\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	s.Hub.Security = "" // its file changes each half-year
	out, err := s.Build(time.Date(2030, 1, 1, 0, 0, 0, 0, course.London))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(out["build.json"]); !strings.Contains(got, "null") {
		t.Errorf("when nothing changes any more it says %s", got)
	}
}

// TestFinished: a course whose workshops are over says so, comes last in lists, and is among the
// past ones. Its page and its form's page stay.
func TestFinished(t *testing.T) {
	s, _ := buildContent(t, instants["open"])
	for _, c := range s.courses {
		c.Order = 0 // so that only the days decide the order
	}
	for _, c := range []struct {
		at   time.Time
		tags []string // of the courses on the home page, in order
	}{
		{time.Date(2021, 11, 17, 23, 59, 59, 0, course.London),
			[]string{"Mentor Training, Supporting Mentors Scheme Closed", "Career Conversation Training Closed"}},
		{time.Date(2022, 3, 2, 23, 59, 59, 0, course.London),
			[]string{"Career Conversation Training Closed", "Mentor Training, Supporting Mentors Scheme Finished"}},
		{time.Date(2022, 3, 3, 0, 0, 0, 0, course.London),
			[]string{"Mentor Training, Supporting Mentors Scheme Finished", "Career Conversation Training Finished"}},
	} {
		var got []string
		for _, listed := range s.listed(c.at) {
			card := page.CardOf(listed.Course, c.at)
			got = append(got, card.Course.Title+" "+card.Status.Text)
		}
		if !slices.Equal(got, c.tags) {
			t.Errorf("%v: %q, want %q", c.at, got, c.tags)
		}
	}
	out, err := s.Build(time.Date(2022, 3, 3, 0, 0, 0, 0, course.London))
	if err != nil {
		t.Fatal(err)
	}
	if page := string(out["courses/career-conversations/index.html"]); !strings.Contains(page,
		"The last workshop was on Wednesday 2 March 2022") {
		t.Error("the course's page does not say that it is over")
	}
	dates := string(out["dates/index.html"])
	last, first := strings.Index(dates, ", 2021/22: the last workshop was on Wednesday 2 March 2022"),
		strings.Index(dates, ", 2021/22: the last workshop was on Wednesday 17 November 2021")
	if last < 0 || first < last || !strings.Contains(dates, "There are no dates at the moment.") {
		t.Error("the page of all dates does not list past courses, the latest first")
	}
}

// TestPast: once something is over, no page speaks of it as to come, with or without an earlier
// build's cache: places, until when to apply, what to put into a calendar.
func TestPast(t *testing.T) {
	hub := readArchive(t, "testdata/hub.txt").fs()
	hub["site.yaml"].Data = append(hub["site.yaml"].Data, "catalogue_from: 1\n"...)
	file := hub["courses/talking.md"]
	file.Data = []byte(change(t, string(file.Data), "- charge: £352.50\n+ charge: £352.50\n+ price: £40\n"+
		"-   - name: Cohort 1\n+   - name: Cohort 1\n+     left: 3\n-         time: 6pm to 8pm\n+         time: 6pm to 8pm\n"+
		"+   - name: Cohort 2\n+     full: yes\n+     workshops:\n+       - date: Tuesday 1 March 2022\n+         time: 2pm to 5pm\n"+
		"+       - date: Tuesday 8 March 2022\n+         time: 6pm to 8pm\n"+
		"- hours: 5\n+ hours: 5\n+ eligibility:\n+   - question: Do you talk?\n+     answer: yes\n+     because: [It is about talking.]\n+     instead: [Write to us.]\n"+
		"- To talk, by {{deadline}}.\n+ To talk.\n"))
	hub["pages/side.md"] = &fstest.MapFile{Data: []byte("---\ntitle: Side by side\ndescribe: The course of this hub beside no other, to see what is said of it.\n" +
		"compare: [talking]\n---\nSee.\n\n{{table.compare}}\n")}
	hub["pages/about.md"].Data = append(hub["pages/about.md"].Data, "\n[Side by side](/side/)\n"...)
	s, faults := load(t, hub)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	signs := []string{"place left", "places left", "Full", "Apply by", ">Starts<", "Put the workshops into your calendar",
		"Check if you can apply", "Apply for this course", "Opens ", "You are charged", "You can no longer apply"}
	for _, one := range []struct {
		at  time.Time
		say []string // the tags, in their order
	}{
		{day, []string{"places left", "Full", "Apply by", ">Starts<", "Put the workshops into your calendar", "Check if you can apply",
			"Apply for this course", "You are charged"}},
		{time.Date(2021, 10, 16, 0, 0, 0, 0, course.London),
			[]string{">Starts<", "Put the workshops into your calendar", "You are charged", "You can no longer apply"}},
		{time.Date(2022, 3, 2, 0, 0, 0, 0, course.London),
			[]string{"Put the workshops into your calendar", "You are charged", "You can no longer apply"}},
		{time.Date(2022, 3, 9, 0, 0, 0, 0, course.London), []string{"You can no longer apply"}},
	} {
		out, err := s.Build(one.at)
		if err != nil {
			t.Fatal(err)
		}
		var say []string
		for _, sign := range signs {
			for name, data := range out {
				if strings.HasSuffix(name, ".html") && bytes.Contains(data, []byte(sign)) {
					say = append(say, sign)
					break
				}
			}
		}
		if !slices.Equal(say, one.say) {
			t.Errorf("%v: the pages say %q, want %q", one.at, say, one.say)
		}
		var about ldCourse
		m := dataBlock.FindSubmatch(out["courses/talking/index.html"])
		if err := json.Unmarshal(m[1], &about); err != nil || about.Offers.Through != "2021-10-15T23:59:00+01:00" ||
			about.Offers.From != "2021-09-06T00:00:00+01:00" {
			t.Errorf("%v: the offer holds from %q to %q", one.at, about.Offers.From, about.Offers.Through)
		}
	}
	_, out := buildContent(t, time.Date(2021, 12, 1, 0, 0, 0, 0, course.London))
	for _, says := range []string{"You are charged £352.50", "The course is over"} { // one still goes on
		if !bytes.Contains(out["compare/index.html"], []byte(says)) {
			t.Errorf("the courses side by side do not say %q", says)
		}
	}
	if bytes.Contains(out["compare/index.html"], []byte("You are charged £500")) {
		t.Error("a course that is over speaks of a charge to come, beside another")
	}
}

// TestCancelledPast: with an earlier build's cache, too, the page of a cancelled course says no
// longer what not attending costs once the course is over.
func TestCancelledPast(t *testing.T) {
	hub := readArchive(t, "testdata/hub.txt").fs()
	file := hub["courses/talking.md"]
	file.Data = []byte(strings.NewReplacer("2pm to 5pm\n", "2pm to 5pm\n        cancelled: yes\n",
		"6pm to 8pm\n", "6pm to 8pm\n        cancelled: yes\n").Replace(string(file.Data)))
	s, faults := new(Cache).Load(sources(hub))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	for _, day := range []int{9, 10, 9} {
		out, err := s.Build(time.Date(2021, 11, day, 12, 0, 0, 0, course.London))
		if err != nil {
			t.Fatal(err)
		}
		p := out["courses/talking/index.html"]
		if !bytes.Contains(p, []byte("Cancelled")) || bytes.Contains(p, []byte("You are charged")) != (day == 9) {
			t.Errorf("on %d November the page is not as a clean build makes it", day)
		}
	}
}

// TestSecurity: security.txt says whom to tell, and when it expires: soon enough to be credible,
// and not before the site is built again.
func TestSecurity(t *testing.T) {
	s, _ := buildContent(t, instants["open"])
	for _, at := range []string{"2021-01-01", "2021-06-30", "2021-07-01", "2021-12-31", "2024-02-29"} {
		day, err := time.ParseInLocation(time.DateOnly, at, course.London)
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.Build(day)
		if err != nil {
			t.Fatal(err)
		}
		text := string(out[".well-known/security.txt"])
		if !strings.HasPrefix(text, "Contact: mailto:"+s.Hub.Security+"\n") ||
			!strings.Contains(text, "\nCanonical: "+s.Hub.BaseURL+"/.well-known/security.txt\n") {
			t.Errorf("%s: %q", at, text)
		}
		expires, err := time.Parse(time.RFC3339, regexp.MustCompile(`(?m)^Expires: (\S+)$`).FindStringSubmatch(text)[1])
		if left := expires.Sub(day); err != nil || left < 181*24*time.Hour || left > 366*24*time.Hour {
			t.Errorf("%s: it ends in %v, %v", at, left, err)
		}
		next, _ := s.NextChange(day)
		if next.After(expires) {
			t.Errorf("%s: it ends at %v, and the site is built anew at %v", at, expires, next)
		}
	}
	s.Hub.Security = "https://example.org/security/"
	out, err := s.Build(instants["open"])
	if err != nil || !strings.HasPrefix(string(out[".well-known/security.txt"]),
		"Contact: https://example.org/security/\n") {
		t.Errorf("%q, %v", out[".well-known/security.txt"], err)
	}
	s.Hub.Security = ""
	if out, err := s.Build(instants["open"]); err != nil || out[".well-known/security.txt"] != nil {
		t.Errorf("a site that names nobody has %q, %v", out[".well-known/security.txt"], err)
	}
}
