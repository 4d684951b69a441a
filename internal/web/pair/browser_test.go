package pair_test

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/browsertest"
	"traininghub/internal/letters"
	"traininghub/internal/mentoring"
	"traininghub/internal/pair"
	"traininghub/internal/record"
	"traininghub/internal/web"
	"traininghub/site"
)

// shots is where TestBrowser keeps its pictures: go test ./internal/web/pair -run Browser -shots
// /tmp/shots
var shots = flag.String("shots", "", "folder in which TestBrowser keeps a picture of each page at each width")

// TestBrowser: a lead matches 170 requests with 30 mentors; a conflict, a proposal that is declined
// and one that is accepted; first meeting, sessions, another mentor, the end, feedback and six
// months later: by the keyboard, without a script. No page breaks a rule of accessibility at 1280
// or 320 pixels, or scrolls sideways.
func TestBrowser(t *testing.T) {
	h := newHouse(t)
	made, wrong := site.Load(site.Sources{
		Content: os.DirFS("../../../content"), Templates: os.DirFS("../../../templates"), Modules: "../../../node_modules", Letters: letters.All(),
	})
	if err := wrong.Err(); err != nil {
		t.Fatal(err)
	}
	static, err := made.Build(h.now)
	if err != nil {
		t.Fatal(err)
	}
	h.served(made.Pages, made.Hub)
	files := map[string][]byte{}
	for name, file := range static {
		files[strings.TrimSuffix(name, "index.html")] = file
	}
	for n := range 30 {
		h.mentor(fmt.Sprintf("Doctor Nr %d", n), 4+n%5)
	}
	h.asks("Aa Mentee", "north") // whose reference is the first
	for n := range 169 {
		h.asks(fmt.Sprintf("Mentee Nr %d", n), []string{"north", "south"}[n%2], func(r *mentoring.Request) {
			r.Cohort = []string{"fellow", "partner"}[n%2]
			if n == 4 {
				r.Cohort = "nobody's"
			}
		})
	}
	server := httptest.NewServer(browsertest.Serve(files, h.h, web.Behind...))
	defer server.Close()
	all := browsertest.Start(t)
	seen := func(b *browsertest.Tab, name string) {
		t.Helper()
		b.Clean(name)
		b.Shoot(*shots, name)
	}
	signIn := func(email string) *browsertest.Tab {
		t.Helper()
		b := all.Tab(server.URL)
		b.Open("/mentoring/sign-in")
		b.Fill("Your email address", email)
		b.Press("Email me a link")
		h.post()
		b.Open(h.linkTo(email, `/mentoring/sign-in/link/\S+`))
		b.Press("Sign in")
		return b
	}

	nora := signIn("nora@example.org")
	nora.At("Requests")
	nora.Follow("Match mentors")
	nora.At("Match mentors")
	seen(nora, "runs")
	nora.Press("Make a run: Somebody to think with")
	nora.At("A run of matching")
	nora.Says("The run is made.", "Nobody found", "30 mentors do not take people of this role or group")
	seen(nora, "run")
	nora.Follow("Aa Mentee")
	nora.At("Choose for Aa Mentee")
	seen(nora, "change")
	nora.Press("Change the line")
	nora.Says("There is a problem", "Enter why")
	nora.Choose("Which mentor?", "Doctor Nr 7")
	nora.Fill("Why?", "They work at the same hours")
	nora.Press("Change the line")
	nora.Says("The line is changed.", "Changed by you: They work at the same hours")
	nora.Press("Send 85 proposals")
	nora.Says("The proposals are sent.", "Proposed.")
	nora.Shoot(*shots, "sent") // it is laid out as the run was

	// Who asked: the proposal.
	h.post()
	mia := all.Tab(server.URL)
	mia.Open(h.linkTo("aa.mentee@example.org", `/mentoring/request/\S+`))
	mia.Fill("Choose a word or number of your own", "nightjar-9")
	mia.Press("Continue")
	mia.At("Your request")
	seen(mia, "mentee-asked")
	mia.Follow("Look at the mentor")
	mia.At("A mentor for you to look at")
	mia.Says("Doctor Nr 7", "I listen")
	seen(mia, "mentee-mentor")
	mia.Press("I have a question")
	mia.Says("The mentor lead is told that you have a question")
	mia.Follow("Yes, I would like this mentor")
	mia.At("Our agreement")
	seen(mia, "mentee-agree")
	mia.Tick("I agree")
	mia.Press("Agree and ask the mentor")
	mia.Says("You said yes.")

	// The first mentor knows them.
	seven := signIn("doctor.nr.7@example.org")
	seven.Says("A question for you")
	seen(seven, "mentor-home")
	seven.Follow("Somebody looks for a mentor: answer by Monday 27 September 2021")
	seven.At("Do you know each other?")
	seven.Says("Aa Mentee", "The Canarypractice")
	seen(seven, "mentor-first")
	seven.Press("We know each other")
	seven.Says("We do not propose you to each other.", "Would you like to take more people now?")
	seen(seven, "mentor-known")

	// The lead proposes another by hand, who declines; then one who takes them.
	propose := func(name string) {
		t.Helper()
		nora.Open("/mentoring/lead/requests/MR-AA-MENTEE")
		nora.Follow("Propose a mentor by hand")
		nora.At("Propose a mentor to Aa Mentee")
		nora.Choose("Which mentor?", name)
		nora.Press("Propose")
		nora.Says("The mentor is proposed.")
		mia.Open("/mentoring/request/")
		mia.Follow("Look at the mentor")
		mia.Follow("Yes, I would like this mentor")
		mia.Tick("I agree")
		mia.Press("Agree and ask the mentor")
	}
	propose("Doctor Nr 28")
	seen(nora, "lead-proposal")
	twelve := signIn("doctor.nr.28@example.org")
	twelve.Follow("Somebody looks for a mentor: answer by Monday 27 September 2021")
	twelve.Press("We do not know each other")
	twelve.At("Would you like to mentor them?")
	seen(twelve, "mentor-second")
	twelve.Press("No: it is not my field")
	twelve.Says("Thank you for telling us.")

	propose("Doctor Nr 29")
	max := signIn("doctor.nr.29@example.org")
	max.Follow("Somebody looks for a mentor: answer by Monday 27 September 2021")
	max.Press("We do not know each other")
	max.Follow("Yes, I would like to mentor them")
	max.At("Our agreement")
	seen(max, "mentor-agree")
	max.Tick("I agree")
	max.Press("Agree and take them")
	max.At("Aa Mentee")
	max.Says("You have both agreed.", "07700 900123")
	seen(max, "mentor-pair")
	max.Follow("Enter your first meeting")
	seen(max, "mentor-meeting")
	max.Press("Save")
	max.Says("The day of your first meeting is noted.")
	mia.Open("/mentoring/request/mentor")
	mia.Says("Your mentor has entered that you first met on Monday 20 September 2021.")
	seen(mia, "mentee-pair")
	mia.Press("That is right")
	mia.Says("Thank you for your answer.")

	h.now = h.now.AddDate(0, 0, 1)
	max = signIn("doctor.nr.29@example.org")
	max.Follow("Aa Mentee")
	max.Follow("Log a session")
	max.At("Log a session")
	seen(max, "mentor-session")
	max.Press("Log the session")
	max.Says("There is a problem", "Enter the time")
	seen(max, "mentor-session-wrong")
	max.Fill("At what time did it begin?", "7am")
	max.Press("Log the session")
	max.Says("The session is logged.", "1 of 4")
	seen(max, "mentor-logged")
	max.Open("/mentoring/mentor/log")
	seen(max, "mentor-log")

	// It does not fit; the lead sees it; the end; feedback.
	h.post()
	mia = all.Tab(server.URL)
	mia.Open(h.linkTo("aa.mentee@example.org", `/mentoring/request/\S+`))
	mia.Fill("The word that you chose", "nightjar-9")
	mia.Press("Continue")
	mia.Follow("Your mentor and your sessions")
	mia.Says("Does it fit?")
	seen(mia, "mentee-sessions")
	mia.Press("Session 1 is not right")
	mia.Press("It is not for me")
	mia.At("Another mentor")
	seen(mia, "mentee-another")
	mia.Follow("Cancel")
	nora = signIn("nora@example.org")
	nora.Follow("Proposals and pairs")
	nora.Says("The mentee says that something is not right")
	seen(nora, "lead-pairs")
	nora.Follow("Aa Mentee")
	seen(nora, "lead-pair")
	nora.Press("I have seen to session 1")
	nora.Follow("Give more sessions")
	seen(nora, "lead-extend")
	nora.Fill("Why?", "There was a holiday in between")
	nora.Press("Give more sessions")
	nora.Says("The sessions are extended.", "1 of 6")
	nora.Follow("End the pair")
	seen(nora, "lead-end")
	nora.Choose("Why does the pair end?", "It has done what it was for")
	nora.Choose("Is another mentor looked for?", "No")
	nora.Press("End the pair")
	nora.Says("in words that do not say why", "Ended: completed")
	nora.Follow("Proposals and pairs")
	nora.Follow("Those that are over")
	seen(nora, "lead-over")
	nora.Open("/mentoring/lead/feedback")
	seen(nora, "lead-feedback")
	h.post()
	anybody := all.Tab(server.URL)
	anybody.Open(h.linkTo("aa.mentee@example.org", `/mentoring/feedback/\S+`))
	anybody.At("What you say at the end")
	seen(anybody, "feedback")
	anybody.Choose("Did it help you?", "It helped")
	anybody.Press("Send your answers")
	anybody.At("Thank you for your answers")
	seen(anybody, "given")
	h.now = pair.NextMorning(h.now)
	max = signIn("doctor.nr.29@example.org")
	max.Follow("Pair " + regexp.MustCompile(`P-[A-Z0-9]{8}`).FindString(h.ended("MR-AA-MENTEE")))
	max.Says("This pair has ended.")
	seen(max, "mentor-ended")
	h.now = h.now.AddDate(0, 6, 1)
	h.post()
	anybody.Open(h.linkTo("aa.mentee@example.org", `/mentoring/feedback/\S+`))
	anybody.At("Some months on")
	seen(anybody, "later")
}

// linkTo is the address in the latest letter to somebody that has one.
func (h *house) linkTo(email, pattern string) string {
	h.Helper()
	for _, m := range slices.Backward(h.mail) {
		if link := regexp.MustCompile(pattern).FindString(m.Text); m.To == email && link != "" {
			return link
		}
	}
	h.Fatalf("no letter for %s has %s", email, pattern)
	return ""
}

// ended is the id of the pair of a request that has ended.
func (h *house) ended(request string) (id string) {
	h.Helper()
	if err := record.Each(h.Context(), h.Store, func(e record.Record) error {
		if e.Kind != pair.Kind {
			return nil
		}
		p, err := h.Pairs.Get(h.Context(), e.ID)
		if err == nil && p.Request == request && p.State == pair.Ended {
			id = p.ID
		}
		return err
	}); err != nil {
		h.Fatal(err)
	}
	return id
}
