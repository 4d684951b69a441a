package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/removal"
)

// runRemovals shows what the brake holds and what is marked for removal, and carries out a person's
// decision about it.
func runRemovals(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
	value, _, err := parse("removals", args, 0, out, getenv)
	if err != nil {
		return err
	}
	allow, refuse, restore := value("allow") == "yes", value("refuse") == "yes", value("restore")
	if said := allow && refuse || restore != "" && (allow || refuse); said {
		return usagef("say one of --allow, --refuse and --restore")
	}
	office, store, err := openOne(ctx, value, errOut)
	if err != nil {
		return err
	}
	defer store.Close()
	desk := office.Applications
	switch {
	case allow:
		b, err := removal.Of(desk).Brake(ctx)
		if err != nil {
			return err
		}
		if b.Held == nil {
			return usagef("nothing is held")
		}
		did, err := removal.Of(desk).Allow(ctx)
		if err != nil {
			return err
		}
		if did.Held != nil {
			printHeld(out, did.Held)
			return errors.New("more than what was held is unusual now: look at it, and allow it again")
		}
		fmt.Fprintf(out, "allowed, once: %d applications are marked for removal, %d that were marked before are destroyed, %d drafts and the like removed\n", did.Marked, did.Destroyed, did.Cleared)
		return nil
	case refuse:
		held, err := removal.Of(desk).Refuse(ctx)
		if err == nil && !held {
			err = usagef("nothing is held")
		}
		if err == nil {
			fmt.Fprintln(out, "refused: nothing is removed as long as it is the same. Put the clock or the days in site.yaml right, and removal goes on by itself.")
		}
		return err
	case restore != "":
		err := removal.Of(desk).Restore(ctx, operator(desk.Programme), restore)
		if errors.Is(err, decide.ErrNoApplication) {
			return usagef("%s is not marked for removal", restore)
		}
		if err == nil {
			fmt.Fprintf(out, "%s is back, without the letters that were still owed\n", restore)
		}
		return err
	}
	return listRemovals(ctx, desk, out)
}

// listRemovals prints what is held and what is marked.
func listRemovals(ctx context.Context, desk *intake.Desk, out io.Writer) error {
	b, err := removal.Of(desk).Brake(ctx)
	if err != nil {
		return err
	}
	marked, err := removal.Of(desk).Marked(ctx, operator(desk.Programme))
	if err != nil {
		return err
	}
	switch {
	case b.Held != nil:
		printHeld(out, b.Held)
		fmt.Fprintln(out, "If this is right: hub removals --allow. If it is not: put it right, or hub removals --refuse.")
	case b.Clock.IsZero():
		fmt.Fprintln(out, "No hub has looked yet for what is past its time.")
	default:
		fmt.Fprintf(out, "Removal is as usual. The last run was at %s.\n", course.Moment(b.Clock))
	}
	if len(marked) == 0 {
		fmt.Fprintln(out, "No application is marked for removal.")
		return nil
	}
	fmt.Fprintf(out, "Marked for removal, which nobody sees any more: %d. To bring one back: hub removals --restore REFERENCE.\n", len(marked))
	for _, m := range marked {
		fmt.Fprintf(out, "  %s  %s, destroyed on %s\n", m.Reference, m.Course, course.DateOf(m.Ends))
	}
	return nil
}

func printHeld(out io.Writer, h *record.Held) {
	fmt.Fprintf(out, "Nothing is removed since %s:\n", course.Moment(h.Since))
	for _, why := range h.Why {
		fmt.Fprintln(out, "  "+why)
	}
	fmt.Fprintf(out, "%d applications would be marked for removal.\n", h.Count)
	if !h.Refused.IsZero() {
		fmt.Fprintf(out, "It was refused at %s.\n", course.Moment(h.Refused))
	}
}
