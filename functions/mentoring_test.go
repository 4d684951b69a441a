package functions_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"traininghub/internal/crossing"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/form"
	"traininghub/internal/standin"
)

// A queue stands for SQS, as far as taking messages goes.
type queue struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
}

func newQueue(t *testing.T) *queue {
	q := &queue{}
	q.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ MessageBody string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("X-Amz-Target") != "AmazonSQS.SendMessage" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		q.mu.Lock()
		q.bodies = append(q.bodies, in.MessageBody)
		q.mu.Unlock()
		sum := md5.Sum([]byte(in.MessageBody))
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		json.NewEncoder(w).Encode(map[string]string{"MessageId": "1", "MD5OfMessageBody": hex.EncodeToString(sum[:])})
	}))
	t.Cleanup(q.Close)
	return q
}

// said returns the messages about a reference.
func (q *queue) said(t *testing.T, reference string) (all []crossing.Message) {
	t.Helper()
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, body := range q.bodies {
		m, err := crossing.Decode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if m.Key() == "accepted/"+reference {
			all = append(all, m)
		}
	}
	return all
}

// mentoring: the functions behind the wall work on a table of their own. The lead of an area signs
// in there by a letter from its worker, and a message that cannot be read is given back to the
// queue.
func (w *world) mentoring(t *testing.T) {
	own := *w
	own.ses = standin.SES(t)
	w = &own
	table := dynamotest.Table(t, w.db)
	pages, work, byHand := w.function(t, "mentoring", table), w.function(t, "mentoringwork", table), w.function(t, "mentoringrecords", table)
	server := httptest.NewTLSServer(gate(pages))
	t.Cleanup(server.Close)

	lead := w.services[0].Areas[0].Lead.Email
	d := &deployment{world: w, t: t, table: table, used: map[string]bool{}, deliver: work}
	b := newBrowser(t, server)
	b.get("/mentoring/lead/").want(200, "/mentoring/sign-in")
	b.post("/mentoring/sign-in", form.Values{"email": lead}).want(200, "/mentoring/sign-in.*")
	sum := sha256.Sum256([]byte(lead))
	link := d.link("staff-"+hex.EncodeToString(sum[:16]), "/mentoring/sign-in/link/")
	b.get(link).want(200, link)
	b.post(link, nil).want(200, "/mentoring/lead/")
	if !strings.Contains(b.body, w.services[0].Areas[0].Name) {
		t.Errorf("the lead's list does not name the area:\n%s", b.body)
	}

	if err := work.Invoke(limit, map[string]any{}, nil); err != nil {
		t.Errorf("sweep: %v", err)
	}
	audit := func() (records string) {
		t.Helper()
		var a answered
		if err := byHand.Invoke(limit, asked{"do": "audit"}, &a); err != nil || a.Refused != "" || a.Faults != 0 {
			t.Fatalf("audit behind the wall: %+v, %v", a, err)
		}
		return string(a.Applications)
	}
	send := func(bodies ...string) (given []string) {
		t.Helper()
		var queue events.SQSEvent
		for i, body := range bodies {
			queue.Records = append(queue.Records, events.SQSMessage{MessageId: fmt.Sprint("m", i), EventSource: "aws:sqs", Body: body})
		}
		var answer events.SQSEventResponse
		if err := work.Invoke(limit, queue, &answer); err != nil {
			t.Fatal(err)
		}
		for _, f := range answer.BatchItemFailures {
			given = append(given, f.ItemIdentifier)
		}
		return given
	}
	before := audit()
	accepted, err := crossing.Encode(crossing.Accepted{
		Reference: "SM-2C2C-2C2C", Version: 3, Course: "supporting-mentors", Name: "Zoë O'Neill " + marker, Number: "gmc 7654321",
		Email: "zoe@example.org", Practice: "V81997", Sessions: "5", Day: "2021-10-20",
	})
	if err != nil {
		t.Fatal(err)
	}
	if given := send(string(accepted), "rubbish"); !slices.Equal(given, []string{"m1"}) {
		t.Errorf("given back: %q, want only the message that cannot be read", given)
	}
	after := audit()
	if given := send(string(accepted), string(accepted)); len(given) > 0 || before == after || audit() != after {
		t.Errorf("%s records, %s after a mentor was accepted, %s after that came again; given back: %q", before, after, audit(), given)
	}

	// Somebody is erased, the table is restored to before that, and they are erased again.
	erase := func(references ...string) (a answered) {
		t.Helper()
		if err := byHand.Invoke(limit, asked{"do": "erase", "email": "zoe@example.org", "references": references}, &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	found := erase().Found
	past := dynamotest.Copy(t, w.db, table)
	if len(found) != 1 || len(erase(found[0].Reference).Erased) != 1 || len(erase().Found) != 0 {
		t.Errorf("erased behind the wall: %+v", found)
	}
	erased := audit()
	if said := w.restore(t, "MentoringTable", table, past); !strings.Contains(said, "1 records are back; 0 could not") {
		t.Errorf("the script says %s", said)
	}
	if a := erase(); len(a.Found) != 1 {
		t.Errorf("what came back behind the wall: %+v", a)
	}
	if a := erase(erasedIn(byHand.Output())...); len(a.Erased) != 1 || len(erase().Found) != 0 || audit() != erased {
		t.Errorf("erased again behind the wall: %+v", a)
	}
	for name, p := range map[string]interface {
		Kill()
		Output() string
	}{"mentoring": pages, "mentoringwork": work, "mentoringrecords": byHand} {
		p.Kill()
		w.quiet(t, name, p.Output())
		if strings.Contains(p.Output(), "example-hub.org.uk") {
			t.Errorf("%s logs an address", name)
		}
	}
}
