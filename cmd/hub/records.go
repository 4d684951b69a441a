package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"strings"

	"traininghub/internal/afar"
	"traininghub/internal/behind"
	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/programme"
	"traininghub/internal/source"
	"traininghub/internal/sqlite"
	"traininghub/internal/staff"
)

// What the office does with the records, while a hub may be serving.

// openRecords opens a hub's existing database.
func openRecords(
	ctx context.Context, value func(string) string, errOut io.Writer,
) (*office.Desk, *sqlite.Store, error) {
	desk, store, err := openDesk(ctx, value, database(value("data")), errOut)
	if err != nil {
		return nil, nil, err
	}
	hub, _ := page.LoadSite(source.Dir(value("content"))) // without faults, since openDesk has read it
	return storyOffice(desk, hub), store, nil
}

// openBehind opens the database behind the wall, with its stories. No command opens both databases:
// somebody who may see one need not know of the other.
func openBehind(
	ctx context.Context, value func(string) string, errOut io.Writer,
) (*behind.Stories, *sqlite.Store, error) {
	desk, store, err := openDesk(ctx, value, walled(value("data")), errOut)
	if err != nil {
		return nil, nil, err
	}
	return behind.Open(desk, nil), store, nil
}

// openOne opens the database that the command names.
func openOne(ctx context.Context, value func(string) string, errOut io.Writer) (*office.Desk, *sqlite.Store, error) {
	if value("mentoring") != "yes" {
		return openRecords(ctx, value, errOut)
	}
	walls, store, err := openBehind(ctx, value, errOut)
	if err != nil {
		return nil, nil, err
	}
	return walls.Office, store, nil
}

// openDesk is the desk of applications on a database.
func openDesk(
	ctx context.Context, value func(string) string, file string, errOut io.Writer,
) (*intake.Desk, *sqlite.Store, error) {
	now, err := ticking(value("as-of"))
	if err != nil {
		return nil, nil, err
	}
	if _, err := os.Stat(value("content")); err != nil {
		return nil, nil, usagef("there is no folder %s: say with --content where the editors' files are",
			value("content"))
	}
	content := source.Dir(value("content"))
	hub, faults := page.LoadSite(content)
	if err := faults.Err(); err != nil { // the content says how long records are kept
		return nil, nil, err
	}
	programme, faults := programme.Load(content, storyLetters(), hub.Fact)
	if err := faults.Err(); err != nil {
		return nil, nil, err
	}
	store, err := openDatabase(file)
	if err != nil {
		return nil, nil, err
	}
	sealed, err := sealing(store, value("data"), value("seal-key"))
	if err != nil {
		store.Close()
		return nil, nil, err
	}
	desk := &intake.Desk{
		Store: sealed, Programme: programme, Now: now, Hub: hub.Fact, Log: slog.New(slog.NewTextHandler(errOut, nil)),
		Retain: retention(hub), Scans: scans(value("data")),
	}
	if _, err := desk.Sort(ctx); err != nil { // a newer hub may not have served yet
		store.Close()
		return nil, nil, err
	}
	return desk, store, nil
}

// operator is the user of this machine: whoever can read the database may read every application.
func operator(p *programme.Programme) *staff.Person {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	s := &staff.Person{Name: name, Email: "by command on the hub's machine"}
	for _, c := range p.Courses {
		s.Roles = append(s.Roles, staff.Role{Name: staff.Office, For: staff.Course(c.ID)})
	}
	return s
}

// runExport writes a table of applications.
func runExport(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
	value, rest, err := parse("export", args, 1, out, getenv)
	if err != nil {
		return err
	}
	now, err := ticking(value("as-of"))
	if err != nil {
		return err
	}
	p := office.Period{To: course.DateOf(now())}
	if err := p.From.UnmarshalText([]byte(value("from"))); err != nil {
		return usagef("--from %v", err)
	}
	if value("to") != "" {
		if err := p.To.UnmarshalText([]byte(value("to"))); err != nil {
			return usagef("--to %v", err)
		}
	}
	if p.To.ISO() < p.From.ISO() {
		return usagef("--to must be the same day as --from or later")
	}
	desk, store, err := openRecords(ctx, value, errOut)
	if err != nil {
		return err
	}
	defer store.Close()
	def := desk.Applications.Programme.FormOf(value("course"))
	codebook := value("codebook") == "yes"
	switch {
	case def == nil:
		return usagef("say with --course which course, by the name of its file without ending; there is no form for %q",
			value("course"))
	case strings.TrimSpace(value("reason")) == "" && !codebook:
		return usagef("say with --reason what for; it is kept in the journal")
	}
	rows := 0
	err = into(rest, out, func(w io.Writer) error {
		if codebook {
			return desk.Codebook(w, def)
		}
		rows, err = desk.Export(ctx, w, operator(desk.Applications.Programme), def.Course, p, value("reason"))
		return err
	})
	if err == nil && len(rest) > 0 && !codebook {
		fmt.Fprintf(out, "%d applications in %s; keep it as private as the database itself, and delete it when you have finished\n", rows, rest[0])
	}
	return err
}

// into writes to the new file that the remaining arguments name, or to out. Only its owner can read
// the file. If something fails, no file is left.
func into(rest []string, out io.Writer, write func(io.Writer) error) error {
	if len(rest) == 0 {
		return buffered(out, write)
	}
	f, err := os.OpenFile(rest[0], os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = buffered(f, write)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(rest[0])
	}
	return err
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriter(w)
	return cmp.Or(write(b), b.Flush())
}

