package attend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/letter"
	"traininghub/internal/record"
)

// The recipients of this story's letters.
const (
	ToTutor       letter.Recipient = "tutor" // or the provider
	ToParticipant letter.Recipient = "participant"
	ToLead        letter.Recipient = "lead"
	ToAppeals     letter.Recipient = "appeals" // whoever hears appeals
)

// The letters of this story.
const (
	LetterMark         = "attendance-to-tutor"
	LetterMarkReminder = "attendance-reminder-to-tutor"
	LetterConfirm      = "completion-to-tutor"
	LetterMoved        = "workshop-moved-to-participant"
	LetterMissed       = "missed-to-participant"
	LetterToDecide     = "missed-to-lead"
	LetterDecided      = "missed-decided-to-participant"
	LetterAppeal       = "missed-appeal-to-appeals"
	LetterCertificate  = "certificate-to-participant"
	LetterQuestions    = "questions-to-participant"
)

// Letters is the table of the letters that this story sends.
var Letters = func() letter.Table {
	t := letter.Table{}
	for to, names := range map[letter.Recipient][]string{
		ToTutor:       {LetterMark, LetterMarkReminder, LetterConfirm},
		ToParticipant: {LetterMoved, LetterMissed, LetterDecided, LetterCertificate, LetterQuestions},
		ToLead:        {LetterToDecide}, ToAppeals: {LetterAppeal},
	} {
		for _, name := range names {
			fields := []string{"title", "cohort", "workshop", "link"}
			switch name {
			case LetterMark, LetterMarkReminder, LetterConfirm:
				fields = append(fields, "until")
			case LetterMissed:
				fields = append(fields, "until", "sum", "place", "free")
			case LetterDecided:
				fields = append(fields, "justified", "charged", "waived", "stands", "void", "why", "appeal-by")
			case LetterMoved:
				fields = append(fields, "was", "cancelled")
			case LetterCertificate:
				fields = append(fields, "number", "check", "replaces")
			}
			t[name] = letter.Kind{To: []letter.Recipient{to}, Fields: fields, Alone: true,
				NoCopy: "a register is no application"}
		}
	}
	return t
}()

// Path is where the staff see registers, and Marks where tutors mark attendance.
const (
	Path  = "/review/attendance/"
	Marks = "/attendance/"
)

// letterID is the id of a letter: its name, the participant, and the subject.
func letterID(parts ...string) string { return strings.Join(parts, ".") }

// owe owes a letter about a participant, once for each subject.
func (r *Register) owe(name, ref, about string, due time.Time) {
	id := letterID(name, ref, about)
	if !r.Mail.Has(func(l record.Letter) bool { return l.ID == id }) {
		r.Mail.Owe(id, name, due)
	}
}

// follow does what follows from a register: it asks markers to mark and absent people for a reason,
// issues certificates, and sends the questionnaire.
func (d *Desk) follow(ctx context.Context, r *Register) error {
	c := d.course(r.Course)
	if c == nil {
		return nil
	}
	now := d.now()
	r.absences(c, now)
	r.issue(c, now)
	if cohort(c, r) != nil {
		d.askMarkers(r, c)
	}
	r.askOpinions(c, now)
	r.Keys.Drop(func(k record.Key) bool { return !now.Before(k.Expires) })
	r.Mail.Drop(func(l record.Letter) bool { return l.IsSent() && l.Name != LetterMark && now.Sub(l.Sent) > kept })
	return ctx.Err()
}

// kept is how long a sent letter stays in the record, so that it is not owed again.
const kept = 400 * 24 * time.Hour

// story is the story of registers, for the post.
func (d *Desk) story() record.Story {
	return settling{&record.Letters[*Register]{
		Keeper: d.registers(), Now: d.Applications.Now, From: d.Applications.MailFrom,
		Outbox:  func(r *Register) *record.Outbox { return &r.Mail },
		Dropped: d.dropped,
		Leased: func(r *Register, l *record.Letter) string {
			if link := r.link(l.ID); link != nil {
				return d.Applications.BaseURL + Marks + r.ID + "." + r.Keys.New(forMarking, l.ID, link.Until)
			}
			return ""
		},
		Make: d.write,
	}, d}
}

// settling is the story of registers that also finishes what did not fit in one write.
type settling struct {
	*record.Letters[*Register]
	d *Desk
}

