package page

import "traininghub/internal/service"

// Work is where somebody works on what a record says: pages/work.html. It is made of blocks: what
// is to know, what is in a list, what can be done. What has to be typed is asked on a page of its
// own.
type Work struct {
	SignedIn *SignedIn // nil if nobody has
	Done     string    // what was just done; "" if nothing
	Blocks   []Block
	Sections []Summary // answers, with what can be changed; below the blocks
	Onward   []Link
	Help     *service.Mentoring // who helps at once, at the end; nil for none
}

// SignedIn is who has signed in, and the way out.
type SignedIn struct {
	Name string
	Out  string // address that a press of the button posts to
}

// inReview is somebody of the staff who has signed in below /review/.
func inReview(name string) SignedIn { return SignedIn{name, "/review/sign-out"} }

// A Block is a part of the page, in this order.
type Block struct {
	ID      string // by which other pages lead to it; none if ""
	Title   string // "" for the first
	Text    []string
	Note    []string // stands out: what waits for somebody
	Facts   []Fact
	Table   *MoneyTable
	Links   []Link
	Buttons []Button
}

// A Button does something by being pressed.
type Button struct {
	Text   string
	Action string
	Second bool // it is not the first thing to do
	Warns  bool // it destroys something
	Hidden []Hidden
}
