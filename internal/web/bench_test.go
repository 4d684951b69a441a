package web_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/sqlite"
)

// BenchmarkSectionPosts measures how many sections are saved in a second over HTTP: 16 clients,
// each with a connection that it keeps and a draft of about 6 KB, post a section of 10 questions of
// about 1 KB, and SQLite has each on the disk (synchronous FULL) before the answer.
//
//   - hub: the handlers, answering with a redirect;
//   - bare: a handler that parses the form, keeps 6 KB in a store of the same kind, and answers
//     with a page of 3 KB: about the least that is possible;
//   - alone: the handlers on a store that commits each write by itself;
//   - post+page: the handlers, and the page that the redirect leads to, as one;
//   - ratio: hub and bare in turns, in short slices, so that both meet the same disk and the same
//     neighbours. The median of hub's rate to bare's in the same slice should be 0.6 or more.
//
// The clients do as little as possible, since they share the machine: their cost would hide that of
// the handlers.
func BenchmarkSectionPosts(b *testing.B) {
	b.Run("hub", func(b *testing.B) { measure(b, handlers(b, "hub", false, false)) })
	b.Run("bare", func(b *testing.B) { measure(b, bare(b)) })
	b.Run("alone", func(b *testing.B) { measure(b, handlers(b, "alone", true, false)) })
	b.Run("post+page", func(b *testing.B) { measure(b, handlers(b, "post+page", false, true)) })
	b.Run("ratio", func(b *testing.B) {
		hub, bare := handlers(b, "hub", false, false), bare(b)
		measure(b, hub, bare)
		var ratios []float64
		for i := range hub.slices {
			ratios = append(ratios, bare.slices[i].Seconds()/hub.slices[i].Seconds())
		}
		slices.Sort(ratios)
		b.ReportMetric(ratios[len(ratios)/2], "hub/bare")
	})
}

// clients is how many post at once.
const clients = 16

// A contestant is a server, what the clients send to it, and how it did.
type contestant struct {
	name   string
	posts  [clients][]byte
	want   string          // how the answer to a post begins
	pages  [clients][]byte // what each client asks for after each post; nil for nothing
	server *httptest.Server

	slices []time.Duration // how long each took
	each   []time.Duration // how long each post took
	conns  [clients]net.Conn
}

// measure makes b.N posts to each contestant, in turns.
func measure(b *testing.B, all ...*contestant) {
	for _, c := range all {
		for i := range c.conns {
			conn, err := net.Dial("tcp", c.server.Listener.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			c.conns[i] = conn
		}
		c.run(b, 4*clients) // to be warm
		c.slices, c.each = nil, nil
	}
	const slice = 32 * clients
	b.ResetTimer()
	for left := b.N; left > 0; left -= slice {
		for _, c := range all {
			c.run(b, min(slice, left))
		}
	}
	b.StopTimer()
	for _, c := range all {
		slices.Sort(c.each)
		name := func(unit string) string {
			if len(all) == 1 {
				return unit
			}
			return c.name + "-" + unit
		}
		var took time.Duration
		for _, s := range c.slices {
			took += s
		}
		b.ReportMetric(float64(len(c.each))/took.Seconds(), name("posts/s"))
		for _, p := range []int{50, 99} {
			b.ReportMetric(float64(c.each[(len(c.each)-1)*p/100].Microseconds())/1000, name(fmt.Sprintf("p%d-ms", p)))
		}
	}
	b.ReportMetric(0, "ns/op") // of many at once, it would say nothing
}

// run makes n posts, and adds how long they took.
func (c *contestant) run(b *testing.B, n int) {
	began := time.Now()
	var all sync.WaitGroup
	var each [clients][]time.Duration
	for i := range clients {
		share := n / clients
		if i < n%clients {
			share++
		}
		all.Go(func() {
			in := bufio.NewReaderSize(c.conns[i], 16<<10)
			for range share {
				sent := time.Now()
				if err := exchange(c.conns[i], in, c.posts[i], c.want); err != nil {
					b.Errorf("%s: %v", c.name, err)
					return
				}
				if c.pages[i] != nil {
					if err := exchange(c.conns[i], in, c.pages[i], "HTTP/1.1 200"); err != nil {
						b.Errorf("%s: %v", c.name, err)
						return
					}
				}
				each[i] = append(each[i], time.Since(sent))
			}
		})
	}
	all.Wait()
	c.slices = append(c.slices, time.Since(began))
	c.each = append(c.each, slices.Concat(each[:]...)...)
	if b.Failed() {
		b.FailNow()
	}
}

// exchange sends a request and reads the answer.
func exchange(conn net.Conn, in *bufio.Reader, request []byte, want string) error {
	if _, err := conn.Write(request); err != nil {
		return err
	}
	if begin, err := in.Peek(len(want)); err != nil || string(begin) != want {
		return fmt.Errorf("the answer begins with %q, want %q (%v)", begin, want, err)
	}
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// raw is a request as a browser sends it.
func raw(method, base, path, cookie string, body url.Values) []byte {
	var b strings.Builder
	host := strings.TrimPrefix(base, "http://")
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) "+
		"Gecko/20100101 Firefox/128.0\r\n", method, path, host)
	fmt.Fprintf(&b, "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: "+
		"en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n")
	fmt.Fprintf(&b, "Origin: %s\r\nReferer: %s%s\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\n", base,
		base, path)
	if cookie != "" {
		fmt.Fprintf(&b, "Cookie: draft=%s\r\n", cookie)
	}
	if body != nil {
		text := body.Encode()
		fmt.Fprintf(&b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(text),
			text)
	} else {
		b.WriteString("\r\n")
	}
	return []byte(b.String())
}

