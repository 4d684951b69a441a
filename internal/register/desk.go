package register

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"traininghub/internal/crossing"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/wall"
)

// A Desk keeps the register of mentors. Its fields are set once, before its first use. Its methods
// may be called from several goroutines, and several desks may work on one store.
type Desk struct {
	Wall *wall.Desk
	// Out takes messages to the main store. If it is nil, they are kept back until there is one.
	Out crossing.Gate
	// Declared is called after a mentor has declared their interests, so that a pair with a
	// conflict of interest is paused at once; nil if there are no pairs.
	Declared func(ctx context.Context, m *Mentor) error
}

// New is the register behind a wall. From then on mentors can sign in there, and the wall's office
// manages their records.
func New(w *wall.Desk, out crossing.Gate) *Desk {
	d := &Desk{Wall: w, Out: out}
	w.Mentors = d.scopes
	w.Join(d)
	return d
}

func (d *Desk) now() time.Time { return d.Wall.Now() }

// Rules are the rules of a service; nil if it has no register.
func (d *Desk) Rules(service string) *Rules { return RulesOf(d.Wall.Programme, service) }

// Rules are the rules of the service for which the mentor fills in a profile.
func (m *Mentor) Rules() *Rules { return m.rules }

// shelf is the list of all mentors who are not gone.
const shelf = "mentors"

// Mentors reads and writes the records of mentors. Package pair uses it to change a mentor's places
// together with the request and the pair.
func (d *Desk) Mentors() *record.Keeper[*Mentor] {
	return &record.Keeper[*Mentor]{
		Store: d.Wall.Store, Kind: Kind, Anew: true,
		New:    func(id string) *Mentor { return &Mentor{ID: id, rules: noRules} },
		Opened: d.opened, Entry: d.entry,
	}
}

func (d *Desk) opened(m *Mentor) {
	m.rules = noRules
	if len(m.Services) > 0 {
		if r := d.Rules(m.Services[0]); r != nil {
			m.rules = r
		}
	}
	m.told = m.standing()
}

// A Brief is what the list of mentors shows of a mentor.
type Brief struct {
	Name     string   `json:"name"`
	State    State    `json:"state"`
	Services []string `json:"services"`
	Areas    []string `json:"areas"`
	Active   int      `json:"active"` // people whom they mentor
	Most     int      `json:"most"`   // people at most
	Plan     bool     `json:"plan"`   // agreed by both
}

func (d *Desk) entry(m *Mentor) (record.Record, error) {
	state := m.State()
	if state != Nowhere && m.told != m.standing() {
		m.tell(d.now())
	}
	if err := m.Events.Seal(m.ID, m.says); err != nil {
		return record.Record{}, err
	}
	brief, err := json.Marshal(Brief{m.Person.Name, state, m.Services, m.areas(), m.Active(), m.Most(), m.Plan != nil && m.Plan.Agreed != ""})
	r := record.Record{
		ID: m.ID, Status: string(state), Due: earlier(m.Letters.Due(), m.next()), Expires: m.expires(), Number: m.Person.Number,
		Email: strings.ToLower(m.Person.Email), Brief: brief,
	}
	if len(m.Events) > 0 {
		r.Shelf, r.Since = shelf, m.Events[0].At
	}
	return r, err
}

// earlier is the earlier of two instants. A zero instant counts as none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// expires is when the record is no longer needed; zero while that is unknown.
func (m *Mentor) expires() time.Time {
	switch m.State() {
	case Left:
		if m.Listed != "" {
			return m.since().AddDate(0, 0, m.rules.KeepDays)
		}
		return m.since().AddDate(0, 0, m.rules.DraftDays)
	case Nowhere, Invited, Draft:
		if m.Listed == "" && len(m.Events) > 0 {
			return m.Events[len(m.Events)-1].At.AddDate(0, 0, m.rules.DraftDays)
		}
	}
	return time.Time{}
}

// standing is the mentor's standing for the other store, as text that can be compared.
func (m *Mentor) standing() string {
	s := m.Standing()
	s.Version = 0
	text, _ := json.Marshal(s) // texts and days only: cannot fail
	return string(text)
}

