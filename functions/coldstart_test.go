package functions_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"traininghub/content"
	"traininghub/functions/internal/runtimetest"
	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/standin"
)

// share is the share of a processor that Lambda gives a function of 512 MB after its start.
const share = 0.29

// BenchmarkColdStart starts each function as it is deployed, in turn with a function that does
// nothing, and compares medians. It measures the time from the start of the process until it asks
// for its first event (next), and until it has answered that (first): with a page, for a record
// that owes nothing, or that the site is up to date. It measures by the clock, by processor time
// (cpu), and by the clock with the processor throttled after the start. x is the ratio to the
// function that does nothing; the goals are 2.2 for submit's next, and 3 for first. Run it with
//
//	go test -run - -bench ColdStart -benchtime 30x ./functions
func BenchmarkColdStart(b *testing.B) {
	root, dir := standin.Root(b), b.TempDir()
	names := []string{"hello", "submit", "review", "deliver", "bounce", "publish"}
	for _, name := range names {
		source := "./functions/" + name
		if name == "hello" {
			source = "./functions/internal/runtimetest/testdata/hello"
		}
		cmd := exec.Command("go", "build", "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", filepath.Join(dir, name), source)
		cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	runtimetest.Beside(b, dir, content.Files)
	db := dynamotest.Transactions(b, standin.Dynalite(b))
	env := []string{
		"TABLE=" + dynamotest.Table(b, db), "DUE_INDEX=" + dynamotest.DueIndex, "BASE_URL=" + base, "MAIL_FROM=Hub <hub@example.org>",
		"SES_CONFIGURATION_SET=hub", "CROSSING_QUEUE=https://sqs.eu-west-2.amazonaws.com/1/hub", "ORIGIN_SECRETS=" + secret, "METRICS_NAMESPACE=Hub", "LAMBDA_TASK_ROOT=" + dir, "SITE_BUCKET=site", "SCANS=" + scansHost, "DISTRIBUTION=E123",
		"AWS_ENDPOINT_URL_DYNAMODB=" + db,
	}
	visit := events.APIGatewayV2HTTPRequest{RawPath: "/apply/career-conversations", Headers: map[string]string{"x-origin-secret": secret}}
	visit.RequestContext.HTTP.Method = "GET"
	staff := visit
	staff.RawPath = "/review/sign-in"
	seen := events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{{
		EventName: "MODIFY", EventSource: "aws:dynamodb",
		Change: events.DynamoDBStreamRecord{Keys: map[string]events.DynamoDBAttributeValue{dynamo.Key: events.NewStringAttribute("CC-2C2C-2C2C")}, SequenceNumber: "1"},
	}}}
	event := map[string]any{"hello": nil, "submit": visit, "review": staff, "deliver": seen, "bounce": map[string]any{"source": "aws.ses"}, "publish": struct{}{}}
	pages := newBucket(b)
	env = append(env, "AWS_ENDPOINT_URL_S3="+pages.s3.URL, "AWS_ENDPOINT_URL_CLOUDFRONT="+pages.cloudfront.URL)
	if err := pages.start(b, dir).Invoke(limit, struct{}{}, nil); err != nil {
		b.Fatal(err)
	}

	measures := []string{"next", "first", "next-cpu", "first-cpu", "throttled"}
	start := map[string]map[string][]time.Duration{}
	for _, m := range measures {
		start[m] = map[string][]time.Duration{}
	}
	for b.Loop() {
		for _, name := range names {
			began := time.Now()
			p, err := runtimetest.Start(b, filepath.Join(dir, name), env...)
			if err != nil {
				b.Fatal(err)
			}
			note := func(m string, d time.Duration) { start[m][name] = append(start[m][name], d) }
			note("next", p.Started)
			note("next-cpu", p.Processor())
			if e, ok := event[name]; ok {
				if err := p.Invoke(limit, e, nil); err != nil {
					b.Fatalf("%s: %v", name, err)
				}
				note("first", time.Since(began))
				note("first-cpu", p.Processor())
			}
			p.Kill()
			e, ok := event[name]
			if !ok {
				continue
			}
			if p, err = runtimetest.Start(b, filepath.Join(dir, name), env...); err != nil {
				b.Fatal(err)
			}
			began = time.Now()
			if err := p.Throttle(share); err == nil { // without throttling there are no such figures
				if err := p.Invoke(limit, e, nil); err != nil {
					b.Fatalf("%s: %v", name, err)
				}
				note("throttled", p.Started+time.Since(began))
			}
			p.Kill()
		}
	}
	median := func(m, name string) float64 {
		d := start[m][name]
		if len(d) == 0 {
			return 0
		}
		slices.Sort(d)
		return float64(d[len(d)/2].Microseconds()) / 1000
	}
	fmt.Printf("%-10s %8s", "", "MB")
	for _, m := range measures {
		fmt.Printf(" %12s %6s", m+" ms", "x")
	}
	fmt.Println()
	for _, name := range names {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		fmt.Printf("%-10s %8.1f", name, float64(info.Size())/1e6)
		for _, m := range measures {
			fmt.Printf(" %12.1f %6.2f", median(m, name), median(m, name)/median(m, "hello"))
		}
		fmt.Println()
	}
	b.ReportMetric(0, "ns/op")
}
