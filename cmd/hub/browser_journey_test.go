package main

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	osexec "os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"traininghub/internal/browsertest"
)

// Error messages that are the same in both forms.
const (
	wrongEmail     = "Enter an email address in the correct format, like name@example.com"
	wrongTelephone = "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"
)

// TestBrowserJourney: without JavaScript and by the keyboard alone, a GP applies for each course,
// makes every kind of mistake, closes the tab half-way and comes back. Then the outbox has two
// letters, and the PDF has every question and answer.
func TestBrowserJourney(t *testing.T) {
	browser := browsertest.Start(t)
	hub := serveHub(t, "2021-09-20")
	for _, a := range []oneForm{
		{
			form: "career-conversations", course: "Career Conversation Training", lead: "s.christian@nhs.net",
			reasons: []string{"Enter your personal objectives for attending", "Enter why you want to hold career conversations"},
			tooLong: "Your personal objectives for attending must be 2,000 characters or less",
			cohort:  "Select which cohort you want to join",
			signer:  "Name of GP",
			declarations: [][2]string{
				{"I will be charged £352.50 if I confirm my place and fail to attend any element without a justifiable reason. This is the whole cost of my place.",
					"Tick “I will be charged £352.50 if I confirm my place and fail to attend any element without a justifiable reason”"},
				{"The information I have given in this form is accurate.",
					"Tick “The information I have given in this form is accurate”"},
				{"I will hold at least 10 career conversations with GP colleagues after this course.",
					"Tick “I will hold at least 10 career conversations with GP colleagues after this course”"},
			},
		},
		{
			form: "supporting-mentors", course: "Mentor Training, Supporting Mentors Scheme", lead: "sthccg.primarycareacademy@nhs.net",
			reasons: []string{"Enter your personal objectives in applying", "Enter why mentoring others is important to you", "Enter what you have done recently to support others"},
			tooLong: "Your personal objectives in applying must be 2,000 characters or less",
			cohort:  "Select your proposed start date",
			signer:  "Name of prospective GP mentor",
			declarations: [][2]string{
				{"If I am accepted on this scheme, I will attend all sessions as needed, training days included.",
					"Tick “If I am accepted on this scheme, I will attend all sessions as needed, training days included”"},
				{"I will be charged £500 if I confirm my place and fail to attend any element without a justifiable reason. This is the whole cost of my place.",
					"Tick “I will be charged £500 if I confirm my place and fail to attend any element without a justifiable reason”"},
				{"The information I have given in this form is accurate, and it meets the criteria of the Supporting Mentors Scheme.",
					"Tick “The information I have given in this form is accurate, and it meets the criteria of the Supporting Mentors Scheme”"},
				{"The information in this form will be shared with NHS England to monitor the scheme.",
					"Tick “The information in this form will be shared with NHS England to monitor the scheme”"},
			},
		},
	} {
		t.Run(a.form, func(t *testing.T) {
			t.Parallel()
			a.paper = readPaper(t, a.form)
			a.apply(t, newProfile(t, browser, hub))
		})
	}
	t.Run("come back later", func(t *testing.T) {
		t.Parallel()
		comeBackLater(t, newProfile(t, browser, hub), newProfile(t, browser, hub))
	})
}

// An application has what differs between forms; the rest of the journey is the same.
type oneForm struct {
	form, course, lead string
	reasons            []string // errors of the page of reasons, left empty
	tooLong            string   // and of its first answer, with too many characters
	cohort             string   // error of the choice of a cohort
	signer             string
	declarations       [][2]string // each with its error
	paper              paper
}

