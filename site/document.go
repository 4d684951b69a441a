package site

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"traininghub/internal/pattern"
	"traininghub/internal/pdf/read"
	"traininghub/internal/source"
)

// Documents are the files of content/documents, at /documents/NAME. A link to one says its kind and
// its size: see markdown.

// documentMost is the greatest size of a document in bytes.
const documentMost = 10 << 20

var (
	documentName = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9_-]*\.(pdf|docx|xlsx|pptx)$`)
	ruleDocument = source.Rule{Name: "document-accessible",
		Why: "public bodies' documents must be accessible, too (The Public Sector Bodies Accessibility Regulations 2018); best say it on a page"}
)

// loadDocuments loads the documents into the site.
func (s *Site) loadDocuments(content fs.FS) (faults source.Faults) {
	for _, name := range source.List(content, "documents", "*") {
		data, err := fs.ReadFile(content, name)
		add := func(what, do string) { faults.Add("content/"+name, 0, what, do) }
		switch {
		case err != nil:
			add(source.Unreadable(content, name, err))
			continue
		case !documentName().MatchString(path.Base(name)):
			add("the document's name cannot be an address, or is of another kind",
				`use letters, figures and hyphens, and one of the endings .pdf, .docx, .xlsx and .pptx: "guidance-2021.pdf"`)
			continue
		case len(data) > documentMost:
			add(fmt.Sprintf("the document has %d MB", len(data)>>20), "make it smaller: 10 MB at most")
		case !isDocument(path.Ext(name), data):
			add("the file is not what its ending says", "save it again by the program that made it")
		case path.Ext(name) == ".pdf":
			for _, what := range inaccessible(data) {
				faults.Warn("content/"+name, source.Position{}, ruleDocument, what,
					"save it again with it: in Word, Save as PDF, Options, \"Document structure tags\", with a title in its properties")
			}
		}
		s.fixed[name] = data
	}
	return faults
}

// within are the parts by which kinds of Office document are recognised.
var within = map[string]string{".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}

// isDocument reports whether data has the format of the ending.
func isDocument(ending string, data []byte) bool {
	if ending == ".pdf" {
		return bytes.HasPrefix(data, []byte("%PDF-"))
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	return err == nil && slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == within[ending] })
}

// inaccessible lists what a PDF lacks for people who cannot see it.
func inaccessible(data []byte) (lacks []string) {
	f, err := read.Open(data)
	if err != nil {
		return []string{"the PDF cannot be read: " + strings.TrimPrefix(err.Error(), "pdf: ")}
	}
	root := f.Dict(f.Trailer["Root"])
	if f.Get(f.Dict(root["MarkInfo"])["Marked"]) != true || f.Dict(root["StructTreeRoot"]) == nil {
		lacks = append(lacks, "the PDF has no tags, so a screen reader does not know headings, lists and tables")
	}
	if f.Get(f.Dict(f.Trailer["Info"])["Title"]) == nil && !bytes.Contains(data, []byte("<dc:title>")) {
		lacks = append(lacks, "the PDF has no title")
	}
	if f.Get(root["Lang"]) == nil {
		lacks = append(lacks, "the PDF does not say its language")
	}
	return lacks
}
