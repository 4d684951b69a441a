package source

import "encoding/json"

// Texts are texts by their names. As gob they are in the order of the names, so that the same texts
// always give the same bytes; a plain map has none.
type Texts map[string]string

// GobEncode and GobDecode go by JSON, which sorts.
func (t Texts) GobEncode() ([]byte, error)   { return json.Marshal(t) }
func (t *Texts) GobDecode(data []byte) error { return json.Unmarshal(data, t) }
