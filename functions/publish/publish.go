package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"traininghub/functions/internal/cdn"
	"traininghub/functions/internal/setup"
	"traininghub/internal/programme"
	"traininghub/site"
)

type publisher struct {
	site    func() (*site.Site, error) // read when first needed: most runs find nothing to do
	edition string                     // names everything that the site is made from
	cdn     *cdn.Publisher
	log     *slog.Logger
}

// open reads the editors' content and the NHS front end, which packaging puts beside the program.
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
	edition, err := os.ReadFile(filepath.Join(root, programme.EditionFile))
	if err != nil {
		return nil, err
	}
	return &publisher{site: sync.OnceValues(func() (*site.Site, error) {
		s, faults := site.Load(site.Sources{
			Content: setup.Only(os.DirFS(filepath.Join(root, "content")), setup.Letters()), Templates: setup.Templates(root),
			Modules: filepath.Join(root, "node_modules"), Letters: setup.Letters(), BaseURL: base, Shut: setup.Shut,
		})
		return s, faults.Err()
	}), edition: fmt.Sprintf("%x", sha256.Sum256(append(edition, base...))), cdn: to, log: log}, nil
}

func (p *publisher) handle(ctx context.Context) error {
	now := time.Now()
	changed, err := p.cdn.Publish(ctx, p.edition, now, func() (e cdn.Edition, err error) {
		s, err := p.site()
		if err != nil {
			return e, err
		}
		files, err := s.Build(now)
		if err != nil {
			return e, err
		}
		e.Files, e.Moved = files, files.Redirects()
		e.Until, _ = s.NextChange(now)
		return e, nil
	})
	switch {
	case errors.Is(err, cdn.ErrOvertaken): // that run logs what it did
		p.log.Info("not published", "error", err)
		return nil
	case err != nil:
		p.log.Error("not published", "error", err)
		return err
	}
	p.log.Info("published", "pages", changed.Objects, "written", changed.Written, "removed", changed.Removed)
	return nil
}
