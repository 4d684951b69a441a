package dynamotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
)

// Transactions starts a server in front of the stand-in at the URL, which has no transactions, and
// returns the server's URL. It carries out TransactWriteItems with puts and deletes, one at a time,
// and lets nobody read or write meanwhile. So all calls of a test must go through it. Whether
// DynamoDB means the same by conditions, reasons and limits is tested in
// internal/dynamo/testdata/moto.
func Transactions(t testing.TB, url string) string {
	p := &transactor{url: url, done: map[string][]byte{}}
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return s.URL
}

type transactor struct {
	url     string
	mu      sync.RWMutex      // held by writers
	done    map[string][]byte // the transactions that succeeded, by token
	waiting atomic.Int32      // transactions that are under way
}

// crowd is how many transactions may wait for each other. On a busy machine, more would wait for
// longer than their callers do, who then could not know whether theirs was written.
const crowd = 12

// conflict is DynamoDB's answer when an item is in too many transactions at once.
func conflict() (status int, answer []byte) {
	return http.StatusBadRequest, encoded(map[string]any{
		"__type":  "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
		"Message": "Transaction cancelled", "CancellationReasons": []map[string]string{{"Code": "TransactionConflict"}},
	})
}

func (p *transactor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller has gone
	}
	status, answer := 0, []byte(nil)
	switch r.Header.Get("X-Amz-Target") {
	case "DynamoDB_20120810.TransactWriteItems":
		if p.waiting.Add(1) > crowd {
			status, answer = conflict()
		} else {
			p.mu.Lock()
			status, answer = p.transact(r, body)
			p.mu.Unlock()
		}
		p.waiting.Add(-1)
	case "DynamoDB_20120810.PutItem", "DynamoDB_20120810.DeleteItem", "DynamoDB_20120810.UpdateItem":
		p.mu.Lock()
		status, answer = p.call(r, "", body)
		p.mu.Unlock()
	default:
		p.mu.RLock()
		status, answer = p.call(r, "", body)
		p.mu.RUnlock()
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	w.Write(answer)
}

// call makes a call of the stand-in, with the signature of the original request, which the stand-in
// does not check.
func (p *transactor) call(from *http.Request, name string, body []byte) (status int, answer []byte) {
	r, err := http.NewRequest(http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return failed("InternalServerError", err.Error())
	}
	r.Header = from.Header.Clone()
	if name != "" {
		r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+name)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return failed("InternalServerError", err.Error())
	}
	defer resp.Body.Close()
	if answer, err = io.ReadAll(resp.Body); err != nil {
		return failed("InternalServerError", err.Error())
	}
	return resp.StatusCode, answer
}

func failed(kind, message string) (status int, answer []byte) {
	status = http.StatusBadRequest
	if kind == "InternalServerError" {
		status = http.StatusInternalServerError
	}
	answer, _ = json.Marshal(map[string]string{"__type": "com.amazonaws.dynamodb.v20120810#" + kind,
		"message": message})
	return status, answer
}

// An object is a JSON object.
type object = map[string]json.RawMessage

// alike reports whether two requests ask for the same, whatever the order of keys in their JSON.
func alike(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// transact writes the items one after another, and restores what was there if one is refused.
func (p *transactor) transact(from *http.Request, body []byte) (status int, answer []byte) {
	var in struct {
		ClientRequestToken string
		TransactItems      []struct{ Put, Delete object }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return failed("SerializationException", "")
	}
	if was, there := p.done[in.ClientRequestToken]; there {
		if !alike(was, body) {
			return failed("IdempotentParameterMismatchException", "")
		}
		return http.StatusOK, []byte("{}")
	}
	if n := len(in.TransactItems); n < 1 || n > 100 || len(body) > 6<<20 { // bytes are in base64
		return failed("ValidationException", "")
	}
	var undo []func()
	reasons, cancelled := make([]map[string]string, len(in.TransactItems)), false
	seen := map[string]bool{}
	for i, item := range in.TransactItems {
		name, write, holds := "PutItem", item.Put, item.Put["Item"]
		if item.Delete != nil {
			name, write, holds = "DeleteItem", item.Delete, item.Delete["Key"]
		}
		var record object
		if json.Unmarshal(holds, &record) != nil || seen[string(record["id"])] {
			return failed("ValidationException", "Transaction request cannot include multiple operations on one item")
		}
		seen[string(record["id"])] = true
		key := object{"id": record["id"]}
		var was struct{ Item json.RawMessage }
		_, there := p.call(from, "GetItem",
			encoded(map[string]any{"TableName": write["TableName"], "Key": key, "ConsistentRead": true}))
		json.Unmarshal(there, &was)
		status, answer := p.call(from, name, encoded(write))
		reasons[i] = map[string]string{"Code": "None"}
		if status == http.StatusOK {
			undo = append(undo, func() {
				name, back := "DeleteItem", map[string]any{"TableName": write["TableName"], "Key": key}
				if was.Item != nil {
					name, back = "PutItem", map[string]any{"TableName": write["TableName"], "Item": was.Item}
				}
				if status, answer := p.call(from, name, encoded(back)); status != http.StatusOK {
					panic(fmt.Sprintf("a transaction cannot be undone: %d %s", status, answer))
				}
			})
			continue
		}
		var refused struct {
			Type    string `json:"__type"`
			Message string
		}
		json.Unmarshal(answer, &refused)
		code := map[string]string{
			"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException": "ConditionalCheckFailed",
			"com.amazon.coral.validate#ValidationException":                    "ValidationError",
		}[refused.Type]
		if code == "" {
			code = refused.Type
		}
		reasons[i], cancelled = map[string]string{"Code": code, "Message": refused.Message}, true
	}
	if cancelled {
		for _, back := range undo {
			back()
		}
		return http.StatusBadRequest, encoded(map[string]any{
			"__type":  "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
			"Message": "Transaction cancelled", "CancellationReasons": reasons,
		})
	}
	p.done[in.ClientRequestToken] = body
	return http.StatusOK, []byte("{}")
}

func encoded(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}
