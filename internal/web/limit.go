package web

import (
	"crypto/sha256"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Limiter counts what was done for each key within the hour. It keeps hashes, not addresses, and
// forgets them when the hour is over. It is one machine's own: on AWS the firewall in front counts.
type Limiter struct {
	now func() time.Time

	mu    sync.Mutex
	since time.Time
	count map[[32]byte]int
}

// NewLimiter gives a Limiter that has counted nothing.
func NewLimiter(now func() time.Time) *Limiter { return &Limiter{now: now} }

// add counts one more and returns how many it makes within this hour.
func (l *Limiter) add(what, key string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now(); l.count == nil || now.Sub(l.since) >= time.Hour || now.Before(l.since) {
		l.since, l.count = now, map[[32]byte]int{}
	}
	sum := sha256.Sum256([]byte(what + "\x00" + key))
	l.count[sum]++
	return l.count[sum]
}

// Limits within one hour. NHS sites share one network address, so those for a network let hundreds
// of people through: they stop machines. Those for an address of e-mail count who asks, too, so
// that nobody uses up what is somebody else's. docs/access.md has the table, with those that
// stories keep.
const (
	MaxStarts    = 1000 // drafts begun from one network address
	MaxLinks     = 1000 // links asked for from one network address
	MaxToOne     = 6    // links that one network address asks to be mailed to one e-mail address
	MaxSignIns   = 300  // links to sign in asked for from one network address
	MaxSignInsTo = 10   // links to sign in that one network address asks for, for one e-mail address
	ManySends    = 250  // applications sent from one network address before further ones are flagged
	MaxSends     = 1000 // and before further ones are asked to wait
	ManySigned   = "Many applications came from one network address within an hour."
	Trapped      = "The field that people cannot see was filled in. A program may have sent this."
)

// From counts one more of what a network address did, for somebody with an e-mail address or for
// nobody in particular if that is "", and returns how many it makes within this hour.
func (s *Server) From(r *http.Request, what, email string) int {
	return s.Limits.add(what, s.client(r)+" "+strings.ToLower(email))
}

// client is the network address that a request comes from: the last one that no trusted proxy has.
func (s *Server) client(r *http.Request) string {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := from.Addr()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusts(addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop
	}
	if addr = addr.Unmap(); addr.Is6() { // a household or practice has a /64 of its own
		p, _ := addr.WithZone("").Prefix(64)
		return p.String()
	}
	return addr.String()
}

// trusts tells whether an address is a proxy's whose header is believed.
func (s *Server) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}
