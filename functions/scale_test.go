package functions

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"traininghub/content"
	"traininghub/functions/internal/setup"
	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/intake/intaketest"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/sqlite"
)

var update = flag.Bool("update", false, "write the tables of docs/scale.md anew")

// A demand is what one application needs of AWS, measured on a whole journey with the hub's own
// content.
type demand struct {
	requests    int // to the APIs
	reads       int // units of the table and its indexes, 4 KB each, consistent
	writes      int // units of the table, 1 KB each
	indexWrites int // units of the index of due records
	listWrites  int // units of the indexes of lists
	records     int // records of the stream that pass deliver's filter
	letters     int
	size        int // of the item at the end, bytes
	mail        int // all letters, bytes as they are sent
	attached    int // all attachments, bytes
}

// A meter is a store that counts what DynamoDB would bill. An item has its data, its list entry and
// about 200 bytes of names and other attributes.
type meter struct {
	record.Store
	load *demand
	was  map[string]record.Record

	practice string // the secret in the practice's link
}

var practiceLink = regexp.MustCompile(`/practice/(\S+)`)

// An entry is what an index stores of a record: the key, and the rest.
type entry struct{ key, rest string }

// entries returns a record's entries in the index of due records and in those of lists.
func entries(r record.Record) (all [5]entry) {
	line := r.Status + r.Course + r.Shelf + r.Number + r.Email + string(r.Brief) + strings.Repeat(" ", 100) // the attributes' names
	if !r.Due.IsZero() {
		all[0].key = r.Due.String()
	}
	for i, key := range []string{r.Shelf, r.Number, r.Email, r.Part} {
		if key != "" {
			all[i+1] = entry{key, line + r.Since.String()}
		}
	}
	if r.Shelf != "" {
		all[1].key += r.Since.String()
	}
	if r.Part != "" {
		all[4].key += r.Shelf + r.Since.String()
	}
	return all
}

func (m *meter) count(r record.Record) {
	m.load.size = len(r.Data) + len(r.Brief) + 200
	m.load.writes += units(m.load.size, 1024)
	if was := m.was[r.ID]; !slices.Equal(r.Words, was.Words) { // each word is an item with an entry, and all are written in a transaction
		m.load.writes += units(m.load.size, 1024) + 2*(len(r.Words)+len(was.Words))
		m.load.listWrites += len(r.Words) + len(was.Words)
	}
	was := entries(m.was[r.ID])
	for i, is := range entries(r) {
		n := 0
		switch {
		case is == was[i]:
		case is.key == was[i].key:
			n = units(len(is.rest), 1024)
		default: // the old entry is deleted and the new one written
			for _, e := range []entry{is, was[i]} {
				if e.key != "" {
					n += units(max(len(e.rest), 1), 1024)
				}
			}
		}
		if i == 0 {
			m.load.indexWrites += n
		} else {
			m.load.listWrites += n
		}
	}
	if m.was[r.ID] = r; !r.Due.IsZero() {
		m.load.records++
	}
}

func units(bytes, each int) int { return (bytes + each - 1) / each }

func (m *meter) Create(ctx context.Context, r record.Record) error {
	m.count(r)
	return m.Store.Create(ctx, r)
}

func (m *meter) Update(ctx context.Context, r record.Record) error {
	m.count(r)
	return m.Store.Update(ctx, r)
}

func (m *meter) Get(ctx context.Context, id string) (record.Record, error) {
	m.load.reads += units(max(m.load.size, 1), 4096)
	return m.Store.Get(ctx, id)
}

func (m *meter) List(ctx context.Context, r record.Range) ([]record.Record, error) {
	m.load.reads += units(r.Max*600, 2*4096) // as if the page were full
	return m.Store.List(ctx, r)
}

func (m *meter) Count(ctx context.Context, r record.Range) (int, error) {
	m.load.reads += units(500*600, 2*4096) // as if the shelf had 500 records
	return m.Store.Count(ctx, r)
}

func (m *meter) Find(ctx context.Context, kind record.Kind, by record.Field, value string) ([]record.Record, error) {
	m.load.reads++
	return m.Store.Find(ctx, kind, by, value)
}

