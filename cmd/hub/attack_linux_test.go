package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/form"
	"traininghub/internal/sqlite"
)

// The attack: what a stranger, a broken mail server or a busy day does to a hub, with figures. It
// is not run every day:
//
//	go test ./cmd/hub -run - -bench Attack -benchtime 1x -timeout 30m
//	go test ./cmd/hub -run - -bench Rush -benchtime 1x -timeout 30m -for 10m
//
// Tests of every day cover kills, full disks, two tabs, hostile content and a slow stop: TestKill,
// TestServeFullDisk, TestBrowserOnce, TestHostileContent, TestStop; -v shows their figures.

var rushFor = flag.Duration("for", time.Minute, "how long BenchmarkRush lasts")

func BenchmarkAttack(b *testing.B) {
	b.Run("mail", attackMail)
	b.Run("sends", attackSends)
	b.Run("hijack", attackHijack)
	b.Run("lockout", attackLockout)
	b.Run("letters", attackLetters)
	b.Run("bombs", attackBombs)
}

// letterTo finds the newest letter in the outbox to an address whose text has the prefix. It
// returns the text, and what follows the prefix up to the next space.
func letterTo(b testing.TB, data, address, prefix string) (link string) {
	b.Helper()
	for waited := 0; waited < 300; waited++ {
		if link = linkIn(lettersTo(b, data, address), prefix); link != "" {
			return link
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.Fatalf("no letter with %q within 30 s", prefix)
	return ""
}

func linkIn(texts []string, prefix string) string {
	for _, text := range slices.Backward(texts) {
		if at := strings.LastIndex(text, prefix); at >= 0 {
			return strings.Fields(text[at+len(prefix):])[0]
		}
	}
	return ""
}

// lettersTo are the texts of the letters in the outbox to an address, the oldest first.
func lettersTo(b testing.TB, data, address string) (texts []string) {
	b.Helper()
	files, err := filepath.Glob(filepath.Join(data, "outbox", "*.eml"))
	must(b, err, "Glob")
	slices.Sort(files)
	for _, name := range files {
		raw, err := os.ReadFile(name)
		must(b, err, "ReadFile")
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil || !strings.Contains(m.Header.Get("To"), address) {
			continue
		}
		text, _ := io.ReadAll(quotedprintable.NewReader(m.Body)) // attachments included: only links matter
		texts = append(texts, string(text))
	}
	return texts
}

// resources are the memory in use and the open files of a hub.
func (p *process) resources(b testing.TB) (kb, files int) {
	b.Helper()
	dir := fmt.Sprintf("/proc/%d/", p.cmd.Process.Pid)
	status, err := os.ReadFile(dir + "status")
	must(b, err, "reading the hub's status")
	if m := regexp.MustCompile(`VmRSS:\s+(\d+)`).FindSubmatch(status); m != nil {
		kb, _ = strconv.Atoi(string(m[1]))
	}
	open, err := os.ReadDir(dir + "fd")
	must(b, err, "reading the hub's open files")
	return kb, len(open)
}

// times are how long answers took.
type times struct {
	mu  sync.Mutex
	all []time.Duration
}

func (t *times) add(d time.Duration) { t.mu.Lock(); t.all = append(t.all, d); t.mu.Unlock() }

func (t *times) at(part float64) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) == 0 {
		return 0
	}
	slices.Sort(t.all)
	return t.all[min(len(t.all)-1, int(part*float64(len(t.all))))]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// contentFor is the real content with a sender that a mail server would accept.
func contentFor(b testing.TB) string {
	b.Helper()
	to := b.TempDir()
	must(b, os.CopyFS(to, os.DirFS("../../content")), "copying the content")
	name := filepath.Join(to, "site.yaml")
	site, err := os.ReadFile(name)
	must(b, err, "ReadFile")
	site = regexp.MustCompile(`(?m)^mail_from:.*$`).ReplaceAll(site, []byte(`mail_from: "Hub <hub@training.nhs.uk>"`))
	must(b, os.WriteFile(name, site, 0o600), "WriteFile")
	return to
}

// attackMail: three domains hang; others cut the connection, defer or refuse. Letters to working
// domains still go at once, and the day after each of the others has gone, once.
func attackMail(b *testing.B) {
	for b.Loop() {
		content, data, server := contentFor(b), b.TempDir(), newChaosServer(b)
		hub := server.hub(b, content, data, firstDay)
		crowd := newCrowd(b, 7)
		crowd.public, crowd.giveUp = publicly, true
		crowd.set(hub.base)
		domains := []string{"hang.one.example.org", "hang.two.example.org", "hang.three.example.org", "cutrcpt.example.org", "cutdata.example.org", "cutdone.example.org",
			"later.example.org", "grey.example.org", "unknown.example.org", "spam.example.org", "full.example.org", "good.example.org", "good.example.org", "good.example.org"}
		random := rand.New(rand.NewPCG(7, 7))
		for i := range 4 * len(domains) {
			p := crowd.person(figuresAsLetters.Replace(fmt.Sprintf("marker%dz", i)))
			p.domain = domains[i%len(domains)]
			must(b, p.apply(crowd.forms[i%len(crowd.forms)], random), "applying")
		}
		// A lead signs in meanwhile.
		lead := crowd.person("lead")
		asked := time.Now()
		_, err := lead.expect("/review/sign-in", form.Values{"email": crowd.leads(b)[0]}, http.StatusOK, "/review/sign-in")
		must(b, err, "asking to sign in")
		signIn := server.wait(b, time.Minute, func(to, text string) bool { return strings.Contains(text, "/review/sign-in/link/") })
		b.ReportMetric(signIn.Sub(asked).Seconds(), "s-to-sign-in")
		time.Sleep(20 * time.Second) // the letters that can go have gone
		first, _ := server.counts()
		kb, files := hub.resources(b)
		must(b, hub.cmd.Process.Kill(), "killing the hub")
		hub.cmd.Wait()

		server.mu.Lock()
		server.healthy = true
		server.mu.Unlock()
		hub = server.hub(b, content, data, secondDay)
		waitForLetters(b, data)
		hub.cmd.Process.Kill()
		hub.cmd.Wait()
		letters, twice := server.counts()
		owed := query[int](b, database(data), "select count(*) from application where status = 'received' and due < "+
			strconv.FormatInt(daysAfter.UnixMilli(), 10))[0]
		b.ReportMetric(float64(first), "letters-first-day")
		b.ReportMetric(float64(letters), "letters")
		b.ReportMetric(float64(twice), "twice")
		b.ReportMetric(float64(owed), "still-owed")
		b.ReportMetric(float64(server.most), "connections")
		b.ReportMetric(float64(kb)/1024, "MB")
		b.ReportMetric(float64(files), "files")
		dead, waits := 0, 0
		for _, ref := range query[string](b, database(data), "select id from application where status = 'received'") {
			a := applicationIn(b, data, ref)
			for _, l := range a.Letters {
				switch {
				case !l.GivenUp.IsZero():
					dead++
				case l.IsOwed() && l.Owed.Before(daysAfter):
					waits++
					b.Errorf("%s of %s is still owed: %s", l.Name, ref, l.Error)
				case l.IsSent() && server.took[l.MessageID] == 0:
					b.Errorf("%s of %s is marked as sent, and nobody has it", l.Name, ref)
				}
			}
		}
		b.ReportMetric(float64(dead), "unknown-addresses")
		if strings.Contains(hub.log.String(), "marker") {
			b.Error("the log has what people typed")
		}
	}
}

// wait returns when a letter arrived for which f is true.
func (s *chaosServer) wait(b testing.TB, most time.Duration, f func(to, text string) bool) time.Time {
	b.Helper()
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		s.mu.Lock()
		for id, text := range s.text {
			if f(s.to[id], text) {
				at := s.at[id]
				s.mu.Unlock()
				return at
			}
		}
		s.mu.Unlock()
	}
	b.Fatalf("the letter did not arrive within %v", most)
	return time.Time{}
}

