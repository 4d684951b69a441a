package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/document"
	"traininghub/internal/record"
)

// Scans keeps files by their names, durably: see [ScanOf].
type Scans interface {
	// Put keeps a file. One that is there under the name is the same file.
	Put(ctx context.Context, name string, data []byte) error
	// Get returns a file, or record.ErrNotFound.
	Get(ctx context.Context, name string) ([]byte, error)
	// Delete removes a file. One that is gone is no error.
	Delete(ctx context.Context, name string) error
}

// ScanOf is the name under which the scan of an application is kept.
func ScanOf(ref string, scan document.Scan) string {
	return ref + "." + scan.Sum[:min(16, len(scan.Sum))]
}

// dropScan removes the scan of an application that is destroyed.
func (d *Desk) dropScan(ctx context.Context, a *application.Application) error {
	if a.Document == nil || a.Document.Paper == nil {
		return nil
	}
	if d.Scans == nil {
		return fmt.Errorf("removing %s: its scan is kept where this program does not look", a.Reference)
	}
	return d.Scans.Delete(ctx, ScanOf(a.Reference, a.Document.Paper.Scan))
}

// wrongScan says what is wrong with the scan of an application, in words; "" if nothing is.
func (d *Desk) wrongScan(a *application.Application) string {
	if a.Document == nil || a.Document.Paper == nil || a.Removal() != nil || d.Scans == nil {
		return ""
	}
	data, err := d.Scans.Get(context.Background(), ScanOf(a.Reference, a.Document.Paper.Scan))
	switch sum := sha256.Sum256(data); {
	case errors.Is(err, record.ErrNotFound):
		return "its scan is missing"
	case err != nil:
		return "its scan cannot be read"
	case hex.EncodeToString(sum[:]) != a.Document.Paper.Scan.Sum:
		return "its scan is not the one that was kept"
	}
	return ""
}

// ByPost tells whether a letter goes by post: the applicant has given no e-mail address.
func (d *Desk) ByPost(a *application.Application, l record.Letter) bool {
	return a.Document != nil && a.Document.Applicant.Email == "" && d.recipient(a, l.ID) == ToApplicant
}

// postAgain is after how long a letter that goes by post, and was not yet, is looked at again.
const postAgain = 24 * time.Hour
