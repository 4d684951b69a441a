package site

import (
	"bytes"
	"encoding/xml"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"traininghub/internal/course"
	"traininghub/internal/letters"
)

// instants are times at which the hub of this repository looks different.
var instants = map[string]time.Time{
	"before":  time.Date(2021, 6, 1, 12, 0, 0, 0, course.London),
	"open":    time.Date(2021, 9, 20, 12, 0, 0, 0, course.London),
	"between": time.Date(2021, 10, 5, 12, 0, 0, 0, course.London),
	"after":   time.Date(2022, 6, 1, 12, 0, 0, 0, course.London),
}

func buildContent(t testing.TB, at time.Time) (*Site, Output) {
	t.Helper()
	s, faults := Load(Sources{Content: os.DirFS("../content"), Templates: os.DirFS("../templates"),
		Modules: "../node_modules", Letters: letters.All()})
	if faults != nil {
		t.Fatalf("the content of this repository has faults:\n%v", faults)
	}
	out, err := s.Build(at)
	if err != nil {
		t.Fatal(err)
	}
	return s, out
}

// A seen page is what a browser's parser makes of it. It checks the quicker parsing of the
// generator itself.
type seen struct {
	ids, links, classes []string
	titles, headings    []string
	describe, canonical string
	lang                string
	noindex             bool
}

func see(t *testing.T, name string, data []byte) seen {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var p seen
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			switch a.Key {
			case "id":
				p.ids = append(p.ids, a.Val)
			case "href", "src", "action":
				p.links = append(p.links, a.Val)
			case "class":
				p.classes = append(p.classes, strings.Fields(a.Val)...)
			case "style", "onclick", "srcset":
				t.Errorf("%s: there is an attribute %s=%q", name, a.Key, a.Val)
			}
		}
		switch n.Data {
		case "html":
			p.lang = attr["lang"]
		case "title":
			p.titles = append(p.titles, words(n))
		case "h1":
			p.headings = append(p.headings, words(n))
		case "img":
			if attr["alt"] == "" {
				t.Errorf("%s: a picture without alternative text", name)
			}
		case "meta":
			switch attr["name"] {
			case "description":
				p.describe = attr["content"]
			case "robots":
				p.noindex = strings.Contains(attr["content"], "noindex")
			}
		case "link":
			if attr["rel"] == "canonical" {
				p.canonical = attr["href"]
			}
		}
	}
	return p
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// unlisted reports whether a page is not for search results: an application, and what follows the
// first question of a course's eligibility.
func unlisted(file string) bool {
	return strings.HasSuffix(file, "/apply/index.html") || strings.Contains(file, "/eligibility/") &&
		!strings.HasSuffix(file, "/eligibility/index.html")
}

