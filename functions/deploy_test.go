package functions

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDeploy: what deploy.sh asks of AWS, told by a stand-in for its command line that writes down
// each call: at the first deployment and at a later one.
func TestDeploy(t *testing.T) {
	dir := t.TempDir()
	script, err := os.ReadFile("../deploy.sh")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"hub/deploy.sh": string(script),
		// go build makes a hub that packages nothing.
		"path/go": "#!/bin/sh\nmkdir -p bin dist\nprintf '#!/bin/sh\\necho hub \"$@\" >>\"$CALLS\"\\n' >bin/hub\nchmod +x bin/hub\n",
		"path/aws": `#!/bin/sh
for a in "$@"; do printf '%s|' "$a"; done >>"$CALLS"
echo >>"$CALLS"
case "$*" in
*head-bucket*) exit "$BUCKET_MISSING" ;;
*WebAclArn*) echo arn:acl ;;
*get-caller-identity*) echo 123456789012 ;;
*"length("*) echo "$TRIGGERS" ;;
*UsePreviousValue*) printf 'ParameterKey=A,UsePreviousValue=true\tParameterKey=B,UsePreviousValue=true\n' ;;
esac
`,
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run := func(env []string, args ...string) string {
		calls := filepath.Join(t.TempDir(), "calls")
		cmd := exec.Command(filepath.Join(dir, "hub/deploy.sh"), args...)
		cmd.Env = append([]string{"PATH=" + filepath.Join(dir, "path") + ":" + os.Getenv("PATH"), "AWS_REGION=eu-west-2", "CALLS=" + calls}, env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		text, err := os.ReadFile(calls)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first := run([]string{"BUCKET_MISSING=1", "TRIGGERS=0", "FIREWALL=yes"}, "hub", "zips", "MailName=GP Hub", "MailAddress=a@example.org")
	for _, want := range []string{
		"hub package\n",
		"s3|mb|--region|eu-west-2|s3://zips|\n",
		"cloudformation|deploy|--region|us-east-1|--stack-name|hub-firewall|",
		"|--parameter-overrides|MailName=GP Hub|MailAddress=a@example.org|WebAclArn=arn:acl|\n",
		"cloudformation|update-stack|--region|eu-west-2|--stack-name|hub|--use-previous-template|--capabilities|CAPABILITY_IAM|--parameters|ParameterKey=A,UsePreviousValue=true|ParameterKey=B,UsePreviousValue=true|",
		`"Arn":"arn:aws:cloudwatch:eu-west-2:123456789012:alarm:hub-deliver-errors"`,
	} {
		if !strings.Contains(first, want) {
			t.Errorf("first deployment: %q is not among\n%s", want, first)
		}
	}
	later := run([]string{"BUCKET_MISSING=0", "TRIGGERS=3"}, "hub", "zips")
	for _, never := range []string{"|mb|", "us-east-1", "--parameter-overrides", "update-stack"} {
		if strings.Contains(later, never) {
			t.Errorf("a later deployment: %q is among\n%s", never, later)
		}
	}
	// The alarms that deployments are rolled back by are there.
	alarms := map[string]bool{}
	for _, a := range open(t).of("AWS::CloudWatch::Alarm") {
		name, _ := at(a, "AlarmName", "Fn::Sub").(string)
		alarms[strings.TrimPrefix(name, "${AWS::StackName}-")] = true
	}
	for _, name := range []string{"errors", "throttles", "deliver-errors"} {
		if !alarms[name] || !strings.Contains(first, ":alarm:hub-"+name+`"`) {
			t.Errorf("alarm %s is not both in the template and a reason to roll back", name)
		}
	}
}
