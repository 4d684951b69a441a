package functions_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"traininghub/functions/internal/scans"
	"traininghub/internal/course"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/paper"
	"traininghub/internal/record"
	"traininghub/internal/web"
)

// officer may enter applications on paper; open adds them to the content.
const officer = "olu@example-hub.org.uk"

// sendFile posts a form with a file.
func (b *browser) sendFile(path, field string, file []byte, v form.Values) *browser {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, text := range v {
		w.WriteField(name, text)
	}
	part, err := w.CreateFormFile(field, "scan.png")
	if err != nil {
		b.t.Fatal(err)
	}
	part.Write(file)
	w.Close()
	r, err := http.NewRequest("POST", b.server.URL+path, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r)
}

// onPaper returns what the office types in from a paper that came today.
func onPaper(def *form.Definition) form.Values {
	v := form.Values{"do": "check", "part-signed": "yes"}
	today := time.Now().In(course.London)
	for _, input := range []string{"received", "signed-on"} {
		v[input+"-day"], v[input+"-month"], v[input+"-year"] = strconv.Itoa(today.Day()), strconv.Itoa(int(today.Month())), strconv.Itoa(today.Year())
	}
	for i := range def.Sections {
		s := &def.Sections[i]
		for name, text := range good(s) {
			if s.Repeat == nil {
				v[name] = text
			}
			for row := 1; s.Repeat != nil && row <= s.Repeat.Min; row++ {
				v[s.ID+"-"+strconv.Itoa(row)+"-"+name] = text
			}
		}
	}
	return v
}

// paper: the office enters an application on paper, with a scan of the largest size. It is read
// back, audited and erased. Without the bucket the application is not entered.
func (w *world) paper(t *testing.T) {
	d := w.deploy(t)
	one := d.signIn(officer)
	def := w.programme.Forms["career-conversations"]
	at := "/review/office/paper/" + def.ID
	one.post(at, onPaper(def)).want(200, at)
	back := one.hidden()
	back["do"] = "enter"
	for name, text := range signed(def) {
		back[name] = text
	}
	ref := back["reference"]
	scan := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{0xff, 0}, web.MaxFile)...)[:web.MaxFile]

	d.bucket.setFail(func(call string) fault {
		if strings.HasPrefix(call, "PUT "+ref) {
			return failed
		}
		return ""
	})
	one.sendFile(at, "scan", scan, back).want(503, at)
	d.bucket.setFail(nil)
	if _, err := w.store(d.table).Get(t.Context(), ref); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("an application without its scan: %v", err)
	}
	one.sendFile(at, "scan", scan, back).want(200, "/review/"+ref)
	if one.get("/review/"+ref+"/scan").want(200, ".*"); one.body != string(scan) {
		t.Errorf("the scan came back with %d bytes", len(one.body))
	}
	newBrowser(t, d.server).get("/review/"+ref+"/scan").want(200, "/review/sign-in")

	// With the scan, everything about the person is too large for one answer of Lambda.
	person := "/review/office/person/file"
	whole := form.Values{"email": onPaper(def)[def.Applicant.Email], "file": "zip"}
	if one.post(person, whole).want(200, person); !strings.Contains(one.body, "Part 2 of 2") {
		t.Error("everything about the person does not come in parts")
	}
	whole["with"] = "scan-" + ref + ".png"
	if one.post(person, whole).want(200, person); !strings.HasPrefix(one.body, "PK") || !strings.Contains(one.body, string(scan)) {
		t.Errorf("the part with the scan has %d bytes", len(one.body))
	}

	// There is also a scan without an application.
	kept := scans.New(dynamotest.Config(d.bucket.s3.URL), scansHost)
	if err := kept.Put(t.Context(), "CC-7K4D-2P9X.0123456789abcdef", scan); err != nil {
		t.Fatal(err)
	}
	desk := &intake.Desk{Store: w.store(d.table), Programme: w.programme, Now: time.Now}
	if n, err := paper.Sweep(t.Context(), desk, kept, time.Now().Add(25*time.Hour)); n != 1 || err != nil {
		t.Errorf("%d scans without an application, %v", n, err)
	}
	records := d.function(t, "records", d.table)
	call := func(q asked) (a answered) {
		if err := records.Invoke(limit, q, &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	name := intake.ScanOf(ref, d.application(ref).Document.Paper.Scan)
	if a := call(asked{"do": "audit"}); a.Faults != 0 {
		t.Errorf("the audit: %+v", a.Wrong)
	}
	if err := kept.Put(t.Context(), name, []byte("another")); err != nil {
		t.Fatal(err)
	}
	if a := call(asked{"do": "audit"}); a.Faults != 1 || a.Wrong[0].What != "its scan is not the one that was kept" {
		t.Errorf("the audit of a scan that was changed: %+v", a)
	}
	email := def.Applicant.Email
	if a := call(asked{"do": "erase", "email": onPaper(def)[email], "references": []string{ref}}); len(a.Erased) != 1 {
		t.Errorf("erased: %+v", a)
	}
	if all, err := kept.All(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("after the erasure: %v, %v", all, err)
	}
	if log := d.review.Output() + records.Output(); strings.Contains(log, marker) || strings.Contains(log, name) {
		t.Error("the log has words from the paper")
	}
}
