// Package dynamotest makes tables for tests.
package dynamotest

import (
	"context"
	"crypto/rand"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"traininghub/internal/dynamo"
)

// DueIndex is the name of the index of due records in the tables of this package.
const DueIndex = "due"

// Config reaches a stand-in at the URL.
func Config(url string) aws.Config {
	return aws.Config{
		Region: "eu-west-2", BaseEndpoint: &url,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	}
}

// Table makes an empty table at the URL and returns its name.
func Table(t testing.TB, url string) string {
	t.Helper()
	name := "applications-" + rand.Text()
	_, err := dynamodb.NewFromConfig(Config(url)).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String(dynamo.Key), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(dynamo.Key), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String(dynamo.DueShard), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String(dynamo.Due), AttributeType: types.ScalarAttributeTypeN},
		},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String(DueIndex),
			KeySchema: []types.KeySchemaElement{
				{AttributeName: aws.String(dynamo.DueShard), KeyType: types.KeyTypeHash},
				{AttributeName: aws.String(dynamo.Due), KeyType: types.KeyTypeRange},
			},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}},
	})
	if err != nil {
		t.Fatalf("making a table: %v", err)
	}
	for { // it is there when it says so
		out, err := dynamodb.NewFromConfig(Config(url)).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
		if err != nil {
			t.Fatalf("making a table: %v", err)
		}
		if out.Table.TableStatus == types.TableStatusActive {
			return name
		}
	}
}
