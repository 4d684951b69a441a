// Package intake is the story of an application: draft, sent, received, its letters delivered.
//
// The rules are here, above the stores and below the pages. A [Desk] is the one place that changes an
// application; it keeps it in a [Store], one record each, by conditional writes:
//
//   - a draft is saved section by section, and opened again with a secret (cookie or mailed link);
//   - sending checks everything once more and is one write: draft to received, with the letters owed.
//     Sent again, by a double click or from a second tab, it gives the same reference;
//   - the employing practice is asked by a letter to confirm its part. The first answer counts;
//   - letters are owed inside the record. [Desk.Deliver] takes a lease on one by a conditional write,
//     makes it, hands it to a [Mailer] and marks it. A crash in between means a second copy with the
//     same Message-ID, never a lost one.
//
// The clock is [Desk.Now]; no personal data is in any error or log line.
package intake
