package pdf

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/document"
	"traininghub/internal/pdf/read"
)

// inspected is what inspect found in a file.
type inspected struct {
	pages  int
	tags   map[string]int // how many elements there are of each
	fields int
}

// inspect goes through a whole file and reports everything that a screen reader could trip over. It
// is our own part of veraPDF's checks, and runs everywhere.
func inspect(t testing.TB, pdf []byte) inspected {
	t.Helper()
	f, err := read.Open(pdf)
	if err != nil {
		t.Fatal(err)
	}
	k := &checker{t: t, f: f, found: inspected{tags: map[string]int{}}, owners: map[string]read.Reference{},
		widgets: map[read.Reference]bool{}}
	k.catalog()
	return k.found
}

type checker struct {
	t       testing.TB
	f       *read.File
	found   inspected
	parents map[int]any               // the parent tree
	owners  map[string]read.Reference // "page mcid" to the element that has it
	widgets map[read.Reference]bool
	level   int // of the last heading
}

func (k *checker) catalog() {
	t, f := k.t, k.f
	t.Helper()
	root := f.Dict(f.Trailer["Root"])
	if f.Dict(root["MarkInfo"])["Marked"] != true {
		t.Error("the file is not marked as tagged")
	}
	if root["Lang"] != read.String("en-GB") {
		t.Errorf("the language is %q", root["Lang"])
	}
	if f.Dict(root["ViewerPreferences"])["DisplayDocTitle"] != true {
		t.Error("readers do not show the title")
	}
	meta, _ := f.Get(root["Metadata"]).(read.Stream)
	if data, err := f.Data(meta); err != nil || !bytes.Contains(data, []byte("<dc:title>")) {
		t.Error("the metadata has no title")
	}
	for _, key := range []string{"OpenAction", "AA", "Names"} {
		if root[key] != nil {
			t.Errorf("the catalog has %s: nothing may run", key)
		}
	}

	tree := f.Dict(root["StructTreeRoot"])
	k.parents = map[int]any{}
	nums, _ := f.Get(f.Dict(tree["ParentTree"])["Nums"]).([]any)
	for i := 0; i+1 < len(nums); i += 2 {
		n, _ := nums[i].(float64)
		k.parents[int(n)] = nums[i+1]
	}
	k.element(tree["K"], "", nil)

	kids, _ := f.Get(f.Dict(root["Pages"])["Kids"]).([]any)
	for _, page := range kids {
		k.page(page.(read.Reference))
	}
	k.found.pages = len(kids)
	if n, _ := f.Dict(root["Pages"])["Count"].(float64); int(n) != len(kids) {
		t.Errorf("%d pages, and the file says %v", len(kids), n)
	}
	if len(k.owners) > 0 {
		t.Errorf("elements name marks that no page has: %v", slices.Sorted(maps.Keys(k.owners)))
	}
	k.bookmarks(root)
}

// within lists which elements may hold an element; any may hold one that is not listed.
var within = map[string][]string{
	"LI": {"L"}, "Lbl": {"LI"}, "LBody": {"LI"}, "TR": {"Table"}, "TH": {"TR"}, "TD": {"TR"}, "Document": {""},
}

// holds lists the elements that may only hold certain others.
var holds = map[string][]string{"L": {"LI"}, "LI": {"Lbl", "LBody"}, "Table": {"TR"}, "TR": {"TH", "TD"}}

