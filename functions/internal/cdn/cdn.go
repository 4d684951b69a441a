// Package cdn publishes a finished site to an S3 bucket behind CloudFront.
//
// [Publisher.Publish] writes the objects whose bytes or headers have changed. First come styles,
// scripts and pictures, then the pages. Then it removes pages that are gone, and last it makes
// CloudFront fetch what changed. So no page is ever there without what it needs. Files under
// assets/ that are gone stay for a day, for pages that somebody has open.
//
// It keeps a list of the bucket's objects in an object of its own, [Manifest], and never touches
// objects that it did not make. The manifest also names the edition in the bucket, and until when
// it is right, so that most runs have nothing to do. If a run is stopped at any point, the next one
// does the rest: until an object is written, the manifest says only that the object belongs to the
// site.
//
// Two runs at once do no harm. A run replaces the manifest only if it is still the one that it
// read. So at its end a run that was overtaken notices it, and claims nothing. What such a run may
// still write, until it must have ended, is written again by the next run.
//
// Objects are not compressed. CloudFront does that, with brotli or gzip as each browser accepts it.
//
// An old address is an object with the new address in its metadata. The function Moved of
// template.yaml turns it into a redirect. Without that function a browser gets the page, which
// forwards the reader itself.
package cdn

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"golang.org/x/sync/errgroup"

	"traininghub/internal/page"
)

// Manifest is the object that lists the others. It is safe for the public to see.
const Manifest = ".hub-build"

// grace is how long files under assets/ stay in the bucket after they have gone from the site.
const grace = 24 * time.Hour

// atOnce is how many objects are written, or removed, at the same time. If a write takes 25 ms (an
// estimate, not measured on AWS), the 5,600 files of 1,000 courses would take 140 seconds one after
// another, and a run has 120.
const atOnce = 16

// atMost is how long a run without a deadline can last: longer than Lambda allows.
const atMost = 15 * time.Minute

// ErrOvertaken says that a run that began later brings the bucket up to date.
var ErrOvertaken = errors.New("cdn: another run has overtaken this one")

// errChanged says that the manifest has changed since it was read.
var errChanged = errors.New("cdn: the manifest has changed")

// A Publisher publishes sites to one bucket.
type Publisher struct {
	s3           *s3.Client
	cloudfront   *cloudfront.Client
	bucket       string
	distribution string
}

// New returns a publisher. It makes no call.
func New(s3Config, cloudfrontConfig aws.Config, bucket, distribution string) *Publisher {
	return &Publisher{s3: s3.NewFromConfig(s3Config), cloudfront: cloudfront.NewFromConfig(cloudfrontConfig), bucket: bucket, distribution: distribution}
}

// An Edition is a whole site, which is right until an instant, or for ever if the instant is zero.
type Edition struct {
	Files map[string][]byte // by path
	Moved map[string]string // old addresses, "/old/", and the new ones
	Until time.Time
}

// Changed counts what [Publisher.Publish] did, and all objects.
type Changed struct{ Written, Removed, Objects int }

// An object is an entry of the manifest.
type object struct {
	Sum  string `json:"sum,omitempty"`  // of bytes and headers; "" while the object is being written
	Gone int64  `json:"gone,omitempty"` // Unix time since which the site no longer has it; 0 if it does
}

// A manifest describes the contents of the bucket. All fields but the list are in the object's
// metadata, times in Unix time. An older version of the hub, which writes only the list, drops
// them.
type manifest struct {
	objects map[string]object
	tag     string // S3's tag for this version of the manifest; "" if there is none yet

	of    string // the edition in the bucket; "" while it is being written
	from  int64  // when the run began that wrote the manifest
	until int64  // when the edition is no longer right; 0 for never
	busy  int64  // while it is being written: when all runs that write it must have ended
}

// right reports whether the bucket holds the edition of, and it is right now.
func (m manifest) right(of string, now time.Time) bool {
	return of != "" && m.of == of && now.Unix() >= m.from && (m.until == 0 || now.Unix() < m.until)
}

// Publish makes the bucket hold an edition, which it builds by edition if necessary. of names what
// the edition is made from: it changes with everything but time that can change the edition. now is
// when this run began. Publish returns [ErrOvertaken] if another run began later.
func (p *Publisher) Publish(ctx context.Context, of string, now time.Time, edition func() (Edition, error)) (Changed, error) {
	var files map[string][]byte
	leads, next := map[string]string{}, manifest{of: of, from: now.Unix()}
	for range 5 { // other runs may write at the same time
		was, err := p.manifest(ctx)
		if err != nil || was.right(of, now) {
			return Changed{Objects: len(was.objects)}, err
		}
		if later := time.Unix(was.from, 0).Sub(now); later > 0 && later < atMost { // ignores a clock that was wrong
			return Changed{}, ErrOvertaken
		}
		if files == nil {
			e, err := edition()
			if err != nil {
				return Changed{}, err
			}
			if files = maps.Clone(e.Files); !e.Until.IsZero() {
				next.until = e.Until.Unix()
			}
			for from, to := range e.Moved {
				name := strings.TrimPrefix(from, "/")
				if name == "" || strings.HasSuffix(name, "/") {
					name += "index.html"
				}
				files[name], leads[name] = files[name], to // an old file, unlike an old page, has no contents any more
			}
		}
		if changed, err := p.bring(ctx, was, next, files, leads, now); !errors.Is(err, errChanged) {
			return changed, err
		}
	}
	return Changed{}, errChanged
}

