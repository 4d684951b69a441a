package functions

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// cloud stands in for AWS's command line. It writes each call down, and its answers depend on what
// its environment says about the account.
const cloud = `#!/bin/sh
for a in "$@"; do printf '%s|' "$a"; case $a in file://*parameters.json | file://*triggers.json) tr -d '\n' <"${a#file://}" ;; esac; done >>"$CALLS"
echo >>"$CALLS"
status() {
  s=$STATUS
  if grep -q '^cloudformation|delete-stack|' "$CALLS"; then s=; fi
  if grep -q '^cloudformation|wait|stack-create-complete|' "$CALLS"; then s=CREATE_COMPLETE; fi
  if [ -n "$FAILS" ] && grep -q '|execute-change-set|' "$CALLS"; then s=UPDATE_ROLLBACK_COMPLETE; fi
}
case "$*" in
"configure get region") echo "$PROFILE_REGION" ;;
*get-caller-identity*) echo 123456789012 ;;
"cloudformation describe-stacks --region"*) case "$4" in "$ELSEWHERE") ;; us-east-1) case "$*" in *WebAclArn*) echo arn:acl ;; *) exit 254 ;; esac ;; *) exit 254 ;; esac ;;
*describe-stacks*StackStatus*) status; [ -n "$s" ] || { echo "Stack with id hub does not exist" >&2; exit 254; }; echo "$s" ;;
*describe-stacks*"Parameters[].ParameterKey"*) printf 'MailAddress\tMailName\tOld\n' ;;
*describe-stacks*"=='Protected'"*) echo yes ;;
*describe-stacks*"=='MailAddress'"*) echo a@hub.example.org ;;
*describe-stacks*"=='MailIdentity'"*) echo hub.example.org ;;
*describe-stacks*Outputs*) printf 'Site\thttps://x\n' ;;
*DkimAttributes*) echo "$DKIM" ;;
*get-email-identity*) [ "$4" = "$SES_KNOWS" ] ;;
*describe-stack-resources*) echo "$SES_OURS" ;;
*head-bucket*) [ -z "$BUCKET" ] || { echo "An error occurred ($BUCKET) when calling" >&2; exit 254; } ;;
*get-bucket-location*) echo "${BUCKET_REGION:-eu-west-2}" ;;
*get-public-access-block*) case ${BLOCK:=all} in
  all) printf 'True\tTrue\tTrue\tTrue\n' ;; some) printf 'True\tTrue\tFalse\tTrue\n' ;; *) echo "An error occurred ($BLOCK) when calling" >&2; exit 254 ;; esac ;;
*get-bucket-policy-status*) [ -n "$POLICY" ] || { echo "An error occurred (NoSuchBucketPolicy) when calling" >&2; exit 254; }; echo "$POLICY" ;;
*get-bucket-acl*) echo "$GRANTS" ;;
*"s3 cp"*/released*) case "$*" in *s3://*released\ *) [ -n "$RELEASED" ] || { echo "An error occurred (404) when calling" >&2; exit 1; }; printf '%b' "$RELEASED" >"$5" ;; esac ;;
"cloudformation package"*) echo "made $VERSION" >dist/packaged.yaml ;;
*describe-alarms*) [ -z "$ALARM" ] || printf 'hub-failing\t%s\tarn:failing\nhub-deliver-failing\tOK\tarn:deliver\nhub-publish-failed\tOK\tarn:publish\n' "$ALARM" ;;
*get-template-summary*) printf 'MailAddress\tMailName\tOriginSecretA\tWebAclArn\tProtected\tOwnsMailAddress\tMailFrom\n' ;;
*create-change-set*) echo arn:change ;;
*"wait change-set-create-complete"*) [ -z "$UNCHANGED" ] ;;
*describe-change-set*StatusReason*) echo "$UNCHANGED" ;;
*"wait stack-update-complete"*) [ -z "$FAILS" ] ;;
*describe-stack-events*) printf 'Table\tno right to make it\n' ;;
esac
`

