package mail

import (
	"bytes"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	netmail "net/mail"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"

	"traininghub/internal/course"
	"traininghub/internal/pattern"
)

//go:embed outbox.html outbox.css
var outboxFiles embed.FS

// outboxPages are parsed when somebody first looks at the outbox.
var outboxPages = sync.OnceValue(func() *template.Template { return template.Must(template.ParseFS(outboxFiles, "outbox.html")) })

// listed is how many messages the list shows.
const listed = 200

type outbox struct{ folder *Folder }

// NewOutbox shows the messages of a folder as pages, with their texts and attachments: "/" is the
// list, "/NAME.eml" a message, "/NAME.eml/1" its first attachment, and "/NAME.eml/html" its HTML
// part, in which nothing runs, loads or is stored. Links are relative, so it can be mounted at any
// path that ends in a slash (http.StripPrefix).
//
// Letters are personal, so it answers only a browser on this machine. It refuses requests from
// another address or through a proxy, and requests for any host name but this machine's own:
// otherwise a website could point its own name here, and read the letters through a visitor's
// browser.
func NewOutbox(f *Folder) http.Handler { return outbox{f} }

func (o outbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	switch name, part, inside := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); {
	case !local(r):
		http.Error(w, "The outbox opens only on the machine that it is on.", http.StatusForbidden)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "The outbox can only be read.", http.StatusMethodNotAllowed)
	case name == "" && !inside:
		o.list(w)
	case name == "outbox.css" && !inside:
		css, _ := outboxFiles.ReadFile("outbox.css")
		answer(w, "text/css; charset=utf-8", css)
	case named().MatchString(name) && !inside:
		o.message(w, name)
	case named().MatchString(name) && part == "html":
		o.html(w, name)
	case named().MatchString(name):
		o.attachment(w, name, part)
	default:
		notFound(w)
	}
}

// local reports whether a request comes straight from a browser on this machine.
func local(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, header := range []string{
		"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via",
	} {
		if _, proxied := r.Header[header]; proxied {
			return false
		}
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	switch strings.Trim(host, "[]") {
	case "localhost", "127.0.0.1", "::1":
		return true
	}
	return false
}

func answer(w http.ResponseWriter, kind string, content []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.Write(content)
}

func notFound(w http.ResponseWriter) {
	http.Error(w, "There is no such message in the outbox.", http.StatusNotFound)
}

func problem(w http.ResponseWriter) {
	http.Error(w, "The outbox cannot be read now.", http.StatusInternalServerError)
}

func show(w http.ResponseWriter, name string, view any) {
	var page bytes.Buffer
	if err := outboxPages().ExecuteTemplate(&page, name, view); err != nil {
		problem(w)
		return
	}
	answer(w, "text/html; charset=utf-8", page.Bytes())
}

// listView is the list of messages.
type listView struct {
	Messages []headView
	All      int // how many there are; Messages has only the newest
}

// headView is what a message says besides its text.
type headView struct {
	File    string
	Time    string // "1 October 2021, 2:05pm", Europe/London
	Instant string // the same, for machines
	From    string
	To      string
	ReplyTo string
	Subject string
	ID      string
	Broken  bool // the file is not a message; only File is set
}

// messageView is one message.
type messageView struct {
	headView
	Text        []run
	HTML        bool // there is an HTML part too
	Attachments []attachmentView
}

// attachmentView is an attachment in a message's list.
type attachmentView struct {
	Number int // from 1
	Name   string
	Size   string // "12 KB"
}

// A run is a piece of text. A web address is a run of its own, and is shown as a link.
type run struct {
	Text string
	Link bool
}

func (o outbox) list(w http.ResponseWriter) {
	names, err := o.folder.names()
	if err != nil {
		problem(w)
		return
	}
	view := listView{All: len(names)}
	for _, name := range names[:min(len(names), listed)] {
		head, err := o.folder.head(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed while the list was made
		}
		view.Messages = append(view.Messages, head)
	}
	show(w, "list", view)
}

func (o outbox) message(w http.ResponseWriter, name string) {
	m, err := o.folder.message(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		notFound(w)
		return
	case err != nil:
		show(w, "broken", headView{File: name, Broken: true})
		return
	}
	show(w, "message", viewOf(m))
}

func viewOf(m message) messageView {
	view := messageView{headView: m.head, Text: runs(m.text), HTML: m.html != ""}
	for i, f := range m.files {
		view.Attachments = append(view.Attachments, attachmentView{i + 1, f.Name, size(len(f.Data))})
	}
	return view
}

// html answers with the HTML part as a mail program would show it, with only its own styles. Links
// open in another tab, because a page of the hub would not work in the sandbox.
func (o outbox) html(w http.ResponseWriter, name string) {
	m, err := o.folder.message(name)
	if err != nil || m.html == "" {
		notFound(w)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "+
		"form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox")
	page := strings.ReplaceAll(m.html, `<a `, `<a target="_blank" rel="noopener noreferrer" `)
	answer(w, "text/html; charset=utf-8", []byte(page))
}

func (o outbox) attachment(w http.ResponseWriter, name, part string) {
	m, err := o.folder.message(name)
	n, bad := strconv.Atoi(part)
	if err != nil || bad != nil || n < 1 || n > len(m.files) {
		notFound(w)
		return
	}
	m.files[n-1].answer(w)
}

// file is an attachment as it was sent.
type file struct {
	Name, Type string
	Data       []byte
}

// answer sends the file to a browser. Only a PDF is shown. Anything else could run in the browser,
// so it is offered as a file to save.
func (f file) answer(w http.ResponseWriter) {
	kind, disposition := "application/octet-stream", "attachment"
	if f.Type == "application/pdf" {
		kind, disposition = f.Type, "inline"
		// The browser's PDF viewer is itself a page, and needs its styles.
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'")
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.Name}))
	answer(w, kind, f.Data)
}

