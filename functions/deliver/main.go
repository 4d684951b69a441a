// Command deliver is the Lambda function that sends the letters: woken by the table's stream, and
// every five minutes by a schedule.
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	d, err := open(os.Getenv, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(d.handle)
}
