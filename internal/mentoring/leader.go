package mentoring

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/letter"
	"traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// KindLeader is the kind of the records about leads and deputies.
const KindLeader record.Kind = "mentoring lead"

// LetterWaits tells a lead or deputy that requests wait for them. It has a link and nothing else.
const LetterWaits = "request-waits"

// A Leader says when a lead or deputy is away, and when they were last told that something waits.
type Leader struct {
	record.Kept

	ID      string        `json:"id"`
	Email   string        `json:"email,omitempty"`
	Away    []Absence     `json:"away,omitempty"`
	Told    string        `json:"told,omitempty"` // the day of the last letter: 2006-01-02
	Letters record.Outbox `json:"letters,omitempty"`
}

// An Absence is from one day to another, including both: 2006-01-02.
type Absence struct {
	From  string `json:"from"`
	Until string `json:"until"`
}

// MostAbsences is the most absences that one person can enter.
const MostAbsences = 10

// dailyHour is when the daily letter is owed, in London's time. It goes on working days.
const dailyHour = 8

// Leaders keeps the records of leads and deputies, and is the story of their kind.
type Leaders struct{ *Desk }

func leaderOf(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(email)))
	return "leader-" + hex.EncodeToString(sum[:16])
}

func (d *Desk) leaders() *record.Keeper[*Leader] {
	return &record.Keeper[*Leader]{
		Store: d.Store, Kind: KindLeader, New: func(id string) *Leader { return &Leader{ID: id} }, Anew: true,
		Opened: func(l *Leader) { // drops past absences
			today := iso(d.Now())
			l.Away = slices.DeleteFunc(l.Away, func(a Absence) bool { return a.Until < today })
			l.Letters.Drop(func(o record.Letter) bool { return !o.IsOwed() })
		},
		Entry: func(l *Leader) (record.Record, error) {
			r := record.Record{ID: l.ID, Status: "leader", Email: strings.ToLower(l.Email), Due: l.Letters.Due(),
				Expires: d.Now().AddDate(0, 0, 30)}
			for _, a := range l.Away {
				if until, err := time.ParseInLocation(time.DateOnly, a.Until, course.London); err == nil &&
					until.AddDate(0, 0, 30).After(r.Expires) {
					r.Expires = until.AddDate(0, 0, 30)
				}
			}
			return r, nil
		},
	}
}

func iso(at time.Time) string { return at.In(course.London).Format(time.DateOnly) }

// memo remembers for a moment who is away, since a list asks for each of its requests.
type memo struct {
	mu   sync.Mutex
	at   time.Time
	away map[string]bool // by address
}

// memoLife is how long it remembers. A program sees its own changes to absences at once, and those
// of another program after this time.
const memoLife = 5 * time.Second

// away tells whether somebody has entered an absence for today.
func (d *Desk) away(email string) bool {
	d.absent.mu.Lock()
	defer d.absent.mu.Unlock()
	now := d.Now()
	if d.absent.away == nil || now.Sub(d.absent.at).Abs() > memoLife {
		d.absent.away, d.absent.at = map[string]bool{}, now
	}
	email = strings.ToLower(email)
	is, known := d.absent.away[email]
	if !known {
		ctx, cancel := context.WithTimeout(context.Background(), memoLife)
		defer cancel()
		l, err := d.leaders().Get(ctx, leaderOf(email))
		if err != nil {
			d.Log.Error("whether a lead is away cannot be looked up", "error", err)
			return false
		}
		is = slices.ContainsFunc(l.Away, func(a Absence) bool { return a.From <= iso(now) && iso(now) <= a.Until })
		d.absent.away[email] = is
	}
	return is
}

// Absences are the absences that somebody has entered, from today on.
func (d *Desk) Absences(ctx context.Context, p *staff.Person) ([]Absence, error) {
	l, err := d.leaders().Get(ctx, leaderOf(p.Email))
	return l.Away, err
}

// SetAway adds an absence. It returns [ErrTime] if it is over, ends before it begins, or begins
// more than a year ahead.
func (d *Desk) SetAway(ctx context.Context, p *staff.Person, from, until course.Date) error {
	a := Absence{from.Time().Format(time.DateOnly), until.Time().Format(time.DateOnly)}
	if a.Until < a.From || a.Until < iso(d.Now()) || a.From > iso(d.Now().AddDate(1, 0, 0)) {
		return ErrTime
	}
	return d.setAway(ctx, p, func(l *Leader) error {
		switch {
		case slices.Contains(l.Away, a): // pressed twice
			return record.ErrUnchanged
		case len(l.Away) >= MostAbsences:
			return ErrTime
		}
		l.Away = append(l.Away, a)
		slices.SortFunc(l.Away, func(a, b Absence) int { return strings.Compare(a.From, b.From) })
		return nil
	})
}

// NotAway removes an absence.
func (d *Desk) NotAway(ctx context.Context, p *staff.Person, a Absence) error {
	return d.setAway(ctx, p, func(l *Leader) error {
		l.Away = slices.DeleteFunc(l.Away, func(o Absence) bool { return o == a })
		return nil
	})
}

