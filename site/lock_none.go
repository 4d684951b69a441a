//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package site

import "os"

// lockFolder does nothing where a folder cannot be locked.
func lockFolder(*os.File) {}
