package pair

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/letter"
	"traininghub/internal/record"
)

// The addresses to which this story's letters link.
const (
	MentorPath = "/mentoring/mentor/"
	LeadPath   = "/mentoring/lead/pairs"

	FeedbackPath = "/mentoring/feedback/"
)

// feedbackLife is how long the link in a letter opens the questions.
const feedbackLife = 60 * 24 * time.Hour

// Post is the story of pairs for the post: changes due by time, letters, and messages to payers.
func (d *Desk) Post() record.Story {
	return story{&record.Letters[*Pair]{
		Keeper: d.pairs(), Now: d.Now, From: d.MailFrom, Outbox: func(p *Pair) *record.Outbox { return &p.Mail },
		Dropped: func(p *Pair, l record.Letter) bool {
			use := useOf(l.Name)
			return !p.hasToSay(l) || use != "" && (d.Programme.Sheet(use, p.Service) == nil || p.Email == "")
		},
		Pass: d.pass, Make: d.letter,
		Leased: func(p *Pair, l *record.Letter) string {
			use := useOf(l.Name)
			if use == "" {
				return ""
			}
			p.Keys.Drop(func(k record.Key) bool { return k.For == use })
			return d.BaseURL + FeedbackPath + p.ID + "." + p.Keys.New(use, l.ID, d.Now().Add(feedbackLife).UTC())
		},
		Sent: func(p *Pair, id string) {
			if !p.asksLater() {
				p.Email = "" // no more questions will be asked
			}
		},
	}, d}
}

type story struct {
	*record.Letters[*Pair]
	d *Desk
}

// Take first makes the changes that are due by time, and then returns a letter.
func (s story) Take(ctx context.Context, r record.Record) (record.Taken, error) {
	p := &Pair{ID: r.ID}
	if err := s.d.pairs().Decode(r, p); err != nil {
		return record.Taken{}, err
	}
	if !p.Until.IsZero() && !s.d.Now().Before(p.Until) {
		return record.Taken{}, s.d.tick(ctx, r.ID)
	}
	return s.Letters.Take(ctx, r)
}

// tick makes the changes that are due by time.
func (d *Desk) tick(ctx context.Context, id string) error {
	_, err := d.change(ctx, id, func(_ *record.Set, t *set) error {
		p := t.pair
		if p.Until.IsZero() || t.now.Before(p.Until) {
			return record.ErrUnchanged
		}
		switch p.State {
		case AskedMentee, AskedMentor, Offered:
			return t.take(Step{Act: Lapse, By: Hub, At: t.now})
		case Introduced:
			return t.take(Step{Act: Confirm, By: Hub, At: t.now})
		case Active:
			if !p.Silent.IsZero() {
				return t.take(Step{Act: End, By: Hub, Cause: NoContact, At: t.now})
			}
			p.Silent = t.now
			p.Until = p.silentAt(t.rules)
			p.owe(LetterSilent, t.now)
			p.Past.Add(t.now, "asked after a long time", string(Hub), "")
		case NotMade, Ended:
			p.forget(t.now)
		default:
			p.Until = time.Time{}
		}
		return nil
	})
	if errors.Is(err, ErrNoPair) {
		return nil
	}
	return err
}

// forget removes the two people's identities when their time is over. The code, the days and the
// cohort stay.
func (p *Pair) forget(at time.Time) {
	p.Request, p.Number, p.Mentor, p.Known, p.Why, p.Area = "", "", "", "", "", ""
	p.Agreed, p.Consent, p.Extended, p.Sessions, p.Fits, p.Given, p.Keys, p.Email = nil, nil, nil, nil, nil, nil, nil, ""
	p.Talk, p.Still, p.Silent, p.Until, p.Mail = time.Time{}, time.Time{}, time.Time{}, time.Time{}, nil
	p.Past.Add(at, "forgotten", string(Hub), "")
}

// hasToSay tells whether a letter is still worth sending.
func (p *Pair) hasToSay(l record.Letter) bool {
	states, known := about[l.Name]
	if !known {
		return true
	}
	for _, s := range states {
		if p.State == s {
			return true
		}
	}
	return false
}

// letter makes a letter: neutral words and a link.
func (d *Desk) letter(ctx context.Context, p *Pair, l record.Letter, own string) (m record.Message, err error) {
	t := d.Template(l.Name, p.Service)
	if t == nil {
		return m, fmt.Errorf("there is no letter %q", l.Name)
	}
	link := ""
	switch t.To {
	case ToMentee:
		if own != "" {
			m.To, link = p.Email, own
			break
		}
		m.To, link, err = d.LinkFor(ctx, p.Request, l.ID)
	case ToMentor:
		link = d.BaseURL + MentorPath
		mentor, fault := d.mentor(ctx, p.Mentor)
		if err = fault; mentor != nil {
			m.To = mentor.Person.Email
		}
	case ToLead:
		link = d.BaseURL + LeadPath
		r, fault := d.Requests().Get(ctx, p.Request)
		if err = fault; err == nil {
			if to := d.Handlers(r); len(to) > 0 {
				m.To = to[0]
			}
		}
	}
	if err == nil && m.To == "" {
		err = errors.New("there is nobody to write to")
	}
	if err != nil {
		return m, err
	}
	fields := map[string]string{"link": link}
	if p.State.Open() {
		fields["until"] = course.DateOf(p.Until.Add(-time.Minute)).String()
	}
	t.Write(&m, letter.With(d.Hub, fields))
	return m, nil
}

// sampled is an unpredictable number from 0 to 99, always the same for a session. The mentee is
// asked about sessions whose number is below the service's percentage.
func (d *Desk) sampled(pair string, s Session) int {
	secret, err := d.Secret()
	if err != nil {
		return 100
	}
	m := hmac.New(sha256.New, secret)
	fmt.Fprintf(m, "sample %s %d", pair, s.Start.Unix())
	return int(binary.BigEndian.Uint64(m.Sum(nil)) % 100)
}
