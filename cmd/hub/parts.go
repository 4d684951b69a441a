package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"traininghub/internal/attend"
	"traininghub/internal/behind"
	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/health"
	"traininghub/internal/intake"
	"traininghub/internal/live"
	"traininghub/internal/mail"
	"traininghub/internal/money"
	"traininghub/internal/office"
	"traininghub/internal/page"
	onpaper "traininghub/internal/paper"
	"traininghub/internal/pdf"
	"traininghub/internal/preview"
	"traininghub/internal/record"
	"traininghub/internal/removal"
	"traininghub/internal/service"
	"traininghub/internal/source"
	"traininghub/internal/sqlite"
	"traininghub/internal/web"
	"traininghub/site"
	"traininghub/templates"
)

// parts are the parts of a serving hub.
type parts struct {
	serving
	log            *slog.Logger
	base           string
	public, inside net.Listener
	store          *sqlite.Store
	sealed         record.Store  // the same store, with seals: all writes go here
	behind         *sqlite.Store // the store behind the wall; nil if there is none yet
	behindSealed   record.Store
	walls          bool // it exists, or is to be made
	mailer         record.Mailer
	outbox         http.Handler // shows the letters; nil if there is a mail server
	limits         *web.Limiter
	pages          http.Handler              // the site and its forms
	work           func(ctx context.Context) // the work done beside the requests
	faults         func() source.Faults      // of the newest content
	shutServices   atomic.Pointer[[]string]  // titles of services that take no requests, in the newest content
	closed         atomic.Pointer[[]string]  // titles of schemes that take no claims, in the newest content
	hup            chan os.Signal            // announces new content; nil if the hub ends with its terminal
}

// assemble makes the parts. Faults in the content are reported before anything is made in the data
// folder.
func assemble(ctx context.Context, set serving, out, errOut io.Writer) (p *parts, err error) {
	p = &parts{serving: set, log: slog.New(slog.NewTextHandler(errOut, nil)), limits: web.NewLimiter(set.now)}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if err := p.listen(); err != nil {
		return p, err
	}
	if err := p.there(); err != nil {
		return p, err
	}
	for _, f := range p.outdated() {
		p.log.Warn("a template of your own is behind the program's", "template", f.Path, "what", f.What)
	}
	// A hub that is older than the wall runs without one, and gets one with --new.
	_, missing := os.Stat(walled(p.data))
	p.walls = p.watch || p.anew || missing == nil
	hub, _ := page.LoadSite(source.Until(ctx, source.Dir(p.content))) // reported later
	if p.base, err = p.address(hub, p.public.Addr()); err != nil {
		return p, err
	}
	if p.watch {
		p.preview(out)
		return p, p.keep(ctx, out, errOut)
	}
	h := live.New(live.Settings{
		Sources: func() site.Sources {
			return site.Sources{
				Content: source.Dir(p.content), Templates: p.all(), Sound: p.own() == "", Modules: p.modules,
				Letters: storyLetters(), BaseURL: p.base, Shut: p.shut,
			}
		},
		HTTPS: strings.HasPrefix(p.base, "https:"), Now: p.now, Log: p.log, Open: p.open,
	})
	first, err := h.Read(ctx)
	if err != nil {
		return p, err
	}
	if !p.hangUp {
		p.hup = make(chan os.Signal, 1)
		signal.Notify(p.hup, syscall.SIGHUP)
	}
	if err := p.keep(ctx, out, errOut); err != nil {
		return p, err
	}
	p.pages, p.faults = h, h.Faults
	p.work = func(ctx context.Context) { p.serve(ctx, h) }
	return p, h.Use(first)
}

// listen opens the two addresses: the public one, and the one for this machine.
func (p *parts) listen() (err error) {
	if p.public, err = listen(p.addr); err != nil {
		return err
	}
	if p.inside, err = listen(p.serving.inside); err != nil {
		return err
	}
	if !here(p.inside.Addr()) {
		return usagef("--outbox %s: it shows every letter, and how the hub is, so it is only served to this machine (use localhost:8081)", p.serving.inside)
	}
	return nil
}

