package mail

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"math/big"
	"mime"
	"mime/multipart"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"traininghub/internal/record"
)

// A sink is a real mail server that keeps what it gets, or refuses as it is told to.
type sink struct {
	refuse map[string]error // by command: "MAIL", "RCPT" or "DATA"

	mu  sync.Mutex
	got []delivery
}

type delivery struct {
	from, to, helo string
	secure, utf8   bool
	raw            []byte
}

type session struct {
	sink *sink
	conn *smtp.Conn
	delivery
}

func (s *sink) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{sink: s, conn: c}, nil
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
func (s *session) Mail(from string, opts *smtp.MailOptions) error {
	_, s.secure = s.conn.TLSConnectionState()
	s.from, s.helo, s.utf8 = from, s.conn.Hostname(), opts.UTF8
	return s.sink.refuse["MAIL"]
}
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to += to
	return s.sink.refuse["RCPT"]
}
func (s *session) Data(r io.Reader) (err error) {
	if s.raw, err = io.ReadAll(r); err != nil {
		return err
	}
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.got = append(s.sink.got, s.delivery)
	return s.sink.refuse["DATA"]
}

func listen(t *testing.T) (net.Listener, int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, l.Addr().(*net.TCPAddr).Port
}

// serve starts the sink and returns settings that reach it.
func (s *sink) serve(t *testing.T, mode TLS) *SMTP {
	t.Helper()
	l, port := listen(t)
	cert, roots := certificate(t)
	server := smtp.NewServer(s)
	server.Domain = "mail.example.org"
	server.ErrorLog = log.New(io.Discard, "", 0)
	switch mode {
	case StartTLS:
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	case Implicit:
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}})
	}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return &SMTP{Host: "127.0.0.1", Port: port, TLS: mode, LocalName: "hub.example.org", RootCAs: roots, Now: clock}
}

// certificate is a certificate for 127.0.0.1 that only the returned pool trusts.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestSMTPDelivers(t *testing.T) {
	for _, mode := range []TLS{StartTLS, Implicit, None} {
		t.Run(string(mode), func(t *testing.T) {
			var server sink
			if err := server.serve(t, mode).Send(t.Context(), letter()); err != nil {
				t.Fatal(err)
			}
			if len(server.got) != 1 {
				t.Fatalf("%d messages arrived", len(server.got))
			}
			got := server.got[0]
			if got.from != "hub@example.org" || got.to != "lead@example.org" || got.helo != "hub.example.org" ||
				got.utf8 {
				t.Errorf("envelope: %+v", got)
			}
			if got.secure != (mode != None) {
				t.Errorf("encrypted: %t", got.secure)
			}
			arrived(t, got.raw)
		})
	}
}

// arrivedTwice compares the two parts of the letter: the text, and then the page.
func arrivedTwice(t *testing.T, body io.Reader, contentType string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("kind %q: %v", contentType, err)
	}
	parts := multipart.NewReader(body, params["boundary"])
	for _, c := range [][2]string{{"text/plain", letter().Text}, {"text/html", letter().HTML}} {
		kind, want := c[0], c[1]
		part, err := parts.NextPart() // decodes quoted-printable
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(part)
		if got := strings.ReplaceAll(string(data), "\r\n", "\n"); err != nil || got != want {
			t.Errorf("%s: %v\ngot:\n%q\nwant:\n%q", kind, err, got, want)
		}
		if got := part.Header.Get("Content-Type"); got != kind+"; charset=UTF-8" {
			t.Errorf("kind of the part: %q", got)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("after the two parts: %v", err)
	}
}

