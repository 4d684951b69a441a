package course

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"traininghub/internal/source"
)

// A Mode is how a course is taught: "online", "onsite" or "blended".
type Mode string

const (
	Online  Mode = "online"
	Onsite  Mode = "onsite"
	Blended Mode = "blended" // partly online, partly at a place
)

// Words are all the modes.
func (Mode) Words() []string { return []string{string(Online), string(Onsite), string(Blended)} }

// UnmarshalText reads a mode.
func (m *Mode) UnmarshalText(text []byte) error {
	for _, word := range m.Words() {
		if string(text) == word {
			*m = Mode(word)
			return nil
		}
	}
	return source.Wrongf(source.Suggest(string(text), m.Words()), "must be online, onsite or blended, not %q", text)
}

// Text is the mode as readers see it: "In person".
func (m Mode) Text() string {
	switch m {
	case Online:
		return "Online"
	case Onsite:
		return "In person"
	case Blended:
		return "Online and in person"
	}
	return ""
}

// A Place is where people meet.
type Place struct {
	Name    string `key:"name,required"`    // "Postgraduate Centre, Royal Derby Hospital"
	Town    string `key:"town,required"`    // "Derby": the town by which people look for a course
	Address string `key:"address,required"` // street and postcode, in one line
	Map     string `key:"map"`              // https address of a map
}

// String is the place in one line: "Postgraduate Centre, Uttoxeter Road, DE22 3NE, Derby".
func (p Place) String() string {
	line := p.Name + ", " + p.Address
	if !strings.Contains(line, p.Town) {
		line += ", " + p.Town
	}
	return line
}

// A Price is what a participant pays for the course: "free" or a sum. The zero Price means not
// known.
type Price struct {
	Free bool
	Sum  Money
}

// Example is a price as an editor writes it.
func (Price) Example() string { return "free" }

// Pattern is the pattern of a price.
func (Price) Pattern() string { return `free|` + Money(0).Pattern() }

// UnmarshalText reads "free" and "£120".
func (p *Price) UnmarshalText(text []byte) error {
	if string(text) == "free" {
		*p = Price{Free: true}
		return nil
	}
	if err := p.Sum.UnmarshalText(text); err != nil {
		return source.Wrongf(`write "free", or a sum like "£120"`, "must be free or in pounds, not %q", text)
	}
	if p.Sum == 0 {
		return source.Wrongf(`write "free"`, "is nothing, %q", text)
	}
	return nil
}

// String is the price as readers see it: "free", "£120"; "" if not known.
func (p Price) String() string {
	switch {
	case p.Free:
		return "free"
	case p.Sum > 0:
		return p.Sum.String()
	}
	return ""
}

// PlaceOf is where a cohort meets: at its own place, or the course's; nil if there is none.
func (c *Course) PlaceOf(k *Cohort) *Place {
	if k != nil && k.Place != nil {
		return k.Place
	}
	return c.Place
}

// Places are the places of the course and its cohorts, each once.
func (c *Course) Places() (all []Place) {
	seen := map[Place]bool{}
	add := func(p *Place) {
		if p != nil && !seen[*p] {
			seen[*p] = true
			all = append(all, *p)
		}
	}
	for i := range c.Cohorts {
		add(c.PlaceOf(&c.Cohorts[i]))
	}
	if len(all) == 0 {
		add(c.Place)
	}
	return all
}

// Where says how and where the course is taught, with a line for each place: "Online", "In person:
// Postgraduate Centre, …".
func (c *Course) Where() (lines []string) {
	mode := c.Mode.Text()
	for _, p := range c.Places() {
		lines = append(lines, strings.TrimPrefix(mode+": "+p.String(), ": "))
	}
	if lines == nil && mode != "" {
		lines = []string{mode}
	}
	return lines
}

// LeftText says how many places the cohort has left: "3 places left", "Full"; "" if its file does
// not say. Pages use [Course.LeftIn], since this text does not depend on when it is read.
func (k *Cohort) LeftText() string {
	switch {
	case k.Full:
		return "Full"
	case k.Left == 1:
		return "1 place left"
	case k.Left > 1:
		return fmt.Sprintf("%d places left", k.Left)
	}
	return ""
}

