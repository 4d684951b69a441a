package intake

import (
	"encoding/json"

	"traininghub/internal/application"
	"traininghub/internal/record"
)

// A record's size is limited. Nothing more could happen to an application that has reached the
// limit: a letter could not be marked as sent, so it would go again and again, and nobody could
// decide on it, withdraw or remove it. So long texts, and events that are only notes, have to leave
// room for the rest.

// Spare is the room in bytes for the rest. A decision with all its words and letters takes
// about 5 KB, or 30 KB in scripts that take the most bytes.
const Spare = 150_000

// mostDoubles is how many doubles are noted on one application. Professional numbers are public, so
// anybody can send others with them.
const mostDoubles = 20

// hasRoom reports whether an application has room for events that are only notes.
func hasRoom(a *application.Application) bool {
	data, err := json.Marshal(a)
	return err == nil && len(data) <= record.MaxRecord-Spare
}
