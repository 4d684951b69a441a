package web_test

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/pdf"
	"traininghub/internal/record"
)

// newOffice is a hub with an application, and two people of the office.
func newOffice(t *testing.T) (b *board, one, two *browser, who form.Values) {
	b = newBoard(t, ccts)
	b.desk.PDF = pdf.Render
	b.hub.office.Contacts = []course.Contact{{Name: "Olu", Email: "olu@example.org"}, {Name: "Ola", Email: "ola@example.org"}}
	b.letters()
	return b, b.staff("olu@example.org"), b.staff("ola@example.org"), form.Values{"email": b.application(b.ref).Document.Applicant.Email}
}

// with is a form with further answers.
func with(v form.Values, more ...string) form.Values {
	all := form.Values{}
	for name, text := range v {
		all[name] = text
	}
	for i := 0; i < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

// TestOfficePerson: the office finds a person, gives out a PDF and a ZIP file, and two of its
// people erase everything.
func TestOfficePerson(t *testing.T) {
	b, one, two, who := newOffice(t)
	const at = "/review/office/person"
	one.get("/review/").says("For the office")
	one.get("/review/office/").want(200, "/review/office/").says("Give somebody what we keep about them")
	one.post(at, nil).want(422, at).says("Enter a number or an email address")
	one.post(at, form.Values{"number": "765432"}).want(422, at).says("Enter a number on a professional register")
	one.post(at, form.Values{"email": "nobody@example.org"}).want(200, at).says("There is nothing under this number")
	one.post(at, who).want(200, at).says(b.ref, "Application for", "received", "It takes two people")
	if strings.Contains(one.body, "Angharad") {
		t.Error("the page says what the records say")
	}

	file := one.post(at+"/file", with(who, "file", "pdf")).want(200, at+"/file")
	if !strings.HasPrefix(file.body, "%PDF") || !strings.Contains(file.header.Get("Content-Disposition"), "person.pdf") {
		t.Errorf("no PDF: %v", file.header)
	}
	file = one.post(at+"/file", with(who, "file", "zip")).want(200, at+"/file")
	z, err := zip.NewReader(strings.NewReader(file.body), int64(len(file.body)))
	if err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, f := range z.File {
		names += f.Name + " "
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(r)
		if f.Name == "person.json" && (!strings.Contains(string(text), b.ref) || strings.Contains(string(text), `"hash"`)) {
			t.Errorf("person.json: %.300s", text)
		}
	}
	if want := "person.json person.pdf application-" + b.ref + ".pdf "; names != want {
		t.Errorf("the ZIP file has %q, want %q", names, want)
	}
	given := 0
	for _, e := range b.application(b.ref).Events {
		if e.What == application.EventExported {
			given++
		}
	}
	if given != 2 {
		t.Errorf("it was given out twice, and noted %d times", given)
	}

	erase := at + "/erase"
	there := func(want bool) {
		t.Helper()
		b.letters()
		_, err := b.desk.Get(context.Background(), b.ref)
		if is := !errors.Is(err, record.ErrNotFound); is != want {
			t.Fatalf("the application is there: %v, want %v", is, want)
		}
	}
	one.get(erase).want(200, at)
	one.post(erase, with(who, "do", "allow")).want(200, erase).says("It takes two people") // nobody has asked
	one.post(erase, with(who, "do", "begin")).want(200, erase).says("These would be erased: " + b.ref)
	one.post(erase, with(who, "do", "ask", "references", "CC-2222-2222")).want(422, erase).says("These are not the references")
	there(true)
	ask := with(who, "do", "ask", "references", " "+b.ref+"\n")
	one.post(erase, ask).want(200, erase).says("You asked at")
	one.post(erase, ask).want(200, erase).says("You asked at") // a double click
	one.post(erase, with(who, "do", "allow")).want(200, erase).says("You asked at")
	there(true)
	one.get("/review/office/").says("You asked for a second person to allow the erasure of 1 record")
	two.get("/review/office/").says("olu@example.org asked")
	two.post(at, who).says("olu@example.org asked", "Erase 1 record for good")
	refuse := form.Values{"id": between(two.body, `name="id" value="`)}
	two.post("/review/office/erasures", refuse).want(200, "/review/office/")
	two.post(erase, with(who, "do", "allow")).says("It takes two people")
	there(true)
	one.post("/review/office/erasures", form.Values{"id": "erasure.0"}).want(404, ".*")

	// A request for an erasure ends after a week.
	one.post(erase, ask).says("You asked at")
	b.pass(8 * 24 * time.Hour)
	one, two = b.staff("olu@example.org"), b.staff("ola@example.org")
	two.post(erase, with(who, "do", "allow")).says("It takes two people")
	there(true)
	one.post(erase, ask).says("You asked at")

	// Both ask and allow at once: it is erased once.
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			b := &browser{t: t, hub: two.hub, client: two.client}
			b.post(erase, with(who, "do", "allow"))
		})
	}
	all.Wait()
	two.post(at, who).says("Two people have allowed it")
	there(false)
	two.post(at, who).says("There is nothing under this number")
	two.get("/review/office/journal").want(200, ".*").says("ola@example.org allowed it at", "ola@example.org refused it at", "it was done at", "Nobody has exported anything")
	two.post(erase, with(who, "do", "allow")).want(200, erase)
	if log := b.log.String(); strings.Contains(log, who["email"]) {
		t.Error("the log has the address")
	}
	found, err := b.hub.office.Audit(t.Context(), nil)
	if err != nil || len(found.Wrong) > 0 {
		t.Errorf("the audit: %v, %v", found.Wrong, err)
	}
	for what, b := range map[string]*browser{"the lead": b.lead, "nobody": b.browser()} {
		if b.post(at, who); b.status != 404 && b.status != 403 {
			t.Errorf("%s: status %d", what, b.status)
		}
	}
}

