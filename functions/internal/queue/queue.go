// Package queue hands messages to the other store by an SQS queue, which the other side's worker
// reads. Neither side can reach the other's table.
package queue

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"traininghub/internal/crossing"
)

// A Gate puts messages into one queue. SQS keeps a message until the other side has taken it, for
// 14 days at most; after some tries in vain it lies in the queue of failures, which has an alarm.
type Gate struct {
	client *sqs.Client
	url    string
}

// New is a gate to the queue with the address.
func New(c aws.Config, url string) *Gate {
	return &Gate{client: sqs.NewFromConfig(c), url: url}
}

// Put hands a message over: see [crossing.Gate].
func (g *Gate) Put(ctx context.Context, m crossing.Message) error {
	body, err := crossing.Encode(m)
	if err != nil {
		return err
	}
	_, err = g.client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &g.url, MessageBody: aws.String(string(body))})
	return err
}
