package preview

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/report"
	"traininghub/internal/source"
	"traininghub/internal/static"
	"traininghub/internal/web"
)

//go:embed bar
var barFiles embed.FS

// barTemplate is parsed for the first page that has a bar.
var barTemplate = sync.OnceValue(func() *template.Template { return template.Must(template.ParseFS(barFiles, "bar/bar.html")) })

// dayCookie holds the instant for which the editor views the site. dayForm is its format, in London
// time.
const (
	dayCookie = "hub-preview-day"
	dayForm   = "2006-01-02T15:04"
)

func (p *Preview) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/preview/events":
		p.events(w, r)
	case "/preview/day":
		p.choose(w, r)
	case "/preview/preview.js", "/preview/preview.css":
		web.SecurityHeaders(w.Header(), false)
		w.Header().Set("Cache-Control", "no-store")
		http.ServeFileFS(w, r, barFiles, "bar/"+path.Base(r.URL.Path))
	default:
		p.page(w, r)
	}
}

// page serves a page with the bar and the problems in it.
func (p *Preview) page(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	good, old, faults, lines, saves := p.good, p.old, p.faults, p.lines, p.saves
	p.mu.Unlock()
	day, at := chosen(r)
	var body bytes.Buffer
	rec := &held{header: http.Header{}, body: &body, status: http.StatusOK}
	switch {
	case good == nil:
		// Nothing has been built without mistakes yet, so the page shows only the mistakes.
		rec.header.Set("Content-Type", "text/html; charset=utf-8")
		body.WriteString("<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n<title>Preview</title>\n</head>\n<body>\n<main></main>\n</body>\n</html>\n")
	case web.Handles(r.URL.Path):
		good.apply.ServeHTTP(w, r)
		return
	default:
		pages, err := good.at(r.Context(), day, at)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		plain := r.Clone(r.Context())
		plain.Header.Del("Accept-Encoding")
		pages.ServeHTTP(rec, plain)
	}
	for name, values := range rec.header {
		w.Header()[name] = values
	}
	page := body.Bytes()
	if strings.HasPrefix(rec.header.Get("Content-Type"), "text/html") && rec.status != http.StatusMovedPermanently {
		page = p.dress(page, bar{
			Build: p.name(saves), Day: day, Path: r.URL.Path, Moments: moments(good, r.URL.Path),
			Found: report.Count(faults), Problems: problems(faults, lines, r.URL.Path),
		}.about(good, old))
		web.SecurityHeaders(w.Header(), false)
		// The page may talk to the preview and to no other host.
		w.Header().Set("Content-Security-Policy", w.Header().Get("Content-Security-Policy")+"; connect-src 'self'")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
	}
	w.WriteHeader(rec.status)
	w.Write(page)
}

// held keeps an answer until the bar is added.
type held struct {
	header http.Header
	body   *bytes.Buffer
	status int
}

func (h *held) Header() http.Header         { return h.header }
func (h *held) WriteHeader(status int)      { h.status = status }
func (h *held) Write(b []byte) (int, error) { return h.body.Write(b) }

// at is the site as of an instant. Forms keep the server's own clock.
func (g *goodSite) at(ctx context.Context, day string, at time.Time) (*static.Pages, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if pages := g.day[day]; pages != nil {
		return pages, nil
	}
	output, faults := g.Render(ctx, at)
	if output == nil {
		return nil, cmp.Or(ctx.Err(), faults.Err())
	}
	pages := static.Quick(output)
	g.day[day] = pages
	return pages, nil
}

// chosen returns the day that the editor chose; "" if they chose none.
func chosen(r *http.Request) (day string, at time.Time) {
	c, err := r.Cookie(dayCookie)
	if err != nil {
		return "", time.Time{}
	}
	if at, err = instant(c.Value); err != nil {
		return "", time.Time{}
	}
	return c.Value, at
}

// instant reads a day and time. The year must be one that a course's dates can have.
func instant(text string) (time.Time, error) {
	at, err := time.ParseInLocation(dayForm, text, course.London)
	if err == nil && (at.Year() < 2000 || at.Year() > 2199) {
		err = fmt.Errorf("the year %d", at.Year())
	}
	return at, err
}

// choose sets the day, and redirects to where the editor was.
func (p *Preview) choose(w http.ResponseWriter, r *http.Request) {
	day := r.FormValue("at")
	if day != "" && len(day) == len("2006-01-02") {
		day += "T09:00"
	}
	cookie := &http.Cookie{Name: dayCookie, Value: day, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if _, err := instant(day); err != nil {
		cookie.Value, cookie.MaxAge = "", -1
	}
	http.SetCookie(w, cookie)
	back := path.Clean("/" + r.FormValue("to"))
	if strings.HasSuffix(r.FormValue("to"), "/") && back != "/" {
		back += "/"
	}
	w.Header().Set("Cache-Control", "no-store")
	// Escaped, because browsers take a backslash for a slash, and two of them for another host.
	http.Redirect(w, r, (&url.URL{Path: back}).String(), http.StatusSeeOther)
}

// events tells a page of each build that finishes, for as long as the page is open.
func (p *Preview) events(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	// The server's limits are for requests that end.
	if err := cmp.Or(rc.SetWriteDeadline(time.Time{}), rc.SetReadDeadline(time.Time{})); err != nil {
		p.Log.Warn("a page will have to ask again", "error", err)
	}
	web.SecurityHeaders(w.Header(), false)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, "retry: 500\n\n")
	for {
		p.mu.Lock()
		changed, saves, errors := p.changed, p.saves, len(p.faults.Errors())
		p.mu.Unlock()
		data, err := json.Marshal(map[string]any{"build": p.name(saves), "saves": saves, "errors": errors})
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil || rc.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-p.quit:
			return
		}
	}
}

