package pair_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"traininghub/internal/browsertest"
	"traininghub/internal/letters"
	"traininghub/internal/mentoring"
	"traininghub/internal/pair"
	"traininghub/internal/record"
	"traininghub/internal/web"
	"traininghub/site"
)

// TestBrowser: a lead matches 170 requests with 30 mentors. Then come a conflict, a declined and an
// accepted proposal, the first meeting, sessions, another mentor, the end, feedback and six months
// later: by the keyboard, without a script. No page breaks a rule of accessibility at 1280 or 320
// pixels, or scrolls sideways.
func TestBrowser(t *testing.T) {
	h := newHouse(t)
	made, files := browsertest.Site(t, site.Sources{Letters: letters.All()}, h.now)
	h.served(made.Pages, made.Hub)
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
	served := browsertest.Serve(t, files, h.h, web.Behind...)
	all := browsertest.Start(t)
	signIn := func(email string) *browsertest.Tab {
		t.Helper()
		return all.Tab(served).SignIn("/mentoring/sign-in", email, func() string {
			h.post()
			return h.linkTo(email, `/mentoring/sign-in/link/\S+`)
		})
	}

	nora := signIn("nora@example.org")
	nora.At("Requests")
	nora.Follow("Match mentors")
	nora.At("Match mentors")
	nora.Seen("runs")
	nora.Press("Make a run: Somebody to think with")
	nora.At("A run of matching")
	nora.Says("The run is made.", "Nobody found", "30 mentors do not take people of this role or group")
	nora.Seen("run")
	nora.Follow("Aa Mentee")
	nora.At("Choose for Aa Mentee")
	nora.Seen("change")
	nora.Press("Change the line")
	nora.Says("There is a problem", "Enter why")
	nora.Choose("Which mentor?", "Doctor Nr 7")
	nora.Fill("Why?", "They work at the same hours")
	nora.Press("Change the line")
	nora.Says("The line is changed.", "Changed by you: They work at the same hours")
	nora.Press("Send 85 proposals")
	nora.Says("The proposals are sent.", "Proposed.")
	nora.Shoot("sent") // it is laid out as the run was

	// The mentee: the proposal.
	h.post()
	mia := all.Tab(served)
	mia.Open(h.linkTo("aa.mentee@example.org", `/mentoring/request/\S+`))
	mia.Fill("Choose a word or number of your own", "nightjar-9")
	mia.Press("Continue")
	mia.At("Your request")
	mia.Seen("mentee-asked")
	mia.Follow("Look at the mentor")
	mia.At("A mentor for you to look at")
	mia.Says("Doctor Nr 7", "I listen")
	mia.Seen("mentee-mentor")
	mia.Press("I have a question")
	mia.Says("The mentor lead is told that you have a question")
	mia.Follow("Yes, I would like this mentor")
	mia.At("Our agreement")
	mia.Seen("mentee-agree")
	mia.Tick("I agree")
	mia.Press("Agree and ask the mentor")
	mia.Says("You said yes.")

	// The first mentor knows them.
	seven := signIn("doctor.nr.7@example.org")
	seven.Says("A question for you")
	seven.Seen("mentor-home")
	seven.Follow("Somebody looks for a mentor: answer by Monday 27 September 2021")
	seven.At("Do you know each other?")
	seven.Says("Aa Mentee", "The Canarypractice")
	seven.Seen("mentor-first")
	seven.Press("We know each other")
	seven.Says("We do not propose you to each other.", "Would you like to take more people now?")
	seven.Seen("mentor-known")

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
	nora.Seen("lead-proposal")
	twelve := signIn("doctor.nr.28@example.org")
	twelve.Follow("Somebody looks for a mentor: answer by Monday 27 September 2021")
	twelve.Press("We do not know each other")
	twelve.At("Would you like to mentor them?")
	twelve.Seen("mentor-second")
	twelve.Press("No: it is not my field")
	twelve.Says("Thank you for telling us.")

	propose("Doctor Nr 29")
	max := signIn("doctor.nr.29@example.org")
	max.Follow("Somebody looks for a mentor: answer by Monday 27 September 2021")
	max.Press("We do not know each other")
	max.Follow("Yes, I would like to mentor them")
	max.At("Our agreement")
	max.Seen("mentor-agree")
	max.Tick("I agree")
	max.Press("Agree and take them")
	max.At("Aa Mentee")
	max.Says("You have both agreed.", "07700 900123")
	max.Seen("mentor-pair")
	max.Follow("Enter your first meeting")
	max.Seen("mentor-meeting")
	max.Press("Save")
	max.Says("The day of your first meeting is noted.")
	mia.Open("/mentoring/request/mentor")
	mia.Says("Your mentor has entered that you first met on Monday 20 September 2021.")
	mia.Seen("mentee-pair")
	mia.Press("That is right")
	mia.Says("Thank you for your answer.")

	h.now = h.now.AddDate(0, 0, 1)
	max = signIn("doctor.nr.29@example.org")
	max.Follow("Aa Mentee")
	max.Follow("Log a session")
	max.At("Log a session")
	max.Seen("mentor-session")
	max.Press("Log the session")
	max.Says("There is a problem", "Enter the time")
	max.Seen("mentor-session-wrong")
	max.Fill("At what time did it begin?", "7am")
	max.Press("Log the session")
	max.Says("The session is logged.", "1 of 4")
	max.Seen("mentor-logged")
	max.Open("/mentoring/mentor/log")
	max.Seen("mentor-log")

	// It does not fit; the lead sees it; the end; feedback.
	h.post()
	mia = all.Tab(served)
	mia.Open(h.linkTo("aa.mentee@example.org", `/mentoring/request/\S+`))
	mia.Fill("The word that you chose", "nightjar-9")
	mia.Press("Continue")
	mia.Follow("Your mentor and your sessions")
	mia.Says("Does it fit?")
	mia.Seen("mentee-sessions")
	mia.Press("Session 1 is not right")
	mia.Press("It is not for me")
	mia.At("Another mentor")
	mia.Seen("mentee-another")
	mia.Follow("Cancel")
	nora = signIn("nora@example.org")
	nora.Follow("Proposals and pairs")
	nora.Says("The mentee says that something is not right")
	nora.Seen("lead-pairs")
	nora.Follow("Aa Mentee")
	nora.Seen("lead-pair")
	nora.Press("I have seen to session 1")
	nora.Follow("Give more sessions")
	nora.Seen("lead-extend")
	nora.Fill("Why?", "There was a holiday in between")
	nora.Press("Give more sessions")
	nora.Says("The sessions are extended.", "1 of 6")
	nora.Follow("End the pair")
	nora.Seen("lead-end")
	nora.Choose("Why does the pair end?", "It has done what it was for")
	nora.Choose("Is another mentor looked for?", "No")
	nora.Press("End the pair")
	nora.Says("in words that do not say why", "Ended: completed")
	nora.Follow("Proposals and pairs")
	nora.Follow("Those that are over")
	nora.Seen("lead-over")
	nora.Open("/mentoring/lead/feedback")
	nora.Seen("lead-feedback")
	h.post()
	anybody := all.Tab(served)
	anybody.Open(h.linkTo("aa.mentee@example.org", `/mentoring/feedback/\S+`))
	anybody.At("What you say at the end")
	anybody.Seen("feedback")
	anybody.Choose("Did it help you?", "It helped")
	anybody.Press("Send your answers")
	anybody.At("Thank you for your answers")
	anybody.Seen("given")
	h.now = pair.NextMorning(h.now)
	max = signIn("doctor.nr.29@example.org")
	max.Follow("Pair " + regexp.MustCompile(`P-[A-Z0-9]{8}`).FindString(h.ended("MR-AA-MENTEE")))
	max.Says("This pair has ended.")
	max.Seen("mentor-ended")
	h.now = h.now.AddDate(0, 6, 1)
	h.post()
	anybody.Open(h.linkTo("aa.mentee@example.org", `/mentoring/feedback/\S+`))
	anybody.At("Some months on")
	anybody.Seen("later")
}

// linkTo is an address in the latest letter to somebody that matches a pattern.
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

// ended is the id of a request's ended pair.
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
