package functions

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Prices in US dollars: AWS's list prices of us-east-1 as they were known in November 2026, from
// memory, since no machine of ours could ask AWS. London is some 5 to 20 in 100 dearer. Check them
// at https://aws.amazon.com/pricing/ before you quote them.
const (
	pricesOf = "November 2026"

	mailPrice         = 0.10 / 1000
	attachedPrice     = 0.12 / 1e9
	writePrice        = 0.625 / 1e6
	readPrice         = 0.125 / 1e6
	apiPrice          = 1.00 / 1e6
	lambdaPrice       = 0.0000133334 // a GB-second on arm64
	invokePrice       = 0.20 / 1e6
	pagePrice         = 1.00 / 1e6 // CloudFront, Europe, https
	trafficPrice      = 0.085 / 1e9
	edgePrice         = 0.10 / 1e6 // CloudFront functions
	logPrice          = 0.50 / 1e9
	storePrice        = 0.25 / 1e9 // a month
	recoveryPrice     = 0.20 / 1e9 // a month
	s3GetPrice        = 0.0004 / 1000
	alarmPrice        = 0.10 // a month, for each metric that an alarm watches
	metricPrice       = 0.30 // a month, each of the hub's own
	keyPrice          = 1.00 // a month
	aclPrice          = 5.00 // a month
	rulePrice         = 1.00 // a month
	firewallPrice     = 0.60 / 1e6
	schedulePrice     = 1.00 / 1e6
	queuePrice        = 0.40 / 1e6
	freeAlarms        = 10
	freeMetrics       = 10
	freeComputing     = 400_000 // GB-seconds a month
	freeInvocations   = 1e6
	freeLogs          = 5e9
	freeSchedules     = 14e6
	freeQueues        = 1e6
	monthSeconds      = 30 * 24 * 3600
	pagesRead         = 10       // public pages that somebody reads who applies
	requestsPerPage   = 4        // with style, script and icon, before the browser has them
	pageBytes         = 20_000   // of one request, on average
	linesPerRequest   = 900      // bytes of log: ours, Lambda's three, the API's
	linesPerRun       = 1200     // bytes of log of a scheduled run
	sweepTakes        = 0.08     // seconds
	publishTakes      = 1.0      // seconds
	pollsPerSecond    = 5.0 / 20 // of each queue: Lambda's five pollers wait 20 seconds for a message
	readsPerSweep     = 6        // units: each partition of the index twice, half a unit each as it may be late, and what is kept of two leads
	requestsOfPublish = 1        // of S3, when there is nothing to do
)

// A line of a bill: what is used, at its list price, and how much of the use is free each month for
// every account, always.
type line struct {
	what        string
	used        float64
	price, free float64
}

// bill makes a table of lines, and their sums: at list prices, and after what is free.
func bill(lines []line, free bool) (string, float64, float64) {
	var b strings.Builder
	all, rest := 0.0, 0.0
	for _, l := range lines {
		cost, left := l.used*l.price, max(0, l.used-l.free)*l.price
		all, rest = all+cost, rest+left
		if free {
			fmt.Fprintf(&b, "| %s | %.3f | %.3f |\n", l.what, cost, left)
		} else {
			fmt.Fprintf(&b, "| %s | %.3f |\n", l.what, cost)
		}
	}
	return b.String(), all, rest
}

