package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"traininghub/internal/bounce"
	"traininghub/internal/pattern"
	"traininghub/internal/record"
)

// TLS is how the connection to a mail server is encrypted.
type TLS string

const (
	StartTLS TLS = "starttls" // required after connecting; usual port 587
	Implicit TLS = "tls"      // from the first byte; usual port 465
	None     TLS = "none"     // not at all: only for a server on this machine; usual port 25
)

// SMTP hands messages to a mail server, each over a connection of its own. Its fields are settings;
// do not change them after first use. It may be used from several goroutines.
type SMTP struct {
	Host      string
	Port      int              // 0 for the usual port of the kind of encryption
	Username  string           // "" to send without signing in
	Password  string           //
	TLS       TLS              // StartTLS if ""
	LocalName string           // the name for greeting the server; this machine's name if ""
	Timeout   time.Duration    // for one message, from connecting to the server's acceptance; 30 seconds if 0
	RootCAs   *x509.CertPool   // whose certificates are trusted; the machine's if nil
	Now       func() time.Time // for the messages' Date; time.Now if nil

	// Bounces is the address to which mail systems return letters. "bounces@example.org" gives each
	// letter an address of its own, "bounces+TAG@example.org", which identifies the letter even if
	// nothing of it comes back. If it is "", letters return to the sender.
	Bounces string
}

var _ record.Mailer = (*SMTP)(nil)

// Check says what is wrong with the settings, without repeating their values. Send makes the same
// checks.
func (s *SMTP) Check() error {
	switch {
	case s.Host == "":
		return errors.New("mail: the mail server's host is not set")
	case s.Port < 0 || s.Port > 65535:
		return errors.New("mail: the mail server's port is not from 1 to 65535")
	case s.Timeout < 0:
		return errors.New("mail: the mail server's timeout is less than 0")
	case s.Bounces != "" && returnTo(s.Bounces, "") == "":
		return errors.New("mail: the address to which letters are returned is not an email address")
	case s.Username == "" && s.Password != "":
		return errors.New("mail: there is a password for the mail server but no user name")
	}
	switch s.TLS {
	case "", StartTLS, Implicit:
	case None:
		if ip := net.ParseIP(s.Host); s.Host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return fmt.Errorf("mail: only a mail server on this machine can be used without encryption (use %s or %s)",
				StartTLS, Implicit)
		}
	default:
		return fmt.Errorf("mail: the mail server's encryption must be %s, %s or %s", StartTLS, Implicit, None)
	}
	return nil
}

func (s *SMTP) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// Send hands m to the server. It returns nil once the server has accepted m, whatever happens to
// the connection after that. Otherwise it returns an [*Error].
func (s *SMTP) Send(ctx context.Context, m record.Message) error {
	_, err := s.Try(ctx, m)
	return err
}

// Try is Send, and also returns the server's answer to a message that it accepted.
func (s *SMTP) Try(ctx context.Context, m record.Message) (answer string, err error) {
	if err := s.Check(); err != nil {
		return "", err
	}
	msg, err := compose(m, s.now())
	if err != nil {
		return "", err
	}
	if to := returnTo(s.Bounces, m.ID); to != "" {
		if err := msg.EnvelopeFrom(to); err != nil {
			return "", errInvalid
		}
	}
	timeout := s.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// The library has a timeout for each step, and closes a connection only if all went well. Here
	// the connection is always closed: when time is up, or when Send returns.
	var conn net.Conn
	dial := func(dialing context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		conn = c
		context.AfterFunc(ctx, func() { c.Close() })
		if s.TLS != Implicit {
			return c, nil
		}
		secure := tls.Client(c, s.config())
		return secure, secure.HandshakeContext(dialing)
	}
	client, err := gomail.NewClient(s.Host, s.options(timeout, dial, m)...)
	if err != nil {
		return "", &Error{class: "the settings of the mail server cannot be used"}
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", detailed(failure(ctx, err, conn != nil, m.To), err)
	}
	if err := client.SendWithSMTPClient(session, msg); !msg.IsDelivered() {
		// Do not send QUIT here: after a text that was cut off, the server would take it for
		// complete.
		return "", detailed(failure(ctx, err, true, m.To), err)
	}
	conn.SetDeadline(time.Now().Add(time.Second)) // the message was accepted: QUIT is not worth waiting for
	session.Quit()
	return msg.ServerResponse(), nil
}

func detailed(e *Error, all error) *Error {
	e.detail = all
	return e
}

// Where says which server letters are handed to, and how.
func (s *SMTP) Where() string {
	how := string(cmp.Or(s.TLS, StartTLS))
	if s.TLS == None {
		how = "without encryption"
	}
	where := net.JoinHostPort(s.Host, strconv.Itoa(s.port())) + ", " + how
	if s.Username != "" {
		where += ", signed in as " + s.Username
	}
	return where
}

