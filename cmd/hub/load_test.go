package main

import (
	"bufio"
	"bytes"
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	osexec "os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/browsertest"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake/intaketest"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/sqlite"
)

// Tests of the program as a whole: hubs in processes of their own, and people who apply to them.

// asHub makes the test program act as the hub.
const asHub = "HUB_TEST_AS_HUB"

func TestMain(m *testing.M) {
	if os.Getenv(asHub) != "" {
		main()
	}
	caches, err := os.MkdirTemp("", "hub-caches-")
	if err == nil {
		err = os.Setenv("XDG_CACHE_HOME", caches) // so that no test meets what a build before it kept
	}
	if err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(caches)
	os.Exit(code)
}

// program runs hub with the arguments in a process of its own.
func program(args ...string) *osexec.Cmd {
	cmd := osexec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asHub+"=yes")
	return cmd
}

// A lockedBuffer is written by a process while a test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// A process is a hub that serves.
type process struct {
	cmd    *osexec.Cmd
	base   string // "http://localhost:PORT"
	health string // the address of the details
	log    lockedBuffer
}

// The days on which hubs are started. Each start sets the clock to 9am, so a hub of the second day
// finds the waiting times of the first over.
const firstDay, secondDay = "2021-09-20", "2021-09-21"

// daysAfter is when reminders begin to be due, for which no test waits.
var daysAfter = time.Date(2021, 9, 22, 0, 0, 0, 0, time.UTC)

// startHub serves the real content, and returns when the hub has printed its address.
func startHub(t testing.TB, data, asOf string) *process {
	t.Helper()
	return hubOf("../../content", data, asOf).start(t)
}

// hubOf is a hub that will serve the content of a folder, with further settings.
func hubOf(content, data, asOf string, more ...string) *process {
	return &process{cmd: program(append([]string{"serve", "--new", "--addr", "localhost:0", "--outbox", "localhost:0", "--data", data,
		"--content", content, "--modules", "../../node_modules", "--as-of", asOf, "--proxies", "127.0.0.1,::1"}, more...)...)}
}

func (p *process) start(t testing.TB) *process {
	t.Helper()
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	must(t, err, "StdoutPipe")
	must(t, p.cmd.Start(), "starting a hub")
	t.Cleanup(func() { p.cmd.Process.Kill() }) // an error if it has ended
	for in := bufio.NewScanner(out); in.Scan(); {
		switch name, value, _ := strings.Cut(in.Text(), ":"); name {
		case "The site":
			p.base = strings.TrimRight(strings.TrimSpace(value), "/")
		case "Health":
			p.health = strings.TrimSpace(value)
		case "As of": // the last line
			return p
		}
	}
	t.Fatalf("the hub does not start (%v):\n%s", p.cmd.Wait(), p.log.String())
	return nil
}

// kill ends the hub at once, as a loss of power would end it.
func (p *process) kill(t testing.TB) {
	t.Helper()
	must(t, p.cmd.Process.Kill(), "killing a hub")
	if err := p.cmd.Wait(); p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the hub had ended before it was killed (%v):\n%s", err, p.log.String())
	}
	p.wantCleanLog(t)
}

// stop asks the hub to end, and waits until it has.
func (p *process) stop(t testing.TB) {
	t.Helper()
	must(t, p.cmd.Process.Signal(syscall.SIGTERM), "stopping a hub")
	p.wait(t)
	p.wantCleanLog(t)
}

// wait fails unless a hub that was asked to stop ends well. The hub has 10 seconds of its own; one
// that hangs is killed much later, since the machine may be busy.
func (p *process) wait(t testing.TB) {
	t.Helper()
	hangs := time.AfterFunc(browsertest.Patience, func() { p.cmd.Process.Kill() })
	defer hangs.Stop()
	if err := p.cmd.Wait(); err != nil {
		t.Fatalf("stopped, the hub ends with: %v\n%s", err, p.log.String())
	}
}

// wantCleanLog is called when the hub has ended. Every applicant's marker contains the same word.
func (p *process) wantCleanLog(t testing.TB) {
	t.Helper()
	for line := range strings.Lines(p.log.String()) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "level=WARN") || strings.Contains(line, "marker") {
			t.Errorf("the log has an error, or what people typed: %s", line)
		}
	}
}

// forms are the real ones.
func forms(t testing.TB) (all []*form.Definition) {
	t.Helper()
	p := offered(t)
	for _, c := range p.Courses {
		all = append(all, p.FormOf(c.ID))
	}
	return all
}

