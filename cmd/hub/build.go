package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/report"
	"traininghub/internal/source"
	"traininghub/site"
	"traininghub/site/folder"
)

// How far memory may grow before Go collects garbage, as GOGC counts it: in percent of the live
// heap, which counts as at least 4 MiB. With collectFirst the first collection frees what was only
// needed to make styles and scripts. A later first collection costs a small build memory and saves
// no time. After that, a little less than Go's usual 100 keeps a large build small, and less still
// a huge one. A build with a cache makes little garbage, so frequent collections would only cost
// time.
const (
	collectFirst  = 500
	collectThen   = 75
	collectHuge   = 40
	collectCached = 400

	leastGrowth = 24 << 20 // bytes
	hugeHeap    = 128 << 20
)

// collecting sets collectFirst until the first collection, and collectThen after it. set changes
// both; was is the setting before.
func collecting() (set func(percent int), was int) {
	was = debug.SetGCPercent(-1)
	takeLargePages()
	debug.SetGCPercent(collectFirst)
	then := new(atomic.Int64)
	then.Store(collectThen)
	afterCollection(then)
	return func(percent int) {
		then.Store(int64(percent))
		debug.SetGCPercent(percent)
	}, was
}

// afterCollection sets, after each collection, how far memory may grow before the next one.
func afterCollection(then *atomic.Int64) {
	runtime.AddCleanup(new([32]byte), func(then *atomic.Int64) {
		percent := int(then.Load())
		if percent == collectThen {
			heap := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
			metrics.Read(heap)
			live := int(heap[0].Value.Uint64()) + 1
			percent = max(percent, 100*leastGrowth/live)
			if live > hugeHeap {
				percent = collectHuge
			}
		}
		debug.SetGCPercent(percent)
		afterCollection(then)
	}, then)
}

// runBuild builds the site and brings the folder up to date, or changes nothing.
func runBuild(ctx context.Context, args []string, out, errOut io.Writer, getenv func(string) string) error {
	began := time.Now()
	collect := func(int) {}
	if getenv("GOGC") == "" {
		var was int
		collect, was = collecting()
		defer func() { collect(was) }()
	}
	value, _, err := parse("build", args, 0, out, getenv)
	if err != nil {
		return err
	}
	at, err := clock(value("as-of"))
	if err != nil {
		return err
	}
	cache := openCache(value("cache"), value("content"))
	if !cache.Empty() {
		collect(collectCached)
	}
	from := foldersOf(value)
	from.drafts = value("relative") == "yes"
	s, faults, err := loadBy(ctx, cache.Load, from, "")
	if err != nil {
		return err
	}
	var changed folder.Changed
	if s != nil {
		publish := s.Publish
		if from.drafts {
			publish = s.PublishPreview
		}
		changed, faults, err = publish(ctx, value("out"), at)
	}
	if faults.Err() != nil {
		faults.Sort()
		report.Text(errOut, source.Dir(value("content")), faults)
		return fmt.Errorf("%s; %s is as it was", report.Count(faults), value("out"))
	}
	if err != nil {
		return err
	}
	if err := cache.Save(); err != nil {
		fmt.Fprintf(errOut, "the next build will take longer: %v\n", err)
	}
	fmt.Fprintf(out, "%s: %d pages, %d files written, %d removed, in %v\n", value("out"), changed.Pages,
		len(changed.Written), len(changed.Removed), time.Since(began).Round(time.Millisecond))
	if len(faults) > 0 {
		fmt.Fprintf(out, "%s: hub check says more\n", report.Count(faults))
	}
	fmt.Fprintln(out, rightUntil(s, at))
	return nil
}

// openCache opens the cache that earlier builds of the content left.
func openCache(dir, content string) *site.Cache {
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return new(site.Cache)
		}
		dir = filepath.Join(user, "traininghub")
	}
	absolute, err := filepath.Abs(content)
	if err != nil || dir == "none" {
		return new(site.Cache)
	}
	sum := sha256.Sum256([]byte(absolute))
	return site.Open(filepath.Join(dir, hex.EncodeToString(sum[:8])))
}

func pages(output site.Output) int {
	n := 0
	for name := range output {
		if strings.HasSuffix(name, ".html") {
			n++
		}
	}
	return n
}

// rightUntil says until when the built site stays right: the end of the minute before its next
// change.
func rightUntil(s *site.Site, at time.Time) string {
	next, ok := s.NextChange(at)
	if !ok {
		return "right until somebody changes a file"
	}
	return fmt.Sprintf("right until %s; then build it again", course.Moment(next.Add(-time.Minute)))
}