func (a oneForm) apply(t *testing.T, p *profile) {
	b := p.tab(false)
	page := func(heading string) [][2]string { return a.paper.on(t, heading) }

	b.Open("/")
	b.Key(kb.Tab)
	if ask[int](b, "focus") != ask[int](b, "link", "Skip to main content") {
		t.Error("the first Tab does not reach the link that skips to the main content")
	}
	b.Key(kb.Enter)
	b.Key(kb.Tab)
	if !ask[bool](b, "inMain") {
		t.Error("the link that skips to the main content does not")
	}
	b.Follow(a.course)
	b.At(a.course)
	b.Follow("Apply for this course")
	b.At("Apply for " + a.course)

	b.Press("Continue")
	b.errors("Enter your first names", "Enter your surname", "Enter your email address", "Enter your telephone number",
		"Enter your GMC reference number", "Select yes if you are on the National Medical Performers List")
	b.Fill("First names", "Ŵ 李 <b>")
	b.Fill("Email address", "nobody")
	b.Fill("Telephone number", "ring the bell")
	b.Fill("GMC reference number", "765432")
	b.Press("Continue")
	b.errors("Enter your surname", wrongEmail, wrongTelephone, "GMC reference number must be 7 numbers",
		"Select yes if you are on the National Medical Performers List")
	b.copy(page("Your details"))
	b.Press("Continue")

	b.At("Your home address")
	b.Press("Continue")
	b.errors("Enter the first line of your address", "Enter your town or city", "Enter your postcode")
	b.Fill("Town or city", strings.Repeat("Llanfair ", 12))
	b.Fill("Postcode", "LN1")
	b.Press("Continue")
	b.errors("Enter the first line of your address", "Town or city must be 100 characters or less", "Enter a full UK postcode")
	b.copy(page("Your home address"))
	b.Press("Continue")

	qualifications := ask[string](b, "heading")
	b.Press("Continue")
	b.errors("Select yes if you want to add a qualification")
	b.Choose("Do you want to add a qualification?", "Yes")
	b.Press("Continue")
	b.At("Qualification 1")
	b.Press("Continue")
	b.errors("Enter the name of the qualification or course", "Enter the date it was awarded", "Enter the awarding organisation")
	b.Fill("Qualification or course", "An old one")
	b.Fill("Awarding organisation", "Nobody")
	for _, date := range []struct{ month, year, wrong string }{
		{"", "2018", "The date it was awarded must include a month"},
		{"June", "", "The date it was awarded must include a year"},
		{"Juin", "2018", "The date it was awarded must be a real date"},
		{"13", "2018", "The date it was awarded must be a real date"},
		{"6", "18", "Year must include 4 numbers"},
		{"October", "2021", "The date it was awarded must be this month or in the past"},
	} {
		b.Fill("Month", date.month)
		b.Fill("Year", date.year)
		b.Press("Continue")
		b.errors(date.wrong)
	}
	b.Fill("Month", "9")
	b.Press("Continue")
	b.At(qualifications)
	b.Says("You have added 1 qualification", "An old one", "September 2021")
	b.Press("Continue")
	b.errors("Select yes if you want to add another qualification")
	b.Follow("Change An old one")
	b.At("Qualification 1")
	b.copy(page("Qualification 1"))
	b.Press("Continue")
	b.Choose("Do you want to add another qualification?", "Yes")
	b.Press("Continue")
	b.At("Qualification 2")
	b.copy([][2]string{{"Qualification or course", "By mistake"}, {"When did you get it?", "1 1999"}, {"Awarding organisation", "Nobody"}})
	b.Press("Continue")
	b.Follow("Remove By mistake")
	b.At("Remove this qualification")
	b.Follow("Cancel")
	b.Says("You have added 2 qualifications")
	b.Follow("Remove By mistake")
	b.Press("Remove qualification")
	b.At(qualifications)
	b.Says("You have added 1 qualification")
	if second := "Qualification 2"; slices.ContainsFunc(a.paper, func(p sheet) bool { return p.heading == second }) {
		b.Choose("Do you want to add another qualification?", "Yes")
		b.Press("Continue")
		b.copy(page(second))
		b.Press("Continue")
	}
	b.Choose("Do you want to add another qualification?", "No")
	b.Press("Continue")

	// The tab is closed, and the application goes on in another one from the same page.
	reasons := ask[string](b, "heading")
	b.Close()
	b = p.tab(false)
	b.Open("/courses/" + a.form + "/")
	b.Follow("Apply for this course")
	b.Follow("Continue an application on this device")
	b.At(reasons)

	b.Press("Continue")
	b.errors(a.reasons...)
	b.Fill(page(reasons)[0][0], strings.Repeat("Too long. ", 200)+"!")
	b.Press("Continue")
	b.errors(slices.Concat([]string{a.tooLong}, a.reasons[1:])...)
	b.copy(page(reasons))
	b.Press("Continue")

	references := ask[string](b, "heading")
	for i, reference := range a.references() {
		if i == 0 {
			b.Press("Add a reference")
			b.Press("Continue")
			b.errors("Enter the referee's name", "Enter the referee's job title", "Enter the referee's email address",
				"Enter the referee's telephone number", "Enter the referee's relationship to you")
			b.Fill("Email address", "anwen@@example.org")
			b.Fill("Telephone number", "12")
			b.Press("Continue")
			b.errors("Enter the referee's name", "Enter the referee's job title", wrongEmail, wrongTelephone, "Enter the referee's relationship to you")
		} else {
			b.Press("Add another reference")
		}
		b.copy(page(reference))
		b.Press("Continue")
	}
	b.At(references)
	b.Press("Continue")

	b.At("Your practice")
	b.Press("Continue")
	b.errors(a.cohort, "Enter the number of clinical sessions you do a week", "Enter the name of your practice",
		"Enter the first line of your practice's address", "Enter the town or city of your practice", "Enter your practice's postcode",
		"Enter your practice code", "Enter your practice's telephone number", "Select yes if your practice is a training practice")
	b.copy(page("Your practice"))
	b.Fill("Clinical sessions a week", "six")
	b.Fill("Practice code", "V8199")
	b.Press("Continue")
	b.errors("Clinical sessions a week must be a number, like 6", "Practice code must be a letter and 5 numbers, like A12345")
	b.Fill("Clinical sessions a week", "15")
	b.Press("Continue")
	b.errors("Clinical sessions a week must be between 0.5 and 14", "Practice code must be a letter and 5 numbers, like A12345")
	b.copy(page("Your practice"))
	b.Press("Continue")

	b.At("Your practice manager")
	b.copy(page("Your practice manager"))
	b.Press("Continue")

	const check = "Check your answers before sending your application"
	b.At(check)
	b.lists(a.paper)
	b.Follow("Change Town or city")
	b.At("Your home address")
	b.focusOn("Town or city")
	b.Fill("Town or city", "Gone")
	b.Press("Continue")
	b.At(check)
	b.Says("Gone")
	b.Follow("Change Town or city")
	b.copy(page("Your home address"))
	b.Press("Continue")

	// An entry that is removed here is reported as missing later.
	last := a.references()[len(a.references())-1]
	b.Follow("Remove " + page(last)[0][1])
	b.Press("Remove reference")
	b.At(references)
	b.Follow("Back")
	b.At(reasons)
	b.Press("Continue")
	b.At(references) // the next incomplete section
	b.Open("/apply/" + a.form + "/check")
	b.At(check)
	missing := "Add a reference"
	if len(a.references()) > 1 {
		missing = "Add another reference"
	}
	b.summary(missing)
	b.Says("You need to put some answers right before you can continue")
	b.Follow(missing)
	b.At(references)
	b.Press(missing)
	b.copy(page(last))
	b.Press("Continue")
	b.Press("Continue")
	b.At(check)
	b.lists(a.paper)
	b.Follow("Continue to declarations")

	b.At("Declarations and signature")
	b.Press("Sign and send application")
	var unconfirmed, statements []string
	for _, d := range a.declarations {
		statements, unconfirmed = append(statements, d[0]), append(unconfirmed, d[1])
	}
	b.errors(append(slices.Clone(unconfirmed), "Enter your full name to sign")...)
	for _, statement := range statements[1:] {
		b.Tick(statement)
	}
	name := page("Your details")[0][1] + " " + page("Your details")[1][1]
	b.Fill(a.signer, name)
	b.Press("Sign and send application")
	b.errors(unconfirmed[0])
	b.Tick(statements[0])
	b.Press("Sign and send application")

	b.At("Application sent")
	email := page("Your details")[2][1]
	b.Says("What happens next", email, a.lead)
	reference := b.reference()

	wanted := []mailedLetter{
		{to: a.lead, subject: "Application " + reference + ": " + a.course},
		{to: email, subject: "We have your application " + reference + ": " + a.course},
	}
	if a.form == "supporting-mentors" {
		wanted = slices.Insert(wanted, 1, mailedLetter{to: page("Your practice manager")[1][1], subject: "Confirmation needed for application " + reference + ": " + a.course})
	}
	letters := b.hub.letters(t, reference, len(wanted))
	for i, want := range wanted {
		got := letters[i]
		if got.to != want.to || got.subject != want.subject {
			t.Errorf("letter %d goes to %s about %q, want %s about %q", i+1, got.to, got.subject, want.to, want.subject)
		}
		if strings.HasPrefix(want.subject, "Confirmation") {
			if got.pdf != nil {
				t.Error("the practice gets the application")
			}
			continue
		}
		drawn := words(t, got.pdf)
		has := func(what, text string) {
			if !strings.Contains(drawn, squeeze(text)) {
				t.Errorf("the PDF to %s lacks the %s %q", got.to, what, text)
			}
		}
		for _, sheet := range a.paper {
			for _, qa := range sheet.answers {
				has("question", qa[0])
				has("answer", shownAs(qa[0], qa[1]))
			}
		}
		for _, statement := range statements {
			has("declaration", statement)
		}
		has("signature", a.signer+name)
		has("reference", reference)
	}
	if t.Failed() {
		t.Logf("the PDF says:\n%s", words(t, letters[0].pdf))
	}
}

