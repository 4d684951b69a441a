package form

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// ask makes a question and reads its rule.
func ask(t testing.TB, q Question) *Question {
	t.Helper()
	if q.ID == "" {
		q.ID = "x"
	}
	if err := q.parse(); err != nil {
		t.Fatalf("rule %q: %v", q.Rule, err)
	}
	return &q
}

var day = time.Date(2021, 9, 20, 12, 0, 0, 0, time.UTC)

// TestRules lists what each rule accepts, its normal form, and the messages for everything else.
func TestRules(t *testing.T) {
	text := func(rule, label string) Question { return Question{Kind: Text, Label: label, Rule: rule} }
	gmcRule := text("required,gmc", "GMC reference number")
	phone := Question{Kind: Telephone, Label: "Telephone number", Rule: "required,telephone,max=40"}
	post := text("required,postcode", "Postcode")
	code := text("required,practicecode", "Practice code")
	mail := Question{Kind: Email, Label: "Email address", Rule: "required,email,max=254"}
	sessions := Question{Kind: Number, Label: "Clinical sessions a week", Rule: "required,min=0.5,max=14"}
	pay := Question{Kind: Money, Label: "Pay", Rule: "required,min=1,max=2500.5"}
	fullName := text("required,name,max=200", "Full name")
	const noName = "Full name must be a name, without a web or email address, and with no more than 2 numbers"
	const noPhone = "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"
	const noMail = "Enter an email address in the correct format, like name@example.com"
	for _, c := range []struct {
		question Question
		typed    string
		normal   string // if it is accepted
		message  string // if it is not
	}{
		{gmcRule, "7654321", "7654321", ""},
		{gmcRule, "0654321", "0654321", ""},
		{gmcRule, " 765 43 21 ", "7654321", ""},
		{gmcRule, "c7654321", "7654321", ""},
		{gmcRule, "C 7654321", "7654321", ""},
		{gmcRule, "", "", "Enter GMC reference number"},
		{gmcRule, " \u200b\t", "", "Enter GMC reference number"},
		{gmcRule, "765432", "", "GMC reference number must be 7 numbers"},
		{gmcRule, "76543210", "", "GMC reference number must be 7 numbers"},
		{gmcRule, "L123456", "", "GMC reference number must be 7 numbers"},
		{gmcRule, "765432l", "", "GMC reference number must be 7 numbers"},

		{phone, "01632 960001", "+441632960001", ""},
		{phone, "(01632) 960-001", "+441632960001", ""},
		{phone, "07700 900982", "+447700900982", ""},
		{phone, "+44 7700 900982", "+447700900982", ""},
		{phone, "0044 7700 900982", "+447700900982", ""},
		{phone, "020 7946 0123 ext 45", "+442079460123;ext=45", ""},
		{phone, "+353 1 555 0123", "+35315550123", ""},
		{phone, "960001", "", noPhone},
		{phone, "ring me", "", noPhone},
		{phone, "01632 96000100000000", "", noPhone},
		{phone, "", "", "Enter telephone number"},

		{post, "sw1a 1aa", "SW1A 1AA", ""},
		{post, "M11AE", "M1 1AE", ""},
		{post, "ec1a-1bb", "EC1A 1BB", ""},
		{post, "B33 8TH", "B33 8TH", ""},
		{post, "gir 0aa", "GIR 0AA", ""},
		{post, "BF1 2AS", "BF1 2AS", ""},
		{post, "SW1A", "", "Enter a full UK postcode"},
		{post, "12345", "", "Enter a full UK postcode"},
		{post, "SW1A 1CA", "", "Enter a full UK postcode"},
		{post, "SW1A 1AAA", "", "Enter a full UK postcode"},

		{code, "v81997", "V81997", ""},
		{code, "V 81997", "V81997", ""},
		{code, "V8199", "", "Practice code must be a letter and 5 numbers, like A12345"},
		{code, "V81997001", "", "Practice code must be a letter and 5 numbers, like A12345"},
		{code, "81997V", "", "Practice code must be a letter and 5 numbers, like A12345"},

		{mail, "gp@example.org", "gp@example.org", ""},
		{mail, " gp.o'neill+x@mail.example.org ", "gp.o'neill+x@mail.example.org", ""},
		{mail, "gp@xn--bcher-kva.example.org", "gp@xn--bcher-kva.example.org", ""},
		{mail, "gp@example", "", noMail},
		{mail, "gp@@example.org", "", noMail},
		{mail, "gp..x@example.org", "", noMail},
		{mail, ".gp@example.org", "", noMail},
		{mail, "gp@example.org, other@example.org", "", noMail},
		{mail, "GP <gp@example.org>", "", noMail},
		{mail, "gp@example.org\nBcc: x@example.org", "", noMail},
		{mail, "gp@-example.org", "", noMail},
		{mail, "gŵ@example.org", "", noMail},
		{mail, strings.Repeat("a", 250) + "@example.org", "", noMail},

		{sessions, "6", "6", ""},
		{sessions, "4.50", "4.5", ""},
		{sessions, "0.5", "0.5", ""},
		{sessions, ".5", "0.5", ""},
		{sessions, "4½", "4.5", ""},
		{sessions, "4 ½", "4.5", ""},
		{sessions, "½", "0.5", ""},
		{sessions, "4 1/2", "4.5", ""},
		{sessions, "4·25", "4.25", ""},
		{sessions, "6.", "6", ""},
		{sessions, "41/2", "", "Clinical sessions a week must be a number, like 6"},
		{sessions, "٦", "", "Clinical sessions a week must be a number, like 6"},
		{sessions, ".", "", "Clinical sessions a week must be a number, like 6"},
		{sessions, "1,2", "", "Clinical sessions a week must be a number, like 6"},
		{sessions, "0", "", "Clinical sessions a week must be between 0.5 and 14"},
		{sessions, "15", "", "Clinical sessions a week must be between 0.5 and 14"},
		{sessions, "six", "", "Clinical sessions a week must be a number, like 6"},
		{sessions, "-2", "", "Clinical sessions a week must be a number, like 6"},
		{sessions, "1e3", "", "Clinical sessions a week must be a number, like 6"},
		{Question{Kind: Number, Label: "Sessions", Rule: "required,min=1"}, "0", "", "Sessions must be 1 or more"},
		{Question{Kind: Number, Label: "Sessions", Rule: "required,max=9"}, "10", "", "Sessions must be 9 or less"},

		{pay, "£1,250.50", "125050", ""},
		{pay, "1250.50", "125050", ""},
		{pay, "300", "30000", ""},
		{pay, "£ 300.00", "30000", ""},
		{pay, "£0.99", "", "Pay must be between £1 and £2,500.50"},
		{pay, "2500.51", "", "Pay must be between £1 and £2,500.50"},
		{pay, "2,500.50", "250050", ""},
		{pay, "£12.5", "", "Pay must be an amount in pounds, like £1,250.50 or £300"},
		{pay, "1,25", "", "Pay must be an amount in pounds, like £1,250.50 or £300"},
		{pay, "-300", "", "Pay must be an amount in pounds, like £1,250.50 or £300"},
		{pay, "€300", "", "Pay must be an amount in pounds, like £1,250.50 or £300"},
		{pay, "99999999999", "", "Pay must be an amount in pounds, like £1,250.50 or £300"},
		{pay, "", "", "Enter pay"},

		{fullName, "Gráinne O’Example", "Gráinne O'Example", ""},
		{fullName, "Smith–Jones", "Smith-Jones", ""},
		{fullName, "https://example.org", "", noName},
		{fullName, "Call 07700 900982", "", noName},

		{text("required,max=5", "First names"), "żółć…", "żółć…", ""},
		{text("required,max=5", "First names"), "Angharad", "", "First names must be 5 characters or less"},
		{text("required,max=1500", "Reasons"), strings.Repeat("x", 1501), "",
			"Reasons must be 1,500 characters or less"},
		{text("required,min=3,max=9", "Code"), "ab", "", "Code must be 3 characters or more"},
		{text("omitempty,max=5", "Nickname"), "", "", ""},
		{text("omitempty,max=5", "Nickname"), " Ann ", "Ann", ""},
		// It is kept as typed.
		{text("omitempty,max=5", "Nickname"), "Ann   ", "", "Nickname must be 5 characters or less"},
		{Question{Kind: LongText, Label: "Why?", InMessages: "why you apply", Rule: "required,max=3"}, "a\r\nb", "a\nb",
			""},
		{Question{Kind: LongText, Label: "Why?", InMessages: "why you apply", Rule: "required,max=3"}, "abcd", "",
			"Why you apply must be 3 characters or less"},
		{Question{Kind: LongText, Label: "Why?", InMessages: "why you apply", Rule: "required,max=3"}, "", "",
			"Enter why you apply"},

		{Question{Kind: YesNo, Label: "Listed?", InMessages: "you are listed", Rule: "required"}, "yes", "yes", ""},
		{Question{Kind: YesNo, Label: "Listed?", InMessages: "you are listed", Rule: "required"}, "maybe", "",
			"Select yes if you are listed"},
		{Question{Kind: Choice, Label: "Role", InMessages: "your role", Rule: "required",
			Options: []Option{{ID: "a"}, {ID: "b"}}}, "b", "b", ""},
		{Question{Kind: Choice, Label: "Role", InMessages: "your role", Rule: "required",
			Options: []Option{{ID: "a"}, {ID: "b"}}}, "c", "", "Select your role"},
		// No page offers it, and readers of the answer would not know it.
		{Question{Kind: Choice, Label: "Role", InMessages: "your role", Rule: "required",
			Options: []Option{{ID: "a"}, {ID: "b"}}}, " b", "", "Select your role"},
		{Question{Kind: YesNo, Label: "Listed?", InMessages: "you are listed", Rule: "required"}, "yes\u200b", "",
			"Select yes if you are listed"},
		{Question{Kind: Text, Label: "Role", Rule: "required,max=9",
			Messages: map[string]string{"required": "Tell us your role"}}, "", "", "Tell us your role"},
	} {
		s := Section{Questions: []Question{*ask(t, c.question)}}
		v := s.Read(url.Values{"x": {c.typed}})
		got := ""
		if p := s.Check(v, day); len(p) > 0 {
			got = p[0].Text
		}
		if got != c.message {
			t.Errorf("%s, rule %q, typed %q: message %q, want %q", c.question.Kind, c.question.Rule, c.typed, got,
				c.message)
		}
		if c.message != "" {
			continue
		}
		if normal := s.Questions[0].Normal(v); normal != c.normal {
			t.Errorf("%s, rule %q, typed %q: normal form %q, want %q", c.question.Kind, c.question.Rule, c.typed,
				normal, c.normal)
		}
		if want := strings.ReplaceAll(c.typed, "\r\n", "\n"); v["x"] != want {
			t.Errorf("typed %q is kept as %q: people's text is kept exactly", c.typed, v["x"])
		}
	}
}

