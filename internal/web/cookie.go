package web

import (
	"net/http"
	"net/url"
	"strings"
)

// cookie is what this browser holds under the name; "" if nothing.
func cookie(r *http.Request, name string) string {
	if c, err := r.Cookie(name); err == nil {
		return c.Value
	}
	return ""
}

// setCookie gives a cookie to this browser for as long as it stays open, for the addresses below the path alone; "" takes it away.
// The page on cookies, content/pages/cookies.md, names each.
func (s *server) setCookie(w http.ResponseWriter, name, path, value string) {
	c := &http.Cookie{
		Name: name, Value: value, Path: path, HttpOnly: true,
		Secure: strings.HasPrefix(s.BaseURL, "https:"), SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// A device has one cookie for the draft of a form, and one for the application that it follows. If another is opened there, by another person
// or by a second link, pages of the first can still be open. So what such a page posts says of which application it is.

// of is the address that a page of an application posts to. key is its reference, or the whole key of the device.
func of(key, address string) string {
	ref, _, _ := strings.Cut(key, ".")
	return address + "?of=" + url.QueryEscape(ref)
}

// same lets through what a page of the application posted that the device's cookie now names, and what does not say of which it is.
func same(name string, next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		is, _, any := strings.Cut(cookie(r, name), ".")
		if was := r.URL.Query().Get("of"); any && r.Method == http.MethodPost && was != "" && was != is {
			return errOther
		}
		return next(w, r)
	}
}