// offered is what the real content offers.
func offered(t testing.TB) *programme.Programme {
	t.Helper()
	content := os.DirFS("../../content")
	site, faults := page.LoadSite(content)
	p, wrong := programme.Load(content, storyLetters(), site.Fact)
	must(t, append(faults, wrong...).Err(), "content")
	return p
}

// A crowd is people who apply to one hub, which may be down at times.
type crowd struct {
	t         testing.TB
	forms     []*form.Definition
	seed      uint64
	transport http.RoundTripper
	pause     time.Duration                                      // of a person before a request, on average
	giveUp    bool                                               // at the first request without an answer, instead of trying again when a hub is up
	public    string                                             // the origin of pages; "" for the hub's own address
	timed     func(path string, posted bool, took time.Duration) // told of each answer; nil if nobody asks
	people    atomic.Uint32                                      // who came so far

	mu        sync.Mutex
	changed   *sync.Cond
	base      string            // of the hub; "" while it is down
	round     int               // of hubs
	closing   bool              // nobody begins another application
	confirmed map[string]string // the reference that was shown to each applicant, by marker
	cut       int               // requests without an answer
	everybody sync.WaitGroup
}

func newCrowd(t testing.TB, seed uint64) *crowd {
	c := &crowd{t: t, forms: forms(t), seed: seed, transport: &http.Transport{MaxIdleConnsPerHost: 100}, confirmed: map[string]string{}}
	c.changed = sync.NewCond(&c.mu)
	return c
}

// set tells the crowd where the hub is; "" if it is down.
func (c *crowd) set(base string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = base
	c.round++
	c.changed.Broadcast()
}

// hub waits for a hub that is up and of a later round.
func (c *crowd) hub(after int) (base string, round int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.base == "" || c.round <= after {
		c.changed.Wait()
	}
	return c.base, c.round
}

// come makes n people apply until close, each again and again as somebody else.
func (c *crowd) come(n int) {
	for i := range n {
		c.everybody.Go(func() {
			random := rand.New(rand.NewPCG(c.seed, uint64(i)))
			for k := 0; !c.over(); k++ {
				p := c.person(figuresAsLetters.Replace(fmt.Sprintf("marker%dx%dz", i, k)))
				def := c.forms[random.IntN(len(c.forms))]
				err := p.apply(def, random)
				if errors.Is(err, errCut) && c.over() {
					return
				}
				if err != nil {
					c.t.Errorf("applying by %s: %v", def.ID, err)
					c.changed.Broadcast()
					return
				}
			}
		})
	}
}

func (c *crowd) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// cuts is how many requests got no answer so far.
func (c *crowd) cuts() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cut
}

// close waits until everybody has finished the application that they are at.
func (c *crowd) close() {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	c.everybody.Wait()
}

// note keeps that a reference was shown to an applicant.
func (c *crowd) note(marker, ref string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if was := c.confirmed[marker]; was != "" && was != ref {
		c.t.Errorf("%s was shown two references, %s and %s", marker, was, ref)
	}
	c.confirmed[marker] = ref
	c.changed.Broadcast()
}

// references are those shown so far, by marker. It waits until there are n, or the test has failed.
func (c *crowd) references(n int) map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.confirmed) < n && !c.t.Failed() {
		c.changed.Wait()
	}
	shown := map[string]string{}
	for marker, ref := range c.confirmed {
		shown[marker] = ref
	}
	return shown
}

// figuresAsLetters replaces digits, since a name may not have many.
var figuresAsLetters = strings.NewReplacer("0", "o", "1", "i", "2", "u", "3", "e", "4", "a", "5", "s", "6", "b", "7", "t", "8", "c", "9", "g")

// A person has a browser, and a marker in each text that they type and in their e-mail address.
type person struct {
	crowd   *crowd
	marker  string
	address string // of the network
	gmc     string // two have the same, as doubles do; of more, each would be a double of all others
	client  *http.Client
	domain  string       // of their email address and their practice's; "" for example.org
	failed  atomic.Int64 // the round in which a request got no answer last
}

// errCut: a request got no answer.
var errCut = errors.New("no answer")

func (c *crowd) person(marker string) *person {
	kept, _ := cookiejar.New(nil) // no options, no error
	jar := http.CookieJar(kept)
	if strings.HasPrefix(c.public, "https:") {
		jar = secureJar{jar}
	}
	n := c.people.Add(1)
	return &person{
		crowd: c, marker: marker, address: fmt.Sprintf("198.18.%d.%d", n>>8&255, n&255), gmc: strconv.Itoa(6_000_000 + int(n)/2),
		client: &http.Client{Jar: jar, Transport: c.transport, Timeout: time.Minute},
	}
}

