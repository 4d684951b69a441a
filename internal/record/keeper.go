package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	// From Go 1.27 on, encoding/json is built on this code. It behaves the same and decodes three
	// times as fast, and decoding is most of what reading a draft costs. Until then it is a module.
	fast "github.com/go-json-experiment/json/v1"
)

// Kept is embedded in a story's document, beside the story's own fields. It holds what the engine
// must know about the record between reading and writing it, and is not part of the JSON.
type Kept struct {
	id      string // of the record that it was read from; "" if it is new
	version int64
	due     time.Time
	spare   int
}

// Version is the record's version when it was last read or written; 0 if there is no record yet.
func (k *Kept) Version() int64 { return k.version }

// Due is when the record was due when it was read; zero if never.
func (k *Kept) Due() time.Time { return k.due }

// LeaveRoom makes this write fail with [ErrTooLarge] unless so many bytes stay free in the record,
// so that long answers leave room for what has to be added later.
func (k *Kept) LeaveRoom(bytes int) { k.spare = bytes }

func (k *Kept) kept() *Kept { return k }

// A Document is what a story keeps in its records: a pointer to a struct that embeds [Kept].
type Document interface{ kept() *Kept }

// A Keeper reads and writes the records of one kind as documents. Its methods may be called from
// several goroutines; a document belongs to one.
type Keeper[T Document] struct {
	Store Store
	Kind  Kind

	// New returns an empty document for the record with the id, to decode into.
	New func(id string) T
	// Anew treats a missing record as an empty one: the first write creates it.
	Anew bool
	// Opened brings a document up to date after it was read. It may be nil.
	Opened func(T)
	// Entry makes the document ready to be written. It returns the record without Kind, Version and
	// Data: its ID, when it is due, and what lists show of it.
	Entry func(T) (Record, error)
}

// ErrUnchanged is returned by a change that has nothing to write. The record stays as it is, and
// the caller sees no error.
var ErrUnchanged = errors.New("record: unchanged")

// ErrBroken means that a record's document cannot be read, or belongs to another record.
var ErrBroken = errors.New("its document is broken")

// tries is how often a change is tried when somebody else comes first each time.
const tries = 20

// Get reads the document with the id. It returns ErrNotFound if there is none.
func (k *Keeper[T]) Get(ctx context.Context, id string) (T, error) {
	doc := k.New(id)
	r, err := k.Store.Get(ctx, id)
	switch {
	case err == nil && r.Kind != k.Kind: // a story cannot see the records of others
		return doc, fmt.Errorf("reading %s: %w", id, ErrNotFound)
	case k.Anew && errors.Is(err, ErrNotFound):
		return doc, nil
	case err != nil:
		return doc, fmt.Errorf("reading %s: %w", id, err)
	}
	return doc, k.Decode(r, doc)
}

// Read decodes the document of a record that was already read.
func (k *Keeper[T]) Read(r Record) (T, error) {
	doc := k.New(r.ID)
	return doc, k.Decode(r, doc)
}

// Decode reads a record into an empty document.
func (k *Keeper[T]) Decode(r Record, doc T) error {
	if err := fast.Unmarshal(r.Data, doc); err != nil {
		return fmt.Errorf("reading %s: %w", r.ID, ErrBroken) // the library's own words could quote the document
	}
	*doc.kept() = Kept{id: r.ID, version: r.Version, due: r.Due}
	if k.Opened != nil {
		k.Opened(doc)
	}
	return nil
}

// Encode makes a record of a document. It returns ErrBroken if the document's id has changed since
// it was read, and ErrTooLarge if the record would exceed [MaxRecord] or leave less room than it
// was told to.
func (k *Keeper[T]) Encode(doc T) (Record, error) {
	r, err := k.Entry(doc)
	if err != nil {
		return Record{}, err
	}
	if id := doc.kept().id; id != "" && r.ID != id { // it would overwrite another record
		return Record{}, fmt.Errorf("writing %s: %w", id, ErrBroken)
	}
	if r.Data, err = json.Marshal(doc); err != nil {
		return Record{}, fmt.Errorf("writing %s: it cannot be encoded", r.ID)
	}
	if len(r.Data) > MaxRecord-doc.kept().spare {
		return Record{}, ErrTooLarge
	}
	r.Kind, r.Version = k.Kind, doc.kept().version
	return r, nil
}

// Create keeps a new document. It returns ErrExists if its id is taken.
func (k *Keeper[T]) Create(ctx context.Context, doc T) error {
	return k.put(ctx, doc, k.Store.Create)
}

// put writes a document with the given method of the store.
func (k *Keeper[T]) put(ctx context.Context, doc T, write func(context.Context, Record) error) error {
	r, err := k.Encode(doc)
	if err != nil {
		return err
	}
	if err := write(ctx, r); err != nil {
		return fmt.Errorf("writing %s: %w", r.ID, err)
	}
	*doc.kept() = Kept{id: r.ID, version: doc.kept().version + 1, due: r.Due}
	return nil
}

// Amend changes the document with the id by one conditional write. If somebody else changed it in
// the meantime, Amend reads it again and calls f again, so f must set everything that it returns on
// each call. If f returns an error, nothing is written, and the document is returned with the error
// as f left it. Amend returns ErrNotFound if there is no record, and ErrBusy if others came first
// each time.
func (k *Keeper[T]) Amend(ctx context.Context, id string, f func(T) error) (T, error) {
	doc, err := k.Get(ctx, id)
	if err != nil {
		return doc, err
	}
	return k.AmendRead(ctx, id, doc, f)
}

// AmendRead is Amend for a document that was just read.
func (k *Keeper[T]) AmendRead(ctx context.Context, id string, doc T, f func(T) error) (T, error) {
	for range tries {
		switch err := f(doc); {
		case errors.Is(err, ErrUnchanged):
			return doc, nil
		case err != nil:
			return doc, err
		}
		err := k.put(ctx, doc, k.write(doc))
		if err == nil || !errors.Is(err, ErrConflict) {
			return doc, err
		}
		if doc, err = k.Get(ctx, id); err != nil {
			return doc, err
		}
	}
	return doc, fmt.Errorf("writing %s: others changed it each time: %w", id, ErrBusy)
}

// write returns the method of the store that writes a document which was read. A record that is
// created by its first write can be created or removed by somebody else in the meantime; that is a
// conflict too.
func (k *Keeper[T]) write(doc T) func(context.Context, Record) error {
	if !k.Anew {
		return k.Store.Update
	}
	to := k.Store.Update
	if doc.kept().version == 0 {
		to = k.Store.Create
	}
	return func(ctx context.Context, r Record) error {
		err := to(ctx, r)
		if errors.Is(err, ErrExists) || errors.Is(err, ErrNotFound) {
			return ErrConflict
		}
		return err
	}
}

// Delete removes the document if nobody has changed it since it was read. Otherwise it returns
// ErrConflict, or ErrNotFound if it is gone.
func (k *Keeper[T]) Delete(ctx context.Context, id string, doc T) error {
	return k.Store.Delete(ctx, id, doc.kept().version)
}
