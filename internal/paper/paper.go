// Package paper takes what reaches the hub on paper, or as a file that somebody filled in, and
// makes an application or a part of one from it: what the office has [Entered] with its scan, and a
// [Returned] PDF with the lead's decision. Letters to somebody without an email address go by post.
//
// It stands above the story of an application and decides nothing itself; [intake.Desk] and
// [decide.Desk] do, with all their rules. The files come from outside, so they are treated as
// hostile. A [Mistake] says in words what is wrong with a file, and repeats nothing of its content.
package paper

import (
	"traininghub/internal/decide"
	"traininghub/internal/intake"
)

// A Desk is where the office enters what came on paper, and posts what goes by post.
type Desk struct{ *decide.Desk }

// Of returns the desk for paper of the desk that takes applications.
func Of(d *intake.Desk) *Desk { return &Desk{decide.Of(d)} }
