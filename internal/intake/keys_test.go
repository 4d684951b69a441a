package intake

import (
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/form"
)

func TestKeys(t *testing.T) {
	now := time.Date(2021, 9, 20, 9, 0, 0, 0, time.UTC)
	a := &application.Application{Reference: application.NewReference(&form.Definition{Prefix: "CC"})}
	key := newKey(a, forCookie, "", now.Add(time.Hour))
	ref, secret, ok := splitKey(key)
	if !ok || ref != a.Reference || !a.Keys.Opens(secret, forCookie, now) {
		t.Fatalf("%q does not open its application", key)
	}
	if a.Keys.Opens(secret, forResume, now) {
		t.Error("a cookie's key works as a link")
	}
	if a.Keys.Opens(secret, forCookie, now.Add(time.Hour)) {
		t.Error("a key works after it expired")
	}
	for range 20 {
		newKey(a, forCookie, "", now.Add(time.Hour))
		newKey(a, forResume, "one", now.Add(time.Hour))
		newKey(a, forResume, "two", now.Add(time.Hour))
	}
	if len(a.Keys) != 16 || a.Keys.Opens(secret, forCookie, now) {
		t.Errorf("%d keys kept, want eight cookies' and four of each letter", len(a.Keys))
	}
	for _, bad := range []string{"", ".", "CC-2C2C-2C2C", "CC-2C2C-2C2C.", "CC-2C2C-2C2C.short", "../../x." +
		strings.Repeat("A", 43), strings.Repeat("A", 1<<16)} {
		if _, _, ok := splitKey(bad); ok {
			t.Errorf("%.30q has the form of a key", bad)
		}
	}
}
