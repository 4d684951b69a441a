package intake

import (
	"maps"
	"slices"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/record"
)

// What a key may open.
const (
	forCookie   = "cookie"
	forLeft     = "left" // on a device that left the draft: has the link mailed again, and shows nothing
	forResume   = "resume"
	forStatus   = "status"   // in letters; works as long as the application is kept
	forFollow   = "follow"   // on a device that opened a status link
	forPractice = "practice" // in letters to the practice; shows the answer once there is one
)

// newKey gives the application another secret and returns the whole key, "REFERENCE.secret", which
// is not stored.
func newKey(a *application.Application, purpose, letter string, expires time.Time) string {
	return a.Reference + "." + a.Keys.New(purpose, letter, expires)
}

// splitKey splits a key; ok reports whether it has the form of one.
func splitKey(key string) (ref string, secret []byte, ok bool) {
	ref, secret, ok = record.SplitKey(key)
	return ref, secret, ok && application.IsReference(ref)
}

// Anybody can begin an application with somebody else's e-mail address, and a device may be shared.
// Whoever presses the button behind a link that was mailed to the address has shown that the
// mailbox is theirs. From then on the application is open only on their devices, and what was typed
// on others counts only once they have gone through it.

// prove ends the keys of devices on which no mailed link was opened. In a draft, the sections that
// were completed there have to be gone through again.
func prove(a *application.Application) {
	a.Keys.Drop(func(k record.Key) bool { return k.For == forCookie && !k.Proved })
	if a.Document == nil {
		maps.DeleteFunc(a.Answers.Done, func(section string, _ bool) bool { return !a.Answers.Proved[section] })
	}
}

// disprove is called when the address changes: nobody has opened a link that was mailed to the new
// one.
func disprove(a *application.Application) {
	a.Answers.Proved = nil
	for i := range a.Keys {
		a.Keys[i].Proved = false
	}
	a.Keys.Drop(func(k record.Key) bool { return k.For == forResume })
	a.Letters.Drop(func(l record.Letter) bool { return l.Name == application.LetterResume && !l.Sent.IsZero() })
}

// EndLinks ends all links and devices of the applicant.
func EndLinks(a *application.Application) {
	a.Keys.Drop(func(k record.Key) bool { return k.For != forPractice })
}

// proved reports whether somebody used a link that was mailed to the applicant's present address.
func proved(a *application.Application) bool {
	if slices.ContainsFunc(a.Keys, func(k record.Key) bool { return k.For == forCookie && k.Proved }) {
		return true
	}
	viewed := false
	for _, e := range a.Events {
		_, class := e.About()
		viewed = e.What == application.EventViewed ||
			viewed && !(e.What == application.EventCorrected && class == application.ClassAddress)
	}
	return viewed
}

// Unchecked reports whether a section of a draft that was opened by a mailed link has answers that
// were typed earlier, on a device that never opened one.
func Unchecked(a *application.Application, section string) bool {
	return !a.Answers.Proved[section] && (len(a.Answers.Values[section]) > 0 || len(a.Answers.Rows[section]) > 0) &&
		slices.ContainsFunc(a.Keys, func(k record.Key) bool { return k.For == forCookie && k.Proved })
}