// TestDates reads days and months as people write them.
func TestDates(t *testing.T) {
	q := Question{Kind: Date, Label: "Date of joining", Rule: "required,past"}
	plan := Question{Kind: Date, Label: "Planned start", Rule: "required"}
	m := Question{Kind: Month, Label: "When did you get it?", InMessages: "the date it was awarded",
		Rule: "required,past"}
	for _, c := range []struct {
		question         Question
		day, month, year string
		shown, normal    string
		message, input   string
	}{
		{q, "27", "3", "2015", "27 March 2015", "2015-03-27", "", ""},
		{q, "1", "sept", "2020", "1 September 2020", "2020-09-01", "", ""},
		{q, " 29 ", "February", "2020", "29 February 2020", "2020-02-29", "", ""},
		{q, "20", "9", "2021", "20 September 2021", "2021-09-20", "", ""},
		{q, "21", "9", "2021", "", "", "Date of joining must be today or in the past", "x-day"},
		{q, "", "", "", "", "", "Enter date of joining", "x-day"},
		{q, "27", "", "2015", "", "", "Date of joining must include a month", "x-month"},
		{q, "", "", "2015", "", "", "Date of joining must include a day and a month", "x-day"},
		{q, "29", "2", "2021", "", "", "Date of joining must be a real date", "x-day"},
		{q, "31", "April", "2020", "", "", "Date of joining must be a real date", "x-day"},
		{q, "1", "13", "2020", "", "", "Date of joining must be a real date", "x-month"},
		{q, "1", "ma", "2020", "", "", "Date of joining must be a real date", "x-month"},
		{q, "1", "5", "20", "", "", "Year must include 4 numbers", "x-year"},
		{q, "1", "5", "MMXX", "", "", "Date of joining must be a real date", "x-year"},
		{q, "1", "5", "0020", "", "", "Year must be 1900 or later", "x-year"},
		{q, "1", "5", "0000", "", "", "Year must be 1900 or later", "x-year"},
		{q, "1", "5", "1899", "", "", "Year must be 1900 or later", "x-year"},
		{q, "1", "1", "1900", "1 January 1900", "1900-01-01", "", ""},
		{q, "1", "5", "+202", "", "", "Year must include 4 numbers", "x-year"},
		{q, "1", "5", "-202", "", "", "Year must include 4 numbers", "x-year"},
		{q, "1", "5", "-2020", "", "", "Year must include 4 numbers", "x-year"},
		{q, "1", "5", "20215", "", "", "Year must include 4 numbers", "x-year"},
		{q, "1", "RCGP", "MMXX", "", "", "Date of joining must be a real date", "x-month"},
		{q, "1", "5", "2O20", "", "", "Date of joining must be a real date", "x-year"},
		{q, "1", "5", "٢٠٢٠", "", "", "Date of joining must be written with the numbers 0 to 9", "x-year"},
		{q, "１", "5", "2020", "", "", "Date of joining must be written with the numbers 0 to 9", "x-day"},
		{q, "1", "५", "2020", "", "", "Date of joining must be written with the numbers 0 to 9", "x-month"},
		{q, "+1", "5", "2020", "", "", "Date of joining must be a real date", "x-day"},
		{q, "001", "5", "2020", "", "", "Date of joining must be a real date", "x-day"},
		{q, "0", "5", "2020", "", "", "Date of joining must be a real date", "x-day"},
		{q, "1", "+5", "2020", "", "", "Date of joining must be a real date", "x-month"},
		{q, "1", "-5", "2020", "", "", "Date of joining must be a real date", "x-month"},
		{q, "1\u00ad", "5\u200b", "2\u2060020", "1 May 2020", "2020-05-01", "", ""},
		{q, "1", "5", "9999", "", "", "Date of joining must be today or in the past", "x-day"},
		{plan, "1", "5", "2071", "1 May 2071", "2071-05-01", "", ""},
		{plan, "1", "5", "2072", "", "", "Year must be 2071 or earlier", "x-year"},
		{plan, "1", "5", "9999", "", "", "Year must be 2071 or earlier", "x-year"},
		{m, "", "5", "0020", "", "", "Year must be 1900 or later", "x-year"},
		{m, "", "5", "-202", "", "", "Year must include 4 numbers", "x-year"},
		{m, "", "5", "٢٠٢٠", "", "", "The date it was awarded must be written with the numbers 0 to 9", "x-year"},
		{m, "", "june", "2018", "June 2018", "2018-06", "", ""},
		{m, "", "9", "2021", "September 2021", "2021-09", "", ""},
		{m, "", "10", "2021", "", "", "The date it was awarded must be this month or in the past", "x-month"},
		{m, "", "", "2018", "", "", "The date it was awarded must include a month", "x-month"},
	} {
		s := Section{Questions: []Question{*ask(t, c.question)}}
		v := s.Read(url.Values{"x-day": {c.day}, "x-month": {c.month}, "x-year": {c.year}})
		var p Problem
		if all := s.Check(v, day); len(all) > 0 {
			p = all[0]
		}
		typed := c.day + "/" + c.month + "/" + c.year
		if p.Text != c.message || p.Input != c.input {
			t.Errorf("%s: problem %q at %q, want %q at %q", typed, p.Text, p.Input, c.message, c.input)
		}
		if c.message != "" {
			continue
		}
		if got := s.Questions[0].Shown(v); got != c.shown {
			t.Errorf("%s: shown as %q, want %q", typed, got, c.shown)
		}
		if got := s.Questions[0].Normal(v); got != c.normal {
			t.Errorf("%s: normal form %q, want %q", typed, got, c.normal)
		}
	}
	s := Section{Questions: []Question{*ask(t, m)}}
	p := s.Check(s.Read(url.Values{"x-month": {"RCGP"}, "x-year": {"RCGP"}}), day)
	if want := []string{"x-month", "x-year"}; len(p) != 1 || !slices.Equal(p[0].Inputs, want) {
		t.Errorf("two wrong parts: the problems are %+v, want one at %q", p, want)
	}
}

