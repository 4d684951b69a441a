package dynamo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"traininghub/internal/record"
)

// The SDK makes each call once only. The tries are made here, because the meaning of a refusal
// depends on whether an earlier try had no answer, which the SDK's own retries do not report.
const (
	tries   = 3
	oneTry  = 2500 * time.Millisecond // from the connection to the end of the answer
	connect = time.Second             // and as much again for TLS: a lost packet must not use up a function's time
	rest    = 50 * time.Millisecond   // before the second try, at most; then four times that, since a person is waiting
)

// client is a client for the table. Every step on the way has a time limit.
func client(c aws.Config) *dynamodb.Client {
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{Transport: whole{&http.Transport{
			DialContext:         (&net.Dialer{Timeout: connect, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout: connect,
			MaxIdleConnsPerHost: 16,
			IdleConnTimeout:     90 * time.Second,
			ForceAttemptHTTP2:   true,
		}}}
	}
	return dynamodb.NewFromConfig(c, func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} })
}

// A whole transport passes an answer on only if it arrived undamaged. The SDK checks the checksum
// when the body is closed, but does not then fail the call (service/dynamodb 1.73).
type whole struct{ *http.Transport }

// RoundTrip implements [http.RoundTripper].
func (w whole) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if sum := answer.Header.Get("X-Amz-Crc32"); sum != "" && sum != strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10) {
		return nil, errSpoiled
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

var errSpoiled = errors.New("dynamo: an answer is not as it was sent")

// A refusal is DynamoDB's name for the reason why it refused a call.
type refusal string

func (r refusal) Error() string { return string(r) }

const (
	conditionFailed refusal = "ConditionalCheckFailedException"
	itemTooLarge    refusal = "item too large" // our own name, since DynamoDB says this only in words
)

// throttles reports whether the table may accept the call a moment later: it is too busy, or a
// transaction holds the item.
func (r refusal) throttles() bool {
	switch r {
	case "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "ThrottlingError",
		"TransactionConflictException", "TransactionInProgressException":
		return true
	}
	return false
}

// skewed reports whether the call was refused for the time in it. The SDK has learnt the table's
// time from the answer, and signs the next try with it.
func (r refusal) skewed() bool {
	switch r {
	case "RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure":
		return true
	}
	return false
}

// call makes one call, with more tries if they may succeed. again reports that an earlier try had
// no answer, so that it may have done what the last one was refused. Errors contain the name of the
// call and how it failed, without AWS's words. Errors that are certain to have changed nothing, and
// may go away, wrap [record.ErrBusy].
func call[In, Out any](ctx context.Context, do func(context.Context, *In, ...func(*dynamodb.Options)) (*Out, error), in *In) (
	out *Out, again bool, err error) {
	name := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%T", in), "*dynamodb."), "Input")
	for try := 1; ; try++ {
		out, err = once(ctx, do, in)
		refused, answered := refusedBy(err)
		final := answered && !refused.throttles() && !refused.skewed()
		if err == nil || final || try == tries || ctx.Err() != nil {
			break
		}
		again = again || !answered
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(rand.Int64N(int64(rest) << (2 * (try - 1))))):
		}
	}
	if err == nil {
		return out, again, nil
	}
	refused, answered := refusedBy(err)
	switch {
	case ctx.Err() != nil:
		return nil, again, fmt.Errorf("dynamo: %s: %w", name, ctx.Err())
	case !answered && refused == "":
		return nil, again, fmt.Errorf("dynamo: %s: no answer from the table", name)
	case refused == itemTooLarge:
		return nil, again, record.ErrTooLarge
	case refused.throttles() && !again:
		return nil, again, fmt.Errorf("dynamo: %s: %w: %w", name, refused, record.ErrBusy)
	}
	return nil, again, fmt.Errorf("dynamo: %s: %w", name, refused)
}

// once is one try.
func once[In, Out any](ctx context.Context, do func(context.Context, *In, ...func(*dynamodb.Options)) (*Out, error), in *In) (*Out, error) {
	ctx, cancel := context.WithTimeout(ctx, oneTry)
	defer cancel()
	return do(ctx, in)
}

// refusedBy returns why a call was refused. answered is false if no answer says so. Then it is not
// known whether the call was carried out; the same is true of each answer with status 500 and
// above.
func refusedBy(err error) (why refusal, answered bool) {
	var status *awshttp.ResponseError
	if errors.As(err, &status) && status.HTTPStatusCode() >= 500 {
		return "InternalServerError", false
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return "", false
	}
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return worst(cancelled), true
	}
	switch code := refusal(api.ErrorCode()); {
	case code == "ValidationException" && saysTooLarge(api.ErrorMessage()):
		return itemTooLarge, true
	case code == "" || code == "UnknownError":
		return "no name for it", true
	default:
		return code, true
	}
}

// worst returns why a transaction was cancelled. Each of its items has its own reason. First counts
// a stale item, since nothing mends that; then reasons that no other try mends; then those that one
// may.
func worst(e *types.TransactionCanceledException) refusal {
	found := refusal("")
	for _, reason := range e.CancellationReasons {
		is := refusal(aws.ToString(reason.Code))
		switch is {
		case "None", "":
			continue
		case "ConditionalCheckFailed":
			return conditionFailed
		case "ItemCollectionSizeLimitExceeded":
			is = itemTooLarge
		case "ValidationError":
			if saysTooLarge(aws.ToString(reason.Message)) {
				is = itemTooLarge
			}
		case "TransactionConflict", "ProvisionedThroughputExceeded":
			is += "Exception"
		}
		if found == "" || found.throttles() {
			found = is
		}
	}
	if found == "" {
		return refusal(e.ErrorCode())
	}
	return found
}

// saysTooLarge recognises "Item size has exceeded the maximum allowed size", "Item size to update
// has exceeded ..." and the like.
func saysTooLarge(message string) bool {
	return strings.Contains(strings.ToLower(message), "size") && strings.Contains(message, "exceeded")
}
