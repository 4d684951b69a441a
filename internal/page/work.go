package page

import "traininghub/internal/service"

// Work is a page on which somebody works on a record: pages/work.html. It is made of blocks: what
// to know, a list, what can be done. Anything to be typed is asked on a separate page.
type Work struct {
	SignedIn *SignedIn // nil if nobody is signed in
	Done     string    // what was just done; "" if nothing
	Blocks   []Block
	Sections []Summary // answers, with links for changing them; below the blocks
	Onward   []Link
	Help     *service.Mentoring // who helps at once, at the end of the page; nil for nobody
}

// SignedIn is the person who is signed in, with the way out.
type SignedIn struct {
	Name string
	Out  string // the button for signing out posts to this address
}

// inReview is a member of staff who has signed in below /review/.
func inReview(name string) SignedIn { return SignedIn{name, "/review/sign-out"} }

// A Block is a part of the page. Its fields are drawn in this order.
type Block struct {
	ID      string // other pages link to it by this; "" for none
	Title   string // "" for the first
	Text    []string
	Note    []string // stands out; it says what waits for somebody
	Facts   []Fact
	Table   *MoneyTable
	Links   []Link
	Buttons []Button
}

// A Button does something when it is pressed.
type Button struct {
	Text   string
	Action string
	Second bool // it is not the main action
	Warns  bool // it destroys something
	Hidden []Hidden
}
