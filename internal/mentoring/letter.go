package mentoring

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/record"
	"traininghub/internal/wall"
)

// The letters that this story sends. Each says "Your request" or "A request", and has a link; no one
// has a name, a service or a word that somebody typed.
const (
	LetterReceived = "request-received"
	LetterToLead   = "request-to-lead"

	LetterLink = "request-link" // asked for: with the link to the page of the request

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
	LetterReceived: neutral(ToMentee), LetterToLead: neutral(ToLead), LetterLink: neutral(ToMentee),
	LetterNoAnswer: neutral(ToMentee), LetterWaitingList: neutral(ToMentee), LetterSignposted: neutral(ToMentee),
	LetterWaits: neutral(ToLead),
}

// linkLife is how long the link of a letter to a mentee opens the page of the request, with the word.
const linkLife = 60 * 24 * time.Hour

// What keys of a request open.
const (
	forPage   = "page"   // by a mailed link and the word: the page of the request
	forDevice = "device" // a browser in which both were right
)

// Post makes the letters that requests owe. Each has a link and nothing of the request.
func (d *Desk) Post() record.Story {
	return &record.Letters[*Request]{
		Keeper: d.Requests(), Now: d.Now, From: d.MailFrom,
		Outbox:  func(r *Request) *record.Outbox { return &r.Letters },
		Dropped: d.dropped,
		Leased: func(r *Request, l *record.Letter) string {
			if Letters[l.Name].To[0] != ToMentee {
				return d.BaseURL + wall.Below + "lead/"
			}
			return d.BaseURL + wall.Below + "request/" + r.ID + "." + r.Keys.New(forPage, l.ID, d.Now().Add(linkLife).UTC())
		},
		Make: d.message,
		Sent: func(r *Request, letter string) { r.Note(d.Now(), EventSent, ByHub, "", letter) },
	}
}

// dropped tells whether a letter that is due shall not go any more: nobody of the staff is told of a
// request that is over.
func (d *Desk) dropped(r *Request, l record.Letter) bool {
	state, _ := r.State()
	return Letters[l.Name].To[0] != ToMentee && !state.Open()
}

func (d *Desk) message(_ context.Context, r *Request, l record.Letter, link string) (m record.Message, err error) {
	t := d.Template(l.Name, r.Service)
	if t == nil {
		return m, fmt.Errorf("there is no letter %q", l.Name)
	}
	if m.To = r.Contact.Email; Letters[l.Name].To[0] != ToMentee {
		handlers := d.Handlers(r)
		if len(handlers) == 0 {
			return m, errors.New("nobody is there who may see the request")
		}
		m.To = handlers[0]
	}
	m.Subject, m.Text = t.Write(func(field string) string {
		if fact, ok := strings.CutPrefix(field, "hub."); ok {
			text, _ := d.Hub(fact)
			return text
		}
		return link
	})
	return m, nil
}
