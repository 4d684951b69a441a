// Package runtimetest runs Lambda functions in tests. It builds the real programs, and runs each in
// its own process, which gets its events over HTTP from a server that speaks Lambda's Runtime API,
// as on AWS.
package runtimetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/letters"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/standin"
	"traininghub/templates"
)

// Build builds the functions as for a deployment, into a new folder, which it returns. It puts the
// content beside the programs as packaging does: LAMBDA_TASK_ROOT is that folder.
func Build(t testing.TB, content fs.FS, functions ...string) (dir string) {
	t.Helper()
	root, dir := standin.Root(t), t.TempDir()
	Beside(t, dir, content)
	args := []string{"build", "-tags", "lambda.norpc", "-o", dir + string(filepath.Separator)}
	for _, f := range functions {
		args = append(args, "./functions/"+f)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the functions: %v\n%s", err, out)
	}
	return dir
}

// Beside puts the files that lie beside the programs into a folder.
func Beside(t testing.TB, dir string, content fs.FS) {
	t.Helper()
	data, err := programme.PackFiles(content, templates.Files, letters.All(), page.Assets{CSS: "/assets/site-1.css", JS: "/assets/site-1.js", Icon: "/assets/favicon-1.svg"})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, programme.PackedFile), data, 0o600)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, programme.EditionFile), []byte(dir), 0o600)
	}
	if err == nil {
		err = os.CopyFS(filepath.Join(dir, "content"), content)
	}
	if err == nil {
		err = os.Symlink(filepath.Join(standin.Root(t), "node_modules"), filepath.Join(dir, "node_modules"))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A Process is one instance of a function. It takes one event at a time, as on AWS; others wait.
type Process struct {
	Started time.Duration // from its start to its first call for an event
	Alias   string        // the alias under which the next event is sent; "" for none

	cmd     *exec.Cmd
	group   string // the control group of a process that is throttled
	server  *http.Server
	output  buffer
	turn    sync.Mutex
	give    chan []byte
	answers chan answer
	ended   chan struct{}
}

type answer struct {
	body  []byte
	error bool
}

// Start starts the program with env added to the environment that Lambda sets. It returns when the
// program asks for its first event, or an error if the program ends earlier. The process ends with
// the test.
func Start(t testing.TB, program string, env ...string) (*Process, error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Process{give: make(chan []byte), answers: make(chan answer, 1), ended: make(chan struct{})}
	asked := make(chan struct{}, 1)
	p.server = &http.Server{Handler: p.api(asked)}
	go p.server.Serve(l)
	p.cmd = exec.Command(program)
	p.cmd.Env = append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + l.Addr().String(), "AWS_REGION=eu-west-2", "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret",
		"AWS_SESSION_TOKEN=token", "AWS_LAMBDA_FUNCTION_NAME=" + filepath.Base(program), "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_EXECUTION_ENV=AWS_Lambda_provided.al2023", "_HANDLER=bootstrap", "TZ=:UTC",
	}, env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.Kill)
	select {
	case <-asked:
		p.Started = time.Since(began)
		return p, nil
	case <-p.ended:
		return p, fmt.Errorf("ended before its first event: %s", p.Output())
	}
}

// Kill ends the process at once, whatever it is doing.
func (p *Process) Kill() {
	p.cmd.Process.Kill()
	<-p.ended
	p.server.Close()
	if p.group != "" {
		os.Remove(p.group)
	}
}

// Pid is the id of the process.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Processor is the processor time that the process has used, in all threads and in the kernel. It
// is 0 where the system does not report it (Linux does).
func (p *Process) Processor() (used time.Duration) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.Pid()))
	for _, file := range tasks {
		text, _ := os.ReadFile(file)
		ran, _, _ := strings.Cut(string(text), " ")
		ns, _ := strconv.ParseInt(ran, 10, 64)
		used += time.Duration(ns)
	}
	return used
}

// Throttle limits the process to this share of a processor from now on, in periods of 20 ms, as
// Lambda does after the start. It needs Linux, cgroups of version 1, and permission to make one.
func (p *Process) Throttle(share float64) error {
	group := fmt.Sprintf("/sys/fs/cgroup/cpu/hub-%d", p.Pid())
	if err := os.Mkdir(group, 0o755); err != nil {
		return err
	}
	p.group = group
	const turn = 20_000 // µs
	for _, set := range [][2]string{
		{"cpu.cfs_period_us", strconv.Itoa(turn)}, {"cpu.cfs_quota_us", strconv.Itoa(int(turn * share))}, {"cgroup.procs", strconv.Itoa(p.Pid())},
	} {
		if err := os.WriteFile(filepath.Join(group, set[0]), []byte(set[1]), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Output is everything that the program has written: its log.
func (p *Process) Output() string { return p.output.String() }

// ErrKilled means that the process ended while it handled an event.
var ErrKilled = errors.New("the process ended")

// Invoke sends the function an event and decodes its answer into result, which may be nil. A
// function that takes longer than limit is killed, as by Lambda.
func (p *Process) Invoke(limit time.Duration, event, result any) error {
	data, err := json.Marshal(event)
	if err != nil {
		return err
	}
	p.turn.Lock()
	defer p.turn.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	select {
	case p.give <- data:
	case <-p.ended:
		return ErrKilled
	}
	select {
	case a := <-p.answers:
		if a.error {
			return fmt.Errorf("the function failed: %s", a.body)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(a.body, result)
	case <-p.ended:
		return ErrKilled
	case <-ctx.Done():
		p.Kill()
		return ErrKilled
	}
}

// api is the Runtime API. A process makes one call at a time.
func (p *Process) api(asked chan<- struct{}) http.Handler {
	n := 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/2018-06-01/runtime/")
		switch {
		case path == "invocation/next":
			if n++; n == 1 {
				asked <- struct{}{}
			}
			select {
			case event := <-p.give:
				h := w.Header()
				h.Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("00000000-0000-0000-0000-%012d", n))
				h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
				arn := "arn:aws:lambda:eu-west-2:123456789012:function:test"
				if p.Alias != "" {
					arn += ":" + p.Alias
				}
				h.Set("Lambda-Runtime-Invoked-Function-Arn", arn)
				h.Set("Content-Type", "application/json")
				w.Write(event)
			case <-r.Context().Done():
			}
		case strings.HasSuffix(path, "/response"), strings.HasSuffix(path, "/error"):
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(http.StatusAccepted)
			p.answers <- answer{body, strings.HasSuffix(path, "/error")}
		default:
			http.NotFound(w, r)
		}
	})
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
