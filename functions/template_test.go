// Package functions has the tests that compare template.yaml with the code. Its folders are the
// programs.
package functions

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"traininghub/content"
	"traininghub/internal/course"
	"traininghub/internal/dynamo"
	"traininghub/internal/page"
	"traininghub/internal/web"
)

// A node is a part of the template. A function such as !Ref X is a map with one key, as in JSON:
// {"Ref": "X"}.
type node any

// load reads a template.
func load(t *testing.T, file string) map[string]node {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return plain(t, doc.Content[0]).(map[string]node)
}

func plain(t *testing.T, n *yaml.Node) node {
	t.Helper()
	var v node
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]node{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(t, n.Content[i+1])
		}
		v = m
	case yaml.SequenceNode:
		s := []node{}
		for _, c := range n.Content {
			s = append(s, plain(t, c))
		}
		v = s
	case yaml.ScalarNode:
		v = n.Value
	default:
		t.Fatalf("template.yaml:%d: CloudFormation knows no aliases", n.Line)
	}
	switch name := strings.TrimPrefix(n.Tag, "!"); {
	case strings.HasPrefix(n.Tag, "!!"):
	case name == "Ref" || name == "Condition":
		v = map[string]node{name: v}
	default:
		v = map[string]node{"Fn::" + name: v}
	}
	return v
}

// at follows keys and indexes into a node. It returns nil if there is nothing.
func at(n node, path ...any) node {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := n.(map[string]node)
			n = m[p]
		case int:
			s, _ := n.([]node)
			if p >= len(s) {
				return nil
			}
			n = s[p]
		}
	}
	return n
}

func list(n node) []node {
	switch n := n.(type) {
	case []node:
		return n
	case nil:
		return nil
	}
	return []node{n}
}

func number(t *testing.T, n node) int {
	t.Helper()
	i, err := strconv.Atoi(fmt.Sprint(n))
	if err != nil {
		t.Fatalf("no number: %v", n)
	}
	return i
}

// walk visits a node and everything below it.
func walk(n node, visit func(node)) {
	visit(n)
	switch n := n.(type) {
	case map[string]node:
		for _, k := range slices.Sorted(maps.Keys(n)) {
			walk(n[k], visit)
		}
	case []node:
		for _, c := range n {
			walk(c, visit)
		}
	}
}

// A template is template.yaml taken apart.
type template struct {
	whole     map[string]node
	resources map[string]node
	lambdas   map[string]string // logical names of the functions, by the name of their folder
}

func open(t *testing.T) template {
	t.Helper()
	whole := load(t, "../template.yaml")
	tp := template{whole, whole["Resources"].(map[string]node), map[string]string{}}
	for name := range tp.of("AWS::Lambda::Function") {
		zip, _ := at(tp.resources[name], "Properties", "Code").(string)
		m := regexp.MustCompile(`^dist/(\w+)\.zip$`).FindStringSubmatch(zip)
		if m == nil {
			t.Fatalf("%s: hub package makes no code %q", name, zip)
		}
		tp.lambdas[m[1]] = name
	}
	return tp
}

// of returns the properties of all resources of a type, by name.
func (tp template) of(kind string) map[string]node {
	all := map[string]node{}
	for name, r := range tp.resources {
		if at(r, "Type") == kind {
			all[name] = at(r, "Properties")
		}
	}
	return all
}

// policies returns the statements of a function's role, by the policy's name, including the policy
// of the key, which several roles share.
func (tp template) policies(function string) map[string][]node {
	role := at(tp.resources[tp.lambdas[function]], "Properties", "Role", "Fn::GetAtt")
	name, _, _ := strings.Cut(fmt.Sprint(role), ".")
	all := map[string][]node{}
	for _, p := range list(at(tp.resources[name], "Properties", "Policies")) {
		all[fmt.Sprint(at(p, "PolicyName"))] = list(at(p, "PolicyDocument", "Statement"))
	}
	for _, p := range tp.of("AWS::IAM::Policy") {
		if slices.ContainsFunc(list(at(p, "Roles")), func(r node) bool { return at(r, "Ref") == name }) {
			all[fmt.Sprint(at(p, "PolicyName"))] = list(at(p, "PolicyDocument", "Statement"))
		}
	}
	return all
}

func actions(statements []node) []string {
	var all []string
	for _, s := range statements {
		for _, a := range list(at(s, "Action")) {
			all = append(all, fmt.Sprint(a))
		}
	}
	slices.Sort(all)
	return all
}

