// Package walls is what the functions behind the wall (package wall) share: the stories there, on a
// table that no other function may reach.
package walls

import (
	"log/slog"

	"traininghub/functions/internal/setup"
	"traininghub/internal/behind"
	"traininghub/internal/crossing"
	"traininghub/internal/programme"
	"traininghub/internal/record"
)

// Open returns the stories on the store, with the editors' content. Messages to the other store go
// out through the gate; without one (nil) they stay owed. A service whose leads are only
// placeholders takes nobody, and the log says so.
func Open(store record.Store, hub *programme.Packed, out crossing.Gate, log *slog.Logger) *behind.Stories {
	drafts := setup.Drafts(store, hub, log)
	for _, s := range drafts.Programme.Services {
		if s.Shut {
			log.Warn("a service takes nobody: the address of somebody who leads it is only an example", "service", s.ID)
		}
	}
	return behind.Open(drafts, out)
}