// benchSection is what is posted: the section with the most questions.
const benchForm, benchSection = "career-conversations", "your-practice"

// benchAnswers are answers of about 1 KB.
func benchAnswers(s *form.Section) url.Values {
	body := url.Values{}
	for name, text := range good(s) {
		if q := s.Question(name); q != nil && q.Kind == form.Text && q.Max() >= 100 {
			text = strings.Repeat("The Surgery at Example Street, ", 6)[:min(150, q.Max())]
		}
		body.Set(name, text)
	}
	return body
}

// handlers are the hub's own. Its clients have drafts with all answers.
func handlers(b *testing.B, name string, alone, page bool) *contestant {
	h := newHub(b)
	if alone {
		h.desk.Store = &oneByOne{Store: h.desk.Store}
	}
	def := h.desk.Programme.Forms[benchForm]
	c := &contestant{name: name, server: h.server, want: "HTTP/1.1 303"}
	base, size := "/apply/"+def.ID, 0
	sec, _ := def.Section(benchSection)
	body := benchAnswers(sec)
	for i := range clients {
		br := h.browser()
		br.through(def)
		reasons, _ := def.Section("your-reasons")
		long := good(reasons)
		for name := range long {
			long[name] = strings.Repeat("I would like to help colleagues with their careers. ", 30)
		}
		br.post(base+"/"+reasons.ID, long).want(200, base+"/check")
		at, _ := url.Parse(h.server.URL + base)
		key := br.client.Jar.Cookies(at)[0].Value
		c.posts[i] = raw("POST", h.server.URL, base+"/"+sec.ID, key, body)
		if page {
			c.pages[i] = raw("GET", h.server.URL, base+"/practice-manager", key, nil)
		}
		ref, _, _ := strings.Cut(key, ".")
		r, err := h.desk.Store.Get(b.Context(), ref)
		if err != nil {
			b.Fatal(err)
		}
		size = len(r.Data)
	}
	b.Logf("posts of %d bytes to drafts of %d bytes", len(body.Encode()), size)
	return c
}

// oneByOne lets only one write at a time into a store, so that no two share a commit.
type oneByOne struct {
	record.Store
	mu sync.Mutex
}

func (s *oneByOne) Update(ctx context.Context, r record.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.Update(ctx, r)
}

