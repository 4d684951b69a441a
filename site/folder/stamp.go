package folder

import (
	"io/fs"
	"os"
	"time"
)

// A Stamp is a file's size and the time of its last change. It tells a file that a Writer wrote or
// checked from one that somebody has changed since. The zero Stamp is no file's.
type Stamp struct {
	Size int64
	Time int64 // in nanoseconds since 1970
}

func stampOf(info fs.FileInfo) Stamp { return Stamp{info.Size(), info.ModTime().UnixNano()} }

// stampAt is the stamp of the file with a path.
func stampAt(file string) (Stamp, error) {
	info, err := os.Lstat(file)
	if err != nil {
		return Stamp{}, err
	}
	return stampOf(info), nil
}

// The clocks of file systems go in steps, most of up to 10 ms, old ones of up to two seconds. A
// file that is changed twice within one step can look the same.
const (
	step      = 20 * time.Millisecond
	longStep  = 2 * time.Second
	wholeTime = int64(time.Second) // long steps come in whole seconds
)

// settled reports whether a stamp is at least a step older than an instant, so that a change of the
// file after that instant changes the stamp.
func (s Stamp) settled(before time.Time) bool {
	if s.Time%wholeTime == 0 {
		return s.Time < before.Add(-longStep).UnixNano()
	}
	return s.Time < before.Add(-step).UnixNano()
}

// Has reports whether the folder has a file from an earlier Writer with the stamp that Add returned
// then. If so, the file stays. Has does not read it, so nobody else may write into the folder while
// a Writer does. It never accepts a file that was changed after the list of files was last written,
// since the file may have been changed twice within one step of the clock.
func (w *Writer) Has(name string, as Stamp) bool {
	if as == (Stamp{}) || !w.made[name] || !as.settled(w.listed) {
		return false
	}
	if is, err := stampAt(w.path(name)); err != nil || is != as {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count(name)
	return true
}
