// Package functions_test runs the functions of a hub on AWS as they are deployed, over real
// connections: the programs built from functions/*, with stand-ins for DynamoDB, SES, S3 and API
// Gateway.
package functions_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"traininghub/content"
	"traininghub/functions/internal/runtimetest"
	"traininghub/functions/internal/setup"
	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/form"
	"traininghub/internal/gateway/gatewaytest"
	"traininghub/internal/intake"
	"traininghub/internal/intake/intaketest"
	hubmail "traininghub/internal/mail"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/service"
	"traininghub/internal/sqlite"
	"traininghub/internal/standin"
)

const (
	base   = "https://hub.example.org"
	secret = "second-secret"
	limit  = 2 * time.Minute // for an event: far more than it takes, even on a busy machine
)

// A world is everything around the functions: their programs, the services, and the editors'
// content.
type world struct {
	bin, db, ses string
	queue        *queue
	bucket       *bucket // of scans
	site         *page.Site
	programme    *programme.Programme
	services     []*service.Service
}

// TestFunctions uses one world for all tests, since building it takes longer than any of them.
func TestFunctions(t *testing.T) {
	t.Parallel()
	files := open(t)
	w := &world{bin: runtimetest.Build(t, files, "submit", "review", "deliver", "bounce", "records", "mentoring", "mentoringwork", "mentoringrecords"), db: dynamotest.Transactions(t, standin.Dynalite(t)), ses: standin.SES(t), queue: newQueue(t), bucket: newBucket(t)}
	site, faults := page.LoadSite(files)
	programme, wrong := programme.Load(setup.Only(files, setup.Letters()), setup.Letters(), site.Fact)
	if err := append(faults, wrong...).Err(); err != nil {
		t.Fatal(err)
	}
	site.BaseURL = base
	w.site, w.programme, w.services = site, programme.WithoutMentoring(), programme.Services
	for _, test := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"start", w.start},
		{"journey", w.journey},
		{"at once", w.atOnce},
		{"stream", w.stream},
		{"bounce", w.bounces},
		{"records", w.records},
		{"faults", w.faultAtEachCall},
		{"sign-off", w.signOff},
		{"faults of sign-off", w.faultAtEachAnswer},
		{"mentoring", w.mentoring},
		{"paper", w.paper},
	} {
		t.Run(test.name, test.run)
	}
}

var date = regexp.MustCompile(`\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December) 20\d\d\b`)

