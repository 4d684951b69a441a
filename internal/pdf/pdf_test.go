package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"traininghub/internal/document"
	"traininghub/internal/form"
)

// As a separate process, the test program prints what it draws; see TestSameBytes.
func TestMain(m *testing.M) {
	if os.Getenv("PDF_TEST_PRINT") != "" {
		pdf, err := Render(mentors())
		fmt.Printf("%x %v", sha256.Sum256(pdf), err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func fixtures() map[string]*document.Document {
	return map[string]*document.Document{"shortest": shortest(), "careers": careers(), "mentors": mentors(),
		"longest": longest(), "decided": decided(), "withdrawn": withdrawn()}
}

// Every question, answer and declaration is there, whole, in the order in which a person reads it.
func TestReadingOrder(t *testing.T) {
	for name, d := range fixtures() {
		t.Run(name, func(t *testing.T) {
			text := textOf(t, d)
			for _, want := range expected(d) {
				w := squeeze(want)
				i := strings.Index(text, w)
				if i < 0 {
					t.Fatalf("missing, or not at its position: %q\nwhat follows there: %.200q", want, text)
				}
				text = text[i+len(w):]
			}
		})
	}
}

// expected is what a reader of d finds, in order.
func expected(d *document.Document) []string {
	var want []string
	add := func(s ...string) { want = append(want, s...) }
	answers := func(items []document.Item) {
		for _, it := range items {
			add(it.Question, it.Answer)
			if it.Answer == "" {
				add("Not provided")
			}
		}
	}
	add(d.Title)
	for _, x := range d.Head {
		if x.Value != "" {
			add(x.Label, x.Value)
		}
	}
	if len(d.Check.Lines) > 0 {
		add(d.Check.Title)
		add(d.Check.Lines...)
	}
	for _, s := range d.Sections {
		add(s.Title)
		add(s.Text...)
		answers(s.Items)
		if s.ID == "qualifications" {
			add(s.Heads...)
			if len(s.Rows) == 0 {
				add("None given")
			}
			for _, row := range s.Rows {
				for _, it := range row {
					add(it.Answer)
					if it.Answer == "" {
						add("Not provided")
					}
				}
			}
			continue
		}
		for i, row := range s.Rows {
			if len(s.Rows) > 1 {
				add(fmt.Sprintf("Reference %d", i+1))
			}
			answers(row)
		}
	}
	add("Declarations")
	for _, x := range d.Declarations {
		add(x.Text)
	}
	add("Confirmed at 2:05pm on Friday 1 October 2021") // once, since all were at one time
	for _, x := range d.Signatures {
		add(x.Label, x.Name, "Signed at", "2:05pm on Friday 1 October 2021")
	}
	add(d.Next...)
	add(d.Notes...)
	for _, p := range d.Parts {
		add(p.Title)
		add(p.Intro...)
		add(p.Statement)
		add(p.State)
		answers(p.Items)
		for _, b := range p.Blanks {
			add(b.Label)
			add(b.Options...)
		}
	}
	return want
}

// textOf is the text that poppler finds, without spaces, since lines and pages may end anywhere.
// The head and foot of each page are checked and left out.
func textOf(t *testing.T, d *document.Document) string {
	t.Helper()
	file := drawFile(t, d)
	pages := strings.Split(strings.TrimSuffix(run(t, "poppler-utils", "pdftotext", "-raw", file, "-"), "\f"), "\f")
	var b strings.Builder
	for i, page := range pages {
		reference := ""
		if d.Reference != "" {
			reference = "Reference " + d.Reference
		}
		head := squeeze(fmt.Sprintf("%s%s%sPage %d of %d", d.Title, reference, d.Issuer, i+1, len(pages)))
		rest, ok := strings.CutPrefix(squeeze(page), head)
		if !ok {
			t.Errorf("page %d begins with %.150q, want %q", i+1, squeeze(page), head)
		}
		b.WriteString(rest)
	}
	return b.String()
}

// drawFile is the file of d, checked by qpdf.
func drawFile(t *testing.T, d *document.Document) string {
	t.Helper()
	pdf, err := Render(d)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "application.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := run(t, "qpdf", "qpdf", "--check", file); !strings.Contains(out, "No syntax or stream encoding") {
		t.Errorf("qpdf: %s", out)
	}
	return file
}

func run(t testing.TB, debian, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%s is not installed (apt-get install %s)", program, debian)
	}
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return string(out)
}

// squeeze drops spaces, and the marks of direction that poppler adds.
func squeeze(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || 0x202a <= r && r <= 0x202e
	}), "")
}

// The file's properties say what it is and nothing about who applied.
func TestProperties(t *testing.T) {
	d := careers()
	info := run(t, "poppler-utils", "pdfinfo", "-isodates", drawFile(t, d))
	for key, want := range map[string]string{
		"Title":        "Apply for Career Conversation Training CC-7KMQ-4WXP",
		"Page size":    "595.28 x 841.89 pts (A4)",
		"CreationDate": "2021-10-01T13:05:00Z",
		"ModDate":      "2021-10-01T13:05:00Z",
	} {
		if !regexp.MustCompile(`(?m)^` + key + `:\s+` + regexp.QuoteMeta(want) + `$`).MatchString(info) {
			t.Errorf("%s is not %q in\n%s", key, want, info)
		}
	}
	for _, personal := range []string{d.Signatures[0].Name, "sian@example.org", "Author", "Subject", "Keywords"} {
		if strings.Contains(info, personal) {
			t.Errorf("the properties have %q:\n%s", personal, info)
		}
	}
}

