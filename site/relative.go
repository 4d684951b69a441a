package site

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/page"
	"traininghub/site/folder"
)

// A preview is the site for reviewers, in a folder whose pages open from a disk, or at any address
// of a web server. Its links are relative and name files, since no server turns "/dates/" into one.
// Each page says that it is a preview, and tells search engines not to list it. Pages of handlers
// are missing: links to them lead to a page that says so, and no form can be sent.

// notHere is the page to which links to the handlers' pages lead.
const notHere = "not-in-the-preview.html"

// preview is a sink that turns pages into preview pages.
type preview struct {
	sink
	bar []byte // goes above each page
}

// Has is false for pages, and Add returns no stamp for them, since the folder has other bytes.
func (p preview) Has(name string, as folder.Stamp) bool {
	return !strings.HasSuffix(name, ".html") && p.sink.Has(name, as)
}

func (p preview) Add(name string, data []byte) folder.Stamp {
	switch {
	case strings.HasSuffix(name, ".html"):
		p.sink.Add(name, p.dress(name, data))
		return folder.Stamp{}
	case name == "robots.txt":
		data = []byte("User-agent: *\nDisallow: /\n")
	}
	return p.sink.Add(name, data)
}

const (
	headEnds    = "</head>"
	bodyBegins  = "<body>\n"
	unlistedTag = `<meta name="robots" content="noindex">` + "\n"
)

// previewBar is the bar above each page of a preview.
const previewBar = `<div class="nhsuk-width-container" role="region" aria-label="Preview" style="overflow: hidden">
<div class="nhsuk-inset-text">
<p>This is a preview of a change, as the site is on %v. Nothing can be sent from it.</p>
</div>
</div>
`

// dress turns a page of the site into a preview page.
func (p preview) dress(name string, page []byte) []byte {
	up := strings.Repeat("../", strings.Count(name, "/"))
	out := make([]byte, 0, len(page)+len(p.bar)+len(unlistedTag)+1024)
	for rest := page; ; {
		i := bytes.IndexByte(rest, '/')
		if i < 0 {
			out = append(out, rest...)
			break
		}
		before := rest[:i]
		out = append(out, before...)
		rest = rest[i:]
		if !addressFollows(before) {
			out, rest = append(out, '/'), rest[1:]
			continue
		}
		end := max(bytes.IndexByte(rest, '"'), 0)
		out = append(out, relativeTo(up, string(rest[:end]))...)
		rest = rest[end:]
	}
	out = bytes.ReplaceAll(out, []byte(` method="post"`), []byte(` method="dialog"`)) // such a form does nothing
	if !bytes.Contains(out, []byte(unlistedTag)) {
		out = bytes.Replace(out, []byte(headEnds), []byte(unlistedTag+headEnds), 1)
	}
	return bytes.Replace(out, []byte(bodyBegins), append([]byte(bodyBegins), p.bar...), 1)
}

// addressFollows reports whether html ends where the address in an attribute starts.
func addressFollows(html []byte) bool {
	for _, attribute := range []string{` href="`, ` src="`, ` action="`, ` content="0; url=`} {
		if bytes.HasSuffix(html, []byte(attribute)) {
			return true
		}
	}
	return false
}

// relativeTo makes an address of the site relative. up is the path from the page to the site's top.
func relativeTo(up, address string) string {
	if strings.HasPrefix(address, "//") {
		return address
	}
	to, place, anchored := strings.Cut(address, "#")
	to, _, _ = strings.Cut(to, "?")
	if page.Handled(to) {
		return up + notHere
	}
	if strings.HasSuffix(to, "/") {
		to += "index.html"
	}
	if to = up + to[1:]; anchored {
		to += "#" + place
	}
	return to
}

// previewOf returns a sink that makes preview pages, and adds the page for what is missing.
func (s *Site) previewOf(to sink, at time.Time) (sink, error) {
	p := preview{to, fmt.Appendf(nil, previewBar, course.DateOf(at))}
	var b bytes.Buffer
	frame := page.Frame{Heading: "This page is not in the preview", Unlisted: true}
	err := s.Pages.Render(&b, "message", frame, page.Message{
		Paragraphs: []string{"The hub makes it while it runs, for the person who is there. " +
			"The preview has the pages that are the same for everybody."},
		Links: []page.Link{home},
	})
	p.Add(notHere, b.Bytes())
	return p, err
}
