// Package picture makes pictures fit to be published: no wider than pages show them, no heavier
// than readers' telephones like, and with nothing in them but the picture. What a camera or a
// program wrote beside it (where and when it was taken, by whom, with what, a small copy of what
// was cut off) is gone, and so is all that runs or loads.
//
// JPEG, PNG, GIF, WebP and SVG come in. Of a picture that is small enough already, the picture
// itself is left as it is, to the bit; the colour profile stays, and whoever turned the camera sees
// the picture upright. What cannot be shown rightly is refused, with what to do about it. The same
// file gives the same bytes.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // for image.Decode, as the other two and webp
	"strings"

	_ "golang.org/x/image/webp"
)

// A Picture is one as pages show it.
type Picture struct {
	Ending        string // ".jpg": of what it is, which may be another kind than it was
	Data          []byte
	Width, Height int // in pixels; 0 of an SVG that does not say
}

// Heavy is above how many bytes a picture is made smaller, if it can be.
const Heavy = 100_000

// The largest picture that pages show, in pixels: twice the width of a column of text, for screens
// that draw two for one; and the most that a file may have, since some 200 bytes can say that they
// are a picture which fills the memory. A camera of today makes 24 million.
const (
	mostWide, mostHigh = 1280, 2560
	mostPixels         = 30_000_000
)

// ErrPicture is wrapped by errors about a picture that cannot be published.
var ErrPicture = errors.New("the picture cannot be shown")

// A Refusal is an [ErrPicture] in an editor's words: what is wrong, and what to do.
type Refusal struct{ What, Do string }

func (r Refusal) Error() string      { return r.What }
func (Refusal) Is(target error) bool { return target == ErrPicture }

// Of makes a picture fit to be published. ending is that of its file. Each error is a [Refusal].
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
			return p, nil // of which nothing here can look at the frames
		}
	}
	// Also to be sure that it is whole.
	whole, _, err := image.Decode(bytes.NewReader(bare.data))
	if err != nil {
		return Picture{}, unreadable(ending, err)
	}
	inks := config.ColorModel == color.CMYKModel // which browsers show in colours of their own
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

// unreadable is the refusal of a picture that a decoder refused.
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
	turned  int    // how the camera was held, 1 to 8 as Exif counts; 0 if nothing says
	profile []byte // what its colours mean (ICC); nil if nothing says
	moves   bool
	pixels  int // of all frames of one that moves
}

// kinds take everything out of a file that is not the picture.
var kinds = map[string]func([]byte) (bare, error){"jpeg": bareJPEG, "png": barePNG, "gif": bareGIF, "webp": bareWebP}

// errBroken says that a file is not what its kind has to be.
var errBroken = errors.New("the file ends too soon, or is damaged")
