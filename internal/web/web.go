// Package web is the journey of an application as HTTP, from the first section to the decision: a plain handler that a server
// mounts and a Lambda wraps.
//
// There is one table of addresses, with who may use each: routes, below. What somebody may see behind an address is for the
// desk to say, and what is not theirs is answered in the same words as what is not there. A handler reads the request, asks the [intake.Desk], and renders a page
// or redirects; it returns what went wrong as an error, and errors.go alone turns errors into answers. Everything
// works without script. After each POST that succeeds comes a redirect (303); a POST with mistakes gets the same
// page again (422), with every answer kept. Pages are never cached.
//
// A draft, an application that its applicant follows, and somebody of the staff who has signed in are each named by a cookie that
// only the addresses of that part see. A mailed link does nothing when it is fetched: it shows a page with a button. No address,
// log line or error holds what a person typed. Posts from other sites are refused by net/http's CrossOriginProtection.
package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"traininghub/internal/intake"
	"traininghub/internal/page"
)

// Settings are what the handlers need.
type Settings struct {
	Desk  *intake.Desk
	Pages *page.Renderer
	Site  *page.Site
	Log   *slog.Logger

	// BaseURL is the public address, "https://host": the origin that posts may come from even if a proxy
	// changes the Host header. If it begins with https, cookies are Secure.
	BaseURL string
	// MaxExport is the largest file of an export in bytes, where answers have a limit; none if 0.
	MaxExport int
	// Proxies are the networks whose X-Forwarded-For header is believed.
	Proxies []netip.Prefix
}

// Below are the addresses below which the handler of [New] answers; all others are the site's.
var Below = []string{"/apply/", "/practice/", "/status/", "/review/"}

// MaxBody is the largest body that is read, in bytes. The longest honest section is about 30 KB.
const MaxBody = 256 << 10

type server struct {
	Settings
	limits *limiter
}

// A route is an address, who may use it, and what answers.
type route struct {
	pattern string
	by      access
	do      handler
}

// access is who may use a route. What they may see behind it is for the desk to say.
type access string

const (
	anybody   access = "anybody"   // also with nothing: pages that say nothing of anybody
	drafting  access = "drafting"  // the cookie of a draft on this device
	linked    access = "linked"    // the secret in a mailed link
	following access = "following" // the cookie of an applicant who has opened the link to the status
	staff     access = "staff"     // somebody of the staff who has signed in
	leads     access = "leads"     // the same, who decides for the course
)

// routes is the one table of addresses, in two halves because on AWS a program that must start quickly serves the first alone.
func (s *server) routes() []route { return append(s.applying(), s.signingOff()...) }

func (s *server) applying() []route {
	return []route{
		// Applying.
		{"POST /apply/{form}/start", anybody, s.start},
		{"GET /apply/{form}", drafting, s.proceed},
		{"GET /apply/{form}/{section}", drafting, s.section},
		{"POST /apply/{form}/{section}", drafting, s.saveSection},
		{"GET /apply/{form}/{section}/{row}", drafting, s.row},
		{"POST /apply/{form}/{section}/{row}", drafting, s.saveRow},
		{"GET /apply/{form}/{section}/{row}/remove", drafting, s.askRemove},
		{"POST /apply/{form}/{section}/{row}/remove", drafting, s.remove},
		{"GET /apply/{form}/check", drafting, s.check},
		{"GET /apply/{form}/declarations", drafting, s.declarations},
		{"POST /apply/{form}/declarations", drafting, s.send},
		{"GET /apply/{form}/sent", drafting, s.sent},
		{"GET /apply/{form}/resume/{link}", linked, s.askResume},
		{"POST /apply/{form}/resume/{link}", linked, s.resume},

		{"/", anybody, func(http.ResponseWriter, *http.Request) error { return errNotFound }},
	}
}

