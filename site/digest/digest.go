// Package digest makes short checksums of bytes. If two are equal, the bytes were equal.
package digest

import (
	"crypto/sha256"
	"strconv"
)

// A Sum is the checksum of some bytes. The empty Sum stands for nothing.
type Sum string

// Of is the sum of several texts. Their boundaries count: "ab", "c" and "a", "bc" have different
// sums.
func Of(texts ...[]byte) Sum {
	h := sha256.New()
	var head []byte
	for _, text := range texts {
		head = append(strconv.AppendInt(head[:0], int64(len(text)), 10), '\n')
		h.Write(head)
		h.Write(text)
	}
	return Sum(h.Sum(nil))
}

// OfTexts is Of for many short texts.
func OfTexts(texts ...string) Sum {
	var all []byte
	for _, text := range texts {
		all = append(strconv.AppendInt(all, int64(len(text)), 10), '\n')
		all = append(all, text...)
	}
	sum := sha256.Sum256(all)
	return Sum(sum[:])
}
