package intake

import (
	"encoding/json"

	"traininghub/internal/application"
	"traininghub/internal/record"
)

// A record has an end. An application that has come to it could not be seen to any more: no letter
// could be marked as sent, so it would go again and again; nobody could decide, withdraw or remove
// it. So what people write at length, and what is only noted, leaves room for the rest.

// Spare is the room in bytes that the rest has. A decision with all its words and letters takes
// some 5 KB, in the worst of scripts 30.
const Spare = 150_000

// mostDoubles are noted on one application: professional numbers are public, and anybody can send
// others with them.
const mostDoubles = 20

// hasRoom tells whether an application has room for what is only noted.
func hasRoom(a *application.Application) bool {
	data, err := json.Marshal(a)
	return err == nil && len(data) <= record.MaxRecord-Spare
}
