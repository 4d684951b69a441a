// Command publish is the Lambda function that builds the site as of now and publishes it, whatever
// the event says. It runs after each deployment, and one minute after each quarter of an hour, and
// so one minute after each deadline.
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	p, err := open(os.Getenv, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(p.handle)
}