// arrived compares raw, read with the standard library alone, with what letter should give.
func arrived(t *testing.T, raw []byte) {
	t.Helper()
	want := letter()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"From": want.From, "To": "<lead@example.org>", "Reply-To": "<sian@example.org>", "Subject": want.Subject,
		"Message-Id": want.ID, "Date": "Mon, 20 Sep 2021 14:05:00 +0100", "Auto-Submitted": "auto-generated",
		"Mime-Version": "1.0", "Bcc": "", "User-Agent": "", "X-Mailer": "",
	} {
		if got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(key)); err != nil || got != value {
			t.Errorf("%s: got %q (%v), want %q", key, got, err, value)
		}
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		t.Fatalf("kind %q: %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	both, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	arrivedTwice(t, both, both.Header.Get("Content-Type"))
	file, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, file))
	if err != nil || !bytes.Equal(data, want.Attachments[0].Data) {
		t.Errorf("attachment differs: %d bytes, want %d (%v)", len(data), len(want.Attachments[0].Data), err)
	}
	if kind, _, _ := mime.ParseMediaType(file.Header.Get("Content-Type")); kind != "application/pdf" ||
		file.FileName() != "application-CC-7K3M.pdf" {
		t.Errorf("attachment is %q, %q", kind, file.FileName())
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("after the attachment: %v", err)
	}
	for i, line := range strings.Split(string(raw), "\r\n") {
		if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
			t.Errorf("line %d could be spoilt on the way: %q", i+1, line)
		}
	}
}

// TestTry: whoever runs the hub is told what the server said, and where it is; a log is not.
func TestTry(t *testing.T) {
	var server sink
	s := server.serve(t, StartTLS)
	if answer, err := s.Try(t.Context(), letter()); err != nil || !strings.Contains(answer, "OK") {
		t.Errorf("a letter that was taken: %q, %v", answer, err)
	}
	s.Username = "hub"
	if got, want := s.Where(), "127.0.0.1:"+strconv.Itoa(s.Port)+", starttls, signed in as hub"; got != want {
		t.Errorf("it is at %q, want %q", got, want)
	}
	if got := (&SMTP{Host: "mail.example.org", TLS: Implicit}).Where(); got != "mail.example.org:465, tls" {
		t.Errorf("it is at %q", got)
	}
	s.Username = ""
	server.refuse = map[string]error{"RCPT": &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1},
		Message: "lead@example.org may not"}}
	_, err := s.Try(t.Context(), letter())
	wrong := (*Error)(nil)
	if !errors.As(err, &wrong) || strings.Contains(wrong.Error(), "may not") ||
		!strings.Contains(wrong.Detail(), "lead@example.org may not") {
		t.Errorf("refused: %v", err)
	}
	nobody, port := listen(t)
	nobody.Close()
	_, err = (&SMTP{Host: "127.0.0.1", Port: port}).Try(t.Context(), letter())
	if !errors.As(err, &wrong) || !strings.Contains(wrong.Detail(), "cannot reach the server") ||
		!strings.Contains(wrong.Detail(), "connection refused") {
		t.Errorf("no server: %v", err)
	}
}

func TestSMTPSendsTextAndPageAlone(t *testing.T) {
	var server sink
	m := letter()
	m.Attachments, m.ReplyTo = nil, ""
	if err := server.serve(t, StartTLS).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got, err := netmail.ReadMessage(bytes.NewReader(server.got[0].raw))
	if err != nil {
		t.Fatal(err)
	}
	arrivedTwice(t, got.Body, got.Header.Get("Content-Type"))
}

func TestSMTPSendsPlainTextAlone(t *testing.T) {
	var server sink
	m := letter()
	m.Attachments, m.ReplyTo, m.HTML = nil, "", ""
	if err := server.serve(t, StartTLS).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got, err := netmail.ReadMessage(bytes.NewReader(server.got[0].raw))
	if err != nil {
		t.Fatal(err)
	}
	text, err := decoded(got.Body, got.Header.Get("Content-Transfer-Encoding"))
	if s := strings.ReplaceAll(string(text), "\r\n", "\n"); err != nil || s != m.Text {
		t.Errorf("text: %q (%v)", s, err)
	}
}

func TestSMTPKeepsTheMessageID(t *testing.T) {
	var server sink
	s := server.serve(t, StartTLS)
	for range 2 {
		if err := s.Send(t.Context(), letter()); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range server.got {
		if n := strings.Count(string(d.raw), "Message-ID: "+letter().ID+"\r\n"); n != 1 {
			t.Errorf("the Message-ID occurs %d times in:\n%.300s", n, d.raw)
		}
	}
	if len(server.got) != 2 {
		t.Errorf("%d messages arrived", len(server.got))
	}
}

// wantError checks class and kind, and that the error repeats nothing of the message or of the
// server's words.
func wantError(t *testing.T, err error, text string, permanent bool) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", text)
	}
	if err.Error() != text {
		t.Errorf("got %q, want %q", err, text)
	}
	var refusal *record.Refusal
	if errors.As(err, &refusal) != permanent {
		t.Errorf("%v: permanent should be %t", err, permanent)
	}
	for ; err != nil; err = errors.Unwrap(err) {
		if strings.Contains(err.Error(), "example.org") {
			t.Errorf("the error tells an address: %v", err)
		}
	}
}

