package web_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

// period answers the dates of an export.
func period(v form.Values, from, to string) form.Values {
	for name, day := range map[string]string{"from": from, "to": to} {
		parts := strings.Fields(day)
		v[name+"-day"], v[name+"-month"], v[name+"-year"] = parts[0], parts[1], parts[2]
	}
	return v
}

// table reads a file that the browser was sent.
func (b *browser) table(name string) [][]string {
	b.t.Helper()
	if got := b.header.Get("Content-Disposition"); got != `attachment; filename="`+name+`"` {
		b.t.Errorf("the file is called %s, want %s", got, name)
	}
	if got := b.header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
		b.t.Errorf("the file is of the type %s", got)
	}
	text, found := strings.CutPrefix(b.body, "\uFEFF")
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !found {
		b.t.Fatalf("%v, byte order mark %v", err, found)
	}
	return all
}

func TestExport(t *testing.T) {
	h := newHub(t)
	ref := h.sends(mentors, form.Values{"surname": "=1+1"})
	lead := h.staff(h.course(mentors).Lead.Email)
	lead.get("/review/").says("Export applications", "Figures")
	lead.get("/review/export").want(200, "/review/export").says("Export applications", "We record who exports",
		"Last day")

	asked := period(form.Values{"course": mentors, "reason": "Annual report"}, "1 9 2021", "30 9 2021")
	lead.post("/review/export", asked).want(200, "/review/export")
	rows := lead.table("applications-" + mentors + "-2021-09-20.csv")
	if len(rows) != 2 || rows[1][0] != ref || !strings.Contains(strings.Join(rows[1], "|"), "|'=1+1|") {
		t.Errorf("the file has %d rows: %.300q", len(rows), rows)
	}
	lead.get("/review/export").says("Latest exports", "Annual report", "1 September 2021 to 30 September 2021",
		h.course(mentors).Lead.Email)
	lead.get("/review/export/codebook/"+mentors).want(200, "/review/export/codebook/"+mentors)
	if book := lead.table("codebook-" + mentors + ".csv"); len(book) < 100 {
		t.Errorf("the codebook has %d lines", len(book))
	}
	if strings.Contains(h.log.String(), "Annual report") || strings.Contains(h.log.String(), "=1+1") {
		t.Error("the log has what was typed")
	}

	// Mistakes give the page again, with every answer kept.
	for name, c := range map[string]struct {
		v    form.Values
		says string
	}{
		"nothing": {form.Values{}, "Enter what you need them for"},
		"no reason": {period(form.Values{"course": mentors}, "1 9 2021", "30 9 2021"),
			"Enter what you need them for"},
		"turned round": {period(form.Values{"course": mentors, "reason": "x"}, "1 9 2021", "31 8 2021"),
			"The last day must be the same as or after the first day"},
		"no such day": {period(form.Values{"course": mentors, "reason": "x"}, "31 9 2021", "30 9 2021"),
			"must be a real date"},
		"another age": {period(form.Values{"course": mentors, "reason": "x"}, "1 9 1999", "30 9 2021"),
			"Year must be between 2000 and 2199"},
		"no year": {period(form.Values{"course": mentors, "reason": "x"}, "1 9 0021", "30 9 2021"),
			"Year must be 1900 or later"},
		"other course": {period(form.Values{"course": "nonsense", "reason": "x"}, "1 9 2021", "30 9 2021"),
			"Select the course"},
		"a long reason": {period(form.Values{"course": mentors, "reason": strings.Repeat("x", 301)}, "1 9 2021",
			"30 9 2021"), "must be 300 characters or less"},
	} {
		if strings.HasPrefix(name, "other course") && !strings.Contains(lead.get("/review/export").body,
			`name="course"`) {
			continue // a lead of one course is not asked which
		}
		lead.post("/review/export", c.v).want(422, "/review/export").says("There is a problem", c.says)
		for input, text := range c.v {
			if input != "course" && !strings.Contains(lead.body, `value="`+text+`"`) {
				t.Errorf("%s: %s is lost", name, input)
			}
		}
	}
	if err := checkForms(lead.body); err != nil {
		t.Error(err)
	}
}

