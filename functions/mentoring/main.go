// Command mentoring is the Lambda function for everything that people see behind the wall, below
// /mentoring/: people who ask for a mentor, the leads of areas, and the mentors.
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
	"traininghub/internal/pdf"
	"traininghub/internal/programme"
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

func open(store record.Store, hub *programme.Packed, log *slog.Logger) (*office.Desk, []web.Part) {
	w := walls.Open(store, hub, nil, log) // messages that cross are owed, and the worker sends them
	w.Office.Applications.PDF = pdf.Render
	return w.Office, walled.Pages(w, pdf.Blank)
}
