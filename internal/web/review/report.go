package review

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/web"
)

// exportLife is how long an export may take to reach somebody with a slow connection.
const exportLife = 10 * time.Minute

// errTooLong: the export is longer than an answer may be.
var errTooLong = errors.New("web: the export is too long for one answer")

// exportQuestions are the questions before an export. Somebody who sees only one course is not
// asked which.
func (s *server) exportQuestions(person *staff.Person) *form.Section {
	var courses []form.Option
	for _, c := range s.exportable(person) {
		courses = append(courses, form.Option{ID: c.ID, Label: c.Title})
	}
	section := &form.Section{ID: "export"}
	if len(courses) > 1 {
		section.Questions = append(section.Questions,
			form.Ask(form.Question{ID: "course", Kind: form.Choice, Label: "Course", InMessages: "the course",
				Rule: "required", Options: courses}))
	}
	section.Questions = append(section.Questions,
		form.Ask(form.Question{ID: "from", Kind: form.Date, Label: "First day on which we received the applications",
			InMessages: "the first day", Hint: "For example, 1 9 2021", Rule: "required"}),
		form.Ask(form.Question{ID: "to", Kind: form.Date, Label: "Last day", InMessages: "the last day",
			Hint: "This day counts", Rule: "required"}),
		form.Ask(form.Question{ID: "format", Kind: form.Choice, Label: "Which file do you want?", InMessages: "a file",
			Rule: "required", Options: []form.Option{
				{ID: "xlsx", Label: "Spreadsheet (XLSX)", Hint: "With headings as people read them, and a sheet for each list"},
				{ID: "csv", Label: "Table (CSV)", Hint: "For other programs: one row for each application"}}}),
		form.Ask(form.Question{ID: "reason", Kind: form.Text, Label: "What you need them for",
			InMessages: "what you need them for", Hint: "We record this. Do not name applicants",
			Rule: "required,max=300"}))
	return section
}

// exportable are the courses whose applications somebody sees.
func (s *server) exportable(person *staff.Person) (all []*course.Course) {
	for _, c := range s.Desk.Programme.Courses {
		if person.May(staff.Read, staff.Course(c.ID)) && s.Desk.Programme.FormOf(c.ID) != nil {
			all = append(all, c)
		}
	}
	return all
}

func (s *server) askExport(w http.ResponseWriter, r *http.Request) error {
	today := course.DateOf(s.Desk.Now())
	v := form.Values{"format": "xlsx"}
	for name, d := range map[string]course.Date{"from": course.DateOf(today.Time().AddDate(-1, 0, 0)), "to": today} {
		v[name+"-day"], v[name+"-month"], v[name+"-year"] = strconv.Itoa(d.Day), strconv.Itoa(int(d.Month)),
			strconv.Itoa(d.Year)
	}
	return s.exportPage(w, r, v, nil)
}

func (s *server) exportPage(w http.ResponseWriter, r *http.Request, v form.Values, problems []form.Problem) error {
	person := web.StaffOf(r)
	exports, err := s.Office.Exports(r.Context(), person, 20)
	if err != nil {
		return err
	}
	view := page.Export{Staff: person.Name, Asking: page.Asking{Section: s.exportQuestions(person), Values: v,
		Problems: problems}, Action: "/review/export"}
	if courses := s.exportable(person); len(courses) == 1 {
		view.Course = courses[0].Title
	}
	for _, c := range s.exportable(person) {
		view.Codebooks = append(view.Codebooks, page.Link{Text: "Codebook for " + c.Title + " (CSV)",
			Href: "/review/export/codebook/" + c.ID})
	}
	for _, e := range exports {
		line := page.Exported{When: e.When(), Who: e.Name + ", " + e.By, Course: e.Course, Period: course.InShort(e.From) +
			" to " + course.InShort(e.To), Rows: strconv.Itoa(e.Rows), Reason: e.Reason}
		if c := s.Desk.Programme.Course(e.Course); c != nil {
			line.Course = c.Title
		}
		if !e.Whole {
			line.Rows = "Not finished"
		}
		view.Exports = append(view.Exports, line)
	}
	return s.Render(w, web.StatusOf(problems), "export", staffFrame("Export applications", true), view)
}

