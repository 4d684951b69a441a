package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"
)

// secret is in every part of a file that is not the picture, and must not be in anything published.
const secret = "51.5007N 0.1246W Alex"

// photo returns a picture that compresses as badly as one of a room.
func photo(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < len(p.Pix); i += 4 {
		x, y := i/4%w, i/4/w
		p.Pix[i], p.Pix[i+1], p.Pix[i+2], p.Pix[i+3] = byte(x*255/w)^byte(r.IntN(16)), byte(y*255/h), byte(r.IntN(64)), 255
	}
	return p
}

func asJPEG(p image.Image) []byte {
	var b bytes.Buffer
	jpeg.Encode(&b, p, &jpeg.Options{Quality: 90})
	return b.Bytes()
}

func asPNG(p image.Image) []byte {
	var b bytes.Buffer
	png.Encode(&b, p)
	return b.Bytes()
}

// tiff returns Exif data with the camera's orientation and a secret.
func tiff(way uint16) string {
	b := []byte("MM\x00*\x00\x00\x00\x08\x00\x02")
	b = append(b, "\x01\x0f\x00\x02\x00\x00\x00\x10\x00\x00\x00\x26"...) // the camera's maker
	b = append(b, "\x01\x12\x00\x03\x00\x00\x00\x01"...)
	b = binary.BigEndian.AppendUint16(b, way)
	return string(b) + "\x00\x00\x00\x00\x00\x00" + secret
}

func segment(kind byte, says string) string {
	return string([]byte{0xFF, kind, byte((len(says) + 2) >> 8), byte(len(says) + 2)}) + says
}

// noted returns a JPEG with everything that cameras and programs add to it.
func noted(jpeg []byte, way uint16) []byte {
	small := "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01" + secret[:3]
	return []byte("\xFF\xD8" + segment(app0, small) + segment(app0, "JFXX\x00"+secret) +
		segment(app1, "Exif\x00\x00"+tiff(way)) + segment(app1, "http://ns.adobe.com/xap/1.0/\x00"+secret) +
		segment(app2, "ICC_PROFILE\x00\x01\x02pro") + segment(app2, "ICC_PROFILE\x00\x02\x02file") +
		segment(app2, "MPF\x00"+secret) + segment(0xED, "Photoshop 3.0\x00"+secret) + segment(comment, secret) +
		string(jpeg[2:]) + "\xFF\xD8" + secret)
}

func chunk(kind, says string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(says)))
	b = append(append(b, kind...), says...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

// notedPNG returns a PNG with texts, a time and Exif data after its first chunk.
func notedPNG(data []byte, way uint16) []byte {
	more := chunk("tEXt", "Author\x00"+secret) + chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+secret) +
		chunk("zTXt", "Comment\x00\x00"+secret) + chunk("tIME", "1234567") + chunk("eXIf", tiff(way))
	return []byte(string(data[:33]) + more + string(data[33:]) + secret)
}

func riff(chunks ...string) []byte {
	all := "WEBP" + strings.Join(chunks, "")
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(all))), all...)
}

func webpChunk(kind, says string) string {
	head := string(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(says))))
	return head + says + strings.Repeat("\x00", len(says)%2)
}

// webp returns a WebP of one colour and any size. A single colour needs no bits.
func webp(w, h int, more ...string) []byte {
	one, _ := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	says := bytes.Clone(one[20:33])
	bits := binary.LittleEndian.Uint32(says[1:])
	binary.LittleEndian.PutUint32(says[1:], bits&^(1<<28-1)|uint32(w-1)|uint32(h-1)<<14)
	x := string([]byte{0x2c, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), 0, byte(h - 1), byte((h - 1) >> 8), 0})
	return riff(append([]string{webpChunk("VP8X", x), webpChunk("ICCP", "profile"), webpChunk("VP8L", string(says))}, more...)...)
}

