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
