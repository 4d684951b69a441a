// Package wall is what the stories of mentoring share, hidden from the rest of the hub. A GP who
// asks for a mentor must be sure that nobody who runs courses, decides on applications or pays
// learns of it.
//
// The wall is a separation in storage. A [Desk] has a store of its own: a second file beside the
// hub's database, or a second table on AWS. It also has an office of its own ([office.Desk]) whose
// post, sweep, audit, exports and erasures know none of the hub's records, and the hub's office
// knows none of these. Leads of areas, their deputies and mentors sign in with accounts that are
// kept here. Neither side reads the other's store; the few messages that cross are those of package
// crossing.
//
// What a person typed here appears in no letter, log line, address or export, and neither does the
// name of the service: a letter says "Your request" and has a link.
package wall

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"traininghub/internal/document"
	"traininghub/internal/intake"
	"traininghub/internal/letter"
	"traininghub/internal/office"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/service"
	"traininghub/internal/staff"
)

// Below is where the addresses of everything behind the wall begin, and the path of its cookies.
const Below = "/mentoring/"

// LetterSignIn is the letter with the link for signing in here. It names no service.
const LetterSignIn = "mentoring-sign-in"

// Letters is the table of the wall's own letters.
var Letters = letter.Table{LetterSignIn: staff.Letters[staff.LetterSignIn]}

// KindSecret is the kind of the record with the wall's secret.
const KindSecret record.Kind = "mentoring secret"

// A Desk is what each story behind the wall works with. Its fields are set once, by [New] and by
// the code that wires the stories. Its methods may be called from several goroutines.
type Desk struct {
	Store     record.Store         // the wall's own, sealed
	Programme *programme.Programme // services, their forms and letters, without courses and schemes
	Now       func() time.Time
	Secret    func() ([]byte, error) // of the store: for codes and ids that reveal nothing
	BaseURL   string                 // of links in letters
	MailFrom  string                 // "Name <address>"
	Hub       func(fact string) (string, bool)
	PDF       func(*document.Document) ([]byte, error)
	Log       *slog.Logger

	// Office does the work on the wall's store: the post, the sweep, the audit, exports and
	// erasures. Its desk of applications keeps only the drafts of requests.
	Office *office.Desk

	// Mentors are the areas, as scopes ([Area]), in which the person with the address is a mentor.
	// The story of the register sets it; nil if there is none.
	Mentors func(ctx context.Context, email string) ([]staff.Scope, error)
}

// New is a wall on the store of drafts. It takes only the services of their programme.
func New(drafts *intake.Desk) *Desk {
	own := *drafts
	p := &programme.Programme{}
	if drafts.Programme != nil { // nil in a program that only maintains records
		p = drafts.Programme.Mentoring()
	}
	own.Programme = p
	// A sent draft only records that it was sent, so it need not be kept.
	own.Retain.Undecided = 24 * time.Hour
	own.Kept = map[string]int{}
	for _, s := range p.Services {
		if m := s.Mentoring; m != nil {
			own.Kept["request_days of "+s.ID] = m.Keep.Request
			own.Kept["pair_days of "+s.ID] = m.Keep.Pair
			own.Kept["feedback_days of "+s.ID] = m.Keep.Feedback
		}
	}
	w := &Desk{
		Store: own.Store, Programme: p, Now: own.Now, Secret: record.KeptSecret(own.Store, KindSecret, "mentoring-secret"),
		BaseURL: own.BaseURL, MailFrom: own.MailFrom, Hub: own.Hub, PDF: own.PDF, Log: own.Log,
	}
	w.Office = office.New(&own, office.Kept(KindSecret))
	w.Office.Below, w.Office.SignIn, w.Office.Others = Below, LetterSignIn, w.people
	if services := w.Services(); len(services) > 0 {
		w.Office.Help = services[0].Contact.Email
	}
	return w
}

// Template is the letter with the name for a service, or else the one for all services; nil if
// there is none.
func (w *Desk) Template(name, service string) *letter.Template {
	form := ""
	if f := w.FormOf(service); f != nil {
		form = f.ID
	}
	return w.Programme.Letters.For(name, form)
}

// Services are the services that find mentors, open or not.
func (w *Desk) Services() []*service.Service { return w.Programme.Services }

// Service is the service with the id; nil if none that finds mentors has it.
func (w *Desk) Service(id string) *service.Service { return w.Programme.Service(id) }

// Area is the scope of an area of a service.
func Area(service, area string) staff.Scope {
	return staff.Scope{Over: staff.Areas, ID: service + "/" + area}
}

// people is the person who signs in here with the address: a lead of an area or a deputy, by the
// services' files, or a mentor. It returns nil for anybody else.
func (w *Desk) people(p *staff.Person, email string) *staff.Person {
	if p == nil {
		p = &staff.Person{}
	}
	add := func(name staff.Name, scope staff.Scope, called, address string) {
		p.Roles = append(p.Roles, staff.Role{Name: name, For: scope})
		if p.Email == "" {
			p.Name, p.Email = called, address
		}
	}
	for _, s := range w.Services() {
		if s.Shut {
			continue
		}
		for _, a := range s.Areas {
			if strings.EqualFold(a.Lead.Email, email) {
				add(staff.AreaLead, Area(s.ID, a.ID), a.Lead.Name, a.Lead.Email)
			}
			if a.Deputy != nil && strings.EqualFold(a.Deputy.Email, email) {
				add(staff.AreaDeputy, Area(s.ID, a.ID), a.Deputy.Name, a.Deputy.Email)
			}
		}
	}
	if w.Mentors != nil && email != "" {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		scopes, err := w.Mentors(ctx, email)
		if err != nil {
			w.Log.Error("who is a mentor cannot be looked up", "error", err)
		}
		for _, scope := range scopes {
			add(staff.AreaMentor, scope, "", strings.ToLower(email))
		}
	}
	if p.Email == "" {
		return nil
	}
	return p
}

// Join adds the records of a story to the work of the wall's office.
func (w *Desk) Join(stories ...office.Story) { w.Office.Stories = append(w.Office.Stories, stories...) }

// Kinds are the kinds of all records behind the wall.
func (w *Desk) Kinds() []record.Kind { return slices.Clone(w.Office.Kinds()) }
