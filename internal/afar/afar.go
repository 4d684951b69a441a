// Package afar does with the records on AWS what is done on one machine with those beside it: it
// asks the function of the records, again and again, until that is done. A function runs for 15
// minutes and answers with 6 MB at most; so what takes longer is answered in parts, each with where
// to go on. The requests and answers are here, for both sides.
//
// What is asked and answered is nobody's but the caller's: it is in no error and no log line.
package afar

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"traininghub/internal/office"
)

// A Request is what the function is asked for.
type Request struct {
	Do     string `json:"do"`               // audit, compare, person, erase, cost or removals
	Number string `json:"number,omitempty"` // on a professional register: "GMC 7654321"
	GMC    string `json:"gmc,omitempty"`    // the same as a number that begins with GMC
	Email  string `json:"email,omitempty"`
	// To erase: all that were found. Of a person's file: those that it is to have, all if none.
	References []string        `json:"references,omitempty"`
	Heads      string          `json:"heads,omitempty"`  // of an earlier audit, as it gave them
	Say        string          `json:"say,omitempty"`    // of removals: "allow", "refuse", "restore" with references
	Cursor     json.RawMessage `json:"cursor,omitempty"` // of an earlier answer, to go on there
	Yes        bool            `json:"yes,omitempty"`    // although it costs what an answer said
}

// A Cost is what reading all records costs at most, and how long it takes.
type Cost struct {
	Items     int64   `json:"items"` // as DynamoDB counted them within the last six hours
	Bytes     int64   `json:"bytes"`
	ReadUnits int64   `json:"read_units"`
	Dollars   float64 `json:"dollars"` // US dollars, without tax
	Minutes   float64 `json:"minutes"`
}

func (c Cost) String() string {
	return fmt.Sprintf("it reads about %d items, %.1f GB: %d read units, some %.3f US dollars and %.0f minutes",
		c.Items, float64(c.Bytes)/1e9, c.ReadUnits, c.Dollars, c.Minutes)
}

// An Answer is what all answers may have.
type Answer struct {
	Refused string          `json:"refused,omitempty"` // why nothing was done
	Cost    *Cost           `json:"cost,omitempty"`
	Going   bool            `json:"going,omitempty"`   // it is not done: ask again with the cursor
	Stopped string          `json:"stopped,omitempty"` // why, if it was not for the time
	Looked  int             `json:"looked,omitempty"`  // at so many records until now
	Cursor  json.RawMessage `json:"cursor,omitempty"`
}

// A Found record, without what it says.
type Found struct {
	Reference string `json:"reference"`
	Kind      string `json:"kind,omitempty"`
	Course    string `json:"course,omitempty"`
	Status    string `json:"status,omitempty"`
	Events    int    `json:"events,omitempty"`
}

// A Finding is an answer about a person of whom nothing was given or erased.
type Finding struct {
	Answer
	Found   []Found `json:"found,omitempty"`
	NamedIn []Found `json:"named_in,omitempty"` // applications of others
	TooLong bool    `json:"too_long,omitempty"` // the file: ask for some of the references at a time
}

// Erased is what an erasure answers.
type Erased struct {
	Erased  []string `json:"erased"`
	NamedIn []Found  `json:"named_in,omitempty"` // applications of others, which stay
	Stays   string   `json:"stays,omitempty"`    // where what is erased is still for a while
}

// Audited is what an audit answers, or a part of one.
type Audited struct {
	Answer
	Applications int            `json:"applications"`
	Removed      int            `json:"removed"` // since the earlier audit, by the hub
	Faults       int            `json:"faults"`
	Wrong        []office.Wrong `json:"wrong"` // the first of them
	// Heads are those of this part; of an audit in one answer only if there is no fault.
	Heads      string `json:"heads,omitempty"`
	Uncompared bool   `json:"uncompared,omitempty"` // with the heads of the request: it takes several answers
}

// A Caller asks until it is done.
type Caller struct {
	// Call asks the function once.
	Call func(context.Context, Request) ([]byte, error)
	// Agree tells whether it may cost so much.
	Agree func(Cost) bool
	// Tell says how far it has come. It may be nil.
	Tell func(looked int)
}

