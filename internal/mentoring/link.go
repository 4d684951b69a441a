package mentoring

import (
	"context"

	"traininghub/internal/record"
)

// LinkFor is the mentee's address, and the link to their page for a letter of another story. Like
// any link it works only with their word. It replaces the key of an earlier try of the letter.
func (d *Desk) LinkFor(ctx context.Context, id, letter string) (to, link string, err error) {
	_, err = d.Requests().Amend(ctx, id, func(r *Request) error {
		to = r.Contact.Email
		r.Keys.Drop(func(k record.Key) bool { return k.Letter == letter })
		link = d.linkTo(r, letter)
		return nil
	})
	return to, link, err
}
