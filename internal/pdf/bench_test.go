package pdf

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/jung-kurt/gofpdf"
)

// BenchmarkRender draws an ordinary application, and by turns the same words with nothing but gofpdf's own
// MultiCell, which is the least that a PDF with these fonts costs.
func BenchmarkRender(b *testing.B) {
	d := mentors()
	words := expected(d)
	var ours, bare time.Duration
	var size, bareSize int
	b.ReportAllocs()
	for b.Loop() {
		begin := time.Now()
		pdf, err := Render(d)
		if err != nil {
			b.Fatal(err)
		}
		ours += time.Since(begin)
		size = len(pdf)

		b.StopTimer()
		begin = time.Now()
		bareSize = len(plain(b, words))
		bare += time.Since(begin)
		b.StartTimer()
	}
	b.ReportMetric(ours.Seconds()*1000/float64(b.N), "ms/doc")
	b.ReportMetric(float64(size), "bytes")
	b.ReportMetric(bare.Seconds()*1000/float64(b.N), "bare-ms/doc")
	b.ReportMetric(float64(bareSize), "bare-bytes")
	b.ReportMetric(ours.Seconds()/bare.Seconds(), "times-bare")
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
