package functions

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// excused lists findings that are wrong or intended, with the reason. The list may only get
// shorter.
var excused = []string{
	// "aws cloudformation package" replaces this with the address of the uploaded zip file.
	"W3002 Review: This code may only work with 'package' cli command",
	"W3002 Submit: This code may only work with 'package' cli command",
	"W3002 Deliver: This code may only work with 'package' cli command",
	"W3002 Publish: This code may only work with 'package' cli command",
	"W3002 Records: This code may only work with 'package' cli command",
	"W3002 Bounce: This code may only work with 'package' cli command",
	"W3002 Mentoring: This code may only work with 'package' cli command",
	"W3002 MentoringWork: This code may only work with 'package' cli command",
	"W3002 MentoringRecords: This code may only work with 'package' cli command",
	// The linter inserts the parameter's default even where a condition says that it is not the
	// default.
	"F3017 Scans: Value is not valid under any of the 3 anyOf schemas (0 branches matched; at least one is required). Branch failures: " +
		"branch 1: '' does not match format 'AWS::KMS::Key.Arn'; branch 2: '' does not match format 'AWS::KMS::Key.Id'; " +
		"branch 3: '' does not match format 'AWS::KMS::Alias.AliasName'.",
	"F3014 Distribution: Exactly one of ['AcmCertificateArn', 'CloudFrontDefaultCertificate', 'IamCertificateId'] must be specified",
}

// TestLint: AWS's own linter finds nothing except what is excused.
func TestLint(t *testing.T) {
	out, err := exec.Command("node", "testdata/lint.mjs", "../template.yaml", "../firewall.yaml", "aws/github.yaml", "aws/backup.yaml").CombinedOutput()
	found := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || found[len(found)-1] != "done" {
		t.Fatalf("%v\n%s", err, out)
	}
	found = found[:len(found)-1]
	for _, f := range found {
		if !slices.Contains(excused, f) {
			t.Error(f)
		}
	}
	for _, f := range excused {
		if !slices.Contains(found, f) {
			t.Errorf("the linter does not find this any more, so take it off the list: %s", f)
		}
	}
}

// TestAddresses: CloudFront answers an address as hub serve does.
func TestAddresses(t *testing.T) {
	code := fmt.Sprint(at(open(t).resources["Addresses"], "Properties", "FunctionCode"))
	want := []string{
		"/ shows /index.html",
		"/courses/x/ shows /courses/x/index.html",
		"/courses/x/apply 301 /courses/x/apply/",
		"/compare 301 /compare/",
		"/assets/site-ABCD.css shows /assets/site-ABCD.css",
		"/sitemap.xml shows /sitemap.xml",
		"/404.html shows /404.html",
		"//example.com shows //example.com", // never to another host
		"//example.com/x shows //example.com/x",
	}
	args := []string{"testdata/addresses.mjs"}
	for _, w := range want {
		uri, _, _ := strings.Cut(w, " ")
		args = append(args, uri)
	}
	if got := edge(t, code, args...); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestMoved: CloudFront answers an old address with a redirect, and leaves all other answers as
// they are.
func TestMoved(t *testing.T) {
	tp := open(t)
	code := fmt.Sprint(at(tp.resources["Moved"], "Properties", "FunctionCode"))
	const plain, moved = `{"statusCode":200,"statusDescription":"OK","headers":{"etag":{"value":"x"}}}`, `{"statusCode":200,"statusDescription":"OK","headers":{"etag":{"value":"x"},"x-amz-meta-location":{"value":"/new/"}}}`
	want := []string{plain, `{"statusCode":301,"statusDescription":"Moved Permanently","headers":{"etag":{"value":"x"},"location":{"value":"/new/"}}}`}
	if got := edge(t, code, "testdata/moved.mjs", plain, moved); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	asked := fmt.Sprint(at(tp.resources["Distribution"], "Properties", "DistributionConfig", "DefaultCacheBehavior", "FunctionAssociations"))
	for _, f := range []string{"EventType:viewer-request FunctionARN:map[Fn::GetAtt:Addresses.FunctionARN]", "EventType:viewer-response FunctionARN:map[Fn::GetAtt:Moved.FunctionARN]"} {
		if !strings.Contains(asked, f) {
			t.Errorf("CloudFront asks %s, not %s", asked, f)
		}
	}
}

// edge runs a CloudFront function in a script, and returns the lines that this prints.
func edge(t *testing.T, code string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("node", args...)
	cmd.Stdin = strings.NewReader(code)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	if len(code) > 10_000 {
		t.Errorf("%d bytes: CloudFront takes 10 KB", len(code))
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