func decoded(t *testing.T, p Picture) image.Image {
	t.Helper()
	i, kind, err := image.Decode(bytes.NewReader(p.Data))
	if is := strings.Replace(kind, "jpeg", "jpg", 1); err != nil || "."+is != p.Ending ||
		i.Bounds().Dx() != p.Width || i.Bounds().Dy() != p.Height {
		t.Fatalf("a %s of %d x %d, but %s, %v", p.Ending, p.Width, p.Height, kind, err)
	}
	return i
}

// TestOf: a published picture is small and upright, and contains nothing but the picture.
func TestOf(t *testing.T) {
	small, large := photo(300, 200), photo(1600, 1200)
	sixteen := image.NewNRGBA64(image.Rect(0, 0, 40, 30))
	sixteen.SetNRGBA64(3, 4, color.NRGBA64{65535, 300, 2, 4000})
	film := &gif.GIF{LoopCount: 3}
	for range 3 {
		film.Image = append(film.Image, image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.White, color.Black}))
		film.Delay = append(film.Delay, 10)
	}
	var moving bytes.Buffer
	if err := gif.EncodeAll(&moving, film); err != nil {
		t.Fatal(err)
	}
	talking := strings.Replace(moving.String(), "\x21\xFF", "\x21\xFE\x15"+secret+"\x00\x21\xFF\x0BXMP DataXMP\x15"+secret+"\x00\x21\xFF", 1)
	for _, c := range []struct {
		name, ending string
		data         []byte
		want         string
		profile      bool
		same         image.Image
	}{
		{"a small photograph", ".jpg", noted(asJPEG(small), 1), ".jpg 300 x 200", true, nil},
		{"a turned one", ".jpeg", noted(asJPEG(small), 6), ".jpg 200 x 300", true, nil},
		{"a large one", ".jpg", noted(asJPEG(large), 1), ".jpg 1280 x 960", true, nil},
		{"a large one, turned", ".jpg", noted(asJPEG(photo(300, 1500)), 8), ".jpg 1280 x 256", true, nil},
		{"a high one in grey", ".jpg", asJPEG(image.NewGray(image.Rect(0, 0, 10, 5120))), ".jpg 5 x 2560", false, nil},
		{"a drawing", ".png", notedPNG(asPNG(image.NewNRGBA(image.Rect(0, 0, 50, 40))), 1), ".png 50 x 40", false, nil},
		{"a drawing, turned", ".png", notedPNG(asPNG(image.NewNRGBA(image.Rect(0, 0, 50, 40))), 5), ".png 40 x 50", false, nil},
		{"16 bits a colour", ".png", asPNG(sixteen), ".png 40 x 30", false, sixteen},
		{"a large drawing", ".png", withChunk(asPNG(image.NewNRGBA(image.Rect(0, 0, 2560, 100))), []byte("profile")),
			".png 1280 x 50", true, nil},
		{"a photograph saved as a drawing", ".png", withChunk(asPNG(photo(1400, 350)), []byte("profile")), ".jpg 1280 x 320", true, nil},
		{"one that moves", ".gif", []byte(talking), ".gif 30 x 20", false, nil},
		{"a small WebP", ".webp", webp(60, 50, webpChunk("EXIF", tiff(1)), webpChunk("XMP ", secret), webpChunk("odd ", secret)),
			".webp 60 x 50", true, nil},
		{"a large WebP, turned", ".webp", webp(2560, 1000, webpChunk("EXIF", "Exif\x00\x00"+tiff(6))), ".png 1000 x 2560", true, nil},
	} {
		p, err := Of(c.ending, c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := decoded(t, p)
		if is := fmt.Sprintf("%s %d x %d", p.Ending, p.Width, p.Height); is != c.want {
			t.Errorf("%s: %s, want %s", c.name, is, c.want)
		}
		if bytes.Contains(p.Data, []byte(secret)) || bytes.Contains(p.Data, []byte(secret[:8])) {
			t.Errorf("%s tells who took it, or where", c.name)
		}
		bare, err := kinds[strings.Replace(p.Ending[1:], "jpg", "jpeg", 1)](p.Data)
		if err != nil || c.profile != (string(bare.profile) == "profile") || bare.turned > 0 {
			t.Errorf("%s: profile %q, turned %d, %v", c.name, bare.profile, bare.turned, err)
		}
		if c.same != nil && !bytes.Equal(asPNG(got), asPNG(c.same)) {
			t.Errorf("%s is another picture", c.name)
		}
		if len(p.Data) > Heavy {
			t.Errorf("%s has %d bytes", c.name, len(p.Data))
		}
		again, err := Of(p.Ending, p.Data)
		if err != nil || !bytes.Equal(again.Data, p.Data) {
			t.Errorf("%s: a published picture changes when it is made fit again: %v", c.name, err)
		}
	}
	p, _ := Of(".gif", []byte(talking))
	if all, err := gif.DecodeAll(bytes.NewReader(p.Data)); err != nil || len(all.Image) != 3 || all.LoopCount != 3 {
		t.Errorf("it does not move any more: %v", err)
	}
}

