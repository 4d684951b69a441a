package pair

import (
	"traininghub/internal/letter"
)

// The letters of this story. No subject line says what a letter is about, names anybody or mentions
// the service: the page behind the link does.
const (
	LetterPropose      = "pair-propose-to-mentee"    // there is a mentor to look at
	LetterRemind       = "pair-remind-to-mentee"     // they have not answered yet
	LetterNews         = "pair-news-to-mentee"       // the mentor is not available, without the reason
	LetterRegistered   = "pair-registered-to-mentee" // how to reach each other
	LetterNewsMeeting  = "pair-meeting-to-mentee"    // the mentor has entered the day of the first meeting
	LetterFit          = "pair-fit-to-mentee"        // does it fit?
	LetterSample       = "pair-sample-to-mentee"     // did this meeting take place?
	LetterFeedback     = "pair-feedback-to-mentee"   // at the end
	LetterLater        = "pair-later-to-mentee"      // some months later
	LetterLeaving      = "pair-leaving-to-mentee"    // the mentor is leaving
	LetterAskMentor    = "pair-ask-to-mentor"
	LetterRemindMentor = "pair-remind-to-mentor"
	LetterNotNeeded    = "pair-not-needed-to-mentor" // of a proposal
	// LetterRegisteredMentor says how to reach each other.
	LetterRegisteredMentor = "pair-registered-to-mentor"
	LetterMet              = "pair-meeting-to-mentor" // have you met yet?
	LetterSilent           = "pair-silent-to-mentor"  // are you still in contact?
	LetterEnded            = "pair-ended-to-mentor"   // the same words for every cause
	LetterLead             = "pair-waits-to-lead"     // something waits for you
)

// The recipients of this story's letters.
const (
	ToMentee letter.Recipient = "mentee"
	ToMentor letter.Recipient = "mentor"
	ToLead   letter.Recipient = "mentor lead"
)

// Letters is the table of the letters that this story sends.
var Letters = func() letter.Table {
	t := letter.Table{}
	for to, names := range map[letter.Recipient][]string{
		ToMentee: {
			LetterPropose, LetterRemind, LetterNews, LetterRegistered, LetterNewsMeeting, LetterFit, LetterSample, LetterFeedback,
			LetterLater, LetterLeaving,
		},
		ToMentor: {
			LetterAskMentor, LetterRemindMentor, LetterNotNeeded, LetterRegisteredMentor, LetterMet, LetterSilent, LetterEnded,
		},
		ToLead: {LetterLead},
	} {
		for _, name := range names {
			t[name] = letter.Kind{To: []letter.Recipient{to}, Fields: []string{"link", "until"}, Alone: true, NoCopy: "nothing of mentoring goes by email"}
		}
	}
	return t
}()

// about are the states in which a letter is still worth sending; in every state if it is not
// listed.
var about = map[string][]State{
	LetterPropose: {AskedMentee}, LetterRemind: {AskedMentee},
	LetterAskMentor: {AskedMentor, Offered}, LetterRemindMentor: {AskedMentor, Offered},
	LetterRegistered: running, LetterRegisteredMentor: running, LetterMet: {Registered}, LetterNewsMeeting: {Introduced},
	LetterFit: {Registered, Introduced, Active}, LetterSilent: {Active}, LetterSample: {Introduced, Active, Ended}, LetterLeaving: running,
}
