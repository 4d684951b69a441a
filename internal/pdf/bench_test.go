package pdf

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/jung-kurt/gofpdf"

	"traininghub/internal/document"
)

// BenchmarkRender draws an ordinary application, and in turn the same words with only gofpdf's own
// MultiCell. That is the least that a PDF with these fonts costs in gofpdf: no tags, no fields, no
// layout.
func BenchmarkRender(b *testing.B) {
	d := mentors()
	words := expected(d)
	var ours, bare []time.Duration
	var size, bareSize int
	b.ReportAllocs()
	for b.Loop() {
		begin := time.Now()
		pdf, err := Render(d)
		if err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(begin))
		size = len(pdf)

		b.StopTimer()
		begin = time.Now()
		bareSize = len(plain(b, words))
		bare = append(bare, time.Since(begin))
		b.StartTimer()
	}
	b.ReportMetric(ms(ours), "ms/doc")
	b.ReportMetric(float64(size), "bytes")
	b.ReportMetric(ms(bare), "bare-ms/doc")
	b.ReportMetric(float64(bareSize), "bare-bytes")
	b.ReportMetric(ms(ours)/ms(bare), "times-bare")
}

// BenchmarkLimits draws the longest application, and applications with far more text than a form
// accepts.
func BenchmarkLimits(b *testing.B) {
	for name, d := range map[string]*document.Document{
		"longest": longest(), "2000-characters-in-every-field": overrun(strings.Repeat("naïve ", 2000/6)),
		"1000-lines-in-every-field":     overrun(strings.Repeat("x\n", 1000)),
		"100000-letters-in-every-field": overrun(strings.Repeat("W", 100_000)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Render(d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPeers draws the same words with pdfkit in one Node process, and with a headless Chromium
// that keeps running, and reports how many times faster the hub is. Each figure is the median of 20
// documents.
func BenchmarkPeers(b *testing.B) {
	const count = 20
	d := mentors()
	words := expected(d)
	dir := b.TempDir()
	list, err := json.Marshal(words)
	if err != nil {
		b.Fatal(err)
	}
	for name, data := range map[string][]byte{"words.json": list, "regular.ttf": liberationsansregular.TTF,
		"bold.ttf": liberationsansbold.TTF} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	var markup strings.Builder
	markup.WriteString("<!doctype html><html lang=en-GB><title>Application</title><style>body{font:10pt/14pt 'Liberation Sans'}</style>")
	for i, s := range words {
		markup.WriteString([]string{"<p><b>", "<p>"}[i%2] + html.EscapeString(s) + []string{"</b>", ""}[i%2])
	}
	site := filepath.Join(dir, "page.html")
	if err := os.WriteFile(site, []byte(markup.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var ours []time.Duration
		var memory runtime.MemStats
		for range count {
			begin := time.Now()
			if _, err := Render(d); err != nil {
				b.Fatal(err)
			}
			ours = append(ours, time.Since(begin))
		}
		runtime.ReadMemStats(&memory)
		var kit struct{ MS, Bytes, MB float64 }
		out := run(b, "nodejs", "node", "testdata/pdfkit.mjs", filepath.Join(dir, "words.json"),
			filepath.Join(dir, "regular.ttf"), filepath.Join(dir, "bold.ttf"), "20")
		if err := json.Unmarshal([]byte(out), &kit); err != nil {
			b.Fatalf("%v in %q", err, out)
		}
		printed, size := chromium(b, site, count)
		b.ReportMetric(ms(ours), "ms/doc")
		b.ReportMetric(float64(memory.Sys)/1e6, "MB-process")
		b.ReportMetric(kit.MS, "pdfkit-ms")
		b.ReportMetric(kit.Bytes, "pdfkit-bytes")
		b.ReportMetric(kit.MB, "pdfkit-MB")
		b.ReportMetric(ms(printed), "chromium-ms")
		b.ReportMetric(float64(size), "chromium-bytes")
		b.ReportMetric(kit.MS/ms(ours), "times-faster-than-pdfkit")
		b.ReportMetric(ms(printed)/ms(ours), "times-faster-than-chromium")
	}
}

// chromium prints a page in a browser that is already running.
func chromium(b *testing.B, file string, count int) (times []time.Duration, size int) {
	ctx, cancel := chromedp.NewExecAllocator(context.Background(),
		append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox)...)
	defer cancel()
	ctx, stop := chromedp.NewContext(ctx)
	defer stop()
	for range count + 1 { // the first warms up
		begin := time.Now()
		if err := chromedp.Do(ctx, chromedp.Navigate("file://"+file)); err != nil {
			b.Fatal(err)
		}
		pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
		if err != nil {
			b.Fatal(err)
		}
		size = len(pdf)
		times = append(times, time.Since(begin))
	}
	return times[1:], size
}

func ms(times []time.Duration) float64 {
	times = slices.Sorted(slices.Values(times))
	return times[len(times)/2].Seconds() * 1000
}

func plain(b *testing.B, words []string) []byte {
	p := gofpdf.New("P", "pt", "A4", "")
	p.AddUTF8FontFromBytes("Liberation", "", slices.Clone(liberationsansregular.TTF))
	p.AddUTF8FontFromBytes("Liberation", "B", slices.Clone(liberationsansbold.TTF))
	p.AddPage()
	for i, s := range words {
		p.SetFont("Liberation", []string{"B", ""}[i%2], 10)
		p.MultiCell(0, 14, s, "", "L", false)
	}
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}
