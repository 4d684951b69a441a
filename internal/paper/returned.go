package paper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/pdf/read"
	"traininghub/internal/staff"
)

// A Returned is the PDF of an application that came back with the lead's part filled in on screen.
// Anybody may have made it.
type Returned struct {
	Reference string // "" if it does not name an application
	edition   string
	fields    map[string]read.Field
}

// Open reads a file that came back. It returns a [Mistake], in words for whoever sent the file, or
// an error if the file could not be read at all.
func Open(r io.Reader) (*Returned, error) {
	head := make([]byte, 1024)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	if !bytes.Contains(head[:n], []byte("%PDF-")) {
		return nil, Mistake("The file is not a PDF. Choose the PDF of the application, as you saved it after you filled it in")
	}
	fields, err := read.Fields(io.MultiReader(bytes.NewReader(head[:n]), r))
	switch {
	case errors.Is(err, read.ErrNoForm):
		return nil, Mistake("The file has no fields that can be read. If it was printed and scanned, decide online by what it says")
	case errors.Is(err, read.ErrEncrypted):
		return nil, Mistake("The file is encrypted. Save it without a password, and choose it again")
	case errors.Is(err, read.ErrTooLarge):
		return nil, Mistake("The file is too large to be the PDF of an application")
	case err != nil:
		return nil, Mistake("The file is damaged. Download the PDF again, and fill it in anew, or decide online")
	}
	p := &Returned{fields: map[string]read.Field{}}
	for _, f := range fields {
		if _, twice := p.fields[f.Name]; !twice {
			p.fields[f.Name] = f
		}
	}
	ref, edition, _ := strings.Cut(p.fields[read.Returns].Value, " ")
	if application.IsReference(ref) {
		p.Reference, p.edition = ref, edition
	}
	return p, nil
}

// A Mistake says what is wrong with a file, in words for whoever sent it. It repeats nothing of the
// file's content.
type Mistake string

func (m Mistake) Error() string { return string(m) }

// Decision returns what the lead filled in, for the application as it is now and with the form's
// questions, or what is wrong with it. It does not count until somebody who decides has seen it,
// and every rule of deciding applies. The paper does not ask for the cohort, so it is the one that
// the applicant is to join at present.
func (p *Returned) Decision(
	a *application.Application, def *form.Definition, now time.Time,
) (dec application.Decision, wrong []Mistake) {
	say := func(format string, args ...any) { wrong = append(wrong, Mistake(fmt.Sprintf(format, args...))) }
	switch {
	case p.Reference == "":
		say("The file does not say which application it is of. It is an empty form, or another program has changed it. " +
			"Download the PDF of this application, or decide online")
		return dec, wrong
	case p.Reference != a.Reference:
		say("The file is the PDF of another application, %s. Choose that of %s, or open the other one and send it there",
			p.Reference, a.Reference)
		return dec, wrong
	case p.edition != a.Edition():
		say("The file is an older version of the application. It has changed since: read it as it is now, and decide " +
			"online, or fill in its new PDF")
		return dec, wrong
	}
	part := def.Decided()
	if part == nil || part.Blank(form.IsDecision) == nil {
		say("The form has no decision that can be read from a PDF. Decide online")
		return dec, wrong
	}
	if p.empty(part) {
		say("Nothing is filled in below “%s”. If you filled it in, save the file before you choose it", part.Title)
		return dec, wrong
	}
	choice := part.Blank(form.IsDecision)
	at := func(b *form.Blank) read.Field {
		if b == nil {
			return read.Field{}
		}
		return p.fields[part.ID+"/"+b.ID]
	}
	text := func(is string) string { return strings.TrimSpace(at(part.Blank(is)).Value) }
	dec.Name, dec.Cohort = text(form.IsName), a.CohortID()
	reason, ticked := text(form.IsReason), slices.Compact(slices.Sorted(slices.Values(at(choice).Ticked)))
	chosen := -1
	if len(ticked) == 1 {
		chosen = slices.Index(choice.Options, ticked[0])
	} else if len(ticked) == 0 {
		chosen = slices.Index(choice.Options, at(choice).Value)
	}
	yes, no := choice.Options[0], choice.Options[1]
	switch {
	case len(ticked) > 1:
		say("Both “%s” and “%s” are ticked", yes, no)
	case chosen < 0:
		say("Neither “%s” nor “%s” is ticked", yes, no)
	case chosen == 1 && reason == "" && part.Blank(form.IsReason) != nil:
		say("It is declined without a reason")
	case chosen == 0 && reason != "":
		say("“%s” is ticked, and a reason for declining is given", yes)
	}
	dec.Accepted = chosen == 0
	dec.Funding = p.date(part, form.IsFunding, dec.Accepted, now, &wrong)
	if day := p.date(part, form.IsDecided, false, now, &wrong); day != "" {
		switch {
		case day > course.DateOf(now).ISO():
			say("The date of the decision is in the future")
		case day < course.DateOf(a.Document.Received).ISO():
			say("The date of the decision is before the application was received")
		}
	}
	if chosen == 1 {
		dec.Funding = ""
		dec.Reason, dec.Text = reasonOf(def.DeclineReasons, reason)
	}
	return dec, wrong
}