// inks returns a JPEG of 8 by 8 points with cyan, magenta, yellow and black, all at half strength.
func inks() []byte {
	data := string(asJPEG(image.NewGray(image.Rect(0, 0, 8, 8))))
	frame := strings.Index(data, "\xFF\xC0")
	scan := strings.Index(data, "\xFF\xDA")
	head := data[:frame] + segment(app14, "Adobe\x00\x64\x00\x00\x00\x00\x00") + segment(0xC0, "\x08\x00\x08\x00\x08\x04\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11\x00") +
		data[frame+13:scan]
	return []byte(head + segment(startOfScan, "\x04\x01\x00\x02\x00\x03\x00\x04\x00\x00\x3f\x00") + "\x28\xA2\x8A\xFF\xD9")
}

// TestInks: browsers show the colours of a picture made for printing differently, so it is
// converted for screens.
func TestInks(t *testing.T) {
	p, err := Of(".jpg", noted(inks(), 1))
	if err != nil {
		t.Fatal(err)
	}
	if c, _, _ := image.DecodeConfig(bytes.NewReader(p.Data)); c.ColorModel != color.YCbCrModel || bytes.Contains(p.Data, profile) {
		t.Errorf("it is still for a printer: %v", c)
	}
}

// TestTurn: a picture with a marked corner comes out upright, however the camera was held.
func TestTurn(t *testing.T) {
	for way, want := range map[uint16][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}} {
		from := image.NewNRGBA(image.Rect(0, 0, 40, 20))
		for i := range from.Pix {
			from.Pix[i] = 255
		}
		for x := range 5 {
			for y := range 5 {
				from.Set(x, y, color.Black)
			}
		}
		p, err := Of(".png", notedPNG(asPNG(from), way))
		if err != nil {
			t.Fatal(err)
		}
		got := decoded(t, p)
		dark := func(x, y int) bool {
			r, _, _, _ := got.At(x*(p.Width-1), y*(p.Height-1)).RGBA()
			return r < 1<<15
		}
		if (way > 4) != (p.Height > p.Width) || !dark(want[0], want[1]) {
			t.Errorf("turned %d: %d x %d, the mark is not at %v", way, p.Width, p.Height, want)
		}
	}
}

