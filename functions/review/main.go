// Command review is the Lambda function of what comes after an application was sent: the practice's pages, the applicant's status
// and the staff's, below /practice/, /status/ and /review/.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"traininghub/functions/internal/front"
	"traininghub/internal/gateway"
	"traininghub/internal/pdf"
	"traininghub/internal/web"
)

func main() {
	handler, logger, err := front.Open(os.Getenv, os.Stdout, func(s web.Settings) (http.Handler, error) {
		s.Desk.PDF = pdf.Render
		return web.New(s)
	})
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(gateway.Wrap(handler, logger))
}
