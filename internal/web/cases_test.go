package web_test

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
)

// TestCases runs the stories in testdata/cases: requests as a browser sends them, and the expected
// answers. testdata/cases/README.md says how to write them.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &story{t: t, hub: newHub(t), browsers: map[string]*browser{}, kept: map[string]string{}}
			s.as("somebody")
			line := 1
			for block := range strings.SplitSeq(string(text), "\n\n") {
				s.step(fmt.Sprintf("%s:%d", file, line), block)
				line += strings.Count(block, "\n") + 2
			}
		})
	}
}

// A story is a file of cases that is being run.
type story struct {
	t        *testing.T
	hub      *hub
	at       string // file and line of the step
	who      *browser
	browsers map[string]*browser
	kept     map[string]string // by name; {name} in a step stands for it
}

func (s *story) as(name string) {
	if s.browsers[name] == nil {
		b := s.hub.browser()
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		s.browsers[name] = b
	}
	s.who = s.browsers[name]
}

// following lets the browser follow redirects while f fills in pages.
func (s *story) following(f func(*browser)) {
	stop := s.who.client.CheckRedirect
	s.who.client.CheckRedirect = nil
	f(s.who)
	s.who.client.CheckRedirect = stop
}

var inBraces = regexp.MustCompile(`\{([a-z-]+)\}`)

func (s *story) fill(text string) string {
	return inBraces.ReplaceAllStringFunc(text, func(name string) string {
		if v, ok := s.kept[strings.Trim(name, "{}")]; ok {
			return v
		}
		s.t.Fatalf("%s: nothing was kept as %s", s.at, name)
		return ""
	})
}

// step does what the first line of a block says, with the lines below it.
func (s *story) step(at, block string) {
	s.t.Helper()
	s.at = at
	var lines []string
	for line := range strings.SplitSeq(block, "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, s.fill(line))
		}
	}
	if len(lines) == 0 {
		return
	}
	verb, rest, _ := strings.Cut(lines[0], " ")
	var head http.Header
	status, path, body := 0, rest, ""
	switch verb {
	case "at":
		now, err := time.ParseInLocation("2006-01-02 15:04", rest, course.London)
		if err != nil {
			s.t.Fatalf("%s: %v", at, err)
		}
		s.hub.set(now)
	case "as":
		s.as(rest)
	case "fills":
		s.following(func(b *browser) { b.through(s.form(rest)) })
	case "applies":
		def := s.form(rest)
		s.following(func(b *browser) {
			b.through(def).post("/apply/"+def.ID+"/declarations", signed(def)).want(200, "/apply/"+def.ID+"/sent")
			s.kept["ref"] = reference.FindString(b.body)
		})
	case "signs-in":
		s.following(func(b *browser) { b.post(b.signInMail(rest, ""), nil).want(200, "/review/") })
	case "letter":
		body = s.letter(rest)
	case "GET", "POST", "HEAD", "PUT", "DELETE":
		status, head, body = s.request(verb, rest, lines[1:])
	default:
		s.t.Fatalf("%s: there is no step %q", at, verb)
	}
	for _, line := range lines[1:] {
		if want, ok := strings.CutPrefix(line, "< "); ok {
			s.expect(want, path, status, head, body)
		}
	}
}

func (s *story) form(id string) *form.Definition {
	def := s.hub.desk.Programme.Forms[id]
	if def == nil {
		s.t.Fatalf("%s: there is no form %q", s.at, id)
	}
	return def
}

// letter is the text of the last letter to an address; its link is kept.
func (s *story) letter(to string) string {
	s.hub.deliver()
	for i := len(s.hub.mail) - 1; i >= 0; i-- {
		m := s.hub.mail[i]
		if m.To != to {
			continue
		}
		if _, link, ok := strings.Cut(m.Text, s.hub.server.URL); ok {
			s.kept["link"] = strings.Fields(link)[0]
		}
		return m.Subject + "\n\n" + m.Text
	}
	s.t.Fatalf("%s: no letter to %s", s.at, to)
	return ""
}

var (
	headerLine = regexp.MustCompile(`^([A-Z][A-Za-z-]*): ?(.*)$`)
	fieldLine  = regexp.MustCompile(`^([a-z0-9-]+)=(.*)$`)
)

