// Package editor makes the page on which editors change content in a browser. The page is Decap
// CMS, a third-party program that keeps files in git. This package configures it from the shapes of
// the editors' files ([site.Shapes]): each field with its label, what it is, and its pattern or
// list of words. The page belongs to no site: it has an address of its own, and the hub does not
// serve it.
//
// Decap CMS itself is not part of the hub. The page expects it beside itself, as decap-cms.js, and
// the browser build of the npm package "yaml" as the folder yaml. See docs/editor.md.
package editor

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"traininghub/internal/source"
	"traininghub/site"
)

//go:embed page
var page embed.FS

// A Page says which hub the page is for.
type Page struct {
	Folder string // of the content, from the top of the git repository, with "/": "content"; "." for the top itself
	Branch string // the branch that gets the changes: "main"

	// GitHub is the repository, "owner/name"; each change is a pull request. If it is empty, the
	// page is for one's own machine, and each change is a commit through decap-server at Server.
	GitHub string
	SignIn string // https address of the service that signs editors in to GitHub
	Server string // address of decap-server: "http://localhost:8083/api/v1"

	Letters []string // the names of those that are sent about a form: a form can have its own of each
}

// Write writes the page into a folder, and makes the folder if necessary.
func (p Page) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files, err := page.ReadDir("page")
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := page.ReadFile("page/" + f.Name())
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name()), text, 0o644); err != nil {
			return err
		}
	}
	config, err := json.MarshalIndent(p.Config(), "", "  ")
	if err != nil {
		return fmt.Errorf("the configuration: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, "config.json"), append(config, '\n'), 0o644)
}

// A Config is the configuration of Decap CMS. It uses Decap's names.
type Config struct {
	LoadFile     bool            `json:"load_config_file"` // there is no other file
	Backend      map[string]any  `json:"backend"`
	PublishMode  string          `json:"publish_mode"`
	PreviewLinks bool            `json:"show_preview_links"` // the pull request has them
	MediaFolder  string          `json:"media_folder"`
	PublicFolder string          `json:"public_folder"`
	Slug         map[string]any  `json:"slug"`
	Editor       map[string]bool `json:"editor"`
	Collections  []Collection    `json:"collections"`
}

// A Collection is the files of one kind.
type Collection struct {
	Name       string  `json:"name"` // the name of the kind's shape
	Label      string  `json:"label"`
	Singular   string  `json:"label_singular"`
	Format     string  `json:"format"` // the one of keep.js
	Extension  string  `json:"extension,omitempty"`
	Folder     string  `json:"folder,omitempty"`
	Create     bool    `json:"create"`
	Delete     bool    `json:"delete"`
	Slug       string  `json:"slug,omitempty"`
	Identifier string  `json:"identifier_field,omitempty"`
	Summary    string  `json:"summary,omitempty"`
	Fields     []Field `json:"fields,omitempty"`
	Files      []File  `json:"files,omitempty"`
}

// A File is a file that is the only one of its kind.
type File struct {
	Name   string  `json:"name"`
	Label  string  `json:"label"`
	File   string  `json:"file"`
	Fields []Field `json:"fields"`
}

// A Field is something that editors fill in.
type Field struct {
	Name      string   `json:"name"`
	Label     string   `json:"label"`
	Widget    string   `json:"widget"`
	Required  bool     `json:"required"`
	Hint      string   `json:"hint,omitempty"`
	Pattern   []string `json:"pattern,omitempty"` // a regular expression, and what to say if a text does not match
	Options   []string `json:"options,omitempty"`
	Collapsed bool     `json:"collapsed,omitempty"`
	Minimize  bool     `json:"minimize_collapsed,omitempty"`
	Summary   string   `json:"summary,omitempty"`
	Singular  string   `json:"label_singular,omitempty"`
	Fields    []Field  `json:"fields,omitempty"`
	Field     *Field   `json:"field,omitempty"`
	Names     bool     `json:"names,omitempty"` // for keep.js: a list of names and values that is a group in the file

	Collection   string   `json:"collection,omitempty"` // for a relation: the collection whose files can be named
	Value        string   `json:"value_field,omitempty"`
	Search       []string `json:"search_fields,omitempty"`
	Display      []string `json:"display_fields,omitempty"`
	Multiple     bool     `json:"multiple,omitempty"`
	Most         int      `json:"options_length,omitempty"`
	MediaFolder  string   `json:"media_folder,omitempty"`
	PublicFolder *string  `json:"public_folder,omitempty"`
}

// kinds are the collections, in the order in which editors see them.
var kinds = []struct {
	shape, label, folder, identifier string
	create                           bool
}{
	{"course", "Courses", "courses", "title", true},
	{"page", "Pages", "pages", "title", true},
	{"form", "Forms", "forms", "title", true},
	{"letter", "Letters", "letters", "subject", true},
	{"service", "Services", "services", "title", true},
	{"sheet", "Sheets", "sheets", "title", true},
	{"scheme", "Schemes", "schemes", "title", true},
	{"site", "The whole site", "", "", false},
}

// Config returns the configuration for the page.
func (p Page) Config() Config {
	c := Config{
		Backend:      map[string]any{"name": "proxy", "proxy_url": p.Server, "branch": p.Branch},
		PublishMode:  "simple",
		MediaFolder:  path.Join(p.Folder, "images"),
		PublicFolder: "/images",
		Slug:         map[string]any{"encoding": "ascii", "clean_accents": true},
		Editor:       map[string]bool{"preview": false},
	}
	if p.GitHub != "" {
		c.Backend = map[string]any{"name": "github", "repo": p.GitHub, "branch": p.Branch, "base_url": p.SignIn}
		c.PublishMode = "editorial_workflow"
	}
	c.Backend["commit_messages"] = map[string]string{
		"create": "{{path}}: new", "update": "{{path}}: changed", "delete": "{{path}}: taken away",
		"uploadMedia": "{{path}}: new", "deleteMedia": "{{path}}: taken away",
	}
	shapes := map[string]source.Shape{}
	for _, s := range site.Shapes() {
		shapes[s.Key] = s
	}
	for _, k := range kinds {
		s := shapes[k.shape]
		fields := p.fields(s, s.Key, true)
		c.Collections = append(c.Collections, Collection{Name: k.shape, Label: k.label, Singular: label(k.shape), Format: "hub-" + k.shape})
		add := &c.Collections[len(c.Collections)-1]
		if k.folder == "" {
			add.Files = []File{{k.shape, k.label, path.Join(p.Folder, k.shape+".yaml"), fields}}
			continue
		}
		add.Extension = "yaml"
		if strings.HasSuffix(s.Help, ".md") {
			add.Extension = "md"
			fields = append(fields, Field{Name: "body", Label: "Text", Widget: "text", Required: true, Hint: "Markdown, below the facts. {{NAME}} shows a fact"})
			if k.shape != "letter" {
				fields = append(fields, p.uploads()...)
			}
		}
		add.Folder, add.Create, add.Delete, add.Fields = path.Join(p.Folder, k.folder), k.create, k.create, fields
		add.Identifier, add.Slug, add.Summary = k.identifier, "{{slug}}", "{{"+k.identifier+"}}"
		switch k.shape {
		case "form":
			add.Slug = "{{fields.course}}{{fields.service}}" // the file has the course's or service's name
		case "letter":
			add.Summary = "{{filename}}: {{subject}}"
			add.Slug = "{{fields._letter}}-{{fields.form}}"
			add.Delete = false // the hub sends those whose names it knows, and misses none
			// The hub has all letters for all forms. A new one is for one form alone.
			add.Fields = append([]Field{{Name: "_letter", Label: "Which letter", Widget: "select", Options: p.Letters,
				Hint: "Only for a new letter, which is for one form alone. See the letter of this name for what it says to others"}}, add.Fields...)
		}
	}
	return c
}

// uploads are fields that belong to no file. They put pictures and documents where the hub looks
// for them, and show the address to write.
func (p Page) uploads() []Field {
	upload := func(name, label, widget, folder, hint string) Field {
		public := "/" + folder
		return Field{Name: name, Label: label, Widget: widget, MediaFolder: "/" + path.Join(p.Folder, folder), PublicFolder: &public,
			Hint: hint}
	}
	return []Field{
		upload("_picture", "Upload a picture", "image", "images", "Its address, for the text, is then /images/NAME"),
		upload("_document", "Upload a document", "file", "documents", "Its address, for the text, is then /documents/NAME"),
	}
}

// files are the keys that name a picture or document beside the content, by the end of their paths.
var files = map[string]string{"form.terms_file": "documents", "site.share": "images", "identity.mark": "images"}

// named are the keys whose values are names of other files, by the end of their paths.
var named = map[string]string{
	"form.course": "course", "letter.form": "form", "form.service": "service", "page.compare": "course", "scheme.courses": "course",
	"sheet.services": "service", "return.service": "service", "register.courses": "course",
}

// ending returns what a table has for the end of a path.
func ending(table map[string]string, at string) string {
	for end := at; end != ""; _, end, _ = strings.Cut(end, ".") {
		if is := table[end]; is != "" {
			return is
		}
	}
	return ""
}

// fields returns the fields of a group. In a group that may be missing nothing is required, because
// Decap would insist on it even if nobody wants the group.
func (p Page) fields(group source.Shape, at string, required bool) []Field {
	var all []Field
	for _, s := range group.Fields {
		f := p.field(s, at+"."+s.Key, required && s.Required)
		all = append(all, f)
	}
	return all
}

func (p Page) field(s source.Shape, at string, required bool) Field {
	f := Field{Name: s.Key, Label: label(s.Key), Hint: s.Help, Required: required, Widget: "string"}
	if names := ending(named, at); names != "" {
		f.Widget, f.Collection, f.Multiple = "relation", names, s.Kind == source.ListOf
		f.Value, f.Search, f.Display, f.Most = "{{slug}}", []string{"title"}, []string{"title"}, 500
		return f
	}
	if folder := ending(files, at); folder != "" {
		f.Widget, f.MediaFolder, f.PublicFolder = "file", "/"+path.Join(p.Folder, folder), new(string)
		return f
	}
	switch s.Kind {
	case source.Text:
		if s.Pattern != "" {
			f.Pattern = []string{s.Pattern, fmt.Sprintf("write it like %q", s.Example)}
		} else if prose[s.Key] {
			f.Widget = "text"
		}
	case source.Whole:
		f.Pattern = []string{`^\s*-?\d+\s*$`, "write it in figures, without a unit"}
	case source.Decimal:
		f.Pattern = []string{`^\s*-?\d+(?:\.\d+)?\s*$`, "write it in figures, without a unit"}
	case source.Choice:
		f.Widget, f.Options = "select", s.Words
	case source.YesNo:
		f.Widget = "boolean"
	case source.Group:
		f.Widget, f.Collapsed, f.Fields = "object", !required, p.fields(s, at, required)
	case source.ListOf, source.Names:
		f.Widget, f.Collapsed, f.Minimize, f.Singular = "list", true, true, "entry"
		if one, many := strings.CutSuffix(strings.ToLower(f.Label), "s"); many {
			f.Singular = one
		}
		of := *s.Of
		switch {
		case s.Kind == source.Names:
			f.Names, f.Summary = true, "{{fields.name}}: {{fields.value}}"
			of.Key = "value"
			f.Fields = []Field{{Name: "name", Label: "Name", Widget: "string", Required: true}, p.field(of, at, true)}
			f.Fields[1].Hint = ""
		case of.Kind == source.Group:
			f.Fields = p.fields(of, at, true)
			f.Summary = summary(f.Fields)
		default:
			of.Key = s.Key
			one := p.field(of, at, true)
			one.Hint, one.Label = "", label(f.Singular)
			f.Field, f.Summary = &one, "{{fields."+s.Key+"}}"
		}
	}
	return f
}

// summary is what a list shows of a closed entry: the first field by which people recognise it.
func summary(fields []Field) string {
	for _, name := range []string{"label", "title", "name", "question", "text", "ask", "date", "year", "from", "email", "says", "id"} {
		for _, f := range fields {
			if f.Name == name {
				return "{{fields." + name + "}}"
			}
		}
	}
	return "{{fields." + fields[0].Name + "}}"
}

// prose are the keys whose values are sentences: they get a box of several lines.
var prose = map[string]bool{
	"summary": true, "describe": true, "what": true, "who": true, "why": true, "cost": true, "because": true, "instead": true,
	"question": true, "hint": true, "about": true, "covers": true, "intro": true, "before": true, "next": true, "purpose": true,
	"text": true, "statement": true, "clauses": true, "agreed": true, "says": true, "declarations": true, "label": true,
	"limits": true, "introduce": true, "not_needed": true, "means": true, "refuse_reasons": true, "other_activities": true,
	"in_messages": true, "subject": true, "rule": true, "doubt": true, "delivery": true, "length": true, "qualification": true,
	"value": true,
}

// label is a key as people read it.
func label(key string) string {
	if as := labels[key]; as != "" {
		return as
	}
	words := strings.ReplaceAll(key, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// labels are for keys whose label does not follow from the key.
var labels = map[string]string{
	"describe": "Description", "href": "Where it leads", "id": "Short name (id)", "of": "How many", "ask": "Question",
	"in": "In which time", "is": "What it is in a decision", "who": "Who it is for", "what": "What it is", "why": "Why",
	"to": "Goes to", "attach": "Attach the application", "base_url": "Address of the site", "says": "What is said",
}