func (k *checker) element(v any, parent string, up any) {
	t, f := k.t, k.f
	ref, ok := v.(read.Reference)
	e := f.Dict(v)
	tag, _ := e["S"].(read.Name)
	if !ok || tag == "" {
		t.Errorf("an element below %s is %v", parent, v)
		return
	}
	k.found.tags[string(tag)]++
	if up != nil && e["P"] != up {
		t.Errorf("%s %v has the parent %v, want %v", tag, ref, e["P"], up)
	}
	if places, ok := within[string(tag)]; ok && !slices.Contains(places, parent) {
		t.Errorf("%s is inside %q", tag, parent)
	}
	for _, kid := range k.kids(e) {
		if only, ok := holds[string(tag)]; ok {
			if d := f.Dict(kid); !slices.Contains(only, fmt.Sprint(d["S"])) {
				t.Errorf("%s holds %v", tag, d["S"])
			}
		}
	}
	if tag == "TH" && f.Dict(e["A"])["Scope"] != read.Name("Column") {
		t.Error("a column's head has no scope")
	}
	if len(tag) == 2 && tag[0] == 'H' {
		level := int(tag[1] - '0')
		if level > k.level+1 {
			t.Errorf("after a heading of level %d comes one of level %d", k.level, level)
		}
		k.level = level
	}
	kids := k.kids(e)
	if len(kids) == 0 {
		t.Errorf("%s %v has nothing in it", tag, ref)
	}
	for _, kid := range kids {
		switch kid := kid.(type) {
		case float64:
			k.owners[fmt.Sprint(e["Pg"], kid)] = ref
		case read.Dict:
			switch kid["Type"] {
			case read.Name("MCR"):
				k.owners[fmt.Sprint(kid["Pg"], kid["MCID"])] = ref
			case read.Name("OBJR"):
				if tag != "Form" || len(kids) != 1 {
					t.Errorf("a field is in %s with %d kids", tag, len(kids))
				}
				k.widget(kid["Obj"].(read.Reference), ref)
			default:
				t.Errorf("%s holds %v", tag, kid)
			}
		default:
			k.element(kid, string(tag), ref)
		}
	}
}

func (k *checker) kids(e read.Dict) []any {
	kids, _ := k.f.Get(e["K"]).([]any)
	return kids
}

func (k *checker) widget(ref, form read.Reference) {
	t, w := k.t, k.f.Dict(ref)
	k.found.fields++
	k.widgets[ref] = true
	if w["Subtype"] != read.Name("Widget") || w["F"] != 4.0 {
		t.Errorf("the field %v is not one that is shown and printed", w["T"])
	}
	if tip, _ := w["TU"].(read.String); tip == "" {
		t.Errorf("the field %v is not described", w["T"])
	}
	if key, ok := w["StructParent"].(float64); !ok || k.parents[int(key)] != form {
		t.Errorf("the field %v does not lead back to its element", w["T"])
	}
	if k.f.Dict(w["AP"])["N"] == nil {
		t.Errorf("the field %v has no look", w["T"])
	}
	if w["A"] != nil || w["AA"] != nil {
		t.Errorf("the field %v has an action", w["T"])
	}
}

