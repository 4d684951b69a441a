package functions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"traininghub/functions/internal/runtimetest"
	"traininghub/internal/application"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/gateway/gatewaytest"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/standin"
)

// A fault is something that can happen to a call on its way.
type fault string

const (
	throttled  fault = "throttled"   // the service refuses it for the moment
	failed     fault = "failed"      // the service answers 500 and has done nothing
	lost       fault = "answer lost" // the service does it, but the connection breaks before the answer
	hung       fault = "hung"        // no answer comes until the caller gives up
	late       fault = "answered late"
	killedThen fault = "killed before it" // the caller's process is killed while it makes the call
	killedThus fault = "killed after it"  // the caller's process is killed after the service has done it
)

// A proxy stands in front of a service and makes faults happen.
type proxy struct {
	*httptest.Server
	decide func(body []byte) fault
	kill   func()
}

func newProxy(t *testing.T, target string) *proxy {
	p := &proxy{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		f := p.decide(body)
		isTable := r.Header.Get("X-Amz-Target") != ""
		switch f {
		case throttled:
			code, name := http.StatusTooManyRequests, "TooManyRequestsException"
			if isTable {
				code, name = http.StatusBadRequest, "ThrottlingException"
			}
			refuse(w, code, name)
			return
		case failed:
			refuse(w, http.StatusInternalServerError, "InternalServerError")
			return
		case hung:
			<-r.Context().Done()
			return
		case killedThen:
			p.kill()
			return
		}
		forward, err := http.NewRequest(r.Method, target+r.URL.RequestURI(), bytes.NewReader(body))
		if err != nil {
			return
		}
		forward.Header = r.Header.Clone()
		forward.Header.Del("Accept-Encoding")
		resp, err := http.DefaultClient.Do(forward)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		answer, _ := io.ReadAll(resp.Body)
		switch f {
		case killedThus:
			p.kill()
			return
		case lost:
			panic(http.ErrAbortHandler)
		}
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(resp.StatusCode)
		w.Write(answer)
	}))
	t.Cleanup(p.Close)
	return p
}

