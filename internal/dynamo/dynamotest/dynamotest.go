// Package dynamotest makes tables for tests.
package dynamotest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
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
	index := func(name, hash, order string, p *types.Projection) types.GlobalSecondaryIndex {
		return types.GlobalSecondaryIndex{IndexName: &name, Projection: p, KeySchema: []types.KeySchemaElement{
			{AttributeName: &hash, KeyType: types.KeyTypeHash},
			{AttributeName: &order, KeyType: types.KeyTypeRange},
		}}
	}
	// DynamoDB refuses an index whose own keys are also listed as projected attributes.
	lists := func(name, hash, order string) types.GlobalSecondaryIndex {
		return index(name, hash, order, &types.Projection{ProjectionType: types.ProjectionTypeInclude,
			NonKeyAttributes: slices.DeleteFunc(
				slices.Clone(dynamo.Listed), func(a string) bool { return a == hash || a == order })})
	}
	attributes := []types.AttributeDefinition{{AttributeName: aws.String(dynamo.Due),
		AttributeType: types.ScalarAttributeTypeN}}
	for _, name := range []string{dynamo.Key, dynamo.DueShard, dynamo.Shelf, dynamo.Part, dynamo.Place, dynamo.GMC, dynamo.Email} {
		attributes = append(attributes, types.AttributeDefinition{AttributeName: &name,
			AttributeType: types.ScalarAttributeTypeS})
	}
	_, err := dynamodb.NewFromConfig(Config(url)).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest, AttributeDefinitions: attributes,
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String(dynamo.Key), KeyType: types.KeyTypeHash}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			index(DueIndex, dynamo.DueShard, dynamo.Due,
				&types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}),
			lists(dynamo.ShelfIndex, dynamo.Shelf, dynamo.Place),
			lists(dynamo.PartIndex, dynamo.Part, dynamo.Place),
			lists(dynamo.GMCIndex, dynamo.GMC, dynamo.Key),
			lists(dynamo.EmailIndex, dynamo.Email, dynamo.Key),
		},
	})
	if err != nil {
		t.Fatalf("making a table: %v", err)
	}
	for { // until the table says that it is ready
		out, err := dynamodb.NewFromConfig(Config(url)).DescribeTable(t.Context(),
			&dynamodb.DescribeTableInput{TableName: &name})
		if err != nil {
			t.Fatalf("making a table: %v", err)
		}
		if out.Table.TableStatus == types.TableStatusActive {
			return name
		}
	}
}

// Items returns all that a table has, as DynamoDB keeps it.
func Items(t testing.TB, url, table string) (all []map[string]types.AttributeValue) {
	t.Helper()
	client := dynamodb.NewFromConfig(Config(url))
	for pages := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{TableName: &table}); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatalf("reading a table: %v", err)
		}
		all = append(all, page.Items...)
	}
	return all
}

// Copy makes a table that has what another has now, and returns its name.
func Copy(t testing.TB, url, from string) string {
	t.Helper()
	to, client := Table(t, url), dynamodb.NewFromConfig(Config(url))
	for _, item := range Items(t, url, from) {
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &to, Item: item}); err != nil {
			t.Fatalf("copying a table: %v", err)
		}
	}
	return to
}

// Put puts an item into a table as it is, in DynamoDB's own JSON, for items that an older version
// wrote.
func Put(t testing.TB, url, table string, item []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url,
		bytes.NewReader(encoded(map[string]any{"TableName": table, "Item": json.RawMessage(item)})))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810.PutItem")
	r.Header.Set("X-Amz-Date", "20210920T000000Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a/20210920/eu-west-2/dynamodb/aws4_request, SignedHeaders=host, Signature=a") // not checked
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("putting an item: %s", answer.Status)
	}
}
