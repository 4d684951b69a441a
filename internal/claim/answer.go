package claim

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"traininghub/internal/course"
	"traininghub/internal/pattern"
	"traininghub/internal/record"
)

// answerColumns are the columns that the hub reads in the payer's answer. There may be others, in
// any order, so that the payer can fill in the file that they got.
var answerColumns = []string{"batch", "row", "line_key", "amount", "status", "paid_on", "payment_ref", "reason"}

// MaxAnswer is the largest answer in bytes, and MaxAnswerRows the largest number of rows.
const (
	MaxAnswer     = 4 << 20
	MaxAnswerRows = 5400
)

// A Fault is something wrong with an answer, in a row numbered as a spreadsheet does; row 0 is the
// whole file.
type Fault struct {
	Row  int
	What string
}

// Faults are everything that is wrong with an answer. In that case nothing was changed.
type Faults []Fault

func (f Faults) Error() string { return fmt.Sprintf("claim: %d faults in the payer's answer", len(f)) }

// A Taking is the result of a file with answers.
type Taking struct {
	Paid, Unpaid int // rows
	Known        int // rows with the same answer as before
	Missing      int // rows of these batches that are still unanswered
}

// answered is one row of the file, parsed.
type answered struct {
	row    int // of the file
	batch  string
	n      int // of the batch
	key    string
	pence  Pence
	status string
	on     Day
	ref    string
	reason string
}

