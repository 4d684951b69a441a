package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"traininghub/internal/letter"
	"traininghub/internal/record"
)

// Story returns the story of addresses, for the post. It sends the joint letters.
func (d *Desk) Story() record.Story { return jointStory{d} }

type jointStory struct{ *Desk }

// Take implements [record.Story]. It makes the link of each letter that still waits.
func (s jointStory) Take(ctx context.Context, r record.Record) (record.Taken, error) {
	b := &box{ID: r.ID}
	if err := s.boxes().Decode(r, b); err != nil {
		return record.Taken{}, err
	}
	var to string
	var links []string
	var going []held
	here := func(email string) bool { return boxOf(email) == b.ID }
	for _, h := range b.Held {
		link, email, err := s.Owner.LinkFor(ctx, h.Record, h.Letter, here)
		if err != nil {
			return record.Taken{}, err
		}
		if link != "" {
			to, links, going = email, append(links, link), append(going, h)
		}
	}
	if len(links) == 0 { // all were sent on their own, or are not needed any more
		_, err := s.boxes().Amend(ctx, b.ID, func(b *box) error {
			b.Held = nil
			b.Letters.Drop(record.Letter.IsOwed)
			return nil
		})
		return record.Taken{}, err
	}
	letters := s.letters()
	letters.Leased = func(b *box, _ *record.Letter) string {
		for i := range b.Held {
			b.Held[i].Going = slices.ContainsFunc(going,
				func(h held) bool { return h.Record == b.Held[i].Record && h.Letter == b.Held[i].Letter })
		}
		return ""
	}
	letters.Make = func(_ context.Context, _ *box, l record.Letter, _ string) (msg record.Message, err error) {
		t := s.Letters.For(l.Name, "")
		if t == nil {
			return msg, fmt.Errorf("there is no letter %q", l.Name)
		}
		msg.To = to
		t.Write(&msg, letter.With(s.Hub, map[string]string{"links": strings.Join(links, "\n\n")}))
		return msg, nil
	}
	return letters.Take(ctx, r)
}

// Mark implements [record.Story]. It marks the letters in their own records first. At worst, after
// a crash in between, the joint letter is sent once more.
func (s jointStory) Mark(ctx context.Context, id, letter string, failed error) error {
	b, err := s.boxes().Get(ctx, id)
	if err != nil {
		return err
	}
	for _, h := range b.Held {
		if failed != nil || !h.Going {
			continue
		}
		if err := s.Owner.WentTogether(ctx, h.Record, h.Letter); err != nil {
			return err
		}
	}
	return s.letters().Mark(ctx, id, letter, failed)
}

func (s jointStory) letters() *record.Letters[*box] {
	return &record.Letters[*box]{
		Keeper: s.boxes(), Now: s.Now, From: s.MailFrom,
		Outbox: func(b *box) *record.Outbox { return &b.Letters },
		Sent: func(b *box, _ string) {
			b.Held = slices.DeleteFunc(b.Held, func(h held) bool { return h.Going })
			if len(b.Held) > 0 { // more came while it was on its way
				b.jointDue(s.Now().UTC())
			}
		},
	}
}
