package record

// A Head is the end of a chain.
type Head struct {
	Sent   []byte // the sum at the moment the record was finished, such as when an application was sent
	Events int    // how many events there were
	Sum    []byte // the sum of the last event
}