// Refused is why the function did nothing.
type Refused string

func (r Refused) Error() string { return string(r) }

// A taker takes an answer, and the cursor in it.
type taker func(body []byte, cursor json.RawMessage) error

// calls is how often the same is asked before it is given up.
const calls = 3

// ask asks until an answer is the last one, and gives each to f.
func (c *Caller) ask(ctx context.Context, q Request, f taker) (Answer, error) {
	for stuck := 1; ; {
		body, err := c.Call(ctx, q)
		if err != nil && stuck < calls && ctx.Err() == nil {
			stuck++
			continue
		}
		var a Answer
		if err == nil && json.Unmarshal(body, &a) != nil {
			err = errors.New("the function's answer cannot be read")
		}
		switch {
		case err != nil:
			return a, err
		case a.Refused != "" && a.Cost != nil && !q.Yes:
			if !c.Agree(*a.Cost) {
				return a, Refused("nothing was done")
			}
			q.Yes = true
			continue
		}
		if err := f(body, a.Cursor); err != nil || !a.Going {
			return a, err
		}
		if c.Tell != nil {
			c.Tell(a.Looked)
		}
		if stuck++; !bytes.Equal(q.Cursor, a.Cursor) {
			stuck = 1
		}
		if stuck > calls {
			return a, fmt.Errorf("it does not go on: %s", a.Stopped)
		}
		q.Cursor = a.Cursor
	}
}

// together is how many heads are compared by one call.
const together = 20_000