// Answer takes the payer's file. It checks all rows before anything changes, and one fault stops
// the whole file. Taking the same file again changes nothing.
func (d *Desk) Answer(ctx context.Context, schemeID string, file []byte, email string) (*Taking, error) {
	s := d.Scheme(schemeID)
	if s == nil || officer(s.Payers, email) == nil || !d.Open(s) {
		return nil, ErrPart
	}
	rows, faults := readAnswer(file)
	for i := range rows {
		m := batchName().FindStringSubmatch(rows[i].batch)
		n, _ := strconv.Atoi(m[3])
		rows[i].batch = batchID(schemeID, m[1]+"/"+m[2], n)
	}
	if len(faults) > 0 { // also report faults in the rows that can be read
		_, _, err := d.answer(ctx, schemeID, rows, fileHash(file), strings.ToLower(email))
		var more Faults
		if err != nil && !errors.As(err, &more) {
			return nil, err
		}
		faults = append(faults, more...)
		slices.SortStableFunc(faults, func(a, b Fault) int { return a.Row - b.Row })
		return nil, faults
	}
	var took *Taking
	err := record.Together(ctx, d.Store, func(set *record.Set) (err error) {
		var batches []*Batch
		batches, took, err = d.answer(ctx, schemeID, rows, fileHash(file), strings.ToLower(email))
		for _, b := range batches {
			d.batches().Put(set, b)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, r := range rows {
		named[r.batch] = true
	}
	for id := range named { // this finishes what an interrupted answer left
		if err := d.settle(ctx, id); err != nil {
			return nil, err
		}
	}
	return took, nil
}

// answer compares the rows with the batches that they name, and notes them there. It returns the
// batches that have changed.
func (d *Desk) answer(ctx context.Context, schemeID string, rows []answered, hash, by string) (changed []*Batch, took *Taking, err error) {
	took = &Taking{}
	var faults Faults
	batches := map[string]*Batch{}
	seen := map[string]int{}
	for i := range rows {
		r := &rows[i]
		fault := func(format string, args ...any) { faults = append(faults, Fault{r.row, fmt.Sprintf(format, args...)}) }
		b, known := batches[r.batch]
		if !known {
			b, err = d.Batch(ctx, r.batch)
			if err != nil && !errors.Is(err, record.ErrNotFound) {
				return nil, nil, err
			}
			if err != nil || b.Scheme != schemeID {
				b = nil
			}
			batches[r.batch] = b
		}
		if b == nil {
			fault("There is no such batch")
			continue
		}
		if r.n < 1 || r.n > len(b.Rows) {
			fault("The batch has rows 1 to %d", len(b.Rows))
			continue
		}
		row := &b.Rows[r.n-1]
		place := fmt.Sprintf("%s %d", r.batch, r.n)
		switch first := seen[place]; {
		case first != 0:
			fault("Row %d of the batch is answered in row %d of this file, too", r.n, first)
			continue
		case !strings.EqualFold(r.key, row.Key):
			fault("line_key is %q in the batch, not what stands here", row.Key)
			continue
		case r.pence != row.Pence:
			fault("The amount is %s in the batch, not %s", row.Pence.Decimal(), r.pence.Decimal())
			continue
		}
		seen[place] = r.row
		if r.status == "paid" {
			switch first, today := course.DateOf(b.Made), course.DateOf(d.Now()); {
			case r.on.Date().Before(first):
				fault("paid_on is %s, before the batch was made on %s", r.on.Date().Short(), first.Short())
				continue
			case today.Before(r.on.Date()):
				fault("paid_on is %s, which is in the future", r.on.Date().Short())
				continue
			}
		}
		same := row.Paid == r.status && row.PaidOn == r.on && row.PayRef == r.ref && row.Reason == r.reason
		switch {
		case row.Paid == "":
			row.Paid, row.PaidOn, row.PayRef, row.Reason = r.status, r.on, r.ref, r.reason
			if r.status == "paid" {
				took.Paid++
			} else {
				took.Unpaid++
			}
			if !slices.Contains(changed, b) {
				changed = append(changed, b)
			}
		case same:
			took.Known++
		case row.Paid == "paid":
			fault("It was answered as paid before. What was paid can only be reversed by the hub")
		default:
			fault("It was answered as unpaid before. It comes again in a later batch")
		}
	}
	if len(changed) > 9 {
		faults = append(faults, Fault{0, "It answers more than 9 batches: send them in parts"})
	}
	if len(faults) > 0 {
		return nil, nil, faults
	}
	for _, b := range batches {
		for _, r := range b.Rows {
			if r.Paid == "" {
				took.Missing++
			}
		}
	}
	now := d.Now()
	for _, b := range changed {
		b.Pending = true
		n := 0
		for _, r := range rows {
			if r.batch == b.ID {
				n++
			}
		}
		b.Replies = append(b.Replies, Reply{Hash: hash, By: by, At: now.UTC().Truncate(time.Millisecond), Rows: n})
		b.Past.Add(now, "answered", string(ByPayer), hash).By = by
	}
	return changed, took, nil
}

// readAnswer reads the payer's file as spreadsheets write it: with or without a byte order mark,
// with commas, semicolons or tabs, and with dates and sums in a spreadsheet's formats.
func readAnswer(file []byte) (rows []answered, faults Faults) {
	whole := func(what string) ([]answered, Faults) { return nil, Faults{{0, what}} }
	switch {
	case len(file) > MaxAnswer:
		return whole("The file is larger than 4 MB")
	case bytes.HasPrefix(file, []byte{0xFF, 0xFE}), bytes.HasPrefix(file, []byte{0xFE, 0xFF}), bytes.IndexByte(file, 0) >= 0:
		return whole("This is no CSV file in UTF-8. In Excel, choose “CSV UTF-8” when you save it")
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		return whole("This is a workbook. In Excel, choose “CSV UTF-8” when you save it")
	case !utf8.Valid(file):
		return whole("There are characters that are not UTF-8. In Excel, choose “CSV UTF-8” when you save it")
	}
	file = bytes.TrimPrefix(file, []byte("\xEF\xBB\xBF"))
	file = bytes.TrimPrefix(file, []byte("sep=;\r\n")) // a line that only Excel needs
	head, _, _ := bytes.Cut(file, []byte("\n"))
	in := csv.NewReader(bytes.NewReader(file))
	in.Comma, in.FieldsPerRecord, in.TrimLeadingSpace = ',', -1, true
	for _, other := range []rune{';', '\t'} {
		if strings.Count(string(head), string(other)) > strings.Count(string(head), string(in.Comma)) {
			in.Comma = other
		}
	}
	names, err := in.Read()
	if err != nil {
		return whole("There is no first row with the names of the columns")
	}
	at := map[string]int{}
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "'")))
		if _, twice := at[name]; twice && slices.Contains(answerColumns, name) {
			faults = append(faults, Fault{1, fmt.Sprintf("There are two columns %q", name)})
		}
		at[name] = i
	}
	for _, name := range answerColumns {
		if _, ok := at[name]; !ok {
			faults = append(faults, Fault{1, fmt.Sprintf("There is no column %q", name)})
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	for n := 2; ; n++ {
		cells, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, append(faults, Fault{n, "It cannot be read from here on: a quotation mark is missing, or the file was cut off"})
		}
		if !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			continue
		}
		if len(rows) >= MaxAnswerRows {
			return nil, append(faults, Fault{n, fmt.Sprintf("There are more than %d rows: send them in parts", MaxAnswerRows)})
		}
		if len(cells) != len(names) {
			faults = append(faults, Fault{n, fmt.Sprintf("It has %d cells, and the first row has %d: was the file cut off?", len(cells), len(names))})
			continue
		}
		r, wrong := readRow(func(name string) string {
			return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(cells[at[name]]), "'"))
		})
		r.row = n
		for _, what := range wrong {
			faults = append(faults, Fault{n, what})
		}
		if len(wrong) == 0 {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 && len(faults) == 0 {
		return whole("There is no row with an answer")
	}
	return rows, faults
}

