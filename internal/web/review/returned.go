package review

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/paper"
	"traininghub/internal/web"
)

// The lead's old way: the PDF of the application comes back with the lead's part filled in. Its
// content goes into the page that asks for a decision, with the preview of the letter. The lead
// still makes the decision by pressing the button.

// askReturned asks for the file.
func (s *server) askReturned(w http.ResponseWriter, r *http.Request) error {
	d, err := s.deciding(r)
	if err != nil {
		return err
	}
	if d.a.Status() != application.Received {
		return web.SeeOther(w, r, atReview(d.a.Reference))
	}
	return s.returnedPage(w, d, nil)
}

func (s *server) returnedPage(w http.ResponseWriter, d *deciding, wrong []paper.Mistake) error {
	var problems []form.Problem
	for _, m := range wrong {
		problems = append(problems, form.Problem{Question: "file", Input: "file", Inputs: []string{"file"}, Text: string(m)})
	}
	return s.Render(w, web.StatusOf(problems), "ask", reviewFrame(d.a, "Send back the PDF, filled in", d.page.Cancel), page.Ask{
		Intro: []string{
			"If you filled in the part " + s.part(d) + " in the PDF of this application, send the file here. We read what you filled in. " +
				"You then see the letter to the applicant, and decide by sending it.",
			"If you wrote on paper, decide online by what you wrote.",
		},
		Upload: &page.Upload{Name: "file", Label: "The PDF of application " + d.a.Reference, Hint: "At most 4 MB, without a password",
			Accept: ".pdf,application/pdf"},
		Asking: page.Asking{Section: &form.Section{}, Problems: problems},
		Action: d.page.Cancel + "/returned", Button: "Read the file", Cancel: d.page.Cancel,
	})
}

// part is the title of the lead's part.
func (s *server) part(d *deciding) string {
	if def := s.Desk.Programme.Forms[d.a.Form]; def != nil && def.Decided() != nil {
		return "“" + def.Decided().Title + "”"
	}
	return "for the decision"
}

// returned reads the file, and goes on to the decision with its content.
func (s *server) returned(w http.ResponseWriter, r *http.Request) error {
	d, err := s.deciding(r)
	if err != nil {
		return err
	}
	if d.a.Status() != application.Received {
		return s.tooLate(w, d.a)
	}
	file, err := web.Sent(r, "file")
	switch {
	case errors.Is(err, web.ErrNoFile):
		return s.returnedPage(w, d, []paper.Mistake{"Choose the PDF of the application"})
	case errors.Is(err, web.ErrLargeFile):
		return s.returnedPage(w, d, []paper.Mistake{"The file is larger than 4 MB"})
	case err != nil:
		return err
	}
	back, err := paper.Open(bytes.NewReader(file))
	if mistake := paper.Mistake(""); errors.As(err, &mistake) {
		return s.returnedPage(w, d, []paper.Mistake{mistake})
	} else if err != nil {
		return err
	}
	def, now := s.Desk.Programme.Forms[d.a.Form], s.Desk.Now().In(course.London)
	if def == nil {
		return web.ErrNotFound
	}
	dec, wrong := back.Decision(d.a, def, now)
	if len(wrong) > 0 {
		return s.returnedPage(w, d, wrong)
	}
	d.fill(dec)
	a, p, problems, err := s.applications.Preview(r.Context(), web.StaffOf(r), d.a.Reference, d.decision())
	switch {
	case errors.Is(err, decide.ErrDecided):
		return s.tooLate(w, a)
	case err != nil:
		return err
	}
	if d.page.Problems = d.problems(problems, now); len(d.page.Problems) > 0 {
		return s.decidePage(w, d)
	}
	return s.previewPage(w, d, p, false)
}

// fill puts a decision into the questions of the page.
func (d *deciding) fill(dec application.Decision) {
	d.page.Filled = "We read these answers in the PDF. Nothing is decided yet."
	v := form.Values{"decision": "decline", "cohort": dec.Cohort, "text": dec.Text, "name": dec.Name}
	if dec.Accepted {
		v["decision"] = "accept"
	}
	if parts := strings.Split(dec.Funding, "-"); len(parts) == 3 {
		v["funding-year"], v["funding-month"], v["funding-day"] = parts[0], parts[1], parts[2]
	}
	for _, o := range d.page.Decline.Questions[0].Options {
		if o.Label == dec.Reason {
			v["reason"] = o.ID
		}
	}
	d.page.Values = v
}
