// Package dynamo keeps applications in one DynamoDB table: the [intake.Store] of a hub on AWS.
//
// Each record is one item, and each write one conditional put or delete of that item. Nothing needs a transaction.
// The attributes are:
//
//	id          S  the table's key: the reference
//	version     N
//	status      S  for lists; not there if empty, as course and data
//	course      S
//	due         N  Unix time in milliseconds; not there if no letter is owed
//	due_shard   S  "0" to "3", from the id; there if due is
//	expires     N  Unix time in seconds, rounded up: the table's time to live
//	expires_ms  N  the same in milliseconds
//	data        B
//	write       S  random, new with each write
//
// The index of due records has due_shard and due as its key and holds only items that have them. It is spread over a few
// partitions because one takes 1,000 writes a second, and every application that is sent writes to it.
//
// A write whose answer is lost is made again, and then fails on its own first try. "write" tells that from a
// rival: such a write is a success. A write that has begun is not given up when its context ends. Reads are strongly consistent, except of the index, which follows within about a second.
//
// On AWS the table's time to live removes what has expired, and nobody calls Expire: it reads the whole table. Removal is
// late by up to days, so the callers in package intake ask for the time themselves.
//
// Errors of a table that refuses or throttles wrap [intake.ErrBusy]. None contains more than the names of the call
// and of the error, since AWS can quote what was sent.
package dynamo

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"traininghub/internal/intake"
)

// Names that the table's definition repeats.
const (
	Key        = "id"
	DueShard   = "due_shard"
	Due        = "due"
	TimeToLive = "expires"
)

// shards is how many partitions the index of due records is spread over. It can grow, but not shrink while
// records are due.
const shards = 4

// patience is how long a write may take with all tries. A handler's own time limit must be longer.
const patience = 8 * time.Second

// A Store is an [intake.Store] in a DynamoDB table. Its methods may be called from several goroutines.
type Store struct {
	table, index string

	config   aws.Config
	endpoint string
	http     aws.HTTPClient
	signer   *v4.Signer
}

var _ intake.Store = (*Store)(nil)

// New returns a store in the table, whose index of due records has the given name. It makes no call.
func New(c aws.Config, table, index string) *Store {
	s := &Store{table: table, index: index}
	s.reach(c)
	return s
}

// Create implements [intake.Store].
func (s *Store) Create(ctx context.Context, r intake.Record) error {
	r.Version = 1
	return s.put(ctx, r, "attribute_not_exists(id)", nil)
}

// Update implements [intake.Store].
func (s *Store) Update(ctx context.Context, r intake.Record) error {
	was := number(r.Version)
	r.Version++
	return s.put(ctx, r, "version = :was", values{":was": was})
}

// put writes the whole item, if the condition holds.
func (s *Store) put(ctx context.Context, r intake.Record, condition string, with values) error {
	if len(r.Data) > intake.MaxRecord {
		return intake.ErrTooLarge
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("dynamo: PutItem: %w", err)
	}
	// Once it is on its way, giving up would leave it to happen at any later moment, unknown to its caller.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	write := rand.Text()
	_, err := s.call(ctx, "PutItem", request{Item: item(r, write), ConditionExpression: condition, ExpressionAttributeValues: with})
	if !errors.Is(err, conditionFailed) {
		return err
	}
	// Stand-ins and old tables do not give the item with the refusal, so it is read.
	there, err := s.read(ctx, r.ID)
	switch {
	case err != nil:
		return err
	case there != nil && text(there["write"]) == write:
		return nil
	case with == nil:
		return intake.ErrExists
	case there == nil:
		return intake.ErrNotFound
	}
	return intake.ErrConflict
}

// Get implements [intake.Store].
func (s *Store) Get(ctx context.Context, id string) (intake.Record, error) {
	there, err := s.read(ctx, id)
	if err != nil {
		return intake.Record{}, err
	}
	if there == nil {
		return intake.Record{}, intake.ErrNotFound
	}
	return record(there)
}

func (s *Store) read(ctx context.Context, id string) (values, error) {
	out, err := s.call(ctx, "GetItem", request{Key: values{Key: {S: &id}}, ConsistentRead: true})
	return out.Item, err
}

// IDs implements [intake.Store]. The order is that of the table's partitions. A scan reads the records whole, so this is for
// what is done seldom.
func (s *Store) IDs(ctx context.Context, after string, n int) ([]string, error) {
	var ids []string
	scan := request{ProjectionExpression: Key, ConsistentRead: true}
	if after != "" {
		scan.ExclusiveStartKey = values{Key: {S: &after}}
	}
	for len(ids) < n {
		scan.Limit = n - len(ids)
		page, err := s.call(ctx, "Scan", scan)
		if err != nil {
			return nil, err
		}
		for _, there := range page.Items {
			ids = append(ids, text(there[Key]))
		}
		if scan.ExclusiveStartKey = page.LastEvaluatedKey; page.LastEvaluatedKey == nil {
			break
		}
	}
	return ids, nil
}