// bring writes the files that are missing in the bucket or differ there, and removes objects
// without a file. It returns errChanged, having done nothing, if the manifest has changed.
func (p *Publisher) bring(ctx context.Context, was, next manifest, files map[string][]byte, leads map[string]string, now time.Time) (Changed, error) {
	next.objects, next.tag = map[string]object{}, was.tag
	under := manifest{objects: maps.Clone(was.objects), tag: was.tag, from: next.from, busy: ends(ctx)}
	if was.busy > time.Now().Unix() { // others may still write, too
		under.busy = max(under.busy, was.busy)
	}
	var write, remove []string
	for name, data := range files {
		next.objects[name] = object{Sum: sum(name, data, leads[name])}
		if was.objects[name].Sum != next.objects[name].Sum {
			write = append(write, name)
			under.objects[name] = object{}
		}
	}
	for name, o := range was.objects {
		if _, stays := files[name]; stays {
			continue
		}
		if strings.HasPrefix(name, "assets/") {
			if o.Gone == 0 {
				o.Gone = now.Unix()
			}
			if ends := time.Unix(o.Gone, 0).Add(grace); now.Before(ends) {
				next.objects[name] = o
				next.until = sooner(next.until, ends.Unix())
				continue
			}
		}
		remove = append(remove, name)
		under.objects[name] = object{}
	}
	done := Changed{len(write), len(remove), len(next.objects)}
	if len(write) == 0 && len(remove) == 0 {
		return done, p.list(ctx, &next)
	}
	if err := p.list(ctx, &under); err != nil {
		return Changed{}, err
	}
	pages, others := apart(write)
	put := func(ctx context.Context, name string) error { return p.put(ctx, name, files[name], leads[name]) }
	if err := each(ctx, others, put); err != nil { // before the pages, which name them
		return Changed{}, err
	}
	if err := each(ctx, pages, put); err != nil {
		return Changed{}, err
	}
	slices.Sort(remove)
	if err := each(ctx, remove, func(ctx context.Context, name string) error {
		_, err := p.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &p.bucket, Key: &name})
		return named("DeleteObject", err)
	}); err != nil {
		return Changed{}, err
	}
	if err := p.invalidate(ctx, slices.Concat(write, remove), next.objects); err != nil {
		return Changed{}, err
	}
	next.tag = under.tag
	if was.busy > time.Now().Unix() {
		for name, o := range was.objects {
			if o.Sum == "" && o.Gone == 0 { // a run that has not ended may still write it
				next.objects[name] = object{}
				next.of, next.busy = "", was.busy
			}
		}
	}
	err := p.list(ctx, &next)
	if errors.Is(err, errChanged) {
		err = ErrOvertaken
	}
	return done, err
}

// apart divides names into those of pages and of all other files.
func apart(names []string) (pages, others []string) {
	for _, name := range names {
		if path.Ext(name) == ".html" {
			pages = append(pages, name)
		} else {
			others = append(others, name)
		}
	}
	return pages, others
}

// each does something with each object, [atOnce] at the same time. After an error it begins no
// more.
func each(ctx context.Context, names []string, do func(context.Context, string) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, name := range names {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, name)
		})
	}
	return group.Wait()
}

// ends returns the time by which a run must have ended.
func ends(ctx context.Context) int64 {
	if at, ok := ctx.Deadline(); ok {
		return at.Unix() + 1
	}
	return time.Now().Add(atMost).Unix()
}

