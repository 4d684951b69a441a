// Package scans keeps the scans of applications that came on paper in an S3 bucket: paper.Shelf.
//
// The bucket is private, encrypted and versioned (template.yaml). A deleted scan can be restored
// for as long as its application, 35 days. Then it is gone.
//
// The package makes its four calls itself, with the SDK's signature: the SDK's client for S3 would
// add 4.7 MB to each of three programs, and a millisecond to their start. Each try has a time
// limit, from the connection to the end of the answer. A call that S3 refuses for a moment is tried
// again. Making a call twice changes nothing, since a name stands for one file for ever.
package scans

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"traininghub/internal/intake"
	"traininghub/internal/paper"
	"traininghub/internal/record"
)

const (
	tries  = 3
	oneTry = 5 * time.Second        // 4 MB within a region take well under one; three tries fit into review's 20 seconds
	rest   = 100 * time.Millisecond // before the second try; four times that before the third
)

// A Bucket keeps scans: paper.Shelf.
type Bucket struct {
	at     string // the bucket's address, without a slash at the end
	config aws.Config
	http   *http.Client
	sign   *v4.Signer
}

// New returns the bucket with a host name as S3 gives it,
// "hub-scans-1a2b.s3.eu-west-2.amazonaws.com". It makes no call.
func New(c aws.Config, host string) *Bucket {
	at := "https://" + host
	if c.BaseEndpoint != nil {
		bucket, _, _ := strings.Cut(host, ".s3.")
		at = strings.TrimSuffix(*c.BaseEndpoint, "/") + "/" + bucket
	}
	return &Bucket{at: at, config: c, http: &http.Client{
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: time.Second}).DialContext,
			TLSHandshakeTimeout: time.Second,
			IdleConnTimeout:     90 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, sign: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })}
}

// Put stores a file.
func (b *Bucket) Put(ctx context.Context, name string, data []byte) error {
	_, err := b.call(ctx, http.MethodPut, name, nil, data)
	return err
}

// Get returns a file, or record.ErrNotFound.
func (b *Bucket) Get(ctx context.Context, name string) ([]byte, error) {
	return b.call(ctx, http.MethodGet, name, nil, nil)
}

// Delete removes a file. It returns no error for a file that is already gone.
func (b *Bucket) Delete(ctx context.Context, name string) error {
	_, err := b.call(ctx, http.MethodDelete, name, nil, nil)
	return err
}

// All returns all files, and when each was stored.
func (b *Bucket) All(ctx context.Context) (map[string]time.Time, error) {
	all := map[string]time.Time{}
	for query := (url.Values{"list-type": {"2"}}); ; {
		answer, err := b.call(ctx, http.MethodGet, "", query, nil)
		if err != nil {
			return nil, err
		}
		var page struct {
			Contents []struct {
				Key          string
				LastModified time.Time
			}
			NextContinuationToken string
		}
		if err := xml.Unmarshal(answer, &page); err != nil {
			return nil, fmt.Errorf("scans: the list of the bucket: %w", err)
		}
		for _, one := range page.Contents {
			all[one.Key] = one.LastModified
		}
		if page.NextContinuationToken == "" {
			return all, nil
		}
		query.Set("continuation-token", page.NextContinuationToken)
	}
}

// Sweep removes scans without an application. It is called every five minutes, but works only once
// a night, since it reads the application of each scan.
func (b *Bucket) Sweep(ctx context.Context, d *intake.Desk, now time.Time) error {
	if now = now.UTC(); now.Hour() != 3 || now.Minute() >= 5 {
		return nil
	}
	_, err := paper.Sweep(ctx, d, b, now)
	return err
}

// A refusal is S3's name for the reason why it refused a call.
type refusal string

func (r refusal) Error() string { return string(r) }

// call makes one call, with more tries if they may succeed. Its errors contain neither S3's words
// nor the file's name.
func (b *Bucket) call(ctx context.Context, method, name string, query url.Values, data []byte) ([]byte, error) {
	for try := 1; ; try++ {
		answer, again, err := b.once(ctx, method, name, query, data)
		if err == refusal("NoSuchKey") {
			return nil, fmt.Errorf("scan: %w", record.ErrNotFound)
		}
		if err == nil || !again || try == tries {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("scans: %s: %w", method, ctx.Err())
		case <-time.After(rest << (2 * (try - 1))):
		}
	}
}

// once is one try; again reports that another try may succeed.
func (b *Bucket) once(ctx context.Context, method, name string, query url.Values, data []byte) (body []byte, again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, oneTry)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, b.at+"/"+name, bytes.NewReader(data))
	if err != nil {
		return nil, false, err
	}
	r.URL.RawQuery = query.Encode()
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	r.Header.Set("X-Amz-Content-Sha256", hash) // S3 refuses a body with another checksum
	credentials, err := b.config.Credentials.Retrieve(ctx)
	if err == nil {
		err = b.sign.SignHTTP(ctx, credentials, r, hash, "s3", b.config.Region, time.Now())
	}
	if err != nil {
		return nil, false, fmt.Errorf("scans: signing: %w", err)
	}
	answer, err := b.http.Do(r)
	if err != nil {
		return nil, true, fmt.Errorf("scans: %s: no answer", method) // the error contains the address, and so the name
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil {
		return nil, true, fmt.Errorf("scans: %s: no answer", method)
	}
	if answer.StatusCode/100 == 2 {
		return body, false, nil
	}
	var said struct{ Code refusal }
	xml.Unmarshal(body, &said) // some answers have no body
	why := cmp.Or(said.Code, refusal(answer.Status))
	if why == "NoSuchKey" {
		return nil, false, why
	}
	again = answer.StatusCode >= 500 || why == "SlowDown" || why == "RequestTimeout"
	return nil, again, fmt.Errorf("scans: %s: %w", method, why)
}
