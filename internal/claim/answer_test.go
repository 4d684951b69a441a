package claim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/course"
)

// sentBatch is a desk on 10 December 2021 that has sent the payer a batch of a few lines.
func sentBatch(t testing.TB, lines int) (*Desk, *Batch, *time.Time) {
	t.Helper()
	clock := london("2021-12-01 10:00")
	d, facts := newDesk(t, "£300,000", &clock)
	for n := range (lines + 3) / 4 {
		c := gp(n, "mentors")
		facts.sessions[c.Email] = weekly("2021-11-02 18:30", min(4, lines-4*n))
		claimAll(t, d, c, "2021-11", "")
		account := accountID("mentors", "2021/22", personOf(d, c))
		a, _ := d.Account(t.Context(), account)
		for _, l := range a.Lines {
			must(t, d, LineRef{account, l.N}, Check, "checker-one", "")
			must(t, d, LineRef{account, l.N}, Approve, "approver-one", "")
		}
		vendor(t, d, account, fmt.Sprintf("%06d", n))
	}
	clock = london("2021-12-10 10:00")
	b, err := d.MakeBatch(t.Context(), "mentors", "2021/22", course.DateOf(clock), lines, Pence(lines)*30117, "approver-one@example.org")
	if err != nil {
		t.Fatal(err)
	}
	clock = london("2021-12-20 10:00")
	return d, b, &clock
}