// Audit audits, and compares with the heads of an earlier audit, which never leave this side but
// for those that are not as they were. What it has come to is kept in the file, so that one that
// was killed goes on.
func (c *Caller) Audit(ctx context.Context, earlier office.Heads, file string) (*office.Audited, error) {
	heads, cursor, err := goOn(file)
	if err != nil {
		return nil, err
	}
	kept, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer kept.Close()
	var last Audited
	if _, err := c.ask(ctx, Request{Do: "audit", Cursor: cursor}, func(body []byte, cursor json.RawMessage) error {
		last = Audited{}
		if err := json.Unmarshal(body, &last); err != nil || last.Refused != "" {
			return refusedBy(err, last.Refused)
		}
		if last.Heads == "" {
			return nil
		}
		part, err := office.ReadHeads(strings.NewReader(last.Heads))
		if err != nil {
			return err
		}
		for ref, head := range part {
			heads[ref] = head
		}
		if _, err := fmt.Fprintf(kept, "%scursor %s\n", last.Heads, cursor); err != nil {
			return err
		}
		return kept.Sync()
	}); err != nil {
		return nil, err
	}
	found := &office.Audited{Applications: last.Applications, Wrong: last.Wrong, Faults: last.Faults}
	for other := range slices.Chunk(changed(earlier, heads), together) {
		some := office.Heads{}
		for _, ref := range other {
			some[ref] = earlier[ref]
		}
		var text strings.Builder
		if err := some.Write(&text); err != nil {
			return nil, err
		}
		q := Request{Do: "compare", Heads: text.String()}
		if _, err := c.ask(ctx, q, func(body []byte, _ json.RawMessage) error {
			var a Audited
			if err := json.Unmarshal(body, &a); err != nil || a.Refused != "" {
				return refusedBy(err, a.Refused)
			}
			found.Removed += a.Removed
			found.Faults += a.Faults
			found.Wrong = append(found.Wrong, a.Wrong...)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	if found.Faults == 0 {
		found.Heads = heads
	}
	return found, os.Remove(file)
}

// refusedBy is the error that there is, or else the refusal.
func refusedBy(err error, refused string) error {
	if err == nil {
		err = Refused(refused)
	}
	return err
}

// changed are those of earlier heads that are no more, or others now, in order.
func changed(earlier, now office.Heads) (refs []string) {
	for ref, was := range earlier {
		is := now[ref]
		if is.Events != was.Events || !bytes.Equal(is.Sum, was.Sum) || !bytes.Equal(is.Sent, was.Sent) {
			refs = append(refs, ref)
		}
	}
	slices.Sort(refs)
	return refs
}

// goOn reads how far an audit had come that was killed.
func goOn(file string) (office.Heads, json.RawMessage, error) {
	heads, cursor := office.Heads{}, json.RawMessage(nil)
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, err
	}
	for rest := string(text); ; {
		lines, behind, whole := strings.Cut(rest, "cursor ")
		line, next, ended := strings.Cut(behind, "\n")
		if !whole || !ended { // it was killed while it wrote this
			return heads, cursor, nil
		}
		part, err := office.ReadHeads(strings.NewReader(lines))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
		for ref, head := range part {
			heads[ref] = head
		}
		cursor, rest = json.RawMessage(line), next
	}
}

// A Person is whom a search is for, by one of the two or by both.
type Person struct{ Number, Email string }

// Find tells which records of a person there are; with the cursor the next question need not search
// again.
func (c *Caller) Find(ctx context.Context, who Person) (found Finding, err error) {
	q := Request{Do: "erase", Number: who.Number, Email: who.Email}
	_, err = c.ask(ctx, q, func(body []byte, _ json.RawMessage) error {
		found = Finding{}
		return json.Unmarshal(body, &found)
	})
	if err == nil && found.Refused != "" && found.Cursor == nil {
		err = Refused(found.Refused)
	}
	return found, err
}

// Erase erases what Find found, once its references were repeated.
func (c *Caller) Erase(ctx context.Context, who Person, found Finding, repeated []string) (done Erased, err error) {
	q := Request{Do: "erase", Number: who.Number, Email: who.Email, References: repeated, Cursor: found.Cursor}
	_, err = c.ask(ctx, q, func(body []byte, _ json.RawMessage) error {
		var refused Answer
		err := errors.Join(json.Unmarshal(body, &refused), json.Unmarshal(body, &done))
		if err != nil || refused.Refused != "" {
			return refusedBy(err, refused.Refused)
		}
		return nil
	})
	return done, err
}

// A file is everything about a person, in parts that can be joined.
type file struct {
	Made         json.RawMessage   `json:"made"`
	Applications []json.RawMessage `json:"applications"`
	Others       []json.RawMessage `json:"others,omitempty"`
	NamedIn      []json.RawMessage `json:"named_in,omitempty"`
	Exports      json.RawMessage   `json:"exports,omitempty"`
}

// File is everything about a person, as JSON: what [office.Personal] is on one machine.
func (c *Caller) File(ctx context.Context, who Person) ([]byte, error) {
	f, err := c.file(ctx, Request{Do: "person", Number: who.Number, Email: who.Email})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(f)
	return b.Bytes(), err
}

// file asks for a file, and if it is too long for an answer for each half of it.
func (c *Caller) file(ctx context.Context, q Request) (f file, err error) {
	var found Finding
	_, err = c.ask(ctx, q, func(body []byte, cursor json.RawMessage) error {
		q.Cursor = cursor
		found, f = Finding{}, file{}
		if json.Unmarshal(body, &found) == nil && (found.Refused != "" || found.Going) {
			if found.Refused != "" && !found.TooLong {
				return Refused(found.Refused)
			}
			return nil
		}
		return json.Unmarshal(body, &f)
	})
	if err != nil || !found.TooLong {
		return f, err
	}
	all := q.References
	if all == nil {
		for _, one := range append(found.Found, found.NamedIn...) {
			all = append(all, one.Reference)
		}
	}
	if len(all) < 2 {
		return f, Refused(found.Refused)
	}
	half := len(all) / 2
	for _, some := range [][]string{all[:half], all[half:]} {
		q.References = some
		part, err := c.file(ctx, q)
		if err != nil {
			return f, err
		}
		f.Made, f.Exports = part.Made, part.Exports
		f.Applications = append(f.Applications, part.Applications...)
		f.Others, f.NamedIn = append(f.Others, part.Others...), append(f.NamedIn, part.NamedIn...)
	}
	return f, nil
}