// head reads a message without its text. For a file that is not a message, it returns a head that
// says so.
func (f *Folder) head(name string) (headView, error) {
	file, err := os.OpenInRoot(f.dir, name)
	if err != nil {
		return headView{}, err
	}
	defer file.Close()
	return readHead(name, file), nil
}

func readHead(name string, r io.Reader) headView {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return headView{File: name, Broken: true}
	}
	return headOf(name, m.Header)
}

func headOf(name string, h netmail.Header) headView {
	decode := func(key string) string {
		if text, err := new(mime.WordDecoder).DecodeHeader(h.Get(key)); err == nil {
			return text
		}
		return h.Get(key)
	}
	address := func(key string) string {
		list, err := h.AddressList(key)
		if err != nil {
			return decode(key)
		}
		shown := make([]string, len(list))
		for i, a := range list {
			shown[i] = a.Address
			if a.Name != "" {
				shown[i] = a.Name + " <" + a.Address + ">"
			}
		}
		return strings.Join(shown, ", ")
	}
	view := headView{
		File: name, From: address("From"), To: address("To"), ReplyTo: address("Reply-To"),
		Subject: decode("Subject"), ID: h.Get("Message-Id"),
	}
	if at, err := h.Date(); err == nil {
		at = at.In(course.London)
		view.Time, view.Instant = at.Format("2 January 2006, 3:04pm"), at.Format("2006-01-02T15:04:05Z07:00")
	}
	return view
}

// message is a message as it was sent.
type message struct {
	head       headView
	text, html string
	files      []file
}

// message reads a whole message.
func (f *Folder) message(name string) (message, error) {
	in, err := os.OpenInRoot(f.dir, name)
	if err != nil {
		return message{}, err
	}
	defer in.Close()
	return readMessage(name, in)
}

func readMessage(name string, r io.Reader) (message, error) {
	in, err := netmail.ReadMessage(r)
	if err != nil {
		return message{}, err
	}
	m := message{head: headOf(name, in.Header)}
	err = m.read(in.Body, in.Header.Get("Content-Type"), in.Header.Get("Content-Transfer-Encoding"), "", 0)
	return m, err
}

// mostNested is how deep nested parts of a message are read. Ours are two deep.
const mostNested = 4

// read adds a part of the message, and the parts inside it.
func (m *message) read(body io.Reader, contentType, encoding, fileName string, depth int) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(kind, "multipart/") || depth == mostNested {
		data, err := decoded(body, encoding)
		switch {
		case err != nil:
			return err
		case depth == 0, fileName == "" && kind == "text/plain":
			m.text += string(data)
		case fileName == "" && kind == "text/html":
			m.html += string(data)
		default:
			m.files = append(m.files, file{Name: fileName, Type: kind, Data: data})
		}
		return nil
	}
	for parts := multipart.NewReader(body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		h := part.Header
		err = m.read(part, h.Get("Content-Type"), h.Get("Content-Transfer-Encoding"), part.FileName(), depth+1)
		if err != nil {
			return err
		}
	}
}

func decoded(r io.Reader, encoding string) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	}
	return io.ReadAll(r)
}

// address finds a web address in a text. A full stop or bracket after it belongs to the sentence.
var address = pattern.Of(`https?://[^\s<>"]*[^\s<>".,;:!?')\]]`)

func runs(text string) (runs []run) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	last := 0
	for _, at := range address().FindAllStringIndex(text, -1) {
		runs = append(runs, run{Text: text[last:at[0]]}, run{Text: text[at[0]:at[1]], Link: true})
		last = at[1]
	}
	return append(runs, run{Text: text[last:]})
}

func size(bytes int) string {
	if bytes < 1000 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%d KB", (bytes+500)/1000)
}
