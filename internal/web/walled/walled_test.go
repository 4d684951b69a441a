package walled

import (
	"slices"
	"strings"
	"testing"

	"traininghub/internal/behind"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

// TestBehind compares the list of the addresses behind the wall with the table of addresses: an
// editor could make a page at a missing one, which nobody could open.
func TestBehind(t *testing.T) {
	server := &web.Server{Settings: web.Settings{Site: new(page.Site)}}
	below := map[string]bool{}
	for _, r := range server.Table(Pages(new(behind.Stories), nil)...) {
		_, path, ok := strings.Cut(r.Pattern, " ")
		if !ok {
			continue // every other address
		}
		at := slices.IndexFunc(page.Behind, func(below string) bool { return strings.HasPrefix(path+"/", below) })
		if at < 0 || !page.Own(path) && !page.Own(path+"/") {
			t.Errorf("%s is not among the hub's own addresses", r.Pattern)
			continue
		}
		below[page.Behind[at]] = true
	}
	for _, at := range page.Behind {
		if at != "/mentoring/sign-in" && at != "/mentoring/sign-out" && !below[at] {
			t.Errorf("nothing answers below %s", at)
		}
	}
	if len(below) == 0 {
		t.Error("there are no addresses")
	}
}