// TestDurations reads hours and minutes.
func TestDurations(t *testing.T) {
	q := ask(t, Question{Kind: Duration, Label: "Time spent", Rule: "required,min=15,max=600"})
	s := Section{Questions: []Question{*q}}
	for _, c := range []struct{ hours, minutes, shown, normal, message, input string }{
		{"2", "30", "2 hours 30 minutes", "150", "", ""},
		{"1", "", "1 hour", "60", "", ""},
		{"1", "1", "1 hour 1 minute", "61", "", ""},
		{"", "45", "45 minutes", "45", "", ""},
		{"0", "15", "15 minutes", "15", "", ""},
		{" 10 ", "0", "10 hours", "600", "", ""},
		{"", "", "", "", "Enter time spent", "x-hours"},
		{"0", "14", "", "", "Time spent must be between 15 minutes and 10 hours", "x-hours"},
		{"10", "1", "", "", "Time spent must be between 15 minutes and 10 hours", "x-hours"},
		{"1", "60", "", "", "Minutes must be between 0 and 59", "x-minutes"},
		{"1.5", "", "", "", "Time spent must be in whole hours and minutes, like 2 hours and 30 minutes", "x-hours"},
		{"two", "0", "", "", "Time spent must be in whole hours and minutes, like 2 hours and 30 minutes", "x-hours"},
		{"1", "-5", "", "", "Time spent must be in whole hours and minutes, like 2 hours and 30 minutes", "x-minutes"},
		{"٢", "", "", "", "Time spent must be in whole hours and minutes, like 2 hours and 30 minutes", "x-hours"},
	} {
		v := s.Read(url.Values{"x-hours": {c.hours}, "x-minutes": {c.minutes}})
		var p Problem
		if all := s.Check(v, day); len(all) > 0 {
			p = all[0]
		}
		if p.Text != c.message || p.Input != c.input {
			t.Errorf("%q h %q min: problem %q at %q, want %q at %q", c.hours, c.minutes, p.Text, p.Input, c.message,
				c.input)
		}
		if c.message == "" && (q.Shown(v) != c.shown || q.Normal(v) != c.normal) {
			t.Errorf("%q h %q min: shown as %q, normal form %q, want %q, %q", c.hours, c.minutes, q.Shown(v),
				q.Normal(v), c.shown, c.normal)
		}
	}
	money := ask(t, Question{Kind: Money, Label: "Pay"})
	for typed, want := range map[string]string{"1250.50": "£1,250.50", "£300.00": "£300", "£0.05": "£0.05",
		"many": "many", " ": ""} {
		if got := money.Shown(Values{"x": typed}); got != want {
			t.Errorf("%q is shown as %q, want %q", typed, got, want)
		}
	}
}

