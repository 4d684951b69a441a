// Package setup is what the Lambda functions share when they start: settings, AWS, the log, the
// content.
//
// Settings come from the environment, which is an argument. Each function asks for those that it
// needs, and one error names all that are missing. No call is made here: a function with wrong
// settings ends before its first event.
//
// A function prepares everything for its first answer before it asks for its first event. Until
// then Lambda gives it a whole processor, and afterwards only the share that comes with its memory:
// about a third for 512 MB.
package setup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"traininghub/internal/attend"
	"traininghub/internal/correction"
	"traininghub/internal/intake"
	"traininghub/internal/money"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/returns"
)

// Required reads required settings. After all are read, missing returns an error that names those
// that were not there.
func Required(getenv func(string) string) (env func(name string) string, missing func() error) {
	roomy(getenv)
	var names []string
	env = func(name string) string {
		value := getenv(name)
		if value == "" {
			names = append(names, name)
		}
		return value
	}
	return env, func() error {
		if names == nil {
			return nil
		}
		return fmt.Errorf("not set in the environment: %s", strings.Join(names, ", "))
	}
}

// roomy lets garbage grow to 32 MB, so that none is collected before the first answer: memory costs
// the same whether it is used or not. From three quarters of it the collector works as hard as
// necessary.
func roomy(getenv func(string) string) {
	if size, err := strconv.ParseInt(getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), 10, 64); err == nil {
		debug.SetGCPercent(800)
		debug.SetMemoryLimit(size << 20 / 4 * 3)
	}
}

// AWS is the configuration for one service: "DYNAMODB", "SESV2", "S3", "CLOUDFRONT". It comes from
// the variables that Lambda sets, and from AWS_ENDPOINT_URL_SERVICE as in the SDKs. The SDK's own
// loader also looks for files, roles and instance metadata that a function does not have, which
// takes a third of the time to start.
func AWS(getenv func(string) string, service string) aws.Config {
	c := aws.Config{
		Region: getenv("AWS_REGION"),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID: getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: getenv("AWS_SESSION_TOKEN"),
			}, nil
		}),
	}
	url := getenv("AWS_ENDPOINT_URL_" + service)
	if url == "" {
		url = getenv("AWS_ENDPOINT_URL")
	}
	if url != "" {
		c.BaseEndpoint = &url
	}
	return c
}

// Desk is an office on the store of applications, with the content for those. A function that sends
// letters or draws PDFs sets its mailer, sender and PDF.
func Desk(store record.Store, hub *programme.Packed, log *slog.Logger) *office.Desk {
	drafts := Drafts(store, hub, log)
	drafts.Mentoring = &intake.Crossing{Courses: drafts.Programme.MentorCourses()}
	drafts.Programme = drafts.Programme.WithoutMentoring()
	desk := office.New(drafts)
	desk.Contacts = hub.Site.Office
	return desk
}

// Drafts is a desk of applications on a store, with the whole content.
func Drafts(store record.Store, hub *programme.Packed, log *slog.Logger) *intake.Desk {
	site := hub.Site
	return &intake.Desk{
		Store: store, Programme: hub.Programme, Now: time.Now, BaseURL: site.BaseURL,
		Retain: intake.RetainDays(site.RetainDrafts, site.RetainApplications, site.RetainAccepted, site.RetainDeclined, site.RetainWithdrawn).
			WithCharges(site.RetainCharges),
		Hub: site.Fact, Log: log,
	}
}

// Join adds attendance, claims and returns to an office, for the functions that work on them. The
// other programs do not link their code. A scheme whose roles are only placeholders is closed, and
// the log says so.
func Join(desk *office.Desk, site *page.Site, log *slog.Logger) {
	correction.Join(desk)
	attendance := attend.Join(desk, site)
	attendance.Real = true
	claims := money.Join(desk, money.Sources{Came: attendance.Came, Finished: attendance.Finished})
	attendance.Charges = attend.LedgerOf(attendance, claims)
	heard := money.Heard(desk)
	returns.Join(desk, returns.Sources{Certificates: attendance.Certificates, Heard: heard.Mentors, Counts: heard.Counts})
	claims.Real = true
	for _, title := range claims.ClosedSchemes() {
		log.Warn("a scheme takes no claims: the address of somebody who checks, approves or pays is only an example", "scheme", title)
	}
}

// errLevel says that LOG_LEVEL is not one of the four levels.
var errLevel = errors.New("LOG_LEVEL must be DEBUG, INFO, WARN or ERROR")
