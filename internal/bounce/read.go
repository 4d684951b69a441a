package bounce

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrNoNotice says that a message is no delivery status notification.
var ErrNoNotice = errors.New("this is no delivery status notification")

// Limits of a message: the rest of one that is longer is not read. Real notifications that return a
// whole letter with its PDF have what counts before the letter.
const (
	mostBytes      = 1 << 20
	mostParts      = 50
	mostDepth      = 4
	mostRecipients = 20
)

// A Notice is what a delivery status notification says of one recipient of a letter.
type Notice struct {
	Letters []string // by what the letter may be known, the surest first: "CC-2C2C-2C2C.authorise-to-practice-12"
	Verdict Verdict
	Class   string    // "550 5.1.1": see [Class]
	Said    string    // what the recipient's server said: see [Words]
	At      time.Time // of the last try, or else of the notification; zero if neither says
}

// Read reads a message that came to the address to which letters are returned, and gives what it
// says of each recipient that it says anything of: none of a letter that was delivered. It is
// ErrNoNotice if it is anything else, and no other error is possible but the reader's.
func Read(r io.Reader) ([]Notice, error) {
	in := bufio.NewReader(io.LimitReader(r, mostBytes))
	if begin, _ := in.Peek(5); string(begin) == "From " { // how local delivery begins a message, and each one in an mbox
		if _, err := in.ReadString('\n'); err != nil {
			return nil, noNotice(err)
		}
	}
	m, err := mail.ReadMessage(in)
	if err != nil {
		return nil, noNotice(err)
	}
	found := &reading{}
	if err := found.part(textproto.MIMEHeader(m.Header), m.Body, 0); err != nil {
		return nil, err
	}
	if !found.report {
		return nil, ErrNoNotice
	}
	letters := found.letters
	for _, name := range []string{"To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"} {
		for _, to := range m.Header[textproto.CanonicalMIMEHeaderKey(name)] {
			if tag := taggedAddress().FindStringSubmatch(to); tag != nil {
				letters = append(letters, tag[1])
			}
		}
	}
	for _, name := range []string{"In-Reply-To", "References"} {
		for _, id := range messageID().FindAllStringSubmatch(m.Header.Get(name), 5) {
			letters = append(letters, id[1])
		}
	}
	letters = slices.Compact(letters)
	date, _ := m.Header.Date()
	for i := range found.notices {
		n := &found.notices[i]
		n.Letters = letters
		if n.At.IsZero() {
			n.At = date
		}
	}
	return found.notices, nil
}

// noNotice is ErrNoNotice for what only shows that a message is none.
func noNotice(err error) error {
	var broken *textproto.Error
	var protocol textproto.ProtocolError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &broken), errors.As(err, &protocol):
		return ErrNoNotice
	case strings.HasPrefix(err.Error(), "malformed"), strings.HasPrefix(err.Error(), "mail:"), strings.HasPrefix(err.Error(), "multipart:"),
		strings.HasPrefix(err.Error(), "message too large"):
		return ErrNoNotice
	}
	return err
}

var (
	// The hub's Message-IDs are "<RECORD.LETTER@host>", and the address to which a letter is returned
	// has the same behind a plus sign: "bounces+RECORD.LETTER@host".
	messageID     = lazily(`<([A-Za-z0-9_.-]{3,100})@[^<>@\s]{1,255}>`)
	taggedAddress = lazily(`\+([A-Za-z0-9_-]{3,60}\.[A-Za-z0-9_.-]{1,60})@`)
)

// A reading is what was found in a message so far.
type reading struct {
	report  bool // there was a part that says what became of a letter
	letters []string
	notices []Notice
	parts   int
}

// part reads one part of a message, and what is in it.
func (f *reading) part(header textproto.MIMEHeader, body io.Reader, depth int) error {
	if f.parts++; f.parts > mostParts || depth > mostDepth {
		return nil
	}
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return nil
	}
	switch kind {
	case "multipart/report", "multipart/mixed":
		if depth == 0 && kind == "multipart/mixed" && strings.HasPrefix(strings.ToLower(header.Get("Auto-Submitted")), "auto-replied") {
			return nil // somebody's answer with a letter in it
		}
		parts := multipart.NewReader(body, params["boundary"])
		if params["boundary"] == "" {
			return nil
		}
		for f.parts < mostParts {
			p, err := parts.NextRawPart()
			if err != nil { // what is broken off counts as far as it goes
				if noNotice(err) != ErrNoNotice {
					return err
				}
				return nil
			}
			if err := f.part(p.Header, p, depth+1); err != nil {
				return err
			}
		}
	case "message/delivery-status", "message/global-delivery-status":
		text, err := io.ReadAll(decoded(header, body))
		if err != nil && !ended(err) {
			return err
		}
		f.report = true
		f.status(text)
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers":
		if !f.report { // of a message that is forwarded, not returned
			return nil
		}
		f.returned(bufio.NewReader(decoded(header, body)))
	}
	return nil
}

