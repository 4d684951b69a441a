package office

import (
	"context"
	"sync"
)

// A Worker does what is due beside the requests, until ctx ends.
type Worker interface{ Run(ctx context.Context) }

// Workers are the offices of several stores, beside each other.
type Workers []*Desk

// Run is that of a [Worker].
func (w Workers) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	for _, d := range w {
		all.Go(func() { d.Run(ctx) })
	}
}
