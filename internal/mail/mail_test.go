package mail

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"traininghub/internal/record"
)

// sentAt is 2:05pm in London, in summer.
var sentAt = time.Date(2021, 9, 20, 13, 5, 0, 0, time.UTC)

func clock() time.Time { return sentAt }

// letter is a message with everything that mail tends to spoil.
func letter() record.Message {
	pdf := []byte("%PDF-1.7\r\n\x00\xff.\r\n.\nFrom x\n")
	for i := range 5000 {
		pdf = append(pdf, byte(i*7))
	}
	return record.Message{
		ID:      "<CC-7K3M.application-to-lead.1@hub.example.org>",
		From:    "Hyb Hyfforddi Ŵyn <hub@example.org>",
		To:      "lead@example.org",
		ReplyTo: "sian@example.org",
		Subject: "Application CC-7K3M received 2:05pm on Monday 20 September 2021: Rozwój zawodowy – ŵythnos 👩🏽‍⚕️",
		Text: "Annwyl Ŵyn, Łódź 👩🏽‍⚕️\n\n" +
			"From the beginning of a line\n.\n..\n. a dot\ntrailing space \n\ttab = sign =20\n" +
			strings.Repeat("a line longer than SMTP allows ", 60) + "\n" +
			"{{reference}} <b>not bold</b> https://hub.example.org/apply/x/resume/abc_-=.\n\nlast line\n",
		HTML:        "<!doctype html><p>Annwyl Ŵyn &lt;b&gt; <a href=\"https://hub.example.org/\">.</a></p>\n.\n",
		Attachments: []record.Attachment{{Name: "application-CC-7K3M.pdf", Type: "application/pdf", Data: pdf}},
	}
}

// composed is the message as it goes over the wire.
func composed(t *testing.T, m record.Message) string {
	t.Helper()
	msg, err := compose(m, sentAt)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestComposeHoldsNoOtherHeader(t *testing.T) {
	m := letter()
	m.Subject = "Hello\r\nBcc: all@example.org\r\n\r\nBody\x00\u2028\x85"
	m.ReplyTo = "\"x\\\r\nBcc: all@example.org\" <x@example.org>"
	m.Attachments[0].Name = "a\r\nBcc: all@example.org\"; x=.pdf"
	m.Attachments[0].Type = "application/pdf\r\nBcc: all@example.org"
	wire := composed(t, m)
	for line := range strings.SplitSeq(wire, "\r\n") {
		if strings.HasPrefix(strings.ToLower(line), "bcc:") || line == "Body" {
			t.Errorf("a header was let in: %q", line)
		}
	}
	if strings.Contains(strings.ReplaceAll(wire, "\r\n", ""), "\n") ||
		strings.Contains(strings.ReplaceAll(wire, "\r\n", ""), "\r") {
		t.Error("there are line ends other than CR LF")
	}
}

func TestComposeRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*record.Message)
	}{
		{"no recipient", func(m *record.Message) { m.To = "" }},
		{"two recipients", func(m *record.Message) { m.To = "lead@example.org, other@example.org" }},
		{"recipient with a line end", func(m *record.Message) { m.To = "lead@example.org\r\nBcc: all@example.org" }},
		{"no sender", func(m *record.Message) { m.From = "The hub" }},
		{"no Message-ID", func(m *record.Message) { m.ID = "" }},
		{"Message-ID without brackets", func(m *record.Message) { m.ID = "1@example.org" }},
		{"Message-ID with a line end", func(m *record.Message) { m.ID = "<1@example.org\r\nBcc: all@example.org>" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := letter()
			c.change(&m)
			want := errInvalid
			if m.To != letter().To {
				want = errAddress
			}
			if _, err := compose(m, sentAt); err != want {
				t.Errorf("got %v, want %v", err, want)
			}
		})
	}
	m := letter()
	m.To = "nobody"
	_, err := compose(m, sentAt)
	if refusal := (*record.Refusal)(nil); !errors.As(err, &refusal) || !refusal.Dead {
		t.Errorf("an invalid address would be tried for ever: %v", err)
	}
}

// What an applicant typed as their address must not keep the letter from the STP lead.
func TestComposeLeavesOutABadReplyTo(t *testing.T) {
	for _, reply := range []string{"", "siân@example.org", "not an address", "a@example.org, b@example.org"} {
		m := letter()
		m.ReplyTo = reply
		if wire := composed(t, m); strings.Contains(wire, "Reply-To") {
			t.Errorf("%q became a Reply-To", reply)
		}
	}
}
