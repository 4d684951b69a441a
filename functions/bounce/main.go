// Command bounce is the Lambda function that notes on an application what SES reports about its
// letters: bounced, complained about, delayed.
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	b, err := open(os.Getenv, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(b.handle)
}
