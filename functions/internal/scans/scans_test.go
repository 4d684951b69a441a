package scans

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/intake"
	"traininghub/internal/paper"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
)

const name = "CC-7K4D-2P9X.0123456789abcdef"

// newBucket returns a bucket in a stand-in for S3. before sees each request first, and can answer
// it instead of the stand-in.
func newBucket(t *testing.T, before func(w http.ResponseWriter, r *http.Request) (answered bool)) *Bucket {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("hub-scans-1"); err != nil {
		t.Fatal(err)
	}
	fake := gofakes3.New(backend).Server()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before == nil || !before(w, r) {
			fake.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return New(dynamotest.Config(s.URL), "hub-scans-1.s3.eu-west-2.amazonaws.com")
}

// TestBucket: a stored scan can be read until it is deleted.
func TestBucket(t *testing.T) {
	b := newBucket(t, nil)
	ctx := t.Context()
	if _, err := b.Get(ctx, name); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("nothing is there: %v", err)
	}
	data := bytes.Repeat([]byte("\x00scan"), 1<<20)
	for range 2 {
		if err := b.Put(ctx, name, data); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := b.Get(ctx, name); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if all, err := b.All(ctx); err != nil || len(all) != 1 || time.Since(all[name]) > time.Hour {
		t.Errorf("%v, %v", all, err)
	}
	for range 2 {
		if err := b.Delete(ctx, name); err != nil {
			t.Error(err)
		}
	}
	if _, err := b.Get(ctx, name); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if other := New(aws.Config{}, "x.s3.eu-west-2.amazonaws.com"); other.at != "https://x.s3.eu-west-2.amazonaws.com" {
		t.Errorf("on AWS it is at %s", other.at)
	}
}

// TestSweep: a scan without an application is removed at night, once it is a day old.
func TestSweep(t *testing.T) {
	b := newBucket(t, nil)
	if err := b.Put(t.Context(), name, []byte("scan")); err != nil {
		t.Fatal(err)
	}
	desk := &intake.Desk{Store: &recordtest.Memory{}, Now: time.Now}
	night := time.Now().UTC().Truncate(24 * time.Hour).Add(3*time.Hour + 2*time.Minute)
	for at, want := range map[time.Time]int{night.Add(-time.Hour): 1, night.AddDate(0, 0, 2).Add(10 * time.Minute): 1} {
		if err := b.Sweep(t.Context(), desk, at); err != nil {
			t.Error(err)
		}
		if all, err := b.All(t.Context()); err != nil || len(all) != want {
			t.Errorf("at %s: %v, %v", at, all, err)
		}
	}
	if err := b.Sweep(t.Context(), desk, night.AddDate(0, 0, 2)); err != nil {
		t.Error(err)
	}
	if all, err := b.All(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("left: %v, %v", all, err)
	}
	for i := range 21 { // a database without their applications
		if err := b.Put(t.Context(), fmt.Sprintf("CC-7K4D-2P9X.%016d", i), nil); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := paper.Sweep(t.Context(), desk, b, time.Now().Add(25*time.Hour)); n != 0 || err == nil {
		t.Errorf("%d removed, %v", n, err)
	}
}

// TestFaults: a request that S3 refuses for the moment is tried again, one that it refuses for good
// is not. No error has the name of a file or S3's words.
func TestFaults(t *testing.T) {
	refuse := func(status int, code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			if code != "" {
				fmt.Fprintf(w, "<Error><Code>%s</Code><Message>about %s</Message></Error>", code, name)
			}
		}
	}
	half := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "half of it")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	for _, c := range []struct {
		what    string
		answer  http.HandlerFunc
		times   int // how often it gets this answer
		asked   int
		succeed bool
	}{
		{"slow down", refuse(503, "SlowDown"), 2, 3, true},
		{"an error of its own", refuse(500, ""), 1, 2, true},
		{"a stall", refuse(400, "RequestTimeout"), 1, 2, true},
		{"half an answer", half, 1, 2, true},
		{"down", refuse(503, "ServiceUnavailable"), 9, 3, false},
		{"no right", refuse(403, "AccessDenied"), 9, 1, false},
		{"no bucket", refuse(404, "NoSuchBucket"), 9, 1, false},
		{"elsewhere", refuse(307, "TemporaryRedirect"), 9, 1, false},
	} {
		asked := 0
		b := newBucket(t, func(w http.ResponseWriter, r *http.Request) bool {
			if asked++; asked <= c.times {
				c.answer(w, r)
			}
			return asked <= c.times
		})
		err := b.Put(t.Context(), name, []byte("scan"))
		if asked != c.asked || (err == nil) != c.succeed || errors.Is(err, record.ErrNotFound) || err != nil && strings.Contains(err.Error(), "CC-") {
			t.Errorf("%s: asked %d times, want %d: %v", c.what, asked, c.asked, err)
		}
	}
	began := make(chan struct{})
	b := newBucket(t, func(_ http.ResponseWriter, r *http.Request) bool {
		io.Copy(io.Discard, r.Body)
		close(began)
		<-r.Context().Done()
		return true
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-began; cancel() }()
	if err := b.Put(ctx, name, []byte("scan")); !errors.Is(err, context.Canceled) {
		t.Errorf("hung: %v", err)
	}
}

// TestList: a long list is read in parts.
func TestList(t *testing.T) {
	b := newBucket(t, func(w http.ResponseWriter, r *http.Request) bool {
		next, token := "<NextContinuationToken>a+b/=</NextContinuationToken>", r.URL.Query().Get("continuation-token")
		if token == "a+b/=" {
			next = ""
		}
		fmt.Fprintf(w, `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Contents><Key>of %s</Key><LastModified>2026-11-20T10:00:00.000Z</LastModified></Contents>%s</ListBucketResult>`, token, next)
		return true
	})
	all, err := b.All(t.Context())
	if err != nil || len(all) != 2 || all["of a+b/="] != time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC) {
		t.Errorf("%v, %v", all, err)
	}
}