func TestSameBytes(t *testing.T) {
	first, err := Render(mentors())
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := Render(mentors()); !bytes.Equal(first, again) {
		t.Error("the second rendering differs")
	}
	d := mentors()
	tokyo := time.FixedZone("Tokyo", 9*60*60)
	d.Made, d.Signatures[0].At = d.Made.In(tokyo), d.Signatures[0].At.In(tokyo)
	for i := range d.Declarations {
		d.Declarations[i].At = d.Declarations[i].At.In(tokyo)
	}
	if again, _ := Render(d); !bytes.Equal(first, again) {
		t.Error("times in another zone give another file")
	}
	for _, zone := range []string{"Asia/Tokyo", "America/New_York", "Europe/London"} {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "PDF_TEST_PRINT=1", "TZ="+zone)
		out, err := c.Output()
		if want := fmt.Sprintf("%x <nil>", sha256.Sum256(first)); err != nil || string(out) != want {
			t.Errorf("TZ=%s: got %s, %v; want %s", zone, out, err, want)
		}
	}
}

func TestConcurrently(t *testing.T) {
	want, err := Render(careers())
	if err != nil {
		t.Fatal(err)
	}
	shared := careers()
	var g sync.WaitGroup
	for range 8 {
		g.Go(func() {
			for range 3 {
				if got, err := Render(shared); err != nil || !bytes.Equal(got, want) {
					t.Errorf("differs from the one drawn alone, err %v", err)
				}
			}
		})
	}
	g.Wait()
}

