package returns_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"traininghub/internal/browsertest"
	"traininghub/internal/crossing"
	"traininghub/internal/page"
	"traininghub/site/look"
)

// shots is where TestBrowser keeps its pictures: go test ./internal/web/returns -run Browser -shots
// /tmp/shots
var shots = flag.String("shots", "", "folder in which TestBrowser keeps a picture of each page at each width, and the PDFs")

// TestBrowser: a return is made, confirmed, published and corrected by two people of the office,
// and read by a reader, by the keyboard and without a script. No page breaks a rule at either
// width.
func TestBrowser(t *testing.T) {
	content, templates := os.DirFS("../../../content"), os.DirFS("../../../templates")
	site, _ := page.LoadSite(content)
	of, err := look.Of(site, templates, "../../../node_modules")
	if err != nil {
		t.Fatal(err)
	}
	style, err := look.Make(of, site, templates, "../../../node_modules")
	if err != nil {
		t.Fatal(err)
	}
	h := newHub(t, style.Assets, style.Files)
	browser := browsertest.Start(t)
	seen := func(b *browsertest.Tab, name string) {
		t.Helper()
		b.Clean(name)
		b.Shoot(*shots, name)
	}
	signIn := func(email string) *browsertest.Tab {
		t.Helper()
		b := browser.Tab(h.server.URL)
		b.Open("/review/sign-in")
		b.Fill("Your email address", email)
		b.Press("Email me a link")
		b.Open(h.link(email))
		b.Press("Sign in")
		return b
	}
	const name = "Quarter 3 of 2021/22, October 2021 to December 2021"
	olu, oda, reader := signIn("olu@example.org"), signIn("oda@example.org"), signIn("icb-reader@example.org")
	reader.At("Returns")
	seen(reader, "reader-nothing")
	olu.Open("/review/returns/")
	seen(olu, "returns")
	olu.Follow(name)
	olu.At("Return, " + name)
	seen(olu, "not-made")
	olu.Press("Make the return")
	olu.Says("A second person has to confirm it", "somebody else of the office")
	seen(olu, "made")

	oda.Open("/review/returns/")
	oda.Follow(name)
	seen(oda, "to-confirm")
	oda.Press("Confirm and freeze it")
	oda.Says("The return is frozen", "Nothing: neither a figure, nor anything that they were worked out from.")
	seen(oda, "frozen")
	oda.Press("Publish it")
	oda.Says("It is published")

	h.hear(crossing.Pair{Code: "P-7KAD", Version: 99, Mentor: mentor(3), Service: "mentoring", Cohort: "fellow", Registered: "2021-10-20"})
	olu.Open("/review/returns/")
	olu.Follow(name)
	olu.Says("What has changed since", "Matches in the period: fellow")
	olu.Press("Make a correction")
	olu.Says("Enter why it is corrected")
	seen(olu, "correction-without-reason")
	olu.Fill("Why it is corrected", "One meeting was not held")
	olu.Press("Make a correction")
	oda.Open("/review/returns/")
	oda.Follow(name)
	oda.Says("Correction to be confirmed", "One meeting was not held")
	seen(oda, "correction")
	oda.Press("Confirm and freeze it")
	oda.Says("Correction 1")
	seen(oda, "corrected")

	reader.Open("/review/returns/")
	reader.Follow(name)
	reader.Says("to the nearest 5", "corrected by fewer than 5 people")
	seen(reader, "published")

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
	seen(olu, "ledger")

	// The office's figures, for its own use and to publish.
	olu.Open("/review/figures")
	olu.Says("From received to trained", "Places by cohort", "Applications by week", "Money by month, Supporting Mentors Scheme, 2021/22")
	seen(olu, "figures")
	olu.Open("/review/figures/publish")
	seen(olu, "figures-publish")

	if *shots == "" {
		return
	}
	person := h.signIn("olu@example.org")
	for _, file := range []string{"return.pdf", "published.pdf", "return.csv"} {
		if err := os.WriteFile(filepath.Join(*shots, file), []byte(person.get(quarter+"/"+file).text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
