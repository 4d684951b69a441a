package returns

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"traininghub/internal/claim"
	"traininghub/internal/office"
	"traininghub/internal/scheme"
)

// A Publication is a return as everybody may see it. It never changes.
type Publication struct {
	At      time.Time `json:"at"` // UTC
	By      string    `json:"by"` // email, in lower case
	N       int       `json:"n"`  // how many snapshots were frozen then: the last of them was published
	Figures []Shown   `json:"figures"`
}

// Shown is a figure as it was published, in words.
type Shown struct {
	ID    scheme.Figure `json:"id"`
	Label string        `json:"label"`
	Means string        `json:"means"`
	Text  string        `json:"text"`
	Parts []ShownPart   `json:"parts,omitempty"`
}

// A ShownPart is some of a count as it was published.
type ShownPart struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// running reports whether a figure is a running total. Two of them, one period apart, would reveal
// what happened in the period.
func running(id scheme.Figure) bool { return id == scheme.Trained || id == scheme.MatchesToDate }

// nearest rounds a running total to the nearest 5.
func nearest(n int64) int64 { return divide(n, office.Few) * office.Few }

// published returns what can be shown of figures. Counts from 1 to 4 are hidden, with as many
// others as are needed so that nobody can work them out. Figures from behind the wall are already
// hidden there, but what they leave of a whole is not.
func published(all []Figure) (shown []Shown) {
	texts := make([]Shown, len(all))
	count := func(n int64) *office.Figure { return &office.Figure{N: int(n)} }
	var sums []office.Sum
	mentors := map[int64]*office.Figure{} // everybody who is active: shared by all figures about them
	active := func(n int64) *office.Figure {
		if mentors[n] == nil {
			mentors[n] = count(n)
		}
		return mentors[n]
	}
	var load *office.Sum // mentors by how many mentees they have
	after := []func(){}  // writes what has to wait until it is known what is hidden
	for i, f := range all {
		texts[i] = Shown{ID: f.ID, Label: f.Label, Means: f.Means, Text: f.Text()}
		s := &texts[i]
		switch {
		case f.Unknown || f.Few:
		case running(f.ID):
			s.Text = "hidden"
			if f.N == 0 || f.N >= office.Few {
				s.Text = strconv.FormatInt(nearest(f.N), 10) + " (to the nearest 5)"
			}
		case f.ID == scheme.MentorsWithout || f.ID == scheme.MentorsWithFew:
			if load == nil {
				load = &office.Sum{Total: active(f.Of), Parts: []*office.Figure{count(f.Of)}} // the rest comes first
			}
			n := count(f.N)
			load.Parts = append(load.Parts, n)
			load.Parts[0].N -= n.N
			after = append(after, func() { s.Text = of(n, load.Total) })
		case f.Sort == Count && f.Of > 0:
			n, whole := count(f.N), count(f.Of)
			sums = append(sums, office.Sum{Total: whole, Parts: []*office.Figure{n, count(f.Of - f.N)}})
			after = append(after, func() { s.Text = of(n, whole) })
		case f.Sort == Count:
			whole := office.Sum{Total: count(f.N)}
			for _, p := range f.Parts {
				whole.Parts = append(whole.Parts, count(p.N))
			}
			sums = append(sums, whole)
			after = append(after, func() {
				s.Text = whole.Total.String()
				for k, p := range f.Parts {
					s.Parts = append(s.Parts, ShownPart{p.Name, whole.Parts[k].String()})
				}
			})
		case f.Sort == Mean:
			known, missing := count(f.Of), count(f.Missing)
			sums = append(sums, office.Sum{Total: active(f.Of + f.Missing), Parts: []*office.Figure{known, missing}})
			after = append(after, func() {
				if missing.Hidden {
					s.Text = ratio(f.N, 100*f.Of)
				}
				if known.Hidden || f.Of == 0 {
					s.Text = "hidden"
				}
			})
		case f.People > 0 && f.People < office.Few || f.Sort == Days && f.Of < office.Few:
			s.Text = "hidden"
		}
	}
	if load != nil {
		sums = append(sums, *load)
	}
	office.Hide(sums)
	for _, write := range after {
		write()
	}
	return texts
}

// of returns some of a whole, as published.
func of(n, whole *office.Figure) string {
	if n.Hidden && whole.Hidden {
		return n.String()
	}
	return n.String() + " of " + whole.String()
}