// batchName matches the number of a batch in a file, which is the end of the batch's id. The scheme
// is not part of it, so [Desk.Answer] is for one scheme.
var batchName = pattern.Of(`^(\d{4})/(\d\d)-(\d{1,4})$`)

var sumForm = pattern.Of(`^(-)?£?(-)?(\d{1,9}|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?$`)

func readRow(cell func(string) string) (r answered, wrong []string) {
	r.batch = cell("batch")
	if !batchName().MatchString(r.batch) {
		wrong = append(wrong, `batch must be like "2021/22-07"`)
	}
	var err error
	if r.n, err = strconv.Atoi(cell("row")); err != nil {
		wrong = append(wrong, "row must be a number")
	}
	if r.key = cell("line_key"); r.key == "" {
		wrong = append(wrong, "line_key is missing")
	}
	if m := sumForm().FindStringSubmatch(cell("amount")); m == nil {
		wrong = append(wrong, `amount must be like "289.00"`)
	} else {
		whole, _ := strconv.ParseInt(strings.ReplaceAll(m[3], ",", ""), 10, 64)
		part, _ := strconv.ParseInt((m[4] + "00")[:2], 10, 64)
		r.pence = Pence(100*whole + part)
		if m[1]+m[2] != "" {
			r.pence = -r.pence
		}
	}
	r.reason, r.ref = cell("reason"), cell("payment_ref")
	if len(r.reason) > 200 || len(r.ref) > 60 {
		wrong = append(wrong, "reason can have 200 characters, and payment_ref 60")
	}
	switch r.status = strings.ToLower(cell("status")); r.status {
	case "paid":
		if r.on = readDay(cell("paid_on")); r.on == "" {
			wrong = append(wrong, `paid_on must be a date like "2021-12-02" or "02/12/2021"`)
		}
		if r.ref == "" {
			wrong = append(wrong, "payment_ref is missing")
		}
	case "unpaid":
		if r.reason == "" {
			wrong = append(wrong, "reason is missing: why was it not paid?")
		}
		if cell("paid_on") != "" {
			wrong = append(wrong, "it is unpaid, and paid_on has a date")
		}
	default:
		wrong = append(wrong, `status must be "paid" or "unpaid"`)
	}
	return r, wrong
}

// readDay reads a day in the formats that spreadsheets use in Britain: 2021-12-02, 02/12/2021,
// 2-Dec-2021, 44532, also with a time of midnight. It returns "" for anything else.
func readDay(text string) Day {
	text = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(text, ":00"), " 00:00"), " 0:00")
	for _, form := range []string{"2006-01-02", "2/1/2006", "2.1.2006", "2-1-2006", "2/1/06", "2 Jan 2006", "2-Jan-2006", "2-Jan-06", "2 January 2006", "Monday 2 January 2006"} {
		if t, err := time.Parse(form, text); err == nil {
			return Day(t.Format(time.DateOnly))
		}
	}
	if n, err := strconv.Atoi(text); err == nil && n > 40000 && n < 60000 { // the day's number in a spreadsheet
		return Day(time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	}
	return ""
}
