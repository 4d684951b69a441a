package site

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"slices"
	"strings"
)

// wrongKind says what is wrong with a picture whose bytes are not what its ending says, and what to
// do; "" if nothing is, or it is of a kind that the standard library does not read.
func wrongKind(ending string, data []byte) (what, do string) {
	is := strings.TrimPrefix(ending, ".")
	if is == "jpg" {
		is = "jpeg"
	}
	_, got, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err == nil && got != is:
		return fmt.Sprintf("the name ends in %q, but this is a picture of the kind %s", ending, got),
			fmt.Sprintf("write %q in its place, also where pages show it", "."+got)
	case err != nil && slices.Contains([]string{"gif", "jpeg", "png"}, is):
		return "the picture is broken, or of another kind than its name says",
			"open it with a program for pictures, and save it as " + ending
	}
	return "", ""
}
