package functions

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/functions/internal/prices"
)

// Assumptions, in addition to what is measured. Prices and free allowances are in one table, in
// package prices.
const (
	monthSeconds      = 30 * 24 * 3600
	pagesRead         = 10       // public pages that an applicant reads
	requestsPerPage   = 4        // with style, script and icon, until the browser has them
	pageBytes         = 20_000   // of one request, on average
	linesPerRequest   = 900      // bytes of log: ours, Lambda's three, the API's
	linesPerRun       = 1200     // bytes of log of a scheduled run
	sweepTakes        = 0.08     // seconds
	publishTakes      = 1.0      // seconds
	pollsPerSecond    = 5.0 / 20 // of each queue: Lambda's five pollers wait 20 seconds for a message
	readsPerSweep     = 6        // units: each partition of the index twice, half a unit each as it may be late, and what is kept of two leads
	requestsOfPublish = 1        // of S3, when there is nothing to do
	kept              = 12       // months for which applications are kept
	backups           = 35       // daily copies of the whole table in the vault
	gigabyte          = 1e9
)

// A line of a bill: what is used, the names of its price and its free allowance, and its group.
type line struct {
	group, what string
	used        float64
	price, free string
}

// cost returns the cost of a line at list price, and after the free allowance.
func (l line) cost() (list, rest float64) {
	free := 0.0
	if l.free != "" {
		free = prices.Of(l.free)
	}
	return l.used * prices.Of(l.price), max(0, l.used-free) * prices.Of(l.price)
}

// bill makes a table of lines, and returns it with two sums: at list prices, and after free
// allowances.
func bill(lines []line, free bool) (string, float64, float64) {
	var b strings.Builder
	all, rest := 0.0, 0.0
	for _, l := range lines {
		cost, left := l.cost()
		all, rest = all+cost, rest+left
		if free {
			fmt.Fprintf(&b, "| %s | %.3f | %.3f |\n", l.what, cost, left)
		} else {
			fmt.Fprintf(&b, "| %s | %.3f |\n", l.what, cost)
		}
	}
	return b.String(), all, rest
}

// joined adds up the lines with the same price, because an allowance is free only once.
func joined(lines []line) (all []line) {
	for _, l := range lines {
		i := slices.IndexFunc(all, func(o line) bool { return o.price == l.price })
		if i < 0 {
			all = append(all, l)
		} else {
			all[i].used += l.used
		}
	}
	return all
}

