//go:build linux || darwin

package health

import "syscall"

// free is how many bytes programs without special rights may still write on the disk of a folder.
func free(folder string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}
