package review_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"traininghub/internal/application"
	"traininghub/internal/attend/attendtest"
	"traininghub/internal/browsertest"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/intake/intaketest"
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/web"
	"traininghub/internal/web/review"
)

// A hub serves the staff's pages.
type hub struct {
	*attendtest.Hub
	url string // of the server
}

func newHub(t *testing.T) *hub {
	t.Helper()
	style := browsertest.Look(t)
	h := &hub{Hub: attendtest.New(t, "../../..", nil)}
	h.Office.Applications.PDF = pdf.Render
	h.Clock = h.Clock.AddDate(0, -1, -11) // Monday 20 September 2021, when the courses are open
	pages, err := page.New(os.DirFS("../../../templates"), h.Site, style.Assets)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := web.New(web.Settings{Office: h.Office, Pages: pages, Site: h.Site, Log: h.Log}, review.Routes)
	if err != nil {
		t.Fatal(err)
	}
	h.url = browsertest.Serve(t, style.Files, handler, web.Below...)
	return h
}

// applies sends an application for a course; changed has answers by the question's id.
func (h *hub) applies(course string, changed form.Values) string {
	h.T.Helper()
	d, ctx := h.Office.Applications, h.T.Context()
	def := d.Programme.FormOf(course)
	check := func(problems any, err error) {
		h.T.Helper()
		if err != nil {
			h.T.Fatal(problems, err)
		}
	}
	answers := func(s *form.Section) form.Values {
		v := intaketest.Answers(s, func(q *form.Question) string { return q.ID + "@example.org" },
			func(q *form.Question) string {
				if q.Kind == form.LongText {
					return strings.Repeat("I have worked with colleagues who are new to practice. ", 6)
				}
				return "Angharad " + strings.ToUpper(q.ID[:1]) + q.ID[1:]
			})
		for name, text := range changed {
			if s.Question(name) != nil {
				v[name] = text
			}
		}
		return v
	}
	_, key, problems, err := d.Start(ctx, def, "", answers(&def.Sections[0]))
	check(problems, err)
	for i := range def.Sections[1:] {
		s := &def.Sections[i+1]
		if s.Repeat == nil {
			problems, err := d.Save(ctx, def, key, s, answers(s))
			check(problems, err)
			continue
		}
		for range max(s.Repeat.Min, 1) {
			problems, err := d.SaveRow(ctx, def, key, s, "", answers(s))
			check(problems, err)
		}
		problems, err := d.FinishList(ctx, def, key, s)
		check(problems, err)
	}
	ticked := map[string]bool{}
	for _, c := range def.Declarations {
		ticked[c.ID] = true
	}
	name := "Angharad First-names " + changed["surname"]
	a, _, problems, err := d.Send(ctx, def, key, intake.Signed{Ticked: ticked, Name: name})
	check(problems, err)
	if a.Document == nil {
		h.T.Fatal("not sent: ", problems)
	}
	return a.Reference
}

// tab is the tab of one of the staff who has signed in.
func (h *hub) tab(b *browsertest.Browser, email string) *browsertest.Tab {
	h.T.Helper()
	in := b.Tab(h.url)
	in.Open("/review/sign-in")
	in.Fill("Your email address", email)
	in.Press("Email me a link")
	h.Work()
	mail := h.Mailed(email, "/review/sign-in/link/")
	if len(mail) != 1 {
		h.T.Fatalf("%d letters to sign in", len(mail))
	}
	in.Open(regexp.MustCompile(`/review/sign-in/link/\S*`).FindString(mail[0].Text))
	in.Press("Sign in")
	return in
}

