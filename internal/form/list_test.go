package form

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestFormats: each format has all its parts, and they fit together.
func TestFormats(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range formats {
		if lacking := f.lacks(); lacking != nil {
			t.Errorf("the format %q lacks %s", f.tag, strings.Join(lacking, ", "))
			continue
		}
		if _, other := general[f.tag]; other || seen[f.tag] {
			t.Errorf("there are two tags %q", f.tag)
		}
		seen[f.tag] = true
		asks := []*Question{ask(t, Question{Kind: Text, Label: "Answer", Rule: "required," + f.tag})}
		if k := Kind(f.tag); slices.Contains(Kinds(), k) {
			asks = append(asks, ask(t, Question{Kind: k, Label: "Answer", Rule: "required," + f.tag}))
		}
		for _, q := range asks {
			checked := func(typed string) (Section, Values, []Problem) {
				s := Section{Questions: []Question{*q}}
				v := s.Read(url.Values{"x": {typed}})
				return s, v, s.Check(v, day)
			}
			for _, typed := range f.samples {
				s, v, problems := checked(typed)
				if problems != nil {
					t.Errorf("%s, kind %s: the sample %q is refused: %s", f.tag, q.Kind, typed, problems[0].Text)
				}
				normal := s.Questions[0].Normal(v)
				if normal == "" || f.normal(normal) != normal && !strings.Contains(normal, ";ext=") {
					t.Errorf("%s: the sample %q has the normal form %q, which has %q", f.tag, typed, normal,
						f.normal(normal))
				}
				if len(normal) < f.least {
					t.Errorf("%s: the sample %q has fewer than %d characters", f.tag, typed, f.least)
				}
			}
			for _, typed := range f.wrong {
				if _, _, problems := checked(typed); problems == nil && !strings.Contains(typed, "\n") {
					t.Errorf("%s, kind %s: the wrong %q is taken", f.tag, q.Kind, typed)
				} else if problems != nil && (problems[0].Text == "" || strings.ContainsAny(problems[0].Text, "{}")) {
					t.Errorf("%s: of the wrong %q is said %q", f.tag, typed, problems[0].Text)
				}
				if f.normal(typed) != "" {
					t.Errorf("%s: the wrong %q has the normal form %q", f.tag, typed, f.normal(typed))
				}
			}
			if got := q.RuleInWords(); !strings.Contains(got, f.about) {
				t.Errorf("%s: the codebook says %q", f.tag, got)
			}
		}
	}
}

// TestKinds checks the same for kinds. The renderer checks at its start that each has a template.
func TestKinds(t *testing.T) {
	seen := map[Kind]bool{}
	for _, k := range kinds {
		if k.lacking != nil {
			t.Errorf("the kind %q lacks %s", k.name, strings.Join(k.lacking, ", "))
			continue
		}
		if seen[k.name] {
			t.Errorf("there are two kinds %q", k.name)
		}
		seen[k.name] = true
		if !slices.Contains([]string{"line", "lines", "date", "month", "choice", "choices"}, k.paper) {
			t.Errorf("%s: on paper it is asked for by %q, which the PDF does not know", k.name, k.paper)
		}
		for _, tag := range slices.Sorted(maps.Keys(k.words)) {
			if text := (&Question{ID: "x", Kind: k.name, Label: "Answer"}).words(tag, "this"); text == "" ||
				strings.ContainsAny(text, "{}") {
				t.Errorf("%s: of %q is said %q", k.name, tag, text)
			}
		}
		rule := "required"
		if k.endless {
			rule += ",max=300"
		}
		q := ask(t, Question{Kind: k.name, Label: "Answer", Rule: rule,
			Options: []Option{{ID: "a", Label: "A"}, {ID: "b", Label: "B"}}})
		s := Section{Questions: []Question{*q}}
		sample := s.Questions[0].Sample()
		if problems := s.Check(sample, day); problems != nil || q.Normal(sample) == "" || q.Shown(sample) == "" {
			t.Errorf("%s: the sample %q is refused: %v, or has no normal form %q or words %q", k.name, sample, problems,
				q.Normal(sample), q.Shown(sample))
		}
		if problems := s.Check(nil, day); len(problems) != 1 || !slices.Equal(problems[0].Inputs, q.Inputs()) {
			t.Errorf("%s: nothing was answered, and the problems are %v", k.name, problems)
		}
		if q.InExport() == "" {
			t.Errorf("%s: the codebook does not explain its column", k.name)
		}
		for _, name := range sampleNames(q) { // whatever somebody types, they get an answer
			for _, typed := range []string{"?", "-1", "\x00", "٢٠٢١", strings.Repeat("9", 400)} {
				v := maps.Clone(sample)
				v[name] = typed
				q.Shown(v)
				q.Normal(v)
				s.Check(v, day)
			}
		}
	}
}

