package picture

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// A JPEG is a series of segments, each with a marker: 0xFF and a byte for its kind.
const (
	startOfImage, endOfImage, startOfScan = 0xD8, 0xD9, 0xDA
	app0, app1, app2, app14, app15        = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
	comment                               = 0xFE
)

var (
	jfif    = []byte("JFIF\x00")
	exif    = []byte("Exif\x00\x00")
	profile = []byte("ICC_PROFILE\x00") // then the number of this part, and the number of parts
)

// bareJPEG leaves out the notes of cameras and programs, and everything after the picture, where
// telephones put films and second pictures.
func bareJPEG(data []byte) (b bare, err error) {
	if len(data) < 2 {
		return b, errBroken
	}
	b.data = append(make([]byte, 0, len(data)), data[:2]...)
	for at := 2; ; {
		// Bytes outside segments are the picture itself, in which 0xFF is written as 0xFF 0.
		next := at
		for next+1 < len(data) && (data[next] != 0xFF || data[next+1] == 0 || data[next+1] == 0xFF ||
			data[next+1] >= 0xD0 && data[next+1] <= 0xD7) {
			next++
		}
		if next+1 >= len(data) {
			return b, errBroken
		}
		b.data = append(b.data, data[at:next]...)
		kind := data[next+1]
		if kind == endOfImage {
			b.data = append(b.data, 0xFF, endOfImage)
			return b, nil
		}
		if next+4 > len(data) {
			return b, errBroken
		}
		end := next + 2 + int(binary.BigEndian.Uint16(data[next+2:]))
		if end < next+4 || end > len(data) {
			return b, errBroken
		}
		segment, says := data[next:end], data[next+4:end]
		at = end
		switch {
		case kind == app0 && bytes.HasPrefix(says, jfif) && len(says) >= 12: // without its small copy
			b.data = append(append(append(b.data, 0xFF, app0, 0, 16), says[:12]...), 0, 0)
			continue
		case kind == app1 && bytes.HasPrefix(says, exif):
			b.turned = turned(says[len(exif):])
		case kind == app2 && bytes.HasPrefix(says, profile) && len(says) > len(profile)+2:
			b.profile = append(b.profile, says[len(profile)+2:]...)
			b.data = append(b.data, segment...)
		case kind == app14, kind != comment && (kind < app0 || kind > app15): // 14 is Adobe's: how to read the colours
			b.data = append(b.data, segment...)
		}
	}
}

// withProfile puts a colour profile into a JPEG, split into parts of a segment's greatest size.
func withProfile(jpeg, icc []byte) []byte {
	const most = 65_000
	parts := slices.Collect(slices.Chunk(icc, most))
	if len(parts) == 0 || len(parts) > 255 {
		return jpeg
	}
	out := append([]byte(nil), jpeg[:2]...)
	for i, part := range parts {
		out = append(out, 0xFF, app2)
		out = binary.BigEndian.AppendUint16(out, uint16(2+len(profile)+2+len(part)))
		out = append(append(out, profile...), byte(i+1), byte(len(parts)))
		out = append(out, part...)
	}
	return append(out, jpeg[2:]...)
}

// turned reads from Exif how the camera was held: tag 0x112 of the first directory; 0 if there is
// none.
func turned(exif []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	if len(exif) < 8 {
		return 0
	}
	if exif[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(exif[4:]))
	if at+2 > int64(len(exif)) {
		return 0
	}
	entries := exif[at+2:]
	for range order.Uint16(exif[at:]) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == 0x112 {
			if way := int(order.Uint16(entries[8:])); way <= 8 {
				return way
			}
			return 0
		}
		entries = entries[12:]
	}
	return 0
}