// port is the port that is set, or the usual one of the kind of encryption.
func (s *SMTP) port() int {
	return cmp.Or(s.Port, map[TLS]int{"": 587, StartTLS: 587, Implicit: 465, None: 25}[s.TLS])
}

// returnTo is the address for returning the letter with a Message-ID; "" if there is none. The part
// before the at sign can have at most 64 bytes (RFC 5321), so a letter with a longer tag has none.
func returnTo(bounces, id string) string {
	a, err := netmail.ParseAddress(bounces)
	if err != nil || !ascii(a.Address) {
		return ""
	}
	local, host, _ := strings.Cut(a.Address, "@")
	if tag, _, _ := strings.Cut(strings.TrimPrefix(id, "<"), "@"); tag != "" && len(local)+1+len(tag) <= 64 {
		local += "+" + tag
	}
	return local + "@" + host
}

func (s *SMTP) config() *tls.Config {
	return &tls.Config{ServerName: s.Host, RootCAs: s.RootCAs, MinVersion: tls.VersionTLS12}
}

func (s *SMTP) options(timeout time.Duration, dial gomail.DialContextFunc, m record.Message) []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.port()), gomail.WithDialContextFunc(dial),
		gomail.WithTimeout(timeout + time.Minute), // for one step; ctx, which is for all steps, ends first
		gomail.WithTLSConfig(s.config()), gomail.WithTLSPolicy(gomail.TLSMandatory),
		gomail.WithoutNoop(), gomail.WithoutRset(), // one message for each connection: nothing to reset
	}
	switch s.TLS {
	case Implicit:
		options = append(options, gomail.WithSSL())
	case None:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.LocalName != "" {
		options = append(options, gomail.WithHELO(s.LocalName))
	}
	if s.Username != "" {
		options = append(options, gomail.WithUsername(s.Username), gomail.WithPassword(s.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	if ascii(m.From + m.To) {
		// If SMTPUTF8 is requested without need, servers further on may refuse the message.
		options = append(options, gomail.WithoutSMTPUTF8())
	}
	return options
}

// serverSaid matches the server's words as the library quotes them: `sending SMTP RCPT TO command:
// 550 "5.1.1 no", affected recipient(s): ...`.
var serverSaid = pattern.Of(`: (\d{3}) ("(?:[^"\\]|\\.)*")`)

// refusal says what a server's permanent answer to a message means. An answer to the sender's
// address says nothing about the recipient.
func refusal(refused *gomail.SendError, to string) *record.Refusal {
	said := ""
	if m := serverSaid().FindStringSubmatch(refused.Error()); m != nil {
		if words, err := strconv.Unquote(m[2]); err == nil {
			said = m[1] + " " + words
		}
	}
	verdict := bounce.Judge(refused.ErrorCode(), bounce.Status(said), said)
	dead := refused.Reason != gomail.ErrSMTPMailFrom && verdict == bounce.Dead
	if a, err := netmail.ParseAddress(to); err == nil {
		to = a.Address
	}
	return &record.Refusal{Dead: dead, Said: bounce.Words(said, to)}
}

// failure finds the class of a failure. to is the message's recipient.
func failure(ctx context.Context, err error, connected bool, to string) *Error {
	var refused *gomail.SendError
	var reply *textproto.Error
	var untrusted *tls.CertificateVerificationError
	var plain tls.RecordHeaderError
	var alert tls.AlertError
	code, sending := 0, errors.As(err, &refused)
	if sending {
		code = refused.ErrorCode()
	} else if errors.As(err, &reply) {
		code = reply.Code
	}
	switch {
	case code == 530 || code == 534 || code == 535 || code == 538:
		return &Error{class: "the server does not accept the user name and password", code: code}
	case code >= 500 && sending:
		return &Error{class: "refused by the server", code: code, cause: refusal(refused, to)}
	case code >= 500:
		return &Error{class: "refused by the server", code: code}
	case code >= 400:
		return &Error{class: "the server asks to try again later", code: code}
	case errors.Is(ctx.Err(), context.Canceled):
		return &Error{class: "stopped", cause: context.Canceled}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &Error{class: "the server did not answer in time"}
	case !connected:
		return &Error{class: "cannot reach the server"}
	case errors.As(err, &untrusted):
		return &Error{class: "the server's certificate cannot be trusted"}
	case errors.As(err, &plain), errors.As(err, &alert), strings.Contains(err.Error(), "does not support STARTTLS"):
		return &Error{class: "the server does not encrypt as it should"}
	}
	return &Error{class: "the connection to the server broke"}
}
