package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/letter"
	"traininghub/internal/record"
	"traininghub/internal/service"
	"traininghub/internal/wall"
)

// The letters of this story. No subject line says what a letter is about or names anybody.
const (
	LetterInvited     = "mentor-invited"     // by a lead
	LetterWelcome     = "mentor-welcome"     // accepted, or applied: asks for a profile
	LetterBack        = "mentor-sent-back"   // a lead would like to talk about the profile
	LetterListed      = "mentor-listed"      // now on the register
	LetterPlan        = "mentor-plan"        // asks for agreement
	LetterStillRight  = "mentor-still-right" // with a link to a page with two buttons
	LetterYearly      = "mentor-yearly"      // in April
	LetterSupervision = "mentor-supervision" // overdue
	LetterLeaving     = "mentor-leaving"     // the last day
	LetterToLead      = "mentor-to-lead"     // somebody on the register waits for the lead
)

// The recipients of the letters.
const (
	ToMentor letter.Recipient = "mentor"
	ToLead   letter.Recipient = "lead"
)

// Letters is the table of the letters that this story sends.
var Letters = func() letter.Table {
	t := letter.Table{}
	for _, name := range []string{LetterInvited, LetterWelcome, LetterBack, LetterListed, LetterPlan, LetterStillRight, LetterYearly,
		LetterSupervision, LetterLeaving} {
		t[name] = letter.Kind{To: []letter.Recipient{ToMentor}, Fields: []string{"link"}, Alone: true, NoCopy: "a mentor is no application"}
	}
	t[LetterToLead] = letter.Kind{To: []letter.Recipient{ToLead}, Fields: []string{"link"}, Alone: true, NoCopy: "a mentor is no application"}
	return t
}()

// The addresses of the pages of mentors and of their leads.
const (
	OwnPath  = wall.Below + "mentor/"
	LeadPath = wall.Below + "lead/mentors/"
)

// message is a message owed to the other store. It is no letter.
const message = "standing"

// forRight is the purpose of the key in the letter that asks whether the profile is still right.
const forRight = "still right"

// mailed is how long sent letters stay in the record.
const mailed = 400 * 24 * time.Hour

// owe owes the mentor a letter, unless one with the same name has not gone yet.
func (m *Mentor) owe(name string, now time.Time) { m.oweTo(name, "", now) }

// tellLeads owes a letter to the lead of each area in which the mentor mentors.
func (m *Mentor) tellLeads(now time.Time) {
	for _, s := range m.scopes() {
		m.oweTo(LetterToLead, s.ID, now)
	}
}

// tell owes the other store a message with the mentor's standing.
func (m *Mentor) tell(now time.Time) { m.oweTo(message, "", now) }

// oweTo owes a letter to the mentor, or to the lead of an area.
func (m *Mentor) oweTo(name, area string, now time.Time) {
	code := letterCode(name, area)
	for _, l := range m.Letters {
		if strings.HasPrefix(l.ID, code+".") && l.IsOwed() && l.Attempts == 0 {
			return
		}
	}
	m.Letters.Drop(func(l record.Letter) bool { return l.IsSent() && now.Sub(l.Sent) > mailed })
	m.Letters.Owe(code+"."+strconv.FormatInt(m.Version(), 10), name, now)
}

// letterCode begins the id of a letter. The Message-ID contains it, so it must reveal nothing.
func letterCode(name, area string) string {
	sum := sha256.Sum256([]byte(name + " " + area))
	return hex.EncodeToString(sum[:4])
}

// story is the story of mentors, for the post.
type story struct {
	*record.Letters[*Mentor]
	d *Desk
}

// Take also does what has become due by the clock.
func (s story) Take(ctx context.Context, r record.Record) (record.Taken, error) {
	m := s.Keeper.New(r.ID)
	if err := s.Keeper.Decode(r, m); err != nil {
		return record.Taken{}, err
	}
	m, err := s.Keeper.AmendRead(ctx, r.ID, m, func(m *Mentor) error {
		if !m.Tick(s.Now()) {
			return record.ErrUnchanged
		}
		return nil
	})
	if err == nil {
		r, err = s.Keeper.Encode(m)
	}
	if err != nil {
		return record.Taken{}, err
	}
	return s.Letters.Take(ctx, r)
}