// LeftIn is LeftText of one of the course's cohorts for a reader at an instant. It is "" once
// nobody can take a place any more.
func (c *Course) LeftIn(k *Cohort, at time.Time) string {
	if k.begun(at) || c.Status(at) == Closed {
		return ""
	}
	return k.LeftText()
}

// LeftText is LeftIn for all cohorts together; "" if the file does not say it for each coming
// cohort.
func (c *Course) LeftText(at time.Time) string {
	sum := Cohort{}
	for i := range c.Cohorts {
		switch k := &c.Cohorts[i]; {
		case k.begun(at):
		case c.LeftIn(k, at) == "":
			return ""
		default:
			sum.Left, sum.Full = sum.Left+k.Left, true
		}
	}
	sum.Full = sum.Full && sum.Left == 0
	return sum.LeftText()
}

// begun reports whether the first day of the cohort has passed. It is true for a cohort without
// workshops.
func (k *Cohort) begun(at time.Time) bool {
	return len(k.Workshops) == 0 || k.Workshops[0].Date.Before(DateOf(at))
}

// places looks for contradictions in where the course is, for whom, and how many people it takes.
func (k *checker) places() {
	c := k.c
	k.place("place", c.Place)
	homeless := len(c.Cohorts) == 0 && c.Place == nil
	for i := range c.Cohorts {
		cohort, at := &c.Cohorts[i], fmt.Sprintf("cohorts.%d.", i)
		k.place(at+"place", cohort.Place)
		homeless = homeless || c.PlaceOf(cohort) == nil
		switch {
		case cohort.Full && cohort.Left > 0:
			k.add(at+"full", "take one of the two lines away", "%s is full, and has %d places left", cohort.Name, cohort.Left)
		case k.doc.Has(at+"left") && cohort.Left <= 0:
			k.add(at+"left", `write how many are left, or "full: yes" in its place`, "%s cannot have %d places left",
				cohort.Name, cohort.Left)
		case cohort.Places > 0 && cohort.Left > cohort.Places:
			k.add(at+"left", "correct one of the two", "%s has %d places left of %d", cohort.Name, cohort.Left, cohort.Places)
		}
	}
	switch {
	case c.Mode == Online && len(c.Places()) > 0:
		k.add("mode", `write "blended" or "onsite", or take the place away`, "the course is online, but has a place")
	case (c.Mode == Onsite || c.Mode == Blended) && homeless && !c.lost:
		k.add("mode", `add "place" with name, town and address to the course, or to each cohort`,
			"the course is %s, but does not say where", c.Mode)
	case c.Mode == Onsite && c.Join != "":
		k.add("join", `write "mode: blended", or take the line away`, "the course is onsite, but can be joined online")
	}
	k.https("join", c.Join)
	k.labels("topics", c.Topics)
	k.labels("audience", c.Audience)
}

func (k *checker) place(at string, p *Place) {
	if p == nil {
		return
	}
	k.https(at+".map", p.Map)
	if strings.Contains(p.Address, "\n") {
		k.add(at+".address", "put commas where the lines end", "the address must be one line")
	}
}

func (k *checker) https(at, address string) {
	if address != "" && !(strings.HasPrefix(address, "https://") && webForm().MatchString(address)) {
		k.add(at, `write it like "https://example.org/map"`, "%q must be a whole web address, not %q",
			at[strings.LastIndex(at, ".")+1:], address)
	}
}

// labelMost is the greatest length of a topic or an audience in characters: a few words for a link.
const labelMost = 40

// labels checks the words by which people look for a course.
func (k *checker) labels(key string, words []string) {
	seen := map[string]string{}
	for i, word := range words {
		at := fmt.Sprintf("%s.%d", key, i)
		label := Label(word)
		switch {
		case label == "":
			k.add(at, "write it in words", "%q cannot be an address", word)
		case len([]rune(word)) > labelMost:
			k.add(at, fmt.Sprintf("make it %d or less", labelMost), "%q has %d characters", word, len([]rune(word)))
		case seen[label] != "":
			k.add(at, "take one away", "%q stands there twice", cmp.Or(seen[label], word))
		}
		seen[label] = word
	}
}

// Label is a topic, an audience or a town as part of an address: "General practice nurses" is
// "general-practice-nurses". Two spellings of the same words have the same Label. It is "" if none
// of the words can be part of an address.
func Label(words string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(words), func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9')
	}), "-")
}
