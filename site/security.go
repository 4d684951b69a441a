package site

import (
	"fmt"
	"strings"
	"time"

	"traininghub/internal/course"
)

// securityAddress is where people who have found a vulnerability learn whom to tell: RFC 9116.
const securityAddress = "/.well-known/security.txt"

// securityUntil is the day after which /.well-known/security.txt must not be trusted: the end of a
// half-year, 6 to 12 months ahead. So the file expires if nobody looks after the hub.
func securityUntil(at time.Time) time.Time {
	at = at.In(course.London)
	if at.Month() < time.July {
		return time.Date(at.Year(), time.December, 31, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(at.Year()+1, time.June, 30, 0, 0, 0, 0, time.UTC)
}

// securityChanges is the instant at which that day next changes.
func securityChanges(at time.Time) time.Time {
	at = at.In(course.London)
	if at.Month() < time.July {
		return time.Date(at.Year(), time.July, 1, 0, 0, 0, 0, course.London)
	}
	return time.Date(at.Year()+1, time.January, 1, 0, 0, 0, 0, course.London)
}

// security says whom to tell about a vulnerability.
func (s *Site) security(at time.Time) []byte {
	contact := s.Hub.Security
	if !strings.HasPrefix(contact, "https:") {
		contact = "mailto:" + contact
	}
	return fmt.Appendf(nil, "Contact: %s\nExpires: %s\nPreferred-Languages: en\nCanonical: %s%s\n",
		contact, securityUntil(at).Format(time.RFC3339), s.Hub.BaseURL, securityAddress)
}