func TestSMTPRefused(t *testing.T) {
	for _, c := range []struct {
		command   string
		code      int
		want      string
		permanent bool
	}{
		{"MAIL", 421, "mail: the server asks to try again later (421)", false},
		{"MAIL", 451, "mail: the server asks to try again later (451)", false},
		{"MAIL", 550, "mail: refused by the server (550)", true},
		{"MAIL", 530, "mail: the server does not accept the user name and password (530)", false},
		{"RCPT", 450, "mail: the server asks to try again later (450)", false},
		{"RCPT", 550, "mail: refused by the server (550)", true},
		{"DATA", 452, "mail: the server asks to try again later (452)", false},
		{"DATA", 552, "mail: refused by the server (552)", true},
	} {
		t.Run(c.want+" to "+c.command, func(t *testing.T) {
			server := sink{refuse: map[string]error{c.command: &smtp.SMTPError{Code: c.code,
				EnhancedCode: smtp.NoEnhancedCode, Message: "no room for lead@example.org"}}}
			wantError(t, server.serve(t, StartTLS).Send(t.Context(), letter()), c.want, c.permanent)
		})
	}
}

// TestSMTPBounces: each letter can be returned to an address of its own.
func TestSMTPBounces(t *testing.T) {
	for bounces, want := range map[string]string{
		"":                    "hub@example.org",
		"bounces@example.org": "bounces+CC-2C2C-2C2C.authorise-to-practice-12@example.org",
		"b+hub@example.org":   "b+hub+CC-2C2C-2C2C.authorise-to-practice-12@example.org",
		"a-very-long-mailbox-for-what-came-back@example.org": "a-very-long-mailbox-for-what-came-back@example.org",
	} {
		var server sink
		s := server.serve(t, StartTLS)
		s.Bounces = bounces
		m := letter()
		m.From, m.ID = "Test Hub <hub@example.org>", "<CC-2C2C-2C2C.authorise-to-practice-12@example.org>"
		if err := s.Send(t.Context(), m); err != nil || len(server.got) != 1 || server.got[0].from != want {
			t.Errorf("%q: %v, %+v", bounces, err, server.got)
		}
	}
	if err := (&SMTP{Host: "localhost", Bounces: "nobody"}).Check(); err == nil {
		t.Error("no address passes for one")
	}
}

// TestSMTPDead: a server's answer shows whether the address is dead or the letter unwanted. The
// server's words are kept, but without addresses.
func TestSMTPDead(t *testing.T) {
	for _, c := range []struct {
		command  string
		code     int
		enhanced smtp.EnhancedCode
		message  string
		dead     bool
		said     string
	}{
		{"RCPT", 550, smtp.EnhancedCode{5, 1, 1}, "<lead@example.org>: no", true, "550 5.1.1 <[address]>: no"},
		{"RCPT", 550, smtp.EnhancedCode{5, 2, 1}, "disabled", true, "550 5.2.1 disabled"},
		{"RCPT", 550, smtp.NoEnhancedCode, "User unknown", true, "550 User unknown"},
		{"DATA", 550, smtp.EnhancedCode{5, 1, 1}, "Unknown user lead", true, "550 5.1.1 Unknown user [address]"},
		{"MAIL", 550, smtp.EnhancedCode{5, 1, 1}, "unknown user", false, "550 5.1.1 unknown user"},
		{"RCPT", 550, smtp.EnhancedCode{5, 7, 1}, "blocked by policy, call 01632 960001", false,
			"550 5.7.1 blocked by policy, call [number]"},
		{"DATA", 552, smtp.EnhancedCode{5, 3, 4}, "too big", false, "552 5.3.4 too big"},
		{"RCPT", 552, smtp.EnhancedCode{5, 2, 2}, "mailbox of lead is full", false,
			"552 5.2.2 mailbox of [address] is full"},
	} {
		t.Run(c.said, func(t *testing.T) {
			server := sink{refuse: map[string]error{c.command: &smtp.SMTPError{Code: c.code, EnhancedCode: c.enhanced,
				Message: c.message}}}
			err := server.serve(t, StartTLS).Send(t.Context(), letter())
			var refusal *record.Refusal
			if !errors.As(err, &refusal) || refusal.Dead != c.dead || refusal.Said != c.said {
				t.Errorf("got %v: %+v", err, *refusal)
			}
		})
	}
}

