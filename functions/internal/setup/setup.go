// Package setup is what the Lambda functions share at their start: settings, AWS, the log, the
// content.
//
// Settings come from the environment, which is an argument; each function asks for those it needs,
// and is told the names of all that are missing at once. Nothing here makes a call: a function that
// is set up wrongly ends before its first event.
package setup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"traininghub/internal/attend"
	"traininghub/internal/correction"
	"traininghub/internal/intake"
	"traininghub/internal/letter"
	"traininghub/internal/money"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/returns"
)

// Required reads settings that must be there. When all are read, missing names those that are not.
func Required(getenv func(string) string) (env func(name string) string, missing func() error) {
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

// ahead is how long work waits, so that the request for the first event is on its way before it
// begins.
const ahead = time.Millisecond

// Lazily starts to make something, and returns without waiting for it; the function that it returns
// waits. So a program asks for its first event, and reads what the editors wrote until that
// arrives. During the start Lambda gives a function a whole processor; after that only the share
// that goes with its memory, which is about a third for 512 MB.
func Lazily[T any](make func() (T, error)) func() (T, error) {
	made := sync.OnceValues(make)
	time.AfterFunc(ahead, func() { made() })
	return made
}

// Desk is a desk on the store of applications, with what the editors wrote for those. A function
// that sends letters or draws PDFs sets its mailer, sender and PDF.
func Desk(store record.Store, base string, log *slog.Logger) (*office.Desk, *page.Site, error) {
	drafts, site, err := Drafts(store, base, Letters(), log)
	if err != nil {
		return nil, nil, err
	}
	drafts.Mentoring = &intake.Crossing{Courses: drafts.Programme.MentorCourses()}
	drafts.Programme = drafts.Programme.WithoutMentoring()
	desk := office.New(drafts)
	desk.Contacts = site.Office
	return desk, site, nil
}

// Drafts is a desk of applications on a store, with all that the editors wrote and the letters of a
// table.
func Drafts(store record.Store, base string, letters letter.Table, log *slog.Logger) (*intake.Desk, *page.Site, error) {
	site, programme, err := Content(letters)
	if err != nil {
		return nil, nil, err
	}
	if site.BaseURL, err = site.PublicAddress(base); err != nil {
		return nil, nil, err
	}
	return &intake.Desk{
		Store: store, Programme: programme, Now: time.Now, BaseURL: base,
		Retain: intake.RetainDays(site.RetainDrafts, site.RetainApplications, site.RetainAccepted, site.RetainDeclined, site.RetainWithdrawn).
			WithCharges(site.RetainCharges),
		Hub: site.Fact, Log: log,
	}, site, nil
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
