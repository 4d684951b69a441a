// Command review is the Lambda function of what comes after an application was sent: the practice's
// pages, the applicant's status and the staff's, below /practice/, /status/ and /review/.
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"traininghub/functions/internal/front"
	"traininghub/functions/internal/setup"
	"traininghub/internal/gateway"
	"traininghub/internal/pdf"
	"traininghub/internal/web/attend"
	"traininghub/internal/web/claim"
	"traininghub/internal/web/practice"
	"traininghub/internal/web/returns"
	"traininghub/internal/web/review"
	"traininghub/internal/web/status"
)

func main() {
	handler, logger, err := front.Open(os.Getenv, os.Stdout, pdf.Render, setup.Join, practice.Routes, status.Routes, review.Routes, claim.Routes, returns.Routes, attend.Routes)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(gateway.Wrap(handler, logger))
}
