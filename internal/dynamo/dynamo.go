// Package dynamo keeps applications in one DynamoDB table: the [record.Store] of a hub on AWS.
//
// Each record is one item, and each write one conditional put or delete of that item; only
// UpdateAll is a transaction, of such puts, for which IAM asks no more than for each of them. What
// its conditions, reasons and limits mean is held against moto's server by testdata/moto/run.sh.
// The attributes are:
//
//	id          S  the table's key: the reference
//	kind        S  not there in what was written before records had kinds: then the id says it
//	version     N
//	status      S  for lists; not there if empty, as course and data
//	course      S
//	due         N  Unix time in milliseconds; not there if nothing falls due
//	due_shard   S  there if due is: "0" to "3", from the id, of the first kinds ([record.Kind.First]);
//	               else the kind
//	expires     N  Unix time in seconds, rounded up: the table's time to live; there if the record is
//	               marked for removal
//	expires_ms  N  the same in milliseconds, of any record that has a time
//	data        B
//	write       S  random, new with each write
//	shelf       S  what lists are made of; not there if empty, as those below; "KIND|..." but of the
//	               first kinds, as gmc and email
//	place       S  "2021-09-20T12:00:00.123Z ID": since and the id, in the order of lists; there if
//	               shelf is
//	part        S  the shelf, "|" and the part
//	gmc         S
//	email       S
//	brief       B
//	words       S  in what place, for which course and by which words Search finds it; see word.go
//
// The index of due records has due_shard and due as its key and holds only items that have them.
// That of applications is spread over a few partitions because one takes 1,000 writes a second, and
// every application that is sent writes to it. Each later kind has keys of its own in all indexes,
// so that nobody comes across it who does not ask for it, a program from before it least of all.
// The indexes of lists have shelf and place, part and place, gmc and id, email and id as their keys. They hold what
// a line of a list needs and no data, so the writes that change none of it cost nothing there.
//
// A transaction that meets another is tried again a little; then it is busy. So may be a write of
// one record that meets one.
//
// A write whose answer is lost is made again, and then fails on its own first try. "write" tells
// that from a rival: such a write is a success. Of a record that is gone nobody can tell who
// deleted it, so that is a success, too. A write that has begun is not given up when its context
// ends. Reads are strongly consistent, except of the indexes, which follow within about a second.
//
// On AWS the table's time to live removes what was marked for removal ([record.Marked]) if nobody
// else has. Whatever else has a time is removed by Expire, which reads the whole table, and is
// called once a day, behind the brake. Both can be late, so callers ask for the time themselves.
//
// Errors of a table that refuses or throttles wrap [record.ErrBusy]. None contains more than the
// names of the call and of the error, since AWS can quote what was sent.
package dynamo

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"traininghub/internal/record"
)

// Names that the table's definition repeats.
const (
	Key        = "id"
	Kind       = "kind"
	DueShard   = "due_shard"
	Due        = "due"
	TimeToLive = "expires"

	Shelf = "shelf"
	Part  = "part"
	Place = "place"
	GMC   = "gmc"
	Email = "email"

	ShelfIndex = "shelf"
	PartIndex  = "part"
	GMCIndex   = "gmc"
	EmailIndex = "email"
)

// Listed are the attributes that the indexes of lists have beside keys.
var Listed = []string{"status", "course", Shelf, Place, GMC, Email, "brief"}

// since is how place begins: text in the order of time, for the years from 0 to 9999.
const since = "2006-01-02T15:04:05.000Z"

// shards is how many partitions the index of due records is spread over. It can grow, but not
// shrink while records are due.
const shards = 4

// patience is how long a write may take with all tries. A handler's own time limit must be longer.
const patience = 8 * time.Second

// A Store is a [record.Store] in a DynamoDB table. Its methods may be called from several
// goroutines.
type Store struct {
	table, index string

	config   aws.Config
	endpoint string
	http     aws.HTTPClient
	signer   *v4.Signer
}

var _ record.Store = (*Store)(nil)