// TestPrograms: the folders with programs and the functions of the template are the same. Each
// function reads the variables that are set for it, and may make exactly the AWS calls that it
// makes.
func TestPrograms(t *testing.T) {
	tp, code := open(t), programs(t)
	if got, want := slices.Sorted(maps.Keys(tp.lambdas)), slices.Sorted(maps.Keys(code)); !slices.Equal(got, want) {
		t.Errorf("functions of the template %v, folders %v", got, want)
	}
	roles := map[string]string{}
	for name, p := range code {
		if tp.lambdas[name] == "" {
			continue
		}
		props := at(tp.resources[tp.lambdas[name]], "Properties")
		for key, want := range map[string]string{"Runtime": "provided.al2023", "Handler": "bootstrap", "Architectures": "[arm64]"} {
			if got := fmt.Sprint(at(props, key)); got != want {
				t.Errorf("%s: %s %s, but hub package builds for %s", name, key, got, want)
			}
		}
		set := at(props, "Environment", "Variables").(map[string]node)
		if got, want := slices.Sorted(maps.Keys(set)), slices.Sorted(maps.Keys(p.env)); !slices.Equal(got, want) {
			t.Errorf("%s: variables set %v, read %v", name, got, want)
		}
		policies := tp.policies(name)
		var queries []string
		for _, s := range policies["calls"] {
			if slices.Contains(actions([]node{s}), "dynamodb:Query") {
				for _, r := range list(at(s, "Resource")) {
					queries = append(queries, strings.TrimPrefix(fmt.Sprint(at(r, "Fn::Sub")), "${"+tp.table(name)+".Arn}/index/"))
				}
			}
		}
		slices.Sort(queries)
		if want := slices.Sorted(maps.Keys(p.indexes)); !slices.Equal(queries, want) {
			t.Errorf("%s: may query the indexes %v, does %v", name, queries, want)
		}
		if got, want := actions(policies["calls"]), slices.Sorted(maps.Keys(p.actions)); !slices.Equal(got, want) {
			t.Errorf("%s: may %v, makes %v", name, got, want)
		}
		// AWS does this in the function's name.
		want := []string{"logs:CreateLogStream", "logs:PutLogEvents"}
		for _, e := range tp.of("AWS::Lambda::EventSourceMapping") {
			switch {
			case at(e, "FunctionName", "Ref") != tp.lambdas[name]:
			case !strings.HasSuffix(fmt.Sprint(at(e, "EventSourceArn", "Fn::GetAtt")), ".StreamArn"):
				want = append(want, "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
			default:
				want = append(want, "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", "sqs:SendMessage")
			}
		}
		for _, e := range tp.of("AWS::Lambda::EventInvokeConfig") {
			if at(e, "FunctionName", "Ref") == tp.lambdas[name] && at(e, "DestinationConfig") != nil {
				want = append(want, "sqs:SendMessage")
			}
		}
		if p.actions["s3:GetObject"] && !p.actions["s3:ListBucket"] {
			want = append(want, "s3:ListBucket")
		}
		slices.Sort(want)
		if got := actions(policies["lambda"]); !slices.Equal(got, want) {
			t.Errorf("%s: AWS may %v in its name, needs %v", name, got, want)
		}
		want = nil
		if p.env["TABLE"] {
			want = []string{"kms:Decrypt"}
		}
		if got := actions(policies["key"]); !slices.Equal(got, want) {
			t.Errorf("%s: may %v with the key, needs %v", name, got, want)
		}
		role := fmt.Sprint(at(props, "Role"))
		if other := roles[role]; other != "" {
			t.Errorf("%s and %s have one role", name, other)
		}
		roles[role] = name
		if log := at(props, "LoggingConfig", "LogGroup", "Ref"); fmt.Sprint(log) != tp.lambdas[name]+"Log" {
			t.Errorf("%s logs to %v", name, log)
		}
	}
	// The firewall counts posts at the address where submit takes them.
	sends := fmt.Sprint(at(load(t, "../firewall.yaml"), "Resources", "Firewall", "Properties", "Rules", 0, "Statement", "RateBasedStatement", "ScopeDownStatement",
		"AndStatement", "Statements", 1, "ByteMatchStatement", "SearchString"))
	if !code["submit"].texts[sends] {
		t.Errorf("the firewall counts posts to %s, which submit does not take", sends)
	}
	if !code["submit"].texts[fmt.Sprint(at(tp.resources["Distribution"], "Properties", "DistributionConfig", "Origins", 1, "OriginCustomHeaders", 0, "HeaderName"))] {
		t.Error("submit does not know the header with CloudFront's secret")
	}
	// Alarms on the hub's own metrics watch only metrics that some function counts.
	watched := 0
	walk(tp.of("AWS::CloudWatch::Alarm"), func(n node) {
		if at(n, "Namespace", "Ref") != "AWS::StackName" {
			return
		}
		watched++
		metric := fmt.Sprint(at(n, "MetricName"))
		if at(n, "Dimensions") != nil || !slices.ContainsFunc(slices.Collect(maps.Values(code)), func(p program) bool { return p.texts[metric] }) {
			t.Errorf("metric %s: no function counts it", metric)
		}
	})
	if watched < 4 {
		t.Errorf("alarms watch %d metrics of the hub's own", watched)
	}
}

// many has the ends of resource names that cover several things, with the reason.
var many = []string{
	"${Pages.Arn}/*", // the objects of one bucket
	"${Scans.Arn}/*",
	"${Table.Arn}/stream/*", // the streams of one table, which AWS names by their time
	"${MentoringTable.Arn}/stream/*",
	"${AWS::AccountId}:identity/*", // in the sandbox SES also requires the recipients' identities; a condition limits the sender
}

// TestRights: nothing is allowed on all resources.
func TestRights(t *testing.T) {
	tp := open(t)
	statements := 0
	roles := tp.of("AWS::IAM::Role")
	maps.Copy(roles, tp.of("AWS::IAM::Policy"))
	for name, role := range roles {
		if at(role, "Roles") == nil && at(role, "PermissionsBoundary", "Ref") != "Boundary" {
			t.Errorf("%s has no boundary", name)
		}
		if at(role, "ManagedPolicyArns") != nil {
			t.Errorf("%s has policies that others may change", name)
		}
		walk(role, func(n node) {
			if at(n, "Effect") != "Allow" {
				return
			}
			statements++
			for _, a := range list(at(n, "Action")) {
				if strings.Contains(fmt.Sprint(a), "*") {
					t.Errorf("%s may %v", name, a)
				}
			}
			for _, r := range list(at(n, "Resource")) {
				if text := fmt.Sprint(r); strings.Contains(text, "*") && !slices.ContainsFunc(many, func(m string) bool { return strings.HasSuffix(text, m+"]") }) {
					t.Errorf("%s may %v on %s", name, at(n, "Action"), text)
				}
			}
		})
	}
	if statements < 10 {
		t.Errorf("%d statements: they were not found", statements)
	}
}

// TestByHand: records, on both sides of the wall, has no trigger. No address, schedule, event or
// permission reaches it. Only somebody whom IAM allows to can call it, and none of the hub's own
// roles may.
func TestByHand(t *testing.T) {
	tp := open(t)
	for _, function := range []string{"records", "mentoringrecords"} {
		name, aliases := tp.lambdas[function], 0
		for other, r := range tp.resources {
			p, kind := at(r, "Properties"), fmt.Sprint(at(r, "Type"))
			switch {
			case other == name, kind == "AWS::CloudWatch::Alarm": // the alarm that watches it
			case kind == "AWS::Lambda::Alias":
				if at(p, "FunctionName", "Ref") != name {
					continue
				}
				if at(p, "FunctionVersion") != "$LATEST" || at(p, "Name") != "audit" {
					t.Errorf("%s is an alias of an old version, or not the one for audits: %v", other, p)
				}
				aliases++
			case kind == "AWS::Lambda::EventInvokeConfig":
				if at(p, "FunctionName", "Ref") == name && (at(p, "DestinationConfig") != nil || at(p, "MaximumRetryAttempts") != "0") {
					t.Errorf("%s hands on what a person asked for, or asks again", other)
				}
			default:
				walk(p, func(n node) {
					arn := at(n, "Fn::GetAtt") == name+".Arn"
					if arn || at(n, "Ref") == name || strings.Contains(fmt.Sprint(at(n, "Fn::Sub")), "${"+name+"}") || strings.Contains(fmt.Sprint(at(n, "Fn::Sub")), "${"+name+".") {
						t.Errorf("%s, %s, reaches %s", other, kind, name)
					}
				})
			}
		}
		if aliases != 1 {
			t.Errorf("%d aliases of %s, want one, for audits", aliases, name)
		}
		if n := number(t, at(tp.resources[name], "Properties", "Timeout")); n != 900 {
			t.Errorf("%s may run %d s, Lambda lets it run 900", name, n)
		}
	}
	for other, role := range tp.of("AWS::IAM::Role") {
		walk(at(role, "Policies"), func(n node) {
			if slices.Contains(actions([]node{n}), "lambda:InvokeFunction") && fmt.Sprint(at(n, "Resource")) != "[map[Fn::GetAtt:Deliver.Arn] map[Fn::GetAtt:Publish.Arn] map[Fn::GetAtt:MentoringWork.Arn]]" {
				t.Errorf("%s may call %v", other, at(n, "Resource"))
			}
		})
	}
}

// table returns the logical name of the table that a function works on.
func (tp template) table(function string) string {
	return fmt.Sprint(at(tp.resources[tp.lambdas[function]], "Properties", "Environment", "Variables", "TABLE", "Ref"))
}

// TestWall: functions behind the wall can use the table there, its key and its queues, and nothing
// of the hub's own table. The other functions can use nothing behind the wall.
func TestWall(t *testing.T) {
	tp := open(t)
	inside := []string{"mentoring", "mentoringwork", "mentoringrecords"}
	ways := map[string][]string{ // what a role may name on the other side
		"deliver": {"ToMentoring", "FromMentoring"}, "mentoringwork": {"ToMentoring", "FromMentoring"},
	}
	for name, resource := range tp.lambdas {
		behind := slices.Contains(inside, name)
		if table := tp.table(name); behind != (table == "MentoringTable") {
			t.Errorf("%s works on %s", name, table)
		}
		role, _, _ := strings.Cut(fmt.Sprint(at(tp.resources[resource], "Properties", "Role", "Fn::GetAtt")), ".")
		named := map[string]bool{}
		walk(at(tp.resources[role], "Properties", "Policies"), func(n node) {
			for _, text := range []node{at(n, "Fn::GetAtt"), at(n, "Ref"), at(n, "Fn::Sub")} {
				for _, m := range regexp.MustCompile(`\b(Table|KeyArn|Mentoring\w*|ToMentoring|FromMentoring)\b`).FindAllString(fmt.Sprint(text), -1) {
					named[m] = true
				}
			}
		})
		for n := range named {
			switch own := strings.HasPrefix(n, "Mentoring"); {
			case slices.Contains(ways[name], n):
			case own != behind:
				t.Errorf("%s, on the other side, may reach %s", name, n)
			}
		}
		if behind && !named["MentoringKey"] {
			t.Errorf("%s has no key", name)
		}
	}
	table := at(tp.resources["MentoringTable"], "Properties")
	if at(table, "SSESpecification", "KMSMasterKeyId", "Fn::GetAtt") != "MentoringKey.Arn" {
		t.Errorf("the table's key is %v", at(table, "SSESpecification"))
	}
	for _, q := range []string{"ToMentoring", "FromMentoring"} {
		p := at(tp.resources[q], "Properties")
		if at(p, "RedrivePolicy", "deadLetterTargetArn", "Fn::GetAtt") != "Failures.Arn" || at(p, "SqsManagedSseEnabled") != "true" ||
			at(p, "MessageRetentionPeriod") != "1209600" {
			t.Errorf("%s may lose a message: %v", q, p)
		}
		for _, e := range tp.of("AWS::Lambda::EventSourceMapping") {
			if at(e, "EventSourceArn", "Fn::GetAtt") == q+".Arn" {
				f := fmt.Sprint(at(e, "FunctionName", "Ref"))
				if number(t, at(p, "VisibilityTimeout")) < 6*number(t, at(tp.resources[f], "Properties", "Timeout")) {
					t.Errorf("%s delivers a message again while %s may still be working on it", q, f)
				}
			}
		}
	}
}

// TestTable: the table is as package dynamo expects it, and cannot be lost by mistake.
func TestTable(t *testing.T) {
	tp := open(t)
	for _, name := range []string{"Table", "MentoringTable"} {
		t.Run(name, func(t *testing.T) { tp.asExpected(t, name) })
	}
}

// TestKept: everything that holds records, scans, messages or their keys, and the address from
// which letters are sent, is kept when its stack is deleted or would replace it. A first deployment
// that fails leaves none of them behind.
func TestKept(t *testing.T) {
	tp := open(t)
	holds := []node{"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::KMS::Key", "AWS::SES::EmailIdentity"}
	kept := 0
	for name, r := range tp.resources {
		if !slices.Contains(holds, at(r, "Type")) {
			continue
		}
		kept++
		if at(r, "DeletionPolicy") != "RetainExceptOnCreate" || at(r, "UpdateReplacePolicy") != "Retain" {
			t.Errorf("%s: when deleted %v, when replaced %v", name, at(r, "DeletionPolicy"), at(r, "UpdateReplacePolicy"))
		}
	}
	if kept != 10 {
		t.Errorf("%d resources hold something, want 10", kept)
	}
}

// asExpected checks a table.
func (tp template) asExpected(t *testing.T, named string) {
	table := tp.resources[named]
	p := at(table, "Properties")
	index := at(p, "GlobalSecondaryIndexes", 0)
	for what, pair := range map[string][2]node{
		"key":                 {at(p, "KeySchema", 0, "AttributeName"), dynamo.Key},
		"time to live":        {at(p, "TimeToLiveSpecification", "AttributeName"), dynamo.TimeToLive},
		"time to live is on":  {at(p, "TimeToLiveSpecification", "Enabled"), "true"},
		"index's key":         {at(index, "KeySchema", 0, "AttributeName"), dynamo.DueShard},
		"index's order":       {at(index, "KeySchema", 1, "AttributeName"), dynamo.Due},
		"index's projection":  {at(index, "Projection", "ProjectionType"), "KEYS_ONLY"},
		"recovery":            {at(p, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"), "true"},
		"deletion protection": {fmt.Sprint(at(p, "DeletionProtectionEnabled", "Fn::If")), "[IsProtected true false]"},
		"billing":             {at(p, "BillingMode"), "PAY_PER_REQUEST"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %v, want %v", what, pair[0], pair[1])
		}
	}
	kinds := map[string]string{}
	for _, a := range list(at(p, "AttributeDefinitions")) {
		kinds[fmt.Sprint(at(a, "AttributeName"))] = fmt.Sprint(at(a, "AttributeType"))
	}
	if want := map[string]string{
		dynamo.Key: "S", dynamo.DueShard: "S", dynamo.Due: "N", dynamo.Shelf: "S", dynamo.Part: "S", dynamo.Place: "S", dynamo.GMC: "S", dynamo.Email: "S",
	}; !maps.Equal(kinds, want) {
		t.Errorf("attributes %v, want %v", kinds, want)
	}
	// Indexes of lists have what lists need, without the keys, which they have anyway.
	lists := list(at(p, "GlobalSecondaryIndexes"))[1:]
	for i, want := range [][]string{{dynamo.ShelfIndex, dynamo.Shelf, dynamo.Place}, {dynamo.PartIndex, dynamo.Part, dynamo.Place}, {dynamo.GMCIndex, dynamo.GMC, dynamo.Key}, {dynamo.EmailIndex, dynamo.Email, dynamo.Key}} {
		if i >= len(lists) {
			t.Fatalf("there is no index %s", want[0])
		}
		got := []string{fmt.Sprint(at(lists[i], "IndexName")), fmt.Sprint(at(lists[i], "KeySchema", 0, "AttributeName")), fmt.Sprint(at(lists[i], "KeySchema", 1, "AttributeName"))}
		if !slices.Equal(got, want) {
			t.Errorf("index and its keys %v, want %v", got, want)
		}
		has := []string{}
		for _, a := range list(at(lists[i], "Projection", "NonKeyAttributes")) {
			has = append(has, fmt.Sprint(a))
		}
		if want := slices.DeleteFunc(slices.Clone(dynamo.Listed), func(a string) bool { return slices.Contains(want[1:], a) }); !slices.Equal(has, want) {
			t.Errorf("index %s has %v, want %v", got[0], has, want)
		}
	}
	if len(lists) != 4 {
		t.Errorf("%d indexes of lists, want 4", len(lists))
	}
	for name, resource := range tp.lambdas {
		env := at(tp.resources[resource], "Properties", "Environment", "Variables")
		if got := at(env, "DUE_INDEX"); got != nil && got != at(index, "IndexName") {
			t.Errorf("%s is told of index %v; it is %v", name, got, at(index, "IndexName"))
		}
	}
	pattern := fmt.Sprint(at(tp.resources[map[string]string{"Table": "DeliverStream", "MentoringTable": "MentoringStream"}[named]], "Properties", "FilterCriteria", "Filters", 0, "Pattern"))
	if !strings.Contains(pattern, `"NewImage":{"`+dynamo.Due+`":{"N":[{"exists":true}]}}`) || at(p, "StreamSpecification", "StreamViewType") != "NEW_IMAGE" {
		t.Errorf("the stream wakes deliver by %s", pattern)
	}
}

// TestScans: nobody else can see scans, and they cannot be lost by mistake. A deleted scan is gone
// for good after the 35 days for which its application can be restored. That is before the log that
// says who was erased is gone.
func TestScans(t *testing.T) {
	tp := open(t)
	p := at(tp.resources["Scans"], "Properties")
	for what, got := range map[string]node{
		"map[BlockPublicAcls:true BlockPublicPolicy:true IgnorePublicAcls:true RestrictPublicBuckets:true]": at(p, "PublicAccessBlockConfiguration"),
		"map[Status:Enabled]":                      at(p, "VersioningConfiguration"),
		"map[NoncurrentDays:35]":                   at(p, "LifecycleConfiguration", "Rules", 0, "NoncurrentVersionExpiration"),
		"map[Bool:map[aws:SecureTransport:false]]": at(tp.resources["ScansPolicy"], "Properties", "PolicyDocument", "Statement", 0, "Condition"),
		"map[SSEAlgorithm:AES256]":                 at(p, "BucketEncryption", "ServerSideEncryptionConfiguration", 0, "ServerSideEncryptionByDefault", "Fn::If", 2),
	} {
		if fmt.Sprint(got) != what {
			t.Errorf("got %v, want %s", got, what)
		}
	}
	for _, days := range list(at(tp.whole, "Parameters", "LogDays", "AllowedValues")) {
		if number(t, days) <= 36 {
			t.Errorf("logs of %v days end before the scans that were deleted", days)
		}
	}
}

// TestStream: the settings that the letters rely on.
func TestStream(t *testing.T) {
	tp := open(t)
	s := at(tp.resources["DeliverStream"], "Properties")
	for key, want := range map[string]string{
		"FunctionResponseTypes": "[ReportBatchItemFailures]", "BisectBatchOnFunctionError": "true", "MaximumRetryAttempts": "5",
	} {
		if got := fmt.Sprint(at(s, key)); got != want {
			t.Errorf("%s %s, want %s", key, got, want)
		}
	}
	if at(s, "DestinationConfig", "OnFailure", "Destination", "Fn::GetAtt") != "Failures.Arn" {
		t.Error("records that failed for good are not kept anywhere")
	}
	// The lease of a letter is 5 minutes. If a run could still be busy when the next one may begin,
	// letters would go twice.
	if n := number(t, at(tp.resources["Deliver"], "Properties", "Timeout")); n > 240 {
		t.Errorf("deliver may run %d s", n)
	}
	for _, name := range []string{"Submit", "Review"} {
		if n := number(t, at(tp.resources[name], "Properties", "Timeout")); n >= 30 {
			t.Errorf("%s may run %d s, but the API waits 30", name, n)
		}
	}
}

// TestSchedule: whenever a course's status changes, the pages are built within a minute.
func TestSchedule(t *testing.T) {
	p := at(open(t).resources["PublishSchedule"], "Properties")
	m := regexp.MustCompile(`^cron\((\d+)/(\d+) \* \* \* \? \*\)$`).FindStringSubmatch(fmt.Sprint(at(p, "ScheduleExpression")))
	if m == nil || at(p, "ScheduleExpressionTimezone") != course.London.String() {
		t.Fatalf("schedule %v", p)
	}
	first, _ := strconv.Atoi(m[1])
	every, _ := strconv.Atoi(m[2])
	if first != 1 || 60%every != 0 {
		t.Fatalf("runs at minute %d and each %d after", first, every)
	}
	courses, faults := course.Load(content.Files, "courses")
	if err := faults.Err(); err != nil || len(courses) == 0 {
		t.Fatal(err, len(courses))
	}
	for _, c := range courses {
		for _, change := range c.Changes() {
			minute := change.In(course.London).Minute()
			if late := ((first-minute)%every + every) % every; late > 1 {
				t.Errorf("%s changes at %v, and the site %d minutes later", c.ID, change, late)
			}
		}
	}
}

// TestHeaders: CloudFront sends the same headers with each page as hub serve.
func TestHeaders(t *testing.T) {
	tp := open(t)
	p := at(tp.resources["Headers"], "Properties", "ResponseHeadersPolicyConfig")
	s := at(p, "SecurityHeadersConfig")
	got := http.Header{}
	set := func(name string, value node) {
		if value != nil {
			got.Set(name, fmt.Sprint(value))
		}
	}
	set("Content-Security-Policy", at(s, "ContentSecurityPolicy", "ContentSecurityPolicy"))
	set("X-Frame-Options", at(s, "FrameOptions", "FrameOption"))
	set("Referrer-Policy", at(s, "ReferrerPolicy", "ReferrerPolicy"))
	if at(s, "ContentTypeOptions") != nil {
		set("X-Content-Type-Options", "nosniff")
	}
	set("Strict-Transport-Security", fmt.Sprintf("max-age=%v", at(s, "StrictTransportSecurity", "AccessControlMaxAgeSec")))
	for _, i := range list(at(p, "CustomHeadersConfig", "Items")) {
		set(fmt.Sprint(at(i, "Header")), at(i, "Value"))
	}
	want := http.Header{}
	web.SecurityHeaders(want, true)
	if !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("CloudFront sends\n%v\nhub serve sends\n%v", got, want)
	}
	d := at(tp.resources["Distribution"], "Properties", "DistributionConfig")
	for _, b := range append(list(at(d, "CacheBehaviors")), at(d, "DefaultCacheBehavior")) {
		if at(b, "ResponseHeadersPolicyId", "Ref") != "Headers" {
			t.Errorf("%v is sent without", at(b, "PathPattern"))
		}
	}
	// CloudFront caches nothing of an application: these are AWS's names of its own policies. What
	// package web serves goes to the two functions.
	origin := map[string]string{}
	for _, b := range list(at(d, "CacheBehaviors")) {
		origin[fmt.Sprint(at(b, "PathPattern"))] = fmt.Sprint(at(b, "TargetOriginId"))
		if at(b, "CachePolicyId") != "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" || at(b, "OriginRequestPolicyId") != "b689b0a8-53d0-40ab-baf2-68738e2966ac" ||
			at(b, "ViewerProtocolPolicy") != "https-only" || !slices.Contains(list(at(b, "AllowedMethods")), node("POST")) {
			t.Errorf("what is below %v goes by %v", at(b, "PathPattern"), b)
		}
	}
	goes := map[string]string{}
	for _, below := range web.Below {
		goes[below+"*"] = "review"
	}
	goes["/apply/*"], goes["/side-by-side/*"] = "api", "api"
	goes["/mentoring/?*"] = "mentoring"
	for _, below := range web.Behind {
		if rest, ok := strings.CutPrefix(below, "/mentoring/"); !ok || rest == "" {
			t.Errorf("what is below %s goes to the pages", below)
		}
	}
	if !maps.Equal(origin, goes) {
		t.Errorf("CloudFront sends %v, web serves %v", origin, goes)
	}
	for _, way := range []struct{ origin, api, integration, route, function string }{
		{"api", "Api", "ApiIntegration", "ApiRoute", "Submit"}, {"review", "ReviewApi", "ReviewIntegration", "ReviewRoute", "Review"},
		{"mentoring", "MentoringApi", "MentoringIntegration", "MentoringRoute", "Mentoring"},
	} {
		var o node
		for _, one := range list(at(d, "Origins")) {
			if at(one, "Id") == way.origin {
				o = one
			}
		}
		for what, pair := range map[string][2]node{
			"host":        {at(o, "DomainName", "Fn::Sub"), "${" + way.api + "}.execute-api.${AWS::Region}.${AWS::URLSuffix}"},
			"integration": {at(tp.resources[way.integration], "Properties", "ApiId", "Ref"), way.api},
			"function":    {at(tp.resources[way.integration], "Properties", "IntegrationUri", "Fn::GetAtt"), way.function + ".Arn"},
			"route":       {at(tp.resources[way.route], "Properties", "ApiId", "Ref"), way.api},
			"key":         {at(tp.resources[way.route], "Properties", "RouteKey"), "$default"},
			"target":      {at(tp.resources[way.route], "Properties", "Target", "Fn::Sub"), "integrations/${" + way.integration + "}"},
		} {
			if pair[0] != pair[1] {
				t.Errorf("origin %s: %s %v, want %v", way.origin, what, pair[0], pair[1])
			}
		}
		if fmt.Sprint(at(o, "OriginCustomHeaders")) != fmt.Sprint(at(d, "Origins", 1, "OriginCustomHeaders")) {
			t.Errorf("origin %s is not shown the secret", way.origin)
		}
	}
	// Errors are never cached, because the next applicant would get them.
	for _, e := range list(at(d, "CustomErrorResponses")) {
		if at(e, "ErrorCachingMinTTL") != "0" {
			t.Errorf("error %v is kept", at(e, "ErrorCode"))
		}
		if page, ok := at(e, "ResponsePagePath").(string); ok {
			file := "pages/" + filepath.Base(filepath.Dir(page)) + ".md"
			if _, err := content.Files.ReadFile(file); err != nil {
				t.Errorf("error %v shows %s, which is not a page", at(e, "ErrorCode"), page)
			}
		}
	}
}

// TestShares: every address that CloudFront sends to an API has the limit for people, on a route of
// its own or on the default one. The limit for addresses that do not exist is lower.
func TestShares(t *testing.T) {
	tp := open(t)
	people := map[string]map[string]bool{} // by API: the routes with the limit for people
	for _, stage := range tp.of("AWS::ApiGatewayV2::Stage") {
		api := fmt.Sprint(at(stage, "ApiId", "Ref"))
		people[api] = map[string]bool{}
		for route, set := range at(stage, "RouteSettings").(map[string]node) {
			people[api][route] = fmt.Sprint(at(set, "ThrottlingRateLimit", "Fn::FindInMap", 2)) == "Requests"
		}
		if got := fmt.Sprint(at(stage, "DefaultRouteSettings", "ThrottlingRateLimit", "Fn::FindInMap", 2)); got != "Strangers" {
			t.Errorf("%s: addresses that do not exist have the limit %s", api, got)
		}
	}
	apis := map[string]string{"api": "Api", "review": "ReviewApi", "mentoring": "MentoringApi"}
	sent := 0
	for _, b := range list(at(tp.resources["Distribution"], "Properties", "DistributionConfig", "CacheBehaviors")) {
		api := apis[fmt.Sprint(at(b, "TargetOriginId"))]
		if api == "" {
			continue
		}
		sent++
		path, _, _ := strings.Cut(fmt.Sprint(at(b, "PathPattern")), "*")
		best := "$default"
		for _, r := range tp.of("AWS::ApiGatewayV2::Route") {
			key := fmt.Sprint(at(r, "RouteKey"))
			below := strings.TrimSuffix(strings.TrimPrefix(key, "ANY "), "{proxy+}")
			if at(r, "ApiId", "Ref") == api && key != "$default" && strings.HasPrefix(path, below) {
				best = key
			}
		}
		if !people[api][best] {
			t.Errorf("requests for %s* get the limit for unknown addresses (%s, %s)", path, api, best)
		}
	}
	if sent < 8 {
		t.Errorf("%d paths go to APIs", sent)
	}
}

// TestReferences: everything that the template refers to exists, and all its parameters and
// conditions are used.
func TestReferences(t *testing.T) {
	for _, file := range []string{"../template.yaml", "../firewall.yaml", "aws/github.yaml", "aws/backup.yaml"} {
		whole := load(t, file)
		known, used := map[string]bool{}, map[string]bool{}
		for _, part := range []string{"Parameters", "Resources", "Conditions"} {
			for name := range at(whole, part).(map[string]node) {
				known[name] = true
			}
			if part == "Resources" && at(whole, "Conditions") == nil {
				break
			}
		}
		name := regexp.MustCompile(`\$\{(\w+)[.}]`)
		walk(whole, func(n node) {
			m, ok := n.(map[string]node)
			if !ok {
				return
			}
			for key, v := range m {
				switch text := fmt.Sprint(v); key {
				case "Ref", "Condition":
					if _, ok := v.(string); ok {
						used[text] = true
					}
				case "Fn::GetAtt":
					text, _, _ = strings.Cut(text, ".")
					used[text] = true
				case "Fn::If":
					used[fmt.Sprint(at(v, 0))] = true
				case "Fn::Sub":
					for _, s := range name.FindAllStringSubmatch(text, -1) {
						used[s[1]] = true
					}
				}
			}
		})
		for n := range used {
			if !known[n] && !strings.HasPrefix(n, "AWS::") && n != "AWS" {
				t.Errorf("%s: %s is not there", file, n)
			}
		}
		for _, part := range []string{"Parameters", "Conditions"} {
			m, _ := at(whole, part).(map[string]node)
			for n := range m {
				if !used[n] {
					t.Errorf("%s: %s is not used", file, n)
				}
			}
		}
	}
}

// TestRetention: logs are kept for the days that are set, and drafts and applications for the days
// that site.yaml gives.
func TestRetention(t *testing.T) {
	tp := open(t)
	groups := tp.of("AWS::Logs::LogGroup")
	if len(groups) != len(tp.lambdas)+1 {
		t.Errorf("%d log groups for %d functions and the API", len(groups), len(tp.lambdas))
	}
	for name, g := range groups {
		if at(g, "RetentionInDays", "Ref") != "LogDays" {
			t.Errorf("%s is kept for %v", name, at(g, "RetentionInDays"))
		}
	}
	hub, faults := page.LoadSite(content.Files)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	for figure, days := range map[string]int{"drafts-kept": hub.RetainDrafts, "applications-kept": hub.RetainApplications} {
		want := fmt.Sprintf("%d days", days)
		if got, _ := hub.Fact(figure); got != want {
			t.Errorf("the site says %s %q, the table keeps %s", figure, got, want)
		}
	}
}

// TestBoundary: what the functions' roles may do is within the boundary of
// functions/aws/github.yaml. Without that, GitHub's role could not create them.
func TestBoundary(t *testing.T) {
	var most []*regexp.Regexp
	for _, s := range list(at(load(t, "aws/github.yaml"), "Resources", "Boundary", "Properties", "PolicyDocument", "Statement")) {
		for _, a := range actions([]node{s}) {
			most = append(most, regexp.MustCompile("^"+strings.ReplaceAll(regexp.QuoteMeta(a), `\*`, ".*")+"$"))
		}
	}
	tp := open(t)
	checked := 0
	walk(tp.resources, func(n node) {
		if at(n, "Effect") != "Allow" || at(n, "Resource") == nil || at(n, "Principal") != nil {
			return
		}
		for _, a := range actions([]node{n}) {
			checked++
			if !slices.ContainsFunc(most, func(m *regexp.Regexp) bool { return m.MatchString(a) }) {
				t.Errorf("a role may %s, which is not within the boundary", a)
			}
		}
	})
	if checked < 50 {
		t.Errorf("%d actions: they were not found", checked)
	}
}
