package page_test

import (
	"bytes"
	"cmp"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/templates"
)

// A doc is a rendered page, parsed as a browser would.
type doc struct {
	text string
	all  []*html.Node // elements in their order
}

func render(t testing.TB, r *page.Renderer, e example) doc {
	t.Helper()
	var b bytes.Buffer
	if err := r.Render(&b, e.page, e.frame, e.view); err != nil {
		t.Fatalf("%s: %v", e.name, err)
	}
	root, err := html.Parse(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	d := doc{text: b.String()}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			d.all = append(d.all, n)
		}
	}
	return d
}

// find gives the elements of a tag for which each "name=value" is an attribute.
func (d doc) find(tag string, attributes ...string) []*html.Node {
	var found []*html.Node
	for _, n := range d.all {
		// A picture has a title of its own, which is not the page's.
		if n.Data == tag && (n.Namespace == "" || tag != "title") && !slices.ContainsFunc(attributes, func(a string) bool {
			name, value, _ := strings.Cut(a, "=")
			return attr(n, name) != value
		}) {
			found = append(found, n)
		}
	}
	return found
}

func (d doc) one(t testing.TB, tag string, attributes ...string) *html.Node {
	t.Helper()
	found := d.find(tag, attributes...)
	if len(found) != 1 {
		t.Fatalf("%d elements <%s %v>, want 1", len(found), tag, attributes)
	}
	return found[0]
}