// leads are the addresses of the courses' leads.
func (c *crowd) leads(b testing.TB) (all []string) {
	for _, course := range offered(b).Courses {
		all = append(all, course.Lead.Email)
	}
	return all
}

// applicationIn is an application in a database that nobody is writing to.
func applicationIn(b testing.TB, data, ref string) *application.Application {
	b.Helper()
	store, err := sqlite.Open(database(data), sqlite.Options{})
	must(b, err, "Open")
	defer store.Close()
	r, err := store.Get(b.Context(), ref)
	must(b, err, "Get")
	a := &application.Application{}
	must(b, json.Unmarshal(r.Data, a), "reading "+ref)
	return a
}

// attackSends: twenty posts send one application at the same moment, for ten people at once; each
// is shown one reference.
func attackSends(b *testing.B) {
	for b.Loop() {
		data := b.TempDir()
		hub := startHub(b, data, firstDay)
		crowd := newCrowd(b, 5)
		crowd.set(hub.base)
		var people sync.WaitGroup
		var took times
		crowd.timed = func(path string, posted bool, d time.Duration) {
			if strings.HasSuffix(path, "/declarations") && posted {
				took.add(d)
			}
		}
		for i := range 10 {
			people.Go(func() {
				p := crowd.person(figuresAsLetters.Replace(fmt.Sprintf("marker%dz", i)))
				def := crowd.forms[i%len(crowd.forms)]
				err := errors.Join(p.begin(def), p.fill(def))
				var sends sync.WaitGroup
				for range 20 {
					sends.Go(func() {
						if err := p.send(def); err != nil {
							b.Error(err)
						}
					})
				}
				sends.Wait()
				must(b, err, "applying")
			})
		}
		people.Wait()
		shown := crowd.references(0)
		waitForLetters(b, data)
		hub.stop(b)
		received := wantReceived(b, database(data), shown)
		wantLetters(b, filepath.Join(data, "outbox"), received)
		b.ReportMetric(200, "posts")
		b.ReportMetric(float64(len(received)), "applications")
		b.ReportMetric(ms(took.at(0.99)), "p99-ms")
		if len(received) != 10 {
			b.Errorf("%d applications of 10 people", len(received))
		}
	}
}

