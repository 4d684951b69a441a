// Command mentoringwork is the Lambda function that does for the table behind the wall what deliver
// does for the other one: it mails the letters, sweeps, and exchanges messages with the hub's own
// table.
package main

import (
	"io"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"traininghub/functions/internal/queue"
	"traininghub/functions/internal/setup"
	"traininghub/functions/internal/walls"
	"traininghub/functions/internal/worker"
	"traininghub/internal/dynamo"
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
	w := walls.Open(store, hub, gate, log)
	w.MailFrom = from
	w.Office.Mailer, w.Office.Applications.MailFrom, w.Office.Applications.PDF = mailer, from, pdf.Render
	return &worker.Worker{Log: log, Office: w.Office, Takes: w.Mentors}, nil
}
