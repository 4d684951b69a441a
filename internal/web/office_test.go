package web_test

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/pdf"
	"traininghub/internal/record"
	"traininghub/internal/web"
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
	files := unzip(t, file.body)
	if text := files["person.json"]; !strings.Contains(text, b.ref) || strings.Contains(text, `"hash"`) {
		t.Errorf("person.json: %.300s", text)
	}
	if got, want := slices.Sorted(maps.Keys(files)), []string{"application-" + b.ref + ".pdf", "person.json", "person.pdf"}; !slices.Equal(got, want) {
		t.Errorf("the ZIP file has %q, want %q", got, want)
	}
	given := 0
	for _, e := range b.application(b.ref).Events {
		if e.What == application.EventExported && e.Who == "office" && e.By == "olu@example.org" {
			given++
		}
	}
	if given != 2 {
		t.Errorf("it was given out twice, and noted %d times", given)
	}
	two.get("/review/office/journal").want(200, ".*").says("Everything about one person", "Olu, olu@example.org")
	if n := strings.Count(two.body, "Olu, olu@example.org"); n != 2 || strings.Contains(two.body, b.ref) {
		t.Errorf("the journal has it %d times", n)
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

var partForm = regexp.MustCompile(`(?s)<form method="post" action="/review/office/person/file".*?</form>`)

// TestOfficeParts: where answers have a limit, everything about somebody with 12 MB of scans comes
// in parts. Together they have each file once, and it is noted once that they were given out.
func TestOfficeParts(t *testing.T) {
	b, one, _, who := newOffice(t)
	const at = "/review/office/person/file"
	zipped := with(who, "file", "zip")
	want := map[string]string{}
	given := func(want int) {
		t.Helper()
		for _, ref := range b.refs(who["email"]) {
			n := 0
			for _, e := range b.application(ref).Events {
				if e.What == application.EventExported {
					n++
				}
			}
			if n != want {
				t.Errorf("%s: noted %d times that it was given out, want %d", ref, n, want)
			}
		}
	}
	for n := range 3 {
		scan := (png + strings.Repeat(string(rune('a'+n)), web.MaxFile))[:web.MaxFile]
		ref := b.enterScan(one, scan, b.desk.Programme.Forms[ccts].Applicant.Email, who["email"])
		want["scan-"+ref+".png"] = scan
	}
	others := b.enter(one, b.desk.Programme.Forms[ccts].Applicant.Email, "somebody.else@example.org", b.desk.Programme.Forms[ccts].Applicant.Number, "7654329")
	for _, ref := range b.refs(who["email"]) {
		want["application-"+ref+".pdf"] = ""
	}
	want["person.json"], want["person.pdf"] = "", ""
	if len(want) != 3+4+2 {
		t.Fatalf("%d files: %v", len(want), b.refs(who["email"]))
	}

	b.hub.settings.MaxExport = 4<<20 + 64<<10
	b.hub.restart()
	one.post(at, zipped).want(200, at).says("This is too much for one file", "Part 1 of 4", "person.json, person.pdf", "Part 4 of 4")
	given(1)
	var parts []form.Values
	for _, f := range partForm.FindAllString(one.body, -1) {
		parts = append(parts, hiddenIn(f))
	}
	all := map[string]string{}
	take := func(v form.Values) {
		t.Helper()
		file := one.post(at, v).want(200, at)
		if name := "person-part-" + v["part"] + ".zip"; !strings.Contains(file.header.Get("Content-Disposition"), name) {
			t.Errorf("not %s: %v", name, file.header)
		}
		for name, text := range unzip(t, file.body) {
			if _, twice := all[name]; twice {
				t.Errorf("%s comes twice", name)
			}
			all[name] = text
		}
	}
	for _, v := range parts {
		take(v)
	}
	given(1)
	for name, text := range want {
		if got, ok := all[name]; !ok || text != "" && got != text {
			t.Errorf("%s: %v, %d bytes", name, ok, len(got))
		}
	}
	if len(all) != len(want) || strings.Contains(all["person.json"], others) {
		t.Errorf("%d files, want %d", len(all), len(want))
	}

	// A part that was kept and is asked for later is noted again, once for all parts.
	b.pass(2 * time.Hour)
	one = b.staff("olu@example.org")
	clear(all)
	take(parts[3])
	take(parts[1])
	given(2)

	// Files of somebody else, and files that are gone, are never among the parts.
	for _, names := range []string{"scan-" + others + ".png", "scan-" + others + ".png person.json", "../hub.db"} {
		one.post(at, with(zipped, "with", names, "part", "1")).want(200, at).says("The records have changed", "Part 4 of 4")
		if strings.Contains(one.body, others) {
			t.Error("the page offers what is somebody else's")
		}
	}
	// Each who takes a part is noted.
	b.staff("ola@example.org").post(at, parts[1]).want(200, at)
	given(3)
	b.staff(b.hub.course(ccts).Lead.Email).post(at, parts[1]).want(404, ".*")
	b.browser().post(at, parts[1]).want(403, ".*").says("Sign in again")
	b.hub.office.Contacts[0].Email = who["email"]
	b.staff(who["email"]).post(at, parts[1]).want(403, ".*").says("This is about you")

	b.hub.settings.MaxExport = 0
	b.hub.restart()
	two := b.staff("ola@example.org")
	if got := unzip(t, two.post(at, zipped).want(200, at).body); len(got) != len(want) {
		t.Errorf("without a limit, the file has %d files, want %d", len(got), len(want))
	}
}

// refs are the references of the applications with the applicant's address.
func (b *board) refs(email string) (refs []string) {
	b.t.Helper()
	p, err := b.hub.office.Person(b.t.Context(), "", email)
	if err != nil {
		b.t.Fatal(err)
	}
	return p.References()
}

// unzip returns the files of a ZIP file by name.
func unzip(t *testing.T, body string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(text)
	}
	return all
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
