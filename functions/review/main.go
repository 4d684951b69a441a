// Command review is the Lambda function for what comes after an application was sent: the pages of
// the practice, the applicant and the staff, below /practice/, /status/ and /review/.
package main

import (
	"errors"
	"log"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"traininghub/functions/internal/front"
	"traininghub/functions/internal/scans"
	"traininghub/functions/internal/setup"
	"traininghub/internal/gateway"
	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/pdf"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/web"
	"traininghub/internal/web/attend"
	"traininghub/internal/web/claim"
	weboffice "traininghub/internal/web/office"
	"traininghub/internal/web/practice"
	"traininghub/internal/web/returns"
	"traininghub/internal/web/review"
	"traininghub/internal/web/status"
	"traininghub/internal/workbook"
)

func main() {
	env, missing := setup.Required(os.Getenv)
	kept := scans.New(setup.AWS(os.Getenv, "S3"), env("SCANS"))
	handler, logger, err := front.Open(os.Getenv, os.Stdout, open(kept))
	if err := errors.Join(err, missing()); err != nil {
		log.Fatal(err)
	}
	lambda.Start(gateway.Wrap(handler, logger))
}

func open(kept intake.Scans) front.Build {
	return func(store record.Store, hub *programme.Packed, log *slog.Logger) (*office.Desk, []web.Part) {
		desk := setup.Desk(store, hub, log)
		desk.Applications.PDF, desk.Applications.Scans, desk.Book = pdf.Render, kept, workbook.Write
		setup.Join(desk, hub.Site, log)
		return desk, []web.Part{practice.Routes, status.Routes, review.Routes, claim.Routes, returns.Routes, attend.Routes, weboffice.Routes}
	}
}
