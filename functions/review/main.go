// Command review is the Lambda function of what comes after an application was sent: the practice's
// pages, the applicant's status and the staff's, below /practice/, /status/ and /review/.
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
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/record"
	"traininghub/internal/web"
	"traininghub/internal/web/attend"
	"traininghub/internal/web/claim"
	weboffice "traininghub/internal/web/office"
	"traininghub/internal/web/practice"
	"traininghub/internal/web/returns"
	"traininghub/internal/web/review"
	"traininghub/internal/web/status"
)

func main() {
	handler, logger, err := front.Open(os.Getenv, os.Stdout, open)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(gateway.Wrap(handler, logger))
}

func open(store record.Store, base string, log *slog.Logger) (*office.Desk, *page.Site, []web.Part, error) {
	desk, site, err := setup.Desk(store, base, log)
	if err != nil {
		return nil, nil, nil, err
	}
	desk.Applications.PDF = pdf.Render
	setup.Join(desk, site, log)
	return desk, site, []web.Part{practice.Routes, status.Routes, review.Routes, claim.Routes, returns.Routes, attend.Routes, weboffice.Routes}, nil
}
