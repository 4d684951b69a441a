package compare_test

import (
	"log/slog"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"traininghub/internal/browsertest"
	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/letters"
	"traininghub/internal/office"
	"traininghub/internal/web"
	"traininghub/internal/web/compare"
	"traininghub/site"
	"traininghub/site/testdata/bench/synthetic"
)

// TestBrowser: in a hub of 62 courses, one of which has everything that a course can have, a reader
// uses plain links from the home page through the catalogue, chooses two courses and sees them side
// by side, and finds the dates of a month: by the keyboard, without a script. With scripts, the
// search finds courses and leads to the same comparison. No page breaks a rule of accessibility at
// 1280 or 320 pixels, or scrolls sideways.
func TestBrowser(t *testing.T) {
	dir := t.TempDir()
	if err := synthetic.Catalogue(dir, 60); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS("../../../site/testdata/audit/everything")); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2021, 9, 20, 9, 0, 0, 0, course.London)
	made, files := browsertest.Site(t, site.Sources{Content: os.DirFS(dir), Letters: letters.All(), Drafts: true}, now)
	desk := &intake.Desk{Programme: made.Programme, Now: func() time.Time { return now }}
	handler, err := web.New(web.Settings{Office: office.New(desk), Pages: made.Pages, Site: made.Hub,
		Log: slog.New(slog.DiscardHandler)}, compare.Routes)
	if err != nil {
		t.Fatal(err)
	}
	served := browsertest.Serve(t, files, handler, compare.Address)
	b := browsertest.Start(t).Tab(served)

	b.Open("/")
	b.At("Training for GPs")
	b.Seen("home")
	b.Follow("All 62 courses")
	b.At("All courses")
	b.Says("62 courses. You can apply for 55 now. Page 1 of 6.")
	b.Seen("catalogue")
	b.Press("Compare")
	b.Says("There is a problem", "Choose 2 to 4 courses to compare", "You chose no course.")
	b.Seen("compare-none")
	b.Follow("Choose other courses")
	b.Follow("Coaching")
	b.At("Courses about Coaching")
	b.Seen("topic")
	listed := made.Programme.Courses
	var titles []string
	for _, c := range listed {
		if len(c.Topics) > 0 && c.Topics[0] == "Coaching" && c.Accepts(now) && len(titles) < 2 {
			titles = append(titles, c.Title)
		}
	}
	for _, title := range titles {
		b.Tick("Compare " + title)
	}
	b.Press("Compare")
	b.At("Compare the courses that you chose")
	b.Says(titles...)
	b.Says("Cost and payment", "In person")
	b.Back()
	b.Ticked("Compare "+titles[0], "Compare "+titles[1])
	b.Press("Compare")
	b.Seen("compare")
	b.Follow(titles[0])
	b.At(titles[0])
	b.Seen("course")
	b.Follow("what boxes look like")
	b.At("Everything that a text can have")
	b.Seen("boxes")
	b.Open("/courses/everything/eligibility/")
	b.Says("Apply by 5pm on Friday 15 October 2021")
	b.Seen("eligibility")
	b.Open("/courses/being-written/")
	b.Says("draft")
	b.Seen("draft")
	b.Open("/courses/course-00018/")
	b.Says("Finished", "Look for another course")
	b.Seen("over")
	b.Open("/dates/")
	b.Follow("November 2021")
	b.At("Dates in November 2021")
	b.Seen("month")

	b.Scripts(true)
	b.Open("/catalogue/")
	// Not every browser gives the focus to what opens the filters.
	browsertest.Run(b, "opening the filters", chromedp.Evaluate[bool]("document.querySelector('.hub-find details').open = true"))
	b.Await("Opens later")
	b.Fill("Search the courses", "coachi")
	b.Await(" for this search")
	b.Await("Show all courses")
	b.Seen("search")
	b.Pick("Applications", "You can apply now")
	for _, title := range titles {
		b.Tick("Compare " + title)
	}
	b.Press("Compare")
	b.At("Compare the courses that you chose")
	b.Says(titles...)
	b.Back()
	b.Await(" for this search")
	b.Ticked("Compare "+titles[0], "Compare "+titles[1])
	b.Follow("Online")
	b.Await("You chose 2 courses on other pages.")
	b.Seen("chosen elsewhere")
	b.Follow("Next: Page 2 of 2")
	b.Press("Compare")
	b.Says(titles...)
	b.Follow("Choose other courses")
	b.Await("Take back what you chose")
	b.Open("/catalogue/?q=n%C3%B3thing-like-this")
	b.Await("No course for this search.")
	b.Open("/catalogue/?topic=99&q=" + url.QueryEscape(titles[0]))
	b.Await("1 course for this search.")
}
