package web_test

import (
	"context"
	"errors"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/paper"
	"traininghub/internal/pdf"
	"traininghub/internal/record"
)

var anyHidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// hiddenIn are the hidden inputs of a page.
func hiddenIn(body string) form.Values {
	v := form.Values{}
	for _, m := range anyHidden.FindAllStringSubmatch(body, -1) {
		v[html.UnescapeString(m[1])] = html.UnescapeString(m[2])
	}
	return v
}

// onPaper are answers for the page on which a paper is typed in.
func onPaper(def *form.Definition, change ...string) form.Values {
	v := form.Values{"do": "check", "received-day": "20", "received-month": "9", "received-year": "2021",
		"signed-on-day": "18", "signed-on-month": "9", "signed-on-year": "2021", "part-signed": "yes"}
	for i := range def.Sections {
		s := &def.Sections[i]
		for name, text := range good(s) {
			if s.Repeat == nil {
				v[name] = text
			}
			for row := 1; s.Repeat != nil && row <= s.Repeat.Min; row++ {
				v[s.ID+"-"+string(rune('0'+row))+"-"+name] = text
			}
		}
	}
	return with(v, change...)
}

var png = "\x89PNG\r\n\x1a\n and a picture"

// TestPaper: the office types in a paper, reads it back, and enters it with its scan.
func TestPaper(t *testing.T) {
	b, one, two, _ := newOffice(t)
	for _, id := range []string{ccts, mentors} {
		def := b.desk.Programme.Forms[id]
		at := "/review/office/paper/" + id
		one.get("/review/office/").says("Enter an application on paper")
		one.get("/review/office/paper").want(200, ".*").says(def.Title)
		one.get(at).want(200, at).says("When did the paper reach you?", "Read it back")
		one.post(at, form.Values{"do": "check"}).want(422, at).says("Enter the day on which the paper reached you", "Enter the date beside the signature")
		for says, change := range map[string][]string{
			"must be today or in the past":     {"received-day", "21"},
			"the day on which the paper":       {"signed-on-day", "21"},
			"must be a real date":              {"received-month", "13"},
			"GMC":                              {def.Applicant.Number, "12"},
			def.Sections[0].Questions[0].Label: {},
		} {
			v := onPaper(def, change...)
			one.post(at, v)
			if want := 422; len(change) > 0 && one.status != want || len(change) == 0 && one.status != 200 {
				t.Errorf("%s: status %d", says, one.status)
			}
			one.says(says)
		}
		for i := range def.Sections {
			if s := &def.Sections[i]; s.Repeat != nil && s.Repeat.Max > 2 {
				one.post(at, onPaper(def, "do", "more-"+s.ID)).want(200, at)
				if !strings.Contains(one.body, `name="`+s.ID+`-3-`) {
					t.Errorf("no entry is added to %s", s.ID)
				}
			}
		}

		one.post(at, onPaper(def)).want(200, at).says("Hold this against the paper", "Angharad")
		back := with(hiddenIn(one.body), "do", "enter")
		for name, text := range signed(def) {
			back[name] = text
		}
		for says, file := range map[string]string{"Choose the scan of the paper": "", "must be a PDF, JPEG or PNG": "<script>alert(1)</script>",
			"larger than 4 MB": png + strings.Repeat("x", 4<<20)} {
			one.sendFile(at, "scan", []byte(file), back).want(422, at).says(says, "Angharad")
		}
		one.sendFile(at, "scan", []byte(png), with(back, "declaration-"+def.Declarations[0].ID, "")).want(422, at).says("Tick “")
		one.sendFile(at, "scan", []byte(png), with(back, "do", "change")).want(200, at).says("Read it back")
		if n := len(scansOf(t, b)); n != 0 {
			t.Fatalf("%d scans of applications that are not entered", n)
		}

		// Pressed twice at once, it is entered once.
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				(&browser{t: t, hub: one.hub, client: one.client}).sendFile(at, "scan", []byte(png), back)
			})
		}
		all.Wait()
		ref := back["reference"]
		one.sendFile(at, "scan", []byte(png), back).want(200, "/review/"+ref).says("Came on paper", "Monday 20 September 2021", "Saturday 18 September 2021", "Download the scan")
		one.sendFile(at, "scan", []byte(png+" again"), back).want(200, "/review/"+ref)
		two.sendFile(at, "scan", []byte(png), back).want(422, at).says("send it once more") // somebody else has the reference
		a := b.application(ref)
		if n := len(scansOf(t, b)); n != 1 || a.Document.Paper.By != "olu@example.org" || a.Unconfirmed() {
			t.Errorf("%d scans, %+v", n, a.Document.Paper)
		}
		if got := b.letters(); !strings.Contains(got, "on paper") || strings.Contains(got, "Confirmation needed") {
			t.Errorf("letters: %s", got)
		}
		one.get("/review/?sort=newest").says("On paper")
		file := b.lead.get("/review/" + ref + "/scan")
		if id == mentors {
			file.want(404, ".*")
		} else if file.want(200, ".*"); file.body != png || file.header.Get("Content-Type") != "image/png" ||
			!strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") || !strings.Contains(file.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("the scan: %v", file.header)
		}
		if doc := a.Copy(true).Text(); !strings.Contains(doc, "Came on paper: Monday 20 September 2021, signed by hand on Saturday 18 September 2021") {
			t.Errorf("the PDF says %s", doc[:400])
		}
		found, err := b.hub.office.Audit(t.Context(), nil)
		if err != nil || len(found.Wrong) > 0 {
			t.Errorf("the audit: %v, %v", found.Wrong, err)
		}
		if err := b.desk.Erase(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		if n := len(scansOf(t, b)); n != 0 {
			t.Errorf("%d scans after the erasure", n)
		}
		one.get("/review/"+ref+"/scan").want(404, ".*")
	}
	if log := b.log.String(); strings.Contains(log, "Angharad") || strings.Contains(log, "evil") {
		t.Error("the log has words from the paper")
	}
}