// keep opens the database and whatever takes the letters.
func (p *parts) keep(ctx context.Context, out, errOut io.Writer) error {
	mended, err := private(p.data)
	if err != nil {
		return err
	}
	// A preview holds nobody's data, so it may make a database unasked.
	anew := p.watch || p.anew
	if err := prepareDatabase(ctx, database(p.data), anew, p.damaged, errOut); err != nil {
		return err
	}
	if p.store, err = openDatabase(database(p.data)); err != nil {
		return err
	}
	stores := []record.Store{p.store}
	if p.walls {
		if err := prepareDatabase(ctx, walled(p.data), anew, p.damaged, errOut); err != nil {
			return err
		}
		if p.behind, err = openDatabase(walled(p.data)); err != nil {
			return err
		}
		stores = append(stores, p.behind)
	}
	if !p.damaged {
		if err := newSeal(ctx, stores, p.data, p.sealKey, out); err != nil {
			return err
		}
	}
	if p.sealed, err = sealing(p.store, p.data, p.sealKey); err != nil {
		return err
	}
	if p.behind != nil {
		if p.behindSealed, err = sealing(p.behind, p.data, p.sealKey); err != nil {
			return err
		}
	}
	if mended {
		fmt.Fprintf(out, "The data folder %s could be read by other users of this machine. It is closed to them now.\n",
			p.data)
	}
	if p.smtp != nil {
		p.mailer = p.smtp
	} else {
		folder, err := mail.OpenFolder(filepath.Join(p.data, "outbox"))
		if err != nil {
			return err
		}
		folder.Now = p.now
		p.mailer, p.outbox = folder, mail.NewOutbox(folder)
	}
	fmt.Fprintf(out, "The site:   %s/\n", p.base)
	if p.outbox != nil {
		fmt.Fprintf(out, "The outbox: http://%s/ (no mail leaves this machine)\n", address(p.inside.Addr()))
	}
	fmt.Fprintf(out, "Health:     http://%s/health\n", address(p.inside.Addr()))
	if p.asOf {
		fmt.Fprintf(out, "As of:      %s\n", course.Moment(p.now()))
	}
	return nil
}

// open makes a site's worker and its pages.
func (p *parts) open(s *site.Site) (office.Worker, http.Handler, error) {
	desk := storyOffice(p.applications(s, p.sealed), s.Hub)
	desk.Applications.Programme = s.Programme.WithoutMentoring()
	desk.Contacts, desk.Mailer = s.Hub.Office, p.mailer
	desk.Beside = func(ctx context.Context) error {
		_, err := onpaper.Sweep(ctx, desk.Applications, scans(p.data), time.Now())
		return err
	}
	p.guard(desk.Claims)
	attend.In(desk).Real = p.smtp != nil
	p.tellShut(s)
	forms, err := web.New(p.settings(s, desk), storyPages(desk)...)
	if err != nil || p.behind == nil {
		return desk, forms, err
	}
	walls := behind.Open(p.applications(s, p.behindSealed), money.Heard(desk))
	walls.Office.Mailer = p.mailer
	desk.Applications.Mentoring = &intake.Crossing{Gate: walls.Mentors, Courses: s.Programme.MentorCourses()}
	walled, err := web.New(p.settings(s, walls.Office), walledPages(walls)...)
	return office.Workers{desk, walls.Office}, either(walled, forms), err
}

// applications is the desk of a site's applications on a store.
func (p *parts) applications(s *site.Site, store record.Store) *intake.Desk {
	return &intake.Desk{
		Store: store, Programme: s.Programme, Now: p.now, BaseURL: p.base,
		Retain: retention(s.Hub), Scans: scans(p.data), MailFrom: s.Hub.MailFrom, Hub: s.Hub.Fact, PDF: pdf.Render, Log: p.log,
	}
}

// settings are the settings of a site's pages for an office.
func (p *parts) settings(s *site.Site, desk *office.Desk) web.Settings {
	return web.Settings{
		Office: desk, Pages: s.Pages, Site: s.Hub, Log: p.log, BaseURL: p.base, Proxies: p.proxies, Limits: p.limits,
	}
}

// either sends requests for pages behind the wall to their own handler.
func either(walled, rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if web.IsBehind(r.URL.Path) {
			walled.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}

// shut tells whether a service takes nobody: its leads are only placeholders in a hub that really
// sends letters, or there is no database for it yet.
func (p *parts) shut(s *service.Service) bool {
	return s.Mentoring != nil && (!p.walls || p.smtp != nil && s.Placeholder())
}

// tellShut logs which services are shut, and notes them for /health.
func (p *parts) tellShut(s *site.Site) {
	var titles []string
	for _, v := range s.Programme.Services {
		if !v.Shut {
			continue
		}
		titles = append(titles, v.Title)
		why := "the address of somebody who leads an area is only an example"
		if !p.walls {
			why = "there is no " + walled(p.data) + ": start the hub once with --new"
		}
		p.log.Warn("a service takes no requests", "service", v.Title, "why", why)
	}
	p.shutServices.Store(&titles)
}

// guard closes and logs schemes whose roles are only placeholders, in a hub that really sends
// letters.
func (p *parts) guard(claims *claim.Desk) {
	claims.Real = p.smtp != nil
	closed := claims.ClosedSchemes()
	p.closed.Store(&closed)
	for _, title := range closed {
		p.log.Warn("a scheme takes no claims: the address of somebody who checks, approves or pays is only an example", "scheme", title)
	}
}

// preview shows editors the site, with the mistakes in its pages.
func (p *parts) preview(out io.Writer) {
	v := preview.New(preview.Settings{
		Content: p.content, Modules: p.modules, Templates: templates.Files, Over: p.own(), Letters: storyLetters(), BaseURL: p.base,
		Now: p.now, Open: p.open, Out: out, Log: p.log,
	})
	p.pages, p.work, p.faults = v, v.Run, func() source.Faults { return nil }
}

// serve runs a hub. It takes new content on SIGHUP, or by itself if that is set.
func (p *parts) serve(ctx context.Context, h *live.Hub) {
	again := make(chan struct{}, 1)
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-p.hup:
				select {
				case again <- struct{}{}:
				default: // already pending
				}
			}
		}
	})
	if p.follow {
		work.Go(func() { live.Follow(ctx, p.content, p.log, again) })
	}
	h.Run(ctx, again)
}

