package static

import (
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

// Compressed compresses a handler's pages, as the site's own are, for browsers that accept it.
//
// Somebody who can put text of their choice onto a page with a secret, and see the length of the
// compressed answer, can find out the secret letter by letter. Pages below /apply/, /practice/ and
// /status/ hold no secret except what their reader typed and, behind a link from a letter, that
// link. They show nothing of the address but that link, and nothing of its query, and posts from
// other sites are refused. Pages below /review/ hold other people's data. The list there repeats
// its query in links, and some pages show what was posted. So only pages that show nothing of the
// request but the reference are compressed. CloudFront compresses none of them: it would do so only
// under a cache policy that includes encodings, and theirs (CachingDisabled) does not.
func Compressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || r.Method == http.MethodHead ||
			!compressible(r) {
			next.ServeHTTP(w, r)
			return
		}
		z := &zipped{ResponseWriter: w}
		defer z.close()
		next.ServeHTTP(z, r)
	})
}

// compressible reports whether the answer to a request may be compressed if it is a page.
func compressible(r *http.Request) bool {
	if !strings.HasPrefix(r.URL.Path, "/review/") {
		return true
	}
	return r.Method == http.MethodGet && r.URL.RawQuery == "" && r.URL.Path != "/review/"
}

// zippers are kept for reuse, because each makes large tables when it is made.
var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // cannot fail: the level is valid
	return z
}}

// A zipped answer is compressed if it is a page.
type zipped struct {
	http.ResponseWriter
	begun bool
	to    *gzip.Writer // nil if the answer is sent as it is
}

func (z *zipped) WriteHeader(status int) {
	h := z.Header()
	if !z.begun && strings.HasPrefix(h.Get("Content-Type"), "text/html") && h.Get("Content-Encoding") == "" {
		z.to = zippers.Get().(*gzip.Writer)
		z.to.Reset(z.ResponseWriter)
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
	}
	z.begun = true
	z.ResponseWriter.WriteHeader(status)
}

func (z *zipped) Write(data []byte) (int, error) {
	if !z.begun {
		z.WriteHeader(http.StatusOK)
	}
	if z.to == nil {
		return z.ResponseWriter.Write(data)
	}
	return z.to.Write(data)
}

func (z *zipped) Unwrap() http.ResponseWriter { return z.ResponseWriter }

func (z *zipped) close() {
	if z.to != nil {
		z.to.Close() // if this fails, nobody is listening
		zippers.Put(z.to)
	}
}
