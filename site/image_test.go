package site

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestPictures: a page shows each picture resized, at an address that depends on its contents,
// while editors use its name. Resized pictures are kept for the next run.
func TestPictures(t *testing.T) {
	content := readArchive(t, "testdata/hub.txt").fs()
	var large, moving bytes.Buffer
	if err := png.Encode(&large, image.NewGray(image.Rect(0, 0, 2560, 20))); err != nil {
		t.Fatal(err)
	}
	from := sources(content)
	frame := image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{color.White})
	if err := gif.EncodeAll(&moving, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{9, 9}}); err != nil {
		t.Fatal(err)
	}
	content["images/Room-1.png"] = &fstest.MapFile{Data: slices.Clone(large.Bytes())}
	content["images/hand.gif"] = &fstest.MapFile{Data: moving.Bytes()}
	about := content["pages/about.md"]
	content["pages/about.md"] = &fstest.MapFile{Data: append(slices.Clone(about.Data),
		"\n![Our room](/images/Room-1.png) ![A hand that waves](/images/hand.gif)\n\n[The room alone](/images/Room-1.png)\n"...)}
	file := filepath.Join(t.TempDir(), "cache")
	build := func() (*Cache, Output) {
		t.Helper()
		k := Open(file)
		s, _ := k.Load(from)
		out, faults := s.Render(t.Context(), day)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		if err := k.Save(); err != nil {
			t.Fatal(err)
		}
		return k, out
	}
	_, out := build()
	src := regexp.MustCompile(`<img src="/(assets/Room-1-[0-9A-F]{8}\.png)" alt="Our room" class="nhsuk-image__img" width="1280" height="10"`)
	m := src.FindSubmatch(out["about/index.html"])
	if m == nil || !bytes.Contains(out["about/index.html"], []byte(`<a href="/images/Room-1.png">`)) {
		t.Fatalf("the page has no such picture: %s", out["about/index.html"])
	}
	shown := out[string(m[1])]
	if c, _, err := image.DecodeConfig(bytes.NewReader(shown)); err != nil || c.Width != 1280 ||
		!bytes.Equal(shown, out["images/Room-1.png"]) {
		t.Errorf("the picture is %d wide, %v", c.Width, err)
	}
	for name, style := range out { // a picture with its size in attributes would be distorted
		if strings.HasSuffix(name, ".css") && !bytes.Contains(style, []byte("nhsuk-image__img{width:auto;max-width:100%;height:auto}")) {
			t.Errorf("%s has no rule for pictures that are wider than a phone", name)
		}
	}
	// The next run finds both and decodes neither, because it trusts what is kept.
	k := Open(file)
	k.openAlbum(1)
	if len(k.album) != 2 {
		t.Errorf("%d pictures are kept", len(k.album))
	}
	for sum, f := range k.album {
		f.Picture.Data = []byte("kept")
		k.album[sum] = f
	}
	s, _ := k.Load(from)
	if kept := string(s.fixed["images/hand.gif"]); kept != "kept" {
		t.Errorf("the picture was made again: %q", kept)
	}
	// A changed picture gets another address, and a removed one is not kept any longer.
	large.Reset()
	if err := png.Encode(&large, frame); err != nil {
		t.Fatal(err)
	}
	content["images/Room-1.png"] = &fstest.MapFile{Data: large.Bytes()}
	delete(content, "images/hand.gif")
	content["pages/about.md"].Data = bytes.Replace(content["pages/about.md"].Data, []byte("![A hand that waves](/images/hand.gif)"), nil, 1)
	k, out = build()
	if out[string(m[1])] != nil || len(k.used) != 1 {
		t.Errorf("the old picture is still there; %d are used", len(k.used))
	}
	again := Open(file)
	again.openAlbum(1)
	if len(again.album) != 1 {
		t.Errorf("%d pictures are kept, want 1", len(again.album))
	}
}
