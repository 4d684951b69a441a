package functions_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"traininghub/content"
	"traininghub/functions/internal/cdn"
	"traininghub/functions/internal/runtimetest"
	"traininghub/functions/internal/setup"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/programme"
	"traininghub/internal/standin"
	"traininghub/site"
	"traininghub/templates"
)

// A bucket stands for S3, notes calls and can make them fail. It also stands for the CloudFront
// that is told of changes.
type bucket struct {
	s3, cloudfront *httptest.Server

	mu          sync.Mutex
	calls       []string // "PUT index.html"
	invalidated []string
	put         map[string]http.Header // each object's headers when it was last written; the stand-in does not keep all of them
	fail        func(call string) fault
	kill        func()
}

func newBucket(t testing.TB) *bucket {
	b := &bucket{put: map[string]http.Header{}, fail: func(string) fault { return "" }}
	backend := s3mem.New()
	if err := backend.CreateBucket("site"); err != nil {
		t.Fatal(err)
	}
	fake := gofakes3.New(backend).Server()
	b.s3 = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/site/")
		b.mu.Lock()
		b.calls = append(b.calls, call)
		if name, ok := strings.CutPrefix(call, "PUT "); ok {
			b.put[name] = r.Header.Clone()
		}
		f, kill := b.fail(call), b.kill
		b.mu.Unlock()
		switch f {
		case failed:
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		case killedThen:
			kill()
			return
		case late:
			time.Sleep(25 * time.Millisecond) // an estimate of S3
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(b.s3.Close)
	b.cloudfront = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var batch struct {
			Paths struct {
				Items struct{ Path []string }
			}
		}
		if err := xml.Unmarshal(body, &batch); err != nil || r.Method != "POST" || r.URL.Path != "/2020-05-31/distribution/E123/invalidation" {
			t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		}
		b.mu.Lock()
		b.invalidated = append(b.invalidated, batch.Paths.Items.Path...)
		b.mu.Unlock()
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, `<Invalidation><Id>I1</Id><Status>InProgress</Status></Invalidation>`)
	}))
	t.Cleanup(b.cloudfront.Close)
	return b
}

// setFail sets which calls fail from now on, and how.
func (b *bucket) setFail(fail func(call string) fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail = fail; fail == nil {
		b.fail = func(string) fault { return "" }
	}
}

func (b *bucket) start(t testing.TB, dir string) *runtimetest.Process {
	t.Helper()
	p, err := runtimetest.Start(t, filepath.Join(dir, "publish"), "SITE_BUCKET=site", "DISTRIBUTION=E123", "BASE_URL="+base, "METRICS_NAMESPACE=Hub",
		"LAMBDA_TASK_ROOT="+dir, "AWS_ENDPOINT_URL_S3="+b.s3.URL, "AWS_ENDPOINT_URL_CLOUDFRONT="+b.cloudfront.URL)
	if err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	b.kill = p.Kill
	b.mu.Unlock()
	return p
}

// get returns an object as CloudFront gets it; nil if there is none.
func (b *bucket) get(t *testing.T, name string) []byte {
	t.Helper()
	b.mu.Lock()
	fail := b.fail
	b.fail = func(string) fault { return "" }
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		b.fail = fail
		b.mu.Unlock()
	}()
	resp, err := http.Get(b.s3.URL + "/site/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode == http.StatusNotFound {
		return nil
	}
	return data
}

func (b *bucket) since() (calls, invalidated []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	calls, invalidated = b.calls, b.invalidated
	b.calls, b.invalidated = nil, nil
	return slices.DeleteFunc(calls, func(c string) bool { return strings.HasPrefix(c, "GET") }), invalidated
}

var asset = regexp.MustCompile(`"/(assets/[^"]+)"`)

