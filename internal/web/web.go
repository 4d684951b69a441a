// Package web serves the journey of an application over HTTP, from the first section to the
// decision. It is a plain handler that a server mounts and a Lambda wraps.
//
// Each audience has a package of its own, which adds its part of the one table of addresses. The
// table says who may use each address: [Part]. What somebody may see behind an address is decided
// by the desk. A record that is not theirs is answered in the same words as one that does not
// exist. A handler reads the request, asks the [intake.Desk], and renders a page or redirects. If
// something goes wrong it returns an error, and errors.go alone turns errors into answers.
// Everything works without script. A POST that succeeds is answered with a redirect (303); a POST
// with mistakes gets the same page again (422), with every answer kept. Pages are never cached.
//
// A draft, an application that its applicant follows, and a session of the staff each have a
// cookie, which is sent only to addresses of that part. Fetching a mailed link does nothing: it
// shows a page with a button. No address, log line or error holds what a person typed. Posts from
// other sites are refused by net/http's CrossOriginProtection.
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
	// MaxExport is the largest exported file in bytes, where answers have a limit; no limit if 0.
	MaxExport int
	// Pause delays an answer, until the context ends at the latest; nil for the real one.
	Pause func(context.Context, time.Duration)
	// Proxies are the networks whose X-Forwarded-For header is believed.
	Proxies []netip.Prefix
	// Limits keep counting when new handlers take over after a change of content. New makes them if
	// nil.
	Limits *Limiter
}

// Say puts this hub's own names for people into a text of the program: see package words.
func (s *Settings) Say(text string) string { return s.Site.Words.Say(text) }

// Below are the beginnings of the addresses that the handler of [New] with all parts answers. The
// site answers all others.
var Below = page.Below

// Behind are the beginnings of the addresses behind the wall, which another handler answers. The
// page /mentoring/ itself belongs to the site.
var Behind = page.Behind

// IsBehind tells whether a path is behind the wall.
func IsBehind(path string) bool {
	return slices.ContainsFunc(Behind, func(below string) bool { return strings.HasPrefix(path, below) })
}

// Handles tells whether handlers answer a path, not the site.
func Handles(path string) bool { return page.Handled(path) }

// MaxBody is the largest body that is read, in bytes. The longest real section has about 30 KB.
const MaxBody = 256 << 10

// MaxFile is the largest file that somebody can send, in bytes; API Gateway accepts little more.
// MaxUpload is how much of a body with a larger file is read, in order to answer that it is too
// large. Only MaxFile bytes of it are kept in memory.
const (
	MaxFile   = 4 << 20
	MaxUpload = 32 << 20
)

// A Server is what the handlers of all parts share.
type Server struct {
	Settings
	Desk *intake.Desk // of applications
}

// A Route is an address, who may use it, and its handler.
type Route struct {
	Pattern string
	By      Access
	Do      Handler
	most    int64 // bytes of a body
}

// On makes the route of a pattern, as a line of a table.
func On(pattern string, by Access, do Handler) Route { return Route{pattern, by, do, MaxBody} }

// WithFile is the same route, but accepts a file as well.
func (r Route) WithFile() Route {
	r.most = MaxUpload
	return r
}

// A Part is the handlers for one audience, as its part of the table of addresses.
type Part func(*Server) []Route

// Access is who may use a route. The desk decides what they may see behind it.
type Access string

const (
	Anybody   Access = "anybody"   // even without a cookie: pages that say nothing about a person
	Drafting  Access = "drafting"  // with the cookie of a draft on this device
	Linked    Access = "linked"    // with the secret in a mailed link
	Following Access = "following" // with the cookie of an applicant who has opened the link to the status
	Asking    Access = "asking"    // with the cookie of a mentee who has opened the page of the request
	Staff     Access = "staff"     // staff who have signed in
	Leads     Access = "leads"     // staff who have signed in and decide for the course
)

// Table is the one table of addresses: those of each part, and last a route for all other
// addresses.
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

// headers are sent with every answer. The policy allows only the site's own styles, scripts and
// pictures.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		SecurityHeaders(w.Header(), s.https())
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Robots-Tag", "noindex")
		next.ServeHTTP(w, r)
	})
}

// SecurityHeaders sets the headers of every page of the site, static or not.
func SecurityHeaders(h http.Header, https bool) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "+
		"connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "+
		"frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// same-origin, not no-referrer: with the latter, browsers without Sec-Fetch-Site post "Origin:
	// null".
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if https {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// log writes one line for each request, with the pattern that matched. It never logs the address,
// which can hold a link's secret.
func (s *Server) log(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		s.Log.Info("request", "method", r.Method, "route", r.Pattern, "form", s.formID(r), "status", rec.status, "ms",
			time.Since(began).Milliseconds())
	})
}

// formID is the form in the request's address, if there is such a form. Nothing else of the address
// is logged, since anybody can put anything there.
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
