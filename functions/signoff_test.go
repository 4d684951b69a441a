package functions_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"traininghub/functions/internal/runtimetest"
	"traininghub/internal/application"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/form"
	"traininghub/internal/gateway/gatewaytest"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/standin"
)

// A deployment is the three functions on a table, behind CloudFront, with its own mail.
type deployment struct {
	*world
	used                    map[string]bool // links from letters
	t                       *testing.T
	table                   string
	submit, review, deliver *runtimetest.Process
	server                  *httptest.Server
}

func (w *world) deploy(t *testing.T) *deployment {
	own := *w
	own.ses = standin.SES(t)
	w = &own
	table := dynamotest.Table(t, w.db)
	d := &deployment{
		world: w, t: t, table: table, used: map[string]bool{},
		submit: w.function(t, "submit", table), review: w.function(t, "review", table), deliver: w.function(t, "deliver", table),
	}
	mux := http.NewServeMux()
	mux.Handle("/apply/", gate(d.submit))
	mux.Handle("/", gate(d.review))
	d.server = httptest.NewTLSServer(mux)
	t.Cleanup(d.server.Close)
	return d
}

// gate is API Gateway in front of one function.
func gate(p *runtimetest.Process) http.Handler {
	return gatewaytest.Handler(func(_ context.Context, e events.APIGatewayV2HTTPRequest) (out events.APIGatewayV2HTTPResponse, err error) {
		err = p.Invoke(limit, e, &out)
		return out, err
	}, map[string]string{"X-Origin-Secret": secret})
}

// link delivers what is due of a record, and returns a link from a letter about it that matches the
// pattern and was not returned before, without the host.
func (d *deployment) link(id, pattern string) string {
	d.t.Helper()
	if err := d.deliver.Invoke(limit, streamed(d.record(d.t, d.table, id)), nil); err != nil {
		d.t.Fatal(err)
	}
	found := regexp.MustCompile(regexp.QuoteMeta(base) + "(" + pattern + `\S+)`)
	for _, letters := range d.mailed(d.t, id) {
		if m := found.FindStringSubmatch(letters[0].Text); m != nil && !d.used[m[1]] {
			d.used[m[1]] = true
			return m[1]
		}
	}
	d.t.Fatalf("no letter about %s has a link to %s", id, pattern)
	return ""
}

// apply sends an application and returns its reference.
func (d *deployment) apply(def *form.Definition) string {
	d.t.Helper()
	b := newBrowser(d.t, d.server).through(def)
	return reference.FindString(b.post("/apply/"+def.ID+"/declarations", signed(def)).want(200, "/apply/"+def.ID+"/sent").body)
}

// signIn returns a browser that has signed in by a mailed link.
func (d *deployment) signIn(email string) *browser {
	d.t.Helper()
	b := newBrowser(d.t, d.server)
	b.get("/review/").want(200, "/review/sign-in")
	b.post("/review/sign-in", form.Values{"email": email}).want(200, "/review/sign-in.*")
	sum := sha256.Sum256([]byte(email))
	link := d.link("staff-"+hex.EncodeToString(sum[:16]), "/review/sign-in/link/")
	b.get(link).want(200, link)
	return b.post(link, nil).want(200, "/review/")
}

func (d *deployment) application(ref string) application.Application {
	d.t.Helper()
	return applicationOf(d.t, d.record(d.t, d.table, ref))
}