// idOf is the id of a person's record. It comes from their number on a register, or else from their
// address. So each person has one record, and nobody can tell from a number whether it exists.
func (d *Desk) idOf(number, email string) (string, error) {
	secret, err := d.Wall.Secret()
	if err != nil {
		return "", fmt.Errorf("finding a mentor: %w", err)
	}
	who := number
	if who == "" {
		who = strings.ToLower(email)
	}
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("mentor " + who))
	return "rm-" + hex.EncodeToString(m.Sum(nil))[:20], nil
}

// find is the id of a person's record, whether it exists yet or not.
func (d *Desk) find(ctx context.Context, number, email string) (string, error) {
	id, err := d.idOf(number, email)
	if err != nil {
		return "", err
	}
	if m, err := d.Mentors().Get(ctx, id); err != nil || m.Version() > 0 {
		return id, err
	}
	for _, by := range []struct {
		field record.Field
		value string
	}{{record.ByNumber, number}, {record.ByEmail, strings.ToLower(email)}} {
		if by.value == "" {
			continue
		}
		found, err := d.Wall.Store.Find(ctx, Kind, by.field, by.value)
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return found[0].ID, nil
		}
	}
	return id, nil
}

// referenceLetters are the letters of all references in the hub: no two look alike.
const referenceLetters = "CDFHJKMPRTWXY23456789"

// newReference makes a reference of the register's own, for somebody without an accepted
// application.
func newReference() string {
	var b [8]byte
	rand.Read(b[:])
	for i := range b {
		b[i] = referenceLetters[int(b[i])%len(referenceLetters)]
	}
	return "RM-" + string(b[:4]) + "-" + string(b[4:])
}

// Get returns the mentor with the id; [record.ErrNotFound] if there is none.
func (d *Desk) Get(ctx context.Context, id string) (*Mentor, error) {
	m, err := d.Mentors().Get(ctx, id)
	if err == nil && (m.Version() == 0 || m.State() == Nowhere) {
		err = record.ErrNotFound
	}
	return m, err
}

// ByEmail returns the mentor who signs in with the address; [record.ErrNotFound] if there is none.
func (d *Desk) ByEmail(ctx context.Context, email string) (*Mentor, error) {
	found, err := d.Wall.Store.Find(ctx, Kind, record.ByEmail, strings.ToLower(email))
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		m, err := d.Get(ctx, r.ID)
		if errors.Is(err, record.ErrNotFound) || err == nil && !strings.EqualFold(m.Person.Email, email) {
			continue
		}
		return m, err
	}
	return nil, record.ErrNotFound
}

