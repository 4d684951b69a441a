package form

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// TestNothingVisible: an answer with nothing visible is no answer, whatever its kind, whether it
// comes from a page or from a record of an older version.
func TestNothingVisible(t *testing.T) {
	for _, typed := range []string{" ", "\u00a0", "\u00ad", "\u200b", "\u200c", "\u200d\u200e", "\u2060", "\u2800",
		"\u3164", "\u115f\u1160", "\uffa0", "\u0007", "\ufe0f",
		"\U000e0041\U000e007f", "\U000e0101", "\u034f", "\u180e", "\u061c", "\u0301", "\ufffc", "\ufeff", "\u2063",
		"\t\r\n", " \u00ad\u3164\u2800\u200c "} {
		if Visible(typed) {
			t.Errorf("%q has something to see", typed)
		}
		for _, kind := range Kinds() {
			q := ask(t, Question{Kind: kind, Label: "Answer", Rule: "required",
				Options: []Option{{ID: "a", Label: "A"}}})
			s := Section{Questions: []Question{*q}}
			post := url.Values{}
			for _, name := range q.Inputs() {
				post.Set(name, typed)
			}
			stored := Values{}
			for name := range post {
				stored[name] = typed
			}
			for _, v := range []Values{s.Read(post), stored} {
				if p := s.Check(v, day); len(p) != 1 || p[0].Text != q.words("required", "") {
					t.Errorf("%s: %q is taken, or its problem is %v", kind, typed, p)
				}
				if q.Shown(v) != "" || q.Normal(v) != "" {
					t.Errorf("%s: %q shows as %q, its normal form is %q", kind, typed, q.Shown(v), q.Normal(v))
				}
			}
		}
	}
	for _, typed := range []string{"A", "\u00ada", "李", "ع", "👩🏽\u200d⚕\ufe0f",
		"🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "?", "½", "\u0600"} {
		if !Visible(typed) {
			t.Errorf("%q has nothing to see", typed)
		}
	}
}

// TestClean: what is kept of a text, by the kind of question.
func TestClean(t *testing.T) {
	const doctor, scotland = "👩🏽\u200d⚕\ufe0f", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
	for _, c := range []struct{ name, typed, lines, line, code string }{
		{"composed", "Zoe\u0308", "Zoë", "Zoë", "Zoë"},
		{"an emoji of several", doctor, doctor, doctor, "👩🏽⚕"},
		{"a flag", scotland, scotland, scotland, "🏴"},
		{"Persian, with its joiner", "می\u200cخواهم", "می\u200cخواهم", "می\u200cخواهم", "میخواهم"},
		{"Hebrew, with its mark", "\u200fעדה", "\u200fעדה", "\u200fעדה", "עדה"},
		{"soft hyphens", "ca\u00adreer", "ca\u00adreer", "career", "career"},
		{"tags without a flag", "a\U000e0041b", "a\U000e0041b", "ab", "ab"},
		{"turned round", "a\u202eb\u2066c", "a\u202eb\u2066c", "abc", "abc"},
		{"control characters", "a\x00\x07\x1b[31mb\u0085", "a[31mb\n", "a[31mb ", "a[31mb "},
		{"lines", "a\r\nb\rc\vd\u2028e", "a\nb\nc\nd\u2028e", "a b c d e", "a b c d e"},
		{"no character", "a\ufdd0\uffffb", "ab", "ab", "ab"},
		{"not UTF-8", "a\xff", "a\uFFFD", "a\uFFFD", "a\uFFFD"},
		{"as it is", " O’Malley – 4½ £ ", " O’Malley – 4½ £ ", " O’Malley – 4½ £ ", " O’Malley – 4½ £ "},
	} {
		if got := lines(c.typed); got != c.lines {
			t.Errorf("%s: lines %q, want %q", c.name, got, c.lines)
		}
		if got := line(c.typed); got != c.line {
			t.Errorf("%s: line %q, want %q", c.name, got, c.line)
		}
		if got := code(c.typed); got != c.code {
			t.Errorf("%s: code %q, want %q", c.name, got, c.code)
		}
	}
}

// TestPasted: characters pasted along with a number, a code or an address do not make it invalid.
func TestPasted(t *testing.T) {
	for _, junk := range []string{"\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u200e", "\u202a",
		"\ufe0f", "\u2063"} {
		for _, c := range []struct {
			kind               Kind
			rule, left, right  string
			normal             string
			dashed, everywhere bool
		}{
			{Text, "gmc", "765", "4321", "7654321", true, true},
			{Text, "gphc", "201", "2345", "2012345", true, true},
			{Text, "nmc", "12A", "3456B", "12A3456B", true, true},
			{Text, "postcode", "SW1A", "1AA", "SW1A 1AA", true, true},
			{Text, "practicecode", "V8", "1997", "V81997", true, true},
			{Telephone, "telephone", "01632", "960001", "+441632960001", true, true},
			{Telephone, "mobile", "07700", "900982", "+447700900982", true, true},
			{Email, "email", "gp@exa", "mple.org", "gp@example.org", false, true},
			{Number, "max=99", "1", "2", "12", false, true},
			{Money, "max=9999", "£1,2", "50.50", "125050", false, true},
		} {
			q := ask(t, Question{Kind: c.kind, Label: "Answer", Rule: "required," + c.rule})
			s := Section{Questions: []Question{*q}}
			typed := []string{c.left + junk + c.right, junk + c.left + c.right + junk}
			if c.dashed {
				typed = append(typed, c.left+"\u2011"+c.right, c.left+"\u2013"+c.right, c.left+"\u2212"+c.right,
					c.left+"\u00a0"+junk+c.right)
			}
			for _, typed := range typed {
				for _, v := range []Values{s.Read(url.Values{"x": {typed}}), {"x": typed}} {
					if p := s.Check(v, day); p != nil || q.Normal(v) != c.normal {
						t.Errorf("%s: %q has the problems %v, the normal form %q", c.rule, typed, p, q.Normal(v))
					}
				}
			}
		}
	}
}

