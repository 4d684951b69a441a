// Package synthetic writes hubs of any size for benchmarks: the same bytes for the same number,
// about 5 KB a course, of which 2 KB are front matter with two to five cohorts; the text has
// headings, a table, a list, facts, and links to places on other courses' pages.
//
// Hub writes them for this hub, Hugo for Hugo: the same content in the words that each understands.
package synthetic

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"traininghub/internal/letters"
)

// A dialect is how one generator wants what differs: dates, facts and blocks in a text.
type dialect struct {
	date     func(time.Time) string
	workshop func(day time.Time) string // what stands below its date
	fact     func(name string) string
	block    func(name string) string
	varied   bool // courses of all kinds: see Catalogue
}

var hub = dialect{
	date:     func(t time.Time) string { return t.Format("Monday 2 January 2006") },
	workshop: func(time.Time) string { return "" },
	fact:     func(name string) string { return "{{" + name + "}}" },
	block:    func(name string) string { return "{{table." + name + "}}" },
}

var hugo = dialect{
	date: func(t time.Time) string { return t.Format(time.DateOnly) },
	workshop: func(t time.Time) string { // which cannot read "2pm to 5pm"
		return fmt.Sprintf("        start: %[1]sT14:00:00Z\n        end: %[1]sT17:00:00Z\n", t.Format(time.DateOnly))
	},
	fact:  func(name string) string { return "{{% " + name + " %}}" },
	block: func(name string) string { return "{{< " + name + " >}}" },
}

// Hub writes a hub's content with n courses, without a catalogue.
func Hub(dir string, n int) error { return write(dir, hubFiles(), n, hub) }

func hubFiles() map[string]string {
	files := map[string]string{
		"site.yaml":          siteFile + withoutCatalogue,
		"pages/home.md":      page("Training for GPs", "All courses of a hub that was made up to measure the generator."),
		"pages/not-found.md": page("Page not found", "The page is not here. Check the address, or go to the home page of the hub."),
		"pages/about.md":     page("About us", "What this hub is, who runs it, and why all of it was made up by a program."),
	}
	for name, kind := range letters.All() {
		files["letters/"+name+".md"] = fmt.Sprintf("---\nsubject: A letter\nto: %s\n---\nHello.\n", kind.To[0])
	}
	return files
}

// Catalogue is Hub with a catalogue and courses of all kinds: with places, modes, topics and
// audiences, that are open, open later or closed; that never close, or that each takes in their own
// time; with a page of all dates and one that compares courses.
func Catalogue(dir string, n int) error {
	all := hub
	all.varied = true
	files := map[string]string{
		"pages/dates.md": page("All dates", "All deadlines and workshops of a hub that was made up, in order of date.") + "\n{{table.calendar}}\n",
		"pages/compare.md": strings.Replace(page("Compare courses", "Two courses of a hub that was made up, side by side, as its editors chose them."),
			"\n---\n", "\ncompare: [course-00000, course-00001]\n---\n", 1) + "\n{{table.compare}}\n",
	}
	for name, text := range hubFiles() {
		text = strings.Replace(text, withoutCatalogue, "", 1)
		files[name] = strings.Replace(text, "menu:\n", "menu:\n  - {text: Dates, href: /dates/}\n  - {text: Compare, href: /compare/}\n", 1)
	}
	return write(dir, files, n, all)
}

// Hugo writes the same for Hugo: the content of its folder "content".
func Hugo(dir string, n int) error {
	files := map[string]string{
		"_index.md": page("Training for GPs", "All courses of a hub that was made up to measure the generator."),
		"about.md":  page("About us", "What this hub is, who runs it, and why all of it was made up by a program."),
	}
	return write(dir, files, n, hugo)
}

func write(dir string, files map[string]string, n int, d dialect) error {
	put := func(name, text string) error {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		return os.WriteFile(name, []byte(text), 0o644)
	}
	for name, text := range files {
		if err := put(name, text); err != nil {
			return err
		}
	}
	for i := range n {
		if err := put("courses/"+id(i)+".md", course(i, n, d)); err != nil {
			return err
		}
	}
	return nil
}

func id(i int) string { return fmt.Sprintf("course-%05d", i) }

