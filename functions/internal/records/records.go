// Package records is the office's work with the records of one store on AWS: the file of a person,
// erasure, audit and removals. Only an administrator calls it, by hand.
package records

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"traininghub/functions/internal/prices"
	"traininghub/internal/afar"
	"traininghub/internal/application"
	"traininghub/internal/decide"
	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/removal"
	"traininghub/internal/staff"
)

const (
	spare   = 10 * time.Second // part of the function's time, reserved for saying that the time was too short
	longest = 6_000_000        // bytes in an answer: Lambda accepts 6 MiB
	heads   = 4_000_000        // bytes of heads in an answer, which may also have faults and a cursor
	shown   = 1000             // faults in an answer
	many    = 1_000_000        // items of a table from which a search or an audit asks for a yes

	// Bytes of records that 1024 MB of memory process per second. Not measured on AWS: a whole
	// processor of ours checks 64 MB a second (BenchmarkMillion). For that memory Lambda gives 0.58
	// of a processor, and half of that is needed to decode DynamoDB's answers.
	speed = 18e6
)

// does are the things that can be requested.
var does = map[string]func(*Recorder, context.Context, afar.Request) (any, error){
	"audit": (*Recorder).audit, "compare": (*Recorder).compare, "person": (*Recorder).person,
	"erase": (*Recorder).erase, "cost": (*Recorder).cost, "removals": (*Recorder).removals,
}

// toAudit are the requests that an auditor may make.
var toAudit = []string{"audit", "compare", "cost"}

// A Recorder works with the records of one store.
type Recorder struct {
	Office *office.Desk
	// Size is the number of items in the store, and their size in bytes.
	Size func(context.Context) (items, bytes int64, err error)
	Log  *slog.Logger
}

// Handle answers a request. An error never repeats the request: Lambda may log it, and the request
// names a person.
func (r *Recorder) Handle(ctx context.Context, event json.RawMessage) (json.RawMessage, error) {
	var q afar.Request
	d := json.NewDecoder(bytes.NewReader(event))
	d.DisallowUnknownFields()
	if d.Decode(&q) != nil {
		q = afar.Request{}
	}
	if q.GMC != "" && q.Number == "" {
		q.Number = "GMC " + q.GMC
	}
	do := does[q.Do]
	if do == nil {
		return encode(refusal(`this is no request; send {"do": "audit"}, {"do": "cost"}, {"do": "removals"}, ` +
			`or {"do": "person"} or {"do": "erase"} with "number" or "email", as docs/records.md says`))
	}
	if !slices.Contains(toAudit, q.Do) && aliased(ctx) {
		return encode(refusal("who calls it by this name may audit and no more"))
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
		answer, err = refusal("the time that a function may run did not suffice; call it again"), nil
	case errors.Is(err, office.ErrNumber), errors.Is(err, office.ErrOther):
		answer, err = refusal(err.Error()), nil
	}
	if err != nil {
		r.Log.Error("not done", "what", q.Do, "error", err)
		return nil, err
	}
	return encode(answer)
}

// aliased reports whether the function was called by an alias. Then it only audits, so that IAM can
// allow somebody to audit and nothing more.
func aliased(ctx context.Context) bool {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return true
	}
	_, alias, _ := strings.Cut(lc.InvokedFunctionArn, ":function:") // "hub-records", followed by a colon and the alias
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

// refusal is the answer when nothing was done.
func refusal(why string) afar.Answer { return afar.Answer{Refused: why} }

// cost is the greatest cost of reading all records once, each completely and consistently.
func (r *Recorder) cost(ctx context.Context, _ afar.Request) (any, error) {
	c, err := r.price(ctx)
	return c, err
}

func (r *Recorder) price(ctx context.Context) (afar.Cost, error) {
	items, bytes, err := r.Size(ctx)
	units := (bytes + 4095) / 4096
	return afar.Cost{Items: items, Bytes: bytes, ReadUnits: units, Dollars: float64(units) * prices.Of("dynamodb-read"),
		Minutes: math.Ceil(float64(bytes) / speed / 60)}, err
}

// begin asks for a yes before very many records are read; nil if there is nothing to ask. A request
// with a cursor has been confirmed already.
func (r *Recorder) begin(ctx context.Context, q afar.Request) (any, error) {
	if q.Cursor != nil || q.Yes {
		return nil, nil
	}
	c, err := r.price(ctx)
	if err != nil || c.Items < many {
		return nil, err
	}
	return afar.Answer{Refused: c.String() + `; send "yes": true as well to have it done`, Cost: &c}, nil
}

