package office

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/record"
)

// FuzzHeads: a file of heads that is accepted reads the same after being written again; a file that
// was cut off is not accepted.
func FuzzHeads(f *testing.F) {
	var whole bytes.Buffer
	h := Heads{"SM-2C2C-2C2C": {Sent: []byte{1}, Events: 3, Sum: []byte{2, 3}}, sealed: {Sent: []byte{9}, Events: 1, Sum: []byte{9}}}
	if err := h.Write(&whole); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.String())
	f.Add(headsVersion + "\nend 0\n")
	f.Add(headsVersion + "\na b 1 c\nend 1\n")
	f.Add(headsVersion + "\n" + strings.Repeat("x", 70000))
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ReadHeads(strings.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := h.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := ReadHeads(&b)
		same := func(a, b record.Head) bool {
			return a.Events == b.Events && slices.Equal(a.Sent, b.Sent) && slices.Equal(a.Sum, b.Sum)
		}
		if err != nil || !maps.EqualFunc(h, again, same) {
			t.Fatalf("%q is %v, and written again %v (%v)", text, h, again, err)
		}
		cut := strings.TrimRight(b.String(), "\n")
		if i := strings.LastIndexByte(cut, '\n'); i > 0 {
			if _, err := ReadHeads(strings.NewReader(cut[:i+1])); err == nil {
				t.Errorf("without its end, %q is a file of heads, too", text)
			}
		}
	})
}
