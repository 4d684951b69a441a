package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"traininghub/internal/afar"
	"traininghub/internal/office"
	"traininghub/internal/record"
)

// standIn takes the place of AWS's command line: it notes how it is called, and gives the next
// answer. functions/internal/records tests the answers against the function.
const standIn = `#!/bin/sh
n=$(($(cat "$ANSWERS/n" 2>/dev/null || echo 0) + 1))
echo $n >"$ANSWERS/n"
echo "$*" >"$ANSWERS/called.$n"
for to; do
  case $to in fileb://*) cp "${to#fileb://}" "$ANSWERS/asked.$n" ;; esac
done
[ -e "$ANSWERS/answer.$n" ] || { echo 'no such function' >&2; exit 255; }
cp "$ANSWERS/answer.$n" "$to"
`

// TestAfar: the commands with a function on AWS repeat a request until it is done, under the alias
// with the least rights, and leave nothing about anybody behind.
func TestAfar(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	must(t, os.WriteFile(filepath.Join(bin, "aws"), []byte(standIn), 0o700), "WriteFile")
	heads := func(refs ...string) string {
		var b strings.Builder
		all := office.Heads{}
		for _, ref := range refs {
			all[ref] = record.Head{Sent: []byte(ref), Events: 1, Sum: []byte(ref)}
		}
		must(t, all.Write(&b), "Write")
		return b.String()
	}
	cost := &afar.Cost{Items: 2_000_000, Bytes: 60e9, ReadUnits: 14_648_438, Dollars: 2.17, Minutes: 56}
	cursor, other := json.RawMessage(`{"walk":[{"after":"CC-2C2C-2C2C"}]}`), json.RawMessage(`{"walk":[{"done":true}]}`)
	long := afar.Finding{Answer: afar.Answer{Refused: "too long", Cursor: other}, TooLong: true, Found: []afar.Found{{Reference: "CC-1"}, {Reference: "CC-2"}}}
	found := afar.Finding{Answer: afar.Answer{Refused: "repeat", Cursor: other}, Found: []afar.Found{{Reference: "CC-1", Course: "cc"}}}
	part := func(ref string) any {
		return map[string]any{"made": "now", "applications": []any{map[string]string{"reference": ref}}}
	}
	for name, c := range map[string]struct {
		args    []string
		in      string
		answers []any
		want    int
		says    []string
		asked   []string // of the calls, in order
	}{
		"an audit in two parts, and an earlier head that is another": {
			args: []string{"audit", "--heads", "HEADS"},
			answers: []any{
				afar.Audited{Answer: afar.Answer{Going: true, Looked: 1, Cursor: cursor}, Applications: 1, Heads: heads("CC-1")},
				afar.Audited{Applications: 2, Heads: heads("CC-2")}, afar.Audited{Removed: 1},
			},
			says:  []string{"1 records looked at", "2 records are as the hub wrote them; since the last audit 1 were removed"},
			asked: []string{`{"do":"audit"}`, `{"do":"audit","cursor":` + string(cursor) + `}`, "CC-3"},
		},
		"a fault": {
			args:    []string{"audit", "--heads", "HEADS"},
			answers: []any{afar.Audited{Applications: 1, Faults: 1, Wrong: []office.Wrong{{Reference: "CC-9", What: "it was changed"}}}, afar.Audited{}},
			want:    1, says: []string{"CC-9: it was changed"},
		},
		"very many, and no": {
			args: []string{"audit"}, in: "no\n", answers: []any{afar.Answer{Refused: "dear", Cost: cost}},
			want: 1, says: []string{"14648438 read units, some 2.170 US dollars and 56 minutes. Go on? Type yes: "},
		},
		"very many, and yes": {
			args: []string{"person", "--email", "alex@example.org", "FILE"}, in: "yes\n", answers: []any{afar.Answer{Refused: "dear", Cost: cost}, part("CC-1")},
			asked: []string{"", `"yes":true`},
		},
		"a file in two halves": {
			args: []string{"person", "--number", "GMC 7654321", "FILE"}, answers: []any{long, part("CC-1"), part("CC-2")},
			asked: []string{`"number":"GMC 7654321"`, `"references":["CC-1"]`, `"references":["CC-2"]`},
		},
		"an erasure": {
			args: []string{"person", "--email", "alex@example.org", "--erase"}, in: "CC-1\n", answers: []any{found, afar.Erased{Erased: []string{"CC-1"}, Stays: "backups"}},
			says:  []string{"CC-1  cc", "type their references again", "1 erased. What is still in: backups."},
			asked: []string{`{"do":"erase","email":"alex@example.org"}`, `"references":["CC-1"],"cursor":` + string(other)},
		},
		"an erasure that is refused": {
			args: []string{"person", "--email", "alex@example.org", "--erase"}, in: "CC-2\n", answers: []any{found, found}, want: 1, says: []string{"repeat"},
		},
		"a function that is not there": {args: []string{"audit"}, want: 1, says: []string{"no such function"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file, noted := filepath.Join(dir, "file.json"), filepath.Join(dir, "heads")
			must(t, os.WriteFile(noted, []byte(heads("CC-1", "CC-3")), 0o600), "WriteFile")
			for i, answer := range c.answers {
				data, err := json.Marshal(answer)
				must(t, err, "Marshal")
				must(t, os.WriteFile(filepath.Join(dir, "answer."+strconv.Itoa(i+1)), data, 0o600), "WriteFile")
			}
			args := append([]string{c.args[0], "--aws", "hub-records"}, c.args[1:]...)
			for i, a := range args {
				args[i] = map[string]string{"HEADS": noted, "FILE": file}[a]
				if args[i] == "" {
					args[i] = a
				}
			}
			cmd := program(args...)
			cmd.Dir, cmd.Stdin = dir, strings.NewReader(c.in)
			cmd.Env = append(cmd.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "ANSWERS="+dir, "TMPDIR="+dir)
			var said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &said, &said
			cmd.Run() // the test checks its status below
			if got := cmd.ProcessState.ExitCode(); got != c.want {
				t.Fatalf("it ends with %d, want %d:\n%s", got, c.want, said.String())
			}
			for _, want := range c.says {
				if !strings.Contains(said.String(), want) {
					t.Errorf("it does not say %q but:\n%s", want, said.String())
				}
			}
			for i, want := range c.asked {
				asked, err := os.ReadFile(filepath.Join(dir, "asked."+strconv.Itoa(i+1)))
				called, _ := os.ReadFile(filepath.Join(dir, "called."+strconv.Itoa(i+1)))
				if err != nil || !strings.Contains(string(asked), want) || strings.Contains(string(called), "alex@") || strings.Contains(string(called), "7654321") ||
					strings.Contains(string(called), "--qualifier audit") != (c.args[0] == "audit") {
					t.Errorf("call %d is %s, asks %s (%v), want %s", i+1, called, asked, err, want)
				}
			}
			if left, err := filepath.Glob(filepath.Join(dir, "hub-aws-*")); err != nil || len(left) > 0 {
				t.Errorf("it leaves %q (%v)", left, err)
			}
			switch name {
			case "a file in two halves":
				if data, err := os.ReadFile(file); err != nil || strings.Count(string(data), `"reference": "CC-`) != 2 {
					t.Errorf("the file is %s (%v)", data, err)
				}
			case "an audit in two parts, and an earlier head that is another":
				if data, err := os.ReadFile(noted); err != nil || string(data) != heads("CC-1", "CC-2") {
					t.Errorf("the heads are %s (%v)", data, err)
				}
			}
		})
	}
}
