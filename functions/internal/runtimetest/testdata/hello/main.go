// Command hello is the least that a Lambda function in Go can be: the floor of the cold starts.
package main

import "github.com/aws/aws-lambda-go/lambda"

func main() { lambda.Start(func() error { return nil }) }
