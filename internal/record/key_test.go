package record

import (
	"testing"
	"time"
)

func TestKeys(t *testing.T) {
	var k Keys
	open := func(text, purpose string, when time.Time) bool {
		secret, ok := ReadSecret(text)
		return ok && k.Opens(secret, purpose, when)
	}
	first := k.New("read", "", at.Add(time.Hour))
	if !open(first, "read", at) || open(first, "write", at) || open(first, "read", at.Add(time.Hour)) {
		t.Error("a key opens for something else, or for longer, or not at all")
	}
	mailed := k.New("read", "letter-1", time.Time{})
	if !open(mailed, "read", at.AddDate(9, 0, 0)) {
		t.Error("a key without an end has ended")
	}
	var last string
	for range 20 {
		last = k.New("read", "", at.Add(time.Hour))
	}
	if open(first, "read", at) || !open(last, "read", at) || !open(mailed, "read", at) || len(k) != deviceKeys+1 {
		t.Errorf("%d keys, or not the newest devices and the letter's", len(k))
	}
	k.Drop(func(k Key) bool { return k.Letter != "" })
	if open(mailed, "read", at) {
		t.Error("a key that was dropped opens")
	}
}

func TestSplitKey(t *testing.T) {
	secret, hash := NewSecret()
	for _, want := range []string{"TO-2C3D-4F5H", "toy.1"} {
		if id, got, ok := SplitKey(want + "." + secret); !ok || id != want || string(Hash(got)) != string(hash) {
			t.Errorf("id %q, ok %v, want %q", id, ok, want)
		}
	}
	for _, bad := range []string{"", "toy.1", "toy.1.", "toy.1." + secret[1:], "toy.1." + secret + "x", secret} {
		if _, _, ok := SplitKey(bad); ok {
			t.Errorf("%q is a key", bad)
		}
	}
}

// TestOneSpelling: the last letter of a secret has two bits without meaning. A text with those bits
// set is not the one that was given out, so it is not the secret.
func TestOneSpelling(t *testing.T) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	text, _ := NewSecret()
	read := 0
	for _, last := range letters {
		if _, ok := ReadSecret(text[:len(text)-1] + string(last)); ok {
			read++
		}
	}
	if read != 16 {
		t.Errorf("%d last letters are read, want the 16 that hold four bits", read)
	}
}
