//go:build linux || darwin || freebsd || netbsd || openbsd

package folder

import (
	"os"
	"syscall"
)

// Lock waits until no other program holds the lock of an open folder, and holds it until the folder
// is closed. On a disk without locks it does nothing.
func Lock(folder *os.File) { _ = syscall.Flock(int(folder.Fd()), syscall.LOCK_EX) }