// leastDisk is how many bytes must be free for a healthy hub: room for some thousand applications,
// and a copy of the database.
const leastDisk = 500e6

// health are the hub's health checks.
func (p *parts) health() *health.Health {
	kinds := storyOffice(&intake.Desk{Store: p.store}, nil).Kinds()
	owed := func(ctx context.Context) (record.Owed, error) { return record.LookOwed(ctx, p.store, kinds, p.now()) }
	checks := []health.Check{
		health.Database(p.store), health.Letters(owed), health.Disk(p.data, leastDisk),
		health.Content(func() source.Faults { return p.faults() }),
		health.Removals(removal.Of(&intake.Desk{Store: p.store}).Brake),
		health.Schemes(&p.closed), health.Services(&p.shutServices),
	}
	if p.behind != nil {
		kinds := behind.Open(&intake.Desk{Store: p.behind}, nil).Kinds()
		owed := func(ctx context.Context) (record.Owed, error) { return record.LookOwed(ctx, p.behind, kinds, p.now()) }
		for _, c := range []health.Check{
			health.Database(p.behind), health.Letters(owed), health.Removals(removal.Of(&intake.Desk{Store: p.behind}).Brake),
		} {
			c.Name = "mentoring " + c.Name
			checks = append(checks, c)
		}
	}
	if p.backups > 0 {
		checks = append(checks, health.Backup(lastBackup(p.data), p.backups, time.Now(), time.Now))
	}
	return health.New(time.Now, checks...)
}

// run serves until ctx ends. Then it answers the requests in progress and marks the letter that is
// being sent.
func (p *parts) run(ctx context.Context) (err error) {
	h := p.health()
	public, inside := http.NewServeMux(), http.NewServeMux()
	public.Handle("/", p.pages)
	public.HandleFunc("GET /health", h.Public)
	if p.outbox != nil {
		inside.Handle("/", p.outbox)
	}
	inside.HandleFunc("GET /health", h.Details)
	servers := []*http.Server{server(p.public, public, p.log), server(p.inside, inside, p.log)}

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var work sync.WaitGroup
	work.Go(func() { p.work(ctx) })
	failed := make(chan error, len(servers))
	for i, l := range []net.Listener{p.public, p.inside} {
		go func() { failed <- servers[i].Serve(l) }()
	}
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	for _, srv := range servers {
		down := srv.Shutdown(end)
		if errors.Is(down, context.DeadlineExceeded) { // a request never ended, which is not the hub's fault
			p.log.Warn("stopped without answering requests that did not end")
			down = srv.Close()
		}
		err = errors.Join(err, down)
	}
	stop()
	work.Wait()
	return err
}

func (p *parts) close() {
	for _, l := range []net.Listener{p.public, p.inside} {
		if l != nil {
			l.Close()
		}
	}
	for _, store := range []*sqlite.Store{p.store, p.behind} {
		if store != nil {
			store.Close()
		}
	}
	if p.hup != nil {
		signal.Stop(p.hup)
	}
}

// listen opens the address, and says what to do if that fails.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%w; stop the program that uses the address, or choose another with --addr and --outbox",
			err)
	}
	return l, nil
}

// here tells whether an address can only be reached from this machine.
func here(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// address is what to type into a browser on this machine.
func address(a net.Addr) string {
	tcp := a.(*net.TCPAddr)
	return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
}

// server has time limits, so that slow clients cannot hold it up.
func server(l net.Listener, h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Addr: l.Addr().String(), Handler: h, MaxHeaderBytes: 64 << 10,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute,
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
