// Package static serves a finished site from memory, each file plain or compressed, and compresses
// handlers' pages as far as that is safe.
//
// A site is replaced as a whole, so nobody ever sees half of one. Old addresses are redirected for
// good. A file under assets/ may be kept for ever; any other is asked for each time, and mostly
// answered with 304.
package static

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync/atomic"

	"traininghub/internal/page"
	"traininghub/internal/web"
	"traininghub/site"
)

// Pages serve a finished site. Set gives them the site and must come before the first request.
// After that, requests and Set may come at the same time.
type Pages struct {
	HTTPS bool // browsers are told never to come without encryption

	quick site.Output // for a site without compressed copies and tags, where each file is asked for once; else nil
	files atomic.Pointer[map[string]file]
	moved atomic.Pointer[map[string]string] // old addresses
}

// Quick returns Pages for a site that is soon replaced: a file is compressed only when somebody
// asks for it.
func Quick(output site.Output) *Pages {
	s := &Pages{quick: output}
	moved := output.Redirects()
	s.moved.Store(&moved)
	return s
}

// file finds a file by its name.
func (s *Pages) file(name string) (file, bool) {
	if s.quick == nil {
		f, ok := (*s.files.Load())[name]
		return f, ok
	}
	data, ok := s.quick[name]
	return newFile(name, data), ok
}

// A file is ready to be sent, plain and compressed.
type file struct {
	kind, etag   string
	plain, zip   []byte
	unchangeable bool // its name has a hash of its content
}

func newFile(name string, data []byte) file {
	f := file{kind: cmp.Or(page.DocumentTypes[path.Ext(name)], mime.TypeByExtension(path.Ext(name))), plain: data, unchangeable: strings.HasPrefix(name, "assets/")}
	switch path.Ext(name) { // the machine's own table of types may differ
	case ".xml":
		f.kind = "application/xml; charset=utf-8"
	case ".js":
		f.kind = "text/javascript; charset=utf-8"
	case ".ics":
		f.kind = "text/calendar; charset=utf-8"
	case ".atom":
		f.kind = "application/atom+xml; charset=utf-8"
	case ".json":
		f.kind = "application/json"
	}
	return f
}

// Set replaces the site with another.
func (s *Pages) Set(output site.Output) {
	files := make(map[string]file, len(output))
	for name, data := range output {
		f := newFile(name, data)
		sum := sha256.Sum256(data)
		f.etag = `"` + hex.EncodeToString(sum[:8]) + `"`
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // cannot fail: the level is valid
		w.Write(data)                                         // into memory
		w.Close()
		if b.Len() < len(data)*9/10 {
			f.zip = b.Bytes()
		}
		files[name] = f
	}
	s.files.Store(&files)
	moved := output.Redirects()
	s.moved.Store(&moved)
}

func (s *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	web.SecurityHeaders(h, s.HTTPS)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "This page can only be read.", http.StatusMethodNotAllowed)
		return
	}
	if to := (*s.moved.Load())[r.URL.Path]; to != "" {
		http.Redirect(w, r, to, http.StatusMovedPermanently)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	status := http.StatusOK
	f, ok := s.file(name)
	if !ok {
		f, ok = s.file(strings.TrimPrefix(name+"/index.html", "/"))
		if ok && !strings.HasSuffix(r.URL.Path, "/") {
			http.Redirect(w, r, "/"+name+"/", http.StatusMovedPermanently)
			return
		}
	}
	if !ok {
		f, _ = s.file("404.html")
		status = http.StatusNotFound
	}
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	switch {
	case status != http.StatusOK:
		h.Set("Cache-Control", "no-store")
	case f.unchangeable:
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	default:
		h.Set("Cache-Control", "no-cache") // asked for each time, and mostly answered with 304
	}
	if status == http.StatusOK && f.etag != "" {
		h.Set("ETag", f.etag)
		if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	body := f.plain
	if f.zip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.zip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}