// export sends the file. Where answers have a limit, the whole file is made first; otherwise it is
// sent while it is made.
func (s *server) export(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	person := web.StaffOf(r)
	section := s.exportQuestions(person)
	v := section.Read(posted)
	if v["format"] == "" {
		v["format"] = "csv"
	}
	problems := section.Check(v, s.Desk.Now().In(course.London))
	var p office.Period
	for name, day := range map[string]*course.Date{"from": &p.From, "to": &p.To} {
		q := section.Question(name)
		if iso := q.Normal(v); iso != "" && day.UnmarshalText([]byte(iso)) != nil {
			problems = append(problems, form.Problem{Question: name, Input: q.Inputs()[0], Inputs: q.Inputs(),
				Text: "Year must be between 2000 and 2199"})
		}
	}
	if len(problems) == 0 && p.To.ISO() < p.From.ISO() {
		q := section.Question("to")
		problems = append(problems, form.Problem{Question: "to", Input: q.Inputs()[0], Inputs: q.Inputs(),
			Text: "The last day must be the same as or after the first day"})
	}
	if len(problems) > 0 {
		return s.exportPage(w, r, v, problems)
	}
	id := v["course"]
	if section.Question("course") == nil && len(s.exportable(person)) == 1 {
		id = s.exportable(person)[0].ID
	}
	file := exportFile{write: s.Office.Export, kind: csvType,
		name: "applications-" + id + "-" + course.DateOf(s.Desk.Now()).ISO() + ".csv"}
	if part, err := strconv.Atoi(posted.Get("part")); err == nil && part > 0 {
		file.name = strings.TrimSuffix(file.name, ".csv") + "-part-" + strconv.Itoa(part) + ".csv"
	}
	if v["format"] == "xlsx" {
		file.write, file.kind = s.Office.ExportBook, xlsxType
		file.name = strings.TrimSuffix(file.name, "csv") + "xlsx"
	}
	if s.MaxExport > 0 {
		whole := &capped{left: s.MaxExport}
		switch rows, err := file.write(r.Context(), whole, person, id, p, v["reason"]); {
		case errors.Is(err, errTooLong):
			return s.exportParts(w, r, v, id, p, rows)
		case err != nil:
			return err
		}
		return s.File(w, record.Attachment{Name: file.name, Type: file.kind, Data: whole.Bytes()})
	}
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(exportLife)) // fails where there is no deadline
	out := &download{w: w, name: file.name, kind: file.kind}
	b := bufio.NewWriter(out)
	rows, err := file.write(r.Context(), b, person, id, p, v["reason"])
	if err == nil {
		err = b.Flush()
	}
	switch {
	case err == nil:
		s.Log.Info("exported", "form", id, "rows", rows)
	case out.begun: // only a broken connection tells the browser that the file is incomplete
		s.Log.Error("export broken off", "form", id, "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// An exportFile is a format in which applications are exported.
type exportFile struct {
	name, kind string
	write      func(context.Context, io.Writer, *staff.Person, string, office.Period, string) (int, error)
}

// exportParts offers an export that is too long for one answer in several parts, each of whole
// days. fitted is the number of rows that fitted into one.
func (s *server) exportParts(
	w http.ResponseWriter, r *http.Request, v form.Values, id string, p office.Period, fitted int,
) error {
	parts, err := s.Office.Parts(r.Context(), web.StaffOf(r), id, p, max(1, fitted*3/4))
	if err != nil {
		return err
	}
	if len(parts) < 2 {
		return s.exportPage(w, r, v, []form.Problem{{Question: "to", Input: "to-day", Inputs: []string{"to-day"},
			Text: "There are too many applications of one day for one file. Choose CSV, or ask whoever runs the hub"}})
	}
	view := page.ExportParts{Staff: web.StaffOf(r).Name, Action: "/review/export"}
	for n, part := range parts {
		one := page.ExportPart{Text: fmt.Sprintf("Part %d: received from %s to %s", n+1, part.From.Short(), part.To.Short())}
		one.Hidden = append(one.Hidden, page.Hidden{Name: "part", Value: strconv.Itoa(n + 1)})
		for _, name := range []string{"course", "reason", "format"} {
			one.Hidden = append(one.Hidden, page.Hidden{Name: name, Value: v[name]})
		}
		for name, day := range map[string]course.Date{"from": part.From, "to": part.To} {
			one.Hidden = append(one.Hidden, page.Hidden{Name: name + "-day", Value: strconv.Itoa(day.Day)},
				page.Hidden{Name: name + "-month", Value: strconv.Itoa(int(day.Month))},
				page.Hidden{Name: name + "-year", Value: strconv.Itoa(day.Year)})
		}
		view.Parts = append(view.Parts, one)
	}
	return s.Render(w, http.StatusOK, "export-parts", staffFrame("Export applications in parts", true), view)
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

const csvType = "text/csv; charset=utf-8"

// A download is an answer whose header is sent with its first bytes.
type download struct {
	w          http.ResponseWriter
	name, kind string
	begun      bool
}

func (d *download) Write(p []byte) (int, error) {
	if !d.begun {
		d.begun = true
		d.w.Header().Set("Content-Type", d.kind)
		d.w.Header().Set("Content-Disposition", `attachment; filename="`+d.name+`"`)
	}
	return d.w.Write(p)
}

// capped accepts a limited number of bytes.
type capped struct {
	bytes.Buffer
	left int
}

func (c *capped) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		return 0, errTooLong
	}
	return c.Buffer.Write(p)
}

// codebook says what the columns of a course's export mean.
func (s *server) codebook(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("course")
	def := s.Desk.Programme.FormOf(id)
	if def == nil || !web.StaffOf(r).May(staff.Read, staff.Course(id)) {
		return web.ErrNotFound
	}
	var b bytes.Buffer
	if err := s.Office.Codebook(&b, def); err != nil {
		return err
	}
	return s.File(w, record.Attachment{Name: "codebook-" + id + ".csv", Type: csvType, Data: b.Bytes()})
}

// figures shows the figures, for internal use or to publish.
func (s *server) figures(publish bool) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		person := web.StaffOf(r)
		all, err := s.Office.Figures(r.Context(), person, publish)
		if err != nil {
			return err
		}
		heading, view := "Figures", page.Figures{
			Staff: person.Name, Publish: publish, At: course.Moment(s.Desk.Now()), CSV: "/review/figures.csv",
			Other: page.Link{Href: "/review/figures/publish"},
		}
		if publish {
			heading, view.CSV, view.Other = "Figures to publish", "/review/figures/publish.csv",
				page.Link{Text: "All figures, for your own use", Href: "/review/figures"}
		}
		for i := range all {
			f := &all[i]
			c := page.CourseFigures{Title: f.Course.Title, Heads: f.MonthHeads()}
			for _, l := range f.Lines() {
				c.Lines = append(c.Lines, page.FigureLine(l))
			}
			for _, m := range f.Months {
				month := page.FigureMonth{Name: m.Name()}
				for k, cell := range f.Cells(m) {
					if cell == "" {
						cell = "none"
					}
					month.Cells = append(month.Cells, page.FigureCell{Head: c.Heads[k], Value: cell})
				}
				c.Months = append(c.Months, month)
			}
			c.Pictures = s.pictures(f)
			if !publish {
				money, err := s.money(r, f)
				if err != nil {
					return err
				}
				c.Pictures = append(c.Pictures, money...)
			}
			view.Courses = append(view.Courses, c)
		}
		if !publish && len(person.Where(staff.Ledger, staff.Schemes)) > 0 {
			view.Money = []page.Link{{Text: "Money: spend, commitments and budget by month", Href: "/review/claims/"}}
		}
		return s.Render(w, http.StatusOK, "figures", staffFrame(heading, true), view)
	}
}

// figuresFile gives the same figures as a table.
func (s *server) figuresFile(publish bool) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		all, err := s.Office.Figures(r.Context(), web.StaffOf(r), publish)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := office.WriteFigures(&b, all); err != nil {
			return err
		}
		name := "figures-"
		if publish {
			name = "figures-to-publish-"
		}
		return s.File(w, record.Attachment{Name: name + course.DateOf(s.Desk.Now()).ISO() + ".csv", Type: csvType,
			Data: b.Bytes()})
	}
}
