// Package gateway turns a plain [http.Handler] into the handler of a Lambda function behind an API
// Gateway HTTP API (payload format 2.0), so that the same handlers serve on one machine and on AWS.
//
// A request has its address as the client wrote it, all cookies, and in RemoteAddr the client's
// address with port 0. A request that cannot be read is answered with 400. An event that is not an
// HTTP request is an error, so that its sender sends it again. If a handler panics, the answer is
// 500 and the process goes on. Only the fact is logged, because the value of a panic can be
// anything, such as somebody's answer.
//
// A body that is not UTF-8 is returned in base64. There is no streaming: a body can have about 6
// MB.
//
// Of a function's answers only the pages for unknown addresses are compressed, since they are the
// same for everybody. If an answer holds both a secret and something that somebody sent, its
// compressed length could reveal the secret (BREACH, https://www.breachattack.com).
package gateway

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// A Function is what lambda.Start takes.
type Function func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// Wrap makes a function of a handler. It logs what goes wrong, but not what was sent.
func Wrap(h http.Handler, log *slog.Logger) Function {
	return func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		if e.RequestContext.HTTP.Method == "" { // such as a message from a queue
			return events.APIGatewayV2HTTPResponse{}, errEvent
		}
		w := &recorder{header: http.Header{}}
		r, err := Request(ctx, e)
		if err != nil {
			log.Info("bad event")
			http.Error(w, "Bad request", http.StatusBadRequest)
		} else if panicked(h, w, r) {
			log.Error("panic")
			w = &recorder{header: http.Header{}}
			const sorry = "Sorry, there is a problem with the service. Try again later."
			http.Error(w, sorry, http.StatusInternalServerError)
		}
		if e.Headers["cookie"] == "" && len(e.Cookies) == 0 && strings.Contains(e.Headers["accept-encoding"], "gzip") {
			w.compress()
		}
		return w.response(), nil
	}
}

func panicked(h http.Handler, w http.ResponseWriter, r *http.Request) (yes bool) {
	defer func() { yes = recover() != nil }()
	h.ServeHTTP(w, r)
	return false
}

var errEvent = errors.New("gateway: the event is no HTTP request")

// Request returns the HTTP request in an event.
func Request(ctx context.Context, e events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, errEvent
		}
	}
	path := e.RawPath
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	target := path
	if e.RawQueryString != "" {
		target += "?" + e.RawQueryString
	}
	u, err := url.ParseRequestURI(target)
	if err != nil || strings.HasPrefix(path, "//") && u.Host != "" {
		return nil, errEvent
	}
	r, err := http.NewRequestWithContext(ctx, strings.ToUpper(e.RequestContext.HTTP.Method), "/", bytes.NewReader(body))
	if err != nil {
		return nil, errEvent
	}
	r.URL, r.RequestURI = u, target
	r.Host = e.RequestContext.DomainName
	for name, value := range e.Headers { // several headers with one name come as one, with commas
		if http.CanonicalHeaderKey(name) == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	if len(e.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	r.RemoteAddr = e.RequestContext.HTTP.SourceIP
	if a, err := netip.ParseAddr(r.RemoteAddr); err == nil {
		r.RemoteAddr = netip.AddrPortFrom(a, 0).String()
	}
	return r, nil
}

// A recorder keeps an answer until it is complete.
type recorder struct {
	header http.Header // the handler's, which may still change it
	sent   http.Header // a copy from when the status was written
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 { // 1xx answers cannot be passed on
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 && w.header.Get("Content-Type") == "" && len(p) > 0 {
		w.header.Set("Content-Type", http.DetectContentType(p)) // as net/http's server does
	}
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// compress compresses the page for an unknown address, where that is worth it.
func (w *recorder) compress() {
	if w.status != http.StatusNotFound || w.body.Len() < 1000 || w.sent.Get("Content-Encoding") != "" || len(w.sent["Set-Cookie"]) > 0 {
		return
	}
	var small bytes.Buffer
	z := gzip.NewWriter(&small)
	z.Write(w.body.Bytes()) // a buffer takes everything
	z.Close()
	w.body = small
	w.sent.Set("Content-Encoding", "gzip")
	w.sent.Add("Vary", "Accept-Encoding")
	w.sent.Del("Content-Length")
}

func (w *recorder) response() events.APIGatewayV2HTTPResponse {
	w.WriteHeader(http.StatusOK) // for a handler that wrote nothing
	out := events.APIGatewayV2HTTPResponse{
		StatusCode: w.status, Headers: map[string]string{}, Cookies: w.sent["Set-Cookie"],
	}
	for name, values := range w.sent {
		if name != "Set-Cookie" {
			out.Headers[name] = strings.Join(values, ",")
		}
	}
	if b := w.body.Bytes(); utf8.Valid(b) {
		out.Body = string(b)
	} else {
		out.Body, out.IsBase64Encoded = base64.StdEncoding.EncodeToString(b), true
	}
	return out
}
