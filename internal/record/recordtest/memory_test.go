package recordtest_test

import (
	"testing"

	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
)

func TestMemory(t *testing.T) {
	recordtest.TestStore(t, recordtest.Harness{
		Open:   func(*testing.T) record.Store { return &recordtest.Memory{} },
		Reopen: func(_ *testing.T, s record.Store) record.Store { return s }, // nothing survives the program
	})
}