// TestAnswers: whatever a spreadsheet does to the payer's file, it is either understood or refused
// as a whole, with the row and the fault.
func TestAnswers(t *testing.T) {
	const head = "batch,row,line_key,amount,status,paid_on,payment_ref,reason\n"
	row := func(b *Batch, n int, rest string) string {
		return strings.NewReplacer("BATCH", b.Number, "KEY", b.Rows[n-1].Key, "N", fmt.Sprint(n)).Replace(rest) + "\n"
	}
	good := func(b *Batch, n int) string { return row(b, n, "BATCH,N,KEY,301.17,paid,2021-12-15,BACS 1,") }
	for name, x := range map[string]struct {
		file func(b *Batch) string
		want string // faults, "" if it is taken
		paid int
	}{
		"right":             {func(b *Batch) string { return head + good(b, 1) + good(b, 2) + good(b, 3) }, "", 3},
		"byte order mark":   {func(b *Batch) string { return "\uFEFF" + head + good(b, 1) }, "", 1},
		"line ends":         {func(b *Batch) string { return strings.ReplaceAll(head+good(b, 1), "\n", "\r\n") + "\r\n\r\n" }, "", 1},
		"semicolons":        {func(b *Batch) string { return strings.ReplaceAll(head+good(b, 1), ",", ";") }, "", 1},
		"sep":               {func(b *Batch) string { return "sep=;\r\n" + strings.ReplaceAll(head+good(b, 1), ",", ";") }, "", 1},
		"tabs":              {func(b *Batch) string { return strings.ReplaceAll(head+good(b, 1), ",", "\t") }, "", 1},
		"Excel's day":       {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,301.17,paid,15/12/2021,B,") }, "", 1},
		"Excel's number":    {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,301.17,paid,44545,B,") }, "", 1},
		"Excel's short day": {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,301.17,Paid ,15-Dec-21,B,") }, "", 1},
		"a sum with a sign": {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,£301.17,PAID,2021-12-15,B,") }, "", 1},
		"dropped zero":      {func(b *Batch) string { return head + row(b, 1, "2021/22-1,N,KEY,301.17,paid,2021-12-15,B,") }, "", 1},
		"zeros in front":    {func(b *Batch) string { return head + row(b, 1, "BATCH,01,KEY,301.17,paid,2021-12-15,B,") }, "", 1},
		"an apostrophe":     {func(b *Batch) string { return head + row(b, 1, "'BATCH,'N,'KEY,301.17,paid,2021-12-15,'B,") }, "", 1},
		"small letters": {func(b *Batch) string {
			return head + strings.Replace(good(b, 1), b.Rows[0].Key, strings.ToLower(b.Rows[0].Key), 1)
		}, "", 1},
		"reordered": {func(b *Batch) string { return head + good(b, 3) + good(b, 1) + good(b, 2) }, "", 3},
		"other columns": {func(b *Batch) string {
			return "reason,status,x,batch,row,line_key,amount,paid_on,payment_ref\n" + row(b, 1, ",paid,y,BATCH,N,KEY,301.17,2021-12-15,B")
		}, "", 1},
		"unpaid":             {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,301.17,unpaid,,,Account closed") }, "", 0},
		"no file":            {func(*Batch) string { return "" }, "0: There is no first row with the names of the columns", 0},
		"no rows":            {func(*Batch) string { return head }, "0: There is no row with an answer", 0},
		"a workbook":         {func(*Batch) string { return "PK\x03\x04\x00" }, "0: This is no CSV file in UTF-8. In Excel, choose “CSV UTF-8” when you save it", 0},
		"another alphabet":   {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,301.17,unpaid,,,\xa3") }, "0: There are characters that are not UTF-8. In Excel, choose “CSV UTF-8” when you save it", 0},
		"a column too few":   {func(b *Batch) string { return strings.Replace(head, ",reason", "", 1) + good(b, 1) }, `1: There is no column "reason"`, 0},
		"a column twice":     {func(b *Batch) string { return strings.Replace(head, "reason", "amount", 1) + good(b, 1) }, `1: There are two columns "amount"|1: There is no column "reason"`, 0},
		"cut off":            {func(b *Batch) string { return head + good(b, 1) + good(b, 2)[:40] }, "3: It has 6 cells, and the first row has 8: was the file cut off?", 0},
		"cut in a quotation": {func(b *Batch) string { return head + good(b, 1) + `"2021/22-01,2` }, "3: It cannot be read from here on: a quotation mark is missing, or the file was cut off", 0},
		"doubled":            {func(b *Batch) string { return head + good(b, 1) + good(b, 1) }, "3: Row 1 of the batch is answered in row 2 of this file, too", 0},
		"another sum":        {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,310.17,paid,2021-12-15,B,") }, "2: The amount is 301.17 in the batch, not 310.17", 0},
		"another line":       {func(b *Batch) string { return head + row(b, 1, "BATCH,N,XXXX-XXXX-9,301.17,paid,2021-12-15,B,") }, `2: line_key is "KEY" in the batch, not what stands here`, 0},
		"no such batch":      {func(b *Batch) string { return head + row(b, 1, "2021/22-07,N,KEY,301.17,paid,2021-12-15,B,") }, "2: There is no such batch", 0},
		"no such row":        {func(b *Batch) string { return head + row(b, 1, "BATCH,99,KEY,301.17,paid,2021-12-15,B,") }, "2: The batch has rows 1 to 3", 0},
		"nothing is right": {func(b *Batch) string { return head + row(b, 1, "x,y,,z,perhaps,never,,") },
			`2: batch must be like "2021/22-07"|2: row must be a number|2: line_key is missing|2: amount must be like "289.00"|2: status must be "paid" or "unpaid"`, 0},
		"no reason":        {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,301.17,Unpaid,,,") }, "2: reason is missing: why was it not paid?", 0},
		"unpaid on a day":  {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,301.17,unpaid,2021-12-15,,x") }, "2: it is unpaid, and paid_on has a date", 0},
		"no day":           {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,301.17,paid,soon,B,") }, `2: paid_on must be a date like "2021-12-02" or "02/12/2021"`, 0},
		"a day to come":    {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,301.17,paid,2022-12-15,B,") }, "2: paid_on is 15 December 2022, which is in the future", 0},
		"month before day": {func(b *Batch) string { return head + row(b, 1, "BATCH,N,KEY,301.17,paid,12/09/2021,B,") }, "2: paid_on is 12 September 2021, before the batch was made on 10 December 2021", 0},
		"three faults": {func(b *Batch) string {
			return head + row(b, 1, "BATCH,N,KEY,30.17,paid,2021-12-15,B,") + row(b, 2, "BATCH,9,KEY,301.17,paid,2021-12-15,B,") + row(b, 3, "2021/22-02,N,KEY,301.17,paid,2021-12-15,B,")
		}, "2: The amount is 301.17 in the batch, not 30.17|3: The batch has rows 1 to 3|4: There is no such batch", 0},
	} {
		d, b, _ := sentBatch(t, 3)
		took, err := d.Answer(t.Context(), "mentors", []byte(x.file(b)), "payer-one@example.org")
		var got []string
		faults := Faults(nil)
		if errors.As(err, &faults) {
			for _, f := range faults {
				got = append(got, fmt.Sprintf("%d: %s", f.Row, f.What))
			}
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if text := strings.ReplaceAll(strings.Join(got, "|"), b.Rows[0].Key, "KEY"); text != x.want {
			t.Errorf("%s: faults are %q, want %q", name, text, x.want)
		}
		if err == nil && took.Paid != x.paid {
			t.Errorf("%s: %d paid, want %d", name, took.Paid, x.paid)
		}
		budget, _ := d.BudgetOf(t.Context(), "mentors", "2021/22")
		if want := Pence(x.paid) * 30117; budget.Spent != want {
			t.Errorf("%s: %v spent, want %v", name, budget.Spent, want)
		}
		whole(t, d)
	}
}

// TestAnsweredTwice: what was answered stays, even if a later file says otherwise.
func TestAnsweredTwice(t *testing.T) {
	d, b, _ := sentBatch(t, 3)
	ctx := t.Context()
	one := answerFile(b, func(n int, _ Row) string { return []string{"paid", "unpaid", ""}[n] }, "2021-12-15")
	if took, err := d.Answer(ctx, "mentors", one, "payer-one@example.org"); err != nil || *took != (Taking{Paid: 1, Unpaid: 1, Missing: 1}) {
		t.Fatalf("%+v, %v", took, err)
	}
	for _, other := range []func(int, Row) string{
		func(n int, _ Row) string { return []string{"unpaid", "", "paid"}[n] },
		func(n int, _ Row) string { return []string{"", "paid", "paid"}[n] },
	} {
		var faults Faults
		if _, err := d.Answer(ctx, "mentors", answerFile(b, other, "2021-12-15"), "payer-one@example.org"); !errors.As(err, &faults) || len(faults) != 1 {
			t.Errorf("answered otherwise: %v", err)
		}
	}
	if _, err := d.Answer(ctx, "mentors", one, "approver-one@example.org"); err != ErrPart {
		t.Errorf("answered by somebody else: %v", err)
	}
	rest := answerFile(b, func(n int, _ Row) string { return []string{"paid", "unpaid", "paid"}[n] }, "2021-12-15")
	if took, err := d.Answer(ctx, "mentors", rest, "payer-two@example.org"); err != nil || *took != (Taking{Paid: 1, Known: 2}) {
		t.Errorf("the rest: %+v, %v", took, err)
	}
	// What was unpaid is queried, answered, checked and approved again, and goes into another
	// batch.
	at := LineRef{b.Rows[1].Account, b.Rows[1].Line}
	must(t, d, at, Answer, "gp0", "I have a new account")
	must(t, d, at, Check, "both", "")
	must(t, d, at, Approve, "approver-two", "")
	second, err := d.MakeBatch(ctx, "mentors", "2021/22", course.DateOf(d.Now()), 1, 30117, "both@example.org")
	if err != nil || second.Number != "2021/22-02" {
		t.Fatalf("second batch: %v", err)
	}
	if err := d.settle(ctx, b.ID); err != nil { // the old batch no longer affects it
		t.Error(err)
	}
	whole(t, d)
	if _, err := d.Answer(ctx, "mentors", answerTo(second, "paid"), "payer-one@example.org"); err != nil {
		t.Error(err)
	}
	whole(t, d)
}

// TestAnswerOrder: M7, the order of the rows does not matter.
func TestAnswerOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	var want Pence
	for i := range 6 {
		d, b, _ := sentBatch(t, 12)
		lines := strings.SplitAfter(strings.TrimSuffix(string(answerFile(b, func(n int, _ Row) string { return []string{"paid", "paid", "unpaid"}[n%3] }, "2021-12-15")), "\r\n"), "\r\n")
		lines[len(lines)-1] += "\r\n"
		rest := lines[1:]
		random.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
		parts := slices.Collect(slices.Chunk(rest, 1+random.IntN(12)))
		for _, part := range append(parts, parts[0]) {
			if _, err := d.Answer(t.Context(), "mentors", []byte(lines[0]+strings.Join(part, "")), "payer-one@example.org"); err != nil {
				t.Fatal(err)
			}
		}
		whole(t, d)
		budget, _ := d.BudgetOf(t.Context(), "mentors", "2021/22")
		if i == 0 {
			want = budget.Spent
		}
		if budget.Spent != want || want != 8*30117 {
			t.Errorf("spent %v, want %v", budget.Spent, want)
		}
	}
}

// FuzzAnswer: no file makes the reader panic, and a file without faults has valid rows.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("batch,row,line_key,amount,status,paid_on,payment_ref,reason\n2021/22-01,1,K-1,289.00,paid,2021-12-15,B,\n"))
	f.Add([]byte("\uFEFFbatch;row;line_key;amount;status;paid_on;payment_ref;reason\r\n'2021/22-1;01;K-1;-£1,289.0;unpaid;;;x\r\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, faults := readAnswer(file)
		if len(faults) == 0 && len(rows) == 0 {
			t.Error("neither rows nor faults")
		}
		for _, r := range rows {
			if len(faults) == 0 && (r.status != "paid" && r.status != "unpaid" || r.key == "") {
				t.Errorf("a row without a fault: %+v", r)
			}
		}
	})
}
