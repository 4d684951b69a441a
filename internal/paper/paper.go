// Package paper takes what reaches the hub on paper, or as a file that somebody filled in, and
// makes it part of an application: scans, and a [Returned] PDF with the lead's decision.
//
// It stands above the story of an application and decides nothing itself; [intake.Desk] does, with
// all its rules. The files come from outside, so they are treated as hostile. A [Mistake] says in
// words what is wrong with a file, and repeats nothing of its content.
package paper
