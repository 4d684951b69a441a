package intake_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"traininghub/internal/application"
)

// TestExportBook: an export as a spreadsheet has readable headings, answers in words, and a sheet
// for each list. Nothing that somebody typed becomes a formula.
func TestExportBook(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	o.received()
	o.accept(o.received().Reference)
	var b bytes.Buffer
	rows, err := o.reads().ExportBook(context.Background(), &b, o.lead(), o.def.Course, ever, "Test")
	if err != nil || rows != 2 {
		t.Fatal(rows, err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	whole := ""
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(r)
		r.Close()
		whole += string(data)
	}
	for _, want := range []string{`name="Applications"`, `name="References"`, `name="Your mentoring qualifications"`,
		"Email address (Your practice manager)", ">Yes<", ">7654321<", "Reference of the application"} {
		if !strings.Contains(whole, want) {
			t.Errorf("the book has no %s", want)
		}
	}
	if strings.Contains(whole, "<f>") {
		t.Error("it has a formula")
	}
}

// TestChargesKept: an application whose applicant had a place, and can be charged for giving it up,
// is kept for as long as there may be questions about the charge. One without a place is kept like
// any other that was withdrawn.
func TestChargesKept(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	o.Retain = o.Retain.WithCharges(730)
	had, none := o.received(), o.received()
	o.accept(had.Reference)
	for _, a := range []*application.Application{had, none} {
		now := o.application(a.Reference)
		now.Events.Add(o.clock(), application.EventWithdrawn, "applicant", "")
		days := int(o.Removed(now).Sub(o.clock()).Hours() / 24)
		if want := map[string]int{had.Reference: 730, none.Reference: int(o.Retain.Withdrawn.Hours() / 24)}[a.Reference]; days != want {
			t.Errorf("%s is kept for %d days, want %d", a.Reference, days, want)
		}
	}
}
