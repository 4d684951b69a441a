// Command hub writes the content of a hub of a number of courses, for the audit and for pictures:
// this hub's own files; the course and the page of ../everything, which have all that one can have;
// and courses that were made up, until there are as many. A hub of 2 is this hub as it is.
//
//	go run ./site/testdata/audit/hub DIR COURSES
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"traininghub/site/testdata/bench/synthetic"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: hub DIR COURSES")
	}
	n, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	if err := write(os.Args[1], n); err != nil {
		log.Fatal(err)
	}
}

func write(dir string, n int) error {
	if err := os.CopyFS(dir, os.DirFS("content")); err != nil {
		return err
	}
	if n <= 2 {
		return nil
	}
	if err := os.CopyFS(dir, os.DirFS("site/testdata/audit/everything")); err != nil {
		return err
	}
	made, err := os.MkdirTemp("", "")
	if err != nil {
		return err
	}
	defer os.RemoveAll(made)
	if err := synthetic.Catalogue(made, n-3); err != nil {
		return err
	}
	if err := os.CopyFS(filepath.Join(dir, "courses"), os.DirFS(filepath.Join(made, "courses"))); err != nil {
		return err
	}
	name := filepath.Join(dir, "site.yaml")
	site, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, after, found := strings.Cut(string(site), "\nmenu:\n")
	if !found {
		return fmt.Errorf("%s has no menu", name)
	}
	return os.WriteFile(name, []byte(before+"\nmenu:\n  - {text: Courses, href: /catalogue/}\n"+after), 0o644)
}
