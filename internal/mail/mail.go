// Package mail hands letters to a mail server ([SMTP]), or to a folder of .eml files ([Folder])
// that [NewOutbox] shows as a page on the machine itself. Both are a [record.Mailer], and both
// write the same message.
//
// A message keeps the Message-ID that it was given, so a mail program can tell a second copy from a
// new letter. When Send returns nil, the server has accepted the message, or it is on the disk.
// After an error it may have to be sent again. Servers repeat addresses in what they say, so the
// text of an error is only a class and SMTP's reply code.
package mail

import (
	"bytes"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"traininghub/internal/course"
	"traininghub/internal/pattern"
	"traininghub/internal/record"
)

// An Error says why a message could not be handed on.
type Error struct {
	class  string
	code   int   // SMTP's reply code; 0 if there is none
	cause  error // never one that quotes the message
	detail error // everything that is known
}

// Error is the class and, if a server gave one, its reply code: "mail: refused by the server
// (550)".
func (e *Error) Error() string {
	if e.code != 0 {
		return fmt.Sprintf("mail: %s (%d)", e.class, e.code)
	}
	if e.cause != nil && !errors.As(e.cause, new(*record.Refusal)) {
		return fmt.Sprintf("mail: %s: %v", e.class, e.cause)
	}
	return "mail: " + e.class
}

// Detail is everything that is known about the failure, with the server's own words, which may
// contain addresses. It is for the terminal of whoever runs the hub, never for a log.
func (e *Error) Detail() string {
	if e.detail == nil {
		return e.Error()
	}
	return strings.TrimPrefix(e.Error(), "mail: ") + ": " + e.detail.Error()
}

// Unwrap returns the context's or the file system's error, if that was the cause. It returns a
// [*record.Refusal] if the server refused this very message with a code of 500 or above, or if
// nobody can have its address. A server that refuses everything (a wrong password, no encryption)
// gives no Refusal, since an administrator can mend that.
func (e *Error) Unwrap() error { return e.cause }

var (
	errInvalid = &Error{class: "the message has no valid sender or Message-ID"}
	errAddress = &Error{
		class: "the message has no valid address",
		cause: &record.Refusal{Dead: true, Said: "this is no email address"},
	}
)

var messageID = pattern.Of(`^<[!-;=?A-~]+@[!-;=?A-~]+>$`)

// compose makes the message as it is sent. at is its Date. Addresses are parsed and written again,
// so that nothing in them can start another header.
func compose(m record.Message, at time.Time) (*gomail.Msg, error) {
	from, errFrom := netmail.ParseAddress(m.From)
	to, errTo := netmail.ParseAddress(m.To)
	switch {
	case errFrom != nil || !messageID().MatchString(m.ID):
		return nil, errInvalid
	case errTo != nil:
		return nil, errAddress
	}
	msg := gomail.NewMsg(
		gomail.WithNoDefaultUserAgent(), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	// Applicants may type an address that only some servers accept. The letter to the lead is then
	// sent without it: the application has the address too.
	if reply, err := netmail.ParseAddress(m.ReplyTo); err == nil && ascii(reply.String()) {
		msg.ReplyToMailAddress(reply)
	}
	msg.Subject(printable(m.Subject))
	msg.SetMessageIDWithValue(strings.Trim(m.ID, "<>"))
	msg.SetDateWithValue(at.In(course.London))
	// RFC 3834: out-of-office replies do not answer a letter that a program wrote.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" { // multipart/alternative: a mail program shows the last part that it can
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, a := range m.Attachments {
		kind := gomail.ContentType(printable(a.Type))
		msg.AttachReadSeeker(printable(a.Name), bytes.NewReader(a.Data), gomail.WithFileContentType(kind))
	}
	return msg, nil
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

// ascii reports whether every server accepts the characters of an address.
func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