// TestRefused: a picture that cannot be shown correctly is refused at once, with advice.
func TestRefused(t *testing.T) {
	whole := asJPEG(photo(300, 200))
	bomb := asPNG(image.NewGray(image.Rect(0, 0, 1, 1)))
	says := "\x00\x00\xc3\x50\x00\x00\xc3\x50" + string(bomb[24:29])
	bomb = []byte(string(bomb[:8]) + chunk("IHDR", says) + string(bomb[33:]))
	film := &gif.GIF{Config: image.Config{Width: 2000, Height: 10}}
	for range 2 {
		film.Image = append(film.Image, image.NewPaletted(image.Rect(0, 0, 2000, 10), color.Palette{color.White, color.Black}))
		film.Delay = append(film.Delay, 10)
	}
	var wide bytes.Buffer
	if err := gif.EncodeAll(&wide, film); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, ending string
		data         []byte
		want         string
	}{
		{"50,000 by 50,000", ".png", bomb, "the picture has 50000 x 50000 pixels"},
		{"cut in the middle", ".jpg", whole[:len(whole)/2], "the picture is broken"},
		{"cut at the end", ".jpg", whole[:len(whole)-2], "the picture is broken"},
		{"a cut PNG", ".png", asPNG(photo(20, 20))[:200], "the picture is broken"},
		{"a cut WebP", ".webp", webp(20, 20)[:40], "the picture is broken"},
		{"a cut GIF", ".gif", wide.Bytes()[:wide.Len()-1], "the picture is broken"},
		{"another kind", ".png", whole, `the name ends in ".png", but this is a picture of the kind jpeg`},
		{"a wide one that moves", ".gif", wide.Bytes(), "the moving picture has 2000 x 10 pixels"},
		{"a WebP that says it is small", ".webp", riff(webpChunk("VP8X", "\x00\x00\x00\x00\x09\x00\x00\x09\x00\x00"),
			string(webp(16000, 16000)[12+18+8+8:])), "the picture is broken"},
		{"nothing", ".jpg", nil, "the picture is broken"},
		{"no picture", ".webp", []byte("not a picture"), "the picture is broken"},
		{"a program", ".svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "script"},
	} {
		p, err := Of(c.ending, c.data)
		var r Refusal
		if !errors.As(err, &r) || !errors.Is(err, ErrPicture) || !strings.Contains(r.What, c.want) || r.Do == "" {
			t.Errorf("%s: %d x %d, %v, want %q", c.name, p.Width, p.Height, err, c.want)
		}
	}
}

// TestDrawnSize: an SVG gives its size in one of several ways, or not at all.
func TestDrawnSize(t *testing.T) {
	for svg, want := range map[string][2]int{
		`width="30px" height="19.6"`: {30, 20}, `viewBox="0 0 30 20"`: {30, 20},
		`width="100%" height="100%"`: {}, `width="1e308px" height="-5"`: {}, `width="NaN" height="Inf"`: {}, ``: {},
	} {
		p, err := Of(".svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" `+svg+`/>`))
		if err != nil || p.Width != want[0] || p.Height != want[1] {
			t.Errorf("%s: %d x %d, %v", svg, p.Width, p.Height, err)
		}
	}
}

// FuzzOf: whatever an editor puts into the folder becomes a picture that browsers show, with its
// size, or is refused. A picture that goes through a second time stays the same.
func FuzzOf(f *testing.F) {
	small := photo(16, 9)
	for _, seed := range [][]byte{noted(asJPEG(small), 6), notedPNG(asPNG(small), 3), inks(), webp(16, 9, webpChunk("EXIF", tiff(2))),
		[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"), []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 150"/>`)} {
		for _, ending := range []string{".jpg", ".png", ".gif", ".webp", ".svg"} {
			f.Add(ending, seed)
		}
	}
	f.Fuzz(func(t *testing.T, ending string, data []byte) {
		if kind := strings.TrimPrefix(ending, "."); kinds[kind] == nil && kind != "svg" && kind != "jpg" {
			return
		}
		p, err := Of(ending, data)
		if err != nil || p.Ending == ".svg" {
			return
		}
		again, err := Of(p.Ending, p.Data)
		if err != nil || !bytes.Equal(again.Data, p.Data) || again.Width != p.Width || p.Width < 1 || p.Width > mostWide {
			t.Errorf("%s: %d x %d, then %d x %d, %v", p.Ending, p.Width, p.Height, again.Width, again.Height, err)
		}
	})
}
