// Package records is what the office does with the records of one store on AWS: the file of a
// person, erasure, audit and removals. Nothing calls it but an administrator, by hand.
package records

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

const (
	spare   = 10 * time.Second // is kept of the function's time to say that it did not suffice
	longest = 6_000_000        // bytes of an answer: Lambda takes 6 MiB
	shown   = 1000             // faults in an answer
)

// A request is what the administrator asks for.
type request struct {
	Do         string   `json:"do"`     // one of the table does
	Number     string   `json:"number"` // on a professional register: "GMC 7654321"
	GMC        string   `json:"gmc"`    // the same as a number that begins with GMC
	Email      string   `json:"email"`
	References []string `json:"references"` // to erase: all that were found; for a person's file: those that it is to have, all if none
	Heads      string   `json:"heads"`      // of an earlier audit, as it gave them
	Say        string   `json:"say"`        // about removals: "allow", "refuse", or "restore" with references
}

// does are the things to do.
var does = map[string]func(*Recorder, context.Context, request) (any, error){
	"audit": (*Recorder).audit, "person": (*Recorder).person, "erase": (*Recorder).erase,
	"removals": (*Recorder).removals,
}

// A refusal is the answer if nothing was done, with what was found if anything was.
type refusal struct {
	Refused string  `json:"refused"`
	Found   []found `json:"found,omitempty"`
	NamedIn []found `json:"named_in,omitempty"`
}

// A found application, without what it says.
type found struct {
	Reference string `json:"reference"`
	Course    string `json:"course"`
	Status    string `json:"status,omitempty"`
	Events    int    `json:"events,omitempty"`
}

// A Recorder works with the records of one store.
type Recorder struct {
	Open func() (*office.Desk, error) // waits until there is something to work with
	Log  *slog.Logger
}

// Handle answers a request. An error never repeats the request: Lambda may log it, and the request
// names a person.
func (r *Recorder) Handle(ctx context.Context, event json.RawMessage) (json.RawMessage, error) {
	var q request
	d := json.NewDecoder(bytes.NewReader(event))
	d.DisallowUnknownFields()
	if d.Decode(&q) != nil {
		q = request{}
	}
	if q.GMC != "" && q.Number == "" {
		q.Number = "GMC " + q.GMC
	}
	do := does[q.Do]
	if do == nil {
		return encode(refusal{Refused: `this is no request; send {"do": "audit"}, {"do": "removals"}, or {"do": "person"} or {"do": "erase"} with "number" or "email", as docs/records.md says`})
	}
	if q.Do != "audit" && aliased(ctx) {
		return encode(refusal{Refused: "who calls it by this name may audit and no more"})
	}
	r.Log.Info("called", "what", q.Do)
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-spare))
		defer cancel()
	}
	answer, err := do(r, ctx, q)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		answer, err = refusal{Refused: "the time that a function may run did not suffice; call it again"}, nil
	case errors.Is(err, office.ErrNumber):
		answer, err = refusal{Refused: err.Error()}, nil
	}
	if err != nil {
		r.Log.Error("not done", "what", q.Do, "error", err)
		return nil, err
	}
	return encode(answer)
}

// aliased tells whether the function was called by an alias. Then it only audits, so that IAM can
// allow somebody that and nothing more.
func aliased(ctx context.Context) bool {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return true
	}
	_, alias, _ := strings.Cut(lc.InvokedFunctionArn, ":function:") // "hub-records", and behind a colon the alias
	_, alias, _ = strings.Cut(alias, ":")
	return alias != "" && alias != "$LATEST"
}

// encode makes JSON that Lambda passes on unchanged.
func encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// audited is what an audit answers.
type audited struct {
	Applications int     `json:"applications"`
	Removed      int     `json:"removed"` // since the earlier audit, by the hub
	Faults       int     `json:"faults"`
	Wrong        []wrong `json:"wrong"`           // the first of them
	Heads        string  `json:"heads,omitempty"` // for the next audit, if there is no fault
	TooLong      string  `json:"too_long,omitempty"`
}

type wrong struct {
	Reference string `json:"reference"`
	What      string `json:"what"`
}

