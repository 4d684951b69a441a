package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/record"
)

// Post reads the posted form.
func Post(r *http.Request) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, tooLarge
		}
		return nil, errBadForm // the library's error can quote the body
	}
	return r.PostForm, nil
}

// Render writes a whole page, or returns an error and writes nothing.
func (s *Server) Render(w http.ResponseWriter, status int, name string, f page.Frame, view any) error {
	if m, ok := view.(page.Message); ok && m.Contact == "" {
		m.Contact = s.Office.Help
		view = m
	}
	var b bytes.Buffer
	if err := s.Pages.Render(&b, name, f, view); err != nil {
		return fmt.Errorf("rendering the page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	if err != nil {
		s.Log.Info("answer not taken", "page", name) // the browser has gone away, so nobody can be told
	}
	return nil
}

// File answers with a file to save.
func (s *Server) File(w http.ResponseWriter, f record.Attachment) error {
	w.Header().Set("Content-Type", f.Type)
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(f.Data)))
	w.WriteHeader(http.StatusOK)
	if _, err := w.Write(f.Data); err != nil {
		s.Log.Info("answer not taken", "page", "file")
	}
	return nil
}

func SeeOther(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// StatusOf is the status of a page: 422 if it shows problems.
func StatusOf(problems []form.Problem) int {
	if len(problems) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// Summaries are an application as it was sent, with later corrections. change returns the address
// for changing the answer to a question, in a row from 1, or 0 in a section that does not repeat;
// "" if it cannot be changed.
func Summaries(a *application.Application, change func(question string, row int) string) []page.Summary {
	facts := func(items []document.Item, row int) []page.Fact {
		var all []page.Fact
		for _, i := range items {
			f := page.Fact{Question: i.Question, Answer: i.Answer, Change: change(i.ID, row)}
			for _, c := range a.Corrections {
				if c.Question == i.ID && c.Row == row {
					f.Note = "Corrected on " + course.DateOf(c.At).String() + ". It was " + c.Was + "."
				}
			}
			all = append(all, f)
		}
		return all
	}
	var all []page.Summary
	for _, s := range a.Document.Sections {
		sum := page.Summary{Title: s.Title, Facts: facts(s.Items, 0), Item: s.Item, Items: s.Item}
		for i, row := range s.Rows {
			sum.Rows = append(sum.Rows, page.ListRow{Name: s.RowTitle(i + 1), Facts: facts(row, i+1)})
		}
		all = append(all, sum)
	}
	return all
}

func Facts(items []document.Item) []page.Fact {
	var all []page.Fact
	for _, i := range items {
		all = append(all, page.Fact{Question: i.Question, Answer: i.Answer})
	}
	return all
}

// ErrNoFile: no file was chosen. ErrLargeFile: the file is larger than [MaxFile].
var (
	ErrNoFile    = errors.New("web: no file was chosen")
	ErrLargeFile = errors.New("web: the file is too large")
)

// Sent reads the file that was sent in the field with the name. Afterwards PostForm has the form's
// other fields, even if there is an error. The route must be made with [Route.WithFile]. It returns
// [ErrNoFile] or [ErrLargeFile]. The browser's name and type of the file can be anything, so they
// are not used. No temporary file is written.
func Sent(r *http.Request, name string) ([]byte, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		if _, err := Post(r); err != nil {
			return nil, err
		}
		return nil, ErrNoFile
	}
	r.PostForm = url.Values{}
	var file []byte
	for left := int64(MaxBody); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unread(err)
		}
		most := left
		if part.FormName() == name {
			most = MaxFile
		}
		data, err := io.ReadAll(io.LimitReader(part, most+1))
		if err != nil {
			return nil, unread(err)
		}
		switch {
		case part.FormName() == name && len(data) > MaxFile:
			if _, err := io.Copy(io.Discard, r.Body); err != nil { // to the end, so that the browser gets the answer
				return nil, unread(err)
			}
			return nil, ErrLargeFile
		case part.FormName() == name:
			file = data
		default:
			if left -= int64(len(data)); left < 0 {
				return nil, &http.MaxBytesError{Limit: MaxBody}
			}
			r.PostForm.Add(part.FormName(), string(data))
		}
	}
	if len(file) == 0 {
		return nil, ErrNoFile
	}
	return file, nil
}

// unread is the error for a body with a file that could not be read. It drops the library's words,
// which can quote the body.
func unread(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return ErrLargeFile
	}
	return errBadForm
}
