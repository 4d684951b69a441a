package site

import (
	"bytes"
	"encoding/gob"
	"maps"
	"os"
	"slices"

	"traininghub/site/digest"
)

// The pictures of a Cache stand in a file of their own beside the rest, which is only read if there
// are pictures, and only written if there are others than before.

// A storedAlbum is that file.
type storedAlbum struct {
	Program  uint32
	Pictures map[digest.Sum]fitted
}

func (a *shelf) album() string { return a.name + "-pictures" }

// openAlbum reads the pictures that an earlier run of the program made, if any are needed.
func (k *Cache) openAlbum(needed int) {
	if k.album != nil || needed == 0 {
		return
	}
	k.album = map[digest.Sum]fitted{}
	if k.shelf == nil {
		return
	}
	text, _ := os.ReadFile(k.shelf.album()) // there may be none
	frames := cutFrames(text, 1)
	var saved storedAlbum
	if frames == nil || gob.NewDecoder(bytes.NewReader(frames[0])).Decode(&saved) != nil || saved.Program != k.shelf.program {
		return
	}
	maps.Copy(k.album, saved.Pictures)
	k.shelf.pictures = slices.Collect(maps.Keys(saved.Pictures))
}

// keepPictures keeps what was made of files, by the sums of what it was made of.
func (k *Cache) keepPictures(sums []digest.Sum, fit []fitted) {
	k.used = map[digest.Sum]bool{}
	for i, sum := range sums {
		if sum != "" {
			k.album[sum], k.used[sum] = fit[i], true
		}
	}
}

// saveAlbum saves the pictures of the last site, if they are not those that were saved.
func (k *Cache) saveAlbum() error {
	saved := k.shelf.pictures
	if len(saved) == len(k.used) && !slices.ContainsFunc(saved, func(sum digest.Sum) bool { return !k.used[sum] }) {
		return nil
	}
	now := storedAlbum{k.shelf.program, map[digest.Sum]fitted{}}
	for sum := range k.used {
		now.Pictures[sum] = k.album[sum]
	}
	return write(k.shelf.album(), [][]byte{encode(func(put func(v any)) { put(now) })})
}
