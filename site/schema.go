package site

import (
	"encoding/json"
	"strings"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/scheme"
	"traininghub/internal/service"
	"traininghub/internal/source"
)

// Schemas are JSON Schemas of the editors' files, by file name: of forms and site.yaml, and of what
// stands at the top of a course and a page.
func Schemas() map[string][]byte {
	all := map[string][]byte{}
	for name, s := range map[string]map[string]any{
		"form.json":    source.Schema("A form: content/forms/*.yaml", form.Definition{}, formHelp),
		"sheet.json":   source.Schema("A sheet of questions: content/sheets/*.yaml", form.Sheet{}, sheetHelp),
		"site.json":    source.Schema("The whole site: content/site.yaml", page.Site{}, siteHelp),
		"course.json":  source.Schema("The top of a course: content/courses/*.md", course.Course{}, nil),
		"scheme.json":  source.Schema("A scheme that pays people: content/schemes/*.yaml", scheme.Scheme{}, schemeHelp),
		"service.json": source.Schema("The top of a service: content/services/*.md", service.Service{}, nil),
		"page.json":    source.Schema("The top of a page: content/pages/*.md", prosePage{}, nil),
	} {
		data, _ := json.MarshalIndent(s, "", "  ") // cannot fail: texts, lists and maps
		all[name] = append(data, '\n')
	}
	return all
}

