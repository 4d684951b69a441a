// Package web is the journey of an application as HTTP, from the first section to the decision: a
// plain handler that a server mounts and a Lambda wraps.
//
// Each audience has a package of its own, with its part of the one table of addresses, which says
// who may use each: [Part]. What somebody may see behind an address is for the desk to say, and
// what is not theirs is answered in the same words as what is not there. A handler reads the
// request, asks the [intake.Desk], and renders a page or redirects; it returns what went wrong as
// an error, and errors.go alone turns errors into answers. Everything works without script. After
// each POST that succeeds comes a redirect (303); a POST with mistakes gets the same page again
// (422), with every answer kept. Pages are never cached.
//
// A draft, an application that its applicant follows, and somebody of the staff who has signed in
// are each named by a cookie that only the addresses of that part see. A mailed link does nothing
// when it is fetched: it shows a page with a button. No address, log line or error holds what a
// person typed. Posts from other sites are refused by net/http's CrossOriginProtection.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/page"
)

// Settings are what the handlers need.
type Settings struct {
	Office *office.Desk
	Pages  *page.Renderer
	Site   *page.Site
	Log    *slog.Logger

	// BaseURL is the public address, "https://host": the origin that posts may come from even if a
	// proxy changes the Host header. If it begins with https, cookies are Secure.
	BaseURL string
	// MaxExport is the largest file of an export in bytes, where answers have a limit; none if 0.
	MaxExport int
	// Pause holds an answer back for a while, or until the context ends; nil for the real one.
	Pause func(context.Context, time.Duration)
	// Proxies are the networks whose X-Forwarded-For header is believed.
	Proxies []netip.Prefix
	// Limits go on counting when other handlers take over, because the content has changed. Made by
	// New if nil.
	Limits *Limiter
}

// Say puts what this hub calls people into a text of the program: see package words.
func (s *Settings) Say(text string) string { return s.Site.Words.Say(text) }

// Below are the addresses below which the handler of [New] with all parts answers; all others are
// the site's.
var Below = page.Below

// Behind are the addresses of what stands behind the wall, where another handler answers. The page
// /mentoring/ itself is the site's.
var Behind = page.Behind

// IsBehind tells whether a path is one of those.
func IsBehind(path string) bool {
	return slices.ContainsFunc(Behind, func(below string) bool { return strings.HasPrefix(path, below) })
}

// Handles tells whether handlers answer at a path, and not the site.
func Handles(path string) bool { return page.Handled(path) }

// MaxBody is the largest body that is read, in bytes. The longest honest section is about 30 KB.
const MaxBody = 256 << 10

// MaxFile is the largest file that somebody can send, in bytes: API Gateway takes little more. Of a
// body with one MaxUpload is read at most, to say that it is too large; no more than a file of it
// is kept in memory.
const (
	MaxFile   = 4 << 20
	MaxUpload = 32 << 20
)

// A Server is what the handlers of every part share.
type Server struct {
	Settings
	Desk *intake.Desk // that of applications
}

// A Route is an address, who may use it, and what answers.
type Route struct {
	Pattern string
	By      Access
	Do      Handler
	most    int64 // bytes of a body
}

// On is the route of a pattern, as a line of a table.
func On(pattern string, by Access, do Handler) Route { return Route{pattern, by, do, MaxBody} }

// WithFile is the same route, which takes a file as well.
func (r Route) WithFile() Route {
	r.most = MaxUpload
	return r
}

// A Part is the handlers for one audience, as their part of the one table of addresses.
type Part func(*Server) []Route

// Access is who may use a route. What they may see behind it is for the desk to say.
type Access string

const (
	Anybody   Access = "anybody"   // also with nothing: pages that say nothing of anybody
	Drafting  Access = "drafting"  // the cookie of a draft on this device
	Linked    Access = "linked"    // the secret in a mailed link
	Following Access = "following" // the cookie of an applicant who has opened the link to the status
	Asking    Access = "asking"    // the cookie of who asked for a mentor, and has opened the page of the request
	Staff     Access = "staff"     // somebody of the staff who has signed in
	Leads     Access = "leads"     // the same, who decides for the course
)

// Table is the one table of addresses: that of each part, and last every other address.
func (s *Server) Table(parts ...Part) []Route {
	var all []Route
	for _, part := range parts {
		all = append(all, part(s)...)
	}
	return append(all, On("/", Anybody, func(http.ResponseWriter, *http.Request) error { return ErrNotFound }))
}

// New returns the handler of the parts' addresses. It answers all others with the not-found page.
func New(s Settings, parts ...Part) (http.Handler, error) {
	if s.Limits == nil {
		s.Limits = NewLimiter(s.Office.Applications.Now)
	}
	if s.Pause == nil {
		s.Pause = pause
	}
	srv := &Server{s, s.Office.Applications}
	mux := http.NewServeMux()
	for _, r := range srv.Table(parts...) {
		do := r.Do
		switch r.By {
		case Drafting:
			do = same(DraftCookie, do)
		case Following:
			do = same(FollowCookie, do)
		case Asking:
			do = same(AskingCookie, do)
		case Staff, Leads:
			do = srv.signedIn(do)
		}
		answer := srv.answer(do)
		mux.HandleFunc(r.Pattern, func(w http.ResponseWriter, req *http.Request) {
			req.Body = http.MaxBytesReader(w, req.Body, r.most)
			answer(w, req)
		})
	}
	guard := http.NewCrossOriginProtection()
	if s.BaseURL != "" {
		if err := guard.AddTrustedOrigin(s.BaseURL); err != nil {
			return nil, err
		}
	}
	guard.SetDenyHandler(srv.answer(func(http.ResponseWriter, *http.Request) error { return errCrossSite }))
	return srv.headers(srv.log(guard.Handler(mux))), nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// headers go with every answer. The policy allows nothing but the site's own style, script and
// pictures.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		SecurityHeaders(w.Header(), s.https())
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Robots-Tag", "noindex")
		next.ServeHTTP(w, r)
	})
}

// SecurityHeaders sets what every page of the site, static or not, is sent with.
func SecurityHeaders(h http.Header, https bool) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "+
		"connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "+
		"frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// same-origin, not no-referrer: under that, browsers without Sec-Fetch-Site post with "Origin:
	// null".
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if https {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// log writes one line for each request: the pattern that matched, never the address, which can hold
// a link's secret.
func (s *Server) log(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		s.Log.Info("request", "method", r.Method, "route", r.Pattern, "form", s.formID(r), "status", rec.status, "ms",
			time.Since(began).Milliseconds())
	})
}

// formID is the form of the request's address if there is such a form: anybody can put anything
// into an address, and nothing else of it is logged.
func (s *Server) formID(r *http.Request) string {
	if id := r.PathValue("form"); s.Desk.Programme.Forms[id] != nil {
		return id
	}
	return ""
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
