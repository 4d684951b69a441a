// Command compare builds the same synthetic hub with this generator and with Hugo, in turn, and
// prints what each took. It is called by run.sh:
//
//	compare -hub BINARY -hugo BINARY -modules DIR -layouts DIR -work DIR [-pairs N] [-edits N] COURSES...
//
// Each build is a process of its own that writes into a folder of its own, with nothing kept from
// another build, unless it is one after an edit. Both make style and script of the same files; only
// this generator leaves out of the style what no page uses. First it checks that both give the same
// pages, but for white space, the hashes in the names of assets, and the order of keys in JSON.
// Figures are medians, with the least and the most; the ratio is the median of the pairs' ratios.
// Beside it stands a hub of as many courses of all kinds with its catalogue, which Hugo's has not.
// At the end it edits pages that the two serve as a preview, and pages of the hub with the
// catalogue.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"traininghub/internal/page"
	"traininghub/site/picture"
	"traininghub/site/testdata/bench/synthetic"
	"traininghub/templates"
)

func main() {
	var c comparison
	flag.StringVar(&c.hub, "hub", "", "this generator")
	flag.StringVar(&c.hugo, "hugo", "", "Hugo")
	flag.StringVar(&c.modules, "modules", "", "npm's folder, with the NHS front end")
	flag.StringVar(&c.layouts, "layouts", "", "Hugo's project")
	flag.StringVar(&c.work, "work", "", "folder for content and output; best on a disk in memory")
	flag.IntVar(&c.pairs, "pairs", 5, "how many times each builds")
	flag.IntVar(&c.edits, "edits", 11, "how many texts and titles are edited while they are served, of 1000 courses at most")
	flag.Parse()
	for _, arg := range flag.Args() {
		n, err := strconv.Atoi(arg)
		if err == nil {
			err = c.run(n)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "compare:", err)
			os.Exit(1)
		}
	}
}

type comparison struct {
	hub, hugo, modules, layouts, work string
	pairs, edits                      int
}

// A cost is what one process took.
type cost struct {
	wall, cpu float64 // seconds
	peak      float64 // MiB
}

func (c *comparison) run(n int) error {
	dir := filepath.Join(c.work, strconv.Itoa(n))
	content, project := filepath.Join(dir, "hub"), filepath.Join(dir, "hugo")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := synthetic.Hub(content, n); err != nil {
		return err
	}
	varied := filepath.Join(dir, "catalogue")
	if err := synthetic.Catalogue(varied, n); err != nil {
		return err
	}
	if err := os.CopyFS(project, os.DirFS(c.layouts)); err != nil {
		return err
	}
	if err := c.assets(project); err != nil {
		return err
	}
	if err := synthetic.Hugo(filepath.Join(project, "content"), n); err != nil {
		return err
	}
	of := func(content string) func(out string) (cost, error) {
		return func(out string) (cost, error) {
			return measure(c.hub, "build", "--content", content, "--modules", c.modules, "--out", out, "--cache", out+"-cache", "--as-of", "2021-09-20")
		}
	}
	ours, catalogue := of(content), of(varied)
	theirs := func(out string) (cost, error) {
		return measure(c.hugo, "build", "-s", project, "-d", out, "--clock", "2021-09-20T00:00:00Z", "--quiet")
	}
	out := func(name string) string { return filepath.Join(dir, "out", name) }

	// The first builds warm the caches of the file system, and are compared.
	if _, err := ours(out("ours")); err != nil {
		return err
	}
	if _, err := theirs(out("theirs")); err != nil {
		return err
	}
	same, err := compare(out("ours"), out("theirs"))
	if err != nil {
		return err
	}
	fmt.Printf("%d courses: %d files of both are the same\n", n, same)

	var a, b, edited, unchanged, more []cost
	page := filepath.Join(content, "courses", "course-00000.md")
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	for i := range c.pairs {
		builds := []struct {
			of    *[]cost
			build func(string) (cost, error)
			out   string
		}{{&a, ours, fmt.Sprintf("ours-%d", i)}, {&b, theirs, fmt.Sprintf("theirs-%d", i)}, {&edited, ours, "ours"}, {&unchanged, ours, "ours"},
			{&more, catalogue, fmt.Sprintf("more-%d", i)}}
		for _, run := range builds {
			if run.of == &edited {
				if err := os.WriteFile(page, fmt.Appendf(text, "\nEdited %d times.\n", i+1), 0o644); err != nil {
					return err
				}
			}
			took, err := run.build(out(run.out))
			if err != nil {
				return err
			}
			*run.of = append(*run.of, took)
		}
		for _, run := range []int{0, 1, 4} {
			run := builds[run]
			if err := errors.Join(os.RemoveAll(out(run.out)), os.RemoveAll(out(run.out)+"-cache")); err != nil {
				return err
			}
		}
	}
	row("hub build", a, b)
	row("hub build, one page edited", edited, b)
	row("hub build, nothing changed", unchanged, b)
	row("hub build, with a catalogue", more, b)
	row("hugo build", b, b)
	if c.edits > 0 && n <= 1000 {
		if err := c.preview(dir, content, varied, project); err != nil {
			return err
		}
	}
	return os.RemoveAll(dir)
}

