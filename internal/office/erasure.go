package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// An erasure in the browser takes two people of the office. Each looks the person up by the number
// or address in the person's own request, which is kept nowhere. The first repeats the references,
// and the second allows the same ones. The worker that sends letters then erases; pages never
// destroy. Whoever runs the machine needs nobody else: [Desk.EraseAll].

// An Erasure is what somebody of the office asked for. Once it is done, it keeps only the number of
// records, and who said what.
type Erasure struct {
	record.Kept

	ID      string         `json:"-"`
	Records []record.Entry `json:"records,omitempty"`
	Count   int            `json:"count"`
	Asked   record.Said    `json:"asked"`
	Allowed *record.Said   `json:"allowed,omitempty"`
	Refused *record.Said   `json:"refused,omitempty"`
	Done    time.Time      `json:"done,omitzero"`  // UTC
	Said    []record.Said  `json:"said,omitempty"` // by anybody, also at earlier attempts; the latest last
}

// Erasures is the kind of these records.
const Erasures record.Kind = "erasure"

// erasures is the shelf for all of them.
const erasures = "erasures"

// askedFor is how long a second person may allow an erasure. The person who asked for it must be
// answered within a month (UK GDPR, article 12).
const askedFor = 7 * 24 * time.Hour

// Why an erasure cannot be asked for or allowed.
var (
	ErrSecond  = errors.New("office: somebody else of the office has to allow it")
	ErrNoOther = errors.New("office: nobody else of the office could allow it")
	ErrChanged = errors.New("office: this is not what was asked for")
)

// Waits reports whether a second person may allow it now.
func (e *Erasure) Waits(now time.Time) bool {
	return e != nil && e.Allowed == nil && e.Refused == nil && now.Sub(e.Asked.At) < askedFor
}

// mostSaid is how many statements are kept about one erasure.
const mostSaid = 20

// says records a statement, and returns it.
func (e *Erasure) says(now time.Time, s *staff.Person, what string) record.Said {
	said := record.Said{At: now, By: s.Email, What: what, Count: e.Count}
	if e.Said = append(e.Said, said); len(e.Said) > mostSaid {
		e.Said = e.Said[1:]
	}
	return said
}

// ask starts an erasure of a person's records.
func (e *Erasure) ask(now time.Time, s *staff.Person, what string, p *Personal) {
	e.Records = p.entries()
	e.Count = len(e.Records)
	e.Asked = e.says(now, s, what)
	e.Allowed, e.Refused, e.Done = nil, nil, time.Time{}
}

// References returns the ids of its records, in order; none once it is done.
func (e *Erasure) References() []string {
	var refs []string
	for _, r := range e.Records {
		refs = append(refs, r.ID)
	}
	return refs
}

// keptErasures returns the keeper of erasures.
func (d *Desk) keptErasures() *record.Keeper[*Erasure] {
	return &record.Keeper[*Erasure]{
		Store: d.Applications.Store, Kind: Erasures, Anew: true, New: func(id string) *Erasure { return &Erasure{ID: id} },
		Entry: func(e *Erasure) (record.Record, error) {
			brief := *e
			brief.Records, brief.Said = nil, brief.Said[max(0, len(brief.Said)-6):] // these can be many
			line, err := json.Marshal(brief)
			r := record.Record{ID: e.ID, Shelf: erasures, Since: e.Asked.At, Brief: line, Expires: e.Asked.At.Add(journalLife)}
			if e.Allowed != nil && e.Done.IsZero() {
				r.Due = e.Allowed.At
			}
			return r, err
		},
	}
}

