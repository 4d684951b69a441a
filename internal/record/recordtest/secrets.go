package recordtest

import "regexp"

var secrets = regexp.MustCompile(`[\w-]{43}`)

// WithoutSecrets returns a text without the secrets of links, which may contain any short word by
// chance.
func WithoutSecrets(text string) string { return secrets.ReplaceAllString(text, "") }
