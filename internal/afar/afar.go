// Package afar does for the records on AWS what can be done directly on a single machine: it calls
// the function that has the records until the task is finished. A function runs for at most 15
// minutes and answers with at most 6 MB. So longer tasks are answered in parts, and each part says
// where to go on. The types of requests and answers are here, for both sides.
//
// Requests and answers hold personal data, so no error or log line repeats them.
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

// A Request is one call of the function.
type Request struct {
	Do     string `json:"do"`               // audit, compare, person, erase, cost or removals
	Number string `json:"number,omitempty"` // on a professional register: "GMC 7654321"
	GMC    string `json:"gmc,omitempty"`    // a number that begins with GMC
	Email  string `json:"email,omitempty"`
	// For erase: all references that were found. For a person's file: those to include, or all if
	// empty.
	References []string        `json:"references,omitempty"`
	Heads      string          `json:"heads,omitempty"`  // of an earlier audit, as it returned them
	Say        string          `json:"say,omitempty"`    // for removals: "allow", "refuse", or "restore" with references
	Cursor     json.RawMessage `json:"cursor,omitempty"` // from an earlier answer, to go on there
	Yes        bool            `json:"yes,omitempty"`    // go ahead despite the cost that an answer named
}

// A Cost is the most that reading all records can cost, and how long it takes.
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

// An Answer is what every answer may have.
type Answer struct {
	Refused string          `json:"refused,omitempty"` // why nothing was done
	Cost    *Cost           `json:"cost,omitempty"`
	Going   bool            `json:"going,omitempty"`   // not finished: call again with the cursor
	Stopped string          `json:"stopped,omitempty"` // why, if not because time was up
	Looked  int             `json:"looked,omitempty"`  // how many records so far
	Cursor  json.RawMessage `json:"cursor,omitempty"`
}

// A Found names a record, without its content.
type Found struct {
	Reference string `json:"reference"`
	Kind      string `json:"kind,omitempty"`
	Course    string `json:"course,omitempty"`
	Status    string `json:"status,omitempty"`
	Events    int    `json:"events,omitempty"`
}

// A Finding is the answer when nothing about the person was given out or erased.
type Finding struct {
	Answer
	Found   []Found `json:"found,omitempty"`
	NamedIn []Found `json:"named_in,omitempty"` // other people's applications
	TooLong bool    `json:"too_long,omitempty"` // the file does not fit: ask for some of the references at a time
}

// Erased is the answer to an erasure.
type Erased struct {
	Erased  []string `json:"erased"`
	NamedIn []Found  `json:"named_in,omitempty"` // other people's applications, which stay
	Stays   string   `json:"stays,omitempty"`    // where what was erased remains for a while
}

// Audited is the answer to an audit, or a part of it.
type Audited struct {
	Answer
	Applications int            `json:"applications"`
	Removed      int            `json:"removed"` // by the hub since the earlier audit
	Faults       int            `json:"faults"`
	Wrong        []office.Wrong `json:"wrong"` // the first of them
	// Heads are those of this part. An audit in a single answer has them only if nothing is wrong.
	Heads      string `json:"heads,omitempty"`
	Uncompared bool   `json:"uncompared,omitempty"` // with the request's heads: the audit takes several answers
}

// Caller repeats a request until the function reports that it is finished.
type Caller struct {
	// Call calls the function once.
	Call func(context.Context, Request) ([]byte, error)
	// Agree reports whether this cost is acceptable.
	Agree func(Cost) bool
	// Tell says how many records were looked at so far. It may be nil.
	Tell func(looked int)
}

// Refused is why the function did nothing.
type Refused string

func (r Refused) Error() string { return string(r) }

// A receiver handles one answer, and the cursor in it.
type receiver func(body []byte, cursor json.RawMessage) error

// maxTries is how often the same request is repeated before the caller gives up.
const maxTries = 3

// ask repeats a request until an answer is the last one, and passes each answer to f.
func (c *Caller) ask(ctx context.Context, q Request, f receiver) (Answer, error) {
	for tries := 1; ; {
		body, err := c.Call(ctx, q)
		if err != nil && tries < maxTries && ctx.Err() == nil {
			tries++
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
		if tries++; !bytes.Equal(q.Cursor, a.Cursor) {
			tries = 1
		}
		if tries > maxTries {
			return a, fmt.Errorf("it does not go on: %s", a.Stopped)
		}
		q.Cursor = a.Cursor
	}
}

// headsPerCall is how many heads are compared in one call.
const headsPerCall = 20_000

// Audit audits the records, and compares them with the heads of an earlier audit. The heads stay on
// this machine, except those that have changed. What it has found so far is kept in file, so that
// an audit that was killed can go on.
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
	for other := range slices.Chunk(changed(earlier, heads), headsPerCall) {
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

// refusedBy returns err, or else the refusal as an error.
func refusedBy(err error, refused string) error {
	if err == nil {
		err = Refused(refused)
	}
	return err
}

// changed returns the earlier heads that are gone or different now, in order.
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

// goOn reads how far an audit had come before it was killed.
func goOn(file string) (office.Heads, json.RawMessage, error) {
	heads, cursor := office.Heads{}, json.RawMessage(nil)
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, err
	}
	for rest := string(text); ; {
		lines, behind, whole := strings.Cut(rest, "cursor ")
		line, next, ended := strings.Cut(behind, "\n")
		if !whole || !ended { // killed while it was writing this
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

// A Person is whom a search is for, by either of the two or by both.
type Person struct{ Number, Email string }

// Find returns which records of a person there are. Its cursor saves the next request a new search.
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

// File returns everything about a person as JSON, like [office.Personal] on a single machine.
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

// file asks for a file. If it is too long for one answer, file asks for each half of it.
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