// references are the headings of the paper's references.
func (a oneForm) references() []string {
	var headings []string
	for _, sheet := range a.paper {
		if strings.HasPrefix(sheet.heading, "Reference ") {
			headings = append(headings, sheet.heading)
		}
	}
	return headings
}

// lists fails unless the page lists exactly the paper's questions and answers, in order.
func (b *tab) lists(p paper) {
	b.t.Helper()
	var want [][2]string
	for _, sheet := range p {
		for _, qa := range sheet.answers {
			want = append(want, [2]string{qa[0], shownAs(qa[0], qa[1])})
		}
	}
	if got := ask[[][2]string](b, "listed"); !slices.Equal(got, want) {
		b.Fatalf("the page lists\n%q\nwant\n%q", got, want)
	}
}

// shownAs is an answer to a question as pages show it, in one line: numbers and codes in their
// usual form.
func shownAs(question, answer string) string {
	switch question {
	case "GMC reference number":
		answer = regexp.MustCompile(`\D`).ReplaceAllString(answer, "")
	case "Postcode", "Practice postcode":
		answer = strings.ToUpper(answer)
	case "Practice code":
		answer = strings.ToUpper(squeeze(answer))
	}
	if answer == "" {
		return "Not provided"
	}
	return strings.Join(strings.Fields(answer), " ")
}