func (d *Desk) setAway(ctx context.Context, p *staff.Person, f func(*Leader) error) error {
	_, err := d.leaders().Amend(ctx, leaderOf(p.Email), func(l *Leader) error {
		l.Email = p.Email
		return f(l)
	})
	d.absent.mu.Lock()
	defer d.absent.mu.Unlock()
	d.absent.away = nil
	return err
}

// Waits tells whether a request waits for the staff now: for a call, the pro-forma, or clearing an
// exclusion.
func (r *Request) Waits(now time.Time) bool {
	state, _ := r.State()
	if r.Tries >= MaxTries && state.Open() { // the mentee is locked out, and waits to be called back
		return true
	}
	switch state {
	case Received, Talked:
		return true
	case Called:
		next := r.NextCall(now)
		return next.IsZero() || !next.After(now)
	case Seeking, Waiting:
		return len(r.Unclear()) > 0
	}
	return false
}

// Kind is the kind of the records.
func (s *Leaders) Kind() record.Kind { return KindLeader }

// Post makes the daily letter.
func (s *Leaders) Post() record.Story {
	return &record.Letters[*Leader]{
		Keeper: s.leaders(), Now: s.Now, From: s.MailFrom, Outbox: func(l *Leader) *record.Outbox { return &l.Letters },
		Dropped: func(l *Leader, _ record.Letter) bool { return s.Office.Staff(l.Email) == nil },
		Make: func(_ context.Context, l *Leader, o record.Letter, _ string) (record.Message, error) {
			t := s.Template(o.Name, "")
			if t == nil {
				return record.Message{}, fmt.Errorf("there is no letter %q", o.Name)
			}
			m := record.Message{To: l.Email}
			t.Write(&m, letter.With(s.Hub, map[string]string{"link": s.BaseURL + "/mentoring/lead/"}))
			return m, nil
		},
	}
}

// Sweep owes the daily letter to each lead and deputy for whom a request waits, on working days
// from 8am, and removes records that are no longer needed.
func (s *Leaders) Sweep(ctx context.Context) (int, error) {
	err := s.remind(ctx)
	n, wrong := s.Store.Expire(ctx, []record.Kind{KindLeader}, s.Now(), 100)
	return n, errors.Join(err, wrong)
}

func (s *Leaders) remind(ctx context.Context) error {
	now := s.Now().In(course.London)
	if now.Hour() < dailyHour || course.DateOf(now).Closed() != "" {
		return nil
	}
	var errs []error
	told := map[string]bool{}
	for _, of := range s.Services() {
		for _, c := range Colleagues(of) {
			p := s.Office.Staff(c.Email)
			if p == nil || told[leaderOf(c.Email)] {
				continue
			}
			told[leaderOf(c.Email)] = true
			errs = append(errs, s.tell(ctx, p, iso(now)))
		}
	}
	return errors.Join(errs...)
}

// tell owes somebody the letter of a day if something waits for them.
func (s *Leaders) tell(ctx context.Context, p *staff.Person, today string) error {
	l, err := s.leaders().Get(ctx, leaderOf(p.Email))
	if err != nil || l.Told >= today {
		return err
	}
	lines, err := s.List(ctx, p, true)
	if err != nil || !slices.ContainsFunc(lines, func(l Line) bool { return l.Waits }) {
		return err
	}
	_, err = s.leaders().AmendRead(ctx, l.ID, l, func(l *Leader) error {
		if l.Told >= today {
			return record.ErrUnchanged
		}
		l.Email, l.Told = p.Email, today
		l.Letters.Owe(newID(LetterWaits), LetterWaits, s.Now())
		return nil
	})
	return err
}

// About returns the record of the person with the address.
func (s *Leaders) About(_ context.Context, r record.Record, _ []form.Registration, email string) (*office.Own, error) {
	l, err := s.leaders().Read(r)
	if err != nil || email == "" || !strings.EqualFold(l.Email, email) {
		return nil, err
	}
	return &office.Own{ID: r.ID, Kind: KindLeader, Data: l}, nil
}

// GiveOut returns the record. It does not note that, since the record says nothing about mentees.
func (s *Leaders) GiveOut(ctx context.Context, id string) (*office.Own, error) {
	l, err := s.leaders().Get(ctx, id)
	if err == nil && l.Version() == 0 {
		err = record.ErrNotFound
	}
	return &office.Own{ID: id, Kind: KindLeader, Data: l}, err
}

// Erase removes the record.
func (s *Leaders) Erase(ctx context.Context, id string) error {
	l, err := s.leaders().Get(ctx, id)
	if err != nil || l.Version() == 0 {
		return err
	}
	if err = s.leaders().Delete(ctx, id, l); errors.Is(err, record.ErrNotFound) {
		return nil
	}
	return err
}

// Check says what is wrong with the record.
func (s *Leaders) Check(r record.Record, _ *record.Head) (*record.Head, string) {
	if s.leaders().Decode(r, &Leader{}) != nil {
		return nil, "it cannot be read"
	}
	return nil, ""
}