// checkForms looks for an input without a label.
func checkForms(body string) error {
	for _, id := range []string{"from-day", "to-year", "reason"} {
		if !strings.Contains(body, `for="`+id+`"`) || !strings.Contains(body, `id="`+id+`"`) {
			return errors.New("no label for " + id)
		}
	}
	return nil
}

// Nobody exports a course that is not theirs, or reads its figures.
func TestReportRefuses(t *testing.T) {
	h := newHub(t)
	h.sends(mentors, nil)
	one := h.course(ccts)
	one.Lead.Email = "other@example.org" // of this course alone
	other := h.staff("other@example.org")
	v := period(form.Values{"course": mentors, "reason": "x"}, "1 9 2021", "30 9 2021")
	other.post("/review/export", v).want(200, "/review/export") // their own course, whatever was posted
	if rows := other.table("applications-" + ccts + "-2021-09-20.csv"); len(rows) != 1 {
		t.Errorf("%d rows of another course", len(rows)-1)
	}
	other.get("/review/export/codebook/"+mentors).want(404, "/review/export/codebook/"+mentors)
	other.get("/review/export/codebook/nonsense").want(404, "/review/export/codebook/nonsense")
	for _, path := range []string{"/review/figures", "/review/figures.csv", "/review/figures/publish",
		"/review/figures/publish.csv"} {
		other.get(path).want(200, path)
		if strings.Contains(other.body, h.course(mentors).Title) || strings.Contains(other.body, mentors) {
			t.Errorf("%s shows another course", path)
		}
	}
	nobody := h.browser()
	for _, path := range []string{"/review/export", "/review/export/codebook/" + mentors, "/review/figures",
		"/review/figures.csv", "/review/figures/publish", "/review/figures/publish.csv"} {
		nobody.get(path).want(200, "/review/sign-in")
	}
	if nobody.post("/review/export", v); strings.Contains(nobody.body, "hub_reference") {
		t.Error("somebody who has not signed in exports")
	}
}

func TestFigures(t *testing.T) {
	h := newHub(t)
	for range 6 {
		h.sends(mentors, nil)
	}
	h.sends(ccts, nil)
	h.office.Contacts = []course.Contact{{Name: "Sam Example", Email: "sam@example.org"}}
	b := h.staff("sam@example.org")
	b.get("/review/figures").want(200, "/review/figures").says("Figures", h.course(mentors).Title,
		"Mean clinical sessions", "September 2021", "Waiting for a practice", "0 and 1 asked for")
	if strings.Contains(b.body, "<span></span></td>") {
		t.Error("a month has an empty cell")
	}
	b.get("/review/figures/publish").want(200, "/review/figures/publish").says("Figures to publish", "hidden")
	if strings.Contains(b.body, "Waiting for") {
		t.Error("the figures to publish say whom applications wait for")
	}
	value := func(rows [][]string, id, figure string) string {
		for _, r := range rows {
			if r[0] == id && r[1] == "" && r[2] == figure {
				return r[3]
			}
		}
		return "missing"
	}
	b.get("/review/figures.csv")
	all := b.table("figures-2021-09-20.csv")
	if got := value(all, mentors, "Received") + value(all, ccts, "Received") + value(all, mentors,
		"Not decided"); got != "616" {
		t.Errorf("figures %s of %q", got, all)
	}
	b.get("/review/figures/publish.csv")
	all = b.table("figures-to-publish-2021-09-20.csv")
	if got := value(all, mentors, "Received") + " " + value(all, ccts, "Received"); got != "6 hidden" {
		t.Errorf("published %s of %q", got, all)
	}
}

