// Package cdn brings a finished site to an S3 bucket behind CloudFront.
//
// [Publisher.Publish] writes the objects whose bytes or headers changed: first style, script and
// pictures, then the pages, then it removes pages that are gone, and last it makes CloudFront fetch
// what changed. So no page is ever there without what it needs. Files under assets/ that are gone
// stay for a day, for pages that somebody has open.
//
// It knows what is in the bucket from an object of its own, [Manifest], and never touches objects
// that it did not make. If it is stopped at any point, the next run does the rest: until an object
// is written, the manifest says only that it is ours. Two publishers must not run at once.
//
// Objects are not compressed: CloudFront does that, with brotli or gzip as each browser takes it.
//
// An old address is an object that says in its metadata where it leads. The function Moved of
// template.yaml makes a redirect of it; without it a browser gets the page, which takes the reader
// on by itself.
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

	"traininghub/internal/page"
)

// Manifest is the object that lists the others. It holds nothing that is not public.
const Manifest = ".hub-build"

// grace is how long files under assets/ stay in the bucket after they have gone from the site.
const grace = 24 * time.Hour

// A Publisher brings sites to one bucket.
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

// Changed counts what [Publisher.Publish] did.
type Changed struct{ Written, Removed int }

// An object is what the manifest says of one.
type object struct {
	Sum  string `json:"sum,omitempty"`  // of bytes and headers; "" while it is under way
	Gone int64  `json:"gone,omitempty"` // Unix time since which the site does not have it; 0 if it has
}

// Publish makes the bucket hold the files, by their paths. moved are old addresses, "/old/", and
// the present ones.
func (p *Publisher) Publish(ctx context.Context, files map[string][]byte, moved map[string]string, now time.Time) (Changed, error) {
	files, leads := maps.Clone(files), map[string]string{}
	for from, to := range moved {
		name := strings.TrimPrefix(from, "/")
		if name == "" || strings.HasSuffix(name, "/") {
			name += "index.html"
		}
		files[name], leads[name] = files[name], to // a file that is no page has no bytes any more
	}
	was, err := p.manifest(ctx)
	if err != nil {
		return Changed{}, err
	}
	under, next := maps.Clone(was), map[string]object{}
	var write, remove []string
	for name, data := range files {
		next[name] = object{Sum: sum(name, data, leads[name])}
		if was[name].Sum != next[name].Sum {
			write = append(write, name)
			under[name] = object{}
		}
	}
	for name, o := range was {
		if _, stays := files[name]; stays {
			continue
		}
		if strings.HasPrefix(name, "assets/") {
			if o.Gone == 0 {
				o.Gone = now.Unix()
			}
			if now.Sub(time.Unix(o.Gone, 0)) < grace {
				next[name] = o
				continue
			}
		}
		remove = append(remove, name)
		under[name] = object{}
	}
	if len(write) == 0 && len(remove) == 0 {
		if maps.Equal(was, next) {
			return Changed{}, nil
		}
		return Changed{}, p.list(ctx, next)
	}
	if err := p.list(ctx, under); err != nil {
		return Changed{}, err
	}
	slices.SortFunc(write, func(a, b string) int { // pages last
		if x, y := isPage(a), isPage(b); x != y {
			return map[bool]int{false: -1, true: 1}[x]
		}
		return strings.Compare(a, b)
	})
	for _, name := range write {
		if err := p.put(ctx, name, files[name], leads[name]); err != nil {
			return Changed{}, err
		}
	}
	slices.Sort(remove)
	for _, name := range remove {
		if _, err := p.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &p.bucket, Key: &name}); err != nil {
			return Changed{}, named("DeleteObject", err)
		}
	}
	if err := p.invalidate(ctx, slices.Concat(write, remove), next); err != nil {
		return Changed{}, err
	}
	return Changed{len(write), len(remove)}, p.list(ctx, next)
}

func isPage(name string) bool { return path.Ext(name) == ".html" }

// header is an object's type, and how long a browser may keep it: for ever if its name has a hash.
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
	// Asked for each time; but while S3 is in trouble CloudFront shows for an hour what it has.
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
	kind, cache := header(name)
	in := &s3.PutObjectInput{Bucket: &p.bucket, Key: &name, Body: bytes.NewReader(data), ContentType: &kind, CacheControl: &cache}
	if leads != "" {
		in.Metadata = map[string]string{"location": leads}
	}
	_, err := p.s3.PutObject(ctx, in)
	return named("PutObject", err)
}

func (p *Publisher) manifest(ctx context.Context) (map[string]object, error) {
	out, err := p.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &p.bucket, Key: aws.String(Manifest)})
	var missing *s3types.NoSuchKey
	if errors.As(err, &missing) {
		return map[string]object{}, nil
	} else if err != nil {
		return nil, named("GetObject", err)
	}
	defer out.Body.Close()
	list := map[string]object{}
	if err := json.NewDecoder(out.Body).Decode(&list); err != nil {
		return nil, fmt.Errorf("cdn: %s in the bucket cannot be read; remove it, and all is written anew", Manifest)
	}
	return list, nil
}

func (p *Publisher) list(ctx context.Context, objects map[string]object) error {
	data, err := json.Marshal(objects)
	if err != nil {
		return err
	}
	return p.put(ctx, Manifest, data, "")
}

// most is how many paths are invalidated one by one. AWS charges for each path, and "/*" counts as
// one.
const most = 15

// invalidate makes CloudFront fetch what changed. The reference is made of the new site, so that a
// second try counts as the same request.
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

// named says which call failed and how.
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
