package functions_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// restoring stands in for AWS's command line. Of the stack's resources it knows the table and the
// bucket of scans, which is empty. It writes each call down.
const restoring = `#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
dynamodb\ scan* | dynamodb\ get-item* | dynamodb\ put-item*) exec node "$STANDIN" "$@" ;;
*"--logical-resource-id $TABLE "*) echo "$NOW" ;;
*"--logical-resource-id Scans "*) echo scans ;;
*get-function-concurrency* | *list-object-versions*) echo None ;;
*put-function-concurrency* | *delete-function-concurrency* | *restore-table-to-point-in-time* | *wait* | *delete-table*) ;;
*) exit 252 ;;
esac
`

// restore runs functions/aws/restore.sh, which puts back what a table has lost since the table past
// was made. resource is the table's name in the template. It returns what the script printed.
func (w *world) restore(t *testing.T, resource, table, past string, drill ...string) string {
	t.Helper()
	path := t.TempDir()
	standin, err := filepath.Abs("testdata/aws.mjs")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(path, "aws"), []byte(restoring), 0o755))
	calls := filepath.Join(path, "calls")
	cmd := exec.Command("aws/restore.sh", append(drill, "hub", "2026-11-20T09:00:00Z")...)
	cmd.Env = append(os.Environ(), "PATH="+path+":"+os.Getenv("PATH"), "CALLS="+calls, "STANDIN="+standin, "DYNAMODB="+w.db,
		"TABLE="+resource, "NOW="+table, "PAST="+past)
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	called, err := os.ReadFile(calls)
	must(t, err)
	rest, again := strings.Count(string(called), "put-function-concurrency"), strings.Count(string(called), "delete-function-concurrency")
	if rest != again || (rest == 0) != (drill != nil) {
		t.Errorf("%d functions rested, and %d work again:\n%s", rest, again, called)
	}
	return string(said)
}

// erasedIn returns the references of the erased records that a program's log names.
func erasedIn(log string) (refs []string) {
	for line := range strings.SplitSeq(log, "\n") {
		var is struct{ Msg, Reference string }
		if json.Unmarshal([]byte(line), &is) == nil && is.Msg == "erased" {
			refs = append(refs, is.Reference)
		}
	}
	slices.Sort(refs)
	return refs
}
