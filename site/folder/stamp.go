package folder

import (
	"io/fs"
	"os"
	"time"
)

// A Stamp tells a file that a Writer wrote, or found to be right, from one that somebody changed
// since: its size and the time of its last change. The zero Stamp is of no file.
type Stamp struct {
	Size int64
	Time int64 // in nanoseconds since 1970
}

func stampOf(info fs.FileInfo) Stamp { return Stamp{info.Size(), info.ModTime().UnixNano()} }

// stampAt is the stamp of a file by its path.
func stampAt(file string) (Stamp, error) {
	info, err := os.Lstat(file)
	if err != nil {
		return Stamp{}, err
	}
	return stampOf(info), nil
}

// Clocks of file systems go by steps, most of up to 10 ms, old ones of up to two seconds. Within
// one step a file can be changed twice and look the same.
const (
	step      = 20 * time.Millisecond
	longStep  = 2 * time.Second
	wholeTime = int64(time.Second) // what the long steps count in
)

// settled tells whether a stamp is older than an instant by a step, so that whatever changed the
// file after the instant has changed the stamp.
func (s Stamp) settled(before time.Time) bool {
	if s.Time%wholeTime == 0 {
		return s.Time < before.Add(-longStep).UnixNano()
	}
	return s.Time < before.Add(-step).UnixNano()
}

// Has tells whether the folder has a file that an earlier Write made, as it was when Add gave this
// stamp. Then it stays. The file is not read: so nobody else may write into the folder in the very
// moment in which a Write does. A file that was changed since the list of files was written last is
// never taken for the same: it may have been changed twice within one step of the clock.
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
