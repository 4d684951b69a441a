// Package front is what the functions that browsers reach have in common: the handlers of package
// web, behind CloudFront and an API Gateway HTTP API, with the records in DynamoDB.
package front

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"traininghub/functions/internal/setup"
	"traininghub/internal/dynamo"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/web"
	"traininghub/templates"
)

// maxExport is the largest export in bytes. Lambda's answers have 6 MB at most, and as JSON each
// quotation mark and line end takes two bytes.
const maxExport = 4 << 20

// A Build makes the office and the parts that a function serves, on its store and with the public
// address.
type Build func(store record.Store, base string, log *slog.Logger) (*office.Desk, *page.Site, []web.Part, error)

// Open wires the handlers that a function serves.
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
	assets, err := readAssets(filepath.Join(root, "assets.json"))
	if err != nil {
		return nil, nil, err
	}
	opened := setup.Lazily(func() (http.Handler, error) {
		desk, site, parts, err := build(store, base, log)
		if err != nil {
			return nil, err
		}
		pages, err := page.NewLazy(templates.Files, site, assets)
		if err != nil {
			return nil, err
		}
		return web.New(web.Settings{Office: desk, Pages: pages, Site: site, Log: log, BaseURL: base, MaxExport: maxExport}, parts...)
	})
	return viaCloudFront(secrets, whenOpen(log, opened)), log, nil
}

// readAssets reads the addresses of style, script and icon, which packaging puts beside the
// program: they have hashes of what the generator makes, and this program does not link that.
func readAssets(file string) (page.Assets, error) {
	var a page.Assets
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &a)
	}
	if err == nil && (a.CSS == "" || a.JS == "" || a.Icon == "") {
		err = errors.New("an address is missing")
	}
	if err != nil {
		return a, fmt.Errorf("assets.json: %w", err)
	}
	return a, nil
}

// whenOpen serves with the handler once it is open.
func whenOpen(log *slog.Logger, opened func() (http.Handler, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, err := opened()
		if err != nil {
			log.Error("the content cannot be used", "error", err)
			http.Error(w, "Sorry, there is a problem with the service. Try again later.", http.StatusServiceUnavailable)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// viaCloudFront refuses requests that did not come through CloudFront, where the limits are. Only
// CloudFront knows the secrets; there are two, so that one can be exchanged while the other holds.
// The client's address is the one that CloudFront has noted.
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
