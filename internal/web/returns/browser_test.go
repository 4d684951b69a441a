package returns_test

import (
	"testing"

	"traininghub/internal/browsertest"
	"traininghub/internal/crossing"
)

// TestBrowser: two people of the office make, confirm, publish and correct a return, and a reader
// reads it, by the keyboard and without a script. No page breaks a rule at either width.
func TestBrowser(t *testing.T) {
	style := browsertest.Look(t)
	h := newHub(t, style.Assets, style.Files)
	browser := browsertest.Start(t)
	signIn := func(email string) *browsertest.Tab {
		t.Helper()
		return browser.Tab(h.url).SignIn("/review/sign-in", email, func() string {
			return h.link(email)
		})
	}
	const name = "Quarter 3 of 2021/22, October 2021 to December 2021"
	olu, oda, reader := signIn("olu@example.org"), signIn("oda@example.org"), signIn("icb-reader@example.org")
	reader.At("Returns")
	reader.Seen("reader-nothing")
	olu.Open("/review/returns/")
	olu.Seen("returns")
	olu.Follow(name)
	olu.At("Return, " + name)
	olu.Seen("not-made")
	olu.Press("Make the return")
	olu.Says("A second person has to confirm it", "somebody else of the office")
	olu.Seen("made")

	oda.Open("/review/returns/")
	oda.Follow(name)
	oda.Seen("to-confirm")
	oda.Press("Confirm and freeze it")
	oda.Says("The return is frozen", "Nothing: neither a figure, nor anything that they were worked out from.")
	oda.Seen("frozen")
	oda.Press("Publish it")
	oda.Says("It is published")

	h.hear(crossing.Pair{Code: "P-7KAD", Version: 99, Mentor: mentor(3), Service: "mentoring", Cohort: "fellow", Registered: "2021-10-20"})
	olu.Open("/review/returns/")
	olu.Follow(name)
	olu.Says("What has changed since", "Matches in the period: fellow")
	olu.Press("Make a correction")
	olu.Says("Enter why it is corrected")
	olu.Seen("correction-without-reason")
	olu.Fill("Why it is corrected", "One meeting was not held")
	olu.Press("Make a correction")
	oda.Open("/review/returns/")
	oda.Follow(name)
	oda.Says("Correction to be confirmed", "One meeting was not held")
	oda.Seen("correction")
	oda.Press("Confirm and freeze it")
	oda.Says("Correction 1")
	oda.Seen("corrected")

	reader.Open("/review/returns/")
	reader.Follow(name)
	reader.Says("to the nearest 5", "corrected by fewer than 5 people")
	reader.Seen("published")

	// The ledger, with its pictures.
	olu.Open("/review/claims/")
	olu.Follow("2021/22: ledger")
	for label, text := range map[string]string{
		"Supplier": "Provider Ltd", "Invoice number": "INV-7", "Kind": "networking", "Day": "2 November 2021", "Sum without VAT": "£2,500", "Cohort": "Cohort 2", "What for": "An afternoon",
	} {
		olu.Fill(label, text)
	}
	olu.Press("Enter the invoice")
	olu.Says("It is entered", "Waits to be checked", "INV-7")
	olu.Seen("ledger")

	// The office's figures, for its own use and to publish.
	olu.Open("/review/figures")
	olu.Says("From received to trained", "Places by cohort", "Applications by week", "Money by month, Supporting Mentors Scheme, 2021/22")
	olu.Seen("figures")
	olu.Open("/review/figures/publish")
	olu.Seen("figures-publish")

	person := h.signIn("olu@example.org")
	for _, file := range []string{"return.pdf", "published.pdf", "return.csv"} {
		browsertest.Keep(t, file, []byte(person.get(quarter+"/"+file).text))
	}
}
