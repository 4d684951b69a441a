package page

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"math"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/service"
)

// views lists the pages: the name of a file in templates/pages, and the type of its view.
var views = map[string]reflect.Type{
	"prose":     reflect.TypeFor[Prose](),
	"home":      reflect.TypeFor[Home](),
	"catalogue": reflect.TypeFor[Catalogue](),
	"chosen":    reflect.TypeFor[Chosen](),
	"course":    reflect.TypeFor[Course](),
	"service":   reflect.TypeFor[Service](),
	"criterion": reflect.TypeFor[Criterion](),
	"eligible":  reflect.TypeFor[Eligibility](),
	"section":   reflect.TypeFor[Section](),
	"list":      reflect.TypeFor[List](),
	"remove":    reflect.TypeFor[Remove](),
	"check":     reflect.TypeFor[Check](),
	"declare":   reflect.TypeFor[Declare](),
	"sent":      reflect.TypeFor[Sent](),
	"left":      reflect.TypeFor[Left](),
	"resume":    reflect.TypeFor[Resume](),
	"export":    reflect.TypeFor[Export](),
	"figures":   reflect.TypeFor[Figures](),
	"message":   reflect.TypeFor[Message](),
	"practice":  reflect.TypeFor[Practice](),

	"sign-in":      reflect.TypeFor[SignIn](),
	"sign-in-link": reflect.TypeFor[SignInLink](),
	"reviews":      reflect.TypeFor[Reviews](),
	"export-parts": reflect.TypeFor[ExportParts](),
	"several":      reflect.TypeFor[Several](),
	"removals":     reflect.TypeFor[Removals](),
	"sheet":        reflect.TypeFor[Sheet](),
	"read-back":    reflect.TypeFor[ReadBack](),
	"review":       reflect.TypeFor[Review](),
	"money":        reflect.TypeFor[Money](),
	"work":         reflect.TypeFor[Work](),
	"phone":        reflect.TypeFor[Phone](),
	"marks":        reflect.TypeFor[Marks](),
	"progress":     reflect.TypeFor[Progress](),

	"decide":  reflect.TypeFor[Decide](),
	"preview": reflect.TypeFor[Preview](),
	"decided": reflect.TypeFor[Decided](),

	"follow":   reflect.TypeFor[Follow](),
	"status":   reflect.TypeFor[Status](),
	"answers":  reflect.TypeFor[Answers](),
	"ask":      reflect.TypeFor[Ask](),
	"withdraw": reflect.TypeFor[Withdraw](),
	"terms":    reflect.TypeFor[Terms](),
}

// blocks lists what an editor's text can show as {{table.NAME}}: the name of a file in
// templates/blocks, and the type of its view.
var blocks = map[string]reflect.Type{
	"dates":    reflect.TypeFor[Dates](),
	"sessions": reflect.TypeFor[*course.Course](),
	"modules":  reflect.TypeFor[*course.Course](),
	"terms":    reflect.TypeFor[*form.Terms](),
	"areas":    reflect.TypeFor[*service.Service](),
	"courses":  reflect.TypeFor[Courses](),
	"card":     reflect.TypeFor[CourseCard](),
	"compare":  reflect.TypeFor[Compare](),
	"calendar": reflect.TypeFor[Calendar](),
	"past":     reflect.TypeFor[Past](),
}

// functions are the functions that templates can call besides those of html/template.
var functions = template.FuncMap{
	"article": article, // "a reference", "an award"
	"count":   count,   // count 2 "week" "weeks": "2 weeks"
	"hours":   hours,   // 2.5: "2 hours 30 minutes"

	"inReview": inReview,
}

// A Renderer holds the parsed templates. It may be used from several goroutines.
type Renderer struct {
	site    *Site
	assets  Assets
	fixed   Fixed
	set     func(name string) (*template.Template, error) // returns a set with the template of that name, "pages/home"
	plans   *plans                                        // nil if too little is drawn for plans to pay
	buffers sync.Pool                                     // of *bytes.Buffer
}

