package lead_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"traininghub/internal/browsertest"
	"traininghub/internal/letters"
	"traininghub/internal/mentoring"
	"traininghub/internal/mentoring/mentoringtest"
	"traininghub/internal/pdf"
	"traininghub/internal/web"
	"traininghub/internal/web/lead"
	webmentoring "traininghub/internal/web/mentoring"
	"traininghub/site"
)

// TestBrowser: a lead signs in, takes a request by telephone, settles whom it names, notes calls,
// fills in and completes the pro-forma, names other help, and sets days away: by the keyboard,
// without a script. No page breaks a rule of accessibility at 1280 or 320 pixels, or scrolls
// sideways.
func TestBrowser(t *testing.T) {
	h := mentoringtest.New(t)
	made, files := browsertest.Site(t, site.Sources{Letters: letters.All()}, h.Now)
	h.Desk.PDF = pdf.Render
	handler, err := web.New(web.Settings{Office: h.Desk.Office, Pages: made.Pages, Site: made.Hub,
		Log: slog.New(slog.DiscardHandler)},
		webmentoring.Part(h.Desk), lead.Part(h.Desk, lead.Others{Blank: pdf.Blank}))
	if err != nil {
		t.Fatal(err)
	}
	served := browsertest.Serve(t, files, handler, web.Behind...)
	b := browsertest.Start(t).Tab(served)

	b.Open(lead.Below)
	b.At("Sign in")
	b.Fill("Your email address", "nora@example.org")
	b.Press("Email me a link")
	h.Deliver()
	_, link, _ := strings.Cut(h.Mail[len(h.Mail)-1].Text, "https://hub.example.org")
	b.Open(strings.TrimSpace(link))
	b.Press("Sign in")
	b.At("Requests")
	b.Says("Nothing waits for you.")
	b.Seen("empty")

	b.Follow("Talk it over: take a request by telephone")
	b.At("A request by telephone")
	b.Says("We tell somebody if you or others may come to harm.")
	b.Seen("phone")
	b.Fill("Full name", "Bittern Quillfeather")
	b.Press("Send the request")
	b.Says("There is a problem", "Read everything back, and confirm that they agreed")
	b.Seen("phone-wrong")
	b.Fill("An email address that only you read", "bittern@example.org")
	b.Fill("A telephone number on which we can talk with you alone", "07700 900123")
	b.Choose("May we leave a message on this number?", "No")
	b.Choose("In which area do you work?", "The north")
	b.Choose("What is your role?", "GP")
	b.Fill("GMC reference number (optional)", "7654321")
	b.Fill("Name of the practice (practice 1)", "Gannet Surgery")
	b.Choose("Do you work there now? (practice 1)", "Yes")
	b.Fill("Name (person 1)", "Petrel Patel")
	b.Tick("Work and life")
	b.Tick("I read out the limits of confidentiality first, and they understood them")
	b.Tick("I read everything back to them, and they agreed")
	b.Press("Send the request")
	b.At("Request for a mentor")
	b.Says("The request is sent.", "Do not leave a message", "They named 1 person",
		"Nobody has asked yet who this is", "Gannet Surgery")
	b.Seen("request")

	b.Follow("Change Petrel Patel")
	b.At("Whom do they mean?")
	b.Says("Dev Patel, who works for the service")
	b.Seen("settle")
	b.Choose("Who is Petrel Patel?", "Nobody who works for the service or mentors")
	b.Press("Save")
	b.Says("It is noted whom the name means.", "Nobody of the service")

	b.Follow("Arrange a call")
	b.Fill("At what time?", "half past ten")
	b.Press("Save")
	b.Says("The time must be a time, like 2:30pm or 14:30")
	b.Seen("call-wrong")
	b.Open(lead.Below)
	b.Follow("Bittern Quillfeather")
	b.Follow("Arrange a call")
	b.Fill("At what time?", "9:10am")
	b.Press("Save")
	b.Says("Call arranged for 9:10am on Monday 30 November 2026", "Kept")
	b.Seen("arranged")
	h.Now = h.Now.Add(25 * time.Minute)
	b.Follow("Nobody answered")
	b.Seen("tried")
	b.Open(lead.Below)
	b.Follow("Bittern Quillfeather")

	b.Follow("Fill in the pro-forma")
	b.At("What they are looking for")
	b.Press("Save and continue")
	b.Says("Select what matters most to them")
	b.Seen("looking-for-wrong")
	b.Choose("What matters most to them?", "Becoming a partner")
	b.Fill("Their aim, in their own words (optional)", "To decide by spring")
	b.Press("Save and continue")
	b.At("How to meet")
	b.Tick("Online")
	b.Tick("Evenings")
	b.Seen("meeting")
	b.Press("Save and continue")
	b.At("Support")
	b.Choose("Are they registered with a GP? (optional)", "Rather not say")
	b.Seen("support")
	b.Press("Save and continue")
	b.Choose("What did you decide together?", "Mentoring and other help")
	b.Tick("GP Health")
	b.Seen("decision")
	b.Press("Save and continue")
	b.Choose("Did you act on a concern about somebody's safety?", "No")
	b.Seen("safety")
	b.Press("Save and continue")
	b.At("Check the pro-forma")
	b.Says("Note first when you talked.", "To decide by spring", "Rather not say")
	b.Seen("check-early")
	b.Follow("We have talked")
	b.Fill("When did the call begin?", "9:10am")
	b.Fill("When did it end?", "9:24")
	b.Seen("talked")
	b.Press("Save")
	b.Says("The call is noted.")
	b.Follow("Complete the pro-forma")
	b.Seen("check")
	b.Press("Complete the pro-forma")
	b.Says("The pro-forma is complete. Next, find a mentor.", "A mentor is looked for",
		"GP Health, on Monday 30 November 2026")
	b.Seen("complete")

	b.Follow("Name other help")
	b.Seen("help")
	b.Tick("Counselling")
	b.Choose("What happens with the request?", "It goes on")
	b.Press("Save")
	b.Says("The help that you named stands on their page.")
	b.Follow("Add a person who must not know or mentor them")
	b.Seen("person")
	b.Open(lead.Below)
	b.Follow("Bittern Quillfeather")
	b.Follow("Give the request to another area")
	b.At("Give the request to another area")
	b.Seen("area")

	b.Open(lead.Below + "search")
	b.Fill("Name", "quill")
	b.Press("Search")
	b.Says("Bittern Quillfeather")
	b.Seen("found")
	b.Open(lead.Below + "away")
	b.Follow("Add days")
	b.Seen("away")
	b.Open(lead.Below + "over")
	b.Says("No request of yours is over.")
	b.Seen("over")

	if s := h.State(h.Requests()[0]); s != mentoring.Seeking {
		t.Errorf("the request is %q", s)
	}
}
