package record

import (
	"context"
)

// A Message is a letter ready to go.
type Message struct {
	ID          string // Message-ID with angle brackets; the same at each try
	From        string // "Name <address>"
	To          string // one address
	ReplyTo     string // one address, or ""
	Subject     string // no personal data
	Text        string // plain text, lines ending in "\n"
	HTML        string // the same as a page that fetches nothing, or ""
	Attachments []Attachment
}

// An Attachment is a file that goes with a message.
type Attachment struct {
	Name string // no personal data: "application-CC-….pdf"
	Type string // "application/pdf"
	Data []byte
}

// A Mailer hands a message on. When Send returns nil, the message is safe with the next system
// (written to disk, or accepted by a mail server). Sending one message twice is allowed: its ID
// does not change. Errors never contain an address or anything else that a person typed.
type Mailer interface {
	Send(ctx context.Context, m Message) error
}

// A Refusal is why the next system will not take a message, however often it is tried. An error of
// [Mailer.Send] wraps one if that is so; any other may be over at the next try.
type Refusal struct {
	Dead bool   // there is no such mailbox; else the address may be right, and nobody who typed it is to blame
	Said string // what the system said: one line of at most 160 characters, without addresses; "" if nothing
}

// Error is without the system's words, since it stands in logs.
func (r *Refusal) Error() string {
	if r.Dead {
		return "there is no such mailbox"
	}
	return "refused, not for the address"
}
