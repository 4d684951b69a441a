package page

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// LoadSite reads content/site.yaml. The generator, which knows all pages, checks the links in it.
func LoadSite(content fs.FS) (*Site, source.Faults) {
	f, faults := source.Read(content, "content", "site.yaml")
	s := &Site{File: f}
	if len(faults) > 0 {
		return s, faults
	}
	doc, faults := f.Decode(s)
	add := func(at, do, what string, args ...any) {
		faults.At(f.Path, doc.At(at), fmt.Sprintf(what, args...), do)
	}
	if s.BaseURL != "" && !baseURL(s.BaseURL) {
		add("base_url", `write it like "https://training.example.org", with no slash at the end`,
			"%q must be the address of a site, not %q", "base_url", s.BaseURL)
	}
	if s.Email != "" && !source.Mailable(s.Email) {
		add("email", `write it like "name@example.org"`, "%q must be an email address, not %q", "email", s.Email)
	}
	if u, err := url.Parse(s.Security); s.Security != "" && !source.Mailable(s.Security) &&
		(err != nil || u.Scheme != "https" || u.Host == "") {
		add("security", `write it like "security@example.org" or "https://example.org/security/"`,
			"%q must be an email or web address, not %q", "security", s.Security)
	}
	if c := s.Identity.Colour; c != "" {
		switch contrast, ok := onWhite(c); {
		case !ok:
			add("identity.colour", `write it like "#003087"`, "%q must be # and 6 figures or letters from a to f, not %q", "colour", c)
		case contrast < 4.5:
			add("identity.colour", "choose a darker one: white letters on it need 4.5 to 1 (WCAG 2.2, 1.4.3)",
				"white letters on the colour %q have a contrast of %.1f to 1", c, contrast)
		}
	}
	if l := s.Letters(); s.Name != "" && (len([]rune(l)) > 2 || strings.ContainsFunc(l, func(r rune) bool { return !drawn(r) })) {
		add("identity.letter", `write one or two, like "H" or "GP"`, "%q must be letters or figures that the icon can show, not %q", "letter", l)
	}
	if m := s.Identity.Mark; m != "" {
		text, err := fs.ReadFile(content, "images/"+m)
		s.Identity.Width = markWidth(text)
		switch {
		case !markName().MatchString(m) || err != nil:
			add("identity.mark", `put it into content/images, and write its name: "mark.svg"`, "there is no SVG %q in content/images", m)
		case s.Identity.Width == 0:
			add("identity.mark", "save it with a viewBox that is at most 4 times as wide as high, and no higher than wide",
				"the SVG %q has no size that fits the header", m)
		}
	}
	for i, staff := range s.Office {
		if staff.Email != "" && !source.Mailable(staff.Email) {
			at := fmt.Sprintf("office.%d.email", i)
			add(at, `write it like "name@example.org"`, "%q must be an email address, not %q", "email", staff.Email)
		}
	}
	if _, err := mail.ParseAddress(s.MailFrom); s.MailFrom != "" && err != nil {
		add("mail_from", `write it like "Training Hub <hub@example.org>"`,
			"%q must be a name and an email address, not %q", "mail_from", s.MailFrom)
	}
	unread := func(at string) bool {
		return slices.ContainsFunc(faults, func(f source.Fault) bool { return f.Position == doc.At(at) })
	}
	if at := "catalogue_from"; doc.Has(at) && !unread(at) && s.CatalogueFrom < 1 {
		add(at, "write from how many courses on the hub has a catalogue", "%q must be one course at least", at)
	}
	for at, days := range map[string]int{
		"retain_drafts_days": s.RetainDrafts, "retain_applications_days": s.RetainApplications,
		"retain_accepted_days": s.RetainAccepted,
		"retain_declined_days": s.RetainDeclined, "retain_withdrawn_days": s.RetainWithdrawn,
		"retain_charges_days": s.RetainCharges, "retain_attendance_days": s.RetainAttendance, "retain_certificates_days": s.RetainCertificates,
	} {
		switch {
		case unread(at) || !doc.Has(at):
		case days < 1:
			add(at, "write a number of days", "%q must be one day at least", at)
		case days > mostDays:
			add(at, "write fewer", "%q must be %d days at most, which is 100 years", at, mostDays)
		}
	}
	for _, days := range []*int{&s.RetainAccepted, &s.RetainDeclined, &s.RetainWithdrawn} {
		if *days == 0 {
			*days = s.RetainApplications
		}
	}
	s.RetainCharges = cmp.Or(s.RetainCharges, 730)
	s.RetainAttendance, s.RetainCertificates = cmp.Or(s.RetainAttendance, 730), cmp.Or(s.RetainCertificates, 2190)
	own := s.facts()
	for name := range s.Figures {
		switch _, taken := own[name]; {
		case !source.IsName(name):
			add("figures."+name, `use small letters, figures and hyphens: "session-fee"`,
				"%q cannot be the name of a fact", name)
		case taken:
			add("figures."+name, "give it another name", "the hub has a fact %q already", name)
		}
	}
	faults.Sort()
	return s, faults
}

