// Package picture prepares pictures for publishing: no wider than pages show them, light enough for
// readers' telephones, and without hidden data. It removes what a camera or a program adds to a
// file (where, when, by whom and with what it was taken, a small copy of the part that was cut
// off), and anything that runs or loads.
//
// It takes JPEG, PNG, GIF, WebP and SVG. A picture that is small enough keeps exactly its own
// pixels. The colour profile stays, and a picture from a turned camera is shown upright. A picture
// that cannot be shown correctly is refused, with advice on what to do. The same file gives the
// same bytes.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // for image.Decode, as are the other two and webp
	"strings"

	_ "golang.org/x/image/webp"
)

// A Picture is a picture as pages show it.
type Picture struct {
	Ending        string // ".jpg": of its kind, which can differ from the kind of the file
	Data          []byte
	Width, Height int // in pixels; 0 for an SVG that does not say
}

// Heavy is the size in bytes above which a picture is made smaller, if possible.
const Heavy = 100_000

// The largest picture that pages show, in pixels: twice the width of a column of text, for screens
// with two pixels for one. And the largest that a file may claim, since 200 bytes are enough to
// claim a picture that fills the memory. A camera of today makes 24 million pixels.
const (
	mostWide, mostHigh = 1280, 2560
	mostPixels         = 30_000_000
)

// ErrPicture is wrapped by errors about pictures that cannot be published.
var ErrPicture = errors.New("the picture cannot be shown")

// A Refusal is an [ErrPicture] in an editor's words: what is wrong, and what to do.
type Refusal struct{ What, Do string }

func (r Refusal) Error() string      { return r.What }
func (Refusal) Is(target error) bool { return target == ErrPicture }

// Of prepares a picture for publishing. ending is the ending of its file. Each error is a
// [Refusal].
func Of(ending string, data []byte) (Picture, error) {
	kind := strings.TrimPrefix(ending, ".")
	switch kind {
	case "svg":
		clean, err := SVG(data)
		if err != nil {
			return Picture{}, Refusal{err.Error(), "save it as a plain SVG, without script, style sheet and pictures inside"}
		}
		w, h := drawnSize(clean)
		return Picture{ending, clean, w, h}, nil
	case "jpg":
		kind = "jpeg"
	}
	config, is, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil:
		return Picture{}, unreadable(ending, err)
	case is != kind:
		return Picture{}, Refusal{fmt.Sprintf("the name ends in %q, but this is a picture of the kind %s", ending, is),
			fmt.Sprintf("write %q in its place, also where pages show it", "."+is)}
	case config.Width < 1 || config.Height < 1:
		return Picture{}, broken(ending)
	case config.Width*config.Height > mostPixels:
		return Picture{}, Refusal{fmt.Sprintf("the picture has %d x %d pixels", config.Width, config.Height),
			"save it with 4000 at most in each direction"}
	}
	bare, err := kinds[kind](data)
	if err != nil {
		return Picture{}, unreadable(ending, err)
	}
	p := Picture{ending, bare.data, config.Width, config.Height}
	large := p.Width > mostWide || p.Height > mostHigh
	if bare.moves {
		if large || bare.pixels > mostPixels {
			return Picture{}, Refusal{fmt.Sprintf("the moving picture has %d x %d pixels, too many to be shown", p.Width, p.Height),
				fmt.Sprintf("make it at most %d wide and %d high, and shorter, or show one picture that stands still", mostWide, mostHigh)}
		}
		if kind == "webp" {
			return p, nil // no decoder here can read the frames
		}
	}
	// Decoding also checks that the file is complete.
	whole, _, err := image.Decode(bytes.NewReader(bare.data))
	if err != nil {
		return Picture{}, unreadable(ending, err)
	}
	inks := config.ColorModel == color.CMYKModel // browsers show these colours differently
	if bare.moves || !large && !inks && bare.turned <= 1 && len(p.Data) <= Heavy {
		return p, nil
	}
	if inks {
		bare.profile = nil
	}
	made, err := smaller(whole, kind, bare)
	if err != nil {
		return Picture{}, unreadable(ending, err)
	}
	if len(made.Data) >= len(p.Data) && !large && !inks && bare.turned <= 1 {
		return p, nil
	}
	return made, nil
}

func broken(ending string) Refusal {
	return Refusal{"the picture is broken, or of another kind than its name says",
		"open it with a program for pictures, and save it as " + ending}
}

// unreadable is the refusal of a picture that a decoder could not read.
func unreadable(ending string, err error) Refusal {
	if strings.Contains(err.Error(), "unsupported") || strings.Contains(err.Error(), "not implemented") {
		return Refusal{"the picture is saved in a way that the hub cannot read",
			"open it with a program for pictures, and save it anew as .jpg or .png"}
	}
	return broken(ending)
}

// A bare picture has only what is needed to show it.
type bare struct {
	data    []byte
	turned  int    // how the camera was held, 1 to 8 as in Exif; 0 if not known
	profile []byte // what its colours mean (ICC); nil if not known
	moves   bool
	pixels  int // of all frames of an animation
}

// kinds are the functions that leave only the picture of a file, by its kind.
var kinds = map[string]func([]byte) (bare, error){"jpeg": bareJPEG, "png": barePNG, "gif": bareGIF, "webp": bareWebP}

// errBroken says that a file breaks the rules of its kind.
var errBroken = errors.New("the file ends too soon, or is damaged")