// going is the answer for work that is not finished.
func (r *Recorder) going(doing string, looked int, state any, err error) afar.Answer {
	cursor, _ := encode(state) // numbers and ids: cannot fail
	a := afar.Answer{Going: true, Looked: looked, Cursor: cursor}
	if err != nil && !errors.Is(err, record.ErrEnough) && !errors.Is(err, context.DeadlineExceeded) {
		r.Log.Error("stopped, to be gone on with", "what", doing, "error", err)
		a.Stopped = err.Error()
	}
	return a
}

func (r *Recorder) audit(ctx context.Context, q afar.Request) (any, error) {
	var earlier office.Heads
	a := &office.Auditing{}
	if q.Heads != "" {
		var err error
		if earlier, err = office.ReadHeads(strings.NewReader(q.Heads)); err != nil {
			return refusal(err.Error()), nil
		}
	}
	if q.Cursor != nil && (q.Heads != "" || json.Unmarshal(q.Cursor, a) != nil || len(a.Walk) == 0) {
		return refusal(`with "cursor", as an answer gave it, there are no "heads": compare when all parts are there`), nil
	}
	if answer, err := r.begin(ctx, q); answer != nil || err != nil {
		return answer, err
	}
	desk := r.Office
	found, err := desk.AuditOn(ctx, a, earlier, heads)
	if a.Walk == nil {
		return nil, err
	}
	answer := afar.Audited{Applications: a.Looked}
	removed := 0
	switch {
	case !a.Done():
		answer.Answer, answer.Uncompared = r.going(q.Do, a.Looked, a, err), len(earlier) > 0
	case err != nil && !errors.Is(err, record.ErrEnough):
		return nil, err
	case len(earlier) > 0:
		var wrong []office.Wrong
		if wrong, removed, err = desk.Compare(ctx, a.Unmet(earlier)); err != nil {
			return nil, err
		}
		a.Wrong, a.Faults = append(a.Wrong, wrong...), a.Faults+len(wrong)
	}
	answer.Removed, answer.Faults = removed, a.Faults
	answer.Wrong = append([]office.Wrong{}, a.Wrong[:min(shown, len(a.Wrong))]...)
	if !answer.Going && q.Cursor == nil && a.Faults > 0 { // a part always has its heads
		return answer, nil
	}
	var text strings.Builder
	err = found.Write(&text)
	answer.Heads = text.String()
	return answer, err
}

// compare compares the records with heads of an earlier audit that a later one reported differently
// or not at all.
func (r *Recorder) compare(ctx context.Context, q afar.Request) (any, error) {
	earlier, err := office.ReadHeads(strings.NewReader(q.Heads))
	if err != nil {
		return refusal(err.Error()), nil
	}
	wrong, removed, err := r.Office.Compare(ctx, earlier)
	return afar.Audited{Applications: len(earlier), Removed: removed, Faults: len(wrong),
		Wrong: append([]office.Wrong{}, wrong[:min(shown, len(wrong))]...)}, err
}

// removals is what is held, and what is marked for removal.
type removals struct {
	Held   *record.Held `json:"held"`
	Marked []marked     `json:"marked"`
}

type marked struct {
	Reference string    `json:"reference"`
	Course    string    `json:"course"`
	Destroyed time.Time `json:"destroyed"` // when
}

// removals says what keeps records from being removed, and carries out the administrator's decision
// about it.
func (r *Recorder) removals(ctx context.Context, q afar.Request) (any, error) {
	desk := r.Office.Applications
	operator := &staff.Person{Name: "administrator", Email: "by the function records"}
	for _, c := range desk.Programme.Courses {
		operator.Roles = append(operator.Roles, staff.Role{Name: staff.Office, For: staff.Course(c.ID)})
	}
	switch q.Say {
	case "":
	case "allow":
		if _, err := removal.Of(desk).Allow(ctx); err != nil {
			return nil, err
		}
	case "refuse":
		if _, err := removal.Of(desk).Refuse(ctx); err != nil {
			return nil, err
		}
	case "restore":
		for _, ref := range q.References {
			if err := removal.Of(desk).Restore(ctx, operator, ref); errors.Is(err, decide.ErrNoApplication) {
				return refusal("one of the references is not marked for removal"), nil
			} else if err != nil {
				return nil, err
			}
		}
	default:
		return refusal(`say "allow", "refuse", or "restore" with "references"`), nil
	}
	b, err := removal.Of(desk).Brake(ctx)
	if err != nil {
		return nil, err
	}
	there, err := removal.Of(desk).Marked(ctx, operator)
	if err != nil {
		return nil, err
	}
	a := removals{Held: b.Held, Marked: []marked{}}
	for _, m := range there[:min(shown, len(there))] {
		a.Marked = append(a.Marked, marked{m.Reference, m.Course, m.Ends})
	}
	return a, nil
}