// name is the unique name of a build.
func (p *Preview) name(saves int) string { return fmt.Sprintf("%d-%d", p.began, saves) }

// A bar is what the preview puts into a page.
type bar struct {
	Build    string // the last one
	Day      string
	Path     string
	Moments  []moment
	Stale    bool // the page is from the last build without mistakes
	Missing  bool // the page has never been without mistakes
	Found    string
	Problems []problem
}

// about says how far the page is up to date. old means that none of the site is.
func (b bar) about(good *goodSite, old bool) bar {
	if good == nil {
		return b
	}
	left, stale := good.stale[writtenIn(b.Path)]
	b.Stale, b.Missing = old || stale && !left, left && !old
	return b
}

// A moment is an instant at which something changes. The editor can view it with one click.
type moment struct{ Text, Href string }

// A problem is a fault, ready for the page.
type problem struct {
	source.Fault
	Quote string
	Here  string // the line, if it is in this page's file: the script shows the problem there
}

// dress puts styles and a script into a page's head, and the bar at the start of its body.
func (p *Preview) dress(page []byte, b bar) []byte {
	var drawn bytes.Buffer
	if err := barTemplate().Execute(&drawn, b); err != nil {
		p.Log.Error("the bar cannot be drawn", "error", err)
		return page
	}
	head := []byte("<link rel=\"stylesheet\" href=\"/preview/preview.css\">\n<script type=\"module\" src=\"/preview/preview.js\"></script>\n</head>")
	page = bytes.Replace(page, []byte("</head>"), head, 1)
	return bytes.Replace(page, []byte("<body>"), append([]byte("<body>\n"), drawn.Bytes()...), 1)
}

// mostMoments is how many moments a page offers: of its own course, or of the courses that change
// next.
const mostMoments = 8

// moments are the instants at which the course or service of this page changes; on other pages,
// those of any course.
func moments(good *goodSite, on string) []moment {
	if good == nil {
		return nil
	}
	var all []moment
	add := func(text string, at time.Time) {
		query := url.Values{"at": {at.In(course.London).Format(dayForm)}, "to": {on}}
		all = append(all, moment{text, "/preview/day?" + query.Encode()})
	}
	courses := slices.Clone(good.Programme.Courses)
	if i := slices.IndexFunc(courses,
		func(c *course.Course) bool { return strings.HasPrefix(on, "/courses/"+c.ID+"/") }); i >= 0 {
		courses = courses[i : i+1]
	}
	for _, v := range good.Programme.Services {
		if !strings.HasPrefix(on, v.Page()) {
			continue
		}
		courses = nil
		if v.Opens != nil {
			add(v.Title+", the minute before it opens on "+v.Opens.String(), v.OpensAt().Add(-time.Minute))
			add(v.Title+", when it opens", v.OpensAt())
		}
		if v.Closes != nil {
			add(v.Title+", the last minute, on "+v.Closes.String(), v.ClosesAt().Add(-time.Minute))
			add(v.Title+", when it is closed", v.ClosesAt())
		}
	}
	for _, c := range courses {
		if len(all) >= mostMoments {
			break
		}
		if c.Opens != nil {
			add(c.Title+", the minute before it opens on "+c.Opens.String(), c.OpensAt().Add(-time.Minute))
			add(c.Title+", when it opens", c.OpensAt())
		}
		if c.Closes().IsZero() {
			continue
		}
		add(c.Title+", the last minute to apply, "+c.ApplyBy(), c.Closes().Add(-time.Minute))
		add(c.Title+", the minute after the deadline", c.Closes())
	}
	return all
}

// problems are the faults, with those in this page's own file first.
func problems(faults source.Faults, lines *report.Lines, on string) []problem {
	var here, elsewhere []problem
	for _, f := range faults {
		q := problem{Fault: f, Quote: strings.TrimSpace(lines.Line(f))}
		if f.Path == writtenIn(on) {
			q.Here = q.Quote
			here = append(here, q)
		} else {
			elsewhere = append(elsewhere, q)
		}
	}
	return append(here, elsewhere...)
}

// writtenIn is the editors' file with the text of a page.
func writtenIn(address string) string {
	name := strings.Trim(address, "/")
	for _, folder := range []string{"courses", "services"} {
		id, its := strings.CutPrefix(name, folder+"/")
		switch {
		case its && strings.HasSuffix(id, "/apply"):
			return "content/forms/" + strings.TrimSuffix(id, "/apply") + ".yaml"
		case its:
			return "content/" + folder + "/" + id + ".md"
		}
	}
	if name == "" {
		return "content/pages/home.md"
	}
	return "content/pages/" + name + ".md"
}
