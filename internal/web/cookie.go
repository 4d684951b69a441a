package web

import (
	"net/http"
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
