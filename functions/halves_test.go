package functions

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// account stands in for AWS's command line, and keeps a stack and a bucket in files. At the call
// numbered $AT one of four things goes wrong: it is refused, its answer is lost, the caller is
// killed, or another whole deployment happens before it.
const account = `#!/bin/sh
HERE=$PWD
cd "$ACCOUNT"
c=${CALLS:-calls}
echo "$1 $2" >>$c
n=$(grep -c . $c)
[ "$n $HOW" != "$AT refused" ] || { echo "An error occurred (503) when calling" >&2; exit 254; }
if [ "$n $HOW" = "$AT other" ]; then (cd "$FOLDER-other" && CALLS=other AT=0 VERSION=three ./deploy.sh hub zips </dev/null >/dev/null 2>&1) || exit 99; fi
value() { sed -n "s/^$1=//p" live 2>/dev/null; }
act() {
  case "$*" in
  "configure get region") echo eu-west-2 ;;
  *get-caller-identity*) echo 123456789012 ;;
  "cloudformation describe-stacks --region"*) return 254 ;;
  *describe-stacks*StackStatus*) cat status 2>/dev/null || { echo "Stack with id hub does not exist" >&2; return 254; } ;;
  *describe-stacks*"Parameters[].ParameterKey"*) cut -d= -f1 live ;;
  *describe-stacks*"ParameterKey=="*) value "$(echo "$*" | sed "s/.*=='\(.*\)'.*/\1/")" ;;
  *head-bucket*) [ -d bucket ] || { echo "An error occurred (404) when calling" >&2; return 254; } ;;
  *get-bucket-location*) echo eu-west-2 ;;
  "s3 mb"*) mkdir bucket ;;
  *put-public-access-block*) : >closed ;;
  *get-public-access-block*) [ -f closed ] || { echo "An error occurred (NoSuchPublicAccessBlockConfiguration) when calling" >&2; return 254; }; printf 'True\tTrue\tTrue\tTrue\n' ;;
  *get-bucket-policy-status*) echo "An error occurred (NoSuchBucketPolicy) when calling" >&2; return 254 ;;
  "cloudformation package"*) echo "made $VERSION" >"$HERE/dist/packaged.yaml" ;;
  "s3 cp --quiet s3://"* | "s3 cp --only-show-errors s3://"*) from=bucket/${4#s3://zips/}; [ -f "$from" ] || { echo "An error occurred (404) when calling" >&2; return 1; }
    if [ "$5" = - ]; then cat "$from"; else cp "$from" "$5"; fi ;;
  "s3 cp"*) to=bucket/${5#s3://zips/}; mkdir -p "$(dirname "$to")"; case $4 in /*) cp "$4" "$to" ;; *) cp "$HERE/$4" "$to" ;; esac ;;
  *list-objects*) echo None ;;
  *get-template-summary*) printf 'MailAddress\tOriginSecretA\tProtected\tRelease\n' ;;
  *create-change-set*)
    [ -f status ] || echo REVIEW_IN_PROGRESS >status
    for a; do
      case $a in
      https:*) cp "bucket/${a#https://zips.s3.eu-west-2.amazonaws.com/}" set.template ;;
      file:*parameters.json) tr '{' '\n' <"${a#file://}" >given ;;
      esac
    done
    sed -n 's/"ParameterKey":"\(.*\)","ParameterValue":"\(.*\)".*/\1=\2/p' given >set
    for name in $(sed -n 's/"ParameterKey":"\(.*\)","Use.*/\1/p' given); do echo "$name=$(value "$name")" >>set; done
    sort -o set set
    cat live template >set.of 2>/dev/null # on which it stands
    echo arn:change ;;
  *"wait change-set-create-complete"*) ! { cmp -s set live && cmp -s set.template template; } ;;
  *describe-change-set*StatusReason*) echo "The submitted information didn't contain changes." ;;
  *delete-change-set*) rm -f set set.template ;;
  *execute-change-set*)
    cat live template 2>/dev/null | cmp -s - set.of && [ -f set ] || { echo "ChangeSet is OBSOLETE" >&2; return 254; }
    case $(cat status) in REVIEW*) s=CREATE ;; *) s=UPDATE ;; esac
    if grep -q 'made bad' set.template; then echo ${s}_ROLLBACK_COMPLETE >status; else mv set live; mv set.template template; echo ${s}_COMPLETE >status; fi
    rm -f set set.template ;; # whoever watches: AWS goes on by itself
  *"wait stack-"*) ! grep -q ROLLBACK status ;;
  *update-termination-protection*) : >guarded ;;
  *set-stack-policy*) : >policy ;;
  esac
}
act "$@"
result=$?
case "$n $HOW" in
"$AT unheard") exit 254 ;;
"$AT killed") kill -9 0 ;;
esac
exit $result
`

var everyCall = flag.Bool("halves", false, "let a deployment break at every call of AWS and in every way, which takes some minutes")