// A document is the data of layout.html.
type document struct {
	Site   *Site
	Assets Assets
	Frame  Frame
	View   any // of the page's type in views

	Head, Menu, Main, Footer template.HTML // already drawn; Main stands for the page itself
}

// Fixed is what is the same on all pages of a hub, drawn once. It is mostly links, each of which
// takes three calls by reflection to make it safe. It is packed with the content, since drawing it
// takes an eighth of a function's start.
type Fixed struct {
	Head, Footer template.HTML
	Menu         template.HTML   // for a page that is not in the menu
	Menus        []template.HTML // for the pages in the menu, in its order
}

// current is the data of partials/menu.html.
type current struct {
	Menu []Link
	Path string
}

func (r *Renderer) draw(b *bytes.Buffer, name string, view any) error {
	t, err := r.set(name)
	if err != nil {
		return err
	}
	return r.plans.draw(b, t, name, view)
}

// DrawFixed draws what is the same on all pages.
func DrawFixed(templates fs.FS, site *Site, assets Assets) (Fixed, error) {
	r := NewLazy(templates, site, assets, Fixed{})
	err := r.drawFixed()
	return r.fixed, err
}

func (r *Renderer) drawFixed() error {
	var err error
	draw := func(name string, view any) template.HTML {
		var b bytes.Buffer
		err = errors.Join(err, r.draw(&b, "partials/"+name, view))
		return template.HTML(b.String())
	}
	r.fixed = Fixed{Head: draw("head", r.assets), Footer: draw("footer", r.site), Menu: draw("menu", current{r.site.Menu, ""})}
	for _, l := range r.site.Menu {
		r.fixed.Menus = append(r.fixed.Menus, draw("menu", current{r.site.Menu, l.Href}))
	}
	return err
}

// Templates are templates that [Parse] has parsed.
type Templates struct{ all *template.Template }

// New makes a Renderer from the templates in files. See [Parse].
func New(files fs.FS, site *Site, assets Assets) (*Renderer, error) {
	t, err := Parse(files)
	if err != nil {
		return nil, err
	}
	return t.Renderer(site, assets)
}

// Parse parses the templates: layout.html, and the files of pages, questions, blocks and partials.
// It refuses a file that nothing uses; a page, block or kind of question without a file; and HTML
// in which a value could not be escaped safely.
func Parse(files fs.FS) (*Templates, error) {
	t, err := ParseSound(files)
	if err != nil {
		return nil, err
	}
	var faults []error
	for name := range views {
		if err := escape(t.all, "pages/"+name); err != nil {
			faults = append(faults, fmt.Errorf("pages/%s.html: %w", name, err))
		}
	}
	if faults = append(faults, escapeParts(t.all)...); len(faults) > 0 {
		return nil, fmt.Errorf("reading the templates: %w", errors.Join(faults...))
	}
	return t, nil
}

