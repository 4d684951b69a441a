package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/mail"
	"traininghub/internal/page"
)

// serveFrom is the command "hub serve". It builds the site in memory and serves it with its forms
// until ctx ends. Applications are kept in DATA/hub.db. Letters go to a mail server if one is set,
// otherwise into the folder DATA/outbox, which a second address shows. in is the terminal from
// which the hub was started, if there is one.
func serveFrom(in io.Reader) func(context.Context, []string, io.Writer, io.Writer, func(string) string) error {
	return func(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
		set, err := readServing(args, out, getenv)
		if err != nil {
			return err
		}
		set.hangUp = terminal(in) // SIGHUP then means that the terminal was closed
		p, err := assemble(ctx, set, out, errOut)
		if err != nil {
			return err
		}
		defer p.close()
		return p.run(ctx)
	}
}

// serving are the settings of "hub serve".
type serving struct {
	folders
	data          string
	addr, inside  string // where to listen: publicly, and on this machine only
	base          string // the public address, if it is set
	watch, follow bool
	hangUp        bool // the hub ends when its terminal does
	anew, damaged bool // see prepareDatabase
	sealKey       string
	asOf          bool // the clock differs from the machine's
	now           func() time.Time
	proxies       []netip.Prefix
	smtp          *mail.SMTP    // nil if letters go into a folder
	backups       time.Duration // how old the last backup may be; 0 if nobody checks
}

// readServing reads the settings and checks each one.
func readServing(args []string, out io.Writer, getenv func(string) string) (s serving, err error) {
	value, _, err := parse("serve", args, 0, out, getenv)
	if err != nil {
		return s, err
	}
	s = serving{
		folders: foldersOf(value), data: value("data"), addr: value("addr"),
		inside: value("outbox"),
		base:   value("base-url"), watch: value("watch") == "yes", follow: value("follow") == "yes",
		anew: value("new") == "yes", sealKey: value("seal-key"),
		damaged: value("damaged") == "yes", asOf: value("as-of") != "",
	}
	if s.now, err = ticking(value("as-of")); err != nil {
		return s, err
	}
	if s.proxies, err = prefixes(value("proxies")); err != nil {
		return s, err
	}
	hours, err := strconv.Atoi(value("backup-hours"))
	if err != nil || hours < 0 {
		return s, usagef("--backup-hours must be a number of hours, not %q", value("backup-hours"))
	}
	s.backups = time.Duration(hours) * time.Hour
	s.smtp, err = mailServer(value, s.now)
	return s, err
}

// mailServer is the configured mail server; nil if there is none.
func mailServer(value func(string) string, now func() time.Time) (*mail.SMTP, error) {
	if value("smtp-host") == "" {
		return nil, nil
	}
	port, err := strconv.Atoi(value("smtp-port"))
	if value("smtp-port") != "" && err != nil {
		return nil, usagef("--smtp-port must be a number")
	}
	word := value(password)
	if file := value("smtp-password-file"); word == "" && file != "" {
		if word, err = secret(file); err != nil {
			return nil, usagef("--smtp-password-file: %v", err)
		}
	}
	if value("smtp-user") != "" && word == "" {
		return nil, usagef("the mail server is to be asked as %q, and there is no password: write it into the file --smtp-password-file", value("smtp-user"))
	}
	server := &mail.SMTP{
		Host: value("smtp-host"), Port: port, Username: value("smtp-user"), Password: word,
		TLS:     mail.TLS(value("smtp-tls")),
		Bounces: value("smtp-bounces"), Now: now,
	}
	if err := server.Check(); err != nil {
		return nil, usagef("%v", err)
	}
	return server, nil
}

// address is the public address, which may depend on where the hub listens. It refuses settings
// that cannot work for real: letters that no server would accept, and links that lead nowhere.
func (s serving) address(hub *page.Site, at net.Addr) (string, error) {
	base, err := hub.PublicAddress(s.base)
	if err != nil {
		return "", usagef("%v", err)
	}
	local := page.Local(base) || base == ""
	var wrong []string
	if s.smtp != nil && page.Example(hub.MailFrom) {
		wrong = append(wrong, fmt.Sprintf(
			"letters would be sent by %q: write in site.yaml, as mail_from, an address that your mail server may send for", hub.MailFrom))
	}
	switch {
	case local && s.smtp != nil:
		wrong = append(wrong, "links in letters would lead to this machine: say with --base-url at which address people reach the hub")
	case local && !here(at):
		wrong = append(wrong, fmt.Sprintf(
			"%s can be reached from other machines: say with --base-url at which address, or use --addr localhost:8080",
			at))
	}
	if len(wrong) > 0 && !s.watch {
		return "", usagef("%s", strings.Join(wrong, "; "))
	}
	if local && s.base == "" {
		return "http://" + address(at), nil
	}
	return base, nil
}

// retention is how long the site says that records are kept.
func retention(h *page.Site) intake.Retention {
	return intake.RetainDays(h.RetainDrafts, h.RetainApplications, h.RetainAccepted, h.RetainDeclined,
		h.RetainWithdrawn).WithCharges(h.RetainCharges)
}

// ticking is a clock that starts at 9am of the given day, or now, and runs on from there.
func ticking(asOf string) (func() time.Time, error) {
	if asOf == "" {
		return time.Now, nil
	}
	began := time.Now()
	from, err := time.Parse(time.RFC3339, asOf)
	if err != nil {
		day, err := clock(asOf)
		if err != nil {
			return nil, err
		}
		from = day.In(course.London).Add(9 * time.Hour)
	}
	return func() time.Time { return from.Add(time.Since(began)) }, nil
}

// prefixes reads --proxies: addresses and networks, separated by commas.
func prefixes(list string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for word := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if a, err := netip.ParseAddr(word); err == nil {
			all = append(all, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(word)
		if err != nil {
			return nil, usagef("--proxies: %q is no address or network; write 10.0.0.1 or 10.0.0.0/24", word)
		}
		all = append(all, p)
	}
	return all, nil
}
