package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A server shows content while it is edited.
type server struct {
	name, base  string
	courses     string // folder of the courses' files
	list        string // address of a list that has the courses that are edited
	body, title []float64
}

// preview measures, in turn, how long after the save of an edited course each server answers with
// the new text: on the course's page and, if it is a title, on the list of all courses, too, or in
// the index of the catalogue. The pages are asked for every 2 ms.
func (c *comparison) preview(dir, content, varied, project string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ports, err := freePorts(5)
	if err != nil {
		return err
	}
	serve := func(content, data, port, outbox string) *exec.Cmd {
		return exec.CommandContext(ctx, c.hub, "serve", "--watch", "--content", content, "--modules", c.modules, "--data", filepath.Join(dir, data),
			"--addr", "localhost:"+port, "--outbox", "localhost:"+outbox, "--as-of", "2021-09-20")
	}
	ours := &server{name: "hub serve --watch", base: "http://localhost:" + ports[0], courses: filepath.Join(content, "courses"), list: "/"}
	catalogue := &server{name: "with a catalogue", base: "http://localhost:" + ports[3], courses: filepath.Join(varied, "courses"),
		list: "/catalogue/index.json"}
	theirs := &server{name: "hugo server", base: "http://localhost:" + ports[1], courses: filepath.Join(project, "content", "courses"), list: "/"}
	for _, cmd := range []*exec.Cmd{
		serve(content, "data", ports[0], ports[2]),
		serve(varied, "data-catalogue", ports[3], ports[4]),
		exec.CommandContext(ctx, c.hugo, "server", "-s", project, "--port", ports[1], "--bind", "localhost", "--clock", "2021-09-20T00:00:00Z"),
	} {
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		if err := cmd.Start(); err != nil {
			return err
		}
		defer cmd.Wait()
		defer cancel()
	}
	all := []*server{ours, catalogue, theirs}
	for _, s := range all {
		if _, err := s.until("/courses/course-00000/", "course-00000", time.Minute); err != nil {
			return err
		}
	}
	title := regexp.MustCompile(`(?m)^title: .*`)
	for i := range c.edits {
		for _, s := range all {
			id := fmt.Sprintf("course-%05d", i)
			file := filepath.Join(s.courses, id+".md")
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			time.Sleep(700*time.Millisecond + rand.N(500*time.Millisecond)) // so that it is idle, and no clock of its own counts
			said := fmt.Sprintf("This was said at the edit number %d.", i)
			text = fmt.Appendf(text, "\n%s\n", said)
			took, err := s.save(file, text, said, "/courses/"+id+"/")
			if err != nil {
				return err
			}
			s.body = append(s.body, took)

			time.Sleep(700*time.Millisecond + rand.N(500*time.Millisecond))
			said = fmt.Sprintf("Edited for the time %d", i)
			text = title.ReplaceAll(text, []byte("title: "+said))
			if took, err = s.save(file, text, said, "/courses/"+id+"/", s.list); err != nil {
				return err
			}
			s.title = append(s.title, took)
		}
	}
	for _, s := range all {
		fmt.Printf("  %-28s save to served: text %s, title %s\n", s.name, spread(s.body), spread(s.title))
	}
	return nil
}

// save writes a file and gives the seconds until all pages say what is new.
func (s *server) save(file string, text []byte, said string, pages ...string) (float64, error) {
	began := time.Now()
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return 0, err
	}
	var at time.Time
	for _, page := range pages {
		var err error
		if at, err = s.until(page, said, 30*time.Second); err != nil {
			return 0, err
		}
	}
	return at.Sub(began).Seconds(), nil
}

// until asks for a page until it says something, and gives when that was.
func (s *server) until(page, said string, most time.Duration) (time.Time, error) {
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		r, err := http.Get(s.base + page)
		if err != nil {
			continue // it has not begun to listen
		}
		text, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err == nil && r.StatusCode == http.StatusOK && strings.Contains(string(text), said) {
			return time.Now(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s: %s does not say %q", s.name, page, said)
}

func spread(took []float64) string {
	slices.Sort(took)
	return fmt.Sprintf("%.0f ms (%.0f to %.0f)", 1000*took[len(took)/2], 1000*took[0], 1000*took[len(took)-1])
}

// freePorts finds ports on which nobody listens.
func freePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // at the end, so that all are different
		_, port, _ := net.SplitHostPort(l.Addr().String())
		ports = append(ports, port)
	}
	return ports, nil
}