// TestOfficeAlone: somebody alone in the office is told to use the command, and nobody erases
// themselves.
func TestOfficeAlone(t *testing.T) {
	b, one, _, who := newOffice(t)
	b.hub.office.Contacts = b.hub.office.Contacts[:1]
	one.post("/review/office/person/erase", with(who, "do", "ask", "references", b.ref)).want(422, ".*").says("There is nobody else in the office")
	b.hub.office.Contacts[0].Email = who["email"]
	own := b.staff(who["email"])
	for _, path := range []string{"", "/file", "/erase"} {
		own.post("/review/office/person"+path, with(who, "do", "ask", "references", b.ref)).want(403, ".*").says("This is about you")
	}
}

// TestOfficeLetters: a letter that did not go is shown and sent again.
func TestOfficeLetters(t *testing.T) {
	b, one, _, _ := newOffice(t)
	one.get("/review/office/letters").want(200, ".*").says("No letter waits")
	b.fails.Store(true)
	ref := b.apply(ccts)
	b.letters()
	one.get("/review/office/letters").says(ref, "1 letter", "1 time")
	at := "/review/office/letters/" + ref
	one.get("/review/" + ref).says("Letters")
	one.get(at).want(200, at).says("It did not go", "Send again", "The applicant")
	letter := between(one.body, `name="letter" value="`)
	b.fails.Store(false)
	one.post(at, form.Values{"letter": letter}).want(200, at)
	one.post(at, form.Values{"letter": "nothing"}).want(200, at)
	if got := b.letters(); strings.Count(got, ";") != 1 {
		t.Errorf("went: %s", got)
	}
	one.get(at).says("Sent at")
	one.post(at, form.Values{"letter": letter}).want(200, at)
	if got := b.letters(); got != "" {
		t.Errorf("went twice: %s", got)
	}
	b.lead.get(at).want(404, ".*")
}

// between is the text after some words on a page, up to the next quotation mark.
func between(body, before string) string {
	_, rest, _ := strings.Cut(body, before)
	found, _, _ := strings.Cut(rest, `"`)
	return found
}
