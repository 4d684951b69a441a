package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
)

// A setting is given by a flag or in the environment; the flag counts first.
type setting struct {
	flag     string
	env      string
	value    string // the default
	does     string
	commands string // the commands that have it, separated by spaces
}

// settings is the table of all settings.
var settings = []setting{
	{"content", "HUB_CONTENT", "content", "folder of the editors' files",
		"build check serve new dates diff links export person bounce audit mail removals figures templates package pdf editor"},
	{"templates", "HUB_TEMPLATES", "",
		"folder of the hub's own templates, laid over the program's file by file; the folder templates of the content if empty",
		"build check serve dates diff links templates package"},
	{"modules", "HUB_MODULES", "node_modules", "folder into which npm puts the NHS front end",
		"build check serve dates diff links package"},
	{"github", "HUB_GITHUB", "", "repository on GitHub, owner/name, in which editors' changes become pull requests; this machine's if empty", "editor"},
	{"sign-in", "HUB_SIGN_IN", "", "https address of what signs editors in to GitHub", "editor"},
	{"branch", "HUB_BRANCH", "main", "branch to which editors' changes go", "editor"},
	{"editor-server", "HUB_EDITOR_SERVER", "http://localhost:8083/api/v1", "address of decap-server on this machine", "editor"},
	{"out", "HUB_OUT", "public", "folder of the finished site", "build"},
	{"relative", "HUB_RELATIVE", no,
		"make a preview: a folder whose pages open by themselves, without a server, and below any address; drafts are in it", "build"},
	{"cache", "HUB_CACHE", "",
		`folder that keeps what was made, so that the next build makes only what has changed; the user's own for caches if empty, none if "none"`, "build"},
	{"dist", "HUB_DIST", "dist", "folder of the functions for AWS, or of the archive for a server", "package"},
	{"programs", "HUB_PROGRAMS", "", "folder of a release's programs; compiled of the source in this folder if empty", "package"},
	{"arch", "HUB_ARCH", "amd64", "the server's processor: amd64 or arm64", "package"},
	{"as-of", "HUB_AS_OF", "", `day on which the clock begins, "20 September 2021" or 2021-09-20; for serve also an instant, 2021-09-20T08:00:00Z; now if empty`,
		"build check serve dates diff export person audit bounce removals figures pdf"},
	{"format", "HUB_FORMAT", "text",
		"how to print mistakes: text, json, or sarif, which code hosts show beside the lines", "check"},
	{"against", "HUB_AGAINST", "",
		"git revision, or folder: say also what has changed in forms since then, and what that means for people part-way through", "check"},
	{"watch", "HUB_WATCH", no,
		"preview for editors: build again at each save, show mistakes in the page, and choose the day in a bar",
		"serve"},
	{"addr", "HUB_ADDR", "localhost:8080", "address on which to serve", "serve"},
	{"base-url", "HUB_BASE_URL", "", "public address, https://host, for links; base_url of site.yaml if empty",
		"serve pdf"},
	{"proxies", "HUB_PROXIES", "",
		"addresses or networks of proxies whose X-Forwarded-For is believed, with commas between", "serve"},
	{"data", "HUB_DATA", "data", "folder of the database and, without a mail server, of the letters",
		"serve check backup export person audit bounce removals figures pdf"},
	{"new", "HUB_NEW", no, "make the database of a new hub if there is none; one that is there stays as it is",
		"serve"},
	{"damaged", "HUB_DAMAGED", no, "serve although some records cannot be read, and leave those as they are", "serve"},
	{"verify", "HUB_VERIFY", no, "make no copy, but look through the one that is there", "backup"},
	{"keep", "HUB_KEEP", "", "days for which copies in a folder are kept: older ones go when a new one was made; all are kept if empty", "backup"},
	{"outbox", "HUB_OUTBOX", "localhost:8081",
		"address for this machine only: /health with details and, without a mail server, the letters", "serve"},
	{"follow", "HUB_FOLLOW", no, "take new content by itself, when it was changed and then left alone for two seconds",
		"serve"},
	{"backup-hours", "HUB_BACKUP_HOURS", "26",
		"hours after which /health says that there is no new backup; 0 if nobody is to look", "serve"},
	{"config", "HUB_CONFIG", "",
		"file with settings, such as hub.yaml, a line each: \"base-url: https://training.example.org\"",
		"serve check backup export person bounce audit mail removals figures pdf"},
	{"course", "HUB_COURSE", "", "name of the course's file, without ending", "export"},
	{"from", "HUB_FROM", "1 January 2000", "first day on which the applications were received", "export"},
	{"to", "HUB_TO", "", "last day of that; today if empty", "export"},
	{"reason", "HUB_REASON", "", "why somebody takes the applications out of the hub", "export"},
	{"codebook", "HUB_CODEBOOK", no, "write what the columns mean, and no applications", "export"},
	{"number", "HUB_NUMBER", "", "the person's number on a professional register, like \"GMC 7654321\"", "person"},
	{"gmc", "HUB_GMC", "", "the person's GMC reference number, the same as --number \"GMC ...\"", "person"},
	{"email", "HUB_EMAIL", "", "the person's email address", "person"},
	{"record", "HUB_RECORD", no, "decide on the application of the file as its lead filled it in", "pdf"},
	{"lead", "HUB_LEAD", "", "email address of the lead or the deputy who filled it in", "pdf"},
	{"erase", "HUB_ERASE", no, "remove the person's applications for good", "person"},
	{"yes", "HUB_YES", no, "do so without asking", "person audit pdf"},
	{"mentoring", "HUB_MENTORING", no, "in the store of mentoring, which is apart, instead of the hub's own", "person audit removals"},
	{"aws", "HUB_AWS", "", "the function that does it on AWS, like \"hub-records\", or \"hub-mentoringrecords\" behind the wall; needs AWS's command line",
		"person audit"},
	{"service", "HUB_SERVICE", "", "the service, by the name of its file without .md", "figures"},
	{"quarter", "HUB_QUARTER", "", "a day in the quarter, such as \"Thursday 1 July 2021\"; the last one that is over if empty", "figures"},
	{"allow", "HUB_ALLOW", no, "have what is held removed, once", "removals"},
	{"refuse", "HUB_REFUSE", no, "keep what is held, and say so no more", "removals"},
	{"restore", "HUB_RESTORE", "", "reference of an application that is marked for removal, to bring it back",
		"removals"},
	{"seal-key", "HUB_SEAL_KEY", "",
		"file of the key with which each record is sealed against changes behind the hub's back; DATA/seal.key if empty",
		"serve export person bounce audit removals figures pdf"},
	{"heads", "HUB_HEADS", "",
		"file of what the last audit noted, which is compared and then written anew; keep it on another machine",
		"audit"},
	{"smtp-host", "HUB_SMTP_HOST", "", "mail server; letters go into a folder if empty", "serve mail"},
	{"smtp-port", "HUB_SMTP_PORT", "", "its port; the usual one if empty", "serve mail"},
	{"smtp-tls", "HUB_SMTP_TLS", "starttls", "encryption: starttls, tls, or none for a mail server on this machine",
		"serve mail"},
	{"smtp-bounces", "HUB_SMTP_BOUNCES", "",
		"address to which mail systems return letters, each with a tag of its own: bounces+TAG@example.org for bounces@example.org; the sender's if empty", "serve mail"},
	{"smtp-user", "HUB_SMTP_USER", "", "user name, if the mail server asks for one", "serve mail"},
	{"smtp-password-file", "HUB_SMTP_PASSWORD_FILE", "", "file with the password, if the mail server asks for one",
		"serve mail"},
	{password, "HUB_SMTP_PASSWORD", "",
		"the password itself; only in the environment, since others can see a program's flags", "serve mail"},
}

