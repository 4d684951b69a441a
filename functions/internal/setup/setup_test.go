package setup

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traininghub/content"
	"traininghub/internal/letters"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/templates"
)

func getenv(m map[string]string) func(string) string {
	return func(name string) string { return m[name] }
}

func TestRequired(t *testing.T) {
	env, missing := Required(getenv(map[string]string{"B": "there"}))
	if env("A"); env("B") != "there" || env("C") != "" {
		t.Error("values are not those of the environment")
	}
	if err := missing(); err == nil || !strings.HasSuffix(err.Error(), ": A, C") {
		t.Errorf("missing: %v", err)
	}
	if env, missing = Required(getenv(map[string]string{"B": "there"})); env("B") == "" || missing() != nil {
		t.Error("nothing is missing")
	}
}

func TestAWS(t *testing.T) {
	c := AWS(getenv(map[string]string{
		"AWS_REGION": "eu-west-2", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_SESSION_TOKEN": "token",
		"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_S3": "http://s3",
	}), "S3")
	if got, err := c.Credentials.Retrieve(t.Context()); err != nil || got.AccessKeyID != "id" || got.SecretAccessKey != "key" || got.SessionToken != "token" {
		t.Errorf("credentials %v %v", got, err)
	}
	if c.Region != "eu-west-2" || *c.BaseEndpoint != "http://s3" {
		t.Errorf("%s %s", c.Region, *c.BaseEndpoint)
	}
	if c := AWS(getenv(map[string]string{"AWS_ENDPOINT_URL": "http://all"}), "S3"); *c.BaseEndpoint != "http://all" {
		t.Error(*c.BaseEndpoint)
	}
	if c := AWS(getenv(nil), "S3"); c.BaseEndpoint != nil {
		t.Error("an endpoint that was not set")
	}
}

// TestLog: keys that are not on the list are left out, wherever they are. Metrics have the form
// that CloudWatch reads.
func TestLog(t *testing.T) {
	var b bytes.Buffer
	log, err := Log(getenv(map[string]string{"METRICS_NAMESPACE": "Hub"}), &b)
	if err != nil {
		t.Fatal(err)
	}
	log.With("name", "MARKER").WithGroup("error").Info("request", "error", "MARKER")
	log.Debug("request", "reference", "too fine")
	log.Info("letter sent", "reference", "CC-2C2C-2C2C", "email", "MARKER", "letter", "l-1", "tries", 2, slog.Group("error", "error", "MARKER"), "error", errors.New("class"))
	log.Info("swept", "due_age_s", 0, "open_courses", 2)
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 3 || strings.Contains(b.String(), "MARKER") {
		t.Fatalf("log:\n%s", b.String())
	}
	var sent map[string]any
	if err := json.Unmarshal([]byte(lines[1]), &sent); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{"msg": "letter sent", "reference": "CC-2C2C-2C2C", "letter": "l-1", "tries": 2.0, "error": "class", "Mailed": 1.0, "Tries": 2.0} {
		if sent[key] != want {
			t.Errorf("%s is %v, want %v, in %s", key, sent[key], want, lines[1])
		}
	}
	for _, want := range []string{`"CloudWatchMetrics":[{"Dimensions":[[]],"Metrics":[{"Name":"DueAge","Unit":"Seconds"},{"Name":"OpenCourses","Unit":"Count"}],"Namespace":"Hub"}]`, `"DueAge":0`, `"OpenCourses":2`} {
		if !strings.Contains(lines[2], want) {
			t.Errorf("no %s in %s", want, lines[2])
		}
	}
	b.Reset()
	if log, err = Log(getenv(map[string]string{"LOG_LEVEL": "WARN"}), &b); err != nil {
		t.Fatal(err)
	}
	log.Info("received")
	log.Warn("bounced")
	if strings.Contains(b.String(), "_aws") || strings.Count(b.String(), "\n") != 1 {
		t.Errorf("without a namespace, from WARN: %s", b.String())
	}
	if _, err := Log(getenv(map[string]string{"LOG_LEVEL": "LOUD"}), &b); err == nil {
		t.Error("LOG_LEVEL LOUD is taken")
	}
}

// TestContent: a function does not start if site.yaml contradicts its public address, or if the
// content was packed for another version. The site.yaml of this project names this machine, which
// contradicts nothing.
func TestContent(t *testing.T) {
	root := t.TempDir()
	data, err := programme.PackFiles(content.Files, templates.Files, letters.All(), page.Assets{})
	if err != nil {
		t.Fatal(err)
	}
	write := func(data []byte) {
		if err := os.WriteFile(filepath.Join(root, programme.PackedFile), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Content(root, ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without content: %v", err)
	}
	write(data)
	for base, refused := range map[string]bool{"https://training.example.org": false, "training.example.org": true, "https://training.example.org/": true} {
		hub, err := Content(root, base)
		if (err != nil) != refused || !refused && hub.Site.BaseURL != base {
			t.Errorf("%s: error %v", base, err)
		}
	}
	write(append([]byte("hub 0 00000000\n"), data[len(programme.Shape):]...))
	if _, err := Content(root, ""); !errors.Is(err, programme.ErrShape) {
		t.Errorf("of another version: %v", err)
	}
}