// New returns a store in the table, whose index of due records has the given name. It makes no
// call.
func New(c aws.Config, table, index string) *Store {
	s := &Store{table: table, index: index}
	s.reach(c)
	return s
}

// Create implements [record.Store].
func (s *Store) Create(ctx context.Context, r record.Record) error {
	r.Version = 0
	if len(r.Words) == 0 {
		return s.put(ctx, r)
	}
	err := s.setWith(ctx, []record.Record{r}, map[string]values{r.ID: nil})
	if errors.Is(err, record.ErrConflict) {
		return record.ErrExists
	}
	return err
}

// Update implements [record.Store].
func (s *Store) Update(ctx context.Context, r record.Record) error {
	if r.Version == 0 { // no record has it
		r.Version = -1
	}
	return s.put(ctx, r)
}

// sameKind is the condition of an update.
const sameKind = "version = :was and (kind = :kind or attribute_not_exists(kind))"

// putting is a request that writes a record, if it is at its version: if that is 0, not there. With
// sameWords it must be found by the same words as before.
func putting(r record.Record, write string, sameWords bool) request {
	in := request{ConditionExpression: "attribute_not_exists(id)"}
	if r.Version == 0 && sameWords && len(r.Words) > 0 {
		in.ConditionExpression += " and words = :words" // never: a new record has none
		in.ExpressionAttributeValues = values{":words": {S: aws.String(wordsOf(r))}}
	}
	if r.Version != 0 {
		in.ConditionExpression = sameKind
		in.ExpressionAttributeValues = values{":was": number(r.Version), ":kind": {S: aws.String(string(r.Kind))}}
		switch words := wordsOf(r); {
		case !sameWords:
		case words == "":
			in.ConditionExpression += " and attribute_not_exists(words)"
		default:
			in.ConditionExpression += " and words = :words"
			in.ExpressionAttributeValues[":words"] = value{S: &words}
		}
	}
	r.Version++
	in.Item = item(r, write)
	return in
}

// put writes the whole item, if the record is at its version.
func (s *Store) put(ctx context.Context, r record.Record) error {
	if err := r.Check(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("dynamo: PutItem: %w", err)
	}
	// Once it is on its way, giving up would leave it to happen at any later moment, unknown to its
	// caller.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	write := rand.Text()
	out, err := s.call(ctx, "PutItem", putting(r, write, true))
	if !errors.Is(err, conditionFailed) {
		return err
	}
	// Stand-ins and old tables do not give the item with the refusal, so it is read.
	there, err := s.read(ctx, r.ID)
	switch {
	case err != nil && out.again:
		return errUnknown
	case err != nil:
		return err
	case there != nil && text(there["write"]) == write:
		return nil
	case r.Version == 0:
		return record.ErrExists
	case there == nil:
		return record.ErrNotFound
	case text(there[words]) != wordsOf(r):
		return s.setWith(ctx, []record.Record{r}, map[string]values{r.ID: there})
	}
	return record.ErrConflict
}