// ParseSound is Parse for templates that are known to be right, such as a program's own, which its
// tests check. Whether a value can be escaped safely is then found only when its page is first
// rendered.
func ParseSound(files fs.FS) (*Templates, error) {
	base, pages, err := parseFiles(files)
	if err != nil {
		return nil, err
	}
	var faults []error
	for name, text := range pages {
		if _, err := base.New("pages/" + name).Parse(text); err != nil {
			faults = append(faults, fmt.Errorf("pages/%s.html: %w", name, err))
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("reading the templates: %w", errors.Join(faults...))
	}
	return &Templates{base}, nil
}

// Renderer returns a renderer for a site.
func (t *Templates) Renderer(site *Site, assets Assets) (*Renderer, error) {
	r := newRenderer(site, assets, &plans{all: map[string]*plan{}}, func(string) (*template.Template, error) { return t.all, nil })
	if err := r.drawFixed(); err != nil {
		return nil, fmt.Errorf("reading the templates: %w", err)
	}
	return r, nil
}

// NewLazy is New for a program whose templates were checked when it was packed, and which shows few
// pages before it ends. What [DrawFixed] draws was packed, too. Each template is parsed when it is
// first drawn, together with those that it calls, and only then are its errors found.
func NewLazy(templates fs.FS, site *Site, assets Assets, fixed Fixed) *Renderer {
	var mu sync.Mutex
	sets := map[string]*template.Template{}
	r := newRenderer(site, assets, nil, func(name string) (*template.Template, error) {
		mu.Lock()
		defer mu.Unlock()
		if sets[name] == nil {
			set := template.New("").Funcs(functions)
			if err := add(set, templates, name); err != nil {
				return nil, err
			}
			sets[name] = set
		}
		return sets[name], nil
	})
	r.fixed = fixed
	return r
}

// add parses a template, and those that it calls, into a set.
func add(set *template.Template, templates fs.FS, name string) error {
	if set.Lookup(name) != nil {
		return nil
	}
	text := dispatch()
	if name != "question" {
		data, err := fs.ReadFile(templates, name+".html")
		if err != nil {
			return fmt.Errorf("reading the templates: %w", err)
		}
		text = string(data)
	}
	if _, err := set.New(name).Parse(text); err != nil {
		return fmt.Errorf("reading the templates: %w", err)
	}
	for _, call := range strings.Split(text, `template "`)[1:] {
		called, _, _ := strings.Cut(call, `"`)
		if err := add(set, templates, called); err != nil {
			return err
		}
	}
	return nil
}

// escapeParts makes html/template escape the layout and the blocks.
func escapeParts(parts *template.Template) (faults []error) {
	if err := escape(parts, "layout"); err != nil {
		faults = append(faults, fmt.Errorf("layout.html: %w", err))
	}
	for name := range blocks {
		if err := escape(parts, "blocks/"+name); err != nil {
			faults = append(faults, fmt.Errorf("blocks/%s.html: %w", name, err))
		}
	}
	return faults
}

func newRenderer(
	site *Site, assets Assets, plans *plans, set func(name string) (*template.Template, error),
) *Renderer {
	r := &Renderer{site: site, assets: assets, plans: plans, set: set}
	r.buffers.New = func() any { return new(bytes.Buffer) }
	return r
}

// parseFiles parses all templates except those of pages, whose texts it returns by name.
func parseFiles(templates fs.FS) (base *template.Template, pages map[string]string, err error) {
	var faults []error
	base = template.New("").Funcs(functions)
	add := func(name, text string) {
		if _, err := base.New(name).Parse(text); err != nil {
			faults = append(faults, err)
		}
	}
	// read returns the texts of the files in a folder. Each must be in names, unless names is nil.
	read := func(dir string, names []string) map[string]string {
		texts, err := readDir(templates, dir)
		if err != nil {
			faults = append(faults, err)
		}
		for _, name := range names {
			if _, found := texts[name]; !found {
				faults = append(faults, fmt.Errorf("%s/%s.html is missing", dir, name))
			}
		}
		for name := range texts {
			if names != nil && !slices.Contains(names, name) {
				faults = append(faults, fmt.Errorf("%s/%s.html is shown by nothing", dir, name))
			}
		}
		return texts
	}

	layout, err := fs.ReadFile(templates, "layout.html")
	if err != nil {
		return nil, nil, fmt.Errorf("reading the templates: %w", err)
	}
	add("layout", string(layout))
	add("question", dispatch())
	var kinds []string
	for _, kind := range form.Kinds() {
		kinds = append(kinds, string(kind))
	}
	for dir, names := range map[string][]string{"partials": nil, "questions": kinds,
		"blocks": slices.Sorted(maps.Keys(blocks))} {
		for name, text := range read(dir, names) {
			add(dir+"/"+name, text)
		}
	}
	pages = read("pages", slices.Sorted(maps.Keys(views)))
	if len(faults) > 0 {
		return nil, nil, fmt.Errorf("reading the templates: %w", errors.Join(faults...))
	}
	return base, pages, nil
}

// readDir reads the .html files of a folder, by name without the ending.
func readDir(templates fs.FS, dir string) (map[string]string, error) {
	files, err := fs.Glob(templates, dir+"/*.html")
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, file := range files {
		text, err := fs.ReadFile(templates, file)
		if err != nil {
			return nil, err
		}
		texts[strings.TrimSuffix(path.Base(file), ".html")] = string(text)
	}
	return texts, nil
}

// dispatch is a template that draws a question by its kind. A template can call others only by a
// fixed name, so it has one comparison for each kind.
func dispatch() string {
	var b strings.Builder
	for i, kind := range form.Kinds() {
		if i > 0 {
			b.WriteString("{{else ")
		} else {
			b.WriteString("{{")
		}
		fmt.Fprintf(&b, `if eq .Kind %q}}{{template "questions/%s" .}}`, kind, kind)
	}
	b.WriteString("{{end}}")
	return b.String()
}

// escape makes html/template work out how to escape each value. Otherwise it would do so at the
// first rendering; this way its errors appear at the start. Execution without data then fails,
// which does not matter.
func escape(t *template.Template, name string) error {
	var unsafe *template.Error
	if err := t.ExecuteTemplate(io.Discard, name, nil); errors.As(err, &unsafe) {
		return unsafe
	}
	return nil
}

// Render writes the page with that name completely, or nothing. The view must have the page's type.
func (r *Renderer) Render(w io.Writer, name string, frame Frame, view any) error {
	want, known := views[name]
	switch {
	case !known:
		return fmt.Errorf("rendering: there is no page %q", name)
	case reflect.TypeOf(view) != want:
		return fmt.Errorf("rendering %s: its view is a %v, not a %T", name, want, view)
	case frame.Heading == "":
		return fmt.Errorf("rendering %s: the page has no heading", name)
	}
	if v, ok := view.(interface{ Errors() []Link }); ok && len(v.Errors()) > 0 {
		frame.Problem = true
	}
	d := document{Site: r.site, Assets: r.assets, Frame: frame, View: view, Head: r.fixed.Head, Footer: r.fixed.Footer}
	if !frame.Application {
		d.Menu = r.fixed.Menu
		if i := slices.IndexFunc(r.site.Menu, func(l Link) bool { return l.Href == frame.Path }); i >= 0 {
			d.Menu = r.fixed.Menus[i]
		}
	}
	main, around := r.buffer(), r.buffer()
	defer r.buffers.Put(main)
	defer r.buffers.Put(around)
	err := r.draw(main, "pages/"+name, &d)
	if err == nil {
		d.Main = mainMark
		err = r.draw(around, "layout", &d)
	}
	if err != nil {
		return fmt.Errorf("rendering %s: %w", name, err)
	}
	before, after, _ := bytes.Cut(around.Bytes(), []byte(mainMark))
	for _, part := range [][]byte{before, main.Bytes(), after} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// mainMark takes the place of the page itself in the layout, so that the page need not be copied
// into it. No text can contain it, because html/template replaces it.
const mainMark = "\x00"

func (r *Renderer) buffer() *bytes.Buffer {
	b := r.buffers.Get().(*bytes.Buffer)
	b.Reset()
	return b
}

// Block is the HTML of {{table.NAME}} in an editor's text. The view must have the block's type.
func (r *Renderer) Block(name string, view any) (template.HTML, error) {
	want, known := blocks[name]
	switch {
	case !known:
		return "", fmt.Errorf("rendering: there is no block %q", name)
	case reflect.TypeOf(view) != want:
		return "", fmt.Errorf("rendering the block %s: its view is a %v, not a %T", name, want, view)
	}
	if name == "dates" {
		of := view.(Dates)
		view = datesOf(of.Course, of.At)
	}
	b := r.buffer()
	defer r.buffers.Put(b)
	if err := r.draw(b, "blocks/"+name, view); err != nil {
		return "", fmt.Errorf("rendering the block %s: %w", name, err)
	}
	return template.HTML(b.String()), nil
}

func article(noun string) string {
	if noun != "" && strings.Contains("aeiou", noun[:1]) {
		return "an " + noun
	}
	return "a " + noun
}

func count(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + several
}

func hours(h float64) string {
	total := int(math.Round(h * 60))
	whole, minutes := total/60, total%60
	switch {
	case minutes == 0:
		return count(whole, "hour", "hours")
	case whole == 0:
		return count(minutes, "minute", "minutes")
	}
	return count(whole, "hour", "hours") + " " + count(minutes, "minute", "minutes")
}
