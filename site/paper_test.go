package site

import (
	"bytes"
	"errors"
	"testing"

	"traininghub/internal/document"
)

// Each course's form is available on paper, and pages link to it while people can apply.
func TestDrawForms(t *testing.T) {
	for name, at := range instants {
		t.Run(name, func(t *testing.T) {
			s, _ := buildContent(t, at)
			err := s.DrawForms(func(f *document.Form) ([]byte, error) {
				return []byte(f.Title + f.Head[0].Value), nil
			})
			if err != nil {
				t.Fatal(err)
			}
			out, err := s.Build(at)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range s.Programme.Courses {
				paper := "courses/" + c.ID + "/application-form.pdf"
				if want := "Application for " + c.Title + c.Title; string(out[paper]) != want {
					t.Errorf("%s is %q, want %q", paper, out[paper], want)
				}
				for _, page := range []string{"courses/" + c.ID + "/index.html",
					"courses/" + c.ID + "/apply/index.html"} {
					if got, want := bytes.Contains(out[page], []byte(`href="/`+paper+`"`)), c.Accepts(at); got != want {
						t.Errorf("%s leads to the form on paper: %v, want %v", page, got, want)
					}
				}
			}
			failed := errors.New("no ink")
			if err := s.DrawForms(func(*document.Form) ([]byte, error) { return nil, failed }); !errors.Is(err,
				failed) {
				t.Errorf("a form that cannot be drawn: %v", err)
			}
		})
	}
}
