// Package page turns typed views into HTML: the frame around every page, questions, errors.
//
// The generator (site) and the handlers (web) use the same [Renderer] and the same templates, so a
// form that comes back with mistakes looks the same as before. Each page has a typed view, declared
// in view.go or in the file of its part (status.go, review.go, decide.go), and a file
// templates/pages/NAME.html. A view without a file, or a file without a view, is an error of [New].
// html/template escapes everything. A page is rendered completely before its first byte is written.
// It contains no script or style, so it works with the strictest Content-Security-Policy, and each
// form works without script.
package page

import (
	"cmp"
	"html/template"
	"unicode"
	"unicode/utf8"

	"traininghub/internal/course"
	"traininghub/internal/source"
	"traininghub/internal/words"
)

// A Site is what content/site.yaml says about the whole site.
type Site struct {
	File         source.File
	Name         string            `key:"name,required"`         // the hub's, in the header and page titles
	Organisation string            `key:"organisation,required"` // who runs the hub, for the footer and legal pages
	Describe     string            `key:"describe,required"`
	BaseURL      string            `key:"base_url,required"`  // "https://host", no slash at the end; links start with it
	Email        string            `key:"email,required"`     // for questions about the site
	Security     string            `key:"security"`           // for vulnerability reports: an e-mail or https address
	Share        string            `key:"share"`              // the share picture, in content/images; letters if missing
	MailFrom     string            `key:"mail_from,required"` // the sender of letters, "Name <address>"
	Menu         []Link            `key:"menu"`
	Footer       []Link            `key:"footer,required"`
	Figures      map[string]string `key:"figures"`  // facts that texts show as {{hub.NAME}}
	Office       []course.Contact  `key:"office"`   // may read every application, but not decide
	Identity     Identity          `key:"identity"` // how pages show whose hub it is
	Words        words.Words       `key:"words"`    // what pages call those who decide, employ, apply

	// The number of courses from which a hub has a catalogue, [CatalogueFrom] if missing: see
	// [Site.Catalogued].
	CatalogueFrom int `key:"catalogue_from"`

	// For how many days records are kept: drafts after they were last saved, applications without a
	// decision after receipt, others after the decision or withdrawal. If one of the latter is
	// missing, the number for applications without a decision is used.
	RetainDrafts       int `key:"retain_drafts_days,required"`
	RetainApplications int `key:"retain_applications_days,required"`
	RetainAccepted     int `key:"retain_accepted_days"`
	RetainDeclined     int `key:"retain_declined_days"`
	RetainWithdrawn    int `key:"retain_withdrawn_days"`

	// For how many days the proof of a charge is kept after somebody with a place has withdrawn;
	// two years if missing.
	RetainCharges int `key:"retain_charges_days"`

	// The same for registers of attendance, after the last workshop, two years if missing; and for
	// the numbers of certificates, after they were issued, six years if missing.
	RetainAttendance   int `key:"retain_attendance_days"`
	RetainCertificates int `key:"retain_certificates_days"`
}

// An Identity is how the header of each page shows whose hub it is.
type Identity struct {
	Name   string `key:"name"`   // the hub's if empty
	Line   string `key:"line"`   // below it; none if empty
	Mark   string `key:"mark"`   // an SVG in content/images, before the name: "mark.svg"; none if empty
	Colour string `key:"colour"` // of the header, "#005eb8"; the NHS's blue if empty
	Letter string `key:"letter"` // one or two letters for the icon and the share picture; the name's first if empty

	Width int // of the mark in pixels at MarkHeight
}

// MarkHeight is the height of a mark in the header, in pixels.
const MarkHeight = 40

// DocumentTypes are the media types of documents by ending. Not every machine knows them.
var DocumentTypes = map[string]string{
	".pdf":  "application/pdf",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

// Blue is the colour of the NHS.
const Blue = "#005eb8"

// Letters are the letters that the icon and the share picture show in white on [Identity.Shade].
func (s *Site) Letters() string {
	first, _ := utf8.DecodeRuneInString(s.Name)
	return cmp.Or(s.Identity.Letter, string(unicode.ToUpper(first)))
}

// Shade is the colour of the header.
func (i Identity) Shade() string { return cmp.Or(i.Colour, Blue) }

// A Link leads to an address of the site or of another one.
type Link struct {
	Text string `key:"text,required"`
	Href string `key:"href,required"`
}

// Assets are the addresses of files that the build made.
type Assets struct {
	CSS, JS, Icon string // "/assets/site-1A2B3C4D.css"
	Find          string // the script of the catalogue
	Picture       string // the share picture, which social networks show with a link; none if empty
}

// A Frame is what the layout needs to know about a page.
type Frame struct {
	Heading             string      // the h1 of every page; must not be empty
	Title               string      // of the document, if different from the heading; the layout adds the hub's name
	Describe            string      // description; none if empty
	Path                string      // canonical path, "/courses/x/"; none if empty
	Canonical           string      // path of the page that search results show instead; Path if empty
	Crumbs              []Link      // from home to the parent
	Back                *Link       // a back link instead of crumbs
	Application         bool        // inside an application: without a menu, never cached, not indexed
	Unlisted            bool        // not for search results
	Moved               string      // address to which the page has moved; the reader is forwarded
	Data                template.JS // schema.org description as JSON that is safe inside HTML; none if empty
	Draft               string      // in a preview: why readers do not see the page now; "" if they do
	Problem             bool        // the title starts with "Error: "; Render sets it when the view has problems
	Reviewed, ReviewDue string      // "2 November 2021"
}

// Parent is the last crumb, to which the single link on a phone leads back; nil if there are none.
func (f Frame) Parent() *Link {
	if len(f.Crumbs) == 0 {
		return nil
	}
	return &f.Crumbs[len(f.Crumbs)-1]
}
