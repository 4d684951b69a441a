package source

import (
	"io/fs"
	"syscall"
)

func stampOf(info fs.FileInfo) Stamp {
	s, known := info.Sys().(*syscall.Stat_t)
	if !known {
		return Stamp{}
	}
	return Stamp{s.Size, s.Mtim.Nano(), s.Ctim.Nano(), s.Ino}
}
