package site

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
)

func office(t *testing.T, part string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if _, err := z.Create(part); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A link to a document says its kind and size. A document that is missing, unused, or not of the
// kind that its name says is a fault.
func TestDocuments(t *testing.T) {
	const (
		bare = "%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj\ntrailer <</Root 1 0 R>>\n"
		good = "%PDF-1.7\n1 0 obj <</Type/Catalog/Lang(en-GB)/MarkInfo<</Marked true>>/StructTreeRoot 2 0 R>> endobj\n" +
			"2 0 obj <</Type/StructTreeRoot>> endobj\n3 0 obj <</Title(Guide)>> endobj\ntrailer <</Root 1 0 R/Info 3 0 R>>\n"
	)
	hub := readArchive(t, "testdata/hub.txt")
	made := func(text string, files map[string]string) (Output, string) {
		content := hub.fs()
		about := *content["pages/about.md"]
		about.Data = append(bytes.Clone(about.Data), "\n"+text+"\n"...)
		content["pages/about.md"] = &about
		for name, data := range files {
			content["documents/"+name] = &fstest.MapFile{Data: []byte(data)}
		}
		s, faults := load(t, content)
		if s == nil || faults.Err() != nil {
			return nil, faults.Error()
		}
		output, faults := s.Render(t.Context(), day)
		return output, faults.Error()
	}
	big := good + strings.Repeat(" ", 2_340_000)
	output, faults := made("Read [the guide](/documents/guide.pdf), [the plan](/documents/plan.docx) and [all of it](/documents/big.pdf).",
		map[string]string{"guide.pdf": good, "plan.docx": string(office(t, "word/document.xml")), "big.pdf": big})
	if faults != "" {
		t.Fatal(faults)
	}
	page := string(output["about/index.html"])
	for _, want := range []string{`<a href="/documents/guide.pdf">the guide (PDF, 1KB)</a>`,
		`<a href="/documents/plan.docx">the plan (Word document, 1KB)</a>`, `>all of it (PDF, 2.3MB)</a>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if string(output["documents/guide.pdf"]) != good {
		t.Error("the document is not what the editor saved")
	}
	for _, c := range []struct{ text, name, data, want string }{
		{"", "guide.pdf", good, "no page links to this document"},
		{"See [it](/documents/guide.pdf).", "guide.pdf", bare, "the PDF has no tags"},
		{"See [it](/documents/guide.pdf).", "guide.pdf", bare, "the PDF has no title"},
		{"See [it](/documents/guide.pdf).", "guide.pdf", bare, "the PDF does not say its language"},
		{"See [it](/documents/gide.pdf).", "guide.pdf", good, `"/documents/gide.pdf" leads nowhere`},
		{"See [it](/documents/plan.xlsx).", "plan.xlsx", string(office(t, "word/document.xml")), "not what its ending says"},
		{"See [it](/documents/plan.pdf).", "plan.pdf", "GIF89a", "not what its ending says"},
		{"", "macro.docm", "PK", "is of another kind"},
		{"", "My plan.pdf", good, "cannot be an address"},
	} {
		if _, faults := made(c.text, map[string]string{c.name: c.data}); !strings.Contains(faults, c.want) {
			t.Errorf("%s, %s: %s\nwant %s", c.text, c.name, faults, c.want)
		}
	}
}
