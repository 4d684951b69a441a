package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"traininghub/internal/mail"
	"traininghub/internal/page"
	"traininghub/internal/record"
	"traininghub/internal/source"
)

// runMail sends one letter through the configured mail server and prints the server's answer:
// whether letters go, and if not, why. It shows more than a hub's log may, so it is only for the
// operator's terminal.
func runMail(ctx context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	var to []string
	if len(args) > 0 && args[0] == "test" {
		args = args[1:]
		if len(args) > 0 && !strings.HasPrefix(args[0], "-") { // settings may come before or after the address
			to, args = args[:1], args[1:]
		}
	}
	value, rest, err := parse("mail", args, 1-len(to), out, getenv)
	if err != nil {
		return err
	}
	if to = append(to, rest...); len(to) != 1 || to[0] == "test" {
		return usagef("say whom to send a letter: hub mail test ADDRESS")
	}
	server, err := mailServer(value, time.Now)
	if err != nil {
		return err
	}
	if server == nil {
		return usagef("no mail server is set: say with --smtp-host, or in the file --config, by which one letters go")
	}
	hub, faults := page.LoadSite(source.Dir(value("content")))
	if err := faults.Err(); err != nil {
		return err
	}
	if page.Example(hub.MailFrom) {
		return usagef("the sender is %q: write in site.yaml, as mail_from, an address that your mail server may send for", hub.MailFrom)
	}
	if !source.Mailable(to[0]) {
		return usagef("%q is no email address", to[0])
	}
	fmt.Fprintf(out, "From %s to %s, by %s.\n", hub.MailFrom, to[0], server.Where())
	answer, err := server.Try(ctx, record.Message{
		ID: "<test." + strings.ToLower(rand.Text()) + "@hub>", From: hub.MailFrom, To: to[0],
		Subject: "Test of the " + hub.Name,
		Text: "This letter was sent by \"hub mail test\". If you can read it, letters of the " + hub.Name +
			" arrive.\n",
	})
	if wrong := (*mail.Error)(nil); errors.As(err, &wrong) {
		return fmt.Errorf("the letter was not sent: %s", wrong.Detail())
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The server has taken it: %s\nLook whether it arrives, and not among the spam.\n",
		strings.TrimSpace(answer))
	return nil
}
