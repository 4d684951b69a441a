package record

// A Head is the end of a chain.
type Head struct {
	Sent   []byte // the sum with which the record was finished, such as an application when it was sent
	Events int    // how many there were
	Sum    []byte // of the last one
}