var hostile = []string{
	"", " ", "\n", "\n\n\n",
	"😀", "I 👩🏽‍⚕️ conversations", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\U00010000", "\U0010ffff", "𝒜𝓃𝓃", "𠮷田",
	"cut \xe2\x82", "cut \xc3", "cut \xf0\x9f\x98", "over \xc0\xaf", "surrogate \xed\xa0\x80", "lone \xff\xfe",
	"\x00\x01\x02\x1b[31m\x7f\u0080\u009f", "bell\abackspace\b", "a\rb\r\nc\vd\fe\u0085f\u2028g\u2029h", "tab\tstop",
	") Tj ET", "(((", `\`, `\)\(\`, "endstream\nendobj", "%%EOF\n%PDF-1.7", "BT /F1 12 Tf (x) Tj ET",
	"<< /Type /Catalog >>", "EMC BDC Q Q Q",
	"{nb}", "{nb} of {nb}", "%s%d%n%!v(MISSING)", "{{.Reference}}",
	"\u202eright to left", "\u2066isolated\u2069 \u200b\u200d\u2060\ufeff\u00ad", "שלום עולם", "مرحبا بالعالم",
	"हिन्दी", "ภาษาไทย", "中文字符", "日本語", "한국어", "ﬁ ﷺ \ufffd \ufffe \uffff \ue000",
	"a" + strings.Repeat("\u0301", 300), strings.Repeat("\u0323\u0302", 300), "Z" + strings.Repeat("\u0338\u20dd", 20),
	strings.Repeat("W", 100_000), strings.Repeat("-", 5_000), strings.Repeat("/ ", 5_000),
	strings.Repeat("\n", 3_000) + "x" + strings.Repeat("\n", 3_000) + "y", strings.Repeat("x\n", 20_000),
	strings.Repeat(" ", 50_000), strings.Repeat("words and ", 5_000),
	strings.Repeat("□", 2_000), strings.Repeat("😀", 2_000),
}

// fill puts s into every reachable string, so that fields added later are tested, too.
func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.Pointer:
		fill(v.Elem(), s)
	case reflect.Struct:
		for i := range v.NumField() {
			// A kind is one of a few words of ours, and decides how the rest is drawn.
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Kind" {
				fill(v.Field(i), s)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), s)
		}
	case reflect.String:
		v.SetString(s)
	}
}

// overrun is an ordinary application with all its text replaced with s.
func overrun(s string) *document.Document {
	d := mentors()
	fill(reflect.ValueOf(d), s)
	return d
}

func TestHostileText(t *testing.T) {
	for _, s := range hostile {
		t.Run(strconv.QuoteToASCII(s[:min(len(s), 20)]), func(t *testing.T) {
			t.Parallel()
			pdf, err := os.ReadFile(drawFile(t, overrun(s)))
			if err != nil {
				t.Fatal(err)
			}
			if n := inspect(t, pdf).pages; n > maxPages {
				t.Errorf("%d pages", n)
			}
			for i, sheet := range laidOut(overrun(s)) {
				if err := tidy(sheet); err != nil {
					t.Errorf("page %d: %.200s", i+1, err)
				}
			}
			// In a single answer, it leaves all others unchanged.
			d := careers()
			d.Sections[3].Items[0].Answer = s
			text := textOf(t, d)
			for _, want := range []string{d.Sections[3].Items[1].Answer, d.Declarations[2].Text,
				"For completion by the STP"} {
				if !strings.Contains(text, squeeze(want)) {
					t.Errorf("%q is missing", want)
				}
			}
		})
	}
}

// The Big List of Naughty Strings, each in every field at once, and all of them in every field.
func TestNaughtyStrings(t *testing.T) {
	var list []string
	if err := json.Unmarshal([]byte(run(t, "nodejs", "node", "-p", "JSON.stringify(require('blns'))")),
		&list); err != nil || len(list) < 400 {
		t.Fatalf("%d strings, %v", len(list), err)
	}
	for _, s := range append(list, strings.Join(list, "\n")) {
		pdf, err := Render(overrun(s))
		if err != nil {
			t.Errorf("%.50q: %v", s, err)
			continue
		}
		if n := inspect(t, pdf).pages; n > maxPages {
			t.Errorf("%.50q: %d pages", s, n)
		}
		if t.Failed() {
			t.Fatalf("%.50q", s)
		}
	}
}

// Whatever is typed, a document takes at most 50 MB of memory; benchmarks measure the time.
func TestMemory(t *testing.T) {
	words := strings.Repeat("naïve ", 2000/6)
	for name, d := range map[string]*document.Document{"at the limits": longest(), "full of words": overrun(words),
		"full of lines": overrun(strings.Repeat("x\n", 1000)), "one word": overrun(strings.Repeat("W", 100_000))} {
		mustDraw(t, d) // the fonts are read once, and kept
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		mustDraw(t, d)
		runtime.ReadMemStats(&after)
		if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 50 {
			t.Errorf("%s: %d MB", name, mb)
		} else {
			t.Logf("%s: %d MB", name, mb)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range hostile {
		if len(s) <= 2_000 {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		pdf, err := Render(overrun(s))
		if err != nil {
			t.Fatal(err)
		}
		if n := inspect(t, pdf).pages; n < 1 || n > maxPages {
			t.Fatalf("%d pages", n)
		}
	})
}

func TestUnshownIsSaid(t *testing.T) {
	for _, c := range []struct{ answer, shown, said string }{
		{"Thanks 🧬", "Thanks □", "1 character could not be shown"},
		{"中文", "□□", "2 characters could not be shown"},
		{"Thanks 😀 ✓ Հայերեն ქართული", "Thanks 😀 ✓ Հայերեն ქართული", ""},
		{"שלום", "שלום", ""},
		{"محمد علي", "محمد علي", ""},
		{"e" + strings.Repeat("\u0301", 10), "é", "6 characters could not be shown"},
		{"\u200bplain\u200d", "plain", ""},
	} {
		d := careers()
		d.Sections[3].Items[0].Answer = c.answer
		text := textOf(t, d)
		for word := range strings.FieldsSeq(c.shown) { // poppler gives the words of Hebrew and Arabic in the order of the page
			if !strings.Contains(text, word) {
				t.Errorf("%q: %q is not shown", c.answer, word)
			}
		}
		if strings.Contains(text, "couldnotbeshown") != (c.said != "") || !strings.Contains(text, squeeze(c.said)) {
			t.Errorf("%q: want the note %q", c.answer, c.said)
		}
	}
}

func TestCutIsSaid(t *testing.T) {
	d := careers()
	answer := &d.Sections[3].Items[0].Answer
	*answer = strings.Repeat("x\n", maxAnswerLines)
	if strings.Contains(textOf(t, d), squeeze(cutNote)) {
		t.Errorf("an answer of %d lines is cut", maxAnswerLines)
	}
	*answer += "y"
	if n := strings.Count(textOf(t, d), squeeze(cutNote)); n != 1 {
		t.Errorf("an answer of %d lines has %d notes, want 1", maxAnswerLines+1, n)
	}
	for range 10 {
		d.Sections = append(d.Sections,
			document.Section{Title: "More",
				Items: []document.Item{{Kind: form.LongText, Question: "Why?", Answer: *answer}}})
	}
	text := textOf(t, d)
	for _, want := range []string{cutNote, d.Declarations[0].Text, d.Signatures[0].Label, "For completion by the STP",
		"Signature of STP lead"} {
		if !strings.Contains(text, squeeze(want)) {
			t.Errorf("when the pages run out, %q is missing", want)
		}
	}
}

// A panic becomes an error that does not quote what was being drawn.
func TestPanic(t *testing.T) {
	pdf, err := guarded(func() ([]byte, error) { panic("index out of range in " + careers().Signatures[0].Name) })
	if pdf != nil || err == nil {
		t.Fatalf("got %d bytes, error %v", len(pdf), err)
	}
	if got := err.Error(); strings.Contains(got, "Siân") || !strings.Contains(got, "pdf.TestPanic") {
		t.Errorf("the error %q should name the place and quote nothing", got)
	}
	if _, err := Render(nil); err == nil {
		t.Error("no error for no document")
	}
}
