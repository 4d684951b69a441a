package records_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"traininghub/functions/internal/records"
	"traininghub/internal/afar"
	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/standin"
)

// notes is a story whose records are notes about somebody, with a text that makes them as long as
// applications.
type notes struct {
	office.Story
	store record.Store
}

type note struct {
	Email string `json:"email"`
	Given int    `json:"given"`
	Text  string `json:"text"`
}

func newNote(id, email string, size int) record.Record {
	data, _ := json.Marshal(note{Email: email, Text: strings.Repeat("x", size)})
	return record.Record{ID: id, Kind: "note", Email: email, Data: data}
}

func (n notes) About(_ context.Context, r record.Record, _ []form.Registration, email string) (*office.Own, error) {
	var is note
	if err := json.Unmarshal(r.Data, &is); err != nil || is.Email != email {
		return nil, err
	}
	return &office.Own{ID: r.ID, Kind: "note", Data: is}, nil
}

func (n notes) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	r, err := n.store.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	var is note
	json.Unmarshal(r.Data, &is)
	is.Given++
	r.Data, _ = json.Marshal(is)
	return &office.Own{ID: id, Kind: "note", Data: is}, n.store.Update(ctx, r)
}

func (n notes) Erase(ctx context.Context, id string) error {
	r, err := n.store.Get(ctx, id)
	if err == nil {
		err = n.store.Delete(ctx, id, r.Version)
	}
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}

func (n notes) Check(r record.Record, before *record.Head) (*record.Head, string) {
	if bytes.Contains(r.Data, []byte("changed@")) {
		return nil, "it was changed"
	}
	sum := []byte(fmt.Sprintf("%032d", len(r.Data)))
	if before != nil && !bytes.Equal(before.Sum, sum) {
		return nil, "it is another one than the earlier audit noted"
	}
	return &record.Head{Sent: []byte(fmt.Sprintf("%-32s", r.ID)), Events: 1, Sum: sum}, ""
}

// recorder returns the function, working on a store.
func recorder(store record.Store, size func(context.Context) (int64, int64, error)) *records.Recorder {
	log := slog.New(slog.DiscardHandler)
	desk := office.New(&intake.Desk{Store: store, Programme: &programme.Programme{}, Now: time.Now, Log: log}, notes{office.Kept("note"), store})
	return &records.Recorder{Log: log, Size: size, Office: desk}
}

// caller calls the function as Lambda does. If before is not nil, it can replace the context of
// each call.
func caller(t *testing.T, r *records.Recorder, before func(context.Context) context.Context) *afar.Caller {
	return &afar.Caller{
		Agree: func(afar.Cost) bool { t.Error("it asks for a yes"); return false },
		Call: func(ctx context.Context, q afar.Request) ([]byte, error) {
			ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{InvokedFunctionArn: "arn:aws:lambda:eu-west-2:123456789012:function:hub-records"})
			if before != nil {
				ctx = before(ctx)
			}
			event, _ := json.Marshal(q)
			return r.Handle(ctx, event)
		},
	}
}

// A line connects store and table. It breaks at a certain call, and stays broken until it is
// mended. If after is set, the table still carries out that call.
type line struct {
	*httptest.Server
	mu           sync.Mutex
	calls        map[string]int
	until        int    // calls that still go through; all if negative
	then         func() // runs at the first call that does not
	after, broke bool
}

func newLine(t *testing.T, url string) *line {
	l := &line{until: -1, calls: map[string]int{}}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		l.mu.Lock()
		_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		l.calls[name]++
		down := l.until == 0
		do := !down || l.after && !l.broke
		if down && !l.broke && l.then != nil {
			l.then()
		}
		l.broke = l.broke || down
		if l.until > 0 {
			l.until--
		}
		l.mu.Unlock()
		if do {
			forward, _ := http.NewRequestWithContext(r.Context(), r.Method, url, bytes.NewReader(body))
			forward.Header = r.Header.Clone()
			forward.Header.Del("Accept-Encoding")
			answer, err := http.DefaultClient.Do(forward)
			if err != nil {
				return
			}
			defer answer.Body.Close()
			if !down {
				for name, values := range answer.Header {
					w.Header()[name] = values
				}
				w.WriteHeader(answer.StatusCode)
				io.Copy(w, answer.Body)
				return
			}
		}
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(l.Close)
	return l
}

// over is a context that ends when the test says so.
type over struct {
	context.Context
	ended chan struct{}
}

func (o *over) Done() <-chan struct{} { return o.ended }

