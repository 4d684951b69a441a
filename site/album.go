package site

import (
	"maps"
	"os"
	"slices"

	"traininghub/internal/packing"
	"traininghub/site/digest"
)

// The pictures of a Cache are in a file of their own. It is read only if the site has pictures, and
// written only if they have changed.

// A storedAlbum is the contents of that file.
type storedAlbum struct {
	Program  int
	Pictures map[digest.Sum]fitted
}

func (a *shelf) album() string { return a.name + "-pictures" }

// openAlbum reads the pictures of an earlier run of the program, if any are needed.
func (k *Cache) openAlbum(needed int) {
	if k.album != nil || needed == 0 {
		return
	}
	k.album = map[digest.Sum]fitted{}
	if k.shelf == nil {
		return
	}
	text, _ := os.ReadFile(k.shelf.album()) // it may not exist
	frames := cutFrames(text, 1)
	var saved storedAlbum
	if frames == nil || packing.Read(frames[0], &saved) != nil || saved.Program != k.shelf.program {
		return
	}
	maps.Copy(k.album, saved.Pictures)
	k.shelf.pictures = slices.Collect(maps.Keys(saved.Pictures))
}

// keepPictures keeps the pictures made from files, by the sums of those files.
func (k *Cache) keepPictures(sums []digest.Sum, fit []fitted) {
	k.used = map[digest.Sum]bool{}
	for i, sum := range sums {
		if sum != "" {
			k.album[sum], k.used[sum] = fit[i], true
		}
	}
}

// saveAlbum saves the pictures of the last site, unless they are saved already.
func (k *Cache) saveAlbum() error {
	saved := k.shelf.pictures
	if len(saved) == len(k.used) && !slices.ContainsFunc(saved, func(sum digest.Sum) bool { return !k.used[sum] }) {
		return nil
	}
	now := storedAlbum{k.shelf.program, map[digest.Sum]fitted{}}
	for sum := range k.used {
		now.Pictures[sum] = k.album[sum]
	}
	return write(k.shelf.album(), [][]byte{packing.Write(now)})
}