// painting are the operators that paint on the page.
var painting = []string{"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "Tj", "TJ", "'", `"`, "BI"}

func (k *checker) page(ref read.Reference) {
	t, f := k.t, k.f
	page := f.Dict(ref)
	if page["Tabs"] != read.Name("S") {
		t.Errorf("page %v does not keep the order of its fields", ref)
	}
	annots, _ := f.Get(page["Annots"]).([]any)
	for _, a := range annots {
		hidden := f.Dict(a)["F"] == 2.0 // that says which copy a file is of
		if !hidden && !k.widgets[a.(read.Reference)] {
			t.Errorf("page %v has an annotation that is in no element", ref)
		}
	}
	key, _ := page["StructParents"].(float64)
	owners, ok := f.Get(k.parents[int(key)]).([]any)
	if !ok {
		t.Fatalf("page %v is not in the parent tree", ref)
	}
	content, err := f.Data(f.Get(page["Contents"]).(read.Stream))
	if err != nil {
		t.Fatal(err)
	}
	var operands []any
	open, marks := []string{}, 0
	for _, v := range read.Values(content) {
		operator, ok := v.(read.Operator)
		if !ok {
			operands = append(operands, v)
			continue
		}
		switch {
		case operator == "BDC" || operator == "BMC":
			tag := string(operands[0].(read.Name))
			if d, ok := operands[len(operands)-1].(read.Dict); ok && d["MCID"] != nil {
				id := int(d["MCID"].(float64))
				if id != marks || id >= len(owners) {
					t.Fatalf("page %v: marks %d come at place %d of %d", ref, id, marks, len(owners))
				}
				marks++
				name := fmt.Sprint(ref, float64(id))
				if k.owners[name] != owners[id] {
					t.Errorf("page %v: marks %d are of element %v, and the parent tree says %v", ref, id,
						k.owners[name], owners[id])
				}
				if e := f.Dict(owners[id]); e["S"] != read.Name(tag) {
					t.Errorf("page %v: marks %d are tagged %s in %v", ref, id, tag, e["S"])
				}
				delete(k.owners, name)
			}
			if len(open) > 0 {
				t.Errorf("page %v: %s inside %s", ref, tag, open)
			}
			open = append(open, tag)
		case operator == "EMC":
			if len(open) == 0 {
				t.Fatalf("page %v: EMC without its beginning", ref)
			}
			open = open[:len(open)-1]
		case slices.Contains(painting, string(operator)) && len(open) == 0:
			t.Errorf("page %v: %s paints what is neither content nor decoration", ref, operator)
		}
		operands = operands[:0]
	}
	if len(open) > 0 || marks != len(owners) {
		t.Errorf("page %v: %v are open at the end, %d of %d sequences of marks", ref, open, marks, len(owners))
	}
}

// bookmarks checks that each heading down to level 2 has a bookmark, in order.
func (k *checker) bookmarks(root read.Dict) {
	n := 0
	var previous any
	for v := k.f.Dict(root["Outlines"])["First"]; v != nil; {
		d := k.f.Dict(v)
		if d["Prev"] != previous || d["Title"] == nil || d["Dest"] == nil {
			k.t.Errorf("bookmark %d is not linked to the one before it, or has no title or place", n+1)
		}
		previous, v = v, d["Next"]
		n++
	}
	if want := k.found.tags["H1"] + k.found.tags["H2"]; n != want {
		k.t.Errorf("%d bookmarks at the top, want %d", n, want)
	}
}

// TestStructure checks the structure of each kind of document.
func TestStructure(t *testing.T) {
	for name, pdf := range documents(t) {
		t.Run(name, func(t *testing.T) {
			got := inspect(t, pdf)
			fields := 12
			if name == "decided" {
				fields = 5 // of the practice, which has not answered; what is answered has none
			}
			if got.tags["H1"] != 1 || got.tags["H2"] < 4 || got.tags["L"] < 1 || got.fields < fields ||
				name == "decided" && got.fields > fields {
				t.Errorf("the document has %v and %d fields", got.tags, got.fields)
			}
		})
	}
}

// TestInspectFinds: the checker really finds what is wrong.
func TestInspectFinds(t *testing.T) {
	pdf := mustDraw(t, careers())
	for _, c := range []struct{ what, old, new string }{
		{"untagged painting", "/Artifact BMC", "/Artifact   "},
		{"a field without description", "/TU(", "/TX("},
		{"no language", "/Lang(en-GB)", "/Lung(en-GB)"},
		{"a head without scope", "/Scope/Column", "/Scape/Column"},
		{"a heading that skips a level", "/S/H2", "/S/H4"},
		{"a list with a paragraph in it", "/S/LI", "/S/P"},
	} {
		r := recorder{TB: t}
		func() {
			defer func() { recover() }() // a failure may stop the checker
			inspect(&r, plainly(t, pdf, c.old, c.new))
		}()
		if r.errors == 0 {
			t.Errorf("%s: not found", c.what)
		}
	}
	r := recorder{TB: t}
	if inspect(&r, plainly(t, pdf, "", "")); r.errors > 0 {
		t.Error("a good file is not good any more after being written again")
	}
}

// A recorder counts errors instead of failing.
type recorder struct {
	testing.TB
	errors int
}

func (r *recorder) Helper()               {}
func (r *recorder) Error(...any)          { r.errors++ }
func (r *recorder) Errorf(string, ...any) { r.errors++ }
func (r *recorder) Fatal(...any)          { r.errors++; panic("stopped") }
func (r *recorder) Fatalf(string, ...any) { r.errors++; panic("stopped") }

// plainly rewrites a file without compression, with one text replaced everywhere.
func plainly(t *testing.T, pdf []byte, old, new string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(in, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "qpdf", "qpdf", "--stream-data=uncompress", "--object-streams=disable", in, out)
	plain, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if old == "" {
		return plain
	}
	spaced := func(s string) string { // as qpdf writes it
		if strings.HasPrefix(s, "/Artifact") {
			return s
		}
		s = strings.ReplaceAll(strings.ReplaceAll(s, "(", " ("), "/", " /")
		return strings.TrimSpace(s)
	}
	if !bytes.Contains(plain, []byte(spaced(old))) {
		t.Fatalf("the file has no %q", spaced(old))
	}
	return bytes.ReplaceAll(plain, []byte(spaced(old)), []byte(spaced(new)))
}

func mustDraw(t testing.TB, d *document.Document) []byte {
	t.Helper()
	pdf, err := Render(d)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}