func TestSMTPUntrusted(t *testing.T) {
	for _, mode := range []TLS{StartTLS, Implicit} {
		var server sink
		s := server.serve(t, mode)
		s.RootCAs = x509.NewCertPool()
		wantError(t, s.Send(t.Context(), letter()), "mail: the server's certificate cannot be trusted", false)
		if len(server.got) != 0 {
			t.Errorf("%s: a server that nobody knows got the message", mode)
		}
	}
}

func TestSMTPNeverFallsBackToPlainText(t *testing.T) {
	for _, mode := range []TLS{"", Implicit} {
		var server sink
		s := server.serve(t, None)
		s.TLS = mode
		wantError(t, s.Send(t.Context(), letter()), "mail: the server does not encrypt as it should", false)
		if len(server.got) != 0 {
			t.Errorf("%q: the message went over an open line", mode)
		}
	}
}

func TestSMTPNoServer(t *testing.T) {
	l, port := listen(t)
	l.Close()
	wantError(t, (&SMTP{Host: "127.0.0.1", Port: port}).Send(t.Context(), letter()), "mail: cannot reach the server",
		false)
}

// scripted is a server that does what the test says once a client is there.
func scripted(t *testing.T, talk func(net.Conn, *bufio.Reader)) *SMTP {
	t.Helper()
	l, port := listen(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		talk(c, bufio.NewReader(c))
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return &SMTP{Host: "127.0.0.1", Port: port, TLS: None}
}

// say answers the next lines of a client, one answer a line.
func say(c net.Conn, r *bufio.Reader, answers ...string) {
	for _, a := range answers {
		r.ReadString('\n')
		io.WriteString(c, a+"\r\n")
	}
}

const greeting = "220 mail.example.org\r\n"

func TestSMTPBrokenOff(t *testing.T) {
	for _, c := range []struct {
		name string
		talk func(net.Conn, *bufio.Reader)
	}{
		{"before the greeting", func(net.Conn, *bufio.Reader) {}},
		{"in the middle of the text", func(c net.Conn, r *bufio.Reader) {
			io.WriteString(c, greeting)
			say(c, r, "250 ok", "250 ok", "250 ok", "354 go on")
			io.ReadFull(r, make([]byte, 200))
		}},
		{"after the text, without a word", func(c net.Conn, r *bufio.Reader) {
			io.WriteString(c, greeting)
			say(c, r, "250 ok", "250 ok", "250 ok", "354 go on")
			untilDot(r)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantError(t, scripted(t, c.talk).Send(t.Context(), letter()), "mail: the connection to the server broke",
				false)
		})
	}
}

// untilDot reads a text and reports whether its end came.
func untilDot(r *bufio.Reader) bool {
	for {
		line, err := r.ReadString('\n')
		if line == ".\r\n" {
			return true
		}
		if err != nil {
			return false
		}
	}
}

func TestSMTPHangs(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []string
	}{
		{"before the greeting", nil},
		{"after EHLO", []string{}},
		{"after DATA", []string{"250 ok", "250 ok", "250 ok"}},
		{"after the text", []string{"250 ok", "250 ok", "250 ok", "354 go on"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := scripted(t, func(conn net.Conn, r *bufio.Reader) {
				if c.answers != nil {
					io.WriteString(conn, greeting)
				}
				say(conn, r, c.answers...)
				io.Copy(io.Discard, r) // until the client gives up
			})
			s.Timeout = 200 * time.Millisecond
			wantError(t, s.Send(t.Context(), letter()), "mail: the server did not answer in time", false)
		})
	}
}