func refuse(w http.ResponseWriter, code int, name string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amzn-Errortype", name)
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"__type":"com.amazonaws#%s","message":"MARKER"}`, name)
}

// faultAtEachCall sends one draft again and again, each time with another fault at another call.
// Nothing is lost. Nothing is doubled except a letter that SES accepted just before the process
// ended or the answer was lost.
func (w *world) faultAtEachCall(t *testing.T) {
	table := dynamotest.Table(t, w.db)
	def := w.programme.Forms["career-conversations"]
	b := newBrowser(t, front(t, w.function(t, "submit", table))).through(def)
	refs, err := w.store(table).Due(t.Context(), intake.Kinds, time.Now().AddDate(1, 0, 0), 1)
	if err != nil || len(refs) != 1 {
		t.Fatalf("draft: %q %v", refs, err)
	}
	draft := w.record(t, table, refs[0].ID)
	var cases, doubles atomic.Int64
	t.Run("at each call", func(t *testing.T) {
		for _, group := range []struct {
			function, service string
			faults            []fault
		}{
			{"submit", "table", []fault{throttled, failed, lost, killedThen, killedThus}},
			{"submit", "table", []fault{hung}},
			{"deliver", "SES", []fault{throttled, failed, lost, killedThen, killedThus}},
			{"deliver", "table", []fault{throttled, failed, lost}},
			{"deliver", "table", []fault{killedThen, killedThus}},
		} {
			t.Run(fmt.Sprintf("%s %s %s", group.function, group.service, group.faults[0]), func(t *testing.T) {
				t.Parallel()
				own := *w
				own.ses = standin.SES(t)
				for _, f := range group.faults {
					for n := 1; ; n++ {
						c := faultCase{w: &own, b: b, draft: draft, function: group.function, service: group.service, fault: f, n: n}
						happened, again := c.run(t)
						if t.Failed() {
							t.Fatalf("call %d %s", n, f)
						}
						if !happened {
							break // there are no more calls
						}
						cases.Add(1)
						doubles.Add(int64(again))
					}
				}
			})
		}
	})
	t.Logf("%d faults; in %d of them SES was given a letter twice", cases.Load(), doubles.Load())
	if cases.Load() < 50 && !t.Failed() {
		t.Errorf("only %d faults happened", cases.Load())
	}
}

type faultCase struct {
	w                 *world
	b                 *browser
	draft             record.Record
	function, service string
	fault             fault
	n                 int

	mu       sync.Mutex
	calls    int
	happened bool
	process  *runtimetest.Process
}

func (c *faultCase) run(t *testing.T) (happened bool, again int) {
	w, ctx := c.w, context.Background()
	if resp, err := http.Post(w.ses+"/clear-store", "application/json", strings.NewReader("{}")); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("clearing the letters: %v", err)
	}
	table := dynamotest.Table(t, w.db)
	store := w.store(table)
	if err := store.Create(ctx, c.draft); err != nil {
		t.Fatal(err)
	}
	db, ses := newProxy(t, w.db), newProxy(t, w.ses)
	running := "" // the function whose calls are counted
	decide := func(service string) func([]byte) fault {
		return func([]byte) fault {
			c.mu.Lock()
			defer c.mu.Unlock()
			if running != c.function || service != c.service {
				return ""
			}
			if c.calls++; c.calls != c.n {
				return ""
			}
			c.happened = true
			return c.fault
		}
	}
	db.decide, ses.decide = decide("table"), decide("SES")
	kill := func() { c.process.Kill() }
	db.kill, ses.kill = kill, kill
	start := func(name string) {
		var err error
		c.mu.Lock()
		running = name
		c.mu.Unlock()
		if c.process, err = runtimetest.Start(t, filepath.Join(w.bin, name), w.env(table, db.URL, ses.URL)...); err != nil {
			t.Fatal(err)
		}
	}
	defer func() { c.process.Kill() }()

	// A person who sees an error sends the form again.
	start("submit")
	server := httptest.NewTLSServer(gatewaytest.Handler(func(_ context.Context, e events.APIGatewayV2HTTPRequest) (out events.APIGatewayV2HTTPResponse, err error) {
		if err = c.process.Invoke(limit, e, &out); err == runtimetest.ErrKilled {
			start("submit")
		}
		return out, err
	}, map[string]string{"X-Origin-Secret": secret}))
	defer server.Close()
	def := w.programme.Forms["career-conversations"]
	b := &browser{t: t, server: server, client: c.b.client}
	for try := 0; ; try++ {
		if b.post("/apply/"+def.ID+"/declarations", signed(def)); b.status == 200 {
			break
		}
		if try == 3 || b.status < 500 {
			t.Fatalf("status %d at %s", b.status, b.path)
		}
	}
	if b.path != "/apply/"+def.ID+"/sent" || reference.FindString(b.body) != c.draft.ID {
		t.Fatalf("at %s", b.path)
	}
	w.quietly(t, "submit", c.process.Output())
	c.process.Kill()

	// The stream delivers again what failed. Then the sweep runs, and again five minutes later.
	start("deliver")
	invoke := func(event any) bool {
		var out events.DynamoDBEventResponse
		switch err := c.process.Invoke(limit, event, &out); {
		case err == runtimetest.ErrKilled:
			start("deliver")
			return false
		default:
			return err == nil && len(out.BatchItemFailures) == 0
		}
	}
	sent, err := store.Get(ctx, c.draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if invoke(streamed(sent)) {
			break
		}
	}
	for try := 0; ; try++ {
		r, err := store.Get(ctx, c.draft.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !due(r) {
			break
		}
		if try == 5 {
			t.Fatal("letters stay due")
		}
		var a map[string]any // an hour passes: letters due within the hour are due now
		if err := json.Unmarshal(r.Data, &a); err != nil {
			t.Fatal(err)
		}
		r.Due = r.Due.Add(-time.Hour)
		for _, l := range a["letters"].([]any) {
			l := l.(map[string]any)
			due, err := time.Parse(time.RFC3339Nano, l["due"].(string))
			if err != nil {
				t.Fatal(err)
			}
			l["due"] = due.Add(-time.Hour)
		}
		if r.Data, err = json.Marshal(a); err != nil {
			t.Fatal(err)
		}
		if err := store.Update(ctx, r); err != nil {
			t.Fatal(err)
		}
		invoke(struct{}{})
	}
	w.quietly(t, "deliver", c.process.Output())
	accepted := 0
	if c.fault == killedThen || c.fault == killedThus || c.fault == lost && c.service == "SES" {
		accepted = 1
	}
	return c.happened, w.twoMails(t, c.draft.ID, accepted)
}

// quietly is quiet for a log that may be empty.
func (w *world) quietly(t *testing.T, name, output string) {
	t.Helper()
	if output != "" {
		w.quiet(t, name, output)
	}
}

// stream: if one of several records fails, it is given back, and those before it are done. A record
// that no longer exists is no failure.
func (w *world) stream(t *testing.T) {
	table := dynamotest.Table(t, w.db)
	submit := w.function(t, "submit", table)
	def := w.programme.Forms["career-conversations"]
	var records []record.Record
	for i := range 3 {
		b := newBrowser(t, front(t, submit))
		b.gmc = fmt.Sprint(7654321 + i) // the letters of people who may be the same person wait for each other
		b.through(def).post("/apply/"+def.ID+"/declarations", signed(def))
		records = append(records, w.record(t, table, reference.FindString(b.body)))
	}
	broken := newProxy(t, w.db)
	broken.decide = func(body []byte) fault {
		if bytes.Contains(body, []byte(`"Key":{"id":{"S":"`+records[1].ID)) {
			return throttled
		}
		return ""
	}
	p, err := runtimetest.Start(t, filepath.Join(w.bin, "deliver"), w.env(table, broken.URL, w.ses)...)
	if err != nil {
		t.Fatal(err)
	}
	event := streamed(records[0], record.Record{ID: "CC-2C2C-2C2C", Kind: record.Application, Data: []byte("{}")}, records[0], records[1], records[2])
	var out events.DynamoDBEventResponse
	if err := p.Invoke(limit, event, &out); err != nil {
		t.Fatal(err)
	}
	if want := event.Records[3].Change.SequenceNumber; len(out.BatchItemFailures) != 1 || out.BatchItemFailures[0].ItemIdentifier != want {
		t.Errorf("failures %v, want %s", out.BatchItemFailures, want)
	}
	w.twoMails(t, records[0].ID, 0)
	healthy := w.function(t, "deliver", table)
	removed := streamed(records[0])
	removed.Records[0].EventName = "REMOVE"
	for _, again := range []events.DynamoDBEvent{{Records: event.Records[3:]}, streamed(records[2], records[1], records[0]), removed} {
		if err := healthy.Invoke(limit, again, &out); err != nil || len(out.BatchItemFailures) > 0 {
			t.Errorf("%v %v", out, err)
		}
	}
	for _, r := range records {
		w.twoMails(t, r.ID, 0)
	}
	p.Kill()
	w.quiet(t, "deliver", p.Output())
}

