// Command publish is the Lambda function that builds the site as of now and brings it to its visitors. Whatever the event: after a
// deployment, and one minute after each quarter of an hour, which is one minute after each deadline.
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
