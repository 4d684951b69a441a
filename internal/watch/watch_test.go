package watch

import (
	"log/slog"
	"syscall"
	"testing"

	"github.com/fsnotify/fsnotify"
)

// TestBlind: if the system can watch no more files, a save is reported again and again.
func TestBlind(t *testing.T) {
	saved := make(chan struct{})
	none := func() (*fsnotify.Watcher, error) { return nil, syscall.EMFILE }
	go watch(t.Context(), []string{t.TempDir()}, slog.New(slog.DiscardHandler), saved, none)
	<-saved
	<-saved
}