func scansOf(t *testing.T, b *board) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(string(b.desk.Scans.(paper.Folder)), "*"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// enter enters an application on paper and returns its reference.
func (b *board) enter(one *browser, change ...string) string {
	b.t.Helper()
	return b.enterScan(one, png, change...)
}

func (b *board) enterScan(one *browser, scan string, change ...string) string {
	b.t.Helper()
	def := b.desk.Programme.Forms[ccts]
	at := "/review/office/paper/" + ccts
	one.post(at, onPaper(def, change...)).want(200, at)
	back := with(hiddenIn(one.body), "do", "enter")
	for name, text := range signed(def) {
		back[name] = text
	}
	one.sendFile(at, "scan", []byte(scan), back).want(200, "/review/"+back["reference"])
	return back["reference"]
}

// TestPaperByPost: somebody without an e-mail address gets letters by post.
func TestPaperByPost(t *testing.T) {
	b, one, _, _ := newOffice(t)
	ref := b.enter(one, b.desk.Programme.Forms[ccts].Applicant.Email, "")
	if got := b.letters(); strings.Contains(got, "on paper") {
		t.Errorf("went by mail: %s", got)
	}
	b.pass(25 * time.Hour)
	one = b.staff("olu@example.org")
	b.letters()
	one.get("/review/office/letters").says("Letters to print and post", ref)
	at := "/review/office/letters/" + ref
	one.get(at).says("To print and post", "I have posted it")
	letter := hiddenIn(one.body)["letter"]
	file := one.get(at+"/"+letter).want(200, ".*")
	if !strings.HasPrefix(file.body, "%PDF") {
		t.Errorf("no letter: %.100s", file.body)
	}
	copied := one.get(at+"/"+letter+"?copy=yes").want(200, ".*")
	if !strings.Contains(copied.header.Get("Content-Disposition"), "application-"+ref+".pdf") {
		t.Errorf("the copy: %v", copied.header)
	}
	one.get(at+"/nothing").want(404, ".*")
	for range 2 {
		one.post(at, form.Values{"letter": letter, "do": "posted"}).want(200, at).says("Sent at")
	}
	one.get("/review/office/letters").says("No letter waits for the post")
	b.pass(48 * time.Hour)
	if got := b.letters(); got != "" {
		t.Errorf("went: %s", got)
	}
	found, err := b.hub.office.Audit(t.Context(), nil)
	if err != nil || len(found.Wrong) > 0 {
		t.Errorf("the audit: %v, %v", found.Wrong, err)
	}
}

// full is a folder for scans on a full disk.
type full struct{ paper.Folder }

func (full) Put(context.Context, string, []byte) error { return errors.New("no space left on device") }

// crashing is a store that loses each new record, like a machine that fails between scan and
// record.
type crashing struct{ record.Store }

func (crashing) Create(context.Context, record.Record) error { return errors.New("cut off") }

// TestPaperLate: the day on which the paper arrived counts for the deadline, not the day on which
// somebody types it in.
func TestPaperLate(t *testing.T) {
	b, _, _, _ := newOffice(t)
	b.pass(30 * 24 * time.Hour)
	one := b.staff("olu@example.org")
	at := "/review/office/paper/" + ccts
	one.post(at, onPaper(b.desk.Programme.Forms[ccts], "received-day", "16", "received-month", "10")).want(422, at).
		says("On that day the course took no applications. The deadline was 11:59pm on Friday 15 October 2021")
	one.get("/review/" + b.enter(one, "received-day", "15", "received-month", "10")).says("Friday 15 October 2021")
}

// TestPaperFails: there is never an application without its scan, and a scan without an application
// is removed.
func TestPaperFails(t *testing.T) {
	b, one, _, _ := newOffice(t)
	folder, store := b.desk.Scans.(paper.Folder), b.desk.Store
	def := b.desk.Programme.Forms[ccts]
	at := "/review/office/paper/" + ccts
	one.post(at, onPaper(def)).want(200, at)
	back := with(hiddenIn(one.body), "do", "enter")
	for name, text := range signed(def) {
		back[name] = text
	}
	ref := back["reference"]
	b.desk.Scans = full{folder}
	one.sendFile(at, "scan", []byte(png), back).want(503, at)
	b.desk.Scans, b.desk.Store = folder, crashing{store}
	one.sendFile(at, "scan", []byte(png), back).want(503, at)
	b.desk.Store = store
	if _, err := b.desk.Get(t.Context(), ref); !errors.Is(err, record.ErrNotFound) || len(scansOf(t, b)) != 1 {
		t.Fatalf("after the crash: %v, %v", err, scansOf(t, b))
	}
	sweep := func(after time.Duration, want int) {
		t.Helper()
		if n, err := paper.Sweep(t.Context(), b.desk, folder, time.Now().Add(after)); n != want || err != nil {
			t.Errorf("removed %d, want %d; %v", n, want, err)
		}
	}
	sweep(time.Hour, 0) // it may be being entered
	sweep(25*time.Hour, 1)
	one.sendFile(at, "scan", []byte(png), back).want(200, "/review/"+ref) // sent again, it is entered
	sweep(25*time.Hour, 0)

	// A scan that was changed or taken away is found.
	scan := scansOf(t, b)[0]
	copied := paper.Folder(t.TempDir())
	if n, err := folder.CopyTo(t.Context(), copied, time.Time{}); n != 1 || err != nil {
		t.Errorf("copied %d, %v", n, err)
	}
	audit := func(want string) {
		t.Helper()
		found, err := b.hub.office.Audit(t.Context(), nil)
		if err != nil || len(found.Wrong) != 1 || found.Wrong[0].Reference != ref || found.Wrong[0].What != want {
			t.Errorf("%+v, %v; want %s", found.Wrong, err, want)
		}
	}
	if err := os.WriteFile(scan, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	audit("its scan is not the one that was kept")
	if err := os.Remove(scan); err != nil {
		t.Fatal(err)
	}
	audit("its scan is missing")
	if n, err := copied.CopyTo(t.Context(), folder, time.Time{}); n != 1 || err != nil {
		t.Errorf("put back %d, %v", n, err)
	}
	if found, err := b.hub.office.Audit(t.Context(), nil); err != nil || len(found.Wrong) > 0 {
		t.Errorf("put back: %v, %v", found.Wrong, err)
	}

	// Removing the application removes the scan, even after an interruption.
	b.desk.Scans = nil
	if err := b.desk.Erase(t.Context(), ref); err == nil {
		t.Error("erased, and the scan is left")
	}
	b.desk.Scans = folder
	if err := b.desk.Erase(t.Context(), ref); err != nil || len(scansOf(t, b)) != 0 {
		t.Errorf("%v, %v", err, scansOf(t, b))
	}
	if info, err := os.Stat(string(folder)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others can read the folder: %v, %v", info.Mode(), err)
	}
	for _, name := range []string{"../hub.db", "x", ref + ".0123456789abcdef/../../hub.db"} {
		if _, err := folder.Get(t.Context(), name); !errors.Is(err, record.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The PDF for the staff can be drawn of an application on paper.
func TestPaperPDF(t *testing.T) {
	b, one, _, _ := newOffice(t)
	a := b.application(b.enter(one))
	data, err := pdf.Render(a.Copy(true))
	if err != nil || len(data) == 0 {
		t.Error(err)
	}
	if got := intake.ScanOf(a.Reference, document.Scan{}); got != a.Reference+"." {
		t.Errorf("the name of no scan is %q", got)
	}
}