func (m *meter) Send(_ context.Context, msg record.Message) error {
	m.load.letters++
	if link := practiceLink.FindStringSubmatch(msg.Text); link != nil {
		m.practice = link[1]
	}
	m.load.mail += 2000 + len(msg.Text) // headers and signature are about 2 KB
	for _, a := range msg.Attachments {
		m.load.attached += len(a.Data)
		m.load.mail += len(a.Data) * 4 / 3
	}
	return nil
}

// measure returns the demand of the form with the largest: first for an application with every
// section answered at some length, sent, and its letters mailed; then for the whole way to a
// decision, including the first part.
func measure(t *testing.T) (sent, decided demand) {
	t.Helper()
	hub, programme := read(t)
	programme = programme.WithoutMentoring()
	for _, def := range programme.Forms {
		if a, b := journey(t, hub.Fact, programme, def, &meter{}); b.writes > decided.writes {
			sent, decided = a, b
		}
	}
	for _, l := range []*demand{&sent, &decided} { // a PDF's size varies by a few bytes with the reference in it
		l.mail, l.attached = (l.mail+10_000)/20_000*20_000, (l.attached+5_000)/10_000*10_000
	}
	return sent, decided
}

// Other pages that people look at before the decision: the status four times, each by a link and a
// click; the practice's page; and a fifth of the pages for signing in, lists and letters, since a
// lead's visit is for several applications.
const otherPages = 8 + 2 + 3

func journey(t testing.TB, facts func(string) (string, bool), programme *programme.Programme, def *form.Definition, m *meter) (sent, decided demand) {
	t.Helper()
	ctx := context.Background()
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "hub.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	c := programme.Course(def.Course)
	now := c.Closes().Add(-time.Hour)
	l := demand{}
	m.Store, m.load, m.was = store, &l, map[string]record.Record{}
	d := &intake.Desk{
		Store: m, Programme: programme, Now: func() time.Time { return now }, BaseURL: "https://hub.example.org",
		Retain:   intaketest.Retention,
		MailFrom: "Hub <hub@example.org>", Hub: facts, PDF: pdf.Render, Log: slog.New(slog.DiscardHandler),
	}
	staffed := office.New(d)
	staffed.Mailer = m
	post := func(problems []form.Problem, err error) { // and the page that it leads to, which reads once more
		t.Helper()
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		l.requests += 2
		l.reads += units(l.size, 4096)
		now = now.Add(time.Second)
	}
	_, key, problems, err := d.Start(ctx, def, "", typed(&def.Sections[0]))
	post(problems, err)
	for i := range def.Sections[1:] {
		s := &def.Sections[i+1]
		if s.Repeat == nil {
			_, err := d.Save(ctx, def, key, s, typed(s))
			post(nil, err)
			continue
		}
		for range min(3, s.Repeat.Max) {
			_, err := d.SaveRow(ctx, def, key, s, "", typed(s))
			post(nil, err)
		}
		_, err := d.FinishList(ctx, def, key, s)
		post(nil, err)
	}
	ticked := map[string]bool{}
	for _, c := range def.Declarations {
		ticked[c.ID] = true
	}
	a, _, problems, err := d.Send(ctx, def, key, intake.Signed{Ticked: ticked, Name: "Angharad Example"})
	post(problems, err)
	l.requests++ // check your answers
	deliver := func(letters int) {
		t.Helper()
		if _, err := staffed.Post().Deliver(ctx); err != nil || l.letters < letters {
			t.Fatal(l.letters, err)
		}
	}
	deliver(2)
	sent = l

	if m.practice != "" {
		_, problems, err := d.Authorise(ctx, m.practice, form.Values{"answer": intake.Confirm, "name": "Sam Example", "role": "Practice manager"}, a.Authorisation.Shown.Sum())
		post(problems, err)
		now = now.Add(2 * time.Hour) // what follows from an answer waits while it can be taken back
		deliver(5)
	}
	lead := staffed.Staff(c.Lead.Email)
	_, err = decide.Of(d).Read(ctx, lead, a.Reference)
	post(nil, err)
	_, p, problems, err := decide.Of(d).Preview(ctx, lead, a.Reference, accepted(c))
	post(problems, err)
	_, _, problems, err = decide.Of(d).Decide(ctx, lead, a.Reference, accepted(c), p.Shown)
	post(problems, err)
	deliver(sent.letters + 1)
	l.requests += otherPages
	l.reads += otherPages * units(l.size, 4096)
	return sent, l
}

