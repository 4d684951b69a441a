package course

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for _, line := range []string{"", "short", strings.Repeat("x", 75), strings.Repeat("x", 76),
		strings.Repeat("x", 149), strings.Repeat("x", 150), strings.Repeat("é", 100), "x" + strings.Repeat("😀", 60)} {
		var b bytes.Buffer
		fold(&b, line)
		if got := strings.ReplaceAll(b.String(), "\r\n ", ""); got != line+"\r\n" {
			t.Errorf("%q: unfolded it is %q", line, got)
		}
		for part := range strings.Lines(b.String()) {
			if len(part) > 77 || !utf8.ValidString(part) {
				t.Errorf("%q: there is a part of %d octets, %q", line, len(part)-2, part)
			}
		}
	}
}
