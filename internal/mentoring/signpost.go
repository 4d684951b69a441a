package mentoring

import (
	"context"
	"slices"
	"time"

	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// name notes the signposts with the ids, each once.
func (r *Request) name(ids []string, at time.Time) {
	for _, id := range ids {
		if !slices.ContainsFunc(r.Signposted, func(s Signposted) bool { return s.To == id }) {
			r.Signposted = append(r.Signposted, Signposted{id, at.UTC()})
		}
	}
}

// Signpost notes that other help was named to the mentee, by ids of the service's signposts. If
// over, that is all that they wanted and the request ends. At least one id is needed.
func (d *Desk) Signpost(ctx context.Context, p *staff.Person, id string, to []string, over bool) (*Request, error) {
	return d.Change(ctx, p, id, func(r *Request, by string) error {
		s, now := d.Service(r.Service), d.Now()
		if s == nil {
			return ErrMove
		}
		var known []string
		for _, post := range s.Mentoring.Signposts {
			if slices.Contains(to, post.ID) {
				known = append(known, post.ID)
			}
		}
		if len(known) == 0 {
			return ErrMove
		}
		had := len(r.Signposted)
		r.name(known, now)
		switch {
		case over:
			r.Letters.Owe(newID(LetterSignposted), LetterSignposted, now)
			return r.Move(now, EventSignposted, by, p.Email, "")
		case len(r.Signposted) == had:
			return record.ErrUnchanged
		}
		r.Note(now, EventNamed, by, p.Email, "")
		return nil
	})
}
