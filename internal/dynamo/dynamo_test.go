package dynamo_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/intake"
	"traininghub/internal/intake/intaketest"
	"traininghub/internal/standin"
)

func TestStore(t *testing.T) {
	url := standin.Dynalite(t)
	tables := map[intake.Store]string{}
	intaketest.TestStore(t, intaketest.Harness{
		Open: func(t *testing.T) intake.Store {
			table := dynamotest.Table(t, url)
			s := dynamo.New(dynamotest.Config(url), table, dynamotest.DueIndex)
			tables[s] = table
			return s
		},
		Reopen: func(t *testing.T, s intake.Store) intake.Store {
			return dynamo.New(dynamotest.Config(url), tables[s], dynamotest.DueIndex)
		},
	})
}

// A line goes between store and table. What do returns is answered in the table's place, if its status is not 0; forward lets
// the table have the call.
type line struct {
	*httptest.Server
	do func(forward func()) (status int, answer string)
}

func newLine(t *testing.T, url string) *line {
	l := &line{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		table := httptest.NewRecorder()
		status, answer := l.do(func() {
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
			table.Code = resp.StatusCode
			io.Copy(table.Body, resp.Body)
		})
		if status == 0 {
			status, answer = table.Code, table.Body.String()
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	t.Cleanup(l.Close)
	return l
}

// TestLostAnswer: a write that happened is a success, also when the answer to its first try was lost.
func TestLostAnswer(t *testing.T) {
	url := standin.Dynalite(t)
	l := newLine(t, url)
	s := dynamo.New(dynamotest.Config(l.URL), dynamotest.Table(t, url), dynamotest.DueIndex)
	lose := func() func(func()) (int, string) {
		first := true
		return func(forward func()) (int, string) {
			forward()
			if first {
				first = false
				return 500, `{"__type":"InternalServerError"}`
			}
			return 0, ""
		}
	}
	r := intake.Record{ID: "r", Status: "one"}
	l.do = lose()
	if err := s.Create(t.Context(), r); err != nil {
		t.Errorf("Create: %v", err)
	}
	r.Version, r.Status = 1, "two"
	l.do = lose()
	if err := s.Update(t.Context(), r); err != nil {
		t.Errorf("Update: %v", err)
	}
	if got, err := s.Get(t.Context(), "r"); err != nil || got.Version != 2 || got.Status != "two" {
		t.Errorf("%+v %v", got, err)
	}
	l.do = lose()
	if err := s.Update(t.Context(), r); !errors.Is(err, intake.ErrConflict) { // of version 1 again
		t.Errorf("a stale update: %v", err)
	}
}

// TestErrors: a throttled table is busy; no error says what was sent.
func TestErrors(t *testing.T) {
	url := standin.Dynalite(t)
	l := newLine(t, url)
	s := dynamo.New(dynamotest.Config(l.URL), dynamotest.Table(t, url), dynamotest.DueIndex)
	for name, busy := range map[string]bool{"ThrottlingException": true, "ProvisionedThroughputExceededException": true, "RequestLimitExceeded": true, "ValidationException": false, "AccessDeniedException": false} {
		l.do = func(func()) (int, string) {
			return 400, `{"__type":"com.amazonaws.dynamodb.v20120810#` + name + `","message":"MARKER"}`
		}
		_, get := s.Get(t.Context(), "r")
		_, due := s.Due(t.Context(), time.Now(), 3)
		_, expire := s.Expire(t.Context(), time.Now(), 3)
		for call, err := range map[string]error{"Get": get, "Due": due, "Expire": expire, "Create": s.Create(t.Context(), intake.Record{ID: "r", Data: []byte("MARKER")})} {
			if err == nil || errors.Is(err, intake.ErrBusy) != busy || strings.Contains(err.Error(), "MARKER") || !strings.Contains(err.Error(), name) {
				t.Errorf("%s, %s: %v", name, call, err)
			}
		}
	}
}