func applicationOf(t *testing.T, r record.Record) (a application.Application) {
	t.Helper()
	if err := json.Unmarshal(r.Data, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// hidden returns the page's hidden values.
func (b *browser) hidden() form.Values {
	v := form.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(b.body, -1) {
		v[html.UnescapeString(m[1])] = html.UnescapeString(m[2])
	}
	return v
}

// authorise returns what the practice posts on the page that the browser shows.
func (b *browser) authorise() form.Values {
	v := b.hidden()
	v["answer"], v["name"], v["role"] = intake.Confirm, "Sam "+marker, "Practice manager"
	return v
}

// decision returns what the lead sends after seeing the letter.
func (d *deployment) decision(lead *browser, ref string, decide form.Values) form.Values {
	d.t.Helper()
	at := "/review/" + ref + "/decision"
	lead.get(at).want(200, at)
	lead.post(at, decide).want(200, at)
	v := lead.hidden()
	if v["shown"] == "" {
		d.t.Fatalf("no letter is shown:\n%s", lead.body)
	}
	v["do"] = "send"
	return v
}

func accepting(cohort string) form.Values {
	day := time.Now().AddDate(0, 2, 0)
	return form.Values{
		"decision": "accept", "cohort": cohort, "name": "Robin " + marker,
		"funding-day": fmt.Sprint(day.Day()), "funding-month": fmt.Sprint(int(day.Month())), "funding-year": fmt.Sprint(day.Year()),
	}
}

// signOff: the practice confirms, the applicant looks at the status, and the lead decides, using
// the deployed programs.
func (w *world) signOff(t *testing.T) {
	d := w.deploy(t)
	def := w.programme.Forms["supporting-mentors"]
	c := w.programme.Course(def.Course)
	ref := d.apply(def)

	practice := newBrowser(t, d.server)
	link := d.link(ref, "/practice/")
	for range 3 { // looking changes nothing
		practice.get(link).want(200, link)
	}
	practice.post(link, practice.authorise()).want(200, link)
	practice.post(link, practice.authorise()).want(200, link)

	applicant := newBrowser(t, d.server)
	link = d.link(ref, "/status/")
	applicant.get(link).want(200, link)
	applicant.post(link, nil).want(200, "/status/")
	applicant.get("/status/application.pdf").want(200, "/status/application.pdf")
	if !strings.HasPrefix(applicant.body, "%PDF-") {
		t.Errorf("the applicant's PDF begins with %.20q", applicant.body)
	}

	lead, other := d.signIn(c.Lead.Email), d.signIn(c.Lead.Email)
	lead.get("/review/").want(200, "/review/")
	if !strings.Contains(lead.body, ref) {
		t.Errorf("the list does not have %s", ref)
	}
	lead.get("/review/"+ref).want(200, "/review/"+ref)
	yes := d.decision(lead, ref, accepting(c.Cohorts[0].ID))
	no := d.decision(other, ref, form.Values{"decision": "decline", "reason": def.DeclineReasons[0].ID, "name": "Other " + marker})
	lead.post("/review/"+ref+"/decision", yes).want(200, "/review/"+ref)
	other.post("/review/"+ref+"/decision", no).want(409, "/review/"+ref+"/decision")
	d.link(ref, "/status/")
	a := d.application(ref)
	if a.Status() != application.Accepted || a.Decision == nil || len(a.Reopened) != 0 {
		t.Errorf("status %s, decision %+v", a.Status(), a.Decision)
	}
	// What follows from the practice's answer waits for an hour, in which it can be taken back.
	if r := d.record(t, d.table, ref); !r.Due.IsZero() && r.Due.Before(time.Now().Add(30*time.Minute)) {
		t.Error("letters are still due")
	}
	if said := w.queue.said(t, ref); len(said) == 0 {
		t.Error("the queue to the register of mentors has no message about the person who was accepted")
	}
	for name, n := range counted(a) {
		if n != 1 {
			t.Errorf("%s is there %d times", name, n)
		}
	}
	for name, p := range map[string]*runtimetest.Process{"submit": d.submit, "review": d.review, "deliver": d.deliver} {
		p.Kill()
		w.quiet(t, name, p.Output())
	}
}

// counted counts the practice's answers, the decisions, and each letter about them.
func counted(a application.Application) map[string]int {
	n := map[string]int{}
	for _, e := range a.Events {
		if slices.Contains([]string{application.EventAuthorised, application.EventRefused, application.EventAccepted,
			application.EventDeclined}, e.What) {
			n[e.What]++
		}
	}
	for _, l := range a.Letters {
		if l.Name != application.LetterStatus && l.Name != application.LetterReminder {
			n[l.Name]++
		}
	}
	return n
}

// faultAtEachAnswer lets the practice answer and the lead decide again and again, each time with
// another fault at another call of the table. A person who sees an error sends again. Nothing is
// lost, and there is one answer and one decision.
func (w *world) faultAtEachAnswer(t *testing.T) {
	d := w.deploy(t)
	def := w.programme.Forms["supporting-mentors"]
	c := w.programme.Course(def.Course)
	ref := d.apply(def)
	practice := newBrowser(t, d.server)
	link := d.link(ref, "/practice/")
	answer := practice.get(link).want(200, link).authorise()
	asked := d.record(t, d.table, ref)
	practice.post(link, answer).want(200, link)
	lead := d.signIn(c.Lead.Email)
	decision := d.decision(lead, ref, accepting(c.Cohorts[0].ID))
	answered := d.record(t, d.table, ref)
	sum := sha256.Sum256([]byte(c.Lead.Email))
	account := d.record(t, d.table, "staff-"+hex.EncodeToString(sum[:16]))

	var cases atomic.Int64
	t.Run("at each call", func(t *testing.T) {
		for _, action := range []struct {
			name    string
			who     *browser
			before  record.Record
			at, end string
			posts   form.Values
			wants   []string
		}{
			{"practice", practice, asked, link, link, answer, []string{application.EventAuthorised, application.LetterPracticeToLead, application.LetterPracticeAnswer}},
			{"decision", lead, answered, "/review/" + ref + "/decision", "/review/" + ref, decision, []string{application.EventAccepted, application.LetterAccepted}},
		} {
			for _, f := range []fault{throttled, failed, lost, killedThen, killedThus} {
				t.Run(action.name+" "+string(f), func(t *testing.T) {
					t.Parallel()
					for n := 1; !t.Failed(); n++ {
						table := dynamotest.Table(t, w.db)
						for _, r := range []record.Record{action.before, account} {
							if err := w.store(table).Create(t.Context(), r); err != nil {
								t.Fatal(err)
							}
						}
						if !w.answerWith(t, table, f, n, action.who, action.at, action.end, action.posts) {
							return // there are no more calls
						}
						cases.Add(1)
						got := counted(applicationOf(t, w.record(t, table, ref)))
						for _, want := range action.wants {
							if got[want] != 1 {
								t.Errorf("call %d %s: %s is there %d times", n, f, want, got[want])
							}
						}
					}
				})
			}
		}
	})
	t.Logf("%d faults", cases.Load())
	if cases.Load() < 20 && !t.Failed() {
		t.Errorf("only %d faults happened", cases.Load())
	}
}

// answerWith posts until it succeeds, with a fault at the nth call of the table. It reports whether
// the fault happened.
func (w *world) answerWith(t *testing.T, table string, f fault, n int, who *browser, at, end string, posts form.Values) (happened bool) {
	var mu sync.Mutex
	calls := 0
	db := newProxy(t, w.db)
	defer db.Close()
	db.decide = func([]byte) fault {
		mu.Lock()
		defer mu.Unlock()
		if calls++; calls != n {
			return ""
		}
		happened = true
		return f
	}
	var process *runtimetest.Process
	start := func() {
		var err error
		if process, err = runtimetest.Start(t, filepath.Join(w.bin, "review"), w.env(table, db.URL, w.ses)...); err != nil {
			t.Error(err)
		}
	}
	start()
	defer func() { process.Kill() }()
	db.kill = func() { process.Kill() }
	server := httptest.NewTLSServer(gatewaytest.Handler(func(_ context.Context, e events.APIGatewayV2HTTPRequest) (out events.APIGatewayV2HTTPResponse, err error) {
		if err = process.Invoke(limit, e, &out); err == runtimetest.ErrKilled {
			start()
		}
		return out, err
	}, map[string]string{"X-Origin-Secret": secret}))
	defer server.Close()
	b := &browser{t: t, server: server, client: http.Client{Transport: server.Client().Transport, Jar: who.client.Jar}}
	for try, day := 0, false; ; try++ {
		if b.post(at, posts); b.status == 200 {
			break
		}
		if shown := b.hidden(); b.status == http.StatusConflict && shown["shown"] != "" && !day {
			day, posts = true, shown // the letter has changed because a new day has begun: it is shown again, and sent
			posts["do"] = "send"
			continue
		}
		if try == 3 || b.status < 500 {
			t.Fatalf("call %d %s: status %d at %s:\n%s", n, f, b.status, b.path, b.body)
		}
	}
	b.want(200, end)
	w.quietly(t, "review", process.Output())
	return happened
}
