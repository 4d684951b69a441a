// Package paper is what reaches the hub on paper, or as a file that somebody filled in, and becomes
// part of an application: a [Returned] PDF with the lead's decision.
//
// It stands above the story of an application and decides nothing itself: [intake.Desk] does, with
// all its rules. Files come from outside, so they are taken for hostile. What is wrong with one is
// said in words ([Mistake]), which hold nothing of what stands in it.
package paper