// UpdateAll implements [record.Store].
func (s *Store) UpdateAll(ctx context.Context, all ...record.Record) error {
	if err := record.CheckSet(all); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("dynamo: TransactWriteItems: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := s.set(ctx, all, nil) // mostly no words change
	if !errors.Is(err, record.ErrConflict) {
		return err
	}
	were, changed := map[string]values{}, false
	for _, r := range all {
		there, failed := s.read(ctx, r.ID)
		if failed != nil {
			return err
		}
		were[r.ID] = there
		changed = changed || text(there[words]) != wordsOf(r)
	}
	if !changed {
		return err
	}
	return s.setWith(ctx, all, were)
}

// setWith writes records together with the items of the words that change. were are the items of
// the records as they were just read.
func (s *Store) setWith(ctx context.Context, all []record.Record, were map[string]values) error {
	for _, r := range all {
		if err := r.Check(); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("dynamo: TransactWriteItems: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return s.set(ctx, all, were)
}

// set is one transaction of records; were is nil if none is to be found by other words than before.
func (s *Store) set(ctx context.Context, all []record.Record, were map[string]values) error {
	write := rand.Text()
	in := request{ClientRequestToken: write}
	for _, r := range all {
		put := putting(r, write, were == nil)
		put.TableName = s.table
		in.TransactItems = append(in.TransactItems, transactItem{Put: &put})
		if were != nil {
			in.TransactItems = append(in.TransactItems, s.reword(text(were[r.ID][words]), r)...)
		}
	}
	if len(in.TransactItems) > mostItems {
		return record.ErrTooLarge
	}
	out, err := s.call(ctx, "TransactWriteItems", in)
	if !errors.Is(err, conditionFailed) {
		return err
	}
	if !out.again {
		return record.ErrConflict
	}
	// An earlier try may have written the set. DynamoDB knows its token for some minutes, stand-ins
	// may not. One record of the set that has it shows that all had; one that is at no later
	// version shows that the set was never written.
	never := false
	for _, r := range all {
		there, err := s.read(ctx, r.ID)
		if err != nil {
			return errUnknown
		}
		if text(there["write"]) == write {
			return nil
		}
		version := int64(0)
		if there != nil {
			if version, err = integer(there["version"]); err != nil {
				return err
			}
		}
		never = never || there != nil && version <= r.Version+1
	}
	if !never {
		return errUnknown
	}
	return record.ErrConflict
}

// Get implements [record.Store].
func (s *Store) Get(ctx context.Context, id string) (record.Record, error) {
	there, err := s.read(ctx, id)
	if err != nil {
		return record.Record{}, err
	}
	if there == nil {
		return record.Record{}, record.ErrNotFound
	}
	return decode(there)
}

func (s *Store) read(ctx context.Context, id string) (values, error) {
	out, err := s.call(ctx, "GetItem", request{Key: values{Key: {S: &id}}, ConsistentRead: true})
	return out.Item, err
}

// IDs implements [record.Store]. The order is that of the table's partitions. A scan reads the
// records whole, so this is for what is done seldom.
func (s *Store) IDs(ctx context.Context, after string, n int) ([]record.Entry, error) {
	var entries []record.Entry
	scan := request{ProjectionExpression: Key + ", " + Kind, ConsistentRead: true}
	if after != "" {
		scan.ExclusiveStartKey = values{Key: {S: &after}}
	}
	for len(entries) < n {
		scan.Limit = n - len(entries)
		page, err := s.call(ctx, "Scan", scan)
		if err != nil {
			return nil, err
		}
		for _, there := range page.Items {
			if kind := kindOf(there); kind != wordKind {
				entries = append(entries, record.Entry{ID: text(there[Key]), Kind: kind})
			}
		}
		if scan.ExclusiveStartKey = page.LastEvaluatedKey; page.LastEvaluatedKey == nil {
			break
		}
	}
	return entries, nil
}

// Due implements [record.Store]. The index is read shard by shard, each to n at most.
func (s *Store) Due(ctx context.Context, kinds []record.Kind, at time.Time, n int) ([]record.Entry, error) {
	type entry struct {
		record.Entry
		due int64
	}
	var all []entry
	for _, shard := range shardsOf(kinds) {
		query := request{
			IndexName: s.index, Limit: n, KeyConditionExpression: "due_shard = :shard and due <= :at",
			ExpressionAttributeValues: values{":shard": {S: &shard}, ":at": number(at.UnixMilli())},
		}
		for found := 0; found < n; {
			page, err := s.call(ctx, "Query", query)
			if err != nil {
				return nil, err
			}
			for _, there := range page.Items {
				due, err := integer(there[Due])
				if err != nil {
					return nil, err
				}
				if e := dueEntry(there); slices.Contains(kinds, e.Kind) {
					all = append(all, entry{e, due})
					found++
				}
			}
			if query.ExclusiveStartKey = page.LastEvaluatedKey; page.LastEvaluatedKey == nil {
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.due, b.due) })
	var entries []record.Entry
	for _, e := range all[:min(n, len(all))] {
		entries = append(entries, e.Entry)
	}
	return entries, nil
}

// Waiting implements [record.Store].
func (s *Store) Waiting(ctx context.Context, at time.Time) (map[record.Kind]int, error) {
	waiting := map[record.Kind]int{}
	scan := request{IndexName: s.index, FilterExpression: "due <= :at",
		ExpressionAttributeValues: values{":at": number(at.UnixMilli())}}
	for {
		page, err := s.call(ctx, "Scan", scan)
		if err != nil {
			return nil, err
		}
		for _, there := range page.Items {
			waiting[dueEntry(there).Kind]++
		}
		if scan.ExclusiveStartKey = page.LastEvaluatedKey; page.LastEvaluatedKey == nil {
			return waiting, nil
		}
	}
}

// dueEntry names a record that stands in the index of what is due.
func dueEntry(there values) record.Entry {
	e := record.Entry{ID: text(there[Key]), Kind: record.KindOf(text(there[Key]))}
	if e.Kind == "" {
		e.Kind = record.Kind(text(there[DueShard]))
	}
	return e
}

// shardsOf are the keys under which due records of the kinds stand.
func shardsOf(kinds []record.Kind) (all []string) {
	for _, k := range kinds {
		if !k.First() {
			all = append(all, string(k))
		} else if !slices.Contains(all, "0") {
			for i := range shards {
				all = append(all, strconv.Itoa(i))
			}
		}
	}
	return all
}

// Delete implements [record.Store].
func (s *Store) Delete(ctx context.Context, id string, version int64) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("dynamo: DeleteItem: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	one := request{Key: values{Key: {S: &id}}, ConditionExpression: "version = :was and attribute_not_exists(words)",
		ExpressionAttributeValues: values{":was": number(version)}}
	out, err := s.call(ctx, "DeleteItem", one)
	if !errors.Is(err, conditionFailed) {
		return err
	}
	there, err := s.read(ctx, id)
	switch {
	case err != nil && out.again:
		return errUnknown
	case err != nil:
		return err
	case there == nil && out.again:
		return nil
	case there == nil:
		return record.ErrNotFound
	}
	if is, err := integer(there["version"]); err != nil || is != version {
		return cmp.Or(err, record.ErrConflict)
	}
	one.TableName, one.ConditionExpression = s.table, "version = :was"
	_, err = s.call(ctx, "TransactWriteItems", request{ClientRequestToken: rand.Text(),
		TransactItems: append(s.reword(text(there[words]), record.Record{ID: id, Kind: kindOf(there)}),
			transactItem{Delete: &one})})
	if errors.Is(err, conditionFailed) {
		return record.ErrConflict
	}
	return err
}

// List implements [record.Store].
func (s *Store) List(ctx context.Context, r record.Range) ([]record.Record, error) {
	low, high := "0", ":" // before and behind all digits, with which places begin
	if !r.Until.IsZero() {
		high = r.Until.Add(time.Millisecond).UTC().Format(since) // before all places of that millisecond
	}
	after := ""
	if r.After.ID != "" {
		after = place(r.After.Since, r.After.ID)
		if r.Newest {
			high = min(high, after)
		} else {
			low = after
		}
	}
	if r.Shelf == "" || low > high || r.Max == 0 { // which DynamoDB refuses
		return nil, nil
	}
	most := r.Max
	if after != "" && most < math.MaxInt {
		most++ // both ends belong to what is asked for
	}
	q := request{
		IndexName: ShelfIndex, KeyConditionExpression: "shelf = :shelf and place between :low and :high",
		ExpressionAttributeValues: values{":shelf": {S: aws.String(keyed(r.Kind, r.Shelf))}, ":low": {S: &low},
			":high": {S: &high}},
		ScanIndexForward: aws.Bool(!r.Newest),
	}
	if r.Part != "" {
		q.IndexName, q.KeyConditionExpression = PartIndex, "part = :shelf and place between :low and :high"
		q.ExpressionAttributeValues[":shelf"] = value{S: aws.String(partKey(r.Kind, r.Shelf, r.Part))}
	}
	all, err := s.query(ctx, r.Kind, most, r.Has, q)
	if after != "" {
		all = slices.DeleteFunc(all, func(l record.Record) bool { return place(l.Since, l.ID) == after })
	}
	return all[:min(r.Max, len(all))], err
}

// Count implements [record.Store]. It reads what it counts.
func (s *Store) Count(ctx context.Context, r record.Range) (int, error) {
	r.Max = math.MaxInt
	all, err := s.List(ctx, r)
	return len(all), err
}

// Find implements [record.Store].
func (s *Store) Find(ctx context.Context, kind record.Kind, by record.Field, value string) ([]record.Record, error) {
	if value == "" {
		return nil, nil
	}
	value = keyed(kind, value)
	q := request{IndexName: EmailIndex, KeyConditionExpression: "email = :value",
		ExpressionAttributeValues: values{":value": {S: &value}}}
	if by == record.ByNumber {
		q.IndexName, q.KeyConditionExpression = GMCIndex, "gmc = :value"
	}
	return s.query(ctx, kind, math.MaxInt, nil, q)
}

// partKey is the key of a part of a shelf in its index.
func partKey(kind record.Kind, shelf, part string) string { return keyed(kind, shelf) + "|" + part }

// keyed is the key of a kind in an index.
func keyed(kind record.Kind, key string) string {
	if kind.First() || key == "" {
		return key
	}
	return string(kind) + "|" + key
}

// query reads an index of lists: at least so many records of the kind, if there are, whose brief
// has the bytes.
func (s *Store) query(ctx context.Context, kind record.Kind, most int, has []byte, q request) ([]record.Record, error) {
	var all []record.Record
	for len(all) < most {
		if most < math.MaxInt && len(has) == 0 {
			q.Limit = most - len(all)
		}
		page, err := s.call(ctx, "Query", q)
		if err != nil {
			return nil, err
		}
		for _, there := range page.Items {
			r, err := listed(there, kind)
			if err != nil {
				return nil, err
			}
			if bytes.Contains(r.Brief, has) && (!kind.First() || kind == record.KindOf(r.ID)) {
				all = append(all, r)
			}
		}
		if q.ExclusiveStartKey = page.LastEvaluatedKey; page.LastEvaluatedKey == nil {
			break
		}
	}
	return all, nil
}

// Expire implements [record.Store]. It reads the whole table.
func (s *Store) Expire(ctx context.Context, kinds []record.Kind, at time.Time, n int) (int, error) {
	const condition = "expires_ms <= :at"
	with := values{":at": number(at.UnixMilli())}
	removed := 0
	for scan := (request{FilterExpression: condition, ExpressionAttributeValues: with,
		ProjectionExpression: Key + ", " + Kind}); removed < n; {
		page, err := s.call(ctx, "Scan", scan)
		if err != nil {
			return removed, err
		}
		for _, there := range page.Items {
			if removed == n || !slices.Contains(kinds, kindOf(there)) {
				continue
			}
			_, err := s.call(ctx, "DeleteItem",
				request{Key: values{Key: there[Key]}, ConditionExpression: condition + " and attribute_not_exists(words)",
					ExpressionAttributeValues: with})
			if errors.Is(err, conditionFailed) {
				err = s.expireFound(ctx, text(there[Key]), at)
			}
			switch {
			case errors.Is(err, record.ErrConflict), errors.Is(err, record.ErrNotFound):
				// somebody else removed it, or moved its time
			case err != nil:
				return removed, err
			default:
				removed++
			}
		}
		if scan.ExclusiveStartKey = page.LastEvaluatedKey; page.LastEvaluatedKey == nil {
			break
		}
	}
	return removed, nil
}

// expireFound removes a record whose time is over and that is found by words.
func (s *Store) expireFound(ctx context.Context, id string, at time.Time) error {
	r, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if r.Expires.IsZero() || r.Expires.After(at) {
		return record.ErrConflict
	}
	return s.Delete(ctx, id, r.Version)
}

// item is a record as the table keeps it.
func item(r record.Record, write string) values {
	m := values{Key: {S: &r.ID}, "version": number(r.Version), "write": {S: &write}}
	for name, s := range map[string]string{
		Kind: string(r.Kind), "status": r.Status, "course": r.Course,
		Shelf: keyed(r.Kind, r.Shelf), GMC: keyed(r.Kind, r.Number), Email: keyed(r.Kind, r.Email),
		words: wordsOf(r),
	} {
		if s != "" {
			m[name] = value{S: &s}
		}
	}
	if r.Part != "" {
		m[Part] = value{S: aws.String(partKey(r.Kind, r.Shelf, r.Part))}
	}
	if r.Shelf != "" {
		m[Place] = value{S: aws.String(place(r.Since, r.ID))}
	}
	if len(r.Brief) > 0 {
		m["brief"] = value{B: r.Brief}
	}
	if !r.Due.IsZero() {
		m[Due] = number(r.Due.UnixMilli())
		m[DueShard] = value{S: aws.String(string(r.Kind))}
		if r.Kind.First() {
			m[DueShard] = value{S: aws.String(strconv.Itoa(int(crc32.ChecksumIEEE([]byte(r.ID)) % shards)))}
		}
	}
	if !r.Expires.IsZero() {
		m["expires_ms"] = number(r.Expires.UnixMilli())
		if r.Status == record.Marked {
			m[TimeToLive] = number(r.Expires.Add(time.Second - 1).Unix())
		}
	}
	if len(r.Data) > 0 {
		m["data"] = value{B: r.Data}
	}
	return m
}

// place is that of a record on its shelf, as text in the order of lists.
func place(t time.Time, id string) string { return t.UTC().Format(since) + " " + id }

// decode is what an item keeps.
func decode(m values) (record.Record, error) {
	r, err := listed(m, kindOf(m))
	if err != nil {
		return record.Record{}, err
	}
	r.Data = m["data"].B
	r.Part = strings.TrimPrefix(text(m[Part]), partKey(r.Kind, r.Shelf, ""))
	if r.Came, r.Words, err = found(text(m[words])); err != nil {
		return record.Record{}, err
	}
	if r.Version, err = integer(m["version"]); err != nil {
		return record.Record{}, err
	}
	for name, t := range map[string]*time.Time{Due: &r.Due, "expires_ms": &r.Expires} {
		v, there := m[name]
		if !there {
			continue
		}
		ms, err := integer(v)
		if err != nil {
			return record.Record{}, err
		}
		*t = time.UnixMilli(ms).UTC()
	}
	return r, nil
}

// kindOf is the kind of the record that an item keeps.
func kindOf(m values) record.Kind {
	if k := text(m[Kind]); k != "" {
		return record.Kind(k)
	}
	return record.KindOf(text(m[Key]))
}

// listed is what an item, or its entry in an index, says in lists.
func listed(m values, kind record.Kind) (record.Record, error) {
	key := func(name string) string {
		if kind.First() {
			return text(m[name])
		}
		return strings.TrimPrefix(text(m[name]), string(kind)+"|")
	}
	r := record.Record{
		ID: text(m[Key]), Kind: kind, Status: text(m["status"]), Course: text(m["course"]),
		Shelf: key(Shelf), Number: key(GMC), Email: key(Email), Brief: m["brief"].B,
	}
	if r.Shelf != "" {
		begins, _, _ := strings.Cut(text(m[Place]), " ")
		var err error
		if r.Since, err = time.Parse(since, begins); err != nil {
			return record.Record{}, errForeign
		}
	}
	return r, nil
}

// errUnknown: an earlier try may have written, and reading what is there failed, too.
var errUnknown = errors.New("dynamo: what became of a write is not known")

// errForeign says nothing of what the item has.
var errForeign = errors.New("dynamo: an item is not one of the hub's")

func number(n int64) value { return value{N: aws.String(strconv.FormatInt(n, 10))} }

func integer(v value) (int64, error) {
	if v.N != nil {
		if i, err := strconv.ParseInt(*v.N, 10, 64); err == nil {
			return i, nil
		}
	}
	return 0, errForeign
}

func text(v value) string {
	if v.S == nil {
		return ""
	}
	return *v.S
}