// open moves the dates of the courses by whole weeks, so that they take applications now, whenever
// the test runs.
func open(t *testing.T) fs.FS {
	t.Helper()
	deadline := time.Date(2021, 10, 1, 0, 0, 0, 0, time.UTC)
	weeks := int(time.Since(deadline).Hours()/24/7/4)*4 + 8
	all := fstest.MapFS{}
	err := fs.WalkDir(content.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(content.Files, name)
		if strings.HasPrefix(name, "courses/") {
			data = date.ReplaceAllFunc(data, func(b []byte) []byte {
				day, err := time.Parse("2 January 2006", string(b))
				if err != nil {
					t.Fatal(err)
				}
				return []byte(day.AddDate(0, 0, 7*weeks).Format("2 January 2006"))
			})
			// The first cohort begins in this year or the next.
			year := deadline.AddDate(0, 0, 7*weeks).Year()
			data = bytes.Replace(data, []byte("2021/22"), fmt.Appendf(nil, "%d/%02d", year, (year+1)%100), 1)
		}
		if strings.HasPrefix(name, "services/") { // with leads at real addresses, so that the service is open
			data = bytes.ReplaceAll(data, []byte("@example.org"), []byte("@example-hub.org.uk"))
		}
		if name == "site.yaml" { // somebody may do the office's work
			data = append(data, "\noffice:\n  - name: Olu Example\n    email: "+officer+"\n"...)
		}
		all[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// scansHost is what S3 would call the stand-in's bucket.
const scansHost = "site.s3.eu-west-2.amazonaws.com"

// env returns the environment of each function for a table, with the services at these addresses.
func (w *world) env(table, db, ses string) []string {
	return []string{
		"TABLE=" + table, "DUE_INDEX=" + dynamotest.DueIndex, "BASE_URL=" + base, "MAIL_FROM=" + w.site.MailFrom, "SES_CONFIGURATION_SET=hub",
		"ORIGIN_SECRETS=first-secret," + secret, "METRICS_NAMESPACE=Hub", "LAMBDA_TASK_ROOT=" + w.bin, "SCANS=" + scansHost, "AWS_ENDPOINT_URL_S3=" + w.bucket.s3.URL,
		"CROSSING_QUEUE=https://queue.example.org/1", "AWS_ENDPOINT_URL_SQS=" + w.queue.URL, "AWS_ENDPOINT_URL_DYNAMODB=" + db, "AWS_ENDPOINT_URL_SESV2=" + ses,
	}
}

func (w *world) function(t *testing.T, name, table string) *runtimetest.Process {
	t.Helper()
	p, err := runtimetest.Start(t, filepath.Join(w.bin, name), w.env(table, w.db, w.ses)...)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return p
}

// front is CloudFront and API Gateway in front of instances of submit, which take requests in turn.
func front(t *testing.T, processes ...*runtimetest.Process) *httptest.Server {
	var n atomic.Int64
	s := httptest.NewTLSServer(gatewaytest.Handler(func(_ context.Context, e events.APIGatewayV2HTTPRequest) (out events.APIGatewayV2HTTPResponse, err error) {
		err = processes[int(n.Add(1))%len(processes)].Invoke(limit, e, &out)
		return out, err
	}, map[string]string{"X-Origin-Secret": secret}))
	t.Cleanup(s.Close)
	return s
}

// A browser works like a person's, without JavaScript.
type browser struct {
	t      *testing.T
	server *httptest.Server
	client http.Client

	gmc string // the person's GMC number; the usual one if empty

	status     int
	path, body string
}

func newBrowser(t *testing.T, s *httptest.Server) *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{t: t, server: s, client: http.Client{Transport: s.Client().Transport, Jar: jar}}
}

func (b *browser) send(method, path string, v form.Values) *browser {
	b.t.Helper()
	data := url.Values{}
	for name, text := range v {
		data.Set(name, text)
	}
	r, err := http.NewRequest(method, b.server.URL+path, strings.NewReader(data.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.do(r)
}

func (b *browser) do(r *http.Request) *browser {
	b.t.Helper()
	if r.Method == "POST" {
		r.Header.Set("Origin", base)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.status, b.path, b.body = resp.StatusCode, resp.Request.URL.Path, string(body)
	return b
}

func (b *browser) get(path string) *browser                 { return b.send("GET", path, nil) }
func (b *browser) post(path string, v form.Values) *browser { return b.send("POST", path, v) }

func (b *browser) want(status int, path string) *browser {
	b.t.Helper()
	if b.status != status || !regexp.MustCompile("^"+path+"$").MatchString(b.path) {
		b.t.Fatalf("at %s with status %d, want %s with %d:\n%s", b.path, b.status, path, status, b.body)
	}
	return b
}

// marker is in every answer that a person types.
const marker = "MARKER"

func good(s *form.Section) form.Values {
	return intaketest.Answers(s,
		func(q *form.Question) string { return marker + "-" + q.ID + "@example.org" },
		func(q *form.Question) string { return "Zoë O'Neill " + marker + " " + q.ID })
}

func (b *browser) good(s *form.Section) form.Values {
	v := good(s)
	if _, asked := v["gmc-number"]; asked && b.gmc != "" {
		v["gmc-number"] = b.gmc
	}
	return v
}

// through fills in the form up to "check your answers".
func (b *browser) through(def *form.Definition) *browser {
	b.t.Helper()
	at := "/apply/" + def.ID
	b.post(at+"/start", b.good(&def.Sections[0])).want(200, at+"/"+def.Sections[1].ID)
	for i := range def.Sections[1:] {
		s := &def.Sections[i+1]
		if s.Repeat == nil {
			b.post(at+"/"+s.ID, b.good(s))
			continue
		}
		for range max(1, s.Repeat.Min) {
			b.get(at+"/"+s.ID+"/new").want(200, at+"/"+s.ID+"/[a-z0-9]{12}")
			b.post(b.path, b.good(s)).want(200, at+"/"+s.ID)
		}
		b.post(at+"/"+s.ID, form.Values{"another": "no"})
	}
	return b.want(200, at+"/check")
}

func signed(def *form.Definition) form.Values {
	v := form.Values{"signature": "Zoë O'Neill " + marker}
	for _, d := range def.Declarations {
		v["declaration-"+d.ID] = "yes"
	}
	return v
}

// due reports whether letters should have gone by now, not counting those that only go if nothing
// happens for days.
func due(r record.Record) bool { return !r.Due.IsZero() && r.Due.Before(time.Now().Add(24*time.Hour)) }

// mailedSecret matches the end of a link in a letter.
var mailedSecret = regexp.MustCompile(`(/[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4})\.\S+`)

var reference = regexp.MustCompile(`[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

// A letter is a mail as its reader sees it.
type letter struct {
	From, To, ReplyTo, Subject, Text, HTML string
	File                                   string
	Data                                   []byte
}

// mailed returns the letters about an application that SES has accepted, by our Message-ID. A
// letter is there twice if SES accepted it again.
func (w *world) mailed(t *testing.T, ref string) map[string][]letter {
	t.Helper()
	resp, err := http.Get(w.ses + "/store")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var store struct {
		Emails []struct {
			From        string
			ReplyTo     []string
			Destination struct{ To []string }
			Subject     string
			Body        struct{ Text, Html string }
			Attachments []struct {
				Filename string
				Content  []byte
			}
			Headers []struct{ Name, Value string }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&store); err != nil {
		t.Fatal(err)
	}
	all := map[string][]letter{}
	for _, e := range store.Emails {
		i := slices.IndexFunc(e.Headers, func(h struct{ Name, Value string }) bool { return h.Name == "X-Hub-Message-ID" })
		if i < 0 || !strings.HasPrefix(e.Headers[i].Value, "<"+ref+".") {
			continue
		}
		l := letter{From: address(t, e.From), To: address(t, e.Destination.To[0]), Subject: e.Subject,
			Text: e.Body.Text, HTML: e.Body.Html}
		if len(e.ReplyTo) > 0 {
			l.ReplyTo = address(t, e.ReplyTo[0])
		}
		if len(e.Attachments) > 0 {
			l.File, l.Data = e.Attachments[0].Filename, e.Attachments[0].Content
		}
		all[e.Headers[i].Value] = append(all[e.Headers[i].Value], l)
	}
	return all
}

func address(t *testing.T, s string) string {
	t.Helper()
	a, err := mail.ParseAddress(s)
	if err != nil {
		t.Fatal(err)
	}
	return a.String()
}

// start: a function with wrong settings ends at once and lists everything that is wrong. An
// instance refuses requests that do not come through CloudFront.
func (w *world) start(t *testing.T) {
	for name, want := range map[string][]string{
		"submit":  {"TABLE", "DUE_INDEX", "BASE_URL", "ORIGIN_SECRETS", "LAMBDA_TASK_ROOT"},
		"review":  {"TABLE", "DUE_INDEX", "BASE_URL", "ORIGIN_SECRETS", "LAMBDA_TASK_ROOT", "SCANS"},
		"deliver": {"TABLE", "DUE_INDEX", "SCANS", "BASE_URL", "MAIL_FROM", "SES_CONFIGURATION_SET", "CROSSING_QUEUE"},
		"bounce":  {"TABLE", "DUE_INDEX", "LAMBDA_TASK_ROOT"},
		"records": {"TABLE", "DUE_INDEX", "SCANS"},

		"mentoring":        {"TABLE", "DUE_INDEX", "BASE_URL", "ORIGIN_SECRETS", "LAMBDA_TASK_ROOT"},
		"mentoringwork":    {"TABLE", "DUE_INDEX", "BASE_URL", "MAIL_FROM", "SES_CONFIGURATION_SET", "CROSSING_QUEUE"},
		"mentoringrecords": {"TABLE", "DUE_INDEX"},
	} {
		_, err := runtimetest.Start(t, filepath.Join(w.bin, name))
		for _, variable := range want {
			if err == nil || !strings.Contains(err.Error(), variable) {
				t.Errorf("%s without %s: %v", name, variable, err)
			}
		}
	}
	for name, path := range map[string]string{"submit": "/review/sign-in", "review": "/mentoring/sign-in", "mentoring": "/review/sign-in"} { // the addresses of the other function do not exist here
		p := w.function(t, name, dynamotest.Table(t, w.db))
		for given, want := range map[string]int{"": 403, "third": 403, "first-secret": 404, secret: 404} {
			e := events.APIGatewayV2HTTPRequest{RawPath: path, Headers: map[string]string{"x-origin-secret": given}}
			e.RequestContext.HTTP.Method = "GET"
			var out events.APIGatewayV2HTTPResponse
			if err := p.Invoke(limit, e, &out); err != nil || out.StatusCode != want {
				t.Errorf("%s with the secret %q: %d (%v), want %d", name, given, out.StatusCode, err, want)
			}
		}
	}
}

// record returns a record of the table.
func (w *world) record(t *testing.T, table, ref string) record.Record {
	t.Helper()
	r, err := w.store(table).Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *world) store(table string) *dynamo.Store {
	return dynamo.New(dynamotest.Config(w.db), table, dynamotest.DueIndex)
}

// streamed returns the event that the table's stream sends for these records.
func streamed(records ...record.Record) events.DynamoDBEvent {
	var e events.DynamoDBEvent
	for i, r := range records {
		key := map[string]events.DynamoDBAttributeValue{dynamo.Key: events.NewStringAttribute(r.ID)}
		image := map[string]events.DynamoDBAttributeValue{
			dynamo.Key: key[dynamo.Key], "data": events.NewBinaryAttribute(r.Data), "version": events.NewNumberAttribute(fmt.Sprint(r.Version)),
		}
		e.Records = append(e.Records, events.DynamoDBEventRecord{
			EventID: fmt.Sprint(i), EventName: "MODIFY", EventSource: "aws:dynamodb",
			Change: events.DynamoDBStreamRecord{Keys: key, NewImage: image, SequenceNumber: fmt.Sprint(111100000 + i), StreamViewType: "NEW_IMAGE"},
		})
	}
	return e
}

// journey: a GP's way from the first page to the letters. They are the same letters that serve
// sends for the same application.
func (w *world) journey(t *testing.T) {
	table := dynamotest.Table(t, w.db)
	submit, deliver := w.function(t, "submit", table), w.function(t, "deliver", table)
	server := front(t, submit)
	for _, def := range w.programme.Forms {
		at := "/apply/" + def.ID
		b := newBrowser(t, server)
		b.post(at+"/start", nil).want(422, at+"/start")
		b.through(def).post(at+"/declarations", nil).want(422, at+"/declarations")
		b.post(at+"/declarations", signed(def)).want(200, at+"/sent")
		ref := reference.FindString(b.body)
		b.post(at+"/declarations", signed(def)).want(200, at+"/sent")
		if again := reference.FindString(b.body); again != ref {
			t.Errorf("sent again: reference %s, not %s", again, ref)
		}
		r := w.record(t, table, ref)
		var out events.DynamoDBEventResponse
		for range 2 { // the stream delivers each record at least once
			if err := deliver.Invoke(limit, streamed(r, r), &out); err != nil || len(out.BatchItemFailures) > 0 {
				t.Fatalf("deliver: %v %v", out, err)
			}
		}
		got, want := w.mailed(t, ref), w.served(t, r)
		letters := 2
		if def.Practice() != nil {
			letters++
		}
		if len(got) != letters || len(want) != letters {
			t.Fatalf("%d letters, %d through serve, want %d", len(got), len(want), letters)
		}
		for id, l := range want {
			if len(got[id]) != 1 {
				t.Errorf("%s was sent %d times", id, len(got[id]))
				continue
			}
			alike := func(text string) string { return mailedSecret.ReplaceAllString(strings.TrimSpace(text), "$1") } // secrets are made for each mailing
			if g := got[id][0]; g.From != l.From || g.To != l.To || g.ReplyTo != l.ReplyTo || g.Subject != l.Subject || alike(g.Text) != alike(l.Text) ||
				alike(g.HTML) != alike(l.HTML) || g.File != l.File {
				g.Data, l.Data = nil, nil
				t.Errorf("%s differs:\n got %+v\nwant %+v", id, g, l)
			} else if !bytes.Equal(g.Data, l.Data) || l.File != "" && !bytes.HasPrefix(g.Data, []byte("%PDF-")) {
				t.Errorf("%s: its PDF has %d bytes, through serve %d, or they differ", id, len(g.Data), len(l.Data))
			}
		}
		if due(w.record(t, table, ref)) {
			t.Error("letters are still due")
		}
	}
	if err := deliver.Invoke(limit, map[string]any{}, nil); err != nil {
		t.Errorf("sweep: %v", err)
	}
	for name, p := range map[string]*runtimetest.Process{"submit": submit, "deliver": deliver} {
		p.Kill() // so that its output is complete
		w.quiet(t, name, p.Output())
	}
	w.counts(t, submit.Output(), "Received", "Rejected")
	w.counts(t, deliver.Output(), "Mailed", "Tries", "DueAge", "OpenCourses")
}

// clock matches the time in a log line, whose digits can look like a telephone number.
var clock = regexp.MustCompile(`"time":"[^"]*"|"Timestamp":\d+`)

// quiet fails if the log has anything that a person typed.
func (w *world) quiet(t *testing.T, name, output string) {
	t.Helper()
	said := clock.ReplaceAllString(output, "")
	for _, personal := range []string{marker, "example.org", "O'Neill", "7654321", "960001", "SW1A", "V81997", "nhs.net"} {
		if i := strings.Index(said, personal); i >= 0 {
			t.Errorf("%s logs %q: %s", name, personal, said[max(0, i-200):min(len(said), i+100)])
		}
	}
	if output == "" {
		t.Errorf("%s logs nothing", name)
	}
	for line := range strings.Lines(output) {
		if !json.Valid([]byte(line)) {
			t.Errorf("%s logs a line that is no JSON: %s", name, line)
		}
	}
}

// counts fails unless the log has these metrics in the form that CloudWatch reads.
func (w *world) counts(t *testing.T, output string, metrics ...string) {
	t.Helper()
	seen := map[string]bool{}
	for line := range strings.Lines(output) {
		var l map[string]any
		json.Unmarshal([]byte(line), &l)
		var emf struct {
			Aws struct {
				Timestamp         int64
				CloudWatchMetrics []struct {
					Namespace  string
					Dimensions [][]string
					Metrics    []struct{ Name, Unit string }
				}
			} `json:"_aws"`
		}
		json.Unmarshal([]byte(line), &emf)
		for _, c := range emf.Aws.CloudWatchMetrics {
			for _, m := range c.Metrics {
				if _, isNumber := l[m.Name].(float64); isNumber && c.Namespace == "Hub" && emf.Aws.Timestamp > 0 && len(c.Dimensions) == 1 {
					seen[m.Name] = true
				}
			}
		}
	}
	for _, m := range metrics {
		if !seen[m] {
			t.Errorf("nothing counts %s in\n%s", m, output)
		}
	}
}

// served returns the letters that serve would send about the record.
func (w *world) served(t *testing.T, r record.Record) map[string]letter {
	t.Helper()
	dir := t.TempDir()
	store, err := sqlite.Open(filepath.Join(dir, "hub.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	folder, err := hubmail.OpenFolder(filepath.Join(dir, "outbox"))
	if err != nil {
		t.Fatal(err)
	}
	desk := office.New(&intake.Desk{
		Store: store, Programme: w.programme, Now: time.Now, BaseURL: base, MailFrom: w.site.MailFrom, Hub: w.site.Fact, PDF: pdf.Render,
		Retain: intaketest.Retention, Log: discard,
	})
	desk.Mailer = folder
	if _, err := desk.Post().Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "outbox", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]letter{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		all[m.Header.Get("Message-ID")] = parse(t, m)
	}
	return all
}

func parse(t *testing.T, m *mail.Message) letter {
	t.Helper()
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	l := letter{Subject: subject, From: address(t, m.Header.Get("From")), To: address(t, m.Header.Get("To")), ReplyTo: address(t, m.Header.Get("Reply-To"))}
	l.read(t, m.Header.Get("Content-Type"), m.Body)
	return l
}

// read reads one part of a message, or each part inside it.
func (l *letter) read(t *testing.T, contentType string, from io.Reader) {
	t.Helper()
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	for parts := multipart.NewReader(from, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		kind := p.Header.Get("Content-Type")
		if strings.HasPrefix(kind, "multipart/") {
			l.read(t, kind, p)
			continue
		}
		var body io.Reader = p
		switch p.Header.Get("Content-Transfer-Encoding") {
		case "quoted-printable":
			body = quotedprintable.NewReader(p)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, p)
		}
		data, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		switch text := strings.ReplaceAll(string(data), "\r\n", "\n"); {
		case p.FileName() != "":
			l.File, l.Data = p.FileName(), data
		case strings.HasPrefix(kind, "text/html"):
			l.HTML = text
		default:
			l.Text = text
		}
	}
}

// atOnce: one draft is sent fifty times at once through three instances.
func (w *world) atOnce(t *testing.T) {
	table := dynamotest.Table(t, w.db)
	server := front(t, w.function(t, "submit", table), w.function(t, "submit", table), w.function(t, "submit", table))
	def := w.programme.Forms["career-conversations"]
	b := newBrowser(t, server).through(def)
	var all sync.WaitGroup
	refs := make([]string, 50)
	for i := range refs {
		all.Go(func() {
			one := &browser{t: t, server: b.server, client: b.client}
			one.post("/apply/"+def.ID+"/declarations", signed(def))
			if one.status != 200 {
				t.Errorf("status %d", one.status)
			}
			refs[i] = reference.FindString(one.body)
		})
	}
	all.Wait()
	slices.Sort(refs)
	if refs = slices.Compact(refs); len(refs) != 1 || refs[0] == "" {
		t.Fatalf("references %q, want one", refs)
	}
	r := w.record(t, table, refs[0])
	for range 3 {
		p := w.function(t, "deliver", table)
		all.Go(func() {
			if err := p.Invoke(limit, streamed(r), nil); err != nil {
				t.Error(err)
			}
			if err := p.Invoke(limit, struct{}{}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.twoMails(t, refs[0], 0)
}

// twoMails fails unless each of the two letters went once, or at most doubles times more in all. It
// returns how often one went again.
func (w *world) twoMails(t *testing.T, ref string, doubles int) (again int) {
	t.Helper()
	got := w.mailed(t, ref)
	for _, l := range got {
		again += len(l) - 1
	}
	if len(got) != 2 || again > doubles {
		t.Errorf("%d letters of %s, %d sent again; want 2, and at most %d again", len(got), ref, again, doubles)
	}
	return again
}

var discard = slog.New(slog.DiscardHandler)
