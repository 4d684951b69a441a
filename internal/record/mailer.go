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
	HTML        string // the same text as a page that fetches nothing, or ""
	Attachments []Attachment
}

// An Attachment is a file that goes with a message.
type Attachment struct {
	Name string // no personal data: "application-CC-….pdf"
	Type string // "application/pdf"
	Data []byte
}

// A Mailer hands a message on. When Send returns nil, the message is safe with the next system: on
// its disk, or accepted by a mail server. A message may be sent twice: its ID does not change.
// Errors never contain an address or anything else that a person typed.
type Mailer interface {
	Send(ctx context.Context, m Message) error
}

// A Refusal is why the next system will not take a message, however often it is tried. An error of
// [Mailer.Send] wraps a Refusal in that case. Any other error may be gone at the next try.
type Refusal struct {
	Dead bool   // there is no such mailbox; if false, the address may be right and whoever typed it is not to blame
	Said string // what the system said: one line of at most 160 characters, without addresses; "" if nothing
}

// Error leaves out the system's words, since it is logged.
func (r *Refusal) Error() string {
	if r.Dead {
		return "there is no such mailbox"
	}
	return "refused, not for the address"
}
