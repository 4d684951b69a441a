// Package worker does the work on the records of one store that nobody waits for: it mails the
// letters that are due, sweeps, and takes the messages that cross from the other store.
//
// Three kinds of event wake it. The table's stream tells of records that changed, a queue brings
// messages, and an event without records is the schedule's, which sweeps: what the stream missed,
// the schedule finds. Records of anything else are an error, so that they are brought again and
// then lie among the failures.
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

// spare is the part of the function's time that is kept for marking what was sent: enough for three
// tries of a call.
const spare = 10 * time.Second

// A Worker sees to the records of one store.
type Worker struct {
	Office *office.Desk
	Takes  crossing.Gate // what the messages are for; nil if none come
	Log    *slog.Logger
}

// sources are both kinds of event that have records, by where they say they come from.
type sources struct {
	Records []struct {
		From string `json:"eventSource"`
	}
}

// Handle takes an event. Its answer is what AWS needs to bring again what failed.
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

// stream sees to the records that changed. The event says only which: the table says what is due.
// At the first that fails it stops, and AWS gives that one and those behind it again. A letter that
// SES did not take is no failure: it stays due in the table, and the sweep tries again.
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
			// Records come in the order of their numbers, so this is the lowest that failed.
			return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: r.Change.SequenceNumber}}}
		}
		done[reference] = true
	}
	return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
}

// messages takes what the other store says, each for itself. One that cannot be taken stays in the
// queue, comes again, and after some tries lies among the failures, which sets off an alarm.
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

// sweep sends whatever is due, whether the stream told of it or not, with the weekly letters if it
// is time, and says how late the latest is and how many courses take applications, for the alarms.
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
	total, swept := desk.Sweep(ctx) // if it fails, as the next, the letters go all the same
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
