package claim_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"traininghub/internal/browsertest"
	"traininghub/internal/course"
)

// linkTo is the link to an address below a path in the newest letter to somebody.
func (h *hub) linkTo(email, below string) string {
	h.t.Helper()
	h.deliver()
	for i := len(h.box) - 1; i >= 0; i-- {
		if link := regexp.MustCompile(below + `\S+`).FindString(h.box[i].Text); link != "" && h.box[i].To == email {
			return link
		}
	}
	h.t.Fatalf("no letter to %s has a link to %s", email, below)
	return ""
}

// TestBrowser: by the keyboard and without a script a month is claimed, asked about, checked and
// approved by two people, and paid by a batch, whose answer first has three wrong rows. Then come a
// late claim, a reversal after payment, a recovery, and a career conversation with its colleague.
// No page breaks a rule at either width.
func TestBrowser(t *testing.T) {
	style := browsertest.Look(t)
	h := newHubWith(t, false, style.Assets, style.Files)
	browser := browsertest.Start(t)
	signIn := func(email string) *browsertest.Tab {
		t.Helper()
		return browser.Tab(h.url).SignIn("/review/sign-in", email, func() string {
			return h.linkTo(email, "/review/sign-in/link/")
		})
	}

	// The claim of a month.
	ada := signIn("ada@example.org")
	ada.At("Claims")
	ada.Seen("claimant")
	ada.Follow("Claim for November 2021")
	ada.Says("60 minutes, pairs: P-7K3D", "My status on the Performers List has not changed.")
	ada.Seen("month")
	ada.Press("Claim")
	ada.Says("Your claim is in", "Waits to be checked")
	ada.Seen("claimed")

	// The check, with a question.
	checker := signIn("checker-one@example.org")
	checker.Follow("2021/22: 4 to check")
	checker.Seen("to-check")
	checker.Follow("Dr Ada Sample")
	checker.Seen("account")
	checker.Pick("What do you do?", "Line 4: Ask a question")
	checker.Press("Do it")
	checker.Says("Enter a reason")
	checker.Seen("question-without-reason")
	checker.Pick("What do you do?", "Line 4: Ask a question")
	checker.Fill("Why?", "Was it that week?")
	checker.Press("Do it")
	checker.Says("The question is on its way")
	for n := 1; n <= 3; n++ {
		checker.Tick(fmt.Sprintf("Line %d: Week of Monday %s, £289", n, []string{"1 November 2021", "8 November 2021",
			"15 November 2021"}[n-1]))
	}
	checker.Press("Check what is ticked")
	checker.Says("What you ticked is checked")
	ada.Open("/review/claims/")
	ada.Fill("Your answer", "Yes, on the Tuesday.")
	ada.Seen("question")
	ada.Press("Send your answer")
	ada.Says("Your answer is in")
	checker.Open("/review/claims/")
	checker.Follow("2021/22: 1 to check")
	checker.Follow("Dr Ada Sample")
	checker.Says("Answer: Yes, on the Tuesday.")
	checker.Tick("Line 4: Week of Monday 22 November 2021, £289")
	checker.Press("Check what is ticked")

	// The approval, by somebody else.
	approver := signIn("approver-one@example.org")
	approver.Follow("2021/22: 4 to approve")
	for _, week := range []string{"1", "8", "15", "22"} {
		approver.Tick("Dr Ada Sample: Week of Monday " + week + " November 2021, £289")
	}
	approver.Seen("to-approve")
	approver.Press("Approve what is ticked")
	approver.Says("What you ticked is approved")

	// The payer's reference needs two people. Then the batch, the file and its answer.
	payer := signIn("payer-one@example.org")
	for _, b := range []*browsertest.Tab{payer, approver} {
		b.Open("/review/claims/")
		b.Follow("2021/22: 4 approved, for the next batch")
		b.Follow("Dr Ada Sample")
		b.Fill("Reference", "000777")
		b.Press("Set the reference")
	}
	approver.Says("The reference is set")
	approver.Seen("reference")
	h.clock = time.Date(2021, 12, 14, 10, 0, 0, 0, course.London)
	approver, payer = signIn("approver-one@example.org"), signIn("payer-one@example.org")
	approver.Open("/review/claims/schemes/supporting-mentors/years/2021-22/batch") // each scheme has such a link
	approver.Seen("batch-to-be")
	approver.Fill("Number of lines", "4")
	approver.Fill("Sum", "£1,155")
	approver.Press("Make the batch")
	approver.Says("The number or the sum is not what you entered")
	approver.Fill("Number of lines", "4")
	approver.Fill("Sum", "£1,156")
	approver.Press("Make the batch")
	approver.At("Batch 2021/22-01")
	approver.Seen("batch")
	b, err := h.desk.Claims.Batch(t.Context(), "batch.supporting-mentors.2021-22.01")
	if err != nil {
		t.Fatal(err)
	}
	answer := func(name string, row func(i int, key string) string) string {
		text := "batch,row,line_key,amount,status,paid_on,payment_ref,reason\n"
		for i, r := range b.Rows {
			text += row(i, r.Key) + "\n"
		}
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	wrong := answer("wrong.csv", func(i int, key string) string {
		return []string{
			"2021/22-01,1," + key + ",298.00,paid,2021-12-14,BACS 1,", "2021/22-01,2," + key +
				",289.00,perhaps,2021-12-14,BACS 1,",
			"2021/22-01,3," + key + ",289.00,unpaid,,,", "2021/22-01,4," + key + ",289.00,paid,14/12/2021,BACS 1,",
		}[i]
	})
	right := answer("right.csv", func(i int, key string) string {
		return fmt.Sprintf("2021/22-01,%d,%s,289.00,paid,14/12/2021,BACS 1,", i+1, key)
	})
	payer.Open("/review/claims/schemes/supporting-mentors/answer")
	payer.Attach("The file (CSV)", wrong)
	payer.Press("Send the file")
	payer.Says("The amount is 289.00 in the batch, not 298.00", `status must be "paid" or "unpaid"`,
		"reason is missing: why was it not paid?")
	payer.Seen("answer-with-faults")
	payer.Attach("The file (CSV)", right)
	payer.Press("Send the file")
	payer.Says("Paid: 4. Unpaid: 0.")
	payer.Seen("answer")
	ada = signIn("ada@example.org")
	ada.Says("Paid on Tuesday 14 December 2021")
	ada.Seen("paid")

	// A late claim, with something else that was agreed.
	h.clock = time.Date(2022, 1, 4, 10, 0, 0, 0, course.London)
	ada = signIn("ada@example.org")
	ada.Follow("Claim for November 2021")
	ada.Pick("What did you do in a week without a session?", "A group for peer support among GPs")
	ada.Press("Claim")
	ada.Says("Enter why you claim after the last day")
	ada.Seen("late")
	ada.Fill("Why do you claim after the last day?", "I was ill")
	ada.Press("Claim")
	ada.Says("Your claim is in", "A group for peer support among GPs")

	// Two people take a line back after it was paid, and something has to be paid back.
	checker, approver = signIn("checker-one@example.org"), signIn("approver-one@example.org")
	checker.Follow("2021/22: 1 to check")
	checker.Follow("Dr Ada Sample")
	checker.Says("Late: I was ill")
	checker.Pick("What do you do?", "Line 1: Ask to take it back")
	checker.Fill("Why?", "It was another week")
	checker.Press("Do it")
	checker.Says("Somebody else has to agree to take it back")
	checker.Fill("Sum", "£1,156")
	checker.Fill("Day", "3 January 2022")
	checker.Fill("What is it for?", "Training, after leaving within a year")
	checker.Press("Enter it")
	checker.Says("It is entered. Somebody else has to approve it.")
	approver.Open("/review/claims/")
	approver.Follow("2021/22: 1 to approve")
	approver.Follow("Dr Ada Sample")
	approver.Seen("to-agree")
	approver.Pick("What do you do?", "Line 1: Take it back. Asked by checker-one@example.org: It was another week")
	approver.Press("Do it")
	approver.Says("It is taken back", "To be paid back")
	approver.Pick("What do you do?", "Line 6: Approve")
	approver.Press("Do it")
	approver.Says("The line is approved")
	approver.Seen("to-be-paid-back")
	h.clock = h.clock.Add(16 * time.Minute)
	h.deliver()
	if letter := h.box[len(h.box)-1]; letter.To != "ada@example.org" || !strings.Contains(letter.Text, "20 working days") {
		t.Errorf("the last letter is to %s: %s", letter.To, letter.Text)
	}

	// A career conversation.
	h.acceptFor("career-conversations", h.desk.Applications.Store, "CC-4F4F-4F4F", "Dr Cy Sample", "cy@example.org",
		"7654329")
	cy := signIn("cy@example.org")
	cy.Follow("Enter a career conversation")
	cy.Seen("conversation")
	cy.Press("Enter the conversation")
	cy.Says("Enter your colleague’s GMC reference number")
	cy.Seen("conversation-with-faults")
	conversation := map[string]string{
		"colleague": "1234567", "email": "dee@example.org", "practice": "Z99998", "day-1-day": "13", "day-1-month": "12",
		"day-1-year": "2021",
		"start-1":    "2pm", "minutes-1-hours": "2", "minutes-1-minutes": "5", "day-2-day": "20", "day-2-month": "12",
		"day-2-year": "2021",
		"start-2":    "2pm", "minutes-2-hours": "2", "minutes-2-minutes": "5",
	}
	cy.FillAll(conversation)
	cy.Press("Enter the conversation")
	cy.Says("We ask your colleague to confirm it", "Not answered yet")
	dee := browser.Tab(h.url)
	dee.Open(h.linkTo("dee@example.org", "/practice/conversations/"))
	dee.At("Did this career conversation take place?")
	dee.Seen("colleague")
	dee.Press("Yes, it took place")
	dee.At("Thank you for your answer")
	dee.Seen("colleague-thanks")
	cy.Open("/review/claims/")
	cy.Says("Confirmed")
	cy.Follow("Claim for December 2021")
	cy.Says("250 minutes")
	cy.Seen("conversation-to-claim")
	cy.Press("Claim")
	cy.Says("Your claim is in")
	cy.Seen("conversation-claimed")

	if found, err := h.desk.Claims.Audit(t.Context(), nil); err != nil || len(found.Wrong) > 0 {
		t.Errorf("the audit finds %v (%v)", found, err)
	}
	_, statement := h.signIn("ada@example.org").get("/review/claims/own/supporting-mentors/years/2021-22/statement.pdf")
	browsertest.Keep(t, "statement.pdf", []byte(statement))
}
