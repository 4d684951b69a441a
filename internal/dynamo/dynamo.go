// Package dynamo keeps applications in one DynamoDB table: the [record.Store] of a hub on AWS.
//
// Each record is one item, and each write is one conditional put or delete of that item. Only
// UpdateAll is a transaction, of such puts; it needs no further IAM permissions. The script
// testdata/moto/run.sh checks the meaning of its conditions, reasons and limits with moto's server.
// The attributes are:
//
//	id          S  the table's key: the reference
//	kind        S  missing in items older than kinds, where the id says it
//	version     N
//	status      S  for lists; missing if empty, like course and data
//	course      S
//	due         N  Unix time in milliseconds; missing if nothing falls due
//	due_shard   S  if due is set: "0" to "3", from the id, for the first kinds ([record.Kind.First]);
//	               for others the kind
//	expires     N  Unix time in seconds, rounded up: the table's time to live; only if the record is
//	               marked for removal
//	expires_ms  N  the same in milliseconds, for every record that expires
//	data        B
//	write       S  random, new with each write
//	shelf       S  the list that shows the record; missing if empty, like those below; with "KIND|"
//	               in front except for the first kinds, like gmc and email
//	place       S  "2021-09-20T12:00:00.123Z ID": since and the id, in the order of lists; only with
//	               shelf
//	part        S  the shelf, "|" and the part
//	gmc         S
//	email       S
//	brief       B
//	words       S  the place, course and words by which Search finds the record; see word.go
//
// The index of due records has due_shard and due as its key, and holds only items that have both.
// For applications it is spread over a few partitions, because a partition takes 1,000 writes a
// second, and every sent application writes to it. Each later kind has its own keys in all indexes,
// so that only a program that asks for the kind comes across it, and never one older than the kind.
// The indexes of lists have as their keys shelf and place, part and place, gmc and id, email and
// id. They hold what a line of a list needs and no data. So a write that changes none of that costs
// nothing there.
//
// A transaction that conflicts with another is tried again for a moment; then it is busy. The same
// can happen to a write of one record that conflicts with a transaction.
//
// A write whose answer is lost is made again, and then fails because of its own first try. The
// attribute write tells that from a rival, and such a write is a success. If a record is gone,
// nobody can tell who deleted it, so a delete is a success, too. A write that has begun is not
// given up when its context ends. Reads are strongly consistent, except those of the indexes, which
// follow within about a second.
//
// On AWS the table's time to live removes records marked for removal ([record.Marked]) if nobody
// else has. Expire removes all other records that expire. It reads the whole table, and is called
// once a day, behind the brake. Both can be late, so callers check the time themselves.
//
// Errors of a table that refuses or throttles wrap [record.ErrBusy]. Errors contain only the names
// of the call and of AWS's error, since AWS can quote what was sent.
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
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"traininghub/internal/record"
)

// Names that the definition of the table has, too.
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

// Listed are the attributes that the indexes of lists have besides keys.
var Listed = []string{"status", "course", Shelf, Place, GMC, Email, "brief"}

// since is the format of the start of place: text that sorts by time, for the years 0 to 9999.
const since = "2006-01-02T15:04:05.000Z"

// shards is the number of partitions for the index of due records. It can grow, but it cannot
// shrink while records are due.
const shards = 4

// patience is how long a write may take with all its tries. A handler's own time limit must be
// longer.
const patience = 8 * time.Second

// A Store is a [record.Store] in a DynamoDB table. Its methods may be called from several
// goroutines.
type Store struct {
	table, index string
	client       *dynamodb.Client
}

var _ record.Store = (*Store)(nil)

// New returns a store in the table, whose index of due records has the given name. It makes no
// call.
func New(c aws.Config, table, index string) *Store {
	return &Store{table: table, index: index, client: client(c)}
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
	if r.Version == 0 { // no stored record has version 0
		r.Version = -1
	}
	return s.put(ctx, r)
}

// sameKind is the condition of an update.
const sameKind = "version = :was and (kind = :kind or attribute_not_exists(kind))"

// putting is the write of a record that must still be at its version; a record with version 0 must
// not exist yet. With sameWords, the words by which it is found must be unchanged, too.
func (s *Store) putting(r record.Record, write string, sameWords bool) *types.Put {
	condition, with := "attribute_not_exists(id)", values{}
	if r.Version == 0 && sameWords && len(r.Words) > 0 {
		condition += " and words = :words" // never true: a new record has none
		with[":words"] = str(wordsOf(r))
	}
	if r.Version != 0 {
		condition = sameKind
		with[":was"], with[":kind"] = number(r.Version), str(string(r.Kind))
		switch words := wordsOf(r); {
		case !sameWords:
		case words == "":
			condition += " and attribute_not_exists(words)"
		default:
			condition += " and words = :words"
			with[":words"] = str(words)
		}
	}
	if len(with) == 0 {
		with = nil // DynamoDB refuses it if it is there and empty
	}
	r.Version++
	return &types.Put{TableName: &s.table, Item: item(r, write), ConditionExpression: &condition, ExpressionAttributeValues: with}
}

