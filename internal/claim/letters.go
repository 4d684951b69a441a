package claim

import (
	"time"

	"traininghub/internal/course"
	"traininghub/internal/record"
)

// The letters of this story. No subject says what the letter is about, or names anybody.
const (
	LetterQueried = "claim-queried-to-claimant"
	LetterRefused = "claim-refused-to-claimant"
	LetterPaid    = "claim-paid-to-claimant"
	LetterUnpaid  = "claim-unpaid-to-claimant"
	LetterVendor  = "claim-vendor-to-claimant"
	LetterBatch   = "claim-batch-to-payer"

	LetterApproved = "claim-approved-to-claimant"
	LetterRecovery = "claim-recovery-to-claimant"
)

func today(now time.Time) course.Date { return course.DateOf(now) }

// tell owes the holder of the account the letter about an act on a line, if there is one.
func (a *Account) tell(act Act, l *Line, now time.Time) {
	name := map[Act]string{
		Query: LetterQueried, Refuse: LetterRefused, Approve: LetterApproved, Pay: LetterPaid, Return: LetterUnpaid,
	}[act]
	switch {
	case l.Sort != Recovery && l.State == Recovering && act == Reverse, l.Sort == Recovery && act == Approve:
		a.owe(LetterRecovery, now)
	case name != "" && l.Sort == Claimed:
		a.owe(name, now)
	}
}

// toOld ends the id of a letter that goes to the holder's previous address.
const toOld = "-old"

// oweVendor tells the holder that the payer's reference was changed, at the present address and at
// the previous one, if any. Somebody who changed both must not be the only one who is told.
func (a *Account) oweVendor(before string, now time.Time) {
	a.owe(LetterVendor, now)
	if before != "" && before != a.Holder.Email {
		a.Before = before
		a.Mail.Owe(LetterVendor+"-"+now.UTC().Format("20060102T150405.000")+toOld, LetterVendor, now.Add(15*time.Minute))
	}
}

// owe owes the holder a letter, unless one with the name is still to be sent: that one will mention
// this too. It waits a quarter of an hour, so that one letter covers all lines that somebody deals
// with at one sitting.
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
