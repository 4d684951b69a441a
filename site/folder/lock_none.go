//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package folder

import "os"

// Lock does nothing where a folder cannot be locked.
func Lock(*os.File) {}