var (
	markName = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9_-]*\.svg$`)
	hexes    = pattern.Of(`^#[0-9a-fA-F]{6}$`)
)

// drawn reports whether the icon's typeface has a letter.
func drawn(letter rune) bool {
	return unicode.Is(unicode.Nd, letter) && letter < 128 || unicode.IsLetter(letter) &&
		unicode.In(letter, unicode.Latin, unicode.Greek, unicode.Cyrillic)
}

// markWidth is the width of a mark at [MarkHeight], in pixels; 0 if the SVG does not say, or if it
// is too high or too wide for a header.
func markWidth(svg []byte) int {
	var head struct {
		XMLName xml.Name `xml:"svg"`
		ViewBox string   `xml:"viewBox,attr"`
	}
	box := []string{}
	if xml.Unmarshal(svg, &head) == nil {
		box = strings.FieldsFunc(head.ViewBox, func(r rune) bool { return r == ' ' || r == ',' })
	}
	if len(box) != 4 {
		return 0
	}
	w, err := strconv.ParseFloat(box[2], 64)
	h, err2 := strconv.ParseFloat(box[3], 64)
	if ratio := w / h; err == nil && err2 == nil && ratio >= 1 && ratio <= 4 {
		return int(math.Round(MarkHeight * ratio))
	}
	return 0
}

// onWhite is the contrast of a colour with white, by WCAG's formula; not ok if it is not a colour.
func onWhite(colour string) (contrast float64, ok bool) {
	if !hexes().MatchString(colour) {
		return 0, false
	}
	luminance := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		luminance += weight * c
	}
	return 1.05 / (luminance + 0.05), true
}

// mostDays is the longest time for which things are kept. A [time.Duration] ends at 292 years;
// longer ones overflow and become negative.
const mostDays = 36500

// PublicAddress is the address at which people reach the site: set if it is given, else the address
// in site.yaml. It returns an error if the address is not usable, or if the two contradict each
// other. An address of this machine in site.yaml is for trying things out, and contradicts nothing.
func (s *Site) PublicAddress(set string) (string, error) {
	switch {
	case set == "":
		return s.BaseURL, nil
	case !baseURL(set):
		return "", fmt.Errorf("the public address %q must be https:// and a host, with no slash at the end", set)
	case set != s.BaseURL && !Local(s.BaseURL):
		return "", fmt.Errorf("the public address is set to %q, and site.yaml says base_url: %s; correct one of the two", set, s.BaseURL)
	}
	return set, nil
}

// Local reports whether an address of a site is on this machine.
func Local(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Hostname() == "localhost" || strings.HasPrefix(u.Hostname(), "127.") ||
		u.Hostname() == "::1")
}

// Example reports whether a sender or an address is at a domain that is reserved for examples:
// example.org, example.co.uk, hub.example and the like (RFC 2606). No server takes mail for them.
func Example(address string) bool {
	if a, err := mail.ParseAddress(address); err == nil {
		address = a.Address
	}
	host := strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := labels[len(labels)-1]
	return slices.Contains(labels, "example") || slices.Contains([]string{"test", "invalid", "localhost", "local"},
		last)
}

// baseURL reports whether s is a scheme and a host and nothing else. The scheme is https; http only
// for this machine, for trying things out.
func baseURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != s {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || strings.HasPrefix(u.Hostname(),
		"127."))
}

func (s *Site) facts() map[string]string {
	facts := s.Words.Facts()
	maps.Copy(facts, map[string]string{
		"name": s.Name, "organisation": s.Organisation, "email": s.Email, "base_url": s.BaseURL,
		"drafts-kept": count(s.RetainDrafts, "day", "days"), "applications-kept": count(s.RetainApplications, "day",
			"days"),
		"accepted-kept": count(s.RetainAccepted, "day", "days"), "declined-kept": count(s.RetainDeclined, "day",
			"days"),
		"withdrawn-kept":    count(s.RetainWithdrawn, "day", "days"),
		"charges-kept":      count(s.RetainCharges, "day", "days"),
		"attendance-kept":   count(s.RetainAttendance, "day", "days"),
		"certificates-kept": count(s.RetainCertificates, "day", "days"),
	})
	return facts
}

// Fact is the hub's own fact of that name, without the "hub." that texts write before it.
func (s *Site) Fact(name string) (string, bool) {
	if f, ok := s.Figures[name]; ok {
		return f, true
	}
	f, ok := s.facts()[name]
	return f, ok
}

// FactNames are the names that [Site.Fact] knows, sorted.
func (s *Site) FactNames() []string {
	names := slices.Collect(maps.Keys(s.facts()))
	return slices.Sorted(slices.Values(slices.AppendSeq(names, maps.Keys(s.Figures))))
}

// At is the position in site.yaml of the value at a dotted path: "footer.0.href".
func (s *Site) At(at string) source.Position {
	doc, _ := s.File.Decode(new(Site))
	return doc.At(at)
}
