package dynamo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"traininghub/internal/record"
)

// The six calls are made here over DynamoDB's JSON protocol, with the SDK's signature but without
// its client: that is 3 MB and a third of the time that the function before which a person waits
// needs to start.

// A value is an attribute's: one field is set.
type value struct {
	S *string `json:",omitempty"`
	N *string `json:",omitempty"`
	B []byte  `json:",omitempty"`
}

type values map[string]value

// A request is that of any of the calls; what is empty is not sent.
type request struct {
	TableName                 string `json:",omitempty"`
	IndexName                 string `json:",omitempty"`
	Key                       values `json:",omitempty"`
	Item                      values `json:",omitempty"`
	ConsistentRead            bool   `json:",omitempty"`
	ConditionExpression       string `json:",omitempty"`
	KeyConditionExpression    string `json:",omitempty"`
	FilterExpression          string `json:",omitempty"`
	ProjectionExpression      string `json:",omitempty"`
	ExpressionAttributeValues values `json:",omitempty"`
	ExclusiveStartKey         values `json:",omitempty"`
	Limit                     int    `json:",omitempty"`
	ScanIndexForward          *bool  `json:",omitempty"`

	TransactItems      []transactItem `json:",omitempty"`
	ClientRequestToken string         `json:",omitempty"`
}

// A transactItem is one write of a transaction.
type transactItem struct {
	Put    *request `json:",omitempty"`
	Delete *request `json:",omitempty"`
}

type response struct {
	Item             values
	Items            []values
	LastEvaluatedKey values

	again bool // an earlier try had no answer, so it may have done what the last one was refused
}

const (
	tries  = 3
	oneTry = 2500 * time.Millisecond // for the answer to begin: a lost packet must not use up a function's time
	rest   = 50 * time.Millisecond   // before the second try, at most; then four times that, since a person waits
)

// A refusal is DynamoDB's name for why it did not do a call.
type refusal string

func (r refusal) Error() string { return string(r) }

const (
	conditionFailed refusal = "ConditionalCheckFailedException"
	itemTooLarge    refusal = "item too large" // of our own: DynamoDB says it in words only
)

// throttles tells whether the table may take the call a moment later: it has too much to do, or a
// transaction has the item.
func (r refusal) throttles() bool {
	switch r {
	case "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "ThrottlingError",
		"TransactionConflictException", "TransactionInProgressException":
		return true
	}
	return false
}

// call makes one call, and again if it may succeed then. Its errors name the call and how it
// failed, without AWS's words; those that are certain to have changed nothing for now wrap
// [record.ErrBusy].
func (s *Store) call(ctx context.Context, name string, in request) (response, error) {
	if in.TransactItems == nil {
		in.TableName = s.table
	}
	body, err := json.Marshal(in)
	if err != nil {
		return response{}, fmt.Errorf("dynamo: %s: it cannot be encoded", name)
	}
	var out response
	again := false
	for try := 1; ; try++ {
		out, err = s.post(ctx, name, body)
		out.again = again
		var refused refusal
		answered := errors.As(err, &refused) && refused != serverError
		final := answered && !refused.throttles()
		again = again || !answered
		if err == nil || final || try == tries || ctx.Err() != nil {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(rand.Int64N(int64(rest) << (2 * (try - 1))))):
		}
	}
	var refused refusal
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return response{}, fmt.Errorf("dynamo: %s: %w", name, ctx.Err())
	case !errors.As(err, &refused):
		return response{}, fmt.Errorf("dynamo: %s: no answer from the table", name)
	case refused == itemTooLarge:
		return out, record.ErrTooLarge
	case refused.throttles() && !again:
		return response{}, fmt.Errorf("dynamo: %s: %w: %w", name, refused, record.ErrBusy)
	}
	return out, fmt.Errorf("dynamo: %s: %w", name, refused)
}

// serverError stands for every answer of 500 and above: whether the call was done is not known.
const serverError refusal = "InternalServerError"

func (s *Store) post(ctx context.Context, name string, body []byte) (response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint, bytes.NewReader(body))
	if err != nil {
		return response{}, err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+name)
	credentials, err := s.config.Credentials.Retrieve(ctx)
	if err != nil {
		return response{}, err
	}
	sum := sha256.Sum256(body)
	if err := s.signer.SignHTTP(ctx, credentials, r, hex.EncodeToString(sum[:]), "dynamodb", s.config.Region,
		time.Now()); err != nil {
		return response{}, err
	}
	answer, err := s.http.Do(r)
	if err != nil {
		return response{}, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return response{}, err
	case answer.StatusCode >= 500:
		return response{}, serverError
	case answer.StatusCode != http.StatusOK:
		var failed failure
		json.Unmarshal(data, &failed) // if it is no JSON, it is no answer of DynamoDB's
		if _, name, ok := strings.Cut(failed.Type, "#"); ok {
			return response{}, failed.named(name)
		}
		return response{}, refusal(fmt.Sprintf("status %d", answer.StatusCode))
	}
	var out response
	err = json.Unmarshal(data, &out)
	return out, err
}

// A failure is the answer to a call that was refused.
type failure struct {
	Type                string `json:"__type"`
	Message             string // "message" in some answers
	CancellationReasons []struct{ Code, Message string }
}

// named says why a call was refused. A transaction was so because of its items, each of which has a
// reason of its own. That the set is stale counts first: nothing mends that. Then what no other try
// mends; and then what one may.
func (f failure) named(name string) refusal {
	switch name {
	case "ValidationException":
		if saysTooLarge(f.Message) {
			return itemTooLarge
		}
	case "TransactionCanceledException":
		worst := refusal("")
		for _, reason := range f.CancellationReasons {
			is := refusal(reason.Code)
			switch reason.Code {
			case "None", "":
				continue
			case "ConditionalCheckFailed":
				return conditionFailed
			case "ItemCollectionSizeLimitExceeded":
				is = itemTooLarge
			case "ValidationError":
				if saysTooLarge(reason.Message) {
					is = itemTooLarge
				}
			case "TransactionConflict", "ProvisionedThroughputExceeded":
				is += "Exception"
			}
			if worst == "" || worst.throttles() {
				worst = is
			}
		}
		if worst != "" {
			return worst
		}
	}
	return refusal(name)
}

// saysTooLarge recognises "Item size has exceeded the maximum allowed size", "Item size to update
// has exceeded ..." and the like.
func saysTooLarge(message string) bool {
	return strings.Contains(strings.ToLower(message), "size") && strings.Contains(message, "exceeded")
}

// reach sets how calls are made.
func (s *Store) reach(c aws.Config) {
	s.config, s.signer, s.http = c, v4.NewSigner(), c.HTTPClient
	if s.http == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.ResponseHeaderTimeout, transport.MaxIdleConnsPerHost = oneTry, 16
		s.http = &http.Client{Transport: transport}
	}
	s.endpoint = "https://dynamodb." + c.Region + ".amazonaws.com/"
	if c.BaseEndpoint != nil {
		s.endpoint = strings.TrimSuffix(*c.BaseEndpoint, "/") + "/"
	}
}