// A Change is a difference between two snapshots of a period.
type Change struct {
	ID    scheme.Figure
	Label string
	Was   string
	Is    string
	By    string // for a count or a sum; "" for others
}

// Text is the change in one line.
func (c Change) Text() string {
	text := "was " + c.Was + ", is " + c.Is
	if c.By != "" {
		text += " (" + c.By + ")"
	}
	return text
}

// signed is a difference in people: "+1", "−1".
func signed(n int64) string {
	if n < 0 {
		return fmt.Sprintf("−%d", -n)
	}
	return fmt.Sprintf("+%d", n)
}

// Compare returns what differs between two sets of figures. A part of a figure counts as a figure
// of its own.
func Compare(was, is []Figure) (changes []Change) {
	for _, now := range is {
		i := slices.IndexFunc(was, func(f Figure) bool { return f.ID == now.ID })
		if i < 0 {
			changes = append(changes, Change{ID: now.ID, Label: now.Label, Was: "not reported", Is: now.Text()})
			continue
		}
		before := was[i]
		if before.Text() != now.Text() || before.N != now.N {
			changes = append(changes, Change{ID: now.ID, Label: now.Label, Was: before.Text(), Is: now.Text(), By: difference(before, now)})
		}
		for _, name := range partNames(before, now) {
			if a, b := before.part(name), now.part(name); a != b {
				changes = append(changes, Change{
					ID: now.ID, Label: now.Label + ": " + name, Was: strconv.FormatInt(a, 10), Is: strconv.FormatInt(b, 10), By: signed(b - a),
				})
			}
		}
	}
	for _, before := range was {
		if !slices.ContainsFunc(is, func(f Figure) bool { return f.ID == before.ID }) {
			changes = append(changes, Change{ID: before.ID, Label: before.Label, Was: before.Text(), Is: "not reported any more"})
		}
	}
	return changes
}

func difference(was, is Figure) string {
	switch {
	case was.Unknown || is.Unknown || was.Few || is.Few:
		return ""
	case is.Sort == Money && is.N > was.N:
		return "+" + claim.Pence(is.N-was.N).String()
	case is.Sort == Money:
		return claim.Pence(is.N - was.N).String()
	case is.Sort == Count && is.Of == was.Of:
		return signed(is.N - was.N)
	}
	return ""
}

func partNames(figures ...Figure) (names []string) {
	for _, f := range figures {
		for _, p := range f.Parts {
			if !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func (f Figure) part(name string) int64 {
	for _, p := range f.Parts {
		if p.Name == name {
			return p.N
		}
	}
	return 0
}

// Corrected returns what readers of a publication are told about later corrections: each figure
// that changed, and by how much unless that is a small number of people.
func (r *Return) Corrected() (changes []Change) {
	if r.Published == nil {
		return nil
	}
	then, now := r.Snapshots[r.Published.N-1].Figures, r.Latest().Figures
	shown := published(now)
	for _, c := range Compare(then, now) {
		i := slices.IndexFunc(shown, func(s Shown) bool { return s.ID == c.ID })
		k := slices.IndexFunc(r.Published.Figures, func(s Shown) bool { return s.ID == c.ID })
		if i < 0 || k < 0 || slices.ContainsFunc(changes, func(o Change) bool { return o.ID == c.ID }) {
			continue
		}
		changes = append(changes, Change{ID: c.ID, Label: shown[i].Label, Was: r.Published.Figures[k].Text, Is: correctedText(then, now, shown[i])})
	}
	return changes
}

// correctedText is the figure after a correction. If it differs by only a few people, the
// difference would point to them, so it is not shown.
func correctedText(then, now []Figure, is Shown) string {
	at := func(all []Figure) Figure {
		i := slices.IndexFunc(all, func(f Figure) bool { return f.ID == is.ID })
		if i < 0 {
			return Figure{}
		}
		return all[i]
	}
	a, b := at(then), at(now)
	few := func(x, y int64) bool { n := max(x-y, y-x); return n > 0 && n < office.Few }
	switch {
	case b.Sort == Money:
		return is.Text
	case b.Sort == Count && few(a.N, b.N), b.Sort != Hours && b.Sort != Rate && few(a.Of, b.Of), few(a.Missing, b.Missing), few(a.People, b.People):
		return fmt.Sprintf("corrected by fewer than %d people", office.Few)
	case b.Sort == Mean && a.N != b.N && a.Of == b.Of, b.Sort == Hours, b.Sort == Rate:
		return is.Text + ", corrected"
	}
	return is.Text
}