// TestCost: the costs in docs/scale.md follow from the template's own numbers.
func TestCost(t *testing.T) {
	tp := open(t)
	sent, l := measure(t)
	memory := func(function string) float64 {
		return float64(number(t, at(tp.resources[tp.lambdas[function]], "Properties", "MemorySize"))) / 1024
	}
	runs := func(schedule, pattern string) float64 {
		m := regexp.MustCompile(pattern).FindStringSubmatch(fmt.Sprint(at(tp.resources[schedule], "Properties", "ScheduleExpression")))
		if m == nil {
			t.Fatalf("%s: not %s", schedule, pattern)
		}
		return monthSeconds / 60 / float64(number(t, m[1]))
	}

	const n = 1000
	computing := n * (requestTakes*(float64(sent.requests)*memory("submit")+float64(l.requests-sent.requests)*memory("review")) + (float64(l.letters)*letterTakes+float64(l.records)*recordTakes)*memory("deliver"))
	invocations := n * float64(l.requests+l.records)
	pages := float64(n*pagesRead*requestsPerPage + n*l.requests)
	rows, each, _ := bill([]line{
		{"SES, letters", float64(n * l.letters), mailPrice, 0},
		{"SES, attachments", float64(n * l.attached), attachedPrice, 0},
		{"DynamoDB, writes of table and indexes", float64(n * (l.writes + l.indexWrites + l.listWrites)), writePrice, 0},
		{"DynamoDB, reads", float64(n * l.reads), readPrice, 0},
		{"DynamoDB, a year's keeping with recovery", float64(n*l.size) * 12, storePrice + recoveryPrice, 0},
		{"HTTP API", float64(n * l.requests), apiPrice, 0},
		{"Lambda, computing", computing, lambdaPrice, 0},
		{"Lambda, invocations", invocations, invokePrice, 0},
		{"CloudFront, requests", pages, pagePrice, 0},
		{"CloudFront, traffic", pages * pageBytes, trafficPrice, 0},
		{"CloudFront, functions", float64(2 * n * pagesRead * requestsPerPage), edgePrice, 0},
		{"logs", invocations * linesPerRequest, logPrice, 0},
		{"firewall, requests (if there is one)", pages, firewallPrice, 0},
	}, false)
	part(t, "cost", fmt.Sprintf("Prices of %s.\n\n| 1,000 applications | USD |\n| --- | ---: |\n%s| **sum** | **%.2f** |\n", pricesOf, rows, each))

	alarms := 0
	for _, a := range tp.of("AWS::CloudWatch::Alarm") {
		alarms++
		if all := list(at(a, "Metrics")); all != nil {
			alarms += len(all) - 2 // the sum itself is no metric
		}
	}
	source, err := os.ReadFile("internal/setup/log.go")
	if err != nil {
		t.Fatal(err)
	}
	metrics := map[string]bool{}
	for _, m := range regexp.MustCompile(`\bname: "(\w+)"`).FindAllSubmatch(source, -1) {
		metrics[string(m[1])] = true
	}
	if len(metrics) < 5 {
		t.Fatalf("metrics %v", metrics)
	}
	mentoring := runs("MentoringSchedule", `^rate\((\d+) minutes\)$`)
	queues, keys := 0, len(tp.of("AWS::KMS::Key"))
	for _, e := range tp.of("AWS::Lambda::EventSourceMapping") {
		if !strings.HasSuffix(fmt.Sprint(at(e, "EventSourceArn", "Fn::GetAtt")), ".StreamArn") {
			queues++
		}
	}
	sweeps, builds := runs("DeliverSchedule", `^rate\((\d+) minutes\)$`), runs("PublishSchedule", `^cron\(\d+/(\d+) `)
	whole := load(t, "../firewall.yaml")
	rules := len(list(at(whole, "Resources", "Firewall", "Properties", "Rules")))
	idle := []line{
		{fmt.Sprintf("%d metrics watched by alarms", alarms), float64(alarms), alarmPrice, freeAlarms},
		{fmt.Sprintf("%d metrics of the hub's own, if each counts something", len(metrics)), float64(len(metrics)), metricPrice, freeMetrics},
		{fmt.Sprintf("Lambda, computing: %.0f sweeps, %.0f of mentoring, %.0f builds", sweeps, mentoring, builds),
			sweeps*sweepTakes*memory("deliver") + mentoring*sweepTakes*memory("mentoringwork") + builds*publishTakes*memory("publish"), lambdaPrice, freeComputing},
		{"Lambda, invocations", sweeps + mentoring + builds, invokePrice, freeInvocations},
		{"Scheduler", sweeps + mentoring + builds, schedulePrice, freeSchedules},
		{fmt.Sprintf("SQS, asking %d queues for messages", queues), float64(queues) * pollsPerSecond * monthSeconds, queuePrice, freeQueues},
		{"the KMS key of mentoring", float64(keys), keyPrice, 0},
		{"DynamoDB, reads of the sweeps", (sweeps + mentoring) * readsPerSweep, readPrice, 0},
		{"S3, reads of the builds", builds * requestsOfPublish, s3GetPrice, 0},
		{"logs", (sweeps + mentoring + builds) * linesPerRun, logPrice, freeLogs},
	}
	rows, all, rest := bill(idle, true)
	part(t, "idle", fmt.Sprintf("Prices of %s.\n\n| a month in which nobody applies | USD, list | after what is free for every account |\n| --- | ---: | ---: |\n%s| **sum** | **%.2f** | **%.2f** |\n\nWith a KMS key of your own for applications %.2f more, with the firewall and its %d rules %.2f more.\n",
		pricesOf, rows, all, rest, keyPrice, rules, aclPrice+float64(rules)*rulePrice))
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Join(strings.Fields(string(readme)), " ")
	if says := fmt.Sprintf("about %.1f US dollars for 1,000 applications, and %.1f for an idle month, or %.1f with the firewall", each, rest, rest+aclPrice+float64(rules)*rulePrice); !strings.Contains(words, says) {
		t.Errorf("the README does not say %q", says)
	}
}
