// Package worker does the background work on the records of one store: it mails the letters that
// are due, sweeps, and takes the messages from the other store.
//
// Three kinds of event wake it. The table's stream reports changed records, and a queue brings
// messages. An event without records comes from the schedule, and starts a sweep, which finds what
// the stream missed. Other records are an error, so they are brought again and then end among the
// failures.
package worker

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"traininghub/internal/crossing"
	"traininghub/internal/dynamo"
	"traininghub/internal/office"
	"traininghub/internal/record"
)

// spare is the part of the function's time that is reserved for marking what was sent: enough for
// three tries of a call.
const spare = 10 * time.Second

// A Worker works on the records of one store.
type Worker struct {
	Office *office.Desk
	Takes  crossing.Gate // receives the messages; nil if none come
	Log    *slog.Logger
}

// sources has what both kinds of event with records say about where they come from.
type sources struct {
	Records []struct {
		From string `json:"eventSource"`
	}
}

// Handle handles an event. AWS brings again what its answer reports as failed.
func (w *Worker) Handle(ctx context.Context, event json.RawMessage) (any, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-spare))
		defer cancel()
	}
	var from sources
	if err := json.Unmarshal(event, &from); err != nil || len(from.Records) > 0 && from.Records[0].From != "aws:sqs" && from.Records[0].From != "aws:dynamodb" {
		return nil, errors.New("the event is none of the stream's, the queue's or the schedule's")
	}
	switch {
	case len(from.Records) == 0:
		return nil, w.sweep(ctx, w.Office)
	case from.Records[0].From == "aws:sqs":
		var queue events.SQSEvent
		if err := json.Unmarshal(event, &queue); err != nil {
			return nil, err
		}
		return w.messages(ctx, queue.Records), nil
	}
	var stream events.DynamoDBEvent
	if err := json.Unmarshal(event, &stream); err != nil {
		return nil, err
	}
	return w.stream(ctx, w.Office, stream.Records), nil
}

// stream works on the records that changed. The event only names them; the table says what is due.
// It stops at the first failure, and AWS brings that record and those after it again. A letter that
// SES refused is not a failure: it stays due in the table, and the sweep tries again.
func (w *Worker) stream(ctx context.Context, desk *office.Desk, records []events.DynamoDBEventRecord) events.DynamoDBEventResponse {
	done := map[string]bool{}
	for _, r := range records {
		key, ok := r.Change.Keys[dynamo.Key]
		if ok = ok && key.DataType() == events.DataTypeString; ok && (r.EventName == string(events.DynamoDBOperationTypeRemove) || done[key.String()]) {
			continue
		}
		reference, err := "", errors.New("a record of another table")
		if ok {
			reference = key.String()
			_, err = desk.Post().DeliverTo(ctx, reference)
		}
		if err != nil {
			w.Log.Error("application not seen to", "reference", reference, "error", err)
			// Records come in the order of their numbers, so this is the lowest number that failed.
			return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: r.Change.SequenceNumber}}}
		}
		done[reference] = true
	}
	return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
}

// messages takes each of the other store's messages separately. A message that cannot be taken
// stays in the queue and comes again. After some tries it moves to the failures, which sets off an
// alarm.
func (w *Worker) messages(ctx context.Context, all []events.SQSMessage) events.SQSEventResponse {
	answer := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	for _, one := range all {
		m, err := crossing.Decode([]byte(one.Body))
		if err == nil && w.Takes == nil {
			err = errors.New("no messages are for this store")
		}
		if err == nil {
			err = w.Takes.Put(ctx, m)
		}
		if err != nil {
			w.Log.Error("message not taken", "what", one.MessageId, "error", err)
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: one.MessageId})
		}
	}
	return answer
}

// sweep sends everything that is due, whether the stream reported it or not, and the weekly letters
// when it is time. For the alarms it logs how late the latest letter is, and how many courses take
// applications.
func (w *Worker) sweep(ctx context.Context, desk *office.Desk) error {
	owed, err := record.LookOwed(ctx, desk.Applications.Store, desk.Kinds(), desk.Applications.Now())
	if err != nil {
		return err
	}
	open := 0
	for _, c := range desk.Applications.Programme.Courses {
		if c.Accepts(desk.Applications.Now()) {
			open++
		}
	}
	total, swept := desk.Sweep(ctx) // if this or the next fails, letters are sent all the same
	weekly := errors.Join(swept, desk.Remind(ctx))
	for {
		n, err := desk.Post().Deliver(ctx)
		total += n
		if err != nil || n == 0 {
			w.Log.Info("swept", "done", total, "due_age_s", int(owed.Oldest.Seconds()), "open_courses", open)
			return errors.Join(weekly, err)
		}
	}
}
