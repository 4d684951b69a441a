package office

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
)

// Document is what the hub has about the person, for reading. The JSON has all of it; this leaves
// out the ids of letters, and the sums that hold records together.
func (p *Personal) Document() *document.Document {
	doc := &document.Document{
		Title: "What the training hub keeps about you",
		Head: []document.Line{
			{Label: "Made", Value: p.Made},
			{Label: "Applications", Value: fmt.Sprint(len(p.Applications))},
			{Label: "Other records", Value: fmt.Sprint(len(p.Others))},
			{Label: "Applications of others that name you", Value: fmt.Sprint(len(p.NamedIn))},
		},
		Notes: []string{"The file person.json has the same for programs, and everything that is left out here for length."},
	}
	for i := range p.Applications {
		doc.Sections = append(doc.Sections, ofApplication(&p.Applications[i])...)
	}
	for _, own := range p.Others {
		doc.Sections = append(doc.Sections, document.Section{Title: document.Capital(string(own.Kind)) + " " + own.ID, Items: items(own.Data)})
	}
	for _, n := range p.NamedIn {
		doc.Sections = append(doc.Sections, document.Section{Title: "Named in application " + n.Reference + " of somebody else", Items: n.Answers})
	}
	if len(p.Exports) > 0 {
		s := document.Section{Title: "Tables in which an application of yours stood", Heads: []string{"When", "By", "Why"}, Item: "table"}
		for _, e := range p.Exports {
			s.Rows = append(s.Rows, row(s.Heads, e.When(), e.By, e.Reason))
		}
		doc.Sections = append(doc.Sections, s)
	}
	return doc
}

// ofApplication turns an application into sections. Each title begins with the reference.
func ofApplication(a *application.Application) []document.Section {
	titled := func(s document.Section, title string) document.Section {
		s.Title = a.Reference + ": " + title
		return s
	}
	about := []document.Item{item("Status", string(a.Status())), item("Course", a.Course), item("Last saved", course.Moment(a.Saved))}
	var all []document.Section
	if doc := a.Document; doc != nil {
		about = append(about, item("Course", doc.Course.Title), item("Received", course.Moment(doc.Received)), item("Signed", doc.Signature.Name))
		about = slices.Delete(about, 1, 2) // its title says more than its id
		for _, s := range doc.Sections {
			all = append(all, titled(s, s.Title))
		}
		declared := document.Section{}
		for _, d := range doc.Declarations {
			declared.Text = append(declared.Text, d.Text)
		}
		all = append(all, titled(declared, "what you declared"))
	} else {
		all = append(all, titled(document.Section{Items: items(a.Answers)}, "answers so far"))
	}
	all = slices.Insert(all, 0, titled(document.Section{Items: about}, "the application"))
	for _, part := range []struct {
		title string
		items []document.Item
	}{
		{"asked of others", items(a.Authorisation)}, {"the decision", a.DecisionItems()},
		{"decisions that were taken back", items(a.Reopened)}, {"agreed", items(a.Agreement)}, {"corrected", items(a.Corrections)},
	} {
		if len(part.items) > 0 {
			all = append(all, titled(document.Section{Items: part.items}, part.title))
		}
	}
	notes := document.Section{}
	for _, n := range a.Notes {
		notes.Text = append(notes.Text, course.Moment(n.At)+", "+n.Name+": "+n.Text)
	}
	notes.Text = append(notes.Text, a.Flags...)
	if len(notes.Text) > 0 {
		all = append(all, titled(notes, "noted by the staff and the hub"))
	}
	happened := document.Section{Heads: []string{"When", "What", "By"}, Item: "event"}
	for _, e := range a.Events {
		happened.Rows = append(happened.Rows, row(happened.Heads, course.Moment(e.At), e.What, strings.TrimSpace(e.Who+" "+e.By)))
	}
	return append(all, titled(happened, "what happened"))
}

func item(question, answer string) document.Item {
	return document.Item{Kind: form.Text, Question: question, Answer: answer}
}

