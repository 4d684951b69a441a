package picture

import (
	"bytes"
	"encoding/binary"
)

// A WebP has chunks like other RIFF files: four letters, a length, and that many bytes. The first
// byte of VP8X says which chunks there are.
const (
	webpHead               = 12
	hasXMP, hasExif, moves = 1 << 2, 1 << 3, 1 << 1
)

// bareWebP leaves out Exif and XMP.
func bareWebP(data []byte) (b bare, err error) {
	if len(data) < webpHead {
		return b, errBroken
	}
	end := 8 + int64(binary.LittleEndian.Uint32(data[4:]))
	if end > int64(len(data)) {
		return b, errBroken
	}
	b.data = append(make([]byte, 0, len(data)), data[:webpHead]...)
	for rest := data[webpHead:end]; len(rest) > 0; {
		if len(rest) < 8 {
			return b, errBroken
		}
		size := int64(binary.LittleEndian.Uint32(rest[4:]))
		whole := 8 + size + size%2
		if whole > int64(len(rest)) {
			return b, errBroken
		}
		kind, says, chunk := string(rest[:4]), rest[8:8+size], rest[:whole]
		rest = rest[whole:]
		switch kind {
		case "VP8X":
			if size < 10 {
				return b, errBroken
			}
			chunk = append([]byte(nil), chunk...)
			b.moves = chunk[8]&moves != 0
			chunk[8] &^= hasXMP | hasExif
		case "VP8 ": // its size can differ from the file's
			if size < 10 {
				return b, errBroken
			}
			b.pixels += int(binary.LittleEndian.Uint16(says[6:])&0x3FFF) * int(binary.LittleEndian.Uint16(says[8:])&0x3FFF)
		case "VP8L":
			if size < 5 {
				return b, errBroken
			}
			bits := binary.LittleEndian.Uint32(says[1:])
			b.pixels += int(bits&0x3FFF+1) * int(bits>>14&0x3FFF+1)
		case "ICCP":
			b.profile = says
		case "ALPH", "ANIM", "ANMF":
		case "EXIF":
			b.turned = turned(bytes.TrimPrefix(says, exif))
			continue
		default:
			continue
		}
		b.data = append(b.data, chunk...)
	}
	if b.pixels > mostPixels {
		return b, errBroken
	}
	binary.LittleEndian.PutUint32(b.data[4:], uint32(len(b.data)-8))
	return b, nil
}
