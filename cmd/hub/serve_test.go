package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// copied is a folder with a copy of the content, to be edited.
func copied(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "content")
	must(t, os.CopyFS(dir, os.DirFS("../../content")), "copying the content")
	return dir
}

func fetch(t *testing.T, address string) (status int, body string) {
	t.Helper()
	r, err := http.Get(address)
	must(t, err, "GET")
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	must(t, err, "reading")
	return r.StatusCode, string(text)
}

// seen are the checks of a hub's health, by name.
func (p *process) seen(t *testing.T) map[string]string {
	t.Helper()
	_, body := fetch(t, p.health)
	var all struct {
		Checks []struct{ Name, Saw, Wrong string }
	}
	must(t, json.Unmarshal([]byte(body), &all), body)
	names := map[string]string{}
	for _, c := range all.Checks {
		names[c.Name] = c.Saw + c.Wrong
	}
	return names
}

// TestNewContent gives new content to a serving hub, on SIGHUP and by itself. If it has a fault,
// the old content stays and /health says so, and people part-way through can go on.
func TestNewContent(t *testing.T) {
	t.Parallel()
	for name, more := range map[string][]string{"SIGHUP": nil, "by itself": {"--follow"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, data := copied(t), t.TempDir()
			hub := hubOf(content, data, firstDay, more...)
			// As systemd starts it: without a terminal, and with a null device other than the one
			// in /dev.
			device, err := os.Open("/dev/zero")
			must(t, err, "opening")
			defer device.Close()
			hub.cmd.Stdin, hub.cmd.SysProcAttr = device, &syscall.SysProcAttr{Setsid: true}
			hub.start(t)
			crowd := newCrowd(t, 1)
			crowd.set(hub.base)
			def := crowd.forms[0]
			p := crowd.person("marker-part-way")
			must(t, p.begin(def), "beginning")

			edit := func(file, old, new string) {
				t.Helper()
				replace(t, filepath.Join(content, file), old, new)
				if more == nil {
					must(t, hub.cmd.Process.Signal(syscall.SIGHUP), "SIGHUP")
				}
			}
			shows := func(path, words string) {
				t.Helper()
				eventually(t, words, func() bool { _, page := fetch(t, hub.base+path); return strings.Contains(page, words) })
			}
			edit("pages/contact.md", "Email the contact for your course.", "Write to the people of your course.")
			shows("/contact/", "Write to the people of your course.")
			if status, body := fetch(t, hub.base+"/health"); status != 200 || body != "ok\n" {
				t.Errorf("health is %d, %q", status, body)
			}

			edit("pages/contact.md", "Write to the people of your course.", "Go [there](/nowhere/).")
			eventually(t, "not ok", func() bool { status, body := fetch(t, hub.base+"/health"); return status == 503 && body == "not ok\n" })
			if saw := hub.seen(t)["content"]; !strings.Contains(saw, "content/pages/contact.md") || !strings.Contains(saw, "leads nowhere") {
				t.Errorf("the details of the content are %q", saw)
			}
			shows("/contact/", "Write to the people of your course.")

			edit("pages/contact.md", "Go [there](/nowhere/).", "Ask somebody.")
			shows("/contact/", "Ask somebody.")
			eventually(t, "ok", func() bool { status, _ := fetch(t, hub.base+"/health"); return status == 200 })

			// Letters are new, too, and the application begun before goes on.
			must(t, p.fill(def), "filling in")
			must(t, p.send(def), "sending")
			crowd.references(1)
			must(t, hub.cmd.Process.Signal(syscall.SIGTERM), "stopping")
			hub.wait(t)
			for _, says := range []string{"the new content has faults, so the old one stays", "the new content is served"} {
				if !strings.Contains(hub.log.String(), says) {
					t.Errorf("the log does not say %q:\n%s", says, hub.log.String())
				}
			}
			wantReceived(t, database(data), crowd.references(0))
		})
	}
}

