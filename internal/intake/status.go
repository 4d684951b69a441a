package intake

import (
	"context"
	"errors"
)

var (
	// ErrNoLink: the link or the device's key opens no application that was sent: mistyped, expired, removed or somebody else's. Nobody is
	// told which.
	ErrNoLink = errors.New("intake: the link opens no application")
	// ErrFinal: as the application stands, this cannot be done any more, or not yet.
	ErrFinal = errors.New("intake: the application does not stand so that this can be done")
)

// linked is the application that was sent and that a key opens for the purpose, or ErrNoLink.
func (d *Desk) linked(ctx context.Context, key, purpose string) (*Application, error) {
	ref, secret, ok := splitKey(key)
	if !ok {
		return nil, ErrNoLink
	}
	a, err := d.get(ctx, ref)
	if errors.Is(err, ErrNotFound) || err == nil && (a.Document == nil || !a.opens(secret, purpose, d.Now()) || d.expired(a)) {
		return nil, ErrNoLink
	}
	return a, err
}

// statusFields are the letters' fields about where an application stands.
func (d *Desk) statusFields(a *Application) map[string]string { return nil }