// put writes the whole item if the record is still at its version.
func (s *Store) put(ctx context.Context, r record.Record) error {
	if err := r.Check(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("dynamo: PutItem: %w", err)
	}
	// Once the call has been sent, giving up would let the write happen at any later moment,
	// without its caller's knowledge.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	write := rand.Text()
	put := s.putting(r, write, true)
	_, again, err := call(ctx, s.client.PutItem, &dynamodb.PutItemInput{TableName: put.TableName, Item: put.Item,
		ConditionExpression: put.ConditionExpression, ExpressionAttributeValues: put.ExpressionAttributeValues})
	if !errors.Is(err, conditionFailed) {
		return err
	}
	// Stand-ins and old tables do not return the item with the refusal, so it is read.
	there, err := s.read(ctx, r.ID)
	switch {
	case err != nil && again:
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
	err := s.set(ctx, all, nil) // usually no words change
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

// set writes records in one transaction. were is nil if the words by which they are found stay the
// same.
func (s *Store) set(ctx context.Context, all []record.Record, were map[string]values) error {
	write := rand.Text()
	in := &dynamodb.TransactWriteItemsInput{ClientRequestToken: &write}
	for _, r := range all {
		in.TransactItems = append(in.TransactItems, types.TransactWriteItem{Put: s.putting(r, write, were == nil)})
		if were != nil {
			in.TransactItems = append(in.TransactItems, s.reword(text(were[r.ID][words]), r)...)
		}
	}
	if len(in.TransactItems) > mostItems {
		return record.ErrTooLarge
	}
	_, again, err := call(ctx, s.client.TransactWriteItems, in)
	if !errors.Is(err, conditionFailed) {
		return err
	}
	if !again {
		return record.ErrConflict
	}
	// An earlier try may have written the set. DynamoDB knows the token of a transaction for some
	// minutes; stand-ins may not. If one record of the set has the token, all were written. If one
	// is not at a later version, none was ever written.
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
	out, _, err := call(ctx, s.client.GetItem, &dynamodb.GetItemInput{TableName: &s.table, Key: values{Key: str(id)},
		ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

// Records implements [record.Store]. A part is a segment of a scan, which is read one megabyte at a
// time. The items for search are read, paid for, and left out.
func (s *Store) Records(ctx context.Context, part, parts int, after string) ([]record.Record, string, error) {
	scan := &dynamodb.ScanInput{TableName: &s.table, ConsistentRead: aws.Bool(true),
		Segment: aws.Int32(int32(part)), TotalSegments: aws.Int32(int32(parts))}
	if after != "" {
		scan.ExclusiveStartKey = values{Key: str(after)}
	}
	page, _, err := call(ctx, s.client.Scan, scan)
	if err != nil {
		return nil, "", err
	}
	var some []record.Record
	for _, there := range page.Items {
		if kindOf(there) == wordKind {
			continue
		}
		r, err := decode(there)
		if err != nil {
			return nil, "", err
		}
		some = append(some, r)
	}
	return some, text(page.LastEvaluatedKey[Key]), nil
}

// Size is the number of items in the table and their size in bytes, including the items for search.
// DynamoDB counts them every six hours.
func (s *Store) Size(ctx context.Context) (items, bytes int64, err error) {
	out, _, err := call(ctx, s.client.DescribeTable, &dynamodb.DescribeTableInput{TableName: &s.table})
	if err != nil {
		return 0, 0, err
	}
	return aws.ToInt64(out.Table.ItemCount), aws.ToInt64(out.Table.TableSizeBytes), nil
}

// Due implements [record.Store]. It reads at most n entries of each shard of the index.
func (s *Store) Due(ctx context.Context, kinds []record.Kind, at time.Time, n int) ([]record.Entry, error) {
	type entry struct {
		record.Entry
		due int64
	}
	var all []entry
	for _, shard := range shardsOf(kinds) {
		query := &dynamodb.QueryInput{TableName: &s.table, IndexName: &s.index, Limit: limit(n),
			KeyConditionExpression:    aws.String("due_shard = :shard and due <= :at"),
			ExpressionAttributeValues: values{":shard": str(shard), ":at": number(at.UnixMilli())},
		}
		for found := 0; found < n; {
			page, _, err := call(ctx, s.client.Query, query)
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
	scan := &dynamodb.ScanInput{TableName: &s.table, IndexName: &s.index, FilterExpression: aws.String("due <= :at"),
		ExpressionAttributeValues: values{":at": number(at.UnixMilli())}}
	for {
		page, _, err := call(ctx, s.client.Scan, scan)
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

// dueEntry names a record in the index of due records.
func dueEntry(there values) record.Entry {
	e := record.Entry{ID: text(there[Key]), Kind: record.KindOf(text(there[Key]))}
	if e.Kind == "" {
		e.Kind = record.Kind(text(there[DueShard]))
	}
	return e
}

// shardsOf are the keys of the kinds in the index of due records.
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
	with := values{":was": number(version)}
	_, again, err := call(ctx, s.client.DeleteItem, &dynamodb.DeleteItemInput{TableName: &s.table, Key: values{Key: str(id)},
		ConditionExpression: aws.String("version = :was and attribute_not_exists(words)"), ExpressionAttributeValues: with})
	if !errors.Is(err, conditionFailed) {
		return err
	}
	there, err := s.read(ctx, id)
	switch {
	case err != nil && again:
		return errUnknown
	case err != nil:
		return err
	case there == nil && again:
		return nil
	case there == nil:
		return record.ErrNotFound
	}
	if is, err := integer(there["version"]); err != nil || is != version {
		return cmp.Or(err, record.ErrConflict)
	}
	_, _, err = call(ctx, s.client.TransactWriteItems, &dynamodb.TransactWriteItemsInput{ClientRequestToken: aws.String(rand.Text()),
		TransactItems: append(s.reword(text(there[words]), record.Record{ID: id, Kind: kindOf(there)}),
			types.TransactWriteItem{Delete: &types.Delete{TableName: &s.table, Key: values{Key: str(id)},
				ConditionExpression: aws.String("version = :was"), ExpressionAttributeValues: with}})})
	if errors.Is(err, conditionFailed) {
		return record.ErrConflict
	}
	return err
}

// List implements [record.Store].
func (s *Store) List(ctx context.Context, r record.Range) ([]record.Record, error) {
	low, high := "0", ":" // ":" and "0" come after and before all digits, with which places begin
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
	if r.Shelf == "" || low > high || r.Max == 0 { // DynamoDB refuses such a query
		return nil, nil
	}
	most := r.Max
	if after != "" && most < math.MaxInt {
		most++ // the range includes both ends
	}
	index, key := ShelfIndex, keyed(r.Kind, r.Shelf)
	if r.Part != "" {
		index, key = PartIndex, partKey(r.Kind, r.Shelf, r.Part)
	}
	q := &dynamodb.QueryInput{IndexName: &index, // its key has the same name
		KeyConditionExpression:    aws.String(index + " = :shelf and place between :low and :high"),
		ExpressionAttributeValues: values{":shelf": str(key), ":low": str(low), ":high": str(high)},
		ScanIndexForward:          aws.Bool(!r.Newest),
	}
	all, err := s.query(ctx, r.Kind, most, r.Has, q)
	if after != "" {
		all = slices.DeleteFunc(all, func(l record.Record) bool { return place(l.Since, l.ID) == after })
	}
	return all[:min(r.Max, len(all))], err
}

// Count implements [record.Store]. It reads what it counts.
func (s *Store) Count(ctx context.Context, r record.Range) (int, error) {
	r.Max = cmp.Or(r.Max, math.MaxInt)
	all, err := s.List(ctx, r)
	return len(all), err
}

// Find implements [record.Store].
func (s *Store) Find(ctx context.Context, kind record.Kind, by record.Field, value string) ([]record.Record, error) {
	if value == "" {
		return nil, nil
	}
	value = keyed(kind, value)
	index := EmailIndex // its key has the same name
	if by == record.ByNumber {
		index = GMCIndex
	}
	return s.query(ctx, kind, math.MaxInt, nil, &dynamodb.QueryInput{IndexName: &index,
		KeyConditionExpression:    aws.String(index + " = :value"),
		ExpressionAttributeValues: values{":value": str(value)}})
}

// partKey is the key of a part of a shelf in the index of parts.
func partKey(kind record.Kind, shelf, part string) string { return keyed(kind, shelf) + "|" + part }

// keyed is the key of a kind in an index.
func keyed(kind record.Kind, key string) string {
	if kind.First() || key == "" {
		return key
	}
	return string(kind) + "|" + key
}

// query reads an index of lists: at least most records of the kind, if there are as many, whose
// brief contains the bytes has.
func (s *Store) query(ctx context.Context, kind record.Kind, most int, has []byte, q *dynamodb.QueryInput) ([]record.Record, error) {
	q.TableName = &s.table
	var all []record.Record
	for len(all) < most {
		if most < math.MaxInt && len(has) == 0 {
			q.Limit = limit(most - len(all))
		}
		page, _, err := call(ctx, s.client.Query, q)
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
	for scan := (&dynamodb.ScanInput{TableName: &s.table, FilterExpression: aws.String(condition), ExpressionAttributeValues: with,
		ProjectionExpression: aws.String(Key + ", " + Kind)}); removed < n; {
		page, _, err := call(ctx, s.client.Scan, scan)
		if err != nil {
			return removed, err
		}
		for _, there := range page.Items {
			if removed == n || !slices.Contains(kinds, kindOf(there)) {
				continue
			}
			_, _, err := call(ctx, s.client.DeleteItem, &dynamodb.DeleteItemInput{TableName: &s.table, Key: values{Key: there[Key]},
				ConditionExpression: aws.String(condition + " and attribute_not_exists(words)"), ExpressionAttributeValues: with})
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

// expireFound removes a record that has expired and is found by words.
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

// item is a record in the form for the table.
func item(r record.Record, write string) values {
	m := values{Key: str(r.ID), "version": number(r.Version), "write": str(write)}
	for name, s := range map[string]string{
		Kind: string(r.Kind), "status": r.Status, "course": r.Course,
		Shelf: keyed(r.Kind, r.Shelf), GMC: keyed(r.Kind, r.Number), Email: keyed(r.Kind, r.Email),
		words: wordsOf(r),
	} {
		if s != "" {
			m[name] = str(s)
		}
	}
	if r.Part != "" {
		m[Part] = str(partKey(r.Kind, r.Shelf, r.Part))
	}
	if r.Shelf != "" {
		m[Place] = str(place(r.Since, r.ID))
	}
	if len(r.Brief) > 0 {
		m["brief"] = &types.AttributeValueMemberB{Value: r.Brief}
	}
	if !r.Due.IsZero() {
		m[Due] = number(r.Due.UnixMilli())
		m[DueShard] = str(string(r.Kind))
		if r.Kind.First() {
			m[DueShard] = str(strconv.Itoa(int(crc32.ChecksumIEEE([]byte(r.ID)) % shards)))
		}
	}
	if !r.Expires.IsZero() {
		m["expires_ms"] = number(r.Expires.UnixMilli())
		if r.Status == record.Marked {
			m[TimeToLive] = number(r.Expires.Add(time.Second - 1).Unix())
		}
	}
	if len(r.Data) > 0 {
		m["data"] = &types.AttributeValueMemberB{Value: r.Data}
	}
	return m
}

// place is a record's place on its shelf, as text that sorts in the order of lists.
func place(t time.Time, id string) string { return t.UTC().Format(since) + " " + id }

// decode returns the record in an item.
func decode(m values) (record.Record, error) {
	r, err := listed(m, kindOf(m))
	if err != nil {
		return record.Record{}, err
	}
	r.Data = raw(m["data"])
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

// kindOf is the kind of the record in an item.
func kindOf(m values) record.Kind {
	if k := text(m[Kind]); k != "" {
		return record.Kind(k)
	}
	return record.KindOf(text(m[Key]))
}

// listed is the part of a record that lists show, from an item or its entry in an index.
func listed(m values, kind record.Kind) (record.Record, error) {
	key := func(name string) string {
		if kind.First() {
			return text(m[name])
		}
		return strings.TrimPrefix(text(m[name]), string(kind)+"|")
	}
	r := record.Record{
		ID: text(m[Key]), Kind: kind, Status: text(m["status"]), Course: text(m["course"]),
		Shelf: key(Shelf), Number: key(GMC), Email: key(Email), Brief: raw(m["brief"]),
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

// errUnknown says that a try may have written, and that reading the record failed, too.
var errUnknown = errors.New("dynamo: what became of a write is not known")

// errForeign reveals nothing of the item.
var errForeign = errors.New("dynamo: an item is not one of the hub's")

type values = map[string]types.AttributeValue

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func integer(v types.AttributeValue) (int64, error) {
	if n, ok := v.(*types.AttributeValueMemberN); ok {
		if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return i, nil
		}
	}
	return 0, errForeign
}

// text is "" if the attribute is missing or not a text.
func text(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func raw(v types.AttributeValue) []byte {
	if b, ok := v.(*types.AttributeValueMemberB); ok {
		return b.Value
	}
	return nil
}

// limit is the number of items that a call may examine.
func limit(n int) *int32 { return aws.Int32(int32(min(n, math.MaxInt32))) }