// A secureJar is for people who reach a hub behind HTTPS by the address behind that.
type secureJar struct{ http.CookieJar }

func (j secureJar) secure(u *url.URL) *url.URL {
	s := *u
	s.Scheme = "https"
	return &s
}

func (j secureJar) SetCookies(u *url.URL, all []*http.Cookie) {
	j.CookieJar.SetCookies(j.secure(u), all)
}
func (j secureJar) Cookies(u *url.URL) []*http.Cookie { return j.CookieJar.Cookies(j.secure(u)) }

// answer is the page on which a request ended.
type answer struct {
	status     int
	path, body string
}

// request makes a request (a GET if values is nil), follows redirects, and repeats it if there is
// no answer.
func (p *person) request(path string, values form.Values) (answer, error) {
	for {
		time.Sleep(rand.N(2*p.crowd.pause + 1))
		base, round := p.crowd.hub(int(p.failed.Load()))
		a, err := p.try(base, path, values)
		if err == nil {
			return a, nil
		}
		if p.crowd.giveUp {
			return a, fmt.Errorf("%w: %w", errCut, err)
		}
		p.failed.Store(int64(round))
		p.crowd.mu.Lock()
		p.crowd.cut++
		p.crowd.mu.Unlock()
	}
}

func (p *person) try(base, path string, values form.Values) (answer, error) {
	r, err := http.NewRequest(http.MethodGet, base+path, nil)
	if values != nil {
		r, err = http.NewRequest(http.MethodPost, base+path, strings.NewReader(encode(values)))
	}
	if err != nil {
		return answer{}, err
	}
	if values != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", cmp.Or(p.crowd.public, base))
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.Header.Set("X-Forwarded-For", p.address)
	began := time.Now()
	resp, err := p.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if f := p.crowd.timed; f != nil {
		f(path, values != nil, time.Since(began))
	}
	return answer{resp.StatusCode, resp.Request.URL.Path, string(body)}, err
}

func encode(values form.Values) string {
	data := url.Values{}
	for name, text := range values {
		data.Set(name, text)
	}
	return data.Encode()
}

// expect makes a request that must end on the page at one of the paths.
func (p *person) expect(path string, values form.Values, status int, ends ...string) (answer, error) {
	a, err := p.request(path, values)
	if err != nil {
		return a, err
	}
	for _, end := range ends {
		if a.status == status && a.path == end {
			return a, nil
		}
	}
	return a, fmt.Errorf("%s led to %s with status %d, want %q with %d", path, a.path, a.status, ends, status)
}

// answers are acceptable ones, with the marker in each text.
func (p *person) answers(s *form.Section) form.Values {
	v := intaketest.Answers(s,
		func(q *form.Question) string {
			if q.ID == "email" {
				return p.email("")
			}
			return p.email("." + q.ID)
		},
		func(q *form.Question) string {
			if q.Kind == form.LongText {
				return strings.Repeat(p.marker+" would like to help colleagues with this. ", 20)
			}
			return p.marker + " " + q.ID
		})
	for i := range s.Questions {
		if q := &s.Questions[i]; q.Has("gmc") {
			v[q.ID] = p.gmc
		}
	}
	return v
}

// email is one of their addresses; more follows the marker.
func (p *person) email(more string) string {
	return p.marker + more + "@" + cmp.Or(p.domain, "example.org")
}

func (p *person) declarations(def *form.Definition) form.Values {
	v := form.Values{"signature": p.marker}
	for _, d := range def.Declarations {
		v["declaration-"+d.ID] = "yes"
	}
	return v
}

// begin fills in the first section.
func (p *person) begin(def *form.Definition) error {
	base := "/apply/" + def.ID
	_, err := p.expect(base+"/start", p.answers(&def.Sections[0]), http.StatusOK, base+"/"+def.Sections[1].ID)
	return err
}

// fill goes on from there to the declarations.
func (p *person) fill(def *form.Definition) error {
	base := "/apply/" + def.ID
	for i := range def.Sections[1:] {
		s := &def.Sections[i+1]
		at := base + "/" + s.ID
		next := base + "/check"
		if i+2 < len(def.Sections) {
			next = base + "/" + def.Sections[i+2].ID
		}
		if s.Repeat == nil {
			if _, err := p.expect(at, p.answers(s), http.StatusOK, next); err != nil {
				return err
			}
			continue
		}
		for range max(1, s.Repeat.Min) {
			a, err := p.request(at+"/new", nil)
			if err == nil {
				_, err = p.expect(a.path, p.answers(s), http.StatusOK, at)
			}
			if err != nil {
				return err
			}
		}
		if _, err := p.expect(at, form.Values{"another": "no"}, http.StatusOK, next); err != nil {
			return err
		}
	}
	_, err := p.expect(base+"/declarations", nil, http.StatusOK, base+"/declarations")
	return err
}

