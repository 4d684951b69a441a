package source

import "encoding/json"

// Texts are texts by name. Their gob encoding is sorted by name, so that the same texts always give
// the same bytes, which a plain map does not.
type Texts map[string]string

// GobEncode and GobDecode use JSON, which sorts.
func (t Texts) GobEncode() ([]byte, error)   { return json.Marshal(t) }
func (t *Texts) GobDecode(data []byte) error { return json.Unmarshal(data, t) }