func (d doc) byID(id string) *html.Node {
	i := slices.IndexFunc(d.all, func(n *html.Node) bool { return attr(n, "id") == id })
	if i < 0 {
		return nil
	}
	return d.all[i]
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func hasClass(n *html.Node, class string) bool {
	return slices.Contains(strings.Fields(attr(n, "class")), class)
}

// words is the text of an element, with single spaces.
func words(n *html.Node) string {
	return strings.Join(strings.Fields(raw(n)), " ")
}

// raw is the text of an element as it is.
func raw(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// TestPages checks every page in every state against the rules that all pages share.
func TestPages(t *testing.T) {
	r := newRenderer(t)
	for _, e := range examples(t) {
		t.Run(e.name, func(t *testing.T) {
			d := render(t, r, e)
			if got := attr(d.one(t, "html"), "lang"); got != "en-GB" {
				t.Errorf("lang is %q", got)
			}
			h1 := words(d.one(t, "h1"))
			if h1 != e.frame.Heading {
				t.Errorf("h1 is %q, want %q", h1, e.frame.Heading)
			}
			summary := d.find("div", "class=nhsuk-error-summary")
			title := h1 + " – " + site.Name
			if len(summary) > 0 {
				title = "Error: " + title
				if attr(summary[0], "tabindex") != "-1" || !has(summary[0], "autofocus") {
					t.Error("the summary of errors does not take the focus")
				}
			}
			if got := words(d.one(t, "title")); got != title {
				t.Errorf("title is %q, want %q", got, title)
			}
			if got, want := len(d.find("meta", "name=robots", "content=noindex")) > 0, e.frame.Application ||
				e.frame.Unlisted; got != want {
				t.Errorf("noindex is %t, want %t", got, want)
			}
			if got, want := len(d.find("nav", "aria-label=Menu")) > 0, !e.frame.Application; got != want {
				t.Errorf("there is a menu: %t, want %t", got, want)
			}
			if e.frame.Path != "" {
				d.one(t, "link", "rel=canonical", "href="+site.BaseURL+cmp.Or(e.frame.Canonical, e.frame.Path))
			}

			seen, level := map[string]bool{}, 0
			for _, n := range d.all {
				for _, a := range n.Attr {
					switch {
					case a.Key == "id" && seen[a.Val]:
						t.Errorf("two elements have the id %q", a.Val)
					case a.Key == "placeholder", a.Key == "required", a.Key == "style", strings.HasPrefix(a.Key, "on"):
						t.Errorf("<%s> has the attribute %s", n.Data, a.Key)
					case a.Key == "for", a.Key == "aria-describedby", a.Key == "aria-labelledby":
						for _, id := range strings.Fields(a.Val) {
							if d.byID(id) == nil {
								t.Errorf("%s names %q, which is not there", a.Key, id)
							}
						}
					case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
						if d.byID(a.Val[1:]) == nil {
							t.Errorf("a link leads to %q, which is not there", a.Val)
						}
					case a.Key == "href" && a.Val == "":
						t.Error("a link leads nowhere")
					}
				}
				if id := attr(n, "id"); id != "" {
					seen[id] = true
				}
				switch n.Data {
				case "h1", "h2", "h3", "h4":
					if now := int(n.Data[1] - '0'); now > level+1 && level > 0 {
						t.Errorf("%s %q stands under a heading of level %d", n.Data, words(n), level)
					} else if !hasClass(n, "nhsuk-error-summary__heading") { // which stands above the h1
						level = now
					}
					if words(n) == "" {
						t.Errorf("a heading %s is empty", n.Data)
					}
				case "input", "textarea", "select":
					if attr(n, "type") == "number" {
						t.Error("there is an input with type=number")
					}
					if attr(n, "type") == "hidden" {
						break
					}
					if id := attr(n, "id"); len(d.find("label", "for="+id)) != 1 {
						t.Errorf("the input %q does not have one label", id)
					}
				case "form":
					// holds ids and numbers, nothing about a person
					filter := attr(n, "method") == "get" && slices.Contains([]string{"/review/", "/side-by-side/"}, attr(n, "action"))
					if attr(n, "method") != "post" && !filter || !has(n, "novalidate") || attr(n, "action") == "" {
						t.Errorf("a form has the attributes %v", n.Attr)
					}
				case "script":
					// A block of data is not run, whatever the policy.
					if attr(n, "type") == "application/ld+json" && attr(n, "src") == "" &&
						raw(n) == string(e.frame.Data) {
						continue
					}
					if attr(n, "src") != assets.JS && attr(n, "src") != assets.Find || n.FirstChild != nil {
						t.Errorf("there is a script %q", raw(n))
					}
				case "style":
					t.Error("there is a style in the page")
				}
			}
		})
	}
}

// TestPageWords checks what particular pages must say or offer.
func TestPageWords(t *testing.T) {
	r := newRenderer(t)
	byName := map[string]doc{}
	for _, e := range examples(t) {
		byName[e.name] = render(t, r, e)
	}
	for _, test := range []struct{ page, element, says string }{
		{"prose", "p", "Page last reviewed: 2 November 2021Next review due: 2 November 2022"},
		{"home", "strong", "Open"},
		{"course", "p", "Open Apply by 11:59pm on Friday 15 October 2021"},
		{"course", "a", "Apply for this course"},
		{"course", "time", "Tuesday 9 November 2021, 6pm to 8:30pm"},
		{"course", "span", "2 hours 30 minutes"},
		{"course", "span", "2 weeks"},
		{"course", "li", "Questions & answers"},
		{"first section", "p", "Apply by 11:59pm on Friday 15 October 2021."},
		{"first section", "li", "Find your GMC reference number."},
		{"first section", "h2", "About you"},
		{"first section", "a", "Continue an application on this device"},
		{"section", "span", "Section 2 of 4"},
		{"section", "button", "Save and come back later"},
		{"section", "label", "Anything else (optional)"},
		{"section of an entry", "span", "Section 4 of 4: reference 2"},
		{"list", "legend", "Do you want to add another award?"},
		{"list", "h2", "You have added 1 award"},
		{"list", "a", "Change " + nasty},
		{"list", "a", "Remove " + nasty},
		{"list, empty", "legend", "Do you want to add an award?"},
		{"list, not answered", "span", "Error: Select yes if you want to add an award"},
		{"list, full", "p", "You cannot add more than 3 awards. To give a different one, change or remove one."},
		{"list, full", "button", "Continue"},
		{"list, one more needed", "p", "You need to add 1 more reference."},
		{"list, one more needed", "button", "Add another reference"},
		{"list, all needed", "p", "You need to add 2 references."},
		{"list, all needed", "button", "Add a reference"},
		{"remove", "button", "Remove reference"},
		{"remove", "a", "Cancel"},
		{"check", "p", "You have not sent your application yet."},
		{"check", "dd", "Not provided"},
		{"check", "a", "Change Full name"},
		{"check", "p", "No awards added"},
		{"check", "a", "Add, change or remove awards"},
		{"check", "a", "Continue to declarations"},
		{"check with problems", "p", "You need to put some answers right before you can continue."},
		{"declare", "div", "This counts as your signature"},
		{"declare", "button", "Sign and send application"},
		{"declare", "label", "I will be charged £352.50 if I miss a workshop."},
		{"sent", "div", "Your referenceLW-7K4D-29PX"},
		{"sent", "li", "The lead decides by 1 December 2021."},
		{"sent", "a", "ask@example.org"},
		{"left", "p", "You can use the link until Tuesday 19 October 2021. If the email does not arrive, look in " +
			"your junk folder."},
		{"message", "a", "help@example.org"},
	} {
		if !slices.ContainsFunc(byName[test.page].find(test.element),
			func(n *html.Node) bool { return words(n) == test.says }) {
			t.Errorf("%s: no <%s> says %q", test.page, test.element, test.says)
		}
	}

	for _, test := range []struct{ page, element, without string }{
		{"course closed", "a", "Apply for this course"},
		{"check with problems", "a", "Continue to declarations"},
		{"first section", "button", "Save and come back later"},
		{"list, one more needed", "legend", "Do you want to add another reference?"},
	} {
		if slices.ContainsFunc(byName[test.page].find(test.element),
			func(n *html.Node) bool { return words(n) == test.without }) {
			t.Errorf("%s: a <%s> says %q", test.page, test.element, test.without)
		}
	}
	// A list goes on without asking only when there is nothing to choose.
	byName["list, one more needed"].one(t, "input", "type=hidden", "name=another", "value=yes")
	byName["list, full"].one(t, "input", "type=hidden", "name=another", "value=no")
	for _, summary := range byName["check with problems"].find("ul", "class=nhsuk-list nhsuk-error-summary__list") {
		if links := (doc{all: slices.Collect(summary.Descendants())}).find("a",
			"href=/apply/listening/about-you"); len(links) != 1 {
			t.Errorf("the summary has %d links to the page that mends the problem, want 1", len(links))
		}
	}
	if n := byName["declare with problems"].byID("declaration-accurate"); !has(n, "checked") ||
		attr(n, "value") != "yes" {
		t.Error("a ticked declaration has lost its tick")
	}
	if n := byName["declare with problems"].byID("signature"); attr(n, "value") != nasty ||
		attr(n, "autocomplete") != "name" {
		t.Errorf("the signature has the attributes %v", n.Attr)
	}
	trap := byName["first section"].byID("website")
	if attr(trap, "tabindex") != "-1" || attr(trap.Parent, "aria-hidden") != "true" ||
		attr(trap, "autocomplete") != "off" {
		t.Error("people can reach the trap for robots")
	}
	if byName["section"].byID("website") != nil {
		t.Error("the trap is not only on the first page")
	}
}

// TestQuestions asks one question of each kind: fresh, and with an answer that will not do.
func TestQuestions(t *testing.T) {
	r := newRenderer(t)
	f := exampleForm(t)
	ask := func(t *testing.T, id string, values form.Values) doc {
		q, s := f.Question(id)
		alone := form.Section{ID: s.ID, Title: s.Title, Questions: []form.Question{*q}}
		return render(t, r, example{page: "section", frame: page.Frame{Heading: s.Title}, view: page.Section{
			Form: f, Asking: page.Asking{Section: &alone, Values: values, Problems: alone.Check(values, today)},
			Number: 1, Of: 1, Action: "/x",
		}})
	}
	long := "\n" + strings.Repeat("long ", 50) + nasty
	for _, test := range []struct {
		id, label string
		attrs     []string    // of the first input
		wrong     form.Values // an answer that will not do
		problem   string
		marked    []string // ids of the inputs that are marked as wrong; none if they cannot be
	}{
		{"name", "Full name", []string{"type=text", "autocomplete=name", "spellcheck=false"},
			form.Values{"name": strings.Repeat(nasty, 5)}, "Full name must be 100 characters or less",
			[]string{"name"}},
		{"gmc", "GMC reference number", []string{"type=text", "inputmode=numeric", "spellcheck=false"},
			form.Values{"gmc": nasty}, "GMC reference number must be 7 numbers", []string{"gmc"}},
		{"email", "Email address", []string{"type=email", "autocomplete=email", "spellcheck=false"},
			form.Values{"email": nasty}, "Enter an email address in the correct format, like name@example.com",
			[]string{"email"}},
		{"phone", "Phone number", []string{"type=tel", "autocomplete=tel"}, form.Values{"phone": nasty},
			"Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192", []string{"phone"}},
		{"sessions", "Clinical sessions a week", []string{"type=text", "inputmode=decimal"},
			form.Values{"sessions": nasty}, "Clinical sessions a week must be a number, like 6", []string{"sessions"}},
		{"reasons", "Why do you apply?", []string{"rows=8"}, form.Values{"reasons": long},
			"Why you apply must be 200 characters or less", []string{"reasons"}},
		{"joined", "When did you join?", []string{"type=text", "inputmode=numeric"}, form.Values{"joined-day": "2",
			"joined-month": nasty, "joined-year": "2010"}, "The date you joined must be a real date",
			[]string{"joined-month"}},
		{"trained", "When did you qualify?", []string{"type=text", "inputmode="}, form.Values{"trained-year": nasty},
			"The date you qualified must include a month", []string{"trained-month"}},
		{"spent", "How long did it take?", []string{"type=text", "inputmode=numeric"}, form.Values{"spent-hours": "1",
			"spent-minutes": nasty}, "How long it took must be in whole hours and minutes, like 2 hours and 30 minutes", []string{"spent-minutes"}},
		{"fee", "Fee", []string{"type=text", "inputmode=decimal", "spellcheck=false"}, form.Values{"fee": nasty},
			"Fee must be an amount in pounds, like £1,250.50 or £300", []string{"fee"}},
		{"trainer", "Are you a trainer?", []string{"type=radio", "value=yes"}, form.Values{"trainer": nasty},
			"Select yes if you are a trainer", nil},
		{"role", "What is your role?", []string{"type=radio", "value=partner"}, form.Values{"role": nasty},
			"Select your role", nil},
		{"cohort", "Which cohort do you want to join?", []string{"type=radio", "value=cohort-1"},
			form.Values{"cohort": nasty}, "Select which cohort you want to join", nil},
	} {
		t.Run(test.id, func(t *testing.T) {
			q, _ := f.Question(test.id)
			input := q.Inputs()[0]
			fresh := ask(t, test.id, form.Values{})
			n := fresh.byID(input)
			if n == nil {
				t.Fatalf("no input has the id %q", input)
			}
			for _, a := range test.attrs {
				if name, want, _ := strings.Cut(a, "="); attr(n, name) != want {
					t.Errorf("%s is %q, want %q", name, attr(n, name), want)
				}
			}
			if attr(n, "name") != input || has(n, "checked") {
				t.Errorf("the first input has the attributes %v", n.Attr)
			}

			d := ask(t, test.id, test.wrong)
			says := d.byID(test.id + "-error")
			if says == nil || words(says) != "Error: "+test.problem {
				t.Fatalf("the errors beside the question are %v, want %q", says, test.problem)
			}
			if got := words(d.one(t, "div", "class=nhsuk-error-summary__body")); got != test.problem {
				t.Errorf("the summary says %q, want %q", got, test.problem)
			}
			n = d.byID(input)
			labelled := d.find("label", "for="+input)[0]
			described := n
			if len(q.Inputs()) > 1 || attr(n, "type") == "radio" {
				described = d.one(t, "fieldset")
				labelled = d.one(t, "legend")
			}
			if words(labelled) != test.label {
				t.Errorf("the question is %q, want %q", words(labelled), test.label)
			}
			var want []string
			if q.Hint != "" {
				want = append(want, test.id+"-hint")
			}
			want = append(want, test.id+"-error")
			if test.id == "reasons" {
				want = append(want, test.id+"-info")
			}
			if got := attr(described, "aria-describedby"); got != strings.Join(want, " ") {
				t.Errorf("described by %q, want %q", got, want)
			}
			var marked []string
			for _, n := range d.all {
				if hasClass(n, "nhsuk-input--error") || hasClass(n, "nhsuk-textarea--error") {
					marked = append(marked, attr(n, "id"))
				}
			}
			if !slices.Equal(marked, test.marked) {
				t.Errorf("marked as wrong are %q, want %q", marked, test.marked)
			}
			for _, name := range q.Inputs() {
				switch n := d.byID(name); {
				case n.Data == "textarea":
					if got := raw(n); got != test.wrong[name] {
						t.Errorf("the answer came back as %q, want %q", got, test.wrong[name])
					}
				case attr(n, "type") != "radio":
					if got := attr(n, "value"); got != test.wrong[name] {
						t.Errorf("the answer came back as %q, want %q", got, test.wrong[name])
					}
				}
			}
			if strings.Contains(d.text, "<script>") {
				t.Error("an answer has become a script")
			}
		})
	}
}

func TestChoiceIsKept(t *testing.T) {
	r := newRenderer(t)
	for _, e := range examples(t) {
		if e.name != "section" {
			continue
		}
		d := render(t, r, e)
		var got []string
		for _, n := range d.all {
			if has(n, "checked") {
				got = append(got, attr(n, "name")+"="+attr(n, "value"))
			}
		}
		if want := []string{"trainer=no", "role=salaried", "cohort=cohort-2"}; !slices.Equal(got, want) {
			t.Errorf("checked are %q, want %q", got, want)
		}
		if got, want := raw(d.byID("reasons")), "\nfirst\n\nthird"; got != want {
			t.Errorf("the long answer is %q, want %q", got, want)
		}
	}
}

// TestChoiceTakenBack: what is chosen for an optional question can be taken back without a script.
func TestChoiceTakenBack(t *testing.T) {
	r := newRenderer(t)
	f := exampleForm(t)
	for rule, want := range map[string][]string{
		"required":  {"partner", "salaried"},
		"omitempty": {"partner", "salaried", ""},
	} {
		q, s := f.Question("role")
		asked := *q
		asked.Rule = rule
		alone := form.Section{ID: s.ID, Title: s.Title, Questions: []form.Question{form.Ask(asked)}}
		d := render(t, r, example{page: "section", frame: page.Frame{Heading: s.Title}, view: page.Section{
			Form: f, Asking: page.Asking{Section: &alone}, Number: 1, Of: 1, Action: "/x",
		}})
		var got []string
		for _, n := range d.find("input", "type=radio") {
			got = append(got, attr(n, "value"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the choices are %q, want %q", rule, got, want)
		}
	}
}

func TestMistakesInFrames(t *testing.T) {
	r := newRenderer(t)
	c := exampleCourse(t)
	for _, test := range []struct {
		name    string
		heading string
		view    any
		want    string
	}{
		{"prose", "Heading", page.Home{}, "rendering prose: its view is a page.Prose, not a page.Home"},
		{"prose", "Heading", &page.Prose{}, "rendering prose: its view is a page.Prose, not a *page.Prose"},
		{"prose", "Heading", nil, "rendering prose: its view is a page.Prose, not a <nil>"},
		{"prose", "", page.Prose{}, "rendering prose: the page has no heading"},
		{"layout", "Heading", page.Prose{}, `rendering: there is no page "layout"`},
	} {
		var b bytes.Buffer
		err := r.Render(&b, test.name, page.Frame{Heading: test.heading}, test.view)
		if err == nil || err.Error() != test.want {
			t.Errorf("Render(%s, %T): %v, want %s", test.name, test.view, err, test.want)
		}
		if b.Len() > 0 {
			t.Errorf("Render(%s, %T) wrote %d bytes before it failed", test.name, test.view, b.Len())
		}
	}
	if _, err := r.Block("courses", c); err == nil ||
		err.Error() != "rendering the block courses: its view is a page.Courses, not a *course.Course" {
		t.Errorf("Block with a wrong view: %v", err)
	}
	if _, err := r.Block("nothing", c); err == nil || err.Error() != `rendering: there is no block "nothing"` {
		t.Errorf("Block of no such name: %v", err)
	}
	// A page that fails half-way is not sent at all.
	var b bytes.Buffer
	if err := r.Render(&b, "section", page.Frame{Heading: "Heading"}, page.Section{}); err == nil || b.Len() > 0 {
		t.Errorf("a section without a form: error %v, %d bytes written", err, b.Len())
	}
}

func TestNewRefuses(t *testing.T) {
	for _, test := range []struct{ name, path, text, want string }{
		{"a page without a file", "pages/list.html", "", "pages/list.html is missing"},
		{"a file without a page", "pages/extra.html", "<p>", "pages/extra.html is shown by nothing"},
		{"a kind without a file", "questions/month.html", "", "questions/month.html is missing"},
		{"a file without a kind", "questions/months.html", "<p>", "questions/months.html is shown by nothing"},
		{"a block without a file", "blocks/dates.html", "", "blocks/dates.html is missing"},
		{"no layout", "layout.html", "", "layout.html"},
		{"a template that does not parse", "pages/left.html", "{{if}}", "pages/left.html: template: pages/left:1"},
		{"a partial that does not parse", "partials/errors.html", "{{nothing}}", `function "nothing" not defined`},
		{"a call of no template", "pages/left.html", `{{template "partials/nothing" .}}`, "pages/left.html: "},
		{"a value that cannot be escaped", "pages/left.html", `<a {{if .View}}href="{{end}}">`,
			"pages/left.html: html/template:"},
		{"a block that cannot be escaped", "blocks/dates.html", `<a {{if .}}href="{{end}}">`,
			"blocks/dates.html: html/template:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := fstest.MapFS{}
			err := fs.WalkDir(templates.Files, ".", func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				text, err := fs.ReadFile(templates.Files, path)
				files[path] = &fstest.MapFile{Data: text}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if files[test.path] = &(fstest.MapFile{Data: []byte(test.text)}); test.text == "" {
				delete(files, test.path)
			}
			if _, err := page.New(files, site, assets); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("New: %v, want %q", err, test.want)
			}
			if !strings.HasPrefix(test.want, "pages/left.html: ") {
				return
			}
			// A mistake in one page's template is found when that page is shown, and does not harm
			// the others.
			lazy := page.NewLazy(files, site, assets, page.Fixed{})
			var b bytes.Buffer
			for range 2 {
				if err := lazy.Render(&b, "left", page.Frame{Heading: "Heading"}, page.Left{}); err == nil ||
					b.Len() > 0 {
					t.Errorf("a page with a fault: error %v, %d bytes written", err, b.Len())
				}
			}
			if err := lazy.Render(&b, "prose", page.Frame{Heading: "Heading"}, page.Prose{}); err != nil ||
				b.Len() == 0 {
				t.Errorf("another page: error %v, %d bytes written", err, b.Len())
			}
		})
	}
}

// TestAtOnce renders from several goroutines: each page must be the one it would be alone.
func TestAtOnce(t *testing.T) {
	fixed, err := page.DrawFixed(templates.Files, site, assets)
	if err != nil {
		t.Fatal(err)
	}
	r := page.NewLazy(templates.Files, site, assets, fixed)
	whole := newRenderer(t)
	var wait sync.WaitGroup
	for _, e := range examples(t) {
		want := render(t, whole, e).text
		for range 4 {
			wait.Go(func() {
				for range 10 {
					var b bytes.Buffer
					if err := r.Render(&b, e.page, e.frame, e.view); err != nil || b.String() != want {
						t.Errorf("%s: rendered at once with others it differs (%v)", e.name, err)
						return
					}
				}
			})
		}
	}
	wait.Wait()
}

// TestClasses: each class of our own style is used on a page, and each of our classes on a page has
// a rule.
func TestClasses(t *testing.T) {
	own := regexp.MustCompile(`hub-[a-z]+`)
	css, err := fs.ReadFile(templates.Files, "assets/site.css")
	if err != nil {
		t.Fatal(err)
	}
	styled, used := map[string]bool{}, map[string]bool{}
	for _, class := range own.FindAllString(string(css), -1) {
		styled[class] = true
	}
	r := newRenderer(t)
	for _, e := range examples(t) {
		for _, n := range render(t, r, e).all {
			for _, class := range own.FindAllString(attr(n, "class"), -1) {
				used[class] = true
			}
		}
	}
	for class := range styled {
		if !used[class] {
			t.Errorf("no page has the class %s", class)
		}
	}
	for class := range used {
		if !styled[class] {
			t.Errorf("no rule is for the class %s", class)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	r := newRenderer(b)
	for _, e := range examples(b) {
		if e.name != "section" && e.name != "section with problems" && e.name != "prose" {
			continue
		}
		b.Run(strings.ReplaceAll(e.name, " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Render(io.Discard, e.page, e.frame, e.view); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestPublicAddress: what is set counts, unless it contradicts what site.yaml says.
func TestPublicAddress(t *testing.T) {
	const a, b, here = "https://a.nhs.uk", "https://b.nhs.uk", "http://localhost:8080"
	for _, c := range []struct {
		written, set, want string
		refused            bool
	}{
		{a, "", a, false}, {a, a, a, false}, {a, b, "", true}, {here, a, a, false}, {here, "", here, false},
		{here, "http://127.0.0.1:9", "http://127.0.0.1:9", false},
		{here, "http://a.nhs.uk", "", true}, {here, "a.nhs.uk", "", true}, {here, a + "/x", "", true},
		{a, here, "", true},
	} {
		got, err := (&page.Site{BaseURL: c.written}).PublicAddress(c.set)
		if got != c.want || (err != nil) != c.refused {
			t.Errorf("%s in site.yaml, %q set: got %q, %v", c.written, c.set, got, err)
		}
	}
	for address, want := range map[string]bool{
		"Hub <hub@example.org>": true, "hub@mail.example.co.uk": true, "hub@hub.example": true, "hub@localhost": true,
		"hub@HUB.TEST": true, "a@b.invalid": true,
		"hub@nhs.net": false, "Example <hub@examples.nhs.uk>": false, "example@hub.nhs.uk": false,
	} {
		if page.Example(address) != want {
			t.Errorf("%s: example %v", address, !want)
		}
	}
}

// TestLeft: plans draw the pages of which a large site has many, and leave no part of them to
// html/template.
func TestLeft(t *testing.T) {
	r := newRenderer(t)
	for _, e := range examples(t) {
		render(t, r, e)
	}
	for _, name := range r.Left() {
		if !strings.HasPrefix(name, "pages/") || slices.Contains([]string{"prose", "home", "catalogue", "course"}, name[len("pages/"):]) {
			t.Errorf("%s is left to html/template", name)
		}
	}
}