func (r *Recorder) audit(ctx context.Context, q request) (any, error) {
	var earlier office.Heads
	if q.Heads != "" {
		var err error
		if earlier, err = office.ReadHeads(strings.NewReader(q.Heads)); err != nil {
			return refusal{Refused: err.Error()}, nil
		}
	}
	desk, err := r.Open()
	if err != nil {
		return nil, err
	}
	all, err := desk.Audit(ctx, earlier)
	if err != nil {
		return nil, err
	}
	a := audited{Applications: all.Applications, Removed: all.Removed, Faults: len(all.Wrong), Wrong: []wrong{}}
	for _, w := range all.Wrong[:min(shown, len(all.Wrong))] {
		a.Wrong = append(a.Wrong, wrong(w))
	}
	if a.Faults > 0 {
		return a, nil
	}
	var heads strings.Builder
	if err := all.Heads.Write(&heads); err != nil {
		return nil, err
	}
	if a.Heads = heads.String(); len(a.Heads)+len(all.Heads)*len(`\`) > longest {
		a.Heads, a.TooLong = "", "the heads do not fit into an answer of Lambda: keep those of the latest audit that gave them"
	}
	return a, nil
}

// removals is what is held and what is marked for removal.
type removals struct {
	Held   *record.Held `json:"held"`
	Marked []marked     `json:"marked"`
}

type marked struct {
	Reference string    `json:"reference"`
	Course    string    `json:"course"`
	Destroyed time.Time `json:"destroyed"` // when
}

// removals tells what keeps records from being removed, and does what the administrator says about
// it.
func (r *Recorder) removals(ctx context.Context, q request) (any, error) {
	office, err := r.Open()
	if err != nil {
		return nil, err
	}
	desk := office.Applications
	operator := &staff.Person{Name: "administrator", Email: "by the function records"}
	for _, c := range desk.Programme.Courses {
		operator.Roles = append(operator.Roles, staff.Role{Name: staff.Office, For: staff.Course(c.ID)})
	}
	switch q.Say {
	case "":
	case "allow":
		if _, err := desk.Removals().Allow(ctx); err != nil {
			return nil, err
		}
	case "refuse":
		if _, err := desk.Removals().Refuse(ctx); err != nil {
			return nil, err
		}
	case "restore":
		for _, ref := range q.References {
			if err := desk.Removals().Restore(ctx, operator, ref); errors.Is(err, intake.ErrNoApplication) {
				return refusal{Refused: "one of the references is not marked for removal"}, nil
			} else if err != nil {
				return nil, err
			}
		}
	default:
		return refusal{Refused: `say "allow", "refuse", or "restore" with "references"`}, nil
	}
	b, err := desk.Removals().Brake(ctx)
	if err != nil {
		return nil, err
	}
	there, err := desk.Removals().Marked(ctx, operator)
	if err != nil {
		return nil, err
	}
	a := removals{Held: b.Held, Marked: []marked{}}
	for _, m := range there[:min(shown, len(there))] {
		a.Marked = append(a.Marked, marked{m.Reference, m.Course, m.Ends})
	}
	return a, nil
}

// find finds whom a request means.
func (r *Recorder) find(ctx context.Context, q request) (*office.Desk, *office.Personal, error) {
	desk, err := r.Open()
	if err != nil {
		return nil, nil, err
	}
	p, err := desk.Person(ctx, q.Number, q.Email)
	return desk, p, err
}

// refused says why nothing was done, and which applications were found.
func refused(why string, p *office.Personal) refusal {
	f := refusal{Refused: why, NamedIn: namedIn(p)}
	for i := range p.Applications {
		a := &p.Applications[i]
		f.Found = append(f.Found, found{a.Reference, a.Course, string(a.Status()), len(a.Events)})
	}
	return f
}

func namedIn(p *office.Personal) (all []found) {
	for _, n := range p.NamedIn {
		all = append(all, found{Reference: n.Reference, Course: n.Course})
	}
	return all
}

var nobody = refusal{Refused: `say with "number" or "email" whom you mean`}

// person answers with everything about a person, and notes on the records that it was given out. If
// the answer would be too long, it gives and notes nothing.
func (r *Recorder) person(ctx context.Context, q request) (any, error) {
	if q.Number == "" && q.Email == "" {
		return nobody, nil
	}
	desk, p, err := r.find(ctx, q)
	if err != nil {
		return nil, err
	}
	if q.References != nil {
		all := *p
		others := func(ref string) bool { return !slices.Contains(q.References, ref) }
		p.Applications = slices.DeleteFunc(slices.Clone(p.Applications), func(a intake.Application) bool { return others(a.Reference) })
		p.NamedIn = slices.DeleteFunc(slices.Clone(p.NamedIn), func(n intake.Named) bool { return others(n.Reference) })
		if len(p.Applications)+len(p.NamedIn) != len(q.References) {
			return refused("these are not all references of the person", &all), nil
		}
	}
	file, err := encode(p)
	if err != nil {
		return nil, err
	}
	if room := 1000 * len(p.Applications); len(file)+room > longest { // for the event
		return refused(fmt.Sprintf(`the file would have %d bytes, and an answer of Lambda's at most %d: call again with "references" of some, and then of the others`, len(file), longest), p), nil
	}
	return p, desk.GiveOut(ctx, p)
}

// erased is what an erasure answers.
type erased struct {
	Erased  []string `json:"erased"`
	NamedIn []found  `json:"named_in,omitempty"` // applications of others, which stay
}

func (r *Recorder) erase(ctx context.Context, q request) (any, error) {
	if q.Number == "" && q.Email == "" {
		return nobody, nil
	}
	desk, p, err := r.find(ctx, q)
	if err != nil {
		return nil, err
	}
	err = desk.EraseAll(ctx, p, q.References)
	if errors.Is(err, office.ErrRepeat) {
		return refused(`repeat in "references" those that were found; nothing was erased`, p), nil
	}
	return erased{p.References(), namedIn(p)}, err
}
