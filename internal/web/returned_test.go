package web_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"traininghub/internal/application"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/paper/papertest"
	"traininghub/internal/pdf"
)

// sendFile posts a form with a file.
func (b *browser) sendFile(path, field string, file []byte, v form.Values) *browser {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, text := range v {
		w.WriteField(name, text)
	}
	part, err := w.CreateFormFile(field, `x"; ../../evil.exe`)
	if err != nil {
		b.t.Fatal(err)
	}
	part.Write(file)
	w.Close()
	r, err := http.NewRequest("POST", b.hub.server.URL+path, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Origin", b.hub.server.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// TestReturned: a PDF that the lead filled in fills in the page for the decision. The lead decides
// by its button, under all the rules of deciding. Mistakes in a file are reported.
func TestReturned(t *testing.T) {
	b := newBoard(t, ccts)
	b.desk.PDF = pdf.Render
	at := "/review/" + b.ref
	back := at + "/returned"
	blank := []byte(b.lead.get(at+"/application.pdf").want(200, at+"/application.pdf").body)
	other := b.apply(ccts)
	otherPDF := []byte(b.lead.get("/review/" + other + "/application.pdf").body)
	b.lead.get(at).says("Send back the PDF, filled in")
	b.lead.get(back).want(200, back).says("At most 4 MB")

	filled := func(change ...string) []byte { return papertest.Fill(t, blank, papertest.Decision(change...)) }
	encrypted := append(filled(), "\ntrailer<</Encrypt 3 0 R>>"...)
	for _, c := range []struct {
		file []byte
		says string
	}{
		{nil, "Choose the PDF"},
		{[]byte("PK\x03\x04 a picture"), "is not a PDF"},
		{[]byte("%PDF-1.4\ntrailer<</Root 1 0 R>>"), "printed and scanned"},
		{encrypted, "is encrypted"},
		{append(filled(), make([]byte, 4<<20)...), "larger than 4 MB"},
		{append(filled(), make([]byte, 9<<20)...), "larger than 4 MB"},
		{blank, "Nothing is filled in below “For completion by the STP”"},
		{papertest.Fill(t, otherPDF, papertest.Decision()), "the PDF of another application, " + other},
		{filled("stp-decision", "both"), "Both “Accepted” and “Declined” are ticked"},
		{papertest.Fill(t, blank, map[string]string{"stp/stp-name": "Siân"}), "Neither “Accepted” nor “Declined” is ticked"},
		{filled("stp-decision", "Declined", "stp-reason", " "), "declined without a reason"},
		{filled("stp-reason", "No <b>places</b>"), "a reason for declining is given"},
		{filled("stp-funding-start/day", "31"), "Proposed date for funding to commence must be a real date"},
		{filled("stp-decision-date/day", "21"), "The date of the decision is in the future"},
		{filled("stp-decision-date/day", "19"), "before the application was received"},
		{filled("stp-decision-date/month", "13"), "must be a real date"},
	} {
		b.lead.sendFile(back, "file", c.file, nil)
		if b.lead.status != 422 || !strings.Contains(text(b.lead.body), c.says) || strings.Contains(b.lead.body, "<b>places") {
			t.Errorf("status %d, want 422 with %q: %s", b.lead.status, c.says, text(b.lead.body))
		}
	}
	for what, who := range map[string]*browser{"the office": b.office, "nobody": b.browser()} {
		if who.sendFile(back, "file", filled(), nil); who.status != 404 && who.status != 403 {
			t.Errorf("%s: status %d", what, who.status)
		}
	}
	if b.status() != application.Received {
		t.Fatal("a file alone has decided")
	}

	// Accepting before the practice has answered needs a tick, as on the page.
	b.lead.sendFile(back, "file", filled(), nil).want(200, back).says("Check the decision and the letter",
		"We read these answers in the PDF", "17 November 2021", "Nothing is decided yet")
	if b.status() != application.Received {
		t.Fatal("a preview has decided")
	}
	page := b.lead.previewed("send")
	if page["name"] != "Siân Ŵyn" || page["cohort"] == "" {
		t.Errorf("the fields are %v", page)
	}
	b.lead.post(at+"/decision", page).want(200, at).says("Accepted")
	if b.status() != application.Accepted {
		t.Error("it is not accepted")
	}
	b.lead.sendFile(back, "file", filled(), nil).want(409, back).says("decided already")

	// The PDF from before the decision was taken back is an older version.
	reopen := at + "/reopen"
	b.lead.get(reopen)
	b.lead.post(reopen+"?round=0", form.Values{"reason": "Mixed up"}).want(200, at)
	b.lead.sendFile(back, "file", filled(), nil).want(422, back).says("an older version of the application")
	blank = []byte(b.lead.get(at + "/application.pdf").body)
	b.lead.sendFile(back, "file", filled("stp-decision", "Declined", "stp-reason", "Too far\naway"), nil).want(200, back).
		says("Check the decision and the letter", "Too far")
	if log := b.log.String(); strings.Contains(log, "evil") || strings.Contains(log, "Siân") {
		t.Error("the log says what the file is called, or what is in it")
	}
}

// TestReturnedUnconfirmed: the page also asks what the PDF does not ask.
func TestReturnedUnconfirmed(t *testing.T) {
	b := newBoard(t, "supporting-mentors")
	b.desk.PDF = pdf.Render
	at := "/review/" + b.ref
	blank := []byte(b.lead.get(at + "/application.pdf").body)
	b.lead.sendFile(at+"/returned", "file", papertest.Fill(t, blank, papertest.Decision()), nil).want(422, at+"/returned").
		says("Accept the application", "Confirm that the practice confirmed in another way", "We read these answers in the PDF")
	a, err := decide.Of(b.desk).ForReview(context.Background(), b.hub.office.Staff("deputy@example.org"), b.ref, false)
	if err != nil || a.Decision != nil {
		t.Error(fmt.Sprint(a.Decision, err))
	}
}
