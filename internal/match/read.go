package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Limits of a problem that is read. They keep every sum of costs within 64 bits.
const (
	MaxAsks    = 100_000
	MaxMentors = 100_000
	MaxCost    = 1_000_000_000_000 // also below 0

	maxBytes = 256 << 20
)

// Read reads a problem as JSON:
//
//	{"asks":[[{"mentor":0,"cost":30}]],"unmatched":[100000],"places":[[0,1,2]]}
//
// Its error says in words what is wrong: the JSON, an unknown or missing key, or what
// [Problem.Check] finds.
func Read(r io.Reader) (*Problem, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("the problem is larger than %d MB", maxBytes>>20)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return nil, fmt.Errorf("this is not a JSON object with asks, unmatched and places: %w", err)
	}
	known := []string{"asks", "unmatched", "places"}
	for _, key := range known {
		if value, ok := keys[key]; !ok || string(value) == "null" {
			return nil, fmt.Errorf("%q is missing", key)
		}
	}
	for key := range keys {
		if !slices.Contains(known, key) {
			return nil, fmt.Errorf("there is no key %q: use asks, unmatched and places", key)
		}
	}
	// The pointers distinguish a missing mentor or cost from 0.
	var typed struct {
		Asks [][]struct {
			Mentor *int   `json:"mentor"`
			Cost   *int64 `json:"cost"`
		} `json:"asks"`
		Unmatched []*int64   `json:"unmatched"`
		Places    [][]*int64 `json:"places"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&typed); err != nil {
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			return nil, fmt.Errorf("%s holds a %s: mentors and costs are whole numbers", wrong.Field, wrong.Value)
		}
		return nil, errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	p := &Problem{
		Asks:      make([][]Edge, len(typed.Asks)),
		Unmatched: make([]int64, len(typed.Unmatched)),
		Places:    make([][]int64, len(typed.Places)),
	}
	for i, edges := range typed.Asks {
		if edges == nil {
			return nil, fmt.Errorf("asks[%d] is null: write [] if nobody could go with them", i)
		}
		for j, e := range edges {
			if e.Mentor == nil || e.Cost == nil {
				return nil, fmt.Errorf("asks[%d][%d] needs a mentor and a cost", i, j)
			}
			p.Asks[i] = append(p.Asks[i], Edge{*e.Mentor, *e.Cost})
		}
	}
	for i, cost := range typed.Unmatched {
		if cost == nil {
			return nil, fmt.Errorf("unmatched[%d] is null: write a whole number", i)
		}
		p.Unmatched[i] = *cost
	}
	for m, places := range typed.Places {
		if places == nil {
			return nil, fmt.Errorf("places[%d] is null: write [] for a mentor without a place", m)
		}
		for k, cost := range places {
			if cost == nil {
				return nil, fmt.Errorf("places[%d][%d] is null: write a whole number", m, k)
			}
			p.Places[m] = append(p.Places[m], *cost)
		}
	}
	return p, p.Check()
}

// Check says in words what is wrong with a problem; nil if nothing is.
func (p *Problem) Check() error {
	switch {
	case len(p.Asks) > MaxAsks:
		return fmt.Errorf("%d ask: at most %d can", len(p.Asks), MaxAsks)
	case len(p.Places) > MaxMentors:
		return fmt.Errorf("there are %d mentors: at most %d can be", len(p.Places), MaxMentors)
	case len(p.Unmatched) != len(p.Asks):
		return fmt.Errorf("asks has %d entries and unmatched %d: there must be one for each who asks", len(p.Asks), len(p.Unmatched))
	}
	seen := make([]int, len(p.Places)) // by mentor: the last asker who named them, from 1
	for i, edges := range p.Asks {
		for j, e := range edges {
			where := fmt.Sprintf("asks[%d][%d]", i, j)
			switch {
			case e.Mentor < 0 || e.Mentor >= len(p.Places):
				return fmt.Errorf("%s names mentor %d: places has %d entries, from 0", where, e.Mentor, len(p.Places))
			case seen[e.Mentor] == i+1:
				return fmt.Errorf("%s names mentor %d a second time", where, e.Mentor)
			}
			seen[e.Mentor] = i + 1
			if err := inRange(where, e.Cost); err != nil {
				return err
			}
		}
		if err := inRange(fmt.Sprintf("unmatched[%d]", i), p.Unmatched[i]); err != nil {
			return err
		}
	}
	for m, places := range p.Places {
		for k, cost := range places {
			where := fmt.Sprintf("places[%d][%d]", m, k)
			if k > 0 && cost < places[k-1] {
				return fmt.Errorf("%s is %d, less than the place before it: a further person never costs less", where, cost)
			}
			if err := inRange(where, cost); err != nil {
				return err
			}
		}
	}
	return nil
}

func inRange(where string, cost int64) error {
	if cost < -MaxCost || cost > MaxCost {
		return fmt.Errorf("%s is %d: costs go from -%d to %d", where, cost, int64(MaxCost), int64(MaxCost))
	}
	return nil
}
