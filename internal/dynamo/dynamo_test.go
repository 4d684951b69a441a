package dynamo_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/standin"
)

func TestStore(t *testing.T) {
	url := dynamotest.Transactions(t, standin.Dynalite(t))
	tables := map[record.Store]string{}
	recordtest.TestStore(t, recordtest.Harness{
		Open: func(t *testing.T) record.Store {
			table := dynamotest.Table(t, url)
			s := dynamo.New(dynamotest.Config(url), table, dynamotest.DueIndex)
			tables[s] = table
			return s
		},
		Reopen: func(t *testing.T, s record.Store) record.Store {
			return dynamo.New(dynamotest.Config(url), tables[s], dynamotest.DueIndex)
		},
	})
}

// A line stands between store and table. It answers what do returns in the table's place, unless
// that status is 0; forward passes the call on to the table.
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

// TestLostAnswer: a write that happened is reported as a success, even if the answer to its first
// try was lost.
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
	r := record.Record{Kind: "sample", ID: "r", Status: "one"}
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
	if err := s.Update(t.Context(), r); !errors.Is(err, record.ErrConflict) { // with version 1 again
		t.Errorf("a stale update: %v", err)
	}
	l.do = lose()
	if err := s.Delete(t.Context(), "r", 1); !errors.Is(err, record.ErrConflict) {
		t.Errorf("a stale delete: %v", err)
	}
	l.do = lose()
	if err := s.Delete(t.Context(), "r", 2); err != nil {
		t.Errorf("Delete: %v", err)
	}
	if err := s.Delete(t.Context(), "r", 2); !errors.Is(err, record.ErrNotFound) { // the first try got its answer
		t.Errorf("Delete of a missing record: %v", err)
	}
}

// TestLostThenBusy: if the answer to the first try was lost and the table is then throttled, the
// error does not promise that nothing was written.
func TestLostThenBusy(t *testing.T) {
	url := standin.Dynalite(t)
	l := newLine(t, url)
	s := dynamo.New(dynamotest.Config(l.URL), dynamotest.Table(t, url), dynamotest.DueIndex)
	const busy = `{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}`
	for name, after := range map[string]func(call int) (int, string){
		"the second try":             func(int) (int, string) { return 400, busy },
		"reading what it wrote then": func(call int) (int, string) { return map[bool]int{true: 400}[call > 2], busy },
	} {
		calls := 0
		l.do = func(forward func()) (int, string) {
			if calls++; calls == 1 {
				forward()
				return 500, `{"__type":"InternalServerError"}`
			}
			status, answer := after(calls)
			if status == 0 {
				forward()
			}
			return status, answer
		}
		err := s.Create(t.Context(), record.Record{Kind: "sample", ID: name})
		l.do = func(forward func()) (int, string) { forward(); return 0, "" }
		if _, got := s.Get(t.Context(), name); got != nil {
			t.Fatalf("%s: it was not written: %v", name, got)
		}
		if err == nil || errors.Is(err, record.ErrBusy) {
			t.Errorf("%s is throttled, and the error of a write that happened is %v", name, err)
		}
	}
}

// TestSetLostAnswer: the store finds out whether a set was written, even if the answer to its first
// try was lost.
func TestSetLostAnswer(t *testing.T) {
	url := dynamotest.Transactions(t, standin.Dynalite(t))
	l := newLine(t, url)
	table := dynamotest.Table(t, url)
	s, another := dynamo.New(dynamotest.Config(l.URL), table, dynamotest.DueIndex),
		dynamo.New(dynamotest.Config(url), table, dynamotest.DueIndex)
	const stale = `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed"}]}`
	const busy = `{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}`
	plain := func(forward func()) (int, string) { forward(); return 0, "" }
	errNone := errors.New("none of those named")
	for name, test := range map[string]struct {
		first  func(forward func(), write func(version int64)) // what the first try does, whose answer is lost
		second string                                          // sent instead of the answer to the second try, unless it is ""
		want   error
		left   int64 // version of the record that was there
	}{
		"written, and the token is known":     {func(forward func(), _ func(int64)) { forward() }, "", nil, 2},
		"written, and the token is forgotten": {func(forward func(), _ func(int64)) { forward() }, stale, nil, 2},
		"not written":                         {func(func(), func(int64)) {}, "", nil, 2},
		"not written, and another was faster": {func(_ func(), write func(int64)) { write(1) }, "",
			record.ErrConflict, 2},
		"written, and the table is throttled": {func(forward func(), _ func(int64)) { forward() }, busy, errNone, 2},
		"written, then another write of one": {func(forward func(), write func(int64)) { forward(); write(2) },
			stale, nil, 3},
	} {
		there, fresh := record.Record{Kind: "sample", ID: name + " 1"}, record.Record{Kind: "sample", ID: name + " 2"}
		l.do = plain
		if err := s.Create(t.Context(), there); err != nil {
			t.Fatal(err)
		}
		calls := 0
		l.do = func(forward func()) (int, string) {
			calls++
			switch {
			case calls == 1:
				test.first(forward, func(version int64) {
					if err := another.Update(t.Context(),
						record.Record{Kind: "sample", ID: there.ID, Version: version}); err != nil {
						t.Error(err)
					}
				})
				return 500, ""
			case calls < 4 && test.second != "" && (calls == 2 || test.second == busy):
				return 400, test.second
			}
			forward()
			return 0, ""
		}
		there.Version = 1
		err := s.UpdateAll(t.Context(), there, fresh)
		l.do = plain
		if test.want == errNone && (err == nil || errors.Is(err, record.ErrBusy) ||
			errors.Is(err, record.ErrConflict)) || test.want != errNone && !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
		if r, err := s.Get(t.Context(), there.ID); err != nil || r.Version != test.left {
			t.Errorf("%s: version %d is left (%v), want %d", name, r.Version, err, test.left)
		}
		if _, err := s.Get(t.Context(), fresh.ID); (err == nil) == (test.want == record.ErrConflict) {
			t.Errorf("%s: of the other record: %v", name, err)
		}
	}
}

