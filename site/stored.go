package site

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"

	"traininghub/internal/course"
	"traininghub/internal/packing"
	"traininghub/internal/parallel"
	"traininghub/internal/source"
	"traininghub/site/digest"
	"traininghub/site/folder"
	"traininghub/site/look"
)

// A Cache can be kept in a file from one run of the program to the next. The file has a checksum of
// the program, so that only the same program uses it, and a checksum of each part. It has digests
// of pages, not pages: a page in the site's folder with that digest stays, and any other is made
// again.
//
// The file is a series of frames, each with a length, a checksum, and that many bytes. The first
// has a storedFront, the second the pages of lists, and each other a list of storedCourse.

// A storedFront is a front without its templates, which are parsed quickly.
type storedFront struct {
	Program int
	Boot    string // see boot
	look.Look
}

// A storedCourse is what was made of a course, with a digest in place of the course's file.
type storedCourse struct {
	Path   string
	File   digest.Sum
	Facts  *course.Course
	Around digest.Sum
	Named  map[string]string
	Faults source.Faults
	Pages  map[string]*printed
	Dates  *calendars
}

// parts is the number of lists of courses: enough to keep all processors busy, and to keep the one
// list short that is written again after an edit.
const parts = 32

// partOf is the number of the list that a course is in.
func partOf(path string) int {
	h := fnv.New32a()
	io.WriteString(h, path)
	return int(h.Sum32() % parts)
}

// A shelf is the file of a Cache.
type shelf struct {
	name    string
	program int
	frames  [][]byte // as read or written; nil if they cannot be trusted
	counts  [parts]int

	pictures []digest.Sum // the pictures that are saved: see openAlbum
}

// Open returns the Cache that was saved to a file. It is empty if the file is missing, broken, or
// from another program.
func Open(name string) *Cache {
	is, err := program()
	if err != nil {
		return new(Cache) // the saved Cache could not be trusted
	}
	k := &Cache{shelf: &shelf{name: name, program: is}}
	text, _ := os.ReadFile(name)
	frames := cutFrames(text, 2+parts)
	var f storedFront
	lists := &made{saved: true}
	if frames == nil || packing.Read(frames[0], &f) != nil || f.Program != k.shelf.program ||
		packing.Read(frames[1], &lists.pages) != nil {
		return k
	}
	var all [parts][]storedCourse
	var errs [parts]error
	parallel.Do(parts, func(i int) { errs[i] = packing.Read(frames[2+i], &all[i]) })
	if errors.Join(errs[:]...) != nil {
		return k
	}
	k.shelf.frames = frames
	booted := f.Boot != boot()
	k.front, k.lists = &front{Look: &f.Look, saved: !booted}, lists
	k.courses = map[string]*made{}
	for i, part := range all {
		k.shelf.counts[i] = len(part)
		for _, c := range part {
			k.courses[c.Path] = &made{file: c.File, facts: c.Facts, around: c.Around, named: c.Named, faults: c.Faults,
				pages: c.Pages, dates: c.Dates, saved: true}
		}
	}
	if booted {
		k.forget()
	}
	return k
}

// forget drops all stamps.
func (k *Cache) forget() {
	k.lists = new(made)
	for _, m := range k.courses {
		m.pages, m.dates, m.saved = nil, nil, false
	}
}

// boot identifies one start of the machine, where the system has such an id: on Linux.
func boot() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return string(id)
}

// Save writes the Cache to the file from which it was opened, if anything in it is new. It is for a
// Cache whose site was published without faults.
func (k *Cache) Save() error {
	a := k.shelf
	if a == nil || k.front == nil {
		return nil
	}
	if err := k.saveAlbum(); err != nil {
		return err
	}
	var of [parts][]*made
	for path, m := range k.courses {
		of[partOf(path)] = append(of[partOf(path)], m)
	}
	frames, changed := make([][]byte, 2+parts), !k.front.saved || !k.lists.saved
	frames[0] = packing.Write(storedFront{a.program, boot(), *k.front.Look})
	frames[1] = packing.Write(k.lists.pages)
	var again [parts]bool
	parallel.Do(parts, func(i int) {
		again[i] = a.frames == nil || len(of[i]) != a.counts[i]
		for _, m := range of[i] {
			again[i] = again[i] || !m.saved
		}
		if !again[i] {
			frames[2+i] = a.frames[2+i]
			return
		}
		all := make([]storedCourse, len(of[i]))
		for j, m := range of[i] {
			facts := *m.facts
			facts.File = source.File{}
			all[j] = storedCourse{m.facts.File.Path, digest.Of(m.facts.File.Text()), &facts, m.around, m.named, m.faults,
				m.pages, m.dates}
		}
		frames[2+i] = packing.Write(all)
	})
	for _, part := range again {
		changed = changed || part
	}
	if !changed {
		return nil
	}
	return write(a.name, frames)
}

// write replaces all frames in a file, or none.
func write(name string, frames [][]byte) error {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	lock, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	folder.Lock(lock)
	// always the same name, so that a killed build leaves only one such file
	f, err := os.OpenFile(name+"-new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	for _, frame := range frames {
		var head [8]byte
		binary.LittleEndian.PutUint32(head[:4], uint32(len(frame)))
		binary.LittleEndian.PutUint32(head[4:], crc32.Checksum(frame, castagnoli))
		if _, err = f.Write(head[:]); err == nil {
			_, err = f.Write(frame)
		}
		if err != nil {
			break // on a full disk, each frame would fail
		}
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

// cutFrames returns the count frames of a file; nil if any of them is damaged.
func cutFrames(text []byte, count int) [][]byte {
	var frames [][]byte
	for len(text) >= 8 {
		size, sum := uint64(binary.LittleEndian.Uint32(text)), binary.LittleEndian.Uint32(text[4:])
		if text = text[8:]; size > uint64(len(text)) || crc32.Checksum(text[:size], castagnoli) != sum {
			return nil
		}
		frames = append(frames, text[:size])
		text = text[size:]
	}
	if len(text) > 0 || len(frames) != count {
		return nil
	}
	return frames
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// program is a checksum of the running program, or of its build ID, which is faster to read. Go
// makes the ID from checksums of everything in the program, four of them with slashes in between.
// An ID that somebody has set is not used.
func program() (int, error) {
	name, err := os.Executable()
	if err != nil {
		return 0, err
	}
	if f, err := elf.Open(name); err == nil {
		defer f.Close()
		if id := f.Section(".note.go.buildid"); id != nil {
			if note, err := id.Data(); err == nil && bytes.Count(note, []byte("/")) == 3 {
				return int(crc32.Checksum(note, castagnoli)), nil
			}
		}
	}
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	sum, buffer := uint32(0), make([]byte, 1<<18)
	for {
		n, err := f.Read(buffer)
		sum = crc32.Update(sum, castagnoli, buffer[:n])
		if err == io.EOF {
			return int(sum), nil
		} else if err != nil {
			return 0, err
		}
	}
}
