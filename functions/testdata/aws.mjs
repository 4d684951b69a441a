// Stands in for AWS's command line, as far as functions/aws/restore.sh asks DynamoDB for records: at $DYNAMODB. A table that
// was made from a backup is $PAST.
import { readFileSync } from 'node:fs'

const args = process.argv.slice(2)
const option = (name) => (args.includes('--' + name) ? args[args.indexOf('--' + name) + 1] : undefined)
const object = (text) => text && JSON.parse(text)
const table = option('table-name')

if (args[1] === 'put-item' && option('cli-binary-format') !== 'base64') {
  console.error('with some settings, this stores the base64 of data, not the data')
  process.exit(252)
}
const call = { scan: 'Scan', 'get-item': 'GetItem', 'put-item': 'PutItem' }[args[1]]
const answer = await fetch(process.env.DYNAMODB, {
  method: 'POST',
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.' + call,
    'x-amz-date': '20210920T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=a/20210920/eu-west-2/dynamodb/aws4_request, SignedHeaders=host, Signature=a', // not checked
  },
  body: JSON.stringify({
    TableName: table.startsWith('hub-back-') ? process.env.PAST : table,
    Key: object(option('key')),
    Item: object(option('item') && readFileSync(option('item').replace('file://', ''), 'utf8')),
    ConditionExpression: option('condition-expression'),
    ProjectionExpression: option('projection-expression'),
    FilterExpression: option('filter-expression'),
    ExpressionAttributeNames: object(option('expression-attribute-names')),
  }),
})
const said = await answer.json()
if (!answer.ok) {
  console.error(said.__type)
  process.exit(254)
}
if (call === 'Scan') console.log(said.Items.map((item) => item.id.S).join('\t'))
if (call === 'GetItem') console.log(JSON.stringify(said.Item))
