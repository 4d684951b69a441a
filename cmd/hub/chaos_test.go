package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"
)

// A chaosServer is a mail server that treats a letter as its recipient's domain says: the first
// label is one of the ways below, and any other domain accepts it. It keeps what it accepts.
type chaosServer struct {
	listener net.Listener
	healthy  bool // it takes everything

	mu    sync.Mutex
	tries map[string]int       // by Message-ID, or by recipient before that is known
	took  map[string]int       // letters that were kept, by Message-ID
	to    map[string]string    // whom they went to
	at    map[string]time.Time // when
	text  map[string]string
	open  int // connections at present
	most  int // and at most
}

// The ways: what happens at which step, for how many tries.
var chaos = map[string]struct {
	step  string // "RCPT", "DATA" or "." after the letter
	says  string // "": nothing, and the connection is cut; "hang": nothing at all
	tries int    // for how many tries; always if 0
}{
	"hang":    {step: "RCPT", says: "hang"},
	"cutrcpt": {step: "RCPT", tries: 1},
	"cutdata": {step: "DATA", tries: 1},
	"cutdone": {step: ".", tries: 1}, // the letter was accepted, but the hub cannot know
	"later":   {step: "RCPT", says: "450 4.2.0 try again later", tries: 1},
	"grey":    {step: ".", says: "451 4.7.1 greylisted", tries: 1},
	"unknown": {step: "RCPT", says: "550 5.1.1 no such user"},
	"spam":    {step: ".", says: "554 5.7.1 looks like spam", tries: 1},
	"full":    {step: "RCPT", says: "552 5.2.2 mailbox full", tries: 1},
}

func newChaosServer(t testing.TB) *chaosServer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err, "Listen")
	s := &chaosServer{listener: l, tries: map[string]int{}, took: map[string]int{}, to: map[string]string{},
		at: map[string]time.Time{}, text: map[string]string{}}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	t.Cleanup(func() { l.Close() })
	return s
}

// hub is a hub that sends its letters through this server.
func (s *chaosServer) hub(t testing.TB, content, data, asOf string) *process {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	at := freeAddress() // the hub only prints its public address
	p := hubOf(content, data, asOf, "--smtp-host", "127.0.0.1", "--smtp-port", port, "--smtp-tls", "none", "--base-url",
		publicly, "--addr", at).start(t)
	p.base = "http://" + at
	return p
}

// freeAddress is one at which nobody listens. Its port is below those that the system gives to
// connections, so that no other test has it a moment later.
func freeAddress() string {
	for {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
}

// publicly is the address at which people reach a hub with a mail server.
const publicly = "https://training.test"

func (s *chaosServer) serve(c net.Conn) {
	defer c.Close()
	s.mu.Lock()
	s.open++
	s.most = max(s.most, s.open)
	s.mu.Unlock()
	defer func() { s.mu.Lock(); s.open--; s.mu.Unlock() }()
	in := bufio.NewReader(c)
	say := func(line string) bool { _, err := fmt.Fprint(c, line+"\r\n"); return err == nil }
	say("220 chaos.test ready")
	way, to := "", ""
	// step does what the recipient's domain says, and tells whether to go on.
	step := func(name, id, fine string) bool {
		s.mu.Lock()
		w, ok := chaos[way]
		ok = ok && !s.healthy && w.step == name
		if ok {
			s.tries[id]++
			ok = w.tries == 0 || s.tries[id] <= w.tries
		}
		s.mu.Unlock()
		switch {
		case !ok:
			return say(fine)
		case w.says == "hang":
			in.ReadByte() // until the hub gives up
			return false
		case w.says == "":
			return false
		}
		return say(w.says)
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		goes := true
		switch strings.ToUpper(verb) {
		case "EHLO":
			goes = say("250-chaos.test\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME")
		case "MAIL":
			goes = say("250 2.1.0 ok")
		case "RCPT":
			to = rest[strings.IndexByte(rest, '<')+1 : strings.IndexByte(rest, '>')]
			way, _, _ = strings.Cut(to[strings.IndexByte(to, '@')+1:], ".")
			goes = step("RCPT", to, "250 2.1.5 ok")
		case "DATA":
			if goes = step("DATA", to, "354 go on"); !goes {
				return
			}
			var text bytes.Buffer
			for {
				l, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				text.WriteString(l)
			}
			m, err := mail.ReadMessage(&text)
			if err != nil {
				return
			}
			id := m.Header.Get("Message-Id")
			words, _ := io.ReadAll(quotedprintable.NewReader(m.Body)) // attachments, too: only links are looked for
			s.mu.Lock()
			w, ok := chaos[way]
			if !ok || s.healthy || w.step != "." || w.says == "" || w.tries > 0 && s.tries[id] >= w.tries {
				s.took[id]++
				s.to[id], s.text[id] = to, string(words)
				if s.at[id].IsZero() {
					s.at[id] = time.Now()
				}
			}
			s.mu.Unlock()
			goes = step(".", id, "250 2.0.0 taken")
		case "QUIT":
			say("221 2.0.0 bye")
			return
		default:
			goes = say("250 2.0.0 ok")
		}
		if !goes {
			return
		}
	}
}

// counts are how many letters it has kept, and how many of them twice or more.
func (s *chaosServer) counts() (letters, twice int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.took {
		letters++
		if n > 1 {
			twice++
		}
	}
	return letters, twice
}