func measure(name string, args ...string) (cost, error) {
	cmd := exec.Command(name, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	err := cmd.Run()
	wall := time.Since(began).Seconds()
	if err != nil {
		return cost{}, fmt.Errorf("%s: %w\n%s", name, err, &said)
	}
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return cost{wall, cpu.Seconds(), float64(used.Maxrss) / 1024}, nil // Linux counts it in KiB
}

func row(name string, a, hugo []cost) {
	column := func(of func(cost) float64) []float64 {
		var all []float64
		for _, c := range a {
			all = append(all, of(c))
		}
		slices.Sort(all)
		return all
	}
	wall, cpu, peak := column(func(c cost) float64 { return c.wall }), column(func(c cost) float64 { return c.cpu }), column(func(c cost) float64 { return c.peak })
	var times, work, memory []float64
	for i := range a {
		work = append(work, hugo[i].cpu/a[i].cpu)
		times = append(times, hugo[i].wall/a[i].wall)
		memory = append(memory, hugo[i].peak/a[i].peak)
	}
	slices.Sort(times)
	slices.Sort(work)
	slices.Sort(memory)
	mid := len(a) / 2
	fmt.Printf("  %-28s wall %6.3f s (%.3f to %.3f)  cpu %6.3f s  peak %5.0f MiB  hugo/this: time %.2f (%.2f to %.2f), cpu %.2f, memory %.2f\n",
		name, wall[mid], wall[0], wall[len(wall)-1], cpu[mid], peak[mid], times[mid], times[0], times[len(times)-1], work[mid], memory[mid])
}

// assets gives Hugo what style, script and pictures are made of.
func (c *comparison) assets(project string) error {
	modules, err := filepath.Abs(c.modules)
	if err != nil {
		return err
	}
	folder := filepath.Join(project, "assets", "assets")
	if err := errors.Join(os.MkdirAll(folder, 0o755), os.Symlink(modules, filepath.Join(project, "node_modules"))); err != nil {
		return err
	}
	nhs := "nhsuk-frontend.min.css"
	text, err := os.ReadFile(filepath.Join(modules, "nhsuk-frontend", "dist", "nhsuk", nhs))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, nhs), text, 0o644)
	}
	for from, to := range map[string]string{"site.css": "own.css", "site.js": "site.js"} {
		if err == nil {
			text, err = fs.ReadFile(templates.Files, "assets/"+from)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, to), text, 0o644)
		}
	}
	for name, draw := range map[string]func(letters, colour string) ([]byte, error){"favicon.svg": picture.Icon, "share.png": picture.Share} {
		if err == nil {
			text, err = draw("H", page.Blue)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), text, 0o644)
		}
	}
	return err
}

var (
	hash  = regexp.MustCompile(`-[0-9A-F]{8}\.|(\.min)?\.[0-9a-f]{64}\.`)
	space = regexp.MustCompile(`\s+`)
	ld    = regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)
)

// compare counts the pages and calendars that both have, and fails if two differ.
func compare(ours, theirs string) (same int, err error) {
	err = filepath.WalkDir(theirs, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "index.html") && !strings.HasSuffix(file, ".ics") {
			return err
		}
		rel, err := filepath.Rel(theirs, file)
		if err != nil {
			return err
		}
		a, err := plain(filepath.Join(ours, rel))
		if err != nil {
			return err
		}
		b, err := plain(file)
		if err != nil {
			return err
		}
		if rel == "calendar.ics" { // in the order of each one's list of courses
			a, b = strconv.Itoa(len(a)), strconv.Itoa(len(b))
		}
		if a != b {
			at := 0
			for at < min(len(a), len(b)) && a[at] == b[at] {
				at++
			}
			return fmt.Errorf("%s differs:\n%.200s\n%.200s", rel, a[max(at-50, 0):], b[max(at-50, 0):])
		}
		same++
		return nil
	})
	return same, err
}

func plain(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	text := ld.ReplaceAllStringFunc(string(data), func(s string) string {
		var v any
		if json.Unmarshal([]byte(ld.FindStringSubmatch(s)[1]), &v) != nil {
			return s
		}
		sorted, _ := json.Marshal(v) // it was read from JSON
		return string(sorted)
	})
	return hash.ReplaceAllString(space.ReplaceAllString(text, ""), "."), nil
}