// accepted returns a lead's decision to accept.
func accepted(c *course.Course) application.Decision {
	return application.Decision{Accepted: true, Cohort: c.Cohorts[0].ID, Funding: c.Closes().AddDate(0, 1, 0).Format(time.DateOnly), Name: "Robin Example"}
}

// typed returns good answers. Texts are as long as people write them.
func typed(s *form.Section) form.Values {
	return intaketest.Answers(s,
		func(q *form.Question) string { return "angharad-" + q.ID + "@example.org" },
		func(q *form.Question) string {
			if q.Kind == form.LongText {
				return strings.Repeat("I have worked with colleagues who are new to practice. ", 12)
			}
			return "Angharad Example"
		})
}

// How long things take, in seconds. These are assumptions, not measured on AWS, except the PDF:
// BenchmarkRender of internal/pdf (15 ms), at the share of a processor that 1024 MB get.
const (
	requestTakes = 0.06 // a request of submit: two calls of DynamoDB, and 12 ms of processor at the share that 512 MB have
	letterTakes  = 0.13 // a letter: three calls of DynamoDB, one of SES, and the PDF
	recordTakes  = 0.02 // a record of the stream with nothing due: a read
	sweepFor     = 110  // the time of a sweep: the function's less what it leaves spare
)

// A setting says how much SES allows the account, and how many runs of deliver read the stream at
// once. There is one for each shard of the stream: a new table has 4, and ParallelizationFactor
// allows up to 10 for each.
type setting struct {
	name           string
	perSec, perDay int
	readers        int
}

// indexShards is the number of partitions over which package dynamo spreads the index, as far as
// the keys show.
const indexShards = 4

// A day is the result for a day with this many applications.
type day struct {
	applications          int
	requests, concurrency float64 // in the busiest second
	writes, index         float64 // units a second; for the index, in its busiest partition
	late                  time.Duration
	unsent                int // letters left at the end of the day
}

// arrivals returns how many applications are sent in each second of a day with a deadline at
// midnight: seven in ten between 7am and 9pm, and three in ten in the last hour, more and more
// towards its end.
func arrivals(n int, second int) float64 {
	rate := 0.0
	if second >= 7*3600 && second < 21*3600 {
		rate += 0.7 / (14 * 3600)
	}
	if last := second - 23*3600; last >= 0 {
		rate += 0.3 * 2 * float64(last) / (3600 * 3600)
	}
	return rate * float64(n)
}

// simulate goes through a day second by second. Letters go through the stream. If SES refuses one,
// the sweep tries it again after a minute, two, four, and so on up to an hour. The sweep runs every
// 5 minutes and sends one letter after another.
func simulate(n int, l demand, set setting) day {
	type letter struct{ sent, attempts int } // the second in which its application was sent
	const end = 24 * 3600
	d := day{applications: n}
	var fresh []letter
	waiting := make([][]letter, end+7200) // by the second in which they are due
	oldest, refused := 0, 0
	var owed, idle float64 // owed: fractions of applications; idle: seconds of work for records with nothing due
	mailed, sweepUntil := 0, 0
	for now := range end {
		rate := arrivals(n, now)
		for owed += rate; owed >= 1; owed-- {
			for range l.letters {
				fresh = append(fresh, letter{sent: now})
			}
			idle += float64(l.records) * recordTakes
		}
		// People who send now spent the last half hour on the form, so requests grow just as
		// steeply.
		d.requests = max(d.requests, rate*float64(l.requests))
		d.concurrency = max(d.concurrency, rate*float64(l.requests)*requestTakes)
		d.writes = max(d.writes, rate*float64(l.writes))
		d.index = max(d.index, rate*float64(l.indexWrites)/indexShards)

		tokens := min(set.perSec, set.perDay-mailed)
		try := func(x letter) {
			if tokens > 0 {
				tokens--
				mailed++
				d.late = max(d.late, time.Duration(now-x.sent)*time.Second)
				return
			}
			due := now + min(60<<min(x.attempts, 6), 3600)
			x.attempts++
			waiting[due] = append(waiting[due], x)
			refused++
		}
		work := float64(set.readers)
		done := min(idle, work)
		idle -= done
		for work -= done; work >= letterTakes && len(fresh) > 0; work -= letterTakes {
			x := fresh[0]
			fresh = fresh[1:]
			try(x)
		}
		if now%300 == 0 {
			sweepUntil = now + sweepFor
		}
		for can := 1.0; now < sweepUntil && can >= letterTakes && refused > 0; can -= letterTakes {
			for oldest <= now && len(waiting[oldest]) == 0 {
				oldest++
			}
			if oldest > now {
				break
			}
			x := waiting[oldest][0]
			waiting[oldest] = waiting[oldest][1:]
			refused--
			try(x)
		}
	}
	d.unsent = len(fresh) + refused
	return d
}

