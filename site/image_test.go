package site

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"
)

func TestImageSize(t *testing.T) {
	picture := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.White, color.Black})
	var asPNG, asJPEG, asGIF bytes.Buffer
	for _, err := range []error{png.Encode(&asPNG, picture), jpeg.Encode(&asJPEG, picture, nil), gif.Encode(&asGIF, picture, nil)} {
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
	for name, data := range map[string]string{"per cent": `<svg width="100%" height="100%"/>`, "text": "not really a picture", "nothing": ""} {
		if w, h, ok := imageSize([]byte(data)); ok {
			t.Errorf("%s: %d x %d", name, w, h)
		}
	}

	content := readArchive(t, "testdata/hub.txt").fs()
	content["images/room.png"] = &fstest.MapFile{Data: asPNG.Bytes()}
	content["pages/about.md"].Data = append(content["pages/about.md"].Data, "\n![Our room](/images/room.png)\n"...)
	s, _ := load(t, content)
	out, faults := s.Render(t.Context(), day)
	if faults != nil {
		t.Fatal(faults)
	}
	page := string(out["about/index.html"])
	for _, want := range []string{` width="30"`, ` height="20"`} {
		if i := strings.Index(page, "<img "); i < 0 || !strings.Contains(page[i:i+strings.IndexByte(page[i:], '>')], want) {
			t.Errorf("the picture has not%s", want)
		}
	}
}
