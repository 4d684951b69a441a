package dynamo_test

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/record"
	"traininghub/internal/standin"
)

// TestWay: whatever goes wrong once on the way to the table and back, a write happens once and is
// reported as written, and no call waits for ever.
func TestWay(t *testing.T) {
	url := standin.Dynalite(t)
	table := dynamotest.Table(t, url)
	const onRead = "the answer's bytes are others than its checksum says"
	const itself = "com.amazonaws.dynamodb.v20120810#"
	for name, spoil := range map[string]func(w http.ResponseWriter, r *http.Request, status int, answer []byte) (handled bool){
		"the answer never begins": func(w http.ResponseWriter, r *http.Request, _ int, _ []byte) bool {
			<-r.Context().Done()
			return true
		},
		"the answer stops in the middle": func(w http.ResponseWriter, r *http.Request, status int, answer []byte) bool {
			w.Header().Set("Content-Length", fmt.Sprint(len(answer)+10))
			w.WriteHeader(status)
			w.Write(answer)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return true
		},
		"the connection breaks in the middle of the answer": func(w http.ResponseWriter, _ *http.Request, status int, answer []byte) bool {
			w.Header().Set("Content-Length", fmt.Sprint(len(answer)+10))
			w.WriteHeader(status)
			w.Write(answer)
			panic(http.ErrAbortHandler)
		},
		onRead: func(w http.ResponseWriter, _ *http.Request, status int, answer []byte) bool {
			if len(answer) < 10 { // the answer to a write, which has nothing to spoil
				return false
			}
			w.Header().Set("X-Amz-Crc32", fmt.Sprint(crc32.ChecksumIEEE(answer)+1))
			w.WriteHeader(status)
			w.Write(answer)
			return true
		},
		"a proxy answers in HTML": func(w http.ResponseWriter, _ *http.Request, _ int, _ []byte) bool {
			http.Error(w, "<h1>Bad gateway</h1>", http.StatusBadGateway)
			return true
		},
		"the clock is wrong": func(w http.ResponseWriter, _ *http.Request, _ int, _ []byte) bool {
			w.Header().Set("Date", time.Now().Add(20*time.Minute).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature expired"}`)
			return true
		},
		"throttled as a table":   refused(400, itself+"ProvisionedThroughputExceededException"),
		"throttled as a request": refused(400, itself+"RequestLimitExceeded"),
		"throttled by the API":   refused(400, "com.amazon.coral.availability#ThrottlingException"),
		"unavailable":            refused(503, "com.amazon.coral.availability#ServiceUnavailableException"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			way := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					return
				}
				forward, err := http.NewRequest(r.Method, url, bytes.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				forward.Header = r.Header.Clone()
				answer, err := http.DefaultClient.Do(forward)
				if err != nil {
					t.Error(err)
					return
				}
				defer answer.Body.Close()
				data, _ := io.ReadAll(answer.Body)
				w.Header().Set("Content-Type", "application/x-amz-json-1.0")
				calls.Add(1)
				if (calls.Load() == 1 || name == onRead && calls.Load() == 2) && spoil(w, r, answer.StatusCode, data) {
					return
				}
				w.WriteHeader(answer.StatusCode)
				w.Write(data)
			}))
			t.Cleanup(way.Close)
			s := dynamo.New(dynamotest.Config(way.URL), table, dynamotest.DueIndex)
			r := record.Record{Kind: "sample", ID: name, Status: "one"}
			if err := s.Create(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Get(t.Context(), name); err != nil || got.Version != 1 || calls.Load() < 3 {
				t.Errorf("%+v (%v) after %d calls", got, err, calls.Load())
			}
		})
	}
}

// refused answers in place of the table, after the table has done the call. The write is tried
// again, and finds that it has happened.
func refused(status int, kind string) func(http.ResponseWriter, *http.Request, int, []byte) bool {
	return func(w http.ResponseWriter, _ *http.Request, _ int, _ []byte) bool {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"__type":%q,"message":"MARKER"}`, kind)
		return true
	}
}

// TestNoConnection: a table that accepts no connection, or never answers in the TLS handshake, is
// given up by time limits of its own, long before a function runs out of time.
func TestNoConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close() // without a word
		}
	}()
	for name, url := range map[string]string{
		"silent TLS": "https://" + l.Addr().String(),
		"nobody":     "http://127.0.0.1:1",
	} {
		s := dynamo.New(dynamotest.Config(url), "table", dynamotest.DueIndex)
		done := make(chan error, 1)
		go func() { done <- s.Create(t.Context(), record.Record{Kind: "sample", ID: "MARKER"}) }()
		select {
		case err := <-done:
			if err == nil || errors.Is(err, record.ErrBusy) || strings.Contains(err.Error(), "MARKER") {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(15 * time.Second): // below the 20 s of submit, and far above what the limits add up to
			t.Errorf("%s: no end", name)
		}
	}
}
