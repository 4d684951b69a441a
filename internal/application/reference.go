package application

import (
	"crypto/rand"
	"math/big"
	"strings"

	"traininghub/internal/form"
	"traininghub/internal/record"
)

// A reference is read out on the telephone. Figures and letters alternate, so that it can never be
// a word. It never has 0, 1, I, L, O or a vowel, and only one of the letters that sound or look
// alike.
const (
	figures = "23456789"
	letters = "CDFHJKMPRTWXY"
)

// IsReference reports whether s has the form of an application's reference.
func IsReference(s string) bool { return record.KindOf(s) == record.Application }

// NewReference makes a reference for the form, such as "CC-7K4D-2P9X", one of 117 million. It is
// not secret, and it is unique because a record is only created if its reference is free.
func NewReference(def *form.Definition) string {
	var b strings.Builder
	b.WriteString(def.Prefix)
	for i := range 8 {
		if i%4 == 0 {
			b.WriteByte('-')
		}
		set := figures
		if i%2 == 1 {
			set = letters
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(set))))
		if err != nil {
			panic(err) // crypto/rand does not fail on the systems that we run on
		}
		b.WriteByte(set[n.Int64()])
	}
	return b.String()
}
