package dynamo

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"traininghub/internal/record"
)

// An index of DynamoDB has one entry per item, but a record is found by many words. So each word of
// a record is a small item of its own, which is written in the same transaction as the record:
//
//	id     "|word|SUM|ID": the checksum of the word, and the record's id
//	kind   "|word", which no record has
//	shelf  "|word|SUM": the checksum of the word's first three letters, or of a shorter word
//	place  when the record came, and its id
//	brief  4 bytes of the checksum of each longer beginning of the word
//
// These items are in the index of shelves, where a search is one query for each word. The keys of a
// table get into AWS's logs and statistics, so they must not contain names. The checksums do no
// more than that: three letters are soon guessed, and whoever reads the table reads names anyway.
//
// The table's time to live removes only the record itself, so a record marked for removal has no
// words.
const (
	words = "words"

	wordKind record.Kind = "|word"

	mostItems = 100 // of a transaction
)

// wordsOf says in a text for an item by which words it is found; "" if by none.
func wordsOf(r record.Record) string {
	if len(r.Words) == 0 {
		return ""
	}
	return strconv.FormatInt(r.Came.UnixMilli(), 10) + "\n" + r.Course + "\n" + strings.Join(r.Words, "\n")
}

// found reads a text that wordsOf returned.
func found(said string) (came time.Time, all []string, err error) {
	if said == "" {
		return time.Time{}, nil, nil
	}
	parts := strings.Split(said, "\n")
	ms, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || len(parts) < 3 {
		return time.Time{}, nil, errForeign
	}
	return time.UnixMilli(ms).UTC(), parts[2:], nil
}

// reword lists the writes that change the items of a record's words: from the words that said names
// to those of the record.
func (s *Store) reword(said string, r record.Record) (all []types.TransactWriteItem) {
	were := map[string]values{} // by the word and the id of its item
	if came, was, err := found(said); err == nil && was != nil {
		old := r
		old.Came, old.Course = came, strings.SplitN(said, "\n", 3)[1]
		for _, word := range was {
			m := wordItem(old, word)
			were[text(m[Key])] = m
		}
	}
	for _, word := range r.Words {
		m := wordItem(r, word)
		if old := were[text(m[Key])]; old == nil || text(old[Place]) != text(m[Place]) {
			all = append(all, types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: m}})
		}
		delete(were, text(m[Key]))
	}
	for _, id := range slices.Sorted(maps.Keys(were)) {
		all = append(all, types.TransactWriteItem{Delete: &types.Delete{TableName: &s.table, Key: values{Key: str(id)}}})
	}
	return all
}

func wordItem(r record.Record, word string) values {
	letters := []rune(word)
	first := letters[:min(len(letters), record.MinWord)]
	var longer []byte
	for n := record.MinWord + 1; n <= len(letters); n++ {
		longer = append(longer, beginning(r.Kind, r.Course, string(letters[:n]))...)
	}
	id, at, kind := "|word|"+sum(r.Kind, r.Course, word)+"|"+r.ID, place(r.Came, r.ID), string(wordKind)
	shelf := "|word|" + sum(r.Kind, r.Course, string(first))
	m := values{Key: str(id), Kind: str(kind), Shelf: str(shelf), Place: str(at)}
	if longer != nil {
		m["brief"] = &types.AttributeValueMemberB{Value: longer}
	}
	return m
}

func sumOf(kind record.Kind, course, word string) [sha256.Size]byte {
	return sha256.Sum256([]byte(string(kind) + "\n" + course + "\n" + word))
}

func sum(kind record.Kind, course, word string) string {
	all := sumOf(kind, course, word)
	return base64.RawURLEncoding.EncodeToString(all[:15])
}

// beginning is the part of an item for one beginning of its word.
func beginning(kind record.Kind, course, word string) []byte {
	all := sumOf(kind, course, word)
	return all[:4]
}

// Search implements [record.Store].
func (s *Store) Search(ctx context.Context, kind record.Kind, course string, words []string) ([]record.Cursor, error) {
	return record.Intersect(words, func(word string) (all []record.Cursor, err error) {
		letters := []rune(word)
		shelf := "|word|" + sum(kind, course, string(letters[:min(len(letters), record.MinWord)]))
		q := &dynamodb.QueryInput{TableName: &s.table, IndexName: aws.String(ShelfIndex),
			KeyConditionExpression: aws.String("shelf = :shelf"), ExpressionAttributeValues: values{":shelf": str(shelf)},
			ProjectionExpression: aws.String(Place + ", brief")}
		at, is := 4*(len(letters)-record.MinWord-1), beginning(kind, course, word)
		for {
			page, _, err := call(ctx, s.client.Query, q)
			if err != nil {
				return nil, err
			}
			for _, there := range page.Items {
				if has := raw(there["brief"]); at >= 0 && (len(has) < at+4 || string(has[at:at+4]) != string(is)) {
					continue
				}
				begins, id, _ := strings.Cut(text(there[Place]), " ")
				came, err := time.Parse(since, begins)
				if err != nil {
					return nil, errForeign
				}
				all = append(all, record.Cursor{Since: came, ID: id})
			}
			if q.ExclusiveStartKey = page.LastEvaluatedKey; page.LastEvaluatedKey == nil {
				return all, nil
			}
		}
	})
}
