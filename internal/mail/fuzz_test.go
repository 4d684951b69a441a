package mail

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"traininghub/internal/record"
)

// FuzzOutbox: the outbox shows whatever is in a file, or says that it is not a letter.
func FuzzOutbox(f *testing.F) {
	m := letter()
	// The fuzzer would spend its time on shortening a long letter.
	m.Text, m.Attachments[0].Data = "Dear Siân,\nhttps://hub.example.org/a.\n", []byte("%PDF")
	msg, err := compose(m, sentAt)
	if err != nil {
		f.Fatal(err)
	}
	var whole bytes.Buffer
	if _, err := msg.WriteTo(&whole); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes())
	for _, s := range []string{
		"", "\x00\xff no header at all", "Subject: x\r\n\r\nno kind",
		"Subject: =?utf-8?q?a=00<b>?=\r\nFrom: =?x?b?!?= <a@example.org>\r\nContent-Type: text/html\r\n\r\n<script>http://a</script>",
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" +
			"Content-Disposition: attachment; filename=\"a\\\"\n.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--b--\r\n",
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n!!\r\n--b--\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		head := readHead("x.eml", bytes.NewReader(data))
		m, err := readMessage("x.eml", bytes.NewReader(data))
		if err == nil && (head.Broken || head != m.head) {
			t.Errorf("in the list it is %+v, alone %+v", head, m.head)
		}
		shown := func(name string, view any) {
			w := httptest.NewRecorder()
			show(w, name, view)
			if page := w.Body.String(); w.Code != 200 || strings.Contains(page, "<script") ||
				strings.Contains(page, `href="javascript:`) {
				t.Errorf("status %d: %s", w.Code, page)
			}
		}
		shown("list", listView{Messages: []headView{head}, All: 1})
		if err != nil {
			return
		}
		shown("message", viewOf(m))
		whole := ""
		for _, r := range runs(m.text) {
			if whole += r.Text; r.Link && !strings.HasPrefix(r.Text, "http://") &&
				!strings.HasPrefix(r.Text, "https://") {
				t.Errorf("a link to %q", r.Text)
			}
		}
		if want := strings.ReplaceAll(m.text, "\r\n", "\n"); whole != want {
			t.Errorf("the text %q is shown as %q", want, whole)
		}
		for _, file := range m.files {
			w := httptest.NewRecorder()
			file.answer(w)
			how := w.Header().Get("Content-Disposition")
			if strings.ContainsAny(how, "\r\n") || w.Header().Get("Content-Type") != "application/pdf" &&
				!strings.HasPrefix(how, "attachment") {
				t.Errorf("the attachment %q goes as %q", file.Name, how)
			}
		}
	})
}

// FuzzRoundTrip: a letter comes out of the outbox as it was sent.
func FuzzRoundTrip(f *testing.F) {
	f.Add("Application CC-2C2C-2C2C", "Dear Siân,\n\n.\n..\nFrom here\n", "application.pdf", []byte("%PDF\r\n\x00"))
	f.Add("", " \t\nü=\n", "", []byte{})
	f.Fuzz(func(t *testing.T, subject, text, name string, data []byte) {
		if !utf8.ValidString(subject+text+name) || strings.Contains(text, "\r") {
			t.Skip()
		}
		m := record.Message{
			ID: "<CC-2C2C-2C2C.sent-1@hub.example.org>", From: "Hub <hub@example.org>", To: "sian@example.org",
			Subject: subject, Text: text, HTML: "<p>" + text + "</p>",
			Attachments: []record.Attachment{{Name: name, Type: "application/pdf", Data: data}},
		}
		msg, err := compose(m, sentAt)
		if err != nil {
			t.Fatal(err)
		}
		var wire bytes.Buffer
		if _, err := msg.WriteTo(&wire); err != nil {
			t.Fatal(err)
		}
		in, err := readMessage("x.eml", bytes.NewReader(wire.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if in.head.To != m.To || in.head.ID != m.ID {
			t.Errorf("the head is %+v", in.head)
		}
		words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
		if words(in.head.Subject) != words(printable(subject)) {
			t.Errorf("the subject %q arrives as %q", subject, in.head.Subject)
		}
		for sent, got := range map[string]string{text: in.text, m.HTML: in.html} {
			got = strings.ReplaceAll(got, "\r\n", "\n")
			if strings.TrimRight(got, "\n") != strings.TrimRight(sent, "\n") {
				t.Errorf("the part %q arrives as %q", sent, got)
			}
		}
		if len(in.files) != 1 || !bytes.Equal(in.files[0].Data, data) {
			t.Errorf("the attachment %q arrives as %+v", data, in.files)
		}
	})
}