func (s settling) Take(ctx context.Context, e record.Record) (record.Taken, error) {
	r := &Register{ID: e.ID}
	if err := s.d.registers().Decode(e, r); err != nil {
		return record.Taken{}, err
	}
	if !r.unfinished() {
		return s.Letters.Take(ctx, e)
	}
	var err error
	for r.Crowded && err == nil {
		r, err = s.d.change(ctx, r.ID, nil, func(*Register) error { return nil })
	}
	if err == nil {
		err = s.d.book(ctx, e.ID)
	}
	if err == nil {
		e, err = s.d.store().Get(ctx, e.ID)
	}
	if err != nil {
		return record.Taken{}, err
	}
	return s.Letters.Take(ctx, e)
}

// about splits a letter's id into the participant or workshop, and the subject.
func (r *Register) about(l record.Letter) (p *Participant, first, second string) {
	parts := strings.Split(strings.TrimPrefix(l.ID, l.Name+"."), ".")
	if len(parts) == 2 {
		first, second = parts[0], parts[1]
	}
	return r.Person(first), first, second
}

// missOf is the miss that a letter is about; nil if there is no such miss any more.
func (r *Register) missOf(p *Participant, word string) *Miss {
	if p == nil {
		return nil
	}
	word, _, _ = strings.Cut(word, "-")
	for i := len(p.Misses) - 1; i >= 0; i-- {
		if p.Misses[i].word() == word {
			return p.Misses[i]
		}
	}
	return nil
}

// dropped tells whether a due letter is no longer to be sent.
func (d *Desk) dropped(r *Register, l record.Letter) bool {
	p, first, second := r.about(l)
	c := d.course(r.Course)
	if c == nil {
		return true
	}
	switch l.Name {
	case LetterMark, LetterMarkReminder:
		i, err := strconv.Atoi(first)
		if err != nil || i >= len(r.Workshops) || r.Workshops[i].Cancelled || len(r.Unmarked(i)) == 0 {
			return true
		}
		return !d.marks(c, r, l)
	case LetterConfirm:
		return !d.marks(c, r, l) || len(r.unconfirmed()) == 0
	}
	if p == nil {
		return true
	}
	switch l.Name {
	case LetterMissed:
		m := r.missOf(p, second)
		return m == nil || m.Void != "" || m.Said != nil || m.Ruling != nil
	case LetterToDecide:
		m := r.missOf(p, second)
		return m == nil || m.Void != "" || m.Ruling != nil || strings.HasSuffix(second, "-late") && m.Said != nil
	case LetterAppeal:
		m := r.missOf(p, second)
		return m == nil || m.Void != "" || m.Heard != nil
	case LetterMoved:
		return p.Left != nil
	case LetterCertificate:
		return second != fmt.Sprint(len(p.Issued)) || p.Certificate() == nil
	case LetterQuestions:
		return !slices.ContainsFunc(p.Asked, func(a Asked) bool { return a.Round == second && !a.Done })
	}
	return false
}

// marks tells whether the recipient of a letter with a link still marks the cohort.
func (d *Desk) marks(c *course.Course, r *Register, l record.Letter) bool {
	link := r.link(l.ID)
	return link != nil && d.now().Before(link.Until) && slices.ContainsFunc(d.markers(c, r), func(m course.Contact) bool {
		return strings.EqualFold(m.Email, link.Email)
	})
}

// unconfirmed are the participants whose completion of the programme the provider has not confirmed
// yet.
func (r *Register) unconfirmed() (all []*Participant) {
	for _, p := range r.Present() {
		if p.Complete == nil {
			all = append(all, p)
		}
	}
	return all
}

// write makes a letter.
func (d *Desk) write(ctx context.Context, r *Register, l record.Letter, link string) (m record.Message, err error) {
	c, p, first, second := d.course(r.Course), (*Participant)(nil), "", ""
	t := d.Applications.Programme.Letters.For(l.Name, "")
	if t == nil || c == nil {
		return m, fmt.Errorf("there is no letter %q, or no such course", l.Name)
	}
	p, first, second = r.about(l)
	f := map[string]string{"title": r.Title, "cohort": r.Named, "link": link}
	m.ReplyTo = c.Contact.Email
	switch t.To {
	case ToTutor:
		to := r.link(l.ID)
		m.To, f["until"] = to.Email, course.DateOf(to.Until.Add(-time.Minute)).String()
		if i, err := strconv.Atoi(first); err == nil && l.Name != LetterConfirm {
			f["workshop"] = r.Workshops[i].Title + ", " + r.Workshops[i].When()
		}
	case ToLead:
		m.To, f["link"] = c.Lead.Email, d.place(r, p)
	case ToAppeals:
		hears := c.Hears()
		if len(hears) == 0 {
			return m, errors.New("nobody looks again at a charge for the course")
		}
		m.To, f["link"] = hears[0].Email, d.place(r, p)
	case ToParticipant:
		m.To = p.Email
		f["link"], f[letter.Greeting], err = d.Applications.StatusLink(ctx, p.Ref, l.ID)
		if errors.Is(err, record.ErrNotFound) {
			f["link"] = "" // the application was removed; the letter makes sense without a link
		} else if err != nil {
			return m, err
		}
		if err := d.say(ctx, c, r, p, l.Name, second, f, &m); err != nil {
			return m, err
		}
	}
	t.Write(&m, letter.With(d.Applications.Hub, f))
	return m, nil
}