// barePage is a page of 3 KB, as the hub's own are: the questions with what was answered.
var barePage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{{.Title}}</title><link rel="stylesheet" href="/assets/site.css"></head>
<body class="page"><main id="main"><h1 class="heading">{{.Title}}</h1>
<form action="{{.Action}}" method="post" novalidate>
{{- range .Questions}}
<div class="group" id="{{.ID}}-group"><label class="label" for="{{.ID}}">{{.Label}}</label>
{{with .Hint}}<div class="hint">{{.}}</div>{{end}}
<input class="input" id="{{.ID}}" name="{{.ID}}" type="text" value="{{index $.Answers .ID}}"></div>
{{- end}}
<button class="button" type="submit">Continue</button></form></main></body></html>
`))

// bare is a handler with only what the comparison is about.
func bare(b *testing.B) *contestant {
	store, err := sqlite.Open(filepath.Join(b.TempDir(), "bare.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var versions [clients]int64 // each is used by one client
	data := []byte(strings.Repeat("0123456789abcdef", 6<<10/16))
	h := newHub(b) // for its form
	sec, _ := h.desk.Programme.Forms[benchForm].Section(benchSection)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{id}", func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		i, err := strconv.Atoi(id)
		if err == nil {
			err = r.ParseForm()
		}
		answers := map[string]string{}
		for name := range r.PostForm {
			answers[name] = r.PostForm.Get(name)
		}
		if err == nil {
			err = store.Update(r.Context(), record.Record{Kind: "bare", ID: id, Version: versions[i], Status: "draft",
				Course: "bare", Due: time.UnixMilli(versions[i]), Data: data})
		}
		var page bytes.Buffer
		if err == nil {
			versions[i]++
			err = barePage.Execute(&page, map[string]any{"Title": sec.Title, "Action": r.URL.Path,
				"Questions": sec.Questions, "Answers": answers})
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(page.Bytes())
	})
	c := &contestant{name: "bare", server: httptest.NewServer(mux), want: "HTTP/1.1 200"}
	b.Cleanup(func() {
		c.server.Close()
		store.Close()
	})
	for i := range clients {
		versions[i] = 1
		if err := store.Create(b.Context(), record.Record{Kind: "bare", ID: strconv.Itoa(i), Status: "draft",
			Course: "bare", Data: data}); err != nil {
			b.Fatal(err)
		}
		c.posts[i] = raw("POST", c.server.URL, "/"+strconv.Itoa(i), "", benchAnswers(sec))
	}
	return c
}

// BenchmarkReview measures the staff's pages over HTTP with 2,000, 20,000 and 200,000 applications
// in SQLite: the list as it opens, all of it, a page far down in it, one cohort, one without
// applications, what has waited for 20 working days, searches, and one application. The large one
// takes minutes to fill. To run it:
//
//	go test ./internal/web -run '^$' -bench 'BenchmarkReview$' -benchtime 50x
//
// docs/scale.md has what was measured.
func BenchmarkReview(b *testing.B) {
	for _, n := range []int{2_000, 20_000, 200_000} {
		h := newHub(b)
		fill(b, h, n)
		in := h.staff(h.course(ccts).Lead.Email)
		far := "&after=" + strconv.FormatInt(h.clock().Add(-3*24*time.Hour).UnixMilli(), 10) + ".CC-2C2C-2C2C"
		in.get("/review/")
		one := "/review/" + reference.FindString(in.body)
		for _, c := range []struct{ name, path, search string }{
			{"list", "/review/", ""},
			{"all", "/review/?status=&waiting=", ""},
			{"far", "/review/?status=&waiting=" + far, ""},
			{"cohort", "/review/?status=&waiting=&cohort=" + ccts + ".cohort-1", ""},
			{"none-of-cohort", "/review/?status=&waiting=&cohort=" + ccts + ".cohort-3", ""},
			{"days", "/review/?status=&waiting=&days=20&sort=newest", ""},
			{"search-name", "/review/search", "surname1999"},
			{"search-gmc", "/review/search", "6000777"},
			{"search-none", "/review/search", "nobody at all"},
			{"one", one, ""},
		} {
			b.Run(fmt.Sprint(n, "/", c.name), func(b *testing.B) {
				for b.Loop() {
					if c.search != "" {
						in.post(c.path, form.Values{"search": c.search}).want(200, c.path)
					} else {
						in.get(c.path).want(200, strings.Split(c.path, "?")[0])
					}
				}
			})
		}
	}
}

// BenchmarkReviewAtOnce measures the list page over HTTP while all 20,000 applications are exported
// over HTTP, again and again, and somebody searches, neither with a pause. To run it:
//
//	go test ./internal/web -run '^$' -bench BenchmarkReviewAtOnce -benchtime 10s
//
// docs/scale.md has what was measured.
func BenchmarkReviewAtOnce(b *testing.B) {
	h := newHub(b)
	fill(b, h, 20_000)
	lists, searches, exports := h.staff(h.course(ccts).Lead.Email), h.staff(h.course(ccts).Lead.Email),
		h.staff(h.course(ccts).Lead.Email)
	var done atomic.Bool
	var others sync.WaitGroup
	searched, exported, rows := 0, 0, 0
	others.Go(func() {
		for ; !done.Load(); searched++ {
			searches.post("/review/search", form.Values{"search": "surname19999"})
		}
	})
	others.Go(func() {
		asked := form.Values{"course": ccts, "reason": "Benchmark", "from-day": "1", "from-month": "1",
			"from-year": "2001", "to-day": "1", "to-month": "1", "to-year": "2031"}
		for ; !done.Load() || exported == 0; exported++ {
			resp, err := exports.client.Do(exports.request("/review/export", asked))
			if err != nil {
				b.Error(err)
				return
			}
			rows = 0
			for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
				rows++
			}
			resp.Body.Close()
		}
	})
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		lists.get("/review/").want(200, "/review/")
		took = append(took, time.Since(began))
	}
	done.Store(true)
	others.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(searched), "searches")
	b.ReportMetric(float64(exported), "exports")
	b.ReportMetric(float64(rows), "rows")
}