// attackHijack: a stranger begins a draft with the victim's address and keeps trying from the
// moment at which the victim opens the mailed link until the application is sent.
func attackHijack(b *testing.B) {
	for b.Loop() {
		data := b.TempDir()
		hub := startHub(b, data, firstDay)
		crowd := newCrowd(b, 3)
		crowd.set(hub.base)
		def := crowd.forms[len(crowd.forms)-1]
		base := "/apply/" + def.ID
		thief := crowd.person("markerthief")
		victim := crowd.person("markervictim")
		thief.marker = victim.marker // the victim's address, and all else
		must(b, errors.Join(thief.begin(def), thief.fill(def)), "the stranger begins")
		_, err := victim.request("/status/link", form.Values{"email": victim.email("")})
		must(b, err, "asking for the link")
		link := letterTo(b, data, victim.email(""), base+"/resume/")
		_, err = victim.expect(base+"/resume/"+link, form.Values{}, http.StatusOK, base+"/"+def.Sections[0].ID)
		must(b, err, "the victim opens the link")
		var tries, got int
		stop, tried := make(chan bool), make(chan bool)
		go func() {
			defer close(tried)
			for {
				for i := range def.Sections {
					for _, v := range []form.Values{nil, thief.answers(&def.Sections[i])} {
						a, err := thief.request(base+"/"+def.Sections[i].ID, v)
						tries++
						if err != nil || a.status != http.StatusNotFound {
							got++
						}
					}
				}
				for _, path := range []string{base + "/check", base + "/declarations", base + "/sent"} {
					a, err := thief.request(path, nil)
					tries++
					if err != nil || a.status != http.StatusNotFound {
						got++
					}
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		}()
		must(b, errors.Join(victim.begin(def), victim.fill(def), victim.send(def)), "the victim goes on")
		close(stop)
		<-tried
		hub.stop(b)
		b.ReportMetric(float64(tries), "tries")
		b.ReportMetric(float64(got), "that-worked")
		if got > 0 {
			b.Errorf("%d of %d tries by the stranger were answered", got, tries)
		}
	}
}

// attackLockout: strangers ask again and again for links to sign in as a lead, and for an
// applicant's link. Both people still get theirs. Then 200 people behind one address begin an
// application.
func attackLockout(b *testing.B) {
	for b.Loop() {
		data := b.TempDir()
		hub := startHub(b, data, firstDay)
		crowd := newCrowd(b, 9)
		crowd.set(hub.base)
		leads := crowd.leads(b)
		asked := 0
		for i := range 60 {
			p := crowd.person("markerstranger")
			if i%2 == 0 {
				p.address = "198.51.100.7"
			}
			for _, lead := range leads {
				_, err := p.request("/review/sign-in", form.Values{"email": lead})
				must(b, err, "asking for a link to sign in")
				asked++
			}
		}
		lead := crowd.person("markerlead")
		began := time.Now()
		_, err := lead.request("/review/sign-in", form.Values{"email": leads[0]})
		must(b, err, "asking for a link to sign in")
		worked := false
		// Beyond its limit an address gets one letter every ten minutes, with all that was asked
		// for. It is then in the outbox, so the test does not wait.
		for waited := 0; waited < 100 && !worked; waited++ {
			for _, text := range lettersTo(b, data, leads[0]) {
				a, err := lead.request("/review/sign-in/link/"+linkIn([]string{text}, "/review/sign-in/link/"), form.Values{})
				must(b, err, "signing in")
				worked = worked || a.path == "/review/"
			}
			time.Sleep(100 * time.Millisecond)
		}
		held := "select count(*) from application where kind = 'staff account' and due > 0"
		b.ReportMetric(float64(asked), "asked")
		b.ReportMetric(float64(len(lettersTo(b, data, leads[0]))), "letters-to-the-lead")
		b.ReportMetric(map[bool]float64{true: time.Since(began).Seconds(), false: -1}[worked], "s-to-sign-in")
		b.ReportMetric(float64(query[int](b, database(data), held)[0]), "letters-to-come")

		through := 0
		for i := range 200 {
			p := crowd.person(figuresAsLetters.Replace(fmt.Sprintf("marker%dz", i)))
			p.address = "203.0.113.200"
			def := crowd.forms[i%len(crowd.forms)]
			if p.begin(def) == nil {
				through++
			}
		}
		b.ReportMetric(float64(through), "of-200-through")
		if through != 200 {
			b.Errorf("%d of 200 people behind one address got through", through)
		}
		hub.stop(b)
	}
}

// attackLetters: one client names a stranger in 60 applications, as the applicant and as the
// practice's contact, with names that read like phishing.
func attackLetters(b *testing.B) {
	for b.Loop() {
		data := b.TempDir()
		hub := startHub(b, data, firstDay)
		crowd := newCrowd(b, 4)
		crowd.set(hub.base)
		def := crowd.forms[len(crowd.forms)-1]
		began, refused := time.Now(), 0
		for i := range 60 {
			p := crowd.person("markervictim")
			p.address, p.gmc = "198.51.100.9", strconv.Itoa(6_000_000+i)
			first := p.answers(&def.Sections[0])
			for name := range first {
				if strings.Contains(name, "name") {
					first[name] = "URGENT: you have won, see https://evil.example/" + strconv.Itoa(i)
				}
			}
			if a, err := p.request("/apply/"+def.ID+"/start", first); err == nil && a.status == http.StatusUnprocessableEntity {
				refused++
			}
			must(b, errors.Join(p.begin(def), p.fill(def)), "applying")
			_, err := p.expect("/apply/"+def.ID+"/declarations", p.declarations(def), http.StatusOK, "/apply/"+def.ID+"/sent")
			must(b, err, "sending")
		}
		time.Sleep(10 * time.Second) // those that have room go at once, the others wait for ten minutes
		letters := lettersTo(b, data, "markervictim@example.org")
		hub.stop(b)
		b.ReportMetric(time.Since(began).Seconds(), "s")
		b.ReportMetric(60, "applications")
		b.ReportMetric(float64(refused), "names-refused")
		b.ReportMetric(float64(len(letters)), "letters-at-once")
		for _, text := range letters {
			if strings.Contains(text, "evil.example") {
				b.Error("a letter has the link that was typed as a name")
			}
		}
		if len(letters) > 6 {
			b.Errorf("%d letters to one address at once", len(letters))
		}
	}
}

// attackBombs: many bodies that unpack to gigabytes, huge forms, slow bodies and slow headers,
// while an honest person reads and posts.
func attackBombs(b *testing.B) {
	for b.Loop() {
		data := b.TempDir()
		hub := startHub(b, data, firstDay)
		crowd := newCrowd(b, 6)
		crowd.set(hub.base)
		def := crowd.forms[0]
		before, _ := hub.resources(b)
		var took times
		crowd.timed = func(_ string, _ bool, d time.Duration) { took.add(d) }
		stop := make(chan bool)
		var honest, bombs sync.WaitGroup
		done := 0
		honest.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				p := crowd.person(figuresAsLetters.Replace(fmt.Sprintf("marker%dz", i)))
				if err := errors.Join(p.begin(def), p.fill(def), p.send(def)); err != nil {
					b.Error(err)
					return
				}
				done++
			}
		})
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		io.CopyN(z, zeros{}, 200<<20)
		z.Close()
		fields := strings.Repeat("a=1&", 250_000)
		statuses := map[int]int{}
		var mu sync.Mutex
		note := func(status int) { mu.Lock(); statuses[status]++; mu.Unlock() }
		post := func(path, kind, encoding string, body io.Reader, header http.Header) {
			r, err := http.NewRequest("POST", hub.base+path, body)
			if err != nil {
				return
			}
			for name, v := range header {
				r.Header[name] = v
			}
			r.Header.Set("Content-Type", kind)
			if encoding != "" {
				r.Header.Set("Content-Encoding", encoding)
			}
			resp, err := (&http.Client{Timeout: 90 * time.Second}).Do(r)
			if err != nil {
				note(0)
				return
			}
			resp.Body.Close()
			note(resp.StatusCode)
		}
		const formType = "application/x-www-form-urlencoded"
		start := "/apply/" + def.ID + "/start"
		most, files := 0, 0
		watch := time.NewTicker(200 * time.Millisecond)
		honest.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-watch.C:
					kb, n := hub.resources(b)
					most, files = max(most, kb), max(files, n)
				}
			}
		})
		for range 8 {
			bombs.Go(func() {
				for range 20 {
					post(start, formType, "gzip", bytes.NewReader(packed.Bytes()), nil)
					post(start, formType, "", strings.NewReader(fields), nil)
					post(start, formType, "", io.LimitReader(zeros{}, 1<<30), nil)
					post(start, "multipart/form-data; boundary=x", "", strings.NewReader(strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n", 4000)+"--x--"), nil)
					post("/review/sign-in", formType, "", strings.NewReader("email="+strings.Repeat("a", 250_000)), nil)
					post(start, formType, "", strings.NewReader("a=1"), http.Header{"Cookie": {strings.Repeat("draft=x; ", 6000)}})
					post(start, formType, "", strings.NewReader("a=1"), http.Header{"X-Big": {strings.Repeat("x", 1_500_000)}})
					post(start, formType, "", strings.NewReader("a=1"), http.Header{"X-Forwarded-For": {strings.Repeat("127.0.0.1, ", 20_000)}})
				}
			})
		}
		address := strings.TrimPrefix(hub.base, "http://")
		for i := range 300 { // slow headers, and slow bodies
			bombs.Go(func() {
				c, err := net.Dial("tcp", address)
				if err != nil {
					return
				}
				defer c.Close()
				fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: %s\r\n", start, address)
				if i%2 == 0 {
					fmt.Fprintf(c, "Content-Type: %s\r\nContent-Length: 100000\r\n\r\n", formType)
				}
				for range 20 {
					if _, err := fmt.Fprint(c, "a"); err != nil {
						return // cut off
					}
					time.Sleep(time.Second)
				}
			})
		}
		bombs.Wait()
		close(stop)
		honest.Wait()
		after, left := hub.resources(b)
		hub.stop(b)
		b.ReportMetric(float64(before)/1024, "MB-before")
		b.ReportMetric(float64(most)/1024, "MB-most")
		b.ReportMetric(float64(after)/1024, "MB-after")
		b.ReportMetric(float64(files), "files-most")
		b.ReportMetric(float64(left), "files-after")
		b.ReportMetric(float64(done), "honest-applications")
		b.ReportMetric(ms(took.at(0.99)), "honest-p99-ms")
		b.Logf("answers to bombs, by status (0: cut off): %v", statuses)
		for status, n := range statuses {
			if status >= 500 || status == 200 {
				b.Errorf("%d bombs were answered with %d", n, status)
			}
		}
	}
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// BenchmarkRush: 200 whole applications a minute, beside a lead who searches and exports.
func BenchmarkRush(b *testing.B) {
	const aMinute = 200
	for b.Loop() {
		data := b.TempDir()
		hub := startHub(b, data, firstDay)
		crowd := newCrowd(b, 8)
		crowd.set(hub.base)
		var posts, gets, leads times
		crowd.timed = func(path string, posted bool, d time.Duration) {
			switch {
			case strings.HasPrefix(path, "/review"):
				leads.add(d)
			case posted:
				posts.add(d)
			default:
				gets.add(d)
			}
		}
		lead := crowd.person("markerlead")
		address := crowd.leads(b)[0]
		_, err := lead.request("/review/sign-in", form.Values{"email": address})
		must(b, err, "asking to sign in")
		link := letterTo(b, data, address, "/review/sign-in/link/")
		_, err = lead.expect("/review/sign-in/link/"+link, form.Values{}, http.StatusOK, "/review/")
		must(b, err, "signing in")

		var everybody, beside sync.WaitGroup
		stop := make(chan bool)
		exports := 0
		beside.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(time.Second):
				}
				for _, v := range []form.Values{{"search": "marker"}, {"search": "6000042"}} {
					if _, err := lead.request("/review/search", v); err != nil {
						b.Error(err)
					}
				}
				if exports++; exports%5 != 0 {
					continue
				}
				a, err := lead.request("/review/export", form.Values{"from-day": "1", "from-month": "9", "from-year": "2021",
					"to-day": "30", "to-month": "9", "to-year": "2021", "reason": "the rush"})
				if err != nil || a.status != http.StatusOK {
					b.Errorf("the export: status %d, %v", a.status, err)
				}
			}
		})
		firstMB, lastMB, mostMB, firstFiles, lastFiles := 0, 0, 0, 0, 0
		watch := time.NewTicker(2 * time.Second)
		began := time.Now()
		beside.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-watch.C:
				}
				kb, files := hub.resources(b)
				lastMB, lastFiles, mostMB = kb>>10, files, max(mostMB, kb>>10)
				if time.Since(began) < *rushFor/4 {
					firstMB, firstFiles = max(firstMB, kb>>10), max(firstFiles, files)
				}
			}
		})
		ticks := time.NewTicker(time.Minute / aMinute)
		for i := 0; time.Since(began) < *rushFor; i++ {
			<-ticks.C
			everybody.Go(func() {
				p := crowd.person(figuresAsLetters.Replace(fmt.Sprintf("marker%dz", i)))
				def := crowd.forms[i%len(crowd.forms)]
				if err := errors.Join(p.begin(def), p.fill(def), p.send(def)); err != nil {
					b.Error(err)
				}
			})
		}
		everybody.Wait()
		took := time.Since(began)
		close(stop)
		beside.Wait()
		shown := crowd.references(0)
		hub.stop(b)
		received := wantReceived(b, database(data), shown)
		b.ReportMetric(float64(len(received)), "applications")
		b.ReportMetric(float64(len(received))/took.Minutes(), "a-minute")
		b.ReportMetric(ms(posts.at(0.5)), "post-p50-ms")
		b.ReportMetric(ms(posts.at(0.99)), "post-p99-ms")
		b.ReportMetric(ms(posts.at(1)), "post-most-ms")
		b.ReportMetric(ms(gets.at(0.99)), "get-p99-ms")
		b.ReportMetric(ms(leads.at(0.99)), "lead-p99-ms")
		b.ReportMetric(float64(exports/5), "exports")
		b.ReportMetric(float64(firstMB), "MB-first-quarter")
		b.ReportMetric(float64(mostMB), "MB-most")
		b.ReportMetric(float64(lastMB), "MB-end")
		b.ReportMetric(float64(firstFiles), "files-first-quarter")
		b.ReportMetric(float64(lastFiles), "files-end")
		if len(received) != len(shown) {
			b.Errorf("%d applications, and %d references were shown", len(received), len(shown))
		}
		if p99 := posts.at(0.99); p99 > 250*time.Millisecond {
			b.Errorf("the 99th percentile of a post is %v", p99)
		}
	}
}