// TestSetReasons: the reasons for a cancelled transaction become different errors. If the cause may
// soon be over, the store tries again a few times.
func TestSetReasons(t *testing.T) {
	url := dynamotest.Transactions(t, standin.Dynalite(t))
	l := newLine(t, url)
	s := dynamo.New(dynamotest.Config(l.URL), dynamotest.Table(t, url), dynamotest.DueIndex)
	set := []record.Record{{Kind: "sample", ID: "a"}, {Kind: "sample", ID: "b"}}
	const large = `"Code":"ValidationError","Message":"Item size to update has exceeded the maximum allowed size MARKER"`
	for reasons, want := range map[string]error{
		`{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"MARKER"}`:     record.ErrConflict,
		`{"Code":"TransactionConflict"},{"Code":"ConditionalCheckFailed"}`:         record.ErrConflict,
		`{"Code":"TransactionConflict","Message":"MARKER"},{"Code":"None"}`:        record.ErrBusy,
		`{"Code":"ThrottlingError"},{"Code":"TransactionConflict"}`:                record.ErrBusy,
		`{"Code":"None"},{"Code":"ProvisionedThroughputExceeded"}`:                 record.ErrBusy,
		`{` + large + `},{"Code":"None"}`:                                          record.ErrTooLarge,
		`{"Code":"TransactionConflict"},{` + large + `}`:                           record.ErrTooLarge,
		`{"Code":"ItemCollectionSizeLimitExceeded"},{"Code":"None"}`:               record.ErrTooLarge,
		`{"Code":"ValidationError","Message":"MARKER"},{"Code":"None"}`:            nil,
		`{"Code":"ValidationError","Message":"MARKER"},{"Code":"ThrottlingError"}`: nil,
	} {
		l.do = func(func()) (int, string) {
			return 400, `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"MARKER","CancellationReasons":[` + reasons + `]}`
		}
		err := s.UpdateAll(t.Context(), set...)
		named := errors.Is(err, record.ErrConflict) || errors.Is(err, record.ErrBusy) ||
			errors.Is(err, record.ErrTooLarge)
		if err == nil || strings.Contains(err.Error(), "MARKER") || want != nil && !errors.Is(err, want) ||
			want == nil && named {
			t.Errorf("%s: %v, want %v", reasons, err, want)
		}
	}
	for _, kind := range []string{"TransactionCanceledException", "TransactionInProgressException",
		"TransactionConflictException"} {
		calls := 0
		l.do = func(forward func()) (int, string) {
			if calls++; calls < 3 {
				return 400, `{"__type":"com.amazonaws.dynamodb.v20120810#` + kind +
					`","CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}]}`
			}
			forward()
			return 0, ""
		}
		if err := s.UpdateAll(t.Context(), set...); err != nil || calls != 3 {
			t.Errorf("%s twice: %v after %d calls, want success at the third", kind, err, calls)
		}
		set[0].Version, set[1].Version = set[0].Version+1, set[1].Version+1
		if kind != "TransactionConflictException" {
			continue
		}
		calls = 0
		if err := s.Update(t.Context(), set[0]); err != nil || calls != 3 { // it meets other transactions
			t.Errorf("Update with %s twice: %v after %d calls, want success at the third", kind, err, calls)
		}
	}
}

