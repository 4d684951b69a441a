// Command submit is the Lambda function of the applicants' journey: what is below /apply/.
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"traininghub/functions/internal/front"
	"traininghub/internal/gateway"
	"traininghub/internal/web/apply"
)

func main() {
	handler, logger, err := front.Open(os.Getenv, os.Stdout, nil, nil, apply.Routes)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(gateway.Wrap(handler, logger))
}
