package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The cookies for a draft, for an application that its applicant follows, and for staff who have
// signed in. The path of the first is the form's, so that each form has its own.
const (
	DraftCookie   = "draft"
	FollowCookie  = "follow"
	SessionCookie = "session"
	AskingCookie  = "asking" // of a mentee, behind the wall
)

// secure begins a cookie's name where HTTPS is on. Browsers accept such a cookie only over HTTPS,
// so nobody on the way can plant one.
const secure = "__Secure-"

// Cookie is the value that this browser holds under the name; "" if none. A cookie from an older
// hub, without [secure], is accepted until it ends.
func Cookie(r *http.Request, name string) string {
	for _, name := range []string{secure + name, name} {
		if c, err := r.Cookie(name); err == nil {
			return c.Value
		}
	}
	return ""
}

// https tells whether people reach the site over HTTPS.
func (s *Server) https() bool { return strings.HasPrefix(s.BaseURL, "https:") }

// SetCookie gives this browser a cookie until it is closed, only for addresses below the path; ""
// removes it. The page on cookies, content/pages/cookies.md, names each cookie.
func (s *Server) SetCookie(w http.ResponseWriter, name, path, value string) {
	s.KeepCookie(w, name, path, value, 0)
}

// KeepCookie is SetCookie for a length of time, even if the browser is closed.
func (s *Server) KeepCookie(w http.ResponseWriter, name, path, value string, life time.Duration) {
	c := http.Cookie{
		Name: name, Value: value, Path: path, HttpOnly: true, Secure: s.https(), SameSite: http.SameSiteLaxMode,
		MaxAge: int(life.Seconds()),
	}
	if value == "" {
		c.MaxAge = -1
		http.SetCookie(w, &c)
	}
	if s.https() {
		c.Name = secure + name
	}
	if value != "" || s.https() {
		http.SetCookie(w, &c)
	}
}

// A device has one cookie for the draft of a form, and one for the application that it follows. If
// another person or a second link opens another application there, pages of the first can still be
// open. So each page says, when it posts, to which application it belongs.

// Of is the address to which a page of an application posts. key is its reference, or the whole key
// of the device.
func Of(key, address string) string {
	ref, _, _ := strings.Cut(key, ".")
	return address + "?of=" + url.QueryEscape(ref)
}

// same lets a post through if it comes from a page of the application that the device's cookie
// names, or does not say to which application it belongs.
func same(name string, next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		is, _, any := strings.Cut(Cookie(r, name), ".")
		if was := r.URL.Query().Get("of"); any && r.Method == http.MethodPost && was != "" && was != is {
			return errOther
		}
		return next(w, r)
	}
}
