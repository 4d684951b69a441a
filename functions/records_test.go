package functions_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/application"
	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/office"
	"traininghub/internal/record"
)

// asked is a request to records.
type asked map[string]any

// answered has the fields of all answers of records.
type answered struct {
	Held    *struct{}                    `json:"held"`
	Marked  []struct{ Reference string } `json:"marked"`
	Refused string

	Found []struct { // if it refuses
		Reference, Course, Status string
		Events                    int
	}
	Applications json.RawMessage // a person's applications; in an audit, their number
	Exports      []json.RawMessage
	Erased       []string

	Removed, Faults int
	Wrong           []struct{ Reference, What string }
	Heads           string
	Going           bool
	Cursor          json.RawMessage
}

// applications returns the applications in a person's file.
func (a answered) applications(t *testing.T) (all []application.Application) {
	t.Helper()
	if err := json.Unmarshal(a.Applications, &all); err != nil {
		t.Fatalf("%v in %.200s", err, a.Applications)
	}
	return all
}

func (a answered) references(t *testing.T) (refs []string) {
	t.Helper()
	for _, a := range a.applications(t) {
		refs = append(refs, a.Reference)
	}
	slices.Sort(refs)
	return refs
}

// records: an administrator gets a person's file, erases and audits, using the deployed program.
func (w *world) records(t *testing.T) {
	table := dynamotest.Table(t, w.db)
	submit, records := w.function(t, "submit", table), w.function(t, "records", table)
	server := front(t, submit)
	def := w.programme.Forms["career-conversations"]
	at := "/apply/" + def.ID
	apply := func(gmc string) string {
		b := newBrowser(t, server)
		b.gmc = gmc
		return reference.FindString(b.through(def).post(at+"/declarations", signed(def)).want(200, at+"/sent").body)
	}
	one, other := apply("1234567"), apply("7654321")
	draft := newBrowser(t, server)
	draft.gmc = "1234567"
	draft.post(at+"/start", draft.good(&def.Sections[0])).want(200, at+"/.*")

	call := func(q any) (a answered) {
		t.Helper()
		if err := records.Invoke(limit, q, &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	// A wrong request is refused, and changes nothing.
	for name, q := range map[string]any{
		"nothing": nil, "text": "audit", "a schedule's word": asked{}, "another thing": asked{"do": "export"}, "a number": asked{"do": "person", "gmc": 1234567},
		"a field that it does not know": asked{"do": "erase", "gmc": "1234567", "reference": []string{one}}, "nobody": asked{"do": "person"}, "a number that is none": asked{"do": "person", "gmc": "123456"}, "nobody to erase": asked{"do": "erase", "references": []string{one}},
		"a word about removals that is none": asked{"do": "removals", "say": "maybe"}, "to restore what is not marked": asked{"do": "removals", "say": "restore", "references": []string{one}},
		"heads cut off": asked{"do": "audit", "heads": "heads of the training hub, 1\n"},
	} {
		if a := call(q); a.Refused == "" || a.Applications != nil || a.Erased != nil || strings.Contains(a.Refused, "1234567") {
			t.Errorf("asked for %s: %+v", name, a)
		}
	}

	if a := call(asked{"do": "removals"}); a.Refused != "" || a.Marked == nil || len(a.Marked) != 0 || a.Held != nil {
		t.Errorf("removals: %+v", a)
	}
	first := call(asked{"do": "audit"})
	if string(first.Applications) != "3" || first.Faults != 0 || first.Wrong == nil || !strings.Contains(first.Heads, one) || !strings.Contains(first.Heads, other) {
		t.Fatalf("audit: %+v", first)
	}
	if _, err := office.ReadHeads(strings.NewReader(first.Heads)); err != nil {
		t.Error(err)
	}

	// Under the alias for audits it only audits.
	records.Alias = "audit"
	if a := call(asked{"do": "audit", "heads": first.Heads}); a.Faults != 0 || a.Heads != first.Heads {
		t.Errorf("audit under that alias: %+v", a)
	}
	if a := call(asked{"do": "compare", "heads": first.Heads}); a.Faults != 0 || string(a.Applications) != "2" {
		t.Errorf("comparing under that alias: %+v", a)
	}
	for _, do := range []string{"person", "erase"} {
		if a := call(asked{"do": do, "gmc": "1234567"}); a.Refused == "" || a.Found != nil || a.Applications != nil || a.Erased != nil {
			t.Errorf("%s under the alias for audits: %+v", do, a)
		}
	}
	records.Alias = ""

	// Her file has what she sent and her draft, and nothing of anybody else. Giving it out is an
	// event.
	file := call(asked{"do": "person", "gmc": "C 1234567"})
	refs := file.references(t)
	if len(refs) != 2 || !slices.Contains(refs, one) || slices.Contains(refs, other) {
		t.Fatalf("her file has %v", refs)
	}
	for _, a := range file.applications(t) {
		if last := a.Events[len(a.Events)-1]; last.What != application.EventExported || a.Keys != nil {
			t.Errorf("%s: last event %q, keys %v", a.Reference, last.What, a.Keys)
		}
	}
	if some := call(asked{"do": "person", "gmc": "1234567", "references": []string{one}}).references(t); !slices.Equal(some, []string{one}) {
		t.Errorf("of one application: %v", some)
	}
	if a := call(asked{"do": "person", "gmc": "1234567", "references": []string{one, other}}); a.Refused == "" || len(a.Found) != 2 {
		t.Errorf("of another's application: %+v", a)
	}

	// An erasure must name exactly the references that were found, all of them.
	for _, repeated := range [][]string{nil, {}, {one}, {one, one}, {one, other}, append(slices.Clone(refs), other)} {
		if a := call(asked{"do": "erase", "gmc": "1234567", "references": repeated}); a.Refused == "" || len(a.Found) != 2 || a.Erased != nil {
			t.Errorf("erasing with %v repeated: %+v", repeated, a)
		}
	}
	past := dynamotest.Copy(t, w.db, table)
	if a := call(asked{"do": "erase", "gmc": "1234567", "references": refs}); !slices.Equal(a.Erased, refs) {
		t.Errorf("erasing: %+v", a)
	}
	if a := call(asked{"do": "person", "gmc": "1234567"}); string(a.Applications) != "[]" {
		t.Errorf("after erasure: %+v", a)
	}
	if a := call(asked{"do": "erase", "gmc": "1234567"}); a.Refused != "" || len(a.Erased) > 0 {
		t.Errorf("erasing something that does not exist: %+v", a)
	}
	second := call(asked{"do": "audit", "heads": first.Heads})
	if string(second.Applications) != "2" || second.Removed != 1 || second.Faults != 0 || strings.Contains(second.Heads, one) {
		t.Errorf("audit after erasure: %+v", second)
	}

	// The table is restored to before the erasure. The log says who was erased. They are erased
	// again, and nobody else.
	erased := w.ids(t, table)
	if said := w.restore(t, "Table", table, past, "--drill"); !strings.Contains(said, " of then are missing now") {
		t.Errorf("the drill says %s", said)
	}
	if said := w.restore(t, "Table", table, past); !strings.Contains(said, " records are back; 0 could not") {
		t.Errorf("the script says %s", said)
	}
	logged := erasedIn(records.Output())
	if back := call(asked{"do": "person", "gmc": "1234567"}).references(t); !slices.Equal(back, refs) || !slices.Equal(logged, refs) {
		t.Errorf("after restoring there are %v; the log names %v as erased, want %v", back, logged, refs)
	}
	if a := call(asked{"do": "erase", "gmc": "1234567", "references": logged}); !slices.Equal(a.Erased, refs) {
		t.Errorf("erasing again: %+v", a)
	}
	if now := w.ids(t, table); !slices.Equal(now, erased) {
		t.Errorf("after erasing again there are\n%s, and there were\n%s", strings.Join(now, "\n"), strings.Join(erased, "\n"))
	}
	if a := call(asked{"do": "audit", "heads": second.Heads}); string(a.Applications) != "2" || a.Faults != 0 || a.Heads != second.Heads {
		t.Errorf("audit after erasing again: %+v", a)
	}

	// Somebody changes a record in the table, and then removes it. The earlier heads are kept for
	// comparing.
	r := w.record(t, table, other)
	whole := r.Data
	r.Data = []byte(strings.ReplaceAll(string(whole), "7654321", "7654322"))
	must(t, w.store(table).Update(t.Context(), r))
	if a := call(asked{"do": "audit"}); a.Faults != 1 || a.Wrong[0].Reference != other || a.Heads != "" {
		t.Errorf("audit after a change: %+v", a)
	}
	must(t, w.store(table).Delete(t.Context(), other, r.Version+1))
	if a := call(asked{"do": "audit", "heads": second.Heads}); a.Faults != 1 || a.Wrong[0].Reference != other || !strings.Contains(a.Wrong[0].What, "it is gone") || a.Heads != "" {
		t.Errorf("audit after a theft: %+v", a)
	}

	// A file that is too large for Lambda is refused with advice, and nothing is noted.
	app := applicationOf(t, record.Record{Data: whole})
	var many []string
	for i := range 20 {
		app.Reference = fmt.Sprintf("CC-2C2C-2C%d%c", 2+i/5, "CDFHJ"[i%5])
		app.Notes = []application.Note{{Text: strings.Repeat("x", 350_000)}}
		data, err := json.Marshal(app)
		must(t, err)
		must(t, w.store(table).Create(t.Context(), record.Record{ID: app.Reference, Kind: record.Application, Course: app.Course, Data: data}))
		many = append(many, app.Reference)
	}
	long := call(asked{"do": "person", "gmc": "7654321"})
	if !strings.Contains(long.Refused, `"references"`) || len(long.Found) != len(many) || long.Found[0].Events != len(app.Events) {
		t.Errorf("a file of more than 6 MB: %s, %d found", long.Refused, len(long.Found))
	}
	if some := call(asked{"do": "person", "gmc": "7654321", "references": many[:10]}); !slices.Equal(some.references(t), many[:10]) {
		t.Errorf("some of it: %v", some.Refused)
	}
	if n := len(applicationOf(t, w.record(t, table, many[0])).Events) - len(applicationOf(t, w.record(t, table, many[19])).Events); n != 1 {
		t.Errorf("the application that was given out has %d events more than the others", n)
	}
	records.Kill()
	w.quiet(t, "records", records.Output())
}

// ids are the ids of all items of a table, in order.
func (w *world) ids(t *testing.T, table string) (ids []string) {
	t.Helper()
	for _, item := range dynamotest.Items(t, w.db, table) {
		ids = append(ids, fmt.Sprint(item[dynamo.Key]))
	}
	slices.Sort(ids)
	return ids
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