// TestHalves: wherever a deployment breaks off, the stack is either unchanged or wholly new, and
// running the same command again completes it. A rollback goes back to what was there before,
// whatever had been written down by then. Of two deployments at once, either one is refused, or
// both are there in their order.
func TestHalves(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script, err := os.ReadFile("../deploy.sh")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"hub/deploy.sh": string(script), "hub-other/deploy.sh": string(script), "path/aws": account,
		"hub/bin/hub": "#!/bin/sh\nmkdir -p dist\n", "hub-other/bin/hub": "#!/bin/sh\nmkdir -p dist\n", "path/go": "#!/bin/sh\n",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	accounts := 0
	from := func(base string) string { // copies an account; "" makes an empty one
		accounts++
		s := filepath.Join(dir, fmt.Sprint("account-", accounts))
		err := os.Mkdir(s, 0o755)
		if base != "" {
			err = os.CopyFS(s, os.DirFS(base))
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	run := func(s string, version string, at int, how string, args ...string) (string, error) {
		os.Remove(filepath.Join(s, "calls"))
		cmd := exec.Command("./deploy.sh", append(args, "hub", "zips")...)
		cmd.Dir = filepath.Join(dir, "hub")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that all of it is killed
		cmd.Env = []string{"PATH=" + filepath.Join(dir, "path") + ":" + os.Getenv("PATH"), "TMPDIR=" + dir, "AWS_REGION=eu-west-2",
			"ACCOUNT=" + s, "FOLDER=" + cmd.Dir, "VERSION=" + version, fmt.Sprint("AT=", at), "HOW=" + how}
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	read := func(s string, name string) string {
		data, _ := os.ReadFile(filepath.Join(s, name))
		return strings.TrimSpace(string(data))
	}
	calls := func(s string) []string { return strings.Split(read(s, "calls"), "\n") } // of the last deployment
	history := func(s string) (all []string) {                                        // the deployments that the bucket lists, oldest first
		for key := range strings.FieldsSeq(read(s, "bucket/hub/released")) {
			all = append(all, strings.TrimPrefix(read(s, "bucket/"+key), "made "))
		}
		return all
	}
	good := func(what string, s string, version string, before ...string) {
		t.Helper()
		if got, is := read(s, "template"), history(s); got != "made "+version || fmt.Sprint(is) != fmt.Sprint(append(before, version)) ||
			!strings.Contains(read(s, "live"), "Protected=yes") || read(s, "status") == "" {
			t.Errorf("%s: %s is deployed, the list of deployments is %q, want %s after %q\n%s", what, got, is, version, before, read(s, "live"))
		}
		for _, name := range []string{"guarded", "policy", "closed"} {
			if _, err := os.Stat(filepath.Join(s, name)); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	deploy := func(what string, s string, version string) {
		t.Helper()
		if out, err := run(s, version, 0, ""); err != nil {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
	}
	back := func(what string, s string, to string) {
		t.Helper()
		was := read(s, "template")
		switch out, err := run(s, "", 0, "", "--rollback"); {
		case to == "" && (err == nil || read(s, "template") != was || !strings.Contains(out, "nothing was deployed before")):
			t.Errorf("%s: goes back although there is nothing: %v\n%s", what, err, out)
		case to != "" && (err != nil || read(s, "template") != "made "+to):
			t.Errorf("%s: goes back to %s, not to %s: %v\n%s", what, read(s, "template"), to, err, out)
		}
	}

	one := from("")
	deploy("the first", one, "one")
	good("the first", one, "one")
	two := from(one)
	deploy("the second", two, "two")
	good("the second", two, "two", "one")
	// Something changes only at these calls, so it is enough to break off before and after them.
	at := []int{slices.Index(calls(two), "cloudformation create-change-set") + 1, slices.Index(calls(two), "cloudformation execute-change-set") + 1}
	ways, kinds := []string{"killed"}, []struct {
		name   string
		base   string
		before []string
	}{{"the third", two, []string{"one", "two"}}}
	if *everyCall {
		at = nil
		for n := range 99 { // until there are no more calls
			at = append(at, n+1)
		}
		ways, kinds = []string{"refused", "unheard", "killed"}, append(kinds, kinds[0])
		kinds[1].name, kinds[1].base, kinds[1].before = "the first", "", nil
	}
	for _, k := range kinds {
		for _, how := range ways {
			for _, n := range at {
				what, s := fmt.Sprintf("%s, call %d %s", k.name, n, how), from(k.base)
				out, err := run(s, "three", n, how)
				if len(calls(s)) < n {
					if err != nil {
						t.Errorf("%s: not reached, but %v\n%s", what, err, out)
					}
					break
				}
				switch is := read(s, "template"); {
				case is == "made three" && k.before != nil:
					back(what, from(s), k.before[len(k.before)-1])
				case k.before != nil && is == "made "+k.before[len(k.before)-1]:
					back(what, from(s), k.before[len(k.before)-2])
				case is != "made three" && is != "":
					t.Errorf("%s: %s is there", what, is)
				}
				deploy(what+", again", s, "three")
				good(what+", again", s, "three", k.before...)
			}
		}
	}

	// AWS itself takes a deployment back.
	s := from(two)
	if out, err := run(s, "bad", 0, ""); err == nil || !strings.Contains(out, "is taken back") {
		t.Errorf("taken back: %v\n%s", err, out)
	}
	good("taken back", s, "two", "one")
	back("after one that was taken back", s, "one")
	back("and further", s, "")
	deploy("after going back", s, "four")
	good("after going back", s, "four", "one")

	// Two deployments at once. The other one deploys "three" and is done before a certain call of
	// this one.
	for _, n := range at {
		s, what := from(two), fmt.Sprintf("another deployment before call %d", n)
		out, err := run(s, "four", n, "other")
		if len(calls(s)) < n {
			break
		}
		before := []string{"one", "two", "three"}
		switch read(s, "template") {
		case "made three":
			if err == nil { // the other one came later
				before = []string{"one", "two", "four", "three"}
			}
		case "made four":
			if err != nil {
				t.Errorf("%s: %v\n%s", what, err, out)
			}
		default:
			t.Errorf("%s: %s is there", what, read(s, "template"))
		}
		deploy(what+", again", s, "four")
		good(what+", again", s, "four", before...)
	}
}
