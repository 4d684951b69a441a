package mentoring

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// What mentees do on the page of their request. A mailed link and their word together open it; then
// the browser has a key of its own for a while.

// The reasons why the page does not open.
var (
	// ErrNoLink: the link opens nothing. It is cut off or too old, or the request was removed.
	ErrNoLink = errors.New("mentoring: the link opens no request")
	// ErrWord: the word is wrong.
	ErrWord = errors.New("mentoring: the word is not right")
	// ErrLocked: the word was wrong too often. The lead calls back and lets them choose a new one.
	ErrLocked = errors.New("mentoring: the word was wrong too often")
	// ErrFinal: the request is over and can no longer change.
	ErrFinal = errors.New("mentoring: the request is over")
)

// How long a browser that has opened the page may go on using it.
const (
	deviceLife = time.Hour
	wordLeast  = 6
)

// Door says what is needed to open the page of a request.
type Door struct {
	Choose bool // there is no word yet, since the lead typed the request in
	Locked bool // the word was wrong too often
}

// Knock tells what is needed to open the page behind a mailed link. It changes nothing, since mail
// scanners open links, too.
func (d *Desk) Knock(ctx context.Context, link string) (Door, error) {
	r, _, err := d.unlock(ctx, link, forPage)
	if err != nil {
		return Door{}, err
	}
	return Door{Choose: r.Word == nil, Locked: r.Tries >= MaxTries}, nil
}

// unlock is the request that a key opens for a purpose.
func (d *Desk) unlock(ctx context.Context, key, purpose string) (*Request, []byte, error) {
	id, secret, ok := record.SplitKey(key)
	if !ok {
		return nil, nil, ErrNoLink
	}
	r, err := d.Requests().Get(ctx, id)
	if errors.Is(err, record.ErrNotFound) || err == nil && !r.Keys.Opens(secret, purpose, d.Now()) {
		return nil, nil, ErrNoLink
	}
	return r, secret, err
}

// Enter opens the page by a mailed link and the word, and returns a key for the browser. If there
// is no word yet, the given word becomes it. It returns ErrNoLink, ErrWord with the number of tries
// left, or ErrLocked.
func (d *Desk) Enter(ctx context.Context, link, word string) (key string, left int, err error) {
	r, secret, err := d.unlock(ctx, link, forPage)
	if err != nil {
		return "", 0, err
	}
	chosen, right := (*Word)(nil), false
	if r.Word == nil { // slow, so kept out of the loop that is repeated when others write
		if len([]rune(word)) < wordLeast {
			return "", 0, ErrWord
		}
		if chosen, err = newWord(word, cmp.Or(d.Rounds, Rounds)); err != nil {
			return "", 0, err
		}
	} else {
		right = r.Word.Is(word)
	}
	wrong := error(nil)
	tried := r.Word
	_, err = d.Requests().AmendRead(ctx, r.ID, r, func(r *Request) error {
		now := d.Now().UTC()
		key, left, wrong = "", 0, nil
		switch {
		case !r.Keys.Opens(secret, forPage, now):
			return ErrNoLink
		case r.Tries >= MaxTries:
			return ErrLocked
		case (r.Word == nil) != (tried == nil) || tried != nil && !slices.Equal(r.Word.Hash, tried.Hash): // changed
			return ErrWord
		case chosen != nil:
			r.Word = chosen
			r.Note(now, EventWord, ByMentee, "", "")
		case !right:
			r.Tries++
			r.Note(now, EventWrong, ByMentee, "", "")
			if left, wrong = MaxTries-r.Tries, ErrWord; left == 0 {
				wrong = ErrLocked
				r.Keys.Drop(func(k record.Key) bool { return k.For == forDevice })
				r.Letters.Owe(newID(LetterToLead), LetterToLead, now)
			}
			return nil
		}
		r.Tries = 0
		r.Note(now, EventOpened, ByMentee, "", "")
		key = r.ID + "." + r.Keys.New(forDevice, "", now.Add(deviceLife))
		return nil
	})
	if err == nil && key != "" {
		d.Office.Applications.Mailboxes().Proved(ctx, r.Contact.Email)
	}
	return key, left, cmp.Or(err, wrong)
}

