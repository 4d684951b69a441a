package claim

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/record"
	"traininghub/internal/sqlite"
	"traininghub/internal/standin"
)

func openFile(t testing.TB, path string) record.Store {
	t.Helper()
	s, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestHistoriesSQLite is TestHistories with 5,000 steps on a file.
func TestHistoriesSQLite(t *testing.T) {
	w := newWalk(t, openFile(t, filepath.Join(t.TempDir(), "hub.db")), 11, 10, "£9,000")
	for range 5000 {
		w.step()
	}
	w.all()
}

// TestHistoriesDynamo is TestHistories with 500 steps on the stand-in.
func TestHistoriesDynamo(t *testing.T) {
	url := dynamotest.Transactions(t, standin.Dynalite(t))
	w := newWalk(t, dynamo.New(dynamotest.Config(url), dynamotest.Table(t, url), dynamotest.DueIndex), 12, 3, "£9,000")
	for range 500 {
		w.step()
	}
	w.all()
}

// TestKill kills a program again and again while it does random things with claims in a file. What
// is left adds up each time, and the next program finishes what was interrupted.
func TestKill(t *testing.T) {
	if file := os.Getenv("CLAIM_CHILD"); file != "" { // when killed, it would leave a folder of its own behind
		var n uint64
		fmt.Sscan(os.Getenv("CLAIM_SEED"), &n)
		w := newWalk(t, openFile(t, file), 13, 5, "£9,000")
		w.rand = rand.New(rand.NewPCG(n, 13))
		w.now.Add(int64(n) * 15 * 24 * 3600)
		fmt.Println("ready")
		for {
			w.step()
		}
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	random := rand.New(rand.NewPCG(13, 13))
	// A slow machine writes less between two kills.
	nothing := func() bool { return len(all(t, &Desk{Store: openFile(t, path)}, KindAccount)) == 0 }
	for n := 0; n < 15 || nothing(); n++ {
		child := exec.Command(os.Args[0], "-test.run=^TestKill$")
		child.Env = append(os.Environ(), "CLAIM_CHILD="+path, fmt.Sprintf("CLAIM_SEED=%d", n))
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		out.Read(make([]byte, 5)) // now it is at work
		time.Sleep(time.Duration(20+random.IntN(280)) * time.Millisecond)
		child.Process.Kill()
		child.Wait()
	}
	w := newWalk(t, openFile(t, path), 13, 5, "£9,000")
	for _, id := range all(t, w.d, KindBatch) {
		if err := w.d.settle(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	w.all()
}
