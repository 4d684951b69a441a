// Package ses hands letters to Amazon SES: the [record.Mailer] of a hub on AWS.
//
// SES puts a Message-ID of its own in the place of ours. So that a second copy can be known for one, ours goes along as the header
// X-Hub-Message-ID, and as two tags that come back with every event of the message: [TagReference] and [TagLetter].
//
// A message is tried once: SES has no key by which it would know a second try, so trying again after an answer that was lost
// would double the letter. The outbox tries again a minute later, and then SES's own hiccups are over.
// No error contains an address, a subject or SES's words, since it can repeat addresses: only a class and SES's name for it.
package ses

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"

	"traininghub/internal/bounce"
	"traininghub/internal/record"
)

// Names of the tags of each message.
const (
	TagReference = "reference" // the application's
	TagLetter    = "letter"    // the letter's id in its application
)

// timeout is for one message. A PDF of a long application is sent in well under a second.
const timeout = 20 * time.Second

// A Mailer hands messages to SES. It may be used from several goroutines.
type Mailer struct {
	ses              *sesv2.Client
	configurationSet string
}

var _ record.Mailer = (*Mailer)(nil)

// New returns a mailer that sends by the configuration set, to which the events of its messages belong. It makes no call.
func New(c aws.Config, configurationSet string) *Mailer {
	c.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return &Mailer{ses: sesv2.NewFromConfig(c), configurationSet: configurationSet}
}

var (
	errInvalid       = errors.New("ses: the message has no valid sender or Message-ID")
	errAddress error = refused{"no address", &record.Refusal{Dead: true, Said: "this is no email address"}}
)

// What tags may consist of, in at most 256 letters; Message-IDs are "<REFERENCE.LETTER@host>".
var messageID = regexp.MustCompile(`^<([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)@[!-;=?A-~]+>$`)

// Send implements [record.Mailer]. It returns nil once SES has accepted m.
func (m *Mailer) Send(ctx context.Context, msg record.Message) error {
	from, errFrom := mail.ParseAddress(msg.From)
	to, errTo := mail.ParseAddress(msg.To)
	id := messageID.FindStringSubmatch(msg.ID)
	switch {
	case errFrom != nil || id == nil || len(msg.ID) > 256:
		return errInvalid
	case errTo != nil:
		return errAddress
	}
	utf8 := aws.String("UTF-8")
	simple := &types.Message{
		Subject: &types.Content{Data: aws.String(printable(msg.Subject)), Charset: utf8},
		Body:    &types.Body{Text: &types.Content{Data: aws.String(msg.Text), Charset: utf8}},
		Headers: []types.MessageHeader{
			{Name: aws.String("Auto-Submitted"), Value: aws.String("auto-generated")}, // RFC 3834: nobody's holiday notice answers
			{Name: aws.String("X-Hub-Message-ID"), Value: &msg.ID},
		},
	}
	for _, a := range msg.Attachments {
		simple.Attachments = append(simple.Attachments, types.Attachment{
			FileName: aws.String(printable(a.Name)), ContentType: aws.String(printable(a.Type)), RawContent: a.Data,
			ContentDisposition:      types.AttachmentContentDispositionAttachment,
			ContentTransferEncoding: types.AttachmentContentTransferEncodingBase64, // its default is for 7-bit text
		})
	}
	in := &sesv2.SendEmailInput{
		FromEmailAddress: aws.String(from.String()), Destination: &types.Destination{ToAddresses: []string{to.String()}},
		Content: &types.EmailContent{Simple: simple}, ConfigurationSetName: &m.configurationSet,
		EmailTags: []types.MessageTag{{Name: aws.String(TagReference), Value: &id[1]}, {Name: aws.String(TagLetter), Value: &id[2]}},
	}
	// As over SMTP: what an applicant typed must not keep the letter from the STP lead.
	if reply, err := mail.ParseAddress(msg.ReplyTo); err == nil && ascii(reply.String()) {
		in.ReplyToAddresses = []string{reply.String()}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := m.ses.SendEmail(ctx, in)
	return named(err, to.Address, from.Address)
}

// A refused message is one that SES does not take, by the name of its error.
type refused struct {
	name string
	*record.Refusal
}

func (r refused) Error() string { return "ses: refused: " + r.name }
func (r refused) Unwrap() error { return r.Refusal }

// named says how it failed, without SES's words; those of a message that is refused itself go with it, without addresses.
func named(err error, addresses ...string) error {
	var api smithy.APIError
	var rejected *types.MessageRejected
	var wrong *types.BadRequestException
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("ses: stopped: %w", context.Canceled)
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("ses: no answer in time")
	case errors.As(err, &rejected), errors.As(err, &wrong):
		errors.As(err, &api)
		return refused{api.ErrorCode(), &record.Refusal{Said: bounce.Words(api.ErrorCode()+": "+api.ErrorMessage(), addresses...)}}
	case errors.As(err, &api):
		return fmt.Errorf("ses: refused: %s", api.ErrorCode())
	}
	return errors.New("ses: no answer")
}

// printable puts a space for each character that would end a header's line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
