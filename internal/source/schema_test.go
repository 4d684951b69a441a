package source

import (
	"encoding/json"
	"testing"
)

type colour string

func (c *colour) UnmarshalText(text []byte) error { *c = colour(text); return nil }
func (colour) Words() []string                    { return []string{"red", "blue"} }

type size string

func (s *size) UnmarshalText(text []byte) error { *s = size(text); return nil }
func (size) Example() string                    { return "12 cm" }
func (size) Pattern() string                    { return `\d+ cm|big` }

func TestSchema(t *testing.T) {
	type part struct {
		Weight *float64 `key:"weight"`
	}
	got, err := json.Marshal(ShapeOf("thing", struct {
		Name   string         `key:"name,required"`
		Colour colour         `key:"colour"`
		Sold   bool           `key:"sold"`
		Size   size           `key:"size"`
		Parts  []part         `key:"parts"`
		Stock  map[string]int `key:"stock"`
		hidden string
	}{}, map[string]string{"thing": "a thing", "thing.name": "What it is called", "parts.weight": "In grams", "weight": "In pounds"}).Schema())
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"$schema":"http://json-schema.org/draft-07/schema#","additionalProperties":false,"properties":{` +
		`"colour":{"enum":["red","blue"]},"name":{"description":"What it is called","type":["string","number","boolean"]},` +
		`"parts":{"items":{"additionalProperties":false,"properties":{"weight":{"description":"In grams","type":"number"}},"type":"object"},"type":"array"},` +
		`"size":{"examples":["12 cm"],"pattern":"^\\s*(?:\\d+ cm|big)\\s*$","type":"string"},` +
		`"sold":{"enum":["yes","no",true,false]},"stock":{"additionalProperties":{"type":"integer"},"type":"object"}},` +
		`"required":["name"],"title":"a thing","type":"object"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