// Due implements [intake.Store]. The index is read shard by shard, each to n at most.
func (s *Store) Due(ctx context.Context, at time.Time, n int) ([]string, error) {
	type entry struct {
		id  string
		due int64
	}
	var all []entry
	for shard := 0; shard < shards && n > 0; shard++ {
		query := request{
			IndexName: s.index, Limit: n, KeyConditionExpression: "due_shard = :shard and due <= :at",
			ExpressionAttributeValues: values{":shard": {S: aws.String(strconv.Itoa(shard))}, ":at": number(at.UnixMilli())},
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
				all = append(all, entry{text(there[Key]), due})
			}
			if found += len(page.Items); page.LastEvaluatedKey == nil {
				break
			}
			query.ExclusiveStartKey = page.LastEvaluatedKey
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.due, b.due) })
	var ids []string
	for _, e := range all[:min(n, len(all))] {
		ids = append(ids, e.id)
	}
	return ids, nil
}

// Delete implements [intake.Store].
func (s *Store) Delete(ctx context.Context, id string, version int64) error {
	return errors.ErrUnsupported
}

// List implements [intake.Store].
func (s *Store) List(ctx context.Context, r intake.Range) ([]intake.Record, error) {
	return nil, errors.ErrUnsupported
}

// Find implements [intake.Store].
func (s *Store) Find(ctx context.Context, by intake.Field, value string) ([]intake.Record, error) {
	return nil, errors.ErrUnsupported
}

// Expire implements [intake.Store]. It reads the whole table: for small ones, and for what has no time to live.
func (s *Store) Expire(ctx context.Context, at time.Time, n int) (int, error) {
	const condition = "expires_ms <= :at"
	with := values{":at": number(at.UnixMilli())}
	removed := 0
	for scan := (request{FilterExpression: condition, ExpressionAttributeValues: with, ProjectionExpression: Key}); removed < n; {
		page, err := s.call(ctx, "Scan", scan)
		if err != nil {
			return removed, err
		}
		for _, there := range page.Items[:min(n-removed, len(page.Items))] {
			_, err := s.call(ctx, "DeleteItem", request{Key: values{Key: there[Key]}, ConditionExpression: condition, ExpressionAttributeValues: with})
			switch {
			case errors.Is(err, conditionFailed): // somebody else removed it, or moved its time
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

// item is a record as the table keeps it.
func item(r intake.Record, write string) values {
	m := values{Key: {S: &r.ID}, "version": number(r.Version), "write": {S: &write}}
	if r.Status != "" {
		m["status"] = value{S: &r.Status}
	}
	if r.Course != "" {
		m["course"] = value{S: &r.Course}
	}
	if !r.Due.IsZero() {
		m[Due] = number(r.Due.UnixMilli())
		m[DueShard] = value{S: aws.String(strconv.Itoa(int(crc32.ChecksumIEEE([]byte(r.ID)) % shards)))}
	}
	if !r.Expires.IsZero() {
		m["expires_ms"] = number(r.Expires.UnixMilli())
		m[TimeToLive] = number(r.Expires.Add(time.Second - 1).Unix())
	}
	if len(r.Data) > 0 {
		m["data"] = value{B: r.Data}
	}
	return m
}

// record is what an item keeps.
func record(m values) (intake.Record, error) {
	r := intake.Record{ID: text(m[Key]), Status: text(m["status"]), Course: text(m["course"]), Data: m["data"].B}
	var err error
	if r.Version, err = integer(m["version"]); err != nil {
		return intake.Record{}, err
	}
	for name, t := range map[string]*time.Time{Due: &r.Due, "expires_ms": &r.Expires} {
		v, there := m[name]
		if !there {
			continue
		}
		ms, err := integer(v)
		if err != nil {
			return intake.Record{}, err
		}
		*t = time.UnixMilli(ms).UTC()
	}
	return r, nil
}

func number(n int64) value { return value{N: aws.String(strconv.FormatInt(n, 10))} }

func integer(v value) (int64, error) {
	if v.N != nil {
		if i, err := strconv.ParseInt(*v.N, 10, 64); err == nil {
			return i, nil
		}
	}
	return 0, errors.New("dynamo: an item is not one of the hub's")
}

func text(v value) string {
	if v.S == nil {
		return ""
	}
	return *v.S
}