// find finds the person whom a request means. If it returns an answer, that is the answer for now.
func (r *Recorder) find(ctx context.Context, q afar.Request) (
	desk *office.Desk, p *office.Personal, cursor json.RawMessage, answer any, err error) {
	if q.Number == "" && q.Email == "" {
		return nil, nil, nil, refusal(`say with "number" or "email" whom you mean`), nil
	}
	s := &office.Search{}
	if q.Cursor != nil && (json.Unmarshal(q.Cursor, s) != nil || len(s.Walk) == 0) {
		return nil, nil, nil, refusal("this is no cursor of an answer"), nil
	}
	if answer, err := r.begin(ctx, q); answer != nil || err != nil {
		return nil, nil, nil, answer, err
	}
	desk = r.Office
	p, err = desk.Seek(ctx, s, q.Number, q.Email)
	if err != nil && s.Walk != nil && !s.Walk.Done() && !errors.Is(err, office.ErrOther) {
		return nil, nil, nil, r.going(q.Do, s.Looked, s, err), nil
	}
	cursor, _ = encode(s) // numbers and ids: cannot fail
	return desk, p, cursor, nil, err
}

// refused says why nothing was done, and which records were found. With the cursor, the next
// request need not search again.
func refused(why string, p *office.Personal, cursor json.RawMessage) afar.Finding {
	f := afar.Finding{Answer: afar.Answer{Refused: why, Cursor: cursor}, NamedIn: namedIn(p)}
	for i := range p.Applications {
		a := &p.Applications[i]
		f.Found = append(f.Found,
			afar.Found{Reference: a.Reference, Course: a.Course, Status: string(a.Status()), Events: len(a.Events)})
	}
	for _, own := range p.Others {
		f.Found = append(f.Found, afar.Found{Reference: own.ID, Kind: string(own.Kind)})
	}
	return f
}

func namedIn(p *office.Personal) (all []afar.Found) {
	for _, n := range p.NamedIn {
		all = append(all, afar.Found{Reference: n.Reference, Course: n.Course})
	}
	return all
}

// person answers with everything about a person, and notes on the records that it was given out. If
// the answer would be too long, it neither answers nor notes.
func (r *Recorder) person(ctx context.Context, q afar.Request) (any, error) {
	desk, p, cursor, answer, err := r.find(ctx, q)
	if answer != nil || err != nil {
		return answer, err
	}
	if q.References != nil {
		all := *p
		others := func(ref string) bool { return !slices.Contains(q.References, ref) }
		p.Applications = slices.DeleteFunc(slices.Clone(p.Applications), func(a application.Application) bool { return others(a.Reference) })
		p.Others = slices.DeleteFunc(slices.Clone(p.Others), func(o office.Own) bool { return others(o.ID) })
		p.NamedIn = slices.DeleteFunc(slices.Clone(p.NamedIn), func(n intake.Named) bool { return others(n.Reference) })
		if len(p.Applications)+len(p.Others)+len(p.NamedIn) != len(q.References) {
			return refused("these are not all references of the person", &all, cursor), nil
		}
	}
	file, err := encode(p)
	if err != nil {
		return nil, err
	}
	if room := 1000 * len(p.References()); len(file)+room > longest { // for the events
		f := refused(fmt.Sprintf(`the file would have %d bytes, and an answer of Lambda's at most %d: `+
			`call again with "references" of some, and then of the others`, len(file), longest), p, cursor)
		f.TooLong = true
		return f, nil
	}
	return p, desk.GiveOut(ctx, p, nil)
}

// stays says where erased data still is, and for how long.
const stays = "backups, for 35 days at most; mailboxes that got letters; tables that were exported. " +
	"The logs have references alone, for as long as they are kept"

func (r *Recorder) erase(ctx context.Context, q afar.Request) (any, error) {
	desk, p, cursor, answer, err := r.find(ctx, q)
	if answer != nil || err != nil {
		return answer, err
	}
	err = desk.EraseAll(ctx, p, q.References)
	if errors.Is(err, office.ErrRepeat) {
		return refused(`repeat in "references" those that were found; nothing was erased`, p, cursor), nil
	}
	return afar.Erased{Erased: slices.Sorted(slices.Values(q.References)), NamedIn: namedIn(p), Stays: stays}, err
}
