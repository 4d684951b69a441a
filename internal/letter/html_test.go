package letter

import (
	"strings"
	"testing"

	"traininghub/internal/record"
)

const asked = `Thank you. We have your application.

Reference: {{reference}}
Name: {{applicant.name}}

## What happens next

{{next}}

Left out: {{nothing}}

See where it stands:

{{link}}

{{typed}}

You get:

- a certificate
- {{course.charge}}, if {{applicant.name}} comes

The course: {{course-page}}

{{course-page}}

Email {{hub.email}} with questions.

{{hub.name}}
{{hub.base_url}}`

func asks(hostile string) map[string]string {
	return map[string]string{
		"reference": "CC-2C2C-2C2C", "applicant.name": hostile, "next": "1. We read it.\n2. You get an answer.",
		"link": "https://hub.example.org/status/CC-2C2C-2C2C.a_-b", "typed": hostile + "\n\n- one\n- two\n## no heading",
		"course.charge": "£500", "course-page": "https://hub.example.org/courses/x/",
	}
}

func hub(name string) (string, bool) {
	v, ok := map[string]string{"name": "Hub", "organisation": "Example Trust", "email": "hub@example.org",
		"base_url": "https://hub.example.org"}[name]
	return v, ok
}

// TestPage: the text stays as it was, and the page says the same. What was typed is plain text in
// both.
func TestPage(t *testing.T) {
	const hostile = `<img src=https://evil.example/x> & "Siân" https://evil.example/ evil@evil.example {{link}}`
	var m record.Message
	letter := &Template{Subject: "About {{reference}}", Button: "See it", Text: asked}
	fields := asks(hostile)
	letter.Write(&m, With(hub, fields))
	for _, want := range []string{
		"\n\nWhat happens next:\n\n1. We read it.\n2. You get", "Name: " + hostile + "\n", "\n\nHub\nhttps://hub.example.org\n",
	} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("%q is not in the text:\n%s", want, m.Text)
		}
	}
	if strings.Contains(m.Text, "Left out") || strings.Contains(m.Text, "Hello") {
		t.Errorf("the text has too much:\n%s", m.Text)
	}
	for _, want := range []string{
		"<title>About CC-2C2C-2C2C</title>", ">Hello</p>", ">What happens next</h2>",
		">We read it.</li>", ">one</li>", ">a certificate</li>", "<br>\nName: &lt;img",
		`<a href="https://hub.example.org/status/CC-2C2C-2C2C.a_-b" style="color:#ffffff;`, ">See it</a>",
		`href="https://hub.example.org/courses/x/"`, `href="mailto:hub@example.org"`,
		"Example Trust<br>\nHub<br>\n<a ",
	} {
		if !strings.Contains(m.HTML, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	for _, never := range []string{
		"<img", "<script", "<link", "url(", `href="https://evil`, "mailto:evil", "?subject", "Left out",
	} {
		if strings.Contains(m.HTML, never) {
			t.Errorf("%q is in the page:\n%s", never, m.HTML)
		}
	}
	if n := strings.Count(m.HTML, ">See it</a>"); n != 1 {
		t.Errorf("%d buttons", n)
	}
	if len(m.HTML) > 8000 {
		t.Errorf("the page has %d bytes", len(m.HTML))
	}
}

// TestGreeting: a letter greets by name only if the story says so, whatever the name is.
func TestGreeting(t *testing.T) {
	var m record.Message
	fields := asks("x")
	fields[Greeting] = "Siân <b>\nGruffudd"
	letter := &Template{Subject: "x", Text: asked}
	letter.Write(&m, With(hub, fields))
	if !strings.Contains(m.HTML, ">Hello Siân &lt;b&gt; Gruffudd</p>") || strings.Contains(m.Text, "Gruffudd") {
		t.Errorf("greets with\n%s", m.HTML)
	}
	if !strings.Contains(m.HTML, ">"+DefaultButton+"</a>") {
		t.Error("a letter that names no button has none")
	}
}
