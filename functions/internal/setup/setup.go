// Package setup is what the Lambda functions share at their start: settings, AWS, the log, the
// content.
//
// Settings come from the environment, which is an argument; each function asks for those it needs,
// and is told the names of all that are missing at once. Nothing here makes a call: a function that
// is set up wrongly ends before its first event.
//
// All that the first answer needs is made before a function asks for its first event: until then
// Lambda gives it a whole processor, and after that only the share that goes with its memory, which
// is about a third for 512 MB.
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

// Required reads settings that must be there. When all are read, missing names those that are not.
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

// roomy lets garbage lie until 32 MB are used, so that none is collected before the first answer:
// memory is paid for whether it is used or not. When three quarters of it are full the collector
// works as hard as it must.
func roomy(getenv func(string) string) {
	if size, err := strconv.ParseInt(getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), 10, 64); err == nil {
		debug.SetGCPercent(800)
		debug.SetMemoryLimit(size << 20 / 4 * 3)
	}
}

// AWS is how to reach one service: "DYNAMODB", "SESV2", "S3", "CLOUDFRONT". All of it comes from
// the variables that Lambda sets, and AWS_ENDPOINT_URL_SERVICE as the SDKs have it. The SDK's own
// loader also looks for files, roles and instance metadata that a function does not have, at a
// third of its time to start.
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

// Desk is a desk on the store of applications, with what the editors wrote for those. A function
// that sends letters or draws PDFs sets its mailer, sender and PDF.
func Desk(store record.Store, hub *programme.Packed, log *slog.Logger) *office.Desk {
	drafts := Drafts(store, hub, log)
	drafts.Mentoring = &intake.Crossing{Courses: drafts.Programme.MentorCourses()}
	drafts.Programme = drafts.Programme.WithoutMentoring()
	desk := office.New(drafts)
	desk.Contacts = hub.Site.Office
	return desk
}

// Drafts is a desk of applications on a store, with all that the editors wrote.
func Drafts(store record.Store, hub *programme.Packed, log *slog.Logger) *intake.Desk {
	site := hub.Site
	return &intake.Desk{
		Store: store, Programme: hub.Programme, Now: time.Now, BaseURL: site.BaseURL,
		Retain: intake.RetainDays(site.RetainDrafts, site.RetainApplications, site.RetainAccepted, site.RetainDeclined, site.RetainWithdrawn).
			WithCharges(site.RetainCharges),
		Hub: site.Fact, Log: log,
	}
}

// Join lets attendance, claims and returns join a desk, for the functions whose work they are; the
// others link nothing of them. A scheme whose roles are only placeholders is closed, and the log
// says so.
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

// errLevel says that LOG_LEVEL is not one of the four.
var errLevel = errors.New("LOG_LEVEL must be DEBUG, INFO, WARN or ERROR")