// TestFold: texts that people take for the same in a search.
func TestFold(t *testing.T) {
	for want, all := range map[string][]string{
		"o'malley":     {"O'Malley", "O’Malley", "O\u02BCMalley", "O\u00B4Malley", "O`Malley", "O\u2032MALLEY", "O\u00ad'Malley", "O＇Malley"},
		"smith-jones":  {"Smith-Jones", "Smith\u2013Jones", "Smith\u2011Jones", "Smith\u2010Jones", "SMITH\u2212JONES", "Smi\u200bth-Jones"},
		"zoe ozturk":   {"Zoë Öztürk", "Zoe\u0308  O\u0308ztu\u0308rk", " ZOË\u00a0ÖZTÜRK "},
		"lucja":        {"Łucja"},
		"sian":         {"Siân"},
		"grossmann":    {"Großmann"},
		"thorhallsson": {"Þórhallsson"},
		"finch":        {"ﬁnch", "Ｆｉｎｃｈ"},
		"nguyen":       {"Nguyễn", "Nguyê\u0303n"},
		"istanbul":     {"İstanbul", "Istanbul"},
		"aelfred":      {"Ælfred"},
		"collega":      {"Coŀlega"},
		"aegir":        {"Ægir"},
		"анна":         {"Анна"},
		"王 δημητρης":   {"王 Δημήτρης"},
		"dao":          {"Đào"},
	} {
		for _, typed := range all {
			if got := Fold(typed); got != want || Fold(got) != got {
				t.Errorf("%q folds to %q, want %q", typed, got, want)
			}
		}
	}
}

// TestMailbox: two addresses of one person.
func TestMailbox(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"gp@example.org", "GP+practice@Example.org", true},
		{"a.gp+x@gmail.com", "agp@googlemail.com", true},
		{"a.gp@example.org", "agp@example.org", false},
		{"gp@example.org", "gp@example.com", false},
		{"+a@example.org", "+b@example.org", false},
	} {
		if got := Mailbox(c.a) == Mailbox(c.b); got != c.same {
			t.Errorf("%s and %s: one mailbox %v, want %v", c.a, c.b, got, c.same)
		}
	}
}

// TestDoubt: an address that is probably mistyped is asked about once, and kept when it comes
// again.
func TestDoubt(t *testing.T) {
	q := ask(t, Question{ID: "email", Kind: Email, Label: "Email address", Rule: "required,email,max=254"})
	s := Section{Questions: []Question{*q}}
	const keep = "? Correct the email address, or continue to keep it as it is"
	for typed, want := range map[string]string{
		"gp@nhs.net": "", "gp@NHS.NET": "", "gp@example.org": "", "gp@mail.com": "", "gp@trust.nhs.uk": "", "gp@example.co.uk": "", "gp@example.museum": "", "gp@example.ng": "",
		"gp@nhs.ent":       "Did you mean gp@nhs.net" + keep,
		"gp@nhs.met":       "Did you mean gp@nhs.net" + keep,
		"gp@hns.net":       "Did you mean gp@nhs.net" + keep,
		"gp@gmial.com":     "Did you mean gp@gmail.com" + keep,
		"gp@gmail.co":      "Did you mean gp@gmail.com" + keep,
		"gp@example.con":   "Did you mean gp@example.com" + keep,
		"gp@example.ogr":   "Did you mean gp@example.org" + keep,
		"gp@example.co.uj": "Did you mean gp@example.co.uk" + keep,
		"gp@surgery.xqzw":  "Check the email address: no address we know ends in .xqzw. Correct it, or continue to keep it as it is",
	} {
		got := ""
		p := s.Check(s.Read(url.Values{"email": {typed}}), day)
		if p != nil {
			got = p[0].Text
		}
		if got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
		if p == nil {
			continue
		}
		again := s.Read(url.Values{"email": {" " + typed}, "email-keep": {p[0].Keep}})
		if problems := s.Check(again, day); problems != nil || q.Normal(again) != typed || q.Kept(again) != typed {
			t.Errorf("%s: posted again, it has the problems %v", typed, problems)
		}
		other := s.Read(url.Values{"email": {"other" + typed}, "email-keep": {p[0].Keep}})
		if s.Check(other, day) == nil {
			t.Errorf("another address than %s was kept", typed)
		}
	}
}

// FuzzClean: a kept text is valid, and does not change when it is posted again.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "Zoe\u0308", "a\r\nb", "🏴\U000e0067\U000e007f", "e\u200b\u0301", "\u0344\u0301", "\xff\xfe", strings.Repeat("\u0301", 70)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		for name, clean := range map[string]func(string) string{"posted": posted, "lines": lines, "line": line, "code": code, "like typed": likeTyped, "fold": Fold} {
			once := clean(typed)
			if !utf8.ValidString(once) || name != "like typed" && name != "fold" && name != "posted" && !norm.NFC.IsNormalString(once) {
				t.Errorf("%s: %q is kept as %q", name, typed, once)
			}
			if again := clean(once); again != once && name != "fold" {
				t.Errorf("%s: %q is kept as %q, and that as %q", name, typed, once, again)
			}
		}
		if Visible(typed) != Visible(line(typed)) && Visible(line(typed)) {
			t.Errorf("%q has nothing to see, but something is kept: %q", typed, line(typed))
		}
		Mailbox(typed)
		doubtHost(typed)
	})
}