// TestBrowser: a lead finds what waits for them, searches, gives several applications a cohort,
// sends reminders, reads an application and decides: by the keyboard, without a script. No page
// breaks a rule of accessibility at 1280 or 320 pixels, or scrolls sideways.
func TestBrowser(t *testing.T) {
	h := newHub(t)
	const careers, mentors = attendtest.Careers, attendtest.Mentors
	var refs []string
	for i, name := range []string{"Wyn", "O'Neill", "Fotheringay-Phipps"} {
		refs = append(refs, h.applies(careers, form.Values{"surname": name, "gmc-number": fmt.Sprint(7654321 + i),
			"cohort": "cohort-2", "practice-name": "The Lavender Surgery", "practice-code": "V81997"}))
		h.Clock = h.Clock.AddDate(0, 0, 1)
	}
	other := h.applies(mentors, form.Values{"surname": "Elsewhere"})
	h.Work()
	h.Clock = h.Clock.AddDate(0, 0, 2)
	browser := browsertest.Start(t)
	lead := h.tab(browser, h.Lead(careers).Email)
	lead.At("Applications")
	lead.Says("For you to do 3", "For a practice 0", "Decided 0", "Angharad First-names Wyn", "Received", "Cohort 2")
	lead.Seen("list")
	lead.Follow("Decided 0")
	lead.Says("There are no applications in this list.")
	lead.Seen("list-empty")
	for _, search := range []string{"lavender wyn", "v81997 WYN", "email@example.org wyn", "01632 960001", "phipps foth", "oneill"} {
		lead.Open("/review/")
		lead.Fill("Search all applications", search)
		lead.Press("Search")
		if search == "01632 960001" {
			lead.Says("3 applications found")
		} else {
			lead.Says("1 application found")
		}
	}
	lead.Seen("search")
	lead.Open("/review/")
	lead.Fill("Search all applications", "elsewhere")
	lead.Press("Search")
	lead.Says("No application found")

	lead.Open("/review/")
	lead.Press("Assign a cohort")
	lead.Says("Nothing was ticked")
	lead.Seen("several-none")
	lead.Open("/review/")
	lead.Tick("Tick Angharad First-names Wyn")
	lead.Tick("Tick Angharad First-names O'Neill")
	lead.Press("Assign a cohort")
	lead.At("Assign a cohort to 2 applications")
	lead.Says("Nothing is done yet", "Angharad First-names Wyn")
	lead.Seen("several")
	lead.Choose("Which cohort do the applicants join?", "Career Conversation Training: Cohort 1")
	lead.Fill("For how many applications do you do this?", "3")
	lead.Press("Assign this cohort")
	lead.Says("The number must be that of the applications above")
	lead.Seen("several-wrong")
	lead.Open("/review/")
	lead.Tick("Tick Angharad First-names Wyn")
	lead.Tick("Tick Angharad First-names O'Neill")
	lead.Press("Assign a cohort")
	lead.Choose("Which cohort do the applicants join?", "Career Conversation Training: Cohort 1")
	lead.Fill("For how many applications do you do this?", "2")
	lead.Press("Assign this cohort")
	lead.At("Cohort assigned to 2 applications")
	lead.Seen("several-done")
	for _, ref := range refs[:2] {
		a := h.Application(ref)
		if asked, _ := a.AskedFor(); a.CohortID() != "cohort-1" || asked != "cohort-2" {
			t.Errorf("%s has %s, and asked for %s", ref, a.CohortID(), asked)
		}
	}
	lead.Follow("All applications")
	lead.Says("Cohort 1 (asked for Cohort 2)")
	lead.Tick("Tick Angharad First-names Wyn")
	lead.Press("Send a reminder")
	lead.Says("It waits for nobody who gets reminders")
	lead.Seen("several-impossible")

	lead.Open("/review/" + refs[0])
	lead.Says("The applicant asked for Cohort 2", "Decide on this application", "There are no notes")
	lead.Seen("application")
	lead.Press("Add note")
	lead.Says("Enter a note")
	lead.Seen("application-wrong")
	lead.Open("/review/" + refs[0])
	lead.Follow("Decide on this application")
	lead.Press("Continue")
	lead.Says("Select whether you accept or decline")
	lead.Seen("decide-wrong")
	lead.Choose("What is your decision?", "Decline")
	lead.Press("Continue")
	lead.At("Decline the application")
	lead.Seen("decline")
	lead.Press("Accept instead")
	lead.At("Decide on the application")
	lead.Seen("decide")
	lead.Choose("What is your decision?", "Accept")
	lead.Press("Continue")
	lead.At("Accept the application")
	lead.Says("The applicant asked for Cohort 2")
	lead.FillAll(map[string]string{"funding-day": "17", "funding-month": "11", "funding-year": "2021"})
	lead.Seen("accept")
	lead.Press("Preview the letter")
	lead.Says("Enter your full name")
	lead.Seen("accept-wrong")
	lead.Fill("Your full name", "Lee Lead")
	lead.Press("Preview the letter")
	lead.At("Check the decision and the letter")
	lead.Says("You asked for Cohort 2. Check that you can come on these days.")
	lead.Seen("preview")
	lead.Press("Send this decision")
	lead.Says("Accepted", "Asked for", "Cohort 2")
	lead.Seen("decided")
	lead.Open("/review/?waiting=decided")
	if a := h.Application(refs[0]); a.Status() != application.Accepted || a.Decision.Cohort != "cohort-1" {
		t.Errorf("%s: %+v", a.Status(), a.Decision)
	}

	// The office reminds a practice, once.
	office := h.tab(browser, "office@example.org")
	office.Follow("For a practice 1")
	office.Tick("Tick Angharad First-names Elsewhere")
	office.Press("Send a reminder")
	office.At("Send a reminder for 1 application")
	office.Fill("For how many applications do you do this?", "1")
	office.Press("Send the reminders")
	office.At("Reminder sent for 1 application")
	h.Work()
	if n := len(h.Mailed("practice-manager-email@example.org", "Reminder:")); n != 1 {
		t.Errorf("%d reminders went", n)
	}
	for range 2 {
		office.Open("/review/?waiting=practice")
		office.Tick("Tick Angharad First-names Elsewhere")
		office.Press("Send a reminder")
		office.Fill("For how many applications do you do this?", "1")
		office.Press("Send the reminders")
		office.Says("They were written to within the last day")
	}
	h.Work()
	if n := len(h.Mailed("practice-manager-email@example.org", "Reminder:")); n != 0 {
		t.Errorf("%d more reminders went", n)
	}
	if e := h.Application(other).Events; e[len(e)-2].What != application.EventReminded ||
		e[len(e)-2].By != "office@example.org" {
		t.Errorf("%+v", e[len(e)-2:])
	}
}
