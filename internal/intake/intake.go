// Package intake is the story of an application as its applicant and their practice see it:
// drafted, sent, authorised by the practice, followed, and one day removed.
//
// It holds the rules, above the stores and below the pages. A [Desk] is the one place that changes
// an [application.Application]. It stores each in one record of a [record.Store], by conditional
// writes:
//
//   - a draft is saved section by section, and opened again with a secret (cookie or mailed link):
//     desk.go;
//   - sending checks everything once more and is one write: the draft becomes received and owes its
//     letters. Sent again, by a double click or from a second tab, it gives the same reference;
//   - a letter asks the employing practice to confirm its part. The first answer counts:
//     authorise.go;
//   - the applicant follows it through a mailed link, corrects an address, withdraws, or agrees to
//     the terms: status.go;
//   - letters are owed inside the record: letter.go has the table of them all. [Desk.Stories] has
//     the post lease a letter by a conditional write, make it, hand it to a [record.Mailer] and
//     mark it. After a crash in between, a second copy may go with the same Message-ID, but no
//     letter is lost;
//   - events record what happened, and are only ever added. Their sums form a chain, by which
//     [Desk.Check] finds what was changed behind the hub's back. So each change of what an
//     application says is written together with an event;
//   - removal when its time is over leaves a row for the figures, and a trace: removal.go.
//
// What the staff do is in the packages above it: decide, correction, paper, removal and office.
//
// The clock is [Desk.Now]. Errors and log lines hold no personal data, and events hold nothing that
// a person typed.
package intake