// If a text is cut off, the client must not say QUIT: the server would take the half for the whole.
func TestSMTPGivesUpWithoutEndingTheText(t *testing.T) {
	ended := make(chan bool, 1)
	gaveUp := make(chan struct{})
	s := scripted(t, func(conn net.Conn, r *bufio.Reader) {
		io.WriteString(conn, greeting)
		say(conn, r, "250 ok", "250 ok", "250 ok", "354 go on")
		<-gaveUp // reads nothing until then, so that the text gets stuck on its way
		ended <- untilDot(r)
	})
	s.Timeout = 500 * time.Millisecond
	m := letter()
	m.Attachments[0].Data = make([]byte, 32<<20) // more than the buffers of both ends hold
	err := s.Send(t.Context(), m)
	close(gaveUp)
	wantError(t, err, "mail: the server did not answer in time", false)
	if <-ended {
		t.Error("the server got the end of a text of which it had only the beginning")
	}
}

func TestSMTPStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := scripted(t, func(conn net.Conn, r *bufio.Reader) {
		io.WriteString(conn, greeting)
		say(conn, r, "250 ok", "250 ok")
		cancel()
		io.Copy(io.Discard, r)
	})
	err := s.Send(ctx, letter())
	wantError(t, err, "mail: stopped: context canceled", false)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}
}

// Once the server has said that it has the message, nothing turns that into an error.
func TestSMTPAcceptedIsAccepted(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(net.Conn, *bufio.Reader)
	}{
		{"and the server goes away", func(net.Conn, *bufio.Reader) {}},
		{"and the server does not say good-bye", func(c net.Conn, r *bufio.Reader) { io.Copy(io.Discard, r) }},
		{"and the server is rude", func(c net.Conn, r *bufio.Reader) { say(c, r, "500 what?") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := scripted(t, func(conn net.Conn, r *bufio.Reader) {
				io.WriteString(conn, greeting)
				say(conn, r, "250 ok", "250 ok", "250 ok", "354 go on")
				if untilDot(r) {
					io.WriteString(conn, "250 taken\r\n")
				}
				c.then(conn, r)
			})
			if err := s.Send(t.Context(), letter()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSMTPSignsIn(t *testing.T) {
	var line string
	s := scripted(t, func(c net.Conn, r *bufio.Reader) {
		io.WriteString(c, greeting)
		say(c, r, "250-mail.example.org\r\n250 AUTH LOGIN PLAIN")
		line, _ = r.ReadString('\n')
		io.WriteString(c, "535 5.7.8 not hub@example.org\r\n")
		say(c, r, "221 bye")
	})
	s.Username, s.Password = "hub@example.org", "a secret"
	wantError(t, s.Send(t.Context(), letter()), "mail: the server does not accept the user name and password (535)",
		false)
	if want := "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00hub@example.org\x00a secret")) + "\r\n"; line != want {
		t.Errorf("got %q, want %q", line, want)
	}
}

func TestSMTPCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		s    SMTP
		want string
	}{
		{"usual", SMTP{Host: "mail.example.org", Username: "hub", Password: "secret"}, ""},
		{"this machine", SMTP{Host: "localhost", TLS: None}, ""},
		{"this machine in IPv6", SMTP{Host: "::1", TLS: None}, ""},
		{"no host", SMTP{}, "mail: the mail server's host is not set"},
		{"open line", SMTP{Host: "mail.example.org", TLS: None},
			"mail: only a mail server on this machine can be used without encryption (use starttls or tls)"},
		{"open line to an address", SMTP{Host: "192.0.2.1", TLS: None},
			"mail: only a mail server on this machine can be used without encryption (use starttls or tls)"},
		{"unknown encryption", SMTP{Host: "mail.example.org", TLS: "ssl"},
			"mail: the mail server's encryption must be starttls, tls or none"},
		{"port", SMTP{Host: "mail.example.org", Port: 70000}, "mail: the mail server's port is not from 1 to 65535"},
		{"timeout", SMTP{Host: "mail.example.org", Timeout: -1}, "mail: the mail server's timeout is less than 0"},
		{"password alone", SMTP{Host: "mail.example.org", Password: "secret"},
			"mail: there is a password for the mail server but no user name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if err := c.s.Check(); err != nil {
				got = err.Error()
				if sent := c.s.Send(t.Context(), letter()); sent == nil || sent.Error() != got {
					t.Errorf("Send says %v", sent)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
