// Package bounce understands what mail systems say of letters that they do not take.
//
// [Judge] tells from the answer of a mail server whether there is no such mailbox, so that the
// address is dead, or whether the letter was refused for another reason (policy, spam, size, a full
// mailbox), in which the address may be right and nobody who typed it is to blame. [Read] reads a
// delivery status notification (RFC 3464, RFC 6533), which comes later and from anybody: it takes
// any bytes, in bounded time and memory. What is no such notification, an out-of-office reply above
// all, is [ErrNoNotice].
//
// [Words] is what may be kept and shown of a server's words: one line, bounded, without addresses.
package bounce

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// A Verdict is what became of a letter.
type Verdict int

const (
	Refused Verdict = iota // it will not be delivered, for a reason that is not the address, or that nobody knows
	Dead                   // it will not be delivered, since there is no such mailbox or it takes nothing any more
	Late                   // it may still be delivered
)

// dead are the enhanced status codes of RFC 3463 and its registry that say that an address is dead:
// no such mailbox, no such domain, a domain that takes no mail (RFC 7505), a mailbox that is
// disabled.
var dead = []string{"5.1.1", "5.1.2", "5.1.10", "5.2.1"}

var enhanced = lazily(`^(?:\d{3}[ -])?\s*([245]\.\d{1,3}\.\d{1,3})\b`)

// Status is the enhanced status code at the beginning of a server's words, with or without the
// reply code before it; "" if there is none.
func Status(words string) string {
	if m := enhanced().FindStringSubmatch(words); m != nil {
		return m[1]
	}
	return ""
}

// Judge tells what a server's answer to a recipient means: its reply code, 0 if it gave none, its
// enhanced status code, "" if it gave none, and its words.
func Judge(code int, status, words string) Verdict {
	switch {
	case code >= 400 && code < 500, code == 0 && strings.HasPrefix(status, "4."):
		return Late
	case slices.Contains(dead, status):
		return Dead
	}
	bare := status == "" || strings.HasSuffix(status, ".0.0")
	if bare && (code == 550 || code == 551 || code == 553) && unknownUser(words) {
		return Dead
	}
	return Refused
}

// Servers that give no enhanced status say in words that there is no such mailbox, and they say
// also in words that they do not like the sender: "sender address unknown" is no fault of the
// recipient's.
var (
	noMailbox = lazily(`(?i)` +
		`\b(unknown|no such|invalid|non-?existent|unrouteable|unroutable|not a (?:known|valid)|no)\s+(?:local |virtual |alias |such )*(?:user|mailbox|mail box|recipient|address|account|person)\b` +
		`|\b(?:user|mailbox|mail box|recipient|address|account|person)\b[^.;,]{0,60}?\b(?:unknown|not found|not known|not local|does(?:n't| not) exist|do(?:n't| not) exist|not exist|doesn't have|disabled|inactive|no longer (?:exists|valid|available|active))\b`)
	aboutSender = lazily(`(?i)\b(?:sender|senders|from|envelope|mail from|relay\w*|spf|dkim|dmarc|spam|spamming|policy|blocked|block ?list|black ?list\w*|denied|reputation|authenticat\w+|verif\w+|too large|quota|full)\b`)
)

func unknownUser(words string) bool {
	return noMailbox().MatchString(words) && !aboutSender().MatchString(words)
}

// lazily compiles a pattern when it is first needed: most runs of a Lambda function never need it,
// and the long ones would take a tenth of their start.
func lazily(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// How many characters of a server's words are kept, and how many bytes an address has at most.
const (
	mostWords   = 160
	mostAddress = 320
)

var (
	anAddress = lazily(`("[^"]{0,64}"|[^\s<>()\[\]",;:]*)@[^\s<>()\[\]",;]*`)
	aNumber   = lazily(`\+?\d[\d ()]{7,}\d`)
)

// Words is what of a server's words may be kept and shown: one line, at most 160 characters,
// without the addresses that are known, what stands before their "@", any other address, and
// telephone numbers.
func Words(words string, known ...string) string {
	words = strings.Map(func(r rune) rune {
		switch {
		case r == '\uff20' || r == '\ufe6b': // other at signs
			return '@'
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case !unicode.IsPrint(r): // also what is invisible, or turns the direction of a text
			return -1
		}
		return r
	}, strings.ToValidUTF8(words, "\ufffd"))
	words = string([]rune(words)[:min(4*mostWords, len([]rune(words)))])
	words = anAddress().ReplaceAllString(words, "[address]")
	for _, address := range known {
		// A server also names the mailbox alone: "pat.manager is disabled".
		address = strings.ToValidUTF8(address[:min(len(address), mostAddress)], "\ufffd")
		local, domain, _ := strings.Cut(address, "@")
		for _, part := range []string{address, local + "@" + domain, local} {
			if len([]rune(part)) < 2 {
				continue
			}
			word := regexp.MustCompile(`(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(part) + `($|[^\pL\pN])`)
			for range 2 { // since two that stand side by side share what is between them
				words = word.ReplaceAllString(words, "${1}[address]${2}")
			}
		}
	}
	words = aNumber().ReplaceAllString(words, "[number]")
	short := []rune(strings.Join(strings.Fields(words), " "))
	if len(short) > mostWords {
		return string(short[:mostWords-1]) + "…"
	}
	return string(short)
}

// Class names a refusal by what a server gave: "550 5.1.1", "5.2.2", "550"; "" if it gave nothing.
func Class(code int, status string) string {
	var parts []string
	if code != 0 {
		parts = append(parts, strconv.Itoa(code))
	}
	if status != "" {
		parts = append(parts, status)
	}
	return strings.Join(parts, " ")
}