// ended tells whether an error only shows that a text is broken off or badly encoded.
func ended(err error) bool {
	var bad base64.CorruptInputError
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &bad) || strings.HasPrefix(err.Error(), "quotedprintable:") || strings.HasPrefix(err.Error(), "multipart:")
}

func decoded(header textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(header.Get("Content-Transfer-Encoding"))) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

// returned finds by what the letter is known in its header, which is all that is looked at.
func (f *reading) returned(in *bufio.Reader) {
	for range 500 {
		line, err := in.ReadString('\n')
		name, value, ok := strings.Cut(line, ":")
		if ok && (strings.EqualFold(name, "Message-ID") || strings.EqualFold(name, "X-Hub-Message-ID")) {
			if next, _ := in.Peek(1); strings.TrimSpace(value) == "" && len(next) > 0 && (next[0] == ' ' || next[0] == '\t') {
				value, _ = in.ReadString('\n')
			}
			if id := messageID().FindStringSubmatch(value); id != nil {
				if strings.EqualFold(name, "X-Hub-Message-ID") { // SES puts an ID of its own in the place of ours
					f.letters = append([]string{id[1]}, f.letters...)
				} else {
					f.letters = append(f.letters, id[1])
				}
			}
		}
		if err != nil || strings.TrimSpace(line) == "" {
			return
		}
	}
}

// status reads the groups of fields: the first is about the message, each other about a recipient.
func (f *reading) status(text []byte) {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	for i, group := range bytes.Split(text, []byte("\n\n")) {
		if i > 5*mostRecipients || len(f.notices) >= mostRecipients {
			return
		}
		if n, ok := recipient(fields(group)); ok {
			f.notices = append(f.notices, n)
		}
	}
}

// fields are the fields of a group by their names in lower case, the first of each.
func fields(group []byte) map[string]string {
	all := map[string]string{}
	name := ""
	for line := range bytes.Lines(group) {
		text := strings.TrimRight(string(line), "\r\n")
		if strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\t") {
			if name != "" {
				all[name] += " " + strings.TrimSpace(text)
			}
			continue
		}
		before, value, ok := strings.Cut(text, ":")
		if name = strings.ToLower(strings.TrimSpace(before)); !ok || all[name] != "" {
			name = ""
			continue
		}
		all[name] = strings.TrimSpace(value)
	}
	return all
}

var (
	threeNumbers = lazily(`^\d{1}\.\d{1,3}\.\d{1,3}`)
	replyCode    = lazily(`^([245]\d\d)(?:[ -]|$)`)
)

// recipient is what a group of fields says of a recipient; false if it says nothing of one, or that
// the letter has arrived.
func recipient(field map[string]string) (Notice, bool) {
	after := func(value string) string { // "rfc822; a@example.org" and "smtp; 550 no" name a type first
		if _, rest, ok := strings.Cut(value, ";"); ok {
			return strings.TrimSpace(rest)
		}
		return value
	}
	status := threeNumbers().FindString(field["status"])
	action, _, _ := strings.Cut(strings.ToLower(field["action"]), " ")
	said := after(field["diagnostic-code"])
	code := 0
	if m := replyCode().FindStringSubmatch(said); m != nil {
		code, _ = strconv.Atoi(m[1])
	}
	if own := Status(said); own != "" && (status == "" || strings.HasSuffix(status, ".0.0")) {
		status = own // some put "5.0.0" before a server's own, which says more
	}
	n := Notice{Class: Class(code, status), Said: Words(said, after(field["original-recipient"]), after(field["final-recipient"]))}
	if at, err := mail.ParseDate(field["last-attempt-date"]); err == nil {
		n.At = at
	}
	switch {
	case action == "delayed":
		n.Verdict = Late
	case action != "failed":
		return Notice{}, false
	default:
		if n.Verdict = Judge(code, status, said); n.Verdict == Late { // "failed" after many tries
			n.Verdict = Refused
		}
	}
	return n, true
}

// Split calls each for every message of an mbox, in its order, until that gives an error, which
// Split returns. A message is what begins with a line "From ", at the beginning or after an empty
// line. What a message has beyond a megabyte is left out.
func Split(r io.Reader, each func(io.Reader) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var message bytes.Buffer
	begun, empty := false, true
	give := func() error {
		if !begun {
			return nil
		}
		err := each(bytes.NewReader(message.Bytes()))
		message.Reset()
		return err
	}
	whole := true // the line before has ended
	for {
		line, err := in.ReadSlice('\n') // a line that is longer comes in several
		long := errors.Is(err, bufio.ErrBufferFull)
		if whole && empty && bytes.HasPrefix(line, []byte("From ")) {
			if err := give(); err != nil {
				return err
			}
			begun = true
		}
		if whole {
			empty = len(bytes.TrimRight(line, "\r\n")) == 0
		}
		whole = !long
		if begun && message.Len()+len(line) <= mostBytes {
			message.Write(line)
		}
		switch {
		case errors.Is(err, io.EOF):
			return give()
		case err != nil && !long:
			return err
		}
	}
}