// Where an answer has a limit, an export beyond it is refused in words, and nothing of it is sent.
func TestExportLimit(t *testing.T) {
	h := newHub(t)
	h.sends(mentors, nil)
	v := period(form.Values{"course": mentors, "reason": "x"}, "1 9 2021", "30 9 2021")
	b := h.staff(h.course(mentors).Lead.Email)
	h.settings.MaxExport = 100
	h.restart()
	b.post("/review/export", v).want(422, "/review/export").says("too many applications of one day")
	if strings.Contains(b.body, "hub_reference") {
		t.Error("a part of the file was sent")
	}
	h.settings.MaxExport = 1 << 20
	h.restart()
	b.post("/review/export", v).want(200, "/review/export")
	if rows := b.table("applications-" + mentors + "-2021-09-20.csv"); len(rows) != 2 {
		t.Errorf("%d rows", len(rows))
	}
}

// TestExportParts: an export that is too long for one answer comes in parts, which together have
// each application once. So does a spreadsheet.
func TestExportParts(t *testing.T) {
	h := newHub(t)
	want := map[string]bool{}
	for range 6 {
		want[h.sends(mentors, nil)] = true
		h.pass(24 * time.Hour)
	}
	v := period(form.Values{"course": mentors, "reason": "x"}, "1 9 2021", "30 9 2021")
	b := h.staff(h.course(mentors).Lead.Email)
	b.post("/review/export", v).want(200, "/review/export")
	h.settings.MaxExport = len(b.body) / 2
	h.restart()
	b.post("/review/export", v).want(200, "/review/export").says("Part 1: received from 1 September 2021",
		"to 30 September 2021")
	form1 := regexp.MustCompile(`(?s)<form method="post" action="/review/export".*?</form>`)
	hidden := regexp.MustCompile(`name="([^"]+)" value="([^"]*)"`)
	parts := form1.FindAllString(b.body, -1)
	if len(parts) < 2 {
		t.Fatalf("%d parts", len(parts))
	}
	got := 0
	for n, part := range parts {
		v := form.Values{}
		for _, input := range hidden.FindAllStringSubmatch(part, -1) {
			v[input[1]] = input[2]
		}
		b.post("/review/export", v).want(200, "/review/export")
		for _, row := range b.table(fmt.Sprintf("applications-%s-2021-09-26-part-%d.csv", mentors, n+1))[1:] {
			if !want[row[0]] {
				t.Errorf("%s comes twice, or was not sent", row[0])
			}
			want[row[0]] = false
			got++
		}
	}
	if got != 6 {
		t.Errorf("%d applications in %d parts, want 6", got, len(parts))
	}
	h.settings.MaxExport = 0
	h.restart()
	v["format"] = "xlsx"
	b.post("/review/export", v).want(200, "/review/export")
	if !strings.HasPrefix(b.body, "PK") || !strings.Contains(b.header.Get("Content-Disposition"), ".xlsx") {
		t.Errorf("%v", b.header)
	}
}

// A store that fails half-way breaks the download off, so that a browser never takes a part for the
// whole.
func TestExportBreaksOff(t *testing.T) {
	h := newHub(t)
	for range 12 { // more than is sent at once
		h.sends(mentors, nil)
	}
	b := h.staff(h.course(mentors).Lead.Email)
	h.desk.Store = &failsLate{Store: h.desk.Store, left: 23} // they are read twice
	data := period(form.Values{"course": mentors, "reason": "x"}, "1 9 2021", "30 9 2021")
	r := b.request("/review/export", data)
	resp, err := b.client.Do(r)
	if err == nil {
		defer resp.Body.Close()
		var body []byte
		if body, err = io.ReadAll(resp.Body); err == nil && resp.StatusCode == http.StatusOK {
			t.Errorf("%d bytes came as if they were all", len(body))
		}
	}
	if !strings.Contains(h.log.String(), "export broken off") {
		t.Error("it is not logged")
	}
}

type failsLate struct {
	record.Store
	left int
}

func (s *failsLate) Get(ctx context.Context, id string) (record.Record, error) {
	if application.IsReference(id) {
		if s.left--; s.left < 0 {
			return record.Record{}, record.ErrBusy
		}
	}
	return s.Store.Get(ctx, id)
}
