package web

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

// FuzzClient: whatever is in X-Forwarded-For, the client is a network address, and nobody can pose
// as somebody else by writing something before the address that the proxy saw.
func FuzzClient(f *testing.F) {
	f.Add("127.0.0.1:1", "198.18.0.1", "")
	f.Add("127.0.0.1:1", "203.0.113.9, 198.18.0.1, ::1", "127.0.0.1")
	f.Add("[::ffff:127.0.0.1]:80", "::ffff:10.0.0.1, fe80::1%eth0", " , ")
	f.Add("10.9.9.9:65535", "2001:db8:1:2:3:4:5:6", "198.18.0.1:443")
	f.Add("@", "x", "\x00")
	s := &Server{Settings: Settings{Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"),
		netip.MustParsePrefix("10.0.0.0/8")}}}
	f.Fuzz(func(t *testing.T, remote, seen, typed string) {
		client := func(hops ...string) string {
			r := &http.Request{RemoteAddr: remote, Header: http.Header{}}
			for _, h := range hops {
				r.Header.Add("X-Forwarded-For", h)
			}
			return s.client(r)
		}
		got := client(seen)
		if got != remote {
			if _, err := netip.ParsePrefix(got); err != nil {
				if _, err := netip.ParseAddr(got); err != nil {
					t.Errorf("%q from %q is %q", seen, remote, got)
				}
			}
		}
		last, err := netip.ParseAddr(strings.TrimSpace(seen))
		if err != nil || s.trusts(last) { // what a proxy wrote is one address, and not its own
			return
		}
		for _, forged := range []string{client(typed, seen), client(typed + "," + seen), client(typed + ", " + seen)} {
			if forged != got {
				t.Errorf("%s becomes %s by writing %q", got, forged, typed)
			}
		}
	})
}
