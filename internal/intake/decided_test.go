package intake

import (
	"context"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/form"
	"traininghub/internal/record"
)

// DecideForTest decides as a lead does, at a given time.
func (d *Desk) DecideForTest(ref string, v application.Decision) error {
	_, err := d.Amend(context.Background(), ref, func(a *application.Application) error {
		a.Decision = &v
		what := application.EventDeclined
		if v.Accepted {
			what = application.EventAccepted
		}
		a.Events.Add(v.At, what, "lead", "")
		return nil
	})
	return err
}

// ReopenForTest takes the decision back.
func (d *Desk) ReopenForTest(ref string, at time.Time) error {
	_, err := d.Amend(context.Background(), ref, func(a *application.Application) error {
		if a.IsMarked() { // the same error as for somebody who may see it
			return record.ErrNotFound
		}
		a.Reopened, a.Decision = append(a.Reopened, *a.Decision), nil
		a.Events.Add(at, application.EventReopened, "lead", "")
		return nil
	})
	return err
}

// ChangeForTest changes an application as the desk would, with an event unless what is "".
func (d *Desk) ChangeForTest(ref, what string, change func(*application.Application)) error {
	if what == "" {
		d = d.behind()
	}
	_, err := d.Amend(context.Background(), ref, func(a *application.Application) error {
		change(a)
		if what != "" {
			a.Events.Add(d.Now(), what, "hub", "")
		}
		return nil
	})
	return err
}

// TraceForTest is the id of the trace that the application leaves.
func TraceForTest(a *application.Application) string { return TraceOf(sentSum(a)) }

// RewriteForTest changes an answer and writes the whole chain anew.
func (d *Desk) RewriteForTest(ref string) error {
	_, err := d.Amend(context.Background(), ref, func(a *application.Application) error {
		a.Document.Applicant.Name = "Somebody Else"
		for i := range a.Events {
			a.Events[i].Sum, a.Events[i].Says = nil, nil
		}
		return nil
	})
	return err
}

// ReplaceForTest names somebody else at the practice, without a key.
func (d *Desk) ReplaceForTest(
	ctx context.Context, ref string, v form.Values,
) (a *application.Application, problems []form.Problem, err error) {
	a, err = d.Amend(ctx, ref, func(a *application.Application) error {
		problems, err = d.replacePractice(a, v)
		return err
	})
	return a, problems, err
}