func (o *over) Err() error {
	select {
	case <-o.ended:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// breaks makes the line break after this many more calls.
func (l *line) breaks(calls int, after bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until, l.after, l.broke = calls, after, false
}

// mended mends the line, and reports whether it was broken.
func (l *line) mended() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until, l.then = -1, nil
	return l.broke
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestGoesOn: at whatever call to the table a function breaks off, the caller who asks again gets
// the same result as without the break.
func TestGoesOn(t *testing.T) {
	url := standin.Dynalite(t)
	l := newLine(t, url)
	open := func() (*dynamo.Store, *records.Recorder) {
		table := dynamotest.Table(t, url)
		through := dynamo.New(dynamotest.Config(l.URL), table, dynamotest.DueIndex)
		return dynamo.New(dynamotest.Config(url), table, dynamotest.DueIndex), recorder(through, through.Size)
	}
	store, r := open()
	const n = 28
	for i := range n {
		must(t, store.Create(t.Context(), newNote(fmt.Sprintf("note.%02d", i), fmt.Sprintf("gp-%d@example.org", i%20), 340_000)))
	}
	c := caller(t, r, nil)
	going := filepath.Join(t.TempDir(), "going")
	want, err := c.Audit(t.Context(), nil, going)
	must(t, err)
	if want.Applications != n || want.Faults != 0 || len(want.Heads) != n {
		t.Fatalf("in one go: %+v", want)
	}
	file, err := c.File(t.Context(), afar.Person{Email: "gp-7@example.org"})
	must(t, err)
	if n := bytes.Count(file, []byte(`"kind": "note"`)); n != 2 {
		t.Fatalf("in one go: %d notes", n)
	}
	scans := l.calls["Scan"]
	if scans < 12 || l.calls["GetItem"] > 4 {
		t.Errorf("an audit and a search make the calls %v", l.calls)
	}

	same := func(name string, found *office.Audited, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if found.Applications != want.Applications || !reflect.DeepEqual(found.Heads, want.Heads) || found.Faults != 0 {
			t.Errorf("%s: %d records, %d heads, %d faults", name, found.Applications, len(found.Heads), found.Faults)
		}
	}
	broken := 0
	for n := 0; n < scans/2-1; n += 3 {
		l.breaks(n, false)
		calls := 0
		once := caller(t, r, func(ctx context.Context) context.Context { // the first call finds the line broken, the next finds it mended
			if calls++; calls == 2 && l.mended() {
				broken++
			}
			return ctx
		})
		found, err := once.Audit(t.Context(), nil, going)
		same(fmt.Sprintf("broken at call %d", n), found, err)
	}
	if broken < scans/8 {
		t.Errorf("it broke %d times", broken)
	}
	l.mended()

	// A function runs out of time on the way. Then a caller is killed, and another one goes on.
	over, late := &over{Context: t.Context(), ended: make(chan struct{})}, 0
	l.mu.Lock()
	l.until, l.then = scans/2-1, func() { close(over.ended) }
	l.mu.Unlock()
	hurried := caller(t, r, func(ctx context.Context) context.Context {
		if late++; late == 1 {
			return lambdacontext.NewContext(over, &lambdacontext.LambdaContext{InvokedFunctionArn: "arn:aws:lambda:eu-west-2:1:function:hub-records"})
		}
		l.mended()
		return ctx
	})
	found, err := hurried.Audit(t.Context(), nil, going)
	same("in two times", found, err)
	if late != 2 {
		t.Errorf("it took %d calls", late)
	}
	killed, calls := caller(t, r, nil), 0
	call := killed.Call
	l.breaks(scans/2-1, false)
	killed.Call = func(ctx context.Context, q afar.Request) ([]byte, error) {
		if calls++; calls > 1 {
			return nil, errors.New("killed")
		}
		return call(ctx, q)
	}
	if _, err := killed.Audit(t.Context(), nil, going); err == nil {
		t.Error("it was not killed")
	}
	l.mended()
	before := l.calls["Scan"]
	found, err = c.Audit(t.Context(), want.Heads, going)
	same("gone on with by another program", found, err)
	if again := l.calls["Scan"] - before; again >= scans/2 {
		t.Errorf("it reads %d pages again of %d", again, scans/2)
	}

	// An audit reports what differs from an earlier one, what is gone, and what is new.
	earlier := office.Heads{"note.99": record.Head{Sent: []byte("gone"), Events: 1, Sum: []byte("gone")}}
	for id, head := range want.Heads {
		if id == "note.03" {
			head.Sum = []byte("another")
		}
		earlier[id] = head
	}
	delete(earlier, "note.05")
	found, err = c.Audit(t.Context(), earlier, going)
	if err != nil || found.Faults != 2 || found.Heads != nil || found.Wrong[0].Reference != "note.03" || found.Wrong[1].Reference != "note.99" {
		t.Errorf("compared: %+v (%v)", found, err)
	}

	// A search cannot be continued for another person.
	one, err := c.Find(t.Context(), afar.Person{Email: "gp-7@example.org"})
	must(t, err)
	if done, err := c.Erase(t.Context(), afar.Person{Email: "gp-8@example.org"}, one, []string{"note.07", "note.27"}); err == nil {
		t.Errorf("with another person's cursor: %+v", done)
	}
}

// TestErasedOnce: an erasure that breaks off at any call, before or after the table has carried it
// out, is asked for again. Then everything about the person is gone, nothing about anybody else,
// and the erasure is reported as done.
func TestErasedOnce(t *testing.T) {
	url := standin.Dynalite(t)
	l := newLine(t, url)
	table := dynamotest.Table(t, url)
	through := dynamo.New(dynamotest.Config(l.URL), table, dynamotest.DueIndex)
	store, r := dynamo.New(dynamotest.Config(url), table, dynamotest.DueIndex), recorder(through, through.Size)
	ann, mine := afar.Person{Email: "ann@example.org"}, []string{"note.1", "note.3"}
	must(t, store.Create(t.Context(), newNote("note.2", "bea@example.org", 10)))
	c := caller(t, r, nil)
	cases := 0
	for n, happened := 0, true; happened; n++ {
		for _, after := range []bool{false, true} {
			for _, id := range mine {
				if err := store.Create(t.Context(), newNote(id, ann.Email, 10)); err != nil && !errors.Is(err, record.ErrExists) {
					t.Fatal(err)
				}
			}
			found, err := c.Find(t.Context(), ann)
			must(t, err)
			wrongly := [][]string{nil, {"note.1"}, {"note.1", "note.2"}, {"note.1", "note.2", "note.3"}}
			for _, repeated := range wrongly[:len(wrongly)*(1-min(n, 1))] { // the first time only
				if done, err := c.Erase(t.Context(), ann, found, repeated); err == nil {
					t.Fatalf("%q repeated: %+v", repeated, done)
				}
			}
			l.breaks(n, after)
			event, _ := json.Marshal(afar.Request{Do: "erase", Email: ann.Email, References: mine, Cursor: found.Cursor})
			ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{InvokedFunctionArn: "arn:aws:lambda:eu-west-2:1:function:hub-records"})
			r.Handle(ctx, event) // nobody hears the answer
			if happened = l.mended(); happened {
				cases++
			}
			done, err := c.Erase(t.Context(), ann, found, mine)
			if err != nil || !slices.Equal(done.Erased, mine) || done.Stays == "" {
				t.Fatalf("call %d, after %v: %+v (%v)", n, after, done, err)
			}
			for _, id := range mine {
				if _, err := store.Get(t.Context(), id); !errors.Is(err, record.ErrNotFound) {
					t.Fatalf("call %d, after %v: %s is there (%v)", n, after, id, err)
				}
			}
			if _, err := store.Get(t.Context(), "note.2"); err != nil {
				t.Fatalf("somebody else's: %v", err)
			}
			if due, err := store.Due(t.Context(), []record.Kind{office.Erasures}, time.Now().AddDate(1, 0, 0), 5); err != nil || len(due) > 0 {
				t.Fatalf("an erasure is not finished: %v (%v)", due, err)
			}
		}
	}
	if cases < 12 {
		t.Errorf("it broke %d times", cases)
	}
}

// busy is a store in which something happens during a walk.
type busy struct {
	record.Store
	once sync.Once
	then func()
}

func (b *busy) Records(ctx context.Context, part, parts int, after string) ([]record.Record, string, error) {
	some, next, err := b.Store.Records(ctx, part, parts, after)
	if part == 0 && next == "" {
		b.once.Do(b.then)
	}
	return some, next, err
}

// TestMeanwhile: a person's file has the newest version of each record that existed when it was
// asked for, and the records that were added since.
func TestMeanwhile(t *testing.T) {
	memory := &recordtest.Memory{}
	for i := range 60 {
		must(t, memory.Create(t.Context(), newNote(fmt.Sprintf("note.%02d", i), fmt.Sprintf("gp-%d@example.org", i%20), 10)))
	}
	store := &busy{Store: memory}
	store.then = func() {
		for i := range 8 { // in any part of the walk
			must(t, memory.Create(t.Context(), newNote(fmt.Sprintf("note.new-%d", i), "gp-7@example.org", 10)))
		}
		r, err := memory.Get(t.Context(), "note.27")
		must(t, err)
		r.Data = bytes.Replace(r.Data, []byte(`"text":"`), []byte(`"text":"later `), 1)
		must(t, memory.Update(t.Context(), r))
		must(t, memory.Delete(t.Context(), "note.07", 1))
	}
	size := func(context.Context) (int64, int64, error) { return 60, 60_000, nil }
	file, err := caller(t, recorder(store, size), nil).File(t.Context(), afar.Person{Email: "gp-7@example.org"})
	if err != nil || bytes.Count(file, []byte(`"id": "note.new`)) != 8 || !bytes.Contains(file, []byte("later x")) || bytes.Contains(file, []byte("note.07")) ||
		!bytes.Contains(file, []byte("note.47")) {
		t.Errorf("her file: %s (%v)", file, err)
	}
}

// large is a store of very many records that counts what DynamoDB would bill.
type large struct {
	record.Store
	n, size    int
	mu         sync.Mutex
	pages, got int
	units      int
}

func (l *large) at(i int) record.Record {
	return newNote(fmt.Sprintf("note.%07d", i), fmt.Sprintf("gp-%d@example.org", i), l.size)
}

func (l *large) Records(_ context.Context, part, parts int, after string) (some []record.Record, next string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pages++
	begin := part
	if after != "" {
		fmt.Sscanf(after, "note.%d", &begin)
		begin += parts
	}
	bytes := 0
	for i := begin; i < l.n; i += parts {
		if bytes+l.size+60 > 1<<20 {
			break
		}
		bytes += l.size + 60
		some = append(some, l.at(i))
	}
	l.units += (bytes + 4095) / 4096
	if len(some) > 0 && begin+len(some)*parts < l.n {
		next = some[len(some)-1].ID
	}
	return some, next, nil
}

func (l *large) Get(_ context.Context, id string) (record.Record, error) {
	l.got++
	var i int
	if _, err := fmt.Sscanf(id, "note.%d", &i); err != nil || i >= l.n {
		return record.Record{}, record.ErrNotFound
	}
	return l.at(i), nil
}

func (l *large) Update(context.Context, record.Record) error { return nil }
func (l *large) Find(context.Context, record.Kind, record.Field, string) ([]record.Record, error) {
	return nil, nil
}

// TestLarge: each of 40,000 records of 1.5 KB is read once, in pages of a megabyte, and the cost is
// what was announced. The heads come in two parts: they are 5.9 MB, a part stops at 4 MB, and the
// pages that are being read then hold at most 0.7 MB. A search reads only what it found in
// addition. From a million records on, the caller is asked first.
func TestLarge(t *testing.T) {
	store := &large{n: 40_000, size: 1500}
	size := func(context.Context) (int64, int64, error) { return int64(store.n), int64(store.n) * 1560, nil }
	r := recorder(store, size)
	c, parts := caller(t, r, nil), 0
	c.Tell = func(int) { parts++ }
	price, err := c.Call(t.Context(), afar.Request{Do: "cost"})
	must(t, err)
	var cost afar.Cost
	must(t, json.Unmarshal(price, &cost))
	found, err := c.Audit(t.Context(), nil, filepath.Join(t.TempDir(), "going"))
	if err != nil || found.Applications != store.n || len(found.Heads) != store.n || found.Faults > 0 || parts != 1 {
		t.Fatalf("%d records, %d heads, %d faults, %d parts (%v)", found.Applications, len(found.Heads), found.Faults, parts, err)
	}
	if low, high := cost.ReadUnits*99/100, cost.ReadUnits*102/100; int64(store.units) < low || int64(store.units) > high || store.got > 0 {
		t.Errorf("%d units and %d single records were read, %+v was announced", store.units, store.got, cost)
	}
	t.Logf("%d pages, %d units for %d records; said: %v", store.pages, store.units, store.n, cost)
	store.got = 0
	file, err := c.File(t.Context(), afar.Person{Email: "gp-21234@example.org"})
	if err != nil || bytes.Count(file, []byte(`"kind": "note"`)) != 1 || store.got > 3 {
		t.Errorf("one person's file: %d bytes, %d single records were read (%v)", len(file), store.got, err)
	}

	store.n = 20
	asked, answer := 0, false
	million := recorder(store, func(context.Context) (int64, int64, error) { return 1_000_000, 30e9, nil })
	c = caller(t, million, nil)
	c.Agree = func(c afar.Cost) bool {
		if asked++; c.ReadUnits != 7_324_219 || c.Dollars < 1.08 || c.Dollars > 1.10 {
			t.Errorf("a million of 30 KB: %+v", c)
		}
		return answer
	}
	store.pages = 0
	for _, answer = range []bool{false, true} {
		_, err := c.File(t.Context(), afar.Person{Email: "gp-3@example.org"})
		_, audited := c.Audit(t.Context(), nil, filepath.Join(t.TempDir(), "going"))
		if (err == nil) != answer || (audited == nil) != answer || (store.pages > 0) != answer {
			t.Errorf("answered %v: %v, %v, %d pages", answer, err, audited, store.pages)
		}
	}
	if asked != 4 {
		t.Errorf("asked %d times", asked)
	}
}