// TestScale: the tables of docs/scale.md agree with the content, the template and the simulation.
func TestScale(t *testing.T) {
	tp := open(t)
	l, decided := measure(t)
	size := func(name, figure string) int { return number(t, at(tp.whole, "Mappings", "Sizes", name, figure)) }
	limit := size("small", "Requests")
	var b strings.Builder
	says := func(when string, l demand) {
		fmt.Fprintf(&b, "%s: %d requests of the APIs, %d read units and %d write units of the table, %d of the index of what is due and %d of those of lists,\n%d records of the stream that wake `deliver`, %d letters, together about %.0f KB as they travel. Then its item has %.0f KB.\n\n",
			when, l.requests, l.reads, l.writes, l.indexWrites, l.listWrites, l.records, l.letters, float64(l.mail)/1000, float64(l.size)/1000)
	}
	says("One application until it is sent", l)
	says("Until it is decided, with all of that", decided)
	b.WriteString("| applications on the day | requests/s at the peak | runs of `submit` at once | table, write units/s | index, units/s in its busiest partition | SES | latest letter | not sent at midnight |\n| ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: |\n")
	readers := func(name string) int { return min(4*size(name, "Readers"), size(name, "Deliver")) }
	sandbox, granted := setting{"sandbox: 200 a day, 1 a second", 1, 200, readers("small")}, setting{"50,000 a day, 14 a second", 14, 50_000, readers("small")}
	raised := setting{"raised: 400,000 a day, 100 a second", 100, 400_000, readers("small")}
	middle, wide := raised, raised
	middle.name, middle.readers = "raised, Size=medium", readers("medium")
	wide.name, wide.readers = "raised, Size=large", readers("large")
	run := func(n int, s setting) day {
		d := simulate(n, l, s)
		late := d.late.String()
		if d.unsent > 1000 {
			late = "after midnight"
		}
		fmt.Fprintf(&b, "| %d | %.1f | %.1f | %.0f | %.1f | %s | %s | %d |\n", n, d.requests, d.concurrency, d.writes, d.index, s.name, late, d.unsent)
		return d
	}
	few := run(10, sandbox)
	some, someGranted := run(1_000, sandbox), run(1_000, granted)
	more := run(30_000, middle)
	many, manyRaised, manyWide := run(100_000, granted), run(100_000, raised), run(100_000, wide)
	// Each size copes with the busiest second of the day that it is meant for, in all its figures.
	for name, d := range map[string]day{"small": someGranted, "medium": more, "large": manyWide} {
		if d.requests > float64(size(name, "Requests")) || d.concurrency > float64(size(name, "Submit")) || d.unsent > 100 || d.late > 10*time.Minute {
			t.Errorf("Size=%s does not carry %+v", name, d)
		}
		if size(name, "Deliver") < 4*size(name, "Readers")+2 {
			t.Errorf("Size=%s: deliver is capped below its readers, the sweep and messages", name)
		}
		if size(name, "Strangers")*2 > size(name, "Requests") {
			t.Errorf("Size=%s: people who guess addresses get as much as applicants", name)
		}
	}
	// The claims that the page makes in words.
	for _, claim := range []struct {
		says string
		is   bool
	}{
		{"10: even the sandbox suffices", few.unsent == 0 && few.late < 10*time.Minute},
		{"1,000: the sandbox's 200 letters give first", some.unsent >= 1790},
		{"1,000: with what SES grants at first, every letter goes within a minute", someGranted.unsent == 0 && someGranted.late < time.Minute},
		{"1,000: the API's limit and a new account's 10 runs are far", someGranted.requests < float64(limit)/4 && someGranted.concurrency < 1},
		{"100,000: the API's limit gives first", many.requests > 10*float64(limit)},
		{"100,000: so would a new account's 10 runs", many.concurrency > 20},
		{"100,000: SES's 50,000 a day give next", many.unsent > 149_000},
		{"100,000: with SES raised, the readers of the stream are too few", manyRaised.unsent > 30_000},
		{"100,000: with more of them, every letter goes within minutes", manyWide.unsent < 100 && manyWide.late < 10*time.Minute},
		{"100,000: the 4,000 units that a new table takes nearly suffice", manyWide.writes < 4400},
		{"100,000: the index's partitions are far from their 1,000", manyWide.index < 500},
	} {
		if !claim.is {
			t.Errorf("not so: %s\n%s", claim.says, b.String())
		}
	}
	part(t, "load", b.String())
}