// What an editor's program shows beside a key. The keys at the top of courses and pages have their
// notes in what "hub new" writes: no editor's program applies a schema there.
var (
	formHelp = map[string]string{
		"title":                             "The heading of the form. May show facts of the course: {{title}}",
		"course":                            "The name of the course's file, without .md. A form is for a course or for a service",
		"service":                           "The name of the service's file, without .md",
		"reference":                         "Two capital letters that references begin with, not I or O. No two forms have the same",
		"purpose":                           "What the answers are used for, in a sentence. Shown before the first question",
		"before":                            "What to know or have ready before starting",
		"next":                              "What happens after sending, step by step",
		"applicant":                         "Which questions tell who applies: their ids. They stand in the first section",
		"sections":                          "Pages of at most 10 questions",
		"sections.id":                       "Part of the page's address. Keep it once the form is in use",
		"sections.intro":                    "Paragraphs above the questions",
		"sections.repeat":                   "Makes the section a list, of references for example",
		"sections.repeat.item":              "One of them, in the middle of a sentence: reference",
		"sections.repeat.items":             "Several of them: references",
		"sections.repeat.name":              "The id of the question whose answer names one in the list",
		"sections.questions.id":             "Keep it once the form is in use: letters and applications name it",
		"sections.questions.kind":           "How the answer is typed and shown",
		"sections.questions.label":          "The question, as it stands above the box",
		"sections.questions.in_messages":    "The same in the middle of a sentence: it must read right behind Enter, or for yes and no behind Select yes if",
		"sections.questions.hint":           "A line of help under the label",
		"sections.questions.rule":           "What answer will do: required or omitempty first, then limits, with commas between. For text, max is the number of characters: required,max=200. It can ask for a format: " + formats(),
		"sections.questions.options":        "The answers of a choice",
		"sections.questions.from":           "The list of the service that gives a choice its options, instead of options: focus, meet, times and others",
		"sections.questions.width":          "Of the box, in characters: 2, 3, 4, 5, 10, 20 or 30. Full width without it",
		"sections.questions.autocomplete":   "Only for the applicant's own details: lets a browser fill them in",
		"sections.questions.doubts":         "What is expected of the answer. What is not so is shown, and refused to nobody",
		"sections.questions.doubts.expect":  "The option that is expected, by its id; several with commas between",
		"sections.questions.doubts.least":   "The smallest number, sum or time in minutes that is expected, or a fact between quotation marks",
		"sections.questions.doubts.most":    "The greatest that is expected",
		"sections.questions.doubts.differs": "The question whose answer this must not be, or applicant",
		"sections.questions.doubts.unique":  "yes: no two entries of the list have the same answer",
		"sections.questions.doubts.says":    "What is expected, in a sentence for everybody who sees the answer, the applicant included",
		"signature.doubt":                   "What is said of a signature that is not the applicant's name",
		"sections.questions.messages":       "Other words than the usual for a mistake, by the part of the rule",
		"declarations.text":                 "The exact words that the applicant confirms. Write {{charge}} for the sum",
		"terms":                             "A provider's terms of business, to which applicants who are accepted agree. The course's page shows them with {{table.terms}}",
		"terms.clauses":                     "One entry each, in exact words",
		"terms.statement":                   "What they agree to: I agree to ...",
		"terms_file":                        "The provider's own document beside the terms: the name of a PDF in content/documents",
		"parts":                             "What others complete after sending, on the PDF",
		"parts.agreed":                      "What they can confirm instead, if it is agreed and not so yet: they are asked for the day",
		"parts.statement":                   "What they confirm",
		"parts.blanks.kind":                 "line, lines, date, choice or signature",
	}
	sheetHelp = map[string]string{
		"title":                          "The heading of its page and its PDF",
		"use":                            "What for: proforma is what a mentor lead fills in during the call",
		"services":                       "Services, by the names of their files without .md",
		"intro":                          "Paragraphs above the questions",
		"sections.id":                    "Keep it once the sheet is in use",
		"sections.questions.id":          "Keep it once the sheet is in use: matching and records name it",
		"sections.questions.kind":        formHelp["sections.questions.kind"],
		"sections.questions.label":       formHelp["sections.questions.label"],
		"sections.questions.in_messages": formHelp["sections.questions.in_messages"],
		"sections.questions.hint":        formHelp["sections.questions.hint"],
		"sections.questions.rule":        formHelp["sections.questions.rule"],
		"sections.questions.options":     formHelp["sections.questions.options"],
		"sections.questions.from":        formHelp["sections.questions.from"],
	}
	schemeHelp = map[string]string{
		"title":             "The scheme's name, as those who claim know it",
		"courses":           "Courses, by the names of their files without .md: who was accepted for one takes part",
		"begins":            "The first day for which anything is paid",
		"until":             "The last one. Leave it out while the scheme goes on",
		"pays.kind":         "Part of accounts. Keep it once the scheme is in use",
		"pays.unit":         "What one line of a claim is for: nothing is paid twice for the same week, session, conversation or course",
		"pays.rates":        "What one is paid, in order of time. Add a rate below when it changes, and keep the old ones",
		"pays.caps":         "The most that one person can be paid: how many (most) or how much (sum), in a week, a financial year or for life",
		"pays.caps.across":  "all-schemes counts what other schemes pay for the same, too",
		"pays.needs":        "Without which a line is refused",
		"year_begins":       "The first day of the financial year, such as 1 April",
		"claim_within_days": "Days after the end of a month in which it is claimed on time. Later claims need a reason",
		"year_closes_after": "Working days after the last day of the year. Then nothing of it can be claimed",
		"payee":             "Who gets the money",
		"min_stay_months":   "Who leaves sooner can be asked to pay back training",
		"sample_percent":    "Of the sessions that mentees are asked to confirm",
		"budget":            "By year and quarter. When it is revised, add an entry with the day from which it counts",
		"checkers":          "At least two people who look at claims first",
		"approvers":         "At least two people who approve what was checked. With limit, up to that sum at once",
		"payers":            "At least two people who get what is to be paid",
		"declarations":      "What somebody confirms with each claim, in exact words",
		"return":            "What the scheme reports of a month or a quarter",
		"return.version":    "Of the words below. Give a new one with each change of them",
		"return.service":    "The service whose pairs and requests count, by the name of its file without .md",
		"return.due_after":  "Working days after a quarter in which its return is made. Then the office is reminded",
		"return.figures":    "In the order of the return. Leave out what nobody asks for",
		"readers":           "At the commissioner: they see what was published, with small numbers hidden",
	}
	siteHelp = map[string]string{
		"name":                     "Of the hub, in the header and in titles",
		"organisation":             "Who runs it, for the footer and the legal pages",
		"describe":                 "For search engines",
		"base_url":                 "https:// and the host, with no slash at the end. Links in letters begin with it",
		"email":                    "For questions about the site",
		"security":                 "Whom to tell of a weakness in the safety of the site: an email address, or https://",
		"share":                    "A picture of content/images, best 1200 by 630, that social networks show with a link to the hub: card.png",
		"mail_from":                "The sender of letters: Name <address>",
		"menu":                     "Links at the top of each page",
		"footer":                   "Links at the foot of each page",
		"figures":                  "Facts that any text shows as {{hub.NAME}}",
		"identity":                 "How the header of each page shows whose hub it is",
		"identity.name":            "The hub's name if it is missing",
		"identity.line":            "A line below the name",
		"identity.mark":            "An SVG in the folder images, shown before the name: mark.svg",
		"identity.colour":          "Of the header, dark enough for white letters: #003087",
		"words":                    "What pages, PDFs and exports call people, in the middle of a sentence. Texts show them as {{hub.decider}}",
		"words.decider":            "Who decides on applications: ICB lead",
		"words.decider_in_full":    "The same where it is said first: lead of the integrated care board (ICB)",
		"words.employer":           "Who employs applicants, and confirms its part: trust",
		"words.manager":            "Who signs for the employer: ward manager",
		"words.applicant":          "What an applicant is: nurse",
		"catalogue_from":           "From how many courses on the hub has a catalogue, 13 if this is missing; with fewer the home page shows them all",
		"retain_drafts_days":       "Days after the last save before an unfinished application is removed",
		"retain_applications_days": "Days after receipt before an application without a decision is removed",
		"retain_accepted_days":     "Days after it was accepted before an application is removed",
		"retain_declined_days":     "Days after it was declined before an application is removed",
		"retain_withdrawn_days":    "Days after it was withdrawn before an application is removed",
	}
)

// formats are those that a rule can ask for: "gmc (a GMC reference number)".
func formats() string {
	var all []string
	for _, f := range form.Formats() {
		all = append(all, f.Name+" ("+f.About+")")
	}
	return strings.Join(all, ", ")
}
