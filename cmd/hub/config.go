package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"traininghub/internal/source"
)

// notInFile are settings of a serving hub that must not be in a file. Files are copied, so the
// password is one of them. The others are for a single run: a hub that always made a missing
// database would start with an empty one on the day on which its disk is not mounted.
var notInFile = []string{password, "config", "watch", "new", "damaged"}

// readConfig reads the settings in a file, by flag; none if the file does not exist. It refuses
// each setting that may not be in a file, with its line.
func readConfig(file string) (map[string]string, error) {
	if file == "" {
		return nil, nil
	}
	var fields []reflect.StructField
	var names []string
	for _, s := range settings {
		if slices.Contains(strings.Fields(s.commands), "serve") && !slices.Contains(notInFile, s.flag) {
			fields = append(fields, reflect.StructField{
				Name: fmt.Sprintf("F%d", len(names)), Type: reflect.TypeFor[string](),
				Tag: reflect.StructTag(fmt.Sprintf("key:%q", s.flag)),
			})
			names = append(names, s.flag)
		}
	}
	dir, name := filepath.Split(file)
	f, faults := source.Read(os.DirFS(filepath.Clean(dir)), filepath.ToSlash(dir), name)
	into := reflect.New(reflect.StructOf(fields))
	if faults == nil {
		f.Head, f.Body = slices.Concat(f.Head, f.Body), nil
		_, faults = f.Decode(into.Interface())
	}
	if err := faults.Err(); err != nil {
		return nil, usagef("%v", err)
	}
	values := map[string]string{}
	for i, name := range names {
		values[name] = into.Elem().Field(i).String()
	}
	return values, nil
}

// secret reads a file with a password, without the line end. It refuses a file that every user of
// the machine can read.
func secret(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o007 != 0 {
		return "", fmt.Errorf("%s: every user of this machine can read it; take that away with chmod o= %s", file, file)
	}
	text, err := os.ReadFile(file)
	return strings.TrimRight(string(text), "\r\n"), err
}
