// Package standin starts programs from npm that stand in for AWS services in tests: [Dynalite] for
// DynamoDB and [SES] for SES v2. Each is a process that serves HTTP on this machine. It ends with
// the test, even if the test is killed.
package standin

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Dynalite starts an empty DynamoDB in memory and returns its URL. It has no transactions, streams
// or time to live.
func Dynalite(t testing.TB) string {
	t.Helper()
	return node(t, `
		require("dynalite")({createTableMs: 0, deleteTableMs: 0, updateTableMs: 0}).listen(0, "127.0.0.1", ready)`)
}

// SES starts a mail service that keeps the mails it is given, and returns its URL. GET URL/store
// returns them as JSON.
func SES(t testing.TB) string {
	t.Helper()
	return node(t, `
		require("aws-ses-v2-local").default({host: "127.0.0.1", port: 0}).then((s) => ready.call(s))`)
}

// node runs a script that uses ready as a method of its server.
func node(t testing.TB, script string) string {
	t.Helper()
	// Nothing is written to the program's input. When the test ends, the input ends, and the
	// program with it.
	cmd := exec.Command("node", "-e", `
		process.stdin.on("end", () => process.exit()).resume();
		const ready = function () { console.log("listening on " + this.address().port); };
		`+script)
	cmd.Dir = Root(t)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting node: %v", err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, port, ok := strings.Cut(lines.Text(), "listening on "); ok {
			go io.Copy(io.Discard, out)
			return "http://127.0.0.1:" + port
		}
	}
	t.Fatal(`a stand-in did not start; run "npm ci" first`)
	return ""
}

// Root is the folder of the module, where go.mod and node_modules are.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("no go.mod above the test's folder: %v", err)
	return ""
}
