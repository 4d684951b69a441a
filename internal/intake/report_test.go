package intake_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	reading "traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/table"
)

// office and lead return staff who may see applications.
func (o *office) lead() *staff.Person {
	o.t.Helper()
	s := o.Staff(o.Programme.Course(o.def.Course).Lead.Email)
	if s == nil {
		o.t.Fatal("the lead is not of the staff")
	}
	return s
}

// ever is a period that covers everything the tests send.
var ever = reading.Period{From: course.Date{Year: 2021, Month: 1, Day: 1},
	To: course.Date{Year: 2029, Month: 12, Day: 31}}

// export makes a whole export and reads it back: the names of its columns, and each row by column
// name.
func (o *office) export(p reading.Period) (names []string, rows []map[string]string) {
	o.t.Helper()
	var b bytes.Buffer
	n, err := o.Export(context.Background(), &b, o.lead(), o.def.Course, p, "Annual report")
	if err != nil {
		o.t.Fatal(err)
	}
	all := o.read(b.Bytes())
	if len(all) != n+1 {
		o.t.Errorf("%d rows counted, %d there", n, len(all)-1)
	}
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = r[i]
		}
		rows = append(rows, row)
	}
	return all[0], rows
}

// read reads a table by the rules of RFC 4180.
func (o *office) read(data []byte) [][]string {
	o.t.Helper()
	text, found := bytes.CutPrefix(data, []byte("\xEF\xBB\xBF"))
	if !found {
		o.t.Error("no byte order mark")
	}
	if bare := bytes.Count(text, []byte("\n")) - bytes.Count(text, []byte("\r\n")); bare != 0 {
		o.t.Errorf("%d line ends without CR", bare)
	}
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll() // also checks that each row has as many cells
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

// write sends an application with particular answers to some questions.
func (o *office) write(own form.Values) *application.Application {
	o.t.Helper()
	ctx := context.Background()
	filled := func(s *form.Section) form.Values {
		v := answers(s)
		for id := range v {
			if text, ok := own[id]; ok {
				v[id] = text
			}
		}
		return v
	}
	_, key, problems, err := o.Start(ctx, o.def, "", filled(&o.def.Sections[0]))
	if err != nil || problems != nil {
		o.t.Fatal(problems, err)
	}
	for i := range o.def.Sections[1:] {
		s := &o.def.Sections[i+1]
		if s.Repeat == nil {
			_, err = o.Save(ctx, o.def, key, s, filled(s))
		} else {
			for range s.Repeat.Min {
				_, rowErr := o.SaveRow(ctx, o.def, key, s, "", filled(s))
				err = errors.Join(err, rowErr)
			}
			if err == nil {
				_, err = o.FinishList(ctx, o.def, key, s)
			}
		}
		if err != nil {
			o.t.Fatal(err)
		}
	}
	a := o.send(key)
	o.mailed()
	return a
}

func TestExport(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	a := o.write(form.Values{
		"surname": `=HYPERLINK("evil","Łucja")`, "objectives": "Two lines,\nand a \"quotation\"; 01632 960001",
		"practice-name": " +44 Surgery", "why-mentoring": "'Tis so", "clinical-sessions": "4.50", "town": "1-2",
		"address-line-1":       "1 High Street",
		"mentoring-experience": reading.NotAsked,
	})
	names, rows := o.export(ever)
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	for name, want := range map[string]string{
		"hub_reference": a.Reference, "hub_status": "received", "hub_received": "2021-09-20T09:00:00+01:00",
		"hub_form_version": table.Text(o.def.Version), // which can look like a number
		"hub_decision":     "", "hub_decision_date": "", "hub_funding_start": "", "hub_cohort": "cohort-1",
		"cohort": "cohort-1", "hub_terms_agreed": reading.NotAsked, "hub_practice_answer": "",
		"hub_waiting_for": "practice",
		"surname":         `'=HYPERLINK("evil","Łucja")`, "objectives": "Two lines,\nand a \"quotation\"; 01632 960001",
		"practice-name": "'+44 Surgery", "why-mentoring": "''Tis so", "clinical-sessions": "4.5", "town": "'1-2",
		"address-line-1":       "1 High Street",
		"mentoring-experience": "'" + reading.NotAsked, "telephone": "'01632 960001", "gmc-number": "'7654321",
		"performers-list": "yes",
		"referee-name_1":  "Robin One", "referee-telephone_2": "'01632 960001", "qualification_1": "",
		"hub_other_answers": "",
		"hub_declarations":  "attendance charge accurate sharing", "hub_signature": "Łucja Ŵyn",
	} {
		if got, there := rows[0][name]; !there || got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	asked := 0
	for _, s := range o.def.Sections {
		n := 1
		if s.Repeat != nil {
			n = map[string]int{"qualifications": 1, "references": 2}[s.ID] // as many as the longest list of the test
		}
		asked += n * len(s.Questions)
	}
	if fixed := slices.IndexFunc(names, func(n string) bool {
		return !strings.HasPrefix(n,
			"hub_")
	}); len(names) != fixed+asked+1 {
		t.Errorf("%d columns, want %d of the hub, %d of questions and one for others", len(names), fixed, asked)
	}

	o.pass(30 * 24 * time.Hour)
	o.accept(a.Reference)
	_, rows = o.export(ever)
	for name, want := range map[string]string{"hub_status": "accepted", "hub_decision": "accepted",
		"hub_decision_date": "2021-10-20", "hub_funding_start": "2021-11-17", "hub_decision_by": "Dr Ada Example"} {
		if rows[0][name] != want {
			t.Errorf("%s is %q, want %q", name, rows[0][name], want)
		}
	}
}

// TestExportPeriod: the days of the period are days in London, and the first and last day count.
func TestExportPeriod(t *testing.T) {
	o := newOffice(t, "career-conversations")
	days := map[string]time.Time{
		"last second of 30 September": time.Date(2021, 9, 30, 22, 59, 59, 0, time.UTC),
		"first of 1 October":          time.Date(2021, 9, 30, 23, 0, 0, 0, time.UTC),
		"last of 2 October":           time.Date(2021, 10, 2, 22, 59, 59, 0, time.UTC),
		"first of 3 October":          time.Date(2021, 10, 2, 23, 0, 0, 0, time.UTC),
	}
	want := []string{}
	for name, at := range days {
		o.now = at
		a := o.received()
		if strings.Contains(name, "first of 1") || strings.Contains(name, "of 2") {
			want = append(want, a.Reference)
		}
	}
	o.now = time.Date(2021, 10, 5, 0, 0, 0, 0, time.UTC)
	_, rows := o.export(reading.Period{From: course.Date{Year: 2021, Month: 10, Day: 1},
		To: course.Date{Year: 2021, Month: 10, Day: 2}})
	var got []string
	for _, r := range rows {
		got = append(got, r["hub_reference"])
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("exported %q, want %q", got, want)
	}
}

// TestExportOfOldVersions: when a form has changed, no answer is lost, and a question that was not
// asked can be told from one that was not answered.
func TestExportOfOldVersions(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	o.write(nil)
	def := *o.def
	def.Sections = slices.Clone(def.Sections)
	for i := range def.Sections {
		s := &def.Sections[i]
		switch s.ID {
		case "your-practice": // one question is removed and one is new
			s.Questions = append(slices.Clone(s.Questions[:len(s.Questions)-1]),
				form.Question{ID: "new", Kind: form.Text, Label: "New"})
		case "references": // a shorter list, with one more question
			repeat := *s.Repeat
			repeat.Max = 1
			s.Repeat = &repeat
			s.Questions = append(slices.Clone(s.Questions), form.Question{ID: "referee-fax", Kind: form.Text,
				Label: "Fax"})
		case "qualifications":
			s.Questions = append(slices.Clone(s.Questions), form.Question{ID: "grade", Kind: form.Text, Label: "Grade"})
		}
	}
	o.Programme.Forms[def.ID] = &def
	_, rows := o.export(ever)
	row := rows[0]
	for name, want := range map[string]string{
		"new": reading.NotAsked, "referee-fax_1": reading.NotAsked, "grade_1": "", "practice-town": "Łucja Ŵyn",
		"referee-name_1": "Robin One",
	} {
		if got, there := row[name]; !there || got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, want := range []string{"training-practice (Is the practice a training practice?): yes",
		"referee-name_2 (Name): Robin One", "referee-email_2 (Email address): referee@example.org"} {
		if !strings.Contains(row["hub_other_answers"], want) {
			t.Errorf("other answers %q do not have %q", row["hub_other_answers"], want)
		}
	}
}

// TestExportReadByPython: Python's reader finds the same cells in the table.
func TestExportReadByPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Fatal("this test reads CSV with python3: apt-get install python3")
	}
	o := newOffice(t, "supporting-mentors")
	o.write(form.Values{"objectives": "a,b;\"c\"\n\nd\te \r f", "why-mentoring": "=1+1", "surname": "O'Neill",
		"practice-name": `"`, "town": "\u2028 \u200b=x"})
	var b bytes.Buffer
	if _, err := o.Export(context.Background(), &b, o.lead(), o.def.Course, ever, "Test"); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", `
import csv, io, sys
text = sys.stdin.buffer.read().decode("utf-8-sig")
for row in csv.reader(io.StringIO(text, newline=""), strict=True):
    print(len(row), "\x1f".join(cell.replace("\r\n", "\n") for cell in row), end="\x1e")
`)
	cmd.Stdin = &b
	want := ""
	for _, row := range o.read(bytes.Clone(b.Bytes())) {
		want += fmt.Sprintf("%d %s\x1e", len(row), strings.Join(row, "\x1f"))
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if string(out) != want {
		t.Errorf("Python reads\n%q, want\n%q", out, want)
	}
}

// TestExportSplitElsewhere: a program that also splits lines at semicolons and tabs, as LibreOffice
// offers to, finds the same cells. Nobody can add a cell to a row or shift the others.
func TestExportSplitElsewhere(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	o.write(form.Values{"objectives": "Flat 2; 5 High Street", "why-mentoring": "x;=1+1", "surname": "x\t=1+1"})
	var b bytes.Buffer
	if _, err := o.Export(context.Background(), &b, o.lead(), o.def.Course, ever, "Test"); err != nil {
		t.Fatal(err)
	}
	want := o.read(b.Bytes())
	lines := strings.Split(strings.TrimPrefix(b.String(), "\uFEFF"), "\r\n")
	for i, row := range want {
		got, quoted := 1, false
		for _, c := range lines[i] { // no answer here has line breaks
			if c == '"' {
				quoted = !quoted
			} else if strings.ContainsRune(",;\t", c) && !quoted {
				got++
			}
		}
		if got != len(row) {
			t.Errorf("line %d is split into %d cells, want %d", i+1, got, len(row))
		}
	}
}

// TestExportJournal: somebody who may not see the course gets nothing, and each export is noted in
// the journal.
func TestExportJournal(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ctx := context.Background()
	o.received()
	stranger := &staff.Person{Email: "other@example.org",
		Roles: []staff.Role{{Name: staff.Office, For: staff.Course("career-conversations")}}}
	var b bytes.Buffer
	if _, err := o.Export(ctx, &b, stranger, o.def.Course, ever, "x"); !errors.Is(err, decide.ErrNoApplication) ||
		b.Len() > 0 {
		t.Errorf("somebody of another course: %v, %d bytes", err, b.Len())
	}
	if _, err := o.Export(ctx, &b, o.lead(), "nonsense", ever, "x"); !errors.Is(err, decide.ErrNoApplication) {
		t.Errorf("a course that does not exist: %v", err)
	}
	o.pass(time.Hour)
	o.export(ever)
	o.pass(time.Hour)
	broken := &brokenWriter{left: 10}
	if _, err := o.Export(ctx, broken, o.lead(), o.def.Course, ever, "Broken off"); err == nil {
		t.Error("no error although writing failed")
	}
	got, err := o.Exports(ctx, o.lead(), 10)
	if err != nil || len(got) != 2 {
		t.Fatalf("journal %+v, %v", got, err)
	}
	lead := o.lead()
	if e := got[1]; e.By != lead.Email || e.Name != lead.Name || e.Rows != 1 || !e.Whole ||
		e.Reason != "Annual report" || e.From != "2021-01-01" || e.When() != "10am on Monday 20 September 2021" {
		t.Errorf("the whole one: %+v", e)
	}
	if e := got[0]; e.Whole || e.Reason != "Broken off" {
		t.Errorf("the broken one: %+v", e)
	}
	if theirs, err := o.Exports(ctx, stranger, 10); err != nil || len(theirs) > 0 {
		t.Errorf("somebody of another course reads %+v, %v", theirs, err)
	}
}

type brokenWriter struct{ left int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errors.New("gone")
	}
	return len(p), nil
}

func TestCodebook(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	var b bytes.Buffer
	if err := o.reads().Codebook(&b, o.def); err != nil {
		t.Fatal(err)
	}
	o.received()
	names, _ := o.export(ever)
	book := map[string][]string{}
	var order []string
	for _, row := range o.read(b.Bytes())[1:] {
		if row[0] != "(all)" {
			book[row[0]] = row[1:]
			order = append(order, row[0])
		}
	}
	for _, name := range names { // the codebook has columns for the longest possible lists
		if book[name] == nil {
			t.Errorf("the codebook has the columns\n%q, but not %q of the export", order, name)
		}
	}
	for name, want := range map[string][]string{
		"clinical-sessions": {"Clinical sessions a week", "number", "must be answered; 0.5 or more; 14 or less",
			"'4.5"},
		"objectives": {"What are your personal objectives in applying to this scheme?", "long-text",
			"must be answered; 2,000 characters or less", "as typed"},
		"qualification_20": {"Qualification or course (qualification 20)", "text",
			"must be answered; 200 characters or less", "as typed"},
		"gmc-number": {"GMC reference number", "text",
			"must be answered; a GMC reference number; 20 characters or less",
			"7 figures, with an apostrophe before them"},
		"training-practice": {"Is the practice a training practice?", "yes-no", "must be answered", "yes; no"},
		"address-line-2":    {"Address line 2", "text", "need not be answered; 200 characters or less", "as typed"},
		"hub_other_answers": {"Answers to questions that the form no longer asks", "text", "",
			"a line for each: its id, the question, the answer"},
		"hub_decision": {"Decision of the STP lead", "choice", "", "accepted; declined; empty: none yet"},
		"awarded_1": {"When did you get it? (qualification 1)", "month", "must be answered; not in the future",
			"'2021-11"},
		"practice-telephone": {"Practice telephone number", "telephone",
			"must be answered; a telephone number; 40 characters or less", "as typed, with an apostrophe before it"},
	} {
		if !slices.Equal(book[name], want) {
			t.Errorf("%s: %q, want %q", name, book[name], want)
		}
	}
}

// TestFigures counts a course over a year, with applications that were removed since.
func TestFigures(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	const day = 24 * time.Hour
	ctx := context.Background()
	accepted := o.write(form.Values{"clinical-sessions": "4.5"})
	other := o.write(form.Values{"clinical-sessions": "8"})
	declined, gone, waits := o.received(), o.received(), o.received()
	o.pass(4 * day) // Friday 24 September
	o.accept(accepted.Reference)
	o.pass(10 * day) // Monday 4 October
	o.accept(other.Reference)
	o.decline(declined.Reference)
	if err := o.ChangeForTest(gone.Reference, application.EventWithdrawn,
		func(*application.Application) {}); err != nil {
		t.Fatal(err)
	}
	check := func(f reading.Figures, trained, training int) {
		t.Helper()
		got := fmt.Sprintf("received %v accepted %v declined %v left %v undecided %v trained %v training %v unplaced %v returned %v; sessions %v of %d; median %v ninth %v",
			f.Received, f.Accepted, f.Declined, f.Left, f.Undecided, f.Trained, f.Training, f.Unplaced, f.Returned,
			f.Sessions, f.Sessions.Of, f.Median, f.Ninth)
		want := fmt.Sprintf("received 5 accepted 2 declined 1 left 1 undecided 1 trained %d training %d unplaced 0 returned 0; sessions 6.3 of 2; median 10 ninth 10", trained, training)
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		months := ""
		for _, m := range f.Months {
			months += fmt.Sprintf("%s: received %v accepted %v declined %v median %v ninth %v; ", m.Name(), m.Received,
				m.Accepted, m.Declined, m.Median, m.Ninth)
		}
		if want := "September 2021: received 5 accepted 1 declined 0 median 4 ninth 4; October 2021: received 0 accepted 1 declined 1 median 10 ninth 10; "; months != want {
			t.Errorf("got  %s\nwant %s", months, want)
		}
	}
	figures := func() reading.Figures {
		t.Helper()
		all, err := o.Figures(ctx, o.lead(), false)
		if err != nil || len(all) == 0 {
			t.Fatal(all, err)
		}
		return all[slices.IndexFunc(all, func(f reading.Figures) bool { return f.Course.ID == o.def.Course })]
	}
	f := figures()
	check(f, 0, 2)
	if want := map[application.Party]int{application.Practice: 1}; !maps.Equal(f.Waiting, want) {
		t.Errorf("waiting %v, want %v", f.Waiting, want)
	}
	last, _ := time.ParseInLocation(time.DateOnly, lastWorkshop(o, "cohort-1"), course.London)
	o.now = last.Add(23 * time.Hour)
	check(figures(), 0, 2) // it is the day of the last workshop
	o.now = last.AddDate(0, 0, 1)
	check(figures(), 2, 0)

	o.removes(3 * 365 * day)
	for _, a := range []*application.Application{accepted, other, declined, gone, waits} {
		if _, err := o.Store.Get(ctx, a.Reference); !errors.Is(err, record.ErrNotFound) {
			t.Fatalf("%v", err)
		}
	}
	f = figures()
	if f.Sessions.String() != "6" { // each was rounded: 4 and 8
		t.Errorf("mean sessions of removed applications %v", f.Sessions)
	}
	f.Sessions.X = 6.25
	check(f, 2, 0)
}

// TestPublishedMeans: no mean is shown of a hidden count, even if that is hidden only to protect
// another.
func TestPublishedMeans(t *testing.T) {
	o := newOffice(t, "career-conversations")
	for i := range 6 {
		a := o.received()
		if i == 0 {
			o.decline(a.Reference)
		} else {
			o.accept(a.Reference)
		}
	}
	all, err := o.Figures(context.Background(), o.lead(), true)
	if err != nil {
		t.Fatal(err)
	}
	f := all[slices.IndexFunc(all, func(f reading.Figures) bool { return f.Course.ID == o.def.Course })]
	if got := fmt.Sprint(f.Received, f.Accepted, f.Declined, f.Median, f.Ninth, f.Sessions,
		f.Months[0].Median); got != "6 hidden hidden hidden hidden hidden hidden" {
		t.Errorf("published are %s", got)
	}
}

// TestExportsOfTwoCourses: the latest exports are those of all courses together.
func TestExportsOfTwoCourses(t *testing.T) {
	ctx := t.Context()
	o := newOffice(t, "career-conversations")
	o.Office = []course.Contact{{Name: "Sam Example", Email: "sam@example.org"}}
	sam := o.Staff("sam@example.org")
	today := course.DateOf(o.clock())
	for i, id := range []string{"supporting-mentors", "career-conversations", "supporting-mentors",
		"career-conversations"} {
		o.pass(time.Minute)
		if _, err := o.Export(ctx, io.Discard, sam, id, reading.Period{From: today, To: today},
			fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	all, err := o.Exports(ctx, sam, 3)
	if err != nil || len(all) != 3 || all[0].Reason != "3" || all[1].Reason != "2" || all[2].Reason != "1" {
		t.Errorf("%+v, %v", all, err)
	}
}
