// Command mentoring is the Lambda function of everything that people see behind the wall: who asks
// for a mentor, the leads of areas and the mentors, below /mentoring/.
package main

import (
	"log"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"traininghub/functions/internal/front"
	"traininghub/functions/internal/walls"
	"traininghub/internal/gateway"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/record"
	"traininghub/internal/web"
	"traininghub/internal/web/walled"
)

func main() {
	handler, logger, err := front.Open(os.Getenv, os.Stdout, open)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(gateway.Wrap(handler, logger))
}

func open(store record.Store, base string, log *slog.Logger) (*office.Desk, *page.Site, []web.Part, error) {
	w, site, err := walls.Open(store, base, nil, log) // what crosses is owed, and the worker hands it over
	if err != nil {
		return nil, nil, nil, err
	}
	w.Office.Applications.PDF = pdf.Render
	return w.Office, site, walled.Pages(w, pdf.Blank), nil
}