// TestCost: the costs in docs/scale.md follow from the template's numbers, from what is measured,
// and from the table of prices. So does what other guides say about money.
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

	// applied returns what this many applications use, from the first page to the decision.
	applied := func(n float64) []line {
		computing := n * (requestTakes*(float64(sent.requests)*memory("submit")+float64(l.requests-sent.requests)*memory("review")) + (float64(l.letters)*letterTakes+float64(l.records)*recordTakes)*memory("deliver"))
		invocations := n * float64(l.requests+l.records)
		pages := n * (pagesRead*requestsPerPage + float64(l.requests))
		return []line{
			{"letters", "SES, letters", n * float64(l.letters), "ses-letter", ""},
			{"letters", "SES, attachments", n * float64(l.attached) / gigabyte, "ses-attachment", ""},
			{"records", "DynamoDB, writes of table and indexes", n * float64(l.writes+l.indexWrites+l.listWrites), "dynamodb-write", ""},
			{"records", "DynamoDB, reads", n * float64(l.reads), "dynamodb-read", ""},
			{"keeping", "DynamoDB, a year's keeping", n * float64(l.size) * kept / gigabyte, "dynamodb-store", "free-store"},
			{"keeping", "DynamoDB, a year's recovery to any second", n * float64(l.size) * kept / gigabyte, "dynamodb-recovery", ""},
			{"functions", "HTTP API", n * float64(l.requests), "api-request", ""},
			{"functions", "Lambda, computing", computing, "lambda-computing", "free-computing"},
			{"functions", "Lambda, invocations", invocations, "lambda-run", "free-runs"},
			{"pages", "CloudFront, requests", pages, "page-request", "free-pages"},
			{"pages", "CloudFront, traffic", pages * pageBytes / gigabyte, "page-traffic", "free-traffic"},
			{"pages", "CloudFront, functions", 2 * n * pagesRead * requestsPerPage, "page-function", "free-functions"},
			{"watching", "logs", invocations * linesPerRequest / gigabyte, "log", "free-logs"},
		}
	}
	firewalled := func(n float64) line {
		return line{"firewall", "firewall, requests (if there is one)", n * (pagesRead*requestsPerPage + float64(l.requests)), "firewall-request", ""}
	}
	rows, each, _ := bill(append(applied(1000), firewalled(1000)), false)
	part(t, "cost", fmt.Sprintf("%s\n\n| 1,000 applications | USD |\n| --- | ---: |\n%s| **sum** | **%.2f** |\n", pricesOf(t), rows, each))

	alarms := 0
	for _, a := range tp.of("AWS::CloudWatch::Alarm") {
		alarms++
		if all := list(at(a, "Metrics")); all != nil {
			alarms += len(all) - 2 // the sum itself is not a metric
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
		{"watching", fmt.Sprintf("%d metrics watched by alarms", alarms), float64(alarms), "alarm", "free-alarms"},
		{"watching", fmt.Sprintf("%d metrics of the hub's own, if each counts something", len(metrics)), float64(len(metrics)), "metric", "free-metrics"},
		{"functions", fmt.Sprintf("Lambda, computing: %.0f sweeps, %.0f of mentoring, %.0f builds", sweeps, mentoring, builds),
			sweeps*sweepTakes*memory("deliver") + mentoring*sweepTakes*memory("mentoringwork") + builds*publishTakes*memory("publish"), "lambda-computing", "free-computing"},
		{"functions", "Lambda, invocations", sweeps + mentoring + builds, "lambda-run", "free-runs"},
		{"functions", "Scheduler", sweeps + mentoring + builds, "schedule", "free-schedules"},
		{"functions", fmt.Sprintf("SQS, asking %d queues for messages", queues), float64(queues) * pollsPerSecond * monthSeconds, "queue-request", "free-queues"},
		{"key", "the KMS key of mentoring", float64(keys), "key", ""},
		{"records", "DynamoDB, reads of the sweeps", (sweeps + mentoring) * readsPerSweep, "dynamodb-read", ""},
		{"functions", "S3, reads of the builds", builds * requestsOfPublish, "s3-get", ""},
		{"watching", "logs", (sweeps + mentoring + builds) * linesPerRun / gigabyte, "log", "free-logs"},
	}
	wall := prices.Of("firewall") + float64(rules)*prices.Of("firewall-rule")
	rows, all, rest := bill(idle, true)
	part(t, "idle", fmt.Sprintf("| a month in which nobody applies | USD, list | after what is free for every account |\n| --- | ---: | ---: |\n%s| **sum** | **%.2f** | **%.2f** |\n",
		rows, all, rest))

	// The same number of applications each month for a year.
	var b strings.Builder
	months := []float64{0, 100, 1_000, 10_000, 100_000}
	b.WriteString("| USD a month, with so many applications each month | none | 100 | 1,000 | 10,000 | 100,000 |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	row := func(name string, f func(n float64) float64) {
		fmt.Fprintf(&b, "| %s |", name)
		for _, n := range months {
			fmt.Fprintf(&b, " %.2f |", f(n))
		}
		b.WriteString("\n")
	}
	sum := func(n float64, group string, free bool) (cost float64) {
		for _, l := range joined(append(applied(n), idle...)) {
			list, rest := l.cost()
			if group != "" && l.group != group {
				continue
			}
			if free {
				list = rest
			}
			cost += list
		}
		return cost
	}
	for _, g := range []struct{ group, name string }{
		{"letters", "letters (SES)"}, {"records", "reads and writes (DynamoDB)"}, {"keeping", "what a year of them takes to keep, with recovery (DynamoDB)"},
		{"functions", "functions, API, schedules, queues"}, {"pages", "pages (CloudFront)"}, {"watching", "alarms, metrics, logs"}, {"key", "the KMS key of mentoring"},
	} {
		row(g.name, func(n float64) float64 { return sum(n, g.group, false) })
	}
	row("**sum, list**", func(n float64) float64 { return sum(n, "", false) })
	row("**sum, after what is free for every account**", func(n float64) float64 { return sum(n, "", true) })
	firewall := func(n float64) float64 { list, _ := firewalled(n).cost(); return wall + list }
	row(fmt.Sprintf("the firewall with its %d rules, if there is one", rules), firewall)
	row("**sum with the firewall, after what is free**", func(n float64) float64 { return sum(n, "", true) + firewall(n) })
	row("more with a KMS key of your own for applications", func(float64) float64 { return prices.Of("key") })
	row(fmt.Sprintf("more with the vault: %d daily backups of a year's applications, and its key", backups), func(n float64) float64 {
		return prices.Of("key") + backups*n*float64(l.size)*kept/gigabyte*prices.Of("backup-store")
	})
	part(t, "months", b.String())

	free := sum(0, "", true)
	said(t, "../README.md", fmt.Sprintf("about %.1f US dollars for 1,000 applications, and %.1f for an idle month, or %.1f with the firewall", each, free, free+wall))
	said(t, "../docs/deploy.md", fmt.Sprintf("(%.2f dollars a month)", prices.Of("key")))
	said(t, "../docs/scale.md", fmt.Sprintf("the zone in Route 53 (%.2f a month)", prices.Of("zone")))
	units := 1e6 * 30_000.0 / 4096
	said(t, "../docs/records.md", fmt.Sprintf("A million applications of 30 KB are %.1f million read units, %.2f US dollars", units/1e6, units*prices.Of("dynamodb-read")))
	nowhere(t)
}

