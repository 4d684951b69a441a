package worker

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"traininghub/internal/crossing"
)

type gate struct {
	took []string
	shut bool
}

func (g *gate) Put(_ context.Context, m crossing.Message) error {
	if g.shut {
		return errors.New("the table does not answer")
	}
	g.took = append(g.took, m.Key())
	return nil
}

// TestForeign: an event that is not for this worker is an error, and a record of another table is
// given back.
func TestForeign(t *testing.T) {
	w := &Worker{Log: slog.New(slog.DiscardHandler)}
	for _, event := range []string{`{"Records":[{"EventSource":"aws:sns"}]}`, `{"Records":[{"eventSource":"aws:s3"}]}`, `{"Records":[{}]}`, `{"Records":1}`, `[]`} {
		if out, err := w.Handle(t.Context(), json.RawMessage(event)); err == nil {
			t.Errorf("%s: %v", event, out)
		}
	}
	out, err := w.Handle(t.Context(), json.RawMessage(`{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"Keys":{"key":{"S":"x"}},"SequenceNumber":"7"}}]}`))
	if got := out.(events.DynamoDBEventResponse).BatchItemFailures; err != nil || len(got) != 1 || got[0].ItemIdentifier != "7" {
		t.Errorf("another table's record: %v, %v", got, err)
	}
}

// TestMessages: each message is handled by itself. One that cannot be read or handled is given back
// by its id, and the others are done.
func TestMessages(t *testing.T) {
	g := &gate{}
	w := &Worker{Log: slog.New(slog.DiscardHandler), Takes: g}
	body := func(id string) string {
		data, err := crossing.Encode(crossing.Session{
			ID: id, Version: 1, Pair: "P-7K3D", Mentor: "SM-2C2C-2C2C", Start: time.Date(2021, 11, 2, 14, 0, 0, 0, time.UTC), Minutes: 60, Outcome: crossing.Held,
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	send := func(bodies ...string) (failed []string) {
		t.Helper()
		var queue events.SQSEvent
		for i, b := range bodies {
			queue.Records = append(queue.Records, events.SQSMessage{MessageId: string(rune('a' + i)), EventSource: "aws:sqs", Body: b})
		}
		event, err := json.Marshal(queue)
		if err != nil {
			t.Fatal(err)
		}
		out, err := w.Handle(t.Context(), event)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range out.(events.SQSEventResponse).BatchItemFailures {
			failed = append(failed, f.ItemIdentifier)
		}
		return failed
	}
	if failed := send(body("s1"), "rubbish", body("s2"), `{"session":{"id":"s3"}}`); !slices.Equal(failed, []string{"b", "d"}) {
		t.Errorf("given back: %q", failed)
	}
	if !slices.Equal(g.took, []string{"session/s1", "session/s2"}) {
		t.Errorf("taken: %q", g.took)
	}
	g.shut = true
	if failed := send(body("s4")); !slices.Equal(failed, []string{"a"}) {
		t.Errorf("given back: %q", failed)
	}
	w.Takes = nil
	if failed := send(body("s5")); !slices.Equal(failed, []string{"a"}) {
		t.Errorf("where nothing takes messages, given back: %q", failed)
	}
}