// password is the setting that has no flag.
const password = "smtp-password"

// parse reads a command's settings. A flag counts before the environment, and the environment
// before the file of settings. rest are the other arguments, at most as many as most allows.
func parse(
	command string, args []string, most int, out io.Writer, getenv func(string) string,
) (value func(flag string) string, rest []string, err error) {
	set := flag.NewFlagSet("hub "+command, flag.ContinueOnError)
	set.SetOutput(io.Discard) // exitCode prints errors, once
	values := map[string]*string{}
	var own []setting
	for _, s := range settings {
		if !slices.Contains(strings.Fields(s.commands), command) {
			continue
		}
		own = append(own, s)
		values[s.flag] = new(string)
		switch {
		case s.flag == password:
		case s.value == no:
			set.Var((*yes)(values[s.flag]), s.flag, s.does)
		default:
			set.StringVar(values[s.flag], s.flag, "", s.does)
		}
	}
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		help(out)
		return nil, nil, errHelp
	case err != nil:
		return nil, nil, usagef("%v", err)
	case set.NArg() > most:
		return nil, nil, usagef("hub %s does not take %q", command, set.Arg(most))
	}
	given := map[string]bool{}
	set.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var file map[string]string
	if config := values["config"]; config != nil {
		if !given["config"] {
			*config = getenv("HUB_CONFIG")
		}
		if file, err = readConfig(*config); err != nil {
			return nil, nil, err
		}
	}
	for _, s := range own {
		if given[s.flag] || s.flag == "config" {
			continue
		}
		text := cmp.Or(getenv(s.env), file[s.flag], s.value)
		if s.value != no {
			*values[s.flag] = text
		} else if err := (*yes)(values[s.flag]).Set(text); err != nil {
			return nil, nil, usagef("%s: %v", s.flag, err)
		}
	}
	return func(flag string) string { return *values[flag] }, set.Args(), nil
}

// A setting whose default is no becomes "yes" if its flag is given.
const no = "no"

type yes string

func (y *yes) String() string   { return string(*y) }
func (y *yes) IsBoolFlag() bool { return true }

func (y *yes) Set(text string) error {
	switch text {
	case "true", "yes":
		*y = "yes"
	case "false", no:
		*y = no
	default:
		return fmt.Errorf("write yes or no, not %q", text)
	}
	return nil
}

// clock reads --as-of: the beginning of that day in London, or now.
func clock(asOf string) (time.Time, error) {
	if asOf == "" {
		return time.Now(), nil
	}
	var day course.Date
	if err := day.UnmarshalText([]byte(asOf)); err != nil {
		return time.Time{}, usagef("--as-of %v", err)
	}
	return day.Time(), nil
}

func help(w io.Writer) {
	fmt.Fprint(w, "hub makes and serves a training hub from Markdown and YAML.\n\nCommands:\n")
	for _, c := range commands(nil) {
		fmt.Fprintf(w, "  hub %s %s\n        %s\n", c.name, c.usage, c.does)
	}
	fmt.Fprint(w, "\nSettings, as a flag, in the environment, or of a hub that serves in the file --config; the first that is there counts:\n")
	for _, s := range settings {
		fmt.Fprintf(w, "  --%s, %s", s.flag, s.env)
		if s.value != "" {
			fmt.Fprintf(w, " (%s)", s.value)
		}
		fmt.Fprintf(w, "\n        %s; for %s\n", s.does, strings.ReplaceAll(s.commands, " ", ", "))
	}
	fmt.Fprint(w, "\nExit status: 0 if all is well or there are only warnings, 1 if there are faults or something failed, 2 if called wrongly.\n")
}