var shownReference = regexp.MustCompile(`[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

// send sends the application, and notes the reference that the confirmation page shows.
func (p *person) send(def *form.Definition) error {
	base := "/apply/" + def.ID
	return p.confirm(p.expect(base+"/declarations", p.declarations(def), http.StatusOK, base+"/sent"))
}

func (p *person) confirm(a answer, err error) error {
	if err != nil {
		return err
	}
	ref := shownReference.FindString(a.body)
	if ref == "" {
		return errors.New("the confirmation page shows no reference")
	}
	p.crowd.note(p.marker, ref)
	return nil
}

// apply does all of it, and some of it twice, as people do.
func (p *person) apply(def *form.Definition, random *rand.Rand) error {
	base := "/apply/" + def.ID
	if err := p.begin(def); err != nil {
		return err
	}
	if random.IntN(4) == 0 { // back to the first page, and on
		if err := p.begin(def); err != nil {
			return err
		}
	}
	if err := p.fill(def); err != nil {
		return err
	}
	if random.IntN(2) == 0 { // a double click
		second := make(chan error)
		go func() { second <- p.send(def) }()
		if err := errors.Join(p.send(def), <-second); err != nil {
			return err
		}
	} else if err := p.send(def); err != nil {
		return err
	}
	switch random.IntN(4) {
	case 0: // once more
		return p.send(def)
	case 1: // back to the first page, and on
		return p.confirm(p.expect(base+"/start", p.answers(&def.Sections[0]), http.StatusOK, base+"/sent"))
	}
	return nil
}

// wantReceived checks that each reference shown is in the database as a received application of its
// own applicant. It returns all received applications by reference.
func wantReceived(t testing.TB, database string, shown map[string]string) map[string]*application.Application {
	t.Helper()
	if len(shown) == 0 {
		t.Fatal("nobody has applied: the test tests nothing")
	}
	store, err := sqlite.Open(database, sqlite.Options{})
	must(t, err, "Open")
	defer store.Close()
	received := map[string]*application.Application{}
	for _, ref := range query[string](t, database, "select id from application where status = 'received'") {
		r, err := store.Get(t.Context(), ref)
		must(t, err, "Get")
		a := &application.Application{}
		must(t, json.Unmarshal(r.Data, a), "reading "+ref)
		received[ref] = a
		wantOnePersons(t, a)
	}
	for marker, ref := range shown {
		if a := received[ref]; a == nil {
			t.Errorf("%s was shown to %s and is lost", ref, marker)
		} else if got := a.Document.Signature.Name; got != marker {
			t.Errorf("%s was shown to %s, but it is of %s", ref, marker, got)
		}
	}
	return received
}

// wantOnePersons checks that everything in a received application is one person's.
func wantOnePersons(t testing.TB, a *application.Application) {
	t.Helper()
	marker := a.Document.Signature.Name
	if a.Document.Reference != a.Reference || a.Document.Applicant.Email != marker+"@example.org" {
		t.Errorf("%s, signed by %s, is of %s with reference %s", a.Reference, marker, a.Document.Applicant.Email, a.Document.Reference)
	}
	check := func(items []document.Item) {
		for _, item := range items {
			if strings.Count(item.Answer, "marker") != strings.Count(item.Answer, marker) {
				t.Errorf("%s, signed by %s, has the answer %q", a.Reference, marker, item.Answer)
			}
		}
	}
	for _, s := range a.Document.Sections {
		check(s.Items)
		for _, row := range s.Rows {
			check(row)
		}
	}
}

// query queries a running hub's database directly, for what its store does not offer.
func query[T any](t testing.TB, database, question string) []T {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+database+"?_pragma=busy_timeout(5000)")
	must(t, err, "sql.Open")
	defer db.Close()
	rows, err := db.Query(question)
	must(t, err, question)
	defer rows.Close()
	var all []T
	for rows.Next() {
		var one T
		must(t, rows.Scan(&one), question)
		all = append(all, one)
	}
	must(t, rows.Err(), question)
	return all
}

func must(t testing.TB, err error, what string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
