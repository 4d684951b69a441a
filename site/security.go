package site

import (
	"fmt"
	"strings"
	"time"

	"traininghub/internal/course"
)

// securityAddress is where people who found a weakness look for whom to tell: RFC 9116.
const securityAddress = "/.well-known/security.txt"

// securityUntil is the day after which /.well-known/security.txt is not to be trusted: the end of
// the half-year that is 6 to 12 months away. So the file of a hub that nobody looks after expires.
func securityUntil(at time.Time) time.Time {
	at = at.In(course.London)
	if at.Month() < time.July {
		return time.Date(at.Year(), time.December, 31, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(at.Year()+1, time.June, 30, 0, 0, 0, 0, time.UTC)
}

// securityChanges is when it next says another day.
func securityChanges(at time.Time) time.Time {
	at = at.In(course.London)
	if at.Month() < time.July {
		return time.Date(at.Year(), time.July, 1, 0, 0, 0, 0, course.London)
	}
	return time.Date(at.Year()+1, time.January, 1, 0, 0, 0, 0, course.London)
}

// security says whom to tell.
func (s *Site) security(at time.Time) []byte {
	contact := s.Hub.Security
	if !strings.HasPrefix(contact, "https:") {
		contact = "mailto:" + contact
	}
	return fmt.Appendf(nil, "Contact: %s\nExpires: %s\nPreferred-Languages: en\nCanonical: %s%s\n",
		contact, securityUntil(at).Format(time.RFC3339), s.Hub.BaseURL, securityAddress)
}
