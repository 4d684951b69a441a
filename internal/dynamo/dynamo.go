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
// A write whose answer is lost is made again by the SDK, and then fails on its own first try. "write" tells that from a
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
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

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

// maxWait is the longest rest between two tries: a person waits for the answer.
const maxWait = 400 * time.Millisecond

// A Store is an [intake.Store] in a DynamoDB table. Its methods may be called from several goroutines.
type Store struct {
	db           *dynamodb.Client
	table, index string
}

var _ intake.Store = (*Store)(nil)

// New returns a store in the table, whose index of due records has the given name. It makes no call.
func New(c aws.Config, table, index string) *Store {
	c.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = maxWait }) // three tries
	}
	return &Store{db: dynamodb.NewFromConfig(c), table: table, index: index}
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
	return s.put(ctx, r, "version = :was", map[string]types.AttributeValue{":was": was})
}

// put writes the whole item, if the condition holds.
func (s *Store) put(ctx context.Context, r intake.Record, condition string, values map[string]types.AttributeValue) error {
	if len(r.Data) > intake.MaxRecord {
		return intake.ErrTooLarge
	}
	if err := ctx.Err(); err != nil {
		return named("PutItem", err)
	}
	// Once it is on its way, giving up would leave it to happen at any later moment, unknown to its caller.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	write := rand.Text()
	_, err := s.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &s.table, Item: item(r, write), ConditionExpression: &condition, ExpressionAttributeValues: values,
	})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return named("PutItem", err)
	}
	// Stand-ins and old tables do not give the item with the refusal, so it is read.
	there, err := s.read(ctx, r.ID)
	switch {
	case err != nil:
		return err
	case there != nil && text(there["write"]) == write:
		return nil
	case values == nil:
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

func (s *Store) read(ctx context.Context, id string) (map[string]types.AttributeValue, error) {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &s.table, Key: map[string]types.AttributeValue{Key: &types.AttributeValueMemberS{Value: id}},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, named("GetItem", err)
	}
	return out.Item, nil
}

// Due implements [intake.Store]. The index is read shard by shard, each to n at most.
func (s *Store) Due(ctx context.Context, at time.Time, n int) ([]string, error) {
	type entry struct {
		id  string
		due int64
	}
	var all []entry
	for shard := 0; shard < shards && n > 0; shard++ {
		found := 0
		for pages := dynamodb.NewQueryPaginator(s.db, &dynamodb.QueryInput{
			TableName: &s.table, IndexName: &s.index, Limit: aws.Int32(int32(n)),
			KeyConditionExpression: aws.String("due_shard = :shard and due <= :at"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":shard": &types.AttributeValueMemberS{Value: strconv.Itoa(shard)}, ":at": number(at.UnixMilli()),
			},
		}); pages.HasMorePages() && found < n; {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, named("Query", err)
			}
			for _, there := range page.Items {
				due, err := integer(there[Due])
				if err != nil {
					return nil, err
				}
				all = append(all, entry{text(there[Key]), due})
			}
			found += len(page.Items)
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.due, b.due) })
	var ids []string
	for _, e := range all[:min(n, len(all))] {
		ids = append(ids, e.id)
	}
	return ids, nil
}

// Expire implements [intake.Store]. It reads the whole table: for small ones, and for what has no time to live.
func (s *Store) Expire(ctx context.Context, at time.Time, n int) (int, error) {
	condition := aws.String("expires_ms <= :at")
	values := map[string]types.AttributeValue{":at": number(at.UnixMilli())}
	removed := 0
	for pages := dynamodb.NewScanPaginator(s.db, &dynamodb.ScanInput{
		TableName: &s.table, FilterExpression: condition, ExpressionAttributeValues: values, ProjectionExpression: aws.String(Key),
	}); pages.HasMorePages() && removed < n; {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return removed, named("Scan", err)
		}
		for _, there := range page.Items {
			if removed == n {
				break
			}
			_, err := s.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{
				TableName: &s.table, Key: map[string]types.AttributeValue{Key: there[Key]},
				ConditionExpression: condition, ExpressionAttributeValues: values,
			})
			var failed *types.ConditionalCheckFailedException
			switch {
			case errors.As(err, &failed): // somebody else removed it, or moved its time
			case err != nil:
				return removed, named("DeleteItem", err)
			default:
				removed++
			}
		}
	}
	return removed, nil
}

// item is a record as the table keeps it.
func item(r intake.Record, write string) map[string]types.AttributeValue {
	m := map[string]types.AttributeValue{
		Key:       &types.AttributeValueMemberS{Value: r.ID},
		"version": number(r.Version),
		"write":   &types.AttributeValueMemberS{Value: write},
	}
	if r.Status != "" {
		m["status"] = &types.AttributeValueMemberS{Value: r.Status}
	}
	if r.Course != "" {
		m["course"] = &types.AttributeValueMemberS{Value: r.Course}
	}
	if !r.Due.IsZero() {
		m[Due] = number(r.Due.UnixMilli())
		m[DueShard] = &types.AttributeValueMemberS{Value: strconv.Itoa(int(crc32.ChecksumIEEE([]byte(r.ID)) % shards))}
	}
	if !r.Expires.IsZero() {
		m["expires_ms"] = number(r.Expires.UnixMilli())
		m[TimeToLive] = number(r.Expires.Add(time.Second - 1).Unix())
	}
	if len(r.Data) > 0 {
		m["data"] = &types.AttributeValueMemberB{Value: r.Data}
	}
	return m
}

// record is what an item keeps.
func record(m map[string]types.AttributeValue) (intake.Record, error) {
	r := intake.Record{ID: text(m[Key]), Status: text(m["status"]), Course: text(m["course"])}
	var err error
	if r.Version, err = integer(m["version"]); err != nil {
		return intake.Record{}, err
	}
	for name, t := range map[string]*time.Time{Due: &r.Due, "expires_ms": &r.Expires} {
		if m[name] == nil {
			continue
		}
		ms, err := integer(m[name])
		if err != nil {
			return intake.Record{}, err
		}
		*t = time.UnixMilli(ms).UTC()
	}
	if b, ok := m["data"].(*types.AttributeValueMemberB); ok {
		r.Data = b.Value
	}
	return r, nil
}

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func integer(v types.AttributeValue) (int64, error) {
	if n, ok := v.(*types.AttributeValueMemberN); ok {
		if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return i, nil
		}
	}
	return 0, errors.New("dynamo: an item is not one of the hub's")
}

func text(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// named says which call failed and how, without AWS's words.
func named(call string, err error) error {
	if err == nil {
		return nil
	}
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return fmt.Errorf("dynamo: %s: %w", call, cause)
		}
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return fmt.Errorf("dynamo: %s: no answer from the table", call)
	}
	switch api.ErrorCode() {
	case "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "ThrottlingError":
		return fmt.Errorf("dynamo: %s: %s: %w", call, api.ErrorCode(), intake.ErrBusy)
	}
	return fmt.Errorf("dynamo: %s: %s", call, api.ErrorCode())
}