// personFrom is the command "hub person"; in answers its questions.
func personFrom(in io.Reader) func(context.Context, []string, io.Writer, io.Writer, func(string) string) error {
	return func(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
		value, rest, err := parse("person", args, 1, out, getenv)
		if err != nil {
			return err
		}
		number, flag := value("number"), "--number"
		if gmc := value("gmc"); gmc != "" && number == "" {
			number, flag = "GMC "+gmc, "--gmc"
		}
		if number == "" && value("email") == "" {
			return usagef("say with --number or --email whom you mean")
		}
		erase := value("erase") == "yes"
		if erase && len(rest) > 0 {
			return usagef("write the file first, and then erase: --erase takes no file")
		}
		if value("aws") != "" {
			who := afar.Person{Number: number, Email: value("email")}
			return personAfar(ctx, onAWS(value, in, errOut), who, erase, rest, in, out, value("yes") == "yes")
		}
		desk, store, err := openOne(ctx, value, errOut)
		if err != nil {
			return err
		}
		defer store.Close()
		p, err := desk.Person(ctx, number, value("email"))
		switch {
		case errors.Is(err, office.ErrNumber):
			return usagef("%s: %v", flag, err)
		case err != nil:
			return err
		}
		if !erase {
			if err := desk.GiveOut(ctx, p, nil); err != nil {
				return err
			}
			err := into(rest, out, p.Encode)
			if err == nil && len(rest) > 0 {
				fmt.Fprintf(out, "%d applications, %d other records and %d mentions by others in %s; "+
					"check that it tells of nobody else before you give it out\n", len(p.Applications), len(p.Others), len(p.NamedIn), rest[0])
			}
			return err
		}
		return eraseAll(ctx, desk, p, in, out, value("yes") == "yes")
	}
}

// eraseAll erases a person's applications after the references were typed again, so that a mistyped
// number does not erase somebody else's.
func eraseAll(ctx context.Context, desk *office.Desk, p *office.Personal, in io.Reader, out io.Writer, yes bool) error {
	for i := range p.Applications {
		a := &p.Applications[i]
		fmt.Fprintf(out, "%s  %s, %s, %d events\n", a.Reference, a.Course, a.Status(), len(a.Events))
	}
	for _, own := range p.Others {
		fmt.Fprintf(out, "%s  %s\n", own.ID, own.Kind)
	}
	var stay []string
	for _, n := range p.NamedIn {
		stay = append(stay, n.Reference)
	}
	refs := p.References()
	typed, err := repeat(refs, stay, in, out, yes)
	if err != nil || len(typed) == 0 {
		return err
	}
	if err := desk.EraseAll(ctx, p, typed); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d erased. A row without a name stays of each that was sent. Copies in backups go when the backups do.\n", len(refs))
	return nil
}

// repeat lists other people's applications that name the person and stay, and asks for the
// references of those to erase. It returns none if there is nothing to erase.
func repeat(refs, stay []string, in io.Reader, out io.Writer, yes bool) ([]string, error) {
	for _, reference := range stay {
		fmt.Fprintf(out, "%s  is somebody else's application, which names the person. It stays\n", reference)
	}
	if len(refs) == 0 {
		fmt.Fprintln(out, "There is nothing to erase.")
		return nil, nil
	}
	if yes {
		return refs, nil
	}
	if in == nil {
		return nil, usagef("add --yes, since nobody can be asked here")
	}
	fmt.Fprint(out, "To erase these for good, type their references again, with spaces between: ")
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return strings.Fields(line), nil
}

// auditFrom is the command "hub audit"; in answers its questions.
func auditFrom(in io.Reader) func(context.Context, []string, io.Writer, io.Writer, func(string) string) error {
	return func(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
		return runAudit(ctx, args, in, out, errOut, getenv)
	}
}

// runAudit checks all applications, also against the heads noted by an earlier audit. It rewrites
// the file of heads only if all is well.
func runAudit(
	ctx context.Context, args []string, in io.Reader, out, errOut io.Writer, getenv func(string) string,
) error {
	value, _, err := parse("audit", args, 0, out, getenv)
	if err != nil {
		return err
	}
	file := value("heads")
	var earlier office.Heads
	if file != "" {
		switch f, err := os.Open(file); {
		case errors.Is(err, os.ErrNotExist):
			fmt.Fprintf(out, "There is no file %s yet; it is made.\n", file)
		case err != nil:
			return err
		default:
			earlier, err = office.ReadHeads(f)
			f.Close()
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	var found *office.Audited
	if value("aws") != "" {
		found, err = onAWS(value, in, errOut).Audit(ctx, earlier, cmp.Or(file, "hub.heads")+".going")
	} else {
		found, err = auditHere(ctx, value, earlier, errOut)
	}
	if err != nil {
		return err
	}
	things := "records"
	if value("mentoring") == "yes" {
		things = "records of mentoring"
	}
	for _, w := range found.Wrong {
		fmt.Fprintf(out, "%s: %s\n", w.Reference, w.What)
	}
	if found.Faults > 0 {
		return fmt.Errorf("%d of %d %s are not as the hub wrote them", found.Faults,
			max(found.Applications, earlier.Records()), things)
	}
	fmt.Fprintf(out, "%d %s are as the hub wrote them", found.Applications, things)
	if earlier != nil {
		fmt.Fprintf(out, "; since the last audit %d were removed by the hub, and no other is missing", found.Removed)
	}
	fmt.Fprintln(out, ".")
	if file == "" {
		return nil
	}
	next := file + ".new"
	os.Remove(next) // left by an audit that was stopped
	if err := into([]string{next}, nil, found.Heads.Write); err != nil {
		return err
	}
	return os.Rename(next, file)
}

// auditHere audits this machine's database.
func auditHere(
	ctx context.Context, value func(string) string, earlier office.Heads, errOut io.Writer,
) (*office.Audited, error) {
	desk, store, err := openOne(ctx, value, errOut)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return desk.Audit(ctx, earlier)
}
