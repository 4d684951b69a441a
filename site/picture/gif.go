package picture

import (
	"encoding/binary"
	"strings"
)

// bareGIF leaves out comments, texts, and the notes of programs.
func bareGIF(data []byte) (b bare, err error) {
	const head = 13
	if len(data) < head {
		return b, errBroken
	}
	b.data = make([]byte, 0, len(data))
	at, frames := 0, 0
	// take moves on by n bytes, and keeps them if keep is set.
	take := func(n int, keep bool) bool {
		if n > len(data)-at {
			return false
		}
		if keep {
			b.data = append(b.data, data[at:at+n]...)
		}
		at += n
		return true
	}
	blocks := func(keep bool) bool { // each block begins with its length; the last is empty
		for at < len(data) {
			if n := int(data[at]); n == 0 {
				return take(1, keep)
			} else if !take(1+n, keep) {
				return false
			}
		}
		return false
	}
	if !take(head+colours(data[10]), true) {
		return b, errBroken
	}
	for at < len(data) {
		ok := false
		switch data[at] {
		case 0x3B: // the end
			b.data = append(b.data, 0x3B)
			b.moves = frames > 1
			return b, nil
		case 0x2C: // a frame
			if len(data)-at < 11 {
				return b, errBroken
			}
			frames++
			b.pixels += int(binary.LittleEndian.Uint16(data[at+5:])) * int(binary.LittleEndian.Uint16(data[at+7:]))
			ok = take(10+colours(data[at+9])+1, true) && blocks(true)
		case 0x21: // an extension
			if len(data)-at < 14 {
				return b, errBroken
			}
			name := string(data[at+3 : at+14])
			keep := data[at+1] == 0xF9 || // how long the next frame is shown
				data[at+1] == 0xFF && (strings.HasPrefix(name, "NETSCAPE2.0") || name == "ANIMEXTS1.0") // how often it repeats
			ok = take(2, keep) && blocks(keep)
		}
		if !ok {
			return b, errBroken
		}
	}
	return b, errBroken
}

// colours is the number of bytes in a table of colours; flags is the byte before the table.
func colours(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}