// scopes are the areas in which the person with the address is a mentor.
func (d *Desk) scopes(ctx context.Context, email string) ([]staff.Scope, error) {
	m, err := d.ByEmail(ctx, email)
	if errors.Is(err, record.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return m.scopes(), nil
}

// A Line is one line of the list of mentors.
type Line struct {
	ID string
	Brief
}

// List lists the mentors in the areas of services for which a person may find mentors, sorted by
// name.
func (d *Desk) List(ctx context.Context, lead *staff.Person) (lines []Line, err error) {
	return d.list(ctx, func(b Brief) bool { return sees(lead, b.Services, b.Areas) })
}

// Named lists the mentors of every area whose name satisfies like.
func (d *Desk) Named(ctx context.Context, like func(name string) bool) ([]Line, error) {
	return d.list(ctx, func(b Brief) bool { return like(b.Name) })
}

func (d *Desk) list(ctx context.Context, takes func(Brief) bool) (lines []Line, err error) {
	all, err := d.Wall.Store.List(ctx, record.Range{Kind: Kind, Shelf: shelf, Max: 10_000})
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		var b Brief
		if err := json.Unmarshal(r.Brief, &b); err != nil {
			return nil, fmt.Errorf("reading %s: its entry is broken", r.ID)
		}
		if b.State != Nowhere && takes(b) {
			lines = append(lines, Line{r.ID, b})
		}
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return lines, nil
}

// sees tells whether a person may find mentors in one of the areas.
func sees(lead *staff.Person, services, areas []string) bool {
	for _, service := range services {
		for _, area := range areas {
			if lead.May(staff.Find, wall.Area(service, area)) {
				return true
			}
		}
	}
	return false
}

// ForLead returns the mentor with the id, if the person may find mentors in an area of theirs;
// otherwise [record.ErrNotFound].
func (d *Desk) ForLead(ctx context.Context, lead *staff.Person, id string) (*Mentor, error) {
	m, err := d.Get(ctx, id)
	if err == nil && !sees(lead, m.Services, m.areas()) {
		return nil, record.ErrNotFound
	}
	return m, err
}

// amend changes an existing mentor.
func (d *Desk) amend(ctx context.Context, id string, f func(m *Mentor, now time.Time) error) (*Mentor, error) {
	return d.Mentors().Amend(ctx, id, func(m *Mentor) error {
		if m.Version() == 0 || m.State() == Nowhere {
			return record.ErrNotFound
		}
		return f(m, d.now())
	})
}

// change is amend by a lead. The lead must see the mentor and be somebody else.
func (d *Desk) change(ctx context.Context, lead *staff.Person, id string, f func(m *Mentor, who Actor, now time.Time) error) (*Mentor, error) {
	return d.amend(ctx, id, func(m *Mentor, now time.Time) error {
		switch {
		case !sees(lead, m.Services, m.areas()):
			return record.ErrNotFound
		case strings.EqualFold(lead.Email, m.Person.Email):
			return ErrOwn
		}
		return f(m, Actor{ByLead, lead.Email}, now)
	})
}

// Put takes a message from the main store. It returns [crossing.ErrMessage] for a message that is
// not for the register. It makes the desk a [crossing.Gate].
func (d *Desk) Put(ctx context.Context, message crossing.Message) error {
	a, ok := message.(crossing.Accepted)
	if !ok {
		return fmt.Errorf("%w: it is not for mentoring", crossing.ErrMessage)
	}
	if err := a.Check(); err != nil {
		return err
	}
	return d.accept(ctx, a)
}

// of are the ids of the services whose mentors come from a course.
func (d *Desk) of(course string) (ids []string) {
	for _, s := range d.Wall.Services() {
		if s.Mentoring.Register != nil && slices.Contains(s.Mentoring.Register.Courses, course) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// accept makes a mentor from an accepted application, or brings an existing one up to date. A
// message about a course that brings no mentors is accepted and ignored.
func (d *Desk) accept(ctx context.Context, a crossing.Accepted) error {
	services := d.of(a.Course)
	if len(services) == 0 {
		return nil
	}
	id, err := d.find(ctx, a.Number, a.Email)
	if err != nil {
		return err
	}
	_, err = d.Mentors().Amend(ctx, id, func(m *Mentor) error {
		was := m.Accepted
		switch {
		case was != nil && was.Reference == a.Reference && was.Version >= a.Version:
			return record.ErrUnchanged // it has come before, or a later one has
		case was != nil && was.Reference != a.Reference && (a.Withdrawn != "" || was.Withdrawn == "" && a.Day < was.Day):
			return record.ErrUnchanged // a later application has replaced the one that it is about
		}
		m.accept(a, services, d, d.now())
		return nil
	})
	return err
}

func (m *Mentor) accept(a crossing.Accepted, services []string, d *Desk, now time.Time) {
	m.Accepted = &Basis{Reference: a.Reference, Version: a.Version, Course: a.Course, Day: a.Day, Withdrawn: a.Withdrawn}
	m.Reference = a.Reference
	person := m.Person
	person.Name, person.Email, person.Number, person.Practice = a.Name, a.Email, a.Number, a.Practice
	if m.Person.Sessions.Confirmed < a.Day {
		person.Sessions = Sessions{a.Sessions, a.Day}
	}
	if len(m.Services) == 0 {
		m.Services = services
		d.opened(m)
	}
	for _, s := range services {
		if !slices.Contains(m.Services, s) {
			m.Services = append(m.Services, s)
		}
	}
	switch {
	case a.Withdrawn != "":
		m.note(eventTaken, hub, now, "")
		if m.State() == Nowhere {
			return // the message about its acceptance has not arrived, and will then change nothing
		}
		if m.move(End, hub, now, "") != nil {
			m.tellLeads(now)
		}
	case m.Can(Accept, ByHub):
		m.From, m.Person, m.LastDay = FromApplication, person, ""
		m.StayUntil = Plus(a.Day, m.rules.StayMonths, 0)
		m.move(Accept, hub, now, "")
		m.owe(LetterWelcome, now)
	case m.Person != person:
		m.Person = person
		m.note(eventCorrected, hub, now, "")
	}
}

// An Invitation is from a lead to somebody who could join the register.
type Invitation struct {
	Service, Area string
	Name, Email   string
}

// Invite invites somebody. It returns [ErrMove] if they are already on the register or invited.
func (d *Desk) Invite(ctx context.Context, lead *staff.Person, to Invitation) (*Mentor, error) {
	if !lead.May(staff.Find, wall.Area(to.Service, to.Area)) || d.Rules(to.Service) == nil {
		return nil, record.ErrNotFound
	}
	id, err := d.find(ctx, "", to.Email)
	if err != nil {
		return nil, err
	}
	return d.Mentors().Amend(ctx, id, func(m *Mentor) error {
		now := d.now()
		if strings.EqualFold(lead.Email, to.Email) {
			return ErrOwn
		}
		if err := m.move(Invite, Actor{ByLead, lead.Email}, now, ""); err != nil {
			return err
		}
		d.begin(m, FromInvitation, to.Service)
		m.Person.Name, m.Person.Email = to.Name, to.Email
		m.Answers = Answers{AskAreas: to.Area}
		m.owe(LetterInvited, now)
		return nil
	})
}

// begin fills in what a new record needs and no application gives.
func (d *Desk) begin(m *Mentor, from Origin, service string) {
	m.From, m.Services, m.LastDay = from, []string{service}, ""
	if m.Reference == "" {
		m.Reference = newReference()
	}
	d.opened(m)
}

// Apply takes the application of somebody who already holds a qualification. Somebody who is
// already on the register only gets a letter; the caller cannot see which it was.
func (d *Desk) Apply(ctx context.Context, service string, post url.Values) ([]form.Problem, form.Values, error) {
	r := d.Rules(service)
	if r == nil || r.Qualified == nil || r.Service.Shut {
		return nil, nil, record.ErrNotFound
	}
	v := read(r.Qualified, post)
	if problems := wrong(r.Qualified, v, d.now()); len(problems) > 0 {
		return problems, v, nil
	}
	say := func(id string) string {
		if q, _ := r.Qualified.Question(id); q != nil {
			return q.Normal(v)
		}
		return ""
	}
	number := say(AskNumber)
	if q, _ := r.Qualified.Question(AskNumber); q != nil {
		if all := form.Registrations(number); len(all) > 0 {
			number = all[0].Key()
		}
	}
	email := strings.TrimSpace(v[AskEmail])
	id, err := d.find(ctx, number, email)
	if err != nil {
		return nil, v, err
	}
	_, err = d.Mentors().Amend(ctx, id, func(m *Mentor) error {
		now := d.now()
		if m.move(Apply, Actor{ByMentor, email}, now, "") != nil {
			m.owe(LetterWelcome, now)
			return nil
		}
		d.begin(m, FromQualified, service)
		m.Applied = v
		m.Person = Person{
			Name: v[AskName], Email: email, Number: number, Telephone: say(AskTelephone), Practice: say(AskPractice),
			Sessions: Sessions{say(AskEach), Today(now)},
		}
		if m.Answers == nil {
			m.Answers = Answers{}
		}
		for _, sec := range r.Profile.Sections { // copy answers, so that nobody types anything twice
			for i := range sec.Questions {
				for _, input := range sec.Questions[i].Inputs() {
					if answer := v[input]; answer != "" {
						m.Answers[input] = answer
					}
				}
			}
		}
		m.owe(LetterWelcome, now)
		return nil
	})
	return nil, v, err
}
