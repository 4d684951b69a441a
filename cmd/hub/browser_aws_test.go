package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"traininghub/internal/attend"
	"traininghub/internal/browsertest"
	"traininghub/internal/correction"
	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/gateway"
	"traininghub/internal/gateway/gatewaytest"
	"traininghub/internal/intake"
	"traininghub/internal/mail"
	"traininghub/internal/office"
	"traininghub/internal/pdf"
	"traininghub/internal/record"
	"traininghub/internal/standin"
	"traininghub/internal/static"
	"traininghub/internal/web"
	"traininghub/internal/web/apply"
	webattend "traininghub/internal/web/attend"
	"traininghub/internal/web/compare"
	"traininghub/internal/web/practice"
	"traininghub/internal/web/review"
	"traininghub/internal/web/status"
)

// serveAWS serves the content of a folder as of a day, put together as on AWS. Each request goes
// through the Lambda adapter to a handler with a desk of its own on DynamoDB's stand-in; applying
// has a separate handler, and a third desk delivers. This program's server of pages stands for
// CloudFront, and its outbox for SES. (The tests in functions check that AWS has the same parts.)
func serveAWS(t *testing.T, content, asOf string) *servedHub {
	t.Helper()
	now, err := ticking(asOf)
	if err != nil {
		t.Fatal(err)
	}
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	public, letters := listen(), listen()
	h := &servedHub{site: "http://" + address(public.Addr()), outbox: "http://" + address(letters.Addr()), data: t.TempDir()}
	s, faults, err := load(t.Context(), folders{content: content, modules: "../../node_modules"}, h.site)
	if err != nil || s == nil {
		t.Fatal(faults, err)
	}
	output, faults := s.Render(t.Context(), now())
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	log := slog.New(slog.NewTextHandler(&written, nil))
	folder, err := mail.OpenFolder(filepath.Join(h.data, "outbox"))
	if err != nil {
		t.Fatal(err)
	}
	folder.Now = now

	url := dynamotest.Transactions(t, standin.Dynalite(t))
	table := dynamotest.Table(t, url)
	desk := func() *office.Desk {
		d := office.New(&intake.Desk{
			Store: dynamo.New(dynamotest.Config(url), table, dynamotest.DueIndex), Programme: s.Programme, Now: now, BaseURL: h.site,
			Retain: retention(s.Hub),
			Hub:    s.Hub.Fact, PDF: pdf.Render, Log: log,
		})
		correction.Join(d)
		attend.Join(d, s.Hub)
		d.Contacts = s.Hub.Office
		return d
	}
	h.store = func() record.Store { return desk().Applications.Store }
	function := func(parts ...web.Part) http.Handler {
		handler, err := web.New(web.Settings{Office: desk(), Pages: s.Pages, Site: s.Hub, Log: log, BaseURL: h.site, MaxExport: 4 << 20}, parts...)
		if err != nil {
			t.Fatal(err)
		}
		return gatewaytest.Handler(gateway.Wrap(handler, log), nil)
	}
	pages := &static.Pages{}
	pages.Set(output)
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	submit, rest := function(apply.Routes, compare.Routes), function(practice.Routes, status.Routes, review.Routes, webattend.Routes)
	for _, below := range web.Below { // as CloudFront's behaviours
		if below == "/apply/" || below == compare.Address {
			mux.Handle(below, submit)
		} else {
			mux.Handle(below, rest)
		}
	}

	deliver := desk()
	deliver.Mailer, deliver.Applications.MailFrom = folder, s.Hub.MailFrom
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { deliver.Run(ctx) })
	servers := []*http.Server{server(public, mux, log), server(letters, mail.NewOutbox(folder), log)}
	for i, l := range []net.Listener{public, letters} {
		work.Go(func() { servers[i].Serve(l) })
	}
	h.stop = sync.OnceFunc(func() {
		cancel()
		for _, s := range servers {
			s.Close()
		}
		work.Wait()
		for line := range strings.Lines(written.String()) {
			if !strings.Contains(line, "level=INFO") || strings.Contains(line, "example.org") {
				t.Errorf("a function logs %s", line)
			}
		}
	})
	t.Cleanup(h.stop)
	return h
}

// TestBrowserAWS: put together as on AWS, the hub takes an application from a browser, lets another
// browser go on with it, and mails.
func TestBrowserAWS(t *testing.T) {
	browser, hub := browsertest.Start(t), serveAWS(t, "../../content", "2021-09-20")
	comeBackLater(t, newProfile(t, browser, hub), newProfile(t, browser, hub))
}
