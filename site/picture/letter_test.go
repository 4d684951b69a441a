package picture

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

// TestLetters: the icon and the picture for links show the hub's letters on its colour, in the
// middle, and are the same each time.
func TestLetters(t *testing.T) {
	seen := map[string]string{}
	for _, letters := range []string{"H", "N", "GP", "É", "Ж", "8", "WW", "Q", "i"} {
		icon, err := Icon(letters, "#00527a")
		if err != nil || xml.Unmarshal(icon, new(struct{ XMLName xml.Name })) != nil || len(icon) > 1500 ||
			!strings.Contains(string(icon), `fill="#00527a"`) {
			t.Errorf("%s: %d bytes, %v: %s", letters, len(icon), err, icon)
		}
		share, err := Share(letters, "#00527a")
		if err != nil || len(share) > 12_000 {
			t.Fatalf("%s: %d bytes, %v", letters, len(share), err)
		}
		again, _ := Share(letters, "#00527a")
		if other := seen[string(share)]; other != "" || !bytes.Equal(share, again) {
			t.Errorf("%s looks as %q, or another time differently", letters, other)
		}
		seen[string(share)] = letters
		p, err := png.Decode(bytes.NewReader(share))
		if err != nil || p.Bounds().Dx() != 1200 || p.Bounds().Dy() != 630 {
			t.Fatalf("%s: %v", letters, err)
		}
		if got := color.NRGBAModel.Convert(p.At(0, 0)); got != (color.NRGBA{0, 0x52, 0x7a, 255}) {
			t.Errorf("%s stands on %v", letters, got)
		}
		left, right, top, bottom := 1200, 0, 630, 0
		for y := range 630 {
			for x := range 1200 {
				if p.(*image.Paletted).ColorIndexAt(x, y) > shades/2 {
					left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
				}
			}
		}
		if abs(left-(1199-right)) > 2 || abs(top-(629-bottom)) > 2 || bottom-top < 150 || right-left > 901 {
			t.Errorf("%s is not in the middle: %d to %d, %d to %d", letters, left, right, top, bottom)
		}
	}
	if _, err := Icon("日", "#00527a"); err == nil {
		t.Error("a letter was drawn that the typeface does not have")
	}
}

func abs(n int) int { return max(n, -n) }