// comeBackLater: a GP saves an application on one device, and goes on with it on another by the
// mailed link.
func comeBackLater(t *testing.T, surgery, home *profile) {
	paper := readPaper(t, "career-conversations")
	b := surgery.tab(false)
	b.Open("/courses/career-conversations/apply/")
	b.copy(paper.on(t, "Your details"))
	b.Fill("Email address", "later@example.org")
	b.Press("Continue")
	b.Fill("Address line 1", "Half an address")
	b.Press("Save and come back later")
	b.At("Your application is saved")
	b.Says("later@example.org", "You have not sent your application yet")
	b.Open("/courses/career-conversations/apply/")
	b.Follow("Continue an application on this device")
	b.At("Your application is saved") // and its answers are not shown here
	b.Says("use the link that we emailed to you")

	b = home.tab(false)
	b.Open(surgery.hub.resumeLink(t, "later@example.org"))
	b.At("Continue your application")
	b.Press("Continue")
	b.At("Your details") // begun on another device
	b.Says("begun on another device")
	b.Press("Continue")
	b.At("Your home address")
	if got := ask[string](b, "value", ask[int](b, "field", "Address line 1")); got != "Half an address" {
		t.Errorf("Address line 1 is now %q", got)
	}
	b.copy(paper.on(t, "Your home address"))
	b.Press("Continue")
	b.Choose("Do you want to add a qualification?", "No")
	b.Press("Continue")
	b.At("Your reasons")
}

