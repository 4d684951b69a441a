package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/mail"
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/preview"
	"traininghub/internal/record"
	"traininghub/internal/source"
	"traininghub/internal/static"
	"traininghub/internal/web"
	"traininghub/internal/web/apply"
	"traininghub/internal/web/practice"
	"traininghub/internal/web/review"
	"traininghub/internal/web/status"
	"traininghub/site"
	"traininghub/templates"
)

// runServe builds the site in memory and serves it with its forms until ctx ends. Applications are kept in DATA/hub.db.
// Letters go to a mail server if one is set, else into the folder DATA/outbox, which a second address shows.
func runServe(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
	value, _, err := parse("serve", args, 0, out, getenv)
	if err != nil {
		return err
	}
	now, err := ticking(value("as-of"))
	if err != nil {
		return err
	}
	proxies, err := prefixes(value("proxies"))
	if err != nil {
		return err
	}
	public, err := listen(value("addr"))
	if err != nil {
		return err
	}
	defer public.Close()
	watch := value("watch") == "yes"
	base := value("base-url")
	var s *site.Site
	var output site.Output
	if watch { // a preview shows the mistakes in its pages
		if base == "" {
			base = "http://" + address(public.Addr())
		}
	} else {
		var faults source.Faults
		hub, _ := page.LoadSite(source.Dir(value("content"))) // its faults are found again
		base = baseURL(base, hub.BaseURL, public.Addr())
		if s, faults, err = load(ctx, value("content"), value("modules"), base); err != nil {
			return err
		}
		if s != nil {
			output, faults = s.Render(ctx, now())
		}
		if err := faults.Err(); err != nil {
			return err
		}
	}
	mended, err := private(value("data"))
	if err != nil {
		return err
	}
	// A preview keeps nothing of anybody's, so it needs no word to begin.
	if err := prepareDatabase(ctx, value("data"), watch || value("new") == "yes", value("damaged") == "yes", errOut); err != nil {
		return err
	}
	store, err := openDatabase(value("data"))
	if err != nil {
		return err
	}
	defer store.Close()
	log := slog.New(slog.NewTextHandler(errOut, nil))
	if mended {
		fmt.Fprintf(out, "The data folder %s could be read by other users of this machine. It is closed to them now.\n", value("data"))
	}

	mailer, outbox, err := post(value, now)
	if err != nil {
		return err
	}
	// open is the desk, and its pages, of a site.
	open := func(s *site.Site) (*intake.Desk, http.Handler, error) {
		desk := &intake.Desk{
			Store: store, Programme: s.Programme, Now: now, BaseURL: base,
			Retain: retention(s.Hub), Office: s.Hub.Office,
			Mailer: mailer, MailFrom: s.Hub.MailFrom, Hub: s.Hub.Fact, PDF: pdf.Render, Log: log,
		}
		forms, err := web.New(web.Settings{Desk: desk, Pages: s.Pages, Site: s.Hub, Log: log, BaseURL: base, Proxies: proxies},
			apply.Routes, practice.Routes, status.Routes, review.Routes)
		if err != nil {
			return nil, nil, usagef("--base-url: %v", err)
		}
		return desk, forms, nil
	}
	var handler http.Handler
	var run func(ctx context.Context) // beside the requests
	if watch {
		p := preview.New(preview.Settings{
			Content: value("content"), Modules: value("modules"), Templates: templates.Files, Letters: storyLetters(), BaseURL: base,
			Now: now, Open: open, Out: out, Log: log,
		})
		handler, run = p, p.Run
	} else {
		desk, forms, err := open(s)
		if err != nil {
			return err
		}
		pages := &static.Pages{HTTPS: strings.HasPrefix(base, "https:")}
		pages.Set(output)
		mux := http.NewServeMux()
		for _, below := range web.Below {
			mux.Handle(below, static.Compressed(forms))
		}
		mux.Handle("/", pages)
		handler = mux
		run = func(ctx context.Context) {
			var work sync.WaitGroup
			work.Go(func() { desk.Run(ctx) })
			work.Go(func() { rebuild(ctx, s, pages, now, log) })
			work.Wait()
		}
	}

	fmt.Fprintf(out, "The site:   %s/\n", base)
	servers := []*http.Server{server(public, handler, log)}
	listeners := []net.Listener{public}
	if outbox != nil {
		l, err := listen(value("outbox"))
		if err != nil {
			return err
		}
		defer l.Close()
		if !here(l.Addr()) {
			return usagef("--outbox %s: the outbox shows every letter, so it is only served to this machine (use localhost:8081)", value("outbox"))
		}
		fmt.Fprintf(out, "The outbox: http://%s/ (no mail leaves this machine)\n", address(l.Addr()))
		servers, listeners = append(servers, server(l, outbox, log)), append(listeners, l)
	}
	if value("as-of") != "" {
		fmt.Fprintf(out, "As of:      %s\n", course.Moment(now()))
	}

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var work sync.WaitGroup
	work.Go(func() { run(ctx) })
	failed := make(chan error, len(servers))
	for i, srv := range servers {
		go func() { failed <- srv.Serve(listeners[i]) }()
	}
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	// Requests that are under way are answered, and the letter that is being sent is marked.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	for _, srv := range servers {
		down := srv.Shutdown(end)
		if errors.Is(down, context.DeadlineExceeded) { // somebody's request never ended: no fault of ours
			log.Warn("stopped without answering requests that did not end")
			down = srv.Close()
		}
		err = errors.Join(err, down)
	}
	stop()
	work.Wait()
	return err
}

