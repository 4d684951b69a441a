// Package page turns typed views into HTML: the frame around every page, questions, errors.
//
// The generator (site) and the handlers (web) render through the same [Renderer] and the same
// templates, so a page that shows mistakes is the page that was sent. Each page has a typed view,
// declared in view.go or the file of its part (status.go, review.go, decide.go), and a file
// templates/pages/NAME.html; a view without a file, or a file without a view, stops [New].
// Everything is escaped by html/template. A page is rendered whole before its first byte is
// written. It has no script or style inside it, so the strictest Content-Security-Policy will do,
// and each form works without script.
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

// A Site is what content/site.yaml says of the whole site.
type Site struct {
	File         source.File
	Name         string           `key:"name,required"`         // of the hub, in the header and page titles
	Organisation string           `key:"organisation,required"` // who runs it, for the footer and legal pages
	Describe     string           `key:"describe,required"`
	BaseURL      string           `key:"base_url,required"`  // "https://host", no slash at the end; links begin with it
	Email        string           `key:"email,required"`     // for questions about the site
	Security     string           `key:"security"`           // whom to tell of a weakness: an e-mail or https address
	Share        string           `key:"share"`              // of content/images, shown with a link elsewhere; the hub's letter if missing
	MailFrom     string           `key:"mail_from,required"` // the sender of letters, "Name <address>"
	Menu         []Link           `key:"menu"`
	Footer       []Link           `key:"footer,required"`
	Figures      source.Texts     `key:"figures"`  // facts that texts show as {{hub.NAME}}
	Office       []course.Contact `key:"office"`   // may read every application, not decide
	Identity     Identity         `key:"identity"` // how pages show whose hub it is
	Words        words.Words      `key:"words"`    // what pages call those who decide, employ, apply

	// How many courses the hub has at least that has a catalogue, [CatalogueFrom] if it is missing:
	// see [Site.Catalogued].
	CatalogueFrom int `key:"catalogue_from"`

	// For how many days things are kept: drafts after the last save, applications without a decision
	// after receipt, others after their decision or withdrawal; those as without one if they are
	// missing.
	RetainDrafts       int `key:"retain_drafts_days,required"`
	RetainApplications int `key:"retain_applications_days,required"`
	RetainAccepted     int `key:"retain_accepted_days"`
	RetainDeclined     int `key:"retain_declined_days"`
	RetainWithdrawn    int `key:"retain_withdrawn_days"`

	// What proves a charge after somebody with a place has withdrawn; two years if it is missing.
	RetainCharges int `key:"retain_charges_days"`

	// Likewise registers of attendance after the last workshop, two years if it is missing, and the
	// numbers of certificates after they were issued, six.
	RetainAttendance   int `key:"retain_attendance_days"`
	RetainCertificates int `key:"retain_certificates_days"`
}

// An Identity is how the header of each page shows whose hub it is.
type Identity struct {
	Name   string `key:"name"`   // the hub's if empty
	Line   string `key:"line"`   // below it; none if empty
	Mark   string `key:"mark"`   // an SVG in content/images, before the name: "mark.svg"; none if empty
	Colour string `key:"colour"` // of the header, "#005eb8"; the NHS's blue if empty
	Letter string `key:"letter"` // one or two, of the icon and the picture for links; the name's first if empty

	Width int // of the mark in pixels at MarkHeight
}

// MarkHeight is how high a mark stands in the header, in pixels.
const MarkHeight = 40

// DocumentTypes are the media types of documents, which not every machine knows by their endings.
var DocumentTypes = map[string]string{
	".pdf":  "application/pdf",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

// Blue is the colour of the NHS.
const Blue = "#005eb8"

// Letters are what icon and picture for links show in white on [Identity.Shade].
func (s *Site) Letters() string {
	first, _ := utf8.DecodeRuneInString(s.Name)
	return cmp.Or(s.Identity.Letter, string(unicode.ToUpper(first)))
}

// Shade is the colour of the header.
func (i Identity) Shade() string { return cmp.Or(i.Colour, Blue) }

// A Link leads to an address of the site or elsewhere.
type Link struct {
	Text string `key:"text,required"`
	Href string `key:"href,required"`
}

// Assets are the addresses of what the build made.
type Assets struct {
	CSS, JS, Icon string // "/assets/site-1A2B3C4D.css"
	Find          string // the script of the catalogue
	Picture       string // what social networks show with a link; none if empty
}

// A Frame is what the layout needs to know of a page.
type Frame struct {
	Heading             string      // the h1 of every page; must not be empty
	Title               string      // of the document, if not the heading; the layout adds the hub's name
	Describe            string      // description; none if empty
	Path                string      // canonical path, "/courses/x/"; none if empty
	Canonical           string      // path of the page that search results show in its place; Path if empty
	Crumbs              []Link      // from home to the parent
	Back                *Link       // a back link instead of crumbs
	Application         bool        // inside an application: no menu, nothing cached, not indexed
	Unlisted            bool        // not for search results
	Moved               string      // address to which the page has moved; the reader is taken there
	Data                template.JS // schema.org's description as JSON that is safe inside HTML; none if empty
	Draft               string      // in a preview: why readers do not see the page now; "" if they do
	Problem             bool        // the title begins with "Error: "; Render sets it when the view has problems
	Reviewed, ReviewDue string      // "2 November 2021"
}

// Parent is the last crumb, where a phone's single link leads back to; nil if there are none.
func (f Frame) Parent() *Link {
	if len(f.Crumbs) == 0 {
		return nil
	}
	return &f.Crumbs[len(f.Crumbs)-1]
}
