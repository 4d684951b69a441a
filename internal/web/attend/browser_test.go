package attend_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"traininghub/internal/attend/attendtest"
	"traininghub/internal/browsertest"
)

// TestBrowser: a workshop is marked. Somebody absent gives a reason, is charged, appeals, and the
// charge is waived. A certificate goes out and is checked. Everything is done by the keyboard and
// without a script; no page breaks a rule at either width, even with 60 people on it.
func TestBrowser(t *testing.T) {
	style := browsertest.Look(t)
	h := newHubWith(t, style.Assets, style.Files)
	browser := browsertest.Start(t)
	h.Accept(1, careers, "cohort-1", "Ada Sample")
	for n := 2; n <= 60; n++ {
		h.Accept(n, careers, "cohort-1", fmt.Sprintf("Dr Bartholomew Fotheringay-Phipps the %dth", n))
	}
	h.At("2021-11-02 17:00")
	at := h.link("tutor@example.org", "Workshop 1", "/attendance/")
	tutor := browser.Tab(h.url)
	tutor.Open(at)
	tutor.At("Who came")
	tutor.Seen("cohort")
	tutor.Follow("Mark who came (Workshop 1: framework and core skills)")
	tutor.Press("Save")
	tutor.Says("Mark at least one person")
	tutor.Seen("marks")
	tutor.Choose("Ada Sample", "Absent")
	tutor.Tick("Everybody whom I do not mark below came to the whole workshop")
	tutor.Press("Save")
	tutor.Says("Saved. Thank you.", "Everybody is marked")
	tutor.Open(at + "/workshops/1/" + attendtest.Reference(2))
	tutor.Seen("correct")
	tutor.Choose("Did they come?", "Excused")
	tutor.Fill("Why do you change this?", "Agreed before.")
	tutor.Press("Save")
	tutor.Says("Changed: Agreed before.")
	tutor.Seen("marked")

	h.At("2021-11-03 08:00")
	ada := browser.Tab(h.url)
	ada.Open(h.link("gp-1@example.org", "what happened", "/status/"))
	ada.Press("Continue")
	ada.Says("Your workshops", "Marked: Absent")
	ada.Seen("status")
	ada.Follow("Tell us what happened")
	ada.Seen("why")
	ada.Choose("Why did you not come?", "I forgot, or had something else to do")
	ada.Press("Send")
	ada.Says("See how it stands")

	signIn := func(email string) *browsertest.Tab {
		t.Helper()
		return browser.Tab(h.url).SignIn("/review/sign-in", email, func() string {
			h.Box = nil
			h.Work()
			return h.link(email, "/review/sign-in/link/", "/review/sign-in/link/")
		})
	}
	lead := signIn(h.Lead(careers).Email)
	lead.Open("/review/attendance/")
	lead.Seen("cohorts")
	lead.Follow("Career Conversation Training, Cohort 1, 2021/22")
	lead.Seen("register")
	lead.Follow("Ada Sample")
	lead.Says("I forgot, or had something else to do")
	lead.Seen("participant")
	lead.Follow("Decide about this: Missed Workshop 1: framework and core skills")
	lead.Seen("decide")
	lead.Choose("What follows?", "Charge £352.50")
	lead.Fill("What do you want to tell the participant?", "The dates were known.")
	lead.Fill("Your full name", "Dr Lead")
	lead.Press("Decide")
	lead.Says("Your decision is recorded")

	ada.Open("/status/missed/1")
	ada.Says("You are charged £352.50")
	ada.Seen("appeal")
	ada.Fill("Why should somebody look at this again?", "The link did not work.")
	ada.Press("Ask for another look")
	appeals := signIn("appeals@example.org")
	appeals.Open("/review/attendance/cohorts/attendance.career-conversations.2021-22.cohort-1/people/" + attendtest.Reference(1) + "/missed/1")
	appeals.Choose("What follows?", "Waive the charge")
	appeals.Fill("What do you want to tell the participant?", "The link was wrong.")
	appeals.Fill("Your full name", "Ann Appeals")
	appeals.Press("Decide")
	appeals.Says("waived, by Ann Appeals")
	appeals.Seen("waived")
	ada.Open("/status/missed/1")
	ada.Says("They decided: Nothing is charged.")
	ada.Seen("decided")

	for i, end := range []string{"2021-11-09 17:00", "2021-11-23 20:00"} {
		h.At(end)
		tutor.Open(h.link("tutor@example.org", fmt.Sprintf("Workshop %d", i+2), "/attendance/") + fmt.Sprintf("/workshops/%d", i+2))
		tutor.Tick("Everybody whom I do not mark below came to the whole workshop")
		tutor.Press("Save")
	}
	h.Work()
	mail := h.Mailed("gp-3@example.org", "Your certificate")
	if len(mail) != 1 || !bytes.HasPrefix(mail[0].Attachments[0].Data, []byte("%PDF-")) {
		t.Fatal("the certificate does not go out")
	}
	browsertest.Keep(t, "certificate.pdf", mail[0].Attachments[0].Data)
	number := regexp.MustCompile(`[A-Z]{4}-[A-Z]{4}-\d\d`).FindString(mail[0].Text)
	anybody := browser.Tab(h.url)
	anybody.Open("/certificate/")
	anybody.Seen("check")
	anybody.Fill("Certificate number", strings.ToLower(number))
	anybody.Fill("Surname on the certificate", "3th")
	anybody.Press("Check")
	anybody.At("This certificate is valid")
	anybody.Seen("valid")

	h.At("2021-11-24 12:00")
	third := browser.Tab(h.url)
	third.Open(h.link("gp-3@example.org", "few short questions", "/status/"))
	third.Press("Continue")
	third.Follow("Answer a few short questions")
	third.Seen("questions")
}

// TestBrowserProgramme: a mentor ticks their progress.
func TestBrowserProgramme(t *testing.T) {
	style := browsertest.Look(t)
	h := newHubWith(t, style.Assets, style.Files)
	h.Accept(1, attendtest.Mentors, "cohort-1", "Ada Sample")
	h.At("2021-11-17 16:30")
	at := h.link("provider@example.org", "who came", "/attendance/")
	browser := browsertest.Start(t)
	provider := browser.Tab(h.url)
	provider.Open(at)
	provider.Seen("provider")
	link, _, err := h.Office.Applications.StatusLink(t.Context(), attendtest.Reference(1), "test")
	if err != nil {
		t.Fatal(err)
	}
	ada := browser.Tab(h.url)
	ada.Open(link[strings.Index(link, "/status/"):])
	ada.Press("Continue")
	ada.Follow("Tick how far you are in the programme")
	ada.Seen("progress")
	ada.Tick("Welcome and introduction")
	ada.Fill("Calls with your coach-mentor supervisor", "2")
	ada.Press("Save")
	ada.Follow("Tick how far you are in the programme")
	ada.Says("Done on Wednesday 17 November 2021")
	provider.Press("Confirm that Ada Sample has completed it")
	provider.Says("Ada Sample has completed it.")
}