// TestDeploy: what deploy.sh asks of AWS, and what it refuses, in each state that a stack, a
// bucket, an address and an alarm can have.
func TestDeploy(t *testing.T) {
	dir := t.TempDir()
	script, err := os.ReadFile("../deploy.sh")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"hub/deploy.sh":   string(script),
		"hub/staging.txt": "# Staging.\n\nMailName=GP Hub, staging\n",
		// This go build makes a hub that packages nothing.
		"path/go":  "#!/bin/sh\necho go \"$@\" >>\"$CALLS\"\nmkdir -p bin dist\nprintf '#!/bin/sh\\necho hub \"$@\" >>\"$CALLS\"\\n' >bin/hub\nchmod +x bin/hub\n",
		"path/aws": cloud,
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const (
		london  = "AWS_REGION=eu-west-2"
		there   = "STATUS=UPDATE_COMPLETE"
		alarms  = "ALARM=OK"
		secret  = "OriginSecretA=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		address = "MailAddress=a@hub.example.org"
	)
	for _, c := range []struct {
		name  string
		env   []string
		args  []string // after hub and zips
		fails bool
		want  []string // in its output and its calls
		never []string
	}{
		{"no region", nil, nil, true, []string{"no region is set", "AWS_REGION=eu-west-2"}, []string{"get-caller-identity"}},
		{"the profile's region", []string{"PROFILE_REGION=eu-west-2", there}, nil, false, []string{"account 123456789012, region eu-west-2, stack hub"}, nil},
		{"AWS_DEFAULT_REGION goes before the profile's", []string{"AWS_DEFAULT_REGION=eu-west-2", "PROFILE_REGION=us-east-1", there}, nil, false, []string{"region eu-west-2"}, nil},
		{"a region abroad", []string{"AWS_REGION=us-east-1"}, nil, true, []string{"the region is us-east-1", "REGIONS=us-east-1"}, []string{"create-change-set"}},
		{"a region abroad that is meant", []string{"AWS_REGION=eu-west-1", "REGIONS=eu-west-1", "BUCKET_REGION=eu-west-1", there}, nil, false, []string{"region eu-west-1"}, nil},
		{"the stack lives elsewhere", []string{london, "ELSEWHERE=eu-west-1"}, nil, true, []string{"a stack hub already, in region eu-west-1"}, []string{"create-change-set"}},
		{"first", []string{london, "BUCKET=404", "FIREWALL=yes"}, []string{"MailName=GP Hub, north", address, secret}, false, []string{
			"hub package\n", "s3|mb|s3://zips|", "put-public-access-block|", "cloudformation|deploy|--region|us-east-1|--stack-name|hub-firewall|",
			`|--change-set-type|CREATE|`, `{"ParameterKey":"MailName","ParameterValue":"GP Hub, north"}`, `{"ParameterKey":"WebAclArn","ParameterValue":"arn:acl"}`,
			`|--tags|Key=hub,Value=hub|`, "wait|stack-create-complete|",
			// Once the deployment has succeeded, the stack is protected, and a policy keeps the
			// tables.
			`|--change-set-type|UPDATE|`, `{"ParameterKey":"Protected","ParameterValue":"yes"}`, "--enable-termination-protection", "LogicalResourceId/MentoringTable",
			"Site\thttps://x",
		}, []string{"OwnsMailAddress"}},
		{"a later one", []string{london, there, alarms}, nil, false, []string{
			`[{"ParameterKey":"MailAddress","UsePreviousValue":true},{"ParameterKey":"MailName","UsePreviousValue":true},{"ParameterKey":"Protected","ParameterValue":"yes"}]`,
			`"MonitoringTimeInMinutes":10`, `"Arn":"arn:failing"`, `"Arn":"arn:deliver"`, `"Arn":"arn:publish"`, `|--tags|Key=hub,Value=hub|`, "execute-change-set",
		}, []string{"|mb|", "us-east-1", `"ParameterKey":"Old"`, "|CREATE|"}},
		{"a file of parameters, and one after it", []string{london, there}, []string{"@staging.txt", secret}, false,
			[]string{`{"ParameterKey":"MailName","ParameterValue":"GP Hub, staging"}`, `{"ParameterKey":"OriginSecretA"`}, nil},
		{"a parameter that is none", []string{london, there}, []string{"Mailname=x"}, true, []string{"no parameter Mailname"}, []string{"create-change-set"}},
		{"a word that is no parameter", []string{london, there}, []string{"yes"}, true, []string{`"yes" is neither`}, []string{"hub package"}},
		{"a value that would break out of its place", []string{london, there}, []string{`MailName=x","y":"z`}, true, []string{"not PARAMETER=VALUE"}, []string{"hub package"}},
		{"the first one failed before", []string{london, "STATUS=ROLLBACK_COMPLETE"}, []string{address, secret}, false,
			[]string{"taken back", "cloudformation|delete-stack|--stack-name|hub|", "|--change-set-type|CREATE|"}, nil},
		{"taking back failed", []string{london, "STATUS=UPDATE_ROLLBACK_FAILED"}, nil, true, []string{"continue-update-rollback"}, []string{"hub package"}},
		{"creating failed and stuck", []string{london, "STATUS=ROLLBACK_FAILED"}, nil, true, []string{`"If it fails"`}, []string{"hub package"}},
		{"somebody else deploys", []string{london, "STATUS=UPDATE_IN_PROGRESS"}, nil, true, []string{"wait, then try again"}, []string{"hub package"}},
		{"this one fails", []string{london, there, alarms, "FAILS=1"}, nil, true, []string{"no right to make it", "taken back"}, []string{"released|s3://"}},
		{"nothing has changed", []string{london, there, "UNCHANGED=The submitted information didn't contain changes."}, nil, false, []string{"nothing has changed", "delete-change-set"}, []string{"execute-change-set"}},
		{"CloudFormation refuses", []string{london, there, "UNCHANGED=Parameters: [X] must have values"}, nil, true, []string{"[X] must have values"}, []string{"execute-change-set"}},
		{"a release, without Go", []string{london, there, alarms, "HUB_PROGRAMS=programs"}, nil, false, []string{"hub package", "execute-change-set"}, []string{"go build"}},
		{"an alarm is on", []string{london, there, "ALARM=ALARM"}, nil, true, []string{"hub-failing is on", "HOTFIX=yes"}, []string{"create-change-set"}},
		{"a repair while an alarm is on", []string{london, there, "ALARM=ALARM", "HOTFIX=yes"}, nil, false, []string{`{"RollbackTriggers":[]}`, "execute-change-set"}, []string{"arn:failing"}},
		{"another account's bucket", []string{london, there, "BUCKET=403"}, nil, true, []string{"another account's"}, []string{"|mb|", "create-change-set"}},
		{"a bucket in another region", []string{london, there, "BUCKET_REGION=eu-west-1"}, nil, true, []string{"bucket zips is in region eu-west-1"}, []string{"create-change-set"}},
		{"a public bucket", []string{london, there, "BLOCK=NoSuchPublicAccessBlockConfiguration", "POLICY=True"}, nil, true, []string{"bucket zips is public", "put others in their place"}, []string{"put-public-access-block", "create-change-set"}},
		{"a bucket to which anybody may write", []string{london, there, "BLOCK=some", "GRANTS=WRITE"}, nil, true, []string{"bucket zips is public"}, []string{"put-public-access-block", "create-change-set"}},
		{"a public bucket, and back", []string{london, there, "BLOCK=some", "POLICY=True", `RELEASED=hub/templates/one.yaml\nhub/templates/two.yaml\n`}, []string{"--rollback"}, true, []string{"bucket zips is public"}, []string{"create-change-set"}},
		{"a bucket that could become public", []string{london, there, "BLOCK=some", "POLICY=False"}, nil, false,
			[]string{"put-public-access-block|--bucket|zips|--expected-bucket-owner|123456789012|--public-access-block-configuration|BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true|"}, nil},
		{"a bucket that is closed", []string{london, there}, nil, false, []string{"get-public-access-block", "execute-change-set"}, []string{"put-public-access-block", "get-bucket-acl"}},
		{"a bucket of which nobody may know", []string{london, there, "BLOCK=AccessDenied"}, nil, true, []string{"cannot be seen whether bucket zips is public", "github.yaml"}, []string{"put-public-access-block", "create-change-set"}},
		{"an address that SES knows already", []string{london, "SES_KNOWS=a@hub.example.org"}, []string{address, secret}, false,
			[]string{"leaves that identity alone", `{"ParameterKey":"OwnsMailAddress","ParameterValue":"no"}`}, nil},
		{"an address that is this stack's", []string{london, there, "SES_KNOWS=a@hub.example.org", "SES_OURS=a@hub.example.org"}, []string{address}, false, []string{"execute-change-set"}, []string{"OwnsMailAddress"}},
		{"a mail domain that is not there yet", []string{london, there, "DKIM=PENDING", "SES_KNOWS=hub.example.org", "SES_OURS=hub.example.org"}, []string{"MailFrom=no-reply@hub.example.org"}, true,
			[]string{"DKIM: PENDING", "Letters go on from"}, []string{"create-change-set"}},
		{"a mail domain that is there", []string{london, there, "DKIM=SUCCESS", "SES_KNOWS=hub.example.org", "SES_OURS=hub.example.org"}, []string{"MailFrom=no-reply@hub.example.org"}, false,
			[]string{`{"ParameterKey":"MailFrom","ParameterValue":"no-reply@hub.example.org"}`}, nil},
		{"an address at another domain", []string{london, there, "DKIM=SUCCESS"}, []string{"MailFrom=no-reply@nothub.example.org"}, true, []string{"must be at MailIdentity"}, []string{"create-change-set"}},
		{"back", []string{london, there, alarms, `RELEASED=hub/templates/one.yaml\nhub/templates/two.yaml\nhub/templates/three.yaml\n`}, []string{"--rollback"}, false,
			[]string{"|--template-url|https://zips.s3.eu-west-2.amazonaws.com/hub/templates/two.yaml|"}, []string{"hub package", "three.yaml|"}},
		{"back while an alarm is on", []string{london, there, "ALARM=ALARM", `RELEASED=hub/templates/one.yaml\nhub/templates/two.yaml\n`}, []string{"--rollback"}, false,
			[]string{"hub/templates/one.yaml|", `{"RollbackTriggers":[]}`, "execute-change-set"}, []string{"arn:failing"}},
		{"back, and there is nothing", []string{london, there, `RELEASED=hub/templates/one.yaml\n`}, []string{"--rollback"}, true, []string{"nothing was deployed before"}, []string{"create-change-set"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			calls := filepath.Join(t.TempDir(), "calls")
			if err := os.WriteFile(calls, nil, 0o644); err != nil {
				t.Fatal(err)
			}
			args := append([]string{"hub", "zips"}, c.args...)
			if len(c.args) > 0 && c.args[0] == "--rollback" {
				args = []string{"--rollback", "hub", "zips"}
			}
			cmd := exec.Command("./deploy.sh", args...)
			cmd.Dir = filepath.Join(dir, "hub")
			cmd.Env = append([]string{"PATH=" + filepath.Join(dir, "path") + ":" + os.Getenv("PATH"), "CALLS=" + calls}, c.env...)
			out, err := cmd.CombinedOutput()
			if (err != nil) != c.fails {
				t.Fatalf("%v\n%s", err, out)
			}
			called, err := os.ReadFile(calls)
			if err != nil {
				t.Fatal(err)
			}
			all := string(out) + string(called)
			for _, want := range c.want {
				if !strings.Contains(all, want) {
					t.Errorf("%q is not among\n%s", want, all)
				}
			}
			for _, never := range c.never {
				if strings.Contains(string(called), never) {
					t.Errorf("%q is among\n%s", never, called)
				}
			}
		})
	}
	// The alarms that make AWS take a deployment back exist.
	names := map[string]bool{}
	for _, a := range open(t).of("AWS::CloudWatch::Alarm") {
		name, _ := at(a, "AlarmName", "Fn::Sub").(string)
		names[strings.TrimPrefix(name, "${AWS::StackName}-")] = true
	}
	for _, name := range []string{"failing", "deliver-failing", "publish-failed"} {
		if !names[name] || !strings.Contains(string(script), `"$stack-`+name+`"`) {
			t.Errorf("alarm %s is not both in the template and a reason to roll back", name)
		}
	}
}