// TestPages: more is found than the 1 MB that DynamoDB returns at once.
func TestPages(t *testing.T) {
	url := standin.Dynalite(t)
	l := newLine(t, url)
	calls := 0
	s := dynamo.New(dynamotest.Config(l.URL), dynamotest.Table(t, url), dynamotest.DueIndex)
	l.do = func(forward func()) (int, string) {
		forward()
		calls++
		return 0, ""
	}
	const records = 800
	for i := range records {
		r := record.Record{Kind: "sample", ID: fmt.Sprintf("%03d", i), Shelf: "a", Since: time.UnixMilli(int64(i)),
			Email: "zoe@example.org", Brief: make([]byte, record.MaxBrief)}
		if err := s.Create(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for name, read := range map[string]func() ([]record.Record, error){
		"Find": func() ([]record.Record, error) {
			return s.Find(t.Context(), "sample", record.ByEmail, "zoe@example.org")
		},
		"List": func() ([]record.Record, error) {
			return s.List(t.Context(), record.Range{Kind: "sample", Shelf: "a", Max: 10_000})
		},
	} {
		calls = 0
		all, err := read()
		if err != nil || len(all) != records {
			t.Errorf("%s: %d records (%v), want %d", name, len(all), err, records)
		}
		for i, r := range all {
			if want := fmt.Sprintf("%03d", i); r.ID != want {
				t.Fatalf("%s: %s where %s should be", name, r.ID, want)
			}
		}
		if calls < 2 {
			t.Errorf("%s made %d call: the test shows nothing", name, calls)
		}
	}
}

// TestReads: a page of a list, a page of an empty part, the count of a part and a search each take
// one read, however many records there are. A search takes one for each word.
func TestReads(t *testing.T) {
	url := dynamotest.Transactions(t, standin.Dynalite(t))
	l := newLine(t, url)
	calls := 0
	s := dynamo.New(dynamotest.Config(l.URL), dynamotest.Table(t, url), dynamotest.DueIndex)
	l.do = func(forward func()) (int, string) {
		forward()
		calls++
		return 0, ""
	}
	const records = 600
	brief := make([]byte, record.MaxBrief)
	for i := range records {
		r := record.Record{Kind: "sample", ID: fmt.Sprintf("%03d", i), Course: "c", Shelf: "a", Since: time.UnixMilli(int64(i)),
			Part: "common", Brief: brief, Came: time.UnixMilli(int64(i)),
			Words: []string{"angharad", fmt.Sprintf("surname%d", i)}}
		if i%200 == 0 {
			r.Part = "rare"
		}
		if err := s.Create(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	on := record.Range{Kind: "sample", Shelf: "a", Max: 21}
	rare, none := on, on
	rare.Part, none.Part = "rare", "none"
	for name, want := range map[string]struct {
		read         func() (int, error)
		found, calls int
	}{
		"a page":                  {func() (int, error) { all, err := s.List(t.Context(), on); return len(all), err }, 21, 1},
		"a page of a part":        {func() (int, error) { all, err := s.List(t.Context(), rare); return len(all), err }, 3, 1},
		"a part that has nothing": {func() (int, error) { all, err := s.List(t.Context(), none); return len(all), err }, 0, 1},
		"places":                  {func() (int, error) { return s.Count(t.Context(), rare) }, 3, 1},
		"a name": {func() (int, error) {
			all, err := s.Search(t.Context(), "sample", "c", []string{"surname77"})
			return len(all), err
		}, 1, 1},
		"two words": {func() (int, error) {
			all, err := s.Search(t.Context(), "sample", "c", []string{"angha", "surname599"})
			return len(all), err
		}, 1, 2},
		"a name that nobody has": {func() (int, error) {
			all, err := s.Search(t.Context(), "sample", "c", []string{"nobody", "angharad"})
			return len(all), err
		}, 0, 1},
		"a name of another course": {func() (int, error) {
			all, err := s.Search(t.Context(), "sample", "d", []string{"angharad"})
			return len(all), err
		}, 0, 1},
	} {
		calls = 0
		if n, err := want.read(); err != nil || n != want.found || calls != want.calls {
			t.Errorf("%s: %d found in %d calls (%v), want %d in %d", name, n, calls, err, want.found, want.calls)
		}
	}
	calls = 0
	r, err := s.Get(t.Context(), "000")
	if err == nil {
		r.Status, r.Since = "accepted", time.UnixMilli(5000)
		err = s.Update(t.Context(), r)
	}
	if err != nil || calls != 2 {
		t.Errorf("a change that leaves the words as they are took %d calls (%v), want 2", calls, err)
	}
}

// TestTimeToLive: the table's own removal takes only records that a program has marked, of whatever
// kind.
func TestTimeToLive(t *testing.T) {
	url := standin.Dynalite(t)
	table := dynamotest.Table(t, url)
	s := dynamo.New(dynamotest.Config(url), table, dynamotest.DueIndex)
	for _, r := range []record.Record{
		{Kind: "sample", ID: "1", Status: "received", Expires: time.UnixMilli(1)},
		{Kind: record.Application, ID: "CC-2C2C-2C2C", Status: "draft", Expires: time.UnixMilli(1)},
		{Kind: "sample", ID: "2", Status: record.Marked, Expires: time.UnixMilli(1)},
		{Kind: "sample", ID: "3", Status: record.Marked},
	} {
		if err := s.Create(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		r.Version = 1
		if err := s.Update(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		out, err := dynamodb.NewFromConfig(dynamotest.Config(url)).GetItem(t.Context(), &dynamodb.GetItemInput{
			TableName: &table, Key: map[string]types.AttributeValue{dynamo.Key: &types.AttributeValueMemberS{Value: r.ID}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, lives := out.Item[dynamo.TimeToLive]; lives != (r.ID == "2") {
			t.Errorf("%s with the status %q and the end %v has a time to live: %v", r.ID, r.Status, r.Expires, lives)
		}
	}
}

// TestOldItem: an item from before there were lists and kinds is found with its kind, and is on no
// list.
func TestOldItem(t *testing.T) {
	url := standin.Dynalite(t)
	table := dynamotest.Table(t, url)
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	number := func(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }
	_, err := dynamodb.NewFromConfig(dynamotest.Config(url)).PutItem(t.Context(),
		&dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
			"id": text("CC-2C2C-2C2C"), "version": number("7"), "status": text("received"), "course": text("c"),
			"write": text("w"), "expires_ms": number("5000"), "expires": number("5"),
			"due": number("1"), "due_shard": text("0"), "data": &types.AttributeValueMemberB{Value: []byte("{}")},
		}})
	if err != nil {
		t.Fatal(err)
	}
	s := dynamo.New(dynamotest.Config(url), table, dynamotest.DueIndex)
	want := record.Record{Kind: record.Application, ID: "CC-2C2C-2C2C", Version: 7, Status: "received", Course: "c",
		Due: time.UnixMilli(1).UTC(), Expires: time.UnixMilli(5000).UTC(), Data: []byte("{}")}
	got, err := s.Get(t.Context(), want.ID)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v (%v), want %+v", got, err, want)
	}
	due, err := s.Due(t.Context(), []record.Kind{record.StaffAccount, record.Application}, time.UnixMilli(1), 2)
	if err != nil || !slices.Equal(due, []record.Entry{{ID: want.ID, Kind: record.Application}}) {
		t.Errorf("due are %q (%v)", due, err)
	}
	got.Shelf, got.Since = "a", time.UnixMilli(1).UTC()
	if err := s.Update(t.Context(), got); err != nil {
		t.Fatal(err)
	}
	if all, err := s.List(t.Context(), record.Range{Kind: record.Application, Shelf: "a", Max: 2}); err != nil ||
		len(all) != 1 {
		t.Errorf("List after an update: %v %v", all, err)
	}
}

// TestErrors: a throttled table is reported as busy, and no error contains what was sent.
func TestErrors(t *testing.T) {
	url := standin.Dynalite(t)
	l := newLine(t, url)
	s := dynamo.New(dynamotest.Config(l.URL), dynamotest.Table(t, url), dynamotest.DueIndex)
	for name, busy := range map[string]bool{"ThrottlingException": true,
		"ProvisionedThroughputExceededException": true, "RequestLimitExceeded": true, "ValidationException": false,
		"AccessDeniedException": false} {
		l.do = func(func()) (int, string) {
			return 400, `{"__type":"com.amazonaws.dynamodb.v20120810#` + name + `","message":"MARKER"}`
		}
		_, get := s.Get(t.Context(), "r")
		_, due := s.Due(t.Context(), []record.Kind{"sample"}, time.Now(), 3)
		_, expire := s.Expire(t.Context(), []record.Kind{"sample"}, time.Now(), 3)
		_, list := s.List(t.Context(), record.Range{Kind: "sample", Shelf: "MARKER", Max: 3})
		_, find := s.Find(t.Context(), "sample", record.ByEmail, "MARKER")
		for call, err := range map[string]error{"Get": get, "Due": due, "Expire": expire, "List": list, "Find": find,
			"Delete": s.Delete(t.Context(), "MARKER", 1),
			"Create": s.Create(t.Context(), record.Record{Kind: "sample", ID: "r", Data: []byte("MARKER")})} {
			if err == nil || errors.Is(err, record.ErrBusy) != busy || strings.Contains(err.Error(), "MARKER") ||
				!strings.Contains(err.Error(), name) {
				t.Errorf("%s, %s: %v", name, call, err)
			}
		}
	}
}