func sampleNames(q *Question) []string { return slices.Sorted(maps.Keys(q.Sample())) }

// TestLacking: a format or a kind with only a name is reported with its missing parts. A wrong
// answer to a question that uses it still gets a message.
func TestLacking(t *testing.T) {
	f, k := format{tag: "nino"}, kind{name: "colour"}
	if got, want := strings.Join(f.lacks(), " "), "about says normal samples wrong least"; got != want {
		t.Errorf("the format lacks %q, want %q", got, want)
	}
	if got, want := strings.Join(k.lacks(), " "),
		`about clean read words["required"] sample values paper`; got != want {
		t.Errorf("the kind lacks %q, want %q", got, want)
	}
	oldFormats, oldKinds := formats, kinds
	defer func() { formats, kinds = oldFormats, oldKinds }()
	newFormat(f)
	newFormat(format{tag: "none", normal: func(string) string { return "" }})
	newKind(k)
	for rule, want := range map[string]string{"required,nino": "", "required,none": "Check the answer",
		"required": ""} {
		for _, kind := range []Kind{Text, "colour"} {
			q := ask(t, Question{Kind: kind, Label: "The answer", Rule: rule})
			s := Section{Questions: []Question{*q}}
			got := ""
			if p := s.Check(s.Read(url.Values{"x": {"QQ123456C"}}), time.Time{}); p != nil {
				got = p[0].Text
			}
			if got != want {
				t.Errorf("kind %s, rule %s: %q, want %q", kind, rule, got, want)
			}
			if p := s.Check(nil, time.Time{}); len(p) != 1 || p[0].Text == "" {
				t.Errorf("kind %s, rule %s, not answered: %v", kind, rule, p)
			}
			_, _, _, _ = q.RuleInWords(), q.InExport(), q.Kind.Paper(), q.Sample()
		}
	}
}

// TestChoices: of several boxes those that are ticked and offered count, each once, in the
// question's order.
func TestChoices(t *testing.T) {
	q := ask(t, Question{ID: "wishes", Kind: Choices, Label: "Wishes", Rule: "required,max=2", Options: []Option{
		{ID: "partner", Label: "A partner"}, {ID: "locum", Label: "A locum"}, {ID: "far", Label: "From outside my area"}}})
	s := Section{Questions: []Question{*q}}
	for _, c := range []struct {
		posted             []string
		kept, shown, wrong string
	}{
		{nil, "", "", "Select wishes"},
		{[]string{"", "elsewhere"}, "", "", "Select wishes"},
		{[]string{"locum"}, "locum", "A locum", ""},
		{[]string{"far", "partner", "far", "partner, far"}, "partner, far", "A partner\nFrom outside my area", ""},
		{[]string{"far", "partner", "locum"}, "partner, locum, far", "A partner\nA locum\nFrom outside my area",
			"Select fewer: wishes"},
	} {
		v, wrong := s.Read(url.Values{"wishes": c.posted}), ""
		for _, p := range s.Check(v, day) {
			wrong += p.Text
		}
		if v["wishes"] != c.kept || q.Normal(v) != c.kept || q.Shown(v) != c.shown || wrong != c.wrong {
			t.Errorf("%q is kept as %q, shown as %q, and is wrong: %q", c.posted, v["wishes"], q.Shown(v), wrong)
		}
	}
}
