package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The cookies that name a draft, an application that its applicant follows, and somebody of the
// staff who has signed in. The path of the first is the form's, so that two forms have one each.
const (
	DraftCookie   = "draft"
	FollowCookie  = "follow"
	SessionCookie = "session"
	AskingCookie  = "asking" // of who asked for a mentor, behind the wall
)

// secure stands before a cookie's name where HTTPS is on. Browsers take a cookie of such a name
// over HTTPS alone, so nobody between can plant one.
const secure = "__Secure-"

// Cookie is what this browser holds under the name; "" if nothing. One that an older hub gave,
// without [secure], is read until it ends.
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

// SetCookie gives a cookie to this browser for as long as it stays open, for the addresses below
// the path alone; "" takes it away. The page on cookies, content/pages/cookies.md, names each.
func (s *Server) SetCookie(w http.ResponseWriter, name, path, value string) {
	s.KeepCookie(w, name, path, value, 0)
}

// KeepCookie is SetCookie for a time that does not end when the browser is closed.
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
// another is opened there, by another person or by a second link, pages of the first can still be
// open. So what such a page posts says of which application it is.

// Of is the address that a page of an application posts to. key is its reference, or the whole key
// of the device.
func Of(key, address string) string {
	ref, _, _ := strings.Cut(key, ".")
	return address + "?of=" + url.QueryEscape(ref)
}

// same lets through what a page of the application posted that the device's cookie now names, and
// what does not say of which it is.
func same(name string, next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		is, _, any := strings.Cut(Cookie(r, name), ".")
		if was := r.URL.Query().Get("of"); any && r.Method == http.MethodPost && was != "" && was != is {
			return errOther
		}
		return next(w, r)
	}
}
