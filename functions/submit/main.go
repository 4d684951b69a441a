// Command submit is the Lambda function of the applicants' journey: the handlers of package web behind an API Gateway
// HTTP API, on the table.
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"traininghub/internal/gateway"
)

func main() {
	handler, logger, err := open(os.Getenv, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(gateway.Wrap(handler, logger))
}