// TestReadTakesItsOwn: a section reads only the inputs that it asks for.
func TestReadTakesItsOwn(t *testing.T) {
	s := Section{Questions: []Question{*ask(t, Question{Kind: Text, Label: "X", Rule: "max=9"})}}
	v := s.Read(url.Values{"x": {"a\xffb"}, "y": {"not asked"}})
	if len(v) != 1 || v["x"] != "a\uFFFDb" {
		t.Errorf("read %q, want only x, and that as valid UTF-8", v)
	}
}

// FuzzAnswers: nothing typed makes a question panic. An accepted answer has a normal form, which is
// itself accepted and unchanged.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{"", "7654321", "C7654321", "sw1a1aa", "V81997", "gp@example.org", "+44 7700 900982",
		"4.5", "June", "2018", "\x00", "\u202e", "😀", strings.Repeat("0", 300)} {
		f.Add(seed, seed)
	}
	questions := []*Question{
		ask(f, Question{Kind: Text, Label: "A", Rule: "required,gmc"}),
		ask(f, Question{Kind: Text, Label: "B", Rule: "required,postcode"}),
		ask(f, Question{Kind: Text, Label: "C", Rule: "required,practicecode"}),
		ask(f, Question{Kind: Email, Label: "D", Rule: "required,email,max=254"}),
		ask(f, Question{Kind: Telephone, Label: "E", Rule: "required,telephone"}),
		ask(f, Question{Kind: Number, Label: "F", Rule: "required,max=99"}),
		ask(f, Question{Kind: Month, Label: "G", Rule: "required"}),
		ask(f, Question{Kind: Date, Label: "H", Rule: "required,past"}),
		ask(f, Question{Kind: Duration, Label: "I", Rule: "required,max=90"}),
		ask(f, Question{Kind: Money, Label: "J", Rule: "required,max=90"}),
		ask(f, Question{Kind: LongText, Label: "K", Rule: "required,max=90"}),
	}
	for _, format := range formats {
		questions = append(questions, ask(f, Question{Kind: Text, Label: format.tag, Rule: "required," + format.tag}))
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, q := range questions {
			s := Section{Questions: []Question{*q}}
			v := s.Read(url.Values{"x": {a}, "x-day": {a}, "x-month": {a}, "x-year": {b}, "x-hours": {a},
				"x-minutes": {b}})
			if !utf8.ValidString(q.Shown(v)) {
				t.Fatalf("%q shows as text that is not UTF-8", a)
			}
			if len(s.Check(v, day)) > 0 {
				continue
			}
			if !Visible(q.Shown(v)) {
				t.Errorf("%s: %q is accepted, and there is nothing to see", q.Label, a)
			}
			if q.Kind == Money || len(q.Inputs()) > 1 {
				continue
			}
			normal := q.Normal(v)
			again := Values{"x": normal}
			if normal == "" || len(s.Check(again, day)) > 0 && !strings.Contains(normal, ";ext=") ||
				q.Normal(again) != normal && !strings.Contains(normal, ";ext=") {
				t.Errorf("%s: %q is accepted, but its normal form %q is not, or changes to %q", q.Label, a, normal,
					q.Normal(again))
			}
		}
	})
}

// TestRead: a name cannot add paragraphs to a letter, or turn the words after it round.
func TestRead(t *testing.T) {
	s := &Section{Questions: []Question{{ID: "name", Kind: Text}, {ID: "why", Kind: LongText},
		{ID: "from", Kind: Date}}}
	const typed = "Ang\r\nharad\u2028O\u202eN\u2066 \u200fעדה\xff"
	got := s.Read(url.Values{"name": {typed}, "why": {typed}, "from-day": {"1\n2"}, "other": {"x"}})
	want := Values{"name": "Ang harad ON \u200fעדה\uFFFD", "why": "Ang\nharad\u2028O\u202eN\u2066 \u200fעדה\uFFFD",
		"from-day": "1 2"}
	if len(got) != len(want) {
		t.Errorf("read %q", got)
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s: %q, want %q", name, got[name], text)
		}
	}
}
