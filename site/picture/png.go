package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"
	"strings"
)

// chunksOfPNG are the chunks needed to show a PNG. The last three are for animation.
var chunksOfPNG = strings.Fields("IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT pHYs acTL fcTL fdAT")

const pngHead = 8 // bytes before the first chunk

// barePNG leaves out texts, times and Exif.
func barePNG(data []byte) (b bare, err error) {
	b.data = append(make([]byte, 0, len(data)), data[:min(pngHead, len(data))]...)
	for rest := data[len(b.data):]; len(rest) >= 12; {
		size := int64(binary.BigEndian.Uint32(rest))
		if size+12 > int64(len(rest)) {
			return b, errBroken
		}
		kind, says, chunk := string(rest[4:8]), rest[8:8+size], rest[:12+size]
		rest = rest[12+size:]
		if slices.Contains(chunksOfPNG, kind) {
			b.data = append(b.data, chunk...)
		}
		switch kind {
		case "eXIf":
			b.turned = turned(says)
		case "iCCP":
			b.profile = inflated(says)
		case "acTL":
			b.moves = true
		case "IEND":
			return b, nil
		}
	}
	return b, errBroken
}

// inflated is the colour profile in a chunk: a name, a zero, the method of compression, and the
// compressed profile. It is nil if it cannot be read, or is larger than any profile of a screen.
func inflated(chunk []byte) []byte {
	const most = 1 << 20
	_, packed, ok := bytes.Cut(chunk, []byte{0})
	if !ok || len(packed) < 2 {
		return nil
	}
	r, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return nil
	}
	icc, err := io.ReadAll(io.LimitReader(r, most))
	if err != nil || len(icc) == most {
		return nil
	}
	return icc
}

// withChunk puts a colour profile into a PNG, after its first chunk.
func withChunk(png, icc []byte) []byte {
	if len(icc) == 0 {
		return png
	}
	says := bytes.NewBufferString("iCCPICC\x00\x00")
	z := zlib.NewWriter(says)
	z.Write(icc) // into memory, so neither fails
	z.Close()
	const first = pngHead + 12 + 13
	out := append([]byte(nil), png[:first]...)
	out = binary.BigEndian.AppendUint32(out, uint32(says.Len()-4))
	out = append(out, says.Bytes()...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(says.Bytes()))
	return append(out, png[first:]...)
}