var figure = regexp.MustCompile(`[0-9][0-9,]*([.][0-9]+)?`)

// alike reports whether two texts differ only in figures, and those by at most a tenth. When
// editors change words, figures move a little, which should not stop them.
func alike(a, b string) bool {
	if figure.ReplaceAllString(a, "0") != figure.ReplaceAllString(b, "0") {
		return false
	}
	value := func(s string) float64 {
		x, _ := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64) // figures match the pattern of a number
		return x
	}
	others := figure.FindAllString(b, -1)
	for i, s := range figure.FindAllString(a, -1) {
		if x, y := value(s), value(others[i]); math.Abs(x-y) > max(math.Abs(x)/10, 0.01) {
			return false
		}
	}
	return true
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"148 units, 1,000 KB", "147 units, 1,050 KB", true}, {"148 units", "168 units", false}, {"148 units", "148 unit", false}} {
		if got := alike(c.a, c.b); got != c.want {
			t.Errorf("%q and %q alike: %v", c.a, c.b, got)
		}
	}
}

// part compares a part of docs/scale.md, between two comments, with what it must be. With -update
// it writes the part.
func part(t *testing.T, name, want string) {
	t.Helper()
	const file = "../docs/scale.md"
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		t.Fatal("docs/scale.md is missing")
	}
	between := regexp.MustCompile(`(?s)(<!-- ` + name + `: go test ./functions -update -->\n).*?(\n<!-- end -->)`)
	m := between.FindSubmatchIndex(text)
	if m == nil {
		t.Fatalf("docs/scale.md has no part %s", name)
	}
	got := string(text[m[3]:m[4]])
	want = strings.TrimRight(want, "\n")
	if got == want || !*update && alike(got, want) {
		return
	}
	if !*update {
		t.Errorf("docs/scale.md, part %s, is not as it would be now; run go test ./functions -update. It would be\n%s", name, want)
		return
	}
	text = slices.Concat(text[:m[3]], []byte(want), text[m[4]:])
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// read reads the content of our own editors.
func read(t testing.TB) (*page.Site, *programme.Programme) {
	t.Helper()
	hub, faults := page.LoadSite(content.Files)
	p, wrong := programme.Load(setup.Only(content.Files, setup.Letters()), setup.Letters(), hub.Fact)
	if err := append(faults, wrong...).Err(); err != nil {
		t.Fatal(err)
	}
	return hub, p
}

// BenchmarkMillion audits one decided application, from the bytes that the table stores. A million
// take a million times as long, and Lambda gives the function 0.58 of a processor for its 1024 MB.
// The time that DynamoDB takes is not included.
func BenchmarkMillion(b *testing.B) {
	hub, programme := read(b)
	m := &meter{}
	journey(b, hub.Fact, programme.WithoutMentoring(), programme.Forms["career-conversations"], m)
	var r record.Record
	for _, one := range m.was {
		if one.Kind == record.Application {
			r = one
		}
	}
	d := &intake.Desk{Programme: programme, Retain: intaketest.Retention}
	b.SetBytes(int64(len(r.Data)))
	for b.Loop() {
		if _, what := d.Check(r, nil); what != "" {
			b.Fatal(what)
		}
	}
	b.ReportMetric(b.Elapsed().Minutes()/float64(b.N)*1e6/0.58, "minutes/million")
}