// entries returns the person's records, in the order of [Personal.References].
func (p *Personal) entries() []record.Entry {
	var all []record.Entry
	for i := range p.Applications {
		all = append(all, record.Entry{ID: p.Applications[i].Reference, Kind: record.Application})
	}
	for _, own := range p.Others {
		all = append(all, record.Entry{ID: own.ID, Kind: own.Kind})
	}
	slices.SortFunc(all, func(a, b record.Entry) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// erasureID returns the id of an erasure of these records.
func erasureID(refs []string) string {
	sum := sha256.Sum256([]byte(strings.Join(refs, " ")))
	return "erasure." + hex.EncodeToString(sum[:16])
}

// ErasureOf returns the erasure that was asked for of all the person's records; nil if none was.
func (d *Desk) ErasureOf(ctx context.Context, p *Personal) (*Erasure, error) {
	e, err := d.keptErasures().Get(ctx, erasureID(p.References()))
	if err != nil || e.Asked.At.IsZero() {
		return nil, err
	}
	return e, nil
}

// AskErasure asks for a second person to allow the erasure of a person's records. Their references
// must be repeated, in any order. It returns [ErrRepeat] if the repeated ones differ, [ErrNoOther]
// if nobody else could allow it, and decide.ErrOwn if the person asks for their own.
func (d *Desk) AskErasure(ctx context.Context, s *staff.Person, p *Personal, repeated []string) error {
	refs := p.References()
	switch {
	case p.Is(s.Email):
		return decide.ErrOwn
	case len(refs) == 0 || !slices.Equal(slices.Sorted(slices.Values(repeated)), refs):
		return ErrRepeat
	case !slices.ContainsFunc(d.Contacts, func(c course.Contact) bool { return c.Email != "" && !strings.EqualFold(c.Email, s.Email) }):
		return ErrNoOther
	}
	now := d.Applications.Now().UTC()
	_, err := d.keptErasures().Amend(ctx, erasureID(refs), func(e *Erasure) error {
		if e.Waits(now) || e.Allowed != nil && e.Done.IsZero() { // one double click, or two people at once
			return record.ErrUnchanged
		}
		e.ask(now, s, record.Asked, p)
		return nil
	})
	return err
}

// AllowErasure allows what somebody else asked for. It returns [ErrChanged] if the person's records
// have changed since, and [ErrSecond] to the person who asked. The erasure is done within a minute,
// and cannot be undone.
func (d *Desk) AllowErasure(ctx context.Context, s *staff.Person, p *Personal) error {
	if p.Is(s.Email) {
		return decide.ErrOwn
	}
	now := d.Applications.Now().UTC()
	_, err := d.keptErasures().Amend(ctx, erasureID(p.References()), func(e *Erasure) error {
		switch {
		case e.Allowed != nil && e.Allowed.By == s.Email:
			return record.ErrUnchanged
		case !e.Waits(now) || !slices.Equal(e.References(), p.References()):
			return ErrChanged
		case strings.EqualFold(e.Asked.By, s.Email):
			return ErrSecond
		}
		said := e.says(now, s, record.Allowed)
		e.Allowed = &said
		return nil
	})
	return err
}

// RefuseErasure ends what was asked for. The person who asked may do this too. What was already
// allowed or refused stays as it is.
func (d *Desk) RefuseErasure(ctx context.Context, s *staff.Person, id string) error {
	now := d.Applications.Now().UTC()
	_, err := d.keptErasures().Amend(ctx, id, func(e *Erasure) error {
		if !e.Waits(now) {
			return record.ErrUnchanged
		}
		said := e.says(now, s, record.Refused)
		e.Records, e.Refused = nil, &said
		return nil
	})
	return err
}

// LatestErasures returns the latest that were asked for, newest first, without their records.
func (d *Desk) LatestErasures(ctx context.Context, most int) ([]*Erasure, error) {
	all, err := d.Applications.Store.List(ctx, record.Range{Kind: Erasures, Shelf: erasures, Newest: true, Max: most})
	if err != nil {
		return nil, fmt.Errorf("reading erasures: %w", err)
	}
	var found []*Erasure
	for _, r := range all {
		e := &Erasure{ID: r.ID}
		if json.Unmarshal(r.Brief, e) != nil {
			return nil, fmt.Errorf("reading %s: it is broken", r.ID)
		}
		found = append(found, e)
	}
	return found, nil
}

// Erasure returns the one with the id, with its records, or record.ErrNotFound.
func (d *Desk) Erasure(ctx context.Context, id string) (*Erasure, error) {
	e, err := d.keptErasures().Get(ctx, id)
	if err == nil && e.Asked.At.IsZero() {
		err = record.ErrNotFound
	}
	return e, err
}

// erasing is the story of erasures, for the worker that does them. It embeds what all records have
// in common that belong to no person.
type erasing struct {
	kept
	desk *Desk
}

func (s erasing) Post() record.Story { return s }

// Take erases what was allowed. If it is interrupted, it starts again: records that are gone are
// not an error.
func (s erasing) Take(ctx context.Context, r record.Record) (record.Taken, error) {
	d := s.desk
	e, err := d.keptErasures().Get(ctx, r.ID)
	if err != nil || e.Allowed == nil || !e.Done.IsZero() {
		return record.Taken{}, err
	}
	for _, r := range e.Records {
		err := d.erase(ctx, r)
		for try := 1; errors.Is(err, record.ErrConflict) && try < 5; try++ { // a letter was sent meanwhile
			err = d.erase(ctx, r)
		}
		if err != nil {
			return record.Taken{}, err
		}
		d.Applications.Log.Info("erased", "reference", r.ID) // so that it is known once a copy from before is put back
	}
	_, err = d.keptErasures().Amend(ctx, e.ID, func(e *Erasure) error {
		e.Records, e.Done = nil, d.Applications.Now().UTC()
		return nil
	})
	return record.Taken{Ended: err == nil}, err
}

// erase erases one record. One that is gone is not an error. A record of an unknown kind stays owed
// until a program comes that knows the kind.
func (d *Desk) erase(ctx context.Context, r record.Entry) error {
	if story := d.story(r.Kind); story != nil {
		return story.Erase(ctx, r.ID)
	}
	if r.Kind != record.Application {
		return fmt.Errorf("erasing %s: its kind %s is not known", r.ID, r.Kind)
	}
	return d.Applications.Erase(ctx, r.ID)
}

// Mark does nothing: there are no letters.
func (erasing) Mark(context.Context, string, string, error) error { return nil }

// About returns nil: an erasure names nobody.
func (erasing) About(context.Context, record.Record, []form.Registration, string) (*Own, error) {
	return nil, nil
}
