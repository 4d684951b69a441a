package functions_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/form"
	"traininghub/internal/standin"
)

// mentoring: what stands behind the wall answers on a table of its own. The lead of an area signs
// in there by a letter of its worker, and what cannot be read of the queue is given back.
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
	queue := events.SQSEvent{Records: []events.SQSMessage{{MessageId: "m1", EventSource: "aws:sqs", Body: "rubbish"}}}
	var given events.SQSEventResponse
	if err := work.Invoke(limit, queue, &given); err != nil || len(given.BatchItemFailures) != 1 || given.BatchItemFailures[0].ItemIdentifier != "m1" {
		t.Errorf("of a message that cannot be read is given back %v, %v", given, err)
	}
	var a answered
	if err := byHand.Invoke(limit, asked{"do": "audit"}, &a); err != nil || a.Refused != "" || a.Faults != 0 {
		t.Errorf("audit behind the wall: %+v, %v", a, err)
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
