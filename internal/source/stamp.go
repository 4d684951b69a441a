package source

import (
	"io/fs"
	"time"
)

// A Stamp tells a file from what it was or will be, without reading it: two files with the same
// have the same bytes. The zero Stamp tells nothing.
type Stamp struct {
	Size, Modified, Changed int64 // times in nanoseconds since 1970; nobody can set that of the last change
	Inode                   uint64
}

// settled is how long a file must have been as it is to have a Stamp. Within one step of the file
// system's clock, of 10 ms at most, it could be changed twice and look the same.
const settled = 20 * time.Millisecond

// StampOf returns the Stamp of an ordinary file in a folder on a disk. It is zero if the file has
// only just been changed, or if the system does not tell enough. Such a file must be read.
func StampOf(fsys fs.FS, name string) Stamp {
	info, err := fs.Stat(fsys, name)
	if err != nil || !info.Mode().IsRegular() {
		return Stamp{}
	}
	s := stampOf(info)
	if s.Changed%int64(time.Second) == 0 || s.Changed > time.Now().Add(-settled).UnixNano() {
		return Stamp{} // a disk that counts whole seconds is too slow
	}
	return s
}
