package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errOthers: other users can read the data folder, and it may not be the hub's own.
var errOthers = errors.New("other users of this machine can read it, and it holds other things than the hub's: " +
	"give the hub a folder of its own, or take their access away with chmod 700")

// private removes other users' access to an existing data folder, since its database and letters
// are about people. mended tells whether they had access. A folder that holds other things than the
// hub's is refused, since the change could harm others.
func private(data string) (mended bool, err error) {
	info, err := os.Stat(data)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // it will be made for the hub alone
	}
	if err != nil {
		return false, fmt.Errorf("the data folder: %w", err)
	}
	if info.Mode().Perm()&0o077 == 0 {
		return false, nil
	}
	inside, err := os.ReadDir(data)
	if err != nil {
		return false, fmt.Errorf("the data folder: %w", err)
	}
	_, err = os.Stat(filepath.Join(data, "hub.db"))
	if len(inside) > 0 && err != nil || info.Mode()&fs.ModeSticky != 0 {
		return false, fmt.Errorf("the data folder %s: %w", data, errOthers)
	}
	if err := os.Chmod(data, info.Mode().Perm()&^0o077); err != nil {
		return false, fmt.Errorf("the data folder can be read by other users of this machine: %w", err)
	}
	return true, nil
}