// retention is how long the site says that things are kept.
func retention(h *page.Site) intake.Retention {
	return intake.RetainDays(h.RetainDrafts, h.RetainApplications, h.RetainAccepted, h.RetainDeclined, h.RetainWithdrawn)
}

// ticking is a clock that begins at 9am of the given day, or now, and goes on from there.
func ticking(asOf string) (func() time.Time, error) {
	if asOf == "" {
		return time.Now, nil
	}
	day, err := clock(asOf)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	from := day.In(course.London).Add(9 * time.Hour)
	return func() time.Time { return from.Add(time.Since(began)) }, nil
}

// prefixes reads --proxies: addresses and networks with commas between.
func prefixes(list string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for word := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if a, err := netip.ParseAddr(word); err == nil {
			all = append(all, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(word)
		if err != nil {
			return nil, usagef("--proxies: %q is no address or network; write 10.0.0.1 or 10.0.0.0/24", word)
		}
		all = append(all, p)
	}
	return all, nil
}

// listen opens the address, and says what to do if that fails.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%w; stop the program that uses the address, or choose another with --addr and --outbox", err)
	}
	return l, nil
}

// here tells whether an address can only be reached from this machine.
func here(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// baseURL is the site's public address: as it was set, or as site.yaml says, or, if that is only this machine, where
// the site really is.
func baseURL(set, site string, at net.Addr) string {
	if set != "" {
		return set
	}
	if u, err := url.Parse(site); err == nil && u.Hostname() == "localhost" && here(at) {
		return "http://" + address(at)
	}
	return site
}

// address is what to type into a browser on this machine.
func address(a net.Addr) string {
	tcp := a.(*net.TCPAddr)
	return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
}

// post is where letters go: a mail server, or a folder and the page that shows it.
func post(value func(string) string, now func() time.Time) (record.Mailer, http.Handler, error) {
	if value("smtp-host") == "" {
		folder, err := mail.OpenFolder(filepath.Join(value("data"), "outbox"))
		if err != nil {
			return nil, nil, err
		}
		folder.Now = now
		return folder, mail.NewOutbox(folder), nil
	}
	port, err := strconv.Atoi(value("smtp-port"))
	if value("smtp-port") != "" && err != nil {
		return nil, nil, usagef("--smtp-port must be a number")
	}
	smtp := &mail.SMTP{
		Host: value("smtp-host"), Port: port, Username: value("smtp-user"), Password: value("smtp-password"), TLS: mail.TLS(value("smtp-tls")), Bounces: value("smtp-bounces"), Now: now,
	}
	if err := smtp.Check(); err != nil {
		return nil, nil, usagef("%v", err)
	}
	return smtp, nil, nil
}

// server has time limits, so that slow clients cannot hold it up.
func server(l net.Listener, h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Addr: l.Addr().String(), Handler: h, MaxHeaderBytes: 64 << 10,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// rebuild makes the site anew at each instant at which it changes: a page never says "open" after a deadline.
func rebuild(ctx context.Context, s *site.Site, pages *static.Pages, now func() time.Time, log *slog.Logger) {
	for {
		next, ok := s.NextChange(now())
		if !ok {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(next.Sub(now())):
		}
		output, err := s.Build(now())
		if err != nil {
			log.Error("the site stays as it was", "error", err)
			return
		}
		pages.Set(output)
		log.Info("the site was built anew", "for", next.In(course.London).Format(time.DateTime))
	}
}
