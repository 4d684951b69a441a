package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"traininghub/functions/internal/cdn"
	"traininghub/functions/internal/setup"
	"traininghub/site"
)

type publisher struct {
	site *site.Site
	cdn  *cdn.Publisher
	log  *slog.Logger
}

// open reads what the editors wrote, which lies beside the program, where packaging puts it; so
// does the NHS front end.
func open(getenv func(string) string, out io.Writer) (*publisher, error) {
	env, missing := setup.Required(getenv)
	base, root := env("BASE_URL"), env("LAMBDA_TASK_ROOT")
	to := cdn.New(setup.AWS(getenv, "S3"), setup.AWS(getenv, "CLOUDFRONT"), env("SITE_BUCKET"), env("DISTRIBUTION"))
	if err := missing(); err != nil {
		return nil, err
	}
	log, err := setup.Log(getenv, out)
	if err != nil {
		return nil, err
	}
	s, faults := site.Load(site.Sources{
		Content: setup.Only(os.DirFS(filepath.Join(root, "content")), setup.Letters()), Templates: setup.Templates(root), Modules: filepath.Join(root, "node_modules"), Letters: setup.Letters(), BaseURL: base, Shut: setup.Shut,
	})
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &publisher{s, to, log}, nil
}

func (p *publisher) handle(ctx context.Context) error {
	now := time.Now()
	files, err := p.site.Build(now)
	if err != nil {
		return err
	}
	changed, err := p.cdn.Publish(ctx, files, files.Redirects(), now)
	if err != nil {
		p.log.Error("not published", "error", err)
		return err
	}
	p.log.Info("published", "pages", len(files), "written", changed.Written, "removed", changed.Removed)
	return nil
}
