package status_test

import (
	"strings"
	"testing"
	"time"

	"traininghub/internal/attend/attendtest"
	"traininghub/internal/browsertest"
	"traininghub/internal/correction"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/intake/intaketest"
	"traininghub/internal/letters"
	"traininghub/internal/pdf"
	"traininghub/internal/web"
	"traininghub/internal/web/practice"
	"traininghub/internal/web/review"
	"traininghub/internal/web/status"
	"traininghub/site"
)

// apply sends an application.
func apply(t *testing.T, h *attendtest.Hub, id, email string) (ref string) {
	t.Helper()
	d := h.Office.Applications
	def := d.Programme.Forms[id]
	key := ""
	for i := range def.Sections {
		s := &def.Sections[i]
		v := intaketest.Answers(s, func(q *form.Question) string {
			if q.ID == def.Applicant.Email {
				return email
			}
			return q.ID + "@example.org"
		}, func(*form.Question) string { return "Ada Sample" })
		var err error
		switch {
		case i == 0:
			_, key, _, err = d.Start(t.Context(), def, "", v)
		case s.Repeat != nil:
			for range max(1, s.Repeat.Min) {
				_, err = d.SaveRow(t.Context(), def, key, s, "", v)
			}
			_, err = d.FinishList(t.Context(), def, key, s)
		default:
			_, err = d.Save(t.Context(), def, key, s, v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ticked := map[string]bool{}
	for _, decl := range def.Declarations {
		ticked[decl.ID] = true
	}
	a, _, problems, err := d.Send(t.Context(), def, key, intake.Signed{Ticked: ticked, Name: "Ada Sample"})
	if err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	return a.Reference
}

// TestBrowser: an applicant asks for a correction, changes the cohort and sees what that and
// cancelling cost. The office corrects and declines. The practice takes a mistake back and names
// the right person. By the keyboard, without a script; no page breaks a rule of accessibility at
// 1280 or 320 pixels, or scrolls sideways.
func TestBrowser(t *testing.T) {
	h := attendtest.New(t, "../../..", nil)
	correction.Join(h.Office)
	h.Clock = time.Date(2021, 9, 20, 9, 0, 0, 0, course.London)
	h.Office.Applications.PDF = pdf.Render
	made, files := browsertest.Site(t, site.Sources{Letters: letters.All()}, h.Clock)
	handler, err := web.New(web.Settings{Office: h.Office, Pages: made.Pages, Site: made.Hub, Log: h.Log},
		practice.Routes, status.Routes, review.Routes)
	if err != nil {
		t.Fatal(err)
	}
	served := browsertest.Serve(t, files, handler, web.Below...)
	// One tab for all: what each has open is in a cookie of its own.
	gp := browsertest.Start(t).Tab(served)
	office, manager := gp, gp
	mailed := func(to, below string) string {
		t.Helper()
		h.Work()
		for i := len(h.Box) - 1; i >= 0; i-- {
			if _, link, ok := strings.Cut(h.Box[i].Text, "http://hub.example.org"+below); ok && h.Box[i].To == to {
				link, _, _ = strings.Cut(link, "\n")
				return below + link
			}
		}
		t.Fatalf("no link to %s went to %s", below, to)
		return ""
	}
	follow := func(email string) {
		t.Helper()
		gp.Open(mailed(email, "/status/"))
		gp.Press("Continue")
	}

	// The applicant.
	ref := apply(t, h, attendtest.Careers, "ada@example.org")
	follow("ada@example.org")
	gp.Says("Cancel free of charge until the end of", "Tuesday 5 October 2021", "choose “Change” beside it")
	gp.Seen("status")
	gp.Follow("read your answers")
	gp.Seen("answers")
	gp.Follow("Change Surname")
	gp.At("Ask for a correction")
	gp.Seen("ask")
	gp.Fill("Surname", "")
	gp.Fill("Is there anything we should know?", "I have married.")
	gp.Press("Ask for this correction")
	gp.Says("There is a problem", "Enter your surname")
	gp.Seen("ask wrong")
	gp.Fill("Surname", "Example")
	gp.Press("Ask for this correction")
	gp.Says("You asked for a correction", "Your details: Surname. You asked for: Example.")
	gp.Seen("status asked")
	gp.Open("/status/correct/email/0")
	gp.Fill("Email address", "new@example.org")
	gp.Press("Ask for this correction")
	gp.Open("/status/correct/telephone/0")
	gp.Fill("Telephone number", "07700 900123")
	gp.Press("Ask for this correction")
	gp.Follow("Correct an email address: Reference")
	gp.At("Correct an email address")
	gp.Seen("correct own")
	gp.Fill("Email address", "referee@example.org")
	gp.Press("Save this address")
	gp.Says("Corrected on")
	gp.Seen("answers corrected")
	gp.Open("/status/")
	gp.Follow("Change your cohort")
	gp.Seen("cohort")
	gp.Press("Change my cohort")
	gp.Says("Select the cohort that you want to join")
	gp.Seen("cohort wrong")
	gp.Choose("Which cohort do you want to join?", "Cohort 2")
	gp.Press("Change my cohort")
	gp.Says("You corrected an answer")

	// The office.
	office.Open("/review/corrections")
	office.Fill("Your email address", "office@example.org")
	office.Press("Email me a link")
	office.Open(mailed("office@example.org", "/review/sign-in/link/"))
	office.Press("Sign in")
	office.Open("/review/")
	office.Follow("Corrections asked for: 1")
	office.At("Corrections asked for")
	office.Seen("corrections")
	office.Follow(ref + ", Career Conversation Training: Your details: Surname. Asked on Monday 20 September 2021")
	office.At("A correction is asked for")
	office.Says("The applicant says: I have married.")
	office.Seen("wish")
	office.Press("Do not correct it")
	office.Says("Enter the reason")
	office.Seen("wish wrong")
	office.Fill("What is the reason?", "You showed us your certificate.")
	office.Press("Correct it as asked")
	office.Says("The applicant asks for a correction", "Corrected on", "Ada Sample Example")
	office.Seen("review")
	office.Follow("Change Your details: Telephone number")
	office.Fill("What is the reason?", "Nobody answers there.")
	office.Press("Do not correct it")
	office.Follow("Change Your details: Email address")
	office.Says("Make sure that it is the applicant who asks")
	office.Fill("What is the reason?", "They rang us.")
	office.Press("Correct it as asked")
	office.Says("new@example.org")
	office.Follow("Change Town or city")
	office.At("Correct an answer")
	office.Seen("correct")
	office.Press("Correct it")
	office.Says("Enter the reason", "There is a problem")
	office.Seen("correct wrong")
	office.Fill("Town or city", "Leeds")
	office.Fill("What is the reason?", "It was the old one.")
	office.Press("Correct it")
	office.Says("Leeds")
	office.Open("/review/corrections")
	office.Says("No applicant asks you for a correction.")
	office.Seen("corrections none")

	// The old device and its link have ended; the new address has another.
	gp.Open("/status/")
	gp.At("Open your application from our email")
	follow("new@example.org")
	gp.Says("We have not made this. Reason: Nobody answers there.", "We corrected an answer")
	gp.Seen("status corrected")

	// With a place: the page says what changing and cancelling cost, before and after the day.
	h.Decide(ref, attendtest.Careers, "cohort-2")
	gp.Open("/status/cohort")
	gp.Says("Changing costs nothing today. It is free of charge until the end of Thursday 13 January 2022.")
	gp.Seen("cohort free")
	gp.Open("/status/withdraw")
	gp.Says("It costs nothing today", "Thursday 30 December 2021")
	gp.Seen("cancel free")
	h.At("2022-01-14 09:00")
	follow("new@example.org")
	gp.Open("/status/cohort")
	gp.Says("Changing was free of charge until Thursday 13 January 2022. You can be charged up to £352.50")
	gp.Seen("cohort late")
	gp.Choose("Which cohort do you want to join?", "Cohort 3")
	gp.Press("Ask for this cohort")
	gp.Says("You asked for a correction")
	gp.Open("/status/withdraw")
	gp.Says("Cancelling was free of charge until Thursday 30 December 2021", "You can be charged £352.50")
	gp.Seen("cancel late")
	office.Open("/review/corrections")
	if h.Clock = h.Clock.Add(time.Minute); true {
		office.Fill("Your email address", "office@example.org")
		office.Press("Email me a link")
		office.Open(mailed("office@example.org", "/review/sign-in/link/"))
		office.Press("Sign in")
	}
	office.Open("/review/corrections/" + ref + "/wishes/4")
	office.Says("The applicant has a place in Cohort 2", "no limit set")
	office.Seen("move")
	office.Press("Give the applicant this place")
	office.Says("Cohort 3")

	// The practice takes a mistake back, and is not the right person.
	h.Clock = time.Date(2021, 9, 20, 9, 0, 0, 0, course.London)
	ref = apply(t, h, attendtest.Mentors, "bo@example.org")
	manager.Open(mailed("practice-manager-email@example.org", "/practice/"))
	manager.Seen("practice")
	manager.Choose("What do you confirm?", "I cannot confirm this")
	manager.Fill("If you cannot confirm this, why not?", "I do not know the doctor.")
	manager.Fill("Full name", "Mo Manager")
	manager.Fill("Your role at the practice", "Practice manager")
	manager.Press("Sign and send your answer")
	manager.Says("take it back until 10am on Monday 20 September 2021")
	manager.Seen("practice refused")
	manager.Press("Take this answer back")
	manager.At("Confirm for your practice")
	manager.Choose("What do you confirm?", "I am not the right person to ask")
	manager.Fill("If you are not the right person, who is?", "Rita Right")
	manager.Press("Sign and send your answer")
	manager.Says("Enter the email address of the right person")
	manager.Seen("practice right wrong")
	manager.Fill("Email address of the right person", "rita@example.org")
	manager.Press("Sign and send your answer")
	manager.At("Thank you for telling us")
	manager.Seen("practice wrong person")
	h.Clock = h.Clock.Add(time.Hour)
	follow("bo@example.org")
	gp.Says("They named Rita Right, rita@example.org. We ask this person only if you agree.")
	gp.Seen("status named")
	gp.Follow("Tell us whom to ask")
	gp.Says("They named Rita Right.")
	gp.Seen("replace named")
	gp.Press("Ask this person")
	manager.Open(mailed("rita@example.org", "/practice/"))
	manager.At("Confirm for your practice")
}
