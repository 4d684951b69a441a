package markdown

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"traininghub/internal/source"
)

func TestImageSize(t *testing.T) {
	picture := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.White, color.Black})
	var asPNG, asJPEG, asGIF bytes.Buffer
	for _, err := range []error{png.Encode(&asPNG, picture), jpeg.Encode(&asJPEG, picture, nil),
		gif.Encode(&asGIF, picture, nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range map[string]string{
		"png": asPNG.String(), "jpeg": asJPEG.String(), "gif": asGIF.String(),
		"svg":     `<svg xmlns="http://www.w3.org/2000/svg" width="30px" height="19.6"><path d="M0 0"/></svg>`,
		"viewBox": `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"/>`,
	} {
		if w, h, ok := imageSize([]byte(data)); w != 30 || h != 20 || !ok {
			t.Errorf("%s: %d x %d, %v", name, w, h, ok)
		}
	}
	for name, data := range map[string]string{"per cent": `<svg width="100%" height="100%"/>`,
		"text": "not really a picture", "nothing": ""} {
		if w, h, ok := imageSize([]byte(data)); ok {
			t.Errorf("%s: %d x %d", name, w, h)
		}
	}

	o := facts(nil)
	o.Images = map[string][]byte{"images/room.png": asPNG.Bytes()}
	text, faults := Read(source.File{Body: []byte("![Our room](/images/room.png)"), BodyLine: 1}, o)
	html, err := text.HTML(nil)
	if faults != nil || err != nil ||
		!strings.Contains(string(html),
			`<img src="/images/room.png" alt="Our room" class="nhsuk-image__img" width="30" height="20"`) {
		t.Errorf("faults %v, error %v, got %s", faults, err, html)
	}
}
