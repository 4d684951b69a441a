package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/document"
	"traininghub/internal/intake"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
)

// FuzzNotice: whatever SES or a stranger puts into a notice, the function does not panic, keeps and
// logs no address and no words of a mail server, and touches only the letter that the notice names.
func FuzzNotice(f *testing.F) {
	const ref, letter = "SM-2C2C-2C2C", "authorise-to-practice-1"
	tags := `"tags":{"reference":["` + ref + `"],"letter":["` + letter + `"]}`
	for _, detail := range []string{
		`{"eventType":"Bounce","mail":{"timestamp":"2021-09-20T08:00:00Z","destination":["pat@example.org"],` + tags + `},"bounce":{"bounceType":"Permanent","bounceSubType":"General","timestamp":"2021-09-20T08:00:00Z","bouncedRecipients":[{"emailAddress":"pat@example.org","diagnosticCode":"550 pat@example.org unknown"}]}}`,
		`{"eventType":"Bounce","mail":{` + tags + `},"bounce":{"bounceType":"Transient","bounceSubType":"pat@example.org"}}`,
		`{"eventType":"Complaint","mail":{` + tags + `},"complaint":{"complaintFeedbackType":"abuse\n2021"}}`,
		`{"eventType":"DeliveryDelay","mail":{` + tags + `},"deliveryDelay":{"delayType":"MailboxFull","timestamp":"9999-12-31T23:59:59Z"}}`,
		`{"eventType":"Bounce","mail":{"tags":{"reference":["sweep"],"letter":["a","b"]}},"bounce":null}`,
	} {
		f.Add([]byte(`{"source":"aws.ses","detail":` + detail + `}`))
	}
	now := time.Date(2021, 9, 20, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte) {
		var e event
		if json.Unmarshal(data, &e) != nil {
			return
		}
		var log bytes.Buffer
		store := &recordtest.Memory{}
		desk := &intake.Desk{Store: store, Programme: &programme.Programme{}, Now: func() time.Time { return now },
			Log: slog.New(slog.NewTextHandler(&log, nil)), Retain: intake.RetainDays(28, 365, 365, 365, 90)}
		a := application.Application{Reference: ref,
			Document: &document.Submission{Reference: ref, Received: now.Add(-time.Hour)},
			Events:   record.Events{{At: now.Add(-time.Hour), What: application.EventReceived, By: "applicant"}},
			Letters: record.Outbox{{ID: letter, Name: application.LetterAuthorise, Owed: now, Due: now, Sent: now},
				{ID: "other-1", Name: application.LetterToLead, Owed: now, Due: now, Sent: now}}}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Create(context.Background(), record.Record{ID: ref, Kind: record.Application, Data: text}); err != nil {
			t.Fatal(err)
		}
		if err := (&bouncer{desk, desk.Log}).handle(context.Background(), e); (err == nil) != (e.Source == "aws.ses") {
			t.Errorf("%s: %v", data, err)
		}
		r, err := store.Get(context.Background(), ref)
		if err != nil {
			t.Fatal(err)
		}
		var after application.Application
		if err := json.Unmarshal(r.Data, &after); err != nil {
			t.Fatal(err)
		}
		for _, ev := range after.Events[1:] {
			if id, note := ev.About(); id != letter && id != "other-1" || len(note) > 100 || strings.ContainsAny(note, "@\n") {
				t.Errorf("%s: the event %+v", data, ev)
			}
			if ev.At.After(now) {
				t.Errorf("%s: an event of the future, %v", data, ev.At)
			}
		}
		if strings.Contains(log.String(), "pat@") || len(log.String()) > 2000 {
			t.Errorf("%s: the log has %s", data, &log)
		}
	})
}
