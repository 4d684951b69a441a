// Package ses hands letters to Amazon SES: the [record.Mailer] of a hub on AWS.
//
// SES replaces our Message-ID with its own. Ours is sent in the header X-Hub-Message-ID, so that a
// second copy can be told from a new letter. It is also sent as two tags, [TagReference] and
// [TagLetter], which come back with every event of the message.
//
// Send tries once. SES cannot tell a second try from a new message, so an immediate second try
// after a lost answer would send the letter twice. The outbox tries again a minute later. SES may
// repeat addresses in its messages, so the text of an error is only a class and SES's name for it.
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

// Names of the tags on each message.
const (
	TagReference = "reference" // the application's
	TagLetter    = "letter"    // the letter's id in its application
)

// timeout is the limit for one message. The PDF of a long application takes well under a second.
const timeout = 20 * time.Second

// A Mailer hands messages to SES. It may be used from several goroutines.
type Mailer struct {
	ses              *sesv2.Client
	configurationSet string
}

var _ record.Mailer = (*Mailer)(nil)

// New returns a mailer. The configuration set decides where events of its messages go. New makes no
// call.
func New(c aws.Config, configurationSet string) *Mailer {
	c.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return &Mailer{ses: sesv2.NewFromConfig(c), configurationSet: configurationSet}
}

var (
	errInvalid       = errors.New("ses: the message has no valid sender or Message-ID")
	errAddress error = refused{"no address", &record.Refusal{Dead: true, Said: "this is no email address"}}
)

// messageID matches "<REFERENCE.LETTER@host>". The two parts are used as tags, which allow these
// characters, up to 256 of them.
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
			// RFC 3834: out-of-office replies do not answer a letter that a program wrote.
			{Name: aws.String("Auto-Submitted"), Value: aws.String("auto-generated")},
			{Name: aws.String("X-Hub-Message-ID"), Value: &msg.ID},
		},
	}
	if msg.HTML != "" {
		simple.Body.Html = &types.Content{Data: aws.String(msg.HTML), Charset: utf8}
	}
	for _, a := range msg.Attachments {
		simple.Attachments = append(simple.Attachments, types.Attachment{
			FileName:                aws.String(printable(a.Name)),
			ContentType:             aws.String(printable(a.Type)),
			RawContent:              a.Data,
			ContentDisposition:      types.AttachmentContentDispositionAttachment,
			ContentTransferEncoding: types.AttachmentContentTransferEncodingBase64, // the default is for 7-bit text
		})
	}
	in := &sesv2.SendEmailInput{
		FromEmailAddress:     aws.String(from.String()),
		Destination:          &types.Destination{ToAddresses: []string{to.String()}},
		Content:              &types.EmailContent{Simple: simple},
		ConfigurationSetName: &m.configurationSet,
		EmailTags: []types.MessageTag{
			{Name: aws.String(TagReference), Value: &id[1]},
			{Name: aws.String(TagLetter), Value: &id[2]},
		},
	}
	// As over SMTP, an address that not every server accepts is left out of the letter.
	if reply, err := mail.ParseAddress(msg.ReplyTo); err == nil && ascii(reply.String()) {
		in.ReplyToAddresses = []string{reply.String()}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := m.ses.SendEmail(ctx, in)
	return named(err, to.Address, from.Address)
}

// A refused is the error of a message that SES does not accept. name is SES's name for the error.
type refused struct {
	name string
	*record.Refusal
}

func (r refused) Error() string { return "ses: refused: " + r.name }
func (r refused) Unwrap() error { return r.Refusal }

// named says how it failed, without SES's words. Only if SES refused this very message do its words
// go with the error, for the office to read, with addresses removed.
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
		said := bounce.Words(api.ErrorCode()+": "+api.ErrorMessage(), addresses...)
		return refused{api.ErrorCode(), &record.Refusal{Said: said}}
	case errors.As(err, &api):
		return fmt.Errorf("ses: refused: %s", api.ErrorCode())
	}
	return errors.New("ses: no answer")
}

// printable replaces each character that would end a header's line with a space.
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
