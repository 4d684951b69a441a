package mentoring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/mailbox"
	"traininghub/internal/record"
	"traininghub/internal/wall"
)

// The letters that this story sends. Each says "Your request" or "A request", and has a link. None
// has a name, a service or anything that somebody typed.
const (
	LetterReceived = "request-received"
	LetterToLead   = "request-to-lead"

	LetterLink = "request-link" // sent on demand, with the link to the page of the request

	LetterNoAnswer    = "request-no-answer"    // calls were not answered
	LetterWaitingList = "request-waiting-list" // looking takes longer than promised
	LetterSignposted  = "request-signposted"   // other help was named
)

// The recipients of the letters.
const (
	ToMentee letter.Recipient = "mentee"
	ToLead   letter.Recipient = "lead" // of the area, or the deputy
)

const noCopy = "nothing of a request is mailed: a link leads to it"

// neutral is a letter with only a link and the hub's own facts.
func neutral(to letter.Recipient) letter.Kind {
	return letter.Kind{To: []letter.Recipient{to}, Fields: []string{"link"}, Alone: true, NoCopy: noCopy}
}

// Letters is the table of the letters that this story sends.
var Letters = letter.Table{
	LetterReceived: neutral(ToMentee), LetterToLead: neutral(ToLead), LetterLink: neutral(ToMentee),
	LetterNoAnswer: neutral(ToMentee), LetterWaitingList: neutral(ToMentee), LetterSignposted: neutral(ToMentee),
	LetterWaits: neutral(ToLead),
}

// linkLife is how long the link in a letter to a mentee works. It opens the page of the request
// together with the word.
const linkLife = 60 * 24 * time.Hour

// The purposes of a request's keys.
const (
	forPage   = "page"   // a mailed link, which opens the page together with the word
	forDevice = "device" // a browser that has opened the page
)

// Post makes the letters that requests owe. Each has a link and nothing about the request.
func (d *Desk) Post() record.Story {
	return &record.Letters[*Request]{
		Keeper: d.Requests(), Now: d.Now, From: d.MailFrom,
		Outbox:  func(r *Request) *record.Outbox { return &r.Letters },
		Dropped: d.dropped, Hold: d.hold,
		Leased: func(r *Request, l *record.Letter) string {
			if Letters[l.Name].To[0] != ToMentee {
				return d.BaseURL + wall.Below + "lead/"
			}
			return d.linkTo(r, l.ID)
		},
		Make: d.message,
		Sent: func(r *Request, letter string) { r.Note(d.Now(), EventSent, ByHub, "", letter) },
	}
}

// linkTo makes the link of a letter to the mentee.
func (d *Desk) linkTo(r *Request, letter string) string {
	return d.BaseURL + wall.Below + "request/" + r.ID + "." + r.Keys.New(forPage, letter, d.Now().Add(linkLife).UTC())
}

// hold is until when a letter must wait because too many letters went to its address, which anybody
// can enter: see package mailbox.
func (d *Desk) hold(ctx context.Context, r *Request, l record.Letter) (until time.Time, err error) {
	if Letters[l.Name].To[0] != ToMentee {
		return until, nil
	}
	return d.Office.Applications.Mailboxes().Room(ctx, r.Contact.Email, r.ID, l.ID)
}

// Waiting is the [mailbox.Owner] of the letters that wait.
func (d *Desk) Waiting() mailbox.Owner { return waiting{d} }

type waiting struct{ *Desk }

// LinkFor makes it a [mailbox.Owner]. It says no more than the letter would.
func (d waiting) LinkFor(
	ctx context.Context, id, letter string, wanted func(email string) bool,
) (link, email string, err error) {
	_, err = d.Requests().Amend(ctx, id, func(r *Request) error {
		link, email = "", r.Contact.Email
		i := slices.IndexFunc(r.Letters, func(l record.Letter) bool { return l.ID == letter })
		if i < 0 || !r.Letters[i].IsOwed() || !wanted(email) {
			return record.ErrUnchanged
		}
		link = "Your request:\n" + d.linkTo(r, letter)
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		err = nil
	}
	return link, email, err
}

// WentTogether makes it a [mailbox.Owner].
func (d waiting) WentTogether(ctx context.Context, id, letter string) error {
	_, err := d.Requests().Amend(ctx, id, func(r *Request) error {
		if !r.Letters.Mark(letter, d.Now().UTC(), nil) {
			return record.ErrUnchanged
		}
		r.Note(d.Now(), EventSent, ByHub, "", letter)
		return nil
	})
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}

// dropped tells whether a due letter is no longer to be sent: the staff are not told of a request
// that is over.
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
	t.Write(&m, letter.With(d.Hub, map[string]string{"link": link}))
	return m, nil
}