// TestPublish: the bucket gets the site as it is now, in an order in which no page is ever without
// its style. After a deadline it gets the site again. Wherever publishing is stopped, the next run
// completes it.
func TestPublish(t *testing.T) {
	t.Parallel()
	files := open(t)
	opened, closed := runtimetest.Build(t, files, "publish"), t.TempDir()
	runtimetest.Beside(t, closed, content.Files) // its deadlines are over
	if err := os.Symlink(filepath.Join(opened, "publish"), filepath.Join(closed, "publish")); err != nil {
		t.Fatal(err)
	}
	want := func(open bool) site.Output {
		t.Helper()
		c := files
		if !open {
			c = content.Files
		}
		s, faults := site.Load(site.Sources{
			Content: setup.Only(c, setup.Letters()), Templates: templates.Files, Modules: filepath.Join(standin.Root(t), "node_modules"),
			Letters: setup.Letters(), BaseURL: base, Shut: setup.Shut,
		})
		if err := faults.Err(); err != nil {
			t.Fatal(err)
		}
		out, err := s.Build(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	before, after := want(true), want(false)
	holds := func(b *bucket, out site.Output) {
		t.Helper()
		for name, data := range out {
			if got := b.get(t, name); !bytes.Equal(got, data) {
				t.Errorf("%s: %d bytes, want %d, or they differ", name, len(got), len(data))
			}
		}
	}

	b := newBucket(t)
	p := b.start(t, opened)
	if err := p.Invoke(limit, struct{}{}, nil); err != nil {
		t.Fatal(err)
	}
	holds(b, before)
	for name, want := range map[string][2]string{
		"index.html":   {"text/html; charset=utf-8", "public, max-age=0, stale-if-error=3600"},
		"sitemap.xml":  {"application/xml; charset=utf-8", "public, max-age=0, stale-if-error=3600"},
		"robots.txt":   {"text/plain; charset=utf-8", "public, max-age=0, stale-if-error=3600"},
		"calendar.ics": {"text/calendar; charset=utf-8", "public, max-age=0, stale-if-error=3600"},
		"courses.atom": {"application/atom+xml; charset=utf-8", "public, max-age=0, stale-if-error=3600"},
		regexp.MustCompile(`assets/site-[^"]+css`).FindString(string(before["index.html"])): {"text/css; charset=utf-8", "public, max-age=31536000, immutable"},
	} {
		if h := b.put[name]; h.Get("Content-Type") != want[0] || h.Get("Cache-Control") != want[1] || h.Get("Content-Encoding") != "" {
			t.Errorf("%s has %v", name, h)
		}
	}
	calls, invalidated := b.since()
	lastAsset, firstPage := 0, len(calls)
	for i, c := range calls {
		if strings.Contains(c, "assets/") {
			lastAsset = i
		} else if strings.HasSuffix(c, ".html") {
			firstPage = min(firstPage, i)
		}
	}
	if lastAsset > firstPage || len(calls) != len(before)+2 || !slices.Equal(invalidated, []string{"/*"}) {
		t.Errorf("%d calls, the last style at %d, the first page at %d, invalidated %q", len(calls), lastAsset, firstPage, invalidated)
	}

	if err := p.Invoke(limit, map[string]string{"source": "aws.cloudformation"}, nil); err != nil {
		t.Fatal(err)
	}
	bare := t.TempDir() // it has only the file that names its edition, and the program
	for _, name := range []string{programme.EditionFile, "publish"} {
		if err := os.Symlink(filepath.Join(opened, name), filepath.Join(bare, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.start(t, bare).Invoke(limit, struct{}{}, nil); err != nil {
		t.Errorf("with nothing to do it reads the content: %v", err)
	}
	if calls, invalidated := b.since(); len(calls)+len(invalidated) > 0 {
		t.Errorf("nothing changed, but %q %q", calls, invalidated)
	}

	p = b.start(t, closed)
	if err := p.Invoke(limit, struct{}{}, nil); err != nil {
		t.Fatal(err)
	}
	holds(b, after)
	if page := b.get(t, "courses/career-conversations/apply/index.html"); !bytes.Contains(page, []byte("Applications are closed")) {
		t.Error("the page says open after the deadline")
	}
	calls, invalidated = b.since()
	if slices.Contains(calls, "PUT accessibility/index.html") || !slices.Contains(calls, "PUT courses/career-conversations/index.html") || len(invalidated) == 0 {
		t.Errorf("%q, invalidated %q", calls, invalidated)
	}
	p.Kill()
	(&world{}).quietly(t, "publish", p.Output())
	(&world{}).counts(t, p.Output(), "Published")

	// Publishing is stopped, or refused, at some of the calls.
	for _, f := range []fault{killedThen, failed} {
		b := newBucket(t)
		for n := 1; n < len(before)+4; n += 9 {
			for i, dir := range []string{opened, closed} {
				p, count := b.start(t, dir), 0
				b.mu.Lock()
				b.fail = func(string) fault {
					if count++; count == n {
						return f
					}
					return ""
				}
				b.mu.Unlock()
				for try := 0; p.Invoke(limit, struct{}{}, nil) != nil; try++ {
					if dir == closed && try == 0 { // the deployment is taken back: the old program builds the old pages
						if err := b.start(t, opened).Invoke(limit, struct{}{}, nil); err != nil {
							t.Fatalf("%s at call %d, and taken back: %v", f, n, err)
						}
						holds(b, before)
					}
					for name := range before { // what is there now is complete
						page := b.get(t, name)
						for _, need := range asset.FindAllSubmatch(page, -1) {
							if data := b.get(t, string(need[1])); len(data) == 0 {
								t.Errorf("%s at call %d: %s is there without %s", f, n, name, need[1])
							}
						}
					}
					if try == 3 {
						t.Fatalf("%s at call %d: it does not recover", f, n)
					}
					p = b.start(t, dir)
				}
				p.Kill()
				holds(b, []site.Output{before, after}[i])
			}
		}
	}
}

// edition returns an edition that is made already.
func edition(e cdn.Edition) func() (cdn.Edition, error) {
	return func() (cdn.Edition, error) { return e, nil }
}

// TestRight: a site that is up to date is neither made nor written again, until it is no longer
// right, or made from something else, or an older version of the hub has written the manifest
// meanwhile.
func TestRight(t *testing.T) {
	b := newBucket(t)
	p := cdn.New(dynamotest.Config(b.s3.URL), dynamotest.Config(b.cloudfront.URL), "site", "E123")
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		says  string
		of    string
		after time.Duration
		makes bool
	}{
		{"the first", "1", 0, true},
		{"again", "1", 15 * time.Minute, false},
		{"a second before", "1", time.Hour - time.Second, false},
		{"a deadline has passed", "1", time.Hour, true},
		{"again after it", "1", 2*time.Hour - time.Second, false},
		{"another edition", "2", 90 * time.Minute, true},
		{"nobody knows of what", "", 91 * time.Minute, true},
		{"for ever", "3", 24 * time.Hour, true},
		{"a year later", "3", 365 * 24 * time.Hour, false},
	} {
		made, at := false, noon.Add(step.after)
		changed, err := p.Publish(t.Context(), step.of, at, func() (cdn.Edition, error) {
			made = true
			e := cdn.Edition{Files: map[string][]byte{"index.html": []byte(step.of)}, Until: at.Truncate(time.Hour).Add(time.Hour)}
			if step.of == "3" {
				e.Until = time.Time{}
			}
			return e, nil
		})
		if err != nil || made != step.makes || changed.Objects != 1 {
			t.Errorf("%s: made %t, %+v, error %v", step.says, made, changed, err)
		}
	}
	list := b.get(t, cdn.Manifest)
	for _, method := range []string{"DELETE", "PUT"} { // the stand-in keeps an object's metadata when it is overwritten
		r, err := http.NewRequest(method, b.s3.URL+"/site/"+cdn.Manifest, bytes.NewReader(list))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := http.DefaultClient.Do(r); err != nil {
			t.Fatal(err)
		}
	}
	made := false
	if _, err := p.Publish(t.Context(), "3", noon.AddDate(1, 0, 1), func() (cdn.Edition, error) {
		made = true
		return cdn.Edition{}, nil
	}); err != nil || !made {
		t.Errorf("written by an older version: made %t, error %v", made, err)
	}
}

// A doorway lets another run through before a call.
type doorway func(*http.Request)

func (d doorway) RoundTrip(r *http.Request) (*http.Response, error) {
	d(r)
	return http.DefaultTransport.RoundTrip(r)
}

// TestTwoRuns: a second run begins and ends before any one call of the first run, which is of an
// older program. The first run always notices that it was overtaken. After the run that follows,
// the bucket has the second's pages, whatever the first still wrote.
func TestTwoRuns(t *testing.T) {
	first, second := map[string][]byte{"assets/a-1.css": []byte("1")}, map[string][]byte{"assets/a-2.css": []byte("2")}
	for i := range 3 {
		name := fmt.Sprintf("%d/index.html", i)
		first[name], second[name] = []byte("old, assets/a-1.css"), []byte("new, assets/a-2.css")
	}
	first["gone/index.html"] = []byte("only the old edition has it")
	began := time.Now()
	for n := 1; ; n++ {
		b, calls := newBucket(t), 0
		run := func(config aws.Config, of string, files map[string][]byte, at time.Time) error {
			_, err := cdn.New(config, dynamotest.Config(b.cloudfront.URL), "site", "E123").Publish(t.Context(), of, at, edition(cdn.Edition{Files: files}))
			return err
		}
		plain, slow := dynamotest.Config(b.s3.URL), dynamotest.Config(b.s3.URL)
		if err := run(plain, "0", map[string][]byte{"0/index.html": []byte("older")}, began.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		slow.HTTPClient = &http.Client{Transport: doorway(func(*http.Request) {
			if calls++; calls == n {
				if err := run(plain, "2", second, began.Add(time.Second)); err != nil {
					t.Errorf("before call %d: the second run: %v", n, err)
				}
			}
		})}
		overtaken := run(slow, "1", first, began)
		if overtaken != nil && !errors.Is(overtaken, cdn.ErrOvertaken) {
			t.Errorf("before call %d: the first run: %v", n, overtaken)
		}
		if calls < n {
			if n < 8 {
				t.Errorf("the first run made only %d calls", calls)
			}
			break
		}
		if overtaken == nil {
			t.Errorf("before call %d: the first run does not notice that it was overtaken", n)
		}
		if err := run(plain, "2", second, began.Add(2*time.Second)); err != nil {
			t.Fatal(err)
		}
		for name, data := range second {
			if got := b.get(t, name); !bytes.Equal(got, data) {
				t.Errorf("before call %d: %s says %q", n, name, got)
			}
		}
		if b.get(t, "gone/index.html") != nil {
			t.Errorf("before call %d: a page of the first run was not removed", n)
		}
	}
}

// TestManyPages: of 2,000 pages each is written once, at most 16 at the same time, and only when
// all files that pages name are there. One object that cannot be written leaves no page without
// them; the next run writes the rest. They also go 16 at a time.
func TestManyPages(t *testing.T) {
	files := map[string][]byte{}
	for i := range 40 {
		files[fmt.Sprintf("assets/a-%d.css", i)] = []byte("style")
	}
	for i := range 2000 {
		files[fmt.Sprintf("courses/%d/index.html", i)] = []byte("page")
	}
	b := newBucket(t)
	var mu sync.Mutex
	now, most, put := 0, 0, map[string]int{}
	refuse := "" // the call that fails for good
	config := dynamotest.Config(b.s3.URL)
	config.RetryMaxAttempts = 1
	config.HTTPClient = &http.Client{Transport: around(func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		call := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/site/")
		mu.Lock()
		now++
		most = max(most, now)
		put[call]++
		fails := call == refuse
		mu.Unlock()
		defer func() {
			mu.Lock()
			now--
			mu.Unlock()
		}()
		if fails {
			return nil, errors.New("no way")
		}
		return next()
	})}
	p := cdn.New(config, dynamotest.Config(b.cloudfront.URL), "site", "E123")
	began := time.Now()
	run := func(of string, files map[string][]byte) (cdn.Changed, error) {
		began = began.Add(time.Second)
		clear(put)
		most = 0
		return p.Publish(t.Context(), of, began, edition(cdn.Edition{Files: files}))
	}
	pages := func() (n int) {
		for call := range put {
			if strings.HasPrefix(call, "PUT courses/") {
				n++
			}
		}
		return n
	}

	refuse = "PUT assets/a-39.css"
	if _, err := run("1", files); err == nil || pages() != 0 {
		t.Errorf("without a style %d pages were written, error %v", pages(), err)
	}
	refuse = "PUT courses/1000/index.html"
	if _, err := run("1", files); err == nil || pages() == 0 {
		t.Errorf("without a page %d others were written, error %v", pages(), err)
	}
	for i := range 40 {
		if name := fmt.Sprintf("assets/a-%d.css", i); put["PUT "+name] != 1 || b.get(t, name) == nil {
			t.Errorf("pages were written without %s", name)
		}
	}
	refuse = ""
	changed, err := run("1", files)
	if err != nil || changed.Objects != 2040 || pages() != 2000 || most > 16 {
		t.Errorf("%+v, %d pages, %d at once, error %v", changed, pages(), most, err)
	}
	for call, n := range put {
		if n != 1 && call != "PUT "+cdn.Manifest {
			t.Errorf("%s %d times", call, n)
		}
	}
	changed, err = run("2", map[string][]byte{"index.html": []byte("one")})
	if err != nil || changed.Removed != 2000 || most > 16 || b.get(t, "courses/1999/index.html") != nil {
		t.Errorf("%+v, %d at once, error %v", changed, most, err)
	}
}

// around does something before and after a call.
type around func(*http.Request, func() (*http.Response, error)) (*http.Response, error)

func (a around) RoundTrip(r *http.Request) (*http.Response, error) {
	return a(r, func() (*http.Response, error) { return http.DefaultTransport.RoundTrip(r) })
}

// BenchmarkPublish publishes a hub of 400 courses from nothing by the real program, as it is
// deployed, with one processor and 25 ms for each call of S3. It says how many objects there are,
// how long it takes of the 120 seconds of a run, and how much memory of the 1769 MB.
//
//	go test -run - -bench Publish -benchtime 1x ./functions
func BenchmarkPublish(b *testing.B) {
	files := fstest.MapFS{}
	if err := fs.WalkDir(content.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(content.Files, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	}); err != nil {
		b.Fatal(err)
	}
	text := string(files["courses/supporting-mentors.md"].Data)
	for i := range 400 {
		copied := strings.Replace(text, "\ntitle: ", fmt.Sprintf("\ntitle: %d ", i), 1)
		files[fmt.Sprintf("courses/other-%d.md", i)] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(copied, "\naliases:", "\n# none:"))}
	}
	dir := runtimetest.Build(b, files, "publish")
	for b.Loop() {
		bucket := newBucket(b)
		bucket.setFail(func(string) fault { return late })
		p := bucket.start(b, dir)
		if err := p.Throttle(1); err != nil {
			b.Log("not throttled:", err)
		}
		began := time.Now()
		if err := p.Invoke(2*time.Minute, struct{}{}, nil); err != nil {
			b.Fatalf("%v\n%s", err, p.Output())
		}
		b.ReportMetric(time.Since(began).Seconds(), "s")
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid()))
		if err != nil {
			b.Fatal(err)
		}
		var kB float64
		if m := regexp.MustCompile(`VmHWM:\s+(\d+)`).FindSubmatch(status); m != nil {
			kB, _ = strconv.ParseFloat(string(m[1]), 64)
		}
		b.ReportMetric(kB/1000, "MB")
		calls, _ := bucket.since()
		b.ReportMetric(float64(len(calls)), "calls")
		p.Kill()
	}
	b.ReportMetric(0, "ns/op")
}