// AllowWord lets a mentee choose a new word, once the staff have called them back on the number
// that they gave. Links mailed before stop working.
func (d *Desk) AllowWord(ctx context.Context, p *staff.Person, id string) (*Request, error) {
	return d.Change(ctx, p, id, func(r *Request, by string) error {
		if r.Tries < MaxTries {
			return ErrMove
		}
		r.Word, r.Tries, r.Keys = nil, 0, nil
		r.Note(d.Now(), EventUnlocked, by, p.Email, "")
		r.Letters.Owe(newID(LetterLink), LetterLink, d.Now())
		return nil
	})
}

// Page is the request that a browser has opened.
func (d *Desk) Page(ctx context.Context, key string) (*Request, error) {
	r, _, err := d.unlock(ctx, key, forDevice)
	return r, err
}

// Leave takes the key from the browser.
func (d *Desk) Leave(ctx context.Context, key string) error {
	r, secret, err := d.unlock(ctx, key, forDevice)
	if errors.Is(err, ErrNoLink) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = d.Requests().AmendRead(ctx, r.ID, r, func(r *Request) error {
		r.Keys.Drop(func(k record.Key) bool { return k.Is(secret) })
		return nil
	})
	return err
}

// own changes the request that a browser has opened.
func (d *Desk) own(ctx context.Context, key string, f func(*record.Set, *Request) error) (r *Request, err error) {
	id, secret, ok := record.SplitKey(key)
	if !ok {
		return nil, ErrNoLink
	}
	err = record.Together(ctx, d.Store, func(set *record.Set) error {
		if r, err = d.Requests().In(ctx, set, id); errors.Is(err, record.ErrNotFound) {
			return ErrNoLink
		}
		if err != nil {
			return err
		}
		if !r.Keys.Opens(secret, forDevice, d.Now()) {
			return ErrNoLink
		}
		return f(set, r)
	})
	return r, err
}

// Withdraw ends the request without asking for a reason. The same write frees what the request
// holds, such as a mentor's place.
func (d *Desk) Withdraw(ctx context.Context, key string) error {
	_, err := d.own(ctx, key, func(set *record.Set, r *Request) error {
		if state, _ := r.State(); state == Withdrawn { // pressed twice
			return record.ErrUnchanged
		}
		if d.Release != nil {
			if err := d.Release(ctx, set, r); err != nil {
				return err
			}
		}
		if r.Move(d.Now(), EventWithdrawn, ByMentee, "", "") != nil {
			return ErrFinal
		}
		return nil
	})
	return err
}

// Correct changes the answers to a section that does not repeat. The earlier answers are kept
// beside them.
func (d *Desk) Correct(ctx context.Context, key, section string, v form.Values) (problems []form.Problem, err error) {
	return d.correct(ctx, key, section, func(def *form.Definition, s *form.Section, a *application.Answers) []form.Problem {
		if s.Repeat != nil {
			return []form.Problem{{Text: "This is a list"}}
		}
		a.Values[s.ID] = v
		return s.Check(v, d.Now())
	})
}

// CorrectRow changes an entry of a section that repeats. It removes an entry if there are no
// values, and adds one if no entry has the id.
func (d *Desk) CorrectRow(ctx context.Context, key, section, row string, v form.Values) (problems []form.Problem, err error) {
	return d.correct(ctx, key, section, func(def *form.Definition, s *form.Section, a *application.Answers) []form.Problem {
		if s.Repeat == nil {
			return []form.Problem{{Text: "This is no list"}}
		}
		rows := slices.Clone(a.Rows[s.ID])
		i := slices.IndexFunc(rows, func(r application.Row) bool { return r.ID == row })
		switch {
		case v == nil && i >= 0:
			rows = slices.Delete(rows, i, i+1)
		case v == nil:
		case i >= 0:
			rows[i].Values = v
		case len(rows) >= s.Repeat.Max:
			return []form.Problem{{Text: "There is no room for another " + s.Repeat.Item}}
		default:
			rows = append(rows, application.Row{ID: row, Values: v})
		}
		a.Rows[s.ID] = rows
		if v == nil {
			return nil
		}
		return s.Check(v, d.Now())
	})
}

// CorrectWords keeps the mentee's comment on the pro-forma; "" removes it.
func (d *Desk) CorrectWords(ctx context.Context, key, text string) error {
	_, err := d.own(ctx, key, func(_ *record.Set, r *Request) error {
		state, _ := r.State()
		switch {
		case r.Proforma == nil || !state.Open():
			return ErrFinal
		case r.Proforma.Corrected == text:
			return record.ErrUnchanged
		}
		r.Proforma.Corrected = text
		r.Note(d.Now(), EventCorrected, ByMentee, "", ReadProforma)
		return nil
	})
	return err
}