// Post makes the letters that mentors are owed.
func (d *Desk) Post() record.Story {
	return story{&record.Letters[*Mentor]{
		Keeper: d.Mentors(), Now: d.now, From: d.Wall.MailFrom,
		Outbox: func(m *Mentor) *record.Outbox { return &m.Letters },
		Dropped: func(m *Mentor, l record.Letter) bool {
			switch l.Name {
			case LetterInvited:
				return m.State() != Invited
			case LetterStillRight:
				return m.State() != Listed || m.Asked == 0 // answered in the meantime
			}
			return l.Name != message && m.State() == Left
		},
		Leased: func(m *Mentor, l *record.Letter) string {
			switch l.Name {
			case LetterToLead:
				return d.Wall.BaseURL + LeadPath
			case LetterStillRight:
				days := 2 * m.rules.AnswerDays
				return d.Wall.BaseURL + OwnPath + "still-right/" + m.ID + "." + m.Keys.New(forRight, l.ID, d.now().UTC().AddDate(0, 0, days))
			}
			return d.Wall.BaseURL + OwnPath
		},
		Pass: func(ctx context.Context, m *Mentor, l record.Letter) (bool, error) {
			if l.Name != message {
				return false, nil
			}
			if d.Out == nil {
				return true, errors.New("there is no way to the other store yet")
			}
			s := m.Standing()
			s.Version = m.Version()
			return true, d.Out.Put(ctx, s)
		},
		Hold: d.hold,
		Make: d.message,
	}, d}
}

// hold is until when a letter must wait. Anybody can have such letters sent to any address by
// applying in somebody's name: see package mailbox. At most one of them is unsent at any time.
func (d *Desk) hold(ctx context.Context, m *Mentor, l record.Letter) (until time.Time, err error) {
	if l.Name != LetterWelcome {
		return until, nil
	}
	return d.Wall.Office.Applications.Mailboxes().Room(ctx, m.Person.Email, m.ID, l.ID)
}

// message makes a letter. A letter to a lead goes to the deputy while the lead is away, and never
// to the mentor it is about.
func (d *Desk) message(_ context.Context, m *Mentor, l record.Letter, link string) (mail record.Message, err error) {
	serviceID := ""
	if len(m.Services) > 0 {
		serviceID = m.Services[0]
	}
	t := d.Wall.Template(l.Name, serviceID)
	if t == nil {
		return mail, fmt.Errorf("there is no letter %q", l.Name)
	}
	mail.To = m.Person.Email
	if l.Name == LetterToLead {
		if mail.To, err = d.leadOf(m, l); err != nil {
			return mail, err
		}
	}
	t.Write(&mail, letter.With(d.Wall.Hub, map[string]string{"link": link}))
	return mail, nil
}

// leadOf is the address for a letter about a mentor, by the area in the letter's id.
func (d *Desk) leadOf(m *Mentor, l record.Letter) (string, error) {
	var area *service.Area
	for _, s := range d.Wall.Services() {
		for i := range s.Areas {
			if strings.HasPrefix(l.ID, letterCode(l.Name, wall.Area(s.ID, s.Areas[i].ID).ID)+".") {
				area = &s.Areas[i]
			}
		}
	}
	if area == nil {
		return "", errors.New("there is no such area any more")
	}
	to := []string{area.Lead.Email}
	if area.Deputy != nil {
		to = append(to, area.Deputy.Email)
		if area.Away(d.now()) {
			slices.Reverse(to)
		}
	}
	to = slices.DeleteFunc(to, func(email string) bool { return strings.EqualFold(email, m.Person.Email) })
	if len(to) == 0 {
		return "", errors.New("nobody else leads the area")
	}
	return to[0], nil
}

// Link returns the mentor behind a mailed link that asks whether the profile is still right;
// [record.ErrNotFound] if the link no longer works.
func (d *Desk) Link(ctx context.Context, link string) (*Mentor, error) {
	id, secret, ok := record.SplitKey(link)
	if !ok {
		return nil, record.ErrNotFound
	}
	m, err := d.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if !m.Keys.Opens(secret, forRight, d.now()) {
		return nil, record.ErrNotFound
	}
	return m, nil
}
