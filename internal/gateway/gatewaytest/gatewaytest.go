// Package gatewaytest is an API Gateway for tests. It turns HTTP requests into the events that a
// Lambda function receives, and the function's results into HTTP answers.
package gatewaytest

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"traininghub/internal/gateway"
)

// most is how many bytes Lambda takes and returns.
const most = 6 << 20

// size is the size of an event or an answer in bytes.
func size(v any) int {
	data, _ := json.Marshal(v) // both are ours
	return len(data)
}

// Handler passes each request to the function. It adds header to each, as CloudFront adds its own.
func Handler(function gateway.Function, header map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "the body cannot be read", http.StatusBadRequest)
			return
		}
		source, _, _ := net.SplitHostPort(r.RemoteAddr)
		e := events.APIGatewayV2HTTPRequest{
			Version: "2.0", RouteKey: "$default", RawPath: r.URL.EscapedPath(), RawQueryString: r.URL.RawQuery,
			Headers: map[string]string{"host": r.Host},
			Body:    base64.StdEncoding.EncodeToString(body), IsBase64Encoded: true,
		}
		e.RequestContext.Stage, e.RequestContext.DomainName = "$default", r.Host
		e.RequestContext.HTTP = events.APIGatewayV2HTTPRequestContextHTTPDescription{
			Method: r.Method, Path: r.URL.Path, SourceIP: source,
		}
		for name, values := range r.Header {
			if name != "Cookie" {
				e.Headers[strings.ToLower(name)] = strings.Join(values, ",")
			}
		}
		for _, c := range r.Cookies() {
			e.Cookies = append(e.Cookies, c.Name+"="+c.Value)
		}
		for name, value := range header {
			e.Headers[strings.ToLower(name)] = value
		}
		e.Headers["x-forwarded-for"] = strings.TrimPrefix(e.Headers["x-forwarded-for"]+","+source, ",")
		if size(e) > most {
			http.Error(w, `{"message":"Request Entity Too Large"}`, http.StatusRequestEntityTooLarge)
			return
		}
		out, err := function(r.Context(), e)
		if err != nil || size(out) > most {
			http.Error(w, `{"message":"Internal Server Error"}`, http.StatusInternalServerError)
			return
		}
		for name, value := range out.Headers {
			w.Header().Set(name, value)
		}
		for _, c := range out.Cookies {
			w.Header().Add("Set-Cookie", c)
		}
		answer := []byte(out.Body)
		if out.IsBase64Encoded {
			if answer, err = base64.StdEncoding.DecodeString(out.Body); err != nil {
				http.Error(w, `{"message":"Internal Server Error"}`, http.StatusInternalServerError)
				return
			}
		}
		w.WriteHeader(out.StatusCode)
		w.Write(answer)
	})
}
