package record

import (
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"
)

var at = time.Date(2022, 3, 14, 15, 9, 26, 535_000_000, time.UTC)

// toy is a document of a kind that no program knows.
type toy struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Events Events `json:"events"`
}

func (t *toy) says() ([]byte, error) { return Sum(t.Text) }

func sealed(t *testing.T) *toy {
	t.Helper()
	d := &toy{ID: "toy.1", Text: "a byte that is no UTF-8: \xff"}
	for i, what := range []string{"begun", "asked", "answered"} {
		d.Events.Add(at.Add(time.Duration(i)*time.Hour), what, "hub", "")
		if i > 0 { // the second write adds two events
			continue
		}
		if err := d.Events.Seal(d.ID, d.says); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Events.Seal(d.ID, d.says); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	back := &toy{}
	if err := json.Unmarshal(data, back); err != nil {
		t.Fatal(err)
	}
	return back
}

// TestChain: a change of a record behind the program's back shows, whatever its kind.
func TestChain(t *testing.T) {
	d := sealed(t)
	if wrong := d.Events.Fault(d.ID, d.says); wrong != "" {
		t.Fatal("untouched: " + wrong)
	}
	if d.Events[1].Says != nil {
		t.Error("an event in the middle of a write holds what was said")
	}
	for name, change := range map[string]func(d *toy){
		"what it says":     func(d *toy) { d.Text += "." },
		"a time":           func(d *toy) { d.Events[0].At = at.Add(time.Second) },
		"an actor":         func(d *toy) { d.Events[1].Who = "lead" },
		"a note":           func(d *toy) { d.Events[2].Note = "x" },
		"the first event":  func(d *toy) { d.Events = d.Events[1:] },
		"a middle event":   func(d *toy) { d.Events = append(d.Events[:1], d.Events[2]) },
		"the last event":   func(d *toy) { d.Events = d.Events[:2] },
		"one that is new":  func(d *toy) { d.Events.Add(at.Add(9*time.Hour), "forged", "hub", "") },
		"the record's id":  func(d *toy) { d.ID = "toy.2" },
		"all of the chain": func(d *toy) { d.Events = nil },
	} {
		d := sealed(t)
		change(d)
		if d.Events.Fault(d.ID, d.says) == "" {
			t.Errorf("%s was changed and the chain does not show it", name)
		}
	}
}

// TestChainBefore: sums are still what they were when the first records were sealed.
func TestChainBefore(t *testing.T) {
	e := Events{{What: "received", At: at, Who: "applicant"}}
	if err := e.Seal("CC-7K4D-2P9X", func() ([]byte, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	if got, want := hex.EncodeToString(e[0].Sum),
		"5b19f420a5532a475d994c9e1003daf4011c969070fd01c748e00e1650e353bd"; got != want {
		t.Errorf("sum %s, want %s", got, want)
	}
}

// Time never goes back in a chain, and nothing can be put between sealed events.
func TestChainOrder(t *testing.T) {
	d := sealed(t)
	if e := d.Events.Add(at.Add(-time.Hour), "late", "hub", ""); !e.At.Equal(at.Add(2 * time.Hour)) {
		t.Errorf("an event at %v after one at %v", e.At, at.Add(2*time.Hour))
	}
	d.Events[0].Sum = nil
	if err := d.Events.Seal(d.ID, d.says); err == nil {
		t.Error("an event before one that was sealed was sealed, too")
	}
}