const siteFile = `name: Synthetic Hub
organisation: Synthetic Hub Ltd
describe: A hub that was made up to measure the generator.
base_url: https://hub.example.org
email: hub@example.org
mail_from: Synthetic Hub <hub@example.org>
menu:
  - text: About
    href: /about/
footer:
  - text: Courses
    href: /
  - text: About
    href: /about/
retain_drafts_days: 28
retain_applications_days: 365
`

// withoutCatalogue is a line of site.yaml: the home page lists all courses, as Hugo's does.
const withoutCatalogue = "catalogue_from: 1000000\n"

func page(title, describe string) string {
	return "---\ntitle: " + title + "\ndescribe: " + describe + "\n---\nThis hub was made up by a program.\n\nRead [about it](/about/), or go to the [home page](/).\n"
}

var (
	topics   = []string{"Coaching", "Mentoring", "Leadership", "Supervision", "Education", "Teamwork", "Planning", "Feedback", "Listening", "Wellbeing", "Delegation", "Research"}
	manners  = []string{"in practice", "for beginners", "step by step", "for partners", "in small teams", "with confidence"}
	people   = []string{"GPs", "colleagues", "mentors", "trainees", "patients", "partners", "nurses", "managers"}
	verbs    = []string{"listen to", "support", "meet", "advise", "teach", "encourage", "thank", "understand", "guide"}
	things   = []string{"a plan for the year", "time to think", "a clear question", "notes from the last meeting", "a goal that fits the job", "an honest answer", "a quiet room", "examples from daily work", "a short list of options"}
	places   = []string{"at the practice", "in the network", "online", "in a small group", "between the workshops", "after the course"}
	headings = []string{"What you learn", "How it works", "Who can apply", "Between the workshops", "Cost and payment"}
)

