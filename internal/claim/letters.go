package claim

import (
	"time"

	"traininghub/internal/course"
	"traininghub/internal/record"
)

// The letters of this story. None says in its subject what it is about, or names anybody.
const (
	LetterQueried = "claim-queried-to-claimant"
	LetterRefused = "claim-refused-to-claimant"
	LetterPaid    = "claim-paid-to-claimant"
	LetterUnpaid  = "claim-unpaid-to-claimant"
	LetterVendor  = "claim-vendor-to-claimant"
	LetterBatch   = "claim-batch-to-payer"
)

func today(now time.Time) course.Date { return course.DateOf(now) }

// tell owes the holder of the account a letter about what became of a line, if there is one about
// that.
func (a *Account) tell(act Act, l *Line, now time.Time) {
	name := map[Act]string{Query: LetterQueried, Refuse: LetterRefused, Pay: LetterPaid, Return: LetterUnpaid}[act]
	if name != "" && l.Sort == Claimed {
		a.owe(name, now)
	}
}

// owe owes the holder a letter, unless one of the name has still to go: it then speaks of this,
// too. It waits a quarter of an hour, so that one letter speaks of all lines that somebody looks at
// in one go.
func (a *Account) owe(name string, now time.Time) {
	for _, l := range a.Mail {
		if l.Name == name && l.IsOwed() && l.Attempts == 0 {
			return
		}
	}
	id := name + "-" + now.UTC().Format("20060102T150405.000")
	a.Mail.Drop(func(l record.Letter) bool { return l.IsSent() && now.Sub(l.Sent) > 90*24*time.Hour })
	a.Mail.Owe(id, name, now.Add(15*time.Minute))
}
