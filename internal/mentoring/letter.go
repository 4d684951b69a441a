package mentoring

import (
	"traininghub/internal/letter"
	"traininghub/internal/record"
)

// The letters that this story sends. Each says "Your request" or "A request", and has a link; no one
// has a name, a service or a word that somebody typed.
const (
	LetterReceived = "request-received"
	LetterToLead   = "request-to-lead"

	LetterNoAnswer    = "request-no-answer"    // to calls
	LetterWaitingList = "request-waiting-list" // looking takes longer than promised
	LetterSignposted  = "request-signposted"   // other help was named
)

// Whom the letters go to.
const (
	ToMentee letter.Recipient = "mentee"
	ToLead   letter.Recipient = "lead" // of the area, or who stands in
)

const noCopy = "nothing of a request is mailed: a link leads to it"

// neutral is a letter that says nothing but a link and the hub's own facts.
func neutral(to letter.Recipient) letter.Kind {
	return letter.Kind{To: []letter.Recipient{to}, Fields: []string{"link"}, Alone: true, NoCopy: noCopy}
}

// Letters is the table of the letters that this story sends.
var Letters = letter.Table{
	LetterReceived: neutral(ToMentee), LetterToLead: neutral(ToLead),
	LetterNoAnswer: neutral(ToMentee), LetterWaitingList: neutral(ToMentee), LetterSignposted: neutral(ToMentee),
	LetterWaits: neutral(ToLead),
}

// Post makes the letters that requests owe.
func (d *Desk) Post() record.Story { return nil }