// course is the i-th of n.
func course(i, n int, d dialect) string {
	r := rand.New(rand.NewPCG(uint64(i), 1))
	pick := func(words []string) string { return words[r.IntN(len(words))] }
	sentence := func() string {
		return fmt.Sprintf("You %s %s %s, and bring %s.", pick(verbs), pick(people), pick(places), pick(things))
	}
	topic := pick(topics)
	sessions := 2 + r.IntN(2)
	first := time.Date(2021, 11, 3+r.IntN(3), 0, 0, 0, 0, time.UTC) // Wednesday to Friday: no bank holiday in the weeks after
	deadline := time.Date(2021, 9, 27+r.IntN(4), 0, 0, 0, 0, time.UTC)

	kind := i % 20 // of those that are not like the rest: 16 takes all who come, 17 has no dates, 18 is over, 19 opens later
	if !d.varied {
		kind = 0
	}
	switch kind {
	case 18:
		deadline, first = deadline.AddDate(-1, 0, 0), first.AddDate(-1, 0, 1)
	case 0:
	default:
		if kind > 8 {
			deadline, first = deadline.AddDate(0, 0, 7*((kind-8)/3)), first.AddDate(0, 0, 42) // the same weekdays
		}
	}

	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	say("---\ntitle: %s %s %d\n", topic, pick(manners), i)
	say("summary: A short course about %s, for %s who want to %s %s.\n", strings.ToLower(topic), pick(people), pick(verbs), pick(people))
	say("describe: A course about %s for GPs, with dates, payment and how to apply. Number %d.\n", strings.ToLower(topic), i)
	say("programme_year: %d/%02d\nprovider:\n  name: %s School\n  website: www.example.org\n", first.Year(), first.Year()%100+1, pick(topics))
	say("tutors:\n  - name: Alex Example\n    about: Has taught %s for %d years.\n", strings.ToLower(topic), 3+r.IntN(30))
	say("qualification: Certificate of attendance\nat_a_glance:\n")
	say("  what: A course about %s\n  who:\n    - GPs who %s %s\n    - GPs who want %s\n", strings.ToLower(topic), pick(verbs), pick(people), pick(things))
	say("  why:\n    - You get %s\n    - Your practice gets %s\n", pick(things), pick(things))
	say("  length: \"%s hours\"\n  delivery: Virtual workshops\n  time_of_day: Daytime\n  cost:\n    - The course is free\n    - \"%s for your time\"\n", d.inHead("hours", fmt.Sprint(3*sessions)), d.inHead("supplement", "£289"))
	if d.varied {
		say("  pay: \"%s for your time\"\n", d.fact("supplement"))
		d.sayKind(say, i, kind, topic)
	}
	charge := 200 + r.IntN(300)
	if kind != 16 && kind != 17 {
		say("deadline: %s\n", d.date(deadline))
	}
	say("charge: £%d.50\namounts:\n  supplement: £289\n", charge)
	say("contact:\n  email: ask-%d@example.org\nlead:\n  name: STP lead\n  email: lead@example.org\nhours: %d\nsessions:\n", i, 3*sessions)
	for s := range sessions {
		say("  - title: \"Workshop %d: %s\"\n    hours: 3\n    covers:\n      - How to %s %s\n      - Case studies from %s\n", s+1, strings.ToLower(pick(topics)), pick(verbs), pick(people), pick(people))
	}
	cohorts := 2 + r.IntN(4)
	if kind == 17 {
		cohorts = 0
	} else {
		say("cohorts:\n")
	}
	for c := range cohorts {
		say("  - name: Cohort %d\n    workshops:\n", c+1)
		for s := range sessions {
			day := first.AddDate(0, 0, 7*s+21*c)
			say("      - date: %s\n        time: 2pm to 5pm\n%s", d.date(day), d.workshop(day))
		}
	}
	say("reviewed: %s\nreview_due: %s\n---\n", d.date(time.Date(2021, 9, 1, 0, 0, 0, 0, time.UTC)), d.date(time.Date(2022, 9, 1, 0, 0, 0, 0, time.UTC)))

	for h, heading := range headings {
		say("## %s\n\n", heading)
		for range 4 {
			say("%s\n", sentence())
		}
		other := (i + 1 + r.IntN(n)) % n
		say("See also [course %d](/courses/%s/#how-it-works) and [its cost](/courses/%s/#cost-and-payment).\n\n", other, id(other), id(other))
		switch h {
		case 0:
			for range 3 {
				say("- **%s**: you %s %s\n", pick(topics), pick(verbs), pick(people))
			}
			say("\n")
		case 1:
			if kind != 17 {
				say("%s\n\n", d.block("dates"))
			}
			say("%s\n\n", sentence())
		case 2:
			say("| Who | What to bring | Where |\n| --- | --- | --- |\n")
			for range 4 {
				say("| %s | %s | %s |\n", pick(people), pick(things), pick(places))
			}
			if kind == 16 || kind == 17 {
				say("\nEmail <%s>.\n\n", d.fact("contact"))
				break
			}
			say("\nApply by %s. Email <%s>.\n\n", d.fact("deadline"), d.fact("contact"))
		case 3:
			say("%s\n\n%s\n\n", d.block("sessions"), sentence())
		case 4:
			say("You pay nothing. If you stay away, you are charged %s.\n", d.fact("charge"))
		}
	}
	return b.String()
}

// sayKind says where the i-th course is, for whom, and when it opens.
func (d dialect) sayKind(say func(string, ...any), i, kind int, topic string) {
	towns := []string{"Derby", "Nottingham", "Lincoln", "Leicester", "Mansfield", "Newark", "Boston", "Chesterfield"}
	who := []string{"GPs", "Practice managers", "Practice nurses", "GP trainees", "Receptionists"}
	modes := []string{"online", "online", "onsite", "onsite", "blended"}
	mode, town := modes[i%len(modes)], towns[(i/3)%len(towns)]
	say("mode: %s\ntopics: [%s, %s]\naudience: [%s]\n", mode, topic, topics[(slices.Index(topics, topic)+1+i%3)%len(topics)], who[i%len(who)])
	if mode != "online" {
		say("place:\n  name: Education Centre\n  town: %s\n  address: %d High Street\n  map: https://maps.example.org/%s\n", town, 1+i, strings.ToLower(town))
	} else {
		say("join: https://meet.example.org/%d\n", i)
	}
	if i%4 == 0 {
		say("price: £%d\n", 40+i%90)
	} else {
		say("price: free\n")
	}
	if kind == 19 {
		say("opens: %s\n", d.date(time.Date(2021, 10, 4, 0, 0, 0, 0, time.UTC)))
	}
}

// inHead is a fact in a text of the front matter, where Hugo knows no facts: its content has the
// value.
func (d dialect) inHead(name, value string) string {
	if d.block("") == hugo.block("") {
		return value
	}
	return d.fact(name)
}
