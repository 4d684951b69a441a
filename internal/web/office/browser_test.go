package office_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"traininghub/internal/browsertest"
	"traininghub/internal/correction"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/intake/intaketest"
	"traininghub/internal/letters"
	"traininghub/internal/office"
	"traininghub/internal/paper"
	"traininghub/internal/paper/papertest"
	"traininghub/internal/pdf"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/web"
	weboffice "traininghub/internal/web/office"
	"traininghub/internal/web/review"
	"traininghub/site"
)

type mails []record.Message

func (m *mails) Send(_ context.Context, one record.Message) error {
	*m = append(*m, one)
	return nil
}

// TestBrowser: the office enters an application on paper of somebody without an email address and
// posts the letter. The lead sends back the PDF, first with mistakes, and decides. The office gives
// out everything about the person, and two of its people erase it. By the keyboard, without a
// script; no page breaks a rule of accessibility at 1280 or 320 pixels, or scrolls sideways.
func TestBrowser(t *testing.T) {
	now := time.Date(2021, 9, 20, 9, 0, 0, 0, course.London)
	clock := func() time.Time { return now }
	made, files := browsertest.Site(t, site.Sources{Letters: letters.All()}, now)
	mail := &mails{}
	desk := office.New(&intake.Desk{
		Store: &recordtest.Memory{}, Programme: made.Programme.WithoutMentoring(), Now: clock, Retain: intaketest.Retention, MailFrom: made.Hub.MailFrom,
		Hub: made.Hub.Fact, PDF: pdf.Render, Log: slog.New(slog.DiscardHandler), Scans: paper.Folder(filepath.Join(t.TempDir(), "scans")),
	})
	correction.Join(desk)
	desk.Mailer = mail
	desk.Contacts = []course.Contact{{Name: "Olu Example", Email: "olu@example.org"}, {Name: "Ola Example", Email: "ola@example.org"}}
	handler, err := web.New(web.Settings{Office: desk, Pages: made.Pages, Site: made.Hub, Log: slog.New(slog.DiscardHandler), MaxExport: 1 << 20}, review.Routes, weboffice.Routes)
	if err != nil {
		t.Fatal(err)
	}
	served := browsertest.Serve(t, files, handler, "/review/")
	desk.Applications.BaseURL = served
	browser := browsertest.Start(t)
	deliver := func() {
		t.Helper()
		for n := 1; n > 0; {
			if n, err = desk.Post().Deliver(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	signIn := func(email string) *browsertest.Tab {
		t.Helper()
		return browser.Tab(served).SignIn("/review/", email, func() string {
			deliver()
			return regexp.MustCompile(`/review/sign-in/link/\S+`).FindString((*mail)[len(*mail)-1].Text)
		})
	}
	one, two := signIn("olu@example.org"), signIn("ola@example.org")

	one.Open("/review/office/")
	one.At("For the office")
	one.Seen("office")
	one.Follow("Enter an application on paper")
	one.Seen("paper-which")
	def := made.Programme.FormOf("career-conversations")
	one.Follow(def.Title)
	one.At("Enter an application on paper")
	one.Seen("paper")
	one.Press("Read it back")
	one.Says("There is a problem", "Enter the day on which the paper reached you")
	one.Seen("paper-wrong")
	one.FillAll(map[string]string{"received-day": "20", "received-month": "9", "received-year": "2021", "signed-on-day": "18", "signed-on-month": "9", "signed-on-year": "2021"})
	for i := range def.Sections {
		s := &def.Sections[i]
		answers := intaketest.Answers(s, func(q *form.Question) string {
			if q.ID == def.Applicant.Email {
				return ""
			}
			return q.ID + "@example.org"
		}, func(q *form.Question) string { return "Fern" })
		typed := map[string]string{}
		for k := range s.Questions {
			q := &s.Questions[k]
			switch {
			case s.Repeat != nil && s.Repeat.Min == 0:
			case len(q.Choices()) > 0:
				for _, o := range q.Choices() {
					if o.ID == answers[q.ID] {
						one.Choose(q.Label, o.Label)
					}
				}
			default:
				for _, name := range q.Inputs() {
					if text := answers[name]; text != "" && s.Repeat != nil {
						typed[s.ID+"-1-"+name] = text
					} else if text != "" {
						typed[name] = text
					}
				}
			}
		}
		one.FillAll(typed)
	}
	one.Press("Read it back")
	one.At("Read it back")
	one.Says("Hold this against the paper")
	one.Seen("paper-back")
	one.Press("Enter this application")
	one.Says("There is a problem", "Choose the scan of the paper")
	one.Seen("paper-back-wrong")
	for _, d := range def.Declarations {
		one.Tick(d.Text)
	}
	one.Fill("Name of who signed the paper", "Fern")
	scan := filepath.Join(t.TempDir(), "scan.png")
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 10, 10))); err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(scan, append(picture.Bytes(), make([]byte, 1<<20-picture.Len()-1<<10)...), 0o600)) // a part by itself
	one.Attach("The scan of the paper", scan)
	one.Press("Enter this application")
	one.Says("Came on paper", "Download the scan of the paper")
	one.Seen("paper-entered")
	deliver()
	one.Follow("Letters")
	one.Says("To print and post", "Planned for", "It does not go if there is no need for it by then")
	one.Seen("letters")
	one.Press("I have posted it")
	one.Says("Sent at")

	// The lead decides by sending back the PDF.
	all, err := desk.Applications.ByNumber(t.Context(), form.Registration{Register: "gmc", Number: "7654321"})
	must(err)
	ref := all[0].Reference
	a, err := desk.Applications.Get(t.Context(), ref)
	must(err)
	blank := desk.Applications.Print(a, true).Data
	lead := signIn(made.Programme.Course("career-conversations").Lead.Email)
	lead.Open("/review/" + ref)
	lead.Follow("Send back the PDF, filled in")
	lead.Seen("returned")
	file := filepath.Join(t.TempDir(), "back.pdf")
	must(os.WriteFile(file, papertest.Fill(t, blank, papertest.Decision("stp-decision", "Declined", "stp-funding-start/day", "31")), 0o600))
	large := filepath.Join(t.TempDir(), "large.pdf")
	must(os.WriteFile(large, make([]byte, web.MaxFile+1), 0o600))
	lead.Scripts(true) // one of few pages that says more with a script
	lead.Open("/review/" + ref + "/returned")
	lead.Says("At most 4 MB")
	lead.Attach("The PDF of application "+ref, large)
	lead.Await("The file is larger than 4 MB. Choose a smaller one.")
	lead.Seen("returned-large")
	lead.Scripts(false)
	lead.Open("/review/" + ref + "/returned")
	lead.Attach("The PDF of application "+ref, file)
	lead.Press("Read the file")
	lead.Says("There is a problem", "It is declined without a reason", "must be a real date")
	lead.Seen("returned-wrong")
	must(os.WriteFile(file, papertest.Fill(t, blank, papertest.Decision()), 0o600))
	lead.Attach("The PDF of application "+ref, file)
	lead.Press("Read the file")
	lead.At("Check the decision and the letter")
	lead.Says("We read these answers in the PDF")
	lead.Seen("returned-preview")

	// Somebody asks for everything, and to be erased.
	find := func(b *browsertest.Tab) {
		t.Helper()
		b.Open("/review/office/person")
		b.Fill("Number on a professional register (optional)", "GMC "+a.Document.Applicant.Number)
		b.Press("Find the records")
		b.Says(ref)
	}
	one.Open("/review/office/person")
	one.Press("Find the records")
	one.Says("Enter a number or an email address")
	one.Seen("person-wrong")
	find(one)
	one.Seen("person")
	one.Press("Download the ZIP file")
	one.At("A copy for them, in parts")
	one.Says("Part 1 of 2", "scan-"+ref+".png", "Download part 2")
	one.Seen("person-parts")
	find(one)
	one.Press("Ask for these to be erased")
	one.Fill("Type the references again", "CC-2222-2222")
	one.Press("Ask for a second person")
	one.Says("These are not the references")
	one.Seen("erase-wrong")
	find(one)
	one.Press("Ask for these to be erased")
	one.Fill("Type the references again", ref)
	one.Press("Ask for a second person")
	one.Says("You asked at")
	one.Seen("erase-asked")
	find(two)
	two.Says("olu@example.org asked")
	two.Seen("erase-second")
	two.Press("Erase 1 record for good")
	two.Says("Two people have allowed it")
	deliver()
	if _, err := desk.Applications.Get(t.Context(), ref); err == nil {
		t.Error("it is still there")
	}
	two.Open("/review/office/journal")
	two.Says("ola@example.org allowed it")
	two.Seen("journal")
	two.Open("/review/office/letters")
	two.Seen("letters-none")
	two.Open("/review/removals")
	two.At("Removals")
}
