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

// Scans stores files by name, durably: see [ScanOf].
type Scans interface {
	// Put stores a file. If a file with the name exists, it is the same file.
	Put(ctx context.Context, name string, data []byte) error
	// Get returns a file, or record.ErrNotFound.
	Get(ctx context.Context, name string) ([]byte, error)
	// Delete removes a file. It is not an error if the file is gone.
	Delete(ctx context.Context, name string) error
}

// ScanOf returns the name under which the scan of an application is stored.
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

// wrongScan returns what is wrong with the scan of an application, in words; "" if nothing is.
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

// ByPost reports whether a letter goes by post, because the applicant has given no e-mail address.
func (d *Desk) ByPost(a *application.Application, l record.Letter) bool {
	return a.Document != nil && a.Document.Applicant.Email == "" && d.recipient(a, l.ID) == ToApplicant
}

// postAgain is when a letter that goes by post but has not been posted yet is looked at again.
const postAgain = 24 * time.Hour
