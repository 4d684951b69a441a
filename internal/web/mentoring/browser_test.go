package mentoring_test

import (
	"flag"
	"os"
	"testing"

	"traininghub/internal/browsertest"
	"traininghub/internal/mentoring"
)

// shots is where TestBrowser keeps its pictures: go test ./internal/web/mentoring -run Browser
// -shots /tmp/shots
var shots = flag.String("shots", "", "folder in which TestBrowser keeps a picture of each page at each width")

// TestBrowser: somebody reads about the service, asks for a mentor, opens the page of the request
// on another device, corrects and withdraws it: by the keyboard, without a script. No page breaks a
// rule at either width.
func TestBrowser(t *testing.T) {
	h := newHouse(t)
	browser := browsertest.Start(t)
	b := browser.Tab(h.url)
	seen := func(b *browsertest.Tab, name string) {
		t.Helper()
		b.Clean(name)
		b.Shoot(*shots, name)
	}
	b.Open("/services/gp-s/")
	b.At("GP-S peer mentoring")
	seen(b, "service")
	b.Open("/services/gp-s/apply/")
	b.At("Ask for a mentor")
	b.Says("If you need help now", "Samaritans", "What stays between us", "We never tell your employer")
	seen(b, "first")
	b.Fill("Full name", "Bittern Quillfeather")
	b.Press("Continue")
	b.Says("There is a problem", "If you need help now")
	seen(b, "first-wrong")
	b.Fill("An email address that only you read", "canary.kite@example.org")
	b.Fill("A telephone number on which we can talk with you alone", "07700 900123")
	b.Choose("May we leave a message on this number?", "No")
	b.Press("Continue")
	b.Choose("In which area do you work?", "Derbyshire")
	b.Choose("What is your role?", "Practice nurse")
	b.Press("Continue")
	b.Says("this is only possible in Nottingham City")
	seen(b, "work-wrong")
	b.Choose("What is your role?", "Practice manager")
	b.Press("Continue")
	seen(b, "practices")
	b.Choose("Do you want to add a practice?", "Yes")
	b.Press("Continue")
	b.Fill("Name of the practice", "Gannet Surgery")
	b.Choose("Do you work there now?", "Yes")
	seen(b, "practice")
	b.Press("Continue")
	b.Choose("Do you want to add another practice?", "No")
	b.Press("Continue")
	b.At("People who must not know")
	b.Choose("Do you want to add a person?", "Yes")
	b.Press("Continue")
	b.Fill("Name", "Petrel Smith")
	seen(b, "person")
	b.Press("Continue")
	b.Choose("Do you want to add another person?", "No")
	b.Press("Continue")
	b.Tick("Workload")
	b.Fill("In your own words (optional)", "puffin burrow")
	seen(b, "wish")
	b.Press("Continue")
	b.At("Check your answers before sending your request")
	seen(b, "check")
	b.Follow("Continue to declarations")
	b.Tick("I have read what stays between us, and when you have to break confidence.")
	b.Tick("I confirm that what I say is right, as far as I know.")
	b.Fill("Type your full name", "Bittern Quillfeather")
	b.Fill("A word or number of your own", "nightjar-word-9")
	seen(b, "declare")
	b.Press("Sign and send request")
	b.At("Request sent")
	seen(b, "sent")

	h.deliver()
	own := browser.Tab(h.url)
	own.Open(h.link())
	own.At("Open your page")
	seen(own, "door")
	own.Fill("The word that you chose", "not the word")
	own.Press("Continue")
	own.Says("You can try 4 more times")
	seen(own, "door-wrong")
	own.Fill("The word that you chose", "nightjar-word-9")
	own.Press("Continue")
	own.At("Your request")
	id, lead := h.requests()[0], h.desk.Office.Staff("mentor-lead-derbyshire@example.org")
	if _, err := h.desk.Read(t.Context(), lead, id, mentoring.ReadRequest); err != nil {
		t.Fatal(err)
	}
	own.Open("/mentoring/request/")
	own.Says("The mentor lead", "9am on Monday 30 November 2026", "If you need help now")
	seen(own, "request")
	own.Open("/mentoring/request/change/you")
	seen(own, "change")
	own.Open("/mentoring/request/withdraw")
	seen(own, "withdraw")
	own.Press("Withdraw")
	own.Says("You have withdrawn your request")
	seen(own, "withdrawn")
	own.Press("Leave this page")
	own.At("You have left your page")
	own.Open("/mentoring/request/")
	own.At("Open your page from our email")
	seen(own, "no-link")
	own.Open("/mentoring/request/link")
	seen(own, "link")
	own.Open("/mentoring/sign-in")
	own.At("Sign in")
	seen(own, "sign-in")
	if *shots == "" {
		return
	}
	for _, m := range h.mail {
		os.WriteFile(*shots+"/letter-"+m.To+".txt", []byte(m.Subject+"\n\n"+m.Text), 0o600)
	}
}
