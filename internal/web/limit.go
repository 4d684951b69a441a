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

// A Limiter counts what was done within the hour, by key. It keeps hashes, not addresses, and
// forgets them when the hour is over. It counts for one machine only; on AWS the firewall in front
// counts.
type Limiter struct {
	now func() time.Time

	mu    sync.Mutex
	since time.Time
	count map[[32]byte]int
}

// NewLimiter makes a Limiter with all counts at 0.
func NewLimiter(now func() time.Time) *Limiter { return &Limiter{now: now} }

// add counts one more and returns the count within this hour.
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

// Limits within one hour. NHS sites share one network address, so the limits for a network let
// hundreds of people through and only stop machines. The limits for an e-mail address also count by
// network, so that nobody can use up somebody else's. The table in docs/access.md has them all,
// including those kept by stories.
const (
	MaxStarts    = 1000 // drafts begun from one network address
	MaxLinks     = 1000 // links asked for from one network address
	MaxToOne     = 6    // links mailed to one e-mail address, asked for from one network address
	MaxSignIns   = 300  // links for signing in, asked for from one network address
	MaxSignInsTo = 10   // links for signing in for one e-mail address, asked for from one network address
	ManySends    = 250  // applications sent from one network address; further ones are flagged
	MaxSends     = 1000 // the same; further ones are asked to wait
	ManySigned   = "Many applications came from one network address within an hour."
	Trapped      = "The field that people cannot see was filled in. A program may have sent this."
)

// From counts one more action of a network address, and returns the count within this hour. The
// action is for the person with the e-mail address, or for nobody in particular if that is "".
func (s *Server) From(r *http.Request, what, email string) int {
	return s.Limits.add(what, s.client(r)+" "+strings.ToLower(email))
}

// client is the network address from which a request comes: the last one that is not a trusted
// proxy's.
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

// trusts tells whether an address is that of a proxy whose header is believed.
func (s *Server) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}