// TestHealth checks what /health reports, and that only this machine is told more than "ok".
func TestHealth(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	hub := startHub(t, data, firstDay)
	if status, body := fetch(t, hub.base+"/health"); status != 200 || body != "ok\n" {
		t.Errorf("health is %d, %q", status, body)
	}
	saw := hub.seen(t)
	for name, says := range map[string]string{
		"database": "it can be written", "letters": "none waits", "content": "the newest is served", "disk": "MB are free", "backup": "none yet",
	} {
		if !strings.Contains(saw[name], says) {
			t.Errorf("%s: %q, want %q", name, saw[name], says)
		}
	}
	out, err := program("backup", "--data", data, filepath.Join(t.TempDir(), "copy.db")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	eventually(t, "the backup", func() bool { return strings.HasPrefix(hub.seen(t)["backup"], "the last was made 20") })
	hub.stop(t)
}

// TestRefusals: a hub does not start with settings that cannot work for real.
func TestRefusals(t *testing.T) {
	content := copied(t)
	site := filepath.Join(content, "site.yaml")
	serve := []string{"serve", "--content", content, "--modules", "../../node_modules", "--addr", "localhost:0", "--outbox", "localhost:0",
		"--data", filepath.Join(t.TempDir(), "data")}
	mailed := []string{"--smtp-host", "mail.example.org", "--base-url", "https://training.example.org"}
	refused := func(want string, env map[string]string, more ...string) {
		t.Helper()
		var out, wrong bytes.Buffer
		err := exec(t.Context(), append(append([]string(nil), serve...), more...), nil, &out, &wrong, func(name string) string { return env[name] })
		if code := exitCode(err, &wrong); code != 2 || !strings.Contains(wrong.String(), want) {
			t.Errorf("%q: status %d, said %q, want %q", more, code, &wrong, want)
		}
	}
	// The content unchanged: its sender is an example.
	refused(`letters would be sent by "GP Training Hub <no-reply@example.org>"`, nil, mailed...)
	replace(t, site, "no-reply@example.org", "no-reply@hub.nhs.uk")
	// This works, up to the database, which nobody has asked for.
	refused("if this is a new hub, say so with --new", nil, mailed...)
	refused("say with --base-url at which address people reach the hub", nil, "--smtp-host", "mail.example.org")
	refused("say with --base-url at which address people reach the hub", nil, "--smtp-host", "mail.example.org", "--base-url", "http://localhost:8080")
	refused("can be reached from other machines", nil, "--addr", "0.0.0.0:0")
	refused("must be https:// and a host", nil, "--base-url", "training.example.org")
	refused("must be https:// and a host", nil, "--base-url", "https://training.example.org/")
	refused("it is only served to this machine", nil, "--outbox", "0.0.0.0:0")
	replace(t, site, "base_url: http://localhost:8080", "base_url: https://hub.nhs.uk")
	refused("and site.yaml says base_url: https://hub.nhs.uk; correct one of the two", nil, mailed...)
	refused("if this is a new hub, say so with --new", nil, "--smtp-host", "mail.example.org")

	// Settings in a file.
	dir := t.TempDir()
	file := func(text string) string {
		name := filepath.Join(dir, "hub.yaml")
		must(t, os.WriteFile(name, []byte(text), 0o644), "hub.yaml")
		return name
	}
	refused(`hub.yaml:2:1: unknown key "base-ulr" (did you mean "base-url"?)`, nil, "--config", file("# a hub\nbase-ulr: https://hub.nhs.uk\n"))
	refused(`hub.yaml:1:1: unknown key "smtp-password"`, nil, "--config", file("smtp-password: secret\n"))
	refused(`hub.yaml:1:1: unknown key "new"`, nil, "--config", file("new: yes\n"))
	refused("follow: write yes or no", nil, "--config", file("follow: perhaps\n"))
	refused("--backup-hours must be a number of hours", nil, "--config", file("backup-hours: often\n"))
	refused("--proxies:", nil, "--config", file("proxies: nobody\n"))
	refused(`is set to "https://other.nhs.uk"`, map[string]string{"HUB_BASE_URL": "https://other.nhs.uk"}, "--config", file("base-url: https://hub.nhs.uk\nsmtp-host: mail.example.org\n"))
	refused("if this is a new hub, say so with --new", map[string]string{"HUB_CONFIG": file("base-url: https://hub.nhs.uk\nsmtp-host: mail.example.org\n")})
	refused("no-such-file", nil, "--config", filepath.Join(dir, "no-such-file.yaml"))

	// A password in a file that everybody can read is refused.
	word := filepath.Join(dir, "password")
	must(t, os.WriteFile(word, []byte("secret\n"), 0o644), "password")
	must(t, os.Chmod(word, 0o644), "chmod") // whatever the umask
	refused("and there is no password", nil, "--smtp-host", "mail.example.org", "--smtp-user", "hub")
	refused("every user of this machine can read it", nil, "--smtp-host", "mail.example.org", "--smtp-user", "hub", "--smtp-password-file", word)
	must(t, os.Chmod(word, 0o640), "chmod")
	if got, err := secret(word); got != "secret" || err != nil {
		t.Errorf("the password is %q, %v", got, err)
	}
}

// TestMailTest: "hub mail test" says where letters go, or why one did not go.
func TestMailTest(t *testing.T) {
	content := copied(t)
	nobody := freeAddress()
	_, port, _ := strings.Cut(nobody, ":")
	test := func(code int, want string, args ...string) {
		t.Helper()
		out, wrong, got := calling(t, append([]string{"mail", "test", "--content", content}, args...)...)
		if got != code || !strings.Contains(out+wrong, want) {
			t.Errorf("%q: status %d, said %q and %q, want %d and %q", args, got, out, wrong, code, want)
		}
	}
	by := []string{"--smtp-host", "127.0.0.1", "--smtp-port", port, "--smtp-tls", "none"}
	test(2, "say whom to send a letter")
	test(2, "no mail server is set", "lead@example.org")
	test(2, "the sender is \"GP Training Hub <no-reply@example.org>\"", append(by, "lead@example.org")...)
	replace(t, filepath.Join(content, "site.yaml"), "no-reply@example.org", "no-reply@hub.nhs.uk")
	test(2, "is no email address", append(by, "lead")...)
	test(1, "From GP Training Hub <no-reply@hub.nhs.uk> to lead@example.org, by "+nobody+", without encryption.\nhub: the letter was not sent: cannot reach the server: ",
		append(by, "lead@example.org")...)
}
