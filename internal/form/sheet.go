package form

import (
	"fmt"
	"io/fs"
	"slices"

	"traininghub/internal/source"
)

// A Sheet is a set of questions that is no application: nobody applies with it, and it has no
// reference, declarations or signature of its own. The staff fill one in about a record, such as
// the pro-forma of a call, or somebody whom the record already knows answers it.
type Sheet struct {
	ID   string // the file's name without ending
	Path string // the editor's file

	Title string `key:"title,required"`
	// Use says what the sheet is for, in a word of the story that asks it: "proforma".
	Use      string    `key:"use,required"`
	Services []string  `key:"services,required"` // names of files in content/services; each has one sheet of each use
	Intro    []string  `key:"intro"`             // paragraphs above the first section
	Sections []Section `key:"sections,required"`

	Version string // of the joined wording, like a form's
	doc     *source.Doc
}

// LoadSheets reads the sheets in the folder dir of content, sorted by id, with all their faults.
// Sheets that could not be read are left out.
func LoadSheets(content fs.FS, dir string) (sheets []*Sheet, faults source.Faults) {
	for _, name := range source.List(content, dir, "*.yaml") {
		file, wrong := source.Read(content, "content", name)
		s := &Sheet{ID: file.Stem(), Path: file.Path}
		if wrong == nil {
			s.doc, wrong = file.Decode(s)
		}
		faults = append(faults, wrong...)
		if s.doc == nil || s.doc.Unread() {
			continue
		}
		sheets = append(sheets, s)
		add := func(at, what, do string, args ...any) {
			faults.At(s.Path, s.doc.At(at), fmt.Sprintf(what, args...), do)
		}
		faults = append(faults, s.form().checkSections(add)...)
		for i := range s.Sections {
			for k, q := range s.Sections[i].Questions {
				if len(q.Doubts) > 0 {
					add(fmt.Sprintf("sections.%d.questions.%d.doubts", i, k), "question %q has doubts, which nobody would see",
						"remove them: only applications show doubts", q.ID)
				}
			}
		}
		for i, service := range s.Services {
			if slices.Contains(s.Services[:i], service) {
				add(fmt.Sprintf("services.%d", i), "the service %q stands here twice", "remove one", service)
			}
		}
	}
	faults.Sort()
	return sheets, faults
}

// form is the sheet as a form that has only sections.
func (s *Sheet) form() *Definition {
	return &Definition{ID: s.ID, Path: s.Path, Title: s.Title, Before: s.Intro, Sections: s.Sections, doc: s.doc}
}

// Join returns the sheet with a service's facts and lists in it, as [Definition.Join] does.
func (s *Sheet) Join(j Joined) (*Sheet, source.Faults) {
	d, faults := s.form().Join(j)
	copied := *s
	copied.Title, copied.Intro, copied.Sections, copied.Version = d.Title, d.Before, d.Sections, d.Version
	return &copied, faults
}

// Restore completes a sheet that was stored after being joined.
func (s *Sheet) Restore() error { return restore(s.Sections) }

// Paper is the sheet as a form to print: its questions, and parts that others complete.
func (s *Sheet) Paper(parts ...Part) *Definition {
	d := s.form()
	d.Parts = parts
	return d
}

// Question returns the question with the id, and the section that asks it; nil if there is none.
func (s *Sheet) Question(id string) (*Question, *Section) { return s.form().Question(id) }

// Section returns the section with the id, and its number from 1; nil and 0 if there is none.
func (s *Sheet) Section(id string) (*Section, int) { return s.form().Section(id) }

// At is the position in the file of a key's value, such as "services.0".
func (s *Sheet) At(at string) source.Position { return s.doc.At(at) }