// Ends is when a request that is over is removed. If it is not over, it is when that would be if it
// ended now.
func (d *Desk) Ends(r *Request) time.Time {
	state, since := r.State()
	if state.Open() {
		since = d.Now()
	}
	return d.ends(r, since)
}

// mostEarlier is how many earlier versions of a document are kept beside the newest.
const mostEarlier = 20

func (d *Desk) correct(
	ctx context.Context, key, section string,
	f func(*form.Definition, *form.Section, *application.Answers) []form.Problem,
) (problems []form.Problem, err error) {
	r, err := d.own(ctx, key, func(_ *record.Set, r *Request) error {
		problems = nil
		state, _ := r.State()
		s, def := d.Service(r.Service), d.FormOf(r.Service)
		if !state.Open() || s == nil || def == nil {
			return ErrFinal
		}
		sec, _ := def.Section(section)
		if sec == nil {
			return ErrNoRequest
		}
		answers := copyOf(r.Answers)
		if problems = f(def, sec, &answers); len(problems) > 0 {
			return record.ErrUnchanged
		}
		now := d.Now().UTC()
		doc := d.Office.Applications.Frozen(def, r.Document.Reference, r.Document.Started, &answers)
		doc.Received, doc.Declarations, doc.Signature = r.Document.Received, r.Document.Declarations, r.Document.Signature
		if len(r.Earlier) < mostEarlier {
			r.Earlier = append(r.Earlier, Earlier{Until: now, Document: r.Document})
		}
		area := r.Area
		r.fill(s, def, doc, answers)
		if problems = misses(def, s.Mentoring.Role(r.Role), r); len(problems) > 0 {
			return record.ErrUnchanged
		}
		r.Note(now, EventCorrected, ByMentee, "", sec.ID)
		if r.Area != area {
			if state != Received && state != Called && state != NoAnswer {
				r.Area = area // once the area's lead has begun, only the lead gives it to another area
			} else {
				r.Note(now, EventMoved, ByMentee, "", r.Area)
				r.Letters.Owe(newID(LetterToLead), LetterToLead, now)
			}
		}
		return nil
	})
	if len(problems) == 0 {
		_, err = d.excluded(ctx, r, err)
	}
	return problems, err
}

// copyOf is a copy of answers that can be changed separately.
func copyOf(a application.Answers) application.Answers {
	c := application.Answers{Values: map[string]form.Values{}, Rows: map[string][]application.Row{},
		Done: map[string]bool{}}
	for id, v := range a.Values {
		c.Values[id] = v
	}
	for id, rows := range a.Rows {
		c.Rows[id] = rows
	}
	for id, done := range a.Done {
		c.Done[id] = done
	}
	return c
}

// AskAgain mails a new link for each stored request with the address. The caller cannot see whether
// there is one.
func (d *Desk) AskAgain(ctx context.Context, email string) error {
	found, err := d.Store.Find(ctx, KindRequest, record.ByEmail, strings.ToLower(strings.TrimSpace(email)))
	if err != nil {
		return err
	}
	var errs []error
	for _, rec := range found {
		_, err := d.Requests().Amend(ctx, rec.ID, func(r *Request) error {
			now := d.Now()
			recent := func(l record.Letter) bool { return l.Name == LetterLink && now.Sub(l.Owed) < time.Hour }
			if r.Letters.Has(recent) {
				return record.ErrUnchanged
			}
			r.Letters.Drop(func(l record.Letter) bool { return l.Name == LetterLink && !l.IsOwed() })
			r.Letters.Owe(newID(LetterLink), LetterLink, now)
			return nil
		})
		if !errors.Is(err, record.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// A Reading says that somebody of the staff has read a part of the request.
type Reading struct {
	Who  string // their role: "mentor lead", "deputy"
	What string // ReadRequest, ReadProforma
	At   time.Time
}

// Readings are the readings of the request, the newest first.
func (r *Request) Readings() (all []Reading) {
	for _, e := range slices.Backward(r.Events) {
		if e.What == EventRead {
			all = append(all, Reading{e.Who, e.Note, e.At})
		}
	}
	return all
}