// sooner returns the earlier of two instants. 0 means never.
func sooner(a, b int64) int64 {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// header returns the content type of a file and how long a browser may keep it: for ever if its
// name contains a hash.
func header(name string) (kind, cache string) {
	kind = cmp.Or(page.DocumentTypes[path.Ext(name)], mime.TypeByExtension(path.Ext(name)))
	switch path.Ext(name) { // the machine's own table of types may differ
	case ".html":
		kind = "text/html; charset=utf-8"
	case ".css":
		kind = "text/css; charset=utf-8"
	case ".js":
		kind = "text/javascript; charset=utf-8"
	case ".svg":
		kind = "image/svg+xml"
	case ".xml":
		kind = "application/xml; charset=utf-8"
	case ".ics":
		kind = "text/calendar; charset=utf-8"
	case ".atom":
		kind = "application/atom+xml; charset=utf-8"
	case ".txt":
		kind = "text/plain; charset=utf-8"
	case "":
		kind = "application/json"
	}
	if strings.HasPrefix(name, "assets/") {
		return kind, "public, max-age=31536000, immutable"
	}
	// A browser asks each time. While S3 has trouble, CloudFront shows its own copy for an hour.
	return kind, "public, max-age=0, stale-if-error=3600"
}

func sum(name string, data []byte, leads string) string {
	kind, cache := header(name)
	h := sha256.New()
	io.WriteString(h, kind+"\x00"+cache+"\x00"+leads+"\x00")
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

func (p *Publisher) put(ctx context.Context, name string, data []byte, leads string) error {
	in := p.object(name, data)
	if leads != "" {
		in.Metadata = map[string]string{"location": leads}
	}
	_, err := p.s3.PutObject(ctx, in)
	return named("PutObject", err)
}

func (p *Publisher) object(name string, data []byte) *s3.PutObjectInput {
	kind, cache := header(name)
	return &s3.PutObjectInput{Bucket: &p.bucket, Key: &name, Body: bytes.NewReader(data), ContentType: &kind, CacheControl: &cache}
}

func (p *Publisher) manifest(ctx context.Context) (manifest, error) {
	m := manifest{objects: map[string]object{}}
	out, err := p.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &p.bucket, Key: aws.String(Manifest)})
	var missing *s3types.NoSuchKey
	if errors.As(err, &missing) {
		return m, nil
	} else if err != nil {
		return m, named("GetObject", err)
	}
	defer out.Body.Close()
	if err := json.NewDecoder(out.Body).Decode(&m.objects); err != nil {
		return m, fmt.Errorf("cdn: %s in the bucket cannot be read; remove it, and all is written anew", Manifest)
	}
	m.tag, m.of = aws.ToString(out.ETag), out.Metadata["of"]
	for key, n := range map[string]*int64{"from": &m.from, "until": &m.until, "busy": &m.busy} {
		*n, _ = strconv.ParseInt(out.Metadata[key], 10, 64) // 0 if an older version wrote it
	}
	return m, nil
}

// list writes the manifest if it is still as it was read; else it returns errChanged.
func (p *Publisher) list(ctx context.Context, m *manifest) error {
	data, err := json.Marshal(m.objects)
	if err != nil {
		return err
	}
	in := p.object(Manifest, data)
	in.Metadata = map[string]string{"of": m.of}
	for key, n := range map[string]int64{"from": m.from, "until": m.until, "busy": m.busy} {
		in.Metadata[key] = strconv.FormatInt(n, 10)
	}
	if in.IfMatch = &m.tag; m.tag == "" {
		in.IfMatch, in.IfNoneMatch = nil, aws.String("*")
	}
	out, err := p.s3.PutObject(ctx, in)
	var api smithy.APIError
	if errors.As(err, &api) && slices.Contains([]string{"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"}, api.ErrorCode()) {
		return errChanged
	} else if err != nil {
		return named("PutObject", err)
	}
	m.tag = aws.ToString(out.ETag)
	return nil
}

// most is the number of paths up to which each is invalidated separately. AWS charges for each
// path, and "/*" counts as one.
const most = 15

// invalidate makes CloudFront fetch what changed. The reference depends on the new site only, so
// that a second try counts as the same request.
func (p *Publisher) invalidate(ctx context.Context, names []string, next map[string]object) error {
	paths := []string{"/*"}
	if len(names) <= most {
		paths = nil
		for _, name := range names {
			paths = append(paths, "/"+name)
			if at, isIndex := strings.CutSuffix(name, "index.html"); isIndex {
				paths = append(paths, "/"+at)
			}
		}
	}
	data, err := json.Marshal(next)
	if err != nil {
		return err
	}
	id := sha256.Sum256(append(data, strings.Join(paths, " ")...))
	_, err = p.cloudfront.CreateInvalidation(ctx, &cloudfront.CreateInvalidationInput{
		DistributionId: &p.distribution,
		InvalidationBatch: &cloudfronttypes.InvalidationBatch{
			CallerReference: aws.String(hex.EncodeToString(id[:8]) + "-" + strconv.FormatInt(time.Now().Unix()/3600, 10)),
			Paths:           &cloudfronttypes.Paths{Quantity: aws.Int32(int32(len(paths))), Items: paths},
		},
	})
	return named("CreateInvalidation", err)
}

// named adds the name of the call to an error.
func named(call string, err error) error {
	var api smithy.APIError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &api):
		return fmt.Errorf("cdn: %s: %s", call, api.ErrorCode())
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("cdn: %s: %w", call, context.DeadlineExceeded)
	}
	return fmt.Errorf("cdn: %s: no answer", call)
}
