// Package queue sends messages to the other store through an SQS queue, from which the other side's
// worker takes them. Neither side can reach the other's table.
package queue

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"traininghub/internal/crossing"
)

// A Gate puts messages into one queue. SQS keeps a message until the other side has taken it, for
// at most 14 days. After some failed tries it moves to the queue of failures, which has an alarm.
type Gate struct {
	client *sqs.Client
	url    string
}

// New returns a gate to the queue with the address.
func New(c aws.Config, url string) *Gate {
	return &Gate{client: sqs.NewFromConfig(c), url: url}
}

// Put sends a message: see [crossing.Gate].
func (g *Gate) Put(ctx context.Context, m crossing.Message) error {
	body, err := crossing.Encode(m)
	if err != nil {
		return err
	}
	_, err = g.client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &g.url, MessageBody: aws.String(string(body))})
	return err
}
