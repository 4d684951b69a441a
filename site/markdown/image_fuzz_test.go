package markdown

import "testing"

// FuzzImageSize: whatever an editor puts into the folder as a picture, a page gets a size that a
// browser can leave room for, or none.
func FuzzImageSize(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x05\x00\x00\x00\x03\x08\x02\x00\x00\x00"))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"))
	f.Add([]byte("\xff\xd8\xff\xc0\x00\x11\x08\x00\x01\x00\x01\x03"))
	f.Add([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 150"/>`))
	f.Add([]byte(`<svg width="1e308px" height="-5"/>`))
	f.Add([]byte(`<svg width="NaN" height="Inf"/>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if w, h, ok := imageSize(data); ok && (w < 1 || h < 1 || w > 1<<24 || h > 1<<24) {
			t.Errorf("%q is %d by %d", data, w, h)
		}
	})
}
