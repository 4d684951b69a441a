package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"traininghub/internal/decide"
	onpaper "traininghub/internal/paper" // a test of this package has its own paper
	"traininghub/internal/pdf"
	"traininghub/internal/pdf/read"
)

// pdfFrom is the command "hub pdf"; in answers its questions. It prints the fields of a PDF that
// came back, one on a line: the name and what was entered. Further lines of an entry are indented.
// With --record it decides by what the lead filled in.
func pdfFrom(in io.Reader) func(context.Context, []string, io.Writer, io.Writer, func(string) string) error {
	return func(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
		read := len(args) > 0 && args[0] == "read"
		if read {
			args = args[1:]
		}
		value, rest, err := parse("pdf", args, 2, out, getenv)
		if err != nil {
			return err
		}
		if !read || len(rest) != 1 {
			return usagef("say which file: hub pdf read FILE")
		}
		file, err := os.Open(rest[0])
		if err != nil {
			return err
		}
		defer file.Close()
		if value("record") == "yes" {
			return recordPDF(ctx, file, value, in, out, errOut)
		}
		return printPDF(file, rest[0], out)
	}
}

func printPDF(file io.Reader, name string, out io.Writer) error {
	fields, err := read.Fields(file)
	if errors.Is(err, read.ErrNoForm) {
		return fmt.Errorf("%s: %w; if it was printed and scanned, it can only be read by a person", name, err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, f := range fields {
		name, value := f.Printable()
		fmt.Fprintf(out, "%s: %s\n", name, strings.ReplaceAll(value, "\n", "\n    "))
	}
	return nil
}

// recordPDF decides on the file's application in the name of its lead or deputy, after somebody has
// looked at the letter and typed the reference again.
func recordPDF(ctx context.Context, file io.Reader, value func(string) string, in io.Reader, out, errOut io.Writer) error {
	if value("lead") == "" {
		return usagef("say with --lead who filled it in, by the email address of the lead or the deputy")
	}
	back, err := onpaper.Open(file)
	if err != nil {
		return err
	}
	desk, store, err := openRecords(ctx, value, errOut)
	if err != nil {
		return err
	}
	defer store.Close()
	desk.Applications.BaseURL, desk.Applications.PDF = value("base-url"), pdf.Render
	lead := desk.Staff(value("lead"))
	if lead == nil {
		return usagef("nobody who decides has the address that --lead says")
	}
	agreed := false
	a, wrong, err := onpaper.Record(ctx, desk.Applications, lead, back, func(p *decide.Preview) bool {
		for _, item := range p.Decision {
			fmt.Fprintf(out, "%s: %s\n", item.Question, item.Answer)
		}
		fmt.Fprintf(out, "\nTo: %s\nSubject: %s\n\n%s\n", p.To, p.Subject, p.Text)
		if agreed = value("yes") == "yes"; !agreed && in != nil {
			fmt.Fprint(out, "To decide so and send this letter, type the reference: ")
			line, _ := bufio.NewReader(in).ReadString('\n') // no answer matches no reference
			agreed = strings.TrimSpace(line) == back.Reference
		}
		return agreed
	})
	switch {
	case errors.Is(err, decide.ErrDecided):
		return fmt.Errorf("%s was decided already, or its applicant has withdrawn", back.Reference)
	case errors.Is(err, decide.ErrNoApplication):
		return fmt.Errorf("there is no application %s on which they decide", back.Reference)
	case errors.Is(err, decide.ErrOwn):
		return fmt.Errorf("%s is their own application", back.Reference)
	case err != nil:
		return err
	case len(wrong) > 0:
		for _, m := range wrong {
			fmt.Fprintln(errOut, m.Error()+".")
		}
		return errors.New("nothing was decided")
	case !agreed:
		return errors.New("that is not the reference; nothing was decided")
	}
	fmt.Fprintf(out, "%s is decided: %s. The letter goes when the hub runs.\n", a.Reference, strings.ToLower(a.Decision.Words()))
	return nil
}
