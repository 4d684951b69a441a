package site

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/letters"
	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/site/testdata/bench/synthetic"
)

func buildMany(t *testing.T, n int) (*Site, Output) {
	t.Helper()
	dir := t.TempDir()
	if err := synthetic.Catalogue(dir, n); err != nil {
		t.Fatal(err)
	}
	s, faults := Load(Sources{Content: os.DirFS(dir), Templates: os.DirFS("../templates"), Modules: "../node_modules",
		Letters: letters.All()})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	out, err := s.Build(day)
	if err != nil {
		t.Fatal(err)
	}
	return s, out
}

// TestCatalogue: with 200 courses, the list of all courses has each of them once, those first that
// take applications. Every other list has exactly the courses that belong there. Pages are small,
// and the search index is small and agrees with the pages.
func TestCatalogue(t *testing.T) {
	s, out := buildMany(t, 200)
	link := regexp.MustCompile(`nhsuk-card__link" href="/courses/([^/]+)/"`)
	listedAt := func(address string) (ids []string) {
		for n := 1; ; n++ {
			page, there := out[fileOf(pageOf(address, n, n))]
			if !there {
				return ids
			}
			if n > 1 && !bytes.Contains(page, []byte(`<link rel="canonical" href="https://hub.example.org`+pageOf(address, n, n)+`">`)) {
				t.Errorf("page %d of %s is not its own", n, address)
			}
			for _, m := range link.FindAllSubmatch(page, -1) {
				ids = append(ids, string(m[1]))
			}
		}
	}
	all := listedAt(catalogueAddress)
	last := -1
	for i, c := range s.listed(day) {
		if i >= len(all) || all[i] != c.ID {
			t.Fatalf("course %d of the list is %v", i, all[min(i, len(all)):])
		}
		if rank := rank(c.Course, day); rank < last {
			t.Errorf("%s, of rank %d, comes after one of rank %d", c.ID, rank, last)
		} else {
			last = rank
		}
	}
	if len(all) != 200 || last != 3 {
		t.Errorf("%d courses, the last of rank %d", len(all), last)
	}
	for address, has := range map[string]func(*course.Course) bool{
		"topic/coaching/":            func(c *course.Course) bool { return slices.Contains(c.Topics, "Coaching") },
		"mode/online-and-in-person/": func(c *course.Course) bool { return c.Mode == course.Blended },
		"town/derby/":                func(c *course.Course) bool { return slices.Contains(page.Towns(c), "Derby") },
		"audience/practice-nurses/":  func(c *course.Course) bool { return slices.Contains(c.Audience, "Practice nurses") },
	} {
		var want []string
		for _, c := range s.listed(day) {
			if has(c.Course) {
				want = append(want, c.ID)
			}
		}
		if got := listedAt(catalogueAddress + address); len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s has %q, want %q", address, got, want)
		}
	}
	rows := 0
	for name, data := range out {
		if !strings.HasSuffix(name, "index.html") || !strings.HasPrefix(name, "catalogue/") && name != "index.html" &&
			name != "dates/index.html" {
			continue
		}
		if len(data) > 45_000 {
			t.Errorf("%s has %d bytes", name, len(data))
		}
		if n := bytes.Count(data, []byte("<time datetime")); n > datesMost {
			t.Errorf("%s has %d dates", name, n)
		} else if strings.HasPrefix(name, "catalogue/month/") {
			rows += n
		}
	}
	if days, _ := s.coming(day); rows != len(days) {
		t.Errorf("the months have %d dates together, want %d", rows, len(days))
	}
	sitemap := string(out["sitemap.xml"])
	for address, want := range map[string]bool{catalogueAddress: true, catalogueAddress + "topic/coaching/": true,
		catalogueAddress + "page-2/": false} {
		if got := strings.Contains(sitemap, "<loc>https://hub.example.org"+address+"</loc>"); got != want {
			t.Errorf("the sitemap has %s: %t", address, got)
		}
	}

	var x index
	data := out[strings.TrimPrefix(indexAddress, "/")]
	if err := json.Unmarshal(data, &x); err != nil || len(x.Courses) != 200 {
		t.Fatalf("%v, %d courses in the index", err, len(x.Courses))
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	zip.Write(data)
	zip.Close()
	if len(data) > 15_000 || packed.Len() > 4_000 {
		t.Errorf("the index has %d bytes, %d as it is sent", len(data), packed.Len())
	}
	for i, c := range s.listed(day) {
		var e []any
		if err := json.Unmarshal(x.Courses[i], &e); err != nil {
			t.Fatal(err)
		}
		var topics []string
		numbers, several := e[5].([]any)
		if !several {
			numbers = []any{e[5]}
		}
		for _, n := range numbers {
			topics = append(topics, x.Facets[0][int(n.(float64))])
		}
		last := 0
		if closes := c.Closes(); !closes.IsZero() {
			last, _ = strconv.Atoi(closes.Add(-time.Minute).Format("20060102"))
		}
		if e[0] != c.ID || e[1] != c.Title || x.Days[int(e[3].(float64))] != last || !slices.Equal(topics, c.Topics) {
			t.Errorf("%s is %v in the index", c.ID, e)
		}
	}
}

