package record

import "time"

// A Letter is owed from the write that called for it until it is marked as sent.
type Letter struct {
	ID       string    `json:"id"`   // unique in its record
	Name     string    `json:"name"` // the file in content/letters, without ending
	Owed     time.Time `json:"owed"` // since when, UTC: it can only be late after that
	Due      time.Time `json:"due"`  // when to try next, UTC; a lease moves it too
	Attempts int       `json:"attempts"`
	// "<…@host>", the same at each try, so that a second copy can be recognised
	MessageID string    `json:"message_id"`
	Sent      time.Time `json:"sent,omitzero"`     // UTC
	GivenUp   time.Time `json:"given_up,omitzero"` // when it was refused for good, UTC; it is not tried again
	Error     string    `json:"error,omitempty"`   // class of the last failure, never what a person typed
	Refused   bool      `json:"refused,omitempty"` // the last failure was a [Refusal]
}

// IsSent reports whether the letter has been sent.
func (l Letter) IsSent() bool { return !l.Sent.IsZero() }

// IsOwed reports whether the letter still has to be sent.
func (l Letter) IsOwed() bool { return !l.IsSent() && l.GivenUp.IsZero() }

// Failed reports whether the last try failed and no other is under way.
func (l Letter) Failed() bool { return !l.IsSent() && (l.Error != "" || !l.GivenUp.IsZero()) }

// wait is how long to wait before the next try: a minute, then two, four and so on up to an hour,
// and after three days a day. A letter is never given up while its record is kept.
func (l Letter) wait(now time.Time) time.Duration {
	switch {
	case now.Sub(l.Owed) > 3*24*time.Hour:
		return 24 * time.Hour
	case l.Attempts > 6:
		return time.Hour
	}
	return time.Minute << max(0, l.Attempts-1)
}
