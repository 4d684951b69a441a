package record_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"traininghub/internal/record"
)

// FuzzSplitKey: a key from a cookie or an address splits into what it was made of, or is not a key;
// and a text that is not the secret opens nothing.
func FuzzSplitKey(f *testing.F) {
	text, hash := record.NewSecret()
	f.Add("SM-2C2C-2C2C." + text)
	f.Add("staff-1.2." + text + "=")
	f.Add(strings.Repeat(".", 50))
	f.Add("SM-2C2C-2C2C." + strings.Repeat("A", 42) + "\n")
	f.Fuzz(func(t *testing.T, key string) {
		id, secret, ok := record.SplitKey(key)
		if !ok {
			return
		}
		if len(secret) != 32 || !strings.HasPrefix(key, id+".") {
			t.Fatalf("%q is %q and %x", key, id, secret)
		}
		id2, again, ok := record.SplitKey(id + "." + strings.TrimPrefix(key, id+"."))
		if !ok || id2 != id || !bytes.Equal(again, secret) {
			t.Errorf("%q is %q and %x, and then %q and %x", key, id, secret, id2, again)
		}
		keys := record.Keys{{Hash: hash, For: "a"}, {For: "a"}, {Hash: secret, For: "a"}}
		if strings.HasSuffix(key, text) == (keys.Find(secret, "a", time.Time{}) == nil) {
			t.Errorf("%q opens what it must not, or not what it must", key)
		}
	})
}
