package claim_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
)

// sweep does the hourly work, and returns the letters' recipients with their texts.
func (h *hub) sweep(at time.Time) (letters []string) {
	h.t.Helper()
	h.clock = at
	h.box = nil
	for _, story := range h.desk.Stories { // one by one, since the brake stops the office's sweep when a clock jumps
		if _, err := story.Sweep(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
	}
	h.deliver()
	for _, m := range h.box {
		letters = append(letters, m.To+": "+m.Subject+"\n"+m.Text)
	}
	slices.Sort(letters)
	return letters
}

func london(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, course.London)
	if err != nil {
		panic(err)
	}
	return t
}

// TestReminders: a claimant is reminded once of each thing to come, and never of what they have
// done. Officers are told what waits, on working days; payers of a batch without an answer.
func TestReminders(t *testing.T) {
	h := newHub(t, false)
	says := func(at string, want ...string) {
		t.Helper()
		got := h.sweep(london(at))
		for i, w := range want {
			to, text, _ := strings.Cut(w, ": ")
			if i >= len(got) || !strings.HasPrefix(got[i], to) || !strings.Contains(got[i], text) {
				t.Fatalf("%s: letters %d, without %q:\n%s", at, len(got), w, strings.Join(got, "\n---\n"))
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%s: %d letters, not %d:\n%s", at, len(got), len(want), strings.Join(got, "\n---\n"))
		}
	}
	says("2021-12-01 07:59")
	says("2021-12-01 08:00", "ada@example.org: You can claim £1,156 from the Supporting Mentors Scheme for November 2021")
	says("2021-12-02 09:00")
	says("2021-12-24 09:00", "ada@example.org: There are 5 days left: it is on time until Tuesday 28 December 2021")
	says("2021-12-29 09:00", "ada@example.org: It is late now.")
	says("2022-01-02 09:00") // nothing was logged for December
	says("2022-03-16 09:00", "ada@example.org: The year closes in 30 days. After Thursday 14 April 2022 nothing")
	// After a few days' standstill the latest reminder goes once, and not all those before.
	says("2022-04-05 09:00", "ada@example.org: closes in 10 days")
	says("2022-04-12 09:00", "ada@example.org: closes in 3 days")
	says("2022-04-16 09:00")

	h = newHub(t, false)
	h.sweep(london("2021-12-01 09:00"))
	ada := h.signIn("ada@example.org")
	_, page := ada.get(november)
	v := url.Values{}
	for _, k := range regexp.MustCompile(`name="line" type="checkbox" value="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		v.Add("line", k[1])
	}
	ada.post(november, v)
	says("2021-12-02 09:00", "checker-one@example.org: lines to check: 4", "checker-two@example.org: lines to check: 4")
	says("2021-12-02 15:00")
	says("2021-12-04 09:00") // a Saturday
	checker := h.signIn("checker-one@example.org")
	_, page = checker.get("/review/claims/schemes/supporting-mentors/years/2021-22/lines/submitted")
	account := regexp.MustCompile(`/review/claims/accounts/[a-z0-9.-]+`).FindString(page)
	checker.post(account+"/check", url.Values{"line": {"1", "2", "3", "4"}})
	says("2021-12-06 09:00", "approver-one@example.org: lines to approve: 4",
		"approver-two@example.org: lines to approve: 4")
	approver, payer := h.signIn("approver-one@example.org"), h.signIn("payer-one@example.org")
	for n := range 4 {
		approver.post(account+"/lines", url.Values{"do": {string(rune('1'+n)) + " approve"}})
	}
	for _, b := range []*browser{payer, approver} {
		b.post(account+"/vendor", url.Values{"ref": {"000777"}})
	}
	got := h.sweep(london("2021-12-07 09:00"))
	if len(got) != 2 || !strings.Contains(got[0]+got[1], "something was approved") || !strings.Contains(got[0]+got[1],
		"was set or changed") {
		t.Fatalf("after the approval:\n%s", strings.Join(got, "\n---\n"))
	}
	h.clock = london("2021-12-14 10:00")
	approver = h.signIn("approver-one@example.org")
	status, page := approver.post("/review/claims/schemes/supporting-mentors/years/2021-22/batch",
		url.Values{"count": {"4"}, "sum": {"£1,156"}})
	approver.holds("the batch", status, page, "Batch 2021/22-01")
	says("2021-12-15 09:00", "payer-one@example.org: Batch 2021/22-01", "payer-two@example.org: Batch 2021/22-01")
	says("2021-12-29 09:00") // 8 working days: Christmas lies between
	says("2022-01-04 11:00", "payer-one@example.org: was made 12 working days ago",
		"payer-two@example.org: was made 12 working days ago")
	says("2022-01-05 11:00")
}

// TestSuspended: lines approved for a mentor who is then suspended wait, and go on afterwards for
// the other days.
func TestSuspended(t *testing.T) {
	h := newHub(t, false)
	ada, checker := h.signIn("ada@example.org"), h.signIn("checker-one@example.org")
	_, page := ada.get(november)
	v := url.Values{}
	for _, k := range regexp.MustCompile(`name="line" type="checkbox" value="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		v.Add("line", k[1])
	}
	ada.post(november, v)
	_, page = checker.get("/review/claims/schemes/supporting-mentors/years/2021-22/lines/submitted")
	account := regexp.MustCompile(`/review/claims/accounts/[a-z0-9.-]+`).FindString(page)
	checker.post(account+"/check", url.Values{"line": {"1", "2", "3", "4"}})
	approver, payer := h.signIn("approver-one@example.org"), h.signIn("payer-one@example.org")
	for n := range 4 {
		approver.post(account+"/lines", url.Values{"do": {string(rune('1'+n)) + " approve"}})
	}
	for _, b := range []*browser{payer, approver} {
		b.post(account+"/vendor", url.Values{"ref": {"000777"}})
	}
	h.clock = london("2021-12-14 10:00")
	standing := crossing.Standing{
		Mentor: "SM-2C2C-2C2C", Version: 2, Agreed: "2021-10-01", Plan: "2021-10-04",
		Suspended: []crossing.Period{{From: "2021-11-09"}},
	}
	h.hear(standing)
	approver = h.signIn("approver-one@example.org")
	const batch = "/review/claims/schemes/supporting-mentors/years/2021-22/batch"
	status, page := approver.get(batch)
	approver.holds("while suspended", status, page, "the mentor is suspended, or was on that day")
	if status, _ := approver.post(batch, url.Values{"count": {"4"}, "sum": {"£1,156"}}); status != 422 {
		t.Errorf("paid while suspended: %d", status)
	}
	standing.Version, standing.Suspended[0].Until = 3, "2021-11-16"
	h.hear(standing)
	status, page = approver.post(batch, url.Values{"count": {"2"}, "sum": {"£578"}})
	approver.holds("afterwards", status, page, "Batch 2021/22-01", "£578")
}

// TestLeftEarly: the account says that a mentor left before a year was over, from the day on which
// mentoring reports it.
func TestLeftEarly(t *testing.T) {
	h := newHub(t, false)
	ada, checker := h.signIn("ada@example.org"), h.signIn("checker-one@example.org")
	_, page := ada.get(november)
	ada.post(november, url.Values{"line": {regexp.MustCompile(`name="line" type="checkbox" value="([^"]+)"`).FindStringSubmatch(page)[1]}})
	_, page = checker.get("/review/claims/schemes/supporting-mentors/years/2021-22/lines/submitted")
	account := regexp.MustCompile(`/review/claims/accounts/[a-z0-9.-]+`).FindString(page)
	if _, page = checker.get(account); strings.Contains(page, "They left early") {
		t.Error("they have not left")
	}
	h.hear(crossing.Standing{Mentor: "SM-2C2C-2C2C", Version: 2, Agreed: "2021-10-01", Plan: "2021-10-04", Left: "2022-09-30"})
	status, page := checker.get(account)
	checker.holds("who leaves early", status, page, "They took part from 1 October 2021 to 30 September 2022, and the scheme asks for 12 months")
	h.hear(crossing.Standing{Mentor: "SM-2C2C-2C2C", Version: 3, Agreed: "2021-10-01", Plan: "2021-10-04", Left: "2022-10-01"})
	if _, page = checker.get(account); strings.Contains(page, "They left early") {
		t.Error("they stayed a year")
	}
}
