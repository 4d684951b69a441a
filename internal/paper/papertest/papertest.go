// Package papertest fills in the fields of a PDF for tests, as a PDF program does: it adds the
// changed fields at the end of the file.
package papertest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/pdf/read"
)

// Fill puts texts into a file's fields by their names. For a choice the text is the option to tick;
// "both" ticks all its boxes, which no program should do.
func Fill(t testing.TB, pdf []byte, texts map[string]string) []byte {
	t.Helper()
	f, err := read.Open(pdf)
	if err != nil {
		t.Fatal(err)
	}
	form := f.Dict(f.Dict(f.Trailer["Root"])["AcroForm"])
	fields, _ := f.Get(form["Fields"]).([]any)
	out := bytes.NewBuffer(bytes.Clone(pdf))
	filled := map[string]bool{}
	for _, field := range fields {
		d := f.Dict(field)
		name := string(d["T"].(read.String))
		text, ok := texts[name]
		if !ok {
			continue
		}
		filled[name] = true
		if d["FT"] != read.Name("Btn") {
			fmt.Fprintf(out, "\n%d 0 obj<</FT/Tx/T(%s)/V<FEFF%s>>>endobj", field, name, utf16(text))
			continue
		}
		kids, value := "", text
		for _, kid := range d["Kids"].([]any) {
			kids += fmt.Sprintf("%d 0 R ", kid)
			for state := range f.Dict(f.Dict(f.Dict(kid)["AP"])["N"]) {
				if state == text || text == "both" && state != "Off" {
					fmt.Fprintf(out, "\n%d 0 obj<</AS/%s>>endobj", kid, state)
					value = state
				}
			}
		}
		fmt.Fprintf(out, "\n%d 0 obj<</FT/Btn/T(%s)/V/%s/Kids[%s]>>endobj", field, name, value, kids)
	}
	for name := range texts {
		if !filled[name] {
			t.Fatalf("the file has no field %s", name)
		}
	}
	return out.Bytes()
}

func utf16(s string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, "%04X", r)
	}
	return b.String()
}

// Decision fills in the fields of the part for the STP in the hub's own forms, as accepted. change
// lists names of fields without "stp/", each followed by another text.
func Decision(change ...string) map[string]string {
	texts := map[string]string{
		"stp/stp-name": "Siân Ŵyn", "stp/stp-decision": "Accepted",
		"stp/stp-decision-date/day": "20", "stp/stp-decision-date/month": "9", "stp/stp-decision-date/year": "2021",
		"stp/stp-funding-start/day": "17", "stp/stp-funding-start/month": "11", "stp/stp-funding-start/year": "2021",
	}
	for pair := range slices.Chunk(change, 2) {
		texts["stp/"+pair[0]] = pair[1]
	}
	return texts
}