// place is the address of a participant's page for the staff.
func (d *Desk) place(r *Register, p *Participant) string {
	return d.Applications.BaseURL + Path + "cohorts/" + r.ID + "/people/" + p.Ref
}

// say fills in the facts of a letter to a participant, and adds its attachments.
func (d *Desk) say(
	ctx context.Context, c *course.Course, r *Register, p *Participant, name, second string, f map[string]string, m *record.Message,
) error {
	what := func(miss *Miss) string {
		if miss.Workshop == WholePlace {
			return ""
		}
		w := r.Workshops[miss.Workshop]
		return w.Title + ", " + w.When()
	}
	switch name {
	case LetterMissed:
		miss := r.missOf(p, second)
		f["workshop"], f["until"] = what(miss), course.DateOf(miss.Until.Add(-time.Minute)).String()
		if miss.NoCharge() == "" {
			f["sum"] = course.Money(miss.Pence).String()
		}
		if f["free"] = miss.Free; miss.Late != nil {
			f["place"] = course.DateOf(miss.Late.FreeUntil).String()
		}
	case LetterDecided:
		miss := r.missOf(p, second)
		if f["workshop"] = what(miss); f["workshop"] == "" {
			f["workshop"] = "your place"
		}
		sum, ruling := course.Money(miss.Pence).String(), miss.last()
		if ruling != nil {
			f["why"] = ruling.Why
		}
		switch {
		case miss.Void != "":
			f["void"], f["why"] = miss.Void, ""
		case ruling == nil:
		case ruling.What == Justified:
			f["justified"] = f["workshop"]
		case ruling.What == Waived:
			f["waived"] = sum
		case miss.Heard != nil:
			f["stands"] = sum
		default:
			f["charged"] = sum
		}
		if by := miss.AppealBy(c.Attendance.Answer()); !by.IsZero() {
			f["appeal-by"] = course.DateOf(by.Add(-time.Minute)).String()
		}
	case LetterMoved:
		i, err := strconv.Atoi(second[:strings.IndexByte(second+"-", '-')])
		if err != nil || i >= len(r.Workshops) {
			return errors.New("there is no such workshop")
		}
		w := r.Workshops[i]
		f["workshop"] = w.Title + ", " + w.When()
		if n := len(w.Moved); n > 0 {
			f["was"] = course.Moment(w.Moved[n-1].From)
		}
		if w.Cancelled {
			f["cancelled"], f["was"], f["workshop"] = f["workshop"], "", ""
		}
		if k := cohort(c, r); k != nil {
			m.Attachments = append(m.Attachments, record.Attachment{Name: c.ID + "-" + k.ID + ".ics",
				Type: "text/calendar; charset=utf-8", Data: c.CohortCalendar(*k, d.Applications.BaseURL)})
		}
	case LetterCertificate:
		cert, err := d.Certificate(ctx, p)
		if err != nil {
			return err
		}
		f["number"], f["check"] = cert.Number, d.Applications.BaseURL+"/certificate/"
		if len(p.Issued) > 1 {
			f["replaces"] = p.Issued[len(p.Issued)-2].Number
		}
		m.Attachments = append(m.Attachments, record.Attachment(d.Print(cert)))
	}
	return nil
}

// Calendar has the workshops of a register's cohort for a calendar program, as the course's file is
// now; nil if the file no longer has the cohort.
func (d *Desk) Calendar(r *Register) []byte {
	c := d.course(r.Course)
	if k := cohort(c, r); k != nil {
		return c.CohortCalendar(*k, d.Applications.BaseURL)
	}
	return nil
}

// Print is a certificate as a file: the PDF, or its text if the PDF cannot be drawn.
func (d *Desk) Print(c *Certificate) document.File {
	name, _ := d.Applications.Hub("name")
	file, err := c.Paper(name, d.Applications.BaseURL).File("certificate-"+c.Number, d.Applications.PDF)
	if err != nil {
		d.Applications.Log.Error("PDF not drawn; the text goes instead", "reference", c.Ref, "error", err)
	}
	return file
}
