// Package moto tests package dynamo with moto's server. See run.sh, which starts it.
package moto

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
)

// inTurn is a server in front of moto's that lets one call through at a time. It passes each call
// and its answer to answered, which says whether the answer gets lost on its way.
func inTurn(t *testing.T, answered func(call string, status int, answer []byte) (lost bool)) string {
	url := os.Getenv("MOTO_URL")
	if url == "" {
		t.Fatal("MOTO_URL is not set: start this with run.sh")
	}
	var mu sync.Mutex
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		forward, err := http.NewRequest(r.Method, url, bytes.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		forward.Header = r.Header.Clone()
		resp, err := http.DefaultClient.Do(forward)
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		if answered != nil && answered(strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "DynamoDB_20120810."),
			resp.StatusCode, data) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(resp.StatusCode)
		w.Write(data)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestStore runs the suite that every store passes.
func TestStore(t *testing.T) {
	url := inTurn(t, nil)
	tables := map[record.Store]string{}
	open := func(table string) record.Store {
		s := dynamo.New(dynamotest.Config(url), table, dynamotest.DueIndex)
		tables[s] = table
		return s
	}
	recordtest.TestStore(t, recordtest.Harness{
		Open:   func(t *testing.T) record.Store { return open(dynamotest.Table(t, url)) },
		Reopen: func(t *testing.T, s record.Store) record.Store { return open(tables[s]) },
	})
}

// TestReasons: moto refuses transactions with the answers that package dynamo expects.
func TestReasons(t *testing.T) {
	type reply struct {
		Type                string `json:"__type"`
		Message             string
		CancellationReasons []struct{ Code, Message string }
	}
	var last reply
	url := inTurn(t, func(call string, status int, answer []byte) bool {
		if call == "TransactWriteItems" {
			last = reply{Type: fmt.Sprint(status)}
			json.Unmarshal(answer, &last)
		}
		return false
	})
	s := dynamo.New(dynamotest.Config(url), dynamotest.Table(t, url), dynamotest.DueIndex)
	ten := make([]record.Record, 10)
	others := make([]record.Record, 10)
	for i := range ten {
		ten[i] = record.Record{Kind: "sample", ID: fmt.Sprint(i), Status: "together"}
		others[i] = record.Record{Kind: "sample", ID: fmt.Sprint("other ", i)}
	}
	others[5].ID = "0"
	for _, c := range []struct {
		name    string
		set     []record.Record
		want    error
		reasons string // their codes
	}{
		{"ten that are created", ten, nil, ""},
		{"one new one of ten that is there", others, record.ErrConflict,
			"None None None None None ConditionalCheckFailed None None None None"},
		{"a stale one", []record.Record{{Kind: "sample", ID: "0", Version: 1}, {Kind: "sample", ID: "1", Version: 7}},
			record.ErrConflict, "None ConditionalCheckFailed"},
		{"another kind", []record.Record{{Kind: "sample", ID: "0", Version: 1}, {Kind: "other", ID: "1", Version: 1}},
			record.ErrConflict, "None ConditionalCheckFailed"},
		{"one that is gone", []record.Record{{Kind: "sample", ID: "gone", Version: 1},
			{Kind: "sample", ID: "1", Version: 1}}, record.ErrConflict, "ConditionalCheckFailed None"},
		{"an item of more than 400 KB", []record.Record{
			{Kind: "sample", ID: "0", Version: 1},
			{Kind: "sample", ID: "1", Version: 1, Data: make([]byte, record.MaxRecord), Brief: make([]byte, 40_000)},
		}, record.ErrTooLarge, "-"},
	} {
		err := s.UpdateAll(t.Context(), c.set...)
		var codes []string
		for _, r := range last.CancellationReasons {
			codes = append(codes, r.Code)
		}
		t.Logf("%s: %s %v; %s", c.name, last.Type, codes, last.Message)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if got := strings.Join(codes, " "); c.reasons != "-" && got != c.reasons {
			t.Errorf("%s: the reasons are %s, want %s", c.name, got, c.reasons)
		}
	}
	if _, err := s.Get(t.Context(), "other 1"); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("of a set that was refused one was created: %v", err)
	}
	for id := range 10 {
		r, err := s.Get(t.Context(), fmt.Sprint(id))
		if err != nil || r.Version != 1 || r.Status != "together" {
			t.Errorf("after all these %d is %+v (%v)", id, r, err)
		}
	}
}

// TestLostAnswer: a set whose first answer was lost is written once, and reported as written.
func TestLostAnswer(t *testing.T) {
	calls := 0
	url := inTurn(t, func(call string, status int, answer []byte) bool {
		if call == "TransactWriteItems" {
			calls++
			t.Logf("call %d: %d %.200s", calls, status, answer)
		}
		return calls == 1
	})
	s := dynamo.New(dynamotest.Config(url), dynamotest.Table(t, url), dynamotest.DueIndex)
	if err := s.UpdateAll(t.Context(), record.Record{Kind: "sample", ID: "1"},
		record.Record{Kind: "sample", ID: "2"}); err != nil || calls != 2 {
		t.Errorf("%v after %d calls, want success at the second", err, calls)
	}
	for _, id := range []string{"1", "2"} {
		if r, err := s.Get(t.Context(), id); err != nil || r.Version != 1 {
			t.Errorf("%s has version %d (%v), want 1", id, r.Version, err)
		}
	}
}