// TestRemoved: pages that are gone are removed at once, and files that pages may still need a day
// later. What others put into the bucket stays.
func TestRemoved(t *testing.T) {
	b := newBucket(t)
	p := cdn.New(dynamotest.Config(b.s3.URL), dynamotest.Config(b.cloudfront.URL), "site", "E123")
	others, err := http.NewRequest("PUT", b.s3.URL+"/site/others.html", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := http.DefaultClient.Do(others); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, step := range []struct {
		after time.Duration
		files map[string][]byte
		there string
	}{
		{0, map[string][]byte{"a/index.html": []byte("a"), "b/index.html": []byte("b"), "assets/x-1.css": []byte("1")}, "a/index.html b/index.html assets/x-1.css others.html"},
		{time.Hour, map[string][]byte{"a/index.html": []byte("a"), "assets/x-2.css": []byte("2")}, "a/index.html assets/x-1.css assets/x-2.css others.html"},
		{24 * time.Hour, map[string][]byte{"a/index.html": []byte("a"), "assets/x-2.css": []byte("2")}, "a/index.html assets/x-1.css assets/x-2.css others.html"},
		{26 * time.Hour, map[string][]byte{"a/index.html": []byte("a"), "assets/x-2.css": []byte("2")}, "a/index.html assets/x-2.css others.html"},
	} {
		if _, err := p.Publish(t.Context(), fmt.Sprint(step.files), now.Add(step.after), edition(cdn.Edition{Files: step.files})); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a/index.html", "b/index.html", "assets/x-1.css", "assets/x-2.css", "others.html"} {
			data := b.get(t, name)
			if is := data != nil; is != slices.Contains(strings.Fields(step.there), name) {
				t.Errorf("after %v: %s there: %t", step.after, name, is)
			}
		}
	}
}

