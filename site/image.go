package site

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"traininghub/internal/parallel"
	"traininghub/internal/pattern"
	"traininghub/internal/source"
	"traininghub/site/digest"
	"traininghub/site/markdown"
	"traininghub/site/picture"
)

var (
	imageName  = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9_-]*(\.[a-z]+)$`)
	ruleWeight = source.Rule{Name: "image-weight",
		Why: "people on a telephone wait for it, and some pay for it; a whole page without it has 25 KB"}
)

// imageTypes are the kinds of picture that browsers show, and from which this program can remove
// hidden data.
var imageTypes = []string{".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"}

// A fitted picture is what was made of a file. It is valid while the bytes of the file stay the
// same.
type fitted struct {
	Picture picture.Picture
	Refused picture.Refusal // if the picture cannot be shown
}

// loadImages loads the pictures into the site: at the address that editors write, and if texts show
// them, also at an address with a digest of their contents.
func (s *Site) loadImages(content fs.FS) source.Faults {
	names := source.List(content, "images", "*")
	s.cache.openAlbum(len(names))
	sums, fit, found := make([]digest.Sum, len(names)), make([]fitted, len(names)), make([]source.Faults, len(names))
	parallel.Do(len(names), func(i int) {
		data := readImage(content, names[i], &found[i])
		if data == nil {
			return
		}
		ending := path.Ext(names[i])
		sums[i] = digest.Of([]byte(ending), data)
		var known bool
		if fit[i], known = s.cache.album[sums[i]]; !known {
			p, err := picture.Of(ending, data)
			fit[i].Picture = p
			errors.As(err, &fit[i].Refused) // each error is a refusal
		}
		if r := fit[i].Refused; r.What != "" {
			found[i].Add("content/"+names[i], 0, r.What, r.Do)
			fit[i].Picture.Data = data
		} else if n := len(fit[i].Picture.Data); n > picture.Heavy {
			found[i].Warn("content/"+names[i], source.Position{}, ruleWeight,
				fmt.Sprintf("the picture has %d KB, made as small as it can be without you", n/1000),
				fmt.Sprintf("save it with fewer pixels or colours, or as a photograph (.jpg): %d KB at most", picture.Heavy/1000))
		}
	})
	s.shown = make(map[string]markdown.Picture, len(names))
	for i, name := range names {
		p := fit[i].Picture
		name = source.Spelled(name) // as links spell it
		s.fixed[name] = p.Data      // nil if it cannot be read, but present all the same
		if sums[i] == "" || fit[i].Refused.What != "" {
			continue
		}
		sum := sha256.Sum256(p.Data)
		file := fmt.Sprintf("assets/%s-%X%s", strings.TrimSuffix(path.Base(name), path.Ext(name)), sum[:4], p.Ending)
		s.fixed[file] = p.Data
		s.shown[name] = markdown.Picture{Address: "/" + file, Width: p.Width, Height: p.Height}
	}
	s.cache.keepPictures(sums, fit)
	return slices.Concat(found...)
}

// readImage reads a picture's file. It is nil if the file cannot be used, which is then a fault.
func readImage(content fs.FS, name string, faults *source.Faults) []byte {
	add := func(what, do string) { faults.Add("content/"+name, 0, what, do) }
	data, err := fs.ReadFile(content, name)
	ending := path.Ext(name)
	switch {
	case err != nil:
		what, do := source.Unreadable(content, name, err)
		if info, err := fs.Stat(content, name); err == nil && info.IsDir() {
			what, do = "folders in content/images are not read", "move what is in it up to content/images"
		}
		add(what, do)
	case slices.Contains(imageTypes, strings.ToLower(ending)) && !imageName().MatchString(path.Base(name)):
		add("the picture's name cannot be an address", source.NameDo(name))
	case ending == ".avif":
		add("from a picture of this kind the hub cannot take out where and by whom it was taken", "save it as .jpg or .webp")
	case !slices.Contains(imageTypes, ending):
		add("this is not a picture that browsers show", "save it as one of: "+strings.Join(imageTypes, " "))
	default:
		return slices.Grow(data, 1) // never nil
	}
	return nil
}
