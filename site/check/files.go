package check

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"traininghub/internal/source"
)

// kinds are the folders of texts, each with the ending of the files that are read.
var kinds = map[string]string{"courses": ".md", "forms": ".yaml", "letters": ".md", "pages": ".md", "schemes": ".yaml",
	"services": ".md", "sheets": ".yaml"}

// Strays finds files that nobody reads. Otherwise a page saved as "parking.md.txt", or in a
// neighbouring folder, would silently be missing.
func Strays(content fs.FS) source.Faults {
	var faults source.Faults
	for _, dir := range slices.Sorted(maps.Keys(kinds)) {
		for _, name := range source.List(content, dir, "*") {
			if path.Ext(name) == kinds[dir] {
				continue // it is read; if that fails, its reader reports it
			}
			stem, _, _ := strings.Cut(path.Base(name), ".")
			if info, err := fs.Stat(content, name); err == nil && info.IsDir() {
				faults.Add("content/"+name, 0, "folders in content/"+dir+" are not read",
					"move what is in it up to content/"+dir)
			} else {
				faults.Add("content/"+name, 0,
					fmt.Sprintf("this file is not read: names in content/%s end in %q", dir, kinds[dir]),
					fmt.Sprintf("save it as plain text, as %q, or take it away", stem+kinds[dir]))
			}
		}
	}
	folders := append(slices.Collect(maps.Keys(kinds)), "documents", "images")
	for _, name := range source.List(content, ".", "*") {
		info, err := fs.Stat(content, name)
		if err == nil && slices.Contains(folders, name) {
			_, err = fs.ReadDir(content, name) // otherwise a folder that cannot be read would pass for an empty one
		}
		switch near := source.Nearest(name, folders); {
		case err != nil && slices.Contains(folders, name):
			what, do := source.Unreadable(content, name, err)
			faults.Add("content/"+name, 0, what, do)
		case err != nil || slices.Contains(folders, name) || name == "site.yaml" || name == "schemas" || name == "templates":
		case info.IsDir() && near != "":
			faults.Add("content/"+name, 0, "this folder is not read", fmt.Sprintf("did you mean %q?", near))
		case name == "README.md": // for people who look into the folder
		case !info.IsDir() && slices.Contains([]string{".md", ".yaml", ".yml"}, path.Ext(name)):
			faults.Add("content/"+name, 0, "this file is not read",
				"move it into courses, forms, letters, pages, schemes, services or sheets, or take it away")
		}
	}
	return faults
}
