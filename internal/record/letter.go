package record

import "time"

// A Letter is owed from the write that made it so until it is marked as sent.
type Letter struct {
	ID       string    `json:"id"`   // unique in its record
	Name     string    `json:"name"` // the file in content/letters, without ending
	Owed     time.Time `json:"owed"` // from when, UTC: it is late only after that
	Due      time.Time `json:"due"`  // when to try next, UTC; a lease moves it, too
	Attempts int       `json:"attempts"`
	// "<…@host>"; the same at each try, so that a second copy can be recognised
	MessageID string    `json:"message_id"`
	Sent      time.Time `json:"sent,omitzero"`     // UTC
	GivenUp   time.Time `json:"given_up,omitzero"` // UTC; when it was refused for good, and is not tried again
	Error     string    `json:"error,omitempty"`   // class of the last failure, never what a person typed
	Refused   bool      `json:"refused,omitempty"` // the last failure was a [Refusal]
}

// IsSent tells whether the letter has gone.
func (l Letter) IsSent() bool { return !l.Sent.IsZero() }

// IsOwed tells whether the letter is still to go.
func (l Letter) IsOwed() bool { return !l.IsSent() && l.GivenUp.IsZero() }

// Failed tells whether the last try did not succeed, and no other is under way.
func (l Letter) Failed() bool { return !l.IsSent() && (l.Error != "" || !l.GivenUp.IsZero()) }

// wait is how long to wait before the letter is tried again: a minute, two, four, up to an hour,
// and after three days a day. It is never given up while its record is kept.
func (l Letter) wait(now time.Time) time.Duration {
	switch {
	case now.Sub(l.Owed) > 3*24*time.Hour:
		return 24 * time.Hour
	case l.Attempts > 6:
		return time.Hour
	}
	return time.Minute << max(0, l.Attempts-1)
}
