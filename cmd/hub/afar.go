package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	cli "os/exec"
	"path/filepath"
	"strings"

	"traininghub/internal/afar"
)

// What the office does with records on AWS, through the function for the office.

// onAWS calls that function through AWS's command line, which has the permissions.
func onAWS(value func(string) string, in io.Reader, errOut io.Writer) *afar.Caller {
	return &afar.Caller{
		Call: func(ctx context.Context, q afar.Request) ([]byte, error) { return invoke(ctx, value("aws"), q) },
		Agree: func(c afar.Cost) bool {
			if value("yes") == "yes" || in == nil {
				return value("yes") == "yes"
			}
			fmt.Fprintf(errOut, "%s%s. Go on? Type yes: ", strings.ToUpper(c.String()[:1]), c.String()[1:])
			line, _ := bufio.NewReader(in).ReadString('\n') // no answer means no
			return strings.TrimSpace(line) == "yes"
		},
		Tell: func(looked int) { fmt.Fprintf(errOut, "%d records looked at\n", looked) },
	}
}

// invoke calls the function once. Request and answer are in files that nobody else can read and
// that are removed at once, since others on the machine can see a command's arguments.
func invoke(ctx context.Context, function string, q afar.Request) ([]byte, error) {
	dir, err := os.MkdirTemp("", "hub-aws-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ask, answer := filepath.Join(dir, "ask.json"), filepath.Join(dir, "answer.json")
	body, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(ask, body, 0o600); err != nil {
		return nil, err
	}
	args := []string{"lambda", "invoke", "--function-name", function, "--payload", "fileb://" + ask,
		"--cli-read-timeout", "0"}
	if q.Do == "audit" || q.Do == "compare" { // the alias that can do nothing else
		args = append(args, "--qualifier", "audit")
	}
	var said, wrong bytes.Buffer
	cmd := cli.CommandContext(ctx, "aws", append(args, answer)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), "AWS_PAGER="), &said, &wrong
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("AWS's command line: %w: %s", err, strings.TrimSpace(wrong.String()))
	}
	if strings.Contains(said.String(), "FunctionError") {
		return nil, errors.New("the function failed: its log says why")
	}
	return os.ReadFile(answer)
}

// personAfar is the command "hub person" with a function on AWS.
func personAfar(
	ctx context.Context, c *afar.Caller, who afar.Person, erase bool, rest []string, in io.Reader, out io.Writer, yes bool,
) error {
	if !erase {
		file, err := c.File(ctx, who)
		if err != nil {
			return err
		}
		return into(rest, out, func(w io.Writer) error {
			_, err := w.Write(file)
			return err
		})
	}
	found, err := c.Find(ctx, who)
	if err != nil {
		return err
	}
	var refs []string
	for _, f := range found.Found {
		fmt.Fprintf(out, "%s  %s%s, %s, %d events\n", f.Reference, f.Kind, f.Course, f.Status, f.Events)
		refs = append(refs, f.Reference)
	}
	var stay []string
	for _, f := range found.NamedIn {
		stay = append(stay, f.Reference)
	}
	typed, err := repeat(refs, stay, in, out, yes)
	if err != nil || len(typed) == 0 {
		return err
	}
	done, err := c.Erase(ctx, who, found, typed)
	if err == nil {
		fmt.Fprintf(out, "%d erased. What is still in: %s.\n", len(done.Erased), done.Stays)
	}
	return err
}