func (s *server) signingOff() []route {
	return []route{
		// The practice authorises: practice.go.
		{"GET /practice/{link}", linked, s.askPractice},
		{"POST /practice/{link}", linked, s.authorise},

		// The applicant follows the application: status.go.
		{"GET /status/link", anybody, s.askLink},
		{"POST /status/link", anybody, s.sendLink},
		{"GET /status/link/sent", anybody, s.linkSent},
		{"GET /status/{link}", linked, s.askFollow},
		{"POST /status/{link}", linked, s.follow},
		{"GET /status/{$}", following, s.stands},
		{"GET /status/answers", following, s.readAnswers},
		{"GET /status/application.pdf", following, s.printOwn},
		{"GET /status/practice", following, s.askReplace},
		{"POST /status/practice", following, s.replace},
		{"GET /status/correct/{question}/{row}", following, s.askCorrect},
		{"POST /status/correct/{question}/{row}", following, s.correct},
		{"GET /status/withdraw", following, s.askWithdraw},
		{"POST /status/withdraw", following, s.withdraw},
		{"GET /status/terms", following, s.askTerms},
		{"POST /status/terms", following, s.agree},
		{"POST /status/leave", anybody, s.unfollow},
		{"GET /status/left", anybody, s.unfollowed},

		// Signing in: signin.go. Lists and reading: review.go.
		{"GET /review/sign-in", anybody, s.askSignIn},
		{"POST /review/sign-in", anybody, s.mailSignIn},
		{"GET /review/sign-in/link/{link}", linked, s.peekSignIn},
		{"POST /review/sign-in/link/{link}", linked, s.signIn},
		{"POST /review/sign-out", anybody, s.signOut},
		{"GET /review/{$}", staff, s.reviews},
		{"GET /review/search", staff, s.searched},
		{"POST /review/search", staff, s.search},
		{"GET /review/{reference}", staff, s.review},
		{"GET /review/{reference}/application.pdf", staff, s.printReview},
		{"GET /review/{reference}/notes", staff, s.notesOf},
		{"POST /review/{reference}/notes", staff, s.addNote},

		// Deciding: decide.go.
		{"GET /review/{reference}/cohort", staff, s.askAssign},
		{"POST /review/{reference}/cohort", staff, s.assign},
		{"GET /review/{reference}/decision", leads, s.askDecision},
		{"POST /review/{reference}/decision", leads, s.decide},
		{"GET /review/{reference}/reopen", leads, s.askReopen},
		{"POST /review/{reference}/reopen", leads, s.reopen},

		// Exports and figures: report.go.
		{"GET /review/export", staff, s.askExport},
		{"POST /review/export", staff, s.export},
		{"GET /review/export/codebook/{course}", staff, s.codebook},
		{"GET /review/figures", staff, s.figures(false)},
		{"GET /review/figures.csv", staff, s.figuresFile(false)},
		{"GET /review/figures/publish", staff, s.figures(true)},
		{"GET /review/figures/publish.csv", staff, s.figuresFile(true)},
	}
}

// New returns the handler of everything below /apply/, /practice/, /status/ and /review/. It answers other addresses with the
// not-found page.
func New(s Settings) (http.Handler, error) { return serve(s, (*server).routes) }

// NewApplying returns the handler of what is below /apply/ alone.
func NewApplying(s Settings) (http.Handler, error) { return serve(s, (*server).applying) }

func serve(s Settings, routes func(*server) []route) (http.Handler, error) {
	srv := &server{Settings: s, limits: newLimiter(s.Desk.Now)}
	mux := http.NewServeMux()
	for _, r := range routes(srv) {
		do := r.do
		switch r.by {
		case drafting:
			do = same(draftCookie, do)
		case following:
			do = same(followCookie, do)
		case staff, leads:
			do = srv.signedIn(do)
		}
		mux.HandleFunc(r.pattern, srv.answer(do))
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

// headers go with every answer. The policy allows nothing but the site's own style, script and pictures.
func (s *server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		SecurityHeaders(w.Header(), strings.HasPrefix(s.BaseURL, "https:"))
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Robots-Tag", "noindex")
		r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
		next.ServeHTTP(w, r)
	})
}

// SecurityHeaders sets what every page of the site, static or not, is sent with.
func SecurityHeaders(h http.Header, https bool) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// same-origin, not no-referrer: under that, browsers without Sec-Fetch-Site post with "Origin: null".
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if https {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// log writes one line for each request: the pattern that matched, never the address, which can hold a link's secret.
func (s *server) log(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		s.Log.Info("request", "method", r.Method, "route", r.Pattern, "form", formID(r), "status", rec.status, "ms", time.Since(began).Milliseconds())
	})
}

// formID is the form of the request's address if there is such a form: anybody can put anything into an address.
func formID(r *http.Request) string {
	id := r.PathValue("form")
	if len(id) > 64 || strings.ContainsFunc(id, func(c rune) bool { return c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') }) {
		return ""
	}
	return id
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
