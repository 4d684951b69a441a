package claim

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestTampering: the audit finds anybody who changes something behind the program's back, and
// suspects nothing that is right.
func TestTampering(t *testing.T) {
	account := func(f func(a *Account)) func(*testing.T, *Desk, *Batch) {
		return func(t *testing.T, d *Desk, b *Batch) {
			rewrite(t, d, b.Rows[0].Account, &Account{ID: b.Rows[0].Account}, func(a *Account) { f(a) })
		}
	}
	for name, tamper := range map[string]func(*testing.T, *Desk, *Batch){
		"a sum":               account(func(a *Account) { a.Lines[0].Pence, a.Lines[0].Rate = 90000, 90000 }),
		"a rate and its sums": account(func(a *Account) { tenfold(a) }),
		"a state":             account(func(a *Account) { a.Lines[0].State = Checked }),
		"an approver":         account(func(a *Account) { a.Lines[0].Approver = "approver-two@example.org" }),
		"a line taken out":    account(func(a *Account) { a.Lines = a.Lines[:len(a.Lines)-1] }),
		"a line put in": account(func(a *Account) {
			l := *a.Lines[0]
			l.N, l.Key = len(a.Lines)+1, "mentors/mentoring/week/2021-W01"
			a.Lines = append(a.Lines, &l)
		}),
		"an entry":          account(func(a *Account) { a.Book[0].Pence++ }),
		"a pair of entries": account(func(a *Account) { a.Book = a.Book[:len(a.Book)-2] }),
		"an event":          account(func(a *Account) { a.Past[1].By = "both@example.org" }),
		"events and chain": account(func(a *Account) { // a whole new chain and content: only other records reveal it
			a.Lines[0].State = Refused
			a.Book = slices.DeleteFunc(a.Book, func(e Entry) bool { return e.Line == 1 })
			anew(a)
		}),
		"an account": func(t *testing.T, d *Desk, b *Batch) { remove(t, d, b.Rows[0].Account) },
		"a batch":    func(t *testing.T, d *Desk, b *Batch) { remove(t, d, b.ID) },
		"a person":   func(t *testing.T, d *Desk, b *Batch) { remove(t, d, all(t, d, KindPerson)[0]) },
		"a budget": func(t *testing.T, d *Desk, b *Batch) {
			rewrite(t, d, budgetID(b.Scheme, b.Year), &Budget{}, func(x *Budget) { x.Committed -= 30117 })
		},
		"what a budget has spent": func(t *testing.T, d *Desk, b *Batch) {
			rewrite(t, d, budgetID(b.Scheme, b.Year), &Budget{}, func(x *Budget) { x.Spent -= 30117 })
		},
		"what a person holds": func(t *testing.T, d *Desk, b *Batch) {
			rewrite(t, d, all(t, d, KindPerson)[0], &Person{}, func(p *Person) { p.Held = p.Held[1:] })
		},
		"a row's sum": func(t *testing.T, d *Desk, b *Batch) {
			rewrite(t, d, b.ID, &Batch{}, func(b *Batch) { b.Rows[0].Pence, b.Rows[0].Rate, b.Sum = 40117, 40117, b.Sum+10000 })
		},
		"a row's payee": func(t *testing.T, d *Desk, b *Batch) {
			rewrite(t, d, b.ID, &Batch{}, func(b *Batch) { b.Rows[0].Vendor = "666" })
		},
		"a payee with file and chain": func(t *testing.T, d *Desk, b *Batch) {
			rewrite(t, d, b.ID, &Batch{}, func(b *Batch) {
				b.Rows[0].Vendor = "666"
				file, _ := b.render()
				b.Hash = fileHash(file)
				sums(b)
			})
		},
		"an answer": func(t *testing.T, d *Desk, b *Batch) {
			rewrite(t, d, b.ID, &Batch{}, func(b *Batch) { b.Rows[0].Paid, b.Rows[0].PaidOn = "paid", "2021-12-15" })
		},
	} {
		d, b, _ := sentBatch(t, 5)
		whole(t, d)
		before, err := d.Audit(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		tamper(t, d, b)
		found, err := d.Audit(t.Context(), before.Heads)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(found.Wrong) == 0 {
			t.Errorf("%s: not found", name)
		}
		for _, w := range found.Wrong {
			if strings.Contains(w.What, "@") || strings.Contains(w.What, "Number 0") {
				t.Errorf("%s: the audit names somebody: %s", name, w.What)
			}
		}
		alone, err := d.Audit(t.Context(), nil)
		if err == nil && len(alone.Wrong) == 0 {
			t.Logf("%s: found only beside an earlier audit", name)
			if name != "a payee with file and chain" {
				t.Errorf("%s: not found by an audit alone", name)
			}
		}
	}
}

// rewrite changes a record as somebody with the file would.
func rewrite[T any](t *testing.T, d *Desk, id string, doc *T, f func(*T)) {
	t.Helper()
	r, err := d.Store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(r.Data, doc); err != nil {
		t.Fatal(err)
	}
	f(doc)
	data, _ := json.Marshal(doc)
	if bytes.Equal(data, r.Data) {
		t.Fatal("nothing was changed")
	}
	r.Data = data
	if err := d.Store.Update(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, d *Desk, id string) {
	t.Helper()
	r, err := d.Store.Get(t.Context(), id)
	if err == nil {
		err = d.Store.Delete(t.Context(), id, r.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func tenfold(a *Account) {
	for _, l := range a.Lines {
		l.Rate, l.Pence = 10*l.Rate, 10*l.Pence
	}
	for i := range a.Book {
		a.Book[i].Pence *= 10
	}
}

// anew makes the whole chain again.
func anew(a *Account) {
	for i := range a.Past {
		a.Past[i].Sum, a.Past[i].Says = nil, nil
	}
	if err := a.Past.Seal(a.ID, a.says); err != nil {
		panic(err)
	}
}

func sums(b *Batch) {
	b.Past[0].Note = b.Hash
	for i := range b.Past {
		b.Past[i].Sum, b.Past[i].Says = nil, nil
	}
	if err := b.Past.Seal(b.ID, b.says); err != nil {
		panic(err)
	}
}
