// Package front is what the functions for browsers have in common: the handlers of package web,
// behind CloudFront and an API Gateway HTTP API, with the records in DynamoDB.
package front

import (
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"traininghub/functions/internal/setup"
	"traininghub/internal/dynamo"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/web"
)

// maxExport is the size of the largest export in bytes: a scan of 4 MB fits into a ZIP file.
// Lambda's answers may have 6 MB, and in JSON each quotation mark and line end takes two bytes.
const maxExport = 4<<20 + 64<<10

// A Build makes the office and the parts that a function serves, with its store and the hub's
// content.
type Build func(store record.Store, hub *programme.Packed, log *slog.Logger) (*office.Desk, []web.Part)

// Open returns the handler of a function.
func Open(getenv func(string) string, out io.Writer, build Build) (http.Handler, *slog.Logger, error) {
	env, missing := setup.Required(getenv)
	store := dynamo.New(setup.AWS(getenv, "DYNAMODB"), env("TABLE"), env("DUE_INDEX"))
	base, secrets, root := env("BASE_URL"), strings.Split(env("ORIGIN_SECRETS"), ","), env("LAMBDA_TASK_ROOT")
	if err := missing(); err != nil {
		return nil, nil, err
	}
	log, err := setup.Log(getenv, out)
	if err != nil {
		return nil, nil, err
	}
	hub, err := setup.Content(root, base)
	if err != nil {
		return nil, nil, err
	}
	desk, parts := build(store, hub, log)
	pages := page.NewLazy(setup.Templates(root), hub.Site, hub.Assets, hub.Fixed)
	handler, err := web.New(web.Settings{Office: desk, Pages: pages, Site: hub.Site, Log: log, BaseURL: base, MaxExport: maxExport}, parts...)
	if err != nil {
		return nil, nil, err
	}
	return viaCloudFront(secrets, handler), log, nil
}

// viaCloudFront refuses requests that did not come through CloudFront, which enforces the limits.
// Only CloudFront knows the secrets. There are two, so that one can be replaced while the other
// works. The client's address is the one noted by CloudFront.
func viaCloudFront(secrets []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, known := sha256.Sum256([]byte(r.Header.Get("X-Origin-Secret"))), 0
		for _, s := range secrets {
			if s = strings.TrimSpace(s); s != "" {
				want := sha256.Sum256([]byte(s))
				known |= subtle.ConstantTimeCompare(given[:], want[:])
			}
		}
		if known == 0 {
			http.Error(w, "This address serves only the hub's own site.", http.StatusForbidden)
			return
		}
		r.Header.Del("X-Origin-Secret")
		// The header is "what the client sent, the client, CloudFront": the client's own address is
		// the last but one.
		hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		for i := range hops {
			hops[i] = strings.TrimSpace(hops[i])
		}
		if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil && len(hops) > 1 && hops[len(hops)-1] == host {
			r.RemoteAddr = net.JoinHostPort(hops[len(hops)-2], "0")
		}
		next.ServeHTTP(w, r)
	})
}
