// Package internal holds nothing but the order of the project's packages, which is a test.
package internal

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "traininghub/"

// levels is the order of imports: a package imports only packages of lower levels, never one of its
// own.
var levels = [][]string{
	{"internal/pattern", "internal/packing"},
	{"internal/parallel", "internal/chart", "internal/words", "internal/crossing", "site/digest", "site/picture", "site/folder/foldertest"},
	{"site/folder"},
	{"internal/record"},
	{"internal/source", "internal/table", "internal/pdf/read", "internal/watch", "internal/standin", "internal/gateway", "internal/match", "internal/bounce"},
	{"internal/workbook", "internal/form", "internal/overlay", "internal/record/recordtest", "internal/course", "internal/report"},
	{"internal/document", "internal/scheme", "internal/service", "internal/search"},
	{"internal/page", "internal/letter", "internal/application"},
	{"internal/staff", "internal/mailbox"},
	{"site/markdown"},
	{"internal/programme", "site/check", "site/look"},
	{"internal/intake", "internal/claim", "internal/conversation"},
	{"internal/decide"},
	{"internal/remind", "internal/removal", "internal/doubt", "internal/paper", "internal/paper/papertest"},
	{"internal/office", "internal/intake/intaketest", "internal/sqlite", "internal/dynamo", "internal/pdf", "internal/mail", "internal/ses", "site"},
	{"internal/mentored", "internal/browsertest"},
	{"internal/returns"}, // reads all of them
	{"internal/web", "internal/money", "internal/attend", "internal/correction", "internal/wall", "internal/dynamo/dynamotest", "internal/gateway/gatewaytest"},
	{"internal/mentoring", "internal/register"},
	{"internal/pair"},
	{"internal/letters", "internal/behind", "internal/register/registertest", "internal/mentoring/mentoringtest"},
	{"internal/web/apply", "internal/web/compare", "internal/web/practice", "internal/web/status", "internal/web/review", "internal/web/office", "internal/web/claim", "internal/web/attend", "internal/attend/attendtest", "internal/web/mentoring", "internal/web/lead", "internal/web/mentor", "internal/web/pair"},
	{"internal/web/returns"},
	{"internal/web/walled"},
	{"internal/static", "internal/scaffold", "internal/editor", "internal/pack", "site/diff", "internal/afar"},
	{"internal/health"},
	{"internal/preview", "internal/live"},
	{"content", "templates"}, // the words and the look: only programs embed them
	{"functions/internal/setup", "functions/internal/cdn", "functions/internal/queue", "functions/internal/scans", "functions/internal/prices", "functions/internal/runtimetest"},
	{"functions/internal/front", "functions/internal/worker", "functions/internal/records", "functions/internal/walls"},
	{"cmd/hub", "functions/submit", "functions/review", "functions/deliver", "functions/bounce", "functions/publish", "functions/records",
		"functions/mentoring", "functions/mentoringwork", "functions/mentoringrecords", "functions"},
}

// apart are pairs that do not meet although their levels would let them: the generator and the
// handlers know the same forms, courses and pages, not each other; and the handlers link no store,
// mail or PDF, so that each program chooses its own.
var apart = map[string][]string{
	"internal/web/...": {"site", "internal/sqlite", "internal/dynamo", "internal/pdf", "internal/mail", "internal/ses"},
}

// shared are modules that any package may import: the Go project's own additions to the standard
// library.
var shared = []string{"golang.org/x/sync"}

// owners says which packages alone import a module, with spaces between. What is not here is not
// imported at all.
var owners = map[string]string{
	"github.com/go-json-experiment/json":     "internal/record",
	"go.yaml.in/yaml/v3":                     "internal/source",
	"github.com/go-playground/validator/v10": "internal/form",
	"github.com/yuin/goldmark":               "site/markdown",
	"github.com/evanw/esbuild":               "site/look",
	"modernc.org/sqlite":                     "internal/sqlite",
	"github.com/jung-kurt/gofpdf":            "internal/pdf",
	"github.com/go-fonts/liberation":         "internal/pdf site/picture",
	"golang.org/x/text":                      "internal/form internal/pdf internal/source",
	"golang.org/x/net":                       "internal/form",
	"golang.org/x/image":                     "site/picture",
	"github.com/go-fonts/dejavu":             "internal/pdf",
	"github.com/wneessen/go-mail":            "internal/mail",
	"github.com/fsnotify/fsnotify":           "internal/watch",
	"github.com/xuri/excelize/v2":            "internal/workbook",
	"github.com/chromedp/chromedp":           "internal/browsertest",
	"github.com/chromedp/cdproto":            "internal/browsertest",

	"github.com/aws/aws-sdk-go-v2/service/dynamodb":   "internal/dynamo internal/dynamo/dynamotest",
	"github.com/aws/aws-sdk-go-v2/service/sesv2":      "internal/ses",
	"github.com/aws/aws-sdk-go-v2/service/s3":         "functions/internal/cdn",
	"github.com/aws/aws-sdk-go-v2/service/sqs":        "functions/internal/queue",
	"github.com/aws/aws-sdk-go-v2/service/cloudfront": "functions/internal/cdn",
	"github.com/aws/aws-sdk-go-v2":                    "internal/dynamo internal/dynamo/dynamotest internal/ses functions/internal/cdn functions/internal/queue functions/internal/scans functions/internal/setup",
	"github.com/aws/smithy-go":                        "internal/dynamo internal/ses functions/internal/cdn",
	"github.com/aws/aws-lambda-go":                    "internal/gateway internal/gateway/gatewaytest functions/internal/worker functions/internal/records functions/submit functions/review functions/deliver functions/bounce functions/publish functions/records functions/mentoring functions/mentoringwork functions/mentoringrecords",
}

