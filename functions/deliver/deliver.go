package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"traininghub/functions/internal/setup"
	"traininghub/internal/dynamo"
	"traininghub/internal/office"
	"traininghub/internal/pdf"
	"traininghub/internal/record"
	"traininghub/internal/ses"
)

// spare is the part of the function's time that is kept for marking what was sent: enough for three
// tries of a call.
const spare = 10 * time.Second

type deliverer struct {
	open func() (*office.Desk, error)
	log  *slog.Logger
}

func open(getenv func(string) string, out io.Writer) (*deliverer, error) {
	env, missing := setup.Required(getenv)
	store := dynamo.New(setup.AWS(getenv, "DYNAMODB"), env("TABLE"), env("DUE_INDEX"))
	mailer := ses.New(setup.AWS(getenv, "SESV2"), env("SES_CONFIGURATION_SET"))
	base, from := env("BASE_URL"), env("MAIL_FROM")
	if err := missing(); err != nil {
		return nil, err
	}
	log, err := setup.Log(getenv, out)
	if err != nil {
		return nil, err
	}
	return &deliverer{log: log, open: setup.Lazily(func() (*office.Desk, error) {
		desk, _, err := setup.Desk(store, base, log)
		if err != nil {
			return nil, err
		}
		desk.Mailer, desk.Applications.MailFrom, desk.Applications.PDF = mailer, from, pdf.Render
		setup.JoinClaims(desk, log) // who claims signs in by its letters, too
		return desk, nil
	})}, nil
}

// handle takes records of the table's stream. Any other event is the schedule's, and it sweeps.
func (d *deliverer) handle(ctx context.Context, event json.RawMessage) (any, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-spare))
		defer cancel()
	}
	var stream events.DynamoDBEvent
	if err := json.Unmarshal(event, &stream); err != nil {
		return nil, errors.New("the event is neither of the stream nor of the schedule")
	}
	desk, err := d.open()
	if err != nil {
		return nil, err
	}
	if len(stream.Records) > 0 {
		return d.stream(ctx, desk, stream.Records), nil
	}
	return nil, d.sweep(ctx, desk)
}

// stream sees to the applications that changed. A record says only which application: the table
// says what is due. At the first that fails it stops, and AWS gives that one and those behind it
// again. A letter that SES did not take is no failure: it stays due in the table, and the sweep
// tries again.
func (d *deliverer) stream(ctx context.Context, desk *office.Desk, records []events.DynamoDBEventRecord) events.DynamoDBEventResponse {
	done := map[string]bool{}
	for _, r := range records {
		key, ok := r.Change.Keys[dynamo.Key]
		if !ok || key.DataType() != events.DataTypeString || r.EventName == string(events.DynamoDBOperationTypeRemove) || done[key.String()] {
			continue
		}
		if _, err := desk.Post().DeliverTo(ctx, key.String()); err != nil {
			d.log.Error("application not seen to", "reference", key.String(), "error", err)
			// Records come in the order of their numbers, so this is the lowest that failed.
			return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: r.Change.SequenceNumber}}}
		}
		done[key.String()] = true
	}
	return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
}

// sweep sends whatever is due, whether the stream told of it or not, with the weekly letters if it
// is time, and says how late the latest is and how many courses take applications, for the alarms.
func (d *deliverer) sweep(ctx context.Context, desk *office.Desk) error {
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
			d.log.Info("swept", "done", total, "due_age_s", int(owed.Oldest.Seconds()), "open_courses", open)
			return errors.Join(weekly, err)
		}
	}
}
