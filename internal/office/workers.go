package office

import (
	"context"
	"sync"
)

// A Worker does what is due besides requests, until ctx ends.
type Worker interface{ Run(ctx context.Context) }

// Workers are the offices of several stores, which run side by side.
type Workers []*Desk

// Run implements [Worker].
func (w Workers) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	for _, d := range w {
		all.Go(func() { d.Run(ctx) })
	}
}
