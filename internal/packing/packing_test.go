package packing_test

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"testing"

	"traininghub/internal/packing"
)

type inner struct {
	Text string
	In   *inner
	note string
}

type whole struct {
	inner
	Inner  inner
	Empty  []string
	None   []string
	Lists  [][]inner
	Bytes  []byte
	Names  map[string]inner
	NoMap  map[string]int64
	Is     bool
	N      int
	Pence  int64
	Hours  float64
	Absent *inner
}

func full() whole {
	return whole{
		Inner: inner{Text: "£289, “quoted”", In: &inner{In: &inner{}}}, Empty: []string{}, Lists: [][]inner{nil, {}, {{Text: "a"}, {}}},
		Bytes: []byte{0, 255}, Names: map[string]inner{"b": {Text: "2"}, "a": {}, "": {Text: "3"}}, Is: true, N: math.MinInt, Pence: math.MaxInt64,
		Hours: -0.5,
	}
}

// TestPacking: values read back as they were written, including nil. Equal values give equal bytes.
// Bytes that were cut off, or are too many, are an error.
func TestPacking(t *testing.T) {
	want := full()
	data := packing.Write(want)
	var got whole
	if err := packing.Read(data, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("error %v, got\n%+v, want\n%+v", err, got, want)
	}
	for range 20 {
		if again := packing.Write(full()); !bytes.Equal(again, data) {
			t.Fatalf("%q, and then %q", data, again)
		}
	}
	kept := want
	kept.Inner.note = "is not exported"
	if again := packing.Write(kept); !bytes.Equal(again, data) {
		t.Errorf("a field that should not be exported is written: %q", again)
	}
	for i := range data {
		if err := packing.Read(data[:i], new(whole)); !errors.Is(err, packing.ErrSpoiled) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	if err := packing.Read(append(data, 0), new(whole)); !errors.Is(err, packing.ErrSpoiled) {
		t.Errorf("one more: %v", err)
	}
}

func TestNotWritten(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a channel was written")
		}
	}()
	packing.Write(struct{ C chan int }{make(chan int)})
}

// FuzzRead: any bytes are either read or refused, and a value that was read reads the same after it
// is written again.
func FuzzRead(f *testing.F) {
	f.Add(packing.Write(full()))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, again whole
		if packing.Read(data, &got) != nil {
			return
		}
		written := packing.Write(got)
		if err := packing.Read(written, &again); err != nil || !bytes.Equal(packing.Write(again), written) {
			t.Errorf("%q is read as %+v, and that as %+v: %v", data, got, again, err)
		}
	})
}
