// Command submit is the Lambda function for the applicants' journey below /apply/, and for the
// comparison of courses.
package main

import (
	"log"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"traininghub/functions/internal/front"
	"traininghub/functions/internal/setup"
	"traininghub/internal/gateway"
	"traininghub/internal/office"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/web"
	"traininghub/internal/web/apply"
	"traininghub/internal/web/compare"
)

func main() {
	handler, logger, err := front.Open(os.Getenv, os.Stdout, open)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(gateway.Wrap(handler, logger))
}

func open(store record.Store, hub *programme.Packed, log *slog.Logger) (*office.Desk, []web.Part) {
	return setup.Desk(store, hub, log), []web.Part{apply.Routes, compare.Routes}
}