// request sends a request with the headers and fields of the lines.
func (s *story) request(method, path string, lines []string) (int, http.Header, string) {
	s.t.Helper()
	fields, raw := url.Values{}, ""
	head := http.Header{}
	if method == "POST" {
		head.Set("Content-Type", "application/x-www-form-urlencoded")
		head.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, line := range lines {
		if h := headerLine.FindStringSubmatch(line); h != nil {
			head.Set(h[1], h[2])
		} else if f := fieldLine.FindStringSubmatch(line); f != nil {
			fields.Set(f[1], strings.ReplaceAll(f[2], `\n`, "\r\n"))
		} else if line == "..." {
			for name, text := range s.answers(path) {
				if !fields.Has(name) {
					fields.Set(name, text)
				}
			}
		} else if line == "hidden" {
			for _, m := range hidden.FindAllStringSubmatch(s.who.body, -1) {
				fields.Set(m[1], html.UnescapeString(m[2]))
			}
		} else if body, ok := strings.CutPrefix(line, "body "); ok {
			raw = body
		} else if !strings.HasPrefix(line, "< ") {
			s.t.Fatalf("%s: what is %q?", s.at, line)
		}
	}
	r, err := http.NewRequest(method, s.hub.server.URL+path, strings.NewReader(cmp.Or(raw, fields.Encode())))
	if err != nil {
		s.t.Fatalf("%s: %v", s.at, err)
	}
	r.Header = head
	resp, err := s.who.client.Do(r)
	if err != nil {
		s.t.Fatalf("%s: %v", s.at, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatalf("%s: %v", s.at, err)
	}
	s.who.body = string(body)
	// What every answer has.
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
	} {
		if got := resp.Header.Get(name); got != want {
			s.t.Errorf("%s: %s: %q, want %q", s.at, name, got, want)
		}
	}
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; ") {
		s.t.Errorf("%s: Content-Security-Policy: %q", s.at, policy)
	}
	return resp.StatusCode, resp.Header, string(body)
}

// answers are accepted answers to an address's section, or declarations, all confirmed and signed.
func (s *story) answers(path string) form.Values {
	part := strings.Split(strings.TrimPrefix(path, "/apply/"), "/")
	if len(part) < 2 {
		s.t.Fatalf("%s: %s is no section", s.at, path)
	}
	def := s.form(part[0])
	switch id, _, _ := strings.Cut(part[1], "?"); id {
	case "start":
		return good(&def.Sections[0])
	case "declarations":
		return signed(def)
	default:
		section, _ := def.Section(id)
		if section == nil {
			s.t.Fatalf("%s: there is no section %q", s.at, id)
		}
		return good(section)
	}
}

// expect checks one line of what the case expects.
func (s *story) expect(want, path string, status int, head http.Header, body string) {
	s.t.Helper()
	verb, rest, _ := strings.Cut(want, " ")
	page := text(body)
	fault := func(format string, args ...any) {
		s.t.Helper()
		s.t.Errorf("%s: %s: %s; it says:\n%s", s.at, path, fmt.Sprintf(format, args...), page)
	}
	switch {
	case verb == "says":
		if !strings.Contains(page, rest) {
			fault("it does not say %q", rest)
		}
	case verb == "never":
		if strings.Contains(body, rest) {
			fault("it has %q", rest)
		}
	case verb == "has":
		if !strings.Contains(body, rest) {
			fault("it does not have %q", rest)
		}
	case verb == "title":
		if want := "<title>" + rest; !strings.Contains(body, want) {
			fault("its title does not begin with %q", rest)
		}
	case verb == "keep":
		name, pattern, _ := strings.Cut(rest, " ")
		found := regexp.MustCompile(pattern).FindStringSubmatch(body + head.Get("Location"))
		if found == nil {
			s.t.Fatalf("%s: nothing matches %s in\n%s", s.at, pattern, page)
		}
		s.kept[name] = found[len(found)-1]
	case strings.HasSuffix(verb, ":"):
		name := strings.TrimSuffix(verb, ":")
		got := strings.Join(head.Values(name), " | ")
		if pattern, ok := strings.CutPrefix(rest, "~ "); ok {
			if !regexp.MustCompile(pattern).MatchString(got) {
				fault("%s: %q does not match %s", name, got, pattern)
			}
		} else if got != rest {
			fault("%s: %q, want %q", name, got, rest)
		}
	default:
		code, to, _ := strings.Cut(want, " ")
		if fmt.Sprint(status) != code {
			s.t.Fatalf("%s: %s: status %d, want %s; it says:\n%s", s.at, path, status, code, page)
		}
		if to != "" && !regexp.MustCompile("^"+to+"$").MatchString(head.Get("Location")) {
			fault("it leads to %q, want %s", head.Get("Location"), to)
		}
	}
}

var requestBlock = regexp.MustCompile(`(?m)^(GET|POST|HEAD|PUT|DELETE) .*(\n.+)*`)

// TestCasesAreWritten: each request of the cases expects a status.
func TestCasesAreWritten(t *testing.T) {
	files, _ := filepath.Glob("testdata/cases/*.txt")
	requests := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range requestBlock.FindAllString(string(text), -1) {
			if requests++; !regexp.MustCompile(`\n< [1-5][0-9][0-9]`).MatchString(block) {
				t.Errorf("%s: this request expects no status:\n%s", file, block)
			}
		}
	}
	if requests < 40 {
		t.Errorf("%d requests, want 40 or more", requests)
	}
}
