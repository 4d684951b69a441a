// Command deliver is the Lambda function that sends letters. The table's stream wakes it, and a
// schedule every five minutes.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"traininghub/functions/internal/queue"
	"traininghub/functions/internal/scans"
	"traininghub/functions/internal/setup"
	"traininghub/functions/internal/worker"
	"traininghub/internal/dynamo"
	"traininghub/internal/money"
	"traininghub/internal/pdf"
	"traininghub/internal/ses"
)

func main() {
	w, err := open(os.Getenv, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(w.Handle)
}

func open(getenv func(string) string, out io.Writer) (*worker.Worker, error) {
	env, missing := setup.Required(getenv)
	store := dynamo.New(setup.AWS(getenv, "DYNAMODB"), env("TABLE"), env("DUE_INDEX"))
	mailer := ses.New(setup.AWS(getenv, "SESV2"), env("SES_CONFIGURATION_SET"))
	gate := queue.New(setup.AWS(getenv, "SQS"), env("CROSSING_QUEUE"))
	kept := scans.New(setup.AWS(getenv, "S3"), env("SCANS"))
	base, from, root := env("BASE_URL"), env("MAIL_FROM"), env("LAMBDA_TASK_ROOT")
	if err := missing(); err != nil {
		return nil, err
	}
	log, err := setup.Log(getenv, out)
	if err != nil {
		return nil, err
	}
	hub, err := setup.Content(root, base)
	if err != nil {
		return nil, err
	}
	desk := setup.Desk(store, hub, log)
	desk.Mailer, desk.Applications.MailFrom, desk.Applications.PDF = mailer, from, pdf.Render
	desk.Applications.Mentoring.Gate = gate
	desk.Applications.Scans = kept
	desk.Beside = func(ctx context.Context) error { return kept.Sweep(ctx, desk.Applications, time.Now()) }
	setup.Join(desk, hub.Site, log) // claimants sign in by its letters, too
	return &worker.Worker{Log: log, Office: desk, Takes: money.Heard(desk)}, nil
}