// pricesOf returns a sentence with the date of the prices, and with those that could not be
// checked.
func pricesOf(t *testing.T) string {
	t.Helper()
	all, err := prices.All()
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, p := range all {
		if p.Listed == "" {
			open = append(open, "`"+p.Name+"`")
		}
	}
	return fmt.Sprintf("Prices of %s, without tax, as the table had them on %s. Not checked against a copy of AWS's list: %s.", prices.Region, prices.AsOf, strings.Join(open, ", "))
}

// checked has the sentences about money that were checked, by file.
var checked = map[string][]string{}

// said checks that a file has a sentence.
func said(t *testing.T, file, sentence string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), sentence) {
		t.Errorf("%s does not say %q", file, sentence)
	}
	checked[file] = append(checked[file], sentence)
}

var (
	tables = regexp.MustCompile(`(?s)<!-- \w+: go test .*?<!-- end -->`)
	money  = regexp.MustCompile(`(?i)[0-9.]+ (US )?(dollars?|cents?)\b|\b(a|one|two|three) (US )?(dollars?|cents?)\b|\$[0-9]|[0-9.]+ USD|[0-9]\.[0-9]+ a month`)
)

// nowhere checks that no guide mentions what AWS costs, except in the tables and the checked
// sentences.
func nowhere(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob("../docs/*.md")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, "../README.md", "../firewall.yaml", "../template.yaml", "aws/backup.yaml", "aws/github.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Join(strings.Fields(tables.ReplaceAllString(string(text), "")), " ")
		for _, sentence := range checked[file] {
			words = strings.ReplaceAll(words, sentence, "")
		}
		for _, m := range money.FindAllStringIndex(words, -1) {
			t.Errorf("%s mentions money that is in no table: ...%s...", file, words[max(0, m[0]-60):min(len(words), m[1]+30)])
		}
	}
}

// TestPrices: each price of the table can be looked up, and says where it is in AWS's list.
func TestPrices(t *testing.T) {
	all, err := prices.All()
	if err != nil || len(all) < 30 {
		t.Fatal(len(all), err)
	}
	seen := map[string]bool{}
	for _, p := range all {
		if seen[p.Name] || prices.Of(p.Name) != p.Dollars {
			t.Errorf("%s is there twice", p.Name)
		}
		seen[p.Name] = true
		if day, err := time.Parse(time.DateOnly, p.Listed); p.Listed != "" && p.Listed != "undated" && (err != nil || time.Since(day) < 0) {
			t.Errorf("%s is of %q", p.Name, p.Listed)
		}
	}
}
