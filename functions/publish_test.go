package functions_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
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

// A bucket is S3 before which calls are noted and can fail, and the CloudFront that is told of it.
type bucket struct {
	s3, cloudfront *httptest.Server

	mu          sync.Mutex
	calls       []string // "PUT index.html"
	invalidated []string
	put         map[string]http.Header // with which each object was written last; the stand-in does not keep all of it
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

// get is an object as CloudFront gets it; nil if there is none.
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

// TestPublish: the bucket becomes the site as of now, in an order in which no page is ever without
// its style, and again when a deadline has passed; wherever it is stopped, the next run completes
// it.
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
	bare := t.TempDir() // it has nothing but the name of its edition, and the program
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

	// Stopped, or refused, at this and that call.
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
					for name := range before { // what there is now is whole
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

// edition is one that is made already.
func edition(e cdn.Edition) func() (cdn.Edition, error) {
	return func() (cdn.Edition, error) { return e, nil }
}

// TestRight: a site that is there is neither made nor written again until it is no longer right, or
// made of something else; or an older version of the hub has written the manifest meanwhile.
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
	for _, method := range []string{"DELETE", "PUT"} { // the stand-in keeps an object's metadata when it is written over
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

// TestTwoRuns: a second run that begins and ends before any one call of the first, of an older
// program: the bucket has the second's pages after the run that follows, whatever the first still
// wrote; and the first sees that it was overtaken, or came too late to be.
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
			t.Errorf("before call %d: the first run takes its pages for those of the site", n)
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
			t.Errorf("before call %d: a page of the first run stays", n)
		}
	}
}

// TestRemoved: pages that are gone go at once, files that pages may need a day later, and what
// others put there stays.
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

// TestMovedObjects: an old address says where it leads, also one that is no page, and is written
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
