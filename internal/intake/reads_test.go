package intake_test

import (
	"context"
	"io"

	"traininghub/internal/application"
	reading "traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/workbook"
)

// What package office does with applications in these tests.

func (o *office) reads() *reading.Desk {
	d := reading.New(o.Desk)
	d.Contacts, d.Mailer, d.Book = o.Office, o.Mailer, workbook.Write
	return d
}

func (o *office) Post() *record.Post { return o.reads().Post() }

func (o *office) Door() *staff.Door { return o.reads().Door() }

func (o *office) Staff(email string) *staff.Person { return o.reads().Staff(email) }

func (o *office) Remind(ctx context.Context) error { return o.reads().Remind(ctx) }

func (o *office) List(ctx context.Context, s *staff.Person, f reading.Filter) (reading.Listing, error) {
	return o.reads().List(ctx, s, f)
}

func (o *office) Search(ctx context.Context, s *staff.Person, text string) ([]application.Brief, int, error) {
	return o.reads().Search(ctx, s, text)
}

func (o *office) Export(
	ctx context.Context, w io.Writer, s *staff.Person, course string, p reading.Period, reason string,
) (int, error) {
	return o.reads().Export(ctx, w, s, course, p, reason)
}

func (o *office) Exports(ctx context.Context, s *staff.Person, most int) ([]reading.Exported, error) {
	return o.reads().Exports(ctx, s, most)
}

func (o *office) Figures(ctx context.Context, s *staff.Person, publish bool) ([]reading.Figures, error) {
	return o.reads().Figures(ctx, s, publish)
}

func (o *office) Audit(ctx context.Context, earlier reading.Heads) (*reading.Audited, error) {
	return o.reads().Audit(ctx, earlier)
}

func (o *office) Person(ctx context.Context, gmc, email string) (*reading.Personal, error) {
	return o.reads().Person(ctx, gmc, email)
}

func (o *office) GiveOut(ctx context.Context, p *reading.Personal) error {
	return o.reads().GiveOut(ctx, p, nil)
}

func (o *office) EraseAll(ctx context.Context, p *reading.Personal, repeated []string) error {
	return o.reads().EraseAll(ctx, p, repeated)
}