// empty reports whether nothing of a part is filled in.
func (p *Returned) empty(part *form.Part) bool {
	for name, f := range p.fields {
		if strings.HasPrefix(name, part.ID+"/") && (strings.TrimSpace(f.Value) != "" && f.Value != "Off" || len(f.Ticked) > 0) {
			return false
		}
	}
	return true
}

// date returns a date of the part, "2021-11-17"; "" if it is missing or wrong.
func (p *Returned) date(part *form.Part, is string, needed bool, now time.Time, wrong *[]Mistake) string {
	b := part.Blank(is)
	if b == nil {
		return ""
	}
	rule := "omitempty"
	if needed {
		rule = "required"
	}
	q := form.Ask(form.Question{ID: "date", Kind: form.Date, Label: b.Label, InMessages: "“" + b.Label + "”", Rule: rule})
	v := form.Values{}
	for _, part3 := range []string{"day", "month", "year"} {
		v["date-"+part3] = strings.TrimSpace(p.fields[part.ID+"/"+b.ID+"/"+part3].Value)
	}
	asked := form.Section{Questions: []form.Question{q}}
	for _, problem := range asked.Check(v, now) {
		*wrong = append(*wrong, Mistake(problem.Text))
		return ""
	}
	return q.Normal(v)
}

// reasonOf finds the typed reason among those that the lead can choose from. Any other text goes
// with the reason that asks for more words.
func reasonOf(reasons []form.Option, typed string) (reason, text string) {
	for _, r := range reasons {
		if strings.EqualFold(strings.TrimSuffix(r.Label, "."), strings.TrimSuffix(typed, ".")) {
			return r.Label, ""
		}
	}
	for _, r := range reasons {
		if r.ID == decide.OtherReason {
			return r.Label, typed
		}
	}
	return "", typed
}

// Record decides as the file says, in the name of somebody who may decide on the application, by
// all rules of deciding. It first calls agree with the letter that would be sent. It returns what
// is wrong as mistakes.
func Record(
	ctx context.Context, d *intake.Desk, s *staff.Person, p *Returned, agree func(*decide.Preview) bool,
) (*application.Application, []Mistake, error) {
	if p.Reference == "" {
		return nil, []Mistake{"The file does not say which application it is of"}, nil
	}
	a, err := decide.Of(d).ForReview(ctx, s, p.Reference, true)
	if err != nil {
		return nil, nil, err
	}
	def := d.Programme.Forms[a.Form]
	if def == nil {
		return nil, []Mistake{"The form of the application is not there any more"}, nil
	}
	dec, wrong := p.Decision(a, def, d.Now().In(course.London))
	if len(wrong) > 0 {
		return a, wrong, nil
	}
	a, preview, problems, err := decide.Of(d).Preview(ctx, s, a.Reference, dec)
	if err == nil && len(problems) == 0 && agree(preview) {
		a, _, problems, err = decide.Of(d).Decide(ctx, s, a.Reference, dec, preview.Shown)
	}
	for _, problem := range problems {
		wrong = append(wrong, Mistake(problem.Text))
	}
	return a, wrong, err
}
