package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/bounce"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/source"
)

// errLater is wrapped by errors after which a mail system should try again: the exit status is then
// sysexits.h's EX_TEMPFAIL.
var errLater = errors.New("try again later")

// bounceFrom is the command that notes letters that came back. It reads one message from in, as
// mail systems pass it to a program, or a mail folder: a Maildir, or a file with one or more
// messages (mbox). A message that is read again is noted once. Anything but a delivery status
// notification is ignored, since any mail can arrive at the address for returned letters.
func bounceFrom(in io.Reader) func(context.Context, []string, io.Writer, io.Writer, func(string) string) error {
	return func(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
		value, rest, err := parse("bounce", args, 1, out, getenv)
		if err != nil {
			return err
		}
		desk, store, err := openRecords(ctx, value, errOut)
		if errors.Is(err, errUsage) {
			return err
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errLater, err)
		}
		defer store.Close()
		b := &bouncing{desk: desk.Applications, store: store}
		each := func(message io.Reader) error { return b.message(ctx, message) }
		if len(rest) == 0 {
			err = each(in)
		} else {
			err = mails(rest[0], each)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errLater, err)
		}
		fmt.Fprintf(out, "messages: %d; of them say what became of a letter: %d\n", b.read, b.noted)
		return nil
	}
}

// mails calls each for every message of a Maildir or a file.
func mails(name string, each func(io.Reader) error) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		if !info.Mode().IsRegular() {
			return usagef("%s is neither a file nor a folder", name)
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		text := bufio.NewReader(f)
		if begin, _ := text.Peek(5); string(begin) == "From " {
			return bounce.Split(text, each)
		}
		return each(text)
	}
	box := source.Dir(name)
	var names []string
	for _, dir := range []string{"new", "cur"} {
		found, err := fs.Glob(box, dir+"/*")
		if err != nil {
			return err
		}
		names = append(names, found...)
	}
	for _, name := range names {
		f, err := box.Open(name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, source.ErrTooLarge) || errors.Is(err, source.ErrNotAFile) {
			continue // another program has read it meanwhile, or no mail system wrote it about a letter
		}
		if err != nil {
			return err
		}
		err = each(f)
		f.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// bouncing counts the messages read.
type bouncing struct {
	desk        *intake.Desk
	store       record.Store
	read, noted int
}

// message notes what one message says.
func (b *bouncing) message(ctx context.Context, r io.Reader) error {
	b.read++
	notices, err := bounce.Read(r)
	if errors.Is(err, bounce.ErrNoNotice) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, n := range notices {
		ref, letter, err := b.letter(ctx, n)
		if err != nil {
			return err
		}
		if ref == "" {
			continue
		}
		note := n.Said
		if !strings.HasPrefix(note, n.Class) {
			note = n.Class + " " + note
		}
		at := n.At
		if at.IsZero() {
			at = time.Now()
		}
		what := map[bounce.Verdict]string{
			bounce.Dead: application.EventBounced, bounce.Refused: application.EventRejected,
			bounce.Late: application.EventDelayed,
		}[n.Verdict]
		if err := b.desk.Bounced(ctx, ref, letter, what, note, at); err != nil {
			return err
		}
		b.noted++
		b.desk.Log.Warn("letter came back", "reference", ref, "letter", letter, "what", what)
	}
	return nil
}

// letter is the record and its letter that a notice is about; "" if there is none. Some mail
// systems write addresses, and so the letter's id in them, in small letters.
func (b *bouncing) letter(ctx context.Context, n bounce.Notice) (ref, letter string, err error) {
	for _, known := range n.Letters {
		dot := strings.LastIndexByte(known, '.')
		if dot < 0 {
			continue
		}
		for _, ref := range []string{known[:dot], strings.ToUpper(known[:dot])} {
			switch _, err := b.store.Get(ctx, ref); {
			case err == nil:
				return ref, strings.ToLower(known[dot+1:]), nil
			case !errors.Is(err, record.ErrNotFound):
				return "", "", err
			}
		}
	}
	return "", "", nil
}
