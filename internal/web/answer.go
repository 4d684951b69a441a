package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/page"
	"traininghub/internal/record"
)

// Post reads the form that was posted.
func Post(r *http.Request) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, tooLarge
		}
		return nil, errBadForm // the library's words can quote the body
	}
	return r.PostForm, nil
}

// Render writes a page whole, or returns an error and writes nothing.
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
		s.Log.Info("answer not taken", "page", name) // the browser went away; nothing to tell it
	}
	return nil
}

// File answers with a file to keep.
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

// Summaries is an application as it was sent, with what was corrected since. change is the address
// at which the answer to a question, in a row from 1 or in none, can be changed; "" if it cannot.
func Summaries(a *intake.Application, change func(question string, row int) string) []page.Summary {
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

// ErrNoFile: no file was chosen. ErrLargeFile: it is larger than [MaxFile].
var (
	ErrNoFile    = errors.New("web: no file was chosen")
	ErrLargeFile = errors.New("web: the file is too large")
)

// Sent is the file that was sent in the field with the name; what else the form has is in PostForm
// then, also with an error. The route must be one [Route.WithFile]. It returns [ErrNoFile] or
// [ErrLargeFile]. What the browser calls the file, and says of its type, is anybody's, and used
// nowhere. Nothing is written to a folder on the way.
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
			if _, err := io.Copy(io.Discard, r.Body); err != nil { // to its end, so that the browser gets the answer
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

// unread is why a body with a file could not be read. The library's words can quote it.
func unread(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return ErrLargeFile
	}
	return errBadForm
}
