package watch

import (
	"log/slog"
	"syscall"
	"testing"

	"github.com/fsnotify/fsnotify"
)

// TestBlind holds that where the system watches nothing more, a save is told again and again.
func TestBlind(t *testing.T) {
	saved := make(chan struct{})
	none := func() (*fsnotify.Watcher, error) { return nil, syscall.EMFILE }
	go watch(t.Context(), []string{t.TempDir()}, slog.New(slog.DiscardHandler), saved, none)
	<-saved
	<-saved
}
