package pdf

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/document"
	"traininghub/internal/form"
)

var update = flag.Bool("update", false, "write testdata/golden anew; then look at what changed")

// smallForm has one question of each kind.
func smallForm() *document.Form {
	def := &form.Definition{
		ID: "small", Title: "Apply for Invented Training",
		Sections: []form.Section{
			{ID: "you", Title: "About you", Intro: []string{"Write clearly."}, Questions: []form.Question{
				{ID: "name", Kind: form.Text, Label: "Name", Hint: "As on the GMC register"},
				{ID: "email", Kind: form.Email, Label: "Email address"},
				{ID: "phone", Kind: form.Telephone, Label: "Telephone", Width: 20},
				{ID: "sessions", Kind: form.Number, Label: "Sessions a week", Width: 4},
				{ID: "born", Kind: form.Date, Label: "When did you join the practice?"},
				{ID: "list", Kind: form.YesNo, Label: "Are you on the list?"},
				{ID: "cohort", Kind: form.Cohort, Label: "Which cohort?", Options: []form.Option{
					{ID: "1", Label: "Cohort 1, starting Tuesday 2 November 2021, with two more workshops in the evening"}, {ID: "2", Label: "Cohort 2, starting Thursday 27 January 2022"},
				}},
				{ID: "why", Kind: form.LongText, Label: "Why do you apply?", Hint: "Do not include patient details"},
			}},
			{ID: "courses", Title: "Courses", Repeat: &form.Repeat{Item: "course", Items: "courses", Max: 20},
				Questions: []form.Question{
					{ID: "course", Kind: form.Text, Label: "Course"}, {ID: "when", Kind: form.Month, Label: "When was it?"},
				}},
		},
		Declarations: []form.Declaration{{ID: "true", Text: "All of this is true."},
			{ID: "charge", Text: "I will be charged £352.50 if I fail to attend any element of the course without a justifiable reason."}},
		Signature: form.Signature{Label: "Name of GP"},
		Parts:     []form.Part{asAsked(practicePart()), asAsked(stpPart())},
	}
	return onPaper(def, "Invented Training", "11:59pm on Friday 15 October 2021")
}

func asAsked(p document.Part) form.Part {
	return form.Part{ID: p.ID, Title: p.Title, Intro: p.Intro, Statement: p.Statement, Blanks: p.Blanks}
}

// onPaper is a form with a head like those of the site.
func onPaper(def *form.Definition, title, by string) *document.Form {
	return &document.Form{
		Definition: def, Issuer: "Example Coaching Associates",
		Head: []document.Line{
			{Label: "Course", Value: title}, {Label: "Training provider", Value: "Example Coaching Associates"},
			{Label: "Apply by", Value: by}, {Label: "Send the form to", Value: "courses@example.org"},
		},
		Intro: "Fill in this form on screen, or print it and write in black ink. If an answer needs more room, go on with it on another sheet. Do not include patient details in any answer.",
	}
}

// TestGolden compares each document with one that a person has looked at and accepted: its text,
// and a picture of each page.
func TestGolden(t *testing.T) {
	blank, err := Blank(smallForm())
	if err != nil {
		t.Fatal(err)
	}
	for name, pdf := range map[string][]byte{"shortest": mustDraw(t, shortest()), "typical": mustDraw(t, careers()),
		"longest": mustDraw(t, longest()), "decided": mustDraw(t, decided()), "blank": blank} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "x.pdf")
			if err := os.WriteFile(file, pdf, 0o600); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "golden", name)
			got := strings.ReplaceAll(run(t, "poppler-utils", "pdftotext", "-raw", file, "-"), "\f", "\n----\n")
			if said := run(t, "poppler-utils", "pdfinfo", "-struct-text", file); strings.Contains(said, "Error") ||
				strings.Contains(said, "Warning") {
				t.Errorf("poppler on the structure: %s", said)
			}
			said := run(t, "poppler-utils", "pdftoppm", "-r", "30", "-gray", "-png", file, filepath.Join(dir, "page"))
			if said != "" {
				t.Errorf("poppler: %s", said)
			}
			pictures, err := filepath.Glob(filepath.Join(dir, "page-*.png"))
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.RemoveAll(golden); err != nil {
					t.Fatal(err)
				}
				if err := os.MkdirAll(golden, 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(golden, "text.txt"), []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(filepath.Join(golden, "text.txt"))
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the text differs from what was accepted%s", advice)
				g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
				if i := slices.IndexFunc(w,
					func(s string) bool { return len(g) == 0 || !slices.Contains(g, s) }); i >= 0 {
					t.Errorf("for example, missing: %q", w[i])
				}
			}
			accepted, err := filepath.Glob(filepath.Join(golden, "*.png"))
			if err != nil || len(accepted) != len(pictures) && !*update {
				t.Errorf("%d pages, accepted were %d (%v)", len(pictures), len(accepted), err)
			}
			for i, picture := range pictures {
				page := filepath.Join(golden, fmt.Sprintf("%d.png", i+1))
				data, err := os.ReadFile(picture)
				if err != nil {
					t.Fatal(err)
				}
				if *update {
					if err := os.WriteFile(page, shrink(t, data), 0o666); err != nil {
						t.Fatal(err)
					}
				}
				accepted, err := os.ReadFile(page)
				if err != nil {
					t.Errorf("page %d: %v", i+1, err)
				} else if at := differ(t, data, accepted); at != "" {
					t.Errorf("page %d looks different at %s%s", i+1, at, advice)
				}
			}
		})
	}
}

const advice = "; go test ./internal/pdf -run Golden -update writes it anew: look at the pictures before you commit them"

func picture(t *testing.T, data []byte) *image.Gray {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	gray := image.NewGray(m.Bounds())
	draw.Draw(gray, gray.Rect, m, m.Bounds().Min, draw.Src)
	return gray
}

// shrink keeps 16 shades, which is enough to see and compare, and compresses well.
func shrink(t *testing.T, data []byte) []byte {
	m := picture(t, data)
	for i, v := range m.Pix {
		m.Pix[i] = v / 17 * 17
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// differ compares the darkness of squares of 8 by 8 points in two pictures, and says where the
// first difference is. Versions of poppler smooth letters a little differently.
func differ(t *testing.T, a, b []byte) string {
	t.Helper()
	p, q := picture(t, a), picture(t, b)
	if p.Bounds() != q.Bounds() {
		return "its size"
	}
	const side = 8
	for y := 0; y < p.Rect.Dy(); y += side {
		for x := 0; x < p.Rect.Dx(); x += side {
			sum, n := 0, 0
			for v := y; v < min(y+side, p.Rect.Dy()); v++ {
				for u := x; u < min(x+side, p.Rect.Dx()); u++ {
					sum += int(p.GrayAt(u, v).Y) - int(q.GrayAt(u, v).Y)
					n++
				}
			}
			if d := sum / n; d > 24 || d < -24 {
				return fmt.Sprintf("%d, %d of %v", x, y, p.Rect.Max)
			}
		}
	}
	return ""
}
