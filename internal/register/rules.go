package register

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/programme"
	"traininghub/internal/service"
	"traininghub/internal/source"
)

// Rules are the editors' rules for the mentors of a service: the questions, in sheets, and the
// numbers of days, in the service's file.
type Rules struct {
	Service *service.Service
	service.Register
	FreshDays int // before a mentor is asked whether the profile is still right

	Profile   *form.Sheet // what a mentor says about themselves, page by page
	Interests *form.Sheet // in practices and people; only to find conflicts
	Yearly    *form.Sheet // each April; a yes-no question answered with no suspends
	Plan      *form.Sheet // the plan for mentoring that a lead agrees with a new mentor
	Qualified *form.Sheet // the application of a GP who already holds a qualification; nil if nobody can apply
}

// The uses of sheets in content/sheets. A service with all but the last has a register.
const (
	UseProfile   = "mentor-profile"
	UseInterests = "mentor-interests"
	UseYearly    = "mentor-yearly"
	UsePlan      = "mentor-plan"
	UseQualified = "mentor-qualified"
)

// Uses are all the uses.
var Uses = []string{UseProfile, UseInterests, UseYearly, UsePlan, UseQualified}

// RulesOf are the rules of a service; nil if it has no register.
func RulesOf(p *programme.Programme, id string) *Rules {
	s := p.Service(id)
	if s == nil || s.Mentoring == nil || s.Mentoring.Register == nil {
		return nil
	}
	r := &Rules{
		Service: s, Register: *s.Mentoring.Register, FreshDays: s.Mentoring.Promises.Fresh, Profile: p.Sheet(UseProfile, id), Interests: p.Sheet(UseInterests, id),
		Yearly: p.Sheet(UseYearly, id), Plan: p.Sheet(UsePlan, id), Qualified: p.Sheet(UseQualified, id),
	}
	if r.Profile == nil || r.Interests == nil || r.Yearly == nil || r.Plan == nil {
		return nil
	}
	return r
}

// The questions that the program knows by their ids. Editors write their words and options, and can
// add other questions.
const (
	AskAbout      = "about"          // in 300 characters, for a mentee who is offered the mentor
	AskList       = "about-in-list"  // yes: show the same in the list of mentors
	AskFocus      = "focus"          // topics with which they can help
	AskExperience = "experience"     // partner, salaried, locum, ...
	AskRoles      = "roles"          // of mentees: GP, practice nurse, ...
	AskCohorts    = "cohorts"        // of mentees: fellow, new partner, ...
	AskAreas      = "areas"          // where they mentor
	AskMeet       = "meet"           // on-line, in person, by telephone
	AskTimes      = "times"          // days and times
	AskMost       = "people-at-most" // 0 to 12
	AskShown      = "shown"          // what mentees may be told about them
	AskTitle      = "qualification"  // its title; an editor can ask the rest in other questions

	AskSame = "interests-right"   // in the yearly questions: the interests have not changed
	AskEach = "clinical-sessions" // in the yearly questions: in a week

	AskName      = "name" // of somebody who applies with a qualification
	AskEmail     = "email"
	AskNumber    = "gmc-number"
	AskTelephone = "telephone"
	AskPractice  = "practice-code"

	practice = "practice-" // in the interests, "practice-1" and so on: a practice's code
)

// needed are the questions without which the register cannot work, and their kinds.
var needed = []struct {
	use, id string
	kind    form.Kind
}{
	{UseProfile, AskAbout, form.LongText}, {UseProfile, AskFocus, form.Choices}, {UseProfile, AskRoles, form.Choices},
	{UseProfile, AskAreas, form.Choices}, {UseProfile, AskMeet, form.Choices}, {UseProfile, AskTimes, form.Choices},
	{UseProfile, AskMost, form.Number}, {UseProfile, AskTitle, form.Text}, {UseYearly, AskEach, form.Number},
	{UseQualified, AskName, form.Text}, {UseQualified, AskEmail, form.Email}, {UseQualified, AskNumber, form.Text},
}

// Faults are what the sheets of services with a register lack. They are found before anybody fills
// one in.
func Faults(p *programme.Programme) (faults source.Faults) {
	for _, s := range p.Services {
		if s.Mentoring == nil || s.Mentoring.Register == nil {
			continue
		}
		for _, use := range Uses {
			sheet := p.Sheet(use, s.ID)
			if sheet == nil && use != UseQualified {
				faults.At(s.File.Path, s.At("mentoring.register"), fmt.Sprintf("the service has a register of mentors, and no sheet for %q", use),
					fmt.Sprintf("write one in content/sheets with \"use: %s\", or take the register away", use))
			}
			for _, n := range needed {
				if sheet == nil || n.use != use {
					continue
				}
				q, _ := sheet.Question(n.id)
				switch {
				case q == nil:
					faults.Add(sheet.Path, 0, fmt.Sprintf("there is no question %q", n.id), "add it: the register needs it by this id")
				case q.Kind != n.kind:
					faults.Add(sheet.Path, 0, fmt.Sprintf("the question %q is of the kind %s", n.id, q.Kind), fmt.Sprintf("write kind: %s", n.kind))
				}
			}
		}
	}
	return faults
}

// noRules are the rules of a service that no longer exists: no questions, and nobody is proposed.
var noRules = &Rules{
	Profile: &form.Sheet{}, Interests: &form.Sheet{}, Yearly: &form.Sheet{}, Plan: &form.Sheet{},
	FreshDays: 90,
	Register:  service.Register{AnswerDays: 14, YearlyDays: 30, SupervisionMonths: 6, AwayDays: 28, DraftDays: 90, KeepDays: 730},
}

// Areas are the ids of the areas in which a mentor can mentor.
func (r *Rules) Areas() (ids []string) {
	if r.Service == nil {
		return nil
	}
	for _, a := range r.Service.Areas {
		ids = append(ids, a.ID)
	}
	return ids
}

// practices are the ids of the questions about practices in which a mentor has an interest.
func (r *Rules) practices() (ids []string) {
	for _, s := range r.Interests.Sections {
		for _, q := range s.Questions {
			if strings.HasPrefix(q.ID, practice) {
				ids = append(ids, q.ID)
			}
		}
	}
	return ids
}

// fine tells whether all yes-no questions are answered with yes.
func fine(sheet *form.Sheet, v form.Values) bool {
	for _, s := range sheet.Sections {
		if slices.ContainsFunc(s.Questions, func(q form.Question) bool {
			return q.Kind == form.YesNo && q.ID != AskSame && v[q.ID] != "yes"
		}) {
			return false
		}
	}
	return true
}

// read are the answers to a whole sheet.
func read(sheet *form.Sheet, post url.Values) form.Values {
	v := form.Values{}
	for i := range sheet.Sections {
		maps.Copy(v, sheet.Sections[i].Read(post))
	}
	return v
}

// wrong says what is wrong with the answers to a whole sheet.
func wrong(sheet *form.Sheet, v form.Values, now time.Time) (all []form.Problem) {
	for i := range sheet.Sections {
		all = append(all, sheet.Sections[i].Check(v, now.In(course.London))...)
	}
	return all
}
