package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errOthers: the data folder is open to others, and it is not clear that it is the hub's own.
var errOthers = errors.New("other users of this machine can read it, and it holds other things than the hub's: " +
	"give the hub a folder of its own, or take their access away with chmod 700")

// private takes away the access that other users of this machine have to the data folder, if there
// is one: the database and the letters in it are about people. mended tells whether they had any. A
// folder that holds other things than the hub's is refused: changing it could harm others.
func private(data string) (mended bool, err error) {
	info, err := os.Stat(data)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // it is made for the hub alone
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
