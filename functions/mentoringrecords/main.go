// Command mentoringrecords is the Lambda function for the office's work with the records behind the
// wall. Only an administrator of that side calls it, by hand.
package main

import (
	"io"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"traininghub/functions/internal/records"
	"traininghub/functions/internal/setup"
	"traininghub/functions/internal/walls"
	"traininghub/internal/dynamo"
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
	return &records.Recorder{Log: log, Size: store.Size, Office: walls.Open(store, hub, nil, log).Office}, nil
}
