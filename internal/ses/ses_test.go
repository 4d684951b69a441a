package ses_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"traininghub/internal/record"
	"traininghub/internal/ses"
	"traininghub/internal/standin"
)

func config(url string) aws.Config {
	return aws.Config{
		Region: "eu-west-2", BaseEndpoint: &url,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	}
}

func message() record.Message {
	return record.Message{
		ID: "<CC-2C2C-2C2C.application-to-lead-1@example.org>", From: "Tŷ Hub <hub@example.org>",
		To:      "MARKER@example.org",
		ReplyTo: "Zoë MARKER <zoe@example.org>", Subject: "New application\r\nBcc: MARKER@example.org",
		Text: "Zoë Ní Dhomhnaill\n", HTML: "<p>Zoë Ní Dhomhnaill</p>\n",
		Attachments: []record.Attachment{{Name: "application.pdf", Type: "application/pdf",
			Data: []byte("%PDF-\x00\xff")}},
	}
}

func TestSend(t *testing.T) {
	url := standin.SES(t)
	m := ses.New(config(url), "hub")
	if err := m.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(url + "/store")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var store struct {
		Emails []struct {
			From, Subject string
			ReplyTo       []string
			Destination   struct{ To []string }
			Body          struct{ Text, HTML string }
			Attachments   []struct {
				Filename, ContentType string
				Content               []byte
			}
			Headers []struct{ Name, Value string }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&store); err != nil || len(store.Emails) != 1 {
		t.Fatalf("%d mails: %v", len(store.Emails), err)
	}
	e := store.Emails[0]
	for what, got := range map[string][2]string{
		"from":     {e.From, "=?utf-8?q?T=C5=B7_Hub?= <hub@example.org>"},
		"to":       {strings.Join(e.Destination.To, " "), "<MARKER@example.org>"},
		"reply to": {strings.Join(e.ReplyTo, " "), "=?utf-8?q?Zo=C3=AB_MARKER?= <zoe@example.org>"},
		"subject":  {e.Subject, "New application  Bcc: MARKER@example.org"},
		"text":     {e.Body.Text, "Zoë Ní Dhomhnaill\n"},
		"page":     {e.Body.HTML, "<p>Zoë Ní Dhomhnaill</p>\n"},
		"attachment": {e.Attachments[0].Filename + " " + e.Attachments[0].ContentType,
			"application.pdf application/pdf"},
		"headers": {fmt.Sprint(e.Headers),
			"[{Auto-Submitted auto-generated} {X-Hub-Message-ID <CC-2C2C-2C2C.application-to-lead-1@example.org>}]"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s %q, want %q", what, got[0], got[1])
		}
	}
	if !bytes.Equal(e.Attachments[0].Content, message().Attachments[0].Data) {
		t.Errorf("the attachment arrived as %q", e.Attachments[0].Content)
	}
}

// TestCall: what SES is asked, beyond what a stand-in keeps. It is asked once, whatever it answers,
// and errors say nothing about people.
func TestCall(t *testing.T) {
	var asked []string
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		b.ReadFrom(r.Body)
		asked = append(asked, b.String())
		w.Header().Set("X-Amzn-Errortype", "MessageRejected")
		w.WriteHeader(status)
		w.Write([]byte(`{"message":"Email address is not verified: MARKER@example.org"}`))
	}))
	t.Cleanup(server.Close)
	m := ses.New(config(server.URL), "hub")
	if err := m.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"ConfigurationSetName":"hub"`,
		`"EmailTags":[{"Name":"reference","Value":"CC-2C2C-2C2C"},{"Name":"letter","Value":"application-to-lead-1"}]`,
		`"ContentTransferEncoding":"BASE64"`, `"ContentDisposition":"ATTACHMENT"`,
	} {
		if !strings.Contains(asked[0], want) {
			t.Errorf("SES is not asked %s: %s", want, asked[0])
		}
	}
	for _, status = range []int{400, 403, 429, 500, 503} {
		asked = nil
		err := m.Send(t.Context(), message())
		if err == nil || strings.Contains(err.Error(), "MARKER") || strings.Contains(err.Error(), "@") ||
			!strings.Contains(err.Error(), "MessageRejected") {
			t.Errorf("%d: error %v", status, err)
		}
		if len(asked) != 1 {
			t.Errorf("%d: asked %d times, want once", status, len(asked))
		}
	}
	for what, spoil := range map[string]func(*record.Message){
		"to":   func(m *record.Message) { m.To = "MARKER" },
		"from": func(m *record.Message) { m.From = "MARKER\r\n" },
		"id":   func(m *record.Message) { m.ID = "<a b@c>" },
	} {
		asked = nil
		bad := message()
		spoil(&bad)
		if err := m.Send(t.Context(), bad); err == nil || strings.Contains(err.Error(), "MARKER") || len(asked) > 0 {
			t.Errorf("%s: asked %d times, error %v", what, len(asked), err)
		}
	}
	server.Close()
	if err := m.Send(t.Context(), message()); err == nil || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("nobody there: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Send(ended, message()); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
