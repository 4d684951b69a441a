package bounce

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestJudge(t *testing.T) {
	for _, test := range []struct {
		code          int
		status, words string
		want          Verdict
	}{
		{550, "5.1.1", "5.1.1 no", Dead},
		{550, "5.1.2", "", Dead},
		{556, "5.1.10", "null MX", Dead},
		{550, "5.2.1", "mailbox disabled", Dead},
		{0, "5.1.1", "", Dead},
		{550, "", "User unknown", Dead},
		{550, "", "No such user here", Dead},
		{550, "", "Unrouteable address", Dead},
		{550, "", "Sorry, no mailbox here by that name", Dead},
		{550, "", "Invalid recipient", Dead},
		{551, "", "User not local", Dead},
		{553, "", "The recipient does not exist", Dead},
		{550, "5.0.0", "unknown user", Dead},
		{550, "", "Requested action not taken: mailbox unavailable", Refused},
		{550, "5.7.1", "unknown user or blocked by policy", Refused},
		{550, "", "Sender address unknown", Refused},
		{550, "", "Verification failed: invalid sender address", Refused},
		{550, "", "relaying denied: unknown user", Refused},
		{550, "", "mailbox not found, spam is not welcome", Refused},
		{552, "5.2.2", "mailbox full", Refused},
		{552, "", "user unknown", Refused},
		{554, "", "unknown user", Refused},
		{552, "5.3.4", "message too big", Refused},
		{554, "5.7.509", "does not pass DMARC", Refused},
		{0, "", "", Refused},
		{450, "4.2.1", "try later", Late},
		{450, "5.1.1", "greylisted", Late},
		{0, "4.4.7", "expired", Late},
	} {
		if got := Judge(test.code, test.status, test.words); got != test.want {
			t.Errorf("%d %s %q is %d, want %d", test.code, test.status, test.words, got, test.want)
		}
	}
}

func TestWords(t *testing.T) {
	const pat = "pat.manager@surgery.example.org"
	for said, want := range map[string]string{
		"550 5.1.1 <pat.manager@surgery.example.org>: no": "550 5.1.1 <[address]>: no",
		"Mailbox PAT.MANAGER is  disabled\r\n(in reply)":  "Mailbox [address] is disabled (in reply)",
		"for \"odd one\"@example.org, other@example.net":  "for [address], [address]",
		"rcpt=pat.manager＠surgery.example.org":            "[address]",
		"call 01632 960001 or +44 (1632) 960002":          "call [number] or [number]",
		"policy\u202e\u200b\x00 at\ttwo":                  "policy at two",
		strings.Repeat("word ", 80):                       strings.Repeat("word ", 31) + "word…",
		"\xff\xfe":                                        "\ufffd",
	} {
		if got := Words(said, pat); got != want {
			t.Errorf("%q became %q, want %q", said, got, want)
		}
	}
	if got := Words("the address is wrong", "address@example.org"); !strings.Contains(got, "is wrong") {
		t.Errorf("%q", got)
	}
}

func FuzzWords(f *testing.F) {
	f.Add("550 5.1.1 <pat@example.org> no", "pat@example.org")
	f.Add("a＠b", "")
	f.Fuzz(func(t *testing.T, said, known string) {
		got := Words(said, known)
		if utf8.RuneCountInString(got) > mostWords || !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return r == '@' || unicode.IsControl(r) }) {
			t.Errorf("%q became %q", said, got)
		}
	})
}