type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Module     *struct{ Path string }
}

func list(t *testing.T, args ...string) map[string]pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-deps", "-json=ImportPath,Standard,Imports,Module"}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]pkg{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

func TestOrder(t *testing.T) {
	level := map[string]int{}
	for i, names := range levels {
		for _, name := range names {
			level[module+name] = i
		}
	}
	all := list(t, module+"...")
	used := map[string]bool{}
	for path, p := range all {
		if !strings.HasPrefix(path, module) || path == module+"internal" {
			continue
		}
		mine, ok := level[path]
		if !ok {
			t.Errorf("%s has no level: add it to the order", path)
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, module) {
				if other, ok := level[imported]; ok && other >= mine {
					t.Errorf("%s imports %s, which is not of a lower level", path, imported)
				}
				continue
			}
			q := all[imported]
			if q.Standard || q.Module == nil {
				continue
			}
			if slices.Contains(shared, q.Module.Path) {
				continue
			}
			used[q.Module.Path] = true
			if owner := owners[q.Module.Path]; !slices.Contains(strings.Fields(owner), strings.TrimPrefix(path, module)) {
				t.Errorf("%s imports %s: only %q may", path, imported, owner)
			}
		}
	}
	for m, owner := range owners {
		if !used[m] {
			t.Errorf("%s is said to import %s, but does not", owner, m)
		}
	}
	for path, others := range apart {
		linked := list(t, module+path)
		for _, other := range others {
			if _, ok := linked[module+other]; ok {
				t.Errorf("%s links %s", path, other)
			}
		}
	}
}

// TestLinks: what a program does not need, it does not link.
func TestLinks(t *testing.T) {
	for program, never := range map[string][]string{
		"cmd/hub":           {"github.com/aws/"},
		"functions/submit":  {"github.com/yuin/goldmark", "github.com/evanw/esbuild", "modernc.org/", "github.com/jung-kurt/gofpdf", "github.com/wneessen/go-mail", "github.com/aws/aws-sdk-go-v2/service/s", "github.com/aws/aws-sdk-go-v2/config", "traininghub/site", "traininghub/internal/web/practice", "traininghub/internal/web/status", "traininghub/internal/web/review"},
		"functions/review":  {"github.com/yuin/goldmark", "github.com/evanw/esbuild", "modernc.org/", "github.com/wneessen/go-mail", "github.com/aws/aws-sdk-go-v2/service/s", "github.com/aws/aws-sdk-go-v2/config", "traininghub/site", "traininghub/internal/web/apply"},
		"functions/deliver": {"github.com/yuin/goldmark", "github.com/evanw/esbuild", "modernc.org/", "github.com/wneessen/go-mail", "github.com/aws/aws-sdk-go-v2/service/s3", "github.com/aws/aws-sdk-go-v2/config", "traininghub/site", "traininghub/internal/web"},
		"functions/bounce":  {"github.com/yuin/goldmark", "github.com/evanw/esbuild", "modernc.org/", "github.com/jung-kurt/gofpdf", "github.com/wneessen/go-mail", "github.com/aws/aws-sdk-go-v2/service/sesv2", "github.com/aws/aws-sdk-go-v2/service/s3", "github.com/aws/aws-sdk-go-v2/config", "traininghub/site"},
		"functions/records": {"github.com/yuin/goldmark", "github.com/evanw/esbuild", "modernc.org/", "github.com/jung-kurt/gofpdf", "github.com/wneessen/go-mail", "github.com/aws/aws-sdk-go-v2/service/sesv2", "github.com/aws/aws-sdk-go-v2/service/s3", "github.com/aws/aws-sdk-go-v2/config", "traininghub/site", "traininghub/internal/web"},
		"functions/publish": {"modernc.org/", "github.com/jung-kurt/gofpdf", "github.com/wneessen/go-mail", "github.com/aws/aws-sdk-go-v2/service/sesv2", "github.com/aws/aws-sdk-go-v2/service/dynamodb", "github.com/aws/aws-sdk-go-v2/config", "traininghub/internal/web"},
		"internal/web/...":  {"github.com/yuin/goldmark", "github.com/evanw/esbuild", "modernc.org/sqlite", "github.com/jung-kurt/gofpdf", "github.com/wneessen/go-mail"},
	} {
		var linked []string
		for path := range list(t, module+program) {
			linked = append(linked, path)
		}
		for _, prefix := range never {
			if i := slices.IndexFunc(linked, func(p string) bool { return strings.HasPrefix(p, prefix) }); i >= 0 {
				t.Errorf("%s links %s", program, linked[i])
			}
		}
	}
}