// TestMovedObjects: an old address says where it leads, even if it is not a page's, and is written
// again when it leads elsewhere.
func TestMovedObjects(t *testing.T) {
	b := newBucket(t)
	p := cdn.New(dynamotest.Config(b.s3.URL), dynamotest.Config(b.cloudfront.URL), "site", "E123")
	files := map[string][]byte{"new/index.html": []byte("new"), "old/index.html": []byte("This page has moved")}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, step := range []struct {
		moved   map[string]string
		written int
	}{
		{map[string]string{"/old/": "/new/", "/old/dates.ics": "/new/dates.ics"}, 3},
		{map[string]string{"/old/": "/new/", "/old/dates.ics": "/new/dates.ics"}, 0},
		{map[string]string{"/old/": "/newer/", "/old/dates.ics": "/newer/dates.ics"}, 2},
	} {
		changed, err := p.Publish(t.Context(), fmt.Sprint(step.moved), now, edition(cdn.Edition{Files: files, Moved: step.moved}))
		if err != nil || changed.Written != step.written {
			t.Fatalf("%+v, error %v, want %d written", changed, err, step.written)
		}
		for name, from := range map[string]string{"old/index.html": "/old/", "old/dates.ics": "/old/dates.ics"} {
			if to := b.put[name].Get("X-Amz-Meta-Location"); to != step.moved[from] || !bytes.Equal(b.get(t, name), files[name]) {
				t.Errorf("%s leads to %q, want %q", name, to, step.moved[from])
			}
		}
	}
	if _, leads := b.put["new/index.html"]["X-Amz-Meta-Location"]; leads {
		t.Error("a page that did not move leads elsewhere")
	}
}
