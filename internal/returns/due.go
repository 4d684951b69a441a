package returns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/letter"
	"traininghub/internal/record"
	"traininghub/internal/scheme"
	"traininghub/internal/staff"
)

// LetterDue reminds the office of a quarter's return that nobody has made.
const LetterDue = "return-due-to-office"

// Letters is the table of the letters that this story sends.
var Letters = letter.Table{LetterDue: {
	To: []letter.Recipient{staff.To}, Fields: []string{"scheme", "period", "link"}, Alone: true, NoCopy: "a return is no application",
}}

// Path is where the pages of returns are.
const Path = "/review/returns/"

// due returns a scheme's latest quarter whose return is due by the scheme's file; ok is false if
// nobody has to be reminded.
func due(s *scheme.Scheme, now time.Time) (p Period, ok bool) {
	if !s.Reports() || s.Return.DueAfter == 0 {
		return p, false
	}
	for _, p := range Periods(s, now) {
		if strings.Contains(p.ID, "q") {
			return p, !now.Before(course.AddWorkingDays(p.Until.AddDays(1).Time(), s.Return.DueAfter))
		}
	}
	return p, false
}

// remind owes the office a letter for each return that is due and that nobody has made, once for
// each quarter.
func (d *Desk) remind(ctx context.Context) (total int, err error) {
	for _, s := range d.Schemes {
		p, ok := due(s, d.Now())
		if !ok {
			continue
		}
		r, err := d.Get(ctx, s, p)
		if err != nil {
			return total, err
		}
		if len(r.Snapshots) > 0 {
			continue
		}
		told := false
		if _, err := d.lists().Amend(ctx, "returns."+s.ID, func(l *list) error {
			if told = slices.Contains(l.Told, p.ID); told {
				return record.ErrUnchanged
			}
			l.Told = append(l.Told, p.ID)
			for i := range d.office() {
				l.Mail.Owe(fmt.Sprintf("%s.%s.%d", LetterDue, p.ID, i), LetterDue, d.Now())
			}
			l.Past.Add(d.Now(), "due", "hub", p.ID)
			return nil
		}); err != nil {
			return total, err
		}
		if !told {
			total++
		}
	}
	return total, nil
}

func (d *Desk) office() []course.Contact {
	if d.Office == nil {
		return nil
	}
	return d.Office()
}

// post makes the letters of lists.
func (d *Desk) post() record.Story {
	return &record.Letters[*list]{
		Keeper: d.lists(), Now: d.Now, From: d.MailFrom, Outbox: func(l *list) *record.Outbox { return &l.Mail },
		Make: func(_ context.Context, l *list, owed record.Letter, _ string) (m record.Message, err error) {
			s := d.Scheme(strings.TrimPrefix(l.ID, "returns."))
			parts := strings.Split(owed.ID, ".")
			if s == nil || len(parts) != 3 {
				return m, errors.New("there is no such scheme any more")
			}
			p, _ := PeriodOf(s, parts[1])
			i, _ := strconv.Atoi(parts[2])
			t, office := d.Template(owed.Name), d.office()
			if t == nil || i >= len(office) {
				return m, fmt.Errorf("there is no letter %q, or nobody in the office", owed.Name)
			}
			m.To = office[i].Email
			fields := map[string]string{"scheme": s.Title, "period": p.Name(), "link": d.BaseURL + Path}
			t.Write(&m, letter.With(d.Hub, fields))
			return m, nil
		},
	}
}