// TestContent builds the hub of this repository at several instants and crawls it: each link and
// anchor leads to something on the site, independently of the generator's own check.
func TestContent(t *testing.T) {
	for name, at := range instants {
		t.Run(name, func(t *testing.T) {
			s, out := buildContent(t, at)
			pages := map[string]seen{}
			for file, data := range out {
				if strings.HasSuffix(file, ".html") {
					pages[file] = see(t, file, data)
				}
			}
			titles, reached := map[string]string{}, map[string]bool{}
			for file, p := range pages {
				if p.lang != "en-GB" {
					t.Errorf("%s: the language is %q", file, p.lang)
				}
				if len(p.headings) != 1 || p.headings[0] == "" {
					t.Errorf("%s: main headings %q, want one", file, p.headings)
				}
				if len(p.titles) != 1 || p.titles[0] == "" {
					t.Errorf("%s: titles %q, want one", file, p.titles)
				} else if other := titles[p.titles[0]]; other != "" {
					t.Errorf("%s and %s have the same title %q", file, other, p.titles[0])
				} else {
					titles[p.titles[0]] = file
				}
				application := unlisted(file)
				if n := utf8.RuneCountInString(p.describe); n == 0 || !application &&
					(n < describeLeast || n > describeMost) {
					t.Errorf("%s: the description has %d characters", file, n)
				}
				if p.noindex != application {
					t.Errorf("%s: noindex: %v", file, p.noindex)
				}
				if want := s.Hub.BaseURL + "/" + strings.TrimSuffix(file, "index.html"); file == "404.html" &&
					p.canonical != "" || file != "404.html" && p.canonical != want {
					t.Errorf("%s: the canonical address is %q", file, p.canonical)
				}
				if ids := slices.Sorted(slices.Values(p.ids)); len(slices.Compact(ids)) != len(p.ids) {
					t.Errorf("%s: an id occurs twice: %q", file, p.ids)
				}
				from, err := url.Parse(s.Hub.BaseURL + "/" + file)
				if err != nil {
					t.Fatal(err)
				}
				for _, link := range p.links {
					to, err := from.Parse(link)
					if err != nil {
						t.Errorf("%s: %q: %v", file, link, err)
						continue
					}
					if to.Host != from.Host || to.Scheme != from.Scheme || strings.HasPrefix(to.Path, "/apply/") || strings.HasPrefix(to.Path, "/mentoring/ask/") || strings.HasPrefix(to.Path, "/mentoring/mentor/") ||
						to.Path == "/status/link" || to.Path == "/mentoring/request/link" || to.Path == "/mentoring/sign-in" {
						continue
					}
					target := strings.TrimPrefix(to.Path, "/")
					if target == "" || strings.HasSuffix(target, "/") {
						target += "index.html"
					}
					if _, ok := out[target]; !ok {
						t.Errorf("%s: the link %q leads nowhere", file, link)
					} else if to.Fragment != "" && !slices.Contains(pages[target].ids, to.Fragment) {
						t.Errorf("%s: the link %q leads to no place on its page", file, link)
					}
					if target != file {
						reached[target] = true
					}
				}
			}
			for file := range pages {
				// No page links to the "not found" page, the one that CloudFront shows when there
				// is no answer, or a form that is not open.
				if file == "404.html" || file == "problem/index.html" || strings.HasSuffix(file, "/apply/index.html") {
					continue
				}
				if file != "index.html" && !reached[file] {
					t.Errorf("no page leads to %s", file)
				}
			}
			for _, c := range s.Programme.Courses {
				if got, want := reached["courses/"+c.ID+"/apply/index.html"], c.Accepts(at); got != want {
					t.Errorf("a page leads to the form of %s: %v, want %v", c.ID, got, want)
				}
			}
		})
	}
}

// TestStyle: the stylesheet has the rules that pages use and no others, and loads nothing from
// other sites.
func TestStyle(t *testing.T) {
	whole, err := os.ReadFile("../node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css")
	if err != nil {
		t.Fatal(err)
	}
	class := regexp.MustCompile(`\.([a-zA-Z][\w-]*)`)
	styled, kept := map[string]bool{}, map[string]bool{}
	for _, m := range class.FindAllSubmatch(whole, -1) {
		styled[string(m[1])] = true
	}
	_, out := buildContent(t, instants["between"])
	for file, data := range out {
		if path.Ext(file) == ".css" {
			for _, m := range class.FindAllSubmatch(data, -1) {
				kept[string(m[1])] = true
			}
			for _, foreign := range []string{"http:", "https:", "url(/", "@font-face", "@import", "Frutiger"} {
				if bytes.Contains(data, []byte(foreign)) {
					t.Errorf("the stylesheet has %q in it", foreign)
				}
			}
			if len(data) > len(whole)/2 {
				t.Errorf("the stylesheet has %d bytes of %d: it was not cut", len(data), len(whole))
			}
		}
	}
	for file, data := range out {
		if path.Ext(file) != ".html" {
			continue
		}
		for _, c := range see(t, file, data).classes {
			if styled[c] && !kept[c] {
				t.Errorf("%s has the class %s, whose rules were cut", file, c)
			}
		}
	}
}

func TestSitemap(t *testing.T) {
	s, out := buildContent(t, instants["open"])
	var sitemap struct {
		URL []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal(out["sitemap.xml"], &sitemap); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range sitemap.URL {
		got = append(got, u.Loc)
	}
	if len(got) == 0 || got[0] != s.Hub.BaseURL+"/" {
		t.Errorf("the sitemap does not begin with the home page: %q", got)
	}
	var want []string
	for file := range out {
		if path.Base(file) == "index.html" && !unlisted(file) && file != "problem/index.html" {
			want = append(want, s.Hub.BaseURL+"/"+strings.TrimSuffix(file, "index.html"))
		}
	}
	if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if !strings.Contains(string(out["robots.txt"]), "Sitemap: "+s.Hub.BaseURL+"/sitemap.xml\n") {
		t.Errorf("robots.txt does not name the sitemap: %s", out["robots.txt"])
	}
}
