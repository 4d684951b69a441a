package form

import (
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"traininghub/internal/pattern"
)

// Email is a question for an e-mail address. The normal form is the address without spaces around
// it and without invisible characters. An address that is probably mistyped is doubted once:
// whoever posts it again keeps it.
const Email Kind = "email"

var _ = newKind(kind{
	name: Email, about: "an email address",
	clean: code, read: readEmail, judge: doubtEmail, keeps: true,
	words: map[string]string{
		"required":    "Enter {it}",
		"email-meant": "Did you mean {what}? Correct the email address, or continue to keep it as it is",
		"email-unknown": "Check the email address: no address we know ends in {what}. Correct it, or continue to " +
			"keep it as it is",
	},
	limit: characters, endless: true, formats: true,
	sample: map[string]string{"": "name@example.org"},
	values: asTyped, paper: "line",
})

var _ = newFormat(format{
	tag: "email", about: "an email address",
	says: "Enter an email address in the correct format, like name@example.com",
	normal: func(text string) string {
		if text = bare(text); emailAddress(text) {
			return text
		}
		return ""
	},
	samples: []string{"name@example.org", "gp.o'neill+x@mail.example.org", "gp@xn--bcher-kva.example.org",
		"gp\u200b@example.org"},
	wrong: []string{"gp@example", "gp@@example.org", "gp..x@example.org", ".gp@example.org", "GP <gp@example.org>",
		"gp@-example.org", "gŵ@example.org",
		"gp%example.com@example.org", "a!b@example.org", "-gp@example.org", "|gp@example.org", "/gp@example.org"},
	least: 6, most: 254,
})

func readEmail(q *Question, v Values) (answer, *Problem) {
	text := bare(v[q.ID])
	if !Visible(text) {
		return answer{}, nil
	}
	return answer{text, text}, nil
}

var domain = pattern.Of(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+` +
	`([A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59})$`)

// emailAddress tells whether mail can be sent to the address. It accepts what the GOV.UK Notify
// service accepts: no quotes, no two dots together, and a domain of at least two labels. It also
// refuses addresses that some mail servers take for a route, a command, a file or an option.
func emailAddress(text string) bool {
	local, host, found := strings.Cut(text, "@")
	if !found || local == "" || len(local) > 64 || len(text) > 254 || strings.Contains(text, "..") ||
		!domain().MatchString(host) {
		return false
	}
	if strings.ContainsAny(text, "\"`;,<>()[]\\%!| \t\n") ||
		strings.ContainsAny(local[:1], ".-/") || strings.HasSuffix(local, ".") {
		return false
	}
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text && len(text) == utf8.RuneCountInString(text)
}

// Mailbox gives addresses that lead to one mailbox the same form: in small letters, without a plus
// and what follows it, and without dots at Google Mail.
func Mailbox(address string) string {
	local, host, _ := strings.Cut(strings.ToLower(bare(address)), "@")
	if name, _, tagged := strings.Cut(local, "+"); tagged && name != "" {
		local = name
	}
	if host == "googlemail.com" {
		host = "gmail.com"
	}
	if host == "gmail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + host
}

// providers are the domains where most people in Britain have their mail, and real domains that
// look like one of them.
var providers = []string{
	"nhs.net", "nhs.uk", "nhs.scot", "nhs.wales", "hscni.net", "doctors.org.uk", "doctors.net.uk",
	"gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "outlook.co.uk", "live.com",
	"live.co.uk", "msn.com", "yahoo.com", "yahoo.co.uk", "icloud.com", "me.com", "mac.com", "aol.com",
	"btinternet.com", "sky.com", "virginmedia.com", "talktalk.net", "ntlworld.com", "blueyonder.co.uk",
	"tiscali.co.uk", "protonmail.com", "proton.me", "pm.me", "mail.com", "email.com", "ymail.com", "gmx.com",
	"gmx.co.uk",
}

// endings are the endings of most other addresses.
var endings = []string{"com", "org", "net", "uk", "scot", "wales"}

// doubtEmail asks whether another address was meant: one at a well-known domain that is one slip
// away, or one whose top-level domain exists. The Public Suffix List has all of IANA's top-level
// domains. Unlike a list of our own, it comes up to date with an update of the module.
func doubtEmail(q *Question, v Values, a answer, _ time.Time) *Problem {
	local, host, found := strings.Cut(a.normal, "@")
	if !found || v[q.keepInput()] == a.normal {
		return nil
	}
	tag, what := doubtHost(strings.ToLower(host))
	if tag == "" {
		return nil
	}
	if tag == "email-meant" {
		what = local + "@" + what
	}
	p := q.wrong(tag, what, q.ID)
	p.Keep = a.normal
	return p
}

// doubtHost says what is odd about a domain: "email-meant" with the domain that was probably meant,
// or "email-unknown" with its unknown ending; "" if nothing is odd.
func doubtHost(host string) (tag, what string) {
	for _, known := range providers {
		if host == known || strings.HasSuffix(host, "."+known) {
			return "", ""
		}
	}
	for _, known := range providers {
		if slip(host, known) {
			return "email-meant", known
		}
	}
	ending := host[strings.LastIndexByte(host, '.')+1:]
	if suffix, listed := publicsuffix.PublicSuffix(host); listed || strings.Contains(suffix, ".") {
		return "", ""
	}
	for _, known := range endings {
		if slip(ending, known) {
			return "email-meant", strings.TrimSuffix(host, ending) + known
		}
	}
	return "email-unknown", fmt.Sprintf(".%s", ending)
}

// slip tells whether two texts differ by one slip: a letter too many, missing or wrong, or two
// neighbouring letters swapped.
func slip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return i < len(a) && (a[i+1:] == b[i+1:] ||
			i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}