// TestKept: a Cache in memory keeps what the catalogue says of courses. After each edit, and at
// each instant, also when two are built at once and an earlier one after a later one, the site is
// the same as without a Cache.
func TestKept(t *testing.T) {
	dir := t.TempDir()
	if err := synthetic.Catalogue(dir, page.CatalogueFrom+8); err != nil {
		t.Fatal(err)
	}
	from := Sources{Content: os.DirFS(dir), Templates: os.DirFS("../templates"), Modules: "../node_modules", Letters: letters.All()}
	var kept Cache
	edits := [][2]string{{"\ntitle: ", "\ntitle: Better "}, {"Coaching", "Teaching"}, {"\n---\n", "\ndraft: yes\n---\n"}, {"2021", "2022"}, {"", ""}}
	at := day
	for i, edit := range edits {
		file := filepath.Join(dir, "courses", fmt.Sprintf("course-%05d.md", i))
		text, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(file, []byte(strings.Replace(string(text), edit[0], edit[1], 1)), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		s, _ := kept.Load(from)
		clean, _ := (&Cache{front: kept.front}).load(from, false)
		next, _ := clean.NextChange(at)
		instants := []time.Time{at, next, next.Add(-time.Second), at.AddDate(0, -2, 0)}
		got := make([]Output, len(instants))
		parallel.Do(len(instants), func(i int) { got[i], _ = s.Render(t.Context(), instants[i]) })
		for j, at := range instants {
			want, faults := clean.Render(t.Context(), at)
			if (want == nil) != (got[j] == nil) || !maps.EqualFunc(want, got[j], bytes.Equal) {
				t.Errorf("after the edit %q, the site as of %v is not what a clean build gives (%v)", edit[1], at, faults.Err())
			}
			is, _ := s.NextChange(at)
			if was, _ := clean.NextChange(at); !is.Equal(was) {
				t.Errorf("after the edit %q, the site as of %v changes at %v, want %v", edit[1], at, is, was)
			}
		}
		at = next
	}
}

// TestSimple: a hub with few courses has no catalogue, and its home page shows all of them. With
// one more, it has a catalogue.
func TestSimple(t *testing.T) {
	for n, many := range map[int]bool{page.CatalogueFrom - 1: false, page.CatalogueFrom: true} {
		_, out := buildMany(t, n)
		cards := bytes.Count(out["index.html"], []byte("nhsuk-card__link"))
		if got := out["catalogue/index.html"] != nil; got != many || !many && cards != n || many && cards != homeMost {
			t.Errorf("%d courses: a catalogue %t, %d cards on the home page", n, got, cards)
		}
		if text := fmt.Sprintf("All %d courses", n); bytes.Contains(out["index.html"], []byte(text)) != many {
			t.Errorf("%d courses: %q", n, text)
		}
	}
}

// TestCatalogueFrom: site.yaml can set from how many courses there is a catalogue.
func TestCatalogueFrom(t *testing.T) {
	for from, many := range map[string]bool{"4": true, "5": false} {
		content := synthesized(t, 4)
		site := content["site.yaml"]
		site.Data = regexp.MustCompile(`catalogue_from: \d+`).ReplaceAll(site.Data, []byte("catalogue_from: "+from))
		s, faults := load(t, content)
		out, err := s.Build(day)
		if faults != nil || err != nil {
			t.Fatal(faults, err)
		}
		if cards := bytes.Count(out["index.html"], []byte("nhsuk-card__link")); cards != 4 || (out["catalogue/index.html"] != nil) != many {
			t.Errorf("4 courses, a catalogue from %s: is there one? %t; %d cards on the home page", from, !many, cards)
		}
	}
}

// TestAlike: a list that has all courses is not offered to search engines as a page of its own.
func TestAlike(t *testing.T) {
	dir := t.TempDir()
	if err := synthetic.Catalogue(dir, 20); err != nil {
		t.Fatal(err)
	}
	s, faults := Load(Sources{Content: os.DirFS(dir), Templates: os.DirFS("../templates"), Modules: "../node_modules",
		Letters: letters.All()})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	for _, c := range s.courses {
		c.Audience = []string{"GPs"}
	}
	out, err := s.Build(day)
	if err != nil {
		t.Fatal(err)
	}
	if list := string(out["catalogue/audience/gps/index.html"]); !strings.Contains(list,
		`<link rel="canonical" href="https://hub.example.org/catalogue/">`) ||
		strings.Contains(string(out["sitemap.xml"]), "/audience/gps/") {
		t.Error("the list of all courses for GPs is offered as a page of its own")
	}
}
