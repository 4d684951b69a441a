// Package mail hands letters on: to a mail server ([SMTP]), or to a folder of .eml files ([Folder])
// that [NewOutbox] shows as a page on the machine itself. Both are a [record.Mailer], and both
// write the same message.
//
// A message bears the Message-ID that it was given, so a second copy can be known for one. When Send
// returns nil the server has accepted the message, or it is on the disk; any error means that it may have to be sent again.
// No error contains an address, a subject or what a server said, since servers repeat addresses: only a class and
// SMTP's reply code.
//
// It is the only package that knows the mail library.
package mail

import (
	"bytes"
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"traininghub/internal/course"
	"traininghub/internal/record"
)

// An Error is why a message was not handed on.
type Error struct {
	class string
	code  int
	cause error // only of a kind that holds nothing of the message
}

// Error is the class and, if a server gave one, its reply code: "mail: refused by the server (550)".
func (e *Error) Error() string {
	if e.code != 0 {
		return fmt.Sprintf("mail: %s (%d)", e.class, e.code)
	}
	if e.cause != nil && !errors.As(e.cause, new(*record.Refusal)) {
		return fmt.Sprintf("mail: %s: %v", e.class, e.cause)
	}
	return "mail: " + e.class
}

// Unwrap gives the context's or the file system's error, if that was the cause, or a
// [*record.Refusal]: the server refused this message itself with a code from 500, or nobody can have
// its address. A server that refuses everything (a wrong password, no encryption) gives none, since an
// administrator can mend it.
func (e *Error) Unwrap() error { return e.cause }

var (
	errInvalid = &Error{class: "the message has no valid sender or Message-ID"}
	errAddress = &Error{class: "the message has no valid address", cause: &record.Refusal{Dead: true, Said: "this is no email address"}}
)

var messageID = regexp.MustCompile(`^<[!-;=?A-~]+@[!-;=?A-~]+>$`)

// compose makes the message as it goes over the wire. Addresses are parsed and written anew, so
// nothing that stands in them can begin another header; at is its Date.
func compose(m record.Message, at time.Time) (*gomail.Msg, error) {
	from, errFrom := netmail.ParseAddress(m.From)
	to, errTo := netmail.ParseAddress(m.To)
	switch {
	case errFrom != nil || !messageID.MatchString(m.ID):
		return nil, errInvalid
	case errTo != nil:
		return nil, errAddress
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	// An applicant may have typed what their own server takes and the next does not. That must not keep
	// the letter from the STP lead, who has the address in the application, too.
	if reply, err := netmail.ParseAddress(m.ReplyTo); err == nil && ascii(reply.String()) {
		msg.ReplyToMailAddress(reply)
	}
	msg.Subject(printable(m.Subject))
	msg.SetMessageIDWithValue(strings.Trim(m.ID, "<>"))
	msg.SetDateWithValue(at.In(course.London))
	// RFC 3834: nobody's holiday notice answers a letter that a program wrote.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	for _, a := range m.Attachments {
		msg.AttachReadSeeker(printable(a.Name), bytes.NewReader(a.Data), gomail.WithFileContentType(gomail.ContentType(printable(a.Type))))
	}
	return msg, nil
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

// ascii tells whether an address needs no extension of the server.
func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