// bounces: what SES says about a letter is noted on its application once, without what it says
// about people.
func (w *world) bounces(t *testing.T) {
	table := dynamotest.Table(t, w.db)
	submit, deliver, bounce := w.function(t, "submit", table), w.function(t, "deliver", table), w.function(t, "bounce", table)
	def := w.programme.Forms["career-conversations"]
	b := newBrowser(t, front(t, submit)).through(def).post("/apply/"+def.ID+"/declarations", signed(def))
	ref := reference.FindString(b.body)
	var a application.Application
	if err := json.Unmarshal(w.record(t, table, ref).Data, &a); err != nil {
		t.Fatal(err)
	}
	toLead, toApplicant := a.Letters[0].ID, a.Letters[1].ID
	if err := deliver.Invoke(limit, streamed(w.record(t, table, ref)), nil); err != nil {
		t.Fatal(err)
	}
	event := func(reference, letter, kind, rest string) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"version":"0","source":"aws.ses","detail-type":"Email %s","detail":{"eventType":%q,"mail":{
			"timestamp":"2026-01-02T03:04:05.678Z","source":"MARKER@example.org","destination":["MARKER@example.org"],"tags":{"reference":[%q],"letter":[%q]}},%s}}`,
			kind, kind, reference, letter, rest))
	}
	const bounced = `"bounce":{"bounceType":"Permanent","bounceSubType":"General","timestamp":"2026-01-02T03:04:06.000Z","bouncedRecipients":[{"emailAddress":"MARKER@example.org","diagnosticCode":"550 MARKER"}]}`
	came := func(kind, sub string) json.RawMessage {
		return event(ref, toLead, "Bounce", fmt.Sprintf(`"bounce":{"bounceType":%q,"bounceSubType":%q,"timestamp":"2026-01-02T03:04:07.000Z"}`, kind, sub))
	}
	for _, e := range []json.RawMessage{
		came("Transient", "General"), came("Transient", "MailboxFull"), came("Undetermined", "Undetermined"),
		event(ref, toApplicant, "Bounce", bounced),
		event(ref, toApplicant, "Bounce", bounced), // the same notice again
		event(ref, toLead, "DeliveryDelay", `"deliveryDelay":{"delayType":"MailboxFull","timestamp":"2026-01-02T03:05:06.000Z"}`),
		event(ref, toApplicant, "Complaint", `"complaint":{"complaintFeedbackType":"abuse MARKER","timestamp":"2026-01-02T04:05:06.000Z"}`),
		event(ref, toApplicant, "Delivery", `"delivery":{}`),
		event(ref, "no-such-letter", "Bounce", bounced),
		event("CC-2C2C-2C2C", "application-to-lead-1", "Bounce", bounced),
		json.RawMessage(`{"source":"aws.ses","detail":{"eventType":"Bounce"}}`),
	} {
		if err := bounce.Invoke(limit, e, nil); err != nil {
			t.Errorf("%s: %v", e, err)
		}
	}
	if err := json.Unmarshal(w.record(t, table, ref).Data, &a); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range a.Events {
		if e.Who == "mail" {
			got = append(got, e.What+": "+e.Note)
		}
	}
	want := []string{
		"letter unclear: " + toLead + " Transient General", "letter rejected: " + toLead + " Transient MailboxFull", "letter unclear: " + toLead + " Undetermined Undetermined",
		"letter bounced: " + toApplicant + " Permanent General", "letter delayed: " + toLead + " MailboxFull", "complaint: " + toApplicant,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("noted:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	bounce.Kill()
	w.quiet(t, "bounce", bounce.Output())
	w.counts(t, bounce.Output(), "Bounced", "Delayed")
}
