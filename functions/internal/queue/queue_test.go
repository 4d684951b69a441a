package queue

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"traininghub/internal/crossing"
)

// TestPut: a valid message arrives in the queue as the other side reads it. One that the queue
// refuses is still owed, and an invalid one is never sent.
func TestPut(t *testing.T) {
	var bodies []string
	refuse := false
	sqs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ QueueUrl, MessageBody string }
		data, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(data, &in); err != nil || r.Header.Get("X-Amz-Target") != "AmazonSQS.SendMessage" || in.QueueUrl != "https://queue" {
			t.Errorf("asked for %s of %s", r.Header.Get("X-Amz-Target"), data)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		if refuse {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}`)
			return
		}
		bodies = append(bodies, in.MessageBody)
		sum := md5.Sum([]byte(in.MessageBody))
		json.NewEncoder(w).Encode(map[string]string{"MessageId": "1", "MD5OfMessageBody": hex.EncodeToString(sum[:])})
	}))
	t.Cleanup(sqs.Close)
	g := New(aws.Config{
		Region: "eu-west-2", BaseEndpoint: &sqs.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "key"}, nil
		}),
	}, "https://queue")
	session := crossing.Session{ID: "s1", Version: 1, Pair: "P-7K3D", Mentor: "SM-2C2C-2C2C", Start: time.Date(2021, 11, 2, 14, 0, 0, 0, time.UTC), Minutes: 120, Outcome: crossing.Held}
	if err := g.Put(t.Context(), session); err != nil || len(bodies) != 1 {
		t.Fatalf("%v, and %d messages in the queue", err, len(bodies))
	}
	if got, err := crossing.Decode([]byte(bodies[0])); err != nil || got != crossing.Message(session) {
		t.Errorf("the other side reads %v, %v", got, err)
	}
	refuse = true
	if err := g.Put(t.Context(), session); err == nil || errors.Is(err, crossing.ErrMessage) {
		t.Errorf("a queue that does not exist: %v", err)
	}
	if err := g.Put(t.Context(), crossing.Session{ID: "s1"}); !errors.Is(err, crossing.ErrMessage) {
		t.Errorf("an invalid message: %v", err)
	}
	if len(bodies) != 1 {
		t.Errorf("%d messages in the queue", len(bodies))
	}
}