// reference reads out the reference of the confirmation.
func (b *tab) reference() string {
	b.t.Helper()
	reference := regexp.MustCompile(`\b[A-Z]{2}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b`).FindString(ask[string](b, "main"))
	if reference == "" {
		b.Fatalf("the page has no reference")
	}
	return reference
}

// A mailedLetter is a message that the hub has mailed.
type mailedLetter struct {
	to, subject, text string
	pdf               []byte // attached
	calendar          string // attached
}

// letters waits for n letters to, or about, a person or thing, in the order of their addressees:
// the lead's, then the applicant's. It fails if there are more.
func (h *servedHub) letters(t *testing.T, named string, n int) []mailedLetter {
	t.Helper()
	var found []mailedLetter
	eventually(t, "letters about "+named, func() bool {
		found = nil
		files, err := filepath.Glob(filepath.Join(h.data, "outbox", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if l := readLetter(t, file); strings.Contains(l.to+" "+l.subject, named) {
				found = append(found, l)
			}
		}
		return len(found) >= n
	})
	if len(found) > n {
		t.Fatalf("%d letters about %s, want %d", len(found), named, n)
	}
	slices.SortFunc(found, func(a, b mailedLetter) int { return strings.Compare(a.subject, b.subject) })
	return found
}

// resumeLink waits for the letter to the address with the link to go on.
func (h *servedHub) resumeLink(t *testing.T, email string) string {
	t.Helper()
	letter := h.letters(t, email, 1)[0]
	link := regexp.MustCompile(regexp.QuoteMeta(h.site) + `/apply/[a-z-]+/resume/\S+`).FindString(letter.text)
	if link == "" || letter.pdf != nil {
		t.Fatalf("the letter has no link, or a PDF:\n%s", letter.text)
	}
	return link
}

func readLetter(t *testing.T, file string) mailedLetter {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", filepath.Base(file), err)
		}
	}
	message, err := mail.ReadMessage(bytes.NewReader(data))
	try(err)
	to, err := message.Header.AddressList("To")
	try(err)
	if len(to) != 1 {
		t.Fatalf("%s goes to %v", filepath.Base(file), to)
	}
	l := mailedLetter{to: to[0].Address}
	l.subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	try(err)
	var read func(contentType string, body io.Reader)
	read = func(contentType string, body io.Reader) {
		_, params, err := mime.ParseMediaType(contentType)
		try(err)
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			part, err := parts.NextPart()
			if err == io.EOF {
				return
			}
			try(err)
			kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
			try(err)
			if kind == "multipart/alternative" {
				read(part.Header.Get("Content-Type"), part)
				continue
			}
			data, err := io.ReadAll(decoded(part.Header.Get("Content-Transfer-Encoding"), part))
			try(err)
			switch kind {
			case "application/pdf":
				l.pdf = data
			case "text/calendar":
				l.calendar = string(data)
			case "text/plain":
				l.text = string(data)
			case "text/html": // the same as the text
			default:
				t.Errorf("%s has a part of kind %s", filepath.Base(file), kind)
			}
		}
	}
	read(message.Header.Get("Content-Type"), message.Body)
	return l
}

func decoded(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}

// words is a PDF's text, without spaces and without the lines that begin each page but the first.
func words(t *testing.T, pdf []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "application.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := osexec.Command("pdftotext", "-raw", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return squeeze(regexp.MustCompile(`Page \d+ of \d+`).ReplaceAllString(string(text), ""))
}

// squeeze leaves spaces out, since it does not matter where lines break.
func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }
