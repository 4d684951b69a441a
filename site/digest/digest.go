// Package digest makes short sums that stand for bytes: two that are equal were made of the same
// bytes.
package digest

import (
	"crypto/sha256"
	"strconv"
)

// A Sum stands for the bytes that it was made of. The empty Sum stands for nothing.
type Sum string

// Of is the sum of texts, each apart from the next: "ab", "c" has another than "a", "bc".
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
