package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"traininghub/internal/source"
	"traininghub/site"
	"traininghub/site/check"
)

// runLinks asks each other site to which pages link whether the linked page still exists, and
// prints a report in Markdown. It fails if a page is gone. A site that refuses programs, or
// requires signing in, is not reported: a person may well be let in.
func runLinks(ctx context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	value, _, err := parse("links", args, 0, out, getenv)
	if err != nil {
		return err
	}
	from := foldersOf(value)
	s, output, err := build(ctx, from, time.Now())
	if err != nil {
		return err
	}
	links := outward(s.Hub.BaseURL, output)
	wrong := unanswered(ctx, &http.Client{Timeout: linkWait}, slices.Sorted(maps.Keys(links)))
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, to := range slices.Sorted(maps.Keys(wrong)) {
		fmt.Fprintf(out, "- <%s>: %s. It stands on %s", to, wrong[to], strings.Join(links[to], ", "))
		if places := typedAt(source.Dir(from.content), to); places != nil {
			fmt.Fprintf(out, ", in %s", strings.Join(places, ", "))
		}
		fmt.Fprintln(out)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d of %d links to other sites lead nowhere", len(wrong), len(links))
	}
	fmt.Fprintf(out, "all %d links to other sites lead somewhere\n", len(links))
	return nil
}

// outward are the links to other sites, each with the addresses of the pages that have it.
// Addresses reserved for examples are left out.
func outward(base string, output site.Output) map[string][]string {
	links := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(output)) {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, to := range check.OutlineOf(output[name]).Links {
			u, err := url.Parse(to)
			if err != nil || u.Scheme != "https" && u.Scheme != "http" || source.Placeholder(u.Hostname()) ||
				strings.HasPrefix(to, base) {
				continue
			}
			to, _, _ = strings.Cut(to, "#")
			page := "/" + strings.TrimSuffix(name, "index.html")
			if !slices.Contains(links[to], page) {
				links[to] = append(links[to], page)
			}
		}
	}
	return links
}

// typedAt are the positions in the editors' files at which an address is typed.
func typedAt(content fs.FS, to string) []string {
	var all []string
	fs.WalkDir(content, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".md", ".yaml"}, path.Ext(name)) {
			return nil // the build reports files that cannot be read
		}
		text, _ := fs.ReadFile(content, name)
		for i, line := range strings.Split(string(text), "\n") {
			if strings.Contains(line, to) {
				all = append(all, fmt.Sprintf("content/%s:%d", name, i+1))
			}
		}
		return nil
	})
	return all
}

const (
	linkWait  = 20 * time.Second // for one answer
	linkTries = 2                // since a site can be down for a moment
	asked     = 4                // sites at the same time
)

// unanswered says what is wrong with each address that leads nowhere.
func unanswered(ctx context.Context, client *http.Client, links []string) map[string]string {
	wrong := map[string]string{}
	var mu sync.Mutex
	var workers sync.WaitGroup
	next := make(chan string)
	for range asked {
		workers.Go(func() {
			for to := range next {
				what := ""
				for range linkTries {
					if what = reply(ctx, client, to); what == "" {
						break
					}
				}
				if what != "" {
					mu.Lock()
					wrong[to] = what
					mu.Unlock()
				}
			}
		})
	}
	for _, to := range links {
		next <- to
	}
	close(next)
	workers.Wait()
	return wrong
}

// reply says what is wrong with an address; "" if nothing is.
func reply(ctx context.Context, client *http.Client, to string) string {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, to, nil)
	if err != nil {
		return "the address cannot be read"
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (compatible; hub links)")
	got, err := client.Do(r)
	if wrong := (*url.Error)(nil); errors.As(err, &wrong) && wrong.Timeout() {
		return "no answer"
	} else if err != nil {
		return "the site cannot be reached"
	}
	got.Body.Close()
	switch got.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotAcceptable,
		http.StatusTooManyRequests, 999:
		return ""
	}
	if got.StatusCode >= 400 {
		return fmt.Sprintf("the answer is %d %s", got.StatusCode, http.StatusText(got.StatusCode))
	}
	return ""
}
