package dynamo_test

import (
	"testing"

	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/intake"
	"traininghub/internal/intake/intaketest"
	"traininghub/internal/standin"
)

func TestStore(t *testing.T) {
	url := standin.Dynalite(t)
	tables := map[intake.Store]string{}
	intaketest.TestStore(t, intaketest.Harness{
		Open: func(t *testing.T) intake.Store {
			table := dynamotest.Table(t, url)
			s := dynamo.New(dynamotest.Config(url), table, dynamotest.DueIndex)
			tables[s] = table
			return s
		},
		Reopen: func(t *testing.T, s intake.Store) intake.Store {
			return dynamo.New(dynamotest.Config(url), tables[s], dynamotest.DueIndex)
		},
	})
}
