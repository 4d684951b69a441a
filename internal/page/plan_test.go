package page

import (
	"bytes"
	"fmt"
	"html/template"
	"reflect"
	"slices"
	"testing"
)

// Left are the templates that the Renderer's plans left to html/template.
func (r *Renderer) Left() (names []string) {
	for name, p := range r.plans.all {
		if p.fails.Load() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// hostile are texts that some place has to escape, and some that only look like it.
var hostile = []string{"", "plain", "a b", `"><script>alert('x')</script>`, "&amp;", "a+b", "javascript:alert(1)", "JavaScript:x",
	"https://example.org/?a=b&c", "mailto:a@example.org", "/a/b#c", "//example.org", "a:b", "%2f", "%zz", "a\x00b", foreign,
	"é", "\xff", "\ufdd0", "{{.}}", "</title>", "<!--", "data:text/html,x", " javascript:x", "x\njavascript:x", "\\", "`"}

type (
	word   string
	shout  string
	number int
)

func (s shout) String() string { return "<" + string(s) + "!>" }

// TestPlaces: in each place a value is written as html/template writes it.
func TestPlaces(t *testing.T) {
	var values []any
	for _, text := range hostile {
		values = append(values, text, &text, word(text), shout(text), template.HTML(text), template.JS(text), template.URL(text),
			template.HTMLAttr(text), []string{text}, map[string]string{"a": text})
	}
	values = append(values, 0, -12, 1<<40, number(-3), 2.5, true, struct{ A string }{"<"})
	if len(places()) != 7 {
		t.Errorf("%d places are known, want 7", len(places()))
	}
	for chain, p := range places() {
		for _, v := range values {
			var want, got bytes.Buffer
			if err := p.sample.Execute(&want, v); err != nil {
				t.Fatal(err)
			}
			got.WriteString("before")
			p.write(&got, reflect.ValueOf(&v).Elem())
			if want := "before" + want.String()[p.before:want.Len()-p.after]; got.String() != want {
				t.Errorf("%s: %#v is %q, want %q", chain, v, got.String(), want)
			}
		}
	}
}

type node struct {
	Text  string
	Under []node
	Next  *node
	Any   any
	leaf
}

type leaf struct{ Deep string }

func (n node) Shout() string   { return n.Text + "!" }
func (n *node) Whisper() shout { return shout(n.Text) }
func (n node) Fail() (string, error) {
	if n.Text == "" {
		return "", fmt.Errorf("no text")
	}
	return n.Text, nil
}

// TestPlan: a plan writes exactly what html/template writes, including its mistakes, and leaves
// nothing to html/template that it can draw.
func TestPlan(t *testing.T) {
	deep := node{Text: "<root>", Any: 7, leaf: leaf{"deep"}, Next: &node{Text: "next"},
		Under: []node{{Text: "a", Under: []node{{Text: "b&"}}}, {}}}
	for _, c := range []struct {
		text string
		left bool
	}{
		{`<p class="{{.Text}}">{{.Text}}, {{.Deep}}, {{.Shout}}, {{.Any}}, {{.Next.Text}}</p>`, false},
		{`{{.Whisper}} {{.Next.Whisper}}`, false},
		{`{{range .Under}}{{.Text}}{{range .Under}}<i>{{.Text}}</i>{{else}}none{{end}}{{end}}`, false},
		{`{{range $i, $n := .Under}}{{if $i}}, {{end}}{{$n.Text}}{{$.Text}}{{end}}`, false},
		{`{{range $n := .Under}}{{$x := $n.Text}}{{with $x}}{{.}}{{else}}empty{{end}}{{end}}`, false},
		{`{{with .Next}}{{.Text}}{{with .Next}}{{.Text}}{{else}}no next{{end}}{{end}}`, false},
		{`{{if and .Text (not .Under)}}x{{else if eq .Deep "deep"}}y{{else}}z{{end}}{{if ne 1 (len .Under)}}w{{end}}{{if gt (len .Under) 1}}v{{end}}`, false},
		{`{{define "still"}}still{{with .}}{{.}}{{end}}{{end}}{{template "still"}}`, false},
		{`{{$t := or .Next.Next .Next}}{{$t.Text}}{{(index .Under 1).Text}}{{count (len .Under) "item" "items"}}`, false},
		{`{{define "part"}}{{.Text}}{{range .Under}}{{template "part" .}}{{end}}{{end}}{{template "part" .}}`, false},
		{`<script type="application/ld+json">{{.Any}}</script><a href="/x/{{.Text}}">{{.Text}}</a>`, false},
		{`{{if .Any}}{{.Any}}{{end}}`, false},
		{`{{printf "%q" .Text}}`, true},
		{`{{.Text | print}}`, true},
		{`{{.Fail}}{{.Next.Fail}}`, true},
		{`{{$x := 1}}{{range .Under}}{{$x = 2}}{{end}}{{$x}}`, true},
		{`{{range .Under}}{{break}}{{end}}`, true},
		{`<p {{.Text}}>`, true},
		{`{{.Next.Next.Text}}`, true},
		{`{{.Missing}}`, true},
		{`{{index .Under 9}}`, true},
		{`<style>p { color: {{.Deep}} }</style>`, true},
	} {
		tmpl := template.Must(template.New("x").Funcs(functions).Parse(c.text))
		if err := escape(tmpl, "x"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			var want, got bytes.Buffer
			wrong := tmpl.ExecuteTemplate(&want, "x", &deep)
			r := &Renderer{plans: &plans{all: map[string]*plan{}}}
			got.WriteString("before")
			err := r.plans.draw(&got, tmpl, "x", &deep)
			if got.String() != "before"+want.String() || fmt.Sprint(err) != fmt.Sprint(wrong) {
				t.Errorf("%s is %q (%v), want %q (%v)", c.text, got.String(), err, want.String(), wrong)
			}
			if left := r.Left(); (len(left) > 0) != c.left {
				t.Errorf("%s: left to html/template: %v", c.text, left)
			}
		}
	}
}
