package intake

import "context"

// ProveForTest marks an address as proved by its owner.
func (d *Desk) ProveForTest(email string) { d.Mailboxes().Proved(context.Background(), email) }