func row(heads []string, cells ...string) []document.Item {
	var all []document.Item
	for i, cell := range cells {
		all = append(all, item(heads[i], cell))
	}
	return all
}

// items turns a value into questions and answers in the order of their names. The name of a nested
// value begins with the name of the value that holds it.
func items(v any) []document.Item {
	text, _ := json.Marshal(v) // always works: a story keeps it as JSON
	var all []document.Item
	var walk func(name string, v any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case map[string]any:
			keys := make([]string, 0, len(v))
			for key := range v {
				keys = append(keys, key)
			}
			slices.Sort(keys)
			for _, key := range keys {
				if key == "hash" || key == "sum" || key == "says" || key == "id" {
					continue
				}
				walk(strings.TrimPrefix(name+", "+strings.ReplaceAll(key, "_", " "), ", "), v[key])
			}
		case []any:
			for i, one := range v {
				walk(fmt.Sprintf("%s %d", name, i+1), one)
			}
		case nil:
		default:
			if said := fmt.Sprint(v); said != "" {
				all = append(all, item(document.Capital(name), said))
			}
		}
	}
	var read any
	if json.Unmarshal(text, &read) == nil {
		walk("", read)
	}
	return all
}

// Encode writes everything as JSON, in the form that is given out.
func (p *Personal) Encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(p)
}

// PDF is what the hub has about the person as a file to read, or as text if it cannot be drawn.
func (d *Desk) PDF(p *Personal) record.Attachment {
	file, err := p.Document().File("person", d.Applications.PDF)
	if err != nil {
		d.Applications.Log.Error("PDF not drawn; the text goes instead", "error", err)
	}
	return record.Attachment(file)
}

// A File is one file of what is given out about a person.
type File struct {
	Name string
	Size int // bytes
	read func(context.Context) ([]byte, error)
}

// Files are everything that the hub has about the person: person.json for programs, person.pdf to
// read, and each application as the PDF that the staff have, with its scan if it came on paper.
// Scans are read only when they are written.
func (d *Desk) Files(p *Personal) ([]File, error) {
	var b bytes.Buffer
	if err := p.Encode(&b); err != nil {
		return nil, err
	}
	var all []File
	add := func(f record.Attachment) {
		all = append(all, File{f.Name, len(f.Data), func(context.Context) ([]byte, error) { return f.Data, nil }})
	}
	add(record.Attachment{Name: "person.json", Data: b.Bytes()})
	add(d.PDF(p))
	for i := range p.Applications {
		a := &p.Applications[i]
		if a.Document == nil {
			continue
		}
		add(d.Applications.Print(a, true))
		if a.Document.Paper != nil && d.Applications.Scans != nil {
			scan := a.Document.Paper.Scan
			all = append(all, File{"scan-" + a.Reference + scan.Ending(), scan.Size, func(ctx context.Context) ([]byte, error) {
				return d.Applications.Scans.Get(ctx, intake.ScanOf(a.Reference, scan))
			}})
		}
	}
	return all, nil
}

// inZip is more than a ZIP file adds to a file with a name of ours.
const inZip = 1 << 10

// Parts divides files into as few parts as their order allows, of which each makes a ZIP file of at
// most so many bytes. 0 is no limit. A file that is larger is a part by itself.
func Parts(files []File, most int) [][]File {
	var parts [][]File
	left := 0
	for _, f := range files {
		if size := f.Size + inZip; len(parts) == 0 || most > 0 && size > left {
			parts, left = append(parts, nil), most-size
		} else {
			left -= size
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], f)
	}
	return parts
}

// Zip writes files into a ZIP file. All but JSON is compressed already.
func Zip(ctx context.Context, w io.Writer, files []File) error {
	z := zip.NewWriter(w)
	for _, file := range files {
		data, err := file.read(ctx)
		if err != nil {
			return err
		}
		head := &zip.FileHeader{Name: file.Name}
		if strings.HasSuffix(file.Name, ".json") {
			head.Method = zip.Deflate
		}
		f, err := z.CreateHeader(head)
		if err == nil {
			_, err = f.Write(data)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}
