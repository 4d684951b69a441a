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

// Open are the stories on the store, with what the editors wrote. What crosses to the other store
// goes out by the gate; where that is nil it stays owed. A service whose leads are only
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
