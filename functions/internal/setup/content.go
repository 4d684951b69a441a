package setup

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"traininghub/content"
	"traininghub/internal/letter"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/returns"
	"traininghub/internal/service"
)

// Letters are those of the stories that the programs know which see to applications, claims and
// returns.
func Letters() letter.Table { return letter.Join(office.Letters(), returns.Letters) }

// Content is what the editors wrote, as it was when the function was built, with the letters of a
// table alone.
func Content(letters letter.Table) (*page.Site, *programme.Programme, error) {
	site, faults := page.LoadSite(content.Files)
	if err := faults.Err(); err != nil {
		return nil, nil, err
	}
	programme, faults := programme.Load(Only(content.Files, letters), letters, site.Fact)
	if err := faults.Err(); err != nil {
		return nil, nil, err
	}
	for _, s := range programme.Services {
		s.Shut = Shut(s)
	}
	return site, programme, nil
}

// Shut tells whether a service takes nobody: its leads are only placeholders, and here letters
// really go out.
func Shut(s *service.Service) bool { return s.Mentoring != nil && s.Placeholder() }

// Only gives editors' files without the letters that are in no table of this program: others
// send those. All of them were checked when the programs were packed.
func Only(all fs.FS, letters letter.Table) fs.FS { return files{all, letters} }

type files struct {
	fs.FS
	letters letter.Table
}

// ReadDir lists a folder. A letter for one form alone has its form's name behind its own.
func (f files) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(f.FS, name)
	if path.Base(name) != "letters" {
		return all, err
	}
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool {
		called := strings.TrimSuffix(e.Name(), ".md")
		for letter := range f.letters {
			if called == letter || strings.HasPrefix(called, letter+"-") {
				return false
			}
		}
		return true
	}), err
}
