// Package intake is the story of an application: drafted, sent, authorised by the practice,
// decided, and one day removed.
//
// The rules are here, above the stores and below the pages. A [Desk] is the one place that changes
// an [application.Application]; it keeps it in a [record.Store], one record each, by conditional
// writes:
//
//   - a draft is saved section by section, and opened again with a secret (cookie or mailed link): desk.go;
//   - sending checks everything once more and is one write: draft to received, with the letters owed.
//     Sent again, by a double click or from a second tab, it gives the same reference;
//   - the employing practice is asked by a letter to confirm its part. The first answer counts: authorise.go;
//   - the applicant sees where it stands through a mailed link, corrects an address, withdraws, agrees to the terms: status.go;
//   - letters are owed inside the record: letter.go has the table of all. [Desk.Stories] has the post take a lease on one by a conditional write,
//     makes it, hands it to a [record.Mailer] and marks it. A crash in between means a second copy with the
//     same Message-ID, never a lost one;
//   - what happened is a list of events that only grows. Its sums are a chain, by which [Desk.Check] finds what was changed behind
//     the hub's back. So each change of what an application says comes with an event in the same write;
//   - removal when the time is over leaves a row for the figures, and a trace: removal.go.
//
// What the staff do stands above it: packages decide, correction, paper, removal and office.
//
// The clock is [Desk.Now]; no personal data is in any error or log line, and no event holds what a
// person typed.
package intake
