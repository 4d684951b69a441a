// Command records is the Lambda function of the office's work with the records: what "hub person"
// and "hub audit" do on one machine. Nothing calls it but an administrator, by hand.
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	r, err := open(os.Getenv, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(r.handle)
}
