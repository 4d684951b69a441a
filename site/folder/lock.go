//go:build linux || darwin || freebsd || netbsd || openbsd

package folder

import (
	"os"
	"syscall"
)

// Lock waits until no other program has the lock of an open folder, which is held until the folder
// is closed. On a disk that has no locks nothing is held.
func Lock(folder *os.File) { _ = syscall.Flock(int(folder.Fd()), syscall.LOCK_EX) }
