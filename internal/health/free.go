//go:build linux || darwin

package health

import "syscall"

// free returns how many bytes a program without special rights can still write on a folder's disk.
func free(folder string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}
