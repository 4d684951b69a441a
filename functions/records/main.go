// Command records is the Lambda function for the office's work with the records: what "hub person"
// and "hub audit" do on a single machine. Only an administrator calls it, by hand.
package main

import (
	"io"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"traininghub/functions/internal/records"
	"traininghub/functions/internal/scans"
	"traininghub/functions/internal/setup"
	"traininghub/internal/attend"
	"traininghub/internal/correction"
	"traininghub/internal/dynamo"
	"traininghub/internal/money"
	"traininghub/internal/returns"
)

func main() {
	r, err := open(os.Getenv, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(r.Handle)
}

func open(getenv func(string) string, out io.Writer) (*records.Recorder, error) {
	env, missing := setup.Required(getenv)
	store := dynamo.New(setup.AWS(getenv, "DYNAMODB"), env("TABLE"), env("DUE_INDEX"))
	kept := scans.New(setup.AWS(getenv, "S3"), env("SCANS"))
	root := env("LAMBDA_TASK_ROOT")
	if err := missing(); err != nil {
		return nil, err
	}
	log, err := setup.Log(getenv, out)
	if err != nil {
		return nil, err
	}
	hub, err := setup.Content(root, "")
	if err != nil {
		return nil, err
	}
	desk := setup.Desk(store, hub, log)
	desk.Applications.Scans = kept
	correction.Join(desk)
	attend.Join(desk, hub.Site)
	money.Keep(desk)
	returns.Keep(desk)
	return &records.Recorder{Log: log, Size: store.Size, Office: desk}, nil
}
